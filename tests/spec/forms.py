#!/usr/bin/env python3
"""The constructs of the ODK XForms specification, each in a form of its own
that is driven through bayaz engine.

    tests/spec/forms.py            every case of every *.forms beside this file
    tests/spec/forms.py CASE...    these cases, with what the engine answers

A .forms file is a chapter; a case begins with "== NAME  what it shows" and has
parts, each begun by its name on a line of its own, the first is the model:

    (nothing)     what stands in <model>: instances, binds, actions
    body          what stands in <h:body>
    whole         instead of both: the form as it is
    file NAME     a file beside the form
    do            steps, in order, a line each (below)

    set PATH [VALUE]            answer; a blank answer without VALUE
    add PATH | del PATH[k]      an instance of a repeat more or less
    node PATH MEMBER [VALUE]    a member of the node, dotted: label.text
    none PATH                   there is no such node
    choices PATH [VALUE...]     values of the choices, in order
    choice PATH VALUE MEMBER X  a member of a choice
    value EXPRESSION => TEXT    what the expression gives, as text
    xml TEXT | no-xml TEXT      the record that would be sent has TEXT (or not)
    compact TEXT                the record in a line
    final MEMBER VALUE          a member of what finalizing answers
    form MEMBER VALUE           a member of what opening answered
    record MEMBER VALUE         a member of what creating answered
    warning TEXT                a warning of opening or creating has TEXT
    language NAME               switch
    capture KIND VALUE          the last answer asked for KIND; this is it
    resume | edit               write the record, read it again that way
    with JSON                   begin again with these members of "create"
    last-saved XML              open again, XML being the record saved last
    fails CODE STEP             STEP is an error with this code
    refused TEXT                the form does not open; a problem has TEXT

VALUE and TEXT may use \\n.  Members that are absent have their default.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

TOP = os.environ.get("top_srcdir") or os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.abspath(__file__))))
BAYAZ = os.environ.get("BAYAZ", os.path.join(TOP, "build", "bayaz"))
PART = re.compile(r"^(body|whole|do|file \S+)$")
FORM = """<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms"
 xmlns:odk="http://www.opendatakit.org/xforms"
 xmlns:xsd="http://www.w3.org/2001/XMLSchema"
 xmlns:entities="http://www.opendatakit.org/xforms/entities">
<h:head><h:title>case</h:title><model%s>%s</model></h:head>
<h:body>%s</h:body></h:html>
"""
CREATE = {"op": "create", "now": "2026-11-24T05:00:00.123+05:00",
          "time_zone": "Asia/Karachi", "seed": 1,
          "properties": {"deviceid": "bayaz:x1", "email": "a@example.org",
                         "username": "ayla", "phonenumber": "+93 700",
                         "phone number": "+93 700"}}
DEFAULTS = {"value": "", "type": "string", "relevant": True, "readonly": False,
            "required": False, "valid": True, "fixed": False,
            "appearance": "", "open": False}


def read_cases(path):
    """-> [(name, [(part, text)])]"""
    cases = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("== "):
                cases.append((line[3:].split("  ")[0].strip(),
                              [["model", ""]]))
            elif not cases:
                assert line.startswith("#") or not line.strip(), line
            elif PART.match(line.rstrip("\n")):
                cases[-1][1].append([line.rstrip("\n"), ""])
            else:
                cases[-1][1][-1][1] += line
    return cases


class Wrong(Exception):
    pass


class Refused(Wrong):
    def __init__(self, error):
        Wrong.__init__(self, json.dumps(error))
        self.error = error


def text_of(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value if isinstance(value, str) \
        else json.dumps(value)


def member(thing, path):
    """The member of an object that a dotted path names, as text."""
    last = path.split(".")[-1]
    for name in path.split("."):
        if isinstance(thing, list):
            thing = thing[int(name)] if int(name) < len(thing) else None
        elif isinstance(thing, dict):
            thing = thing.get(name)
    return text_of(DEFAULTS.get(last) if thing is None else thing)


class Driver:
    """A form of a case, a record of it, and the engine they are in."""

    def __init__(self, parts, folder, show):
        self.show, self.folder, self.attached = show, folder, {}
        self.captures, self.opened, self.made = [], None, None
        self.handle, self.form_xml = None, self.write(parts)
        self.engine = subprocess.Popen(
            [os.path.abspath(BAYAZ), "engine"], cwd=folder,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def close(self):
        self.engine.stdin.close()
        self.engine.stdout.close()
        return self.engine.wait(60)

    def write(self, parts):
        """Write the files; the form's text."""
        texts = dict(parts)
        for part, text in parts:
            if part.startswith("file "):
                with open(os.path.join(self.folder, part[5:]), "w",
                          encoding="utf-8") as file:
                    file.write(text)
        if "whole" in texts:
            return texts["whole"]
        model, more = texts["model"].strip(), ""
        if model.startswith("@"):       # attributes of <model>
            more, model = model[1:].split("\n", 1)
            more = " " + more
        return FORM % (more, model, texts.get("body", ""))

    def ask(self, request):
        self.engine.stdin.write(json.dumps(request).encode() + b"\n")
        self.engine.stdin.flush()
        line = self.engine.stdout.readline().decode()
        if self.show:
            print("-> %s\n<- %s" % (json.dumps(request)[:400], line), end="")
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(answer["error"])
        result = answer["result"]
        if result.get("captures"):
            self.captures = result["captures"]
        return result

    def open(self):
        if self.opened is None:
            self.opened = self.ask({
                "op": "open", "xml": self.form_xml, "media": self.folder,
                "attachments": self.attached})
        return self.opened

    def create(self, **more):
        form = self.open()["form"]
        self.made = self.ask(dict(CREATE, form=form, **more))
        self.handle = self.made["record"]

    def about(self, op, **more):
        if self.handle is None:
            self.create()
        return self.ask(dict(more, op=op, record=self.handle))

    def node(self, path):
        return self.about("node", node=path)["node"]

    def choices(self, path):
        return self.about("choices", node=path).get("choices", [])

    def written(self):
        return self.about("serialize")["xml"]


def want(got, expected):
    if got != expected.replace("\\n", "\n"):
        raise Wrong("got '%s'" % got)


def has(text, part, positive=True):
    if (part.replace("\\n", "\n") in text) != positive:
        raise Wrong("got '%s'" % text)


def fails(driver, rest):
    code, step = rest.split(" ", 1)
    try:
        run_step(driver, step)
    except Refused as refused:
        return want(refused.error["code"], code)
    raise Wrong("no error")


def refused(driver, rest):
    try:
        driver.open()
    except Refused as problem:
        return has(json.dumps(problem.error, ensure_ascii=False), rest)
    raise Wrong("opens")


def answer_capture(driver, rest):
    kind, value = rest.split(" ", 1)
    if not driver.captures or driver.captures[-1]["kind"] != kind:
        raise Wrong("captures are %s" % driver.captures)
    driver.about("capture", capture=driver.captures.pop()["capture"],
                 value=value)


def last_saved(driver, rest):
    driver.attached = {"jr://instance/last-saved": {"text": rest}}
    driver.opened = driver.handle = None


def warning(driver, rest):
    driver.about("language")
    has(json.dumps(driver.opened.get("warnings", []) +
                   driver.made.get("warnings", []), ensure_ascii=False), rest)


def check_node(driver, rest):
    path, name, expected = (rest.split(" ", 2) + [""])[:3]
    want(member(driver.node(path), name), expected)


def check_choice(driver, rest):
    path, value, name, expected = (rest.split(" ", 3) + [""])[:4]
    found = [c for c in driver.choices(path) if c["value"] == value]
    want(member(found[0], name) if found else "no choice", expected)


def check_value(driver, rest):
    expression, expected = rest.split(" =>", 1)
    want(text_of(driver.about("xpath", expression=expression,
                              **{"as": "string"})["value"]), expected.strip())


STEPS = {
    "set": lambda d, r: d.about(
        "set", node=r.split(" ", 1)[0], value=(r.split(" ", 1) + [""])[1]
        .replace("\\n", "\n")),
    "strict": lambda d, r: d.about(
        "set", node=r.split(" ", 1)[0], value=r.split(" ", 1)[1],
        strict=True),
    "add": lambda d, r: d.about("insert", node=r),
    "del": lambda d, r: d.about("remove", node=r),
    "node": check_node,
    "none": lambda d, r: fails(d, "node node " + r + " value"),
    "choices": lambda d, r: want(" ".join(
        c["value"] for c in d.choices(r.split(" ")[0])),
        (r.split(" ", 1) + [""])[1]),
    "choice": check_choice,
    "value": check_value,
    "xml": lambda d, r: has(d.written(), r),
    "no-xml": lambda d, r: has(d.written(), r, False),
    "compact": lambda d, r: want(
        d.about("serialize", compact=True).get("compact", ""), r),
    "final": lambda d, r: want(member(d.about("finalize"), r.split(" ")[0]),
                               (r.split(" ", 1) + [""])[1]),
    "form": lambda d, r: want(member(d.open(), r.split(" ")[0]),
                              (r.split(" ", 1) + [""])[1]),
    "record": lambda d, r: want(member(d.made or d.create() or d.made,
                                       r.split(" ")[0]),
                                (r.split(" ", 1) + [""])[1]),
    "warning": warning,
    "language": lambda d, r: d.about("language", language=r),
    "capture": answer_capture,
    "resume": lambda d, r: d.create(xml=d.about("serialize", all=True)["xml"]),
    "edit": lambda d, r: d.create(xml=d.about("finalize")["xml"],
                                  mode="edit"),
    "with": lambda d, r: d.create(**json.loads(r)),
    "last-saved": last_saved,
    "fails": fails,
    "refused": refused,
}


def run_step(driver, line):
    name, rest = (line.split(" ", 1) + [""])[:2]
    STEPS[name](driver, rest)


def run_case(parts, show):
    """What is wrong, or None."""
    steps = [line for line in dict(parts)["do"].split("\n")
             if line and not line.startswith("#")]
    with tempfile.TemporaryDirectory() as folder:
        driver = Driver(parts, folder, show)
        line = ""
        try:
            for line in steps:
                run_step(driver, line)
        except Wrong as wrong:
            return "%s\n   %s" % (line, wrong)
        finally:
            status = driver.close()
    if status != 0:
        return "the engine ended with status %d" % status
    return None if steps else "no steps"


def main():
    chosen, n_failed, n = sys.argv[1:], 0, 0
    for path in sorted(glob.glob(os.path.join(TOP, "tests", "spec",
                                              "*.forms"))):
        chapter = os.path.basename(path)[:-len(".forms")]
        for name, parts in read_cases(path):
            if chosen and name not in chosen:
                continue
            wrong = run_case(parts, bool(chosen))
            n += 1
            n_failed += wrong is not None
            print("%s %s:%s" % ("not ok" if wrong else "ok", chapter, name))
            if wrong:
                print("   " + wrong)
    print("%d cases, %d failures" % (n, n_failed))
    return 1 if n_failed or n == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
