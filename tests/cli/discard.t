@file form.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Wells</h:title><model>
<instance><data id="wells" version="1" bayaz:class="public"><village/><depth/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/village" type="string" bayaz:sensitivity="public"/>
<bind nodeset="/data/depth" type="int" bayaz:sensitivity="public"/>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
</model></h:head>
<h:body>
<input ref="/data/village"><label>Village?</label></input>
<input ref="/data/depth"><label>Depth?</label></input>
</h:body></h:html>
@end
@file in.xml
<data id="wells" version="1"><village>Kot</village><depth>7</depth><meta><instanceID>uuid:11111111-2222-4333-8444-555555555555</instanceID></meta></data>
@end
$ bayaz init --no-passphrase > init.txt 2>&1
$ bayaz form add form.xml
added 'wells' version '1'

# A draft comes back as it was, at the question left, with its undo.
$ printf '%s\n' Ghazi :q | bayaz collect wells --new > out.txt
$ bayaz list | sed -n 's/^  \([0-9a-f]*\).draft.*/\1/p' > id
$ bayaz discard $(cat id)
discarded: 'bayaz discard --back {{[0-9a-f]+}}' brings it back
$ bayaz list | tail -1 | cut -f 2
discarded
$ bayaz discard $(cat id)
bayaz: this record was discarded
[1]
$ bayaz collect wells --resume $(cat id)
bayaz: this record was discarded
[1]
$ bayaz discard --back $(cat id)
back: go on with 'bayaz collect wells --resume {{[0-9a-f]+}}'
$ bayaz discard --back $(cat id)
bayaz: this record is a draft
[1]
$ printf '%s\n' :u :r :q | bayaz collect wells --resume $(cat id) | grep '^\[\|  = \|finished'
\[2/2] Depth?
\[1/2] Village?
\[1/2] Village?
  = Ghazi

# A finished one is ready again when it comes back; resuming opens it.
$ printf '%s\n' '' 12 yes | bayaz collect wells --resume $(cat id) | tail -1
finished: record {{[0-9a-f]+}} is ready to be packed
$ bayaz discard $(cat id) > out.txt
$ bayaz discard --back $(cat id)
back: the record is ready to be packed
$ printf '%s\n' :u 13 yes | bayaz collect wells --resume $(cat id) 2>&1 | grep '^bayaz\|^\[\|  = \|finished'
bayaz: this record was finished: it is open again, and has to be finished again to be packed
\[2/2] Depth?
finished: record {{[0-9a-f]+}} is ready to be packed

# An imported one begins with its final state, as a new version of it.
$ bayaz import in.xml > out.txt
$ bayaz list | sed -n '$s/^  \([0-9a-f]*\).ready.*/\1/p' > other
$ bayaz list --json | grep -o '"instance":"uuid:1111[^"]*"'
"instance":"uuid:11111111-2222-4333-8444-555555555555"
$ printf '%s\n' '' 8 yes | bayaz collect wells --resume uuid:11111111-2222-4333-8444-555555555555 2>/dev/null | grep '  = '
  = Kot
  = 7
$ bayaz list --json | grep -o '"instance":"uuid:1111[^"]*"'
[1]

# What cannot be.
$ bayaz discard zzzz
bayaz: there is no record 'zzzz'
[1]
$ bayaz discard
bayaz: {{.*}}
...
[2]
