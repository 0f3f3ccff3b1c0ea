#!/usr/bin/env python3
"""Whole screens, for every control, as they are: at 80x24 and 132x43, in
English and Urdu, ordered by us and left to the terminal.  The walk ends with a
finished record, which must hold what was typed.

    tests/screen/golden.py [--write] [FORM]  compare, or write, tests/screen/*.txt
"""
import difflib
import itertools
import multiprocessing
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pilot
from pilot import Pilot

HERE = os.path.dirname(os.path.abspath(__file__))

# Keys, then what must be on the screen in English (or in English and in Urdu).
# Ahead and Behind are the arrows as the rows run: the other way round where they
# run to the left.
WALK = [
    ("", "Name of the woman"),
    ("Enter", "answer is needed"),
    ("Zarmina", None),
    ("Enter one Enter", "Secret word"),
    ("abc", "***"),
    ("Enter 7 Enter", "between 10 and 120"),
    ("Back 34 Enter", "Weight"),
    ("51.5 Enter", "Date of the visit"),
    ("Ahead Down", "2026-12-01"),
    ("Enter", "Where does"),
    ("Enter PgUp", "Where does"),  # Enter alone has chosen nothing
    ("Down", None),
    ("kno", "Does not know"),
    ("Back Back Back Back Back Back Home Down Enter", "Who helps?"),
    ("Space 3", None),
    ("Enter", "What matters"),
    ("Space Down Down", None),
    ("Enter", "How strong"),
    ("Right Right Right", None),
    ("Enter", "I have read"),
    ("Space", "Where"),
    ("31.5_74.3 Enter", "one thing"),
    ("Enter", "one more"),
    ("a", "Name of the child"),
    ("Ali Enter 4 Enter", "Ali | 4"),
    ("^O", "All questions"),
    ("q Tab", "Commands"),
    ("Tab n", "Finish"),
    ("Enter", None),
]
EXPECTED = {"name": "Zarmina", "story": "one", "pin": "****", "age": "34",
            "weight": "51.5", "visit": "2026-12-01", "water": "well",
            "help": "mother nobody", "order": "school health work",
            "pain": "2", "place": "31.5 74.3", "agree": "OK", "child[1]/cname": "Ali", "child[1]/cage": "4"}
pilot.KEYS["Space"] = " "

LOOKS = [
    ("", "2026-11"),
    ("Ahead Ahead", "2027-01"),
    ("Up Behind", "2025-12"),
    ("Enter", "In which year"),
    ("^U 26 Enter", "a year like 2026"),
    ("Back Back 1998 Down", "1999"),
    ("Enter", "14:30"),
    ("Ahead Down", "2026-12-01T14:30"),
    ("Enter", "Gregorian"),
    ("Enter", "Neither"),
    ("Enter PgUp", "Neither"),      # Enter alone has chosen nothing
    ("Ahead Ahead Behind", None),
    ("Space Enter", "How often"),
    ("PgUp ^O q", "Neither"),       # a look at all answers leaves them there
    ("Enter", "How often"),
    ("Enter", "answer is needed"),
    ("Ahead Ahead Space Down", None),
    ("1 Down 3 Up", None),
    ("Down Enter", "Who cooks"),
    ("1 3 Down", None),
    ("Ahead Ahead Space", None),
    ("/=he", "Enter takes it"),
    ("Enter", "[x]"),               # found and marked, and a table again
    ("Enter", "It is near enough"),  # a table only where there is room
    ("2 Enter 4 PgUp", None),
    ("Enter Enter", "well-like-this.png"),
    ("^V", "outside of what is locked"),
    ("n", "Photo of the well"),
    # in Urdu there is a sound that was not stored
    ("^V y", ("it opens", "was not stored")),
    ("Ahead", "Pictures"),
    ("Down Down Enter", "well.jpg"),
    ("Enter", "Documents"),
    ("Enter Down Enter Enter q", "well.jpg"),
    ("Enter", "Finish"),
    ("Enter", None),
]
LOOKS_EXPECTED = {"moved": "2025-12-01", "built": "1999-01-01",
                  "seen": "2026-12-01T14:30:00.000", "eid": "2026-11-23",
                  "agree": "no", "mood/sad": "some", "mood/sleep": "never",
                  "mood/hope": "often", "work/cook": "she other",
                  "work/water": "he other", "care/near": "2", "care/kind": "4", "photo": "well.jpg"}
FORMS = {"controls": (WALK, EXPECTED), "looks": (LOOKS, LOOKS_EXPECTED)}


def shown(screen):
    """'#' before rows that have something in reverse."""
    return "".join("%s%s\n" % ("#" if screen.reversed(y) else "|", line)
                   for y, line in enumerate(screen.text()))


def key_of(key, language, bidi):
    """The key that stands for it here."""
    if language == "ur" and key == "kno":
        return "معلوم"
    is_mirrored = language == "ur" and bidi == "ours"
    return {"Ahead": "Left" if is_mirrored else "Right",
            "Behind": "Right" if is_mirrored else "Left"}.get(key, key)


def make_files(home):
    """A home folder, to look for files in."""
    for name in ("Pictures/well.jpg", "Pictures/.thumb.jpg",
                 "Pictures/notes.txt", "Documents/form.txt", "کنواں.PNG",
                 "list.csv"):
        path = os.path.join(home, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(b"\xff\xd8\xff\xd9")


def walk(form, home, passphrase, language, bidi, columns, rows):
    steps = FORMS[form][0]
    make_files(home + ".files")
    p = Pilot(["-C", home, "collect", form, "--new", "--passphrase-file",
               passphrase, "--language", language, "--bidi", bidi],
              columns, rows, {"LC_ALL": "C.UTF-8", "HOME": home + ".files",
                              "USER": "", "BAYAZ_VIEWER": "true"})
    out = []
    try:
        for keys, wanted in steps[:-1]:
            for key in keys.split(" ") if keys else []:
                p.keys(key_of(key, language, bidi))
                p.settle()
            if not keys:
                p.wait("/")             # the number of the first question
                p.settle()
            if isinstance(wanted, tuple):
                text = wanted[language == "ur"]
            else:
                text = wanted if language == "en" else None
            if text and text not in "\n".join(p.screen.text()):
                p.wait(text)
            out.append("== %s\n%s" % (keys, shown(p.screen)))
        p.keys(steps[-1][0])
    except EOFError:
        raise SystemExit("it ended too early\n" + "".join(out[-2:]))
    if p.end() != 0:
        raise SystemExit("it failed")
    return "".join(out)


def check_record(home, passphrase, name, expected):
    """The newest record that is ready holds what was typed."""
    rows = pilot.bayaz(home, "list", "--passphrase-file", passphrase)
    ids = re.findall(r"\b[0-9a-f]{8,16}\b", rows)
    shown = [pilot.bayaz(home, "show", i, "--passphrase-file", passphrase)
             for i in ids]
    for node, value in expected.items():
        if not any("\t/data/%s\t%s\n" % (node, value) in x for x in shown):
            raise SystemExit("%s: no %s = %s in\n%s" % (name, node, value,
                                                       shown[:1]))


def check(case):
    """Walks once; False: it is not as it was."""
    (form, language, bidi, (columns, rows)), folder, writes = case
    name = "%s-%s-%s-%d" % (form, language, bidi, columns)
    home = os.path.join(folder, name)
    passphrase = pilot.workspace(home, [os.path.join(HERE, form + ".xml")])
    got = walk(form, home, passphrase, language, bidi, columns, rows)
    check_record(home, passphrase, name, FORMS[form][1])
    path = os.path.join(HERE, name + ".txt")
    if writes:
        with open(path, "w") as file:
            file.write(got)
        return True
    with open(path) as file:
        wanted = file.read()
    if got != wanted:
        print("%s differs:\n%s" % (name, "".join(list(difflib.unified_diff(
            wanted.splitlines(True), got.splitlines(True), "wanted",
            "got"))[:60])), flush=True)
    return got == wanted


def main():
    writes = "--write" in sys.argv
    folder = tempfile.mkdtemp()
    forms = [x for x in sys.argv[1:] if x in FORMS] or FORMS
    cases = [(case, folder, writes) for case in pilot.part(itertools.product(
        forms, ("en", "ur"), ("ours", "terminal"), ((80, 24), (132, 43))))]
    # most of the time is waiting for nothing more to come
    with multiprocessing.Pool(3) as pool:
        are_right = pool.map(check, cases, 1)
    shutil.rmtree(folder)
    return 0 if all(are_right) else 1


if __name__ == "__main__":
    sys.exit(main())
