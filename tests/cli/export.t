# Writing records as tables: what must be said.
$ bayaz export household
bayaz: say which store with --store DB
...
[2]
$ bayaz export household --store a.db --format paper
bayaz: there is no format 'paper'
...
[2]
$ bayaz export household --store a.db --restricted
bayaz: --restricted needs --reason TEXT
...
[2]
$ bayaz export household --store nowhere.db
bayaz: there is no store 'nowhere.db'
[1]
