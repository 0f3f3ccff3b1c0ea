#!/usr/bin/env python3
"""The cards for field workers, doc/card-*.html: the commands on them are those
of src/ui/screen_ask.c, in the words of the screen; the Urdu one has the same
sections, items and keys as the English one, and the letters of Urdu; nothing is
fetched from elsewhere; each prints on one sheet (with chromium; without it that
is skipped).  First it plants errors in copies, and sees that they are found."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

from po_text import LATIN_STOP, MARKS, WRONG, entries

TOP = os.environ.get("top_srcdir") or os.path.dirname(
    os.path.dirname(os.path.abspath(__file__)))
COMMAND = re.compile(r"\{ '(.)', (?:'(.)'|0), N_\(\"(.*)\"\) \},")
NAMED_KEYS = {"Esc", "Tab", "Enter", "Space", "PgUp", "PgDn", "↑", "↓"}
SECTIONS = 8
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def read(*path):
    with open(os.path.join(TOP, *path), encoding="utf-8") as file:
        return file.read()


def commands():
    """letter: (its key with Ctrl or "", its text), of the program"""
    table = read("src", "ui", "screen_ask.c")
    table = table.split("commands[] = {")[1].split("};")[0]
    found = COMMAND.findall(table)
    assert len(found) == table.count("{ '"), "a command is not understood"
    return {letter: ("Ctrl-" + control.upper() if control else "", text)
            for letter, control, text in found}


def home_keys():
    """The letters of the list that 'bayaz' alone shows."""
    found = re.findall(r'"(\w+\?\w+)" \};', read("src", "cmd", "home.c"))
    assert len(found) == 1, "the letters of home are not understood"
    return set(found[0])


def text_of(element):
    return " ".join("".join(element.itertext()).split())


def keys(element):
    return [text_of(kbd) for kbd in element.iter("kbd")]


def shape(card):
    """What must be the same in every language, a list of (what, value)."""
    yield "sections", [s.get("id") for s in card.iter("section")]
    for section in card.iter("section"):
        where = "section '%s': " % section.get("id")
        for tag in ("h2", "p", "li", "tr"):
            yield where + "number of <%s>" % tag, len(list(section.iter(tag)))
        yield where + "keys", keys(section)
        yield where + "typed", [text_of(c) for c in section.iter("code")]


def check_page(card, source):
    """What holds for a card by itself, in any language."""
    style = "".join(s.text for s in card.iter("style"))
    size = re.search(r"body \{[^}]*font-size: ([\d.]+)pt", style)
    if len(list(card.iter("section"))) != SECTIONS:
        yield "does not have %d sections" % SECTIONS
    if not size or float(size.group(1)) < 11:
        yield "the text is smaller than 11pt"
    if "size: A4 portrait" not in style:
        yield "is not made for A4"
    if re.search(r"url\(|@import|https?:|//[a-z]", source):
        yield "refers to something outside"
    for element in card.iter():
        if element.tag in ("script", "link", "img", "iframe", "object", "a"):
            yield "has a <%s>" % element.tag
        for name in element.attrib:
            if name in ("src", "href") or name.startswith("on"):
                yield "has the attribute '%s'" % name
    for tag in re.findall(r"<(\w+)[^>]*/>", source):
        if tag not in ("meta", "br"):
            yield "<%s/> stays open in HTML" % tag


def check_keys(card, known):
    controls = {control for control, _ in known.values() if control}
    for row in card.iter("tr"):
        letter, control, _ = (text_of(cell) for cell in row)
        if letter not in known:
            yield "there is no command '%s'" % letter
        elif known[letter][0] != control:
            yield "command '%s' is '%s' with Ctrl, not '%s'" % (
                letter, known[letter][0], control)
    for section in card.iter("section"):
        for key in keys(section) if section.get("id") != "commands" else ():
            if key.startswith("Ctrl-"):
                if key not in controls:
                    yield "there is no command %s" % key
            elif key not in NAMED_KEYS | home_keys():
                yield "no key is called '%s'" % key


def begins(short, long):
    return long == short or long.startswith(
        tuple(short + mark for mark in (",", ":", "،")))


def check_words(card, quotes, known, translated):
    """Commands and quoted words are on the card as they are on the screen."""
    for row in card.iter("tr"):
        letter, _, text = (text_of(cell) for cell in row)
        shown = known.get(letter, ("", ""))[1]
        if not begins(text, translated.get(shown, "")):
            yield "command '%s' is not called '%s'" % (letter, text)
    shown = {text.lower() for text in translated.values()}
    for quoted in re.findall(quotes, text_of(card)):
        if quoted.lower() not in shown:
            yield "'%s' is nowhere on the screen" % quoted


def check_urdu(card):
    text = "".join(card.itertext())
    if (card.get("lang"), card.get("dir")) != ("ur", "rtl"):
        yield "is not marked as Urdu, from right to left"
    for letter in sorted(set(text) & (set(WRONG["ur"]) | set(MARKS))):
        yield "has U+%04X" % ord(letter)
    if LATIN_STOP.search(text):
        yield "has a Latin , ; or ? after a word"
    for bdi in card.iter("bdi"):
        for element in list(bdi):
            bdi.remove(element)
        bdi.text = ""
    body = card.find("body")
    for word in re.findall("[A-Za-z]+", text_of(body)):
        yield "'%s' stands in no <bdi>" % word
    if not any(e.get("class") == "review" for e in body.iter()):
        yield "does not say that nobody has reviewed it"


def check(sources):
    """What is wrong with the cards, {language: HTML}."""
    known, cards = commands(), {}
    po = list(entries(read("po", "ur.po")))
    own = {e["msgid"]: e["msgid"] for e in po}
    urdu = {e["msgid"]: e["msgstr"] for e in po if "msgstr" in e}
    for language, source in sources.items():
        try:
            cards[language] = ET.fromstring(source)
        except ET.ParseError as error:
            return ["card-%s.html: not well-formed: %s" % (language, error)]
    wrong = []
    for language, quotes, words in (("en", "“(.*?)”", own),
                                    ("ur", "”(.*?)“", urdu)):
        card = cards[language]
        wrong += ["card-%s.html %s" % (language, what) for what in
                  list(check_page(card, sources[language])) +
                  list(check_keys(card, known)) +
                  list(check_words(card, quotes, known, words))]
    for (what, english), (_, other) in zip(shape(cards["en"]),
                                           shape(cards["ur"])):
        if english != other:
            wrong.append("%s: %s in English, %s in Urdu" % (
                what, english, other))
    return wrong + ["card-ur.html " + what
                    for what in check_urdu(cards["ur"])]


PLANTED = (  # language, what stands there, what is planted, what is said
    ("en", "</ul>", "", "well-formed"),
    ("en", "<kbd>Ctrl-Z</kbd>", "<kbd>Ctrl-U</kbd>", "command 'u' is"),
    ("en", "<kbd>u</kbd>", "<kbd>y</kbd>", "no command 'y'"),
    ("en", "<td>undo</td>", "<td>take back</td>", "not called"),
    ("en", "“Received”", "“Arrived”", "nowhere on the screen"),
    ("en", "<kbd>Space</kbd>", "<kbd>Blank</kbd>", "no key is called"),
    ("en", "<li>Never", "<li>x</li>\n<li>Never", "number of <li>"),
    ("en", "</style>", "a { background: url(x.png) }</style>", "outside"),
    ("en", "<b>*</b>", '<img src="x.png"/>', "<img>"),
    ("en", "font-size: 11pt", "font-size: 9pt", "11pt"),
    ("ur", "<bdi>USB</bdi>", "USB", "no <bdi>"),
    ("ur", "<kbd>Enter</kbd>", "<kbd>Tab</kbd>", "keys"),
    ("ur", 'dir="rtl"', 'dir="ltr"', "right to left"),
    ("ur", "\u06cc", "\u064a", "U+064A"),
    ("ur", "\u06a9", "\u0643", "U+0643"),
    ("ur", "\u06c1", "\u0647", "U+0647"),
    ("ur", "؟", "?", "Latin"),
    ("ur", 'class="review"', 'class="x"', "reviewed"),
)


def check_itself(sources):
    for language, there, planted, said in PLANTED:
        copy = dict(sources)
        copy[language] = copy[language].replace(there, planted, 1)
        if copy == sources or not any(said in line for line in check(copy)):
            yield "'%s' instead of '%s' is not found" % (planted, there)


def pages(browser, name, folder):
    pdf = os.path.join(folder, "card.pdf")
    subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu",
         "--user-data-dir=" + os.path.join(folder, "profile"),
         "--no-pdf-header-footer", "--print-to-pdf=" + pdf,
         "file://" + os.path.abspath(os.path.join(TOP, "doc", name))],
        check=True, timeout=120, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    with open(pdf, "rb") as file:
        return len(re.findall(rb"/Type\s*/Page\b", file.read()))


def check_pages(browser, languages):
    for language in languages:
        name = "card-%s.html" % language
        with tempfile.TemporaryDirectory() as folder:
            n = pages(browser, name, folder)
        if n != 1:
            yield "%s prints on %d sheets, not one" % (name, n)


def main():
    sources = {language: read("doc", "card-%s.html" % language)
               for language in ("en", "ur")}
    wrong = check(sources) or list(check_itself(sources))
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser and not wrong:
        wrong = list(check_pages(browser, sources))
    for line in wrong:
        print(line)
    if wrong:
        return 1
    if not browser:
        print("SKIP: sheets are not counted without chromium; "
              "all else was checked, and holds")
        return 77
    return 0


if __name__ == "__main__":
    sys.exit(main())
