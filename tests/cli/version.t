$ bayaz version
bayaz {{\d+\.\d+\.\d+}}
$ bayaz --version
bayaz {{\d+\.\d+\.\d+}}
$ bayaz version --json
{"engine":"bayaz","protocol":1,"version":"{{[0-9.]+}}"}

# It takes no argument and no other option.
$ bayaz version now
bayaz: too many arguments for 'version'
bayaz: try 'bayaz help version'
[2]
$ bayaz version --verbose
bayaz: unknown option '--verbose'
bayaz: try 'bayaz help version'
[2]

# A full disk is not a success.
@require /dev/full
$ bayaz version > /dev/full
bayaz: cannot write the output: No space left on device
[1]
