# Passphrases on a terminal; some bare systems have none to give.
@require pty
@file form.xml
<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa">
 <h:head><h:title>Water points</h:title>
  <model>
   <instance><data id="water" version="1"><point/></data></instance>
   <instance id="points" src="jr://file-csv/points.csv"/>
   <bind nodeset="/data/point" type="string"/>
  </model>
 </h:head>
 <h:body><input ref="/data/point"><label>Which point?</label></input></h:body>
</h:html>
@end

# On a terminal the new passphrase is asked for twice, and is not shown.
@file typing.py
import os, pty, sys

typed = [line.encode() + b"\n" for line in sys.argv[1].split("|")]
child, terminal = pty.fork()
if child == 0:
    os.execvp("bayaz", ["bayaz"] + sys.argv[2:])
shown = b""
while True:
    try:
        piece = os.read(terminal, 1000)
    except OSError:
        piece = b""
    if not piece:
        break
    shown += piece
    if piece.endswith(b": ") and typed:
        os.write(terminal, typed.pop(0))
print("\n".join(line.rstrip() for line in shown.decode().splitlines()))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
@end
$ python3 typing.py 'river|brook' -C typed project new T --recovery-file recovery4
new passphrase:
the same passphrase again:
bayaz: the two passphrases are not the same
[1]
$ ls typed
ls: {{.*}}
[2]
$ python3 typing.py 'river|river' -C typed project new T --recovery-file recovery5
new passphrase:
the same passphrase again:
project 'T' is made
fingerprint: {{[A-Z2-7-]+}}
$ python3 typing.py 'brook' -C typed project kit -o bad.bayaz form.xml
passphrase:
bayaz: the passphrase does not open this workspace
[1]
$ python3 typing.py 'river' -C typed project kit -o t.bayaz form.xml --words-file words
passphrase:
bayaz: 1 wrong passphrase was tried here on {{.*}}: if it was not you, tell your coordinator
t.bayaz: kit 1 with 1 form
