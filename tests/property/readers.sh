#!/bin/sh
# Other programs read the store while a long merge runs: a transaction that is
# open sees what was there before, each new one the old state or the new one,
# nobody meets an error, and the merge waits for nobody.  Read with Python's
# sqlite3, with the program sqlite3 and with bayaz sql.
set -eu
. "$(dirname "$0")/tablets.sh"
command -v sqlite3 >/dev/null || { echo "sqlite3 is missing"; exit 77; }
records=4000
[ -z "${BAYAZ_LONG:-}" ] || records=40000

make_bundles $records 2
set -- ??.bayaz
quietly centre merge "$1" --store one.db --accept-new

cat >readers.py <<'END'
import os, sqlite3, subprocess, sys, threading

bayaz, db = sys.argv[1], "one.db"
COUNT = ("SELECT (SELECT count(*) FROM bz_household) || ' ' || (SELECT"
         " count(*) FROM bz_household__member) || ' ' || (SELECT count(*)"
         " FROM bz_records) AS n")


def with_python():
    base = sqlite3.connect("file:%s?mode=ro" % db, uri=True)
    try:
        return base.execute(COUNT).fetchone()[0]
    finally:
        base.close()


def with_program(*words):
    done = subprocess.run(words, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, universal_newlines=True)
    if done.returncode != 0:
        raise Exception("%s: %s" % (words[0], done.stdout))
    return done.stdout.split("\n")[-2]


ways = {
    "python": with_python,
    "sqlite3": lambda: with_program("sqlite3", "-readonly", "-cmd",
                                    ".timeout 5000", db, COUNT),
    "bayaz sql": lambda: with_program(bayaz, "sql", COUNT, "--store", db),
}
held = sqlite3.connect(db, isolation_level=None)
held.execute("BEGIN")
old = held.execute(COUNT).fetchone()[0]
seen = {name: [] for name in ways}
wrong = []
over = threading.Event()


def read(name):
    while not over.is_set():
        try:
            seen[name].append(ways[name]())
        except Exception as error:
            wrong.append("%s: %s" % (name, error))


threads = [threading.Thread(target=read, args=(name,)) for name in ways]
for thread in threads:
    thread.start()
job = subprocess.run([bayaz, "-C", "centre", "merge", sys.argv[2],
                      "--accept-new", "--store", db], stdout=subprocess.PIPE,
                     stderr=subprocess.STDOUT, universal_newlines=True)
over.set()
for thread in threads:
    thread.join()
if job.returncode != 0:
    wrong.append("the merge: " + job.stdout)
if held.execute(COUNT).fetchone()[0] != old:
    wrong.append("a transaction sees what came after it began")
held.execute("COMMIT")
new = held.execute(COUNT).fetchone()[0]
if new == old:
    wrong.append("nothing was merged: " + job.stdout)
for name, states in seen.items():
    if states.count(old) < 2:
        wrong.append("%s did not read during the merge" % name)
    if any(state not in (old, new) for state in states):
        wrong.append("%s saw what is neither old nor new" % name)
    if sorted(states, key=(old, new).index) != states:
        wrong.append("%s saw the old state after the new one" % name)
for check, good in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
    if held.execute("PRAGMA " + check).fetchall() != good:
        wrong.append(check)
print(old, "then", new, "read",
      ", ".join("%s: %d" % (name, len(states))
                for name, states in seen.items()))
sys.exit("\n".join("FAIL: " + line for line in wrong[:5]) if wrong else 0)
END
python3 readers.py "$BAYAZ" "$2"
[ ! -e one.db-wal ] || fail "the log is left behind"
