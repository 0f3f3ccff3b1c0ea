# A workspace of one's own.
$ bayaz list
bayaz: there is no workspace in '{{.*}}/home/workspace' (make one with 'bayaz init')
[1]
$ echo river | bayaz init --passphrase-file -
made a workspace in '{{.*}}/home/workspace'
$ bayaz init --no-passphrase
bayaz: there is a workspace in '{{.*}}/home/workspace' already
[1]
$ ls -l workspace/keys | cut -c 1-10
-rw-------
$ wc -c < workspace/keys
4096
$ echo brook | bayaz list --passphrase-file -
bayaz: the passphrase does not open this workspace
[1]
$ echo river | bayaz list --passphrase-file -
bayaz: 1 wrong passphrase was tried here on {{.*}}: if it was not you, tell your coordinator
no forms
no records
$ bayaz list
bayaz: there is no terminal to ask on: give a file with --passphrase-file or --words-file
[2]
$ bayaz -C open init --no-passphrase --json
{"passphrase":false,"workspace":"open"}
$ bayaz -C open list
no forms
no records
$ chmod 644 open/keys; bayaz -C open list
bayaz: 'open/keys' is open to other people: its mode must be 0600
[1]
$ bayaz init now
bayaz: too many arguments for 'init'
bayaz: try 'bayaz help init'
[2]
$ bayaz -C /dev/null/x init --no-passphrase
bayaz: cannot make folder '/dev/null': File exists
[1]
