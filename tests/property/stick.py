#!/usr/bin/env python3
"""Sticks as they are: full, written to while they are pulled out, read only,
FAT, with a limit for files.  Whatever happens, nothing half stands under a
final name, nothing is left beside it where that can be, the records are ready
as before, and the next packing takes them all, once.

Needs root, to mount; what cannot be mounted here is left out, by name."""
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager

from fieldwork import (BAYAZ, expect, in_scratch, join, make_project,
                       manifest_of, record_xml, records, run, skip, text_form,
                       write)

RECORDS = 3
PHOTO = 150000


def system(*words):
    """Done?  Not where there is no such program."""
    if shutil.which(words[0]) is None:
        return False
    return subprocess.run(words, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode == 0


@contextmanager
def mounted(*words):
    """-> whether ./stick is that file system now"""
    os.makedirs("stick", exist_ok=True)
    there = system("mount", *words, "stick")
    try:
        yield there
    finally:
        if there and not system("umount", "stick"):
            system("umount", "-l", "stick")


def states():
    return sorted(record["state"] for record in records())


def refused(where, words, **how):
    """Packing fails with a sentence that has these words."""
    done = subprocess.run([BAYAZ, "-C", "w", "pack", "-o", where],
                          capture_output=True, text=True, timeout=120, **how)
    expect(done.returncode == 1, "%s: exit %d" % (words, done.returncode))
    for word in words:
        expect(word in done.stderr, "%s: %s" % (words, done.stderr))
    return done.stderr


def is_ready(why):
    expect(states() == ["ready"] * RECORDS, "%s: %s" % (why, states()))


def goes_out(number, why):
    """All of it, once, under the number that it should have."""
    os.makedirs("good", exist_ok=True)
    run("pack", "-o", "good/%d.bayaz" % number)
    manifest = manifest_of("good/%d.bayaz" % number)
    kinds = [entry["kind"] for entry in manifest["entries"]]
    expect(manifest["sequence"] == number and kinds.count("record") == RECORDS
           and kinds.count("file") == RECORDS, "%s: %s" % (why, kinds))
    expect(states() == ["packed"] * RECORDS, why)


def fresh():
    subprocess.run(["rm", "-rf", "w", "good"], check=True)
    join("w")
    chance = random.Random(4)
    for i in range(RECORDS):
        with open("%d.jpg" % i, "wb") as file:
            file.write(chance.randbytes(PHOTO))
        write("%d.xml" % i, record_xml("open", i, ["a", "b"],
                                       photo="%d.jpg" % i))
        run("import", "%d.xml" % i)


def full():
    with mounted("-t", "tmpfs", "-o", "size=256k", "none") as there:
        if not there:
            return False
        said = refused("stick", ["no room", "KB are needed", "free"])
        expect(os.listdir("stick") == [], "a full stick: %s" % said)
        needed = float(re.search(r"about ([0-9.]+) KB", said).group(1))
        expect(0.9 < needed * 1000 / RECORDS / PHOTO < 1.3, said)
        is_ready("a full stick")
        refused("stick/one.bayaz", ["no room"])
    goes_out(1, "after a full stick")
    return True


def read_only():
    with mounted("-t", "tmpfs", "-o", "ro,size=4m", "none") as there:
        if not there:
            return False
        refused("stick", ["Read-only file system"])
        is_ready("a stick that is read only")
    goes_out(1, "after one that is read only")
    return True


def pulled_out():
    """The blocks below are gone while it is written to."""
    with open("image", "wb") as file:
        file.truncate(16 << 20)
    if not system("mkfs.ext2", "-q", "image"):
        return False
    with mounted("-o", "loop", "image") as there:
        if not there:
            return False
        os.truncate("image", 0)
        refused("stick/one.bayaz", ["one.bayaz"])
        is_ready("a stick that was pulled out")
    goes_out(1, "after one was pulled out")
    return True


def fat():
    with open("image", "wb") as file:
        file.truncate(16 << 20)
    if not system("mkfs.vfat", "image"):
        return False
    with mounted("-o", "loop", "image") as there:
        if not there:
            return False
        refused("stick/a:b.bayaz", ["cannot hold a file with the name"])
        is_ready("a name that FAT cannot hold")
        run("pack", "-o", "stick")
        expect(len(os.listdir("stick")) == 1, "FAT: %s" % os.listdir("stick"))
    return True


def limited():
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200000, 200000))

    refused("big.bayaz", ["File too large"], preexec_fn=limit)
    expect(not os.path.exists("big.bayaz") and
           not os.path.exists("big.bayaz.part"), "a limit for files")
    is_ready("a limit for files")
    goes_out(1, "after a limit for files")
    return True


def main(_folder):
    if os.geteuid() != 0:
        skip("only root can mount: skipped")
    write("open.xml", text_form("open", "standard", 2, photo=True))
    make_project(["open.xml"])
    done, left = [], []
    for try_it in (full, read_only, pulled_out, fat, limited):
        fresh()
        (done if try_it() else left).append(try_it.__name__)
    print("tried: %s" % ", ".join(done))
    if left:
        print("cannot be had here: %s" % ", ".join(left))
    if not {"full", "read_only"} & set(done):
        skip("nothing can be mounted: skipped")
    return 0


if __name__ == "__main__":
    sys.exit(in_scratch(main, "bayaz-stick-"))
