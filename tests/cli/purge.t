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

# In a central store: what was finished long ago is hidden there, for good.
# How many that are is tested in tests/unit/test_statement.c.
$ export BAYAZ_HOME=$PWD/centre && sh "$TESTDIR"/settle/setup.sh
$ sh "$TESTDIR"/settle/send.sh 1 1.bayaz a '' '<low>1</low>'
$ bayaz purge --form visit
bayaz: --form and --before are for a store: name it with --store
...
[2]
$ bayaz purge --store a.db --unsent
bayaz: --record and --unsent are for a workspace, not for a store
...
[2]
$ bayaz purge --store a.db --before 2020-01-01
bayaz: --before needs a form: give it with --form
...
[2]
$ bayaz purge --store a.db --form visit --before 2999-01-01
bayaz: --before takes a day that is not to come, as 2026-11-23
...
[2]
$ bayaz store dump --store a.db > before
$ bayaz purge --store a.db
no record is over age
$ bayaz purge --store a.db --form visit --json | sed 's/20[0-9-]*/DAY/'
{"forms":[{"before":"DAY","form":"visit","removed":0}],"removed":0}
$ bayaz store dump --store a.db | cmp - before
$ bayaz purge --store a.db --form visit --before 2020-02-30
bayaz: --before takes a day that is not to come, as 2026-11-23
...
[2]
$ bayaz purge --store a.db --form visit --before 2020-02-29
no record is over age
$ bayaz store dump --store a.db | grep -o '"date":"2020[^,]*,"fact":"horizon"'
"date":"2020-02-29","fact":"horizon"
$ bayaz -C laptop1 purge --store a.db
bayaz: this workspace holds no coordinator's keys
[1]
