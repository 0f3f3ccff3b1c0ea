# Line mode has the powers of the screen: finding, the next that is missing or
# wrong, answers that the form offers, hiding.
@file form.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Powers</h:title><model>
<instance><data id="powers" version="1" bayaz:class="public"><who/><water/><age/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/who" required="true()" bayaz:sensitivity="public"/>
<bind nodeset="/data/water" bayaz:sensitivity="public"/>
<bind nodeset="/data/age" type="int" bayaz:sensitivity="public"/>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
</model></h:head>
<h:body>
<input ref="/data/who"><label>Who?</label></input>
<select1 ref="/data/water"><label>Which water?</label><item><label>Well</label><value>1</value></item><item><label>Not known</label><value>dk</value></item><item><label>No answer</label><value>pnts</value></item></select1>
<input ref="/data/age"><label>Age?</label></input>
</h:body></h:html>
@end
$ bayaz init --no-passphrase > init.txt 2>&1
$ bayaz form add form.xml
added 'powers' version '1'

$ printf '%s\n' ':/ WATER' ':/ nothing' ':k' ':n' ':k' ':b' ':p' ':m' ':m' 30 ':e' W-1 ':e' ':a' ':q' | bayaz collect powers --new

\[1/3] Who? *
\>   .  2 Which water?

\[1/3] Who? *
\>   nothing was found

\[1/3] Who? *
\>   ! this question does not offer that answer

\[1/3] Who? *
\> 
\[2/3] Which water?
     1 Well
     2 Not known
     3 No answer
  (one number)
\> 
\[3/3] Age?
  (a whole number)
\> 
\[2/3] Which water?
     1 Well
  *  2 Not known
     3 No answer
  (one number)
\> 
\[3/3] Age?
  (a whole number)
\> 
\[1/3] Who? *
\> 
\[3/3] Age?
  (a whole number)
\> 
1 answer is missing or wrong

\[1/3] Who? *
\> 
\[1/3] Who? *
\> 
\[2/3] Which water?
     1 Well
     2 Not known
  *  3 No answer
  (one number)
\>   nothing is missing or wrong

\[2/3] Which water?
     1 Well
     2 Not known
  *  3 No answer
  (one number)
\>   ! this question does not offer that answer

\[2/3] Which water?
     1 Well
     2 Not known
  *  3 No answer
  (one number)
\> 
saved: go on with 'bayaz collect powers --resume {{[0-9a-f]+}}'
$ printf '%s\n' ':h' ':q' | bayaz collect powers --resume last

\[2/3] Which water?
     1 Well
     2 Not known
  *  3 No answer
  (one number)
\> 
\[2/3] Which water?
     1 Well
     2 Not known
  *  3 No answer
  (one number)
\> 
saved: go on with 'bayaz collect powers --resume {{[0-9a-f]+}}'
$ bayaz collect powers --new --lock-after 16
bayaz: '16' is no number of minutes from 1 to 15
[2]
$ bayaz collect powers --new --bidi left
bayaz: 'left': it is 'auto', 'ours' or 'terminal'
[2]

# An id that is a URL is no path.
$ sed 's/id="powers"/id="http:\/\/example.org\/powers"/' form.xml > url.xml
$ bayaz form add url.xml
added 'http://example.org/powers' version '1'
$ printf '%s\n' W-2 =dk 30 :q | bayaz collect http://example.org/powers --new

\[1/3] Who? *
\> 
\[2/3] Which water?
     1 Well
     2 Not known
     3 No answer
  (one number)
\> 
\[3/3] Age?
  (a whole number)
\> 
This is the end. Finish the record? yes or no
\> 
saved: go on with 'bayaz collect http://example.org/powers --resume {{[0-9a-f]+}}'

# A draft goes on in the language that it was begun in.
$ sed -e 's/id="powers"/id="two"/' -e 's/<model>/<model><itext><translation lang="en" default="true()"><text id="w"><value>Who?<\/value><\/text><\/translation><translation lang="ur"><text id="w"><value>کون؟<\/value><\/text><\/translation><\/itext>/' -e "s/<label>Who?<\/label>/<label ref=\"jr:itext('w')\"\/>/" form.xml > two.xml
$ bayaz form add two.xml
added 'two' version '1'
$ echo :q | bayaz collect two --new --language ur > out
$ echo :q | bayaz collect two --resume last | sed -n 2p
\[1/3] کون؟ *
$ echo :q | bayaz collect two --resume last --language en > out
$ echo :q | bayaz collect two --resume last | sed -n 2p
\[1/3] Who? *

# A month or a year alone; the first of it is kept.  Another calendar is not
# what is typed.
@file dates.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>Dates</h:title><model>
<instance><data id="dates" version="1"><moved/><built/><eid/><seen/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/moved" type="date"/>
<bind nodeset="/data/built" type="date"/>
<bind nodeset="/data/eid" type="date"/>
<bind nodeset="/data/seen" type="time"/>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
</model></h:head>
<h:body>
<input ref="/data/moved" appearance="month-year"><label>Moved?</label></input>
<input ref="/data/built" appearance="year"><label>Built?</label></input>
<input ref="/data/eid" appearance="islamic"><label>Eid?</label></input>
<input ref="/data/seen"><label>Seen?</label></input>
</h:body></h:html>
@end
$ bayaz form add dates.xml
added 'dates' version '1'
$ printf '%s\n' 2026 2026-03 :b :n 26-03 ۲۰۲۶ 2026-03 2026-03-20 14:30 yes | bayaz collect dates --new

\[1/4] Moved?
  (a month like 2026-11)
\>   ! this has to be a month like 2026-11

\[1/4] Moved?
  (a month like 2026-11)
\> 
\[2/4] Built?
  (a year like 2026)
\> 
\[1/4] Moved?
  = 2026-03
  (a month like 2026-11)
\> 
\[2/4] Built?
  (a year like 2026)
\>   ! this has to be a year like 2026

\[2/4] Built?
  (a year like 2026)
\> 
\[3/4] Eid?
  (a date like 2026-11-23)
  The date is shown and typed in the Gregorian calendar.
\>   ! this has to be a date like 2026-11-23

\[3/4] Eid?
  (a date like 2026-11-23)
  The date is shown and typed in the Gregorian calendar.
\> 
\[4/4] Seen?
  (a time like 14:30)
\> 
This is the end. Finish the record? yes or no
\> 
finished: record {{[0-9a-f]+}} is ready to be packed
$ bayaz show "$(bayaz list | sed -n 's,^  \([0-9a-f]*\).*Dates$,\1,p')" | grep -E 'moved|built|eid|seen' | cut -f 2-
/data/moved	2026-03-01
/data/built	2026-01-01
/data/eid	2026-03-20
/data/seen	14:30:00.000

# Of a table of questions the header asks nothing; what it says is a heading.
@file table.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>Table</h:title><model>
<instance><data id="table" version="1"><g><head/><sad/></g><head/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/g/head"/>
<bind nodeset="/data/g/sad"/>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
</model></h:head>
<h:body>
<group ref="/data/g" appearance="field-list"><label>Mood</label>
<select1 ref="/data/g/head" appearance="label"><label>In two weeks</label><item><label>Never</label><value>n</value></item></select1>
<select1 ref="/data/g/sad" appearance="list-nolabel"><label>Sad?</label><item><label>Never</label><value>n</value></item></select1>
</group>
<select1 ref="/data/head" appearance="label"><label>Alone</label><item><label>Never</label><value>n</value></item></select1>
</h:body></h:html>
@end
$ bayaz form add table.xml
added 'table' version '1'
$ printf '%s\n' 1 1 yes | bayaz collect table --new

== Mood ==

In two weeks

\[2/3] Sad?
     1 Never
  (one number)
\> 
\[3/3] Alone
     1 Never
\> 
This is the end. Finish the record? yes or no
\> 
finished: record {{[0-9a-f]+}} is ready to be packed

# Pictures of the form open in a viewer, which gets a copy that goes at the end.
@file seen.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>Seen</h:title><model><itext><translation lang="en">
<text id="a"><value>Like this?</value><value form="image">jr://images/like-this.png</value></text>
<text id="b"><value>Like that?</value><value form="audio">jr://audio/lost.mp3</value></text>
</translation></itext>
<instance><data id="seen" version="1"><a/><b/><c/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
</model></h:head>
<h:body>
<input ref="/data/a"><label ref="jr:itext('a')"/></input>
<input ref="/data/b"><label ref="jr:itext('b')"/></input>
<input ref="/data/c"><label>And now?</label></input>
</h:body></h:html>
@end
$ printf 'a picture' > like-this.png
$ printf '#!/bin/sh\necho "$1" > at; ls -ld "${1%%/*}" | cut -c 1-10 > mode; cp "$1" copy; mv copy seen\n' > viewer; chmod +x viewer
$ bayaz form add seen.xml
added 'seen' version '1'
$ export BAYAZ_VIEWER="$PWD/viewer"
$ (echo :v; until test -s seen; do sleep 0.1; done; printf '%s\n' :n :v :n :v :q) | bayaz collect seen --new

\[1/3] Like this?
  [picture: like-this.png]  ':v' shows it
\>   it opens in the viewer, which got a copy outside of what is locked; the copy goes when the interview ends or is hidden

\[1/3] Like this?
  [picture: like-this.png]  ':v' shows it
\> 
\[2/3] Like that?
  [sound: lost.mp3]  ':v' shows it
\>   ! 'lost.mp3' was not stored with the form: there is nothing to show

\[2/3] Like that?
  [sound: lost.mp3]  ':v' shows it
\> 
\[3/3] And now?
\>   ! the form shows no picture, sound or video here

\[3/3] And now?
\> 
saved: go on with 'bayaz collect seen --resume {{[0-9a-f]+}}'
$ cat seen mode; sed 's,.*/,,' at; test ! -e "$(dirname "$(cat at)")"
a picturedrwx------
1.png
$ printf '%s\n' :v :q | BAYAZ_VIEWER=./none bayaz collect seen --new | grep '!'
\>   ! cannot start './none': No such file or directory
