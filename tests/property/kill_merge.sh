#!/bin/sh
# kill -9 at any moment of a merge: the store is one that some of the bundles
# were merged into, whole; and merging again completes it.  20 rounds, 200 with
# BAYAZ_LONG.
set -eu
. "$(dirname "$0")/tablets.sh"
rounds=20
[ -z "${BAYAZ_LONG:-}" ] || rounds=200

make_bundles 240 4
for n in 1 2 3 4; do		# the states that may be met
	quietly centre merge $(ls ??.bayaz | head -n $n) --store "$n.db" \
		--accept-new
	"$BAYAZ" store dump --store "$n.db" >"$n.dump"
done

cat >rounds.py <<'END'
import os, signal, sqlite3, subprocess, sys, time

bayaz, rounds = sys.argv[1], int(sys.argv[2])
bundles = sorted(name for name in os.listdir(".")
                 if name.endswith(".bayaz") and name != "kit.bayaz")
states = [open("%d.dump" % n, "rb").read() for n in (1, 2, 3, 4)]
merge = [bayaz, "-C", "centre", "merge"] + bundles + ["--accept-new", "--store"]
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def dump(path):
    done = subprocess.run([bayaz, "store", "dump", "--store", path],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout if done.returncode == 0 else b""


def is_empty(text):
    return b'"line":"version"' not in text and b'"manifest"' not in text


start = time.monotonic()
subprocess.run(merge + ["whole.db"], check=True, **quiet)
whole = time.monotonic() - start
assert dump("whole.db") == states[3], "merging is not the same each time"
met = [0] * 5
for i in range(rounds):
    path = "killed%d.db" % i
    job = subprocess.Popen(merge + [path], **quiet)
    time.sleep(whole * (i + 0.5) / rounds)
    job.send_signal(signal.SIGKILL)
    job.wait()
    text = dump(path) if os.path.exists(path) else b""
    if text in states:
        met[1 + states.index(text)] += 1
    elif is_empty(text):
        met[0] += 1
    else:
        sys.exit("FAIL: round %d: the store is between two states" % i)
    if os.path.exists(path):
        base = sqlite3.connect(path)
        for check in ("integrity_check", "foreign_key_check"):
            said = base.execute("PRAGMA " + check).fetchall()
            if said not in ([], [("ok",)]):
                sys.exit("FAIL: round %d: %s: %s" % (i, check, said))
        base.close()
    subprocess.run(merge + [path], check=True, **quiet)
    if dump(path) != states[3]:
        sys.exit("FAIL: round %d: merging again is not the same" % i)
    for ending in ("", "-wal", "-shm"):
        if os.path.exists(path + ending):
            os.remove(path + ending)
print("killed with 0 ... 4 bundles merged:", *met)
END
python3 rounds.py "$BAYAZ" $rounds
