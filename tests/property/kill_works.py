#!/usr/bin/env python3
"""kill -9 at any moment of what is done in the field (the works of works.py:
importing, finishing a protected record, packing ...): the laws that hold for a
fault hold for it.  No tracing here: the moment is one of the clock.

A few kills of each; several hundred in all with BAYAZ_LONG=1.  Words on the
command line choose works."""
import os
import random
import signal
import subprocess
import sys
import time

import fieldwork
import works
from fieldwork import LONG, Broken, expect

SEED = int(os.environ.get("BAYAZ_SEED", time.time_ns() % 1000000))
# How often each is killed: short, long.
KILLS, SEALED_KILLS = (5, 80), (1, 40)


def begin(work):
    """The command as a process, with what it prints in ./printed; it is told
    all its lines at once."""
    with open("told", "w", encoding="utf-8") as told:
        told.write("".join(line + "\n" for line in work.lines))
    with open("printed", "wb") as out, open("told", "rb") as told:
        return subprocess.Popen(work.command(), stdin=told, stdout=out,
                                stderr=subprocess.DEVNULL)


def whole_time(work):
    work.reset()
    start = time.monotonic()
    status = begin(work).wait(120)
    expect(status == work.ends, "%s: exit %d" % (work.name, status))
    return time.monotonic() - start


def kill_once(work, delay):
    """Whether the kill came before the end."""
    work.reset()
    child = begin(work)
    time.sleep(delay)
    child.kill()
    status = child.wait()
    with open("printed", encoding="utf-8", errors="replace") as printed:
        said = printed.read()
    work.check(said, work.is_done(status, said))
    return status == -signal.SIGKILL


def main(_folder):
    dice = random.Random(SEED)
    works.Import.n = works.Pack.n = 150       # so that they take their time
    works.make_world()
    n_all = n_early = n_bad = 0
    for work in works.chosen(sys.argv[1:]):
        work.begin()
        whole = whole_time(work)
        early = 0
        n = (SEALED_KILLS if work.passphrase else KILLS)[LONG]
        for i in range(n):
            delay = whole * (i + dice.random()) / n
            try:
                early += kill_once(work, delay)
            except Broken as why:
                n_bad += 1
                print("%s, killed after %.1f of %.1f ms: %s" % (
                    work.name, delay * 1000, whole * 1000, why))
        print("%s: %d kills, %d of them before its end" % (work.name, n,
                                                           early), flush=True)
        n_all += n
        n_early += early
    print("%d kills, %d before the end, %d bad, BAYAZ_SEED=%d" % (
        n_all, n_early, n_bad, SEED))
    expect(n_early > 0, "every kill came too late")
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(fieldwork.in_scratch(main, "bayaz-kill-"))
