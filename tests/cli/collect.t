@file form.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Talk</h:title><model>
<instance><data id="talk" version="1" bayaz:class="public"><who/><sex/><age/><child jr:template=""><name/></child><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/who" type="string" required="true()" bayaz:sensitivity="public"/>
<bind nodeset="/data/sex" type="string" bayaz:sensitivity="public"/>
<bind nodeset="/data/age" type="int" constraint=". &lt; 120" jr:constraintMsg="Nobody is that old." bayaz:sensitivity="public"/>
<bind nodeset="/data/child/name" bayaz:sensitivity="public"/>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
</model></h:head>
<h:body>
<input ref="/data/who"><label>Who?</label><hint>A code</hint></input>
<select1 ref="/data/sex"><label>Sex?</label><item><label>Woman</label><value>f</value></item><item><label>Man</label><value>m</value></item></select1>
<input ref="/data/age"><label>Age?</label></input>
<group ref="/data/child"><label>Children</label><repeat nodeset="/data/child"><input ref="/data/child/name"><label>Name</label></input></repeat></group>
</h:body></h:html>
@end
$ bayaz init --no-passphrase > init.txt 2>&1
$ bayaz form add form.xml
added 'talk' version '1'

# Wrong answers are explained and asked again; native digits are digits.
$ printf '%s\n' '' W-1 3 1 ۲۰۰ ۲۰ yes First no no :q | bayaz collect talk --new

\[1/3] Who? *
  A code
\>   ! an answer is needed here (':q' saves and stops)

\[1/3] Who? *
  A code
\> 
\[2/3] Sex?
     1 Woman
     2 Man
  (one number)
\>   ! there is no choice '3'

\[2/3] Sex?
     1 Woman
     2 Man
  (one number)
\> 
\[3/3] Age?
  (a whole number)
\>   ! Nobody is that old.

\[3/3] Age?
  (a whole number)
\> 
== Children ==

Children
0 so far. Add another? yes or no
\> 
-- 1/1 --

\[4/4] Name
\> 
Children
1 so far. Add another? yes or no
\> 
This is the end. Finish the record? yes or no
\> 
Children
1 so far. Add another? yes or no
\> 
saved: go on with 'bayaz collect talk --resume {{[0-9a-f]+}}'

# It is listed, and goes on where it was left, with what was answered.  Undo and
# redo go where the change was.
$ bayaz list
forms:
  Talk	talk	1
records:
  {{[0-9a-f]+}}	draft	{{[0-9-]+}}	Talk
$ printf '%s\n' :o :g3 :u :r :q | bayaz collect talk --resume last

== Children ==

-- 1/1 --

Children
1 so far. Add another? yes or no
\>   +  1 Who?
  +  2 Sex?
  +  3 Age?
  +  4 Name

Children
1 so far. Add another? yes or no
\> 
\[3/4] Age?
  = 20
  (a whole number)
\> 
\[4/4] Name
\> 
\[4/4] Name
  = First
\> 
saved: go on with 'bayaz collect talk --resume {{[0-9a-f]+}}'
$ printf '%s\n' '' '' no '' yes | bayaz collect talk --resume last

== Children ==

-- 1/1 --

\[4/4] Name
  = First
\> 
Children
1 so far. Add another? yes or no
\> 
This is the end. Finish the record? yes or no
\> 
Children
1 so far. Add another? yes or no
\> 
This is the end. Finish the record? yes or no
\> 
finished: record {{[0-9a-f]+}} is ready to be packed
$ bayaz list
forms:
  Talk	talk	1
records:
  {{[0-9a-f]+}}	ready	{{[0-9-]+}}	Talk

# An escape in an answer does not reach the terminal; input may end anywhere.
$ printf '\033[2JX\n:c a comment\n:zz\n:b\n:b\n' | bayaz collect talk --new | od -c | grep -c '033'
0
[1]
$ printf '\377\n' | bayaz collect talk --new | head -8

\[1/3] Who? *
  A code
\>   ! this is not valid UTF-8 text

\[1/3] Who? *
  A code
\> 

# What cannot be.
$ bayaz collect nothing
bayaz: the workspace has no form 'nothing'
[1]
$ bayaz collect form.xml
bayaz: 'form.xml' is a file: add it with 'bayaz form add', then name its id
bayaz: try 'bayaz help collect'
[2]
$ bayaz collect talk --resume zzzz
bayaz: there is no record 'zzzz'
[1]
