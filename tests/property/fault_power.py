#!/usr/bin/env python3
"""The power goes.  Everything that was synced is on the disk; of the rest any
part: nothing, all, the first so many writes, some of them, some sectors of
some.  A new name is there for certain when its folder was synced.  After such
a cut at any moment: the workspace opens, what had been shown as done is there,
no bundle is half, and the same command completes.

Some moments; all of them, and more ways each, with BAYAZ_LONG=1.  Words on the
command line choose works (collect, pack ...)."""
import os
import random
import sys

import faults
import fieldwork
import works
from fieldwork import LONG, Broken, expect

MOMENTS = 6             # of each work, when it is short
SEALED_MOMENTS = 1      # where looking derives keys from a passphrase
SEED = int(os.environ.get("BAYAZ_SEED", "20261126"))
PROGRAM = """
import os
def put(name, text, sync):
    fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.write(fd, text)
    if sync:
        os.fsync(fd)
    os.close(fd)
def sync_folder():
    fd = os.open("live", os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)
put("live/old", b"new" * 1000, %d)
put("live/a.part", b"a" * 1000, %d)
os.rename("live/a.part", "live/a")
if %d:
    sync_folder()
print("done", flush=True)
"""


def leaves(sync_old, sync_new, sync_folder, dice):
    """What cuts after "done" leave of a program that syncs this and that."""
    faults.restore({"old": b"before"}, "live")
    faults_before = faults.Disk(os.path.abspath("live"))
    program = PROGRAM % (sync_old, sync_new, sync_folder)
    ran = faults.traced([sys.executable, "-c", program],
                        os.path.abspath("live"), log="log")
    expect(ran.status == 0, ran.err)
    for call in faults.read_log("log"):
        faults_before.apply(*call)
    expect("done" in faults_before.said, "what was printed is not in the log")
    seen = set()
    for how in faults.HOWS * 40:
        tree = faults_before.after_cut(how, dice)
        seen.add("old " + name_of(tree.get("old"), b"new" * 1000, b"before"))
        seen.add("a " + name_of(tree.get("a"), b"a" * 1000, b""))
        if "a.part" in tree:
            seen.add("a.part there")
    return seen


def name_of(data, new, old):
    if data is None:
        return "missing"
    return {new: "new", old: "old"}.get(data, "torn")


def check_ourselves(dice):
    """The model finds what is wrong with programs that sync too little."""
    os.makedirs("live", exist_ok=True)
    expect(leaves(1, 1, 1, dice) == {"old new", "a new"},
           "a careful program loses something")
    expect({"old old", "old torn"} <= leaves(0, 1, 1, dice),
           "a file that was not synced is never lost")
    expect({"a new", "a missing", "a.part there"} <= leaves(1, 1, 0, dice),
           "a name that was not synced is never lost")
    expect({"a new", "a torn", "a old"} <= leaves(1, 0, 1, dice),
           "a renamed file that was not synced is never lost")


def write_log(work, log):
    """The work without a cut: how many moments its log has where cuts may
    differ; and the disk before it, to be fed with the log."""
    work.reset()
    disk, first = (faults.Disk(os.path.abspath("live")) for _ in range(2))
    ran = work.traced(log=log)
    expect(ran.status == work.ends, "%s without a cut: %s" % (work.name, ran.err))
    n = sum(first.apply(*call) for call in faults.read_log(log))
    for path in first.mapped:
        expect(path.endswith("-shm"), "written by mapping it: %s" % path)
    return n, disk


def cut(work, disk, how, n, dice):
    """One cut.  The folder is put back afterwards."""
    tree = disk.after_cut(how, dice)
    faults.restore(tree, "live")
    try:
        work.check_disk(disk.said)
        work.check(disk.said, work.is_done(None, disk.said))
        return True
    except Broken as why:
        print("%s, cut after call %d, %s of what was not synced: %s" % (
            work.name, n, how, why))
        keep = os.environ.get("BAYAZ_KEEP")
        if keep:
            faults.restore(tree, keep)
        return False


def hows(work, is_last, dice):
    """Which parts of what was not synced are left."""
    if LONG or (is_last and not work.passphrase):
        return faults.HOWS
    if is_last:
        return ("nothing", dice.choice(faults.HOWS[1:]))
    return dice.sample(faults.HOWS, 2)


def try_cuts(work, dice):
    n_all, disk = write_log(work, "log")
    wanted = SEALED_MOMENTS if work.passphrase else MOMENTS
    chosen = set(range(1, n_all + 1))
    if not LONG and n_all > wanted:
        chosen = {1 + int((i + dice.random()) * n_all / wanted)
                  for i in range(wanted)}
    chosen.add(n_all)       # when all has been said
    n = n_bad = n_tried = 0
    for call in faults.read_log("log"):
        n += disk.apply(*call)
        if n not in chosen:
            continue
        chosen.discard(n)
        for how in hows(work, n == n_all, dice):
            n_bad += not cut(work, disk, how, n, dice)
            n_tried += 1
    print("%s: %d moments, %d cuts tried, %d bad" % (work.name, n_all,
                                                     n_tried, n_bad),
          flush=True)
    return n_tried, n_bad


def main(_folder):
    dice = random.Random(SEED)
    check_ourselves(dice)
    works.make_world()
    n_tried = n_bad = 0
    for work in works.chosen(sys.argv[1:]):
        work.begin()
        tried, bad = try_cuts(work, dice)
        n_tried += tried
        n_bad += bad
    print("%d cuts, %d bad, BAYAZ_SEED=%d" % (n_tried, n_bad, SEED))
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(fieldwork.in_scratch(main, "bayaz-power-"))
