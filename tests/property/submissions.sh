#!/bin/sh
# Merging is a union, on the whole way: 1,000 records (10,000 with BAYAZ_LONG)
# of 20 tablets, some copied to another tablet, some edited, merged in two
# orders and again, give the same dump, and the sums that the workload names.
set -eu
. "$(dirname "$0")/tablets.sh"

records=1000
[ -z "${BAYAZ_LONG:-}" ] || records=10000
make_bundles $records 20

centre merge ??.bayaz --store one.db --accept-new --json >one.json 2>warnings
grep -q 'attachments that its records name are missing' warnings ||
	fail "missing photos are not warned about"
for name in $(ls ??.bayaz | sort -r); do
	quietly centre merge "$name" --store two.db --accept-new
done
quietly centre merge ??.bayaz --store two.db
"$BAYAZ" store dump --store one.db >one.dump
"$BAYAZ" store dump --store two.db >two.dump
cmp one.dump two.dump || fail "the order of bundles matters"
quietly centre merge ??.bayaz --store one.db
"$BAYAZ" store dump --store one.db | cmp - two.dump ||
	fail "merging twice is not merging once"
quietly "$BAYAZ" store rebuild --store one.db
"$BAYAZ" store dump --store one.db | cmp - two.dump ||
	fail "what is rebuilt is not what was merged"

quietly "$BAYAZ" export household --store one.db --all-versions -o all
quietly "$BAYAZ" export household --store one.db -o current
python3 - <<'END'
import csv, json

want = json.load(open("work/manifest.json"))
told = json.load(open("one.json"))


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


versions = rows("all/bz_household.csv")
members = rows("all/bz_household__member.csv")
current = rows("current/bz_household.csv")
dump = [json.loads(line) for line in open("one.dump", encoding="utf-8")]
instances = {line["instance"] for line in dump if line["line"] == "version"}
n_current = want["files"] - want["copies"] - want["edits"]
expected = {
    "versions in the dump": (
        sum(line["line"] == "version" for line in dump),
        want["files"] - want["copies"]),
    "distinct_ids": (len(instances), want["distinct_ids"]),
    "members": (len(members), want["members"]),
    "members, as counted in the forms": (
        sum(int(row["members"]) for row in versions), want["members"]),
    "ages": (sum(int(row["age"]) for row in members), want["ages"]),
    "income_main": (sum(int(row["income_main"]) for row in versions),
                    want["income_main"]),
    "current records": (len(current), n_current),
    "records told": (told["store"]["records"], n_current),
    "versions told": (told["versions_new"], want["files"] - want["copies"]),
    "copies told": (told["versions_known"], want["copies"]),
    "edits told": (told["store"]["edits"], want["edits"]),
    "conflicts told": (told["store"]["conflicts"], 0),
    "photos missing": (told["missing"], n_current),
}
wrong = {key: pair for key, pair in expected.items() if pair[0] != pair[1]}
for key, (got, wanted) in wrong.items():
    print("FAIL: %s: %d, not %d" % (key, got, wanted))
raise SystemExit(bool(wrong))
END
