# Which laptops are believed, and up to where.
@file form.xml
<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:bayaz="urn:x-bayaz:forms">
 <h:head><h:title>Wells</h:title>
  <model>
   <instance><data id="wells" version="1" bayaz:class="standard">
    <depth/><meta><instanceID/></meta></data></instance>
   <bind nodeset="/data/depth" type="int" bayaz:sensitivity="public"/>
  </model>
 </h:head>
 <h:body><input ref="/data/depth"><label>Depth</label></input></h:body>
</h:html>
@end
@file a.xml
<data id="wells" version="1"><depth>12</depth><meta><instanceID>uuid:a</instanceID></meta></data>
@end
$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words > said
$ for n in 1 2; do
>   bayaz -C laptop$n join kit.bayaz --words-file words --no-passphrase \
>     --name KP-00$n > joined$n || exit
>   grep -oE '[A-Z2-7]{4}(-[A-Z2-7]{4}){4}' joined$n | tail -1 > finger$n
>   for i in a b c; do
>     sed "s/uuid:a/uuid:$i$n/" a.xml > one.xml
>     bayaz -C laptop$n import one.xml > said || exit
>     bayaz -C laptop$n pack -o $n$i.bayaz > said || exit
>   done
> done

# A store is needed, and one that is there.
$ bayaz project device list
bayaz: say which store with --store DB
...
[2]
$ bayaz project device list --store a.db
bayaz: there is no store 'a.db'
[1]
$ bayaz project device accept AAAA --store a.db
bayaz: there is no store 'a.db'
[1]

# Two laptops wait; one is accepted by its fingerprint, however it is typed.
$ bayaz merge 1a.bayaz 1b.bayaz 2a.bayaz --store a.db > said
bayaz: what is set aside waits: {{.*}}
[1]
$ bayaz project device list --store a.db | cut -c 27-
code        status    last bundle
            waiting                     {{[12]}} bundle{{s? waits?}}
            waiting                     {{[12]}} bundle{{s? waits?}}
$ bayaz project device accept AAAA --store a.db
bayaz: no laptop 'AAAA' has sent anything here: 'bayaz project device list' shows those that have
[1]
$ bayaz project device accept "$(tr -d - < finger1 | tr A-Z a-z)" --store a.db
accepted the laptop {{[A-Z2-7-]+}}
1{{.}}.bayaz: 1 new version
1{{.}}.bayaz: 1 new version
$ bayaz project device accept "$(cat finger2)" --store a.db
accepted the laptop {{[A-Z2-7-]+}}
2a.bayaz: 1 new version
$ bayaz project device accept KP-002 --store a.db
the laptop {{[A-Z2-7-]+}} is accepted already
$ bayaz merge 2c.bayaz --store a.db
2c.bayaz: 1 new version
bayaz: warning: of the laptop {{[A-Z2-7-]+}} these bundles are missing: 2
records: 4
versions: 4
$ bayaz project device list --store a.db > listed
$ cut -c 27- listed
code        status    last bundle
KP-001      accepted  2 ({{[0-9-]+}})
KP-002      accepted  3 ({{[0-9-]+}})    missing: 2
$ grep -c -f finger1 listed
1

# Revoking: up to the newest that is here, unless another is said.
$ bayaz project device revoke "$(cat finger1)" --store a.db --last two
bayaz: --last takes the number of a bundle, or 0
[2]
$ bayaz project device revoke "$(cat finger1)" --store a.db
revoked the laptop {{[A-Z2-7-]+}}
its bundles up to number 2 are trusted, and what they go back to
what it sends from now on is kept and does not count; it still has the forms, and the records made on it
$ bayaz merge 1c.bayaz --store a.db
1c.bayaz: set aside: the laptop {{[A-Z2-7-]+}} is revoked; 1 record of it is kept and does not count
records: 4
versions: 4
of revoked laptops, not counted: 1
$ bayaz project device revoke KP-002 --store a.db --last 1
revoked the laptop {{[A-Z2-7-]+}}
its bundles up to number 1 are trusted, and what they go back to
1 record of it is set aside: it is kept and does not count
what it sends from now on is kept and does not count; it still has the forms, and the records made on it
$ bayaz project device list --store a.db | cut -c 27-
code        status    last bundle
KP-001      revoked   3 ({{[0-9-]+}})    1 record set aside
KP-002      revoked   3 ({{[0-9-]+}})    missing: 2; 1 record set aside

# --accept-new takes no revoked laptop back; saying so by name does.
$ bayaz merge 2b.bayaz --store a.db --accept-new
2b.bayaz: set aside: the laptop {{[A-Z2-7-]+}} is revoked; 1 record of it is kept and does not count
records: 3
versions: 3
of revoked laptops, not counted: 3
$ bayaz store dump --store a.db > revoked.dump
$ bayaz store rebuild --store a.db && bayaz store dump --store a.db | cmp - revoked.dump
$ bayaz project device accept KP-002 --store a.db
accepted the laptop {{[A-Z2-7-]+}}
it was revoked: what was set aside counts again
$ bayaz merge 2a.bayaz --store a.db
2a.bayaz: merged before
records: 5
versions: 5
of revoked laptops, not counted: 1
$ bayaz project device list --store a.db --json
{"devices":[{"bundles":3,"fingerprint":"{{[A-Z2-7-]+}}","key":"{{.*}}","last":3,"last_date":"{{.*}}","missing":"","name":"KP-001","set_aside":1,"status":"revoked","used_twice":"","waiting":0},{{.*}}

# A laptop accepts nobody.
$ bayaz -C laptop1 project device accept KP-002 --store a.db
bayaz: this workspace holds no coordinator's keys
[1]
