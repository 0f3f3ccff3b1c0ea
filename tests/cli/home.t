# Home needs somebody who types: the rest of it is in tests/screen/home.py.
# Without a terminal, `bayaz` alone lists the commands.
$ bayaz < /dev/null | sed -n 1p
bayaz: interviews by form, offline; answers packed, merged, counted
$ echo river > pass
$ printf 'begin\n' | bayaz home --lines
Welcome to bayaz
Here you fill in forms, without network. Each answer is kept at once, and locked with your passphrase.

  1  I have a kit from my coordinator
  2  I begin on my own, or want to try it
  3  Leave
Type a number, or press Enter to go back
\> Type a number, or press Enter to go back
\> 
$ bayaz init --passphrase-file pass > /dev/null
$ bayaz home --passphrase-file pass < /dev/null
bayaz
Begin a new one
There is no form yet: forms come with the coordinator's kit.
A number opens it; n new, p pack, r receive, j join, ? help, q quit
\> 
$ printf '?\nx\np\nd\nd 7\nn\nq\n' | bayaz home --passphrase-file pass
bayaz
Begin a new one
There is no form yet: forms come with the coordinator's kit.
A number opens it; n new, p pack, r receive, j join, ? help, q quit
\> Help
a number  opens that line; a letter and a number, such as 'd 2', means that line
n  a new interview, with the form that the cursor is on
t  the same to practise: a made-up record that never counts
d  discard the interview that the cursor is on
p  pack what is ready into a bundle, on a stick or in a folder
r  receive a file from the coordinator
j  join a project with a kit, or take a newer kit
q  leave
:h  hides everything at once; the passphrase brings it back
bayaz
Begin a new one
There is no form yet: forms come with the coordinator's kit.
A number opens it; n new, p pack, r receive, j join, ? help, q quit
\> A number opens it; n new, p pack, r receive, j join, ? help, q quit
\> bayaz
Begin a new one
There is no form yet: forms come with the coordinator's kit.
nothing is ready to be packed
A number opens it; n new, p pack, r receive, j join, ? help, q quit
\> bayaz
Begin a new one
There is no form yet: forms come with the coordinator's kit.
go to an interview first
A number opens it; n new, p pack, r receive, j join, ? help, q quit
\> A number opens it; n new, p pack, r receive, j join, ? help, q quit
\> bayaz
Begin a new one
There is no form yet: forms come with the coordinator's kit.
there is no form yet: forms come with the coordinator's kit
A number opens it; n new, p pack, r receive, j join, ? help, q quit
\> 
$ bayaz home --lock-after 16 --passphrase-file pass
bayaz: '16' is no number of minutes from 1 to 15
[2]
$ bayaz home now
bayaz: too many arguments for 'home'
bayaz: try 'bayaz help home'
[2]
