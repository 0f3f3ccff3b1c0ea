#!/usr/bin/env python3
"""Forms of the corpus answered by keys, on the screen and in lines, give the
record that `bayaz fill` makes of the same answers.

A script of the corpus may answer what an interview does not ask (hidden or not
relevant questions) or refuses (constraints): the robot leaves that out, for
fill as well, and says how much.  A sample of forms; all with BAYAZ_LONG=1, a
part of them with BAYAZ_PART=2/4.

    tests/screen/robot.py [FORM...]
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pilot
from pilot import BAYAZ, Pilot

TOP = os.environ.get("top_srcdir") or os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.abspath(__file__))))
SHARED = os.environ.get("BAYAZ_SHARED", os.path.join(TOP, "..", "shared"))
CORPUS = os.path.join(SHARED, "corpus", "forms")
LONG = bool(os.environ.get("BAYAZ_LONG"))
SAMPLE = 20
REFUSED = re.compile("^! ", re.M)


def local(tag):
    return tag.rsplit("}", 1)[-1]


def kind_of(e):
    """What kind of control; "month", "year": that of a date."""
    looks = (e.get("appearance") or "").split()
    return "month" if "month-year" in looks else \
        "year" if "year" in looks else local(e.tag)


def is_header(e):
    """Shows the choices of a table, and asks nothing."""
    return local(e.tag) in ("select", "select1") and \
        "label" in (e.get("appearance") or "").split()


def asked_of(kind, value):
    """Of a date what is asked for; what is not is the first, as ODK's own
    screen has it.  Filling by script takes the whole."""
    if kind == "month" and value:
        return value[:7] + "-01"
    return value[:4] + "-01-01" if kind == "year" and value else value


def controls_of(form):
    """{path without positions: kind of control}"""
    root = ET.parse(form).getroot()
    body = [e for e in root if local(e.tag) == "body"][0]
    binds = {b.get("id"): b.get("nodeset") for b in root.iter()
             if local(b.tag) == "bind" and b.get("id")}
    first = [e for e in root.iter() if local(e.tag) == "instance"][0]
    data = "/" + local(first[0].tag)
    found = {}

    def walk(e, base):
        ref = e.get("ref") or e.get("nodeset") or binds.get(e.get("bind"))
        if ref and not ref.startswith("/"):
            ref = (base + "/" + ref).replace("/./", "/")
        if local(e.tag) in ("input", "secret", "select", "select1", "rank",
                            "range", "trigger", "upload"):
            if ref and not is_header(e):
                found[re.sub("[^/]*:", "", ref.strip())] = kind_of(e)
            return
        for child in e:
            walk(child, ref or base)

    for e in body:
        walk(e, data)
    return found


def codes_by_label(form):
    """{what a choice is called in the form's own language: its code}"""
    root = ET.parse(form).getroot()
    texts = {}
    for translation in root.iter():
        if local(translation.tag) != "translation" or (
                texts and not translation.get("default")):
            continue
        for text in translation:
            values = [v.text or "" for v in text if not v.get("form")]
            if values:
                texts[text.get("id")] = values[0]
    found = {}
    for item in root.iter():
        if local(item.tag) != "item":
            continue
        own = {local(e.tag): e for e in item}
        code, label = own.get("value", own.get("name")), own.get("label")
        if code is None or label is None:
            continue
        ref = re.match(r"jr:itext\('(.*)'\)", label.get("ref", ""))
        found[(texts.get(ref.group(1), "") if ref else label.text or "")
              .strip()] = code.text
    return found


def plain(path):
    return re.sub(r"\[\d+\]", "", path)


class OnScreen:
    """One who answers on the whole screen."""

    def __init__(self, words, folder):
        self.folder = folder
        self.p = Pilot(words, 100, 40)
        self.p.wait("Esc", least_s=0.3)
        if "any key back" in self.settle():     # what is said before it begins
            self.p.type("\r")
            self.settle()

    def settle(self):
        return self.p.settle()

    def go(self, path):
        shown = "\n".join(self.p.screen.text())
        if "Finish the record" in shown or "Discard this record" in shown:
            self.p.type("q")            # from the end to the last question
            self.settle()
        self.p.type("\x07" + path + "\r")
        return not REFUSED.search(self.settle())

    def rank(self, value):
        """Grab each that belongs further up, from the first place on."""
        rows = re.findall(r"^ +\d+\. (.*)$", self.settle(), re.M)
        order = [self.codes.get(row.strip()) for row in rows]
        wanted = value.split(" ")
        if sorted(wanted) != sorted(str(code) for code in order):
            return None                 # that is not offered
        for k, code in enumerate(wanted):
            at = order.index(code)
            order.insert(k, order.pop(at))
            if at > k:
                self.p.type("\x1bOH" + at * "\x1bOB" + " " +
                            (at - k) * "\x1bOA" + " ")
        self.p.type("\r")
        return not REFUSED.search(self.settle())

    def answer(self, kind, value):
        if kind == "rank" and value != "":
            return self.rank(value)
        if value == "" or kind == "select":
            self.p.type("\x18")         # clear
            self.settle()
        if value == "":
            return True
        if kind in ("select", "select1"):
            for code in value.split(" "):
                self.p.type("/=" + code + "\r")
                if "Type a part" in self.settle():
                    return None         # no such choice
            if kind == "select1":
                return not REFUSED.search("\n".join(self.p.screen.text()))
            self.p.type("\r")
        elif kind == "trigger":
            self.p.type(" ")
        else:
            self.p.type("\x15\x1b[200~" + typed(kind, value, self.folder) +
                        "\x1b[201~\r")
        return not REFUSED.search(self.settle())

    def add(self, path):
        if not self.go(re.sub(r"\[\d+\]$", "", path)):
            return False
        self.p.type("a")
        return not REFUSED.search(self.settle())

    def remove(self, path):
        if not self.go(path):
            return False
        self.p.type("\x04")
        self.settle()
        self.p.type("y")
        return not REFUSED.search(self.settle())

    def end(self):
        self.p.type("\x13")
        try:
            self.settle()
            # something was not taken: once more leaves it so
            self.p.type("\x13")
        except (EOFError, OSError):
            pass
        return self.p.end()


class InLines:
    """One who answers line by line."""

    def __init__(self, words, folder):
        self.folder = folder
        self.run = subprocess.Popen(
            [BAYAZ, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL)
        self.shown()

    def shown(self):
        out = b""
        while not out.endswith(b"> "):
            c = os.read(self.run.stdout.fileno(), 1 << 16)
            if not c:
                break
            out += c
        return out.decode()

    def say(self, line):
        self.run.stdin.write((line + "\n").encode())
        self.run.stdin.flush()
        said = self.shown()
        # what the end says of other answers is no refusal
        return "  ! " not in re.split(r"\n\d+ answers? (?:is|are) missing",
                                      said)[0]

    def go(self, path):
        return self.say(":g " + path)

    def answer(self, kind, value):
        if value == "":
            return self.say(":x")
        if kind in ("select", "select1", "rank"):
            value = " ".join("=" + code for code in value.split(" "))
        elif kind == "trigger":
            value = "ok"
        else:
            value = typed(kind, value, self.folder)
        return self.say((":" if value.startswith(":") else "") + value)

    def add(self, path):
        return self.go(re.sub(r"\[\d+\]$", "", path)) and self.say("yes")

    def remove(self, path):
        return self.go(path) and self.say(":d")

    def end(self):
        self.run.stdin.write(b":q\n")
        self.run.stdin.close()
        self.run.stdout.read()
        return self.run.wait()


def typed(kind, value, folder):
    if kind != "upload":
        return value
    path = os.path.join(folder, value)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
    return path


def alike(value):
    """As an interview keeps what is typed: composed, digits 0-9, no blanks
    around, a line for a line."""
    value = unicodedata.normalize("NFC", value).strip()
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and ord(c) in (
        *range(0x660, 0x66A), *range(0x6F0, 0x6FA)) else c for c in value)


def find(element, path):
    """The text at a path of the record; None: it is not there."""
    steps = path.strip("/").split("/")
    if local(element.tag) != re.sub(r".*:|\[.*", "", steps[0]):
        return None
    for step in steps[1:]:
        name, k = re.match(r"(?:.*:)?([^\[]*)(?:\[(\d+)\])?$", step).groups()
        same = [e for e in element if local(e.tag) == name]
        if len(same) < int(k or 1):
            return None
        element = same[int(k or 1) - 1]
    return element.text or ""


def one(form, script, robot_class, counts):
    """A difference, or None."""
    folder = tempfile.mkdtemp()
    home = os.path.join(folder, "home")
    pilot.bayaz(home, "init", "--no-passphrase")
    media = os.path.join(os.path.dirname(form), "media")
    words = ["--media", media] if os.path.isdir(media) else []
    added = subprocess.run([BAYAZ, "-C", home, "form", "add", form, *words],
                           capture_output=True, text=True)
    name = re.search("'([^']*)'", added.stdout)
    if added.returncode != 0 or name is None:
        counts["forms that cannot be added"] += 1
        shutil.rmtree(folder)
        return None
    controls = controls_of(form)
    robot = robot_class(["-C", home, "collect", name.group(1), "--new"], folder)
    robot.codes = codes_by_label(form)
    done = []
    with open(script, encoding="utf-8") as file:
        for line in file:
            parts = line.rstrip("\n").split("\t") + ["", ""]
            op, path, value = parts[:3]
            if op == "set":
                kind = controls.get(plain(path))
                value = parts[2] = asked_of(kind, value)
                ok = kind and robot.go(path) and robot.answer(kind, value)
            elif op == "add":
                ok = robot.add(path)
            elif op == "del":
                ok = robot.remove(path)
            else:
                continue
            counts["answers given" if ok else "left out: not asked, refused"] \
                += 1
            if not ok and os.environ.get("BAYAZ_VERBOSE"):
                print(name.group(1), op, path, value, ok)
            if ok:
                counts["ranked"] += kind == "rank" if op == "set" else 0
                done.append("\t".join(parts[:3 if op == "set" else 2]))
    status = robot.end()
    reduced = os.path.join(folder, "script.tsv")
    with open(reduced, "w", encoding="utf-8") as file:
        file.write("\n".join(done) + "\n")
    filled = subprocess.run([BAYAZ, "fill", form, "--script", reduced, *words],
                            capture_output=True, text=True).stdout
    rows = pilot.bayaz(home, "list")
    ident = re.search(r"^ *([0-9a-f]{8,16})\b", rows, re.M)
    shown = pilot.bayaz(home, "show", ident.group(1)) if ident else ""
    shutil.rmtree(folder)
    if status != 0 or not ident:
        return "it ended with %s" % status
    record = ET.fromstring(filled)
    for line in shown.split("\n")[1:]:
        parts = line.split("\t")
        if len(parts) != 3 or parts[2] == "****":
            continue
        there = find(record, parts[1])
        if there is None or alike(there) != alike(parts[2]):
            return "%s: by keys %r, by fill %r" % (parts[1], parts[2], there)
        counts["answers compared"] += 1
    return None


def main():
    if not os.path.isdir(CORPUS):
        print("SKIP: no corpus here")
        return 77
    names = sys.argv[1:] or sorted(
        n for n in os.listdir(CORPUS)
        if os.path.exists(os.path.join(CORPUS, n, "script.tsv")))
    if not LONG and not sys.argv[1:]:
        names = names[::max(1, len(names) // SAMPLE)][:SAMPLE]
    if not sys.argv[1:]:
        names = pilot.part(names)
    failed = 0
    for robot_class in OnScreen, InLines:
        counts = collections.Counter()
        for name in names:
            form = os.path.join(CORPUS, name, "form.xml")
            script = os.path.join(CORPUS, name, "script.tsv")
            try:
                difference = one(form, script, robot_class, counts)
            except (EOFError, SystemExit, ET.ParseError) as error:
                difference = "%s: %s" % (type(error).__name__, error)
            if difference:
                failed += 1
                print("%s, %s: %s" % (name, robot_class.__name__, difference))
        print("%s: %d forms, %s" % (robot_class.__name__, len(names), ", ".join(
            "%d %s" % (n, what) for what, n in sorted(counts.items()))))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
