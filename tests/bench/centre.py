#!/usr/bin/env python3
"""make bench, third part: what work at the centre costs.

    centre.py [--runs N] [--records N] [--figures]

A coordinator merges 20 bundles of the workload `submissions` (100,000 records,
250 MB of XML) into a new store.  Of more records there are as many bundles as
laptops would pack, 5,000 records in each.  The floors are what cannot be left
out of that, each done alone on the same bytes by merging.c, in turns with the
merges: decrypt, inflate, SHA-256, a SAX parse by libxml2, deflate of what is
stored, insertion of the same rows into the same tables by SQLite.  The smallest sums
count.  Then the records are exported as CSV, beside `sqlite3 -csv` on the same
tables.  Exit status 1: a limit was passed.  --figures prints what
doc/performance.md tells, in its form."""
import argparse
import glob
import itertools
import json
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
TABLETS = 20
RECORDS_OF_A_TABLET = 5000         # more may not fit one bundle
FLOORS = ("decrypt", "inflate", "SHA-256", "parse", "deflate", "insert")
TIMES = 1.3             # the sum of the floors, of processor time
TIMES_WALL = 0.7        # of that sum, by the clock, with a second processor
MEMORY_MB = 128
TIMES_EXPORT = 3        # the time of sqlite3
FORM = "household"


def bayaz(folder, *words):
    environment = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC")
    environment.pop("BAYAZ_HOME", None)
    done = subprocess.run([BAYAZ, *words], cwd=folder, env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit("centre: bayaz %s: %s" % (words, done.stdout[-2000:]))


def n_tablets(n):
    return max(TABLETS, -(-n // RECORDS_OF_A_TABLET))


def make(folder, n):
    """A project, and the bundles that its laptops sent."""
    subprocess.run([sys.executable, os.path.join(HERE, "gen.py"),
                    "submissions", "--m", str(n), "--tablets", str(n_tablets(n)),
                    os.path.join(folder, "work")], check=True,
                   stdout=subprocess.DEVNULL)
    bayaz(folder, "-C", "centre", "project", "new", "Survey",
          "--no-passphrase")
    bayaz(folder, "-C", "centre", "project", "kit", "-o", "kit.bayaz",
          "--form", "work/form.xml", "--words-file", "words")
    for i in range(n_tablets(n)):
        home, files = "home%02d" % i, sorted(glob.glob(os.path.join(
            folder, "work", "tablet%02d" % i, "instances", "*", "*.xml")))
        bayaz(folder, "-C", home, "join", "kit.bayaz", "--words-file",
              "words", "--no-passphrase", "--name", "T-%02d" % i)
        for at in range(0, len(files), 2000):
            bayaz(folder, "-C", home, "import", *files[at:at + 2000])
        bayaz(folder, "-C", home, "pack", "-o", "%02d.bayaz" % i)
        shutil.rmtree(os.path.join(folder, home))
    os.rename(os.path.join(folder, "work", "manifest.json"),
              os.path.join(folder, "manifest.json"))
    shutil.rmtree(os.path.join(folder, "work"))


def workload(n):
    """Complete or not at all."""
    folder = os.path.join(WORK, "merging-%d" % n)
    if not os.path.isdir(folder):
        part = folder + ".part"
        shutil.rmtree(part, ignore_errors=True)
        os.makedirs(part)
        make(part, n)
        os.rename(part, folder)
    return folder


def spawn(folder, *words):
    out = subprocess.run([os.path.join(BUILD, "bench_spawn"), *words],
                         cwd=folder, check=True, stdout=subprocess.PIPE)
    wall, cpu, kib, _, status = out.stdout.split()
    if int(status) != 0:
        sys.exit("centre: exit status %d: %s" % (int(status), words))
    return float(wall), float(cpu), int(kib) / 1024


def merge(folder, bundles):
    for name in ("a.db", "a.db-wal", "a.db-shm"):
        if os.path.exists(os.path.join(folder, name)):
            os.remove(os.path.join(folder, name))
    return spawn(folder, BAYAZ, "-C", "centre", "merge", *bundles,
                 "--accept-new", "--store", "a.db")


def check(folder):
    """What was measured is the whole of it."""
    import sqlite3
    base = sqlite3.connect(os.path.join(folder, "a.db"))
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
        want = json.load(file)
    n = base.execute("SELECT count(*) FROM version").fetchone()[0]
    if n != want["files"] - want["copies"]:
        sys.exit("centre: %d versions, not all" % n)
    base.close()


def floors(folder, bundles):
    out = subprocess.run([os.path.join(BUILD, "bench_merging"), "centre",
                          "a.db", "copy.db", *bundles], cwd=folder,
                         check=True, stdout=subprocess.PIPE).stdout.split()
    for name in ("copy.db", "copy.db-wal", "copy.db-shm"):
        if os.path.exists(os.path.join(folder, name)):
            os.remove(os.path.join(folder, name))
    return [float(x) for x in out[:6]], int(out[6]), int(out[7])


def measure(n, runs):
    folder = workload(n)
    bundles = ["%02d.bayaz" % i for i in range(n_tablets(n))]
    merges, rounds = [], []
    for _ in range(runs):
        merges.append(merge(folder, bundles))
        check(folder)
        seconds, n_records, n_bytes = floors(folder, bundles)
        rounds.append(seconds)
    each = min(rounds, key=sum)
    print("%d records, %.0f MB of XML; floors, seconds of processor: %s" % (
        n_records, n_bytes / 1e6, ", ".join(
            "%s %.2f" % pair for pair in zip(FLOORS, each))))
    return merges, sum(each)


def tables(folder):
    import sqlite3
    base = sqlite3.connect(os.path.join(folder, "a.db"))
    names = [name for name, in base.execute(
        "SELECT DISTINCT table_name FROM bz_codebook WHERE form = ?",
        (FORM,))]
    base.close()
    return names


def export(folder):
    """Both write what they read to files; -> the costs of each."""
    shutil.rmtree(os.path.join(folder, "out"), ignore_errors=True)
    ours = spawn(folder, BAYAZ, "export", FORM, "--store", "a.db",
                 "-o", "out")
    words = [".headers on", ".mode csv"]
    for name in tables(folder):
        words += [".output %s.csv" % name, 'SELECT * FROM "%s";' % name]
    theirs = spawn(folder, "sqlite3", "-readonly", "a.db", *words)
    return ours, theirs


def check_export(folder):
    """A line for each row, and one with names."""
    import sqlite3
    base = sqlite3.connect(os.path.join(folder, "a.db"))
    for name in tables(folder):
        want = base.execute('SELECT count(*) FROM "%s"' % name).fetchone()[0]
        with open(os.path.join(folder, "out", name + ".csv"), "rb") as file:
            n = sum(1 for _ in file)
        if n != want + 1:
            sys.exit("centre: %d lines of %s, not %d" % (n, name, want + 1))
    base.close()


def export_rows(n, runs):
    if shutil.which("sqlite3") is None:
        print("exporting: not measured, there is no sqlite3")
        return
    folder = workload(n)
    costs = [export(folder) for _ in range(runs)]
    check_export(folder)
    yield ("exporting %d records" % n, "%.2f × sqlite3 -csv",
           min(ours[0] for ours, _ in costs) /
           min(theirs[0] for _, theirs in costs), TIMES_EXPORT)
    yield ("exporting %d records" % n, "%.1f MB",
           max(ours[2] for ours, _ in costs), MEMORY_MB)


def rows(n, runs):
    merges, total = measure(n, runs)
    cpu = min(cost[1] for cost in merges)
    yield ("merging %d records" % n, "%.2f × its floors, processor",
           cpu / total, TIMES)
    if len(os.sched_getaffinity(0)) > 1:
        yield ("merging %d records" % n, "%.2f × its floors, clock",
               min(cost[0] for cost in merges) / total, TIMES_WALL)
    yield ("merging %d records" % n, "%.1f MB",
           max(cost[2] for cost in merges), MEMORY_MB)
    print("%.2f s of processor, %.2f s by the clock" % (
        cpu, min(cost[0] for cost in merges)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--records", type=int, default=100000)
    parser.add_argument("--figures", action="store_true")
    args = parser.parse_args()
    os.makedirs(WORK, exist_ok=True)
    over, figures = 0, []
    for name, shape, figure, limit in itertools.chain(
            rows(args.records, args.runs),
            export_rows(args.records, args.runs)):
        over += figure > limit
        figures.append((name, shape % figure, "%g" % limit))
        print("%-26s %32s   limit %g: %s" % (
            name, shape % figure, limit, "ok" if figure <= limit else "OVER"))
    if args.figures:
        print("\nOn %s:\n\n| what | figure | limit |\n|---|---|---|"
              % time.strftime("%Y-%m-%d"))
        for row in figures:
            print("| %s | %s | %s |" % row)
    if over:
        print("\n%d limits were passed." % over)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
