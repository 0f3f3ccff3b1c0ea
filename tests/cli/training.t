# Records made for training say so from their birth to the export, and count in
# a project for training only.
@require age
@file wells.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>Wells</h:title><model>
<instance><data id="wells" version="1"><village/><depth/><meta><instanceID/></meta></data></instance>
<instance id="__last-saved" src="jr://instance/last-saved"/>
<bind nodeset="/data/village" type="string"/>
<bind nodeset="/data/depth" type="int"/>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
<setvalue event="odk-instance-first-load" ref="/data/village" value="instance('__last-saved')/data/village"/>
</model></h:head>
<h:body>
<input ref="/data/village"><label>Village?</label></input>
<input ref="/data/depth"><label>Depth?</label></input>
</h:body></h:html>
@end
@file shelter.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Shelter</h:title><model>
<instance><data id="shelter" version="1" bayaz:class="protected" bayaz:list-title="Visit B"><code/></data></instance>
<bind nodeset="/data/code" type="string" bayaz:sensitivity="restricted"/>
</model></h:head>
<h:body><input ref="/data/code"><label>Code?</label></input></h:body></h:html>
@end
$ echo 'lantern over the river' > pass
$ fingerprint() { grep -oE '[A-Z2-7]{4}(-[A-Z2-7]{4}){4}' $1 | tail -1; }
$ bayaz -C boss project new Water --no-passphrase --recovery-file recovery > out.txt 2>&1
$ bayaz -C boss project kit -o kit.bayaz --form wells.xml --form shelter.xml --words-file words > out.txt
$ bayaz join kit.bayaz --words-file words --name KP-031 --passphrase-file pass > joined
$ printf '%s\n' Ghazi 40 yes | bayaz collect wells --new --passphrase-file pass | tail -1
finished: record {{[0-9a-f]+}} is ready to be packed
$ printf '%s\n' Madeup 1 :q | bayaz collect wells --new --training --passphrase-file pass | sed -n 2,4p
(training: a made-up record)
\[1/2] Village?
\> 

# It stays what it was begun as.
$ printf '%s\n' :q | bayaz collect wells --resume last --passphrase-file pass | grep -c training
0
[1]
$ printf '%s\n' :u :u :r :r :b '' 2 yes | bayaz collect wells --resume last --passphrase-file pass | grep -c 'training: a'
{{[1-9]}}
$ printf '%s\n' Kot 7 :q | bayaz collect wells --new --passphrase-file pass | grep '  = '
  = Ghazi
$ bayaz collect wells --resume last --training --passphrase-file pass
bayaz: this record was begun in earnest: begin a new one for training
[1]
$ printf '%s\n' yes | bayaz collect wells --resume last --passphrase-file pass > out.txt
$ printf ':q\n' | bayaz collect wells --new --training --passphrase-file pass | grep '  = '
  = Madeup
$ bayaz list --passphrase-file pass | sed 's/^  [0-9a-f]*//' | sort
	draft	{{[0-9-]+}}	Wells	training
	ready	{{[0-9-]+}}	Wells
	ready	{{[0-9-]+}}	Wells
	ready	{{[0-9-]+}}	Wells	training
Visit B
Wells	wells	1
forms:
records:
$ bayaz list --json --passphrase-file pass | grep -o '"training":true' | wc -l
2

# It outlives another version of the form, in which our prefix is another's.
$ sed 's/version="1"/version="2" xmlns:bayaz="urn:other" bayaz:kind="dug"/' wells.xml > newer.xml
$ bayaz form add newer.xml --passphrase-file pass
added 'wells' version '2'
$ bayaz rebase $(bayaz list --passphrase-file pass | sed -n 's/^  \([0-9a-f]*\).draft.*/\1/p') --passphrase-file pass
taken over from version '1' to '2'
$ printf '%s\n' Taken 3 yes | bayaz collect wells --resume last --passphrase-file pass | tail -1
finished: record {{[0-9a-f]+}} is ready to be packed

# What another program made for training is imported as that; so is what is
# filled by a script.
$ printf 'set\t/data/village\tFilled\n' > script.tsv
$ bayaz fill wells.xml --script script.tsv --training -o filled.xml
$ grep -o '<data [^>]*>' filled.xml
<data xmlns:bayaz="urn:x-bayaz:forms" id="wells" version="1" bayaz:training="yes">
$ bayaz fill wells.xml --script script.tsv | grep -c training
0
[1]
$ bayaz import filled.xml --passphrase-file pass > out.txt
$ bayaz list --passphrase-file pass | grep -c 'training$'
3

# A protected one says so inside of its seal.
$ printf '%s\n' C-1 yes | bayaz collect shelter --new --training --passphrase-file pass | tail -1
finished: record {{[0-9a-f]+}} is ready to be packed
$ bayaz pack -o 1.bayaz --passphrase-file pass > out.txt
$ grep -o 'AGE-SECRET[^ ]*' recovery | head -1 > paper.key
$ age -d -i paper.key 1.bayaz | gzip -dc 2>/dev/null | tar x
$ grep -l 'bayaz[-2]*:training="yes"' records/*.xml | wc -l
3
$ grep -h -o '<data [^>]*version="2"[^>]*>' records/*.xml
<data xmlns:bayaz="urn:other" xmlns:bayaz-2="urn:x-bayaz:forms" id="wells" version="2" bayaz:kind="dug" bayaz-2:training="yes">

# At the centre it is kept, and does not count.
$ bayaz -C boss merge --store store.db --accept $(fingerprint joined) 1.bayaz > out.txt 2>&1
$ bayaz store dump --store store.db | grep '"line":"version"' | grep -o '"training":[a-z]*' | sort | uniq -c | sed 's/^ *//'
2 "training":false
3 "training":true
$ bayaz export wells --store store.db 2>/dev/null | cut -d , -f 1 | wc -l
3
$ bayaz export wells --store store.db 2>/dev/null | grep -c 'Madeup\|Taken\|Filled'
0
[1]

# So does a record whose date the worker gave.
$ sed 's/bayaz:training="yes"/bayaz:clock="given"/; s/uuid:/uuid:1/' filled.xml > dated.xml
$ bayaz import dated.xml --passphrase-file pass > out.txt
$ bayaz pack -o 3.bayaz --passphrase-file pass > out.txt
$ age -d -i paper.key 3.bayaz | gzip -dc 2>/dev/null | tar xO manifest.json | grep -o '"clock_doubted":[a-z]*'
"clock_doubted":true
$ bayaz -C boss merge --store store.db 3.bayaz > out.txt 2>&1
$ bayaz export wells --store store.db 2>/dev/null | cut -d , -f 6,7 | sort
0,Ghazi
0,Kot
1,Filled
bz_date_given,village
$ bayaz export wells --store store.db --all-versions 2>/dev/null | grep -c ',1,Filled'
1

# In a project for training everything is made up, and counts.
$ bayaz -C school project new School --training --no-passphrase --recovery-file recovery2 > out.txt 2>&1
$ bayaz -C school project kit -o kit2.bayaz --form wells.xml --words-file words2 > out.txt
$ bayaz -C pupil join kit2.bayaz --words-file words2 --name KP-1 --no-passphrase > joined2
$ printf '%s\n' Learnt 40 yes | bayaz -C pupil collect wells --new | sed -n 2p
(training: a made-up record)
$ bayaz -C pupil pack -o 2.bayaz > out.txt
$ bayaz -C school merge --store school.db --accept $(fingerprint joined2) 2.bayaz > out.txt 2>&1
$ bayaz export wells --store school.db 2>/dev/null | grep -c Learnt
1
