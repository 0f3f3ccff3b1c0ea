#!/usr/bin/env python3
"""Every example of bayaz-engine(7) is sent to the engine, in the order of the
page, as one session, and its answer compared with what the page says.

In an answer `...` among members or items stands for any more of them, and the
string "..." for any string.  Members may be left out where they have their
default; otherwise an answer has the members that the page shows, no others.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

TOP = os.environ.get("top_srcdir") or os.path.dirname(
    os.path.dirname(os.path.abspath(__file__)))
BAYAZ = os.environ.get("BAYAZ", os.path.join(TOP, "build", "bayaz"))
PAGE = os.path.join(TOP, "doc", "bayaz-engine.7")
MORE = "\u2026"
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\.\.\.|[{}\[\]]|[^"{}\[\].]+|\.')
DEFAULTS = {"type": "string", "captures": [], "warnings": [], "class": "",
            "children": [], "value": "", "attributes": {}}


def literal_blocks(page):
    """The text of each .Bd -literal, with roff's escapes resolved."""
    for block in re.findall(r"^\.Bd -literal\n(.*?)^\.Ed$", page,
                            re.M | re.S):
        yield block.replace("\\e", "\\")


def parse(text):
    """JSON in which `...` may stand for more members or items."""
    out, inside = [], []
    for token in TOKEN.findall(text):
        if token in "{[":
            inside.append(token)
        elif token in "}]":
            inside.pop()
        elif token == "...":
            token = '"%s": null' % MORE if inside[-1] == "{" else '"%s"' % MORE
        out.append(token)
    return json.loads("".join(out))


def examples(blocks):
    """(request, answer) pairs."""
    for block in blocks:
        request = None
        for part in re.split(r"^(?=-> |<- )", block, flags=re.M):
            text = " ".join(line.strip() for line in part[3:].split("\n"))
            if part.startswith("-> "):
                assert request is None, "no answer before: " + text
                request = json.loads(text)
            elif part.startswith("<- "):
                yield request, parse(text)
                request = None
        assert request is None, "no answer to the last request of a block"


def differs(want, got, path="answer"):
    """What is wrong, or None."""
    if want == "..." and isinstance(got, str):
        return None
    if isinstance(want, dict) and isinstance(got, dict):
        for key in sorted(set(want) | set(got)):
            if key == MORE or (key not in want and MORE in want):
                continue
            # a member that is absent means its default
            wrong = differs(want.get(key, DEFAULTS.get(key)),
                            got.get(key, DEFAULTS.get(key)),
                            path + "." + key)
            if wrong:
                return wrong
        return None
    if isinstance(want, list) and isinstance(got, list):
        n = len(want)
        if want and want[-1] == MORE:
            want = want[:-1]
            n = len(want)
            got = got[:n]
        if len(got) != n:
            return "%s: %d items, not %d" % (path, len(got), n)
        for i, (one, other) in enumerate(zip(want, got)):
            wrong = differs(one, other, "%s[%d]" % (path, i))
            if wrong:
                return wrong
        return None
    if type(want) is type(got) and want == got:
        return None
    return "%s: %s, not %s" % (path, json.dumps(got), json.dumps(want))


def ask_all(requests, folder):
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    run = subprocess.run([os.path.abspath(BAYAZ), "engine"], cwd=folder,
                         input=lines.encode(), stdout=subprocess.PIPE)
    assert run.returncode == 0, "exit status %d" % run.returncode
    return [json.loads(line) for line in run.stdout.decode().splitlines()]


def main():
    with open(PAGE, encoding="utf-8") as file:
        blocks = list(literal_blocks(file.read()))
    forms = [block for block in blocks if block.startswith("<h:html")]
    session = list(examples(blocks))
    assert len(forms) == 1 and len(session) > 30, "the page was not understood"
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "visit.xml"), "w") as file:
            file.write(forms[0])
        answers = ask_all([request for request, _ in session], folder)
    assert len(answers) == len(session), "not every request was answered"
    failed = 0
    for (request, want), got in zip(session, answers):
        wrong = differs(want, got)
        if wrong:
            failed += 1
            print("-> %s\n<- %s\n   %s" % (json.dumps(request),
                                           json.dumps(got), wrong))
    print("%d examples, %d wrong" % (len(session), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
