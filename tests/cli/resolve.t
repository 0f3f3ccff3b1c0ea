# Settling what two laptops changed in one record.
@require sqlite3
$ sh "$TESTDIR"/settle/setup.sh
$ send() { sh "$TESTDIR"/settle/send.sh "$@"; }
$ shown() { sqlite3 a.db "SELECT depth, twice, low, high, note FROM bz_visit WHERE bz_record = 'uuid:$1'"; }
$ bayaz resolve --store a.db
bayaz: name records, or all of a form with --form
...
[2]
$ bayaz resolve a --store a.db --rule best
bayaz: --rule takes newest, oldest or device:FINGERPRINT
...
[2]

# By asking: what is typed is checked like an answer in an interview.
$ send 1 1.bayaz a '' '<depth>10</depth><low>1</low><high>5</high>'
$ send 1 2.bayaz a1 a '<depth>12</depth><low>1</low><high>5</high>'
$ send 2 3.bayaz a2 a '<depth>30</depth><low>1</low><high>5</high><note>muddy</note>'
$ printf '%s\n' 3 =deep q | bayaz resolve uuid:a --store a.db | sed 's/20[0-9-]*/DAY/'
bayaz: what was asked last was not settled
record uuid:a of form visit
  Depth of the well?
  /data/depth
  The sides changed this answer to different things.
    1: 30
       KP-002, DAY, version 557af7b6fb89
    2: 12
       KP-001, DAY, version cc958039c153, shown now
    before: 10
A number takes that answer, b the one before, =VALUE another one.
PATH=VALUE changes another answer; q gives up.
\> A number takes that answer, b the one before, =VALUE another one.
PATH=VALUE changes another answer; q gives up.
\> this has to be a whole number
\> 
$ printf '%s\n' 1 | bayaz resolve uuid:a --store a.db --dry-run | tail -1
\> uuid:a: would be settled
$ bayaz conflicts --store a.db | grep -c uuid:a
1
$ printf '%s\n' =۱۴ | bayaz resolve uuid:a --store a.db | tail -1
\> uuid:a: settled, as version {{[0-9a-f]+}}
$ shown a
14|28|1|5|muddy
$ bayaz resolve uuid:a --store a.db
bayaz: the record 'uuid:a' is not in conflict
[1]
$ bayaz show uuid:a --store a.db --history | grep -c 'made from'
3
$ sqlite3 a.db "SELECT bz_instance LIKE 'uuid:________-____-4___-____-____________' FROM bz_visit"
1

# It is a version like others: an edit of one of those before is joined with it,
# or a conflict again.
$ send 1 4.bayaz a3 a1 '<depth>12</depth><low>1</low><high>7</high>'
$ shown a
14|28|1|7|muddy
$ send 2 5.bayaz a4 a2 '<depth>31</depth><low>1</low><high>5</high><note>muddy</note>'
$ bayaz conflicts --store a.db | sed -n 's/, 20.*//;s/^    [1-3]: *//p;s/^       //p;s/^    before/before/p' | sort
12
14
31
KP-001
KP-002
before: 10
made at the centre
$ bayaz resolve uuid:a --store a.db --set /data/depth=15 | sed 's/version [0-9a-f]*/version HASH/'
uuid:a: settled, as version HASH
$ shown a
15|30|1|7|muddy

# What was said travels with the facts: derived anew it is the same.
$ bayaz store dump --store a.db > before && bayaz store rebuild --store a.db
$ bayaz store dump --store a.db | cmp - before

# What the form does not allow is told, and asked again; another answer may be
# what has to change.
$ send 1 6.bayaz b '' '<low>1</low><high>5</high>'
$ send 1 7.bayaz b1 b '<low>4</low><high>5</high>'
$ send 2 8.bayaz b2 b '<low>1</low><high>2</high>'
$ bayaz resolve uuid:b --store a.db --set /data/high=3
bayaz: '/data/high' cannot be answered so: nothing was written
High is not below low.
[1]
$ bayaz resolve uuid:b --store a.db --set /data/high=x
bayaz: this has to be a whole number
[1]
$ bayaz resolve uuid:b --store a.db --set /data/twice=3
bayaz: '/data/twice' cannot be answered so: nothing was written
'/data/twice' is no answer that somebody gave
[1]
$ bayaz resolve uuid:b --store a.db --set /data/none=3
bayaz: there is no '/data/none'
[1]
$ printf '%s\n' 2 /data/low=2 2 | bayaz resolve uuid:b --store a.db | sed 's/version [0-9a-f]*/version HASH/;s/20[0-9-]*/DAY/'
record uuid:b of form visit
  High
  /data/high
  Joined, the form does not allow this answer.
    1: 5
       KP-001, DAY, version HASH
    2: 2
       KP-002, DAY, version HASH, shown now
    before: 5
A number takes that answer, b the one before, =VALUE another one.
PATH=VALUE changes another answer; q gives up.
\> /data/high: High is not below low.
record uuid:b of form visit
  High
  /data/high
  Joined, the form does not allow this answer.
    1: 5
       KP-001, DAY, version HASH
    2: 2
       KP-002, DAY, version HASH, shown now
    before: 5
A number takes that answer, b the one before, =VALUE another one.
PATH=VALUE changes another answer; q gives up.
\> taken
\> uuid:b: settled, as version HASH
$ shown b
||2|2|

# One side whole; entries of one side.
$ send 1 9.bayaz c '' '<low>1</low><well><kind>dug</kind></well>'
$ send 1 10.bayaz c1 c '<low>2</low><well><kind>dug</kind></well><well><kind>drilled</kind></well>'
$ send 2 11.bayaz c2 c '<low>1</low><well><kind>dug</kind></well><well><kind>spring</kind></well>'
$ bayaz resolve uuid:c --store a.db --take 00000000
bayaz: no side of the conflict is version '00000000': name it by 8 digits or more
[1]
$ printf 'x\nb\n' | bayaz resolve uuid:c --store a.db --dry-run | tail -2
PATH=VALUE changes another answer; q gives up.
\> uuid:c: would be settled
$ version=$(bayaz show uuid:c2 --store a.db --json | grep -o '"instance":"uuid:c2"[^{]*"version":"[0-9a-f]*' | grep -o '[0-9a-f]*$')
$ bayaz resolve uuid:c --store a.db --take $version | sed 's/version [0-9a-f]*/version HASH/'
uuid:c: settled, as version HASH
$ sqlite3 a.db "SELECT low, kind FROM bz_visit JOIN bz_visit__well USING (bz_id) WHERE bz_record = 'uuid:c'"
1|dug
1|spring
$ send 1 12.bayaz d '' '<child><name>Bano</name><age>3</age></child><child><name>Gul</name><age>1</age></child>'
$ send 1 13.bayaz d1 d '<low>1</low><child><name>Gul</name><age>2</age></child>'
$ send 2 14.bayaz d2 d '<child><name>Bano</name><age>4</age></child><child><name>Gul</name><age>1</age></child>'
$ side=$(bayaz conflicts --store a.db | sed -n 's/^    \([12]\): (taken away)/\1/p')
$ printf '=5\n%s\n' $side | bayaz resolve uuid:d --store a.db | sed 's/version [0-9a-f]*/version HASH/' | tail -2
PATH=VALUE changes another answer; q gives up.
\> uuid:d: settled, as version HASH
$ sqlite3 a.db "SELECT low, name, age FROM bz_visit JOIN bz_visit__child USING (bz_id) WHERE bz_record = 'uuid:d'"
1|Gul|2

# By rule, all of a form.
$ send 1 15.bayaz e '' '<low>1</low>'
$ send 1 16.bayaz e1 e '<low>2</low>'
$ send 2 17.bayaz e2 e '<low>3</low><note>new</note>'
$ send 1 18.bayaz f '' '<low>1</low>'
$ send 2 19.bayaz f '' '<low>2</low>'
$ bayaz resolve --form visit --rule device:KP-009 --store a.db
bayaz: no laptop 'KP-009' has sent anything here: {{.*}}
[1]
$ bayaz resolve --form visit --rule device:KP-001 --store a.db --dry-run
uuid:e: would be settled
uuid:f: would be settled
$ bayaz resolve --form visit --rule device:KP-001 --store a.db --json | sed 's/[0-9a-f]\{64\}/HASH/g'
{"dry_run":false,"left":[],"settled":[{"form":"visit","record":"uuid:e","version":"HASH"},{"form":"visit","record":"uuid:f","version":"HASH"}]}
$ shown e; shown f
||2||new
||1||
$ bayaz conflicts --store a.db
nothing is in conflict

# Deleted, and gone on with.
$ send 1 20.bayaz g '' '<low>1</low>'
$ bayaz delete uuid:g --store a.db
uuid:g: deleted; --undo brings it back
$ send 2 21.bayaz g1 g '<low>2</low>'
$ bayaz resolve uuid:g --rule newest --store a.db
bayaz: uuid:g: it was deleted, and somebody went on with it: --delete or --keep says what counts
[1]
$ printf 'x\n1\n' | bayaz resolve uuid:g --store a.db | sed 's/version [0-9a-f]*/version HASH/;s/20[0-9-]*/DAY/'
record uuid:g of form visit
  It was deleted, and somebody went on with it.
    1: KP-002, DAY, version HASH, shown now
1 deletes it again, 2 keeps it; q gives up.
\> 1 or 2, or q
\> uuid:g: deleted
$ shown g
$ bayaz delete uuid:g --undo --store a.db
uuid:g: back
$ shown g
||2||
$ bayaz delete uuid:g1 --store a.db
uuid:g: deleted; --undo brings it back
$ send 2 22.bayaz g2 g1 '<low>3</low>'
$ bayaz resolve uuid:g --keep --store a.db
uuid:g: kept
$ shown g
||3||

# Newest and oldest go by when the sides were finished.
$ send 1 23.bayaz h '' '<low>1</low>'
$ send 1 24.bayaz h1 h '<low>2</low>'
$ sleep 1; send 2 25.bayaz h2 h '<low>3</low>'
$ bayaz resolve uuid:h --rule oldest --store a.db | cut -d , -f 1
uuid:h: settled
$ shown h
||2||

# Only who may.
$ bayaz -C laptop1 resolve uuid:a --store a.db
bayaz: this workspace holds no coordinator's keys
[1]
