#!/usr/bin/env python3
"""Whatever is put into a sentence that runs from right to left stands between
isolates, so that a path or a code stays where it belongs: transcripts run in a
pseudo-locale of Arabic letters.  And: the Urdu catalogue has isolates around
every directive of printf, and none of its own."""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pseudo       # noqa: E402
import transcripts  # noqa: E402

OPEN, CLOSE = transcripts.OPEN, transcripts.CLOSE
ISOLATES, END = "\u2066\u2067\u2068", "\u2069"
# Stays as it is in a translation: see pseudo.awk.
KEPT = re.compile(
    r"'bayaz [^']*'|'[:-][^' ]*'|--?[a-z][a-z-]*|<[^> ]*>|\{[^} ]*\}|"
    r"[a-z-]+\(\)|(jr|odk|bayaz):[A-Za-z-]+|[A-Z][A-Z]+[A-Za-z._-]*")
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")


def bare(line, msgids):
    """Latin in a sentence from right to left, outside of isolates; or None."""
    depth = inner = 0
    text = []
    for c in line:
        if c == OPEN:
            depth += 1
        elif c == CLOSE:
            depth = max(0, depth - 1)
            text.append(" ")
        elif c in ISOLATES:
            inner += 1
        elif c == END:
            inner = max(0, inner - 1)
            text.append(" ")
        elif depth > 0 and inner == 0:
            text.append(c)
    rest = KEPT.sub(" ", "".join(text))
    for word in LATIN.findall(rest):
        if word not in msgids:
            return word
    return None


def check_itself():
    assert bare("⟦شی kp.xml شی⟧", set()) == "kp.xml"
    assert bare("⟦شی '\u2068kp.xml\u2069' شی --json⟧", set()) is None
    assert bare("kp.xml: ⟦شی⟧", set()) is None


def look(path):
    said, _ = transcripts.run(path, "en@pseudortl")
    found = []
    for one in said:
        streams = [one.err]
        if not pseudo.FOR_PROGRAMS.search(one.words):
            streams.append(one.out)
        for line in "\n".join(streams).split("\n"):
            word = bare(line, set())
            if word:
                found.append((one.words, word, line))
    return found


def catalogue():
    """Yields what is wrong with the compiled Urdu."""
    path = os.path.join(transcripts.LOCALES, "ur", "LC_MESSAGES", "bayaz.mo")
    text = subprocess.run(["msgunfmt", "--no-wrap", path], check=True,
                          capture_output=True).stdout.decode("utf-8")
    directive = re.compile(r"%(?:\d+\$)?[-+#0']*(?:\d+|\*)?(?:\.(?:\d+|\*)?)?"
                           r"(?:hh|h|ll|l|z|j|t)?[diouxXeEfFgGcsp]")
    n = 0
    for line in text.split("\n"):
        if not line.startswith("msgstr") or "\u2068" not in line:
            continue
        for found in directive.finditer(line.replace("%%", "\0\0")):
            before = line[:found.start()]
            n += 1
            if before.count("\u2068") <= before.count(END):
                yield line
        for found in re.finditer(r"\d{4}-\d\d-\d\d|--[a-z]+", line):
            before = line[:found.start()]
            if before.count("\u2068") <= before.count(END):
                yield line
    if n < 500:
        yield "only %d directives stand between isolates" % n


def main():
    if not transcripts.has_locales() or not shutil.which("msgunfmt"):
        print("the pseudo-locales were not built: gettext's tools are missing")
        return 77
    check_itself()
    seen = set()
    for line in catalogue():
        print("ur: %s" % line)
        seen.add(line)
    paths = transcripts.transcripts()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for path, faults in zip(paths, pool.map(look, paths)):
            for words, word, line in faults:
                shape = re.sub(r"[0-9a-f]{4,}|\d+", "N", line)
                if shape in seen:
                    continue
                seen.add(shape)
                print("%s: bayaz %s\n  '%s' is not isolated: %s" % (
                    os.path.basename(path), words[:100], word, line))
    print("%d transcripts, %d faults" % (len(paths), len(seen)))
    return 1 if seen else 0


if __name__ == "__main__":
    sys.exit(main())
