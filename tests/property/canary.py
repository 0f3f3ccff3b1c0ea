#!/usr/bin/env python3
"""DNH-03, 04, 06: every answer of a protected record carries a unique string.
After importing, packing, and being killed at some moments, none of them is
found in UTF-8, UTF-16, percent, base64 or deflated form in any file of the
workspace, of $TMPDIR, of the home or working directory, or in the bundle; and
nothing of the protected record can be opened on the laptop."""
import base64
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zlib

BAYAZ = os.environ.get("BAYAZ", "bayaz")
ROUNDS = 60 if os.environ.get("BAYAZ_LONG") == "1" else 6
FORM = """<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>TITLE-CANARY-{0}</h:title><model><instance>
<data id="id-canary-{0}" version="1" bayaz:class="{0}"
 bayaz:list-title="Visit B"><point/><meta><instanceID/><instanceName/></meta>
</data></instance>
<bind nodeset="/data/point" type="string" bayaz:sensitivity="restricted"/>
<bind nodeset="/data/meta/instanceID" type="string"
 bayaz:sensitivity="restricted"/>
<bind nodeset="/data/meta/instanceName" type="string"
 bayaz:sensitivity="restricted"/></model></h:head>
<h:body><input ref="/data/point"><label>P</label></input></h:body></h:html>
"""
RECORD = """<data id="id-canary-{0}" version="1"><point>ANSWER-CANARY-{1}</point>
<meta><instanceID>uuid:ID-CANARY-{1}</instanceID>
<instanceName>NAME-CANARY-{1}</instanceName></meta></data>
"""
WORDS = [f"{kind}-CANARY-" for kind in ("ANSWER", "ID", "NAME", "TITLE")]
WORDS.append("id-canary-")


def run(*words, good=True):
    done = subprocess.run([BAYAZ, *words, "--passphrase-file", "../pass"],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=120)
    if good and done.returncode != 0:
        sys.exit(f"bayaz {words}: {done.stdout}{done.stderr}")
    return done


def shapes(word):
    """A word as it may stand in a file."""
    text = word.encode()
    yield text
    yield word.encode("utf-16-le")
    yield word.encode("utf-16-be")
    yield "".join(f"%{b:02X}" for b in text).encode()
    yield "".join(f"%{b:02x}" for b in text).encode()
    for shift in range(3):      # whatever stands before it
        yield base64.b64encode(b"\0" * shift + text)[4 if shift else 0:-4]


def inflated(data):
    """What any zlib, gzip or raw deflate stream in it unpacks to."""
    for mark in (b"\x1f\x8b\x08", b"\x78\x9c", b"\x78\x01", b"\x78\xda"):
        at = data.find(mark)
        while at >= 0:
            try:
                yield zlib.decompressobj(47).decompress(data[at:], 1 << 20)
            except zlib.error:
                pass
            at = data.find(mark, at + 1)


def search(folders):
    for folder in folders:
        for top, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(top, name)
                with open(path, "rb") as file:
                    data = file.read()
                for piece in [data, *inflated(data)]:
                    for word in WORDS:
                        for shape in shapes(word):
                            if shape in piece:
                                sys.exit(f"{word} is in {path}")


def killed(delay, *words):
    child = subprocess.Popen([BAYAZ, *words, "--passphrase-file", "../pass"],
                             stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    time.sleep(delay)
    child.kill()
    child.wait()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    write("pass", "lantern over the river\n")
    os.mkdir("in")
    os.mkdir("tmp")
    os.mkdir("work")
    os.chdir("work")
    os.environ.update(HOME=os.getcwd(), TMPDIR=os.path.abspath("../tmp"),
                      BAYAZ_HOME="w")
    for kind in ("standard", "protected"):
        write(f"../{kind}.xml", FORM.format(kind))
        for i in range(30):
            write(f"../in/{kind}{i}.xml", RECORD.format(kind, f"{kind}{i}"))
    # the search itself must find what lies open
    assert any(s in open("../in/standard1.xml", "rb").read()
               for s in shapes(WORDS[0]))
    run("-C", "../boss", "project", "new", "P", "--recovery-file", "../rec")
    run("-C", "../boss", "project", "kit", "-o", "../kit", "--form",
        "../standard.xml", "--form", "../protected.xml", "--words-file",
        "../words")
    run("join", "../kit", "--words-file", "../words")
    start = time.monotonic()
    run("list")
    opening = time.monotonic() - start      # most of it is the passphrase
    folders = [".", "../tmp"]
    for i in range(ROUNDS):
        killed(opening * (0.8 + 0.1 * i), "import", "../in")
        search(folders)
    run("import", "../in")
    search(folders)
    killed(opening * 1.05, "pack", "-o", "0.bayaz")
    search(folders)
    run("pack", "-o", "1.bayaz", good=False)
    search(folders)
    shown = run("list").stdout + run("list", "--json").stdout
    for word in ("CANARY-protected", "id-canary-protected"):
        assert word not in shown, f"{word} is shown"
    assert "Visit B" in shown
    print(f"{ROUNDS} kills, no canary anywhere")


if __name__ == "__main__":
    if not shutil.which(BAYAZ):
        print("bayaz is missing")
        sys.exit(77)
    BAYAZ = os.path.abspath(shutil.which(BAYAZ))
    with tempfile.TemporaryDirectory(prefix="bayaz-canary-") as folder:
        os.chdir(folder)
        try:
            main()
        finally:
            os.chdir("/")
