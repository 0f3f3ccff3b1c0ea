# What a coordinator may be handed: each gets a sentence, and changes nothing.
# ./forge signs bundles as a laptop of its own would.
@file form.xml
<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:bayaz="urn:x-bayaz:forms">
 <h:head><h:title>Wells</h:title>
  <model>
   <instance><data id="wells" version="1" bayaz:class="public">
    <depth/><meta><instanceID/></meta></data></instance>
   <bind nodeset="/data/depth" type="int" bayaz:sensitivity="public"/>
  </model>
 </h:head>
 <h:body><input ref="/data/depth"><label>Depth</label></input></h:body>
</h:html>
@end
@file a.xml
<data id="wells" version="1"><depth>12</depth><meta><instanceID>uuid:f</instanceID></meta></data>
@end
@file hand.sh
# hand SPEC: forge a bundle, merge it, and say if the store is another one
"$TESTDIR/forge" "${2:-1}" given.tar.gz "m['sequence'] = 2; $1"
bayaz merge given.tar.gz --store a.db --accept-new | grep -v '^records\|^versions\|^bundles set aside'
bayaz store dump --store a.db | cmp - before
@end
$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words > said
$ bayaz -C laptop join kit.bayaz --words-file words --name KP-1 --no-passphrase > said
$ bayaz -C laptop import a.xml > said && bayaz -C laptop pack --plain -o 1.tar.gz > said
$ tar xzOf 1.tar.gz manifest.json | grep -o '"project":"[0-9a-f]*"' | cut -d '"' -f 4 > project.id
$ "$TESTDIR/forge" good.tar.gz "add('record', text('a.xml'))"
$ bayaz merge good.tar.gz --store a.db --accept-new
good.tar.gz: 1 new version
good.tar.gz: accepted the laptop {{[A-Z2-7-]+}}
records: 1
versions: 1
$ bayaz store dump --store a.db > before

# A form that nobody knows, a version that nobody has: they wait for it.
$ sh hand.sh "add('record', b'<data id=\"other\"/>', form='other')"
bayaz: what is set aside waits: {{.*}}
given.tar.gz: set aside: version '1' of form 'other' is not known here
$ sh hand.sh "add('record', b'<data id=\"wells\" version=\"9\"/>', version='9')"
bayaz: what is set aside waits: {{.*}}
given.tar.gz: set aside: version '9' of form 'wells' is not known here

# A manifest that lies: about bytes, a size, a name, twice the same.
$ sh hand.sh "add('record', text('a.xml')); files[0] = (files[0][0], text('a.xml').replace(b'12', b'13'))"
bayaz: given.tar.gz: 'records/{{[0-9a-f]+}}.xml' is not what the manifest says
$ sh hand.sh "add('record', text('a.xml'))['size'] += 1"
bayaz: given.tar.gz: 'records/{{[0-9a-f]+}}.xml' is missing or not in its place
$ sh hand.sh "add('record', text('a.xml'))['size'] = 1 << 40"
bayaz: given.tar.gz: an entry of this bundle is too large
$ sh hand.sh "add('file', b'x', name='../../out')"
bayaz: given.tar.gz: the manifest is wrong: 'name'
$ sh hand.sh "add('file', b'x'); files[0] = ('../../out', b'x')"
bayaz: given.tar.gz: 'files/{{[0-9a-f]+}}' is missing or not in its place
$ sh hand.sh "add('file', b'x'); add('file', b'x')"
bayaz: given.tar.gz: the manifest is wrong: 'entries'
$ sh hand.sh "add('file', b'x'); files.append(files[0])"
bayaz: given.tar.gz: there is more in the bundle than the manifest says
$ sh hand.sh "add('file', b'x'); files.clear()"
bayaz: given.tar.gz: 'files/{{[0-9a-f]+}}' is missing or not in its place
# More in one bundle than may be (a million, say): told before any
# of it is read.
$ sh hand.sh "m['entries'] = [{'kind': 'file', 'name': 'files/%064x' % i, 'sha256': '%064x' % i, 'size': 1} for i in range(100001)]"
bayaz: given.tar.gz: this bundle has too many entries
$ ls ../out out 2>&1 | grep -v 'cannot access\|No such'
[1]

# Another project; a newer program; signed by one, and said to be of another.
$ sh hand.sh "m['project'] = '0123456789abcdef'"
bayaz: given.tar.gz: this bundle belongs to another project
$ sh hand.sh "m['version'] = 2"
bayaz: given.tar.gz: this bundle was made by a newer version of the program
$ sh hand.sh "m['device']['key'] = 'RW' + 54 * 'A'"
bayaz: given.tar.gz: the manifest is wrong: 'key'
$ sh hand.sh "m['device']['key'] = key(2)"
bayaz: given.tar.gz: the signature was made with another key

# A laptop that was revoked: its bundle is kept, and nothing of it counts.
$ cp a.db whole.db
$ bayaz project device revoke --store a.db $(bayaz project device list --store a.db --json | grep -o '[A-Z2-7]\{4\}\(-[A-Z2-7]\{4\}\)\{4\}' | head -1) > said
$ bayaz store dump --store a.db | grep -v '"kind":"manifest"\|"line":"content"\|"trusted"' > before
$ "$TESTDIR/forge" given.tar.gz "m['sequence'] = 2; add('record', text('a.xml').replace(b'uuid:f', b'uuid:g'), instance='uuid:g')"
$ bayaz merge given.tar.gz --store a.db | sed -n 1p
given.tar.gz: set aside: the laptop {{[A-Z2-7-]+}} is revoked; 1 record of it is kept and does not count
$ bayaz store dump --store a.db | grep -v '"kind":"manifest"\|"line":"content"\|"trusted"' | cmp - before

# A clock in 2099: the answers count, and a sentence says what is to be done.
$ "$TESTDIR/forge" given.tar.gz "m.update(sequence=2, date='2099-01-01'); add('record', text('a.xml').replace(b'uuid:f', b'uuid:g'), instance='uuid:g', finished='2099-01-01T08:00:00Z')"
$ bayaz merge given.tar.gz --store whole.db | sed -n 1p
bayaz: given.tar.gz: warning: the laptop's clock said 2099-01-01: set it right, and ask when these records were made
given.tar.gz: 1 new version

# A store of a newer program.
$ python3 -c 'import sqlite3; d = sqlite3.connect("whole.db"); d.execute("PRAGMA user_version=999"); d.commit()'
$ cp whole.db newer.db
$ bayaz merge good.tar.gz --store whole.db
bayaz: 'whole.db' was written by a newer bayaz (its version 999, known here up to {{[0-9]+}})
[1]
$ bayaz store dump --store whole.db
bayaz: 'whole.db' was written by a newer bayaz (its version 999, known here up to {{[0-9]+}})
[1]
$ cmp whole.db newer.db
