@require sqlite3
# Two laptops change one record without knowing of each other.
$ sh "$TESTDIR"/settle/setup.sh
$ send() { sh "$TESTDIR"/settle/send.sh "$@"; }
$ send 1 1.bayaz a '' '<depth>10</depth><low>1</low><high>5</high><child><name>Bano</name><age>3</age></child><well><kind>dug</kind></well>'

# Different answers: they are joined, and computed anew.
$ send 1 2.bayaz a1 a '<depth>12</depth><low>1</low><high>5</high><child><name>Bano</name><age>3</age></child><well><kind>dug</kind></well>'
$ send 2 3.bayaz a2 a '<depth>10</depth><low>1</low><high>5</high><note>muddy</note><child><name>Bano</name><age>3</age></child><child><name>Gul</name><age>1</age></child><well><kind>dug</kind></well>'
$ bayaz conflicts --store a.db
nothing is in conflict
$ sqlite3 a.db 'SELECT depth, twice, note, bz_conflict FROM bz_visit; SELECT name, age FROM bz_visit__child'
12|24|muddy|0
Bano|3
Gul|1
$ bayaz show uuid:a --store a.db | cut -f 2 | grep -c 'joined with the one shown'
1

# The same answer: a conflict, with what each side has.
$ send 1 4.bayaz b '' '<depth>10</depth><low>1</low><high>5</high>'
$ send 1 5.bayaz b1 b '<depth>12</depth><low>1</low><high>5</high>'
$ send 2 6.bayaz b2 b '<depth>30</depth><low>1</low><high>5</high>'
$ bayaz conflicts --store a.db > said; sed 's/20[0-9-]*/DAY/' said
record uuid:b of form visit
  Depth of the well?
  /data/depth
  The sides changed this answer to different things.
    1: 30
       KP-002, DAY, version 7541c5a6b721
    2: 12
       KP-001, DAY, version e79d7a89e4c1, shown now
    before: 10
'bayaz resolve RECORD' settles a conflict
$ bayaz conflicts visit --store a.db --language ur | sed -n 2p
  کنواں کتنا گہرا ہے؟
$ LANGUAGE=ur_PK bayaz conflicts visit --store a.db | sed -n 2p
  کنواں کتنا گہرا ہے؟
$ bayaz conflicts other --store a.db
nothing is in conflict
$ bayaz conflicts --store a.db --json
{"conflicts":[{"conflicts":[{"before":"10","label":"Depth of the well?","path":"/data/depth","values":["30","12"],"why":"answer"}],"form":"visit","record":"uuid:b","sides":[{"date":"{{[0-9-]+}}","device":"KP-002","fingerprint":"{{[A-Z0-9-]+}}","finished":"{{[0-9TZ:-]+}}","shown":false,"version":"7541c5a6b721891c0b2b8dd5f6e426232fbf44f1b12d55a78ba98aee17a95af6"},{"date":"{{[0-9-]+}}","device":"KP-001","fingerprint":"{{[A-Z0-9-]+}}","finished":"{{[0-9TZ:-]+}}","shown":true,"version":"e79d7a89e4c1c462825c866baed2373438e2f4c4e9751921d5b93a47c481c986"}]}]}

# A repeat without identity: entries came on both sides. With it: one side took
# away what the other changed.
$ send 1 7.bayaz c '' '<well><kind>dug</kind></well>'
$ send 1 8.bayaz c1 c '<well><kind>dug</kind></well><well><kind>drilled</kind></well>'
$ send 2 9.bayaz c2 c '<well><kind>dug</kind></well><well><kind>spring</kind></well>'
$ send 1 10.bayaz d '' '<child><name>Bano</name><age>3</age></child><child><name>Gul</name><age>1</age></child>'
$ send 1 11.bayaz d1 d '<child><name>Gul</name><age>1</age></child>'
$ send 2 12.bayaz d2 d '<child><name>Bano</name><age>4</age></child><child><name>Gul</name><age>1</age></child>'
$ bayaz conflicts --store a.db | sed -n 's/20[0-9-]*/DAY/;/uuid:c/,$p'
record uuid:c of form visit
  Wells
  /data/well
  Entries came, went or changed on several sides.
    1: 2 entries
       KP-002, DAY, version 396e9ece24b6
    2: 2 entries
       KP-001, DAY, version f694e6cf65ff, shown now
    before: 1 entry

record uuid:d of form visit
  Children
  /data/child[1]
  Entries came, went or changed on several sides.
    1: (taken away)
       KP-001, DAY, version 30c2c556f434
    2: Bano, 4
       KP-002, DAY, version ef87a3de71ed, shown now
    before: Bano, 3
'bayaz resolve RECORD' settles a conflict

# What the form does not allow of what came of joining.
$ send 1 13.bayaz e '' '<low>1</low><high>5</high>'
$ send 1 14.bayaz e1 e '<low>4</low><high>5</high>'
$ send 2 15.bayaz e2 e '<low>1</low><high>2</high>'
$ bayaz conflicts --store a.db | sed -n 's/20[0-9-]*/DAY/;/uuid:e/,$p'
record uuid:e of form visit
  High
  /data/high
  Joined, the form does not allow this answer.
    1: 2
       KP-002, DAY, version 4fd692f3158b
    2: 5
       KP-001, DAY, version 56e16300646b, shown now
    before: 5
'bayaz resolve RECORD' settles a conflict

# Versions without a common one; what was deleted, and gone on with.
$ send 1 16.bayaz f '' '<low>1</low>'
$ send 2 17.bayaz f '' '<low>2</low>'
$ send 1 18.bayaz g '' '<low>1</low>'
$ bayaz delete uuid:g --store a.db > out.txt
$ send 2 19.bayaz g1 g '<low>2</low>'
$ bayaz conflicts --store a.db | sed -n 's/20[0-9-]*/DAY/;/uuid:f/,$p'
record uuid:f of form visit
  The sides go back to nothing that they share.
    1: KP-001, DAY, version 0fc2ae2bf6e0
    2: KP-002, DAY, version 54ee1f5c44e3, shown now

record uuid:g of form visit
  It was deleted, and somebody went on with it.
    1: KP-002, DAY, version 618a819c0614, shown now
'bayaz resolve RECORD' settles a conflict

# What laptops say cannot drive a terminal, and lines stay short.
$ long=$(printf '%090d' 0)
$ send 1 20.bayaz h '' '<note>x</note>'
$ send 1 21.bayaz h1 h "<note>$long</note>"
$ send 2 22.bayaz h2 h '<note>&#x200F;left&#xA;right&#x202E;</note>'
$ bayaz conflicts --store a.db | sed -n 's/20[0-9-]*/DAY/;/uuid:h/,$p' > said; cat said
record uuid:h of form visit
  Note
  /data/note
  The sides changed this answer to different things.
    1: 0000000000000000000000000000000000000000000000000000000000000000000000...
       KP-001, DAY, version 6583bba51584
    2: ‏left�right�
       KP-002, DAY, version 68ec84ebda9d, shown now
    before: x
'bayaz resolve RECORD' settles a conflict
$ python3 -c 'print(max(len(l.rstrip("\n")) for l in open("said", encoding="utf-8")))'
80
$ bayaz conflicts
bayaz: say which store with --store DB
...
[2]
