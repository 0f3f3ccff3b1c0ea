#!/usr/bin/env python3
"""kill -9 at any moment of `bayaz import` and `bayaz pack`: the workspace
opens, what was told is there, no half bundle has a final name, and every
record goes out exactly once: bundles of one number have one manifest.

20 rounds; 200 with BAYAZ_LONG=1.  BAYAZ_SEED repeats a run."""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

BAYAZ = os.environ.get("BAYAZ", "bayaz")
LONG = os.environ.get("BAYAZ_LONG") == "1"
ROUNDS = 200 if LONG else 20
RECORDS = 150
FORM = """<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>Water</h:title><model>
<instance><data id="water" version="1" bayaz:class="standard"><point/><photo/>
<meta><instanceID/></meta></data></instance>
<bind nodeset="/data/point" type="string" bayaz:sensitivity="public"/>
<bind nodeset="/data/photo" type="binary" bayaz:sensitivity="public"/>
<bind nodeset="/data/meta/instanceID" type="string"/></model></h:head>
<h:body><input ref="/data/point"><label>P</label></input>
<upload ref="/data/photo" mediatype="image/*"><label>F</label></upload>
</h:body></h:html>
"""


def bayaz(*words, workspace="w", good=True):
    done = subprocess.run([BAYAZ, "-C", workspace, *words],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=120)
    if good and done.returncode != 0:
        sys.exit(f"bayaz {' '.join(words)}: {done.returncode}\n"
                 f"{done.stdout}{done.stderr}")
    return done


def killed(delay, *words):
    """What was printed before the kill, and whether it came in time."""
    with open("printed", "wb") as printed:
        child = subprocess.Popen([BAYAZ, "-C", "w", *words],
                                 stdin=subprocess.DEVNULL, stdout=printed,
                                 stderr=subprocess.DEVNULL)
        time.sleep(delay)
        child.kill()
        status = child.wait()
    with open("printed", encoding="utf-8") as printed:
        return printed.read(), status != 0


def measure(*words):
    start = time.monotonic()
    bayaz(*words)
    return time.monotonic() - start


def prepare():
    with open("water.xml", "w", encoding="utf-8") as file:
        file.write(FORM)
    os.mkdir("in")
    for i in range(RECORDS):
        with open(f"in/{i:04}.xml", "w", encoding="utf-8") as file:
            file.write(f'<data id="water" version="1"><point>w{i}</point>'
                       f'<photo>{i % 7}.jpg</photo><meta><instanceID>uuid:{i}'
                       f'</instanceID></meta></data>')
    for i in range(7):
        with open(f"in/{i}.jpg", "wb") as file:
            file.write(bytes([i]) * 70000)
    bayaz("project", "new", "Water", "--no-passphrase", "--recovery-file",
          "recovery", workspace="boss")
    bayaz("project", "kit", "-o", "kit", "--form", "water.xml",
          "--words-file", "words", workspace="boss")
    bayaz("join", "kit", "--words-file", "words", "--no-passphrase",
          workspace="empty")


def fresh():
    shutil.rmtree("w", ignore_errors=True)
    shutil.copytree("empty", "w")
    for name in os.listdir("."):
        if name.endswith((".bayaz", ".part")):
            os.remove(name)


def records():
    return json.loads(bayaz("list", "--json").stdout)["records"]


def import_killed(delay):
    printed, early = killed(delay, "import", "in", "--json")
    told = set()
    for line in printed.splitlines():
        try:
            told.add(json.loads(line)["record"])
        except (ValueError, KeyError):
            break               # cut in the middle of a line
    there = [r["record"] for r in records()]
    lost = told - set(there)
    assert not lost, f"{len(lost)} records were told and are not there"
    bayaz("import", "in")
    there = [r["instance"] for r in records()]
    assert len(there) == len(set(there)) == RECORDS, len(there)
    return early


def manifest_of(name):
    done = bayaz("open", name, "--json", workspace="boss")
    return json.loads(done.stdout)["manifest"]


def pack_killed(delay):
    _, early = killed(delay, "pack", "-o", "0.bayaz")
    states = {r["state"] for r in records()}
    assert states in ({"ready"}, {"packed"}), states
    names = ["0.bayaz"] if os.path.exists("0.bayaz") else []
    if states == {"packed"}:
        assert names, "packed, but there is no bundle"
    done = bayaz("pack", "-o", "1.bayaz", good=False)
    if done.returncode == 0:
        names.append("1.bayaz")
    assert {r["state"] for r in records()} == {"packed"}
    manifests = [manifest_of(name) for name in names]
    assert manifests, "nothing was packed"
    assert all(m == manifests[0] for m in manifests), "a number twice"
    sent = [e for e in manifests[0]["entries"] if e["kind"] == "record"]
    assert len(sent) == RECORDS, len(sent)
    assert bayaz("pack", "-o", "2.bayaz", good=False).returncode == 1
    return early


def main():
    seed = int(os.environ.get("BAYAZ_SEED", time.time_ns() % 1000000))
    dice = random.Random(seed)
    prepare()
    fresh()
    import_time = measure("import", "in")
    shutil.copytree("w", "full")
    pack_time = measure("pack", "-o", "x.bayaz")
    n_import = n_pack = 0
    for i in range(ROUNDS):
        try:
            fresh()
            n_import += import_killed(dice.uniform(0, import_time * 1.2))
            fresh()
            shutil.rmtree("w")
            shutil.copytree("full", "w")
            n_pack += pack_killed(dice.uniform(0, pack_time * 1.2))
        except AssertionError as why:
            sys.exit(f"round {i} of BAYAZ_SEED={seed}: {why}")
    print(f"{ROUNDS} rounds, {n_import} imports and {n_pack} packings killed "
          f"before their end, nothing lost, nothing twice")
    assert n_import > 0 and n_pack > 0, "every kill came too late"


if __name__ == "__main__":
    if not shutil.which(BAYAZ):
        print("bayaz is missing")
        sys.exit(77)
    BAYAZ = os.path.abspath(shutil.which(BAYAZ))
    with tempfile.TemporaryDirectory(prefix="bayaz-kill-") as folder:
        os.chdir(folder)
        try:
            main()
        finally:
            os.chdir("/")
