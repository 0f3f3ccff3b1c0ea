# Joining a project with a kit.
@file form.xml
<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa">
 <h:head><h:title>Water points</h:title>
  <model>
   <instance><data id="water" version="1"><point/></data></instance>
   <instance id="points" src="jr://file-csv/points.csv"/>
   <bind nodeset="/data/point" type="string"/>
  </model>
 </h:head>
 <h:body><input ref="/data/point"><label>Which point?</label></input></h:body>
</h:html>
@end
@file points.csv
name,label
w1,Well 1
@end
@file passphrase
lantern over the river
@end
@file protected.xml
<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:bayaz="urn:x-bayaz:forms">
 <h:head><h:title>Shelter</h:title>
  <model>
   <instance>
    <data id="shelter" version="1" bayaz:class="protected"
     bayaz:list-title="Visit B"><code/></data>
   </instance>
   <bind nodeset="/data/code" type="string" bayaz:sensitivity="restricted"/>
  </model>
 </h:head>
 <h:body><input ref="/data/code"><label>Code</label></input></h:body>
</h:html>
@end
$ bayaz -C centre project new Pilot --training --no-passphrase --recovery-file recovery | tail -n 1 > fingerprint
$ bayaz -C centre project kit -o one.bayaz form.xml --words-file words
one.bayaz: kit 1 with 1 form
$ sed 's/version="1"/version="2"/' form.xml > newer.xml
$ bayaz -C centre project kit -o two.bayaz form.xml newer.xml --words-file words
two.bayaz: kit 2 with 2 forms

# The words must be right, and the message says in what they are not.
$ sed 's/ [a-z]* / qqqqq /' words > misheard
$ bayaz join one.bayaz --words-file misheard --no-passphrase
bayaz: {{.*}}word 2 is not one of the list
[1]
$ cut -d ' ' -f 1-7 words > seven
$ bayaz join one.bayaz --words-file seven --no-passphrase
bayaz: {{.*}}there must be 8 words
[1]
$ awk '{ print $2, $1, $3, $4, $5, $6, $7, $8 }' words > swapped
$ bayaz join one.bayaz --words-file swapped --no-passphrase
bayaz: one.bayaz: these words do not open the kit
[1]
$ bayaz join nowhere.bayaz --words-file words --no-passphrase
bayaz: {{.*}}nowhere.bayaz{{.*}}
[1]
$ bayaz join form.xml --words-file words --no-passphrase
bayaz: form.xml{{.*}}
[1]
$ bayaz join one.bayaz --words-file words --no-passphrase --name 'Amina Bibi'
bayaz: a worker's code has up to 32 of the characters A-Z a-z 0-9 - _ .
[1]
$ head -c 700 one.bayaz > cut.bayaz
$ bayaz join cut.bayaz --words-file words --no-passphrase
bayaz: cut.bayaz{{.*}}
[1]

# None of that left a workspace behind.
$ ls workspace
ls: {{.*}}
[2]

# Words are read in any case, with blanks or hyphens.
$ tr 'a-z ' 'A-Z-' < words > shouted
$ bayaz join one.bayaz --words-file shouted --passphrase-file passphrase --name KP-031 > joined
$ cat joined
joined 'Pilot' with kit 1: 1 form, 1 of it new
this project is for training
the project's fingerprint: {{[A-Z2-7-]+}}
this laptop's fingerprint: {{[A-Z2-7-]+}}
compare both with your coordinator

# It is the fingerprint that the coordinator saw.
$ cut -d : -f 2 fingerprint > a && sed -n 3p joined | cut -d : -f 2 | cmp - a

# Nothing of the kit lies open.
$ grep -rlE 'Water|Pilot|Well|KP-031' workspace
[1]

# A newer kit brings the newer form; the laptop stays who it was.
$ bayaz join two.bayaz --words-file words --passphrase-file passphrase > later
$ head -n 1 later
joined 'Pilot' with kit 2: 2 forms, 1 of them new
$ tail -n 3 joined > a && tail -n 3 later | cmp - a
$ bayaz join two.bayaz --words-file words --passphrase-file passphrase --json
{"device_fingerprint":"{{[A-Za-z0-9-]+}}","device_name":"KP-031","forms":2,"kit":2,"name":"Pilot","new_forms":0,"project":"{{[A-Za-z0-9-]+}}","project_fingerprint":"{{[A-Za-z0-9-]+}}","training":true}

# An older one, and one of another project, are refused.
$ bayaz join one.bayaz --words-file words --passphrase-file passphrase
bayaz: one.bayaz: this has number 1, but this workspace has number 2 already
[1]
$ bayaz -C other project new Other --training --no-passphrase --recovery-file recovery2 > told
$ bayaz -C other project kit -o other.bayaz form.xml --words-file words
other.bayaz: kit 1 with 1 form
$ bayaz join other.bayaz --words-file words --passphrase-file passphrase
bayaz: other.bayaz: this is of another project ('Other'); this workspace belongs to 'Pilot'
[1]

# Both fingerprints are shown again, here and at the centre.
$ bayaz project show --passphrase-file passphrase
project: Pilot
this project is for training
made on {{[0-9-]+}}; description number 1
the project's fingerprint: {{[A-Z2-7-]+}}
this laptop's fingerprint: {{[A-Z2-7-]+}}
the worker's code: {{.*}}
newest kit taken: 2
the screen locks after 3 minutes
$ bayaz project show --passphrase-file passphrase | sed -n "s/^the project's fingerprint/fingerprint/p" | cmp - fingerprint
$ bayaz project show --passphrase-file passphrase | grep fingerprint > shown; grep fingerprint: joined | cmp - shown
$ bayaz -C centre project show
project: Pilot
this project is for training
made on {{[0-9-]+}}; description number 1
the project's fingerprint: {{[A-Z2-7-]+}}
this coordinator's fingerprint: {{[A-Z2-7-]+}}
roles: delete, merge, publish, review
reads: standard, protected
the project's key is in this workspace
the screen locks after 3 minutes

# Three laptops are three devices.
$ for i in 1 2 3; do bayaz -C laptop$i join two.bayaz --words-file words --no-passphrase --name KP-00$i | grep laptop; done | sort -u | wc -l
3

# The coordinator's own workspace can join too, and fill forms.
$ bayaz -C centre join two.bayaz --words-file words | head -n 1
joined 'Pilot' with kit 2: 2 forms, 0 of them new

# A protected form needs a passphrase, and nothing is left where there is none.
$ bayaz -C centre project kit -o protected.bayaz protected.xml --words-file words
protected.bayaz: kit 3 with 1 form
$ bayaz -C fourth join protected.bayaz --words-file words --no-passphrase
bayaz: the kit holds a protected form: it needs a workspace with a passphrase
[1]
$ ls fourth
ls: {{.*}}
[2]
$ bayaz -C fourth join protected.bayaz --words-file words --passphrase-file passphrase | head -n 1
joined 'Pilot' with kit 3: 1 form, 1 of it new


# A disk that is full, earlier or later, leaves nothing behind either.
$ for n in 1 20 60; do (trap '' XFSZ; ulimit -f $n; bayaz -C full join two.bayaz --words-file words --no-passphrase; ls full); done
bayaz: {{.*}}full/field.db{{.*}}
ls: {{.*}}full{{.*}}
bayaz: {{.*}}full/field.db{{.*}}
ls: {{.*}}full{{.*}}
bayaz: {{.*}}full/field.db{{.*}}
ls: {{.*}}full{{.*}}
[2]
