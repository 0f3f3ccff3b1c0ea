# What is in the workspace.
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
@file a.xml
<?xml version="1.0"?>
<data id="water" version="1"><point>w1</point><meta><instanceID>uuid:1</instanceID></meta></data>
@end
$ bayaz list
bayaz: there is no workspace in '{{.*}}/home/workspace' (make one with 'bayaz init')
[1]
$ bayaz init --no-passphrase
made a workspace in '{{.*}}/home/workspace'
$ bayaz list
no forms
no records
$ bayaz list --json
{"forms":[],"questions":[],"records":[]}
$ bayaz form add water.xml
added 'water' version '1'
$ bayaz import a.xml
1 record imported
$ bayaz list
forms:
  Water points	water	1
records:
  {{[0-9a-f]+}}	ready	{{[0-9-]+}}	Water points
$ bayaz list --json
{"forms":[{"form":"water","protected":false,"title":"Water points","version":"1"}],"questions":[],"records":[{"form":"water","instance":"uuid:1","name":"","protected":false,"record":"{{[0-9a-f]+}}","state":"ready","title":"Water points","version":"1","when":"{{[0-9-]+T[0-9:]+Z}}"}]}
$ bayaz list here
bayaz: too many arguments for 'list'
bayaz: try 'bayaz help list'
[2]
