# How a store stands, on one screen.
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
$ bayaz status
bayaz: say which store with --store DB
...
[2]
$ bayaz merge 1.1.bayaz 1.3.bayaz --store a.db --accept-new > said 2>&1
$ bayaz status --store a.db
a.db: project Pilot
records: 2, sealed: 0, bundles: 2
1 laptop
  KP-001                    bundle 3 of {{[0-9-]+}}  missing: 2
no backup: laptops get no receipts ('bayaz store backup')
{{.*}} are free on its disk
$ bayaz merge 2.1.bayaz --store a.db > said
bayaz: what is set aside waits: {{.*}}
[1]
$ bayaz query uuid:1.1 'Is 12 right?' --store a.db > said
$ bayaz store backup -o b.age --store a.db --passphrase-file pass > said
$ bayaz merge 1.2.bayaz --store a.db > said
[1]
$ bayaz status --store a.db
a.db: project Pilot
records: 3, sealed: 0, bundles: 3
2 laptops
  {{[A-Z2-7-]+}}  not accepted  1 set aside
  KP-001                    bundle 3 of {{[0-9-]+}}
1 bundle set aside ('bayaz merge --retry')
1 question without an answer ('bayaz query --list')
newest backup: {{[0-9-]+}}, and 1 bundle since
{{.*}} are free on its disk
$ bayaz status --store a.db --json | sed 's/"free_bytes":[0-9]*/"free_bytes":N/'
{"backup":"{{[0-9T:-]+}}Z","backup_file":"{{.*}}/b.age","bundles":3,"bundles_since_backup":1,"conflicts":0,"devices":[{{.*}}],"findings":0,"free_bytes":N,"project":"{{[0-9a-f]+}}","quarantined":1,"questions":1,"records":3,"sealed":0}

# However many laptops there are, it is one screen.
$ for n in 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
>   bayaz -C laptop$n join kit.bayaz --words-file words --no-passphrase \
>     --name A-laptop-with-a-long-name-$n > said || exit
>   sed "s/uuid:a/uuid:$n/" a.xml > one.xml
>   bayaz -C laptop$n import one.xml > said || exit
>   bayaz -C laptop$n pack -o $n.bayaz > said || exit
> done
$ bayaz merge 1?.bayaz 2?.bayaz --store a.db --accept-new > said 2>&1
$ bayaz status --store a.db > screen; awk 'length > 79' screen; [ $(wc -l < screen) -le 24 ] && grep more screen
  and 4 more ('bayaz project device list')
