#!/usr/bin/env python3
"""Large files on little memory: attaching, packing, opening, merging of records
with files of 24 MiB stay below 64 MB.  With BAYAZ_LONG=1 and room on the disk
it is a bundle of 10 GB, with two files of 5 GiB."""
import hashlib
import os
import random
import shutil
import sys
import time

import fieldwork
from fieldwork import (LONG, expect, in_scratch, join, make_project,
                       manifest_of, record_xml, skip, text_form, write)

MIB = 1 << 20
SIZE = 5120 * MIB if LONG else 24 * MIB
N = 2
LIMIT_KIB = 64 * 1000 * 1000 // 1024
NEEDED = 60 << 30 if LONG else 1 << 30


def is_sanitized():
    with open(fieldwork.BAYAZ, "rb") as program:
        return b"__asan_init" in program.read()


def make_file(path, chance):
    """Half of it noise, half of it one picture again and again; -> SHA-256"""
    digest, again = hashlib.sha256(), chance.randbytes(MIB)
    with open(path, "wb") as file:
        for i in range(SIZE // MIB):
            block = chance.randbytes(MIB) if i % 2 else again
            file.write(block)
            digest.update(block)
    return digest.hexdigest()


def measured(*words, home="w"):
    """-> peak of memory in KiB"""
    began = time.monotonic()
    child = os.spawnv(os.P_NOWAIT, fieldwork.BAYAZ,
                      [fieldwork.BAYAZ, "-C", home, *words])
    _, status, usage = os.wait4(child, 0)
    expect(status == 0, "bayaz %s: %d" % (" ".join(words), status))
    print("%-8s %6.1f MB, %.1f s" % (words[0], usage.ru_maxrss * 1.024e-3,
                                     time.monotonic() - began), flush=True)
    expect(is_sanitized() or usage.ru_maxrss < LIMIT_KIB,
           "%s took %d KiB" % (words[0], usage.ru_maxrss))


def main(folder):
    if shutil.disk_usage(folder).free < NEEDED:
        skip("there is no room for it here: skipped")
    chance = random.Random(10)
    write("open.xml", text_form("open", "standard", 2, photo=True))
    make_project(["open.xml"])
    join("w")
    hashes = set()
    for i in range(N):
        hashes.add(make_file("%d.jpg" % i, chance))
        write("%d.xml" % i, record_xml("open", i, ["a", "b"],
                                       photo="%d.jpg" % i))
        time.sleep(4 if LONG else 0)    # what was just made is read twice
        measured("import", "%d.xml" % i)
        os.remove("%d.jpg" % i)
    measured("pack", "-o", "up.bayaz")
    print("the bundle has %.2f GB" % (os.path.getsize("up.bayaz") / 1e9))
    shutil.rmtree("w")
    measured("open", "up.bayaz", "--json", home="boss")
    there = {entry["sha256"] for entry in manifest_of("up.bayaz")["entries"]
             if entry["kind"] == "file"}
    expect(there == hashes, "the files are not what they were")
    measured("merge", "up.bayaz", "--store", "a.db", "--accept-new",
             home="boss")
    return 0


if __name__ == "__main__":
    sys.exit(in_scratch(main, "bayaz-large-"))
