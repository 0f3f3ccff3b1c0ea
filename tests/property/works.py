"""What is done in the field and at the centre, and the laws that hold for it
whatever the disk, the power or kill -9 do to it meanwhile."""
import json
import os
import random
import re
import shutil
import subprocess

import fieldwork
from faults import restore, snapshot, traced
from fieldwork import expect, run


HERE = os.path.dirname(os.path.abspath(__file__))
GATE = fieldwork.HEAD % {
    "title": "Gate", "id": "gate", "kind": "public",
    "nodes": "<consent/><text/>",
    "binds": """<bind nodeset="/data/consent" type="string"
 bayaz:role="consent" bayaz:sensitivity="public"/><bind nodeset="/data/text"
 type="string" bayaz:sensitivity="public"
 relevant="/data/consent = 'yes'"/>""",
    "body": """<input ref="/data/consent"><label>Consent?</label></input>
<input ref="/data/text"><label>Text</label></input>"""}
GATED = ("<data id='gate' version='1'><consent>%s</consent><text>%s</text>"
         "<meta><instanceID>uuid:%d</instanceID></meta></data>")


class Work:
    """Something done in ./live, from the same beginning each time.

    check() looks at ./live after a fault: `said` is what the command had
    printed, `done` whether it had ended well or promised that it is done.  It
    may go on with the work."""
    name = ""
    promise = None          # what it prints when it is done
    ends = 0                # its exit status without a fault
    home = "live/w"
    vital = {}              # fault -> a file each call on which is tried
    lines = ()              # what it is told at its prompts
    passphrase = None

    def prepare(self):
        """Fill ./live; done once."""

    def words(self):
        return []

    def check(self, said, done):
        pass

    def check_disk(self, said):
        """What must be on the disk, before anything opens it again, where the
        disk itself made no errors."""

    # what is the same for all

    def begin(self):
        os.makedirs("live", exist_ok=True)
        restore({}, "live")
        self.prepare()
        self.start = snapshot("live")

    def reset(self):
        restore(self.start, "live")

    def command(self):
        words = [fieldwork.BAYAZ, "-C", self.home, *self.words()]
        if self.passphrase:
            words += ["--passphrase-file", self.passphrase]
        return words

    def is_done(self, ran_status, said):
        return ran_status == 0 or (self.promise is not None and
                                   self.promise in said)

    def traced(self, under="live", **how):
        return traced(self.command(), os.path.abspath(under),
                      lines=self.lines, **how)

    def bayaz(self, *words, **how):
        return run(*words, home=self.home, passphrase=self.passphrase, **how)

    def records(self):
        return fieldwork.records("live/w", self.passphrase)


class Init(Work):
    name = "init"
    promise = "made a workspace"

    def words(self):
        return ["init", "--no-passphrase"]

    def check(self, said, done):
        if not done and self.bayaz("list", good=False).returncode != 0:
            self.bayaz("init", "--no-passphrase")
        expect(self.records() == [], "a new workspace is not empty")


class Join(Work):
    name = "join"
    promise = "joined"

    def words(self):
        return fieldwork.join_words()

    def check(self, said, done):
        if not done:
            again = self.bayaz(*self.words(), good=False)
            expect(again.returncode == 0 or "already" in again.stderr,
                   "cannot join again: " + again.stderr)
        shown = self.bayaz("form", "list").stdout
        expect("walk" in shown, "joined, and there is no form")


class Collect(Work):
    """A line of input, and what the record holds after it."""
    name = "collect"
    lines = ("one", "photo.jpg", "wrong", ":u", "two", ":c a remark",
             "three", ":b", ":x", ":u", ":g 5", "four", "yes")

    def prepare(self):
        fieldwork.join("live/w")
        with open("photo.jpg", "wb") as file:
            file.write(random.Random(1).randbytes(70000))
        one = {"q1": "one"}
        photo = dict(one, photo="photo.jpg")
        two = dict(photo, q2="two")
        three = dict(two, q3="three")
        self.states = [{}, one, photo, dict(photo, q2="wrong"), photo, two,
                       two, three, three, two, three, three,
                       dict(three, q4="four")]
        answer = "answer"
        self.events = [(answer, "one"), (answer, "photo.jpg"),
                       (answer, "wrong"), ("undo", ""), (answer, "two"),
                       ("comment", "a remark"), (answer, "three"), None,
                       (answer, ""), ("undo", ""), None, (answer, "four")]

    def words(self):
        return ["collect", "walk", "--new"]

    def check(self, said, done):
        confirmed = fieldwork.confirmed_lines(said)
        listed = self.records()
        expect(len(listed) <= 1, "a second record appeared")
        if not listed:
            expect(confirmed == 0, "the draft is gone")
            fieldwork.converse(self.command(), self.lines)
            listed = self.records()
            confirmed = len(self.states) - 1
        self.check_history(listed[0]["record"], confirmed)
        state = listed[0]["state"]
        expect(state == "ready" or (state == "draft" and
                                    "\nfinished" not in said),
               "a record is '%s' after: %s" % (state, said[-60:]))
        if state == "draft":
            fieldwork.finish("walk", "live/w")
        self.bayaz("pack", "--plain", "-o", "live/x.tar.gz")
        texts = fieldwork.plain_records("live/x.tar.gz")
        expect(len(texts) == 1, "%d records were packed" % len(texts))
        found = {name: value for name, value in
                 fieldwork.answers_in(texts[0]).items() if value}
        may_be = self.states[confirmed:confirmed + 2]
        expect(found in may_be, "%d lines were confirmed: %r, not %r" % (
            confirmed, found, may_be))


    def check_history(self, record, confirmed):
        shown = self.bayaz("show", "--history", "--json", record)
        found = [(e["kind"], e["new"]) for e in
                 json.loads(shown.stdout)["events"] if e["kind"] != "state"]
        may_be = [[e for e in self.events[:n] if e]
                  for n in (confirmed, confirmed + 1)]
        following = self.events[confirmed:confirmed + 1]
        if following and following[0]:
            # what was typed, and could not be taken: a file, a full disk
            may_be.append(may_be[0] + [("refused", following[0][1])])
        expect(found in may_be, "%d lines were confirmed: events %r, not %r" %
               (confirmed, found, may_be))


class Leave(Work):
    """A protected interview is left: its journal is folded into one state, the
    keys are changed; what was confirmed is in the state."""
    name = "leave"
    promise = "\nsaved"
    passphrase = "pass"
    vital = {"full": "live/w/keys"}
    lines = ("one", "two", ":q")

    def prepare(self):
        fieldwork.join("live/w", "pass")

    def words(self):
        return ["collect", "visit", "--new"]

    def check_disk(self, said):
        if self.promise in said:
            expect(n_keys("live/w") == 1, "left, and the old key is there")

    def check(self, said, done):
        confirmed = fieldwork.confirmed_lines(said)
        listed = self.records()
        expect(n_keys("live/w") == 1, "an old key survives the next opening")
        expect(len(listed) <= 1 and (listed or confirmed == 0),
               "the draft is gone")
        if not listed:
            return
        shown = json.loads(self.bayaz("show", "--json",
                                      listed[0]["record"]).stdout)
        found = [a["value"] for a in shown["answers"] if a["value"]]
        may_be = [list(self.lines[:n]) for n in (confirmed, confirmed + 1)]
        may_be.append(["one", "two"][:confirmed])
        expect(found in may_be, "%d lines were confirmed: %r, not %r" % (
            confirmed, found, may_be))
        fieldwork.finish("visit", "live/w", "pass")
        expect(self.records()[0]["state"] == "ready", "it is not finished")


class Discard(Work):
    """A draft is put away, or is a draft; and it comes back as it was."""
    name = "discard"

    def prepare(self):
        fieldwork.join("live/w")
        fieldwork.converse(fieldwork.collect_words("live/w", "walk", "--new"),
                           ["one", ":q"])
        self.record = self.records()[0]["record"]

    def words(self):
        return ["discard", self.record]

    def check(self, said, done):
        state = self.records()[0]["state"]
        expect(state == "discarded" or (state == "draft" and not done),
               "a draft is '%s'" % state)
        if state == "draft":
            self.bayaz(*self.words())
        self.bayaz("discard", "--back", self.record)
        expect(self.records()[0]["state"] == "draft", "it does not come back")
        shown = json.loads(self.bayaz("show", "--json", self.record).stdout)
        expect([a["value"] for a in shown["answers"]] == ["one"],
               "it comes back with %r" % shown["answers"])


class Import(Work):
    name = "import"
    n = 12

    def prepare(self):
        fieldwork.join("live/w")
        os.makedirs(self.name, exist_ok=True)
        for i in range(self.n):
            fieldwork.write("import/%03d.xml" % i, fieldwork.record_xml(
                "walk", i, ["a%d" % i, "b"], "%d.jpg" % (i % 3)))
        for i in range(3):
            with open("import/%d.jpg" % i, "wb") as file:
                file.write(random.Random(i).randbytes(70000))

    def words(self):
        return ["import", self.name, "--json"]

    def check(self, said, done):
        told = set(re.findall(r'"record": ?"([0-9a-f]+)"', said))
        there = {r["record"] for r in self.records()}
        expect(told <= there, "records were told and are not there")
        expect(not done or len(there) == self.n, "not all were imported")
        self.bayaz("import", self.name)
        names = [r["instance"] for r in self.records()]
        expect(len(names) == len(set(names)) == self.n,
               "%d records after importing again" % len(names))


class Pack(Work):
    """The second bundle of a laptop: it goes on from the first."""
    name = "pack"
    promise = "bundle 2 with"
    n = 5

    def prepare(self):
        fieldwork.join("live/w", self.passphrase)
        os.makedirs(self.name, exist_ok=True)
        fieldwork.write("first.xml", fieldwork.record_xml("walk", 99, "a"))
        self.bayaz("import", "first.xml")
        packed = self.bayaz("pack", "--json", "-o", self.name + ".bayaz")
        os.remove(self.name + ".bayaz")
        self.first = json.loads(packed.stdout)["manifest"]
        for i in range(self.n):
            fieldwork.write("%s/%d.xml" % (self.name, i), fieldwork.record_xml(
                self.form(i), i, ["a%d" % i, "b"],
                None if self.form(i) == "visit" else "0.jpg"))
        with open("%s/0.jpg" % self.name, "wb") as file:
            file.write(random.Random(0).randbytes(200000))
        self.bayaz("import", self.name)
        os.mkdir("live/stick")

    def form(self, _):
        return "walk"

    def words(self):
        return ["pack", "-o", "live/stick/0.bayaz"]

    def check(self, said, done):
        ready = self.ready()
        manifests = [fieldwork.manifest_of("live/stick/" + name)
                     for name in sorted(os.listdir("live/stick"))
                     if not name.endswith(".part")]
        expect(manifests or ready == self.n, "packed, and there is no bundle")
        told = re.search(self.promise + r" (\d+) ", said)
        expect(not told or int(told.group(1)) == self.n - ready,
               "%d are ready after: %s" % (ready, said))
        expect(told or not done, "pack ended well without a word")
        # a sector that cannot be read keeps back its record, not the others
        again = self.bayaz("pack", "-o", "live/1.bayaz", good=False)
        expect((again.returncode == 0) == (ready > 0),
               "packing again: exit %d: %s" % (again.returncode,
                                               again.stderr))
        if again.returncode == 0:
            manifests.append(fieldwork.manifest_of("live/1.bayaz"))
        self.check_sent(manifests)
        expect(self.ready() == 0, "not all are packed in the end")

    def check_sent(self, manifests):
        """Each record once, counting bundles of one number once; and the
        numbers go on."""
        by_number = {}
        for manifest in manifests:
            other = by_number.setdefault(manifest["sequence"], manifest)
            expect(other == manifest, "two bundles of one number differ")
        expect(sorted(by_number) == [2, 3][:len(by_number)] and
               by_number[2]["previous"] == self.first,
               "after bundle 1: %s" % [(n, m.get("previous")) for n, m in
                                       by_number.items()])
        sent = [e["sha256"] for m in by_number.values() for e in m["entries"]
                if e["kind"] in ("record", "sealed")]
        expect(len(sent) == len(set(sent)) == self.n,
               "%d records were sent" % len(sent))

    def ready(self):
        states = [r["state"] for r in self.records()]
        expect(len(states) == self.n + 1 and
               set(states) <= {"ready", "packed"},
               "states: %s" % states)
        return states.count("ready")


class PackFolder(Pack):
    """Into a folder, under names that pack chooses."""
    name = "pack-folder"

    def words(self):
        return ["pack", "-o", "live/stick/"]


class PackSealed(Pack):
    """With a passphrase, and protected records among them."""
    name = "pack-sealed"
    n = 4
    passphrase = "pass"

    def form(self, i):
        return "visit" if i % 2 else "walk"


class FinishSealed(Work):
    """The end of a protected interview: sealed, and the journal destroyed."""
    name = "finish-sealed"
    passphrase = "pass"
    lines = ("one", "two", "yes")

    def prepare(self):
        fieldwork.join("live/w", "pass")

    def check_disk(self, said):
        """What the old blocks hold opens with a key that is gone."""
        if "\nfinished" in said:
            expect(n_keys("live/w") == 1, "finished, and the old key is there")

    def words(self):
        return ["collect", "visit", "--new"]

    def check(self, said, done):
        confirmed = fieldwork.confirmed_lines(said)
        listed = self.records()
        expect(n_keys("live/w") == 1, "an old key survives the next opening")
        expect(listed or confirmed == 0, "the draft is gone")
        if not listed:
            fieldwork.converse(self.command(), self.lines)
            listed = self.records()
        finished = listed[0]["state"] == "ready"
        expect(finished or "\nfinished" not in said,
               "it was finished, and is '%s'" % listed[0]["state"])
        if not finished:
            fieldwork.finish("visit", "live/w", "pass")
        self.bayaz("pack", "-o", "live/x.bayaz")
        sent = [e["kind"] for e in
                fieldwork.manifest_of("live/x.bayaz")["entries"]]
        expect(sent == ["sealed"], "sent: %s" % sent)


class ProjectNew(Work):
    """A project is there only with its recovery keys on paper."""
    name = "project-new"
    promise = "fingerprint"

    def words(self):
        return ["project", "new", "Other", "--no-passphrase",
                "--recovery-file", "live/recovery"]

    def check(self, said, done):
        kit = ["project", "kit", "-o", "live/kit", "--form", "walk.xml",
               "--words-file", "live/words"]
        made = self.bayaz(*kit, good=False)
        expect(made.returncode == 0 or not done,
               "the project is not there: " + made.stderr)
        if made.returncode != 0:
            if os.path.exists("live/recovery"):
                os.remove("live/recovery")
            self.bayaz(*self.words())
            self.bayaz(*kit)
        with open("live/recovery", encoding="utf-8") as file:
            text = file.read()
        for word in ("AGE-SECRET-KEY-1", "BAYAZ-HALF-A-1", "BAYAZ-HALF-B-1"):
            expect(word in text, "no %s is on the paper" % word)


class ProjectAgain(Work):
    """A second project in a workspace would cost the keys of the first."""
    name = "project-again"
    ends = 1
    vital = {"eio": "live/w/field.db"}

    def prepare(self):
        self.bayaz("project", "new", "Other", "--no-passphrase",
                   "--recovery-file", "live/recovery")
        self.shown = self.bayaz("project", "show", "--json").stdout

    def words(self):
        return ["project", "new", "Another", "--no-passphrase",
                "--recovery-file", "live/recovery2"]

    def check(self, said, done):
        expect(not done, "there are two projects")
        expect(self.bayaz("project", "show", "--json").stdout == self.shown,
               "the project is another")
        again = self.bayaz(*self.words(), good=False)
        expect(again.returncode == 1, "a second project was made")


class Kit(Work):
    """A kit is whole or not there, and its number is used once."""
    name = "kit"

    def prepare(self):
        self.bayaz("project", "new", "Other", "--no-passphrase",
                   "--recovery-file", "live/recovery")

    def words(self):
        return ["project", "kit", "-o", "live/kit", "--form", "walk.xml",
                "--words-file", "live/words", "--json"]

    def check(self, said, done):
        first = self.number("live/kit", "live/words")
        expect(first is not None or not done, "the kit is not there")
        self.bayaz("project", "kit", "-o", "live/later", "--form", "walk.xml",
                   "--words-file", "live/words2")
        second = self.number("live/later", "live/words2")
        expect(second > (first or 0), "two kits have the number %s" % second)

    def number(self, path, words):
        """A laptop joins with it; None: there is no kit."""
        if not os.path.exists(path):
            return None
        expect(os.path.exists(words), "a kit whose words are lost")
        home = path + ".home"
        done = run("join", path, "--words-file", words, "--no-passphrase",
                   "--json", home=home)
        return json.loads(done.stdout)["kit"]


class Merge(Work):
    """The centre's store is as before, or as after."""
    name = "merge"
    promise = "merged"
    home = "boss"

    def prepare(self):
        os.makedirs(self.name, exist_ok=True)
        for i in range(2):
            home = "%s/laptop%d" % (self.name, i)
            fieldwork.join(home)
            for k in range(3):
                fieldwork.write("%s/%d.xml" % (self.name, k),
                                fieldwork.record_xml("walk", 10 * i + k,
                                                     ["a%d" % k, "b"]))
            run("import", *("%s/%d.xml" % (self.name, k) for k in range(3)),
                home=home)
            run("pack", "-o", "%s/%d.bayaz" % (self.name, i), home=home)
        self.bayaz("merge", self.bundle(0), "--store", "live/s.db",
                   "--accept-new")
        self.before = self.dump("live/s.db")
        self.bayaz("merge", self.bundle(1), "--store", "live/s.db",
                   "--accept-new")
        self.after = self.dump("live/s.db")
        expect(self.before != self.after, "merging changes nothing")
        for name in os.listdir("live"):
            if name.startswith("s.db"):
                os.remove(os.path.join("live", name))
        self.bayaz("merge", self.bundle(0), "--store", "live/s.db",
                   "--accept-new")
        self.before = self.dump("live/s.db")

    def bundle(self, i):
        return "%s/%d.bayaz" % (self.name, i)

    def dump(self, path):
        return self.bayaz("store", "dump", "--store", path).stdout

    def words(self):
        return ["merge", self.bundle(1), "--store", "live/s.db",
                "--accept-new"]

    def check(self, said, done):
        found = self.dump("live/s.db")
        expect(found in (self.before, self.after),
               "the store is between two states")
        expect(not done or found == self.after, "merged, and it is not there")
        self.bayaz(*self.words())
        expect(self.dump("live/s.db") == self.after,
               "merging again is not the same")


class MergeErasing(Merge):
    """A record without consent comes with one that may stay: both are there
    and the one is erased, or neither came."""
    name = "merge-erasing"
    home = "merge-erasing/boss"
    token = "QXZJQKWVXQ"

    def prepare(self):
        if not os.path.exists("merge-erasing"):
            self.make()
        for i in range(2):
            self.bayaz("merge", self.bundle(i), "--store", "live/s.db",
                       "--accept-new")
        self.after = self.dump("live/s.db")
        for name in os.listdir("live"):
            if name.startswith("s.db"):
                os.remove(os.path.join("live", name))
        self.bayaz("merge", self.bundle(0), "--store", "live/s.db",
                   "--accept-new")
        self.before = self.dump("live/s.db")
        expect(self.token not in self.after and "no-consent" in self.after,
               "nothing is erased")

    def make(self):
        os.mkdir(self.name)
        fieldwork.write(self.name + "/gate.xml", GATE)
        self.bayaz("project", "new", "Gate", "--no-passphrase",
                   "--recovery-file", self.name + "/recovery")
        self.bayaz("project", "kit", "-o", self.name + "/kit",
                   "--words-file", self.name + "/words",
                   self.name + "/gate.xml")
        run("join", self.name + "/kit", "--words-file", self.name + "/words",
            "--no-passphrase", home=self.name + "/laptop")
        fieldwork.write(self.name + "/0.xml", GATED % ("yes", "open", 0))
        run("import", self.name + "/0.xml", home=self.name + "/laptop")
        run("pack", "-o", self.bundle(0), home=self.name + "/laptop")
        shown = self.bayaz("open", self.bundle(0), "--json").stdout
        fieldwork.write(self.name + "/project.id",
                        json.loads(shown)["manifest"]["project"])
        for i, given in ((1, "yes"), (2, "no")):
            fieldwork.write("%s/%d.xml" % (self.name, i), GATED % (
                given, self.token if given == "no" else "open", i))
        subprocess.run([os.path.join(HERE, "..", "cli", "forge"), "1.bayaz",
                        "for i in (1, 2): add('record', text('%d.xml' % i), "
                        "form='gate', instance='uuid:%d' % i)\nsort()"],
                       cwd=self.name, check=True)

    def check(self, said, done):
        super().check(said, done)
        for name in os.listdir("live"):
            with open(os.path.join("live", name), "rb") as file:
                expect(self.token.encode() not in file.read(),
                       "what was erased is in " + name)


class Saying(Merge):
    """Something is said of what was merged: it is, or it is not."""
    said_words = []

    def prepare(self):
        super().prepare()
        self.bayaz(*self.words())
        self.after = self.dump("live/s.db")
        expect(self.before != self.after, "saying it changes nothing")
        for name in os.listdir("live"):
            if name.startswith("s.db"):
                os.remove(os.path.join("live", name))
        self.bayaz("merge", self.bundle(0), "--store", "live/s.db",
                   "--accept-new")
        expect(self.dump("live/s.db") == self.before, "merging is not the same")

    def words(self):
        return [*self.said_words, "--store", "live/s.db"]

    def check(self, said, done):
        found = self.dump("live/s.db")
        expect(found in (self.before, self.after),
               "the store is between two states")
        expect(not done or found == self.after, "said, and it is not there")
        if found == self.before:
            self.bayaz(*self.words())
        expect(self.dump("live/s.db") == self.after, "saying it is not the same")


class Review(Saying):
    name = "review"
    promise = "approved"
    said_words = ["review", "uuid:0", "uuid:1", "--state", "approved"]


class Delete(Saying):
    name = "delete"
    promise = "deleted"
    said_words = ["delete", "uuid:0", "uuid:2"]


class Unmerge(Saying):
    name = "unmerge"
    promise = "counts no more"

    def words(self):
        return ["unmerge", self.bundle(0), "--store", "live/s.db"]


class Resolve(Merge):
    """A conflict is settled by a version made at the centre, or it waits."""
    name = "resolve"
    promise = "settled"

    def prepare(self):
        if not os.path.exists(self.name):
            os.mkdir(self.name)
            for i in range(2):
                self.make(i)
        self.bayaz("merge", self.bundle(0), self.bundle(1), "--store",
                   "live/s.db", "--accept-new")
        self.before = self.dump("live/s.db")
        self.version = re.search(r'"line":"version".*?"sha256":"([0-9a-f]+)"',
                                 self.before).group(1)

    def make(self, i):
        home = "%s/laptop%d" % (self.name, i)
        fieldwork.join(home)
        fieldwork.write(self.name + "/same.xml",
                        fieldwork.record_xml("walk", 7, ["side %d" % i]))
        run("import", self.name + "/same.xml", home=home)
        run("pack", "-o", self.bundle(i), home=home)

    def words(self):
        return ["resolve", "uuid:7", "--take", self.version, "--store",
                "live/s.db"]

    def check(self, said, done):
        found = self.dump("live/s.db")
        n = found.count('"kind":"resolution"')
        expect(found == self.before if n == 0 else n == 1,
               "the store is between two states")
        expect(n == 1 or not done, "settled, and it is not there")
        if n == 0:
            self.bayaz(*self.words())
        expect("nothing is in conflict" in self.bayaz(
            "conflicts", "--store", "live/s.db").stdout, "it is not settled")
        settled = self.dump("live/s.db")
        self.bayaz("store", "rebuild", "--store", "live/s.db")
        expect(self.dump("live/s.db") == settled, "rebuilt, it is another")


class Rebuild(Merge):
    """Whatever happens meanwhile, the store is what it was."""
    name = "store-rebuild"
    promise = None

    def words(self):
        return ["store", "rebuild", "--store", "live/s.db"]

    def check(self, said, done):
        expect(self.dump("live/s.db") == self.before, "the store changed")
        self.bayaz(*self.words())
        expect(self.dump("live/s.db") == self.before, "rebuilt, it is another")


class StorePack(Merge):
    """A bundle for another store, whole and noted as sent, or none."""
    name = "store-pack"
    promise = "goes on"

    def words(self):
        return ["store", "pack", "-o", "live/up.bayaz", "--store", "live/s.db"]

    def check(self, said, done):
        expect(self.dump("live/s.db") == self.before, "the store changed")
        there = os.path.exists("live/up.bayaz")
        expect(there or not done, "packed, and there is no bundle")
        if there:
            self.merge_alone("live/up.bayaz")
            os.remove("live/up.bayaz")
        self.bayaz(*self.words(), "--again")
        self.merge_alone("live/up.bayaz")

    def merge_alone(self, path):
        self.bayaz("merge", path, "--store", "live/t.db")
        expect(self.dump("live/t.db") == self.before,
               "what was sent on is not all")
        for name in os.listdir("live"):
            if name.startswith("t.db"):
                os.remove(os.path.join("live", name))


class StoreBackup(Merge):
    """One file that restores and is known as a backup, or none."""
    name = "store-backup"
    promise = "it was read back"

    def words(self):
        return ["store", "backup", "-o", "live/b.age", "--store", "live/s.db",
                "--passphrase-file", "pass"]

    def check(self, said, done):
        expect(self.dump("live/s.db") == self.before, "the store changed")
        check = ["store", "backup", "--check", "live/b.age", "--store",
                 "live/s.db"]
        known = self.bayaz(*check, good=False).returncode == 0
        expect(known or not done, "backed up, and there is no backup")
        if not known:
            # what was not read back may be a whole file or none
            if os.path.exists("live/b.age"):
                os.remove("live/b.age")
            self.bayaz(*self.words())
        for name in os.listdir("live"):
            expect("copy" not in name, "a copy of the store stays: " + name)
        self.bayaz("store", "restore", "live/b.age", "--store", "live/t.db",
                   "--passphrase-file", "pass")
        expect(self.dump("live/t.db") == self.before,
               "the backup is of another store")


class StoreRestore(Merge):
    """A whole store, or none."""
    name = "store-restore"
    promise = "restored"

    def prepare(self):
        super().prepare()
        if not os.path.exists("store.age"):
            self.bayaz("store", "backup", "-o", "store.age", "--store",
                       "live/s.db", "--passphrase-file", "pass")

    def words(self):
        return ["store", "restore", "store.age", "--store", "live/t.db",
                "--passphrase-file", "pass"]

    def check(self, said, done):
        there = os.path.exists("live/t.db")
        expect(there or not done, "restored, and there is no store")
        if not there:
            self.bayaz(*self.words())
        expect(self.dump("live/t.db") == self.before,
               "the restored store is another one")
        expect(not [n for n in os.listdir("live") if "restored" in n],
               "parts of it stay: %s" % os.listdir("live"))


class Receive(Work):
    """What the centre sends is taken whole or not at all."""
    name = "receive"

    def prepare(self):
        fieldwork.join("live/w")
        self.bayaz("import", "walk-1.xml")
        self.bayaz("pack", "-o", "receive.up")
        run("merge", "receive.up", "--store", "receive.db", "--accept-new",
            home="boss")
        run("send", "-o", "receive.down", "--store", "receive.db", "--all",
            "--form", "newer.xml", "--policy", "idle-minutes=7", home="boss")

    def words(self):
        return ["receive", "receive.down"]

    def has_form(self):
        return "newer" in self.bayaz("form", "list").stdout

    def check(self, said, done):
        there = self.has_form()
        expect(there or not done, "received, and the form is not there")
        again = json.loads(self.bayaz(*self.words(), "--json").stdout)
        outcome = again["files"][0]["outcome"]
        expect(outcome == ("known" if there else "taken"),
               "the form is %s, and receiving again says %s" % (
                   "there" if there else "missing", outcome))
        expect(self.has_form(), "it is not received in the end")


class Send(Merge):
    """A bundle with receipts, and its number used once."""
    name = "send"
    promise = "receipts for"

    home = "live/boss"

    def prepare(self):
        shutil.copytree("boss", self.home)
        super().prepare()
        fieldwork.join("live/w")
        run("import", "walk-1.xml", home="live/w")
        run("pack", "-o", "send/w.bayaz", home="live/w")
        self.bayaz("merge", "send/w.bayaz", "--store", "live/s.db",
                   "--accept-new")
        os.remove("send/w.bayaz")
        self.bayaz("store", "backup", "-o", "live/b.age", "--store",
                   "live/s.db", "--passphrase-file", "pass")

    def words(self):
        return ["send", "-o", "live/d.bayaz", "--store", "live/s.db", "--all"]

    def check(self, said, done):
        there = os.path.exists("live/d.bayaz")
        expect(there or not done, "sent, and there is no bundle")
        again = self.words()
        again[2] = "live/e.bayaz"
        told = json.loads(self.bayaz(*again, "--json").stdout)
        expect(told["receipts"] == 4, "receipts: %s" % told)
        for name in ["d"] * there + ["e"]:
            taken = json.loads(run("receive", "live/%s.bayaz" % name, "--json",
                                   home="live/w").stdout)["files"][0]
            expect(taken["outcome"] == "taken", "it is %s" % taken)
        expect({r["state"] for r in self.records()} == {"received"},
               "the records are not received")


class ReceiveReceipts(Work):
    """What is safe is marked and dropped all at once, or not yet; what is not
    safe stays."""
    name = "receive-receipts"
    promise = "safe at the centre"
    passphrase = "pass"

    def prepare(self):
        fieldwork.join("live/w", "pass")
        fieldwork.write("visit-1.xml", fieldwork.record_xml("visit", 1,
                                                            ["a"]))
        self.bayaz("import", "walk-1.xml", "visit-1.xml")
        self.bayaz("pack", "-o", "receipts.1")
        run("merge", "receipts.1", "--store", "receipts.db", "--accept-new",
            home="boss")
        run("store", "backup", "-o", "receipts.age", "--store", "receipts.db",
            "--passphrase-file", "pass", home="boss")
        fieldwork.write("later.xml", fieldwork.record_xml("walk", 2, ["b"]))
        self.bayaz("import", "later.xml")
        self.bayaz("pack", "-o", "receipts.2")
        run("merge", "receipts.2", "--store", "receipts.db", home="boss")
        run("send", "-o", "receipts.down", "--store", "receipts.db", "--all",
            home="boss")

    def words(self):
        return ["receive", "receipts.down"]

    def states(self):
        return sorted(r["state"] for r in self.records())

    def check_disk(self, said):
        if self.promise in said:
            expect(n_keys("live/w") == 1, "dropped, and the old key is there")

    def check(self, said, done):
        found = self.states()
        after = ["packed", "received"]
        expect(found in (["packed"] * 3, after), "the records are %s" % found)
        expect(found == after or not done, "received, and nothing is marked")
        self.bayaz(*self.words())
        expect(self.states() == after, "in the end they are %s" %
               self.states())


class Offline(Work):
    """The project's key is in the workspace or in the file: never nowhere."""
    name = "offline"

    def prepare(self):
        self.bayaz("project", "new", "Other", "--no-passphrase",
                   "--recovery-file", "live/recovery")

    def words(self):
        return ["project", "offline", "live/key", "--words-file",
                "live/words"]

    def check(self, said, done):
        rotated = self.bayaz("project", "rotate", good=False)
        if rotated.returncode != 0:
            self.bayaz("project", "online", "live/key", "--words-file",
                       "live/words")
            self.bayaz("project", "rotate")
        else:
            expect(not done, "put away, and it is in the workspace")


class Passphrase(Work):
    """One passphrase opens the workspace: the old or the new."""
    name = "passphrase"
    promise = "the new passphrase only"
    passphrase = "pass"
    vital = {"kill": "live/w/keys"}

    def prepare(self):
        fieldwork.write("other", "a quite different one\n")
        fieldwork.join("live/w", "pass")
        self.bayaz("import", self.one_record())

    def one_record(self):
        fieldwork.write("one.xml", fieldwork.record_xml("walk", 1,
                                                        ["a", "b"]))
        return "one.xml"

    def words(self):
        return ["passphrase", "--new-passphrase-file", "other"]

    def check_disk(self, said):
        if self.promise in said:
            expect(n_keys("live/w") == 1, "changed, and the old key is there")

    def check(self, said, done):
        new = run("list", home="live/w", passphrase="other", good=False)
        old = run("list", home="live/w", passphrase="pass", good=False)
        expect([new.returncode, old.returncode] in ([0, 1], [1, 0]),
               "the new one: exit %d: %s; the old one: exit %d: %s" % (
                   new.returncode, new.stderr, old.returncode, old.stderr))
        expect(not done or new.returncode == 0, "changed, and the new one "
               "does not open it: " + new.stderr)
        expect(n_keys("live/w") == 1, "an old key survives the next opening")
        if new.returncode != 0:
            self.bayaz(*self.words())
        expect(len(fieldwork.records("live/w", "other")) == 1,
               "the record is gone")


class Purge(Work):
    """A record is there as it was, or gone with its keys; others stay."""
    name = "purge"
    promise = "removed"
    passphrase = "pass"

    def prepare(self):
        fieldwork.join("live/w", "pass")
        for answers in (["one"], ["other"]):
            before = {r["record"] for r in self.records()}
            fieldwork.converse(
                fieldwork.collect_words("live/w", "visit", "--new",
                                        passphrase="pass"),
                [*answers, ":q"])
            new = {r["record"] for r in self.records()} - before
            self.other = new.pop()
            self.record = self.record or self.other

    record = other = None

    def words(self):
        return ["purge", "--record", self.record, "--unsent"]

    def check_disk(self, said):
        if self.promise in said:
            expect(n_keys("live/w") == 1, "purged, and the old key is there")

    def answers(self, record):
        shown = self.bayaz("show", "--json", record)
        return [a["value"] for a in json.loads(shown.stdout)["answers"]]

    def check(self, said, done):
        there = {r["record"] for r in self.records()}
        expect(n_keys("live/w") == 1, "an old key survives the next opening")
        expect(there in ({self.record, self.other}, {self.other}),
               "there are %s" % there)
        if self.record in there:
            expect(not done, "purged, and it is there")
            expect(self.answers(self.record) == ["one"],
                   "the record changed: %r" % self.answers(self.record))
            self.bayaz(*self.words())
        expect(self.answers(self.other) == ["other"], "another one changed")
        expect(len(self.records()) == 1, "it is not purged in the end")


class Withdraw(Work):
    """What holds the code is gone and the request is there, or neither."""
    name = "withdraw"
    passphrase = "pass"
    code = "1234-5678-9092"

    def prepare(self):
        fieldwork.join("live/w", "pass")
        for answers in ([self.code], ["9081-7263-5434"]):
            fieldwork.converse(
                fieldwork.collect_words("live/w", "case", "--new",
                                        passphrase="pass"),
                [*answers, ":q"])
        expect(self.n_drafts() == 2, "there are no drafts to withdraw")

    def words(self):
        return ["withdraw", self.code]

    def n_drafts(self):
        return [r["state"] for r in self.records()].count("draft")

    def check(self, said, done):
        n = self.n_drafts()
        expect(n in (1, 2), "%d drafts are left" % n)
        expect(not done or n == 1, "withdrawn, and the draft is there")
        if n == 1:
            self.check_packed("live/1.bayaz")
        self.bayaz(*self.words())
        expect(self.n_drafts() == 1, "it is not withdrawn in the end")
        self.check_packed("live/2.bayaz")

    def check_packed(self, path):
        """Asked twice, as it is when the first time could not look into all
        drafts and said so, the request goes twice."""
        self.bayaz("pack", "-o", path)
        kinds = [e["kind"] for e in fieldwork.manifest_of(path)["entries"]]
        expect(set(kinds) == {"deletion"}, "packed: %s" % kinds)


class Backup(Work):
    """One file that restores, or none."""
    name = "backup"
    promise = "the workspace is in"
    passphrase = "pass"

    def prepare(self):
        fieldwork.join("live/w", "pass")
        fieldwork.write("one.xml", fieldwork.record_xml("walk", 1,
                                                        ["a", "b"]))
        self.bayaz("import", "one.xml")

    def words(self):
        return ["backup", "live/b.age"]

    def check(self, said, done):
        there = os.path.exists("live/b.age")
        expect(there or not done, "backed up, and there is no file")
        if not there:
            self.bayaz(*self.words())
        run("restore", "live/b.age", home="live/again", passphrase="pass")
        expect(len(fieldwork.records("live/again", "pass")) == 1,
               "the record is not in the backup")
        expect(len(self.records()) == 1, "the workspace lost it")


class Restore(Work):
    """A workspace with everything and a key of its own, or none."""
    name = "restore"
    promise = "fingerprint"
    passphrase = "pass"

    def prepare(self):
        if not os.path.exists("restore.age"):
            fieldwork.join("restore.home", "pass")
            fieldwork.write("one.xml", fieldwork.record_xml("walk", 1,
                                                            ["a", "b"]))
            run("import", "one.xml", home="restore.home", passphrase="pass")
            run("backup", "restore.age", home="restore.home",
                passphrase="pass")
            run("pack", "-o", "restore.bayaz", home="restore.home",
                passphrase="pass")
        self.device = fieldwork.manifest_of("restore.bayaz")["device"]["key"]

    def words(self):
        return ["restore", "restore.age"]

    def check(self, said, done):
        listed = self.bayaz("list", good=False)
        if listed.returncode != 0:
            expect(not done, "restored, and it does not open: " +
                   listed.stderr)
            self.bayaz(*self.words())
        expect(len(self.records()) == 1, "the record is not restored")
        self.bayaz("pack", "-o", "live/x.bayaz")
        manifest = fieldwork.manifest_of("live/x.bayaz")
        expect(manifest["device"]["key"] != self.device,
               "two laptops sign with one key")
        expect(manifest["sequence"] == 1, "its bundles go on from the other's")


class Copied(Restore):
    """The first opening of a workspace that was copied."""
    name = "copied"
    promise = None

    def prepare(self):
        super().prepare()
        run("restore", "restore.age", home="copied.home", passphrase="pass")
        run("pack", "-o", "copied.bayaz", home="copied.home",
            passphrase="pass")
        self.device = fieldwork.manifest_of("copied.bayaz")["device"]["key"]
        fieldwork.write("two.xml", fieldwork.record_xml("walk", 2,
                                                        ["a", "b"]))
        run("purge", "--record", fieldwork.records(
            "copied.home", "pass")[0]["record"], home="copied.home",
            passphrase="pass")
        run("import", "two.xml", home="copied.home", passphrase="pass")
        shutil.copytree("copied.home", "live/w")

    def words(self):
        return ["list"]


def n_keys(home):
    """How many slots of the file of keys are not empty."""
    with open(os.path.join(home, "keys"), "rb") as file:
        slots = file.read(2048), file.read(2048)
    return sum(slot.strip(b"\0") != b"" for slot in slots)


WORKS = [
    Init, Join, Collect, Discard, Import, Pack, PackFolder, Receive,
    Leave, FinishSealed, PackSealed, Passphrase, Purge, Withdraw,
    Backup, Restore, Copied,                    # with a passphrase
    ProjectNew, ProjectAgain, Kit, Merge, Offline,
    StoreBackup, StoreRestore, Send, ReceiveReceipts,       # at the centre
    MergeErasing, Review, Delete, Unmerge, Resolve, Rebuild, StorePack,
]


def chosen(words):
    """The works that are named among `words`; all if none is, or with
    BAYAZ_PART=2/3 the second of three parts of them."""
    named = [kind for kind in WORKS if kind.name in words]
    part, _, parts = os.environ.get("BAYAZ_PART", "1/1").partition("/")
    return [kind() for kind in named or WORKS[int(part) - 1::int(parts)]]


def make_world():
    """The project that all works are of; run in an empty folder."""
    fieldwork.write("walk.xml", fieldwork.text_form("walk", "public", 4, True))
    fieldwork.write("newer.xml", fieldwork.text_form("newer", "public", 1))
    fieldwork.write("walk-1.xml", fieldwork.record_xml("walk", 1, ["a"]))
    fieldwork.write("visit.xml", fieldwork.text_form("visit", "protected", 2))
    fieldwork.write("case.xml", fieldwork.text_form(
        "case", "protected", 1, role="case-code"))
    fieldwork.make_project(["walk.xml"], ["visit.xml", "case.xml"])
