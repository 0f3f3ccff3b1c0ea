# What the record saved last held is there for the next one of its form.
@file form.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Wells</h:title><model>
<instance><data id="wells" version="1" bayaz:class="standard"><village/><depth/><meta><instanceID/></meta></data></instance>
<instance id="__last-saved" src="jr://instance/last-saved"/>
<bind nodeset="/data/village" type="string" bayaz:sensitivity="public"/>
<bind nodeset="/data/depth" type="int" bayaz:sensitivity="public"/>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
<setvalue event="odk-instance-first-load" ref="/data/village" value="instance('__last-saved')/data/village"/>
</model></h:head>
<h:body>
<input ref="/data/village"><label>Village?</label></input>
<input ref="/data/depth"><label>Depth?</label></input>
</h:body></h:html>
@end
$ bayaz init --no-passphrase > init.txt 2>&1
$ bayaz form add form.xml
added 'wells' version '1'
$ printf '%s\n' Ghazi 40 yes | bayaz collect wells --new | grep '  = '
[1]
$ printf '%s\n' '' 50 yes | bayaz collect wells --new | grep '  = '
  = Ghazi

# Not from a draft, and not in a restricted form.
$ printf '%s\n' Kot 12 :q | bayaz collect wells --new > out.txt
$ printf '%s\n' '' 50 yes | bayaz collect wells --new | grep '  = '
  = Ghazi
$ sed 's/standard/restricted/; s/"wells"/"kept"/' form.xml > kept.xml
$ bayaz form add kept.xml
added 'kept' version '1'
$ printf '%s\n' Ghazi 40 yes | bayaz collect kept --new | tail -1
finished: record {{[0-9a-f]+}} is ready to be packed
$ printf '%s\n' '' 50 yes | bayaz collect kept --new | grep '  = '
[1]
