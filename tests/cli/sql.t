# Asking the central store in SQL.
@file form.xml
<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa"
 xmlns:bayaz="urn:x-bayaz:forms">
 <h:head><h:title>Wells</h:title>
  <model>
   <itext><translation lang="English (en)" default="true()">
     <text id="kind"><value>What kind?</value></text>
     <text id="dug"><value>Dug, by hand</value></text>
     <text id="tube"><value>Tube well</value></text>
    </translation><translation lang="Urdu (ur)">
     <text id="kind"><value>کیسا؟</value></text>
     <text id="dug"><value>کھودا ہوا</value></text>
     <text id="tube"><value>ٹیوب ویل</value></text>
   </translation></itext>
   <instance><data id="wells" version="1" bayaz:class="standard">
    <owner/><village/><depth/><kind/><uses/><gps/><child jr:template=""><sex/></child>
    <meta><instanceID/></meta></data></instance>
   <bind nodeset="/data/owner" type="string" bayaz:sensitivity="identifying"/>
   <bind nodeset="/data/village" type="string" bayaz:sensitivity="restricted"/>
   <bind nodeset="/data/depth" type="int" bayaz:sensitivity="public"/>
   <bind nodeset="/data/kind" type="string" bayaz:sensitivity="public"/>
   <bind nodeset="/data/uses" type="string" bayaz:sensitivity="public"/>
   <bind nodeset="/data/gps" type="geopoint" bayaz:sensitivity="public"/>
   <bind nodeset="/data/child/sex" type="int" bayaz:sensitivity="public"/>
  </model>
 </h:head>
 <h:body>
  <input ref="/data/owner"><label>Owner</label></input>
  <input ref="/data/village"><label>Village</label></input>
  <input ref="/data/depth"><label>Depth</label></input>
  <select1 ref="/data/kind"><label ref="jr:itext('kind')"/>
   <item><label ref="jr:itext('dug')"/><value>dug</value></item>
   <item><label ref="jr:itext('tube')"/><value>tube</value></item></select1>
  <select ref="/data/uses"><label>For what</label>
   <item><label>Drinking</label><value>drink</value></item>
   <item><label>Fields</label><value>fields</value></item></select>
  <input ref="/data/gps"><label>Where</label></input>
  <group ref="/data/child"><label>Child</label><repeat nodeset="/data/child">
   <select1 ref="/data/child/sex"><label>Sex</label>
   <item><label>Girl</label><value>1</value></item>
   <item><label>Boy</label><value>2</value></item></select1></repeat></group>
 </h:body>
</h:html>
@end
@file a.xml
<data id="wells" version="1"><owner>Canary1</owner><village>Canary2</village><depth>-12</depth><kind>dug</kind><uses>fields drink "other" x\y</uses><gps>34.5 69.25 1800 5</gps><child><sex>1</sex></child><child><sex>9</sex></child><meta><instanceID>uuid:a</instanceID></meta></data>
@end
@file b.xml
<data id="wells" version="1"><owner>Canary1</owner><village>Canary2</village><depth>7</depth><kind>=tube</kind><meta><instanceID>uuid:b</instanceID></meta></data>
@end

# What must be said.
$ bayaz sql 'SELECT 1'
bayaz: say which store with --store DB
...
[2]
$ bayaz sql 'SELECT 1' --store a.db --format xml
bayaz: there is no format 'xml'
...
[2]
$ bayaz sql 'SELECT 1' --store a.db --include restricted
bayaz: --include restricted needs --reason TEXT
...
[2]
$ bayaz sql 'SELECT 1' --store a.db --include identifying --reason why
bayaz: what identifies a person is never exported
...
[2]
$ bayaz sql 'SELECT 1' --store nowhere.db
bayaz: there is no store 'nowhere.db'
[1]

$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words > said
$ bayaz -C laptop join kit.bayaz --words-file words --no-passphrase > said
$ bayaz -C laptop import a.xml b.xml > said 2>&1 && bayaz -C laptop pack -o 1.bayaz > said
$ bayaz merge 1.bayaz --store a.db --accept-new > said

# CSV with a header; what a spreadsheet would run is made text.
$ bayaz sql 'SELECT bz_record, depth, kind FROM bz_wells ORDER BY 1' --store a.db
bz_record,depth,kind
uuid:a,-12,dug
uuid:b,7,'=tube

# JSON; columns of one name get a number.
$ bayaz sql 'SELECT depth, depth / 2.0 AS depth, NULL AS n, kind, x'\''0aff'\'' AS b FROM bz_wells ORDER BY 1' --store a.db --format json
[
{"depth":-12,"depth_2":-6,"n":null,"kind":"dug","b":"0aff"},
{"depth":7,"depth_2":3.5,"n":null,"kind":"=tube","b":"0aff"}
]
$ bayaz sql 'SELECT depth FROM bz_wells WHERE depth > 99' --store a.db --format json
[
]

# Views show labels; what has none stands as it is.
$ bayaz sql 'SELECT kind, uses, gps__latitude, gps__longitude FROM bz_wells_en ORDER BY bz_record' --store a.db
kind,uses,gps__latitude,gps__longitude
"Dug, by hand","Fields; Drinking; ""other""; x\y",34.5,69.25
'=tube,,,
$ bayaz sql 'SELECT kind FROM bz_wells_ur ORDER BY bz_record LIMIT 1' --store a.db
kind
کھودا ہوا
$ bayaz sql 'SELECT bz_record, bz_row, sex FROM bz_wells__child_ur ORDER BY 1, 2' --store a.db
bz_record,bz_row,sex
uuid:a,1,Girl
uuid:a,2,9
$ bayaz sql 'SELECT * FROM bz_wells_en' --store a.db | grep -c Canary
0
[1]

# The code book has all questions, and no answers.
$ bayaz sql 'SELECT column_name, type, sensitivity, label FROM bz_codebook JOIN bz_codebook_label USING (table_name, column_name) WHERE language = '\''en'\'' ORDER BY table_name, position' --store a.db
column_name,type,sensitivity,label
depth,int,public,Depth
kind,select_one,public,What kind?
uses,select_multiple,public,For what
gps,geopoint,public,Where
sex,select_one,public,Sex
owner,string,identifying,Owner
village,string,restricted,Village
$ bayaz sql 'SELECT value, label FROM bz_codebook_choice WHERE column_name = '\''kind'\'' AND language = '\''ur'\'' ORDER BY position' --store a.db
value,label
dug,کھودا ہوا
tube,ٹیوب ویل

# The views for SQL users, and what stands behind them.
$ bayaz sql 'SELECT record, form, conflict FROM bz_records ORDER BY 1' --store a.db
record,form,conflict
uuid:a,wells,0
uuid:b,wells,0
$ bayaz sql 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT sum(i) AS s FROM n' --store a.db
s
6
$ bayaz sql 'PRAGMA table_info(bz_wells__child)' --store a.db
cid,name,type,notnull,dflt_value,pk
0,bz_id,INTEGER,1,,1
1,bz_row,INTEGER,1,,2
2,bz_parent,INTEGER,1,,0
3,bz_position,INTEGER,1,,0
4,sex,INTEGER,0,,0
$ bayaz sql 'PRAGMA foreign_key_list(bz_wells__child)' --store a.db
id,seq,table,from,to,on_update,on_delete,match
0,0,bz_wells,bz_id,bz_id,NO ACTION,NO ACTION,NONE

# What is restricted needs a reason and the coordinator's key; what tells who a
# person is is never shown.
$ bayaz sql 'SELECT village FROM bz_wells__restricted' --store a.db
bayaz: 'bz_wells__restricted' is restricted: it needs --include restricted and --reason TEXT
[1]
$ bayaz sql 'SELECT village FROM bz_wells__restricted' --store a.db --include restricted --reason 'audit of June'
village
Canary2
Canary2
$ bayaz sql "SELECT kind, about, text FROM log WHERE kind = 'sql-restricted'" --store a.db
kind,about,text
sql-restricted,bz_wells__restricted,audit of June
$ bayaz -C laptop sql 'SELECT village FROM bz_wells__restricted' --store a.db --include restricted --reason why
bayaz: this workspace holds no coordinator's keys
[1]
$ bayaz sql 'SELECT owner FROM bz_wells__identifying' --store a.db
bayaz: 'bz_wells__identifying' tells who a person is: it is never shown
[1]
$ bayaz sql 'SELECT count(*) FROM BZ_Wells__Identifying' --store a.db --include restricted --reason why
bayaz: 'BZ_Wells__Identifying' tells who a person is: it is never shown
[1]
$ bayaz sql 'SELECT bytes FROM content' --store a.db
bayaz: 'content' is not read here: use the tables and views whose names begin with bz_
[1]
$ bayaz sql 'WITH bz_x AS (SELECT bytes FROM content) SELECT * FROM bz_x' --store a.db
bayaz: 'content' is not read here: use the tables and views whose names begin with bz_
[1]
$ bayaz sql 'SELECT * FROM content_part' --store a.db
bayaz: 'content_part' is not read here: use the tables and views whose names begin with bz_
[1]

# Nothing is changed, attached, or run twice.
$ cp a.db before.db
$ bayaz sql 'DELETE FROM bz_wells' --store a.db
bayaz: only one SELECT, which changes nothing, is run
[1]
$ bayaz sql "ATTACH 'other.db' AS o" --store a.db
bayaz: only one SELECT, which changes nothing, is run
[1]
$ ls other.db
ls: cannot access 'other.db': No such file or directory
[2]
$ bayaz sql "VACUUM INTO 'other.db'" --store a.db
bayaz: only one SELECT, which changes nothing, is run
[1]
$ bayaz sql 'PRAGMA journal_mode = DELETE' --store a.db
bayaz: only one SELECT, which changes nothing, is run
[1]
$ bayaz sql 'SELECT 1; SELECT 2' --store a.db
bayaz: only one SELECT, which changes nothing, is run
[1]
$ bayaz sql "SELECT load_extension('x')" --store a.db
bayaz: this SQL cannot be run: not authorized to use function: load_extension
[1]
$ bayaz sql 'BEGIN' --store a.db
bayaz: only one SELECT, which changes nothing, is run
[1]
$ bayaz sql '' --store a.db
bayaz: only one SELECT, which changes nothing, is run
[1]
$ bayaz sql 'SELEC 1' --store a.db
bayaz: this SQL cannot be run: near "SELEC": syntax error
[1]
$ bayaz sql 'SELECT nowhere FROM bz_wells' --store a.db
bayaz: this SQL cannot be run: no such column: nowhere
[1]
$ bayaz sql 'SELECT hex(zeroblob(40000000))' --store a.db > said
bayaz: a value is too big for 'a.db'
[1]
$ cmp a.db before.db
