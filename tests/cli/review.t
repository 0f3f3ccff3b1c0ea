# Records are approved or rejected, and exports keep to it.
@require sqlite3
$ sh "$TESTDIR"/settle/setup.sh
$ send() { sh "$TESTDIR"/settle/send.sh "$@"; }
$ for n in a b c; do send 1 $n.bayaz $n '' "<low>1</low><note>$n</note>"; done
$ bayaz review uuid:a --store a.db
bayaz: say what was found with --state approved, rejected, has-issues or received
...
[2]
$ bayaz review uuid:a --store a.db --state fine
bayaz: say what was found with --state approved, rejected, has-issues or received
...
[2]
$ bayaz review uuid:x --store a.db --state approved
bayaz: there is no record 'uuid:x'
[1]
$ bayaz review uuid:a --store a.db --state approved
uuid:a: approved
$ bayaz review uuid:b --store a.db --state rejected --remark 'Who is this?'
uuid:b: rejected
$ bayaz review uuid:b uuid:a --store a.db --state rejected --json
{"records":[{"form":"visit","record":"uuid:b","state":"rejected"},{"form":"visit","record":"uuid:a","state":"rejected"}]}
$ bayaz review uuid:a --store a.db --state approved
uuid:a: approved
$ sqlite3 a.db 'SELECT record, review FROM bz_records ORDER BY record'
uuid:a|approved
uuid:b|rejected
uuid:c|received
$ bayaz show uuid:b --store a.db | sed -n 2p
  rejected
$ bayaz show uuid:b --store a.db --json | grep -o '"review":"[a-z]*"'
"review":"rejected"

# One of several is not there: nothing was said of the others.
$ bayaz review uuid:c uuid:x --store a.db --state rejected
bayaz: there is no record 'uuid:x'
[1]
$ sqlite3 a.db "SELECT review FROM bz_records WHERE record = 'uuid:c'"
received

# What was rejected is held back unless asked for.
$ bayaz export visit --store a.db --shape wide | cut -d , -f 1
bayaz: 1 record is held back, because it was not approved: --unapproved exports it too
bz_record
uuid:a
uuid:c
$ bayaz export visit --store a.db -f jsonl --unapproved | wc -l
3
$ bayaz export visit --store a.db -f jsonl --approved-only | grep -o '"bz_record":"[^"]*'
bayaz: 2 records are held back, because they were not approved: --unapproved exports them too
"bz_record":"uuid:a
$ bayaz export visit --store a.db --all-versions -o all 2> out.txt; wc -l < all/bz_visit.csv
3
$ bayaz export visit --store a.db --unapproved --approved-only
bayaz: --unapproved and --approved-only exclude each other
...
[2]

# A project may want that everything is reviewed.
$ bayaz project policy review-required=yes | head -3
idle-minutes=3
refuse-untagged=no
review-required=yes
$ bayaz merge a.bayaz --store a.db > out.txt
$ bayaz export visit --store a.db -f jsonl | grep -o '"bz_record":"[^"]*'
bayaz: 2 records are held back, because they were not approved: --unapproved exports them too
"bz_record":"uuid:a
$ bayaz export visit --store a.db -f jsonl --unapproved | wc -l
3
$ bayaz project policy review-required=no > out.txt
$ bayaz merge a.bayaz --store a.db > out.txt

# A review is of what was there: an edit waits for another one.
$ send 1 d.bayaz a1 a '<low>2</low>'
$ sqlite3 a.db "SELECT review FROM bz_records WHERE record = 'uuid:a'"
received

# What was taken back can be said again, as often as one likes.
$ for state in approved received approved rejected approved; do
>   bayaz review uuid:c --store a.db --state $state && sqlite3 a.db "SELECT review FROM bz_records WHERE record = 'uuid:c'"
> done
uuid:c: approved
approved
uuid:c: received
received
uuid:c: approved
approved
uuid:c: rejected
rejected
uuid:c: approved
approved
$ bayaz store dump --store a.db > before && bayaz store rebuild --store a.db
$ bayaz store dump --store a.db | cmp - before
