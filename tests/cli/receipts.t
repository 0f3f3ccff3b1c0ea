# A receipt is only for what a backup holds that was read back and is there.
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
@file visit.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Visit</h:title><model><instance>
<data id="visit" version="1" bayaz:class="protected"><note/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/note" type="string" bayaz:sensitivity="restricted"/></model></h:head>
<h:body><input ref="/data/note"><label>Note</label></input></h:body></h:html>
@end
$ echo river > pass
$ bayaz -C centre project new Pilot --passphrase-file pass --recovery-file paper > said 2>&1
$ bayaz -C centre project kit -o kit.bayaz form.xml visit.xml --words-file words --passphrase-file pass > said
$ for n in 1 2; do
>   bayaz -C laptop$n join kit.bayaz --words-file words --passphrase-file pass \
>     --name KP-00$n > said || exit
>   sed "s/uuid:a/uuid:$n/" a.xml > one.xml
>   sed "s/wells/visit/; s/depth/note/g; s/uuid:a/uuid:p$n/" a.xml > two.xml
>   bayaz -C laptop$n import one.xml two.xml --passphrase-file pass > said || exit
>   bayaz -C laptop$n pack -o $n.bayaz --passphrase-file pass > said || exit
> done
$ bayaz -C laptop1 list --passphrase-file pass | grep bundle
{{  [0-9a-f]+}}	packed	{{[0-9-]+}}	{{.*}}	in bundle 1 of {{[0-9]+-[0-9]+-[0-9]+}}
{{  [0-9a-f]+}}	packed	{{[0-9-]+}}	{{.*}}	in bundle 1 of {{[0-9]+-[0-9]+-[0-9]+}}
$ bayaz -C centre merge 1.bayaz --store a.db --accept-new --passphrase-file pass > said

# No backup, no receipt.
$ bayaz -C centre send -o d1.bayaz --store a.db --all --passphrase-file pass
d1.bayaz: number {{[0-9]+}}, for 1 laptop
  no receipts for 2 records: no backup holds them (see 'bayaz help store')
$ bayaz -C laptop1 receive d1.bayaz --passphrase-file pass
d1.bayaz: taken, number {{[0-9]+}}

# What was merged after it has none.
$ bayaz store backup -o b.age --store a.db --passphrase-file pass > said
$ bayaz -C centre merge 2.bayaz --store a.db --accept-new --passphrase-file pass > said
$ bayaz -C centre send -o d2.bayaz --store a.db --all --passphrase-file pass
d2.bayaz: number {{[0-9]+}}, for 2 laptops
  receipts for 2 records, by the backup of {{[0-9]+-[0-9]+-[0-9]+}}
  no receipts for 2 records: no backup holds them (see 'bayaz help store')

# A damaged one gives none, a deleted one neither; one that was moved must be
# looked through again.
$ cp b.age good.age; printf X | dd of=b.age bs=1 seek=5000 conv=notrunc 2> said
$ bayaz -C centre send -o d3.bayaz --store a.db --to KP-001 --passphrase-file pass
d3.bayaz: number {{[0-9]+}}, for 1 laptop
  no receipts for 2 records: no backup holds them (see 'bayaz help store')
$ cp good.age b.age; bayaz store backup --check b.age --store a.db > said
$ bayaz -C centre send -o d4.bayaz --store a.db --to KP-001 --passphrase-file pass --json | grep -o '"receipts":[0-9]*'
"receipts":2
$ rm b.age
$ bayaz -C centre send -o d5.bayaz --store a.db --to KP-001 --passphrase-file pass --json | grep -o '"receipts":[0-9]*'
"receipts":0
$ mkdir stick && mv good.age stick/b.age && bayaz store backup --check stick/b.age --store a.db > said
$ bayaz -C centre send -o d6.bayaz --store a.db --to KP-001 --passphrase-file pass --json | grep -o '"receipts":[0-9]*'
"receipts":2

# A stick that was taken out speaks not against it.
$ mv stick elsewhere
$ bayaz -C centre send -o d7.bayaz --store a.db --all --passphrase-file pass --json | grep -o '"receipts":[0-9]*'
"receipts":2

# The laptop: what is standard stays for a while, what is protected goes.
$ bayaz -C laptop1 receive d7.bayaz --passphrase-file pass
d7.bayaz: taken, number {{[0-9]+}}
  2 records are safe at the centre
  1 protected record was removed here
$ bayaz -C laptop1 list --passphrase-file pass | tail -1
{{  [0-9a-f]+}}	received	{{[0-9-]+}}	Wells	safe at the centre since {{[0-9]+-[0-9]+-[0-9]+}}
$ bayaz -C laptop2 receive d7.bayaz --passphrase-file pass
d7.bayaz: taken, number {{[0-9]+}}
$ bayaz -C laptop2 list --passphrase-file pass | grep -c received
0
[1]
$ bayaz -C laptop1 purge --passphrase-file pass
0 records removed

# A file that a record names is nowhere: the laptop goes on keeping it.
@require python3
$ cp a.db b.db; python3 -c "
> import sqlite3; db = sqlite3.connect('b.db')
> db.execute('''INSERT INTO attachment SELECT v.id, 'x.jpg', randomblob(32) FROM version v
>   WHERE v.instance = 'uuid:1' ''')
> db.commit()"
$ bayaz -C centre send -o no.bayaz --store b.db --to KP-001 --passphrase-file pass | tail -n +2
  receipts for 1 record, by the backup of {{[0-9]+-[0-9]+-[0-9]+}}
  no receipt for 1 record: no backup holds it (see 'bayaz help store')
$ bayaz prove KP-001 --store b.db
laptop KP-001: 1 file that its records name is missing
laptop KP-001: 1 record is here, and in no backup
[1]

# What the centre refused, and why; the bytes of a protected record go, too.
$ python3 -c "
> import sqlite3; db = sqlite3.connect('a.db')
> db.execute('''INSERT INTO refused SELECT c.sha256, 'no-consent' FROM brought b
>   JOIN manifest m ON m.fact = b.manifest JOIN sealed s ON s.id = b.content
>   JOIN content c ON c.id = s.id WHERE m.name = 'KP-002' ''')
> db.commit()"
$ bayaz -C centre send -o d8.bayaz --store a.db --to KP-002 --passphrase-file pass
d8.bayaz: number {{[0-9]+}}, for 1 laptop
  receipts for 1 record, by the backup of {{[0-9]+-[0-9]+-[0-9]+}}
  no receipt for 1 record: no backup holds it (see 'bayaz help store')
$ bayaz -C laptop2 receive d8.bayaz --passphrase-file pass
d8.bayaz: taken, number {{[0-9]+}}
  1 record was refused at the centre: 'bayaz list' says why
$ bayaz -C laptop2 receive d8.bayaz --passphrase-file pass
d8.bayaz: number {{[0-9]+}}, which was taken before
$ bayaz -C laptop2 list --passphrase-file pass | grep refused
{{  [0-9a-f]+}}	refused	{{[0-9-]+}}	{{.*}}	refused at the centre: consent was missing
$ bayaz -C laptop2 list --json --passphrase-file pass | grep -o '"refused":"[a-z-]*"'
"refused":"no-consent"
$ bayaz -C laptop2 pack --again -o again.bayaz --passphrase-file pass
again.bayaz: bundle 2 with 1 record
