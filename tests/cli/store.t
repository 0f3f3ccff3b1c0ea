# Looking into a store.
$ bayaz store dump
bayaz: say which store with --store DB
...
[2]
$ bayaz store dump --store nowhere.db
bayaz: there is no store 'nowhere.db'
[1]
$ ls nowhere.db
ls: {{.*}}
[2]
$ echo "not a database" > text.db
$ bayaz store dump --store text.db
bayaz: {{.*}}text.db{{.*}}
[1]
$ cat text.db
not a database
