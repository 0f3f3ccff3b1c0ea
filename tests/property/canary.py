#!/usr/bin/env python3
"""DNH-01, 03, 04, 06, 07, 19: a token that stands nowhere else is in
everything that a protected record is made of: title, labels, choices, answers,
what was refused, comments, the name and bytes of an attachment.  While it is
filled in, finished, imported, packed, killed at any call to the disk, the token
is in no file of the workspace, of $TMPDIR, the home and working folder, /tmp
and /dev/shm, in no name of a file, in no message, in no write that the program
makes to a file, and not in the bundle as the standard key opens it: not in
UTF-8, UTF-16, percent, base64, hexadecimal, nor in anything that zlib unpacks.
Afterwards the laptop itself cannot open the record, and its size tells nothing.

A spread of calls to be killed at; every one with BAYAZ_LONG=1."""
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tarfile
import zlib

import faults
import fieldwork
from fieldwork import LONG, expect, run
from tokens import (DICE, SEED, TOKEN, check_search, check_trace, clean, search,
                    search_file, search_system, trace)

KILLS = 6               # of the interview, and of packing, when it is short
FORM = """<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms"
 xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>%(T)s-title</h:title><model><instance>
<data id="%(T)s-form" version="%(T)s-v" bayaz:class="protected"
 bayaz:list-title="Visit B"><text/><age/><one/><many/><secret/><paper/><more/>
<incident/><details/><place/><meta><instanceID/><instanceName/></meta></data>
</instance>
<bind nodeset="/data/text" type="string"/>
<bind nodeset="/data/age" type="int" constraint=". &lt; 120"
 jr:constraintMsg="%(T)s-message"/>
<bind nodeset="/data/one" type="string"/>
<bind nodeset="/data/many" type="string"/>
<bind nodeset="/data/secret" type="string"/>
<bind nodeset="/data/paper" type="binary"/>
<bind nodeset="/data/more" type="string"/>
<bind nodeset="/data/incident" type="string"/>
<bind nodeset="/data/details" type="string"
 relevant="/data/incident = 'yes'"/>
<bind nodeset="/data/place" type="string" relevant="/data/incident = 'yes'"/>
<bind nodeset="/data/meta/instanceID" type="string" jr:preload="uid"/>
<bind nodeset="/data/meta/instanceName" type="string"
 calculate="concat('%(T)s-name ', /data/text)"/></model></h:head><h:body>
<input ref="/data/text"><label>%(T)s-label</label><hint>%(T)s-hint</hint></input>
<input ref="/data/age"><label>Age</label></input>
<select1 ref="/data/one"><label>One</label>
<item><label>%(T)s-choice</label><value>%(T)s-a</value></item>
<item><label>Other</label><value>%(T)s-b</value></item></select1>
<select ref="/data/many"><label>Many</label>
<item><label>First</label><value>%(T)s-c</value></item>
<item><label>Second</label><value>%(T)s-d</value></item></select>
<secret ref="/data/secret"><label>Secret</label></secret>
<upload ref="/data/paper" mediatype="*/*"><label>Paper</label></upload>
<input ref="/data/more"><label>More</label></input>
<input ref="/data/incident"><label>Incident?</label></input>
<input ref="/data/details"><label>Details</label></input>
<input ref="/data/place"><label>Place</label></input></h:body></h:html>
"""
RECORD = """<data id="%(T)s-form" version="%(T)s-v"><text>%(T)s-imported</text>
<paper>%(T)s-0.png</paper><meta><instanceID>uuid:%(T)s-%(n)d</instanceID>
<instanceName>%(T)s-name</instanceName></meta></data>
"""
LINES = ["{T}-draft", ":b", "{T}-text", ":c {T}-comment", "{T}-refused", "31",
         "1", "2 1", "{T}-secret", "plain/{T}-paper.png", "{T}-more", ":b",
         ":x", ":u", ":g 8", "no"]
FORM_ID = TOKEN + "-form"


# --- the work ---

def bayaz(*words, **how):
    done = run(*words, passphrase="../pass", **how)
    clean(done.stdout, "what 'bayaz %s' prints" % words[0])
    clean(done.stderr, "what 'bayaz %s' prints" % words[0])
    return done


def lines(incident=None):
    """What is typed in an interview, up to its end."""
    told = [line.replace("plain/", "../plain/").format(T=TOKEN)
            for line in LINES]
    if incident:
        told[-1:] = ["yes", TOKEN + "-details " + incident, TOKEN + "-place"]
    return told + ["yes"]


def words_of(*words):
    return [fieldwork.BAYAZ, "-C", "w", *words, "--passphrase-file", "../pass"]


COLLECT = ("collect", FORM_ID, "--new")


def look(scratch):
    """Nothing anywhere that this laptop writes to."""
    search(scratch + "/work", scratch + "/tmp")


def killed(words, told, scratch):
    """Kill a command at a spread of its calls that change something, looking
    each time.  Every try begins with what was there before."""
    def once(**how):
        ran = faults.traced(words, os.getcwd(), calls=faults.CHANGES,
                            lines=told, patient=True, **how)
        # an interview's screen shows what is asked and answered
        clean(ran.err if told else ran.out + ran.err, "what it prints")
        return ran
    before = faults.snapshot(".")
    whole = once()
    expect(whole.status == 0 and (not told or "finished" in whole.out),
           "%s: %s%s" % (words[3], whole.out[-200:], whole.err))
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
    print("%s: killed at %d of %d calls" % (words[3], len(chosen), n_all))
    return len(chosen)


def crash(scratch):
    """It dies of a bug in the middle: no core, no last words."""
    talk = fieldwork.Interview(words_of(*COLLECT))
    for line in lines()[:3]:
        talk.prompt()
        talk.say(line)
    talk.prompt()
    about = "/proc/%d/" % talk.process.pid
    if os.path.exists(about + "limits"):
        with open(about + "limits", encoding="utf-8") as file:
            cores = re.search(r"Max core file size +(\S+)", file.read())
        expect(cores.group(1) == "0", "it may leave a core file")
        with open(about + "status", encoding="utf-8") as file:
            locked = re.search(r"VmLck:\s+(\d+)", file.read())
        print("locked memory: %s kB" % locked.group(1))
    talk.process.send_signal(signal.SIGABRT)
    clean(talk.end(), "what it says when it crashes")
    look(scratch)


def standard_identity():
    with open("../recovery", encoding="utf-8") as file:
        return re.search(r"AGE-SECRET-KEY-1\w+", file.read()).group()


def bundle_insides(path):
    """What the standard key opens of it; its parts too."""
    with open("../standard.key", "w", encoding="utf-8") as file:
        file.write(standard_identity() + "\n")
    done = subprocess.run(["age", "-d", "-i", "../standard.key", path],
                          capture_output=True, check=False)
    expect(done.returncode == 0, "age: %s" % done.stderr.decode())
    tar = zlib.decompressobj(31).decompress(done.stdout)
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        parts = {m.name: archive.extractfile(m).read() for m in archive}
    return tar, parts


def check_bundle(path, n_sealed):
    clean(os.path.basename(path), "the name of a bundle")
    search_file(path)
    if not shutil.which("age"):
        print("age is missing: the inside of the bundle is not looked at")
        return
    tar, parts = bundle_insides(path)
    clean(tar, "what the standard key opens of the bundle")
    sealed = [name for name in parts if name.startswith("sealed/")]
    expect(len(sealed) == n_sealed, "%d sealed records of %d" % (
        len(sealed), n_sealed))
    for name, data in parts.items():
        clean(data, name)
        if name in sealed:
            done = subprocess.run(["age", "-d", "-i", "../standard.key"],
                                  input=data, capture_output=True,
                                  check=False)
            expect(done.returncode != 0, "the standard key opens " + name)


def row_sizes():
    """Of each record's rows: the sealed head and body."""
    base = sqlite3.connect("w/field.db")
    rows = base.execute("SELECT record.id, length(head), length(sealed) FROM "
                        "record LEFT JOIN body ON owner = record.id")
    sizes = {"%016x" % (row & (1 << 64) - 1): (head, body)
             for row, head, body in rows}
    base.close()
    return sizes


def check_sizes():
    """With an incident and without: nobody can tell which."""
    ids = []
    for incident in (None, "she was hurt " * 20):
        before = {r["record"] for r in records()}
        _, said, err = fieldwork.converse(words_of(*COLLECT),
                                          lines(incident), patient=True)
        expect("finished" in said, "not finished: " + said[-200:] + err)
        ids += {r["record"] for r in records()} - before
    expect(len(ids) == 2, "there are not two records")
    sizes = row_sizes()
    expect(sizes[ids[0]] == sizes[ids[1]], "with an incident and without: "
           "rows of %s and %s bytes" % (sizes[ids[0]], sizes[ids[1]]))
    bayaz("pack", "-o", "0.bayaz")
    sealed = [e["size"] for e in sealed_entries("0.bayaz")]
    expect(len(sealed) >= 2 and len(set(sealed)) == 1,
           "sealed records of %s bytes: sizes tell of an incident" % sealed)
    check_bundle("0.bayaz", len(sealed))


def sealed_entries(path):
    shown = run("open", path, "--json", home="../boss")
    entries = json.loads(shown.stdout)["manifest"]["entries"]
    return [e for e in entries if e["kind"] == "sealed"]


def records():
    return fieldwork.records("w", "../pass")


def discard_drafts():
    n = 0
    for record in records():
        if record["state"] == "draft":
            n += trace(words_of("discard", record["record"]), (), "discard")
            bayaz("discard", record["record"], "--back")
            bayaz("discard", record["record"])
    expect(n > 0, "there is no draft to discard")
    return n


def check_closed():
    """The device that made it cannot open it again (DNH-06)."""
    ready = [r for r in records() if r["state"] == "ready"]
    expect(ready, "no record is ready")
    done = bayaz("collect", FORM_ID, "--resume", ready[0]["record"],
                 good=False)
    expect(done.returncode != 0, "a finished record opens again")
    for how in ([], ["--history"], ["--json"], ["--json", "--history"]):
        bayaz("show", ready[0]["record"], *how, good=False)
    kept = finished_events([r["record"] for r in records()
                            if r["protected"] and r["state"] == "ready"])
    expect(kept == 0, "%d events are left of finished records" % kept)


def finished_events(ids):
    base = sqlite3.connect("w/field.db")
    n = sum(base.execute("SELECT count(*) FROM event WHERE record = ?",
                         (int(i, 16) - (int(i, 16) >> 63 << 64),)
                         ).fetchone()[0] for i in ids)
    base.close()
    return n


def write_picture(path):
    """The token in its text, and in its points."""
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    line = b"\0" + (TOKEN * 40).encode()[:256]
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(
            b"IHDR", struct.pack(">IIBBBBB", 256, 256, 8, 0, 0, 0, 0)) +
            chunk(b"tEXt", b"Comment\0" + TOKEN.encode()) +
            chunk(b"IDAT", zlib.compress(line * 256, 0)) +
            chunk(b"IEND", b""))


def prepare(scratch):
    for name in ("plain", "tmp", "work"):
        os.mkdir(name)
    os.chdir("work")
    os.environ.update(HOME=os.getcwd(), TMPDIR=scratch + "/tmp")
    fieldwork.write("../plain/form.xml", FORM % {"T": TOKEN})
    fieldwork.write("../plain/walk.xml",
                    fieldwork.text_form("walk", "standard", 2))
    write_picture("../plain/%s-paper.png" % TOKEN)
    os.mkdir("../plain/in")
    write_picture("../plain/in/%s-0.png" % TOKEN)
    for i in range(3):
        fieldwork.write("../plain/in/%d.xml" % i,
                        RECORD % {"T": TOKEN, "n": i})
    fieldwork.write("../plain/in/walk.xml",
                    fieldwork.record_xml("walk", 9, ["a", "b"]))


def main(scratch):
    check_search()
    prepare(scratch)
    os.chdir("..")
    fieldwork.make_project(["plain/walk.xml"], ["plain/form.xml"])
    os.chdir("work")
    check_trace()
    run("join", "../sealed", "--words-file", "../sealed.words",
        passphrase="../pass")
    look(scratch)
    n = killed(words_of(*COLLECT), lines(), scratch)
    crash(scratch)
    n_writes = trace(words_of(*COLLECT), lines(), "collect")
    n_writes += trace(words_of(*COLLECT), lines()[:-1] + [":q"], "leaving")
    n_writes += discard_drafts()
    look(scratch)
    check_closed()
    check_sizes()
    n += killed(words_of("import", "../plain/in"), (), scratch)
    n_writes += trace(words_of("import", "../plain/in"), (), "import")
    n += killed(words_of("pack", "-o", "1.bayaz"), (), scratch)
    n_writes += trace(words_of("pack", "-o", "2.bayaz"), (), "pack")
    look(scratch)
    check_bundle("2.bayaz", len(sealed_entries("2.bayaz")))
    expect(not [r for r in records() if r["state"] == "ready"],
           "records are left that were not packed")
    shown = bayaz("list").stdout + bayaz("list", "--json").stdout
    expect("Visit B" in shown, "its neutral title is not listed")
    search_system(scratch)
    print("%d kills and %d writes looked at, the token is nowhere, "
          "BAYAZ_SEED=%d" % (n, n_writes, SEED))


if __name__ == "__main__":
    sys.exit(fieldwork.in_scratch(main, "bayaz-canary-"))
