# Writing records as tables.
@file form.xml
<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa"
 xmlns:bayaz="urn:x-bayaz:forms">
 <h:head><h:title>Wells</h:title>
  <model>
   <instance><data id="wells" version="1" bayaz:class="standard">
    <owner/><village/><depth/><note/><child jr:template=""><age/></child>
    <meta><instanceID/></meta></data></instance>
   <bind nodeset="/data/owner" type="string" bayaz:sensitivity="identifying"/>
   <bind nodeset="/data/village" type="string" bayaz:sensitivity="restricted"/>
   <bind nodeset="/data/depth" type="int" bayaz:sensitivity="public"/>
   <bind nodeset="/data/note" type="string" bayaz:sensitivity="public"/>
   <bind nodeset="/data/child/age" type="int" bayaz:sensitivity="public"/>
  </model>
 </h:head>
 <h:body>
  <input ref="/data/owner"><label>Owner</label></input>
  <input ref="/data/village"><label>Village</label></input>
  <input ref="/data/depth"><label>Depth</label></input>
  <input ref="/data/note"><label>Note</label></input>
  <group ref="/data/child"><label>Child</label><repeat nodeset="/data/child">
   <input ref="/data/child/age"><label>Age</label></input></repeat></group>
 </h:body>
</h:html>
@end
@file a.xml
<data id="wells" version="1"><owner>Canary1</owner><village>Canary2</village><depth>-12</depth><note>=1+1</note><child><age>3</age></child><child><age>5</age></child><meta><instanceID>uuid:a</instanceID></meta></data>
@end
@file b.xml
<data id="wells" version="1"><owner>Canary1</owner><village>Canary2</village><depth>7</depth><note>dry, deep</note><meta><instanceID>uuid:b</instanceID></meta></data>
@end

# What must be said.
$ bayaz export wells
bayaz: say which store with --store DB
...
[2]
$ bayaz export wells --store a.db --format paper
bayaz: there is no format 'paper'
...
[2]
$ bayaz export wells --store a.db --include restricted
bayaz: --include restricted needs --reason TEXT
...
[2]
$ bayaz export wells --store a.db --include identifying --reason why
bayaz: what identifies a person is never exported
...
[2]
$ bayaz export wells --store a.db --include everything
bayaz: there is nothing 'everything' to include
...
[2]
$ bayaz export wells --store a.db --shape round
bayaz: there is no shape 'round'
...
[2]
$ bayaz export wells --store a.db --format jsonl --shape wide
bayaz: --shape is for CSV only
...
[2]
$ bayaz export wells --store a.db --geometry place
bayaz: --geometry is for GeoJSON only
...
[2]
$ bayaz export wells --store a.db --shape long --all-versions
bayaz: --all-versions is for joined CSV only
...
[2]
$ bayaz export wells --store a.db --language ur
bayaz: --language is for XLSX, SPSS and Stata files only
...
[2]
$ bayaz export wells --store a.db --format xlsx
bayaz: say where to write with --output
...
[2]
$ bayaz export wells --store nowhere.db
bayaz: there is no store 'nowhere.db'
[1]

$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words > said
$ bayaz -C laptop join kit.bayaz --words-file words --no-passphrase > said
$ bayaz -C laptop import a.xml b.xml > said && bayaz -C laptop pack -o 1.bayaz > said
$ bayaz merge 1.bayaz --store a.db --accept-new > said

# Public columns only; what a spreadsheet would run is made text.
$ bayaz export wells --store a.db
bz_record,bz_version,bz_form_version,bz_instance,bz_conflict,bz_date_given,depth,note
uuid:a,{{[0-9a-f]+}},1,uuid:a,0,0,-12,'=1+1
uuid:b,{{[0-9a-f]+}},1,uuid:b,0,0,7,"dry, deep"
$ bayaz export ./form.xml --store a.db -o tables
$ ls tables
bz_wells.csv
bz_wells__child.csv
$ cat tables/bz_wells__child.csv
bz_record,bz_row,bz_parent,bz_position,age
uuid:a,1,0,1,3
uuid:a,2,0,2,5
$ bayaz export wells --store a.db -o w.csv && ls *.csv
w.csv
w__child.csv

# Restricted columns with a reason, which is kept; identifying ones never.
$ bayaz export wells --store a.db --include restricted --reason 'audit of June' -o r.csv
$ head -1 r.csv
bz_record,bz_version,bz_form_version,bz_instance,bz_conflict,bz_date_given,village,depth,note
$ grep -l Canary2 r.csv
r.csv
$ grep -l Canary1 r.csv w.csv tables/*
[1]
$ grep -l Canary2 w.csv tables/*
[1]
$ python3 -c "import sqlite3; print(*sqlite3.connect('a.db').execute(\"select about, text from log where kind = 'export-restricted'\"))"
('wells', 'audit of June')
$ bayaz -C laptop export wells --store a.db --include restricted --reason why -o s.csv
bayaz: this workspace holds no coordinator's keys
[1]
$ ls s.csv
ls: {{.*}}
[2]

# A form that is not there; a folder that cannot be made.
$ bayaz export wel --store a.db
bayaz: there is no form 'wel' in 'a.db'
[1]
$ echo > file && bayaz export wells --store a.db -o file
bayaz: {{.*}}
[1]

# Without the helper.
$ BAYAZ_LIBEXEC=. bayaz export wells --store a.db --format xlsx -o w.xlsx
bayaz: the program bayaz-export, which writes such files, is not installed here
[1]
# The helper cannot do it, or ends in the middle.
$ printf '#!/bin/sh\nexit 2\n' > bayaz-export && chmod +x bayaz-export
$ BAYAZ_LIBEXEC=. bayaz export wells --store a.db --format dta -o w.dta
bayaz: the program bayaz-export was built here without what writes such files
[1]
$ printf '#!/bin/sh\nexit 1\n' > bayaz-export
$ BAYAZ_LIBEXEC=. bayaz export wells --store a.db --format xlsx -o w.xlsx
bayaz: 'w.xlsx' was not written
[1]
