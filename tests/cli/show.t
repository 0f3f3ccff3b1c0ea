@file form.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Talk</h:title><model>
<instance><data id="talk" version="1" bayaz:class="standard"><who/><age/><pin/><child jr:template=""><name/></child><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/who" type="string" bayaz:sensitivity="public"/>
<bind nodeset="/data/age" type="int" constraint=". &lt; 120" jr:constraintMsg="Nobody is that old." bayaz:sensitivity="public"/>
<bind nodeset="/data/child/name" bayaz:sensitivity="public"/>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
</model></h:head>
<h:body>
<input ref="/data/who"><label>Who?</label></input>
<input ref="/data/age"><label>Age?</label></input>
<secret ref="/data/pin"><label>Pin?</label></secret>
<group ref="/data/child"><label>Children</label><repeat nodeset="/data/child"><input ref="/data/child/name"><label>Name</label></input></repeat></group>
</h:body></h:html>
@end
$ bayaz -C boss project new Talks --no-passphrase --recovery-file recovery > out.txt 2>&1
$ bayaz -C boss project kit -o kit.bayaz --form form.xml --words-file words > out.txt
$ bayaz join kit.bayaz --words-file words --name KP-031 --no-passphrase > joined1 2>&1

# A draft: what was answered, removed, refused, undone.
$ printf '%s\n' W-1 200 30 4321 yes Bano yes Gul no :g4 :d :u :g1 :x W-2 ':c she said so' :u :u :q | bayaz collect talk --new > out.txt
$ bayaz list --json | grep -o '"record":"[^"]*' | cut -d '"' -f 4 > id
$ bayaz show $(cat id)
{{[0-9a-f]+}}	draft	{{[0-9-]+}}	Talk	talk 1
Age?	/data/age	30
Pin?	/data/pin	****
Name	/data/child[1]/name	Bano
Name	/data/child[2]/name	Gul
$ bayaz show $(cat id) --history | sed 's/\t[0-9-]* [0-9:]*\t/\tT\t/'
{{[0-9a-f]+}}	draft	{{[0-9-]+}}	Talk	talk 1
1	T	begun		
2	T	answer	/data/who	W-1
3	T	refused	/data/age	200
4	T	answer	/data/age	30
5	T	answer	/data/pin	****
6	T	added	/data/child[1]	
7	T	answer	/data/child[1]/name	Bano
8	T	added	/data/child[2]	
9	T	answer	/data/child[2]/name	Gul
10	T	removed	/data/child[1]		undone
11	T	undo	event 10	
12	T	answer	/data/who	W-1 -> 
13	T	answer	/data/who	W-2	undone
14	T	comment	/data/age	she said so	undone
15	T	undo	event 14	
16	T	undo	event 13	
$ bayaz show $(cat id) --history --json | grep -o '{"joined":false,"kind":"answer"[^}]*}' | tail -2
{"joined":false,"kind":"answer","new":"","number":12,"old":"W-1","path":"/data/who","time":"{{[0-9: -]+}}","undone":false}
{"joined":false,"kind":"answer","new":"W-2","number":13,"old":"","path":"/data/who","time":"{{[0-9: -]+}}","undone":true}
$ bayaz show $(cat id) --json | sed 's/.*"answers":\(.*\]\),.*/\1/'
[{"label":"Age?","path":"/data/age","value":"30"},{"label":"Pin?","path":"/data/pin","value":"****"},{"label":"Name","path":"/data/child[1]/name","value":"Bano"},{"label":"Name","path":"/data/child[2]/name","value":"Gul"}]

# Old values follow instances that are renumbered, and come back with undo.
$ printf '%s\n' :g4 :d :g4 Gula :u :u :g4 Banu :q | bayaz collect talk --resume last > out.txt
$ bayaz show $(cat id) --history | sed -n 's/\t[0-9-]* [0-9:]*\t/\tT\t/;18,$p'
17	T	removed	/data/child[1]		undone
18	T	answer	/data/child[1]/name	Gul -> Gula	undone
19	T	undo	event 18	
20	T	undo	event 17	
21	T	answer	/data/child[1]/name	Bano -> Banu

# What is finished, and what an answer may not do to a terminal.
$ printf 'W\033[2J-3\n30\n\nno\nyes\n' | bayaz collect talk --new > out.txt
$ bayaz list | sed -n 's/^  \([0-9a-f]*\).ready.*/\1/p' > done
$ bayaz show $(cat done)
{{[0-9a-f]+}}	ready	{{[0-9-]+}}	Talk	talk 1
Who?	/data/who	W[2J-3
Age?	/data/age	30
$ bayaz show $(cat done) --history | wc -l
4

# What could not be read as an answer is kept, too.
$ printf '%s\n' '' thirty 40 '' maybe :q | bayaz collect talk --new > out.txt
$ bayaz list | sed -n 's/^  \([0-9a-f]*\).draft.*/\1/p' > drafts
$ for id in $(cat drafts); do bayaz show $id --history; done | grep 'thirty' | cut -f 3,4,5
refused	/data/age	thirty

# The versions in a store: what a laptop sent, its correction, and one that
# another laptop made of the same, which is a conflict.
@file edit.sh
sed "s/%OLD%/$1/; s/%NEW%/$2/; s/%WHO%/$3/" <<'END'
<data id="talk" version="1"><who>%WHO%</who><age>31</age><pin/><meta><instanceID>uuid:%NEW%</instanceID><deprecatedID>%OLD%</deprecatedID></meta></data>
END
@end
$ bayaz pack -o 1.bayaz > out.txt
$ fingerprint() { grep -oE '[A-Z2-7]{4}(-[A-Z2-7]{4}){4}' $1 | tail -1; }
$ bayaz -C boss merge --store store.db --accept $(fingerprint joined1) 1.bayaz > out.txt 2>&1
$ bayaz list --json | grep -o '"instance":"[^"]*","name":"","protected":false,"record":"'$(cat done) | cut -d '"' -f 4 > instance
$ bayaz show $(cat instance) --store store.db
uuid:{{[0-9a-f-]+}}	talk
  {{[0-9a-f]+}}	shown	uuid:{{[0-9a-f-]+}}	1
    {{[0-9-]+}}	KP-031	bundle 1	{{[0-9a-f]+}}	{{[A-Z0-9-]+}}
$ sh edit.sh $(cat instance) second W-4 > second.xml
$ bayaz import second.xml > out.txt
$ bayaz pack -o 2.bayaz > out.txt
$ bayaz -C boss merge --store store.db 2.bayaz > out.txt 2>&1
$ bayaz show uuid:second --store store.db
uuid:{{[0-9a-f-]+}}	talk
  {{[0-9a-f]+}}	shown	uuid:second	1
    made from {{[0-9a-f]+}}
    {{[0-9-]+}}	KP-031	bundle 2	{{[0-9a-f]+}}	{{[A-Z0-9-]+}}
1 older version: --history shows it
$ bayaz -C other join kit.bayaz --words-file words --name KP-032 --no-passphrase > joined2 2>&1
$ sh edit.sh $(cat instance) third W-5 > third.xml
$ bayaz -C other import third.xml > out.txt
$ bayaz -C other pack -o 3.bayaz > out.txt
$ bayaz -C boss merge --store store.db --accept $(fingerprint joined2) 3.bayaz > out.txt 2>&1
$ bayaz show uuid:second --store store.db --history | grep -o 'shown, in conflict\|in conflict\|superseded' | sort
in conflict
shown, in conflict
superseded
$ bayaz show uuid:third --store store.db --history --json | grep -o '"conflict":[a-z]*\|"n_versions":[0-9]*\|"device":"[^"]*"\|"shown":[a-z]*' | sort | uniq -c | sed 's/^ *//'
1 "conflict":true
2 "device":"KP-031"
1 "device":"KP-032"
1 "n_versions":3
2 "shown":false
1 "shown":true
$ bayaz show 00000000 --store store.db
bayaz: there is no record '00000000'
[1]
$ bayaz show $(cat id) --store nothing.db
bayaz: {{.*}}
[1]

# A protected one: nothing but the day and the size of it; of a draft, nothing
# that was changed before it was left.
@file shelter.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Shelter</h:title><model>
<instance><data id="shelter" version="1" bayaz:class="protected" bayaz:list-title="Visit B"><code/><need/></data></instance>
<bind nodeset="/data/code" type="string" bayaz:sensitivity="restricted"/>
<bind nodeset="/data/need" type="string" bayaz:sensitivity="restricted"/>
</model></h:head>
<h:body>
<input ref="/data/code"><label>Code?</label></input>
<input ref="/data/need"><label>Need?</label></input>
</h:body></h:html>
@end
$ echo 'lantern over the river' > pass
$ bayaz -C boss project kit -o kit2.bayaz --form shelter.xml --words-file words2 > out.txt
$ bayaz -C safe join kit2.bayaz --words-file words2 --name KP-033 --passphrase-file pass > joined3
$ printf '%s\n' C-1 before :b after :b ':c a remark' :q | bayaz -C safe collect shelter --new --passphrase-file pass > out.txt
$ bayaz -C safe list --json --passphrase-file pass | grep -o '"record":"[^"]*' | cut -d '"' -f 4 > id
$ bayaz -C safe show $(cat id) --history --passphrase-file pass
{{[0-9a-f]+}}	draft	{{[0-9-]+}}	Visit B
1	{{[0-9-]+}}	begun		
1		comment	/data/need	a remark
$ bayaz -C safe show $(cat id) --passphrase-file pass
{{[0-9a-f]+}}	draft	{{[0-9-]+}}	Visit B
Code?	/data/code	C-1
Need?	/data/need	after	# a remark
$ printf '%s\n' :u :n yes | bayaz -C safe collect shelter --resume last --passphrase-file pass | grep '!\|finished'
\>   ! there is nothing to undo: what was changed before this interview was left is not kept
finished: record {{[0-9a-f]+}} is ready to be packed
$ bayaz -C safe show $(cat id) --passphrase-file pass
{{[0-9a-f]+}}	ready	{{[0-9-]+}}	Visit B
it is sealed: this device cannot open it any more
$ bayaz -C safe show $(cat id) --history --json --passphrase-file pass
{"begun":"{{[0-9-]+}}","events":[],"protected":true,"record":"{{[0-9a-f]+}}","state":"ready","title":"Visit B","training":false}
$ bayaz -C safe pack -o 4.bayaz --passphrase-file pass > out.txt
$ bayaz -C boss merge --store store.db --accept $(fingerprint joined3) 4.bayaz > out.txt 2>&1
$ bayaz store dump --store store.db | grep '"line":"sealed"' | grep -o '"sha256":"[0-9a-f]*' | cut -d '"' -f 4 | cut -c 1-12 > sealed
$ bayaz show $(cat sealed) --store store.db --history | cut -f 1-4
protected
  {{[0-9a-f]+}}	sealed
    {{[0-9-]+}}	KP-033	bundle 1	{{[0-9a-f]+}}
