# What does not fit into XLSX, SPSS and Stata files is split, shortened or
# renamed, by the rules of bayaz-export(1), and told.
@require python3 "$top_builddir/bayaz-export"
@file form.py
questions = ["q%02d" % i for i in range(17)]
print('''<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>Limits</h:title><model>
 <instance><data id="limits" version="1"><long/><نام/>
 <a_question_with_a_name_of_more_than_32_bytes/>
 <a_question_with_a_name_of_more_than_that/><count/><day/><note/>%s
 <huge/><meta><instanceID/></meta></data></instance>
 <instance id="crops"><root>%s</root></instance>
 <instance id="villages"><root>%s</root></instance>
 <bind nodeset="/data/count" type="int"/><bind nodeset="/data/day" type="date"/>
 </model></h:head><h:body><input ref="/data/count"/>''' % (
    "".join("<%s/>" % q for q in questions),
    "".join("<item><name>c%d</name><label>Crop %d</label></item>" % (i, i)
            for i in range(1000)),
    "".join("<item><name>v%d</name><label>V</label></item>" % i
            for i in range(1001))))
item = '<value ref="name"/><label ref="label"/></itemset>'
for q in questions:
    print('''<select ref="/data/%s"><itemset nodeset="instance('crops')/root/item">%s
    </select>''' % (q, item))
print('''<select1 ref="/data/huge"><itemset
 nodeset="instance('villages')/root/item">%s</select1></h:body></h:html>''' % item)
@end
@file records.py
for name, long, count, day in (("a", "ن" * 33000, "3", "2026-03-01"),
                               ("b", "short", "many", "1 March")):
    with open(name + ".xml", "w", encoding="utf-8") as file:
        file.write('''<data id="limits" version="1"><long>1</long><نام>x</نام>
<a_question_with_a_name_of_more_than_32_bytes>y</a_question_with_a_name_of_more_than_32_bytes>
<a_question_with_a_name_of_more_than_that>z</a_question_with_a_name_of_more_than_that>
<count>%s</count><day>%s</day><note>%s</note><q00>c0 c999</q00><q16>c999</q16>
<huge>v7</huge><meta><instanceID>uuid:%s</instanceID></meta></data>'''
                   % (count, day, long, name))
@end
$ python3 form.py > form.xml && python3 records.py
$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words > said 2>&1
$ bayaz -C laptop join kit.bayaz --words-file words --no-passphrase > said
$ bayaz -C laptop import a.xml b.xml > said && bayaz -C laptop pack -o 1.bayaz > said
$ bayaz merge 1.bayaz --store a.db --accept-new > said

# A sheet has 16,384 columns: the rest stands on a second one with the record's
# name.  A cell has 32,767 characters.
$ bayaz export limits --store a.db -f xlsx -o l.xlsx
bayaz: form 'limits' has no bayaz:class: all its columns are exported
bayaz: note in bz_limits: 1 answer was too long for such a file and was shortened
$ "$TESTDIR/xlsxfile" l.xlsx | awk -F'|' '/^==/ { print } /^(bz_record|uuid)/ { print NF, $1, $2, $NF }' | sed 's/[0-9a-f]\{64\}/HASH/'
== bz_limits
16384 bz_record bz_version q16__c353
16384 uuid:a HASH 0
16384 uuid:b HASH 0
== bz_limits_2
648 bz_record q16__c354 huge
648 uuid:a 0 v7
648 uuid:b 0 v7
== variables
== choices
$ "$TESTDIR/xlsxfile" l.xlsx | sed -n 3p | cut -d '|' -f 7-14 | python3 -c "
> import re, sys
> print(re.sub('ن+', lambda m: '%d times' % len(m.group()), sys.stdin.read()))"
1|x|y|z|3|yyyy-mm-dd 46082|32767 times|c0 c999

# SPSS and Stata: names, text among numbers, long texts.
$ bayaz export limits --store a.db -f dta -o l.dta
bayaz: form 'limits' has no bayaz:class: all its columns are exported
bayaz: 'count' is text: not all of its answers are numbers or dates
bayaz: 'day' is text: not all of its answers are numbers or dates
bayaz: note in bz_limits: 1 answer was too long for such a file and was shortened
$ "$TESTDIR/statfile" l.dta | sed -n '8,14p;$p' | cut -c 1-60
long_ (str1)
v____ (str1)
a_question_with_a_name_of_more_t (str1)
a_question_with_a_name_of_more_2 (str1)
count (str4)
day (str10)
note (str2045)
row: uuid:b|{{[0-9a-f]+}}
$ bayaz export limits --store a.db -f codebook | cut -d , -f 2,7 | sed -n 2,5p
long,long_
نام,v____
a_question_with_a_name_of_more_than_32_bytes,a_question_with_a_name_of_more_t
a_question_with_a_name_of_more_than_that,a_question_with_a_name_of_more_2
$ bayaz export limits --store a.db -f sav -o l.sav 2>&1 | tail -1
bayaz: note in bz_limits: 1 answer was too long for such a file and was shortened
$ "$TESTDIR/statfile" l.sav | grep '^note\|^huge'
note (A32767)
huge (A2)

# More rows than a sheet has go on in a second one.
$ python3 -c "
> print('bayaz-export 1\ntable\tt\t\t-1\ncolumn\tn\tnumber\t0\t')
> for i in range(1048577):
>     print('row\tn%d' % i)
> print('end')" | "$top_builddir/bayaz-export" xlsx rows.xlsx
$ python3 -c "
> import zipfile
> book = zipfile.ZipFile('rows.xlsx')
> for i in 1, 2:
>     sheet = book.read('xl/worksheets/sheet%d.xml' % i)
>     print(sheet.count(b'<row '), sheet[-300:].split(b'<v>')[-1].split(b'<')[0])"
1048576 b'1048574'
3 b'1048576'

# A feed that is not one, or ends too soon, leaves no file.
$ printf 'bayaz-export 1\ntable\tt\t\t1\ncolumn\tn\tnumber\t0\t\nrow\tn1\n' | "$top_builddir/bayaz-export" sav cut.sav
bayaz: line 5 of the input is not as it must be
[1]
$ printf 'bayaz-export 1\ntable\tt\t\t1\ncolumn\tn\tnumber\t0\t\nrow\tx1\nend\n' | "$top_builddir/bayaz-export" xlsx cut.xlsx
bayaz: line 4 of the input is not as it must be
[1]
$ ls cut.*
ls: {{.*}}
[2]
$ "$top_builddir/bayaz-export" paper p < form.xml
bayaz-export KIND FILE < FEED
...
[2]
