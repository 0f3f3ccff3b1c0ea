# What is ready goes into a bundle, once.
@require age
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
<data id="water" version="1"><point>w1</point><photo>here.jpg</photo><meta><instanceID>uuid:1</instanceID></meta></data>
@end
@file b.xml
<?xml version="1.0"?>
<data id="water" version="1"><point>w2</point><photo>gone.jpg</photo><meta><instanceID>uuid:2</instanceID></meta></data>
@end
$ echo picture > here.jpg
$ bayaz init --no-passphrase
made a workspace in '{{.*}}/home/workspace'
$ bayaz form add water.xml
added 'water' version '1'
$ bayaz import a.xml b.xml
bayaz: 1 attachment is missing
2 records imported
$ bayaz pack -o 1.bayaz
bayaz: this workspace belongs to no project yet (see 'bayaz help join')
[1]
$ bayaz -C boss project new Water --no-passphrase --recovery-file recovery > out
bayaz: this workspace has no passphrase: whoever has this computer has the project's keys
$ bayaz -C boss project kit -o kit.bayaz --form water.xml --words-file words > out
$ bayaz join kit.bayaz --words-file words --name KP-031 > out
$ bayaz pack
bayaz: say where the bundle goes: -o FILE, or -o FOLDER for one or more in a folder
bayaz: try 'bayaz help pack'
[2]
$ bayaz pack -o nowhere/1.bayaz
warning: record {{[0-9a-f]+}}: a file that it names is missing
bayaz: cannot create 'nowhere/1.bayaz.part': No such file or directory
[1]
$ bayaz pack -o 1.bayaz
warning: record {{[0-9a-f]+}}: a file that it names is missing
1.bayaz: bundle 1 with 2 records
$ ls *.part
ls: cannot access '*.part': No such file or directory
[2]
$ bayaz -C boss open 1.bayaz | grep -c .
9
$ bayaz pack -o 2.bayaz
bayaz: no record is ready to be packed
[1]
$ bayaz pack -o 1.bayaz --again
bayaz: '1.bayaz' exists already
[1]
$ bayaz pack -o 2.bayaz --again --plain --json
warning: record {{[0-9a-f]+}}: a file that it names is missing
{"answers":0,"damaged":0,"deletions":0,"file":"2.bayaz","files":1,"forms":1,"left":0,"manifest":"{{[0-9a-f]+}}","missing":1,"records":2,"resumed":false,"sealed":0,"sequence":2,"too_large":0}
$ gzip -dc 2.bayaz | tar t | sed 's/[0-9a-f]\{64\}/HASH/'
manifest.json
manifest.json.minisig
files/HASH
forms/HASH.xml
records/HASH.xml
records/HASH.xml
$ bayaz list | tail -2
  {{[0-9a-f]+}}	packed	{{[0-9-]+}}	Water points	in bundle 2 of {{[0-9-]+}}
  {{[0-9a-f]+}}	packed	{{[0-9-]+}}	Water points	in bundle 2 of {{[0-9-]+}}

# Into a folder: as many as are needed, under names that tell nothing.
$ mkdir stick; sed 's/uuid:1/uuid:3/; s/w1/w3/' a.xml > c.xml; bayaz import c.xml
1 record imported
$ bayaz pack -o stick
stick/{{[0-9]+-[0-9a-f]+}}.bayaz: bundle 3 with 1 record
$ bayaz -C boss open stick/*.bayaz --json | grep -o '"head":{[^}]*}'
"head":{"left":0,"packed":3}
$ bayaz pack -o stick
bayaz: no record is ready to be packed
[1]
$ bayaz pack -o stick --again --plain
warning: record {{[0-9a-f]+}}: a file that it names is missing
stick/{{[0-9]+-[0-9a-f]+}}.tar.gz: bundle 4 with 3 records
$ gzip -dc stick/*.tar.gz | tar xO manifest.json | grep -o '"head":{[^}]*}'
"head":{"left":0,"packed":3}
