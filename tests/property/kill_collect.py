#!/usr/bin/env python3
"""kill -9 at random moments of an interview loses no confirmed answer.

An answer is confirmed when the next question is shown.  Each round interviews,
is killed somewhere, and goes on with `--resume last` until the record is
finished; then the packed record must hold every confirmed answer.  20 rounds,
200 with BAYAZ_LONG=1.
"""
import json
import os
import random
import re
import signal
import subprocess
import sys
import tarfile
import tempfile
import time

BAYAZ = os.environ.get("BAYAZ", "bayaz")
ROUNDS = 200 if os.environ.get("BAYAZ_LONG") else 20
QUESTIONS = 12
SEED = int(os.environ.get("BAYAZ_SEED", "20261123"))


def form():
    nodes = "".join("<q%d/>" % i for i in range(QUESTIONS))
    binds = "".join('<bind nodeset="/data/q%d" type="string" required="true()"'
                    ' bayaz:sensitivity="public"/>' % i for i in range(QUESTIONS))
    body = "".join('<input ref="/data/q%d"><label>Question %d</label></input>'
                   % (i, i) for i in range(QUESTIONS))
    return ('<h:html xmlns="http://www.w3.org/2002/xforms" '
            'xmlns:h="http://www.w3.org/1999/xhtml" '
            'xmlns:jr="http://openrosa.org/javarosa" '
            'xmlns:bayaz="urn:x-bayaz:forms"><h:head><h:title>Kill</h:title>'
            '<model><instance><data id="kill" version="1" bayaz:class="public">'
            + nodes + '<chance/><meta><instanceID/></meta></data></instance>' + binds
            + '<bind nodeset="/data/chance" bayaz:sensitivity="public" '
            'calculate="once(int(random() * 1000000000))"/>'
            '<bind nodeset="/data/meta/instanceID" type="string" '
            'readonly="true()" jr:preload="uid"/></model></h:head><h:body>'
            + body + '<input ref="/data/chance"><label>Chance <output '
            'value="/data/chance"/>.</label></input></h:body></h:html>')


class Interview:
    """One process of `bayaz collect`; prompts are read as they come."""

    def __init__(self, home, args):
        self.process = subprocess.Popen(
            [BAYAZ, "-C", home, "collect", "kill"] + args,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, bufsize=0)

    def prompt(self):
        """What is shown up to the next prompt; None: it has ended."""
        text = b""
        while not text.endswith(b"\n> ") and text != b"> ":
            got = self.process.stdout.read(1)
            if not got:
                return None
            text += got
        return text.decode()

    def say(self, line):
        try:
            self.process.stdin.write(line.encode() + b"\n")
        except BrokenPipeError:
            pass

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.end()

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.stderr.close()
        self.process.wait()


def interview(home, resume, confirmed, seen, kill_after, delay):
    """Go on until finished (True) or killed (False)."""
    run = Interview(home, ["--resume", "last"] if resume else ["--new"])
    pending, asked = None, 0
    while True:
        text = run.prompt()
        if text is None:
            run.end()
            return run.process.returncode == 0
        if pending is not None:
            confirmed[pending[0]] = pending[1]
            pending = None
        shown = re.search(r"Chance (\d+)\.", text)
        if shown:
            seen.add(shown.group(1))
        asked += 1
        question = re.search(r"Question (\d+)", text)
        if question:
            pending = (int(question.group(1)),
                       "answer %s of %d" % (question.group(1), asked))
            run.say(pending[1])
        elif "Finish the record" in text:
            run.say("yes")
        else:
            run.say("")
        if kill_after is not None and asked >= kill_after:
            time.sleep(delay)
            run.kill()
            return False


def state_of(home):
    """Of the one record: "draft", "ready"; None: there is none."""
    listed = json.loads(subprocess.run(
        [BAYAZ, "-C", home, "list", "--json"], check=True,
        stdout=subprocess.PIPE).stdout)
    return listed["records"][0]["state"] if listed["records"] else None


def record_of(home, folder):
    bundle = os.path.join(folder, "out.tar.gz")
    subprocess.run([BAYAZ, "-C", home, "pack", "--plain", "-o", bundle],
                   check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(bundle) as tar:
        return "".join(tar.extractfile(m).read().decode() for m in tar
                       if m.name.startswith("records/"))


def run_quiet(*words):
    subprocess.run([BAYAZ, *words], check=True, stdout=subprocess.DEVNULL)


def make_kit(folder):
    """A project with this one form; packing needs one."""
    path, home = os.path.join(folder, "kill.xml"), os.path.join(folder, "c")
    with open(path, "w", encoding="utf-8") as out:
        out.write(form())
    run_quiet("-C", home, "project", "new", "kill", "--no-passphrase",
              "--recovery-file", os.path.join(folder, "recovery"))
    kit, words = os.path.join(folder, "kit"), os.path.join(folder, "words")
    run_quiet("-C", home, "project", "kit", "-o", kit, "--form", path,
              "--words-file", words)
    return kit, words


def one_round(rng, folder, kit, words):
    home = os.path.join(folder, "w")
    run_quiet("-C", home, "join", kit, "--words-file", words,
              "--no-passphrase", "--name", "K-1")
    confirmed, seen, state = {}, set(), None
    for _ in range(rng.randint(1, 3)):
        interview(home, state == "draft", confirmed, seen,
                  rng.randint(1, QUESTIONS // 2), rng.random() * 0.02)
        state = state_of(home)
        if state is None and confirmed:
            return "the draft is gone; confirmed: %r" % confirmed
        if state == "ready":        # killed after the record was finished
            break
    if state != "ready" and not interview(home, state == "draft", confirmed,
                                          seen, None, 0):
        return "the interview did not finish after the kills"
    xml = record_of(home, folder)
    for number, answer in confirmed.items():
        if ">%s<" % answer not in xml:
            return "lost: question %d, %r" % (number, answer)
    for value in seen:
        if "<chance>%s</chance>" % value not in xml:
            return "a value of chance was seen as %s and is another" % value
    return None


def main():
    rng = random.Random(SEED)
    failed = 0
    with tempfile.TemporaryDirectory() as shared:
        kit, words = make_kit(shared)
        for number in range(1, ROUNDS + 1):
            with tempfile.TemporaryDirectory() as folder:
                why = one_round(rng, folder, kit, words)
            failed += why is not None
            print("round %d: %s" % (number, why or "nothing lost"))
    print("%d rounds, %d failed, seed %d" % (ROUNDS, failed, SEED))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
