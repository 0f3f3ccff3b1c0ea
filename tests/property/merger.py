#!/usr/bin/env python3
"""Two mergers say the same: histories made by chance (see test_union.c) are
merged by the program, and tests/store/merger.py, which is written from the
manual pages alone, computes the dump of each store from what it keeps.  All
lines of the groups it knows are the same, byte for byte; left out are the
groups finding, list and table, and of records to be joined answer by answer
what came of it.

40 histories, 1,000 with BAYAZ_LONG=1; BAYAZ_SEED sets the seed."""
import json
import os
import subprocess
import sys

import fieldwork
from fieldwork import LONG, expect

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "store"))
import merger  # noqa: E402  (stands beside)

N = 1000 if LONG else 40
MAKER = os.path.join(os.path.abspath(os.environ.get("top_builddir", "build")),
                     "property_union")


def by_program(path, to_join):
    """The lines to compare, without what is not decided here."""
    done = subprocess.run([fieldwork.BAYAZ, "store", "dump", "--store", path],
                          capture_output=True, timeout=300)
    expect(done.returncode == 0, "dump of %s: %s" % (path, done.stderr))
    for text in done.stdout.decode().splitlines():
        line = json.loads(text)
        if line["line"] not in merger.GROUPS:
            continue
        key = line["line"], line.get("form"), line.get("record")
        if key in to_join:
            whys = {why["why"] for why in line["conflicts"]}
            expect(whys <= {"deleted", "answer", "repeat", "check"},
                   "%s: %s is to be joined" % (path, text))
            expect(("joined" in line) == (not whys),
                   "%s: joined and in conflict, or neither: %s" % (path, text))
            for word in ("conflict", "conflicts", "joined"):
                line.pop(word, None)
            text = merger.canonical(line)
        yield text


def compare(path, counts):
    mine, to_join = [], set()
    for line in merger.Merger(path).lines():
        counts[line["line"]] = counts.get(line["line"], 0) + 1
        if line.pop("to_join", False):
            to_join.add((line["line"], line["form"], line["record"]))
        mine.append(merger.canonical(line))
    theirs = list(by_program(path, to_join))
    for a, b in zip(mine, theirs):
        expect(a == b, "%s\nmerger.py: %s\nbayaz:     %s" % (
            os.path.basename(path), a, b))
    expect(len(mine) == len(theirs), "%s: %d lines and %d" % (
        path, len(mine), len(theirs)))
    return len(to_join)


def main(folder):
    if not os.path.exists(MAKER):
        fieldwork.skip("property_union was not built")
    subprocess.run([MAKER], check=True, capture_output=True, env=dict(
        os.environ, BAYAZ_STORES=folder, BAYAZ_HISTORIES=str(N)))
    counts, to_join = {}, 0
    for i in range(N):
        to_join += compare(os.path.join(folder, "%03d.db" % i), counts)
    expect(counts.get("record", 0) > N and to_join > 0, "too little: %s" %
           counts)
    print("%d stores: %s; not compared: finding, list, table and what came of"
          " joining %d records" % (N, counts, to_join))
    return 0


if __name__ == "__main__":
    raise SystemExit(fieldwork.in_scratch(main, "merger-"))
