# Finished instances become ready records.
@file water.xml
<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:bayaz="urn:x-bayaz:forms" xmlns:jr="http://openrosa.org/javarosa">
 <h:head><h:title>Water points</h:title>
  <model>
   <instance>
    <data id="water" version="1" bayaz:class="public">
     <point/><photo/><meta><instanceID/></meta>
    </data>
   </instance>
   <bind nodeset="/data/point" type="string" bayaz:sensitivity="public"/>
   <bind nodeset="/data/photo" type="binary" bayaz:sensitivity="public"/>
   <bind nodeset="/data/meta/instanceID" type="string" jr:preload="uid"/>
  </model>
 </h:head>
 <h:body>
  <input ref="/data/point"><label>Which point?</label></input>
  <upload ref="/data/photo" mediatype="image/*"><label>Photo</label></upload>
 </h:body>
</h:html>
@end
@file shelter.xml
<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:bayaz="urn:x-bayaz:forms" xmlns:jr="http://openrosa.org/javarosa">
 <h:head><h:title>Shelter intake</h:title>
  <model>
   <instance>
    <data id="shelter" version="1" bayaz:class="protected"
     bayaz:list-title="Visit B">
     <code/><meta><instanceID/></meta>
    </data>
   </instance>
   <bind nodeset="/data/code" type="string" bayaz:sensitivity="restricted"/>
   <bind nodeset="/data/meta/instanceID" type="string" jr:preload="uid"/>
  </model>
 </h:head>
 <h:body><input ref="/data/code"><label>Code</label></input></h:body>
</h:html>
@end
@file a.xml
<?xml version="1.0"?>
<data id="water" version="1"><point>w1</point><photo>here.jpg</photo><meta><instanceID>uuid:1</instanceID></meta></data>
@end
@file b.xml
<?xml version="1.0"?>
<data id="water" version="1"><point>w2</point><photo>gone.jpg</photo><meta><instanceID>uuid:2</instanceID></meta></data>
@end
@file c.xml
<?xml version="1.0"?>
<data id="other" version="1"><point>w3</point><meta><instanceID>uuid:3</instanceID></meta></data>
@end
@file d.xml
<data id="water" version="1"><point>w4</data>
@end
@file e.xml
<?xml version="1.0"?>
<data id="water" version="1"><point>w5</point><photo>../../secret</photo><meta><instanceID>uuid:5</instanceID></meta></data>
@end
@file s.xml
<?xml version="1.0"?>
<data id="shelter" version="1"><code>1234-5678</code><meta><instanceID>uuid:6</instanceID></meta></data>
@end
$ mkdir -p in/a in/b; mv a.xml in/a; mv b.xml in/b; mv c.xml d.xml e.xml in
$ echo picture > in/a/here.jpg
$ cp water.xml in/form.xml
$ bayaz init --no-passphrase
made a workspace in '{{.*}}/home/workspace'
$ bayaz form add water.xml
added 'water' version '1'
$ bayaz import in
bayaz: in/c.xml: the workspace has no form 'other'
bayaz: in/d.xml:1:46: Opening and ending tag mismatch: point line 1 and data
bayaz: in/e.xml: an attachment has a name that is no file name
bayaz: 1 attachment is missing
2 records imported
3 files refused
[1]
$ bayaz import in/a/a.xml in/b/b.xml
0 records imported
2 records were here already
$ sed 's/w1/w9/; s/uuid:1/uuid:9/; s/<meta>/<meta><deprecatedID>uuid:1<.deprecatedID>/; s/<.dep/<\/dep/' in/a/a.xml > in/a/f.xml
$ bayaz import in/a/f.xml in/form.xml missing.xml --json
bayaz: in/form.xml: this is a form, not a record
bayaz: missing.xml: cannot open 'missing.xml': No such file or directory
{"file":"in/a/f.xml","outcome":"imported","record":"{{[0-9a-f]+}}"}
{"file":"in/form.xml","outcome":"refused"}
{"file":"missing.xml","outcome":"refused"}
[1]
$ bayaz list --json | grep -o '"state":"[a-z]*"'
"state":"ready"
"state":"ready"
"state":"ready"
# A protected record is sealed at once, which needs a project to seal it to.
$ echo river > passphrase
$ bayaz -C sealed init --passphrase-file passphrase
made a workspace in 'sealed'
$ bayaz -C sealed form add shelter.xml --passphrase-file passphrase
added 'shelter' version '1'
$ bayaz -C sealed import s.xml --passphrase-file passphrase
bayaz: s.xml: this workspace belongs to no project yet (see 'bayaz help join')
0 records imported
1 file refused
[1]
$ bayaz -C boss project new Water --recovery-file recovery --passphrase-file passphrase > out
$ bayaz -C boss project kit -o kit.bayaz --form shelter.xml --words-file words --passphrase-file passphrase
kit.bayaz: kit 1 with 1 form
$ bayaz -C sealed join kit.bayaz --words-file words --passphrase-file passphrase > out
$ bayaz -C sealed import s.xml --passphrase-file passphrase
1 record imported
$ bayaz -C sealed import s.xml --passphrase-file passphrase
0 records imported
1 record was here already
$ bayaz -C sealed list --passphrase-file passphrase
forms:
  Visit B
records:
  {{[0-9a-f]+}}	ready	{{[0-9-]+}}	Visit B
$ bayaz -C sealed list --json --passphrase-file passphrase
{"forms":[{"protected":true,"title":"Visit B"}],"questions":[],"records":[{"protected":true,"record":"{{[0-9a-f]+}}","state":"ready","title":"Visit B","when":"{{[0-9-]+}}"}]}
$ grep -c -e 1234-5678 -e uuid:6 -e Shelter sealed/*
sealed/field.db:0
sealed/keys:0
[1]
# What was written down without consent is not kept: not imported, not finished.
@file visit.xml
<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:bayaz="urn:x-bayaz:forms" xmlns:jr="http://openrosa.org/javarosa">
 <h:head><h:title>Visit</h:title>
  <model>
   <instance>
    <data id="visit" version="1" bayaz:class="standard">
     <agree/><name/><why/><meta><instanceID/></meta>
    </data>
   </instance>
   <bind nodeset="/data/agree" type="string" required="true()"
    bayaz:role="consent" bayaz:sensitivity="public"/>
   <bind nodeset="/data/name" type="string" relevant="/data/agree = 'yes'"
    bayaz:sensitivity="restricted"/>
   <bind nodeset="/data/why" type="string" relevant="/data/agree = 'no'"
    bayaz:sensitivity="restricted"/>
   <bind nodeset="/data/meta/instanceID" type="string" jr:preload="uid"/>
  </model>
 </h:head>
 <h:body>
  <input ref="/data/agree"><label>May I?</label></input>
  <input ref="/data/name"><label>Name?</label></input>
  <input ref="/data/why"><label>Why not?</label></input>
 </h:body>
</h:html>
@end
@file agreed.xml
<data id="visit" version="1"><agree>yes</agree><name>Canary</name><why/><meta><instanceID>uuid:y</instanceID></meta></data>
@end
@file refused.xml
<data id="visit" version="1"><agree>no</agree><name/><why/><meta><instanceID>uuid:n</instanceID></meta></data>
@end
@file taken.xml
<data id="visit" version="1"><agree>no</agree><name>Canary</name><why/><meta><instanceID>uuid:t</instanceID></meta></data>
@end
$ bayaz -C gate init --no-passphrase > out
$ bayaz -C gate form add visit.xml
added 'visit' version '1'
$ bayaz -C gate import agreed.xml refused.xml taken.xml
bayaz: taken.xml: there is no consent to what '/data/name' holds: such a record is not kept; destroy this file, too
2 records imported
1 file refused
[1]
$ bayaz -C gate list | grep -c ready
2
$ printf '%s\n' no 'afraid of him' yes | bayaz -C gate collect visit --new | grep -i 'consent\|discarded'
There is no consent. Discard this record? yes or no
discarded: nothing of it is kept
$ bayaz -C gate list | grep -c 'ready\|draft'
2
$ bayaz -C gate list | grep -c discarded
0
[1]
