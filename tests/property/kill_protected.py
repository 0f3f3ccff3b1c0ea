#!/usr/bin/env python3
"""A protected draft after kill -9 at each step of an interview (DNH-03): what
was confirmed is there, no answer lies open in any file, and as soon as the
draft is opened again nothing of what was changed, undone, cleared, removed or
refused can be found even with the passphrase.  Some steps; all of them with
BAYAZ_LONG=1."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

BAYAZ = os.environ.get("BAYAZ", "bayaz")
LONG = os.environ.get("BAYAZ_LONG") == "1"
FORM = """<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa"
 xmlns:bayaz="urn:x-bayaz:forms"><h:head><h:title>True</h:title><model><instance>
<data id="secret" version="1" bayaz:class="protected" bayaz:list-title="Visit B">
<a/><g><b/><n/></g><r jr:template=""><c/></r></data></instance>
<bind nodeset="/data/a" type="string" bayaz:sensitivity="restricted"/>
<bind nodeset="/data/g/b" type="string" bayaz:sensitivity="restricted"/>
<bind nodeset="/data/g/n" type="int" bayaz:sensitivity="restricted"/>
<bind nodeset="/data/r/c" type="string" bayaz:sensitivity="restricted"/>
</model></h:head><h:body><input ref="/data/a"><label>A</label></input>
<group ref="/data/g"><input ref="/data/g/b"><label>B</label></input>
<input ref="/data/g/n"><label>N</label></input></group>
<group ref="/data/r"><label>R</label><repeat nodeset="/data/r">
<input ref="/data/r/c"><label>C</label></input></repeat></group></h:body></h:html>
"""
# What is typed, and what stands then: place -> answer.
STEPS = [
    ("changed-CANARY", {"a": "changed-CANARY"}),
    (":b", {"a": "changed-CANARY"}),
    ("kept-CANARY", {"a": "kept-CANARY"}),
    ("cleared-CANARY", {"a": "kept-CANARY", "g/b": "cleared-CANARY"}),
    ("refused-CANARY", {"a": "kept-CANARY", "g/b": "cleared-CANARY"}),
    (":X", {"a": "kept-CANARY"}),
    (":g3", {"a": "kept-CANARY"}),
    ("7", {"a": "kept-CANARY", "g/n": "7"}),
    ("yes", {"a": "kept-CANARY", "g/n": "7"}),
    ("removed-CANARY", {"a": "kept-CANARY", "g/n": "7",
                        "r[1]/c": "removed-CANARY"}),
    ("yes", {"a": "kept-CANARY", "g/n": "7", "r[1]/c": "removed-CANARY"}),
    ("stays-CANARY", {"a": "kept-CANARY", "g/n": "7",
                      "r[1]/c": "removed-CANARY", "r[2]/c": "stays-CANARY"}),
    (":g4", {"a": "kept-CANARY", "g/n": "7",
             "r[1]/c": "removed-CANARY", "r[2]/c": "stays-CANARY"}),
    (":d", {"a": "kept-CANARY", "g/n": "7", "r[1]/c": "stays-CANARY"}),
    (":g1", {"a": "kept-CANARY", "g/n": "7", "r[1]/c": "stays-CANARY"}),
    ("undone-CANARY", {"a": "undone-CANARY", "g/n": "7",
                       "r[1]/c": "stays-CANARY"}),
    (":u", {"a": "kept-CANARY", "g/n": "7", "r[1]/c": "stays-CANARY"}),
]
WORDS = ["changed", "kept", "cleared", "refused", "removed", "stays", "undone"]


def run(*words):
    done = subprocess.run([BAYAZ, *words, "--passphrase-file", "pass"],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=120)
    if done.returncode != 0:
        sys.exit("bayaz %s: %s%s" % (words, done.stdout, done.stderr))
    return done.stdout


def interview(lines):
    """Type them, wait for what follows each, and be killed."""
    child = subprocess.Popen([BAYAZ, "collect", "secret", "--new",
                              "--passphrase-file", "pass"],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, bufsize=0)
    for line in [None, *lines]:
        if line is not None:
            child.stdin.write(line.encode() + b"\n")
        text = b""
        while not text.endswith(b"> "):
            got = child.stdout.read(1)
            if not got:
                sys.exit("it ended: %s" % text)
            text += got
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdin.close()
    child.stdout.close()


def raw(folder):
    return b"".join(open(os.path.join(folder, name), "rb").read()
                    for name in os.listdir(folder))


def shown(record):
    found = json.loads(run("show", record, "--json"))["answers"]
    return {a["path"].replace("/data/", "", 1): a["value"] for a in found}


def check(at, record):
    wanted = STEPS[at][1]
    for word in WORDS:
        for shape in ((word + "-CANARY").encode(),
                      (word + "-CANARY").encode("utf-16-le")):
            assert shape not in raw("w"), "%s lies open" % word
    shutil.rmtree("old", ignore_errors=True)
    shutil.copytree("w", "old")
    events = run("show", record, "--history", "--json")
    assert shown(record) == wanted, (shown(record), wanted)
    n = len(json.loads(events)["events"])
    assert n == 1, "%d events after the fold" % n
    for word in WORDS:
        assert word + "-CANARY" not in events, "%s is in the history" % word
    # the files of before, beside the keys of now
    shutil.copy("w/keys", "old/keys")
    done = subprocess.run([BAYAZ, "-C", "old", "show", record, "--history",
                           "--passphrase-file", "pass"], capture_output=True,
                          text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 1 and "CANARY" not in done.stdout, \
        "the old draft opens with the new keys"


def main():
    with open("pass", "w", encoding="utf-8") as file:
        file.write("lantern over the river\n")
    with open("form.xml", "w", encoding="utf-8") as file:
        file.write(FORM)
    subprocess.run([BAYAZ, "-C", "boss", "project", "new", "P",
                    "--no-passphrase", "--recovery-file", "rec"], check=True,
                   capture_output=True)
    subprocess.run([BAYAZ, "-C", "boss", "project", "kit", "-o", "kit",
                    "--form", "form.xml", "--words-file", "words"],
                   check=True, capture_output=True)
    run("join", "kit", "--words-file", "words", "--name", "K")
    steps = range(len(STEPS)) if LONG else (2, 5, 13, len(STEPS) - 1)
    for at in steps:
        interview([line for line, _ in STEPS[:at + 1]])
        records = json.loads(run("list", "--json"))["records"]
        record = [r["record"] for r in records if r["state"] == "draft"][0]
        try:
            check(at, record)
        except AssertionError as what:
            sys.exit("killed after step %d, %s: %s" % (at, STEPS[at][0], what))
        run("discard", record)
        print("killed after %s: nothing lost, nothing left" % STEPS[at][0])


if __name__ == "__main__":
    if not shutil.which(BAYAZ):
        print("bayaz is missing")
        sys.exit(77)
    BAYAZ = os.path.abspath(shutil.which(BAYAZ))
    with tempfile.TemporaryDirectory(prefix="bayaz-kill-") as folder:
        os.chdir(folder)
        os.environ.update(HOME=folder, BAYAZ_HOME="w")
        try:
            main()
        finally:
            os.chdir("/")
