#!/usr/bin/env python3
"""The text of every translation (po/*.po): nothing is left untranslated or
fuzzy, letters are those of the language, no direction marks (the program sets
them), Latin words that are typed or read by programs are still there.  It
prints how complete each file is.  What the sources have and a translation
does not is a note; it fails in a long run (BAYAZ_LONG), as before a release.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

TOP = os.environ.get("top_srcdir") or os.path.dirname(
    os.path.dirname(os.path.abspath(__file__)))
PO = os.path.join(TOP, "po")

# Letters of a neighbour's alphabet, which look alike and are never found.
WRONG = {
    "ur": {"\u064a": "\u06cc", "\u0643": "\u06a9", "\u0647": "\u06c1"},
    "sd": {"\u06cc": "\u064a"},
}
MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# Commands, options, elements, functions and XForms names; quoted names.
KEPT = re.compile(r"'bayaz [a-z ]+'|--[a-z][a-z-]+|</?[a-z]+>|[a-z-]+\(\)|"
                  r"\b(?:jr|odk|bayaz):[a-z-]+|':[a-z]+'|\b[A-Z]{3,}\b")
# A Latin comma, semicolon or question mark after a letter of this script.
LATIN_STOP = re.compile("[\u0620-\u06d3][,;?]")
STRING = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) "(.*)"$')


def entries(text):
    """Yields the entries of a PO file as dictionaries; ["flags"] is a text."""
    for block in text.split("\n\n"):
        entry, key = {"flags": ""}, None
        for line in block.split("\n"):
            if line.startswith("#,"):
                entry["flags"] += line
            if line.startswith("#") or not line:
                continue
            match = STRING.match(line)
            if match:
                key = match.group(1)
                entry[key] = match.group(2)
            else:
                entry[key] += line[1:-1]
        if entry.get("msgid"):
            yield entry


def name(entry):
    return (entry.get("msgctxt"), entry["msgid"])


def translations(entry):
    return [entry[key] for key in entry if key.startswith("msgstr")]


def untranslated(entry):
    return "fuzzy" in entry["flags"] or "" in translations(entry)


def wrong(language, entry):
    """Yields what is wrong with the text of one entry."""
    letters = WRONG.get(language, {})
    kept = set(KEPT.findall(entry["msgid"]))
    kept |= set(KEPT.findall(entry.get("msgid_plural", "")))
    for text in translations(entry):
        for letter in sorted(set(text) & set(letters)):
            yield "has U+%04X, write U+%04X" % (ord(letter),
                                                ord(letters[letter]))
        for mark in sorted(set(text) & set(MARKS)):
            yield "has the mark U+%04X, which the program sets" % ord(mark)
        for word in sorted(word for word in kept if word not in text):
            yield "lost '%s'" % word
        if LATIN_STOP.search(text):
            yield "has a Latin , ; or ? after a word"


def check_itself():
    """The checks above see what they are for."""
    def seen(text, msgid="x"):
        return list(wrong("ur", {"msgid": msgid, "flags": "",
                                 "msgstr": text}))
    for letter in WRONG["ur"]:
        assert seen("a%sb" % letter), "U+%04X" % ord(letter)
    for mark in MARKS:
        assert seen(mark), "U+%04X" % ord(mark)
    assert seen("x", "say --json") and seen("x", "try 'bayaz help'")
    assert seen("\u06a9\u06cc\u0627?") and not seen("\u06a9\u06cc\u0627\u061f")
    assert untranslated({"msgid": "x", "flags": "", "msgstr": ""})
    assert untranslated({"msgid": "x", "flags": "#, fuzzy", "msgstr": "y"})
    assert len(list(entries('msgid "a"\nmsgstr ""\n"b"\n'))) == 1


def in_sources():
    """The entries of the sources now, or nothing without xgettext."""
    if not shutil.which("xgettext"):
        return []
    with open(os.path.join(PO, "Makevars"), encoding="utf-8") as file:
        options = re.search(r"^XGETTEXT_OPTIONS = (.*)$", file.read(),
                            re.M).group(1).split()
    with tempfile.TemporaryDirectory() as folder:
        pot = os.path.join(folder, "now.pot")
        subprocess.run(["xgettext", "--files-from", "po/POTFILES.in",
                        "--no-wrap", "--output", pot] + options, cwd=TOP,
                       check=True, stderr=subprocess.DEVNULL)
        with open(pot, encoding="utf-8") as file:
            return list(entries(file.read()))


def main():
    check_itself()
    status = 0
    sources = in_sources()
    files = sorted(glob.glob(os.path.join(PO, "*.po")))
    for path in files:
        language = os.path.basename(path)[:-len(".po")]
        with open(path, encoding="utf-8") as file:
            text = file.read()
        have = {name(entry): entry for entry in entries(text)}
        if not have:
            print("%s: no translations at all" % path)
            status = 1
        left = [entry for entry in have.values() if untranslated(entry)]
        for entry in left:
            print("%s: not translated: %s" % (language, entry["msgid"]))
            status = 1
        for entry in have.values():
            for what in wrong(language, entry):
                print("%s: '%s': %s" % (language, entry["msgid"], what))
                status = 1
        new = [entry for entry in sources if name(entry) not in have]
        for entry in new:
            print("%s: not there yet: %s" % (language, entry["msgid"]))
            if os.environ.get("BAYAZ_LONG"):
                status = 1
        print("%s: %d translated, %d untranslated, %d of the sources not "
              "there yet" % (language, len(have) - len(left), len(left),
                             len(new)))
    if not files:
        print("no .po file in %s" % PO)
        status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
