# A form goes to a translator as a template, and her PO file comes back into it.
@require msgfmt
@file talk.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Talk</h:title><model>
<itext><translation lang="en" default="true()">
<text id="who"><value>Who?</value></text>
<text id="who-hint"><value>A code</value><value form="guidance">It is on the card.</value></text>
<text id="age"><value>How old is <output value="/data/who"/>?</value></text>
<text id="young"><value>Then ask a grown-up.</value></text>
<text id="yes"><value>Yes</value><value form="image">jr://images/yes.png</value></text>
<text id="no"><value>No</value></text>
<text id="old"><value>Nobody is that old.</value></text>
<text id="n9"><value>9</value></text>
</translation></itext>
<instance><data id="talk" version="1" bayaz:class="public"><who/><age/><young/><ok/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/who" required="true()" bayaz:sensitivity="public"/>
<bind nodeset="/data/age" type="int" constraint=". &lt; 120" jr:constraintMsg="jr:itext('old')" bayaz:sensitivity="public"/>
<bind nodeset="/data/young" readonly="true()" relevant="/data/age != '' and /data/age &lt; 18" bayaz:sensitivity="public"/>
<bind nodeset="/data/ok" relevant="not(/data/age &lt; 18)" bayaz:sensitivity="public"/>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
</model></h:head>
<h:body>
<input ref="/data/who"><label ref="jr:itext('who')"/><hint ref="jr:itext('who-hint')"/></input>
<input ref="/data/age"><label ref="jr:itext('age')"/></input>
<input ref="/data/young"><label ref="jr:itext('young')"/></input>
<select1 ref="/data/ok"><label>May I go on?</label>
<item><label ref="jr:itext('yes')"/><value>yes</value></item>
<item><label ref="jr:itext('no')"/><value>no</value></item>
<item><label ref="jr:itext('n9')"/><value>9</value></item></select1>
</h:body></h:html>
@end
$ bayaz form pot talk.xml -o talk.pot
$ msgfmt -c -o /dev/null talk.pot 2>/dev/null
$ sed '1,11d' talk.pot

\#. title of the form
\#. room for about 60 letters
\#: talk.xml:2
msgid "Talk"
msgstr ""

\#. question who (text)
\#: talk.xml:4
msgid "Who?"
msgstr ""

\#. hint below the question who
\#: talk.xml:5
msgid "A code"
msgstr ""

\#. guidance for who, shown on request
\#. its guidance form
\#: talk.xml:5
msgid "It is on the card."
msgstr ""

\#. question age (whole number)
\#. {who} stands for the answer to “Who?”
\#: talk.xml:6
\#, python-brace-format
msgid "How old is {who}?"
msgstr ""

\#. note young: nothing is asked
\#. shown only if “How old is {who}?” is answered, and “How old is {who}?” is less than 18
\#: talk.xml:7
msgid "Then ask a grown-up."
msgstr ""

\#. choice yes of ok
\#. beside it: No
\#. shown only if “How old is {who}?” is at least 18
\#. room for about 70 letters
\#: talk.xml:8
msgid "Yes"
msgstr ""

\#. choice yes of ok
\#. beside it: No
\#. shown only if “How old is {who}?” is at least 18
\#. name of a file (image): translate it only if there is one in your language
\#: talk.xml:8
msgid "jr://images/yes.png"
msgstr ""

\#. choice no of ok
\#. beside it: Yes
\#. shown only if “How old is {who}?” is at least 18
\#. room for about 70 letters
\#: talk.xml:9
msgid "No"
msgstr ""

\#. message of age, when an answer breaks this rule: the answer is less than 120
\#. room for about 150 letters
\#: talk.xml:10
msgid "Nobody is that old."
msgstr ""

\#. question ok (one choice)
\#. shown only if “How old is {who}?” is at least 18
\#: talk.xml:24
msgid "May I go on?"
msgstr ""

# What a translator does, with an editor of her own.
$ mkdir po
$ msginit --no-translator -l ur -i talk.pot -o po/ur.po 2>/dev/null
$ python3 - po/ur.po <<END
> import re, sys
> words = {"Who?": "کون؟", "A code": "ایک کوڈ", "How old is {who}?": "{who} کی عمر کیا ہے؟",
>          "Yes": "ہاں", "May I go on?": "کیا میں آگے بڑھوں؟", "Talk": "بات چیت"}
> text = open(sys.argv[1], encoding="utf-8").read()
> for old, new in words.items():
>     text = text.replace('msgid "%s"\nmsgstr ""' % old, 'msgid "%s"\nmsgstr "%s"' % (old, new))
> text = text.replace('msgid "No"\nmsgstr ""', '#, fuzzy\nmsgid "No"\nmsgstr "نا"')
> open(sys.argv[1], "w", encoding="utf-8").write(text)
> END
$ msgfmt -c -o /dev/null po/ur.po
po/ur.po:2: warning: header field 'PO-Revision-Date' still has the initial default value
$ bayaz form status talk.xml --po po
talk, ur: 6 of 10 translated, 1 fuzzy, 3 missing; of consent and safety 0 of 0 reviewed
$ bayaz form status talk.xml --po po/ur.po --json
{"form":"talk","fuzzy":1,"guarded":0,"language":"ur","missing":3,"opens":true,"reviewed":0,"texts":10,"translated":6}
$ bayaz form preview talk.xml --po po
    title: بات چیت
    = Talk

  who (text, required)
    کون؟
    = Who?
    hint: ایک کوڈ
    = A code
    guidance: [not translated] It is on the card.

  age (whole number)
    {who} کی عمر کیا ہے؟
    = How old is {who}?
    > an answer has to obey: the answer is less than 120
    if refused: [not translated] Nobody is that old.

  young
    [not translated] Then ask a grown-up.
    > shown only if “How old is {who}?” is answered, and “How old is {who}?” is less than 18

  ok (one choice)
    کیا میں آگے بڑھوں؟
    = May I go on?
    > shown only if “How old is {who}?” is at least 18
    o yes: ہاں
      = Yes
    o no: [in doubt] نا
      = No
    o 9: 9
      = 9

ur: 3 not translated, 1 in doubt, 0 of consent or safety not reviewed
$ bayaz form translate talk.xml --po po -o talk-ur.xml
bayaz: ur: 6 translated (0 of them reviewed), 1 fuzzy, 3 missing
$ bayaz check talk-ur.xml
talk-ur.xml:46:80: warning: there is no text 'old' in 'ur'
    add <text id="old"> to the translation
talk-ur.xml:54:38: warning: there is no text 'young' in 'ur'
    add <text id="young"> to the translation
talk-ur.xml:57:19: warning: there is no text 'no' in 'ur'
    add <text id="no"> to the translation
talk-ur.xml: opens, with 3 warnings
$ xmllint --xpath "//*[local-name()='translation'][2]" talk-ur.xml
<translation lang="ur">
          <text id="bayaz:title">
            <value>بات چیت</value>
          </text>
          <text id="who">
            <value>کون؟</value>
          </text>
          <text id="who-hint">
            <value>ایک کوڈ</value>
          </text>
          <text id="age">
            <value><output value="/data/who"/> کی عمر کیا ہے؟</value>
          </text>
          <text id="yes">
            <value>ہاں</value>
          </text>
          <text id="n9">
            <value>9</value>
          </text>
          <text id="/data/ok:label">
            <value>کیا میں آگے بڑھوں؟</value>
          </text>
        </translation>
$ bayaz form status talk-ur.xml
talk, ur: 6 of 10 translated, 0 fuzzy, 4 missing; of consent and safety 0 of 0 reviewed
$ bayaz form preview talk-ur.xml --language ur --html -o page.html && grep -c 'dir="rtl"' page.html
7

# Back again: nothing is lost.
$ bayaz form po talk-ur.xml --language ur --no-wrap | grep -c 'msgstr "..*"'
6
$ bayaz form po talk.xml --language ur --po po/ur.po --no-wrap | grep -B1 -A1 'msgid "No"'
\#, fuzzy
msgid "No"
msgstr "نا"

# What cannot be used is said, with the line, and nothing is written.
$ sed 's/{who} کی/{whom} کی/' po/ur.po > wrong.po
$ bayaz form translate talk.xml --po wrong.po -o wrong.xml
wrong.po:39:1: error: the translation lost the placeholder {who}
bayaz: 'wrong.po' has translations that cannot be used
[1]
$ test -e wrong.xml
[1]
$ printf 'msgid "Who?"\nmsgstr "x\n' > broken.po
$ bayaz form translate talk.xml --po broken.po
bayaz: broken.po:2:10: the text does not end: '"' is missing
[1]
$ bayaz form translate talk.xml
bayaz: --po is missing
bayaz: try 'bayaz help form translate'
[2]
$ bayaz form translate talk.xml --po none.po
bayaz: none.po: cannot open 'none.po': No such file or directory
[1]
$ mkdir empty && bayaz form status talk.xml --po empty
bayaz: there is no PO file in 'empty'
[1]
$ bayaz form preview talk.xml --language ps
bayaz: neither the form nor a PO file has the language 'ps'
[1]
$ bayaz form po talk.xml
bayaz: --language is missing
bayaz: try 'bayaz help form po'
[2]

# She tries it without installing it.  What is missing shows in English, marked.
$ bayaz init --no-passphrase >/dev/null 2>&1 && bayaz form add talk.xml
added 'talk' version '1'
$ printf '%s\n' W-1 30 :q | bayaz collect talk --new --po po

\[1/3] کون؟ *
  ایک کوڈ
\> 
\[2/3] ⁨W-1⁩ کی عمر کیا ہے؟
  (a whole number)
\> 
\[3/3] کیا میں آگے بڑھوں؟
     1 ہاں
     2 [en] No
     3 9
  (one number)
\> 
saved: go on with 'bayaz collect talk --resume {{[0-9a-f]+}}'
$ printf '%s\n' ':l en' ':l ur' :q | bayaz collect talk --resume last --po po/ur.po 2>&1 | head -n 20

\[3/3] کیا میں آگے بڑھوں؟
     1 ہاں
     2 [en] No
     3 9
  (one number)
\> 
\[3/3] May I go on?
     1 Yes
     2 No
     3 9
  (one number)
\> 
\[3/3] کیا میں آگے بڑھوں؟
     1 ہاں
     2 [en] No
     3 9
  (one number)
\> 
saved: go on with 'bayaz collect talk --resume {{[0-9a-f]+}}'
$ printf '%s\n' :q | bayaz collect talk --resume last --language ur
bayaz: the form has no language 'ur'
[1]
$ printf '%s\n' :q | bayaz collect talk --resume last | grep go
\[3/3] May I go on?
saved: go on with 'bayaz collect talk --resume {{[0-9a-f]+}}'

# Digits of the language, where that is asked for; what is kept is 0-9.
$ printf '%s\n' ':b' ':q' | BAYAZ_DIGITS=native bayaz collect talk --resume last --po po | sed -n 2,3p
\[۳/۳] کیا میں آگے بڑھوں؟
     ۱ ہاں
$ printf '%s\n' ':b' ':q' | BAYAZ_DIGITS=native bayaz collect talk --resume last --po po | grep =
  = ۳۰
  = W-1
$ printf '%s\n' ':q' | BAYAZ_DIGITS=native bayaz collect talk --resume last --language en | sed -n 2p
\[1/3] Who? *

# A list in a file has a column for each language.
$ bayaz form translate "$FORMS/household_visit.xml" --po "$FORMS/../po/forms/household_visit" -o hv.xml
bayaz: ur: 119 translated (0 of them reviewed), 0 fuzzy, 0 missing
$ bayaz form add hv.xml --media "$FORMS/media"
added 'bz_household_visit' version '2026112301'
$ printf '%s\n' '' KP-031 :q | LANGUAGE=ur bayaz collect bz_household_visit --new | grep -A 2 '/6. ص'
\[3/6] صوبہ یا علاقہ *
     1 خیبر پختونخوا
     2 اسلام آباد
$ LANGUAGE=ps:ur_PK bayaz form list | cut -f 1,5
bz_household_visit	گھرانے اور صحت کا دورہ
talk	Talk
$ LANGUAGE=ps bayaz form list | cut -f 1,5
bz_household_visit	Household and community-health visit
talk	Talk

# Forms may name their languages; PO files have the code, and keep the name.
$ sed 's/<translation lang="ur">/<translation lang="Urdu (ur)">/' talk-ur.xml > named.xml
$ bayaz form po named.xml --language ur -o named.po && grep -i 'language: ' named.po
"Language: ur\n"
"X-Form-Language: Urdu (ur)\n"
$ bayaz form translate talk.xml --po named.po | grep '<translation'
bayaz: Urdu (ur): 6 translated (0 of them reviewed), 0 fuzzy, 4 missing
<itext><translation lang="en" default="true()">
        <translation lang="Urdu (ur)">
$ bayaz form translate named.xml --po po/ur.po | grep -c '<translation'
bayaz: ur: 6 translated (0 of them reviewed), 1 fuzzy, 3 missing
2
