# A workspace as one file.  More is in tests/unit/test_backup.c and restore.t.
@file form.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Wells</h:title><model><instance>
<data id="wells" version="1" bayaz:class="standard"><depth/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/depth" type="int" bayaz:sensitivity="public"/></model></h:head>
<h:body><input ref="/data/depth"><label>Depth</label></input></h:body></h:html>
@end
$ echo river > pass; echo brook > other
$ bayaz init --passphrase-file pass > init.txt; bayaz form add form.xml --passphrase-file pass
added 'wells' version '1'
$ bayaz backup b.age --passphrase-file pass
a copy of the workspace is in 'b.age': the passphrase of the workspace opens it
$ bayaz backup b.age --passphrase-file pass
bayaz: 'b.age' exists already
[1]
$ bayaz backup c.age --passphrase-file pass --new-passphrase-file other --json
{"file":"c.age","own_passphrase":false}
$ bayaz backup no/such/b.age --passphrase-file pass
bayaz: cannot create 'no/such/b.age.part': No such file or directory
[1]
$ ls -l b.age | cut -c 1-10; head -c 21 b.age; echo
-rw-------
age-encryption.org/v1
$ ls
b.age
c.age
form.xml
init.txt
other
pass
workspace

# Without a passphrase of the workspace there is none to take.
$ bayaz -C open init --no-passphrase > init.txt
$ bayaz -C open backup o.age
bayaz: there is no terminal to ask on: give a file with --passphrase-file or --words-file
[2]
$ bayaz -C open backup o.age --new-passphrase-file other
a copy of the workspace is in 'o.age': the new passphrase opens it
