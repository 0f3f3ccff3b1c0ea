# Lists of entities: what one laptop registers, another finds offline.
@file register.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:bayaz="urn:x-bayaz:forms" xmlns:entities="http://www.opendatakit.org/xforms/entities">
<h:head><h:title>Register</h:title><model entities:entities-version="2022.1.0"><instance>
<data id="register" version="1" bayaz:class="standard"><head/><members/><meta><instanceID/><entity dataset="households" id="" create="1"><label/></entity></meta></data></instance>
<bind nodeset="/data/head" type="string" bayaz:sensitivity="restricted"/>
<bind nodeset="/data/members" type="int" bayaz:sensitivity="public" entities:saveto="members"/>
<bind nodeset="/data/meta/instanceID" type="string" jr:preload="uid"/>
<bind nodeset="/data/meta/entity/@id" type="string"/>
<bind nodeset="/data/meta/entity/label" type="string" calculate="/data/head"/>
<setvalue event="odk-instance-first-load" ref="/data/meta/entity/@id" value="uuid()"/></model></h:head>
<h:body><input ref="/data/head"><label>Head of household?</label></input><input ref="/data/members"><label>How many?</label></input></h:body></h:html>
@end
@file follow.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:bayaz="urn:x-bayaz:forms" xmlns:entities="http://www.opendatakit.org/xforms/entities">
<h:head><h:title>Follow-up</h:title><model entities:entities-version="2023.1.0"><instance>
<data id="follow" version="1" bayaz:class="standard"><house/><was/><members/><meta><instanceID/><entity dataset="households" id="" update="1" baseVersion=""><label/></entity></meta></data></instance>
<instance id="households" src="jr://file-csv/households.csv"/>
<bind nodeset="/data/house" type="string" bayaz:sensitivity="public"/>
<bind nodeset="/data/was" type="int" bayaz:sensitivity="public" calculate="instance('households')/root/item[name = /data/house]/members"/>
<bind nodeset="/data/members" type="int" bayaz:sensitivity="public" entities:saveto="members"/>
<bind nodeset="/data/meta/instanceID" type="string" jr:preload="uid"/>
<bind nodeset="/data/meta/entity/@id" type="string" calculate="/data/house"/>
</model></h:head>
<h:body><select1 ref="/data/house"><label>Which household?</label><itemset nodeset="instance('households')/root/item"><value ref="name"/><label ref="label"/></itemset></select1>
<input ref="/data/members"><label>How many now?</label></input></h:body></h:html>
@end
$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz register.xml follow.xml --words-file words > said
follow.xml:4:1: warning: the file 'households.csv' of instance 'households' is missing: its list is empty
$ for n in 1 2 3; do bayaz -C l$n join kit.bayaz --words-file words --no-passphrase --name KP-00$n > said || exit; done
$ printf '%s\n' Amina 5 yes | bayaz -C l1 collect register --new > said && printf '%s\n' 'Zarmina, "elder"' 7 yes | bayaz -C l2 collect register --new > said
$ for n in 1 2; do bayaz -C l$n pack -o $n.bayaz > said 2>&1; done
$ bayaz merge 1.bayaz 2.bayaz --store a.db --accept-new > said
$ bayaz store dump --store a.db | grep '"line":"list"' | sed 's/"[0-9a-f]\{64\}"/HASH/'
{"entities":2,"line":"list","name":"households","sha256":HASH}

# Who gets it is a matter of policy.
$ bayaz send -o d0.bayaz --store a.db --all
d0.bayaz: number 2, for 2 laptops
...
$ bayaz project policy list=house/holds
bayaz: 'list=house/holds' is no policy: {{.*}}
[2]
$ bayaz project policy list=committees list=households:KP-001 | grep list
list=committees:*
list=households:KP-001
$ bayaz send -o d1.bayaz --store a.db --all
bayaz: no form here makes the list 'committees'
bayaz: the list 'households' is for laptops 'KP-001' and does not go along: send to those alone
d1.bayaz: number 3, for 2 laptops
...
$ bayaz project policy list=committees:none 'list=households:KP-*' | grep list
list=households:KP-*
$ bayaz send -o d2.bayaz --store a.db --all | sed -n 1,2p
d2.bayaz: number 4, for 2 laptops
  2 entries of lists
$ bayaz -C l1 receive d2.bayaz | sed -n 1p
d2.bayaz: taken, number 4

# The follow-up visit finds the other's household, and what it says comes back.
$ printf '%s\n' 2 9 yes | bayaz -C l1 collect follow --new | grep -A3 'Which'
[1/2] Which household?
     1 Amina
     2 Zarmina, "elder"
  (one number)
$ bayaz -C l1 pack -o f.bayaz > said && bayaz merge f.bayaz --store a.db > said
$ bayaz sql 'SELECT was, members FROM bz_follow' --store a.db
was,members
7,9
$ bayaz send -o d3.bayaz --store a.db --to KP-002 --json | grep -o '"entities":[0-9]*'
"entities":2
$ bayaz -C l2 receive d3.bayaz > said && printf '%s\n' 2 10 yes | bayaz -C l2 collect follow --new > said
$ bayaz -C l2 pack -o g.bayaz > said && bayaz merge g.bayaz --store a.db > said
$ bayaz sql 'SELECT was, members FROM bz_follow ORDER BY was' --store a.db
was,members
7,9
9,10

# In any order, and made anew, the list is the same; what is deleted goes.
$ bayaz store dump --store a.db > one && bayaz merge g.bayaz f.bayaz 2.bayaz 1.bayaz --store b.db --accept-new > said
$ bayaz store dump --store b.db | grep '"line":"list"' > two; grep '"line":"list"' one | cmp - two
$ bayaz delete "$(bayaz sql "SELECT record FROM bz_records WHERE form = 'register' ORDER BY record" --store a.db | sed -n 2p)" --store a.db > said
$ bayaz store dump --store a.db | grep -o '"entities":[0-9]*'
"entities":1
