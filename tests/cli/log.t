# What happened in a store, and when.
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
$ bayaz log
bayaz: say which store with --store DB
...
[2]
$ bayaz merge 1.1.bayaz --store a.db --accept-new > said
$ bayaz merge 2.1.bayaz --store a.db > said
bayaz: what is set aside waits: {{.*}}
[1]
$ bayaz merge --retry --store a.db --accept-new > said
$ bayaz store backup -o b.age --store a.db --passphrase-file pass > said
$ bayaz query uuid:1.1 'Is 12 right?' --store a.db > said
$ bayaz send -o d.bayaz --store a.db --all > said
$ rm b.age; bayaz send -o e.bayaz --store a.db --all > said
$ bayaz store rebuild --store a.db
$ bayaz log --store a.db
{{[0-9T:-]+}}Z	accepted the laptop {{[A-Z2-7-]+}}
{{[0-9T:-]+}}Z	merged bundle 1 of KP-001: 1 record
{{[0-9T:-]+}}Z	set aside a bundle of the laptop {{[A-Z2-7-]+}}: nobody has accepted the device {{[A-Z2-7-]+}} yet
{{[0-9T:-]+}}Z	accepted the laptop {{[A-Z2-7-]+}}
{{[0-9T:-]+}}Z	merged bundle 1 of KP-002: 1 record
{{[0-9T:-]+}}Z	backed up as 'b.age', which was read back and is whole
{{[0-9T:-]+}}Z	asked question {{[0-9a-f]+}}
{{[0-9T:-]+}}Z	sent bundle {{[0-9]+}} down to laptops
{{[0-9T:-]+}}Z	the backup 'b.age' is gone or was changed
{{[0-9T:-]+}}Z	sent bundle {{[0-9]+}} down to laptops
{{[0-9T:-]+}}Z	made anew all that is derived
$ bayaz log --store a.db --json | grep -o '{"about":"[^}]*"kind":"merge"[^}]*}' | tail -1
{"about":"{{[0-9a-f]+}}","at":"{{[0-9T:-]+}}Z","bundle":1,"device":"KP-002","kind":"merge","records":1,"text":"{{[A-Z2-7-]+}}"}
$ bayaz log --store a.db --since 2099-01-01
$ bayaz log --store nowhere.db
bayaz: there is no store 'nowhere.db'
[1]
