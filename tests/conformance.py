#!/usr/bin/env python3
"""doc/conformance.md, made from conformance.tsv and what the tests said.

    tests/conformance.py            is the document what it would be made now?
    tests/conformance.py --write    write it   (make conformance)

conformance.tsv: a line "== TITLE TAB ADDRESS" begins a chapter, "-- TEXT" is
text in it; every other line is CONSTRUCT TAB STATE TAB TESTS TAB NOTE.

STATE  yes    the engine does it, and the tests say so
       front  the engine hands it on, a front end acts on it
       part   some of it, or otherwise: NOTE says what
       no     not done: NOTE says why
TESTS  separated by "; ".  What each may be:
       xpath:CONSTRUCT      the rows of tests/spec/*.tsv that name it
       CHAPTER:CASE         a case of tests/spec/CHAPTER.forms
       agreement:CASE       tests/agreement/CASE.case
       test_NAME:SENTENCE   a test of tests/unit/test_NAME.c
       a path, a program    a transcript, a script, a property
       In a chapter of functions "" means the rows of that function.

A construct has its state only if every test that is named exists and passed.
Functions that the engine knows must be in the file, each once, and no others.
The tests have to be run before, in the same build (conformance_logs in
tests/module.am); one that was skipped here skips this one as well."""
import os
import re
import subprocess
import sys

TOP = os.environ.get("top_srcdir") or os.path.dirname(
    os.path.dirname(os.path.abspath(__file__)))
BUILD = os.environ.get("top_builddir", os.path.join(TOP, "build"))
DOCUMENT = os.path.join(TOP, "doc", "conformance.md")
SPECIFICATION = "https://getodk.github.io/xforms-spec/"
MARKS = {"yes": "✅", "front": "➡️", "part": "🚧", "no": "", "bad": "❌"}
BAR = 15

HEAD = """# What of ODK XForms bayaz does

Made by `make conformance` from `tests/conformance.tsv` and the results of the
tests; `make check` fails where it is not what the tests say. The shape is that
of the feature matrix of [ODK Web Forms](https://github.com/getodk/web-forms),
so that the two can be laid side by side: first the chapters of the
[specification](%s), each row of its tables, then the rows of that matrix.

| | |
|:---:|---|
| ✅ | done, and every test that is named passes |
| ➡️ | a matter of the front end: the engine hands on what the form says, and a test shows that it does |
| 🚧 | some of it, or otherwise than the text has it: the note says what |
| | not done: the note says why |
| ❌ | a test that is named fails, or is missing |

A bar counts ✅ among what is the engine's own (all but ➡️).

How tests are named: `xpath:NAME` are the rows about NAME in
`tests/spec/*.tsv`; `CHAPTER:CASE` is a case of `tests/spec/CHAPTER.forms`;
`agreement:CASE` is `tests/agreement/CASE.case`; `test_MODULE:SENTENCE` is a
test of `tests/unit/test_MODULE.c`; the rest are files of `tests/`.

"""


class Skipped(Exception):
    pass


def read(*path):
    with open(os.path.join(*path), encoding="utf-8", errors="replace") as file:
        return file.read()


def rows_of(path, n_fields):
    for number, line in enumerate(read(path).split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) > n_fields:
            sys.exit("%s:%d: too many fields" % (path, number))
        yield number, fields + [""] * (n_fields - len(fields))


class Results:
    """What the tests of this build said: names to True or False."""

    def __init__(self):
        if not os.path.exists(os.path.join(BUILD, "test_xpath.trs")):
            raise Skipped("what needs cmocka")
        self.logs, self.cases = {}, {}
        self.read_rows()
        self.read_lines("tests/spec/forms", r"^(ok|not ok) (\S+)$", "")
        self.read_lines("tests/agreement/run",
                        r"^()(\S+)\.case: (?:ok|WRONG)$", "agreement:")

    def log(self, name):
        """-> (global result, log); None if the test was not run."""
        if name not in self.logs:
            trs = os.path.join(BUILD, name + ".trs")
            if not os.path.exists(trs):
                self.logs[name] = (None, "")
            else:
                result = re.search(r"^:global-test-result: (\w+)", read(trs),
                                   re.M).group(1)
                log = os.path.join(BUILD, name + ".log")
                self.logs[name] = (result, read(log))
            if self.logs[name][0] == "SKIP":
                raise Skipped(name)
        return self.logs[name]

    def read_lines(self, name, pattern, prefix):
        log = self.log(name)[1]
        for match in re.finditer(pattern, log, re.M):
            self.cases[prefix + match.group(2)] = \
                match.group(0).endswith("ok") if match.group(1) == "" \
                else match.group(1) == "ok"

    def read_rows(self):
        """Rows of expressions by what they are about."""
        result, log = self.log("tests/spec/spec")
        wrong = set(re.findall(r"([\w-]+\.tsv:\d+): ", log))
        tables = [os.path.join(TOP, "tests", "spec", name) for name in
                  sorted(os.listdir(os.path.join(TOP, "tests", "spec")))
                  if name.endswith(".tsv")]
        listed = subprocess.run(
            [os.path.join(BUILD, "run_spec"), "--list", *tables], check=True,
            stdout=subprocess.PIPE).stdout.decode()
        for line in listed.splitlines():
            _, construct, place = line.split("\t")
            key = "xpath:" + construct
            self.cases[key] = self.cases.get(key, True) and \
                result is not None and os.path.basename(place) not in wrong

    def of(self, name):
        """True, False, or None: there is no such test."""
        if re.match(r"(test|property)_\w+:", name):
            program, test = name.split(":")
            log = self.log(program)[1]
            return True if "[       OK ] %s\n" % test in log else \
                False if "[ RUN      ] %s\n" % test in log else None
        if ":" in name:
            return self.cases.get(name)
        result = self.log(os.path.splitext(name)[0])[0]
        return None if result is None else result == "PASS"


def read_chapters():
    """-> [{title, anchor, text, rows: [[construct, state, tests, note]]}]"""
    path = os.path.join(TOP, "tests", "conformance.tsv")
    chapters = []
    for number, fields in rows_of(path, 4):
        if fields[0].startswith("== "):
            chapters.append({"title": fields[0][3:], "anchor": fields[1],
                             "text": [], "rows": []})
        elif fields[0].startswith("-- "):
            chapters[-1]["text"].append(fields[0][3:])
        else:
            if fields[1] not in MARKS or fields[1] == "bad":
                sys.exit("%s:%d: no state: '%s'" % (path, number, fields[1]))
            if fields[1] in ("part", "no") and not fields[3]:
                sys.exit("%s:%d: why?" % (path, number))
            chapters[-1]["rows"].append(fields)
    return chapters


def function_of(construct):
    match = re.match(r"([a-z][\w:-]*)\(", construct)
    return match.group(1) if match else None


def is_about_functions(chapter):
    return chapter["title"].startswith("Functions")


def check_functions(chapters):
    known = subprocess.run(
        [os.path.join(BUILD, "run_spec"), "--functions"], check=True,
        stdout=subprocess.PIPE).stdout.decode().split()
    told = [function_of(row[0]) for chapter in chapters
            if is_about_functions(chapter) for row in chapter["rows"]
            if row[1] != "no"]
    for name in sorted(set(known) - set(told)):
        yield "function %s() is not in tests/conformance.tsv" % name
    for name in sorted(set(told) - set(known)):
        yield "the engine has no function %s()" % name
    for name in sorted(set(told)):
        if told.count(name) > 1:
            yield "function %s() is told twice" % name


def judge(chapter, row, results):
    """-> (state, tests, note), with what is wrong in the note."""
    construct, state, tests, note = row
    if tests == "" and is_about_functions(chapter) and state != "no":
        tests = "xpath:" + function_of(construct)
    names = [name for name in tests.split("; ") if name]
    outcomes = [(name, results.of(name)) for name in names]
    wrong = ["%s %s" % (name, "is missing" if outcome is None else "fails")
             for name, outcome in outcomes if not outcome]
    if not names and state != "no":
        wrong = ["no test"]
    if wrong:
        state, note = "bad", "; ".join(wrong + ([note] if note else []))
    return state, names, note


def bar(judged):
    own = [state for state, _, _ in judged if state != "front"]
    if not own:
        return "➡️"
    share = own.count("yes") / len(own)
    filled = int(BAR * share)
    return "%s%s %d\\%%" % ("🟩" * filled, "⬜" * (BAR - filled),
                          int(100 * share))


def cell(text):
    return text.replace("|", "\\|")


def construct_cell(text):
    """Code, but for what is plain words."""
    if re.fullmatch(r"[A-Z][^<`]*", text) or " " in text and "(" not in text \
            and "<" not in text:
        return cell(text)
    return "`%s`" % cell(text)


def show_chapter(chapter, judged):
    lines = ["", "<details>", "  <summary>", "", "<!-- prettier-ignore -->",
             "  ##### %s<br/>%s" % (chapter["title"], bar(judged)), "",
             "  </summary>", "  <br/>", ""]
    if chapter["anchor"]:
        lines += ["[The specification](%s%s)" % (SPECIFICATION,
                                                 chapter["anchor"]), ""]
    for text in chapter["text"]:
        lines += [text, ""]
    lines += ["| Feature  <img width=250px/>  | Progress     | Shown by | "
              "Note |", "| ----------- | :----------: | ----- | ----- |"]
    for row, (state, tests, note) in zip(chapter["rows"], judged):
        lines.append("| %s | %s | %s | %s |" % (
            construct_cell(row[0]), MARKS[state],
            "<br/>".join("`%s`" % cell(name) for name in tests), cell(note)))
    return "\n".join(lines + ["", "</details>", ""])


def show_summary(judged):
    states = [state for rows in judged for state, _, _ in rows]
    return ("%d rows: %d ✅, %d ➡️, %d 🚧, %d not done, %d ❌.\n" % (
        len(states), states.count("yes"), states.count("front"),
        states.count("part"), states.count("no"), states.count("bad")))


def show_deviations():
    """The corpus: counts that its own test keeps true, and what differs."""
    counts = {fields[0]: fields[1] for _, fields in rows_of(
        os.path.join(TOP, "tests", "corpus", "counts.tsv"), 2)}
    rows = [fields for _, fields in rows_of(
        os.path.join(TOP, "tests", "corpus", "deviations.tsv"), 5)]
    lines = ["", "## Where bayaz differs from JavaRosa on purpose", "",
             "Of %(forms)s real forms of other projects, %(verdicts)s open or "
             "are refused as in JavaRosa," % counts,
             "and %(replayed)s of the %(recorded)s records and scripts that "
             "were taken from it come out the" % counts,
             "same, line by line (`tests/corpus/run.py`). The others, all of "
             "them, follow the", "specification:", "",
             "| Form | What | Path | Specification | Argument |",
             "| --- | --- | --- | --- | --- |"]
    lines += ["| %s |" % " | ".join(cell(field) for field in row)
              for row in rows]
    return "\n".join(lines) + "\n"


def make(chapters, results):
    judged = [[judge(chapter, row, results) for row in chapter["rows"]]
              for chapter in chapters]
    wrong = ["%s: %s" % (row[0], note)
             for chapter, rows in zip(chapters, judged)
             for row, (state, _, note) in zip(chapter["rows"], rows)
             if state == "bad"]
    return wrong, HEAD % SPECIFICATION + show_summary(judged) + "".join(
        map(show_chapter, chapters, judged)) + show_deviations()


def main():
    chapters = read_chapters()
    try:
        wrong, text = make(chapters, Results())
    except Skipped as skipped:
        print("%s was skipped here" % skipped)
        return 77
    wrong += list(check_functions(chapters))
    if "--write" in sys.argv:
        with open(DOCUMENT, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    elif not os.path.exists(DOCUMENT) or read(DOCUMENT) != text:
        wrong.append("doc/conformance.md is not what the tests say: run "
                     "'make conformance' after 'make check' and look at the "
                     "difference")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
