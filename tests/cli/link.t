# Two records that a person found to be one.
@require sqlite3
$ sh "$TESTDIR"/settle/setup.sh
$ send() { sh "$TESTDIR"/settle/send.sh "$@"; }
$ send 1 1.bayaz a '' '<low>1</low>'
$ send 2 2.bayaz b '' '<low>2</low>'
$ send 2 3.bayaz c '' '<low>3</low>'
$ bayaz store dump --store a.db > before
$ bayaz link uuid:a uuid:a --store a.db
bayaz: they are one record already
[1]
$ bayaz link uuid:a uuid:b --undo --store a.db
bayaz: they are two records
[1]
$ bayaz link uuid:a uuid:b --store a.db
they are one record now
it is in conflict: 'bayaz resolve' settles that
$ bayaz conflicts --store a.db | head -2
record uuid:a of form visit
  The sides go back to nothing that they share.
$ sqlite3 a.db 'SELECT record, versions, conflict FROM bz_records ORDER BY record'
uuid:a|2|1
uuid:c|1|0
$ printf '1\n' | bayaz resolve uuid:a --store a.db > out.txt; tail -1 out.txt
\> uuid:a: settled, as version {{[0-9a-f]+}}
$ sqlite3 a.db 'SELECT record, versions, conflict FROM bz_records ORDER BY record'
uuid:a|3|0
uuid:c|1|0

# A third one; which link is undone is said by what it linked.
$ bayaz link uuid:c uuid:a --store a.db --json
{"conflict":true,"linked":true,"record":"uuid:a"}
$ bayaz link uuid:a uuid:x --undo --store a.db
bayaz: there is no record 'uuid:x'
[1]
$ bayaz link uuid:a uuid:a --undo --store a.db
bayaz: several records were linked: name the two versions that were, by hash or instanceID
[1]
$ bayaz link uuid:c $(sqlite3 a.db "SELECT version FROM bz_versions WHERE record = 'uuid:a' AND depth = 2") --undo --store a.db --json
{"conflict":false,"linked":false,"record":"uuid:a"}
$ sqlite3 a.db 'SELECT record, versions, conflict FROM bz_records ORDER BY record'
uuid:a|3|0
uuid:c|1|0
$ bayaz store dump --store a.db > before && bayaz store rebuild --store a.db
$ bayaz store dump --store a.db | cmp - before

# The settled version has both for priors, so undoing the first link does not
# part them.
$ bayaz link uuid:a uuid:b --undo --store a.db
nobody links them any more, but they are one record all the same: a version was made from both
