# A second coordinator: she asks, is certified, and acts within her roles.
@file form.xml
<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:bayaz="urn:x-bayaz:forms">
 <h:head><h:title>Wells</h:title>
  <model>
   <instance><data id="wells" version="1" bayaz:class="standard">
    <depth/><meta><instanceID/></meta></data></instance>
   <bind nodeset="/data/depth" type="int" bayaz:sensitivity="public"/>
  </model>
 </h:head>
 <h:body><input ref="/data/depth"><label>Depth</label></input></h:body>
</h:html>
@end
@file a.xml
<data id="wells" version="1"><depth>12</depth><meta><instanceID>uuid:a</instanceID></meta></data>
@end
$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words > said
$ bayaz -C laptop join kit.bayaz --words-file words --no-passphrase --name KP-001 > joined
$ bayaz -C laptop import a.xml > said && bayaz -C laptop pack -o 1.bayaz > said

# She joins like a laptop, and asks.
$ bayaz -C swat project store request Swat -o swat.request
bayaz: {{.*}}
[1]
$ bayaz -C swat join kit.bayaz --words-file words --no-passphrase > said
$ bayaz -C swat merge 1.bayaz --store swat.db
bayaz: this workspace holds no coordinator's keys
[1]
$ bayaz -C swat project store request Swat -o swat.request 2> note > asked; cat asked note
swat.request: send it to whoever holds the project's key
fingerprint: {{[A-Z2-7-]+}}
tell the fingerprint by voice
bayaz: this workspace has no passphrase: whoever has this computer will have a coordinator's keys
$ sed -n 's/fingerprint: //p' asked > finger
$ bayaz -C swat project store request Swat -o again.request 2> note | sed -n 's/fingerprint: //p' | cmp - finger
$ cmp swat.request again.request | cut -c 1-12

# What is asked with is not yet a power.
$ bayaz -C swat project kit -o mine.bayaz form.xml --words-file words
bayaz: this workspace's key has no certificate for the role 'publish'
[1]
$ bayaz -C swat merge 1.bayaz --store swat.db
bayaz: this workspace's key has no certificate for the role 'merge'
[1]

# He certifies her, by the fingerprint that she told him.
$ bayaz project store add swat.request --fingerprint AAAA-BBBB -o swat.grant
bayaz: say what the store may do: --role merge, review, delete, publish
[2]
$ bayaz project store add swat.request --fingerprint AAAA-BBBB -o swat.grant --role boss
bayaz: there is no role 'boss': there are merge, review, delete, publish
[2]
$ bayaz project store add swat.request --fingerprint AAAA-BBBB -o swat.grant --role merge
bayaz: swat.request: the fingerprint of this request is {{[A-Z2-7-]+}}, not the one that was given: ask again by voice
[1]
$ sed 's/Swat/Swap/' swat.request > forged.request
$ bayaz project store add forged.request --fingerprint "$(cat finger)" -o swat.grant --role merge
bayaz: forged.request: {{.*}}
[1]
$ ls swat.grant
ls: {{.*}}
[2]
$ bayaz project store add swat.request --fingerprint "$(cat finger)" -o swat.grant --role merge --role publish --reads standard
swat.grant: the grant of 'Swat', which only that workspace opens
roles: merge, publish
reads: standard
$ grep -c AGE-SECRET swat.grant
0
[1]

# Nobody else can use the grant; she can.
$ bayaz -C laptop project store take swat.grant
bayaz: this workspace holds no coordinator's keys
[1]
$ bayaz -C third join kit.bayaz --words-file words --no-passphrase > said
$ bayaz -C third project store request Third -o third.request > said 2>&1
$ bayaz -C third project store take swat.grant
bayaz: swat.grant: this grant is not for this workspace
[1]
$ bayaz -C swat project store take swat.grant
this workspace is a store of 'Pilot' now
roles: merge, publish
reads: standard
$ bayaz -C swat project store list
{{[A-Z2-7-]+}}  {{(here |valid)}}      {{(coordinator|Swat       )}}       {{.*}}
{{[A-Z2-7-]+}}  {{(here |valid)}}      {{(coordinator|Swat       )}}       {{.*}}
$ bayaz -C swat project store list | grep -c here
1
$ bayaz -C swat merge 1.bayaz --store swat.db --accept-new
1.bayaz: 1 new version
1.bayaz: accepted the laptop {{[A-Z2-7-]+}}
records: 1
versions: 1

# Her kits are taken; numbers are counted for each maker.
$ bayaz -C swat project kit -o mine.bayaz form.xml --words-file words
mine.bayaz: kit 1 with 1 form
$ bayaz project kit -o kit2.bayaz --form form.xml --words-file words
kit2.bayaz: kit 2 with 1 form
$ bayaz -C laptop join kit2.bayaz --words-file words | head -n 1
joined 'Pilot' with kit 2: 1 form, 0 of it new
$ bayaz -C laptop join mine.bayaz --words-file words | head -n 1
joined 'Pilot' with kit 1: 1 form, 0 of it new
$ bayaz -C laptop join kit.bayaz --words-file words
bayaz: kit.bayaz: this has number 1, but this workspace has number 2 already
[1]

# Only who holds the project's key certifies and withdraws.
$ bayaz -C swat project store add third.request --fingerprint AAAA --role merge -o third.grant
bayaz: the project's key is not in this workspace: 'bayaz project online' brings it back
[1]
$ bayaz project store revoke AAAA --store swat.db
bayaz: no store has the fingerprint 'AAAA': 'bayaz project store list' shows those that have a certificate
[1]
$ bayaz project store revoke "$(bayaz project store list | grep here | cut -d ' ' -f 1)" --store swat.db
bayaz: this is the key of this workspace itself
[1]
$ bayaz project store revoke "$(cat finger)" --store swat.db
withdrew the certificates of 'Swat'
what that store said counts as far as it is known here; what it says from now on does not
laptops learn it from the next kit or bundle that is sent to them; what its keys read, they still read: 'bayaz project rotate' gives the project new ones
$ bayaz project store list --json
{"stores":[{{.*}}"name":"{{(coordinator|Swat)}}",{{.*}}{"fingerprint":"{{.*}}"withdrawn":{{(true|false)}}}]}
$ bayaz project store list | grep -c withdrawn
1

# What she accepted goes on; she accepts nobody more, and merges no more.
$ bayaz project device list --store swat.db | grep -c accepted
1
$ bayaz -C swat merge 1.bayaz --store swat.db
bayaz: this workspace's key has no certificate for the role 'merge'
[1]

# A laptop that heard of it takes no more kits of hers.
$ bayaz -C swat project kit -o late.bayaz form.xml --words-file words
late.bayaz: kit 2 with 1 form
$ bayaz project kit -o kit3.bayaz --form form.xml --words-file words > said
$ bayaz -C laptop join kit3.bayaz --words-file words > said
$ bayaz -C laptop join late.bayaz --words-file words
bayaz: late.bayaz: it is signed by a store whose certificate was withdrawn
[1]
$ bayaz project store add swat.request --fingerprint "$(cat finger)" -o swat.grant --role merge
bayaz: the certificate of this key was withdrawn: she has to ask from a new workspace
[1]
