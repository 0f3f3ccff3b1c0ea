#!/usr/bin/env python3
"""Forms survive their way to translators and back: form -> PO -> form, for
every language of every form of the shared corpus (a sample of them in a short
run) and of our own.  Nothing is lost: no string, no output, no file name, no
order; the form opens as before; PO files pass msgfmt -c.

Two ways are tried.  What a form says in a language is taken out of it and comes
back from the PO file that `bayaz form po` wrote; and every text is translated
into a language that the form has not, and read back."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
from xml.etree import ElementTree

TOP = os.environ.get("top_srcdir") or os.path.dirname(os.path.dirname(
    os.path.dirname(os.path.abspath(__file__))))
BAYAZ = os.environ.get("BAYAZ", os.path.join(TOP, "build", "bayaz"))
SHARED = os.environ.get("BAYAZ_SHARED", os.path.join(TOP, "..", "shared"))
LONG = bool(os.environ.get("BAYAZ_LONG"))
XF = "{http://www.w3.org/2002/xforms}"
JR = "{http://openrosa.org/javarosa}"
MEDIA = ("image", "big-image", "audio", "video")


def run(*words):
    done = subprocess.run(words, capture_output=True, timeout=120,
                          check=False)
    return (done.returncode, done.stdout.decode("utf-8", "replace"),
            done.stderr.decode("utf-8", "replace"))


def content(element):
    """Text and outputs, without blanks at the ends."""
    parts = [element.text or ""]
    for child in element:
        local = child.tag.split("}")[-1]
        if local == "output":
            expr = child.get("value") or child.get("ref") or ""
            parts.append("<%s>" % "".join(expr.split()))
        elif "xhtml" in child.tag:
            parts.append("<%s|%s>" % (local, content(child)))
        parts.append(child.tail or "")
    return "".join(parts).strip(" \t\r\n\f\v")


def languages(root):
    itext = root.find(".//%sitext" % XF)
    return [] if itext is None else itext.findall(XF + "translation")


def original_of(root):
    all_ = languages(root)
    return next((t for t in all_ if t.get("default") is not None),
                all_[0] if all_ else None)


def texts(translation):
    """(id, form) -> content, in order; what is blank counts as not there."""
    found = {}
    for text in translation.findall(XF + "text"):
        for value in text.findall(XF + "value"):
            if content(value):
                found[text.get("id"), value.get("form", "")] = content(value)
    return found


def without(path, language, out):
    """The form without what it says in a language."""
    with open(path, encoding="utf-8-sig") as file:
        xml = file.read()
    pattern = re.compile(r"<translation\b[^>]*\blang=(\"|')%s\1[^>]*?"
                         r"(/>|>.*?</translation\s*>)" %
                         re.escape(language).replace("&", "&amp;"), re.S)
    less, n = pattern.subn("", xml, 1)
    if n != 1:
        return False
    with open(out, "w", encoding="utf-8") as file:
        file.write(less)
    return True


def parse(path):
    try:
        return ElementTree.parse(path).getroot()
    except ElementTree.ParseError:
        return None


def first_difference(want, got):
    for key, value in want.items():
        if key not in got:
            return "%s is lost: %s" % (key, value)
        if got[key] != value:
            return "%s was: %s\n  and is: %s" % (key, value, got[key])
    for key in got:
        if key not in want:
            return "%s is new: %s" % (key, got[key])
    both = [key for key in want if key in got]
    if both != [key for key in got if key in want]:
        return "the order changed"
    return None


def opens(path, like=None):
    """Exit status of check; the files are beside `like`."""
    folder = os.path.dirname(like or path)
    if os.path.isdir(os.path.join(folder, "media")):
        folder = os.path.join(folder, "media")
    return run(BAYAZ, "check", path, "--media", folder)[0]


def back_from_po(path, folder):
    """Yields what is wrong."""
    root = parse(path)
    original = original_of(root)
    for translation in languages(root):
        language = translation.get("lang")
        if translation is original or language is None:
            continue
        po = os.path.join(folder, "ur.po")
        less = os.path.join(folder, "less.xml")
        back = os.path.join(folder, "back.xml")
        status, _, err = run(BAYAZ, "form", "po", path, "--language",
                             language, "-o", po)
        if status:
            yield "%s: form po: %s" % (language, err)
            continue
        status, _, err = run("msgfmt", "-c", "-o", "/dev/null", po)
        if status:
            yield "%s: msgfmt -c: %s" % (language, err)
        only_here = set(texts(translation)) - set(texts(original))
        if not without(path, language, less):
            yield "%s: it cannot be taken out by this test" % language
            continue
        status, _, err = run(BAYAZ, "form", "translate", less, "--po", po,
                             "-o", back)
        if status:
            yield "%s: form translate: %s" % (language, err)
            continue
        new = parse(back)
        found = [t for t in languages(new) if t.get("lang") == language]
        if not found:
            yield "%s: the language is not there" % language
            continue
        want, got = texts(translation), texts(found[0])
        # What only this language says had its original taken away with it.
        want = {k: v for k, v in want.items() if k not in only_here}
        # What needs no translation, and the same words that were translated
        # elsewhere, come in addition.
        got = {k: v for k, v in got.items() if k in want}
        order = [k for k in texts(original) if k in want]
        want = {k: want[k] for k in order}
        what = first_difference(want, got)
        if what:
            yield "%s: %s" % (language, what)
        kept = texts(original_of(new))
        what = first_difference(texts(original), {
            k: v for k, v in kept.items() if k in texts(original)})
        if what:
            yield "original: %s" % what


def translate_all(pot, po):
    """Every msgstr is the msgid in brackets."""
    with open(pot, encoding="utf-8") as file:
        blocks = file.read().split("\n\n")
    blocks[0] = blocks[0].replace('"Language: \\n"', '"Language: qx\\n"')
    for i, block in enumerate(blocks[1:], 1):
        lines = block.rstrip("\n").split("\n")
        start = next(k for k, line in enumerate(lines)
                     if line.startswith("msgid "))
        assert lines[-1] == 'msgstr ""', block
        text = [lines[start][len("msgid "):]] + lines[start + 1:-1]
        lines[-1] = "\n".join(['msgstr "["'] + text + ['"]"'])
        blocks[i] = "\n".join(lines)
    with open(po, "w", encoding="utf-8") as file:
        file.write("\n\n".join(blocks) + "\n")


def every_text(path, folder):
    root = parse(path)
    pot, po = (os.path.join(folder, name) for name in ("all.pot", "qx.po"))
    full, again = (os.path.join(folder, name) for name in ("full.xml",
                                                           "again.po"))
    status, _, err = run(BAYAZ, "form", "pot", "--no-wrap", path, "-o", pot)
    if status:
        yield "form pot: %s" % err
        return
    status, _, err = run("msgfmt", "-c", "-o", "/dev/null", pot)
    if status:
        yield "the template: msgfmt -c: %s" % err
    translate_all(pot, po)
    status, _, err = run(BAYAZ, "form", "translate", path, "--po", po, "-o",
                         full)
    if status:
        yield "form translate: %s" % err
        return
    before, after = opens(path), opens(full, path)
    if before == 0 and after != 0:
        yield "it does not open any more"
    new = parse(full)
    original, kept = original_of(root), original_of(new)
    if original is not None:
        here = {k: v for k, v in texts(kept).items()
                if k in texts(original)}
        what = first_difference(texts(original), here)
        if what:
            yield "original: %s" % what
    status, _, err = run(BAYAZ, "form", "po", full, "--language", "qx", "-o",
                         again)
    if status:
        yield "form po: %s" % err
        return
    want, got = strings(po), strings(again)
    for key, value in want.items():
        assert value == "[" + key[1] + "]"
        if got.get(key, got.get((None, key[1]))) != value:
            yield "%s came back as %s" % (key, got.get(key))
            break


def strings(path):
    """(msgctxt, msgid) -> msgstr"""
    done = subprocess.run(["msgcat", "--no-wrap", path], capture_output=True,
                          check=True)
    found = {}
    for block in done.stdout.decode("utf-8").split("\n\n"):
        entry, key = {}, None
        for line in block.split("\n"):
            match = re.match(r'(msgctxt|msgid|msgstr) (".*")$', line)
            if match:
                key = match.group(1)
                entry[key] = match.group(2)[1:-1]
            elif line.startswith('"'):
                entry[key] += line[1:-1]
        if entry.get("msgid"):
            found[entry.get("msgctxt"), entry["msgid"]] = entry["msgstr"]
    return found


def forms():
    if sys.argv[1:]:
        return [os.path.join(SHARED, "corpus", "forms", name, "form.xml")
                for name in sys.argv[1:]], True
    own = sorted(glob.glob(TOP + "/forms/*.xml") +
                 glob.glob(TOP + "/tests/translate/*.xml"))
    shared = sorted(glob.glob(SHARED + "/corpus/forms/*/form.xml"))
    return own + (shared if LONG else shared[::12]), bool(shared)


def main():
    if not shutil.which("msgcat"):
        print("gettext's tools are missing")
        return 77
    paths, has_corpus = forms()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            root = parse(path)
            if root is None or not root.tag.endswith("html"):
                continue
            if run(BAYAZ, "form", "pot", path)[0] != 0 and opens(path) != 0:
                continue        # no form at all
            for way in (back_from_po, every_text):
                for what in way(path, folder):
                    print("%s: %s" % (os.path.relpath(path, TOP), what))
                    failed += 1
    print("%d forms, %d differences%s" % (len(paths), failed,
          "" if has_corpus else "; the shared corpus is not here"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
