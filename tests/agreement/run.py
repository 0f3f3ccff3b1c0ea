#!/usr/bin/env python3
"""Small forms, each showing one thing that JavaRosa does where the
specification is silent, or where forms in the field rely on it.

    tests/agreement/run.py            all
    tests/agreement/run.py CASE...    these files, with the output of bayaz

A .case file is one form in parts, each begun by a word on a line of its own:

    # A sentence that says what is shown.
    model                what stands in <model>: instances, binds, actions
    body                 what stands in <h:body>
    file NAME            a data file beside the form
    script               a fill script as in bayaz-script(5); any number of them
    refused WORDS        instead of scripts: WORDS are in what bayaz check says
    whole                instead of model and body: the form as it is
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

TOP = os.environ.get("top_srcdir") or os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.abspath(__file__))))
BAYAZ = os.environ.get("BAYAZ", os.path.join(TOP, "build", "bayaz"))
PART = re.compile(r"^(model|body|whole|script|file \S+|refused .*)$")
FORM = """<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms"
 xmlns:odk="http://www.opendatakit.org/xforms">
<h:head><h:title>case</h:title><model>%s</model></h:head>
<h:body>%s</h:body></h:html>
"""


def read_case(path):
    """-> [(part, text)]"""
    parts = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not parts and line.startswith("#"):
                continue
            if PART.match(line.rstrip("\n")):
                parts.append([line.rstrip("\n"), ""])
            else:
                parts[-1][1] += line
    return parts


def run(*words):
    done = subprocess.run([BAYAZ, *words], stdin=subprocess.DEVNULL,
                          timeout=60, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return path


def check_case(parts, folder):
    """-> (wrong, output)"""
    texts = dict(parts)
    form = write(folder, "form.xml", texts["whole"] if "whole" in texts
                 else FORM % (texts["model"], texts["body"]))
    for part, text in parts:
        if part.startswith("file "):
            write(folder, os.path.join("media", part[5:]), text)
    status, output = run("check", form)
    refused = [part[8:] for part, _ in parts if part.startswith("refused ")]
    if refused:
        return status != 1 or refused[0] not in output, output
    wrong = status != 0
    scripts = [text for part, text in parts if part == "script"]
    for i, text in enumerate(scripts):
        script = write(folder, "script%d.tsv" % (i + 1), text)
        status, more = run("test", form, script)
        output += more
        wrong |= status != 0 or "not ok" in more or "ok 1 " not in more
    return wrong or not scripts, output.replace(folder + os.sep, "")


def main():
    paths = sys.argv[1:] or sorted(glob.glob(
        os.path.join(TOP, "tests", "agreement", "*.case")))
    n_failed = 0
    for path in paths:
        with tempfile.TemporaryDirectory() as folder:
            wrong, output = check_case(read_case(path), folder)
        n_failed += wrong
        if wrong or sys.argv[1:]:
            print("== %s\n%s" % (os.path.basename(path), output), end="")
        print("%s: %s" % (os.path.basename(path), "WRONG" if wrong else "ok"))
    print("%d passed, %d failed" % (len(paths) - n_failed, n_failed))
    return 1 if n_failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
