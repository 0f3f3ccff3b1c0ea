@file form.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>Test</h:title><model>
<instance><data id="test"><who/><age/><adult/><more/><child jr:template=""><name/></child></data></instance>
<bind nodeset="/data/who" type="string" required="true()"/>
<bind nodeset="/data/age" type="int" constraint=". &lt; 120"/>
<bind nodeset="/data/adult" calculate="if(/data/age &gt;= 18, 'yes', 'no')"/>
<bind nodeset="/data/more" relevant="/data/adult = 'yes'"/>
</model></h:head>
<h:body>
<input ref="/data/who"><label>Who?</label></input>
<input ref="/data/age"><label>Age?</label></input>
<select1 ref="/data/more"><label>More?</label><item><label>A</label><value>a</value></item><item><label>B</label><value>b</value></item></select1>
<group ref="/data/child"><label>Child</label><repeat nodeset="/data/child"><input ref="/data/child/name"><label>Name</label></input></repeat></group>
</h:body></h:html>
@end
@file good.tsv
phase	fill
set	/data/who	Ali
set	/data/age	20
choices	/data/more	2
set	/data/more	b
add	/data/child
set	/data/child[1]/name	x
add	/data/child
del	/data/child[1]
expect	/data/adult	yes
expect	/data/age	20.0
absent	/data/child[2]
@end
$ bayaz test form.xml good.tsv
ok 1 - good.tsv:4 choices /data/more
ok 2 - good.tsv:10 expect /data/adult
ok 3 - good.tsv:11 expect /data/age
ok 4 - good.tsv:12 absent /data/child[2]
1..4

# What does not hold is said with what is there; a refused answer is not ok.
@file bad.tsv
set	/data/adult	no
set	/data/nobody	x
set	/data/age	10
expect	/data/adult	yes
expect	/data/more	a
absent	/data/age
@end
$ bayaz test form.xml good.tsv bad.tsv
ok 1 - good.tsv:4 choices /data/more
ok 2 - good.tsv:10 expect /data/adult
ok 3 - good.tsv:11 expect /data/age
ok 4 - good.tsv:12 absent /data/child[2]
not ok 5 - bad.tsv:1 set /data/adult
\#   refused: '/data/adult' is no question
not ok 6 - bad.tsv:2 set /data/nobody
\#   refused: there is no '/data/nobody'
not ok 7 - bad.tsv:4 expect /data/adult
\#   expected: yes
\#   got: no
not ok 8 - bad.tsv:5 expect /data/more
\#   expected: a
\#   got: (absent)
not ok 9 - bad.tsv:6 absent /data/age
\#   got: 10
1..9
[1]

# Broken scripts have a place.
$ printf 'set\t/data/who\tx\nfly\t/data\n' > broken.tsv
$ bayaz test form.xml broken.tsv
not ok 1 - broken.tsv broken.tsv:2:1: unknown word 'fly' in a script
1..1
[1]
$ bayaz test form.xml missing.tsv
not ok 1 - missing.tsv cannot open 'missing.tsv': No such file or directory
1..1
[1]
$ bayaz test form.xml
bayaz: something is missing after 'test'
bayaz: try 'bayaz help test'
[2]
$ bayaz test ./nothing.xml good.tsv
bayaz: cannot open './nothing.xml': No such file or directory
[1]

# The surroundings can be set.
@file clock.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>Clock</h:title><model>
<instance><data id="clock"><day/><user/></data></instance>
<bind nodeset="/data/day" type="date" calculate="today()"/>
<bind nodeset="/data/user" jr:preload="property" jr:preloadParams="username"/>
</model></h:head><h:body/></h:html>
@end
@file clock.tsv
expect	/data/day	2026-11-24
expect	/data/user	KP-031
@end
$ bayaz test clock.xml clock.tsv --now 2026-11-23T23:30:00Z --time-zone Asia/Karachi --property username=KP-031
ok 1 - clock.tsv:1 expect /data/day
ok 2 - clock.tsv:2 expect /data/user
1..2
$ bayaz test clock.xml clock.tsv --seed many
bayaz: '--seed many' is no whole number
[2]
