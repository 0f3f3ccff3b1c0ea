"""Faults of the disk and of the power: a program under `faultrun` (which see),
what its calls would have left on a disk, and the work in the field that is
tried with them, with the laws that hold whatever happens."""
import collections
import json
import os
import random
import re
import tempfile

import fieldwork
from fieldwork import Broken, expect, run, skip

FAULTRUN = os.path.join(os.environ.get("top_builddir", "."), "faultrun")
Ran = collections.namedtuple("Ran", "status out err counts")

# Kinds of calls that change something on the disk.
CHANGES = "open,write,sync,rename,unlink,truncate,mkdir"


def traced(words, under, at=0, do=None, calls=None, log=None, lines=(),
           patient=False):
    """Run `words` with its `at`th call of the kinds `calls` below the folder
    `under` disturbed; `lines` is what to answer to its prompts."""
    with tempfile.NamedTemporaryFile() as counts:
        command = [FAULTRUN, "--under", under, "--counts", counts.name]
        if calls:
            command += ["--calls", calls]
        if do:
            command += ["--at", str(at), "--do", do]
        if log:
            command += ["--log", log]
        status, out, err = fieldwork.converse(
            command + ["--"] + words, lines, patient,
            env=traced_environment())
        if status == 77:
            skip(err)
        text = counts.read().decode()
    return Ran(status, out, err, {k: int(v) for k, v in
                                  (line.split() for line in
                                   text.splitlines())})


def traced_environment():
    """A sanitizer looks for leaks with ptrace(), which faultrun has taken."""
    env = dict(os.environ)
    env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    return env


# --- folders as they are, and as they were ---

def snapshot(top):
    """Path below top -> bytes; None for a folder.  Shared memory of SQLite is
    no part of it: a power cut leaves none."""
    tree = {}
    for folder, names, files in os.walk(top):
        for name in names:
            tree[os.path.relpath(os.path.join(folder, name), top)] = None
        for name in files:
            path = os.path.join(folder, name)
            if not name.endswith("-shm"):
                with open(path, "rb") as file:
                    tree[os.path.relpath(path, top)] = file.read()
    return tree


def restore(tree, top):
    """Make `top` be `tree`.  Files that are there keep their inode: a copied
    workspace would be another one."""
    for folder, names, files in os.walk(top, topdown=False):
        for name in files + names:
            path = os.path.join(folder, name)
            key = os.path.relpath(path, top)
            if name in names and tree.get(key, b"") is not None:
                os.rmdir(path)
            elif name in files and tree.get(key) is None:
                os.remove(path)
    for key in sorted(tree):
        path = os.path.join(top, key)
        if tree[key] is None:
            os.makedirs(path, mode=0o700, exist_ok=True)
            continue
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(fd, "wb") as file:
            file.write(tree[key])


# --- what a disk holds when the power goes ---

def read_log(path):
    """The calls of a log of faultrun: (word, arguments, data)."""
    with open(path, "rb") as file:
        while True:
            line = file.readline()
            if not line:
                return
            word, _, rest = line.decode().rstrip("\n").partition(" ")
            data = b""
            if word in ("write", "out"):
                n = int(rest.split(" ")[2 if word == "write" else 0])
                data = file.read(n)
                file.read(1)
            yield word, rest, data


class Inode:
    """A file: what is on the disk for certain, and what was done since."""

    def __init__(self, data=b""):
        self.safe = bytes(data)
        self.since = []         # (offset, bytes), or (size, None)

    def sync(self):
        self.safe = self.now()
        self.since = []

    def now(self):
        return self.with_(self.since)

    def with_(self, changes):
        data = bytearray(self.safe)
        for at, new in changes:
            if new is None:
                del data[at:]
                data.extend(bytes(at - len(data)))
            else:
                data.extend(bytes(max(0, at - len(data))))
                data[at:at + len(new)] = new
        return bytes(data)

    def after_cut(self, how, dice):
        """how: "nothing", "all", "prefix", "some", "torn" of what was not
        synced."""
        if how == "nothing" or not self.since:
            return self.safe
        if how == "prefix":
            return self.with_(self.since[:dice.randint(0, len(self.since))])
        if how == "all":
            return self.now()
        kept = [c for c in self.since if dice.random() < 0.5]
        if how == "torn":
            kept = [part for c in kept for part in sectors(c)
                    if part[1] is None or dice.random() < 0.7]
        return self.with_(kept)


def sectors(change, size=512):
    """A write in the pieces that a disk takes at once."""
    at, data = change
    if data is None:
        return [change]
    parts, begin = [], 0
    while begin < len(data):
        end = min(len(data), (at + begin) // size * size + size - at)
        parts.append((at + begin, data[begin:end]))
        begin = end
    return parts


class Disk:
    """Fed with the calls of a log, it knows what a cut may leave.  A name is
    on the disk when its folder was synced, not before; the bytes of a file when
    the file was."""

    def __init__(self, top):
        self.top = top
        self.inodes = {}        # number -> Inode
        self.names = {}         # path -> Inode or None (a folder), for certain
        self.since = []         # (folder, [(path, Inode or None or GONE)])
        self.said = ""
        self.mapped = []
        self.shared = set()     # inodes of SQLite's shared memory: lost
        for folder, names, files in os.walk(top):
            for name in names:
                self.names[os.path.join(folder, name)] = None
            for name in files:
                path = os.path.join(folder, name)
                if name.endswith("-shm"):
                    self.shared.add(os.stat(path).st_ino)
                    continue
                with open(path, "rb") as file:
                    inode = Inode(file.read())
                self.inodes[os.stat(path).st_ino] = inode
                self.names[path] = inode

    GONE = object()

    def current(self, path):
        for _, changes in reversed(self.since):
            for name, what in changes:
                if name == path:
                    return what
        return self.names.get(path, self.GONE)

    def change_names(self, *changes):
        self.since.append((os.path.dirname(changes[-1][0]), list(changes)))

    def sync_folder(self, folder):
        for _, changes in (s for s in self.since if s[0] == folder):
            self.put(self.names, changes)
        self.since = [s for s in self.since if s[0] != folder]

    def put(self, names, changes):
        for path, what in changes:
            if what is self.GONE:
                names.pop(path, None)
            else:
                names[path] = what

    def apply(self, word, rest, data):
        """Returns whether something changed that a cut could show."""
        if word == "out":
            self.said += data.decode("utf-8", "replace")
        elif word == "map":
            self.mapped.append(rest.split(" ", 1)[1])
            return False
        elif word == "syncall":
            for inode in self.inodes.values():
                inode.sync()
            for folder in {s[0] for s in self.since}:
                self.sync_folder(folder)
        elif word == "syncdir":
            self.sync_folder(rest)
        elif word in ("create", "write", "truncate", "sync"):
            return self.apply_to_file(word, rest, data)
        else:
            self.apply_to_names(word, rest)
        return True

    def apply_to_file(self, word, rest, data):
        number, _, rest = rest.partition(" ")
        if word == "create":
            if rest.endswith("-shm"):
                self.shared.add(int(number))
                return False
            self.shared.discard(int(number))
            self.inodes[int(number)] = Inode()
            self.change_names((rest, self.inodes[int(number)]))
            return True
        if int(number) in self.shared:
            return False
        inode = self.inodes[int(number)]
        if word == "write":
            inode.since.append((int(rest.split(" ")[0]), data))
        elif word == "truncate":
            inode.since.append((int(rest), None))
        else:
            inode.sync()
        return True

    def apply_to_names(self, word, rest):
        if word in ("rename", "link"):
            source, target = rest.split("\t")
            changes = [(target, self.current(source))]
            if word == "rename":
                changes.insert(0, (source, self.GONE))
            self.change_names(*changes)
        elif word in ("unlink", "rmdir"):
            if not rest.endswith("-shm"):
                self.change_names((rest, self.GONE))
        elif word == "mkdir":
            self.change_names((rest, None))
        else:
            raise Broken("faultrun logged '%s'" % word)

    def after_cut(self, how, dice):
        """A tree that the disk may hold now, as snapshot() gives it."""
        names = dict(self.names)
        kept = self.since
        if how == "nothing":
            kept = []
        elif how != "all":
            kept = kept[:dice.randint(0, len(kept))]
        for _, changes in kept:
            self.put(names, changes)
        tree = {}
        for path in sorted(names):
            if not self.is_reachable(path, names):
                continue
            inode = names[path]
            tree[os.path.relpath(path, self.top)] = inode and \
                inode.after_cut(how, dice)
        return tree

    def is_reachable(self, path, names):
        folder = os.path.dirname(path)
        return folder == self.top or (names.get(folder, self.GONE) is None
                                      and self.is_reachable(folder, names))

    def state(self):
        """Something that differs where cuts may differ."""
        return (len(self.since), tuple(len(i.since)
                                       for i in self.inodes.values()))


HOWS = ("nothing", "all", "prefix", "some", "torn")


# --- the work, and its laws ---

class Work:
    """Something done in ./live, from the same beginning each time.

    check() looks at ./live after a fault: `said` is what the command had
    printed, `done` whether it had ended well or promised that it is done.  It
    may go on with the work."""
    name = ""
    promise = None          # what it prints when it is done
    home = "live/w"
    vital = None            # a file each call on which is tried, always
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
        expect(found in may_be, "%d lines were confirmed: events %r, not %r" %
               (confirmed, found, may_be))


class Leave(Work):
    """A protected interview is left: its journal is folded into one state, the
    keys are changed; what was confirmed is in the state."""
    name = "leave"
    promise = "\nsaved"
    passphrase = "pass"
    vital = "live/w/keys"
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
    name = "pack"
    promise = "bundle 1 with"
    n = 5

    def prepare(self):
        fieldwork.join("live/w", self.passphrase)
        os.makedirs(self.name, exist_ok=True)
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
        first, second = "live/stick/0.bayaz", "live/stick/1.bayaz"
        ready = self.ready()
        manifests = []
        if os.path.exists(first):
            manifests.append(fieldwork.manifest_of(first))
        expect(manifests or ready == self.n, "packed, and there is no bundle")
        told = re.search(self.promise + r" (\d+) ", said)
        expect(not told or int(told.group(1)) == self.n - ready,
               "%d are ready after: %s" % (ready, said))
        expect(told or not done, "pack ended well without a word")
        # a sector that cannot be read keeps back its record, not the others
        again = self.bayaz("pack", "-o", second, good=False)
        expect((again.returncode == 0) == (ready > 0),
               "packing again: exit %d: %s" % (again.returncode,
                                               again.stderr))
        if again.returncode == 0:
            manifests.append(fieldwork.manifest_of(second))
        self.check_sent(manifests)
        expect(self.ready() == 0, "not all are packed in the end")

    def check_sent(self, manifests):
        """Each record once, counting bundles of one number once."""
        by_number = {}
        for manifest in manifests:
            other = by_number.setdefault(manifest["sequence"], manifest)
            expect(other == manifest, "two bundles of one number differ")
        sent = [e["sha256"] for m in by_number.values() for e in m["entries"]
                if e["kind"] in ("record", "sealed")]
        expect(len(sent) == len(set(sent)) == self.n,
               "%d records were sent" % len(sent))

    def ready(self):
        states = [r["state"] for r in self.records()]
        expect(len(states) == self.n and set(states) <= {"ready", "packed"},
               "states: %s" % states)
        return states.count("ready")


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


def n_keys(home):
    """How many slots of the file of keys are not empty."""
    with open(os.path.join(home, "keys"), "rb") as file:
        slots = file.read(2048), file.read(2048)
    return sum(slot.strip(b"\0") != b"" for slot in slots)


WORKS = [Init, Join, Collect, Discard, Import, Pack, Leave, FinishSealed,
         PackSealed,
         ProjectNew, Kit, Merge]


def chosen(words):
    """The works that are named among `words`; all if none is."""
    named = [kind for kind in WORKS if kind.name in words]
    return [kind() for kind in named or WORKS]


def make_world():
    """The project that all works are of; run in an empty folder."""
    fieldwork.write("walk.xml", fieldwork.text_form("walk", "public", 4, True))
    fieldwork.write("visit.xml", fieldwork.text_form("visit", "protected", 2))
    fieldwork.make_project(["walk.xml"], ["visit.xml"])
