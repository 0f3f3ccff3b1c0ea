#!/usr/bin/env python3
"""PO files read and written by bayaz are what msgcat makes of them, byte for
byte: all files of this tree, awkward ones (tests/po/files), and files by
chance.  Known differences: a flag that this msgcat does not know is kept by us,
and comments after the last entry.  Files in other charsets are compared with
`msgcat --to-code=UTF-8`."""
import glob
import os
import random
import shutil
import subprocess
import sys
import tempfile

TOP = os.environ.get("top_srcdir") or os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.abspath(__file__))))
RECAT = os.path.join(os.environ.get("top_builddir", "."), "recat")
LONG = bool(os.environ.get("BAYAZ_LONG"))

# Letters of many line-breaking classes; words make most of a text.
# No %: what msgcat makes of directives that are none is its own affair.
ODD = (list("-/!?.,;:$+#&(){}[]<>'\"\\\t |~^`@=*_0123456789") +
       list("\u2014\u2013\u2026\u00ab\u00bb\u201c\u201d\u2018\u2019\u00a0") +
       list("\u200b\u200c\u200d\u2068\u2069\u06d4\u060c\u061f\u3002\u3001") +
       list("\u4e2d\u65e5\u0e20\ud55c\uff21\u0301\u06f5\u0665\u20ac\u00b0"))
WORDS = ["the", "record", "household", "a", "I", "non-relevant", "and/or",
         "کیا", "آپ", "اجازت", "دیتی", "ہیں", "باخبر", "رضامندی", "中文字符",
         "%s", "%1$d", "{name}", "{n}", "supercalifragilisticexpialidocious",
         "e.g.", "x=1", "(see", "below)", "2026-11-27", "KP-031", "\u0915\u0930"]
FLAGS = ["c-format", "python-brace-format", "no-wrap", "no-c-format",
         "range: 0..3", "fuzzy"]


def msgcat(path, *options):
    done = subprocess.run(["msgcat", *options, path], capture_output=True,
                          check=False, env=dict(os.environ, LC_ALL="C.UTF-8"))
    return done.stdout if done.returncode == 0 else None


def recat(path, *options):
    done = subprocess.run([RECAT, path, *options], capture_output=True,
                          check=False)
    return done.stdout if done.returncode == 0 else None


def differs(path, *options):
    """What is wrong, or None."""
    for ours, theirs in (((), ()), (("long",), ("--no-wrap",))):
        want = msgcat(path, *theirs, *options)
        got = recat(path, *ours)
        if want is None:
            return "msgcat refuses it"
        if got is None:
            return "we refuse it"
        if want != got:
            for a, b in zip(want.split(b"\n"), got.split(b"\n")):
                if a != b:
                    return "msgcat: %s\nours:   %s" % (
                        a.decode("utf-8", "replace"),
                        b.decode("utf-8", "replace"))
            return "one is longer"
    return None


def quoted(text):
    for old, new in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"),
                     ("\t", "\\t")):
        text = text.replace(old, new)
    return '"%s"' % text


def some_text(chance):
    parts = []
    for _ in range(chance.choice([1, 2, 5, 12, 30])):
        part = chance.choice(WORDS)
        if chance.random() < 0.4:
            part += "".join(chance.choice(ODD)
                            for _ in range(chance.randint(1, 3)))
        parts.append(part)
    text = ""
    for part in parts:
        text += part + chance.choice([" ", " ", " ", " ", " ", "", "\n", "  "])
    return text if chance.random() < 0.5 else text.strip()


def some_entry(chance, number):
    lines = []
    for sign in ("#", "#.", "#:"):
        for _ in range(chance.choice([0, 0, 0, 1, 2]) if sign != "#:" else 1):
            what = some_text(chance).replace("\n", " ").strip()
            if sign == "#:":
                what = " ".join("forms/f%d.xml:%d" % (i, chance.randint(1, 9999))
                                for i in range(chance.randint(1, 9)))
            else:       # msgcat joins lines that end with a backslash
                what = "x" + what.rstrip("\\")
            lines.append("%s %s" % (sign, what))
    flags = [f for f in FLAGS if chance.random() < 0.15]
    if "c-format" in flags and "no-c-format" in flags:
        flags.remove("no-c-format")
    if flags:
        lines.append("#, " + ", ".join(flags))
    plural = chance.random() < 0.15
    if "range: 0..3" in flags and not plural:
        lines.pop()
    old = "#~ " if chance.random() < 0.1 else ""
    if chance.random() < 0.1:
        lines.append("#%s| msgid %s" % (old[1:2], quoted(some_text(chance))))
    if chance.random() < 0.2:
        lines.append(old + "msgctxt " + quoted(some_text(chance)))
    lines.append(old + "msgid " + quoted("%d %s" % (number,
                                                    some_text(chance))))
    if plural:
        lines.append(old + "msgid_plural " + quoted(some_text(chance)))
        for i in range(2):
            lines.append(old + "msgstr[%d] %s" % (i,
                                                  quoted(some_text(chance))))
    else:
        text = some_text(chance) if chance.random() < 0.8 else ""
        lines.append(old + "msgstr " + quoted(text))
    return "\n".join(lines) + "\n"


def by_chance(folder, seed):
    chance = random.Random(seed)
    path = os.path.join(folder, "%d.po" % seed)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write('msgid ""\nmsgstr "Content-Type: text/plain; '
                   'charset=UTF-8\\n"\n')
        for number in range(60):
            file.write("\n" + some_entry(chance, number))
    return path


def main():
    if not shutil.which("msgcat"):
        print("msgcat is missing")
        return 77
    status = 0
    files = sorted(glob.glob(TOP + "/po/*.po") +
                   glob.glob(TOP + "/po/forms/*/*.po") +
                   glob.glob(TOP + "/po/forms/*.po") +
                   glob.glob(TOP + "/tests/po/files/*.po"))
    assert len(files) > 5
    with tempfile.TemporaryDirectory() as folder:
        # it would be seen
        with open(os.path.join(folder, "bad.po"), "w") as file:
            file.write('msgid "a"\nmsgstr "b"\n\n# left over\n')
        assert differs(os.path.join(folder, "bad.po"))
        n = 300 if LONG else 12
        files += [by_chance(folder, seed) for seed in range(n)]
        for path in files:
            if path.endswith("dos.po"):     # msgcat keeps CR in comments
                continue
            options = ["--to-code=UTF-8"] if "latin1" in path else []
            what = differs(path, *options)
            if what:
                print("%s:\n%s" % (path, what))
                if status == 0 and path.startswith(folder):
                    shutil.copy(path, "msgcat-differs.po")
                status = 1
    print("%d files compared, %d of them by chance" % (len(files), n))
    return status


if __name__ == "__main__":
    sys.exit(main())
