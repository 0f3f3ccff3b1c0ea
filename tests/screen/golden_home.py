#!/usr/bin/env python3
"""Whole screens of home and of the first start, with the program in English and
in Urdu, ordered by us and left to the terminal; days are masked.

    tests/screen/golden_home.py [--write]   compare, or write, home-*.txt
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
from golden_ur import LOCALES, without_days
from home import write_form
from pilot import Pilot

HERE = os.path.dirname(os.path.abspath(__file__))
SIZES = {80: 24, 132: 43}
PASSPHRASE = pilot.PASSPHRASE.replace(" ", "_") + " Enter"

# What it is, and the keys that lead there.
WALK = [
    ("welcome", ""),
    ("a passphrase", "Down Enter"),
    ("once more", "first Enter"),
    ("not the same", "other Enter"),
    ("a form", PASSPHRASE + " " + PASSPHRASE),
    ("home", "Enter"),
    ("help", "?"),
    ("an interview", "q Enter"),
    ("begun", "Kot Enter ^S"),
    ("to practise", "t"),
    ("both begun", "^S"),
    ("shall it go?", "d"),
    ("it went", "y"),
    ("those that went", "End Enter"),
    ("nothing to pack", "Tab p"),
    ("finished", "Home Enter 4 Enter Enter"),
    ("where to", "p"),
    ("nobody to pack for", "Enter"),
    ("hidden", "Tab Esc"),
]


def masked(text):
    """Days and minutes are those of the test: as many letters instead."""
    text = re.sub(r"\d\d\d\d-\d\d-\d\d|\d\d:\d\d",
                  lambda m: re.sub(r"\d", "9", m.group(0)), text)
    return re.sub(r"/tmp/\S+", "PLACE", text)


def walk(folder, language, bidi, columns):
    home = os.path.join(folder, "home")
    env = {"HOME": folder, "USER": "nobody"}
    if language != "en":
        env.update(LANGUAGE=language, BAYAZ_LOCALEDIR=LOCALES)
    p = Pilot(["-C", home, "home", "--bidi", bidi], columns, SIZES[columns],
              env)
    p.wait("1/3")
    p.settle()
    out = []
    for what, keys in WALK:
        for key in keys.split(" ") if keys else []:
            p.keys(key)
            if key == "Esc":
                p.wait(least_s=0.5)
            p.settle()
        text = masked(shown(p.screen))
        out.append("== %s: %s\n%s" % (what, keys, without_days(text)
                                      if what == "hidden" else text))
    p.type(pilot.PASSPHRASE + "\r")
    p.wait("r")
    p.settle()
    p.keys("q")
    if p.end() != 0:
        raise SystemExit("it failed")
    return "".join(out)


def check(language, bidi, columns, writes):
    """Is it as it was?"""
    folder = tempfile.mkdtemp(dir="/tmp", prefix="tmp")
    write_form(folder, "wells", "Wells")
    got = walk(folder, language, bidi, columns)
    shutil.rmtree(folder)
    path = os.path.join(HERE, "home-%s-%s-%d.txt" % (language, bidi, columns))
    if writes:
        with open(path, "w", encoding="utf-8") as file:
            file.write(got)
        return True
    with open(path, encoding="utf-8") as file:
        wanted = file.read()
    if got != wanted:
        print("%s differs:" % os.path.basename(path))
        print("".join(list(difflib.unified_diff(
            wanted.splitlines(True), got.splitlines(True), "wanted",
            "got"))[:60]))
    return got == wanted


def main():
    if not os.path.exists(os.path.join(LOCALES, "ur", "LC_MESSAGES",
                                       "bayaz.mo")):
        print("SKIP: the translations were not built")
        return 77
    walks = (("en", "ours", 80), ("en", "ours", 132), ("ur", "ours", 80),
             ("ur", "terminal", 80))
    return 0 if all([check(*w, "--write" in sys.argv)
                     for w in pilot.part(walks)]) else 1


if __name__ == "__main__":
    sys.exit(main())
