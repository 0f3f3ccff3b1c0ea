# What differs between two versions.
@file form.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Wells</h:title><model>
<itext><translation lang="English"><text id="depth"><value>Depth in metres</value></text></translation><translation lang="Urdu"><text id="depth"><value>گہرائی</value></text></translation></itext>
<instance><data id="wells" version="1" bayaz:class="standard"><depth/><place/><user jr:template=""><name/></user><meta><instanceID/><deprecatedID/></meta></data></instance>
<bind nodeset="/data/depth" type="int" bayaz:sensitivity="public"/>
<bind nodeset="/data/place" type="string" bayaz:sensitivity="public"/>
<bind nodeset="/data/user/name" type="string" bayaz:sensitivity="public"/></model></h:head>
<h:body><input ref="/data/depth"><label ref="jr:itext('depth')"/></input>
<input ref="/data/place"><label>Place</label></input>
<group ref="/data/user"><label>User</label><repeat nodeset="/data/user"><input ref="/data/user/name"><label>Name</label></input></repeat></group></h:body></h:html>
@end
@file edit.sh
old=${5:+<deprecatedID>$5</deprecatedID>}
echo "<data id=\"wells\" version=\"1\"><depth>$2</depth><place>$3</place><user><name>Ali</name></user><user><name>$4</name></user><meta><instanceID>$1</instanceID>$old</meta></data>"
@end
$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words > said
$ bayaz -C laptop join kit.bayaz --words-file words --no-passphrase > said
$ up() { bayaz -C laptop import r.xml > said && bayaz -C laptop pack -o up > said && bayaz merge up --store a.db --accept-new > said && rm up; }
$ sh edit.sh uuid:1 12 Mardan Bibi > r.xml && up; first=$(sha256sum r.xml | cut -c 1-12)
$ sh edit.sh uuid:2 21 '' Bibi uuid:1 | sed 's,<user>.*</user>,&<user><name>Gul</name></user>,' > r.xml && up; second=$(sha256sum r.xml | cut -c 1-12)

$ bayaz diff $first $second
bayaz: say which store with --store DB
...
[2]
$ bayaz diff $first 1234567890ab --store a.db
bayaz: there is no record '1234567890ab'
[1]
$ bayaz diff $first $second --store a.db
/data/depth	Depth in metres
  -	12
  +	21
/data/place	Place
  -	Mardan
/data/user[3]/name	Name
  +	Gul
$ bayaz diff $first uuid:1 --store a.db --language Urdu | head -1
/data/depth	گہرائی
$ bayaz diff $second uuid:2 --store a.db
$ bayaz diff $first $second --store a.db --json
{"changes":[{"after":"21","before":"12","label":"Depth in metres","path":"/data/depth"},{"before":"Mardan","label":"Place","path":"/data/place"},{"after":"Gul","label":"Name","path":"/data/user[3]/name"}]}
