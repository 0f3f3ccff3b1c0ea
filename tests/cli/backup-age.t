# age and tar open a backup, and what is in it is a workspace.
@require age tar pty
@file typing.py
import os, pty, sys

child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown, typed = b"", False
while True:
    try:
        piece = os.read(terminal, 1000)
    except OSError:
        piece = b""
    if not piece:
        break
    shown += piece
    if b"passphrase" in shown and not typed:
        os.write(terminal, sys.argv[1].encode() + b"\n")
        typed = True
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
@end
$ echo river > pass
$ bayaz init --passphrase-file pass > init.txt
$ bayaz backup b.age --passphrase-file pass > backup.txt
$ python3 typing.py river age -d -o b.tar b.age
$ mkdir out && tar -xf b.tar -C out && ls out
field.db
keys
$ bayaz -C out list --passphrase-file pass
no forms
no records
