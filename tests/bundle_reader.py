#!/usr/bin/env python3
"""A second reader of bundles, written from bayaz-bundle(5) alone: Python's
standard library and the programs age and minisign.

    bundle_reader.py [-i IDENTITY | --opened] [-p IDENTITY]
                     [--key DEVICE.pub] FILE

Prints kind, size and name of each entry, and of what is sealed by itself and
opens with -p the names inside; exit status 1 and a sentence if anything is not
as the page says.  --opened: FILE is what `age -d` made of an encrypted one, a
kit for example.
"""
import argparse
import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import zlib

KINDS = {
    "record": ("records", ".xml"), "form": ("forms", ".xml"),
    "file": ("files", ""), "sealed": ("sealed", ".age"),
    "deletion": ("deletions", ".age"), "fact": ("facts", ".json"),
    "cert": ("certs", ".json"), "project": ("project", ".json"),
    "policy": ("policies", ".json"), "receipt": ("receipts", ".json"),
    "query": ("queries", ".json"), "list": ("lists", ".csv"),
    "po": ("po", ".po"), "manifest": ("manifests", ".json"),
    "signature": ("signatures", ".minisig"),
}
CLASSES = ("public", "standard", "restricted", "protected")
MIB = 1 << 20
BLOCK = 512
HASH = r"[0-9a-f]{64}"
TEXT = r"[^\x00-\x1f\x7f]*"


class Refused(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Refused(what)


def run(command, what, **options):
    result = subprocess.run(command, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, check=False, **options)
    need(result.returncode == 0, what)
    return result.stdout


def parse_json(text):
    def once(pairs):
        need(len({key for key, _ in pairs}) == len(pairs),
             "a key stands twice")
        return dict(pairs)

    value = json.loads(text.decode("utf-8"), object_pairs_hook=once)
    need(isinstance(value, dict), "no object")
    return value


# --- the layers ---

def decrypt(data, identity, folder):
    path = os.path.join(folder, "sealed")
    with open(path, "wb") as file:
        file.write(data)
    return run(["age", "-d", "-i", identity, path], "age does not open it")


def unzip(packed, zeros):
    """One gzip stream, after it zeros where they are allowed."""
    stream = zlib.decompressobj(31)
    try:
        plain = stream.decompress(packed)
    except zlib.error:
        raise Refused("gzip does not unpack it")
    need(stream.eof, "gzip: cut short")
    rest = stream.unused_data
    need(not rest or zeros, "something follows the gzip stream")
    need(not rest.strip(b"\0"), "not only zeros follow the gzip stream")
    return plain


def octal(field):
    text = field.strip(b" \0")
    need(re.fullmatch(rb"[0-7]+", text), "tar: a number is none")
    return int(text, 8)


def tar_header(block):
    """-> (name, type, size)"""
    blank = block[:148] + b" " * 8 + block[156:]
    need(octal(block[148:156]) == sum(blank), "tar: a check sum is wrong")
    need(block[257:262] == b"ustar", "tar: no ustar")
    need(block[345] == 0, "tar: a name has a prefix")
    name = block[:100].partition(b"\0")[0]
    need(0 < len(name) < 100, "tar: a name is too long")
    return name.decode("utf-8"), block[156:157], octal(block[124:136])


def tar_files(archive, long_names=False):
    """-> [(name, bytes)]"""
    files, at, long_name = [], 0, None
    while archive[at:at + BLOCK].strip(b"\0"):
        name, kind, size = tar_header(archive[at:at + BLOCK])
        end = at + BLOCK + size
        content, filling = archive[at + BLOCK:end], archive[end:end - end %
                                                            -BLOCK]
        need(len(content) == size and len(filling) == -end % BLOCK,
             "tar: cut short")
        need(not filling.strip(b"\0"), "tar: what fills a block is not zero")
        at = end + len(filling)
        if kind == b"x":
            need(long_names and long_name is None, "tar: an extended header")
            match = re.fullmatch(rb"(\d+) path=([^\n]+)\n", content)
            need(match and int(match.group(1)) == len(content),
                 "tar: an extended header")
            long_name = match.group(2).decode("utf-8")
            continue
        need(kind in (b"0", b"\0"), "tar: not a plain file")
        files.append((long_name or name, content))
        long_name = None
    rest = archive[at:]
    need(not rest.strip(b"\0") and len(rest) % BLOCK == 0 and
         2 <= len(rest) // BLOCK <= 256, "tar: it does not end as it should")
    return files


# --- the manifest ---

def check_text(value, pattern=TEXT, name=""):
    need(isinstance(value, str) and len(value.encode()) <= 512
         and re.fullmatch(pattern, value), "wrong text: " + name)


def check_number(value, least, most, name):
    need(type(value) is int and least <= value <= most,
         "wrong number: " + name)


def check_texts(entry):
    for key in ("form", "version", "instance", "label"):
        if key in entry:
            check_text(entry[key], name=key)
    for key, pattern in (("signs", HASH), ("journal", r"[0-9a-f]*"),
                         ("finished", r"[0-9T:+\-.Z]{0,40}")):
        if key in entry:
            check_text(entry[key], pattern, key)
    need(type(entry.get("clock_doubted", False)) is bool, "clock_doubted")


def check_files(files):
    need(isinstance(files, list) and len(files) <= 10000, "files")
    for file in files:
        check_text(file["name"], r"[^/\\\x00-\x1f\x7f]+", "file")
        need(file["name"] not in (".", "..")
             and len(file["name"].encode()) <= 255, "wrong file name")
        if "sha256" in file:            # else it was missing
            check_text(file["sha256"], HASH, "sha256")


def check_entry(entry):
    need(entry.get("kind") in KINDS, "unknown kind")
    check_text(entry.get("sha256"), HASH, "sha256")
    folder, extension = KINDS[entry["kind"]]
    need(entry.get("name") == "%s/%s%s" % (folder, entry["sha256"], extension),
         "a name does not fit its hash")
    check_number(entry.get("size"), 0, (8 << 30) - 1, "size")
    need(entry.get("class", "public") in CLASSES, "class")
    if entry["kind"] in ("sealed", "deletion"):
        need(set(entry) <= {"kind", "name", "sha256", "size", "class"},
             "too much is said of a sealed record")
    check_texts(entry)
    check_files(entry.get("files", []))
    need(len(entry.get("priors", [])) <= 64, "priors")
    for prior in entry.get("priors", []):
        check_text(prior, HASH, "prior")


def check_device(device):
    check_text(device["key"], r"RW[A-Za-z0-9+/]{54}", "key")
    if "name" in device:
        check_text(device["name"], name="name")
    if "recipient" in device:
        check_text(device["recipient"], r"age1[02-9ac-hj-np-z]{58}",
                   "recipient")


def check_manifest(manifest):
    need(manifest.get("format") == "bayaz-bundle", "no bundle")
    need(manifest.get("version") == 1, "another version")
    need(manifest.get("kind") in ("up", "down"), "kind")
    if "project" in manifest:
        check_text(manifest["project"], r"[0-9a-f]{16}", "project")
    if "previous" in manifest:
        check_text(manifest["previous"], HASH, "previous")
    check_text(manifest.get("date"), r"\d{4}-\d\d-\d\d", "date")
    check_number(manifest.get("sequence"), 1, (1 << 63) - 1, "sequence")
    need(type(manifest.get("training", False)) is bool, "training")
    check_device(manifest["device"])
    if "head" in manifest:
        for key in ("packed", "left"):
            check_number(manifest["head"].get(key), 0, (1 << 63) - 1, key)
    for entry in manifest["entries"]:
        check_entry(entry)
    names = [entry["name"].encode() for entry in manifest["entries"]]
    need(names == sorted(set(names)), "entries out of order")
    need(len(names) <= 100000, "too many entries")


# --- signatures ---

def verify(content, signature, key, folder, what):
    for name, data in (("signed", content), ("signed.minisig", signature)):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    run(["minisign", "-Vm", os.path.join(folder, "signed")] + key, what)


def is_prehashed(signature):
    """The second line begins with the algorithm."""
    lines = signature.split(b"\n")
    need(len(lines) >= 4 and len(signature) <= 1024, "no signature")
    return base64.b64decode(lines[1])[:2] == b"ED"


def project_id(key):
    """Of the 32 bytes after the algorithm and the number of the key."""
    return hashlib.sha256(base64.b64decode(key)[10:]).hexdigest()[:16]


def check_documents(manifest, contents, folder):
    """What is signed by itself is signed by whom it names."""
    by_hash = {entry["sha256"]: entry for entry in manifest["entries"]}
    project_key = None
    for entry in manifest["entries"]:
        if entry["kind"] == "project":
            project = parse_json(contents[entry["name"]])
            project_key = project["key"]
            need(project["id"] == project_id(project_key),
                 "the project's id is not that of its key")
            need(manifest.get("project") == project["id"],
                 "another project's")
    for entry in manifest["entries"]:
        if entry["kind"] != "signature":
            continue
        signed = by_hash.get(entry.get("signs"))
        need(signed is not None, "a signature signs nothing that is here")
        content = contents[signed["name"]]
        if signed["kind"] == "manifest":
            key = parse_json(content)["device"]["key"]
        elif signed["kind"] in ("project", "cert"):
            key = project_key
        else:
            key = parse_json(content).get("signer", project_key)
        if key is not None:
            verify(content, contents[entry["name"]], ["-P", key], folder,
                   "the signature of a document is wrong")


# --- what is sealed by itself ---

def check_deletion(request):
    need(request.get("format") == "bayaz-deletion", "no deletion")
    check_number(request.get("version"), 1, 1, "version")
    check_text(request.get("date"), r"\d{4}-\d\d-\d\d", "date")
    check_text(request.get("code"), r"\d{4}-\d{4}-\d{4}", "code")
    need(int(request["code"].replace("-", "")) % 97 == 1, "code")


def open_sealed(entry, content, identity, folder):
    """-> names inside"""
    plain = decrypt(content, identity, folder)
    need(len(plain) % 4096 == 0, "a sealed record is not padded")
    files = tar_files(unzip(plain, True), long_names=True)
    names = [name for name, _ in files]
    need(len(set(names)) == len(names) <= 1000, "names inside twice")
    need(all(0 < len(name.encode()) <= 255 and "/" not in name
             and name not in (".", "..") for name in names), "a name inside")
    if entry["kind"] == "deletion":
        need(names == ["deletion.json"], "a deletion with something else")
        check_deletion(parse_json(files[0][1]))
    else:
        need(names[:1] == ["record.xml"], "a sealed record without a record")
    return names


# --- all of it ---

def read_bundle(path, args, folder):
    """-> (manifest, {name: bytes})"""
    with open(path, "rb") as file:
        packed = file.read()
    encrypted = packed[:2] != b"\x1f\x8b" or args.opened
    if encrypted and not args.opened:
        need(args.identity is not None, "a key is needed")
        packed = decrypt(packed, args.identity, folder)
    files = tar_files(unzip(packed, encrypted))
    need([name for name, _ in files[:2]] == ["manifest.json",
                                             "manifest.json.minisig"],
         "the manifest does not come first")
    text, signature = files[0][1], files[1][1]
    need(len(text) <= 16 * MIB, "the manifest is too long")
    manifest = parse_json(text)
    check_manifest(manifest)
    need(is_prehashed(signature), "the signature is not prehashed")
    verify(text, signature, ["-p", args.key] if args.key else
           ["-P", manifest["device"]["key"]], folder,
           "the signature is wrong")
    need([entry["name"] for entry in manifest["entries"]]
         == [name for name, _ in files[2:]],
         "the archive is not what the manifest says")
    contents = dict(files[2:])
    for entry in manifest["entries"]:
        content = contents[entry["name"]]
        need(len(content) == entry["size"]
             and hashlib.sha256(content).hexdigest() == entry["sha256"],
             "an entry is not what the manifest says")
    check_documents(manifest, contents, folder)
    return manifest, contents


def list_bundle(args, folder):
    manifest, contents = read_bundle(args.file, args, folder)
    for entry in manifest["entries"]:
        print("%-9s %10d  %s" % (entry["kind"], entry["size"], entry["name"]))
        if entry["kind"] in ("sealed", "deletion") and args.protected:
            for name in open_sealed(entry, contents[entry["name"]],
                                    args.protected, folder):
                print("    %s" % name)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-i", dest="identity")
    parser.add_argument("--opened", action="store_true")
    parser.add_argument("-p", dest="protected")
    parser.add_argument("--key")
    parser.add_argument("file")
    args = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            list_bundle(args, folder)
    except (Refused, KeyError, TypeError, ValueError) as error:
        print("refused: %s" % error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
