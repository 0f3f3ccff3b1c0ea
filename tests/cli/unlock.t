# What is sealed is opened in memory only, judged, and erased if it must not be.
@require age
@require sqlite3
@file intake.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Intake</h:title><model><instance>
<data id="intake" version="1" bayaz:class="protected" bayaz:list-title="Visit B"><consent/><has/><typed/><drawn/><code/><note/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/consent" type="string" bayaz:sensitivity="restricted" bayaz:role="consent"/>
<bind nodeset="/data/has" type="string" bayaz:sensitivity="restricted" relevant="/data/consent = 'yes'"/>
<bind nodeset="/data/typed" type="string" bayaz:sensitivity="restricted" relevant="/data/has = 'yes'"/>
<bind nodeset="/data/drawn" type="string" bayaz:sensitivity="restricted" calculate="once('9081-7263-5434')"/>
<bind nodeset="/data/code" type="string" bayaz:sensitivity="restricted" calculate="if(/data/has = 'yes', /data/typed, /data/drawn)" bayaz:role="case-code"/>
<bind nodeset="/data/note" type="string" bayaz:sensitivity="restricted" relevant="/data/consent = 'yes'"/>
<bind nodeset="/data/meta/instanceID" type="string" bayaz:sensitivity="restricted"/></model></h:head>
<h:body><input ref="/data/consent"><label>Consent?</label></input>
<input ref="/data/has"><label>Has she a code?</label></input>
<input ref="/data/typed"><label>Code?</label></input>
<input ref="/data/note"><label>Note?</label></input></h:body></h:html>
@end
@file visit.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Wells</h:title><model><instance>
<data id="visit" version="1" bayaz:class="public"><consent/><code/><photo/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/consent" type="string" bayaz:sensitivity="public" bayaz:role="consent"/>
<bind nodeset="/data/code" type="string" bayaz:sensitivity="public" bayaz:role="case-code" relevant="/data/consent = 'yes'"/>
<bind nodeset="/data/photo" type="binary" bayaz:sensitivity="public" relevant="/data/consent = 'yes'"/>
<bind nodeset="/data/meta/instanceID" type="string" bayaz:sensitivity="public"/></model></h:head>
<h:body><input ref="/data/consent"><label>Consent?</label></input><input ref="/data/code"><label>Code?</label></input>
<upload ref="/data/photo" mediatype="image/*"><label>Photo?</label></upload></h:body></h:html>
@end
$ echo river > pass
$ bayaz -C centre project new Pilot --passphrase-file pass --recovery-file paper > said 2>&1
$ bayaz -C centre project kit -o kit.bayaz intake.xml visit.xml --words-file words --passphrase-file pass > said
$ for n in 1 2; do bayaz -C laptop$n join kit.bayaz --words-file words --passphrase-file pass --name KP-00$n > said || exit; done

# Two records, sealed on the laptops: whoever has the key looks into them as
# they come.  Both drew the same code: that is told, and nothing is joined.
$ printf '%s\n' yes no canary-one yes | bayaz -C laptop1 collect intake --new --passphrase-file pass > said 2>&1
$ printf '%s\n' yes no canary-two yes | bayaz -C laptop2 collect intake --new --passphrase-file pass > said 2>&1
$ for n in 1 2; do bayaz -C laptop$n pack -o $n.bayaz --passphrase-file pass > said || exit; done
$ bayaz -C centre merge 1.bayaz 2.bayaz --store a.db --accept-new --passphrase-file pass | tail -3
records: 0
versions: 0
sealed, looked into with the key: 2
$ bayaz -C centre unlock --store a.db --passphrase-file pass
bayaz: warning: two laptops drew the same case code, for the records sha256:{{[0-9a-f]+}} and sha256:{{[0-9a-f]+}}: they are two people until both workers say otherwise
intake: 2
[1]
$ bayaz store dump --store a.db > before
$ bayaz -C centre store dump --unlocked --store a.db --passphrase-file pass > open; diff before open | sed 's/"[0-9a-f]\{64\}"/HASH/; s/^[0-9a,]*$/LINES/'
LINES
> {"form":"intake","form_version":"1","instance":"","line":"opened","sha256":HASH,"training":false}
> {"form":"intake","form_version":"1","instance":"","line":"opened","sha256":HASH,"training":false}
$ bayaz store dump --store a.db | diff before -

# Records that no laptop of ours would make: what consent was not given to.
@file seal.sh
# seal FILE OUT: as a sealed record is made
cp "$1" record.xml
tar --format=ustar -cf - record.xml | gzip -n > zipped
dd if=/dev/null of=zipped bs=4096 seek=$((($(stat -c %s zipped) + 4095) / 4096)) 2> said
age -r "$(cat recipient)" -o "$2" zipped
@end
@file no.xml
<data id="intake" version="1"><consent>no</consent><has/><typed/><drawn>1234-5678-9092</drawn><code>1234-5678-9092</code><note>canary-three</note><meta><instanceID>uuid:n</instanceID></meta></data>
@end
@file bare.xml
<data id="visit" version="1"><consent/><code>1234-5678-9092</code><photo>p.jpg</photo><meta><instanceID>uuid:v</instanceID></meta></data>
@end
@file good.xml
<data id="visit" version="1"><consent>yes</consent><code>1234-5678-9092</code><photo/><meta><instanceID>uuid:g</instanceID></meta></data>
@end
$ grep -o '"protected":."age1[0-9a-z]*' before | grep -o 'age1.*' > recipient
$ grep -o '"project":"[0-9a-f]*"' before | sed -n 1p | cut -d '"' -f 4 > project.id
$ sh seal.sh no.xml no.age; echo canary-photo > p.jpg
$ "$TESTDIR/forge" f.tar.gz "add('sealed', text('no.age')); photo = add('file', text('p.jpg')); add('record', text('bare.xml'), form='visit', instance='uuid:v', files=[{'name': 'p.jpg', 'sha256': photo['sha256']}]); add('record', text('good.xml'), form='visit', instance='uuid:g'); sort()"
$ bayaz -C centre merge f.tar.gz --store a.db --accept-new --passphrase-file pass
f.tar.gz: 2 new versions
f.tar.gz: accepted the laptop {{[A-Z2-7-]+}}
bayaz: f.tar.gz: warning: 2 records were erased: consent was missing
records: 1
versions: 1
sealed, looked into with the key: 2
erased, without consent or withdrawn: 3
$ sqlite3 a.db "SELECT code, length(bytes) FROM refused JOIN content USING (sha256)"
no-consent|0
no-consent|0
no-consent|0
$ sha256sum no.age bare.xml p.jpg | cut -c 1-64 | while read hash; do bayaz store dump --store a.db | grep "\"content\".*$hash"; done
[1]
$ bayaz store dump --store a.db > one

# They stay away: merged again, all made anew, in a store that heard of it in
# another order.
$ bayaz -C centre merge f.tar.gz --store a.db --passphrase-file pass | sed -n 1p
f.tar.gz: merged before
$ "$TESTDIR/forge" f2.tar.gz "m['sequence'] = 2; add('sealed', text('no.age')); add('file', text('p.jpg')); sort()"
$ bayaz -C centre merge f2.tar.gz --store b.db --accept-new --passphrase-file pass > said 2>&1
$ bayaz -C centre merge f2.tar.gz --store a.db --passphrase-file pass
f2.tar.gz: 0 new versions
records: 1
versions: 1
sealed, looked into with the key: 2
erased, without consent or withdrawn: 3
$ bayaz store rebuild --store a.db && bayaz store dump --store a.db > one
$ bayaz -C centre merge 2.bayaz f.tar.gz 1.bayaz --store b.db --accept-new --passphrase-file pass > said 2>&1
$ bayaz store dump --store b.db | diff one -

# She wants it deleted: her sealed records and the standard one with her code
# go, of both laptops, and what comes later goes, too.
$ bayaz -C laptop2 withdraw 9081-7263-5434 --passphrase-file pass > said
$ bayaz -C laptop1 withdraw 1234-5678-9092 --passphrase-file pass > said
$ for n in 1 2; do bayaz -C laptop$n pack -o w$n.bayaz --passphrase-file pass > said || exit; done
$ bayaz -C centre merge w1.bayaz w2.bayaz --store a.db --passphrase-file pass
w1.bayaz: 0 new versions
bayaz: w1.bayaz: warning: 1 record was erased: it was withdrawn
w2.bayaz: 0 new versions
bayaz: w2.bayaz: warning: 2 records were erased: they were withdrawn
records: 0
versions: 0
sealed, looked into with the key: 2
erased, without consent or withdrawn: 6
$ bayaz store dump --store a.db > all; grep -c '"kind":"tombstone"' all
2
$ grep -c '9081-7263\|1234-5678' all
0
[1]
$ printf '%s\n' yes yes 9081-7263-5434 canary-four yes | bayaz -C laptop1 collect intake --new --passphrase-file pass > said 2>&1
$ bayaz -C laptop1 pack -o 3.bayaz --passphrase-file pass > said
$ bayaz -C centre merge 3.bayaz --store a.db --passphrase-file pass | tail -2
bayaz: 3.bayaz: warning: 1 record was erased: it was withdrawn
sealed, looked into with the key: 2
erased, without consent or withdrawn: 7
$ bayaz -C centre unlock --store a.db --passphrase-file pass
no sealed record opens here
requests to delete: 2
$ bayaz -C centre unlock --store a.db --passphrase-file pass --json
{"clashes":[],"damaged":0,"form_unknown":0,"forms":{},"no_consent":0,"opened":0,"other_key":0,"requests":2,"waiting":0,"withdrawn":0}

# The order does not matter, and the receipts tell.
$ bayaz -C centre merge 3.bayaz w2.bayaz f2.tar.gz w1.bayaz f.tar.gz 2.bayaz 1.bayaz --store c.db --accept-new --passphrase-file pass > said 2>&1
$ bayaz store dump --store a.db > all; bayaz store dump --store c.db | diff all -
$ bayaz -C centre store rebuild --store c.db && bayaz store dump --store c.db | diff all -
$ bayaz -C centre send -o down.bayaz --store a.db --all --passphrase-file pass > said
$ bayaz -C laptop2 receive down.bayaz --passphrase-file pass
down.bayaz: taken, number {{[0-9]+}}
  1 record was refused at the centre: 'bayaz list' says why

# Another coordinator, who may merge and holds no key of protected records.
$ bayaz -C swat join kit.bayaz --words-file words --passphrase-file pass > said
$ bayaz -C swat project store request Swat -o swat.request --passphrase-file pass 2> note | sed -n 's/fingerprint: //p' > finger
$ bayaz -C centre project store add swat.request --fingerprint "$(cat finger)" -o swat.grant --role merge --reads standard --passphrase-file pass > said
$ bayaz -C swat project store take swat.grant --passphrase-file pass > said
$ bayaz -C swat merge 1.bayaz 2.bayaz f.tar.gz w1.bayaz w2.bayaz --store d.db --accept-new --passphrase-file pass | tail -4
bayaz: f.tar.gz: warning: 1 record was erased: consent was missing
records: 1
versions: 1
sealed, not read here: 5
erased, without consent or withdrawn: 2
$ bayaz -C swat unlock --store d.db --passphrase-file pass
bayaz: this workspace does not hold the key of protected records
[1]
$ bayaz -C swat store dump --unlocked --store d.db --passphrase-file pass
bayaz: this workspace does not hold the key of protected records
[1]

# What she sends on is looked into by who can; what was erased there does not
# come, and what was erased here goes there as well.
$ bayaz -C swat store pack -o up.bayaz --store d.db --passphrase-file pass > said
$ bayaz -C centre merge up.bayaz --store a.db --passphrase-file pass | tail -2
sealed, looked into with the key: 2
erased, without consent or withdrawn: 7
$ bayaz -C centre store pack -o back.bayaz --store a.db --passphrase-file pass > said
$ bayaz -C swat merge back.bayaz --store d.db --passphrase-file pass | tail -2
sealed, not read here: 2
erased, without consent or withdrawn: 7
$ bayaz store dump --store a.db > all; bayaz store dump --store d.db | diff all -

# A bundle of what is new carries the word that something in it was erased,
# though that was said, and sent on, before.
$ "$TESTDIR/forge" f3.tar.gz "m['sequence'] = 3; add('sealed', text('no.age'))"
$ bayaz -C centre merge f3.tar.gz --store a.db --passphrase-file pass > said
$ bayaz -C centre store pack -o next.bayaz --store a.db --passphrase-file pass > said
$ bayaz -C swat merge next.bayaz --store e.db --passphrase-file pass
next.bayaz: 1 new bundle of a laptop, 0 new versions
records: 0
versions: 0
erased, without consent or withdrawn: 1
of revoked laptops, not counted: 1
