#!/usr/bin/env python3
"""src/LAYERS holds: no folder includes one that stands above it, no folder
sees a library that is not its own, no folder is missing from the list.

    tests/layers.py [SRC]      check this folder (default: src of the tree)

Without an argument it first plants each kind of violation in a copy and
sees to it that it is found."""
import os
import re
import shutil
import sys
import tempfile

TOP = os.environ.get("top_srcdir") or os.path.dirname(
    os.path.dirname(os.path.abspath(__file__)))
# How the headers of each library are spelled.
LIBRARIES = {
    "jansson": r"jansson(_config)?\.h",
    "utf8proc": r"utf8proc\.h",
    "unilbrk": r"unilbrk\.h",
    "libintl": r"libintl\.h",
    "sodium": r"sodium(\.h|/.*)",
    "sqlite3": r"sqlite3(ext)?\.h",
    "libxml": r"(libxml2/)?libxml/.*",
    "pcre2": r"pcre2(posix)?\.h",
    "nettle": r"nettle/.*",
    "libdeflate": r"libdeflate\.h",
    "zlib": r"zlib\.h|zconf\.h",
    "xlsxwriter": r"xlsxwriter(\.h|/.*)",
    "readstat": r"readstat\.h",
    "fribidi": r"fribidi(\.h|/.*)",
    "ncurses": r"(ncursesw?/)?(n?curses|term|panel|menu|form)\.h",
}
# Known, and used by no folder of libbayaz or under a rule of its own.
SYSTEM = re.compile(
    r"(sys/|arpa/|netinet/|linux/)?[a-z0-9_]+\.h|cmocka\.h")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def read_layers(path):
    """-> {folder: (folders, libraries)}; '*' means all."""
    layers = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            line = line.split("#")[0].strip()
            if not line:
                continue
            name, rest = line.split(":", 1)
            folders, _, libraries = rest.partition("|")
            layers[name.strip()] = (set(folders.split()),
                                    set(libraries.split()))
    return layers


def check_order(layers):
    """Arrows point down: a folder names only those listed before it."""
    above = set()
    for name, (folders, libraries) in layers.items():
        for other in sorted(folders - {"*"} - above):
            yield "LAYERS: '%s' may not use '%s', which is not below it" % (
                name, other)
        for library in sorted(libraries - set(LIBRARIES)):
            yield "LAYERS: '%s' is not a library this test knows" % library
        above.add(name)


def strip_comments(text):
    return re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group().count("\n"), text,
                  flags=re.S)


def includes(path):
    with open(path, encoding="utf-8") as file:
        text = strip_comments(file.read())
    for match in INCLUDE.finditer(text):
        yield (text.count("\n", 0, match.start()) + 1, match.group(1),
               match.group(2))


def library_of(header):
    for name, pattern in LIBRARIES.items():
        if re.fullmatch(pattern, header):
            return name
    return None


def check_include(layers, folder, kind, header):
    """-> what is wrong with it, or None."""
    folders, libraries = layers[folder]
    library = library_of(header)
    if library is not None:
        if library in libraries or "*" in folders:
            return None
        return "%s may not see the library %s" % (folder, library)
    if kind == "<":
        if SYSTEM.fullmatch(header):
            return None
        return "<%s> belongs to no library of src/LAYERS" % header
    if ".." in header.split("/"):
        return '"%s": write the path from src/' % header
    target = header.split("/")[0] if "/" in header else None
    if target is None:
        return None if header == "config.h" else (
            '"%s": write the path from src/' % header)
    if target not in layers:
        return "there is no folder '%s' in src/LAYERS" % target
    if target == folder or target in folders or "*" in folders:
        return None
    return "%s may not include %s" % (folder, target)


def check(src):
    layers = read_layers(os.path.join(src, "LAYERS"))
    yield from check_order(layers)
    n = 0
    for folder in sorted(os.listdir(src)):
        path = os.path.join(src, folder)
        if not os.path.isdir(path):
            continue
        if folder not in layers:
            yield "src/%s is not in src/LAYERS" % folder
            continue
        for name in sorted(os.listdir(path)):
            if not name.endswith((".c", ".h")):
                continue
            n += 1
            for line, kind, header in includes(os.path.join(path, name)):
                wrong = check_include(layers, folder, kind, header)
                if wrong is not None:
                    yield "src/%s/%s:%d: %s" % (folder, name, line, wrong)
    if n == 0:
        yield "no source files in %s" % src


PLANTS = [
    ("base/planted.c", '#include "cmd/cmd.h"\n', "base may not include cmd"),
    ("base/planted.h", '#include "xml/xml.h"\n', "base may not include xml"),
    ("crypt/planted.c", '# include  "store/store.h"\n',
     "crypt may not include store"),
    ("store/planted.c", "#include <sqlite3.h>\n",
     "store may not see the library sqlite3"),
    ("xform/planted.c", "#include <libxml/tree.h>\n",
     "xform may not see the library libxml"),
    ("bundle/planted.c", "#include <sodium/crypto_hash.h>\n",
     "bundle may not see the library sodium"),
    ("session/planted.c", "#include <ncursesw/curses.h>\n",
     "session may not see the library ncurses"),
    ("db/planted.c", "#include <readstat/all.h>\n",
     "belongs to no library"),
    ("xml/planted.c", '#include "../base/err.h"\n', "write the path from src/"),
    ("attic/planted.c", "", "src/attic is not in src/LAYERS"),
]


def copy_with(path, text):
    """A copy of src with one more file; the caller removes it."""
    copy = tempfile.mkdtemp(prefix="bayaz-layers-")
    src = os.path.join(copy, "src")
    shutil.copytree(os.path.join(TOP, "src"), src)
    for folder, _, _ in os.walk(copy):
        os.chmod(folder, 0o700)         # the tree may be read-only
    planted = os.path.join(src, path)
    os.makedirs(os.path.dirname(planted), exist_ok=True)
    with open(planted, "w") as file:
        file.write(text)
    return copy, src


def self_test():
    for path, text, expected in PLANTS:
        copy, src = copy_with(path, text)
        try:
            found = [line for line in check(src) if expected in line]
            if not found:
                yield "a planted violation was not found: %s (%s)" % (
                    expected, path)
        finally:
            shutil.rmtree(copy)
    copy, src = copy_with("base/planted.c",
                          '/* #include "cmd/cmd.h" */\n#include <stdio.h>\n')
    try:
        for line in check(src):
            if "planted" in line:
                yield "found a violation where there is none: " + line
    finally:
        shutil.rmtree(copy)


def main():
    if len(sys.argv) > 1:
        wrong = list(check(sys.argv[1]))
    else:
        wrong = list(self_test()) + list(check(os.path.join(TOP, "src")))
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
