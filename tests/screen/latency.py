#!/usr/bin/env python3
"""From a key to the last byte of the redrawn screen, through a pseudo-terminal:
on a form of 10,000 questions and on a choice of 200,000.  Prints milliseconds
and bytes a key; asserts nothing (timings are noisy).

    tests/screen/latency.py [QUESTIONS [CHOICES]]
"""
import os
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pilot
from pilot import Pilot

HEAD = ('<h:html xmlns="http://www.w3.org/2002/xforms" '
        'xmlns:h="http://www.w3.org/1999/xhtml" '
        'xmlns:jr="http://openrosa.org/javarosa"><h:head>'
        '<h:title>Long</h:title><model><instance><data id="%s" version="1">')


def long_form(n):
    return (HEAD % "long" + "".join("<q%d/>" % i for i in range(n)) +
            "<meta><instanceID/></meta></data></instance>" + "".join(
                '<bind nodeset="/data/q%d" type="string"/>' % i
                for i in range(n)) +
            '<bind nodeset="/data/meta/instanceID" jr:preload="uid"/></model>'
            "</h:head><h:body>" + "".join(
                '<input ref="/data/q%d"><label>Question %d of many</label>'
                "</input>" % (i, i) for i in range(n)) + "</h:body></h:html>")


def wide_form(n):
    return (HEAD % "wide" + "<v/><w/><meta><instanceID/></meta></data>"
            '</instance><instance id="l"><root>' + "".join(
                "<item><name>v%d</name><label>Village number %d, %s</label>"
                "</item>" % (i, i, "Upper Lower Old New".split()[i % 4])
                for i in range(n)) + "</root></instance>"
            '<bind nodeset="/data/v" type="string"/>'
            '<bind nodeset="/data/meta/instanceID" jr:preload="uid"/></model>'
            '</h:head><h:body><select1 ref="/data/v"><label>Village</label>'
            "<itemset nodeset=\"instance('l')/root/item\"><value ref=\"name\"/>"
            '<label ref="label"/></itemset></select1>'
            '<input ref="/data/w"><label>After it</label></input>'
            "</h:body></h:html>")


def one(p, key):
    """Milliseconds until nothing more comes, and bytes."""
    before = p.screen.bytes
    began = last = time.perf_counter()
    p.keys(key)
    came = False
    # what takes long comes late: 2 s for the first byte, 40 ms of quiet
    while p.read(0.04 if came else 2.0):
        came = True
        last = time.perf_counter()
    return (last - began) * 1000, p.screen.bytes - before


def report(name, times):
    times = sorted(times)
    ms = [t for t, _ in times]
    print("%-34s n %4d  median %6.2f ms  p99 %6.2f ms  most %7.2f ms  "
          "bytes a key %5.0f" % (
              name, len(ms), ms[len(ms) // 2],
              ms[min(len(ms) - 1, int(len(ms) * 0.99))], ms[-1],
              sum(b for _, b in times) / len(times)))


def main():
    questions = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
    choices = int(sys.argv[2]) if len(sys.argv) > 2 else 200000
    folder = tempfile.mkdtemp()
    home = os.path.join(folder, "home")
    for name, xml in ("long", long_form(questions)), ("wide",
                                                      wide_form(choices)):
        with open(os.path.join(folder, name + ".xml"), "w") as file:
            file.write(xml)
    passphrase = pilot.workspace(home, [os.path.join(folder, "long.xml"),
                                        os.path.join(folder, "wide.xml")])
    words = ["-C", home, "collect", "--new", "--passphrase-file", passphrase]
    p = Pilot(words + ["long"])
    p.wait("Question 0", least_s=1)
    report("long: a letter", [one(p, "a") for _ in range(200)])
    report("long: Enter, to the next", [one(p, "Enter")] + [
        one(p, k) for _ in range(50) for k in ("a", "Enter")][1::2])
    report("long: PgUp", [one(p, "PgUp") for _ in range(50)])
    report("long: outline", [one(p, k) for _ in range(50)
                             for k in ("^O", "q")][::2])
    one(p, "^O")
    one(p, "PgDn")
    report("long: in the outline", [one(p, k) for _ in range(50)
                                    for k in ("PgUp", "Down", "PgDn", "Up")])
    p.keys("q")
    p.wait()
    p.keys("^S")
    p.end()
    p = Pilot(words + ["wide"])
    p.wait("Village", least_s=2)
    report("wide: arrows and leaves", [one(p, k) for _ in range(50)
                                       for k in ("Down", "Right", "Down", "Up")])
    rounds = [[one(p, k) for k in ("u", "p", "p", "e", "r", "Enter", "PgUp")]
              for _ in range(50)]
    report("wide: first letter of a search", [r[0] for r in rounds])
    report("wide: more letters", [k for r in rounds for k in r[1:5]])
    report("wide: Enter", [r[5] for r in rounds])
    report("wide: PgUp, back to it", [r[6] for r in rounds])
    p.keys("^S")
    p.end()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
