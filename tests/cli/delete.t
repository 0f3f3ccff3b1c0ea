# Records are deleted, and brought back.
@require sqlite3
$ sh "$TESTDIR"/settle/setup.sh
$ send() { sh "$TESTDIR"/settle/send.sh "$@"; }
$ for n in a b; do send 1 $n.bayaz $n '' "<low>1</low><note>$n</note>"; done
$ bayaz store dump --store a.db > before
$ bayaz delete uuid:a uuid:x --store a.db
bayaz: there is no record 'uuid:x'
[1]
$ bayaz store dump --store a.db | cmp - before
$ bayaz delete uuid:a --store a.db
uuid:a: deleted; --undo brings it back
$ bayaz delete uuid:a --store a.db --json
{"deleted":[{"form":"visit","record":"uuid:a"}]}
$ sqlite3 a.db 'SELECT bz_record FROM bz_visit'
uuid:b
$ bayaz show uuid:a --store a.db | sed -n 2p
  deleted
$ bayaz export visit --store a.db --all-versions -o all && wc -l < all/bz_visit.csv
2
$ bayaz delete uuid:b --undo --store a.db
bayaz: the record 'uuid:b' was not deleted
[1]
$ bayaz delete uuid:a --undo --store a.db
uuid:a: back
$ sqlite3 a.db 'SELECT bz_record FROM bz_visit ORDER BY 1'
uuid:a
uuid:b

# Again, and again back: what was taken back can be said anew.
$ bayaz delete uuid:a --store a.db && sqlite3 a.db 'SELECT bz_record FROM bz_visit'
uuid:a: deleted; --undo brings it back
uuid:b
$ bayaz delete uuid:a --store a.db --undo --json
{"back":[{"form":"visit","record":"uuid:a"}]}
$ sqlite3 a.db 'SELECT count(*) FROM bz_visit'
2
$ bayaz store dump --store a.db > before && bayaz store rebuild --store a.db
$ bayaz store dump --store a.db | cmp - before

# What was deleted elsewhere does not come back with the bundle that brought it.
$ bayaz delete uuid:b --store a.db > out.txt && bayaz merge b.bayaz --store a.db
b.bayaz: merged before
records: 2
versions: 2
$ sqlite3 a.db 'SELECT bz_record FROM bz_visit'
uuid:a
