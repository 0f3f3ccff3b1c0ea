#!/usr/bin/env python3
"""The workloads of make bench, small, for what is true of them on any machine:
every line of their scripts holds; instructions grow as the workload does,
where the machine counts them; every kind of warm measurement measures."""
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ["top_builddir"]
BAYAZ = os.environ["BAYAZ"]
LONG = "BAYAZ_LONG" in os.environ
# A limit above the 1.05 of make bench: at this size start-up is the larger
# part, and what is subtracted for it is not exact.
STEEPEST = 1.10

WORKLOADS = {
    "wide-200": ["wide", "--n", "200"],
    "wide-chained": ["wide", "--n", "200", "--chain", "form"],
    "roster-60": ["roster", "--r", "60"],
    "chain-200": ["chain", "--n", "200"],
    "chain-shuffled": ["chain", "--n", "200", "--shuffle"],
    "cascade-csv": ["cascade", "--items", "8000", "--format", "csv"],
    "cascade-xml": ["cascade", "--items", "8000", "--format", "xml"],
}
GROWING = {
    "wide": (["wide", "--n", "500"], ["wide", "--n", "1000"]),
    "roster": (["roster", "--r", "200"], ["roster", "--r", "400"]),
    "chain": (["chain", "--n", "500"], ["chain", "--n", "1000"]),
    "cascade-csv": (
        ["cascade", "--items", "10000", "--format", "csv"],
        ["cascade", "--items", "20000", "--format", "csv"]),
    "cascade-xml": (
        ["cascade", "--items", "10000", "--format", "xml"],
        ["cascade", "--items", "20000", "--format", "xml"]),
}
WARM = (("answers", "wide-200"), ("chain", "chain-200"),
        ("choices", "cascade-csv"), ("member", "roster-60"))

wrong = 0


def say(text):
    global wrong
    wrong += 1
    print(text)


def generate(work, name, arguments):
    where = os.path.join(work, name)
    subprocess.run([sys.executable, os.path.join(HERE, "gen.py")] + arguments
                   + [where], check=True, stdout=subprocess.DEVNULL)
    return (os.path.join(where, "form.xml"),
            os.path.join(where, "script.tsv"))


def check_answers(work):
    files = {}
    for name, arguments in WORKLOADS.items():
        files[name] = form, script = generate(work, name, arguments)
        done = subprocess.run([BAYAZ, "test", form, script],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        out = done.stdout.decode()
        if done.returncode != 0 or "\nok " not in "\n" + out:
            say("%s: bayaz test: %s" % (name, out[-2000:]))
    return files


def instructions(arguments):
    """By the machine's own counter, else by valgrind; 0: by neither."""
    out = subprocess.run([os.path.join(BUILD, "bench_spawn")] + arguments,
                         check=True, stdout=subprocess.PIPE,
                         stdin=subprocess.DEVNULL).stdout.split()
    if int(out[4]) != 0:
        say("exit status %d: %s" % (int(out[4]), " ".join(arguments)))
    if int(out[3]) > 0 or shutil.which("valgrind") is None:
        return int(out[3])
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
        + arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    found = re.search(r"Collected : (\d+)", done.stderr.decode())
    if done.returncode != 0:  # a sanitized program does not run in it
        return 0
    return int(found.group(1)) if found else 0


def check_growth(work):
    start = instructions([BAYAZ, "version"])
    if start == 0:
        print("Nothing counts instructions here: growth is not seen.")
        return
    for name, sizes in GROWING.items():
        if name.startswith("cascade") and not LONG:
            continue
        counts = []
        for i, arguments in enumerate(sizes):
            form, script = generate(work, "%s-%d" % (name, i), arguments)
            counts.append(instructions([BAYAZ, "fill", form, "--script",
                                        script, "-o", form + ".out"]) - start)
        steep = math.log2(counts[1] / counts[0])
        print("%s: %d, %d instructions, exponent %.3f"
              % (name, counts[0], counts[1], steep))
        if steep > STEEPEST:
            say("%s grows faster than its size" % name)


def check_warm(files):
    for kind, name in WARM:
        out = subprocess.run([os.path.join(BUILD, "bench_warm"), kind]
                             + list(files[name]), check=True,
                             stdout=subprocess.PIPE).stdout.split()
        if len(out) != 3 or int(out[0]) < 3 or float(out[1]) <= 0:
            say("warm %s measured nothing: %s" % (kind, out))


def heads(*words):
    return subprocess.run([os.path.join(BUILD, "bench_heads"), *words],
                          check=True, stdout=subprocess.PIPE).stdout.split()


def packing(*words):
    return subprocess.run([os.path.join(BUILD, "bench_packing"), *words],
                          check=True, stdout=subprocess.PIPE).stdout.split()


def check_packing(work):
    """Bundles hold what they should."""
    where, out = os.path.join(work, "packing"), os.path.join(work, "bundle")
    packing("make", where, "300", "2000", "30000")
    packed = packing("pack", where, out)
    if packed[:2] != [b"300", b"1"]:
        say("300 records were not packed into one bundle: %s" % packed)
    if int(packing("floor", where, out)[0]) < 300 * 32000:
        say("the bundle of 300 records is too small")


def check_merging(work):
    """A merge of few records, and its floors on the same bytes."""
    os.environ["top_builddir"] = BUILD
    os.environ["BAYAZ"] = BAYAZ
    import centre
    where = os.path.join(work, "merging")
    os.mkdir(where)
    centre.make(where, 200)
    bundles = ["%02d.bayaz" % i for i in range(centre.TABLETS)]
    centre.merge(where, bundles)
    centre.check(where)
    seconds, n_records, n_bytes = centre.floors(where, bundles)
    if n_records != 200 or n_bytes < 200 * 1000 or min(seconds) < 0:
        say("floors of merging measured nothing: %s" % seconds)


def check_workspace(work):
    where = os.path.join(work, "workspace")
    heads("make", where, "300")
    if int(heads("open", where)[0]) != 300:
        say("a workspace of 300 records does not have 300")
    heads("forget", where, "7")
    if int(heads("open", where)[0]) != 293:
        say("a workspace of 300 records has not lost 7")


def main():
    with tempfile.TemporaryDirectory() as work:
        files = check_answers(work)
        check_growth(work)
        check_warm(files)
        check_workspace(work)
        check_packing(work)
        check_merging(work)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
