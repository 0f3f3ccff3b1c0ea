# The central store as one sealed file, and a store from it.
@file form.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Wells</h:title><model><instance>
<data id="wells" version="1" bayaz:class="standard"><depth/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/depth" type="int" bayaz:sensitivity="public"/></model></h:head>
<h:body><input ref="/data/depth"><label>Depth</label></input></h:body></h:html>
@end
@file a.xml
<data id="wells" version="1"><depth>12</depth><meta><instanceID>uuid:a</instanceID></meta></data>
@end
$ echo river > pass; echo brook > other
$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words > said
$ for n in 1 2; do
>   bayaz -C laptop$n join kit.bayaz --words-file words --no-passphrase \
>     --name KP-00$n > said || exit
>   sed "s/uuid:a/uuid:$n/" a.xml > one.xml
>   bayaz -C laptop$n import one.xml > said || exit
>   bayaz -C laptop$n pack -o $n.bayaz > said || exit
> done
$ bayaz merge 1.bayaz --store a.db --accept-new > said

# The second laptop waits to be accepted: that is in the backup, too.
$ bayaz merge 2.bayaz --store a.db > said
bayaz: what is set aside waits: {{.*}}
[1]

# What must be said.
$ bayaz store backup --store a.db
bayaz: say where to with -o FILE, or which file to look through with --check FILE
...
[2]
$ bayaz store backup -o b.age
bayaz: say which store with --store DB
...
[2]
$ bayaz store backup -o b.age --store nowhere.db --passphrase-file pass
bayaz: there is no store 'nowhere.db'
[1]
$ bayaz store restore b.age
bayaz: say which store with --store DB
...
[2]

# Written, and read back.
$ bayaz store backup -o b.age --store a.db --passphrase-file pass
a copy of the store is in 'b.age': it was read back and is whole
$ bayaz store backup -o b.age --store a.db --passphrase-file pass
bayaz: 'b.age' exists already
[1]
$ ls -l b.age | cut -c 1-10; head -c 21 b.age; echo
-rw-------
age-encryption.org/v1
$ ls | grep copy
[1]

# Looked through again: no passphrase is needed.
$ bayaz store backup --check b.age --store a.db
'b.age' is the backup of {{[0-9]+-[0-9]+-[0-9]+}}, and is whole
$ cp b.age c.age; bayaz store backup --check c.age --store a.db --json
{"at":"{{.*}}Z","bytes":{{[0-9]+}},"file":"c.age","sha256":"{{[0-9a-f]+}}"}
$ head -c 9000 b.age > cut.age; bayaz store backup --check cut.age --store a.db
bayaz: 'cut.age' is no backup of this store, or is damaged
[1]
$ bayaz store backup --check nowhere.age --store a.db
bayaz: cannot open 'nowhere.age': No such file or directory
[1]

# Not with another passphrase, not from something else, not over a store.
$ bayaz store restore b.age --store new.db --passphrase-file other
bayaz: b.age: the passphrase does not open this backup
[1]
$ bayaz store restore 1.bayaz --store new.db --passphrase-file pass
bayaz: 1.bayaz: this is no backup of a store
[1]
$ bayaz store restore cut.age --store new.db --passphrase-file pass
bayaz: cut.age: {{.*}}
[1]
$ bayaz backup w.age --new-passphrase-file pass > said
$ bayaz store restore w.age --store new.db --passphrase-file pass
bayaz: w.age: this is no backup of a store
[1]
$ ls new.db*
ls: {{.*}}
[2]
$ bayaz store restore b.age --store a.db --passphrase-file pass
bayaz: 'a.db' exists already
[1]

# The same store: what it dumps, and what waits.
$ bayaz store restore b.age --store new.db --passphrase-file pass
restored the store in 'new.db'
$ bayaz store dump --store a.db > a.dump; bayaz store dump --store new.db | cmp a.dump -
$ ls -d new.db new.db-quarantine; ls | grep -c restored
new.db
new.db-quarantine
0
[1]
$ cmp new.db-quarantine/* a.db-quarantine/*
$ bayaz merge --retry --store new.db --accept-new
...
$ bayaz merge 2.bayaz --store a.db --accept-new > said
$ bayaz store dump --store a.db > a.dump; bayaz store dump --store new.db | cmp a.dump -
