# Is all that a laptop sent here, and in a backup?
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
$ echo river > pass
$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words > said
$ for n in 1 2; do
>   bayaz -C laptop$n join kit.bayaz --words-file words --no-passphrase \
>     --name KP-00$n > said || exit
>   for k in 1 2 3; do
>     sed "s/uuid:a/uuid:$n.$k/" a.xml > one.xml
>     bayaz -C laptop$n import one.xml > said || exit
>     bayaz -C laptop$n pack -o $n.$k.bayaz > said || exit
>   done
> done
$ bayaz prove KP-001
bayaz: say which store with --store DB
...
[2]
$ bayaz merge 1.1.bayaz 2.1.bayaz --store a.db --accept-new > said
$ bayaz prove KP-009 --store a.db
bayaz: no laptop 'KP-009' has sent anything here: 'bayaz project device list' shows those that have
[1]
$ bayaz prove KP-001 --store a.db
laptop KP-001: 1 record is here, and in no backup
[1]
$ bayaz store backup -o b1.age --store a.db --passphrase-file pass > said
$ bayaz prove KP-001 --store a.db
1 record of laptop KP-001, all there is, is here and in the backup of {{[0-9-]+}}

# The second bundle is missing: the third tells it, and how much was in it.
$ bayaz merge 1.3.bayaz --store a.db > said 2>&1
$ bayaz store backup -o b2.age --store a.db --passphrase-file pass > said
$ bayaz prove KP-001 --store a.db
laptop KP-001: bundle 2 is missing
laptop KP-001: it says it sent 3 records; 2 are here
[1]
$ bayaz merge 1.2.bayaz --store a.db > said
$ bayaz prove KP-001 --store a.db
laptop KP-001: 1 record is here, and in no backup
[1]
$ bayaz store backup -o b3.age --store a.db --passphrase-file pass > said
$ bayaz prove KP-001 --store a.db
all 3 records of laptop KP-001 are here and in the backup of {{[0-9-]+}}
$ bayaz prove KP-001 --store a.db --json
{"backed_up":3,"backup":"{{[0-9T:-]+}}Z","bundles_missing":"","bundles_twice":"","chain_breaks":0,"device":"KP-001","files_missing":0,"fingerprint":"{{[A-Z2-7-]+}}","here":3,"left":0,"proven":true,"sent":3,"set_aside":0,"waiting":0}

# Two bundles of one number, and one that does not go on from the other.
@require python3
$ python3 -c "
> import sqlite3; db = sqlite3.connect('a.db')
> db.execute('UPDATE manifest SET sequence = 2 WHERE sequence = 3'); db.commit()"
$ bayaz prove KP-001 --store a.db | head -2
laptop KP-001: there are two bundles with the number 2: was it copied?
laptop KP-001: 1 bundle does not go on from the one before
$ bayaz store rebuild --store a.db; bayaz prove KP-001 --store a.db
all 3 records of laptop KP-001 are here and in the backup of {{[0-9-]+}}

# What is set aside is told.
$ bayaz project device revoke KP-001 --last 2 --store a.db > said
$ bayaz prove $(bayaz status --store a.db --json | grep -o '"device":"KP-001","fingerprint":"[A-Z2-7-]*"' | cut -d '"' -f 8) --store a.db
laptop KP-001: 1 record is here and does not count
[1]
