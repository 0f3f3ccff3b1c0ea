# Records in each format that the program writes by itself.
$ cp "$TESTDIR/wells.xml" form.xml && cp "$TESTDIR/wells-a.xml" a.xml && cp "$TESTDIR/wells-b.xml" b.xml
$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ bayaz project kit -o kit.bayaz --form form.xml --words-file words > said
$ bayaz -C laptop join kit.bayaz --words-file words --no-passphrase > said
$ bayaz -C laptop import b.xml > said && bayaz -C laptop pack -o 1.bayaz > said
$ bayaz -C laptop import a.xml > said && bayaz -C laptop pack -o 2.bayaz > said
$ bayaz merge 1.bayaz 2.bayaz --store a.db --accept-new > said
$ bayaz merge 2.bayaz --store b.db --accept-new > said 2>&1 && bayaz merge 1.bayaz --store b.db > said
$ alias out="sed 's/[0-9a-f]\{64\}/HASH/g'"

# Wide: a row a record, each row of a repeat in columns of its own.
$ bayaz export wells --store a.db --shape wide | out
bz_record,bz_version,bz_form_version,bz_instance,bz_conflict,bz_date_given,depth,flow,day,at,kind,crops,place,field,note,child_1_age,child_1_toy_1_name,child_1_toy_2_name,child_2_age,child_2_toy_1_name,child_2_toy_2_name,child_3_age,child_3_toy_1_name,child_3_toy_2_name
uuid:a,HASH,1,uuid:a,0,0,-12,2.5,2026-03-01,2026-03-01T10:30:00.000+05:00,tube,wheat rice,34.5 71.25 300.5 4,34 71 0 0; 34 72 0 0; 35 72 0 0,'=1+1,3,ball,kite,5,,,7,"""cart"", red",
uuid:b,HASH,1,uuid:b,0,0,7,,,,other,,95 1,,"dry, deep",,,,,,,,,

# Long: a row an answer; where it stands among the rows of its repeats.
$ bayaz export wells --store a.db --shape long
bz_record,path,position,value
uuid:a,depth,,-12
uuid:a,flow,,2.5
uuid:a,day,,2026-03-01
uuid:a,at,,2026-03-01T10:30:00.000+05:00
uuid:a,kind,,tube
uuid:a,crops,,wheat rice
uuid:a,place,,34.5 71.25 300.5 4
uuid:a,field,,34 71 0 0; 34 72 0 0; 35 72 0 0
uuid:a,note,,'=1+1
uuid:a,child/age,1,3
uuid:a,child/toy/name,1 1,ball
uuid:a,child/toy/name,1 2,kite
uuid:a,child/age,2,5
uuid:a,child/age,3,7
uuid:a,child/toy/name,3 1,"""cart"", red"
uuid:b,depth,,7
uuid:b,kind,,other
uuid:b,place,,95 1
uuid:b,note,,"dry, deep"

# JSON Lines: repeats nested, numbers as numbers, what is missing left out.
$ bayaz export wells --store a.db --format jsonl | out
{"bz_record":"uuid:a","bz_version":"HASH","bz_form_version":"1","bz_instance":"uuid:a","bz_conflict":0,"bz_date_given":0,"depth":-12,"flow":2.5,"day":"2026-03-01","at":"2026-03-01T10:30:00.000+05:00","kind":"tube","crops":"wheat rice","place":"34.5 71.25 300.5 4","field":"34 71 0 0; 34 72 0 0; 35 72 0 0","note":"=1+1","child":[{"age":3,"toy":[{"name":"ball"},{"name":"kite"}]},{"age":5},{"age":7,"toy":[{"name":"\"cart\", red"}]}]}
{"bz_record":"uuid:b","bz_version":"HASH","bz_form_version":"1","bz_instance":"uuid:b","bz_conflict":0,"bz_date_given":0,"depth":7,"kind":"other","place":"95 1","note":"dry, deep"}

# GeoJSON: longitude first; the first place that is asked for, or the one named.
$ bayaz export wells --store a.db --format geojson -o a.geojson
bayaz: 1 place cannot be drawn; its geometry is null
$ python3 -c "
> import json
> for f in json.load(open('a.geojson'))['features']:
>     print(f['id'], f['geometry'], f['properties']['depth'])"
uuid:a {'type': 'Point', 'coordinates': [71.25, 34.5, 300.5]} -12
uuid:b None 7
$ bayaz export wells --store a.db --format geojson --geometry /data/field | grep -o '"geometry":.*,"prop'
"geometry":{"type":"Polygon","coordinates":[[[71,34,0],[72,34,0],[72,35,0],[71,34,0]]]},"prop
"geometry":null,"prop
$ bayaz export wells --store a.db --format geojson --geometry depth
bayaz: 'depth' does not ask for a place
[1]
$ bayaz export wells --store a.db --format geojson --geometry village
bayaz: 'village' is not exported: it is not public
[1]
$ bayaz export wells --store a.db --format geojson --geometry child/age
bayaz: 'child/age' stands in a repeat; a record has one geometry only
[1]
$ bayaz export wells --store a.db --format geojson --geometry nowhere
bayaz: form 'wells' has no question 'nowhere'
[1]

# The code book: every question with its class, texts in each language.
$ bayaz export wells --store a.db --format codebook
table,column,path,type,class,versions,variable,text_variable,choice,code,label::English (en),label::Urdu (ur),hint::English (en),hint::Urdu (ur)
bz_wells,owner,owner,string,identifying,1,owner,,,,Owner,Owner,,
bz_wells,village,village,string,restricted,1,village,,,,Village,Village,,
bz_wells,depth,depth,int,public,1,depth,,,,Depth,Depth,,
bz_wells,flow,flow,decimal,public,1,flow,,,,Flow,Flow,,
bz_wells,day,day,date,public,1,day,,,,Day,Day,,
bz_wells,at,at,dateTime,public,1,at,,,,At,At,,
bz_wells,kind,kind,select_one,public,1,kind,kind__text,,,Kind of well,کنویں کی قسم,Look inside,اندر دیکھیں
bz_wells,kind,,choice,,,,,dug,1,Dug,کھودا ہوا,,
bz_wells,kind,,choice,,,,,tube,2,Tube well,ٹیوب ویل,,
bz_wells,crops,crops,select_multiple,public,1,crops,,,,Which crops?,کون سی فصلیں؟,,
bz_wells,crops,,choice,,,crops__wheat,,wheat,,Wheat,گندم,,
bz_wells,crops,,choice,,,crops__rice,,rice,,Rice,چاول,,
bz_wells,place,place,geopoint,public,1,place,,,,Place,Place,,
bz_wells,field,field,geoshape,public,1,field,,,,Field,Field,,
bz_wells,note,note,string,public,1,note,,,,Note,Note,,
bz_wells__child,age,child/age,int,public,1,age,,,,Age,Age,,
bz_wells__toy,name,child/toy/name,string,public,1,name,,,,Name,Name,,
$ bayaz export wells --store a.db --format codebook-json -o book.json && python3 -c "
> import json
> book = json.load(open('book.json'))
> kind = book['tables'][0]['columns'][6]
> print(book['languages'], kind['class'], kind['hint']['Urdu (ur)'], kind['versions'])
> print(kind['choices'][1])"
['English (en)', 'Urdu (ur)'] public اندر دیکھیں [{'path': 'kind', 'version': '1'}]
{'code': 2, 'label': {'English (en)': 'Tube well', 'Urdu (ur)': 'ٹیوب ویل'}, 'value': 'tube'}

# The same facts, the same bytes, in whatever order they came.
$ for how in csv 'csv --shape wide' 'csv --shape long' jsonl geojson codebook codebook-json
> do
>   bayaz export wells --store a.db -f $how -o a.out 2> said
>   bayaz export wells --store b.db -f $how -o b.out 2> said
>   diff -rq a.out b.out && echo "$how: the same"
>   rm -r a.out b.out
> done
csv: the same
csv --shape wide: the same
csv --shape long: the same
jsonl: the same
geojson: the same
codebook: the same
codebook-json: the same

# Restricted answers when they are asked for with a reason.
$ bayaz export wells --store a.db -f jsonl --include restricted --reason 'audit of June' | grep -c '"village":"Canary2"'
2
$ bayaz export wells --store a.db --shape long --include restricted --reason 'audit of June' | grep -c Canary1
0
[1]
