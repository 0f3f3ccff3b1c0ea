#!/usr/bin/env python3
"""A second reader of bundles, written from bayaz-bundle(5) alone: Python's
standard library and the programs age, gzip, tar and minisign.

    bundle_reader.py [-i IDENTITY] [--key DEVICE.pub] FILE

Prints kind, size and name of each entry; exit status 1 and a sentence if
anything is not as the page says.
"""
import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

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


def once(pairs):
    need(len({key for key, _ in pairs}) == len(pairs), "a key stands twice")
    return dict(pairs)


def decrypt(path, identity):
    """-> (what is inside, whether it was encrypted)"""
    with open(path, "rb") as file:
        if file.read(2) == b"\x1f\x8b":
            file.seek(0)
            return file.read(), False
    need(identity is not None, "a key is needed")
    return run(["age", "-d", "-i", identity, path], "age does not open it"), \
        True


def check_text(value, pattern=r"[^\x00-\x1f\x7f]*", name=""):
    need(isinstance(value, str) and len(value.encode()) <= 512
         and re.fullmatch(pattern, value), "wrong text: " + name)


def check_files(files):
    for file in files:
        check_text(file["name"], r"[^/\\\x00-\x1f\x7f]+", "file")
        need(file["name"] not in (".", "..")
             and len(file["name"].encode()) <= 255, "wrong file name")
        check_text(file["sha256"], r"[0-9a-f]{64}", "sha256")


def check_entry(entry):
    need(entry.get("kind") in KINDS, "unknown kind")
    check_text(entry.get("sha256"), r"[0-9a-f]{64}", "sha256")
    folder, extension = KINDS[entry["kind"]]
    need(entry.get("name") == "%s/%s%s" % (folder, entry["sha256"], extension),
         "a name does not fit its hash")
    need(type(entry.get("size")) is int and 0 <= entry["size"] < 1 << 33,
         "wrong size")
    if "class" in entry:
        need(entry["class"] in ("public", "standard", "restricted",
                                   "protected"), "class")
    if entry["kind"] in ("sealed", "deletion"):
        need(set(entry) <= {"kind", "name", "sha256", "size", "class"},
             "too much is said of a sealed record")
    check_files(entry.get("files", []))
    need(len(entry.get("priors", [])) <= 64, "priors")
    for prior in entry.get("priors", []):
        check_text(prior, r"[0-9a-f]{64}", "prior")


def check_manifest(manifest):
    need(manifest.get("format") == "bayaz-bundle", "no bundle")
    need(manifest.get("version") == 1, "another version")
    need(manifest.get("kind") in ("up", "down"), "kind")
    if "project" in manifest:
        check_text(manifest["project"], r"[0-9a-f]{16}", "project")
    if "previous" in manifest:
        check_text(manifest["previous"], r"[0-9a-f]{64}", "previous")
    check_text(manifest.get("date"), r"\d{4}-\d\d-\d\d", "date")
    check_text(manifest["device"]["key"], r"RW[A-Za-z0-9+/]{54}", "key")
    need(type(manifest.get("sequence")) is int and manifest["sequence"] >= 1,
         "sequence")
    for entry in manifest["entries"]:
        check_entry(entry)
    names = [entry["name"].encode() for entry in manifest["entries"]]
    need(names == sorted(set(names)), "entries out of order")


def unpack(packed, encrypted, folder):
    """gzip and tar; -> names in the order of the archive."""
    archive = os.path.join(folder, "bundle.tar")
    # gzip passes over zeros at the end; a plain bundle must not have any.
    with open(archive, "wb") as file:
        file.write(run(["gzip", "-dc"], "gzip does not unpack it",
                       input=packed))
    if not encrypted:
        for cut in (1, 2, 3):
            need(subprocess.run(["gzip", "-t"], input=packed[:-cut],
                                stderr=subprocess.DEVNULL).returncode != 0,
                 "something follows the gzip stream")
    names = run(["tar", "-tf", archive], "tar does not list it").decode()
    names = names.splitlines()
    need(names[:2] == ["manifest.json", "manifest.json.minisig"],
         "the manifest does not come first")
    need(all(re.fullmatch(r"[a-z]+/[0-9a-f]{64}[a-z.]*", name)
             for name in names[2:]), "a name leads elsewhere")
    run(["tar", "-xf", archive, "-C", folder], "tar does not unpack it")
    return names


def read_file(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def read_bundle(path, identity, key):
    with tempfile.TemporaryDirectory() as folder:
        packed, encrypted = decrypt(path, identity)
        names = unpack(packed, encrypted, folder)
        manifest = json.loads(read_file(folder, "manifest.json"),
                              object_pairs_hook=once)
        check_manifest(manifest)
        signer = ["-p", key] if key else ["-P", manifest["device"]["key"]]
        run(["minisign", "-VHm", os.path.join(folder, "manifest.json")]
            + signer, "the signature is wrong")
        need([entry["name"] for entry in manifest["entries"]] == names[2:],
             "the archive is not what the manifest says")
        for entry in manifest["entries"]:
            content = read_file(folder, entry["name"])
            need(len(content) == entry["size"]
                 and hashlib.sha256(content).hexdigest() == entry["sha256"],
                 "an entry is not what the manifest says")
        return manifest


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-i", dest="identity")
    parser.add_argument("--key")
    parser.add_argument("file")
    args = parser.parse_args()
    try:
        manifest = read_bundle(args.file, args.identity, args.key)
    except (Refused, KeyError, TypeError, ValueError) as error:
        print("refused: %s" % error, file=sys.stderr)
        return 1
    for entry in manifest["entries"]:
        print("%-9s %10d  %s" % (entry["kind"], entry["size"], entry["name"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
