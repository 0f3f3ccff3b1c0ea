#!/usr/bin/env python3
"""DNH-27: one flipped bit, one missing, one more byte, at any position of a
bundle: it is refused whole, and the store is what it was.  Likewise a kit: the
laptop joins nothing.  A sample of positions; all with BAYAZ_LONG=1."""
import os
import random
import shutil
import sys

from fieldwork import (LONG, expect, in_scratch, join, make_project, record_xml,
                       run, text_form, write)

SAMPLE = 16
SEED = int(os.environ.get("BAYAZ_SEED", "27"))


def flipped(data, at, bit):
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1:]


def damages(data, positions, chance):
    for at in positions:
        yield "bit of byte %d" % at, flipped(data, at, chance.randrange(8))
        yield "without byte %d" % at, data[:at] + data[at + 1:]
        yield "one more before byte %d" % at, data[:at] + b"\0" + data[at:]
    for at in positions:
        yield "cut at %d" % at, data[:at]
    yield "one more at the end", data + b"\0"


def positions(data, chance, n):
    """The first and last bytes always: there stands what tells the format."""
    if LONG:
        return list(range(len(data)))
    some = set(chance.sample(range(len(data)), n))
    return sorted(some | {0, 1, len(data) - 2, len(data) - 1})


def pack(number, name):
    write("a.xml", record_xml("open", "%d" % number, ["village", "seven"]))
    write("b.xml", record_xml("hidden", "h%d" % number, ["x", "y"]))
    run("import", "a.xml", "b.xml", passphrase="pass")
    run("pack", "-o", name, passphrase="pass")
    with open(name, "rb") as file:
        return file.read()


def dump():
    return run("store", "dump", "--store", "store.db", home="boss").stdout


def check_bundle(chance):
    pack(1, "first.bayaz")
    run("merge", "first.bayaz", "--store", "store.db", "--accept-new",
        home="boss")
    data = pack(2, "second.bayaz")
    before = dump()
    n = 0
    for what, bad in damages(data, positions(data, chance, SAMPLE), chance):
        with open("bad.bayaz", "wb") as file:
            file.write(bad)
        done = run("merge", "bad.bayaz", "--store", "store.db", home="boss",
                   good=False)
        expect(done.returncode == 1, "%s: exit %d" % (what, done.returncode))
        expect("bad.bayaz" in done.stderr, "%s: %s" % (what, done.stderr))
        expect(dump() == before, "%s: the store changed" % what)
        n += 1
    run("merge", "second.bayaz", "--store", "store.db", home="boss")
    expect(dump() != before, "the whole bundle changed nothing")
    return n


def check_kit(chance):
    with open("kit", "rb") as file:
        data = file.read()
    n = 0
    places = positions(data, chance, 2)
    for what, bad in damages(data, places[::16] if LONG else places, chance):
        with open("bad", "wb") as file:
            file.write(bad)
        shutil.rmtree("new", ignore_errors=True)
        done = run("join", "bad", "--words-file", "kit.words",
                   "--no-passphrase", home="new", good=False)
        expect(done.returncode == 1, "kit, %s: exit %d" % (
            what, done.returncode))
        done = run("list", home="new", good=False)
        expect("open" not in done.stdout, "kit, %s: a form came" % what)
        n += 1
    join("new")
    return n


def main(_folder):
    chance = random.Random(SEED)
    write("open.xml", text_form("open", "standard", 2))
    write("hidden.xml", text_form("hidden", "protected", 2))
    make_project(["open.xml"], ["hidden.xml"])
    join("w", "pass")
    print("bundles refused: %d, kits refused: %d (seed %d)" % (
        check_bundle(chance), check_kit(chance), SEED))
    return 0


if __name__ == "__main__":
    sys.exit(in_scratch(main, "bayaz-flips-"))
