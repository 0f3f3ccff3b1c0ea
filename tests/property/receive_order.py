#!/usr/bin/env python3
"""Whatever comes down to a laptop (receipts, questions, settled questions) in
whatever order, some of it twice, some never: once the newest has come, the
laptop is as if only that had come, and all that was not answered can be."""
import json
import os
import random

import faults
import fieldwork
from fieldwork import LONG, expect, run

ORDERS = 200 if LONG else 12
SEED = int(os.environ.get("BAYAZ_SEED", "20261126"))


def boss(*words):
    return run(*words, home="boss")


def ask(number, text):
    said = boss("query", "uuid:%d" % number, text, "--store", "s.db", "--json")
    return json.loads(said.stdout)["question"]


def send(made):
    made.append("down/%d" % len(made))
    boss("send", "-o", made[-1], "--store", "s.db", "--all")


def backup(n):
    boss("store", "backup", "-o", "backup.%d" % n, "--store", "s.db",
         "--passphrase-file", "pass")


def make_history():
    """Two laptops, four records, eight bundles down; ./live/w is the first."""
    made = []
    os.mkdir("down")
    for i, home in enumerate(("live/w", "other")):
        fieldwork.join(home)
        for k in range(2):
            fieldwork.write("r.xml", fieldwork.record_xml("walk", 2 * i + k,
                                                          ["a"]))
            run("import", "r.xml", home=home)
            run("pack", "-o", "up.%d.%d" % (i, k), home=home)
    boss("merge", "up.0.0", "up.1.0", "--store", "s.db", "--accept-new")
    send(made)
    first = ask(0, "First?")
    ask(2, "Of the other?")
    send(made)
    backup(1)
    ask(0, "Second?")
    send(made)
    boss("query", "--close", first, "--store", "s.db")
    send(made)
    boss("merge", "up.0.1", "up.1.1", "--store", "s.db")
    ask(1, "Third?")
    send(made)
    backup(2)
    send(made)
    fourth = ask(1, "Fourth?")
    send(made)
    boss("query", "--close", fourth, "--store", "s.db")
    send(made)
    return made


def state():
    listed = json.loads(run("list", "--json", home="live/w").stdout)
    return ([(r["instance"], r["state"], r.get("asked"))
             for r in listed["records"]],
            [(q["text"], q["record"], q.get("answer", {}).get("text"))
             for q in listed["questions"]])


def take(order):
    for path in order:
        run("receive", path, home="live/w", good=False)


def main(_):
    draw = random.Random(SEED)
    fieldwork.write("walk.xml", fieldwork.text_form("walk", "public", 4, True))
    fieldwork.make_project(["walk.xml"])
    os.mkdir("live")
    made = make_history()
    start = faults.snapshot("live")
    take(made[-1:])
    wanted = state()
    expect([s for _, s, _ in wanted[0]] == ["received", "received"],
           "the records are %s" % wanted[0])
    expect(sorted(q for q, _, _ in wanted[1]) == ["Second?", "Third?"],
           "the questions are %s" % wanted[1])
    for n in range(ORDERS):
        faults.restore(start, "live")
        order = [draw.choice(made) for _ in range(draw.randrange(12))]
        order.insert(draw.randrange(len(order) + 1), made[-1])
        take(order)
        expect(state() == wanted, "after %s: %s" % (order, state()))
    run("answer", "uuid:0", "Yes", home="live/w")
    before = state()
    take(made)
    expect(state() == before, "an answer is gone: %s" % (state(),))
    packed = json.loads(run("pack", "-o", "up.9", "--json",
                            home="live/w").stdout)
    expect(packed["answers"] == 1, "packed: %s" % packed)
    boss("merge", "up.9", "--store", "s.db")
    send(made)
    take(made)
    expect([q for q, _, _ in state()[1]] == ["Third?"],
           "after the answer: %s" % state()[1])
    print("%d orders of %d bundles, BAYAZ_SEED=%d" % (ORDERS, len(made),
                                                      SEED))
    return 0


if __name__ == "__main__":
    raise SystemExit(fieldwork.in_scratch(main, "receive-order-"))
