# What goes down: forms, lists, translations, policies, questions.
@file form.xml
<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:bayaz="urn:x-bayaz:forms">
 <h:head><h:title>Wells</h:title>
  <model>
   <instance><data id="wells" version="1" bayaz:class="standard">
    <depth/><meta><instanceID/></meta></data></instance>
   <instance id="places" src="jr://file-csv/places.csv"/>
   <bind nodeset="/data/depth" type="int" bayaz:sensitivity="public"/>
  </model>
 </h:head>
 <h:body><input ref="/data/depth"><label>Depth</label></input></h:body>
</h:html>
@end
@file places.csv
name,label
w1,Well 1
@end
@file more.csv
name,label
w1,Well 1
w2,Well 2
@end
@file ur.po
msgid "Depth"
msgstr "گہرائی"
@end
@file a.xml
<data id="wells" version="1"><depth>12</depth><meta><instanceID>uuid:a</instanceID></meta></data>
@end
$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words > said
$ for n in 1 2 3; do
>   bayaz -C laptop$n join kit.bayaz --words-file words --no-passphrase \
>     --name KP-00$n > said || exit
>   sed "s/uuid:a/uuid:$n/" a.xml > one.xml
>   bayaz -C laptop$n import one.xml > said || exit
>   bayaz -C laptop$n pack -o $n.bayaz > said || exit
> done
$ bayaz merge 1.bayaz 2.bayaz --store a.db --accept-new > said
$ bayaz merge 3.bayaz --store a.db > said
bayaz: what is set aside waits: {{.*}}
[1]

# What must be said.
$ bayaz send --store a.db --all
bayaz: say where to with -o FILE
...
[2]
$ bayaz send -o d.bayaz --all
bayaz: say which store with --store DB
...
[2]
$ bayaz send -o d.bayaz --store a.db
bayaz: say to whom with --to LAPTOP or --all
...
[2]
$ bayaz send -o d.bayaz --store a.db --to nobody
bayaz: no laptop 'nobody' has sent anything here: 'bayaz project device list' shows those that have
[1]
$ bayaz send -o d.bayaz --store a.db --to "$(bayaz project device list --store a.db | grep waiting | cut -d ' ' -f 1)"
bayaz: the laptop {{[A-Z2-7-]+}} is not accepted yet
[1]
$ bayaz send -o d.bayaz --store a.db --all --list places.csv
bayaz: 'places.csv' is not of the form NAME=FILE
[2]
$ bayaz send -o d.bayaz --store a.db --all --list ../places.csv=more.csv
bayaz: a list has a name that is not allowed
[1]
$ bayaz send -o d.bayaz --store a.db --all --list a.csv=more.csv --list b.csv=more.csv
bayaz: the lists 'a.csv' and 'b.csv' are the same: send one of them
[1]
$ bayaz send -o d.bayaz --store a.db --all --po ur=ur.po
bayaz: a translation needs a form and a language: FORM:LANG=FILE
[1]
$ bayaz send -o d.bayaz --store a.db --all --policy idle-minutes=99
bayaz: 'idle-minutes=99' is no policy: {{.*}}
[2]
$ bayaz send -o d.bayaz --store a.db --all --ask uuid:nowhere=Really?
bayaz: there is no record 'uuid:nowhere'
[1]
$ bayaz -C laptop1 send -o d.bayaz --store a.db --all
bayaz: this workspace holds no coordinator's keys
[1]
$ ls d.bayaz
ls: {{.*}}
[2]

# All of it, to one laptop.
$ sed 's/version="1"/version="2"/' form.xml > newer.xml
$ bayaz send -o d.bayaz --store a.db --to KP-001 --form newer.xml --list places.csv=more.csv --po wells:ur=ur.po --policy idle-minutes=5 --ask 'uuid:1=Is 12 right?'
d.bayaz: number {{[0-9]+}}, for 1 laptop
  1 question that waits for an answer
  no receipt for 1 record: no backup holds it (see 'bayaz help store')
$ grep -c 'Is 12' d.bayaz
0
[1]

$ bayaz -C laptop1 open d.bayaz | head -n 1
for laptops, number {{[0-9]+}} of {{[0-9-]+}}

# It goes by way of somebody who has no key: the copy is as good.
$ mkdir stick && cp d.bayaz stick/x.bin
$ bayaz -C laptop2 receive stick/x.bin
bayaz: stick/x.bin: this was not sent to this laptop
[1]
$ bayaz -C laptop1 receive stick/x.bin
stick/x.bin: taken, number {{[0-9]+}}
  1 form, 1 of it new
  1 list
  1 translation
  1 question about a record
  what the project asks of this laptop changed
$ bayaz -C laptop1 project policy
idle-minutes=5
refuse-untagged=no
review-required=no
$ bayaz -C laptop1 form list | grep -c wells
2
$ printf '%s\n' :q | bayaz -C laptop1 collect wells --new --language ur | sed -n 2p
\[1/1] گہرائی
$ bayaz -C laptop1 receive stick/x.bin
stick/x.bin: number {{[0-9]+}}, which was taken before

# The question stands in the list, with the record that it is about.
$ bayaz -C laptop1 list | tail -n 2
questions of the coordinator:
  {{[0-9a-f]+\t[0-9a-f]+\t[0-9-]+}}	Is 12 right?
$ bayaz -C laptop1 list --json | grep -c '"instance":"uuid:1","question":"[0-9a-f]*","record":"[0-9a-f]*","text":"Is 12 right?"'
1

# An older one is refused; several are taken in the order of their numbers.
$ bayaz send -o e.bayaz --store a.db --all --json
{"entities":0,"file":"e.bayaz","forms":0,"laptops":2,"lists":0,"messages":1,"number":{{[0-9]+}},"project":"{{.*}}","questions":1,"receipts":0,"translations":0,"without_receipt":2}
$ bayaz send -o f.bayaz --store a.db --all --policy idle-minutes=7
f.bayaz: number {{[0-9]+}}, for 2 laptops
  1 question that waits for an answer
  no receipts for 2 records: no backup holds them (see 'bayaz help store')
$ bayaz -C laptop2 receive f.bayaz e.bayaz | cut -d , -f 1
e.bayaz: taken
f.bayaz: taken
  what the project asks of this laptop changed
$ bayaz -C laptop1 receive f.bayaz | head -n 1
f.bayaz: taken, number {{[0-9]+}}
$ bayaz -C laptop1 receive e.bayaz
bayaz: e.bayaz: this has number {{[0-9]+}}, but this workspace has number {{[0-9]+}} already
[1]

# A form of a known version with other bytes: nothing of it is taken.
$ sed 's/Depth/Deepness/' form.xml > changed.xml
$ bayaz send -o g.bayaz --store a.db --all --form changed.xml
bayaz: {{.*}}wells{{.*}}
[1]

# Kits and bundles are told apart.
$ bayaz -C laptop1 receive kit.bayaz
bayaz: kit.bayaz: this is a kit, which opens with words: take it with 'bayaz join'
[1]
$ bayaz -C laptop1 join f.bayaz --words-file words
bayaz: f.bayaz: this is not a kit
[1]
$ bayaz -C laptop1 receive 1.bayaz form.xml
bayaz: {{.*}}
bayaz: {{.*}}
[1]

# Revoked laptops get nothing; a withdrawn list of stores goes along.
$ bayaz project device revoke KP-002 --store a.db > said
$ bayaz send -o h.bayaz --store a.db --to KP-002
bayaz: the laptop {{[A-Z2-7-]+}} is revoked: nothing is sent to it
[1]
$ bayaz send -o h.bayaz --store a.db --all
h.bayaz: number {{[0-9]+}}, for 1 laptop
  1 question that waits for an answer
  no receipt for 1 record: no backup holds it (see 'bayaz help store')
$ bayaz -C laptop1 receive h.bayaz --json
{"files":[{"dropped":0,"file":"h.bayaz","forms":0,"lists":0,"lists_unused":0,"new_forms":0,"number":{{[0-9]+}},"outcome":"taken","policy":false,"project_newer":false,"questions":0,"received":0,"refused":0,"removed":0,"revoked":false,"signer":"{{.*}}","translations":0,"unused":0}]}

# Rotated keys come by a bundle as well.
$ bayaz project rotate > said
$ bayaz send -o i.bayaz --store a.db --all > said
$ bayaz -C laptop1 receive i.bayaz
i.bayaz: taken, number {{[0-9]+}}
  description number 2 of the project
