# What need not be kept.  The times are tested in tests/unit/test_field.c.
@file water.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Water points</h:title><model><instance>
<data id="water" version="1" bayaz:class="public" bayaz:retention="12"><point/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/point" type="string" bayaz:sensitivity="public"/></model></h:head>
<h:body><input ref="/data/point"><label>Which point?</label></input></h:body></h:html>
@end
@file a.xml
<data id="water" version="1"><point>w1</point><meta><instanceID>uuid:1</instanceID></meta></data>
@end
@file b.xml
<data id="water" version="1"><point>w2</point><meta><instanceID>uuid:2</instanceID></meta></data>
@end
$ bayaz init --no-passphrase > init.txt; bayaz form add water.xml > form.txt
$ bayaz import a.xml b.xml > import.txt
$ bayaz purge
0 records removed
$ bayaz purge --dry-run --json
{"discarded":0,"over_age":0,"received":0,"removed":0,"unsent":0}
$ a=$(bayaz list | awk '/ready/ { print $1; exit }')
$ bayaz purge --record $a
bayaz: this record was never sent: discard it first, or say that it is to go unsent
[1]
$ bayaz purge --record $a --unsent
the record was removed
$ bayaz list | grep -c ready
1
$ bayaz purge --record $a --unsent
bayaz: there is no record '{{[0-9a-f]*}}'
[1]
$ bayaz purge --unsent
bayaz: --unsent needs a record: give it with --record
bayaz: try 'bayaz help purge'
[2]
$ bayaz purge --record $a --dry-run
bayaz: --dry-run and --record exclude each other
bayaz: try 'bayaz help purge'
[2]
