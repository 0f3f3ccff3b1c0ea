$ bayaz help
bayaz: interviews by form, offline; answers packed, merged, counted

usage: bayaz [-C WORKSPACE] COMMAND [OPTION]... [ARGUMENT]...

  help                    list the commands, or explain one
...
  version                 print the version of the program
...

# Without a word, the same.
$ bayaz > a; bayaz help > b; bayaz --help > c; cmp a b && cmp b c

$ bayaz help version
usage: bayaz version [OPTION]... 
  print the version of the program
      --json                  print JSON instead of text
$ bayaz version --help | head -n 1
usage: bayaz version [OPTION]... 
$ bayaz help --names | grep -x version
version

$ bayaz help nothing
bayaz: there is no command 'nothing'
bayaz: try 'bayaz help help'
[2]
$ bayaz nothing
bayaz: there is no command 'nothing'; 'bayaz help' lists them
[2]
$ bayaz help --nothing
bayaz: unknown option '--nothing'
bayaz: try 'bayaz help help'
[2]
$ bayaz "$(printf '\377')"
bayaz: argument 1 is not valid UTF-8 text
[2]
