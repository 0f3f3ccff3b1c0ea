#!/usr/bin/env python3
"""make bench, second part: what work in the field costs.

    field.py [--runs N] [--figures] [WORD ...]   only rows named by a WORD

A row is a function below: it measures, and says what it measured against which
limit.  The smallest time of several runs counts.  Exit status 1: a limit was
passed.  --figures prints what doc/performance.md tells, in its form."""
import argparse
import math
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.environ.get("top_srcdir") or os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("top_builddir") or os.path.join(TOP, "build")
os.environ["top_builddir"] = BUILD
os.environ.setdefault("BAYAZ", os.path.join(BUILD, "bayaz"))
sys.path.insert(0, os.path.join(TOP, "tests", "property"))
import fieldwork  # noqa: E402
import syncs  # noqa: E402

WORK = os.path.join(BUILD, "bench-work", "field")
ROWS = []


class Report:
    """Figures against limits."""

    def __init__(self, runs):
        self.runs = runs
        self.figures = []
        self.n_over = 0

    def say(self, what, value, unit, limit=None):
        """`value` must not pass `limit`."""
        ok = limit is None or value <= limit
        self.n_over += not ok
        figure = "%.4g %s" % (value, unit)
        bound = "-" if limit is None else "%.4g %s" % (limit, unit)
        self.figures.append((what, figure, bound))
        print("%-44s %16s   limit %-16s %s" % (
            what, figure, bound, "" if limit is None else
            "ok" if ok else "OVER"), flush=True)

    def cost(self, words, stdin=os.devnull, before=None):
        """Seconds of processor and peak MB, the least of some runs; before()
        is called ahead of each."""
        cpu, kib = math.inf, 0
        for _ in range(self.runs):
            if before is not None:
                before()
            with open(stdin, "rb") as told:
                out = subprocess.run(
                    [os.path.join(BUILD, "bench_spawn"), *words],
                    stdin=told, stdout=subprocess.PIPE, check=True)
            _, seconds, peak, _, status = out.stdout.split()
            if int(status) != 0:
                sys.exit("field: exit status %s: %s" % (int(status), words))
            cpu, kib = min(cpu, float(seconds)), max(kib, int(peak))
        return cpu, kib / 1024


def row(function):
    ROWS.append(function)
    return function


# --- an answer ---

def new_workspace(home):
    shutil.rmtree(home, ignore_errors=True)
    fieldwork.run("init", "--no-passphrase", home=home)


def answering(report, n):
    """Processor seconds of n answers, each confirmed, and of none."""
    form = "wide%d" % n
    fieldwork.write(form + ".xml", fieldwork.text_form(form, "standard", n))
    told = {"none": [":q"],
            "all": ["answer %d" % i for i in range(n)] + [":q"]}
    seconds = {}

    def fresh():
        new_workspace("w")
        fieldwork.run("form", "add", form + ".xml")

    for which, lines in told.items():
        fieldwork.write("told", "\n".join(lines) + "\n")
        seconds[which], _ = report.cost(
            fieldwork.collect_words("w", form, "--new"), "told", fresh)
    return seconds["all"] - seconds["none"]


@row
def answer(report):
    """Confirming an answer, in records that hold up to 10,000."""
    sizes = (2500, 5000, 10000)
    seconds = [answering(report, n) for n in sizes]
    for n, spent in zip(sizes, seconds):
        report.say("an answer, record of %d" % n, spent / n * 1000, "ms", 1)
    for (a, b), n in zip(zip(seconds, seconds[1:]), sizes[1:]):
        report.say("growth of answering to %d" % n, math.log2(b / a),
                   "exponent")


@row
def sync(report):
    """Syncs that an answer costs, in a record of 10,000."""
    new_workspace("w")
    report.say("syncs of an answer, record of 10000",
               syncs.per_answer(0, 10000), "syncs", 1.05)


# --- all of it ---

def print_figures(figures):
    print("\nOn %s:\n" % time.strftime("%Y-%m-%d"))
    print("| what | figure | limit |\n|---|---|---|")
    for figure in figures:
        print("| %s | %s | %s |" % figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--figures", action="store_true")
    parser.add_argument("words", nargs="*", metavar="WORD")
    args = parser.parse_args()
    fieldwork.BAYAZ = os.path.abspath(fieldwork.BAYAZ)
    shutil.rmtree(WORK, ignore_errors=True)
    os.makedirs(WORK)
    os.chdir(WORK)
    report = Report(args.runs)
    for function in ROWS:
        if not args.words or any(word in function.__name__
                                 for word in args.words):
            function(report)
    if args.figures:
        print_figures(report.figures)
    if report.n_over:
        print("\n%d limits were passed." % report.n_over)
    return 1 if report.n_over else 0


if __name__ == "__main__":
    sys.exit(main())
