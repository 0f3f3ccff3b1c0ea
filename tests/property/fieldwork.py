"""What the tests beside this do with a laptop: a project, its forms, a
workspace, an interview, and what must be in there afterwards."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile

BAYAZ = os.environ.get("BAYAZ", "bayaz")
LONG = os.environ.get("BAYAZ_LONG") == "1"
PASSPHRASE = "lantern over the river"


class Broken(Exception):
    """A law does not hold."""


def skip(why):
    print(why)
    sys.exit(77)


def expect(holds, why):
    if not holds:
        raise Broken(why)


def in_scratch(main, prefix):
    """Run main(folder) in a folder of its own; say what is broken."""
    global BAYAZ
    if not shutil.which(BAYAZ):
        skip("bayaz is missing")
    BAYAZ = os.path.abspath(shutil.which(BAYAZ))
    with tempfile.TemporaryDirectory(prefix=prefix) as folder:
        folder = os.path.realpath(folder)
        os.chdir(folder)
        os.environ["HOME"] = folder
        try:
            return main(folder)
        except Broken as why:
            sys.exit("FAIL: %s" % why)
        finally:
            os.chdir("/")


# --- running ---

def run(*words, home="w", passphrase=None, stdin=b"", good=True):
    """`bayaz -C home WORDS`; its output as text.  good: must exit with 0."""
    words = [BAYAZ, "-C", home, *words]
    if passphrase:
        words += ["--passphrase-file", passphrase]
    done = subprocess.run(words, input=stdin, capture_output=True,
                          timeout=300)
    done.stdout = done.stdout.decode("utf-8", "replace")
    done.stderr = done.stderr.decode("utf-8", "replace")
    if good:
        expect(done.returncode == 0, "bayaz %s: exit %d: %s%s" % (
            " ".join(words[1:]), done.returncode, done.stdout, done.stderr))
    return done


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


# --- forms ---

HEAD = """<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms"
 xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>%(title)s</h:title><model><instance>
<data id="%(id)s" version="1" bayaz:class="%(kind)s">%(nodes)s<meta>
<instanceID/></meta></data></instance>%(binds)s
<bind nodeset="/data/meta/instanceID" type="string" jr:preload="uid"
 bayaz:sensitivity="public"/></model></h:head><h:body>%(body)s</h:body></h:html>
"""


def text_form(name, kind, n_questions, photo=False, role=None):
    """A form of text questions q1, q2, ..., labelled "Question 1" and so on;
    with a photo asked for between the first and the second; the first with a
    bayaz:role."""
    nodes, binds, body = [], [], []
    for i in range(1, n_questions + 1):
        nodes.append("<q%d/>" % i)
        binds.append('<bind nodeset="/data/q%d" type="string" %s'
                     'bayaz:sensitivity="public"/>' % (
                         i, 'bayaz:role="%s" ' % role if role and i == 1
                         else ""))
        body.append('<input ref="/data/q%d"><label>Question %d</label>'
                    '</input>' % (i, i))
    if photo:
        nodes.append("<photo/>")
        binds.append('<bind nodeset="/data/photo" type="binary" '
                     'bayaz:sensitivity="public"/>')
        body.insert(1, '<upload ref="/data/photo" mediatype="image/*">'
                    '<label>Photo</label></upload>')
    return HEAD % {"title": name.title(), "id": name, "kind": kind,
                   "nodes": "".join(nodes), "binds": "".join(binds),
                   "body": "".join(body)}


def record_xml(form, number, answers, photo=None):
    """A record of text_form() to import."""
    return ('<data id="%s" version="1">%s%s<meta><instanceID>uuid:%s'
            '</instanceID></meta></data>' % (
                form, "".join("<q%d>%s</q%d>" % (i + 1, a, i + 1)
                              for i, a in enumerate(answers)),
                "<photo>%s</photo>" % photo if photo else "", number))


def make_project(open_forms, protected_forms=()):
    """./boss, the coordinator's workspace; ./kit and its ./kit.words, for
    laptops without a passphrase; ./sealed and ./sealed.words, with the
    protected forms too; ./pass, a file with a passphrase."""
    write("pass", PASSPHRASE + "\n")
    run("project", "new", "Trial", "--no-passphrase", "--recovery-file",
        "recovery", home="boss")
    make_kit("kit", open_forms)
    if protected_forms:
        make_kit("sealed", [*open_forms, *protected_forms])


def make_kit(path, forms):
    words = []
    for form in forms:
        words += ["--form", form]
    run("project", "kit", "-o", path, "--words-file", path + ".words", *words,
        home="boss")


def join_words(passphrase=None):
    """The command to join with, after `bayaz -C HOME`."""
    if passphrase:
        return ["join", "sealed", "--words-file", "sealed.words"]
    return ["join", "kit", "--words-file", "kit.words", "--no-passphrase"]


def join(home, passphrase=None):
    run(*join_words(passphrase), home=home, passphrase=passphrase)


# --- looking ---

def records(home="w", passphrase=None):
    listed = run("list", "--json", home=home, passphrase=passphrase)
    return json.loads(listed.stdout)["records"]


def plain_records(path):
    """Of an unsealed bundle: the XML of each record."""
    with tarfile.open(path) as tar:
        return [tar.extractfile(m).read().decode() for m in tar
                if m.name.startswith("records/")]


def answers_in(xml):
    """What stands in a record of text_form(), by name of the question."""
    return {name: value for name, value in
            re.findall(r"<(q\d+|photo)>([^<]*)</\1>", xml)}


def manifest_of(path):
    """Of a sealed bundle, opened with the coordinator's keys."""
    done = run("open", path, "--json", home="boss")
    return json.loads(done.stdout)["manifest"]


# --- an interview ---

class Interview:
    """One process of `bayaz collect`; prompts are read as they come."""

    def __init__(self, words, **how):
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, bufsize=0, **how)
        self.said = b""         # all of it

    def prompt(self):
        """What is shown up to the next prompt; None: it has ended."""
        text = b""
        while not text.endswith(b"\n> ") and text != b"> ":
            got = self.process.stdout.read(1)
            if not got:
                return None
            text += got
            self.said += got
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
        """What it wrote to stderr."""
        self.process.stdin.close()
        self.said += self.process.stdout.read()
        self.process.stdout.close()
        err = self.process.stderr.read()
        self.process.stderr.close()
        self.process.wait()
        return err.decode("utf-8", "replace")


def collect_words(home, *args, passphrase=None):
    words = [BAYAZ, "-C", home, "collect", *args]
    return words + ["--passphrase-file", passphrase] if passphrase else words


def converse(words, lines, patient=False, **how):
    """An interview that is told `lines`, one at each prompt, up to the first
    error that it shows; or, if `patient`, all of them."""
    with Deadline(120):
        talk = Interview(words, **how)
        for line in lines:
            text = talk.prompt()
            if text is None or ("  ! " in text and not patient):
                break
            talk.say(line)
        err = talk.end()
    return talk.process.returncode, talk.said.decode("utf-8", "replace"), err


class Deadline:
    """What takes longer hangs."""

    def __init__(self, seconds):
        self.seconds = seconds

    def __enter__(self):
        def late(*_):
            raise Broken("it hangs")
        signal.signal(signal.SIGALRM, late)
        signal.alarm(self.seconds)

    def __exit__(self, *_):
        signal.alarm(0)


def finish(form, home="w", passphrase=None):
    """Go on with the newest draft, changing nothing, until it is ready."""
    talk = Interview(collect_words(home, form, "--resume", "last",
                                   passphrase=passphrase))
    while True:
        text = talk.prompt()
        if text is None:
            break
        talk.say("yes" if "Finish the record" in text else "")
    err = talk.end()
    expect(talk.process.returncode == 0,
           "the draft cannot be finished: exit %d: %s" % (
               talk.process.returncode, err))


def confirmed_lines(said):
    """How many lines of an interview's input were confirmed: something was
    asked after them, and not because of an error.  Takes all it printed."""
    parts = said.split("\n> ")      # the last one has no prompt after it
    n = 0
    for part in parts[1:-1]:
        if "  ! " in part:
            break
        n += 1
    return n
