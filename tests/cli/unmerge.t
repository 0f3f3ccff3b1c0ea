# A bundle that is as if it had never come.
$ sh "$TESTDIR"/settle/setup.sh
$ send() { sh "$TESTDIR"/settle/send.sh "$@"; }
$ send 1 1.bayaz a '' '<low>1</low>'
$ send 1 2.bayaz b '' '<low>1</low>'
$ bayaz store dump --store a.db > two
$ send 2 3.bayaz a1 a '<low>2</low>'
$ send 1 4.bayaz a2 a '<low>3</low>'
$ bayaz store dump --store a.db > all
$ bayaz conflicts --store a.db | grep -c uuid:a
1
$ bayaz unmerge nowhere.bayaz --store a.db
bayaz: 'nowhere.bayaz' is no bundle: name the file, the beginning of its manifest's hash, or LAPTOP:NUMBER
[1]
$ bayaz unmerge KP-002:7 --store a.db
bayaz: no bundle 'KP-002:7' was merged here
[1]
$ bayaz unmerge KP-009:1 --store a.db
bayaz: no laptop 'KP-009' has sent anything here: {{.*}}
[1]
$ bayaz unmerge 00000000 --store a.db
bayaz: no bundle '00000000' was merged here
[1]
$ bayaz unmerge KP-002:1 --store a.db --reason 'made by mistake'
bundle 1 of KP-002, of {{[0-9-]+}}, counts no more; --undo takes that back
records: +0
versions: -1
$ bayaz conflicts --store a.db
nothing is in conflict
$ bayaz merge 3.bayaz --store a.db
3.bayaz: merged before
records: 2
versions: 3
of revoked laptops, not counted: 1
$ bayaz unmerge 4.bayaz --store a.db --json
{"counts":false,"date":"{{.*}}","manifest":"{{[0-9a-f]+}}","name":"KP-001","records":0,"sequence":3,"versions":-1}

# What is derived is what it was before they came.
$ derived() { grep -E '"line":"(form|version|record|table)"' $1; }
$ bayaz store dump --store a.db > aside
$ derived two > x; derived aside > y; cmp x y

# And back again.
$ bayaz unmerge KP-002:1 --undo --store a.db
bundle 1 of KP-002, of {{[0-9-]+}}, counts again
records: +0
versions: +1
$ bayaz unmerge 4.bayaz --undo --store a.db > out.txt
$ bayaz unmerge 4.bayaz --undo --store a.db
bayaz: there is nothing to take back
[1]
$ bayaz store dump --store a.db > back
$ derived all > x; derived back > y; cmp x y
$ bayaz store rebuild --store a.db && bayaz store dump --store a.db | cmp - back
