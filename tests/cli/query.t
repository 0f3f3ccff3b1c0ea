# A question goes down, its answer comes up, and closes it.
@file form.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Wells</h:title><model><instance>
<data id="wells" version="1" bayaz:class="standard"><depth/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/depth" type="int" bayaz:sensitivity="public"/></model></h:head>
<h:body><input ref="/data/depth"><label>Depth</label></input></h:body></h:html>
@end
@file visit.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Visit</h:title><model><instance>
<data id="visit" version="1" bayaz:class="protected"><note/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/note" type="string" bayaz:sensitivity="restricted"/></model></h:head>
<h:body><input ref="/data/note"><label>Note</label></input></h:body></h:html>
@end
@file a.xml
<data id="wells" version="1"><depth>12</depth><meta><instanceID>uuid:a</instanceID></meta></data>
@end
$ echo river > pass
$ bayaz -C centre project new Pilot --passphrase-file pass --recovery-file paper > said 2>&1
$ bayaz -C centre project kit -o kit.bayaz form.xml visit.xml --words-file words --passphrase-file pass > said
$ for n in 1 2; do
>   bayaz -C laptop$n join kit.bayaz --words-file words --passphrase-file pass \
>     --name KP-00$n > said || exit
>   sed "s/uuid:a/uuid:$n/" a.xml > one.xml
>   sed "s/wells/visit/; s/depth/note/g; s/uuid:a/uuid:p$n/" a.xml > two.xml
>   bayaz -C laptop$n import one.xml two.xml --passphrase-file pass > said || exit
>   bayaz -C laptop$n pack -o $n.bayaz --passphrase-file pass > said || exit
> done
$ bayaz -C centre merge 1.bayaz 2.bayaz --store a.db --accept-new --passphrase-file pass > said

# What must be said.
$ bayaz -C centre query uuid:1 'Is 12 right?'
bayaz: say which store with --store DB
...
[2]
$ bayaz -C centre query uuid:1 --store a.db
bayaz: name a record and what to ask about it, or say --list or --close QUESTION
...
[2]
$ bayaz -C centre query uuid:9 'Is 12 right?' --store a.db --passphrase-file pass
bayaz: there is no record 'uuid:9'
[1]
$ bayaz -C centre query uuid:1 'Is 12 right?' --question depth --store a.db --passphrase-file pass
bayaz: 'depth' is no path of a question, like /data/depth
[1]
$ bayaz -C centre query uuid:1 "$(head -c 513 /dev/zero | tr '\0' x)" --store a.db --passphrase-file pass
bayaz: a question has 512 bytes at most
[1]
$ bayaz -C laptop1 query uuid:1 'Is 12 right?' --store a.db --passphrase-file pass
bayaz: this workspace holds no coordinator's keys
[1]
$ bayaz query --list --store a.db

# Asked twice, it is one question.
$ bayaz -C centre query uuid:1 'Is 12 right?' --question /data/depth --store a.db --passphrase-file pass > asked; cat asked
question {{[0-9a-f]+}}: it goes with the next 'bayaz send'
$ bayaz -C centre query uuid:1 'Is 12 right?' --question /data/depth --store a.db --passphrase-file pass | cmp - asked

# Of a protected record only a few things may be asked: never free text.
$ sealed=$(bayaz store dump --store a.db | grep '"line":"sealed"' | head -1 | grep -o '"sha256":"[0-9a-f]*"' | cut -c 11-22)
$ bayaz -C centre query $sealed 'What did she say?' --store a.db --passphrase-file pass
bayaz: of a protected record only a few things may be asked: see 'bayaz help query'
[1]
$ bayaz -C centre query $sealed day --question /data/note --store a.db --passphrase-file pass
bayaz: of a protected record only a few things may be asked: see 'bayaz help query'
[1]
$ bayaz -C centre query $sealed day --store a.db --passphrase-file pass > protected
$ bayaz query --list --store a.db | sort -k 4
{{[0-9a-f]+}}	open	{{[0-9-]+}}	sha256:{{[0-9a-f]+}}	is the day of this record right?
{{[0-9a-f]+}}	open	{{[0-9-]+}}	uuid:1	Is 12 right?	/data/depth

# It goes to who brought the record; others see nothing of it.
$ bayaz -C centre send -o d1.bayaz --store a.db --all --passphrase-file pass
d1.bayaz: number {{[0-9]+}}, for 2 laptops
  2 questions that wait for an answer
  no receipts for 4 records: no backup holds them (see 'bayaz help store')
$ cat laptop1/field.db* laptop2/field.db* | grep -c 'Is 12'
0
[1]
$ for n in 1 2; do bayaz -C laptop$n receive d1.bayaz --passphrase-file pass > got$n; done; cat got1 got2 | grep -o '[0-9] question' | awk '{ n += $1 } END { print n }'
2
$ bayaz -C laptop2 list --passphrase-file pass | grep -c 'Is 12'
0
[1]
$ bayaz -C laptop1 list --passphrase-file pass | grep 'Is 12'
  {{[0-9a-f]+}}	{{[0-9a-f]+}}	{{[0-9-]+}}	Is 12 right?	/data/depth
$ bayaz -C laptop1 list --passphrase-file pass | grep -c "Wells.*asked about"
1
$ bayaz -C laptop1 show uuid:1 --passphrase-file pass | tail -2
questions of the coordinator:
  {{[0-9a-f]+}}	{{[0-9a-f]+}}	{{[0-9-]+}}	Is 12 right?	/data/depth
$ bayaz -C laptop1 pack -o none.bayaz --passphrase-file pass
bayaz: no record is ready to be packed
[1]

# Answered, changed, packed, and then fixed.
$ bayaz -C laptop1 answer uuid:1 'It is 21' --passphrase-file pass
answered question {{[0-9a-f]+}}: the answer goes with the next bundle
$ bayaz -C laptop1 answer uuid:1 'No, 21' --passphrase-file pass > said
$ bayaz -C laptop1 pack -o 3.bayaz --passphrase-file pass
3.bayaz: bundle 2 with 0 records
1 answer to a question goes with it
$ bayaz -C laptop1 answer uuid:1 'No, 22' --passphrase-file pass
bayaz: that answer has been sent already
[1]
$ bayaz -C laptop1 list --passphrase-file pass | grep -A 1 'Is 12'
  {{[0-9a-f]+}}	{{[0-9a-f]+}}	{{[0-9-]+}}	Is 12 right?	/data/depth
    answered on {{[0-9-]+}}: No, 21 (in bundle 2)
$ bayaz -C laptop1 pack -o none.bayaz --passphrase-file pass
bayaz: no record is ready to be packed
[1]

# As long as the answer is not at the centre, it is asked on, and there once.
$ bayaz -C centre send -o d2.bayaz --store a.db --to KP-001 --passphrase-file pass > said
$ bayaz -C laptop1 receive d2.bayaz --passphrase-file pass > said
$ bayaz -C laptop1 list --passphrase-file pass | grep -c 'Is 12'
1
$ bayaz -C centre merge 3.bayaz --store a.db --passphrase-file pass > said
$ bayaz query --list --store a.db | grep -A 1 'Is 12'
{{[0-9a-f]+}}	answered	{{[0-9-]+}}	uuid:1	Is 12 right?	/data/depth
    KP-001	bundle 2	{{[0-9-]+}}	No, 21
$ bayaz query --list --store a.db --json | grep -o '"answers":\[{[^]]*' | head -1
"answers":[{"answered":"{{[0-9-]+}}","bundle":2,"device":"KP-001","text":"No, 21"}
$ bayaz -C centre send -o d3.bayaz --store a.db --to KP-001 --passphrase-file pass > said
$ bayaz -C laptop1 receive d3.bayaz --passphrase-file pass > said
$ bayaz -C laptop1 list --passphrase-file pass | grep -c 'Is 12'
0
[1]

# Rebuilt, and merged in another order elsewhere: the same.
$ bayaz store dump --store a.db > dump; bayaz store rebuild --store a.db; bayaz store dump --store a.db | cmp - dump
$ grep -c '"line":"query"' dump
2

# A question that nobody needs any more.
$ bayaz -C centre query --close 12345678 --store a.db --passphrase-file pass
bayaz: the store has no question '12345678'
[1]
$ bayaz -C centre query --close $(grep -o '[0-9a-f]\{8\}' protected | head -1) --store a.db --passphrase-file pass
$ bayaz query --list --store a.db | grep -v '^ ' | cut -f 2 | sort
answered
closed
$ bayaz -C centre send -o d4.bayaz --store a.db --all --passphrase-file pass > said
$ for n in 1 2; do bayaz -C laptop$n receive d4.bayaz --passphrase-file pass > got; bayaz -C laptop$n list --json --passphrase-file pass | grep -o '"questions":\[\]'; done
"questions":[]
"questions":[]
