#!/usr/bin/env python3
"""The translations of the forms we ship, po/forms/FORM/LANG.po: complete, what
the form says now, msgfmt -c clean, letters of the language, no direction marks,
the same words translated in one way in all forms unless a msgctxt says that
they differ; and the built form has them."""
import collections
import glob
import json
import os
import shutil
import subprocess
import sys

import po_text

TOP = po_text.TOP
BAYAZ = os.environ.get("BAYAZ", os.path.join(TOP, "build", "bayaz"))
BUILT = os.environ.get("top_builddir", os.path.join(TOP, "build"))


def read(path):
    with open(path, encoding="utf-8") as file:
        return list(po_text.entries(file.read()))


def status(*words):
    done = subprocess.run([BAYAZ, "form", "status", "--json", *words],
                          capture_output=True, check=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def wrong_with(path, form):
    """Yields what is wrong with one file."""
    language = os.path.basename(path)[:-len(".po")]
    if shutil.which("msgfmt"):
        done = subprocess.run(["msgfmt", "-c", "-o", os.devnull, path],
                              capture_output=True, check=False, text=True)
        if done.returncode:
            yield done.stderr
    for line in status(form, "--po", path):
        if line["language"] == language and (line["fuzzy"] or
                                             line["missing"]):
            yield "%d are missing and %d are in doubt (make " \
                "update-forms-po)" % (line["missing"], line["fuzzy"])
    pot = subprocess.run([BAYAZ, "form", "pot", form], capture_output=True,
                         check=True, text=True).stdout
    now = {po_text.name(e) for e in po_text.entries(pot)}
    for entry in read(path):
        if po_text.name(entry) not in now:
            yield "'%s' is not in the form any more" % entry["msgid"]
        for what in po_text.wrong(language, entry):
            yield "'%s': %s" % (entry["msgid"], what)


def told_apart(paths):
    """Yields words that two forms translate in two ways."""
    seen = collections.defaultdict(dict)
    for path in paths:
        language = os.path.basename(path)
        for entry in read(path):
            key = language, po_text.name(entry)
            seen[key].setdefault(entry.get("msgstr"), path)
    for (_, (_, text)), ways in seen.items():
        if len(ways) > 1:
            yield "'%s' is translated in %d ways: %s" % (
                text, len(ways), ", ".join(sorted(ways.values())))


def main():
    failed = 0
    paths = sorted(glob.glob(os.path.join(TOP, "po/forms/*/*.po")))
    for path in paths:
        name = os.path.basename(os.path.dirname(path))
        form = os.path.join(TOP, "forms", name + ".xml")
        for what in wrong_with(path, form):
            print("%s: %s" % (os.path.relpath(path, TOP), what))
            failed += 1
        built = os.path.join(BUILT, "forms/translated", name + ".xml")
        language = os.path.basename(path)[:-len(".po")]
        if not [line for line in status(built)
                if line["language"] == language and not line["missing"]]:
            print("%s has no %s" % (built, language))
            failed += 1
    for form in sorted(glob.glob(os.path.join(TOP, "forms/*.xml"))):
        name = os.path.basename(form)[:-len(".xml")]
        if not os.path.exists(os.path.join(TOP, "po/forms", name, "ur.po")):
            print("%s has no Urdu: po/forms/%s/ur.po" % (form, name))
            failed += 1
    for what in told_apart(paths):
        print(what)
        failed += 1
    print("%d translations of forms, %d faults" % (len(paths), failed))
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
