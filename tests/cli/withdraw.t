# Somebody wants what was written about her deleted (DNH-14).
@require sqlite3
@file intake.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Intake</h:title><model><instance>
<data id="intake" version="1" bayaz:class="protected" bayaz:list-title="Visit B"><consent/><code/><note/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/consent" type="string" bayaz:sensitivity="restricted" bayaz:role="consent"/>
<bind nodeset="/data/code" type="string" bayaz:sensitivity="restricted" bayaz:role="case-code"/>
<bind nodeset="/data/note" type="string" bayaz:sensitivity="restricted"/>
<bind nodeset="/data/meta/instanceID" type="string" bayaz:sensitivity="restricted"/></model></h:head>
<h:body><input ref="/data/consent"><label>Consent?</label></input>
<input ref="/data/code"><label>Code?</label></input>
<input ref="/data/note"><label>Note?</label></input></h:body></h:html>
@end
@file referral.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Referral</h:title><model><instance>
<data id="referral" version="1" bayaz:class="standard"><part><code/></part><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/part/code" type="string" bayaz:sensitivity="restricted" bayaz:role="case-code"/>
</model></h:head>
<h:body><group ref="/data/part"><label>P</label><input ref="/data/part/code"><label>Code?</label></input></group></h:body></h:html>
@end
@file hers.xml
<data id="referral" version="1"><part><code>1234-5678-9092</code></part><meta><instanceID>uuid:1</instanceID></meta></data>
@end
@file other.xml
<data id="referral" version="1"><part><code>9081-7263-5434</code></part><meta><instanceID>uuid:2</instanceID></meta></data>
@end

# The code is looked at before anything is opened.
$ bayaz withdraw 1234-5678-9093
bayaz: this code is not right: read it again from the card
[1]
$ bayaz withdraw 1234-5678
bayaz: a case code has twelve digits, as in 1234-5678-9012
[1]
$ echo river > pass
$ bayaz init --passphrase-file pass > init.txt
$ bayaz withdraw 1234-5678-9092 --passphrase-file pass
bayaz: this workspace belongs to no project yet (see 'bayaz help join')
[1]

# A laptop of a project: a draft and a finished record of hers, a draft and a
# record of somebody else, and one of hers that is sealed.
$ bayaz -C centre project new Pilot --passphrase-file pass --recovery-file paper > new.txt 2>&1
$ bayaz -C centre project kit -o kit.bayaz intake.xml referral.xml --words-file words --passphrase-file pass > kit.txt
$ bayaz join kit.bayaz --words-file words --passphrase-file pass --name KP-031 > join.txt
$ printf '%s\n' yes 1234-5678-9092 quiet :q | bayaz collect intake --new --passphrase-file pass > out 2>&1
$ printf '%s\n' yes 9081-7263-5434 quiet :q | bayaz collect intake --new --passphrase-file pass > out 2>&1
$ printf '%s\n' yes 1234-5678-9092 sealed yes | bayaz collect intake --new --passphrase-file pass > out 2>&1
$ bayaz import hers.xml other.xml --passphrase-file pass > import.txt
$ bayaz list --passphrase-file pass | sed -n "s/^  [0-9a-f]*\t\([a-z]*\)\t[^\t]*\t\(.*\)/\1 \2/p" | sort
draft Visit B
draft Visit B
ready Referral
ready Referral
ready Visit B

# Digits may be those of the language, with blanks or nothing between them.
$ echo ۱۲۳۴ ۵۶۷۸ ۹۰۹۲ | bayaz withdraw --passphrase-file pass
2 records with this code were removed here
the request goes to the centre with the next bundle: run 'bayaz pack'
$ bayaz list --passphrase-file pass | sed -n "s/^  [0-9a-f]*\t\([a-z]*\)\t[^\t]*\t\(.*\)/\1 \2/p" | sort
draft Visit B
ready Referral
ready Request to the centre
ready Visit B
$ bayaz withdraw 123456789092 --passphrase-file pass --json
{"removed":0,"unread":0}

# It travels with the next bundle, and merging keeps it.
$ bayaz pack -o up.bayaz --passphrase-file pass > pack.txt 2>&1
$ bayaz -C centre open up.bayaz --passphrase-file pass | grep -c deletion
2
$ bayaz -C centre merge --store store.db --accept-new up.bayaz --passphrase-file pass > merge.txt 2>&1
$ bayaz store dump --store store.db | grep '"line":"sealed"' | sed 's/"[0-9a-f]\{64\}"/HASH/g' | sort | uniq -c
{{ *}}2 {"class":"protected","kind":"deletion","line":"sealed","manifests":[HASH],"sha256":HASH}
{{ *}}1 {"class":"protected","kind":"sealed","line":"sealed","manifests":[HASH],"sha256":HASH}
$ sqlite3 store.db "SELECT kind, count(*) FROM sealed GROUP BY kind"
deletion|2
sealed|1

# Also when nothing else is ready.
$ bayaz withdraw 1234-5678-9092 --passphrase-file pass > out
$ bayaz pack -o alone.bayaz --passphrase-file pass
alone.bayaz: bundle {{[0-9]+}} with 0 records
1 request to delete goes with it
$ bayaz -C centre open alone.bayaz --passphrase-file pass | grep -c deletion
1
$ cat out
0 records with this code were removed here
the request goes to the centre with the next bundle: run 'bayaz pack'
