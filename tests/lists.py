#!/usr/bin/env python3
"""Lists that are written by hand are complete: a command has its manual page
and its transcript, a transcript is in the Makefile, a file with marked text
is in po/POTFILES.in.  Every disagreement is printed with its remedy."""
import os
import re
import subprocess
import sys

TOP = os.environ.get("top_srcdir") or os.path.dirname(
    os.path.dirname(os.path.abspath(__file__)))
BAYAZ = os.environ.get("BAYAZ", os.path.join(TOP, "build", "bayaz"))
MARK = re.compile(r"(?<![A-Za-z0-9_])(?:_|N_|P_|ngettext)\s*\(\s*\"")


def read(*path):
    with open(os.path.join(TOP, *path), encoding="utf-8") as file:
        return file.read()


def has(*path):
    return os.path.exists(os.path.join(TOP, *path))


def check_commands():
    names = subprocess.run([BAYAZ, "help", "--names"], check=True,
                           stdout=subprocess.PIPE).stdout.decode().split("\n")
    words = sorted({name.split()[0] for name in names if name})
    pages = read("doc", "module.am")
    if len(words) < 2:
        yield "'bayaz help --names' names no commands"
    for word in words:
        page = "bayaz-%s.1" % word
        if not has("doc", page):
            yield "command '%s' has no manual page doc/%s" % (word, page)
        elif page not in pages:
            yield "doc/%s is not in doc/module.am" % page
        if not has("tests", "cli", word + ".t"):
            yield "command '%s' has no tests/cli/%s.t" % (word, word)
    for name in os.listdir(os.path.join(TOP, "doc")):
        match = re.fullmatch(r"bayaz-(\w+)\.1", name)
        if match and match.group(1) not in words:
            yield "doc/%s explains a command that does not exist" % name
    for name in names:
        if name and not re.search(r"\b" + name.replace(" ", r"\s+") + r"\b",
                                  read("doc", "bayaz.1")):
            yield "doc/bayaz.1 does not name the command '%s'" % name


def check_transcripts():
    listed = read("tests", "cli", "module.am")
    for name in sorted(os.listdir(os.path.join(TOP, "tests", "cli"))):
        if name.endswith(".t") and "/" + name not in listed:
            yield ("tests/cli/%s is not run: add "
                   "'cli_tests += %%D%%/%s' to tests/cli/module.am"
                   % (name, name))


def check_unit_tests():
    listed = read("tests", "unit", "module.am")
    for name in sorted(os.listdir(os.path.join(TOP, "tests", "unit"))):
        if re.fullmatch(r"test_\w+\.c", name) and "/" + name not in listed:
            yield "tests/unit/%s is not in tests/unit/module.am" % name


def check_form_tests():
    listed = read("tests", "forms", "module.am")
    for name in sorted(os.listdir(os.path.join(TOP, "tests", "forms"))):
        if not name.endswith(".tsv"):
            continue
        if "/" + name not in listed:
            yield "tests/forms/%s is not in tests/forms/module.am" % name
        if not has("forms", name[:-4].split("-")[0] + ".xml"):
            yield "tests/forms/%s is for a form we do not ship" % name
    for name in sorted(os.listdir(os.path.join(TOP, "forms"))):
        if name.endswith(".xml") and "/" + name[:-4] + "-" not in listed:
            yield "forms/%s has no script in tests/forms" % name


def marked_files():
    for folder, _, names in os.walk(os.path.join(TOP, "src")):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), TOP)
            if (name.endswith((".c", ".h")) and path != "src/base/gettext.h"
                    and MARK.search(read(path))):
                yield path


def check_potfiles():
    listed = [line for line in read("po", "POTFILES.in").split("\n")
              if line and not line.startswith("#")]
    marked = set(marked_files())
    for path in sorted(marked - set(listed)):
        yield "%s has text for people: add it to po/POTFILES.in" % path
    for path in sorted(set(listed) - marked):
        yield "%s is in po/POTFILES.in, but has no marked text" % path
    if listed != sorted(listed):
        yield "po/POTFILES.in is not sorted"


def check_cases():
    listed = read("tests", "agreement", "module.am")
    for name in sorted(os.listdir(os.path.join(TOP, "tests", "agreement"))):
        if name.endswith(".case") and "/" + name not in listed:
            yield "tests/agreement/%s is not in its module.am" % name


def check_spec():
    listed = read("tests", "spec", "module.am")
    for name in sorted(os.listdir(os.path.join(TOP, "tests", "spec"))):
        if name.endswith((".tsv", ".forms")) and "/" + name not in listed:
            yield "tests/spec/%s is not in its module.am" % name


def main():
    wrong = [line for check in (check_commands, check_transcripts,
                                check_unit_tests, check_form_tests,
                                check_cases, check_spec,
                                check_potfiles)
             for line in check()]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
