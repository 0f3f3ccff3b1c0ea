$ bayaz xpath '1 + 1'
2
$ bayaz xpath --json 'true() and 0'
{"type":"boolean","value":false}
$ bayaz xpath --json '1 div 0'
{"type":"number","value":"Infinity"}
$ bayaz xpath --json -- '-0'
{"type":"number","value":-0.0}

# Nodes, and where they stand; what is printed serves as context.
$ cat > a.xml <<'EOF'
> <a xmlns:p="urn:p"><b p:x="1" y="2">one</b><!--note--><b>two<c/></b><?go now?></a>
> EOF
$ bayaz xpath '//node() | //@*' a.xml
/*[1]	onetwo
/*[1]/*[1]	one
/*[1]/*[1]/@p:x	1
/*[1]/*[1]/@y	2
/*[1]/*[1]/text()[1]	one
/*[1]/comment()[1]	note
/*[1]/*[2]	two
/*[1]/*[2]/text()[1]	two
/*[1]/*[2]/*[1]	
/*[1]/processing-instruction()[1]	now
$ bayaz xpath --context '/*[1]/*[1]/@p:x' 'name(..)' a.xml
b
$ bayaz xpath --context '/*[1]/comment()[1]' 'following-sibling::*' a.xml
/*[1]/*[2]	two
$ bayaz xpath --context '/*[1]/*[3]' '.' a.xml
bayaz: there is no /*[1]/*[3]
[1]
$ bayaz xpath --context '//b' '.' a.xml
bayaz: '//b' leads to 2 nodes, not to one
[1]
$ bayaz xpath --type string '/a' a.xml
onetwo
$ bayaz xpath --type nodeset '1' a.xml
bayaz: the result is no set of nodes
[1]
$ bayaz xpath --type text '1' a.xml
bayaz: '--type text' is not string, number, boolean or nodeset
[2]

# Namespaces: those in scope, those given, none.
$ echo '<a xmlns="urn:d" xmlns:p="urn:p"><p:b/></a>' > ns.xml
$ bayaz xpath 'count(/a/p:b)' ns.xml
1
$ bayaz xpath --namespace = 'count(/a)' ns.xml
0
$ bayaz xpath --namespace = --namespace q=urn:p --namespace d=urn:d 'count(/d:a/q:b)' ns.xml
1
$ bayaz xpath '/a/namespace::*' ns.xml
/*[1]/namespace::*[name()='']	urn:d
/*[1]/namespace::p	urn:p
/*[1]/namespace::xml	http://www.w3.org/XML/1998/namespace
$ bayaz xpath --context "/*[1]/namespace::*[name()='']" 'string(.)' ns.xml
urn:d

# Clock, zone and chance.
$ bayaz xpath --now 2026-07-01T02:00:00Z --time-zone America/New_York "concat(now(), ' ', today())"
2026-06-30T22:00:00.000-04:00 2026-06-30
$ bayaz xpath --time-zone America/New_York "date-time('2026-01-01T10:00:00Z')"
2026-01-01T05:00:00.000-05:00
$ bayaz xpath --time-zone Nowhere/Land 'now()'
bayaz: there is no time zone 'Nowhere/Land'
[1]
$ bayaz xpath --time-zone ../../etc/passwd 'now()'
bayaz: there is no time zone '../../etc/passwd'
[1]
$ bayaz xpath --now yesterday 'now()'
bayaz: 'yesterday' is no date and time
[1]
$ test "$(bayaz xpath --seed 5 'uuid()')" = "$(bayaz xpath --seed 5 'uuid()')" && echo same
same

$ bayaz xpath --language fr "format-date('2026-02-03', '%a %e %b')"
mar. 3 févr.
$ bayaz xpath --language 'Urdu (ur)' "format-date('2026-02-03', '%b %Y')"
فروری 2026
$ bayaz xpath --language Klingon "format-date('2026-02-03', '%b')"
Feb

# A form: its primary instance, lists, texts, choices.
$ cat > form.xml <<'EOF'
> <h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
> <h:head><h:title>T</h:title><model>
> <itext><translation lang="English (en)"><text id="hello"><value>Hello <output value="/data/name"/></value></text><text id="red"><value>Red</value></text></translation>
> <translation lang="French (fr)"><text id="hello"><value>Bonjour <output value="/data/name"/></value></text><text id="red"><value>Rouge</value></text></translation></itext>
> <instance><data id="t"><name>Ali</name><colour>r</colour><town>2</town></data></instance>
> <instance id="colours"><root><item><name>r</name><itextId>red</itextId></item></root></instance>
> <instance id="towns" src="jr://file-csv/towns.csv"/>
> <bind nodeset="/data/nowhere" calculate="1 +"/>
> </model></h:head><h:body>
> <select1 ref="/data/colour"><label>Colour</label><itemset nodeset="instance('colours')/root/item"><value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select1>
> </h:body></h:html>
> EOF
$ mkdir media; printf 'id,label\n1,Herat\n2,Balkh\n' > media/towns.csv; printf 'k,v\na,one\n' > media/extra.csv
$ bayaz xpath '/data/name' form.xml
/*[1]/*[1]	Ali
$ bayaz xpath "instance('towns')/root/item[id = /data/town]/label" form.xml
instance('towns')/*[1]/*[2]/*[2]	Balkh
$ bayaz xpath --context "instance('towns')/*[1]/*[2]/*[2]" '../id' form.xml
instance('towns')/*[1]/*[2]/*[1]	2
$ bayaz xpath "instance('colours')/@id" form.xml
instance('colours')/@id	colours
$ bayaz xpath "pulldata('extra', 'v', 'k', 'a')" form.xml
one
$ bayaz xpath "jr:itext('hello')" form.xml
Hello Ali
$ bayaz xpath --language fr "concat(jr:itext('hello'), ', ', jr:choice-name(/data/colour, '/data/colour'))" form.xml
Bonjour Ali, Rouge
$ bayaz xpath --language Urdu '1' form.xml
bayaz: the form has no language 'Urdu'
[1]
$ bayaz xpath "instance('none')" form.xml
bayaz: there is no instance 'none'
    instance('none')
    ^~~~~~~~
[1]

# Whatever is wrong is marked.
$ bayaz xpath 'roun(1.5) + 1'
bayaz: unknown function 'roun()': did you mean 'round()'?
    roun(1.5) + 1
    ^~~~
[1]
$ bayaz xpath '1 + + 2'
bayaz: unexpected '+'
    1 + + 2
        ^
[1]
$ bayaz xpath "concat('سلام', nowhere:x)"
bayaz: the prefix 'nowhere' is not declared
    concat('سلام', nowhere:x)
                   ^~~~~~~~~
[1]
$ bayaz xpath '2 > 1 or substring()'
true
$ bayaz xpath '1 > 2 or substring()'
bayaz: 'substring()' needs at least 2 arguments
    1 > 2 or substring()
             ^~~~~~~~~
[1]
$ bayaz xpath --namespace jr=urn:other "jr:itext('x')" form.xml
bayaz: 'jr:itext()' is a function of 'urn:other', which is not known here
    jr:itext('x')
    ^~~~~~~~
[1]
$ bayaz xpath --namespace j=http://openrosa.org/javarosa "j:itext('red')" form.xml
Red
$ bayaz xpath '1' missing.xml
bayaz: cannot open 'missing.xml': {{.*}}
[1]
$ echo '<a>' > broken.xml; bayaz xpath '1' broken.xml
bayaz: broken.xml:2:1: {{.*}}
[1]
