#!/usr/bin/env python3
"""A backup that is written while bundles are merged is a store of one moment:
whole, with the bundles merged until then and nothing of the others; and what
it is said to hold is in it."""
import json
import os
import sqlite3
import subprocess

import fieldwork
from fieldwork import LONG, expect, run

BUNDLES = 400 if LONG else 80
RECORDS = 60


def boss(*words):
    return run(*words, home="boss")


def make_bundles():
    fieldwork.join("laptop")
    made = []
    for b in range(BUNDLES):
        names = []
        for k in range(RECORDS):
            names.append("r%d.xml" % k)
            fieldwork.write(names[-1], fieldwork.record_xml(
                "walk", b * RECORDS + k, ["a%d" % k, "b" * 200]))
        run("import", *names, home="laptop")
        made.append("%d.up" % b)
        run("pack", "-o", made[-1], home="laptop")
    return made


def check(n):
    """The nth backup, restored."""
    path = "t%d.db" % n
    boss("store", "restore", "b%d" % n, "--store", path, "--passphrase-file",
         "pass")
    dump = boss("store", "dump", "--store", path).stdout
    boss("store", "rebuild", "--store", path)
    expect(boss("store", "dump", "--store", path).stdout == dump,
           "backup %d is not what its facts give" % n)
    db = sqlite3.connect(path)
    expect(db.execute("PRAGMA integrity_check").fetchone() == ("ok",),
           "backup %d is damaged" % n)
    state = json.loads(boss("status", "--store", path, "--json").stdout)
    expect(state["records"] == RECORDS * state["bundles"],
           "backup %d holds half a bundle: %s" % (n, state))
    last = sqlite3.connect("s.db").execute(
        "SELECT last_fact FROM backup ORDER BY id LIMIT 1 OFFSET ?",
        (n,)).fetchone()[0]
    held = db.execute("SELECT max(id) FROM fact").fetchone()[0]
    expect(held == last, "backup %d: fact %d, noted %d" % (n, held, last))
    return state["bundles"]


def main(_):
    fieldwork.write("walk.xml", fieldwork.text_form("walk", "public", 4, True))
    fieldwork.make_project(["walk.xml"])
    made = make_bundles()
    boss("merge", made[0], "--store", "s.db", "--accept-new")
    merging = subprocess.Popen(
        [fieldwork.BAYAZ, "-C", "boss", "merge", *made[1:], "--store", "s.db"],
        stdout=subprocess.DEVNULL)
    n = 0
    while merging.poll() is None or n == 0:
        boss("store", "backup", "-o", "b%d" % n, "--store", "s.db",
             "--passphrase-file", "pass")
        n += 1
    expect(merging.wait() == 0, "merging failed")
    counts = [check(i) for i in range(n)]
    expect(counts[0] < BUNDLES, "nothing was merged meanwhile")
    expect(counts == sorted(counts), "they go back in time: %s" % counts)
    left = [name for name in os.listdir(".") if "copy" in name]
    expect(not left, "copies stay: %s" % left)
    print("%d backups, with %s bundles" % (n, counts))
    return 0


if __name__ == "__main__":
    raise SystemExit(fieldwork.in_scratch(main, "backup-merging-"))
