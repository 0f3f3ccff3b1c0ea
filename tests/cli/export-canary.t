# What must not leave a store leaves it in no format (DNH-18, DNH-20): each kind
# of answer and record has a word of its own, looked for in all that is written,
# also in what is packed inside.
@require python3 "$top_builddir/bayaz-export"
@file form.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Wells</h:title><model><instance>
<data id="wells" version="1" bayaz:class="standard"><owner/><village/><depth/><note/><place/><child jr:template=""><name/><age/></child><meta><instanceID/><instanceName/></meta></data></instance>
<bind nodeset="/data/owner" type="string" bayaz:sensitivity="identifying"/>
<bind nodeset="/data/village" type="string" bayaz:sensitivity="restricted"/>
<bind nodeset="/data/depth" type="int" bayaz:sensitivity="public"/>
<bind nodeset="/data/note" type="string" bayaz:sensitivity="public"/>
<bind nodeset="/data/place" type="geopoint" bayaz:sensitivity="public"/>
<bind nodeset="/data/child/name" type="string"/>
<bind nodeset="/data/child/age" type="int" bayaz:sensitivity="public"/>
<bind nodeset="/data/meta/instanceName" type="string" calculate="concat('Named ', /data/owner)"/></model></h:head>
<h:body><input ref="/data/owner"><label>Owner</label></input><input ref="/data/village"><label>Village</label></input>
<input ref="/data/depth"><label>Depth</label></input><input ref="/data/note"><label>Note</label></input>
<input ref="/data/place"><label>Place</label></input>
<group ref="/data/child"><label>Child</label><repeat nodeset="/data/child"><input ref="/data/child/name"><label>Name</label></input><input ref="/data/child/age"><label>Age</label></input></repeat></group>
</h:body></h:html>
@end
@file record.sh
# record NAME PUBLIC MORE: a record, imported
cat > $1.xml <<X
<data id="wells" version="1"$3><owner>IDENTIFYING</owner><village>RESTRICTED</village><depth>7</depth><note>$2</note><place>34.5 71.2 0 0</place><child><name>UNTAGGED</name><age>3</age></child><meta><instanceID>uuid:$1</instanceID><instanceName>Named IDENTIFYING</instanceName></meta></data>
X
bayaz -C laptop import $1.xml > said
@end
@file look.py
import os, re, sys, zipfile, zlib
words = "PUBLIC RESTRICTED IDENTIFYING UNTAGGED TRAINING REJECTED DELETED =FORMULA UNKNOWN COMMENT".split()
found = set()
def look(data):
    for word in words:
        for code in ("utf-8", "utf-16-le"):
            at = data.find(word.encode(code))
            while at >= 0:
                before = data[max(at - 1, 0):at]
                if word != "=FORMULA" or before in (b"", b",", b"\n"):
                    found.add(word)
                at = data.find(word.encode(code), at + 1)
for path in sys.argv[1:]:
    for top, _, files in os.walk(path) if os.path.isdir(path) else [("", 0, [path])]:
        for name in files:
            with open(os.path.join(top, name), "rb") as file:
                data = file.read()
            look(name.encode() + b" " + data)
            if zipfile.is_zipfile(os.path.join(top, name)):
                with zipfile.ZipFile(os.path.join(top, name)) as packed:
                    for part in packed.namelist():
                        look(packed.read(part))
            for mark in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
                try:
                    look(zlib.decompressobj().decompress(data[mark.start():]))
                except zlib.error:
                    pass
print(" ".join(sorted(found)) or "nothing")
@end
$ echo river > pass
$ bayaz project new Pilot --passphrase-file pass --recovery-file paper > said 2>&1
$ bayaz project kit -o kit.bayaz form.xml --words-file words --passphrase-file pass > said
$ bayaz -C laptop join kit.bayaz --words-file words --no-passphrase > said
$ sh record.sh a PUBLIC; sh record.sh b =FORMULA; sh record.sh c REJECTED; sh record.sh d DELETED
$ sh record.sh e TRAINING ' xmlns:bayaz="urn:x-bayaz:forms" bayaz:training="yes"'
$ sed 's/uuid:a/uuid:f/; s/<depth/<other>UNKNOWN<\/other><!--COMMENT--><depth odd="COMMENT"/' a.xml > f.xml; bayaz -C laptop import f.xml > said
$ bayaz -C laptop pack -o 1.bayaz > said
$ bayaz merge 1.bayaz --store a.db --accept-new --passphrase-file pass > said
$ bayaz review uuid:c --state rejected --store a.db --passphrase-file pass > said
$ bayaz delete uuid:d --store a.db --passphrase-file pass > said

# The search finds each of them.
$ printf '7,=FORMULA\n' > cell.csv; python3 look.py [a-f].xml cell.csv
=FORMULA COMMENT DELETED IDENTIFYING PUBLIC REJECTED RESTRICTED TRAINING UNKNOWN UNTAGGED

# By default.
$ for how in "csv" "csv --shape wide" "csv --shape long" "csv --all-versions" jsonl geojson xml xlsx sav dta codebook codebook-json; do
>   rm -rf out; bayaz export wells --store a.db -f $how -o out 2> note || cat note
>   echo "$how: $(python3 look.py out)"
> done
csv: PUBLIC
csv --shape wide: PUBLIC
csv --shape long: PUBLIC
csv --all-versions: PUBLIC
jsonl: PUBLIC
geojson: PUBLIC
xml: PUBLIC
xlsx: PUBLIC
sav: PUBLIC
dta: PUBLIC
codebook: nothing
codebook-json: nothing

# When asked for, with a reason: restricted answers, never those that tell who a
# person is.
$ for how in "csv" "csv --shape wide" "csv --shape long" jsonl geojson xml xlsx sav dta; do
>   rm -rf out; bayaz export wells --store a.db -f $how -o out --include restricted --reason audit --unapproved --passphrase-file pass 2> note || cat note
>   echo "$how: $(python3 look.py out)"
> done
csv: PUBLIC REJECTED RESTRICTED
csv --shape wide: PUBLIC REJECTED RESTRICTED
csv --shape long: PUBLIC REJECTED RESTRICTED
jsonl: PUBLIC REJECTED RESTRICTED
geojson: PUBLIC REJECTED RESTRICTED
xml: PUBLIC REJECTED RESTRICTED
xlsx: PUBLIC REJECTED RESTRICTED
sav: PUBLIC REJECTED RESTRICTED
dta: PUBLIC REJECTED RESTRICTED

# XML: a file a record; what the form has as it was, and nothing else.
$ bayaz export wells --store a.db -f xml
bayaz: say where to write with --output
...
[2]
$ rm -rf out; bayaz export wells --store a.db -f xml -o out 2> note; ls out
uuid_a.xml
uuid_b.xml
uuid_f.xml
$ cat out/uuid_f.xml
<data id="wells" version="1"><owner></owner><village></village><depth>7</depth><note>PUBLIC</note><place>34.5 71.2 0 0</place><child><name></name><age>3</age></child><meta><instanceID>uuid:f</instanceID><instanceName></instanceName></meta></data>
$ bayaz export wells --store a.db -f xml -o out 2>&1 | tail -1
bayaz: something is in 'out': name a folder that is empty or not there

# A record of which nothing is left out is what the laptop signed.
$ printf '%s' '<data id="wells" version="1"><owner/><village/><depth>8</depth><note/><place/><meta><instanceID>uuid:g</instanceID><instanceName/></meta></data>' > g.xml
$ bayaz -C laptop import g.xml > said && bayaz -C laptop pack -o 2.bayaz > said && bayaz merge 2.bayaz --store a.db --passphrase-file pass > said
$ rm -rf out; bayaz export wells --store a.db -f xml -o out 2> note; sha256sum out/uuid_g.xml | cut -c 1-64 > sum
$ bayaz export wells --store a.db -f jsonl 2> note | grep uuid:g | grep -c "$(cat sum)"
1
