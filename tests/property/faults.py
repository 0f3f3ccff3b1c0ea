"""Faults of the disk and of the power: a program under `faultrun` (which see),
and what its calls would have left on a disk."""
import collections
import os
import tempfile

import fieldwork
from fieldwork import Broken, skip

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
