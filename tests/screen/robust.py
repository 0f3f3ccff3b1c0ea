#!/usr/bin/env python3
"""The screen when things go wrong: killed at any moment, another size at any
moment, a megabyte pasted, the terminal gone, stopped, and forms and answers
that try to talk to the terminal.  BAYAZ_LONG=1 does more of each, and waits for
the screen to hide by itself.

    tests/screen/robust.py [WHAT...]     a part: kill sizes paste gone ...
"""
import json
import os
import random
import re
import select
import shutil
import signal
import sys
import tempfile
import termios
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pilot
from pilot import Pilot

LONG = bool(os.environ.get("BAYAZ_LONG"))
N_TEXTS = 8
EVIL = "\x1b]0;evil\x07\x1b[2J\u009b31m\u202e\u200fcba"

FORM = """<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>%(title)s</h:title><model><instance><data id="%(name)s"
 version="1">%(nodes)s<meta><instanceID/></meta></data></instance>%(more)s
<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>%(binds)s
</model></h:head><h:body>%(body)s</h:body></h:html>"""


def fail(text, p=None):
    print(text)
    if p is not None:
        print("\n".join(p.screen.text()))
    sys.exit(1)


def form_of(folder, name, controls, title="Robust", more="", binds=""):
    """A form of these controls: (node, element); its path."""
    path = os.path.join(folder, name + ".xml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(FORM % {
            "title": title, "name": name, "more": more, "binds": binds,
            "nodes": "".join("<%s/>" % node for node, _ in controls),
            "body": "".join(element for _, element in controls)})
    return path


def text_control(node, label):
    return node, '<input ref="/data/%s"><label>%s</label></input>' % (
        node, label)


def choice_control(node, label, several=False):
    kind = "select" if several else "select1"
    return node, '<%s ref="/data/%s"><label>%s</label>%s</%s>' % (
        kind, node, label, "".join(
            "<item><label>Choice %d</label><value>c%d</value></item>" % (k, k)
            for k in range(1, 31)), kind)


class Place:
    """A workspace without a passphrase, with one form."""

    def __init__(self, folder, form, *words):
        self.name = os.path.basename(form)[:-4]
        self.home = os.path.join(folder, "home-" + self.name)
        pilot.bayaz(self.home, "init", "--no-passphrase")
        pilot.bayaz(self.home, "form", "add", form, *words)

    def collect(self, *words, columns=80, rows=24):
        return Pilot(["-C", self.home, "collect", self.name, *words],
                     columns, rows)

    def answers(self):
        """{reference: value} of the one record that is there."""
        records = json.loads(pilot.bayaz(self.home, "list", "--json"))
        ident, = (r["record"] for r in records["records"])
        shown = json.loads(pilot.bayaz(self.home, "show", ident, "--json"))
        return {a["path"]: a["value"] for a in shown["answers"]}


def kill(p):
    """At once; what it had shown until then is on the screen."""
    os.kill(p.pid, signal.SIGKILL)
    try:
        while p.read(1):
            pass
    except EOFError:
        pass
    os.waitpid(p.pid, 0)
    os.close(p.fd)


# --- killed ---

def question_shown(p):
    found = re.search(r"^Question (\d+)", "\n".join(p.screen.text()), re.M)
    return int(found.group(1)) if found else 0


def check_kills(folder):
    """What was confirmed, because the next question shows, is there; where it
    stood is where it goes on, or one further."""
    n, chance = 60 if LONG else 16, random.Random(7)
    where = Place(folder, form_of(folder, "kills", [
        text_control("q%d" % k, "Question %d" % k)
        for k in range(1, 20 * n)]))
    given, at, killed = {}, 1, 0
    for k in range(n):
        p = where.collect(*(["--resume", "last"] if k else ["--new"]))
        p.wait("Question", least_s=0.05)
        if question_shown(p) not in (at, at + 1):
            fail("it goes on elsewhere than at %d" % at, p)
        at = question_shown(p)
        until = time.monotonic() + chance.uniform(0, 0.08)
        typed = {}
        while time.monotonic() < until:
            node = question_shown(p)
            if node and node not in typed:
                typed[node] = "answer %d of life %d" % (node, k)
                p.type("\x15" + typed[node] + "\r")
            p.read(chance.uniform(0, 0.004))
        kill(p)
        killed += 1
        shown = question_shown(p) or max(typed, default=at)
        answers = where.answers()
        for node, text in typed.items():
            value = answers.get("/data/q%d" % node, "")
            if value != text and (node < shown or
                                  value != given.get(node, "")):
                fail("killed %d times: question %d has %r, not %r" % (
                    killed, node, value, text), p)
            if value:
                given[node] = value
        for node, text in given.items():
            if answers.get("/data/q%d" % node) != text:
                fail("question %d lost %r" % (node, text))
        at = shown
    if len(given) < n // 2:
        fail("only %d answers: it was killed too soon" % len(given))
    print("killed %d times, %d answers, none lost" % (killed, len(given)))


# --- another size ---

SIZES = [(1, 1), (20, 5), (2, 40), (300, 100), (40, 10), (300, 1), (80, 24),
         (132, 43), (3, 3)]
FINAL = [(80, 24), (132, 43), (40, 12), (300, 100)]


def storm(p, chance, n):
    for _ in range(n):
        p.size(*chance.choice(SIZES))
        p.read(chance.choice((0, 0, 0.001, 0.01)))


# Keys, and what shows when they are done.
STORMY = [("first answer", "first answer"), ("\r", "Second"),
          ("second\x1bOD\x1bOD\x1bOD", "second"), ("X", "secXond"),
          ("\r", "Which"), ("\x1bOB\x1bOB\x1bOB", "Choice 3"),
          ("\r", "All that"), (" ", "[x]"), ("\x1b[6~", "Last"),
          ("\x1b[5~", "All that"), ("\x0f", "All questions"),
          ("\x1bOH\r", "First"), ("\t", "Commands"), ("\t", "First"),
          ("\x1b[6~", "Second"), ("\x1b[6~", "Which"), ("\x1b[6~", "All that"),
          ("\x1b[6~", "Last"), ("half of it", "half of it")]


def check_sizes(folder):
    """The interview goes on, and in the end shows what it would have."""
    form = form_of(folder, "sizes", [
        text_control("a", "First question, with a label that is long enough "
                     "to take several rows where the terminal is narrow"),
        text_control("b", "Second question"),
        choice_control("c", "Which of them"),
        choice_control("d", "All that apply", True),
        text_control("e", "Last question")])
    chance = random.Random(11)
    n_storms = 0
    for final in FINAL if LONG else FINAL[1:3]:
        shown, records = [], []
        for is_stormy in (False, True):
            where = Place(os.path.join(folder, "%d-%s" % (final[0],
                                                          is_stormy)), form)
            p = where.collect("--new", columns=final[0], rows=final[1])
            p.wait("First", least_s=0.1)
            for keys, wanted in STORMY:
                if is_stormy:
                    for key in re.findall("\x1b[O\\[].~?|[^\x1b]", keys):
                        storm(p, chance, 12 if LONG else 2)
                        p.type(key)
                        n_storms += 1
                    storm(p, chance, 12 if LONG else 2)
                    p.size(*final)
                else:
                    p.type(keys)
                p.wait(wanted, least_s=0.02, quiet_s=0.02)
            p.wait("half of it", least_s=0.3)
            shown.append([(row, p.screen.reversed(y)) for y, row in
                          enumerate(p.screen.text())] + [
                              (p.screen.y, p.screen.x)])
            p.type("\x13")
            if p.end() != 0:
                fail("it failed after other sizes", p)
            records.append(where.answers())
        if shown[0] != shown[1]:
            print("\n".join(row for row, _ in shown[0][:-1]))
            fail("other sizes leave another screen: %r" % (shown[1][-1],), p)
        if records[0] != records[1] or len(records[0]) < 4:
            fail("other sizes gave %r, not %r" % (records[1], records[0]))
    print("%d storms of other sizes" % n_storms)


# --- pasted ---

def pour(p, data):
    """Much to type: what it shows is read meanwhile.  Seconds."""
    began = time.monotonic()
    os.set_blocking(p.fd, False)
    while data:
        ready = select.select([p.fd], [p.fd], [], 20)
        if ready == ([], [], []):
            fail("it takes no more of what is pasted", p)
        if ready[0]:
            p.read(0)
        if ready[1]:
            data = data[os.write(p.fd, data[:4096]):]
    os.set_blocking(p.fd, True)
    return time.monotonic() - began


def check_paste(folder):
    """All of it is the answer, also what looks like keys in it."""
    size = 1000000 if LONG else 100000
    line = "Zarmina's story, \u0632\u0631\u0645\u06cc\u0646\u06c1 %d\n"
    story = "".join(line % k for k in range(size // 34))
    where = Place(folder, form_of(folder, "pasted", [
        text_control("story", "What happened"), choice_control("c", "Which"),
        text_control("last", "Last question")]))
    p = where.collect("--new")
    p.wait("What happened", least_s=0.1)
    took = pour(p, b"\x1b[200~" + story.replace("\n", "\r").encode() +
                b"\x1b[201~")
    p.wait("%d" % (size // 34 - 1))      # before another key
    took_in = time.monotonic()
    p.type("\r")
    p.wait("Which", longest_s=60)
    took_in = time.monotonic() - took_in
    # where nothing can be pasted, it answers and commands nothing
    pour(p, b"\x1b[200~\r\r\r\x1b[201~")
    p.wait("Which", least_s=0.1)
    p.keys("Back Back Back Back Tab")
    p.wait("Commands")
    pour(p, b"\x1b[200~q\rn\ry\r\x1b[201~")
    p.wait("Commands", least_s=0.2)
    p.keys("Tab")
    p.wait("Which")
    # a paste whose end was lost ends all the same
    p.keys("PgDn")
    p.wait("Last")
    pour(p, b"\x1b[200~lost")
    p.wait("lost", least_s=1.2)
    p.keys("Esc")
    p.wait(least_s=0.3)
    if "lost" in "\n".join(p.screen.text()):
        fail("after a paste without an end Esc does not hide", p)
    p.keys("Enter")
    p.wait("lost")
    p.keys("^S")
    if p.end() != 0:
        fail("it failed")
    answers = where.answers()
    if answers.get("/data/story", "").rstrip("\n") != story.rstrip("\n"):
        fail("of %d characters pasted %d are the answer" % (
            len(story), len(answers.get("/data/story", ""))))
    if "/data/c" in answers:
        fail("what was pasted chose %r" % answers["/data/c"])
    print("%d bytes pasted in %.2f s, kept in %.2f s" % (
        len(story.encode()), took, took_in))


PARTS = {"kill": check_kills, "sizes": check_sizes, "paste": check_paste}


def main():
    folder = tempfile.mkdtemp()
    for name in sys.argv[1:] or PARTS:
        part = os.path.join(folder, name)
        os.mkdir(part)
        began = time.monotonic()
        PARTS[name](part)
        print("%s: %.1f s" % (name, time.monotonic() - began))
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
