# Another passphrase, or none; and how wrong ones are counted.
$ echo river > old; echo brook > new; echo pond > wrong
$ bayaz init --passphrase-file old > init.txt
$ cp workspace/keys keys.old
$ bayaz passphrase --passphrase-file old --new-passphrase-file new
the workspace opens with the new passphrase only
$ bayaz list --passphrase-file old
bayaz: the passphrase does not open this workspace
[1]
$ bayaz list --passphrase-file new
bayaz: 1 wrong passphrase was tried here on {{20..-..-.. ..:..}}: if it was not you, tell your coordinator
no forms
no records
$ bayaz list --passphrase-file new
no forms
no records

# The file of keys from before belongs to no workspace any more.
$ cp workspace/keys keys.new; cp keys.old workspace/keys
$ bayaz list --passphrase-file old
bayaz: '{{.*}}/keys' is not the file of keys of this workspace
[1]
$ cp keys.new workspace/keys

# From the fourth on, a try waits; a right one ends it.
$ for i in 1 2 3; do bayaz list --passphrase-file wrong; done
bayaz: the passphrase does not open this workspace
bayaz: the passphrase does not open this workspace
bayaz: the passphrase does not open this workspace
[1]
$ begun=$(date +%s); bayaz list --passphrase-file wrong; test $(($(date +%s) - begun)) -ge 2 && echo it waited
bayaz: 3 wrong passphrases were tried here; please wait 2 seconds
bayaz: the passphrase does not open this workspace
it waited
$ bayaz list --passphrase-file new
bayaz: 4 wrong passphrases were tried here; please wait 4 seconds
bayaz: 4 wrong passphrases were tried here since {{20..-..-.. ..:..}}: if it was not you, tell your coordinator
no forms
no records

# A wrong one changes nothing, and asks for no new one.
$ bayaz passphrase --passphrase-file wrong
bayaz: the passphrase does not open this workspace
[1]
$ bayaz passphrase --passphrase-file - --new-passphrase-file -
bayaz: only one of the passphrases can come from standard input
bayaz: try 'bayaz help passphrase'
[2]
$ bayaz passphrase --none --new-passphrase-file new
bayaz: --none and --new-passphrase-file contradict each other
bayaz: try 'bayaz help passphrase'
[2]

# From none and to none.
$ bayaz passphrase --passphrase-file new --none 2>&1 | tail -1
the workspace opens without a passphrase: anyone with this computer can read it
$ bayaz list
no forms
no records
$ bayaz passphrase --new-passphrase-file old --json
{"passphrase":true}
$ bayaz list --passphrase-file old
no forms
no records

# What needs one keeps it.
@file intake.xml
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Intake</h:title><model><instance>
<data id="intake" version="1" bayaz:class="protected" bayaz:list-title="Visit B"><a/></data></instance>
<bind nodeset="/data/a" type="string" bayaz:sensitivity="restricted"/></model></h:head>
<h:body><input ref="/data/a"><label>A</label></input></h:body></h:html>
@end
$ bayaz form add intake.xml --passphrase-file old
added 'intake' version '1'
$ bayaz passphrase --passphrase-file old --none
bayaz: protected forms need a workspace with a passphrase
[1]
$ bayaz -C office project new Survey --passphrase-file old --recovery-file r > new.txt 2>&1
$ bayaz -C office passphrase --passphrase-file old --none
bayaz: this workspace holds the keys of a project: it keeps its passphrase
[1]
