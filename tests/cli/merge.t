# Merging bundles into a store.
$ bayaz merge a.bayaz
bayaz: say which store with --store DB
...
[2]
$ bayaz merge --store a.db
bayaz: there is nothing to merge
...
[2]
$ bayaz project new Pilot --no-passphrase > paper 2>&1
$ echo "no bundle at all" > text.bayaz
$ bayaz merge text.bayaz nowhere.bayaz --store a.db
bayaz: text.bayaz: {{.*}}
bayaz: nowhere.bayaz: {{.*}}
records: 0
versions: 0
[1]

# Nothing was merged, so no store is left behind.
$ ls
paper
text.bayaz
workspace
