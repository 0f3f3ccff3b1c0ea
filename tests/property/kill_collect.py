#!/usr/bin/env python3
"""kill -9 at random moments of an interview loses no confirmed answer.

An answer is confirmed when the next question is shown.  Each round interviews,
is killed somewhere, and goes on with `--resume last` until the record is
finished; then the packed record must hold every confirmed answer.  20 rounds,
200 with BAYAZ_LONG=1.
"""
import os
import random
import re
import shutil
import sys
import time

import fieldwork
from fieldwork import LONG, Broken, expect

ROUNDS = 200 if LONG else 20
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


def interview(home, resume, confirmed, seen, kill_after, delay):
    """Go on until finished (True) or killed (False)."""
    run = fieldwork.Interview(fieldwork.collect_words(
        home, "kill", *(["--resume", "last"] if resume else ["--new"])))
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
    listed = fieldwork.records(home)
    return listed[0]["state"] if listed else None


def record_of(home):
    fieldwork.run("pack", "--plain", "-o", "out.tar.gz", home=home)
    texts = fieldwork.plain_records("out.tar.gz")
    os.remove("out.tar.gz")
    return "".join(texts)


def one_round(dice, home):
    """How many kills there were; Broken if something is lost."""
    fieldwork.join(home)
    confirmed, seen, state, n_kills = {}, set(), None, 0
    for _ in range(dice.randint(1, 3)):
        n_kills += not interview(home, state == "draft", confirmed, seen,
                                 dice.randint(1, QUESTIONS // 2),
                                 dice.random() * 0.02)
        state = state_of(home)
        expect(state is not None or not confirmed,
               "the draft is gone; confirmed: %r" % confirmed)
        if state == "ready":        # killed after the record was finished
            break
    if state != "ready":
        expect(interview(home, state == "draft", confirmed, seen, None, 0),
               "the interview did not finish after the kills")
    xml = record_of(home)
    for number, answer in confirmed.items():
        expect(">%s<" % answer in xml,
               "lost: question %d, %r" % (number, answer))
    for value in seen:
        expect("<chance>%s</chance>" % value in xml,
               "a value of chance was seen as %s and is another" % value)
    return n_kills


def main(_folder):
    dice = random.Random(SEED)
    failed = n_kills = 0
    fieldwork.write("kill.xml", form())
    fieldwork.make_project(["kill.xml"])
    for number in range(1, ROUNDS + 1):
        home = "w%d" % number
        try:
            n_kills += one_round(dice, home)
        except Broken as why:
            failed += 1
            print("round %d: %s" % (number, why))
        shutil.rmtree(home)
    print("%d rounds, %d kills, %d failed, seed %d" % (ROUNDS, n_kills, failed,
                                                       SEED))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(fieldwork.in_scratch(main, "bayaz-kill-"))
