# Merging bundles into a store.
@file form.xml
<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:bayaz="urn:x-bayaz:forms">
 <h:head><h:title>Wells</h:title>
  <model>
   <instance><data id="wells" version="1" bayaz:class="standard">
    <owner/><depth/><photo/><meta><instanceID/></meta></data></instance>
   <bind nodeset="/data/owner" type="string" bayaz:sensitivity="identifying"/>
   <bind nodeset="/data/depth" type="int" bayaz:sensitivity="public"/>
   <bind nodeset="/data/photo" type="binary" bayaz:sensitivity="public"/>
  </model>
 </h:head>
 <h:body>
  <input ref="/data/owner"><label>Owner</label></input>
  <input ref="/data/depth"><label>Depth</label></input>
  <upload ref="/data/photo" mediatype="image/*"><label>Photo</label></upload>
 </h:body>
</h:html>
@end
@file a.xml
<data id="wells" version="1"><owner>Canary</owner><depth>12</depth><photo/><meta><instanceID>uuid:a</instanceID></meta></data>
@end
@file b.xml
<data id="wells" version="1"><owner>Canary</owner><depth>30</depth><photo>well.jpg</photo><meta><instanceID>uuid:b</instanceID></meta></data>
@end
@file flip.py
import sys
name, at = sys.argv[1], int(sys.argv[2])
data = bytearray(open(name, "rb").read())
data[at] ^= 1
open("flipped.bayaz", "wb").write(data)
@end

# What must be said.
$ bayaz merge a.bayaz
bayaz: say which store with --store DB
...
[2]
$ bayaz merge --store a.db
bayaz: there is nothing to merge
...
[2]

# A coordinator, and two laptops that pack a record each.
$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words > said
$ for n in 1 2; do
>   bayaz -C laptop$n join kit.bayaz --words-file words --no-passphrase \
>     --name KP-00$n > joined$n || exit
> done
$ bayaz -C laptop1 import a.xml > said && bayaz -C laptop1 pack -o 1.bayaz > said
$ bayaz -C laptop2 import b.xml > said 2>&1
$ bayaz -C laptop2 pack -o 2.bayaz > said 2>&1

# Damaged files: a sentence each, and no store is left behind.
$ head -c 700 1.bayaz > cut.bayaz && python3 flip.py 1.bayaz 900
$ echo "no bundle at all" > text.bayaz
$ bayaz merge cut.bayaz flipped.bayaz text.bayaz nowhere.bayaz kit.bayaz --store a.db
bayaz: cut.bayaz: {{.*}}
bayaz: flipped.bayaz: {{.*}}
bayaz: text.bayaz: {{.*}}
bayaz: nowhere.bayaz: {{.*}}
bayaz: kit.bayaz: {{.*}}
records: 0
versions: 0
[1]
$ ls a.db
ls: {{.*}}
[2]

# A laptop that nobody has accepted waits.
$ bayaz merge 1.bayaz 2.bayaz --store a.db
1.bayaz: set aside: nobody has accepted the device {{[A-Z2-7-]+}} yet
2.bayaz: set aside: nobody has accepted the device {{[A-Z2-7-]+}} yet
records: 0
versions: 0
bundles set aside: 2
bayaz: what is set aside waits: 'bayaz project device list' shows for whom, 'bayaz merge --retry' tries again
[1]
$ ls a.db-quarantine | wc -l
{{ *}}2
$ bayaz merge --accept "$(grep -oE '[A-Z2-7]{4}(-[A-Z2-7]{4}){4}' joined1 | tail -1 | tr A-Z a-z)" --store a.db
1.bayaz: 1 new version
1.bayaz: accepted the laptop {{[A-Z2-7-]+}}
records: 1
versions: 1
bundles set aside: 1
[1]
$ bayaz merge --retry --store a.db
2.bayaz: set aside: nobody has accepted the device {{[A-Z2-7-]+}} yet
records: 1
versions: 1
bundles set aside: 1
bayaz: what is set aside waits: 'bayaz project device list' shows for whom, 'bayaz merge --retry' tries again
[1]
$ bayaz merge --accept-new --store a.db
2.bayaz: 1 new version
2.bayaz: accepted the laptop {{[A-Z2-7-]+}}
bayaz: 2.bayaz: warning: 1 attachment that its records name is missing
records: 2
versions: 2
$ ls a.db-quarantine

# Again: nothing changes, and a damaged copy is still damaged.
$ bayaz store dump --store a.db > one.dump
$ bayaz merge 2.bayaz 1.bayaz flipped.bayaz --store a.db
2.bayaz: merged before
1.bayaz: merged before
bayaz: flipped.bayaz: {{.*}}
records: 2
versions: 2
[1]
$ bayaz store dump --store a.db | cmp - one.dump

# In another order, into another store: the same.
$ bayaz merge 2.bayaz 1.bayaz --store b.db --accept-new --json 2> said
{"bundles":[{"accepted":true,"device":"{{.*}}","file":"2.bayaz","missing":1,"name":"KP-002","no_consent":0,"outcome":"taken","revoked":false,"sealed_new":0,"sequence":1,"set_aside":0,"stacked":false,"versions_known":0,"versions_new":1,"withdrawn":0},{{.*}}],"missing":1,"refused":0,"store":{"bundles":2,"conflicts":0,"devices":2,"edits":0,"erased":0,"findings":0,"quarantined":0,"records":2,"sealed":0,"set_aside":0,"unread":0,"unreadable":0,"versions":2},"versions_known":0,"versions_new":2,"warnings":[{"file":"2.bayaz","message":"1 attachment that its records name is missing"}]}
$ bayaz store dump --store b.db | cmp - one.dump

# A bundle that went astray is missed.
$ sed s/uuid:a/uuid:c/ a.xml > c.xml && sed s/uuid:a/uuid:d/ a.xml > d.xml
$ bayaz -C laptop1 import c.xml > said && bayaz -C laptop1 pack -o 3.bayaz > said
$ bayaz -C laptop1 import d.xml > said && bayaz -C laptop1 pack -o 4.bayaz > said
$ bayaz merge 4.bayaz --store b.db
4.bayaz: 1 new version
bayaz: warning: of the laptop {{[A-Z2-7-]+}} these bundles are missing: 2
records: 3
versions: 3

# Nobody but a coordinator merges.
$ bayaz -C laptop1 merge 1.bayaz --store c.db
bayaz: this workspace holds no coordinator's keys
[1]

# One store, one project.
$ bayaz -C other project new Other --no-passphrase > paper 2>&1
$ bayaz -C other merge 1.bayaz --store a.db
bayaz: 'a.db' is the store of another project
[1]

# No message held an answer.
$ grep -c Canary said one.dump
said:0
one.dump:0
[1]
