#!/usr/bin/env python3
"""Home, what `bayaz` alone shows: the first start, alone and with a kit; new
interviews, going on, discarding, packing, receiving, answering the coordinator;
hiding; the same line by line."""
import glob
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pilot
from pilot import Pilot

FORM = """<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:orx="http://openrosa.org/xforms" xmlns:jr="http://openrosa.org/javarosa"
 xmlns:bayaz="https://bayaz.example/ns">
<h:head><h:title>%(title)s</h:title><model><instance><data id="%(id)s"
 version="1"><name/><wells/><orx:meta><orx:instanceID/></orx:meta></data>
</instance><bind nodeset="/data/name"/><bind nodeset="/data/wells" type="int"/>
<bind nodeset="/data/orx:meta/orx:instanceID" jr:preload="uid"/></model>
</h:head><h:body><input ref="/data/name"><label>Name of the village</label>
</input><input ref="/data/wells"><label>How many wells in <output
 value="/data/name"/>?</label></input></h:body></h:html>"""


def fail(text, p=None):
    print(text)
    if p is not None:
        print("\n".join(p.screen.text()))
    sys.exit(1)


def shows(p, text, yes=True):
    if (text in "\n".join(p.screen.text())) != yes:
        fail("'%s' is %s" % (text, "missing" if yes else "there"), p)


def line_of(p, text):
    """The row of the screen it stands in."""
    for y, row in enumerate(p.screen.text()):
        if text in row:
            return y
    fail("'%s' is missing" % text, p)


def step(p, keys, wanted):
    p.keys(keys)
    p.wait(wanted, least_s=0.1)


def put(p, text, wanted):
    """In place of what stands there, as it is."""
    p.type("\x15" + text + "\r")
    p.wait(wanted, least_s=0.1)


def write_form(folder, name, title):
    path = os.path.join(folder, name + ".xml")
    with open(path, "w") as file:
        file.write(FORM % {"id": name, "title": title})
    return path


def start(folder, home, *words, env=None, columns=80):
    return Pilot(["-C", home, *words], columns=columns,
                 env=dict({"HOME": folder, "USER": "nobody"}, **(env or {})))


def alone(folder):
    """Three screens, then a form is filled, left, gone on with, finished."""
    home = os.path.join(folder, "alone")
    form = write_form(folder, "wells", "Wells")
    p = start(folder, home)
    p.wait("Welcome to bayaz", least_s=0.3)
    step(p, "Down Enter", "Choose a passphrase")
    step(p, "first Enter", "once more")
    step(p, "other Enter", "not the same")
    step(p, pilot.PASSPHRASE.replace(" ", "_") + " Enter", "once more")
    if pilot.PASSPHRASE in "\n".join(p.screen.text()):
        fail("the passphrase is shown", p)
    step(p, pilot.PASSPHRASE.replace(" ", "_") + " Enter", "wells.xml")
    step(p, "Enter", "this is where you begin")
    shows(p, "Wells")
    step(p, "Enter", "Name of the village")
    step(p, "Chak_9 Enter", "How many wells in Chak 9?")
    step(p, "^S", "Begun: go on")
    shows(p, "after: Name of the village")
    step(p, "Enter", "How many wells in Chak 9?")
    # the question, without the answer in it
    step(p, "^P", "Name of the village")
    step(p, "^N", "How many wells in Chak 9?")
    step(p, "^S", "Begun: go on")
    shows(p, "at: How many wells in …?")
    shows(p, "Chak", False)
    step(p, "Enter", "How many wells in Chak 9?")
    # hidden in an interview and at home
    p.keys("Esc")
    p.wait(">", least_s=0.3)
    shows(p, "wells", False)
    p.type(pilot.PASSPHRASE + "\r")
    p.wait("How many wells", least_s=0.2)
    step(p, "^S", "Begun: go on")
    p.keys("Esc")
    p.wait(">", least_s=0.3)
    shows(p, "Wells", False)
    p.type("no\r")
    p.wait("that is not it")
    p.type(pilot.PASSPHRASE + "\r")
    p.wait("Begun: go on", least_s=0.2)
    # discarded, and back
    step(p, "d", "Discard this interview?")
    shows(p, "at: How many wells")      # which one
    step(p, "n", "Begun: go on")
    step(p, "d", "Discard this interview?")
    step(p, "y", "1 was discarded")
    shows(p, "Begun: go on", False)
    step(p, "End Enter", "bring back")
    step(p, "d", "Begun: go on")
    shows(p, "discarded", False)
    # finished, looked at, opened again
    step(p, "Home Enter", "How many wells")
    step(p, "3 Enter", "This is the end")
    step(p, "Enter", "1 is ready to be packed")
    step(p, "End Enter", "Enter show")
    step(p, "Enter", "/data/wells")
    shows(p, "Chak 9")
    step(p, "q", "Enter show")
    step(p, "o", "This is the end")
    step(p, "Enter", "1 is ready to be packed")
    step(p, "Tab", "Begin a new one")
    # there is nobody to pack for
    step(p, "p", "Into which folder?")
    put(p, folder, "That did not work")
    shows(p, "project")
    step(p, "q", "1 is ready")
    step(p, "?", "to practise")
    step(p, "q", "1 is ready")
    # practice says so on every screen
    step(p, "Home t", "made-up")
    step(p, "^S", "training")
    p.keys("q")
    if p.end() != 0:
        fail("it cannot be left")
    # the next start asks for the passphrase first
    p = start(folder, home)
    p.wait("passphrase", least_s=0.3)
    shows(p, "Wells", False)
    p.type(pilot.PASSPHRASE + "\r")
    p.wait("Begun: go on", least_s=0.2)
    p.keys("^C")
    if p.end() != 0:
        fail("it cannot be left")


def with_kit(folder):
    """Join, fill, pack on the screen; merged, asked about, answered."""
    centre, home = os.path.join(folder, "centre"), os.path.join(folder, "kit")
    store = os.path.join(folder, "store.db")
    passphrase = os.path.join(folder, "pass")
    words = os.path.join(folder, "words")
    with open(passphrase, "w") as file:
        file.write(pilot.PASSPHRASE + "\n")
    secret = ("--passphrase-file", passphrase)
    pilot.bayaz(centre, "project", "new", "Pilot", "--recovery-file",
                os.path.join(folder, "paper"), *secret)
    pilot.bayaz(centre, "project", "policy", "idle-minutes=1", *secret)
    pilot.bayaz(centre, "project", "kit", "-o",
                os.path.join(folder, "kit.bayaz"), "--form",
                write_form(folder, "visits", "Visits"), "--words-file", words,
                *secret)
    with open(words) as file:
        eight = "_".join(file.read().split())
    p = start(folder, home)
    p.wait("Welcome to bayaz", least_s=0.3)
    step(p, "Enter", "Choose a passphrase")
    step(p, pilot.PASSPHRASE.replace(" ", "_") + " Enter", "once more")
    step(p, pilot.PASSPHRASE.replace(" ", "_") + " Enter", "kit.bayaz")
    step(p, "Enter", "eight words")
    step(p, "wrong_words Enter", "Your code")
    step(p, "Enter", "That did not work")
    step(p, "q", "kit.bayaz")
    step(p, "Enter", "eight words")
    step(p, eight + " Enter", "Your code")
    if eight.replace("_", " ") in "\n".join(p.screen.text()):
        fail("the words are shown", p)
    step(p, "KP-031 Enter", "joined 'Pilot'")
    step(p, "q", "Visits")
    for name in ("Kot", "Pind"):
        step(p, "n", "Name of the village")
        step(p, name + " Enter", "How many wells")
        step(p, "4 Enter", "This is the end")
        step(p, "Enter", "ready to be packed")
    shows(p, "2 are ready")
    step(p, "p", "Into which folder?")
    put(p, folder, "bundle 1 with 2 records")
    step(p, "q", "2 were sent")
    step(p, "p", "nothing is ready")
    p.keys("q")
    if p.end() != 0:
        fail("it cannot be left")
    bundles = [f for f in glob.glob(os.path.join(folder, "*.bayaz"))
               if not f.endswith("kit.bayaz")]
    said = pilot.bayaz(centre, "merge", *bundles, "--store", store,
                       "--accept-new", *secret)
    if "2 new" not in said and " 2 records" not in said:
        fail("the bundle does not merge: %s: %s" % (bundles, said))
    rows = pilot.bayaz(home, "list", "--json", *secret)
    instance = re.search(r'"instance":"([^"]+)"', rows).group(1)
    pilot.bayaz(centre, "query", instance, "Is 4 right?", "--store", store,
                *secret)
    pilot.bayaz(centre, "store", "backup", "--store", store, "-o",
                os.path.join(folder, "backup.age"), *secret)
    os.remove(bundles[0])
    os.remove(os.path.join(folder, "kit.bayaz"))
    pilot.bayaz(centre, "send", "-o", os.path.join(folder, "down.bayaz"),
                "--all", "--store", store, *secret)
    p = start(folder, home, "home", "--passphrase-file", passphrase)
    p.wait("2 were sent", least_s=0.3)
    if os.environ.get("BAYAZ_LONG"):    # the project's minute, not ours of 3
        p.wait(">", least_s=65, longest_s=90)
        shows(p, "sent", False)
        p.type(pilot.PASSPHRASE + "\r")
        p.wait("2 were sent", least_s=0.2)
    step(p, "r", "down.bayaz")
    step(p, "Enter", "taken")
    step(p, "q", "The coordinator asks")
    shows(p, "Is 4 right?")
    shows(p, "2 were received")
    if line_of(p, "The coordinator asks") > line_of(p, "Begin a new one"):
        fail("questions do not come first", p)
    step(p, "Home Enter", "Is 4 right?")
    step(p, "yes_it_is Enter", "answered")
    shows(p, "The coordinator asks", False)
    p.keys("^S")
    if p.end() != 0:
        fail("it cannot be left")
    asked = pilot.bayaz(home, "list", *secret)
    if "yes it is" not in asked:
        fail("the answer is lost: " + asked)


def in_lines(folder):
    """Without a screen the same, by numbers and letters."""
    home = os.path.join(folder, "lines")
    passphrase = pilot.workspace(home, [write_form(folder, "a", "Wells A"),
                                        write_form(folder, "b", "Wells B")])
    p = start(folder, home, env={"TERM": "dumb"})
    p.wait("passphrase", least_s=0.3)
    p.type(pilot.PASSPHRASE + "\n")
    p.wait("2  Wells B")
    p.type("2\n")
    p.wait("Name of the village")
    p.type("Chak\n:q\n")
    p.wait("Begun: go on")
    p.type("n 3\n")
    p.wait("[1/2] Name of the village")
    p.type(":q\n")
    p.wait("  4  Wells B")
    p.type("d 1\n")
    p.wait("Discard this interview?")
    p.type("y\n")
    p.wait("1 was discarded")
    p.type(":h\n")
    p.wait(">", least_s=0.3)
    shows(p, "Wells", False)
    p.type(pilot.PASSPHRASE + "\n")
    p.wait("1 was discarded", least_s=0.3)
    p.type("?\n")
    p.wait("to practise")
    p.type("q\n")
    if p.end() != 0:
        fail("it cannot be left", p)
    rows = pilot.bayaz(home, "list", "--passphrase-file", passphrase)
    if rows.count("draft") != 1 or rows.count("discarded") != 1:
        fail("the records are not as they were made:\n" + rows)


def main():
    folder = tempfile.mkdtemp()
    for way in pilot.part((alone, with_kit, in_lines)):
        way(folder)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
