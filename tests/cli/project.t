# Making a project, and kits.
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
@file other
not this one
@end

# A project needs a name, one that a terminal can show.
$ bayaz project new
{{.*}}something is missing after 'project new'
...
[2]
$ bayaz project new '' --no-passphrase
bayaz: the name is empty
[1]
$ ls workspace
ls: {{.*}}
[2]

# Its recovery keys are shown once.
$ bayaz project new 'Mardan pilot' --passphrase-file passphrase
Write these down on paper now; they are shown once and kept nowhere:

\# Mardan pilot
\# project {{[0-9a-f]+}}

\# recovery key of standard forms, for one person:
AGE-SECRET-KEY-1{{[0-9A-Z]+}}

\# recovery key of protected forms, half A, for one person:
BAYAZ-HALF-A-1{{[0-9A-Z]+}}

\# recovery key of protected forms, half B, for another person:
BAYAZ-HALF-B-1{{[0-9A-Z]+}}

project 'Mardan pilot' is made
fingerprint: {{[A-Z2-7-]+}}

# Nothing of them, nor of the name, is in the workspace.
$ grep -rlE 'AGE-SECRET|BAYAZ-HALF|Mardan' workspace
[1]

# One workspace, one project.
$ bayaz project new again --passphrase-file passphrase
bayaz: the workspace '{{.*}}' belongs to a project already
[1]
$ bayaz project new again --passphrase-file other
bayaz: {{.*}}passphrase{{.*}}
[1]

# A kit: the words are printed, or kept in a file.
$ bayaz project kit
{{.*}}say where to with -o FILE
...
[2]
$ bayaz project kit -o kit.bayaz --passphrase-file passphrase
{{.*}}a kit needs a form: --form FORM.xml
...
[2]
$ bayaz project kit -o kit.bayaz --form form.xml --passphrase-file passphrase
bayaz: 1 wrong passphrase was tried here on {{.*}}: if it was not you, tell your coordinator
kit.bayaz: kit 1 with 1 form
its words, to be told another way than the file goes: {{([a-z]+ ?)+}}
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words --passphrase-file passphrase
kit.bayaz: kit 2 with 1 form
$ bayaz project kit -o kit.bayaz form.xml --words-file words --passphrase-file passphrase --json
{"file":"kit.bayaz","forms":1,"kit":3,"project":"{{[0-9a-f]+}}"}
$ wc -w < words
8

# Media are what lies in form-media/, and what the form names beside it.
$ mkdir form-media media && echo extra > form-media/extra.txt && echo no > media/not-named.txt
$ bayaz project kit -o kit.bayaz form.xml --words-file words --passphrase-file passphrase
kit.bayaz: kit 4 with 1 form
$ bayaz open kit.bayaz --words-file words > listed
$ cut -d ' ' -f 1 < listed
kit
project:
made
signature:
7
cert
file
file
form
project
signature
signature
$ grep -c "$(sha256sum < points.csv | cut -c 1-64)" listed
1
$ mkdir elsewhere && echo name,label > elsewhere/points.csv
$ bayaz project kit -o kit.bayaz form.xml --media elsewhere --words-file words --passphrase-file passphrase
kit.bayaz: kit 5 with 1 form
$ bayaz open kit.bayaz --words-file words | grep -c "$(sha256sum < elsewhere/points.csv | cut -c 1-64)"
1
$ rm -r form-media media elsewhere
$ ls -l words | cut -c 1-10
-rw-------

# What cannot become a kit leaves no file.
$ bayaz project kit -o bad.bayaz --form nowhere.xml --passphrase-file passphrase
bayaz: {{.*}}nowhere.xml{{.*}}
[1]
$ bayaz project kit -o bad.bayaz --form points.csv --passphrase-file passphrase
bayaz: points.csv{{.*}}
[1]
$ sed 's/type="string"/calculate="1 +"/' form.xml > broken.xml
$ bayaz project kit -o bad.bayaz --form broken.xml --passphrase-file passphrase
broken.xml:9:{{.*}}error: {{.*}}
bayaz: the form 'broken.xml' does not open
[1]
$ sed 's/Which point/What point/' form.xml > other.xml
$ bayaz project kit -o bad.bayaz --form other.xml --passphrase-file passphrase
bayaz: {{.*}}water{{.*}}
[1]
$ bayaz project kit -o bad.bayaz form.xml form.xml --passphrase-file passphrase
bayaz: the form 'water' is there twice
[1]
$ sed '1s/^[a-z]*/qqqqq/' words > misheard
$ bayaz project kit -o bad.bayaz form.xml --words-file misheard --passphrase-file passphrase
bayaz: misheard{{.*}}: word 1 {{.*}}
[1]
$ ls bad.bayaz
ls: {{.*}}
[2]

# A workspace without a coordinator's keys makes no kits.
$ bayaz -C elsewhere project kit -o bad.bayaz form.xml
bayaz: {{.*}}elsewhere{{.*}}
[1]

# A training project, without a passphrase, that takes tagged forms only.
$ bayaz -C course project new Course --training --refuse-untagged --no-passphrase --recovery-file recovery --json
{"fingerprint":"{{[A-Za-z0-9-]+}}","name":"Course","project":"{{[0-9a-f]+}}","training":true}
$ ls -l recovery | cut -c 1-10
-rw-------
$ grep -cE '^(AGE-SECRET-KEY|BAYAZ-HALF-[AB])-1' recovery
3
$ bayaz -C course project kit -o bad.bayaz form.xml
bayaz: form.xml: the form has no class (bayaz:class), and the project takes none such
[1]
$ bayaz -C third project new Third --no-passphrase --recovery-file recovery
bayaz: 'recovery' exists already
[1]
$ ls third
ls: {{.*}}
[2]
