# From a backup a workspace with a key of its own.
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
@file b.xml
<data id="wells" version="1"><depth>30</depth><meta><instanceID>uuid:b</instanceID></meta></data>
@end
$ echo river > pass; echo brook > other
$ bayaz -C centre project new Pilot --passphrase-file pass --recovery-file paper > new.txt 2>&1
$ bayaz -C centre project kit -o kit.bayaz form.xml --words-file words --passphrase-file pass > kit.txt
$ bayaz -C old join kit.bayaz --words-file words --passphrase-file pass --name KP-031 > join.txt
$ bayaz -C old import a.xml --passphrase-file pass > import.txt
$ bayaz -C old pack -o 1.bayaz --passphrase-file pass > pack.txt
$ bayaz -C old import b.xml --passphrase-file pass > import.txt
$ bayaz -C old backup b.age --passphrase-file pass > backup.txt

# Not with another passphrase, not from something else, not over a workspace.
$ bayaz -C new restore b.age --passphrase-file other
bayaz: b.age: the passphrase does not open this backup
[1]
$ bayaz -C new restore 1.bayaz --passphrase-file pass
bayaz: 1.bayaz: this is no backup of a workspace
[1]
$ head -c 9000 b.age > cut.age; bayaz -C new restore cut.age --passphrase-file pass
bayaz: cut.age: {{.*}}
[1]
$ ls new
ls: cannot access 'new': No such file or directory
[2]
$ bayaz -C old restore b.age --passphrase-file pass
bayaz: there is a workspace in 'old' already
[1]

# The records are there; key and chain are new.
$ bayaz -C new restore b.age --passphrase-file pass
restored the workspace in 'new'
it has a new key: tell the coordinator this laptop's new fingerprint: {{[-A-Z2-7]+}}
$ ls new
field.db
keys
$ bayaz -C new list --passphrase-file pass | sed -n 's/^  [0-9a-f]*\t\([a-z]*\).*/\1/p' | sort
packed
ready
$ bayaz -C new pack -o 2.bayaz --passphrase-file pass > pack.txt
$ bayaz -C centre open 1.bayaz --passphrase-file pass --json | grep -o '"sequence":[0-9]*'
"sequence":1
$ bayaz -C centre open 2.bayaz --passphrase-file pass --json | grep -o '"sequence":[0-9]*'
"sequence":1
$ bayaz -C old pack -o 3.bayaz --passphrase-file pass > pack.txt

# The centre sees two laptops, and what both packed once.
$ bayaz -C centre merge --accept-new --store s.db 1.bayaz 2.bayaz 3.bayaz --passphrase-file pass > merge.txt
$ bayaz store dump --store s.db | grep -c '"line":"device"'
2
$ bayaz store dump --store s.db | grep -c '"line":"version"'
2

# A backup with a passphrase of its own; and that of a coordinator.
$ bayaz -C old backup own.age --passphrase-file pass --new-passphrase-file other > backup.txt
$ bayaz -C third restore own.age --passphrase-file other
bayaz: there is no terminal to ask on: give a file with --passphrase-file or --words-file
[2]
$ ls third
ls: cannot access 'third': No such file or directory
[2]
$ bayaz -C third restore own.age --passphrase-file other --workspace-passphrase-file pass --json
{"device_fingerprint":"{{[-A-Z2-7]+}}","workspace":"third"}
$ bayaz -C centre backup centre.age --passphrase-file pass > backup.txt
$ bayaz -C branch restore centre.age --passphrase-file pass
restored the workspace in 'branch'
...
$ bayaz -C branch project kit -o kit2.bayaz form.xml --words-file words2 --passphrase-file pass | head -1
kit2.bayaz: kit 2 with 1 form

# A copy made otherwise gets a key of its own, too, and says so once; where
# files have no lasting numbers this cannot be seen.
$ cp -r new copy; bayaz -C copy list --passphrase-file pass 2>&1 | head -1
{{(bayaz: this workspace was copied, so it has a new key now: tell the coordinator this laptop's new fingerprint: [-A-Z2-7]+|forms:)}}
$ bayaz -C copy list --passphrase-file pass 2>&1 | head -1
forms:
$ mv copy moved; bayaz -C moved list --passphrase-file pass 2>&1 | head -1
forms:
