#!/usr/bin/env python3
"""Real forms behave as in JavaRosa: every form of the shared corpus opens or is
refused as recorded, every blank record and script gives what was recorded.

    tests/corpus/run.py            all; differences must be in one of two lists
    tests/corpus/run.py NAME...    these forms, with the output of bayaz
    tests/corpus/run.py --list     print all differences, a line each

deviations.tsv argues where we differ on purpose, a line each: form, what
(verdict, blank.tsv, script.tsv, script2.tsv), path, section of the
specification, argument.  A line that is no longer true is an error as well.  not-yet.tsv has what is known to be wrong: form,
what.  It only ever gets shorter; a line that has become right is told.
counts.tsv has how many there are of what, for doc/conformance.md; it has to be
true as well, and is written anew with --count."""
import concurrent.futures
import csv
import os
import subprocess
import sys

TOP = os.environ.get("top_srcdir") or os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.abspath(__file__))))
SHARED = os.environ.get("BAYAZ_SHARED", os.path.join(TOP, "..", "shared"))
CORPUS = os.path.join(SHARED, "corpus")
BAYAZ = os.environ.get("BAYAZ", os.path.join(TOP, "build", "bayaz"))
TIMEOUT_S = 120


def run(*words):
    try:
        done = subprocess.run(
            [BAYAZ, *words], stdin=subprocess.DEVNULL, timeout=TIMEOUT_S,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        return -1, "took too long\n"


def check_verdict(form, verdict):
    """A form on which JavaRosa crashes only has to be survived."""
    status, output = run("check", form)
    if status not in (0, 1):
        return "exit status %d" % status, output
    expected = {"ok": 0, "rejected": 1}.get(verdict, status)
    if status == expected:
        return None, output
    return "opens" if status == 0 else "is refused", output


def check_script(form, script):
    status, output = run("test", form, script)
    n_bad = output.count("\nnot ok ") + output.startswith("not ok ")
    if status == 0 and n_bad == 0:
        return None, output
    return "%d not ok, exit status %d" % (n_bad, status), output


def check_form(row):
    """-> [(what, difference or None, output)]"""
    folder = os.path.join(CORPUS, "forms", row["name"])
    form = os.path.join(folder, "form.xml")
    results = [("verdict",) + check_verdict(form, row["verdict"])]
    if row["verdict"] == "ok":
        for script in ("blank.tsv", "script.tsv", "script2.tsv"):
            path = os.path.join(folder, script)
            if os.path.exists(path):
                results.append((script,) + check_script(form, path))
    return results


def read_deviations():
    path = os.path.join(TOP, "tests", "corpus", "deviations.tsv")
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file
                if line.strip() and not line.startswith("#")]
    for row in rows:
        if len(row) != 5 or not all(field.strip() for field in row):
            sys.exit("deviations.tsv: five fields, none empty: %s" % row)
    return {(row[0], row[1]): row[4] for row in rows}


def read_not_yet():
    path = os.path.join(TOP, "tests", "corpus", "not-yet.tsv")
    with open(path, encoding="utf-8") as file:
        return {tuple(line.split()) for line in file
                if line.strip() and not line.startswith("#")}


def count(counts, what, difference):
    is_verdict = what == "verdict"
    counts["forms" if is_verdict else "recorded"] += 1
    counts["verdicts" if is_verdict else "replayed"] += not difference


def same_counts(counts, write):
    path = os.path.join(TOP, "tests", "corpus", "counts.tsv")
    text = "".join("%s\t%d\n" % item for item in counts.items())
    if write:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    with open(path, encoding="utf-8") as file:
        if file.read() == text:
            return True
    print("counts.tsv is not what was found; write it with --count, then "
          "'make conformance'")
    return False


def main():
    names = [a for a in sys.argv[1:] if not a.startswith("--")]
    try:
        with open(os.path.join(CORPUS, "corpus.tsv"), encoding="utf-8",
                  newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t",
                                       quoting=csv.QUOTE_NONE))
    except FileNotFoundError:
        print("no corpus at %s" % CORPUS)
        return 77
    if names:
        rows = [row for row in rows if row["name"] in names]
    deviations, not_yet = read_deviations(), read_not_yet()
    wrong, known, n = 0, 0, 0
    counts = dict.fromkeys(("forms", "verdicts", "recorded", "replayed"), 0)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for row, results in zip(rows, pool.map(check_form, rows)):
            for what, difference, output in results:
                n += 1
                count(counts, what, difference)
                if names:
                    print("== %s %s: %s" % (row["name"], what,
                                            difference or "as recorded"))
                    print(output, end="")
                expected = (row["name"], what) in deviations
                if "--list" in sys.argv:
                    if difference:
                        print("%s\t%s\t%s" % (row["name"], what, difference))
                elif (row["name"], what) in not_yet:
                    known += 1
                    if not difference:
                        print("%s %s: right now; take it out of not-yet.tsv"
                              % (row["name"], what))
                elif difference and not expected:
                    wrong += 1
                    print("%s %s: %s" % (row["name"], what, difference))
                elif expected and not difference:
                    wrong += 1
                    print("%s %s: as recorded, but listed as a deviation"
                          % (row["name"], what))
    if not names and "--list" not in sys.argv:
        wrong += not same_counts(counts, "--count" in sys.argv)
    print("%d results of %d forms, %d argued deviations, %d not yet right, "
          "%d wrong" % (n, len(rows), len(deviations), known, wrong),
          file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
