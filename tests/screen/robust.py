#!/usr/bin/env python3
"""The screen when things go wrong: killed at any moment, another size at any
moment, a megabyte pasted, the terminal gone, stopped, and forms and answers
that try to talk to the terminal.  BAYAZ_LONG=1 does more of each, and waits for
the screen to hide by itself.

    tests/screen/robust.py [WHAT]     a part: kill, sizes, paste, gone ...
"""
import concurrent.futures
import json
import os
import pty
import random
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pilot
from pilot import Pilot

LONG = bool(os.environ.get("BAYAZ_LONG"))
pilot.KEYS["Space"] = " "

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
        self.comments = [a["comment"] for a in shown["answers"]
                         if "comment" in a]
        return {a["path"]: a["value"] for a in shown["answers"] if a["value"]}


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
    if len(given) < n // 4:
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
    # what spells keys is none, and words stay apart
    pour(p, b"\x1b[200~a\x1bOPb\x1b[5~c\td\x1b[201~")
    p.wait("> abc d", least_s=0.1)
    p.keys("^U")
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


# --- gone, and left ---

def after_all(p, longest_s=5):
    """It ends by itself, its terminal gone; seconds."""
    began = time.monotonic()
    while os.waitpid(p.pid, os.WNOHANG) == (0, 0):
        if time.monotonic() - began > longest_s:
            os.kill(p.pid, signal.SIGKILL)
            fail("without a terminal it goes on", p)
        time.sleep(0.01)
    return time.monotonic() - began


# Where it is left: keys, what shows then, the answers that are kept.
LEAVINGS = [
    ("typing", "half_a_text", "half a text", {"a": "half a text"}),
    ("no answer", "PgDn PgDn abc", "abc", {}),
    ("marking", "one Enter Space Down Space", "2 [x]",
     {"a": "one", "b": "c1 c2"}),
    ("menu", "one Enter Space Tab", "Commands", {"a": "one", "b": "c1"}),
    ("help", "one Enter ?", "any key back", {"a": "one"}),
    ("outline", "one ^O", "All questions", {"a": "one"}),
    ("comment", "one Enter ^T what_I_heard", "what I heard", {"a": "one"}),
    ("removing", "one Enter PgDn PgDn two ^D", "Remove this one",
     {"a": "one", "r[1]/n": "two"}),
    ("end", "one Enter PgDn PgDn PgDn n", "This is the end", {"a": "one"}),
    ("hidden", "one Enter Space Esc", None, {"a": "one", "b": "c1"}),
]


SIGNALLED = "typing", "menu", "hidden"      # always, others in long runs


def leaving_form(folder):
    return form_of(folder, "leaving", [
        text_control("a", "First question"),
        choice_control("b", "Second question", True),
        text_control("c", "How many"),
        ("r><n/></r><x", '<group ref="/data/r"><label>Person</label>'
         '<repeat nodeset="/data/r"><input ref="/data/r/n">'
         '<label>Her name</label></input></repeat></group>')],
        binds='<bind nodeset="/data/c" type="int"/>')


def begun(folder, name, form, keys, wanted, raw=None):
    where = Place(os.path.join(folder, name.replace(" ", "-")), form)
    p = where.collect("--new")
    if raw is not None:
        feed = p.screen.feed
        p.screen.feed = lambda data: (raw.append(data), feed(data))
    p.wait("First question", least_s=0.05)
    for key in keys.split(" "):
        p.keys(key)
        p.wait(least_s=0.01, quiet_s=0.02)
    p.wait(wanted, least_s=0.1)
    return where, p


def check_kept(where, name, kept):
    answers = where.answers()
    if answers != {"/data/" + node: value for node, value in kept.items()}:
        fail("%s: kept is %r, not %r" % (name, answers, kept))


def check_gone(folder):
    """Its terminal is closed: soon it ends, with all that was typed."""
    form, longest = leaving_form(folder), 0
    for name, keys, wanted, kept in LEAVINGS:
        where, p = begun(folder, name, form, keys, wanted)
        os.close(p.fd)
        longest = max(longest, after_all(p))
        check_kept(where, name, kept)
    print("gone in %d places, ended after %.1f s at most" % (
        len(LEAVINGS), longest))


# A terminal's modes, what sets each and what takes it back.
MODES = [("the alternate screen", "\x1b[?1049h", "\x1b[?1049l"),
         ("marks of pasting", "\x1b[?2004h", "\x1b[?2004l"),
         ("keys for programs", "\x1b[?1h", "\x1b[?1l"),
         ("the title", "\x1b[22;2t", "\x1b[23;2t"),
         ("the order of text", "\x1b[8l", "\x1b[8h"),
         ("a hidden cursor", "\x1b[?25l", "\x1b[?25h")]


def check_restored(name, p, before, raw):
    out = "".join(raw)
    for what, on, off in MODES:
        if on not in out and what != "a hidden cursor":
            fail("%s: %s is not asked for" % (name, what))
        if out.rfind(on) > out.rfind(off):
            fail("%s: %s stays" % (name, what))
    rest = out[out.rfind("\x1b[?1049l"):]
    for word in ("First", "Second", "one"):
        if word in rest:
            fail("%s: '%s' is on the screen that was there before" % (
                name, word))
    if termios.tcgetattr(p.fd) != before:
        fail("%s: the line is not as it was" % name)


def modes_of_a_new_one():
    master, slave = pty.openpty()
    modes = termios.tcgetattr(slave)
    os.close(master)
    os.close(slave)
    return modes


def leave_by(p, way):
    if isinstance(way, str):
        p.type(way)
    else:
        os.kill(p.pid, way)


def drain(p, longest_s=5):
    """All that it says, to its end; the terminal stays."""
    began = time.monotonic()
    try:
        while time.monotonic() - began < longest_s:
            p.read()
    except EOFError:
        return
    os.kill(p.pid, signal.SIGKILL)
    os.waitpid(p.pid, 0)
    fail("it goes on", p)


def check_left(folder):
    """However it is left, the terminal is as it was."""
    form, before = leaving_form(folder), modes_of_a_new_one()
    ways = [("Ctrl-C", "\x03"), ("TERM", signal.SIGTERM)]
    n = 0
    if LONG:
        ways += [("INT", signal.SIGINT), ("HUP", signal.SIGHUP),
                 ("Ctrl-S", "\x13")]
    for name, keys, wanted, kept in LEAVINGS:
        for how, way in ways if LONG or name in SIGNALLED else ways[:1]:
            raw = []
            title = "%s-%s" % (name, how)
            where, p = begun(folder, title, form, keys, wanted, raw)
            if name == "no answer" and isinstance(way, str):
                p.type(way)             # it says first that it is none
                p.wait("once more")
            if name == "hidden" and isinstance(way, str):
                way = signal.SIGTERM    # there is nothing to be left
            leave_by(p, way)
            drain(p)
            check_restored(title, p, before, raw)
            status = os.waitpid(p.pid, 0)[1]
            if status != 0:
                fail("%s: it ended with %d" % (title, status))
            os.close(p.fd)
            check_kept(where, title, kept)
            if name == "comment" and isinstance(way, str) and \
                    where.comments != ["what I heard"]:
                fail("%s: the comment is lost" % title)
            n += 1
    raw = []
    where, p = begun(folder, "finished", form, LEAVINGS[-2][1],
                     "This is the end", raw)
    leave_by(p, "\r")
    drain(p)
    check_restored("finished", p, before, raw)
    os.waitpid(p.pid, 0)
    print("left in %d ways, the terminal as it was" % (n + 1))


# --- stopped ---

def child_of(pid):
    path = "/proc/%d/task/%d/children" % (pid, pid)
    if not os.path.exists(path):
        return None
    with open(path) as file:
        found = file.read().split()
    return int(found[0]) if found else None


def check_stopped(folder):
    """Stopped by a shell and called back, it is where it was; meanwhile
    nothing of it shows."""
    where = Place(folder, leaving_form(folder))
    p = Pilot(["-C", where.home, "collect", where.name, "--new"],
              program=["/bin/sh", "-c", 'set -m; "$0" "$@"; printf "%s\\n" '
                       'Stopped; read line; fg >/dev/null'])
    p.wait("First question", least_s=0.1)
    p.keys("one Enter")
    p.wait("Second question")
    p.keys("Space")
    p.wait("1 [x]")
    was, pid = p.screen.text(), child_of(p.pid)
    if pid is None:
        print("stopped: who it is cannot be seen here")
        kill(p)
        return
    raw, feed = [], p.screen.feed
    p.screen.feed = lambda data: (raw.append(data), feed(data))
    os.kill(pid, signal.SIGTSTP)
    p.wait("Stopped", least_s=0.2)
    out = "".join(raw)
    if "\x1b[?1049l" not in out:
        fail("stopped, it keeps the screen", p)
    p.type("\n")
    p.wait("1 [x]", least_s=0.2)
    if p.screen.text() != was:
        fail("called back it shows something else", p)
    p.keys("^S")
    p.end()
    check_kept(where, "stopped", {"a": "one", "b": "c1"})
    print("stopped and called back")


# --- hostile ---

HIDDEN = "\u009b5;31;44mC1 \u202eoverride\u202c \u2066\u2067unclosed"
ESCAPES = "\x1b]0;evil\x07\x1b[5;31;44mblink\x1bPdcs\x1b\\ \x9d0;evil\x9c"
OURS = re.compile(
    "\x1b\\]2;(bayaz)?\x07|\x1b\\[[?>]?[0-9;:]*[@-~]|\x1b[()][0AB]|\x1b[=>78M]")


def check_harmless(name, out, more=""):
    """Nothing but our own sequences; `more`: characters that may not be."""
    rest = OURS.sub("", out)
    bad = re.search("[\x00-\x06\x0b\x0c\x10-\x1f\x7f-\x9f\u202a-\u202e%s]" %
                    more, rest)
    if bad:
        fail("%s: %r reaches the terminal: %r" % (
            name, bad.group(0), rest[max(0, bad.start() - 30):bad.end() + 30]))
    if "\x1b[5;31;44m" in out:
        fail("%s: a colour of the form reaches the terminal" % name)


def hostile_form(folder):
    media = os.path.join(folder, "media")
    os.mkdir(media)
    with open(os.path.join(media, "evil.csv"), "w", encoding="utf-8") as file:
        file.write("name,label\nx,%s\ny,plain %s\n" % (ESCAPES, HIDDEN))
    return form_of(folder, "hostile", [
        text_control("a", "A " + HIDDEN),
        ("b", '<select1 ref="/data/b"><label>B %s</label><hint>hint %s</hint>'
         '<itemset nodeset="instance(\'evil\')/root/item">'
         '<value ref="name"/><label ref="label"/></itemset></select1>' % (
             HIDDEN, HIDDEN)),
        choice_control("d", "D " + HIDDEN),
        ("g><c/></g><x", '<group ref="/data/g"><label>G %s</label>'
         '<input ref="/data/g/c"><label>C</label></input></group>' % HIDDEN),
        text_control("f", "F")],
        title="Title " + HIDDEN,
        more='<instance id="evil" src="jr://file-csv/evil.csv"/>',
        binds='<bind nodeset="/data/f" constraint=". != \'no\'" '
        'jr:constraintMsg="M %s"/><bind nodeset="/data/g/c"/>' % HIDDEN), media


RECORD = """<data id="hostile" version="1"><a>%s</a><b>x</b><d>%s</d>
<g><c>%s</c></g><x/><f>%s</f><meta><instanceID>uuid:1-evil</instanceID></meta>
</data>"""


def check_hostile(folder):
    """Escapes and the like in forms, choices and answers are shown and not
    obeyed."""
    form, media = hostile_form(folder)
    where = Place(folder, form, "--media", media)
    record = os.path.join(folder, "record.xml")
    with open(record, "w", encoding="utf-8") as file:
        file.write(RECORD % ((HIDDEN,) * 4))
    pilot.bayaz(where.home, "import", record)
    ident = json.loads(pilot.bayaz(where.home, "list", "--json"))[
        "records"][0]["record"]
    for bidi in ("ours", "terminal"):
        for first in (["--new"], ["--resume", ident]):
            name = "%s %s" % (bidi, first[0])
            p = where.collect(*first, "--bidi", bidi)
            raw, feed = [], p.screen.feed
            p.screen.feed = lambda data: (raw.append(data), feed(data))
            p.wait("A ", least_s=0.3)
            for keys in ("^G 1 Enter", "Tab Tab ^U %s" % "x", "Enter", "Down",
                         "/ evil", "Back Back Back Back Back Home Down Enter",
                         "PgDn", "^G 5 Enter", "^U no Enter", "^U yes",
                         "^O", "q", "^F plain Enter", "q", "^T", "Tab", "?",
                         "Enter"):
                for key in keys.split(" "):
                    p.keys(key)
                    p.wait(quiet_s=0.03)
            p.keys("^G 1 Enter")
            p.wait("A ")
            p.type("\x15\x1b[200~" + ESCAPES + HIDDEN + "\x1b[201~")
            p.wait("0;evil", least_s=0.1)
            p.keys("^S")
            if p.end() != 0:
                fail("%s: it failed" % name, p)
            out = "".join(raw)
            # the screen orders text itself: no marks of direction either
            check_harmless(name, out, "\u061c\u200e\u200f\u2066-\u2069")
            if set(p.screen.titles) - {"", "bayaz"}:
                fail("%s: it is called %r" % (name, p.screen.titles))
            # it is seen that there is something
            for seen in ("\ufffd5;31;44mC1", "blink", "M \ufffd"):
                if seen not in out and bidi == "terminal":
                    fail("%s: %r is not shown" % (name, seen))
    for first in (["--new"], ["--resume", "last"]):
        said = subprocess.run(
            [pilot.BAYAZ, "-C", where.home, "collect", "hostile", *first],
            input=(":g 1\n%s\n:n\n:n\n:n\n:n\nno\n:o\n:q\n" % (
                ESCAPES + HIDDEN)).encode(), capture_output=True)
        check_harmless("lines " + first[0],
                       (said.stdout + said.stderr).decode())
    print("hostile forms and answers are shown only")


# --- idle ---

def check_idle(folder):
    """A minute without a key hides it; a key in between puts it off."""
    where = Place(folder, leaving_form(folder))
    p = where.collect("--new", "--lock-after", "1")
    p.wait("First question", least_s=0.1)
    time.sleep(20)
    p.keys("one")
    began = time.monotonic()
    while any("First" in row for row in p.screen.text()):
        p.read(0.2)
        if time.monotonic() - began > 75:
            fail("it does not hide by itself", p)
    took = time.monotonic() - began
    if took < 55:
        fail("it hid after %.0f s" % took)
    if any("one" in row for row in p.screen.text()):
        fail("hidden by itself it shows an answer", p)
    p.keys("Enter")
    p.wait("one")
    p.keys("^S")
    if p.end() != 0:
        fail("it failed")
    check_kept(where, "idle", {"a": "one"})
    print("hidden by itself after %.0f s" % took)


# --- what nobody can mend ---

def check_unasked(folder):
    """What is missing or wrong and not asked does not hold up the end: it
    once went round in circles there, on the screen and in lines."""
    where = Place(folder, form_of(folder, "unasked", [
        text_control("a", "First question"), ("h", "")],
        binds='<bind nodeset="/data/h" calculate="/data/a" required="true()" '
        'constraint=". != \'no\'"/><bind nodeset="/data/a" '
        'constraint=". != \'never\'"/>'))
    for keys in "Enter", "^U no Enter":
        p = where.collect("--new")
        p.wait("First question", least_s=0.1)
        p.keys(keys)
        p.wait("This is the end", longest_s=5)
        p.keys("Enter")
        if p.end(5) != 0:
            fail("it cannot be finished")
    said = subprocess.run(
        [pilot.BAYAZ, "-C", where.home, "collect", where.name, "--new"],
        input="no\nyes\n", capture_output=True, text=True, timeout=10)
    if "finished: " not in said.stdout:
        fail("in lines it cannot be finished: %s" % said.stdout)
    states = [r["state"] for r in json.loads(pilot.bayaz(
        where.home, "list", "--json"))["records"]]
    if states != ["ready"] * 3:
        fail("three records are %r" % states)
    print("what is not asked does not hold up the end")


# --- gone on with ---

def check_resumed(folder):
    """A calculation that was written over is calculated again when something
    makes it, after a break as before it."""
    where = Place(folder, form_of(folder, "resumed", [
        ("r><k/><m/><n/></r><x", '<group ref="/data/r"><repeat nodeset="/data/r">'
         '<input ref="/data/r/n"><label>Her number</label></input>'
         '</repeat></group>')],
        binds='<bind nodeset="/data/r/k" calculate="position(..)"/>'
        '<bind nodeset="/data/r/m" calculate="/data/r/k * 2"/>'
        '<bind nodeset="/data/r/n" calculate="concat(../m, \'-4\')"/>'))

    def values(*words, lines):
        said = subprocess.run(
            [pilot.BAYAZ, "-C", where.home, "collect", where.name, *words],
            input=lines, capture_output=True, text=True, timeout=20).stdout
        return re.findall("^  = (.*)$", said, re.M)

    repeat = ":g /data/r\nyes\n"
    before = values("--new", lines=repeat + ":g 1\nmine\n:g 1\n:g 2\n:d\n"
                    ":g 1\n:q\n")
    after = values("--resume", "last", lines=":g 1\n:q\n")
    shown = where.answers().get("/data/r[1]/n")
    if "mine" not in before or before[-1] != "2-4":
        fail("it is not calculated again: %r" % before)
    if after[-1] != before[-1] or shown != before[-1]:
        fail("%r was %r before it was left; shown is %r" % (
            after[-1], before[-1], shown))
    print("resumed it says what it said")


PARTS = {"resumed": check_resumed, "unasked": check_unasked, "kill": check_kills, "sizes": check_sizes, "paste": check_paste,
         "gone": check_gone, "left": check_left, "stopped": check_stopped,
         "hostile": check_hostile, "idle": check_idle}


def run(name):
    folder = tempfile.mkdtemp()
    began = time.monotonic()
    PARTS[name](folder)
    print("%s: %.1f s" % (name, time.monotonic() - began))
    shutil.rmtree(folder)


def main():
    """Each in a process of its own: they wait more than they work."""
    if len(sys.argv) == 2:
        run(sys.argv[1])
        return 0
    names = [n for n in pilot.part(PARTS) if n != "idle" or LONG]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda name: subprocess.run(
            [sys.executable, __file__, name], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True), names))
    for name, one in zip(names, done):
        print(one.stdout, end="")
        if one.returncode != 0:
            print("%s failed" % name)
    return 1 if any(one.returncode for one in done) else 0


if __name__ == "__main__":
    sys.exit(main())
