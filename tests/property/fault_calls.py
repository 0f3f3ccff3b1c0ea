#!/usr/bin/env python3
"""Any one call to the disk fails, takes half, or is the last before kill -9;
or the disk is full from there on.  Then: the program says so and ends (no
crash, no hanging), the workspace opens, what was confirmed is there, no bundle
is half, and the same command completes.

A spread of calls; every one with BAYAZ_LONG=1.  Words on the command line
choose what is tried: names of works (collect, pack ...) and of faults."""
import os
import random
import sys

import faults
import fieldwork
import works
from fieldwork import LONG, Broken, expect

ALL = faults.CHANGES + ",read"
FAULTS = {              # what is done to which kinds of calls
    "eio": ALL + ",close",
    "full": "open,write,truncate,mkdir,sync,rename",
    "short": "read,write",
    "kill": faults.CHANGES,
}
SPREAD = 4              # calls of each work and fault, when it is short
SEED = int(os.environ.get("BAYAZ_SEED", "20261126"))
SEALED_SPREAD = 1       # where each run derives keys from a passphrase;
SEALED_FAULTS = 2       # and of so many of the faults


def check_end(work, ran, fault):
    """How it ended is in order by itself."""
    if fault == "kill":
        return
    expect(ran.status in (0, 1), "exit %d: %s" % (ran.status, ran.err[-800:]))
    expect(ran.status == 0 or ran.err.strip(), "it fails without a word")
    expect("Success" not in ran.err, "it says: " + ran.err)
    expect(fault != "short" or ran.status == work.ends,
           "what is no error is taken for one: " + ran.err)


def one(work, fault, under, n):
    work.reset()
    ran = work.traced(under, at=n, do=fault, calls=FAULTS[fault])
    try:
        check_end(work, ran, fault)
        work.check(ran.out, work.is_done(ran.status, ran.out))
    except Broken as why:
        print("%s, %s at call %d on %s (exit %d): %s\n  it said: %s" % (
            work.name, fault, n, under, ran.status, why, ran.err.strip()))
        return False
    return True


def calls_of(work, fault, under):
    work.reset()
    ran = work.traced(under, calls=FAULTS[fault])
    expect(ran.status == work.ends, "%s without a fault: %s" % (work.name, ran.err))
    return ran.counts["counted"]


def spread(work, n, dice):
    """A stratified sample: one of each part."""
    wanted = SEALED_SPREAD if work.passphrase else SPREAD
    if LONG or n <= wanted:
        return list(range(1, n + 1))
    return [1 + int((i + dice.random()) * n / wanted) for i in range(wanted)]


def tries(work, fault, dice):
    """(folder or file, number of the call on it)"""
    n = calls_of(work, fault, "live")
    expect(n > 5, "%s makes %d calls: are they seen?" % (work.name, n))
    chosen = [("live", i) for i in spread(work, n, dice)]
    if fault in work.vital and not LONG:
        n = calls_of(work, fault, work.vital[fault])
        chosen += [(work.vital[fault], i + 1) for i in range(n)]
    return chosen


def kinds(work, words, dice):
    """Of faults: those named among `words`, else all."""
    named = [fault for fault in FAULTS if fault in words]
    if LONG or named or not work.passphrase:
        return named or list(FAULTS)
    return sorted({*dice.sample(list(FAULTS), SEALED_FAULTS), *work.vital})


def main(_folder):
    words = sys.argv[1:]
    dice = random.Random(SEED)
    works.make_world()
    n_tried = n_bad = 0
    for work in works.chosen(words):
        work.begin()
        for fault in kinds(work, words, dice):
            chosen = tries(work, fault, dice)
            bad = sum(not one(work, fault, *try_) for try_ in chosen)
            print("%s, %s: %d calls, %d bad" % (work.name, fault, len(chosen),
                                                bad), flush=True)
            n_tried += len(chosen)
            n_bad += bad
    print("%d faults, %d bad, BAYAZ_SEED=%d" % (n_tried, n_bad, SEED))
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(fieldwork.in_scratch(main, "bayaz-fault-"))
