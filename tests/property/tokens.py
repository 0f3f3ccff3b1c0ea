"""A token that stands nowhere else, and the search for it: in files, in names of
files, in what a program says and writes, whatever it is written in."""
import base64
import os
import random
import re
import sys
import time
import zlib

import faults
import fieldwork
from fieldwork import expect

SEED = int(os.environ.get("BAYAZ_SEED", time.time_ns() % 1000000))
DICE = random.Random(SEED)
TOKEN = "".join(DICE.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(14))
BEGUN = time.time()


def shapes():
    """The token as it may stand in a file."""
    text = TOKEN.encode()
    yield text
    yield text.lower()
    yield TOKEN.encode("utf-16-le")
    yield TOKEN.encode("utf-16-be")
    yield "".join("%%%02X" % b for b in text).encode()
    yield "".join("%%%02x" % b for b in text).encode()
    yield text.hex().encode()
    yield text.hex().upper().encode()
    for shift in range(3):      # whatever stands before it and after it
        code = base64.b64encode(b"\0" * shift + text + b"\0" * 3)
        yield code[4 if shift else 0:(shift + len(text)) // 3 * 4]


SHAPES = list(shapes())


def inflated(data):
    """What any zlib or gzip stream in it unpacks to, as far as it goes."""
    for mark in re.finditer(rb"(?=(\x1f\x8b\x08|[\x08\x18\x28\x38\x48\x58\x68\x78]."
                            rb"))", data, re.DOTALL):
        head = mark.group(1)
        if len(head) == 2 and int.from_bytes(head, "big") % 31:
            continue            # of no window and level
        unpack = zlib.decompressobj(47)
        text, at = b"", mark.start()
        try:
            while at < len(data) and not unpack.eof and len(text) < 1 << 24:
                text += unpack.decompress(data[at:at + 256])
                at += 256
        except zlib.error:
            pass
        if text:
            yield text


def holds(data):
    return any(shape in piece for piece in (data, *inflated(data))
               for shape in SHAPES)


def clean(data, what):
    if isinstance(data, str):
        data = data.encode()
    expect(not holds(data), "the token is in %s" % what)


def search(*folders):
    for folder in folders:
        for top, names, files in os.walk(folder):
            for name in names + files:
                clean(name, "the name of a file: %s" % name)
            for name in files:
                search_file(os.path.join(top, name))


def search_file(path):
    try:
        with open(path, "rb") as file:
            clean(file.read(), path)
    except FileNotFoundError:
        pass


def search_system(scratch):
    """What came into being in folders that all programs share."""
    for folder in ("/tmp", "/var/tmp", "/dev/shm"):
        for top, names, files in os.walk(folder):
            names[:] = [n for n in names if os.path.join(top, n) != scratch]
            for name in files:
                path = os.path.join(top, name)
                try:
                    about = os.lstat(path)
                    if os.path.isfile(path) and about.st_mtime >= BEGUN and \
                            about.st_size < 1 << 26:
                        search_file(path)
                except OSError:
                    pass        # it went, or is not ours to read


def check_search():
    """It finds what lies open, in each shape, and packed."""
    text = ("<a>" + TOKEN + "</a>").encode()
    raw = zlib.compressobj(9, zlib.DEFLATED, 31)
    small = zlib.compressobj(1, zlib.DEFLATED, 9)
    for shape in [*SHAPES, zlib.compress(text), zlib.compress(text, 1),
                  small.compress(text) + small.flush(),
                  base64.b64encode(b"x" + text), base64.b64encode(text),
                  base64.b64encode(b"xy" + text),
                  raw.compress(text) + raw.flush()]:
        expect(holds(b"\x01before" + shape + b"\xfeafter"),
               "the search does not find %r" % shape)
    expect(not holds(b"nothing" * 100), "the search finds nothing")


# --- watching ---

def trace(words, told, what):
    """Look into every write to a file; how many there were."""
    ran = faults.traced(words, "/", log="../log", lines=told,
                        patient=True)
    expect(ran.status == 0, "%s: exit %d: %s" % (what, ran.status, ran.err))
    n = 0
    for word, rest, data in faults.read_log("../log"):
        if word == "write":
            n += 1
            clean(data, "a write of %s: %s" % (what, rest))
        expect(word != "map" or rest.endswith("-shm"),
               "%s writes through a mapping: %s" % (what, rest))
        if word not in ("write", "out"):
            clean(rest, "a name that %s uses: %s" % (what, rest))
    os.remove("../log")
    return n


def check_trace():
    """A plain write would be seen."""
    script = "open('seen', 'w').write('%s')" % TOKEN
    try:
        trace([sys.executable, "-c", script], (), "the plain program")
    except fieldwork.Broken:
        os.remove("seen")
        return
    raise fieldwork.Broken("the trace does not see a plain write")
