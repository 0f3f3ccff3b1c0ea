# Answering what the coordinator asked; see query.t for the whole way.
$ bayaz answer uuid:1
{{.*}}something is missing after 'answer'
...
[2]
$ bayaz answer uuid:1 yes
bayaz: there is no workspace in '{{.*}}'{{.*}}
[1]
@file visit.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Visit</h:title><model><instance>
<data id="visit" version="1" bayaz:class="protected"><note/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/note" type="string" bayaz:sensitivity="restricted"/></model></h:head>
<h:body><input ref="/data/note"><label>Note</label></input></h:body></h:html>
@end
@file a.xml
<data id="visit" version="1"><note>12</note><meta><instanceID>uuid:a</instanceID></meta></data>
@end
$ echo river > pass
$ bayaz -C centre project new Pilot --passphrase-file pass --recovery-file paper > said 2>&1
$ bayaz -C centre project kit -o kit.bayaz visit.xml --words-file words --passphrase-file pass > said
$ bayaz join kit.bayaz --words-file words --passphrase-file pass --name KP-001 > said
$ bayaz import a.xml --passphrase-file pass > said && bayaz pack -o 1.bayaz --passphrase-file pass > said
$ bayaz -C centre merge 1.bayaz --store a.db --accept-new --passphrase-file pass > said
$ sealed=$(bayaz store dump --store a.db | grep '"line":"sealed"' | grep -o '"sha256":"[0-9a-f]*"' | cut -c 11-22)
$ bayaz answer 12345678 yes --passphrase-file pass
bayaz: there is no question '12345678': 'bayaz list' shows them
[1]

# Two about one record: one must be named.
$ bayaz -C centre query $sealed day --store a.db --passphrase-file pass | grep -o '[0-9a-f]\{8\}' > day
$ bayaz -C centre query $sealed twice --store a.db --passphrase-file pass > said
$ bayaz -C centre send -o d.bayaz --store a.db --all --passphrase-file pass > said
$ bayaz receive d.bayaz --passphrase-file pass > said
$ record=$(bayaz list --passphrase-file pass | grep packed | cut -c 3-10)
$ bayaz answer $record yes --passphrase-file pass
bayaz: '{{[0-9a-f]+}}' fits several questions: name one by its number
[1]

# Free text never goes with a protected record.
$ bayaz answer $(cat day) 'She moved away' --passphrase-file pass
bayaz: a question about a protected record is answered with one of a few words: see 'bayaz help answer'
[1]
$ bayaz answer $(cat day) no --passphrase-file pass --json
{"answered":"{{[0-9-]+}}","question":"{{[0-9a-f]+}}"}
$ bayaz list --passphrase-file pass | grep -A 1 day
  {{[0-9a-f]+}}	{{[0-9a-f]+}}	{{[0-9-]+}}	is the day of this record right?
    answered on {{[0-9-]+}}: no (goes with the next bundle)
$ bayaz pack -o 2.bayaz --passphrase-file pass > said
$ bayaz -C centre merge 2.bayaz --store a.db --passphrase-file pass > said
$ bayaz query --list --store a.db --json | grep -o '"code":"no"'
"code":"no"
