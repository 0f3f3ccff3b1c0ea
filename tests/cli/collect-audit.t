# A form that asks for a log of the interview.
@require age
@file form.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms" xmlns:odk="http://www.opendatakit.org/xforms">
<h:head><h:title>Wells</h:title><model>
<instance><data id="wells" version="1"><village/><depth/><pump jr:template=""><kind/></pump><orx:meta><orx:instanceID/><orx:audit/></orx:meta></data></instance>
<bind nodeset="/data/depth" type="int" constraint=". &lt; 500"/>
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>
<bind nodeset="/data/meta/audit" type="binary" odk:track-changes="true" odk:identify-user="true" odk:track-changes-reasons="on-form-edit" odk:location-priority="balanced" odk:location-min-interval="60" odk:location-max-age="120"/>
</model></h:head>
<h:body>
<input ref="/data/village"><label>Village?</label></input>
<input ref="/data/depth"><label>Depth?</label></input>
<repeat nodeset="/data/pump"><input ref="/data/pump/kind"><label>Pump?</label></input></repeat>
</h:body></h:html>
@end
$ bayaz -C boss project new Water --no-passphrase --recovery-file recovery > out.txt 2>&1
$ bayaz -C boss project kit -o kit.bayaz --form form.xml --words-file words > out.txt
$ bayaz init --no-passphrase > out.txt 2>&1
$ bayaz join kit.bayaz --words-file words --name KP-031 > out.txt

# Who is there is asked until it is said.
$ printf '%s\n' '' 'Bano, team 2' 'Ghazi, upper' 900 40 yes hand :b :d :g1 :q | bayaz collect wells --new > out.txt 2> places.txt
$ sed -n 1,6p out.txt

Who asks the questions? (This goes into the record's log.)
\> 
Who asks the questions? (This goes into the record's log.)
\> 
\[1/2] Village?

# Left without a word, it is on disk; resumed and changed, it asks why.
$ printf '%s\n' Bano :g2 41 :u :g2 42 | bayaz collect wells --resume last > out.txt
bayaz: the form wants places in its log: there is nothing here to find them with, so they stay blank
$ printf '%s\n' Bano :g2 43 no yes 'the rope was "short"' | bayaz collect wells --resume last 2>&1 | tail -5
This is the end. Finish the record? yes or no
\> 
Why was it changed?
\> 
finished: record {{[0-9a-f]+}} is ready to be packed

# Killed in the middle of it: what was done is there.
$ printf '%s\n' Bano Kot 12 | bayaz collect wells --new > out.txt 2>&1
$ mkfifo keys; bayaz collect wells --resume last < keys > killed.txt 2>&1 & pid=$!
> exec 9> keys; printf '%s\n' Bano :g2 13 >&9
> for i in $(seq 900); do [ $(grep -c 'Add another' killed.txt) -gt 1 ] && break; sleep 0.1; done
> kill -9 $pid; wait $pid 2>/dev/null
[137]
$ exec 9>&-; printf '%s\n' Bano :g1 '' '' no yes Again | bayaz collect wells --resume last 2>&1 | tail -1
finished: record {{[0-9a-f]+}} is ready to be packed

# The logs go with the records.
$ bayaz pack -o 1.bayaz
1.bayaz: bundle 1 with 2 records
$ grep -o 'AGE-SECRET[^ ]*' recovery | head -1 > paper.key
$ age -d -i paper.key 1.bayaz | gzip -dc 2>/dev/null | tar x
$ cat records/*.xml | grep -o '<orx:audit>[^/]*</orx:audit>'
<orx:audit>audit.csv</orx:audit>
<orx:audit>audit.csv</orx:audit>
$ sed 's/[0-9]\{13\}/T/g' $(grep -l Ghazi files/*)
event,node,start,end,latitude,longitude,accuracy,old-value,new-value,user,change-reason
form start,,T,,,,,,,"Bano, team 2",
question,/data/village,T,T,,,,,"Ghazi, upper","Bano, team 2",
constraint error,/data/depth,T,,,,,,,"Bano, team 2",
question,/data/depth,T,T,,,,,40,"Bano, team 2",
add repeat,/data/pump[1],T,T,,,,,,"Bano, team 2",
question,/data/pump[1]/kind,T,T,,,,,hand,"Bano, team 2",
add repeat,/data/pump[2],T,T,,,,,,"Bano, team 2",
question,/data/pump[1]/kind,T,T,,,,,,"Bano, team 2",
delete repeat,/data/pump[1],T,,,,,,,"Bano, team 2",
question,/data/village,T,T,,,,,,"Bano, team 2",
jump,,T,T,,,,,,"Bano, team 2",
question,/data/village,T,T,,,,,,"Bano, team 2",
form save,,T,,,,,,,"Bano, team 2",
form exit,,T,,,,,,,"Bano, team 2",
form resume,,T,,,,,,,Bano,
question,/data/village,T,T,,,,,,Bano,
jump,,T,T,,,,,,Bano,
question,/data/depth,T,T,,,,40,41,Bano,
add repeat,/data/pump[1],T,T,,,,,,Bano,
question,/data/depth,T,T,,,,,,Bano,
jump,,T,T,,,,,,Bano,
question,/data/depth,T,T,,,,40,42,Bano,
add repeat,/data/pump[1],T,T,,,,,,Bano,
form save,,T,,,,,,,Bano,
form exit,,T,,,,,,,Bano,
form resume,,T,,,,,,,Bano,
add repeat,/data/pump[1],T,T,,,,,,Bano,
jump,,T,T,,,,,,Bano,
question,/data/depth,T,T,,,,42,43,Bano,
add repeat,/data/pump[1],T,T,,,,,,Bano,
end screen,,T,T,,,,,,Bano,
change reason,,T,,,,,,,Bano,the rope was "short"
form save,,T,,,,,,,Bano,
form exit,,T,,,,,,,Bano,
form finalize,,T,,,,,,,Bano,
$ sed 's/[0-9]\{13\}/T/g' $(grep -l Kot files/*)
event,node,start,end,latitude,longitude,accuracy,old-value,new-value,user,change-reason
form start,,T,,,,,,,Bano,
question,/data/village,T,T,,,,,Kot,Bano,
question,/data/depth,T,T,,,,,12,Bano,
add repeat,/data/pump[1],T,T,,,,,,Bano,
form save,,T,,,,,,,Bano,
form exit,,T,,,,,,,Bano,
form resume,,T,,,,,,,Bano,
add repeat,/data/pump[1],T,T,,,,,,Bano,
jump,,T,T,,,,,,Bano,
question,/data/depth,T,T,,,,12,13,Bano,
form resume,,T,,,,,,,Bano,
add repeat,/data/pump[1],T,T,,,,,,Bano,
jump,,T,T,,,,,,Bano,
question,/data/village,T,T,,,,,,Bano,
question,/data/depth,T,T,,,,,,Bano,
add repeat,/data/pump[1],T,T,,,,,,Bano,
end screen,,T,T,,,,,,Bano,
form save,,T,,,,,,,Bano,
form exit,,T,,,,,,,Bano,
form finalize,,T,,,,,,,Bano,
