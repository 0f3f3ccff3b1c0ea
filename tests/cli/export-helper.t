# Records as XLSX, SPSS and Stata files, which bayaz-export writes.
@require python3 "$top_builddir/bayaz-export"
$ cp "$TESTDIR/wells.xml" form.xml && cp "$TESTDIR/wells-a.xml" a.xml && cp "$TESTDIR/wells-b.xml" b.xml
$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words > said
$ bayaz -C laptop join kit.bayaz --words-file words --no-passphrase > said
$ bayaz -C laptop import a.xml b.xml > said && bayaz -C laptop pack -o 1.bayaz > said
$ bayaz merge 1.bayaz --store a.db --accept-new > said
$ alias out="sed 's/[0-9a-f]\{64\}/HASH/g'"

# SPSS: labels in the language that was chosen, codes for choices beside their
# text, 0 and 1 for each of several, dates, missing numbers.
$ bayaz export wells --store a.db -f sav -o w.sav --language Urdu && ls *.sav
bayaz: form 'wells' is not in the language 'Urdu'
[1]
$ bayaz export wells --store a.db -f sav -o w.sav --language ur && ls *.sav
w.sav
w__child.sav
w__toy.sav
$ "$TESTDIR/statfile" w.sav | out
\# Wells
bz_record (A6)
bz_version (A64)
bz_form_version (A1)
bz_instance (A6)
bz_conflict (F)
bz_date_given (F)
depth (F) Depth
flow (F) Flow
day (SDATE) Day
at (DATETIME) At
kind (F) کنویں کی قسم {1: 'کھودا ہوا', 2: 'ٹیوب ویل'}
kind__text (A5) کنویں کی قسم
crops (A10) کون سی فصلیں؟
crops__wheat (F) کون سی فصلیں؟: گندم
crops__rice (F) کون سی فصلیں؟: چاول
place (A18) Place
field (A31) Field
note (A9) Note
row: uuid:a|HASH|1|uuid:a|0|0|-12|2.5|13991702400|13991740200|2|tube|wheat rice|1|1|34.5 71.25 300.5 4|34 71 0 0; 34 72 0 0; 35 72 0 0|=1+1
row: uuid:b|HASH|1|uuid:b|0|0|7|.|.|.|.|other||.|.|95 1||dry, deep
$ "$TESTDIR/statfile" w__toy.sav | grep row:
row: uuid:a|1|1|1|ball
row: uuid:a|2|1|2|kite
row: uuid:a|3|3|1|"cart", red

# Stata: the same variables.
$ bayaz export wells --store a.db -f dta -o stata && ls stata
bz_wells.dta
bz_wells__child.dta
bz_wells__toy.dta
$ "$TESTDIR/statfile" stata/bz_wells.dta | out | sed -n '10,14p;20,21p'
day (long %td) Day
at (double %tc) At
kind (long) Kind of well {1: 'Dug', 2: 'Tube well'}
kind__text (str5) Kind of well
crops (str10) Which crops?
row: uuid:a|HASH|1|uuid:a|0|0|-12|2.5|24166|2087980200000|2|tube|wheat rice|1|1|34.5 71.25 300.5 4|34 71 0 0; 34 72 0 0; 35 72 0 0|=1+1
row: uuid:b|HASH|1|uuid:b|0|0|7|.|.|.|.|other||.|.|95 1||dry, deep

# XLSX: a sheet for each table, and two that explain them.  What looks like a
# formula is text; dates are dates (days since 1899-12-30).
$ bayaz export wells --store a.db -f xlsx -o w.xlsx --language ur
$ "$TESTDIR/xlsxfile" w.xlsx | out
== bz_wells
bz_record|bz_version|bz_form_version|bz_instance|bz_conflict|bz_date_given|depth|flow|day|at|kind|crops|crops__wheat|crops__rice|place|field|note
uuid:a|HASH|1|uuid:a|0|0|-12|2.5|yyyy-mm-dd 46082|yyyy-mm-dd hh:mm:ss 46082.4375|tube|wheat rice|1|1|34.5 71.25 300.5 4|34 71 0 0; 34 72 0 0; 35 72 0 0|=1+1
uuid:b|HASH|1|uuid:b|0|0|7||||other||||95 1||dry, deep
== child
bz_record|bz_row|bz_parent|bz_position|age
uuid:a|1|0|1|3
uuid:a|2|0|2|5
uuid:a|3|0|3|7
== toy
bz_record|bz_row|bz_parent|bz_position|name
uuid:a|1|1|1|ball
uuid:a|2|1|2|kite
uuid:a|3|3|1|"cart", red
== variables
sheet|column|type|label|hint
bz_wells|depth|int|Depth
bz_wells|flow|decimal|Flow
bz_wells|day|date|Day
bz_wells|at|dateTime|At
bz_wells|kind|select_one|کنویں کی قسم|اندر دیکھیں
bz_wells|crops|select_multiple|کون سی فصلیں؟
bz_wells|place|geopoint|Place
bz_wells|field|geoshape|Field
bz_wells|note|string|Note
child|age|int|Age
toy|name|string|Name
== choices
sheet|column|choice|label
bz_wells|kind|dug|کھودا ہوا
bz_wells|kind|tube|ٹیوب ویل
bz_wells|crops|wheat|گندم
bz_wells|crops|rice|چاول

# The same bytes again, in another time zone and a second later.
$ sleep 1; export TZ=Asia/Karachi
$ bayaz export wells --store a.db -f xlsx -o again.xlsx --language ur && cmp w.xlsx again.xlsx
$ bayaz export wells --store a.db -f sav -o again.sav --language ur && cmp w.sav again.sav
$ bayaz export wells --store a.db -f dta -o again && diff -rq stata again

# A folder that cannot be written: the old file stays, nothing is left behind.
$ mkdir -p full && cp w.xlsx full && mkdir full/w.xlsx.part && touch full/w.xlsx.part/x
$ bayaz export wells --store a.db -f xlsx -o full/w.xlsx
bayaz: cannot create 'full/w.xlsx.part': File exists
bayaz: 'full/w.xlsx' was not written
[1]
$ cmp w.xlsx full/w.xlsx && ls full
w.xlsx
w.xlsx.part

# Restricted answers with a reason only; identifying ones never.
$ for f in sav dta xlsx
> do
>   bayaz export wells --store a.db -f $f -o asked.$f --include restricted --reason 'audit of June'
> done
$ "$TESTDIR/statfile" asked.sav | grep -c 'row.*Canary2'
2
$ "$TESTDIR/statfile" asked.dta | grep -c 'row.*Canary2'
2
$ "$TESTDIR/xlsxfile" asked.xlsx | grep -c 'Canary2'
2
$ for f in asked.* w.* stata/*
> do
>   case $f in *.xlsx) "$TESTDIR/xlsxfile" $f ;; *) "$TESTDIR/statfile" $f ;; esac
> done | grep -c Canary1
0
[1]
$ for f in w.* stata/*
> do
>   case $f in *.xlsx) "$TESTDIR/xlsxfile" $f ;; *) "$TESTDIR/statfile" $f ;; esac
> done | grep -c Canary2
0
[1]

# The examples of the manual page.
$ cp a.db district.db && rm -r stata
$ sed -n '/^\$ /,/^\.Ed/{/^\.Ed/d;s/^\$ //;s/\\e$/\\/;p}' "$top_srcdir/doc/bayaz-export.1" > examples
$ test "$(grep -c ^bayaz examples)" -ge 8 && sh -e examples | out | cut -c 1-60
bayaz: 1 place cannot be drawn; its geometry is null
{"bz_record":"uuid:a","bz_version":"HASH","bz_form_version":
$ ls tables stata *.csv *.geojson wells.xlsx
audit.csv
audit__child.csv
audit__toy.csv
codebook.csv
wells.csv
wells.geojson
wells.xlsx

stata:
bz_wells.dta
bz_wells__child.dta
bz_wells__toy.dta

tables:
bz_wells.csv
bz_wells__child.csv
bz_wells__toy.csv
