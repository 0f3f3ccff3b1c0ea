# Files in an interview.
@require age
@file form.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Shelters</h:title><model>
<instance><data id="shelters" version="1" bayaz:class="standard"><front/><more/><back/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/front" type="binary"/>
<bind nodeset="/data/more" type="string"/>
<bind nodeset="/data/back" type="binary" relevant="/data/more = 'yes'"/>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
</model></h:head>
<h:body>
<upload ref="/data/front" mediatype="image/*"><label>Front?</label></upload>
<input ref="/data/more"><label>More?</label></input>
<upload ref="/data/back" mediatype="image/*"><label>Back?</label></upload>
</h:body></h:html>
@end
$ bayaz -C boss project new Water --no-passphrase --recovery-file recovery > out.txt 2>&1
$ sed 's/standard/restricted/; s/"shelters"/"kept"/' form.xml > kept.xml
$ bayaz -C boss project kit -o kit.bayaz --form form.xml --form kept.xml --words-file words > out.txt
$ bayaz init --no-passphrase > out.txt
$ bayaz join kit.bayaz --words-file words --name KP-031 > out.txt
$ grep -o 'AGE-SECRET[^ ]*' recovery | head -1 > paper.key
$ mkdir one two out folder
$ echo the wrong one > photo.jpg; echo the front > one/photo.jpg; echo the back > two/photo.jpg

# Two photos may have one name, as cameras give it; neither takes the other's
# place. One that was replaced does not go along.
$ printf '%s\n' photo.jpg :b one/photo.jpg yes two/photo.jpg yes | bayaz collect shelters --new | tail -1
finished: record {{[0-9a-f]+}} is ready to be packed
$ bayaz pack -o 1.bayaz
1.bayaz: bundle 1 with 1 record
$ age -d -i paper.key 1.bayaz | gzip -dc 2>/dev/null | tar x -C out
$ grep -oE 'photo[^<]*' out/records/*.xml
photo-2.jpg
photo-3.jpg
$ cat out/files/* | sort
the back
the front

# What is not asked any more does not go along either.
$ printf '%s\n' one/photo.jpg yes two/photo.jpg :b :b no yes | bayaz collect shelters --new | tail -1
finished: record {{[0-9a-f]+}} is ready to be packed
$ rm -r out/*; bayaz pack -o 2.bayaz
2.bayaz: bundle 2 with 1 record
$ age -d -i paper.key 2.bayaz | gzip -dc 2>/dev/null | tar x -C out
$ cat out/files/*
the front

# What is none is explained; the interview goes on.
$ mkfifo pipe; ln -s loop loop
$ printf '%s\n' folder pipe loop gone.jpg one/photo.jpg :q | bayaz collect shelters --new 2>&1 | sed -n "s/^> *! //p"
'folder' is not a file
'pipe' is not a file
cannot open 'loop': Too many levels of symbolic links
cannot open 'gone.jpg': No such file or directory

# A restricted form takes pictures, and only the pictures of them.
$ cp "$TESTDIR/../fuzz/seeds/strip/phone.jpg" photo.jpg; echo voice > voice.m4a
$ head -c 700 photo.jpg > half.jpg
$ printf '%s\n' voice.m4a half.jpg photo.jpg no yes | bayaz collect kept --new 2>&1 | sed "s/^> *! //" | grep -E "voice|half|finished"
'voice.m4a' is neither a JPEG nor a PNG picture: of other files this form takes none, as place and time cannot be taken out of them
'half.jpg' is no whole picture: its end is missing
finished: record {{[0-9a-f]+}} is ready to be packed
$ bayaz pack -o 3.bayaz
3.bayaz: bundle 3 with 1 record
$ rm -r out/*; age -d -i paper.key 3.bayaz | gzip -dc 2>/dev/null | tar x -C out
$ grep -oE '<front>.*</front>' out/records/*.xml
<front>picture.jpg</front>
$ grep -c CANARY photo.jpg; grep -c CANARY out/files/*
13
0
[1]

# From elsewhere too; the record is refused, so that it is seen.
@file a.xml
<data id="kept" version="1"><front>voice.m4a</front><more/><back/><meta><instanceID>uuid:1</instanceID></meta></data>
@end
$ bayaz import a.xml
bayaz: a.xml: './voice.m4a' is neither a JPEG nor a PNG picture: of other files this form takes none, as place and time cannot be taken out of them
0 records imported
1 file refused
[1]
$ sed 's/voice.m4a/photo.jpg/' a.xml > b.xml; bayaz import b.xml
1 record imported
