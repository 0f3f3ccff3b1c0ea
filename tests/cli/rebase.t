@file one.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>Wells</h:title><model>
<instance><data id="wells" version="1"><village/><depth/><water/><users/><pump><kind/><note/></pump><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/depth" type="string"/>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
</model></h:head>
<h:body>
<input ref="/data/village"><label>Village?</label></input>
<input ref="/data/depth"><label>Depth?</label></input>
<select1 ref="/data/water"><label>Water?</label><item><label>Good</label><value>good</value></item><item><label>Fair</label><value>fair</value></item></select1>
<input ref="/data/users"><label>Users?</label></input>
<repeat nodeset="/data/pump"><input ref="/data/pump/kind"><label>Pump?</label></input><input ref="/data/pump/note"><label>Note?</label></input></repeat>
</h:body></h:html>
@end
@file two.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>Wells</h:title><model>
<instance><data id="wells" version="2"><place><village/></place><depth/><water/><pump><kind/></pump><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/depth" type="int"/>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
</model></h:head>
<h:body>
<group ref="/data/place"><input ref="/data/place/village"><label>Village?</label></input></group>
<input ref="/data/depth"><label>Depth in metres?</label></input>
<select1 ref="/data/water"><label>Water?</label><item><label>Good</label><value>good</value></item><item><label>Bad</label><value>bad</value></item></select1>
<repeat nodeset="/data/pump"><input ref="/data/pump/kind"><label>Pump?</label></input></repeat>
</h:body></h:html>
@end
$ bayaz init --no-passphrase > init.txt 2>&1
$ bayaz form add one.xml
added 'wells' version '1'
$ printf '%s\n' Ghazi deep 2 40 hand 'it leaks' yes motor : no no :q | bayaz collect wells --new > out.txt
$ bayaz list | sed -n 's/^  \([0-9a-f]*\).draft.*/\1/p' > id

# There is nothing newer yet.
$ bayaz rebase $(cat id)
the draft has version '1' already
$ bayaz rebase --undo $(cat id)
bayaz: this draft has the version of the form that it was begun with
[1]
$ bayaz rebase --list $(cat id)
nothing was kept aside

# A question moved, one has another type, a choice and a question are gone.
$ bayaz form add two.xml
added 'wells' version '2'
$ printf ':q\n' | bayaz collect wells --resume last 2>&1 >out.txt
bayaz: this interview has version '1' of the form; 'bayaz rebase' takes it over to version '2'
$ bayaz rebase $(cat id)
taken over from version '1' to '2'
  /data/village	moved, with its answer	Ghazi
  /data/depth	no value of the type it has now	deep
  /data/water	no choice any more	fair
  /data/users	the question is gone	40
  /data/pump[1]/note	the question is gone	it leaks
4 answers did not fit and are kept aside: 'bayaz rebase --list {{[0-9a-f]+}}' shows them
$ bayaz rebase --list $(cat id)
  /data/village	moved, with its answer	Ghazi
  /data/depth	no value of the type it has now	deep
  /data/water	no choice any more	fair
  /data/users	the question is gone	40
  /data/pump[1]/note	the question is gone	it leaks

# The interview goes on in the new version, with what fits.
$ printf '%s\n' :g1 :o :u :q | bayaz collect wells --resume last | sed -n '/+\|undo\|version/p;/ \. /p'
\>   +  1 Village?
  .  2 Depth in metres?
  .  3 Water?
  +  4 Pump?
  +  5 Pump?
\>   ! the step before is another version of the form: 'bayaz rebase --undo' takes it back

# It can be taken back whole, and done again.
$ bayaz rebase --undo $(cat id)
taken back: the draft has version '1' again
$ printf '%s\n' '' '' '' '' '' '' '' :q | bayaz collect wells --resume last 2>/dev/null | grep '  = \|  \* '
  = Ghazi
  = deep
  *  2 Fair
  = 40
  = hand
  = it leaks
  = motor
$ printf '%s\n' :r :q | bayaz collect wells --resume last 2>/dev/null | grep '!'
{{.*}}  ! the next step is another version of the form: 'bayaz rebase' takes it
$ bayaz rebase $(cat id) | head -1
taken over from version '1' to '2'

# Not when something was answered since.
$ printf '%s\n' :g2 12 :q | bayaz collect wells --resume last > out.txt
$ bayaz rebase --undo $(cat id)
bayaz: something was answered in this version of the form: undo that first, with ':u' in the interview
[1]

# To an older version too; back and forth, what was aside stays readable.
$ bayaz rebase --to 1 $(cat id)
taken over from version '2' to '1'
  /data/place/village	moved, with its answer	Ghazi
$ bayaz rebase --list $(cat id) | sort | uniq -c | sed 's/^ *//'
1   /data/depth	no value of the type it has now	deep
1   /data/place/village	moved, with its answer	Ghazi
1   /data/pump[1]/note	the question is gone	it leaks
1   /data/users	the question is gone	40
1   /data/village	moved, with its answer	Ghazi
1   /data/water	no choice any more	fair

# What is finished says which version it is of.
$ printf '%s\n' :g6 '' '' '' no yes | bayaz collect wells --resume last 2>/dev/null | tail -1
finished: record {{[0-9a-f]+}} is ready to be packed
$ bayaz rebase $(cat id)
bayaz: only a draft can be changed
[1]
$ bayaz rebase --list $(cat id) | wc -l
6

# What cannot be.
$ bayaz rebase zzz
bayaz: there is no record 'zzz'
[1]
$ bayaz rebase --list --undo $(cat id)
bayaz: --to, --undo and --list exclude each other
bayaz: try 'bayaz help rebase'
[2]
