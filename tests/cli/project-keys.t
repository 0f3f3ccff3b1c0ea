# Keys: rehearsed before the first interview, recovered, rotated, put away.
@require age
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
@file shelter.xml
<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:bayaz="urn:x-bayaz:forms">
 <h:head><h:title>Shelter</h:title>
  <model>
   <instance>
    <data id="shelter" version="1" bayaz:class="protected"
     bayaz:list-title="Visit B"><code/><meta><instanceID/></meta></data>
   </instance>
   <bind nodeset="/data/code" type="string" bayaz:sensitivity="restricted"/>
  </model>
 </h:head>
 <h:body><input ref="/data/code"><label>Code</label></input></h:body>
</h:html>
@end
@file p.xml
<data id="shelter" version="1"><code>7</code><meta><instanceID>uuid:p</instanceID></meta></data>
@end
@file passphrase
lantern over the river
@end
$ bayaz project new Pilot --passphrase-file passphrase --recovery-file paper > said
$ sed -n '/AGE-SECRET/p' paper > standard; sed -n '/HALF-A/p' paper > a; sed -n '/HALF-B/p' paper > b

# Everything from paper is typed; every key is tried on what a laptop packs.
$ bayaz project rehearse --paper-file standard --paper-file a --paper-file b --passphrase-file passphrase
key                                       standard  protected
this workspace, key of standard forms     opens     shut       right
this workspace, key of protected forms    shut      opens      right
paper, key of standard forms              opens     shut       right
paper, halves A and B together            shut      opens      right
paper, half A alone                       shut      shut       right
paper, half B alone                       shut      shut       right
every key opens what it is there for, and nothing else

# What was not tried is not proven.
$ bayaz project rehearse --paper-file standard --paper-file a --passphrase-file passphrase
key                                       standard  protected
this workspace, key of standard forms     opens     shut       right
this workspace, key of protected forms    shut      opens      right
paper, key of standard forms              opens     shut       right
paper, halves A and B together            not tried
paper, half A alone                       shut      shut       right
paper, half B alone                       not tried
bayaz: not everything was tried
[1]

# Paper of another project.
$ bayaz -C other project new Other --policy idle-minutes=1 --passphrase-file passphrase --recovery-file paper2 > said
$ bayaz -C other project show --passphrase-file passphrase | tail -n 1
the screen locks after 1 minute
$ sed -n '/HALF-B/p' paper2 > b2
$ bayaz project rehearse --paper-file standard --paper-file a --paper-file b2 --passphrase-file passphrase
key                                       standard  protected
this workspace, key of standard forms     opens     shut       right
this workspace, key of protected forms    shut      opens      right
paper, key of standard forms              opens     shut       right
paper, halves A and B together            shut      shut       wrong
paper, half A alone                       shut      shut       right
paper, half B alone                       shut      shut       right
bayaz: do not begin: with these keys, what laptops pack could not be read, or the wrong person could read it
[1]

# A bundle of a laptop instead.
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words --passphrase-file passphrase > said
$ bayaz -C laptop join kit.bayaz --words-file words --no-passphrase --name KP-001 > said
$ bayaz -C laptop import a.xml > said && bayaz -C laptop pack -o 1.bayaz > said
$ bayaz project rehearse 1.bayaz --paper-file paper --passphrase-file passphrase
key                                       standard  protected
this workspace, key of standard forms     opens     -          right
this workspace, key of protected forms    shut      -          right
paper, key of standard forms              opens     -          right
paper, halves A and B together            shut      -          right
paper, half A alone                       shut      -          right
paper, half B alone                       shut      -          right
bayaz: this bundle holds no protected record: keys of protected forms were not tried on one
bayaz: not everything was tried
[1]
$ bayaz project kit -o both.bayaz --form form.xml --form shelter.xml --words-file words --passphrase-file passphrase > said
$ bayaz -C sealed join both.bayaz --words-file words --passphrase-file passphrase --name KP-002 > said
$ bayaz -C sealed import p.xml --passphrase-file passphrase > said && bayaz -C sealed pack -o p.bayaz --passphrase-file passphrase > said
$ bayaz project rehearse p.bayaz --paper-file paper --passphrase-file passphrase
key                                       standard  protected
this workspace, key of standard forms     opens     shut       right
this workspace, key of protected forms    shut      opens      right
paper, key of standard forms              opens     shut       right
paper, halves A and B together            shut      opens      right
paper, half A alone                       shut      shut       right
paper, half B alone                       shut      shut       right
every key opens what it is there for, and nothing else
$ bayaz project rehearse form.xml --paper-file paper --passphrase-file passphrase
bayaz: form.xml{{.*}}
[1]

# Recovering: the halves in any order; a slip of the pen is named.
$ bayaz project recover --paper-file b --paper-file a > secret.key
$ cut -c 1-16 secret.key
AGE-SECRET-KEY-1
$ bayaz project recover --paper-file a
bayaz: half B is missing: neither half opens anything alone
[1]
$ sed 's/^\(.\{20\}\)Q/\1P/;t;s/^\(.\{20\}\)./\1Q/' a > slip
$ bayaz project recover --paper-file slip --paper-file b
bayaz: slip:1: half A of the recovery key of protected forms is misspelt: its checksum is not right
[1]
$ bayaz project recover --paper-file a --paper-file paper2
bayaz: paper2:{{.*}}: two different keys of the same sort were given
[1]

# Rotating: new readers; what was sealed to the old ones opens all the same.
$ bayaz project rotate --class public --passphrase-file passphrase
bayaz: --class takes 'standard' or 'protected'
...
[2]
$ bayaz project rotate --passphrase-file passphrase
the keys that read what laptops send are new; what was sealed to the old ones still opens here
the recovery keys on paper stay as they are
this is description number 2 of the project; laptops and other coordinators take it with the next kit or bundle
other coordinators need a new grant: 'bayaz project store add'
$ bayaz merge 1.bayaz --store a.db --accept-new --passphrase-file passphrase | grep new
1.bayaz: 1 new version
$ bayaz project kit -o kit2.bayaz --form form.xml --words-file words --passphrase-file passphrase > said
$ bayaz -C laptop join kit2.bayaz --words-file words > said
$ sed s/uuid:a/uuid:b/ a.xml > b.xml; bayaz -C laptop import b.xml > said; bayaz -C laptop pack -o 2.bayaz > said
$ bayaz merge 2.bayaz --store a.db --passphrase-file passphrase
2.bayaz: 1 new version
records: 2
versions: 2
$ bayaz project rehearse --paper-file paper --passphrase-file passphrase | tail -n 1
every key opens what it is there for, and nothing else
$ bayaz -C laptop join kit.bayaz --words-file words
bayaz: kit.bayaz: this has an older description of the project (number 1; here is number 2)
[1]

# Policies.
$ bayaz project policy --passphrase-file passphrase
idle-minutes=3
refuse-untagged=no
review-required=no
$ bayaz project policy idle-minutes=20 --passphrase-file passphrase
bayaz: 'idle-minutes=20' is no policy: there are idle-minutes=1 to 15, retention=FORM:MONTHS, list=NAME:LAPTOPS, refuse-untagged=yes or no, review-required=yes or no
[2]
$ bayaz project policy idle-minutes=5 retention=wells:12 --passphrase-file passphrase
idle-minutes=5
refuse-untagged=no
review-required=no
retention=wells:12
this is description number 3 of the project; laptops and other coordinators take it with the next kit or bundle
$ bayaz -C laptop project policy refuse-untagged=yes
bayaz: this workspace holds no coordinator's keys
[1]

$ bayaz -C strict project new Strict --no-passphrase --recovery-file p3 --policy idle-minutes=1 --policy retention=a:1 > said 2>&1
$ bayaz -C strict project policy
idle-minutes=1
refuse-untagged=no
review-required=no
retention=a:1
$ bayaz -C worse project new Strict --no-passphrase --policy idle=1
bayaz: 'idle=1' is no policy: {{.*}}
[2]

# The project's key goes on a stick of its own, and comes back.
$ bayaz project offline project.key --words-file keywords --passphrase-file passphrase
project.key: the project's key; it is no longer in this workspace
keep the file on two USB sticks, and the words on paper: without both there will be no new coordinators and no new keys
$ bayaz project rotate --passphrase-file passphrase
bayaz: the project's key is not in this workspace: 'bayaz project online' brings it back
[1]
$ bayaz project kit -o kit3.bayaz --form form.xml --words-file words --passphrase-file passphrase
kit3.bayaz: kit 4 with 1 form
$ bayaz project online project.key --words-file words --passphrase-file passphrase
bayaz: project.key: these words do not open it
[1]
$ bayaz -C other project online project.key --words-file keywords --passphrase-file passphrase
bayaz: project.key: this is not the key of 'Other'
[1]

# The coordinator's laptop is lost: a new one joins, and has the papers.
$ bayaz -C new join kit3.bayaz --words-file words --passphrase-file passphrase > said
$ bayaz -C new project recover --keep --paper-file paper2 --passphrase-file passphrase
bayaz: this recovery key is not of the project 'Pilot'
[1]
$ bayaz -C new project recover --keep --paper-file paper --passphrase-file passphrase
this workspace opens standard records with the recovery key now
this workspace opens protected records with the recovery key now
$ bayaz -C new merge 1.bayaz 2.bayaz --store new.db --passphrase-file passphrase
bayaz: this workspace holds no coordinator's keys
[1]
$ bayaz -C new project online project.key --words-file keywords --passphrase-file passphrase
the key of 'Pilot' is in this workspace
$ bayaz -C new merge 1.bayaz 2.bayaz --store new.db --accept-new --passphrase-file passphrase | grep new
1.bayaz: 1 new version
2.bayaz: 1 new version

# Other programs open the file of the key, and what recovery gives.
$ bayaz project online project.key --words-file keywords --passphrase-file passphrase
the key of 'Pilot' is in this workspace
$ head -n 1 project.key
age-encryption.org/v1
$ age-keygen -y secret.key | cut -c 1-4
age1
