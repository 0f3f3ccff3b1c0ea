#!/usr/bin/env python3
"""An answer costs one sync: it is on the disk before the next question, and
nothing is synced twice.  Counted in interviews of 40 and 240 answers; of 1,000
and 11,000 with BAYAZ_LONG=1."""
import os
import sys

import faults
import fieldwork
from fieldwork import LONG, expect

FEW, MANY = (1000, 11000) if LONG else (40, 240)
MOST = 1.05


def syncs(n_questions, n_answers):
    """Of an interview with so many answers, which is then left."""
    form = "wide%d" % n_questions
    if not os.path.exists(form + ".xml"):
        fieldwork.write(form + ".xml", fieldwork.text_form(
            form, "standard", n_questions))
        fieldwork.run("form", "add", form + ".xml")
    lines = ["answer %d" % i for i in range(n_answers)] + [":q"]
    ran = faults.traced(fieldwork.collect_words("w", form, "--new"),
                        os.path.abspath("w"), lines=lines)
    expect(ran.status == 0 and "saved" in ran.out, ran.out[-300:] + ran.err)
    return ran.counts["sync"]


def per_answer(few, many):
    """Syncs that each of the answers after the first `few` costs."""
    n = many + 1
    return (syncs(n, many) - syncs(n, few)) / (many - few)


def main(_folder):
    fieldwork.run("init", "--no-passphrase")
    each = per_answer(FEW, MANY)
    print("%.4f syncs for each answer, %d to %d" % (each, FEW, MANY))
    expect(each >= 1, "an answer is confirmed before it is on the disk")
    expect(each <= MOST, "an answer is synced more than once")


if __name__ == "__main__":
    sys.exit(fieldwork.in_scratch(main, "bayaz-syncs-"))
