#!/usr/bin/env python3
"""Every form that we ship, from its first question to the finished record, by
keys, in each of its languages, with the program in English and in Urdu.  At
each stop its label stands there as a whole, nothing is cut at the right, and
the last row says what the keys do.  The answers are those of the form's longest
script (tests/forms/FORM-*.tsv) that takes none back; the record is what `bayaz fill` makes of them.

    tests/screen/walk.py [FORM...]       names of forms, without folder or .xml
"""
import collections
import datetime
import gettext
import glob
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pilot
import robot
import vt
from pilot import BAYAZ, Pilot
from robot import local, plain

TOP = robot.TOP
BUILT = os.environ.get("top_builddir", os.path.join(TOP, "build"))
LOCALES = os.path.join(os.path.abspath(BUILT), "tests", "locale")
BOTTOM = "PgUp back  Tab commands  ? help  Esc hide"
COLUMNS, ROWS = 80, 24
MOST_STOPS = 600
LETTERS = re.compile(r"\w+")


class Fault(Exception):
    pass


def words_of(text):
    """Its words, whatever marks stand around them."""
    return LETTERS.findall(re.sub("[\u200b-\u200f\u2066-\u2069]", "", text))


# --- a form ---

class Control:
    """Something that the interview stops at."""

    def __init__(self, kind, path, element, repeats, outer_label):
        self.kind, self.path, self.repeats = kind, path, repeats
        self.labels = [e for e in element if local(e.tag) == "label"] or \
            outer_label


class Form:
    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)[:-4]
        self.root = ET.parse(path).getroot()
        self.texts, self.languages, self.own = {}, [], None
        for translation in self.root.iter():
            if local(translation.tag) != "translation":
                continue
            language = translation.get("lang")
            self.languages.append(language)
            if self.own is None or translation.get("default"):
                self.own = language
            self.texts[language] = {
                text.get("id"): value for text in translation
                for value in text if not value.get("form")}
        instance = [e for e in self.root.iter() if local(e.tag) == "instance"]
        self.data = "/" + local(instance[0][0].tag)
        self.types = {e.get("nodeset"): e.get("type")
                      for e in self.root.iter() if local(e.tag) == "bind"}
        self.controls = []
        self.read([e for e in self.root if local(e.tag) == "body"][0],
                  self.data, [], [])

    def read(self, element, base, repeats, outer_label):
        for e in element:
            kind = local(e.tag)
            path = e.get("ref") or e.get("nodeset") or base
            if not path.startswith("/"):
                path = base + "/" + path
            if kind == "group":
                self.read(e, path, repeats, [x for x in e if local(
                    x.tag) == "label"] or outer_label)
            elif kind == "repeat":
                self.read(e, path, repeats + [path], outer_label)
                if not any(a.endswith("}count") for a in e.attrib):
                    self.controls.append(Control("repeat", path, e, repeats,
                                                 outer_label))
            elif kind in ("input", "secret", "select", "select1", "rank",
                          "range", "trigger", "upload"):
                self.controls.append(Control(kind, path, e, repeats, []))

    def label(self, control, language):
        """The texts between what is put in: a list of lists of words."""
        if not control.labels:
            return [words_of(control.path.rsplit("/", 1)[-1])]
        element = control.labels[0]
        ref = re.match(r"jr:itext\('(.*)'\)", element.get("ref", ""))
        if ref:
            for name in language, self.own:
                if ref.group(1) in self.texts.get(name, {}):
                    element = self.texts[name][ref.group(1)]
                    break
        pieces = [element.text or ""] + [e.tail or "" for e in element]
        return [words for words in map(words_of, pieces) if words]


def script_of(name):
    """{path: value} of the longest script of a form that changes nothing
    once it is answered."""
    found = {}
    for path in glob.glob(os.path.join(TOP, "tests", "forms",
                                       name + "-*.tsv")):
        with open(path, encoding="utf-8") as file:
            parts = [line.rstrip("\n").split("\t") for line in file]
        values = {p[1]: p[2] for p in parts if p[0] == "set"}
        is_straight = len(values) == sum(p[0] == "set" for p in parts) and \
            "" not in values.values() and not any(p[0] == "del" for p in parts)
        if is_straight and len(values) > len(found):
            found = values
    if not found:
        raise SystemExit("tests/forms has no script for '%s'" % name)
    return found


# --- a screen ---

def has_words(where, pieces):
    """All the pieces, each as a whole, one after another."""
    at = 0
    for piece in pieces:
        for i in range(at, len(where) - len(piece) + 1):
            if where[i:i + len(piece)] == piece:
                at = i + len(piece)
                break
        else:
            return False
    return True


def bold_words(screen):
    """What asks now is bold."""
    text = []
    for y in range(1, screen.rows):
        text.append("".join(c if "1" in screen.looks[y][x].split(";") else " "
                            for x, c in enumerate(screen.cells[y])))
    # a cell of two columns has a second one that is empty
    return words_of(" ".join(text))


class Walk:
    def __init__(self, form, language, ui, folder):
        self.form, self.language, self.ui = form, language, ui
        self.values = script_of(form.name)
        self.home = os.path.join(folder, "%s-%s-%s" % (
            form.name, language, ui))
        self.at, self.position, self.given = -1, {}, []
        self.stops = 0
        pilot.bayaz(self.home, "init", "--no-passphrase")
        media = os.path.join(TOP, "forms", "media")
        self.media = ["--media", media] if os.path.isdir(media) else []
        said = pilot.bayaz(self.home, "form", "add", form.path, *self.media)
        self.id = re.search("'([^']*)'", said).group(1)
        translation = gettext.translation(
            "bayaz", LOCALES, [ui], fallback=ui == "en")
        self.bottom = words_of(translation.gettext(BOTTOM))
        self.notice = words_of(translation.gettext("any key back"))
        self.env = {"LANGUAGE": ui, "BAYAZ_LOCALEDIR": LOCALES}

    def fault(self, text):
        return Fault("%s, language %s, program %s: %s\n%s" % (
            self.form.name, self.language, self.ui, text,
            "\n".join(self.p.screen.text())))

    def settle(self):
        self.p.settle()

    def collect(self, *words):
        # marks of direction are not needed where the terminal orders text:
        # what is read is what was written
        words = ["-C", self.home, "collect", self.id, "--training", "--bidi",
                 "terminal", *words]
        self.p = Pilot(words, COLUMNS, ROWS, self.env)
        self.p.wait(least_s=0.1)
        self.settle()
        if words_of(self.p.screen.text()[-1])[:len(self.notice)] == \
                self.notice:            # what is said before it begins
            self.p.type("\r")
            self.settle()

    def is_end(self):
        return not re.search(r"\d+/\d+ *$", self.p.screen.text()[0])

    def find(self):
        """The control that asks: its label is bold, the longest of those that
        fit; of several that are alike the next one."""
        bold, best = bold_words(self.p.screen), None
        order = list(range(self.at, len(self.form.controls))) + list(
            range(self.at))
        for k in order:
            if k < 0:
                continue
            pieces = self.form.label(self.form.controls[k], self.language)
            n = sum(map(len, pieces))
            if n and has_words(bold, pieces) and (
                    best is None or n > best[0]):
                best = (n, k)
        # the same label again is the next control that has it
        if best is None:
            raise self.fault("no label of the form stands there as a whole")
        return best[1]

    def check_screen(self):
        screen = self.p.screen
        for y, row in enumerate(screen.text()):
            wide = sum(map(vt.width, row))
            if wide >= screen.columns:
                raise self.fault("row %d has %d columns" % (y + 1, wide))
        if not screen.reversed(ROWS - 1) or \
                words_of(screen.text()[-1]) != self.bottom:
            raise self.fault("the last row is not as it should be")
        title = words_of(screen.text()[0])
        if not title or not screen.reversed(0):
            raise self.fault("the first row does not name the form")

    def path_of(self, control):
        """With the numbers of its instances; the innermost one shows."""
        path = control.path
        if control.repeats:
            shown = None
            for row in self.p.screen.text()[1:5]:
                shown = shown or re.search(r"(\d+)/\d+$", row)
            if shown is None:
                raise self.fault("which instance it is does not show")
            self.position[control.repeats[-1]] = int(shown.group(1))
        for repeat in sorted(control.repeats, key=len, reverse=True):
            path = "%s[%d]%s" % (repeat, self.position[repeat],
                                 path[len(repeat):])
        return path

    # --- answering ---

    def is_refused(self):
        return re.search("^! ", "\n".join(self.p.screen.text()), re.M)

    def type_answer(self, kind, value):
        p = self.p
        if kind in ("select", "select1"):
            for code in value.split(" "):
                p.type("/=" + code + "\r")
                self.settle()
            if kind == "select":
                p.type("\r")
                self.settle()
        elif kind == "trigger":
            p.type(" ")
            self.settle()
        else:
            p.type("\x15" + value + "\r")
            self.settle()

    def candidates(self, control, path):
        """What may be taken here: the script's; for dates those around
        today, too, since a script may be older than the form likes."""
        if path in self.values:
            yield self.values[path]
        if self.form.types.get(control.path) == "date" and \
                control.kind == "input":
            today = datetime.date.today()
            for days in 0, -1, 1, 7, -7, 30, -30:
                yield str(today + datetime.timedelta(days))

    def answer(self, control, path):
        before = self.p.screen.text()
        if control.kind == "repeat":
            wanted = max([int(m.group(1)) for m in (
                re.match(re.escape(path) + r"\[(\d+)\]", given)
                for given in self.values) if m], default=0)
            there = sum(bool(re.match(r" +\d+  ", row)) for row in before)
            self.p.type("+" if there < wanted else "n")
            self.settle()
            if there < wanted:
                self.given.append(("add", path))
            return
        if path not in self.values:     # the script leaves it out
            self.p.type("\r")
            self.settle()
            if not self.is_refused() and self.p.screen.text() != before:
                return
        for value in self.candidates(control, path):
            self.type_answer(control.kind, value)
            if not self.is_refused() and self.p.screen.text() != before:
                self.given.append(("set", path, value))
                return
            self.p.type("\x18")         # clear
            self.settle()
            before = self.p.screen.text()
        raise self.fault("'%s' cannot be answered" % path)

    def go(self):
        """To the end."""
        seen = collections.Counter()
        self.collect("--new", *(["--language", self.language]
                                if self.language else []))
        while not self.is_end():
            self.check_screen()
            self.at = self.find()
            control = self.form.controls[self.at]
            path = self.path_of(control)
            seen[path] += 1
            if seen[path] > (1 if control.kind != "repeat" else MOST_STOPS):
                raise self.fault("'%s' is asked again" % path)
            self.stops += 1
            if self.stops > MOST_STOPS:
                raise self.fault("it never ends")
            self.answer(control, path)
        left = [p for p in self.values if not any(
            p == g[1] for g in self.given)]
        if len(self.given) < len(self.values) / 2:
            raise self.fault("most of the script was not asked: %s" % left)

    # --- the record ---

    def as_kept(self, path, value):
        """What the order of choices does not change."""
        value = robot.alike(value) if value is not None else None
        if value and any(c.kind == "select" and c.path == plain(path)
                         for c in self.form.controls):
            value = sorted(value.split())
        return value

    def check_record(self):
        """What `bayaz fill` makes of the same answers."""
        script = os.path.join(self.home, "script.tsv")
        with open(script, "w", encoding="utf-8") as file:
            file.write("".join("\t".join(g) + "\n" for g in self.given))
        filled = subprocess.run(
            [BAYAZ, "fill", self.form.path, "--training", "--script", script,
             *self.media], capture_output=True, text=True)
        record = ET.fromstring(filled.stdout)
        ident, = json.loads(pilot.bayaz(self.home, "list", "--json"))[
            "records"]
        shown = json.loads(pilot.bayaz(self.home, "show", ident["record"],
                                       "--json"))["answers"]
        shown = {a["path"]: a["value"] for a in shown if a["value"]}
        for op, path, *value in self.given:
            if op == "set" and self.as_kept(path, shown.get(path)) != \
                    self.as_kept(path, value[0]):
                raise self.fault("%s: answered %r, kept %r" % (
                    path, value[0], shown.get(path)))
        for path, value in shown.items():
            there = robot.find(record, path)
            if self.as_kept(path, there) != self.as_kept(path, value):
                raise self.fault("%s: by keys %r, by fill %r" % (
                    path, value, there))
        return len(shown)

    def finish(self):
        """Left at the end, gone on with, finished."""
        self.p.type("\x13")
        if self.p.end() != 0:
            raise self.fault("it cannot be saved")
        n = self.check_record()
        self.collect("--resume", "last")
        for _ in range(MOST_STOPS):
            if self.is_end():
                break
            self.p.type("\r")
            self.settle()
        self.p.type("\r")
        if self.p.end() != 0:
            raise self.fault("it cannot be finished")
        state = json.loads(pilot.bayaz(self.home, "list", "--json"))[
            "records"][0]["state"]
        if state == "draft":
            raise self.fault("it is a draft still")
        return n


def forms(names):
    """As they are installed, with their translations."""
    for path in sorted(glob.glob(os.path.join(TOP, "forms", "*.xml"))):
        base = os.path.basename(path)
        built = os.path.join(BUILT, "forms", "translated", base)
        if not names or base[:-4] in names:
            yield Form(built if os.path.exists(built) else path)


def main():
    every = list(forms(sys.argv[1:]))
    if not every:
        print("no form to walk through")
        return 1
    if not os.path.exists(os.path.join(LOCALES, "ur", "LC_MESSAGES",
                                       "bayaz.mo")):
        print("SKIP: the translations were not built")
        return 77
    folder, failed, n, stops = tempfile.mkdtemp(), 0, 0, 0
    walks = [(form, language, ui) for form in every for language, ui in
             itertools.product(form.languages or [None], ("en", "ur"))]
    for form, language, ui in pilot.part(walks):
        walk = Walk(form, language, ui, folder)
        try:
            walk.go()
            walk.finish()
        except (Fault, EOFError) as fault:
            print(fault if isinstance(fault, Fault) else walk.fault(
                "it ended too early"))
            failed += 1
        n, stops = n + 1, stops + walk.stops
    print("%d forms walked through %d times, %d stops" % (
        len(every), n, stops))
    shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
