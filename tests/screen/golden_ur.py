#!/usr/bin/env python3
"""Whole screens with the program itself in Urdu, at 80x24, ordered by us and
left to the terminal: its own words where they stand, and how they look.  They
change with po/ur.po; look at them after --write.

    tests/screen/golden_ur.py [--write]     compare, or write, program-ur-*.txt
"""
import difflib
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pilot
from golden import shown
from pilot import Pilot

HERE = os.path.dirname(os.path.abspath(__file__))
BUILT = os.environ.get("top_builddir", "build")
LOCALES = os.path.join(os.path.abspath(BUILT), "tests", "locale")
pilot.KEYS["Space"] = " "

# What it is, and the keys that lead there.
WALK = [
    ("a text", ""),
    ("an answer is needed", "Enter"),
    ("help", "?"),
    ("the menu", "Tab Tab"),
    ("number of a question", "Tab ^G"),
    ("there is none of it", "99 Enter"),
    ("a number", "^G 4 Enter"),
    ("not a number", "abc Enter"),
    ("left all the same", "PgUp"),
    ("a date", "PgUp ^G 6 Enter"),
    ("another day", "Down"),
    ("one of several", "Enter"),
    ("nothing has that in it", "zzz"),
    ("several", "Back Back Back Back Home Enter"),
    ("an order", "Space Enter"),
    ("a range", "Space Down Space Enter"),
    ("to be confirmed", "Right Enter"),
    ("a place", "Space"),
    ("a note", "Enter"),
    ("a table", "Enter"),
    ("one of the table", "a"),
    ("shall it go?", "^D"),
    ("a comment", "n ^T"),
    ("the outline", "Tab ^O"),
    ("a word that is nowhere", "q ^F zzz Enter"),
    ("undone", "^Z"),
    ("what is missing", "^O End Enter n"),
    ("the end", "^G 1 Enter Zarmina Enter ^O End Enter n n"),
    ("hidden", "Esc"),
    ("not the passphrase", "wrong Enter"),
]


def without_days(text):
    """The lock shows this month: all but that."""
    return "".join(row + "\n" for row in text.split("\n")
                   if re.search(r"[^#|\d\s-]", row))


def walk(home, passphrase, bidi):
    p = Pilot(["-C", home, "collect", "controls", "--new", "--passphrase-file",
               passphrase, "--language", "ur", "--bidi", bidi],
              80, 24, {"LANGUAGE": "ur", "BAYAZ_LOCALEDIR": LOCALES})
    p.wait("1/13")
    p.settle()
    out = []
    try:
        for what, keys in WALK:
            for key in keys.split(" ") if keys else []:
                p.keys(key)
                if key == "Esc":        # it may be the first of others
                    p.wait(least_s=0.5)
                p.settle()
            text = shown(p.screen)
            is_locked = what in ("hidden", "not the passphrase")
            out.append("== %s: %s\n%s" % (
                what, keys, without_days(text) if is_locked else text))
        p.type(pilot.PASSPHRASE + "\r")
        p.wait("q")                     # the end again
        p.settle()
        p.keys("^S")
    except EOFError:
        raise SystemExit("it ended too early\n" + "".join(out[-1:]))
    if p.end() != 0:
        raise SystemExit("it failed")
    return "".join(out)


def main():
    writes = "--write" in sys.argv
    if not os.path.exists(os.path.join(LOCALES, "ur", "LC_MESSAGES",
                                       "bayaz.mo")):
        print("SKIP: the translations were not built")
        return 77
    folder, failed = tempfile.mkdtemp(), 0
    for bidi in pilot.part(("ours", "terminal")):
        home = os.path.join(folder, bidi)
        passphrase = pilot.workspace(home,
                                     [os.path.join(HERE, "controls.xml")])
        got = walk(home, passphrase, bidi)
        path = os.path.join(HERE, "program-ur-%s-80.txt" % bidi)
        if writes:
            with open(path, "w", encoding="utf-8") as file:
                file.write(got)
            continue
        with open(path, encoding="utf-8") as file:
            wanted = file.read()
        if got != wanted:
            failed += 1
            print("%s differs:" % os.path.basename(path))
            print("".join(list(difflib.unified_diff(
                wanted.splitlines(True), got.splitlines(True), "wanted",
                "got"))[:60]))
    shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
