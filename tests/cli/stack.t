# Coordinators stack: a district's store goes on to the province's.
@file form.xml
<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:bayaz="urn:x-bayaz:forms">
 <h:head><h:title>Wells</h:title>
  <model>
   <instance><data id="wells" version="1" bayaz:class="standard">
    <depth/><photo/><meta><instanceID/></meta></data></instance>
   <bind nodeset="/data/depth" type="int" bayaz:sensitivity="public"/>
   <bind nodeset="/data/photo" type="binary" bayaz:sensitivity="public"/>
  </model>
 </h:head>
 <h:body><input ref="/data/depth"><label>Depth</label></input>
  <upload ref="/data/photo" mediatype="image/*"><label>Photo</label></upload></h:body>
</h:html>
@end
@file a.xml
<data id="wells" version="1"><depth>12</depth><photo>well.jpg</photo><meta><instanceID>uuid:a</instanceID></meta></data>
@end
@file b.xml
<data id="wells" version="1"><depth>30</depth><photo/><meta><instanceID>uuid:b</instanceID></meta></data>
@end
@file derived.sh
bayaz store dump --store $1 | grep -E '"line":"(version|record|table|sealed|form)"'
@end
$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words > said
$ bayaz -C laptop join kit.bayaz --words-file words --no-passphrase --name KP-001 > joined
$ printf 'not really a photo' > well.jpg
$ bayaz -C laptop import a.xml > said && bayaz -C laptop pack -o 1.bayaz > said
$ bayaz -C laptop import b.xml > said && bayaz -C laptop pack -o 2.bayaz > said

# The district's coordinator.
$ bayaz -C swat join kit.bayaz --words-file words --no-passphrase > said
$ bayaz -C swat project store request Swat -o swat.request 2> note | sed -n 's/fingerprint: //p' > finger
$ bayaz project store add swat.request --fingerprint "$(cat finger)" -o swat.grant --role merge --role publish --reads standard > said
$ bayaz -C swat project store take swat.grant > said
$ bayaz -C swat form add form.xml > said 2>&1
$ bayaz -C swat merge 1.bayaz --store swat.db --accept-new > said

# What must be said; what there is nothing of.
$ bayaz -C swat store pack -o up.bayaz
bayaz: say which store with --store DB
...
[2]
$ bayaz -C swat store pack --store swat.db
bayaz: say where the bundle goes: -o FILE, or -o FOLDER for one or more in a folder
...
[2]
$ bayaz -C laptop store pack -o up.bayaz --store swat.db
bayaz: this workspace holds no coordinator's keys
[1]
$ bayaz -C swat store pack -o up.bayaz --store swat.db
1 bundle of a laptop goes on
$ bayaz -C swat store pack -o none.bayaz --store swat.db
bayaz: there is nothing new to send on
[1]
$ ls none.bayaz
ls: {{.*}}
[2]
$ bayaz -C swat store pack -o up.bayaz --store swat.db --again
bayaz: 'up.bayaz' exists already
[1]

# The province has what the district has, photo and all.
$ bayaz merge up.bayaz --store province.db
up.bayaz: 1 new bundle of a laptop, 1 new version
records: 1
versions: 1
$ bayaz merge up.bayaz --store province.db
up.bayaz: merged before
records: 1
versions: 1
$ bayaz -C swat merge 2.bayaz --store swat.db > said
$ mkdir out && bayaz -C swat store pack -o out --store swat.db
1 bundle of a laptop goes on
$ bayaz merge out/*.bayaz --store province.db
{{out/[0-9a-f-]+}}.bayaz: 1 new bundle of a laptop, 1 new version
records: 2
versions: 2
$ sh derived.sh swat.db > district; sh derived.sh province.db | cmp - district

# It is the same as if the laptop had sent its bundles there, and by both ways.
$ bayaz merge 2.bayaz 1.bayaz --store direct.db --accept-new > said
$ sh derived.sh direct.db | cmp - district
$ bayaz -C swat store pack -o all.bayaz --store swat.db --again --json | sed 's/"facts":[0-9]*/"facts":N/'
{"bundles":2,"facts":N,"files":["all.bayaz"]}
$ bayaz merge all.bayaz --store direct.db > said; head -1 said
all.bayaz: 0 new bundles of laptops, 0 new versions
$ sh derived.sh direct.db | cmp - district
$ bayaz merge all.bayaz 1.bayaz --store other.db > said
$ bayaz merge 1.bayaz --store last.db --accept-new > said; bayaz merge out/*.bayaz up.bayaz --store last.db > said
$ sh derived.sh other.db | cmp - district; sh derived.sh last.db | cmp - district
$ bayaz store rebuild --store province.db; sh derived.sh province.db | cmp - district

# A changed byte refuses it whole.
@file flip.py
data = bytearray(open("all.bayaz", "rb").read())
data[len(data) // 2] ^= 1
open("flipped.bayaz", "wb").write(data)
@end
$ python3 flip.py; bayaz merge flipped.bayaz --store fresh.db > said
bayaz: flipped.bayaz: {{.*}}
[1]

# It does not matter whether she was withdrawn before it came.
$ bayaz project store revoke "$(cat finger)" --store direct.db > said 2>&1
$ bayaz -C swat store pack -o late.bayaz --store swat.db --again > said
$ bayaz merge late.bayaz --store direct.db > said; head -1 said
late.bayaz: merged before
