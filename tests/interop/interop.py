#!/usr/bin/env python3
"""Bundles between bayaz and the programs whose formats they are: age, gzip,
tar and minisign; both ways.  Skipped where one of those is missing."""
import hashlib
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

TOP = os.path.abspath(os.environ.get("top_srcdir", "."))
BUILD = os.path.abspath(os.environ.get("top_builddir", "."))
BAYAZ = os.path.abspath(os.environ.get("BAYAZ", os.path.join(BUILD, "bayaz")))
TOOL = os.path.join(BUILD, "bundle_tool")
READER = [sys.executable, os.path.join(TOP, "tests", "bundle_reader.py")]
PROGRAMS = ["age", "age-keygen", "gzip", "tar", "minisign"]


FORM = """<h:html xmlns="http://www.w3.org/2002/xforms"
 xmlns:h="http://www.w3.org/1999/xhtml" xmlns:bayaz="urn:x-bayaz:forms">
<h:head><h:title>T</h:title><model><instance>
<data id="ID" version="1" bayaz:class="KIND"><a/><photo/><meta><instanceID/>
</meta></data></instance>
<bind nodeset="/data/a" type="string"/><bind nodeset="/data/photo"
 type="binary"/></model></h:head><h:body><input ref="/data/a"><label>A</label>
</input><upload ref="/data/photo" mediatype="image/*"><label>P</label></upload>
</h:body></h:html>"""

LETTERS = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"


def bech32_bytes(text):
    """What stands between the last 1 and the check sum (BIP 173)."""
    number = 0
    digits = text.rpartition("1")[2][:-6]
    for letter in digits:
        number = number << 5 | LETTERS.index(letter)
    return (number >> len(digits) * 5 % 8).to_bytes(len(digits) * 5 // 8,
                                                    "big")


def bech32_text(prefix, data):
    number = int.from_bytes(data, "big") << -len(data) * 8 % 5
    n = (len(data) * 8 + 4) // 5
    digits = [number >> 5 * (n - 1 - i) & 31 for i in range(n)]
    low = prefix.lower()
    spread = [ord(c) >> 5 for c in low] + [0] + [ord(c) & 31 for c in low]
    check = 1
    for value in spread + digits + [0] * 6:
        top = check >> 25
        check = (check & 0x1ffffff) << 5 ^ value
        for i, g in enumerate((0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
                               0x3d4233dd, 0x2a1462b3)):
            check ^= g if top >> i & 1 else 0
    digits += [(check ^ 1) >> 5 * (5 - i) & 31 for i in range(6)]
    return prefix + "1" + "".join(LETTERS[d] for d in digits)


def run(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False, **options)


def on_terminal(command, answers):
    """Run with a terminal of its own on which `answers` are typed, each after
    a prompt.  -> exit status"""
    try:
        child, terminal = pty.fork()
    except OSError as error:
        raise unittest.SkipTest("no terminal to type on: %s" % error)
    if child == 0:
        try:
            os.execvp(command[0], command)
        finally:
            os._exit(127)
    said = b""
    try:
        for answer in answers:
            while not said.rstrip().endswith(b":"):
                said += os.read(terminal, 1024)
            said = b""
            os.write(terminal, answer.encode() + b"\n")
        while os.read(terminal, 1024):
            pass
    except OSError:
        pass                # the terminal closes when the program ends
    status = os.waitpid(child, 0)[1]
    os.close(terminal)
    return os.waitstatus_to_exitcode(status)


class Interop(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="bayaz-interop-")
        self.before = os.getcwd()
        os.chdir(self.folder)
        self.good("age-keygen", "-o", "reader.key")
        self.recipient = self.good("age-keygen", "-y", "reader.key").strip()

    def tearDown(self):
        os.chdir(self.before)
        shutil.rmtree(self.folder)

    def good(self, *command, **options):
        result = run(*command, **options)
        self.assertEqual(result.returncode, 0,
                         (command, result.stderr.decode("utf-8", "replace")))
        return result.stdout.decode("utf-8", "replace")

    def write_bundle(self):
        self.good(TOOL, "write", "a.bayaz", self.recipient, "device.pub")

    def test_the_line_in_the_manual_opens_our_bundle(self):
        self.write_bundle()
        os.mkdir("out")
        self.good("age", "-d", "-i", "reader.key", "-o", "a.gz", "a.bayaz")
        # "trailing zeros ignored" would be status 2
        with open("a.gz", "rb") as packed, open("a.tar", "wb") as archive:
            subprocess.run(["gzip", "-dc"], stdin=packed, stdout=archive,
                           check=True)
        self.good("tar", "-xf", "a.tar", "-C", "out")
        self.good("minisign", "-Vm", "out/manifest.json", "-p", "device.pub")
        with open("out/manifest.json", encoding="utf-8") as file:
            manifest = json.load(file)
        self.assertEqual(len(manifest["entries"]), 4)
        for entry in manifest["entries"]:
            with open(os.path.join("out", entry["name"]), "rb") as file:
                self.assertEqual(hashlib.sha256(file.read()).hexdigest(),
                                 entry["sha256"])

    def test_the_second_reader_agrees_with_open(self):
        self.write_bundle()
        theirs = self.good(*READER, "-i", "reader.key", "--key", "device.pub",
                           "a.bayaz").splitlines()
        ours = self.good(BAYAZ, "open", "-i", "reader.key", "--key",
                         "device.pub", "a.bayaz").splitlines()
        listing = [line for line in ours if "/" in line]
        self.assertEqual([line.split()[:3] for line in listing],
                         [line.split() for line in theirs])
        self.assertIn("signature: good, by the key given", ours)

    def test_damaged_bundles_are_refused_by_both_readers(self):
        self.write_bundle()
        with open("a.bayaz", "rb") as file:
            whole = bytearray(file.read())
        for at in range(0, len(whole), len(whole) // 12):
            bad = bytearray(whole)
            bad[at] ^= 4
            with open("b.bayaz", "wb") as file:
                file.write(bad)
            for reader in ([BAYAZ, "open"], READER):
                self.assertEqual(run(*reader, "-i", "reader.key",
                                     "b.bayaz").returncode, 1)

    def test_a_plain_bundle_is_read_by_both(self):
        self.good(TOOL, "plain", "a.tar.gz", "device.pub")
        self.good(*READER, "--key", "device.pub", "a.tar.gz")
        self.assertIn("not encrypted", self.good(BAYAZ, "open", "a.tar.gz"))

    def make_by_hand(self, change=None):
        """mine.tar.gz, without bayaz; signed with a key of minisign's."""
        self.good("minisign", "-GW", "-p", "my.pub", "-s", "my.key")
        with open("my.pub", encoding="ascii") as file:
            key = file.read().splitlines()[1]
        content = b"village,code\nA,1\n"
        sha256 = hashlib.sha256(content).hexdigest()
        name = "lists/%s.csv" % sha256
        os.mkdir("lists")
        with open(name, "wb") as file:
            file.write(content)
        manifest = {
            "format": "bayaz-bundle", "version": 1, "kind": "down",
            "device": {"key": key}, "sequence": 3, "date": "2026-11-23",
            "entries": [{"kind": "list", "name": name, "sha256": sha256,
                         "size": len(content), "label": "villages"}]}
        if change:
            change(manifest)
        with open("manifest.json", "w", encoding="utf-8") as file:
            json.dump(manifest, file, indent=1)
        self.good("minisign", "-Sm", "manifest.json", "-s", "my.key", "-t",
                  "made by hand")
        self.good("tar", "--format=ustar", "-cf", "mine.tar", "manifest.json",
                  "manifest.json.minisig", name)
        with open("mine.tar.gz", "wb") as file:
            subprocess.run(["gzip", "-c", "mine.tar"], stdout=file, check=True)

    def test_bundles_made_by_hand_open(self):
        self.make_by_hand()
        said = self.good(BAYAZ, "open", "--key", "my.pub", "mine.tar.gz")
        self.assertIn("kit 3 of 2026-11-23", said)
        self.good("age", "-r", self.recipient, "-o", "mine.bayaz",
                  "mine.tar.gz")
        self.good(BAYAZ, "open", "-i", "reader.key", "mine.bayaz")
        self.good("age", "-a", "-r", self.recipient, "-o", "mine.asc",
                  "mine.tar.gz")
        self.good(BAYAZ, "open", "-i", "reader.key", "mine.asc")
        for reader in ([BAYAZ, "open", "-i", "reader.key"],
                       READER + ["-i", "reader.key"]):
            self.good(*reader, "mine.bayaz")

    def test_what_breaks_a_rule_is_refused_by_both(self):
        def longer(manifest):
            manifest["entries"][0]["size"] += 1

        def missing(manifest):
            manifest["entries"] = []

        def later(manifest):
            manifest["version"] = 2

        def unsigned(manifest):
            manifest["device"]["key"] = "RW" + "A" * 54

        for change in (longer, missing, later, unsigned):
            self.tearDown()
            self.setUp()
            self.make_by_hand(change)
            for reader in ([BAYAZ, "open"], READER):
                self.assertEqual(run(*reader, "mine.tar.gz").returncode, 1,
                                 (change.__name__, reader))

    def test_age_opens_our_passphrases_and_we_open_those_of_age(self):
        words = "one passphrase for both"
        self.good(TOOL, "words", "kit.bayaz", words, "device.pub")
        self.assertEqual(on_terminal(["age", "-d", "-o", "kit.gz",
                                      "kit.bayaz"], [words]), 0)
        self.assertEqual(run("gzip", "-t", "kit.gz").returncode, 0)
        self.make_by_hand()
        self.assertEqual(on_terminal(["age", "-p", "-o", "mine.bayaz",
                                      "mine.tar.gz"], [words, words]), 0)
        self.good(BAYAZ, "open", "--passphrase-file", "-", "mine.bayaz",
                  input=words.encode() + b"\n")
        self.assertEqual(run(BAYAZ, "open", "--passphrase-file", "-",
                             "mine.bayaz", input=b"another\n").returncode, 1)

    def test_our_keys_are_those_of_age_and_minisign(self):
        self.good(TOOL, "keys", "our.key", "dev.key", "dev.pub")
        recipient = self.good("age-keygen", "-y", "our.key").strip()
        with open("note", "wb") as file:
            file.write(b"hello\n")
        self.good("minisign", "-Sm", "note", "-s", "dev.key")
        self.good("minisign", "-Vm", "note", "-p", "dev.pub")
        self.good("age", "-r", recipient, "-o", "note.age", "note")
        self.assertEqual(self.good("age", "-d", "-i", "our.key", "note.age"),
                         "hello\n")

    def bayaz(self, *words, home="laptop"):
        return self.good(BAYAZ, "-C", home, *words)

    def make_laptop(self):
        """A project with an open and a protected form, and who joined it;
        its kit is kit.bayaz, and its eight words are in `words`."""
        for name, kind in (("visit", "standard"), ("intake", "protected")):
            with open(name + ".xml", "w", encoding="utf-8") as file:
                file.write(FORM.replace("ID", name).replace("KIND", kind))
        with open("pass", "w", encoding="ascii") as file:
            file.write("lantern over the river\n")
        self.bayaz("project", "new", "Trial", "--no-passphrase",
                   "--recovery-file", "recovery", home="boss")
        self.bayaz("project", "kit", "-o", "kit.bayaz", "--form", "visit.xml",
                   "--form", "intake.xml", "--words-file", "words",
                   home="boss")
        self.bayaz("join", "kit.bayaz", "--words-file", "words",
                   "--passphrase-file", "pass", "--name", "KP-031")

    def test_a_bundle_from_a_laptop_is_read_by_the_second_reader(self):
        self.make_laptop()
        for name in ("visit", "intake"):
            with open("record.xml", "w", encoding="utf-8") as file:
                file.write('<data id="%s" version="1"><a>here</a><photo>'
                           'photo.png</photo><meta><instanceID>uuid:1'
                           '</instanceID></meta></data>' % name)
            shutil.copy(os.path.join(TOP, "tests", "fuzz", "seeds", "strip",
                                     "phone.png"), "photo.png")
            self.bayaz("import", "record.xml", "--passphrase-file", "pass")
        self.bayaz("withdraw", "1234-5678-9092", "--passphrase-file", "pass")
        self.bayaz("pack", "-o", "up.bayaz", "--passphrase-file", "pass")
        self.halves_to_key()
        said = self.good(*READER, "-i", "standard.key", "-p", "protected.key",
                         "up.bayaz").splitlines()
        kinds = sorted(line.split()[0] for line in said if "/" in line)
        self.assertEqual(kinds, ["deletion", "file", "form", "record",
                                 "sealed"])
        self.assertEqual([line.strip() for line in said if "/" not in line],
                         ["deletion.json", "record.xml", "photo.png"])

    def halves_to_key(self):
        """The recovery identities as age wants them, from the paper."""
        with open("recovery", encoding="utf-8") as file:
            paper = file.read()
        with open("standard.key", "w", encoding="ascii") as file:
            file.write(re.search("AGE-SECRET-KEY-1[0-9A-Z]+",
                                 paper).group() + "\n")
        halves = [bech32_bytes(half) for half in
                  re.findall("BAYAZ-[A-Z0-9-]*1[02-9AC-HJ-NP-Z]{58}", paper)]
        self.assertEqual(len(halves), 2, paper)
        key = bytes(a ^ b for a, b in zip(*halves))
        with open("protected.key", "w", encoding="ascii") as file:
            file.write(bech32_text("AGE-SECRET-KEY-", key) + "\n")

    def test_a_kit_is_opened_by_age_and_read_by_the_second_reader(self):
        self.make_laptop()
        with open("words", encoding="ascii") as file:
            words = " ".join(file.read().lower().split())
        self.assertEqual(on_terminal(["age", "-d", "-o", "kit.gz",
                                      "kit.bayaz"], [words]), 0)
        said = self.good(*READER, "--opened", "kit.gz")
        kinds = [line.split()[0] for line in said.splitlines()]
        self.assertEqual(kinds.count("form"), 2)
        self.assertIn("project", kinds)
        self.assertIn("signature", kinds)

    def test_a_sealed_record_is_age_gzip_tar_too(self):
        self.good(TOOL, "sealed", "r.age", self.recipient)
        self.good("age", "-d", "-i", "reader.key", "-o", "r.gz", "r.age")
        self.assertEqual(os.path.getsize("r.gz") % 4096, 0)
        with open("r.gz", "rb") as packed, open("r.tar", "wb") as archive:
            subprocess.run(["gzip", "-dc"], stdin=packed, stdout=archive,
                           check=True)
        self.assertEqual(
            self.good("tar", "-tf", "r.tar"),
            "record.xml\nnote.txt\na-name-of-more-than-one-hundred-bytes-"
            "which-the-old-header-of-tar-cannot-hold-and-"
            "an-extended-one-can.txt\n")
        self.assertEqual(self.good(TOOL, "unseal", "r.age", "reader.key"),
                         "<data>secret</data>\n")


if __name__ == "__main__":
    for program in PROGRAMS:
        if shutil.which(program) is None:
            print("%s is missing: skipped" % program)
            sys.exit(77)
    unittest.main(argv=sys.argv[:1])
