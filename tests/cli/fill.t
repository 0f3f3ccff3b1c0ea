@file form.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Fill</h:title><model>
<instance><data id="fill" version="3"><who/><age/></data></instance>
<bind nodeset="/data/who" type="string" required="true()" jr:requiredMsg="Who is it?"/>
<bind nodeset="/data/age" type="int" constraint=". &lt; 120" jr:constraintMsg="Nobody is that old."/>
</model></h:head>
<h:body>
<input ref="/data/who"><label>Who?</label></input>
<input ref="/data/age"><label>Age?</label></input>
</h:body></h:html>
@end
$ printf 'set\t/data/who\tAli & Co\nset\t/data/age\t20\n' > answers.tsv
$ bayaz fill form.xml --script answers.tsv -o record.xml
$ cat record.xml
\<data id="fill" version="3"><who>Ali &amp; Co</who><age>20</age></data>
$ stat -c %a record.xml
600

# An invalid record is written, and what is wrong is listed.
$ printf 'set\t/data/age\t200\n' > wrong.tsv
$ bayaz fill form.xml --script wrong.tsv
bayaz: /data/who: Who is it?
bayaz: /data/age: Nobody is that old.
\<data id="fill" version="3"><who/><age>200</age></data>
[1]
$ printf 'set\t/data/nobody\tx\nset\t/data/who\tx\n' > refused.tsv
$ bayaz fill form.xml --script refused.tsv -o refused.xml
bayaz: refused.tsv:1:1: there is no '/data/nobody'
[1]
$ test -s refused.xml
$ bayaz fill form.xml
bayaz: '--script FILE' is missing
bayaz: try 'bayaz help fill'
[2]

# Plain text of a protected form: only made-up records.
$ sed 's/id="fill"/id="fill" bayaz:class="protected"/' form.xml > secret.xml
$ bayaz fill secret.xml --script answers.tsv -o secret-record.xml
bayaz: this writes plain text, so a protected form is filled with '--training' only
[1]
$ test -e secret-record.xml
[1]
$ bayaz fill secret.xml --script answers.tsv -o secret-record.xml --training

# Months have their names in the form's language.
$ cat > months.xml <<'EOF'
> <h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
> <h:head><h:title>T</h:title><model>
> <itext><translation lang="English (en)"><text id="l"><value>l</value></text></translation><translation lang="French (fr)"><text id="l"><value>l</value></text></translation></itext>
> <instance><data id="t"><a/><n/></data></instance>
> <bind nodeset="/data/a" calculate="format-date('2026-02-03', '%e %b')"/>
> </model></h:head><h:body><input ref="/data/n"><label ref="jr:itext('l')"/></input></h:body></h:html>
> EOF
$ printf 'set\t/data/n\t1\n' > months.tsv
$ bayaz fill --script months.tsv months.xml
<data id="t"><a>3 Feb</a><n>1</n></data>
$ bayaz fill --script months.tsv --language fr months.xml
<data id="t"><a>3 févr.</a><n>1</n></data>
