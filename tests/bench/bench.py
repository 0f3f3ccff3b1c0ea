#!/usr/bin/env python3
"""make bench: what the form engine costs, against floors of the same run.

    bench.py [--runs N] [WORD ...]      only rows whose name holds a WORD

Workloads are generated into bench-work/ of the build folder.  A row is a whole
process: load the form, give all answers of the script, finalise, write the
record.  Programs and floors take turns; the smallest time of each counts,
as what else runs on a machine only ever adds.  Times are of the processor,
seconds of user and system together; memory is the most that was resident.
Exit status 1: a limit was passed.  --figures prints what doc/performance.md
tells, in its form."""
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
BAYAZ = os.environ.get("BAYAZ") or os.path.join(BUILD, "bayaz")
WORK = os.path.join(BUILD, "bench-work")
VA = os.path.join(TOP, "..", "shared", "corpus", "forms",
                  "javarosa-whova_form")

WORKLOADS = {
    "wide-100": ["wide", "--n", "100"],
    "wide-2500": ["wide", "--n", "2500"],
    "wide-5000": ["wide", "--n", "5000"],
    "wide-10000": ["wide", "--n", "10000"],
    "roster-50": ["roster", "--r", "50"],
    "roster-1000": ["roster", "--r", "1000"],
    "roster-2000": ["roster", "--r", "2000"],
    "roster-4000": ["roster", "--r", "4000"],
    "roster-5000": ["roster", "--r", "5000"],
    "chain-1250": ["chain", "--n", "1250"],
    "chain-2500": ["chain", "--n", "2500"],
    "chain-5000": ["chain", "--n", "5000"],
    "chain-5000-shuffled": ["chain", "--n", "5000", "--shuffle"],
    "cascade-csv-50000": ["cascade", "--items", "50000", "--format", "csv"],
    "cascade-csv-100000": ["cascade", "--items", "100000", "--format", "csv"],
    "cascade-csv-200000": ["cascade", "--items", "200000", "--format", "csv"],
    "cascade-xml-50000": ["cascade", "--items", "50000", "--format", "xml"],
    "cascade-xml-100000": ["cascade", "--items", "100000", "--format", "xml"],
    "cascade-xml-200000": ["cascade", "--items", "200000", "--format", "xml"],
}

# What is measured once as a floor: the name, the command.
FLOORS = {
    "empty": [os.path.join(BUILD, "bench_empty")],
    "wide DOM": ["xmllint", "--noout", "wide-10000/form.xml"],
    "VA DOM": ["xmllint", "--noout", os.path.join(VA, "form.xml")],
    "list SAX": ["xmllint", "--sax", "--noout",
                 "cascade-xml-200000/media/places.xml"],
    "CSV cells": [os.path.join(BUILD, "bench_csv"),
                  "cascade-csv-200000/media/places.csv"],
    "start-up": [BAYAZ, "version"],
}

# Row, floor, times, plus which other, plus seconds, MB (0: no limit).  Memory
# is told for orientation, so a little more is not judged.
A_LITTLE = 1.05
ROWS = [
    ("start-up", "empty", 1.5, None, 0, 0),
    ("wide-100", "start-up", 1, None, 0.005, 8),
    ("wide-10000", "wide DOM", 2.5, None, 0, 60),
    ("VA", "VA DOM", 3, "start-up", 0, 16),
    ("roster-1000", None, 0, None, 0, 16),
    ("roster-5000", None, 0, None, 0, 60),
    ("chain-5000", None, 0, None, 0, 16),
    ("chain-5000-shuffled", None, 0, None, 0, 16),
    ("cascade-csv-200000", "CSV cells", 1.5, None, 0, 80),
    ("cascade-xml-200000", "list SAX", 2, None, 0, 80),
]

GROWTH = [
    ("wide-2500", "wide-5000", "wide-10000"),
    ("roster-1000", "roster-2000", "roster-4000"),
    ("chain-1250", "chain-2500", "chain-5000"),
    ("cascade-csv-50000", "cascade-csv-100000", "cascade-csv-200000"),
    ("cascade-xml-50000", "cascade-xml-100000", "cascade-xml-200000"),
]
STEEPEST = 1.05
UNJUDGED = "cascade"    # hashing what no cache holds: shown, without a limit

# Name, kind of measurement, workload, limits of p50 and p99 in microseconds.
WARM = [
    ("one answer, VA", "answers", "VA", 2, 20),
    ("one answer, wide-10000", "answers", "wide-10000", 2, 20),
    ("a calculation of chain-5000", "chain", "chain-5000", 1, 0),
    ("a calculation, shuffled", "chain", "chain-5000-shuffled", 1, 0),
    ("later choice lists, CSV", "choices", "cascade-csv-200000", 200, 0),
    ("later choice lists, XML", "choices", "cascade-xml-200000", 200, 0),
    ("one answer, roster of 50", "member", "roster-50", 0, 0),
    ("one answer, roster of 5000", "member", "roster-5000", 0, 0),
]
MEMBER_FACTOR = 1.5     # of 5,000 to 50: what caches and clocks do


figures = []            # (what, figure, limit), as doc/performance.md has them


class Cost:
    def __init__(self):
        self.wall = self.cpu = math.inf
        self.kib = self.instructions = 0

    def add(self, command, accepted):
        out = subprocess.run([os.path.join(BUILD, "bench_spawn")] + command,
                             cwd=WORK, check=True, stdout=subprocess.PIPE,
                             stdin=subprocess.DEVNULL)
        wall, cpu, kib, instructions, status = out.stdout.split()
        if int(status) not in accepted:
            sys.exit("bench: exit status %s: %s" % (int(status),
                                                    " ".join(command)))
        self.wall = min(self.wall, float(wall))
        self.cpu = min(self.cpu, float(cpu))
        self.kib = max(self.kib, int(kib))
        self.instructions = int(instructions)


def folder(name):
    return VA if name == "VA" else os.path.join(WORK, name)


def generate(name):
    """Complete or not at all: a folder that is there is whole."""
    if name == "VA" or os.path.isdir(folder(name)):
        return
    part = folder(name) + ".part"
    shutil.rmtree(part, ignore_errors=True)
    subprocess.run([sys.executable, os.path.join(HERE, "gen.py")]
                   + WORKLOADS[name] + [part], check=True,
                   stdout=subprocess.DEVNULL)
    os.rename(part, folder(name))


def command(name):
    if name in FLOORS:
        return FLOORS[name]
    where = folder(name)
    return [BAYAZ, "fill", os.path.join(where, "form.xml"), "--script",
            os.path.join(where, "script.tsv"), "-o",
            os.path.join(WORK, "record.xml")]


def measure(names, runs):
    costs = {name: Cost() for name in names}
    for _ in range(runs):
        for name in names:
            # The script of that form leaves required questions unanswered.
            costs[name].add(command(name), (0, 1) if name == "VA" else (0,))
    return costs


def verdict(ok):
    return "ok" if ok else "OVER"


def print_rows(rows, costs):
    """How many limits were passed."""
    print("%-22s %8s %8s %7s   %s" % ("whole process", "cpu s", "clock s",
                                      "MB", "against its floor"))
    over = 0
    for name, floor, times, other, seconds, megabytes in rows:
        cost = costs[name]
        said = []
        if floor is not None:
            limit = costs[floor].cpu * times + seconds
            if other is not None:
                limit += costs[other].cpu
            ok = cost.cpu <= limit
            over += not ok
            ratio = cost.cpu / costs[floor].cpu
            said.append("%.2f x %s (%.4f s), limit %.4f s: %s" % (
                ratio, floor, costs[floor].cpu, limit, verdict(ok)))
            figures.append((name, "%.2f × %s" % (ratio, floor),
                            "%.2f ×" % (limit / costs[floor].cpu)))
        if megabytes > 0:
            ok = cost.kib <= megabytes * 1024 * A_LITTLE
            over += not ok
            said.append("memory limit %d MB: %s" % (megabytes, verdict(ok)))
            figures.append((name, "%.1f MB" % (cost.kib / 1024),
                            "%d MB" % megabytes))
        print("%-22s %8.4f %8.4f %7.1f   %s" % (
            name, cost.cpu, cost.wall, cost.kib / 1024, "; ".join(said)))
    return over


def exponent(small, large):
    return math.log2(max(large, 1e-9) / max(small, 1e-9))


def print_growth(series, costs):
    print("\n%-22s %22s %22s" % ("growth, less start-up",
                                 "exponent of time", "of instructions"))
    start = costs["start-up"]
    over = 0
    for names in series:
        cpu = [costs[name].cpu - start.cpu for name in names]
        count = [costs[name].instructions - start.instructions
                 for name in names]
        grown = [exponent(a, b) for a, b in zip(cpu, cpu[1:])]
        steps = [exponent(a, b) for a, b in zip(count, count[1:])]
        # Time is noisy; where the machine counts, that decides.
        judged = steps if costs[names[0]].instructions > 0 else grown
        ok = max(judged) <= STEEPEST or names[0].startswith(UNJUDGED)
        over += not ok
        figures.append((names[0] + " to " + names[-1],
                        "exponent " + ", ".join("%.2f" % x for x in grown),
                        "-" if names[0].startswith(UNJUDGED)
                        else "%.2f" % STEEPEST))
        print("%-22s %22s %22s   %s" % (
            names[-1], " ".join("%.3f" % x for x in grown),
            " ".join("%.3f" % x for x in steps) if count[0] > 0 else "-",
            verdict(ok)))
    return over


def warm(kind, workload, runs):
    best = (0, math.inf, math.inf)
    for _ in range(runs):
        out = subprocess.run(
            [os.path.join(BUILD, "bench_warm"), kind,
             os.path.join(folder(workload), "form.xml"),
             os.path.join(folder(workload), "script.tsv")],
            check=True, stdout=subprocess.PIPE).stdout.split()
        if float(out[1]) < best[1]:
            best = (int(out[0]), float(out[1]), float(out[2]))
    return best


def print_warm(rows, runs):
    print("\n%-30s %8s %10s %10s" % ("warm, in the process", "times",
                                      "p50 us", "p99 us"))
    over = 0
    member = []
    for name, kind, workload, p50, p99 in rows:
        n, half, most = warm(kind, workload, runs)
        said = []
        if p50 > 0:
            over += half > p50
            said.append("p50 <= %g: %s" % (p50, verdict(half <= p50)))
        if p99 > 0:
            over += most > p99
            said.append("p99 <= %g: %s" % (p99, verdict(most <= p99)))
        if kind == "member":
            member.append(half)
        else:
            figures.append((name, "p50 %.2f µs, p99 %.2f µs" % (half, most),
                            ", ".join("%g µs" % x for x in (p50, p99) if x)))
        print("%-30s %8d %10.2f %10.2f   %s" % (name, n, half, most,
                                                 ", ".join(said)))
    if len(member) == 2:
        ok = member[1] <= member[0] * MEMBER_FACTOR
        over += not ok
        figures.append(("one answer, roster of 5000",
                        "%.2f × roster of 50" % (member[1] / member[0]),
                        "%.1f ×" % MEMBER_FACTOR))
        print("%-30s %30.2f times   %s" % (
            "roster of 5000 against 50", member[1] / member[0], verdict(ok)))
    return over


HEADS = 100000          # records of a workspace
OPENING = 2             # times libsodium over as many sealed heads
FORGETTING = 16         # one of HEADS, times one of a hundredth as many
MEMORY_MB = 64


def heads(*words):
    return subprocess.run([os.path.join(BUILD, "bench_heads"), *words],
                          cwd=WORK, check=True,
                          stdout=subprocess.PIPE).stdout.split()


def workspace(n):
    """Complete or not at all; what is removed from it is little."""
    name = "workspace-%d" % n
    if not os.path.isdir(os.path.join(WORK, name)):
        part = os.path.join(WORK, name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        heads("make", part, str(n))
        os.rename(part, os.path.join(WORK, name))
    return os.path.join(WORK, name)


def print_workspace(runs):
    """Opening and forgetting in a workspace with many records."""
    large, small = workspace(HEADS), workspace(HEADS // 100)
    opened = [heads("open", large) for _ in range(runs)]
    ratio = min(float(row[2]) for row in opened) / min(
        float(row[1]) for row in opened)
    listing = Cost()
    listing.add([BAYAZ, "-C", large, "list"], (0,))
    megabytes = max([listing.kib] + [int(row[3]) for row in opened]) / 1024
    each = [min(float(heads("forget", where, "10")[1]) for _ in range(runs))
            for where in (large, small)]
    rows = [
        ("opening %d records" % HEADS, "%.2f × libsodium", ratio, OPENING,
         "%.2f ×"),
        ("memory after unlocking", "%.1f MB", megabytes, MEMORY_MB, "%d MB"),
        ("removing one of them", "%%.1f × one of %d" % (HEADS // 100),
         each[0] / each[1], FORGETTING, "%d ×"),
    ]
    over = 0
    print("\nworkspace")
    for name, shape, figure, limit, limit_shape in rows:
        over += figure > limit
        figures.append((name, shape % figure, limit_shape % limit))
        print("%-30s %30s   limit %s: %s" % (
            name, shape % figure, limit_shape % limit,
            verdict(figure <= limit)))
    print("%-30s %27.2f ms" % ("removing one, processor", each[0] / 1000))
    return over


# Kind of records: how many, bytes of each, bytes of a file with each.
PACKING = {
    "small records": (14000, 2500, 0),
    "records with photos": (200, 2500, 500000),
}
PACKING_SPEED = 0.5     # of zlib alone at the same level, over the same bytes
MANY = (100000, 400, 0)


def packing(*words):
    return subprocess.run([os.path.join(BUILD, "bench_packing"), *words],
                          cwd=WORK, check=True,
                          stdout=subprocess.PIPE).stdout.split()


def ready(name, n, n_bytes, attached):
    """A workspace with records to pack, complete or not at all."""
    if not os.path.isdir(os.path.join(WORK, name)):
        shutil.rmtree(os.path.join(WORK, name + ".part"), ignore_errors=True)
        packing("make", name + ".part", str(n), str(n_bytes), str(attached))
        os.rename(os.path.join(WORK, name + ".part"),
                  os.path.join(WORK, name))
    return name


def print_packing(runs):
    """Packing against zlib alone; and its memory."""
    over = 0
    print("\npacking")
    for kind, shape in PACKING.items():
        name = ready("packing-%d-%d" % (shape[0], shape[2]), *shape)
        times, floors = [], []
        for _ in range(runs):       # in turns
            times.append(float(packing("pack", name, "out.bayaz")[2]))
            n_bytes, floor = packing("floor", name, "out.bayaz")
            floors.append(float(floor))
        speed = min(floors) / min(times)
        over += speed < PACKING_SPEED
        figures.append(("packing %s" % kind, "%.2f of zlib alone" % speed,
                        "%.1f" % PACKING_SPEED))
        print("%-30s %21.2f × zlib   limit %.1f: %s (%.0f MB/s)" % (
            kind, speed, PACKING_SPEED, verdict(speed >= PACKING_SPEED),
            int(n_bytes) / 1e6 / min(times)))
    packed = packing("pack", ready("packing-many", *MANY), "out.bayaz")
    megabytes = int(packed[3]) / 1024
    over += megabytes > MEMORY_MB
    figures.append(("memory, packing %d records" % MANY[0],
                    "%.1f MB" % megabytes, "%d MB" % MEMORY_MB))
    print("%-30s %27.1f MB   limit %d MB: %s" % (
        "%d records, %d bundles" % (int(packed[0]), int(packed[1])),
        megabytes, MEMORY_MB, verdict(megabytes <= MEMORY_MB)))
    return over


def print_figures():
    print("\nOn %s; times against the floor that took turns:\n"
          % time.strftime("%Y-%m-%d"))
    print("| what | figure | limit |\n|---|---|---|")
    for row in figures:
        print("| %s | %s | %s |" % row)


def chosen(words, *names):
    return not words or any(word in name for word in words for name in names)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--figures", action="store_true")
    parser.add_argument("words", nargs="*", metavar="WORD")
    args = parser.parse_args()
    os.makedirs(WORK, exist_ok=True)
    there = os.path.exists(os.path.join(VA, "form.xml"))
    rows = [row for row in ROWS if chosen(args.words, row[0])
            and (there or row[0] != "VA")]
    series = [names for names in GROWTH if chosen(args.words, *names)]
    warms = [row for row in WARM if chosen(args.words, row[0], row[2])
             and (there or row[2] != "VA")]
    if not there:
        print("The verbal autopsy form is not there: its rows are left out.")
    names = {"start-up"} | {row[0] for row in rows} | {
        row[1] for row in rows if row[1]} | {
        name for names in series for name in names}
    for name in sorted(names | {row[2] for row in warms}):
        if name in WORKLOADS:
            generate(name)
    if names & {"list SAX", "CSV cells", "wide DOM"}:
        for name in ("wide-10000", "cascade-csv-200000",
                     "cascade-xml-200000"):
            generate(name)
    costs = measure(sorted(names), args.runs)
    over = print_rows(rows, costs) + print_growth(series, costs)
    over += print_warm(warms, max(1, args.runs // 2))
    if chosen(args.words, "workspace"):
        over += print_workspace(max(1, args.runs // 2))
    if chosen(args.words, "packing"):
        over += print_packing(max(1, args.runs // 2))
    if args.figures:
        print_figures()
    if over:
        print("\n%d limits were passed." % over)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
