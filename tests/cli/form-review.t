# DNH-28: a protected form opens in a language when somebody has reviewed what
# consent and safety hang on, and not before.
@require msgfmt age
@file intake.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Intake</h:title><model>
<itext><translation lang="en" default="true()">
<text id="consent"><value>May I write this down?</value></text>
<text id="yes"><value>Yes</value></text>
<text id="no"><value>No</value></text>
<text id="safe"><value>Is it safe to talk now?</value></text>
<text id="kind"><value>What happened?</value></text>
<text id="a"><value>Threats</value></text>
</translation></itext>
<instance><data id="intake" version="1" bayaz:class="protected" bayaz:list-title="Visit B"><consent/><safe/><kind/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/consent" bayaz:role="consent" bayaz:sensitivity="restricted"/>
<bind nodeset="/data/safe" bayaz:wording="safety" bayaz:sensitivity="restricted"/>
<bind nodeset="/data/kind" relevant="/data/consent = 'yes'" bayaz:wording="classification" bayaz:sensitivity="restricted"/>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
</model></h:head>
<h:body>
<select1 ref="/data/consent"><label ref="jr:itext('consent')"/><item><label ref="jr:itext('yes')"/><value>yes</value></item><item><label ref="jr:itext('no')"/><value>no</value></item></select1>
<select1 ref="/data/safe"><label ref="jr:itext('safe')"/><item><label ref="jr:itext('yes')"/><value>yes</value></item><item><label ref="jr:itext('no')"/><value>no</value></item></select1>
<select1 ref="/data/kind"><label ref="jr:itext('kind')"/><item><label ref="jr:itext('a')"/><value>a</value></item></select1>
</h:body></h:html>
@end
@file ur.po
msgid ""
msgstr ""
"Language: ur\n"
"Content-Type: text/plain; charset=UTF-8\n"

msgid "May I write this down?"
msgstr "کیا میں یہ لکھ لوں؟"

msgid "Yes"
msgstr "ہاں"

# reviewed-by: AK
msgid "No"
msgstr "نہیں"

# a note of the translator
msgid "Is it safe to talk now?"
msgstr "کیا ابھی بات کرنا محفوظ ہے؟"

msgid "What happened?"
msgstr "کیا ہوا؟"
@end
$ echo river > passphrase
$ bayaz -C boss project new Help --passphrase-file passphrase --recovery-file recovery > out.txt 2>&1
$ sed 's/version="1"/version="0"/' intake.xml > zero.xml
$ bayaz -C boss project kit -o kit.bayaz zero.xml --words-file words --passphrase-file passphrase > out.txt
$ bayaz join kit.bayaz --words-file words --name KP-031 --passphrase-file passphrase > joined
$ bayaz form translate intake.xml --po ur.po -o one.xml
bayaz: ur: 5 translated (0 of them reviewed), 0 fuzzy, 3 missing
$ bayaz form status one.xml
intake, ur: 5 of 8 translated, 0 fuzzy, 3 missing; of consent and safety 0 of 4 reviewed
intake, ur: it does not open in this language until they are
$ bayaz form add one.xml --passphrase-file passphrase
one.xml:39:76: warning: there is no text 'a' in 'ur'
added 'intake' version '1'
$ printf '%s\n' :q | bayaz collect intake --new --language ur --passphrase-file passphrase
bayaz: this form is not open in 'ur' yet: of its texts on consent and safety 0 are missing and 4 are not reviewed (the first: /data/consent)
[1]
$ printf '%s\n' ':l ur' :q | bayaz collect intake --new --passphrase-file passphrase

\[1/2] May I write this down?
     1 Yes
     2 No
  (one number)
\>   ! this form is not open in 'ur' yet: of its texts on consent and safety 0 are missing and 4 are not reviewed (the first: /data/consent)

\[1/2] May I write this down?
     1 Yes
     2 No
  (one number)
\> 
saved: go on with 'bayaz collect intake --resume {{[0-9a-f]+}}'
$ printf '%s\n' :q | bayaz collect intake --new --training --language ur --passphrase-file passphrase

(training: a made-up record)
(training only: nobody has reviewed the words on consent and safety)
\[1/2] کیا میں یہ لکھ لوں؟
     1 ہاں
     2 نہیں
  (one number)
\> 
saved: go on with 'bayaz collect intake --resume {{[0-9a-f]+}}'

# What was typed in an editor is completed; the rest is asked, one by one.
$ bayaz form review intake.xml --po ur.po
1 marked as reviewed, 4 still open
$ grep -A2 reviewed-by ur.po
\# reviewed-by: AK {{[0-9-]+}} c0bb03346fedd111
msgid "No"
msgstr "نہیں"
$ printf '%s\n' y n q | bayaz form review intake.xml --po ur.po --by SB

May I write this down?
کیا میں یہ لکھ لوں؟

Does it say the same, kindly and clearly?  y (yes), n (no), q (enough for now)
\> 
Yes
ہاں

Does it say the same, kindly and clearly?  y (yes), n (no), q (enough for now)
\> 
Is it safe to talk now?
کیا ابھی بات کرنا محفوظ ہے؟

Does it say the same, kindly and clearly?  y (yes), n (no), q (enough for now)
\> 1 marked as reviewed, 3 still open
$ printf '%s\n' y y y | bayaz form review intake.xml --po ur.po --by SB | tail -n 1
\> 3 marked as reviewed, 0 still open
$ grep -c reviewed-by ur.po
5
$ msgfmt -c -o /dev/null ur.po 2>/dev/null
$ bayaz form status intake.xml --po ur.po
intake, ur: 5 of 8 translated, 0 fuzzy, 3 missing; of consent and safety 4 of 4 reviewed
$ sed 's/version="1"/version="2"/' intake.xml > two.in.xml
$ bayaz form translate two.in.xml --po ur.po -o two.xml
bayaz: ur: 5 translated (5 of them reviewed), 0 fuzzy, 3 missing
$ bayaz form add two.xml --passphrase-file passphrase
two.xml:39:76: warning: there is no text 'a' in 'ur'
added 'intake' version '2'
$ printf '%s\n' :q | bayaz collect intake --new --language ur --passphrase-file passphrase | sed -n 1,5p

\[1/2] کیا میں یہ لکھ لوں؟
     1 ہاں
     2 نہیں
  (one number)

# It begins in the language of whoever works there, once it may.
$ printf '%s\n' :q | LANGUAGE=ps:ur bayaz collect intake --new --passphrase-file passphrase | sed -n 2p
\[1/2] کیا میں یہ لکھ لوں؟

# The mark is void when the words change, in the PO file and in the form.
$ sed 's/لکھ لوں/لکھوں/' ur.po > changed.po
$ bayaz form status intake.xml --po changed.po
intake, ur: 5 of 8 translated, 0 fuzzy, 3 missing; of consent and safety 3 of 4 reviewed
intake, ur: it does not open in this language until they are
$ sed 's/لکھ لوں/لکھوں/; s/version="2"/version="3"/' two.xml > three.xml
$ bayaz form status three.xml
intake, ur: 5 of 8 translated, 0 fuzzy, 3 missing; of consent and safety 3 of 4 reviewed
intake, ur: it does not open in this language until they are
$ bayaz form add three.xml --passphrase-file passphrase
three.xml:39:76: warning: there is no text 'a' in 'ur'
added 'intake' version '3'
$ printf '%s\n' :q | bayaz collect intake --new --language ur --passphrase-file passphrase
bayaz: this form is not open in 'ur' yet: of its texts on consent and safety 0 are missing and 1 are not reviewed (the first: /data/consent)
[1]
$ printf '%s\n' :q | LANGUAGE=ur bayaz collect intake --new --passphrase-file passphrase | sed -n 2p
\[1/2] May I write this down?
$ bayaz form review intake.xml --po ur.po --by 'S B'
bayaz: --by wants initials, without blanks
bayaz: try 'bayaz help form review'
[2]

# Long lines stay long.
$ msgcat --no-wrap ur.po | sed 's/# reviewed-by: SB.*/# reviewed-by: SB/' > long.po
$ bayaz form review intake.xml --po long.po
4 marked as reviewed, 0 still open
$ msgcat --no-wrap long.po | cmp - long.po
