$ cat > good.xml <<'EOF'
> <h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
> <h:head><h:title>Visit</h:title><model>
> <instance><data id="visit" version="1"><a/><meta><instanceID/></meta></data></instance>
> <bind nodeset="/data/a" type="int"/>
> </model></h:head><h:body>
> <input ref="/data/a"><label>Age</label></input>
> </h:body></h:html>
> EOF
$ bayaz check good.xml
good.xml: opens
$ bayaz check --lint good.xml
good.xml: opens
$ bayaz check --json good.xml
{"id":"visit","languages":[],"opens":true,"problems":[],"questions":1,"title":"Visit","version":"1"}

# All problems at once, each with its place.
$ sed -e 's/type="int"/type="age" relevant="1 +"/' -e 's/ref="\/data\/a"/ref="\/data\/b"/' good.xml > bad.xml
$ bayaz check bad.xml
bad.xml:4:31: warning: there is no type 'age': answers are taken as text
bad.xml:4:49: error: relevant="1 +": the expression ends too early
    1 +
       ^
bad.xml:6:13: error: <input> asks for '/data/b', which is not in the instance
    add the node to the first <instance>, or write the path of one that is there
bad.xml: refused: 2 errors
[1]
$ bayaz check --json bad.xml | grep -c '"opens":false'
1

# A circle is named with its whole path.
$ sed -e 's/type="int"/calculate="\/data\/b"/' -e 's/<a\/>/<a\/><b\/>/' -e 's/<\/model>/<bind nodeset="\/data\/b" calculate="\/data\/a + 1"\/><\/model>/' good.xml > circle.xml
$ bayaz check circle.xml
circle.xml:4:36: error: calculations and relevance go in a circle: /data/a → /data/b → /data/a
    take one of these references out: a value cannot follow from itself
circle.xml: refused: 1 error
[1]

# A missing list is an empty one; a broken one names its line.
$ sed -e 's/<bind/<instance id="l" src="jr:\/\/file-csv\/l.csv"\/><bind calculate="count(instance('"'l'"')\/root\/item)"/' good.xml > list.xml
$ bayaz check list.xml
list.xml:4:1: warning: the file 'l.csv' of instance 'l' is missing: its list is empty
list.xml: opens, with 1 warning
$ mkdir media; printf 'name,label\na,A\nb,"B\n' > media/l.csv
$ bayaz check list.xml
l.csv:3:{{\d+}}: error: {{.*}}
list.xml: refused: 1 error
[1]
$ mkdir other; printf 'name,label\na,A\n' > other/l.csv
$ bayaz check --media other list.xml
list.xml: opens

# An unknown function refuses the form only where opening a record calls it.
$ sed -e 's/type="int"/calculate="nothing(1)"/' good.xml > unknown.xml
$ bayaz check unknown.xml
unknown.xml:4:36: warning: there is no function 'nothing': the expression will fail when it is evaluated
    nothing(1)
    ^~~~~~~
unknown.xml:4:36: error: /data/a: unknown function 'nothing()'
unknown.xml: refused: 1 error
[1]
$ sed -e 's/type="int"/constraint="nothing(1)"/' good.xml > unasked.xml
$ bayaz check unasked.xml
unasked.xml:4:37: warning: there is no function 'nothing': the expression will fail when it is evaluated
    nothing(1)
    ^~~~~~~
unasked.xml: opens, with 1 warning

# Design: an error of lint is exit status 1, unless it is waived.
$ sed -e 's/id="visit"/id="visit" bayaz:class="standard"/' good.xml > classed.xml
$ bayaz check classed.xml
classed.xml: opens
$ bayaz check --lint classed.xml
classed.xml:4:1: error: '/data/a' does not say how sensitive it is and counts as identifying: give its bind bayaz:sensitivity [sensitivity]
classed.xml: opens, but not well: 1 error of design
[1]
$ sed -e 's/type="int"/type="int" bayaz:waive="sensitivity: a test"/' classed.xml > waived.xml
$ bayaz check --lint waived.xml
waived.xml: opens

$ bayaz check
bayaz: {{.*}}
bayaz: try 'bayaz help check'
[2]
$ bayaz check none.xml
bayaz: cannot open 'none.xml': No such file or directory
[1]

# Comparisons that cannot mean what was meant, names that are nearly right: each
# with its place, the token marked, and what to do.
@file meant.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>Meant</h:title><model>
<instance><data id="meant" version="1"><village/><crops/><day/><age/><name/><note/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/village" relevant="/data/vilage != ''"/>
<bind nodeset="/data/crops" relevant="/data/village = 'quetta' or selected(/data/crop, 'rice')"/>
<bind nodeset="/data/day" type="date" relevant="/data/crops = 'wheat'"/>
<bind nodeset="/data/age" type="int" relevant="/data/day = 'yesterday'"/>
<bind nodeset="/data/name" type="string" relevant="/data/age = 'old'"/>
<bind nodeset="/data/note" relevant="/data/name &gt; 3 and coutn-selected(/data/crops) = 2"/>
</model></h:head>
<h:body>
<select1 ref="/data/village"><label>V</label><item><label>Quetta</label><value>queta</value></item></select1>
<select ref="/data/crops"><label>C</label><item><label>Wheat</label><value>wheat</value></item><item><label>Rice</label><value>rice</value></item></select>
<input ref="/data/day"><label>D</label></input>
<input ref="/data/age"><label>A</label></input>
<input ref="/data/name"><label>N</label></input>
<input ref="/data/note"><label>X</label></input>
</h:body></h:html>
@end
$ bayaz check meant.xml
meant.xml:4:41: warning: '/data/vilage' is not in the instance: the expression never finds anything there
    /data/vilage != ''
    ^~~~~~~~~~~~
    did you mean '/data/village'?
meant.xml:5:55: warning: 'quetta' is none of the choices of '/data/village'
    /data/village = 'quetta' or selected(/data/crop, 'rice')
                    ^~~~~~~~
    did you mean 'queta'?
meant.xml:5:76: warning: '/data/crop' is not in the instance: the expression never finds anything there
    /data/village = 'quetta' or selected(/data/crop, 'rice')
                                         ^~~~~~~~~~
    did you mean '/data/crops'?
meant.xml:6:63: warning: several may be chosen at '/data/crops': '=' holds only when 'wheat' is the only one
    /data/crops = 'wheat'
                  ^~~~~~~
    write selected(/data/crops, 'wheat')
meant.xml:7:60: warning: '/data/day' is a date, and 'yesterday' is none
    /data/day = 'yesterday'
                ^~~~~~~~~~~
    write dates like date('2026-11-23')
meant.xml:8:64: warning: '/data/age' is a number, and 'old' is none
    /data/age = 'old'
                ^~~~~
meant.xml:9:38: warning: '/data/name' is text: what is no number is neither greater nor less
    /data/name > 3 and coutn-selected(/data/crops) = 2
    ^~~~~~~~~~
    give its <bind> the type int or decimal
meant.xml:9:60: warning: there is no function 'coutn-selected': the expression will fail when it is evaluated
    /data/name > 3 and coutn-selected(/data/crops) = 2
                       ^~~~~~~~~~~~~~
    did you mean 'count-selected'?
meant.xml: opens, with 8 warnings
