#!/usr/bin/env python3
"""DNH-12, 14, 16, 18, 31 at the centre: a token is in every answer of protected
records, and in standard ones that came without consent.  While they are merged,
killed at any call to the disk, looked into, withdrawn, sent on, backed up,
listed, exported and asked for in SQL, the token is in no file of the store, its
-wal and temporary files, the workspace, /tmp and /dev/shm, in no message and no
write to a file; afterwards what had to be erased is in no file either.  What
opens standard records opens no sealed one.

A spread of calls to be killed at; every one with BAYAZ_LONG=1."""
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys

import faults
import fieldwork
from fieldwork import LONG, expect, run
from tokens import (DICE, SEED, TOKEN, check_search, check_trace, clean, search,
                    search_system, trace)

KILLS = 6               # of each command, when it is short
CODE = "1234-5678-9092"
HERE = os.path.dirname(os.path.abspath(__file__))
FORM = """<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms"
 xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>%(id)s</h:title><model><instance>
<data id="%(id)s" version="1" bayaz:class="%(kind)s"><consent/><code/><text/>
<meta><instanceID/></meta></data></instance>
<bind nodeset="/data/consent" type="string" bayaz:role="consent"
 bayaz:sensitivity="public"/>
<bind nodeset="/data/code" type="string" bayaz:role="case-code"
 bayaz:sensitivity="%(tag)s" relevant="/data/consent = 'yes'"/>
<bind nodeset="/data/text" type="string" bayaz:sensitivity="%(tag)s"
 relevant="/data/consent = 'yes'"/>
<bind nodeset="/data/meta/instanceID" type="string" bayaz:sensitivity="public"
 jr:preload="uid"/></model></h:head><h:body>
<input ref="/data/consent"><label>Consent?</label></input>
<input ref="/data/code"><label>Code</label></input>
<input ref="/data/text"><label>Text</label></input></h:body></h:html>
"""
RECORD = """<data id="%(form)s" version="1"><consent>%(consent)s</consent>
<code>%(code)s</code><text>%(T)s %(name)s</text><meta><instanceID>uuid:%(name)s
</instanceID></meta></data>
"""


def words(*rest):
    return [fieldwork.BAYAZ, "-C", "boss", *rest, "--passphrase-file",
            "../pass"]


def bayaz(*rest, good=True):
    asks = "passphrase-file" in run("help", *rest[:1 + (rest[0] == "store")]
                                    ).stdout and rest[1:2] != ("rebuild",)
    done = run(*rest, home="boss", passphrase="../pass" if asks else None,
               good=good)
    clean(done.stdout, "what 'bayaz %s' prints" % rest[0])
    clean(done.stderr, "what 'bayaz %s' prints" % rest[0])
    return done.stdout


def look(scratch):
    search(scratch + "/work", scratch + "/tmp")


def killed(command, scratch):
    """Kill it at a spread of its calls that change something."""
    def once(**how):
        ran = faults.traced(command, os.getcwd(), calls=faults.CHANGES, **how)
        clean(ran.out + ran.err, "what it prints")
        return ran
    before = faults.snapshot(".")
    whole = once()
    expect(whole.status == 0, "%s: %s%s" % (
        command[3], whole.out, whole.err))
    n_all = whole.counts["counted"]
    look(scratch)
    faults.restore(before, ".")
    chosen = range(1, n_all + 1)
    if not LONG:
        chosen = sorted(DICE.sample(chosen, min(KILLS, n_all)))
    for n in chosen:
        ran = once(at=n, do="kill")
        expect(ran.status in (0, 128 + signal.SIGKILL),
               "exit %d: %s" % (ran.status, ran.err))
        look(scratch)
        faults.restore(before, ".")
    print("%s: killed at %d of %d calls" % (command[3], len(chosen), n_all))
    return len(chosen)


def make_bundles():
    """up.bayaz of a laptop, and its request to delete; bad.tar.gz, which no
    laptop of ours would make."""
    for i in range(4):
        fieldwork.write("in/%d.xml" % i, RECORD % {
            "T": TOKEN, "form": "intake", "consent": "yes", "name": i,
            "code": CODE if i < 2 else ""})
    run("import", "in", home="laptop", passphrase="pass")
    run("pack", "-o", "work/up.bayaz", home="laptop", passphrase="pass")
    run("withdraw", CODE, home="laptop", passphrase="pass")
    run("pack", "-o", "work/late.bayaz", home="laptop", passphrase="pass")
    for name in ("refused", "allowed"):
        fieldwork.write(name + ".xml", RECORD % {
            "T": TOKEN if name == "refused" else "open", "form": "visit",
            "consent": "no" if name == "refused" else "yes", "name": name,
            "code": ""})
    shown = run("open", "work/up.bayaz", "--json", home="work/boss",
                passphrase="pass").stdout
    fieldwork.write("project.id", json.loads(shown)["manifest"]["project"])
    subprocess.run([os.path.join(HERE, "..", "cli", "forge"),
                    "work/bad.tar.gz", """
for name in ('refused', 'allowed'):
    add('record', text(name + '.xml'), form='visit', instance='uuid:' + name)
sort()"""], check=True)


def prepare(scratch):
    for name in ("tmp", "work", "in"):
        os.mkdir(name)
    os.environ.update(HOME=scratch + "/work", TMPDIR=scratch + "/tmp")
    fieldwork.write("intake.xml", FORM % {"id": "intake", "kind": "protected",
                                          "tag": "restricted"})
    fieldwork.write("visit.xml", FORM % {"id": "visit", "kind": "public",
                                         "tag": "public"})
    fieldwork.write("pass", fieldwork.PASSPHRASE + "\n")
    run("project", "new", "Trial", "--recovery-file", "recovery",
        home="work/boss", passphrase="pass")
    run("project", "kit", "-o", "kit", "--words-file", "kit.words",
        "visit.xml", "intake.xml", home="work/boss", passphrase="pass")
    run("join", "kit", "--words-file", "kit.words", home="laptop",
        passphrase="pass")
    make_bundles()
    os.chdir("work")


def check_erased():
    """What was refused is told, and what is left is what may be."""
    base = sqlite3.connect("store.db")
    kept = base.execute("SELECT count(*) FROM sealed s JOIN content c "
                        "ON c.id = s.id WHERE s.kind = 'sealed' "
                        "AND length(c.bytes) > 0").fetchone()[0]
    codes = dict(base.execute("SELECT code, count(*) FROM refused "
                              "GROUP BY code").fetchall())
    names = [r[0] for r in base.execute("SELECT name FROM record")]
    base.close()
    expect(kept == 2, "%d sealed records are left, not 2" % kept)
    expect(codes == {"no-consent": 1, "withdrawn": 2}, "erased: %s" % codes)
    expect(len(names) == 1, "records: %s" % names)


def check_apart():
    """The key of standard records opens no sealed one (DNH-31)."""
    if not shutil.which("age"):
        print("age is missing: sealed records are not tried with it")
        return
    with open("../recovery", encoding="utf-8") as file:
        key = re.search(r"AGE-SECRET-KEY-1\w+", file.read()).group()
    fieldwork.write("../standard.key", key + "\n")
    base = sqlite3.connect("store.db")
    rows = base.execute("SELECT c.bytes FROM sealed s JOIN content c ON c.id ="
                        " s.id WHERE length(c.bytes) > 0").fetchall()
    base.close()
    expect(rows, "there is nothing sealed")
    for (data,) in rows:
        done = subprocess.run(["age", "-d", "-i", "../standard.key"],
                              input=data, capture_output=True, check=False)
        expect(b"no identity matched" in done.stderr,
               "the standard key: %s" % done.stderr)


def ask_all():
    """Whatever tells of a store."""
    bayaz("status", "--store", "store.db")
    bayaz("log", "--store", "store.db")
    bayaz("findings", "--store", "store.db")
    bayaz("store", "dump", "--store", "store.db")
    opened = bayaz("store", "dump", "--unlocked", "--store", "store.db")
    expect(opened.count('"opened"') == 2, "two sealed records do not open")
    bayaz("store", "rebuild", "--store", "store.db")
    bayaz("sql", "SELECT * FROM bz_records, bz_versions", "--store", "store.db")
    for form in ("visit", "intake"):
        bayaz("export", form, "-o", "out-" + form, "--store", "store.db",
              good=False)
    bayaz("store", "backup", "-o", "backup.age", "--store", "store.db")
    bayaz("store", "pack", "-o", "on.bayaz", "--store", "store.db")
    base = sqlite3.connect("store.db")
    hashes = [r[0] for r in base.execute(
        "SELECT lower(hex(sha256)) FROM sealed JOIN content USING (id)")]
    base.close()
    for name in hashes:
        bayaz("show", name, "--store", "store.db", good=False)
        bayaz("blame", name, "--store", "store.db", good=False)


def main(scratch):
    check_search()
    prepare(scratch)
    check_trace()
    os.rename("bad.tar.gz", "../bad.tar.gz")     # it holds the token
    merge = words("merge", "up.bayaz", "../bad.tar.gz", "--accept-new",
                  "--store", "store.db")
    late = words("merge", "late.bayaz", "--store", "store.db")
    unlock = words("unlock", "--store", "store.db")
    n = killed(merge, scratch)
    n_writes = trace(merge, (), "merge")
    look(scratch)
    n += killed(unlock, scratch) + killed(late, scratch)
    n_writes += trace(late, (), "merging a request")
    n_writes += trace(unlock, (), "unlock")
    check_erased()
    check_apart()
    ask_all()
    look(scratch)
    search_system(scratch)
    print("%d kills and %d writes looked at, the token is nowhere, "
          "BAYAZ_SEED=%d" % (n, n_writes, SEED))


if __name__ == "__main__":
    sys.exit(fieldwork.in_scratch(main, "bayaz-canary-"))
