# Who changed what in a record, value by value, along its versions.
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
$ for n in 1 2; do
>   bayaz -C laptop$n join kit.bayaz --words-file words --no-passphrase \
>     --name KP-00$n > said || exit
> done
$ up() { bayaz -C laptop$1 import r.xml > said && bayaz -C laptop$1 pack -o up > said && bayaz merge up --store a.db --accept-new > said && rm up; }
$ sh edit.sh uuid:1 12 Mardan Bibi > r.xml && up 1
$ sh edit.sh uuid:2 21 Mardan Bibi uuid:1 > r.xml && up 1

# What must be said.
$ bayaz blame uuid:1
bayaz: say which store with --store DB
...
[2]
$ bayaz blame uuid:9 --store a.db
bayaz: there is no record 'uuid:9'
[1]

$ bayaz blame uuid:1 --store a.db
/data/depth	Depth in metres	21	KP-001	bundle 2	{{[0-9-]+}}	1	{{[0-9a-f]+}}
/data/place	Place	Mardan	KP-001	bundle 1	{{[0-9-]+}}	1	{{[0-9a-f]+}}
/data/user[1]/name	Name	Ali	KP-001	bundle 1	{{[0-9-]+}}	1	{{[0-9a-f]+}}
/data/user[2]/name	Name	Bibi	KP-001	bundle 1	{{[0-9-]+}}	1	{{[0-9a-f]+}}
$ bayaz blame uuid:2 --store a.db --language Urdu | cut -f 2,3 | head -1
گہرائی	21

# Two changed it at once, and their changes were joined.
$ sh edit.sh uuid:3 12 Swat Gul uuid:1 > r.xml && up 2
$ bayaz blame uuid:1 --store a.db | cut -f 1,3-5
/data/depth	21	KP-001	bundle 2
/data/place	Swat	KP-002	bundle 1
/data/user[1]/name	Ali	KP-001	bundle 1
/data/user[2]/name	Gul	KP-002	bundle 1

# What was changed and changed back counts as changed again.
$ sh edit.sh uuid:4 12 Mardan Bibi uuid:2 > r.xml && up 1
$ bayaz blame uuid:1 --store a.db | cut -f 1,3-5 | head -1
/data/depth	12	KP-001	bundle 3
$ bayaz blame uuid:1 --store a.db --json | grep -o '"bundle":3,"date":"[0-9-]*","device":"KP-001","fingerprint":"[A-Z0-9-]*","form_version":"1","label":"Depth in metres","manifest":"[0-9a-f]*","path":"/data/depth","value":"12"' | wc -l
1
