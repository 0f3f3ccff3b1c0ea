#!/usr/bin/env python3
"""Nothing reaches a person but through a translation: transcripts run in the
pseudo-locale, in which every translated text stands in brackets, and what is
outside of brackets must come from what was put in.  Plain English left over, and
sentences that are glued of translated pieces, are errors."""
import concurrent.futures
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import transcripts  # noqa: E402

OPEN, CLOSE = transcripts.OPEN, transcripts.CLOSE

# Commands whose standard output is for programs, or is somebody else's text.
FOR_PROGRAMS = re.compile(
    r"(^| )(--json|--format|engine|fill|xpath|sql|dump|export|test|"
    r"form pot|form po|form translate|completion|--html|show --xml)( |$)")
# What may stand outside of brackets, and why.
ALLOWED = [
    (r"--[a-z-]+", "options"),
    (r"^[a-z-]+=[a-z0-9:]+$", "settings as they are typed"),
    (r"\b(bayaz|recovery|AGE-SECRET-KEY)\b", "names"),
    (r"No such file or directory|Permission denied|Is a directory|"
     r"File exists|Not a directory|Invalid argument|Broken pipe|"
     r"No space left on device|File too large|Bad file descriptor|"
     r"Connection refused", "words of the C library, in its own catalogue"),
    (r"(Opening and ending tag|Premature end|Start tag|xmlParse|EntityRef|"
     r"Extra content|StartTag|internal error|parser error|Document is empty|"
     r"Specification mandates|attributes construct|Couldn't find|"
     r"Namespace prefix|Char 0x|Entity '|PCDATA|AttValue|Excessive depth|"
     r"Unescaped|invalid element name|redefined|error parsing|"
     r"Opening).*", "words of libxml2"),
    (r"(near|syntax error|no such (table|column|function)|incomplete input|"
     r"unrecognized token|not authorized|ambiguous column).*",
     "words of SQLite"),
    (r"(unexpected token|expected|invalid|control character|premature end|"
     r"unable to decode|string or|end of file|duplicate object key).* near.*",
     "words of jansson"),
]
RUN = re.compile(r"[A-Za-z]{2,}(?:[ ,'-]+[A-Za-z]{2,})+")


def outside(line):
    """Without what stands in brackets, however deep."""
    depth, kept = 0, []
    for c in line:
        if c == OPEN:
            depth += 1
        elif c == CLOSE and depth > 0:
            depth -= 1
            kept.append("\n")
        elif depth == 0:
            kept.append(c)
    return "".join(kept)


def left_over(line, given):
    """The English in a line, or None."""
    rest = outside(line)
    for pattern, _ in ALLOWED:
        rest = re.sub(pattern, "\n", rest)
    for found in RUN.findall(rest):
        words = re.findall(r"[A-Za-z]{2,}", found)
        new = [w for w in words if w not in given and w.lower() == w]
        if len(new) >= 2:
            return found
    return None


# Their cells stand side by side.
TABLES = re.compile(r"project (rehearse|device list)")
# A label and what it is of: not parts of one sentence.
LABEL = re.compile(OPEN + "(ŵáŕńíńǵ|éŕŕóŕ|úśáǵé):?·*" + CLOSE + ":? ")


def is_glued(line):
    """Two translated pieces side by side, which are no columns."""
    line = line.replace(OPEN + ";" + CLOSE, ";")    # between remarks
    return re.search(CLOSE + " ?" + OPEN + r"(?!\t)",
                     LABEL.sub("", line)) is not None


def check_itself():
    assert left_over("the record was lost", set()) == "the record was lost"
    assert left_over("⟦ťĥé⟧ record was", {"record", "was"}) is None
    assert left_over("⟦ťĥé %s⟧ and not more" , set()) == "and not more"
    assert left_over("⟦ťĥé ⟦ŕ⟧ ɱóŕé⟧", set()) is None
    assert is_glued("⟦á⟧ ⟦ƀ⟧") and not is_glued("⟦á ⟦ƀ⟧⟧")


def command_words():
    """The words of all commands' names."""
    with open(os.path.join(transcripts.TOP, "src", "cmd", "commands.h"),
              encoding="utf-8") as file:
        return set(re.findall(r"[a-z]+", file.read()))


def look(path):
    """Yields what is wrong with what a transcript's commands say."""
    said, given = transcripts.run(path, "en@pseudo")
    given |= command_words() | transcripts.words_of_forms()
    for one in said:
        streams = [one.err]
        if not FOR_PROGRAMS.search(one.words):
            streams.append(one.out)
        for line in "\n".join(streams).split("\n"):
            if line[:1] in "{<" or line.startswith("[{"):
                continue
            english = left_over(line, given)
            if english:
                yield one.words, "plain English", line
            elif is_glued(line) and not TABLES.search(one.words):
                yield one.words, "glued", line


def helps():
    """Yields what --help of each command leaves in English."""
    env = dict(os.environ, LANGUAGE="en@pseudo", LC_ALL="C.UTF-8",
               BAYAZ_LOCALEDIR=transcripts.LOCALES)
    bayaz = transcripts.load_runner().find_bayaz()

    def ask(*words):
        return subprocess.run([bayaz, *words], env=env, check=False,
                              capture_output=True, text=True).stdout
    listed = ask("help")
    names = re.findall(r"^ {2,}([a-z]+(?: [a-z]+)*)  ", listed, re.M)
    assert len(names) > 20, listed
    for name in names:
        for line in ask(*name.split(), "--help").split("\n"):
            if left_over(line, command_words()):
                yield name + " --help", "plain English", line


def main():
    if not transcripts.has_locales():
        print("the pseudo-locales were not built: msgfmt is missing")
        return 77
    check_itself()
    seen, n = set(), 0
    paths = transcripts.transcripts()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        told = pool.map(lambda path: list(look(path)), paths)
    for path, faults in zip(paths, told):
        n += 1
        for found in faults:
            shape = found[1], re.sub(r"[0-9a-f]{4,}|\d+", "N", found[2])
            if shape not in seen:
                seen.add(shape)
                print("%s: bayaz %s\n  %s: %s" % (
                    os.path.basename(path), found[0][:100], *found[1:]))
    for found in helps():
        seen.add(found)
        print("bayaz %s\n  %s: %s" % found)
    print("%d transcripts, %d faults" % (n, len(seen)))
    return 1 if seen else 0


if __name__ == "__main__":
    sys.exit(main())
