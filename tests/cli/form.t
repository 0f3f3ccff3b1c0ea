# Forms go into the workspace, with their media, and stay in every version.
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
@file broken.xml
<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head>
 <h:title>x</h:title>
</h:html>
@end
$ bayaz init --no-passphrase
made a workspace in '{{.*}}/home/workspace'
$ bayaz form list
$ bayaz form add water.xml
added 'water' version '1'
$ bayaz form add water.xml --json
\[{"added":false,"form":"water","version":"1"}]
$ sed 's/Which/What/' water.xml > other.xml
$ bayaz form add other.xml
bayaz: other.xml: the workspace has another form 'water' with the same version '1': give the new one another version
[1]
$ sed 's/version="1" bayaz/version="2" bayaz/' other.xml > newer.xml
$ mkdir newer-media && echo name > newer-media/list.csv
$ bayaz form add broken.xml missing.xml newer.xml
broken.xml:3:10: error: Opening and ending tag mismatch: head line 1 and html
bayaz: missing.xml: cannot open 'missing.xml': No such file or directory
added 'water' version '2'
[1]
$ bayaz form list
water	1	{{[0-9-]+}}	public	Water points
water	2	{{[0-9-]+}}	public	Water points
$ bayaz form list --json
\[{"added":"{{[0-9-]+}}","class":"public","form":"water","media":[],"title":"Water points","version":"1"},{"added":"{{[0-9-]+}}","class":"public","form":"water","media":["list.csv"],"title":"Water points","version":"2"}]
$ bayaz form add shelter.xml
bayaz: shelter.xml: protected forms need a workspace with a passphrase
[1]
$ echo river > passphrase
$ bayaz -C sealed init --passphrase-file passphrase
made a workspace in 'sealed'
$ bayaz -C sealed form add shelter.xml --passphrase-file passphrase
added 'shelter' version '1'
$ bayaz -C sealed form list --passphrase-file passphrase
shelter	1	{{[0-9-]+}}	protected	Visit B
$ bayaz form add
bayaz: something is missing after 'form add'
bayaz: try 'bayaz help form add'
[2]
