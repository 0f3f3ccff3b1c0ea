# Looking into a store.
$ bayaz store dump
bayaz: say which store with --store DB
...
[2]
$ bayaz store dump --store nowhere.db
bayaz: there is no store 'nowhere.db'
[1]
$ ls nowhere.db
ls: {{.*}}
[2]
$ echo "not a database" > text.db
$ bayaz store dump --store text.db
bayaz: {{.*}}text.db{{.*}}
[1]
$ cat text.db
not a database

# A store with one record.
@file form.xml
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml">
 <h:head><h:title>Wells</h:title>
  <model><instance><data id="wells" version="1"><depth/>
   <meta><instanceID/></meta></data></instance>
   <bind nodeset="/data/depth" type="int"/></model></h:head>
 <h:body><input ref="/data/depth"><label>Depth</label></input></h:body>
</h:html>
@end
@file a.xml
<data id="wells" version="1"><depth>12</depth><meta><instanceID>uuid:a</instanceID></meta></data>
@end
$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words > said
$ bayaz -C laptop join kit.bayaz --words-file words --no-passphrase > said
$ bayaz -C laptop import a.xml > said && bayaz -C laptop pack -o 1.bayaz > said
$ bayaz merge 1.bayaz --store a.db --accept-new > said
$ bayaz store dump --store a.db > dump
$ sed 's/.*"line":"\([a-z]*\)".*/\1/' dump | uniq -c | sort -k 2
{{ *7}} content
{{ *1}} device
{{ *5}} fact
{{ *1}} form
{{ *1}} record
{{ *1}} store
{{ *1}} table
{{ *1}} version
$ grep '"line":"record"' dump
{"conflict":false,"conflicts":[],"current":"{{[0-9a-f]+}}","form":"wells","heads":["{{[0-9a-f]+}}"],"hidden":"","line":"record","record":"uuid:a","review":"received","versions":1}
$ bayaz store rebuild --store a.db
$ bayaz store dump --store a.db | cmp - dump

# A reader of ours leaves a file of another program alone.
@require python3
$ python3 -c "import sqlite3; sqlite3.connect('other.db').execute('create table t (x)')"
$ bayaz store dump --store other.db
bayaz: {{.*}}other.db{{.*}}
[1]
