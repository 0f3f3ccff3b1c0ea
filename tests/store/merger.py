#!/usr/bin/env python3
"""A second merger: merger.py STORE.db prints the dump of a store, computed from
what is kept in it (content, content_part, fact, meta) and from nothing else.

Written from bayaz-store(5) and bayaz-bundle(5), not from the program.  It makes
the lines store, fact, content, device, form, version, sealed, refused, record
and query.  It has no engine for forms: of a record whose heads are to be joined
answer by answer it prints no 'conflict', 'conflicts' and 'joined', but
'to_join' instead; and it makes no lines finding, list and table."""
import base64
import hashlib
import json
import sqlite3
import sys
import xml.etree.ElementTree as ElementTree
import zlib

GROUPS = ("store", "fact", "content", "device", "form", "version", "sealed",
          "refused", "record", "query")
BAYAZ = "{urn:x-bayaz:forms}"
ROLES = {"device-accepted": {"merge"}, "device-revoked": {"merge"},
         "form": {"merge", "publish"}, "deletion": {"delete"},
         "horizon": {"delete"}, "tombstone": {"delete"}, "erased": {"delete"},
         "review": {"review"}, "rules": {"review"}, "set-aside": {"merge"},
         "link": {"merge", "review"}, "resolution": {"merge", "review"},
         "query": {"review"}, "query-closed": {"review"}}
LASTING = ("horizon", "erased", "tombstone")
VERSIONS_MAX = 1000


def local(element):
    return element.tag.rpartition("}")[2]


class Fact:
    def __init__(self, kind, signer, text):
        self.kind, self.signer = kind, signer
        self.sha256 = hashlib.sha256(text).hexdigest()
        self.body = json.loads(text)
        self.replaces = set(self.body.get("replaces", []))
        self.known = kind == "manifest" or self.body.get("format") == 1


class Version:
    def __init__(self, sha256):
        self.sha256 = sha256
        self.form = self.form_version = self.instance = self.deprecated = ""
        self.training = self.deleted = self.head = False
        self.problem = self.name = ""
        self.depth = 0
        self.priors, self.manifests, self.attachments = set(), set(), set()
        self.finished, self.said = [], []
        self.back = set()       # those that arrows come from
        self.ahead = set()      # those that arrows lead to

    def read(self, text):
        try:
            root = ElementTree.fromstring(text)
        except (ElementTree.ParseError, ValueError, TypeError):
            self.problem = "xml"
            return
        self.form, self.form_version = root.get("id", ""), root.get(
            "version", "")
        self.training |= root.get(BAYAZ + "training") == "yes"
        for meta in root:
            for part in meta if local(meta) == "meta" else ():
                value = (part.text or "").strip()
                if local(part) == "instanceID":
                    self.instance = value
                elif local(part) == "deprecatedID":
                    self.deprecated = value
        if any(said != (self.form, self.form_version, self.instance)
               for said in self.said):
            self.problem = "manifest"


class Kept:
    """What the file keeps."""

    def __init__(self, path):
        db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
        self.project = db.execute(
            "SELECT value FROM meta WHERE name = 'project'").fetchone()[0]
        self.sizes, self.texts = {}, {}
        hashes = {}
        for number, sha256, size, packing, text in db.execute(
                "SELECT id, sha256, size, packing, bytes FROM content"):
            name = hashes[number] = sha256.hex()
            if packing == 2:
                continue
            text = text or b""
            if packing == 1:
                text = zlib.decompress(text)
            elif not text and size:
                text = b"".join(part for part, in db.execute(
                    "SELECT bytes FROM content_part WHERE content = ?"
                    " ORDER BY part", (number,)))
            assert len(text) == size, name
            assert hashlib.sha256(text).hexdigest() == name, name
            self.sizes[name], self.texts[name] = size, text
        self.facts = [Fact(kind, signer, self.texts[hashes[content]])
                      for kind, content, signer in db.execute(
                          "SELECT kind, content, signer FROM fact")]
        self.by_hash = {fact.sha256: fact for fact in self.facts}
        db.close()

    def of(self, *kinds):
        return [fact for fact in self.facts
                if fact.kind in kinds and fact.known]


class Trust:
    def __init__(self, kept):
        self.kept = kept
        projects = [fact for fact in kept.of("project")
                    if fact.body["id"] == kept.project]
        self.key = projects[0].body["key"]
        self.roles, self.keeps = {}, {}
        for fact in kept.of("certificate"):
            if fact.signer == self.key:
                self.roles.setdefault(fact.body["key"], set()).update(
                    fact.body["roles"])
        for fact in kept.of("certificate-revoked"):
            if fact.signer == self.key:
                self.keeps.setdefault(fact.body["key"], []).append(
                    set(fact.body.get("keeps", [])))
        self.replaced = {}      # hash -> kinds of what replaces it
        for fact in kept.facts:
            if fact.kind in LASTING or not self.counts(fact):
                continue
            kind = fact.body["of"] if fact.kind == "taken-back" else fact.kind
            for sha256 in fact.replaces:
                self.replaced.setdefault(sha256, set()).add(kind)
        self.weigh_devices()
        self.weigh_manifests()

    def counts(self, fact):
        if not fact.known or fact.signer != fact.body.get("signer"):
            return False
        kind = fact.kind
        if kind == "taken-back":
            kind = fact.body["of"]
            if kind in LASTING:
                return False
        roles = ROLES.get(kind, set())
        if kind == "erased" and fact.body.get("code") == "no-consent":
            roles = roles | {"merge"}
        if not roles:
            return False
        if fact.signer == self.key:
            return True
        return bool(roles & self.roles.get(fact.signer, set())) and all(
            fact.sha256 in keeps
            for keeps in self.keeps.get(fact.signer, []))

    def in_force(self, kind):
        return [fact for fact in self.kept.of(kind) if self.counts(fact) and (
            kind in LASTING or
            kind not in self.replaced.get(fact.sha256, set()))]

    def weigh_devices(self):
        self.status, self.trusting = {}, {}
        said = [fact for fact in self.kept.of("device-accepted",
                                              "device-revoked")
                if self.counts(fact)]
        for fact in said:
            if any(fact.sha256 in other.replaces for other in said
                   if other is not fact):
                continue
            device = fact.body["device"]
            if fact.kind == "device-revoked":
                self.status[device] = "revoked"
                self.trusting.setdefault(device, []).append(
                    set(fact.body.get("trusted", [])))
            else:
                self.status.setdefault(device, "accepted")

    def weigh_manifests(self):
        aside = {fact.body["manifest"] for fact in self.in_force("set-aside")}
        before = {fact.sha256: fact.body.get("previous")
                  for fact in self.kept.of("manifest")}
        self.trusted = set()
        for fact in self.kept.of("manifest"):
            status = self.status.get(fact.signer)
            good = status == "accepted"
            if status == "revoked":
                good = all(self.leads_back(trusted, fact.sha256, before)
                           for trusted in self.trusting[fact.signer])
            if good and fact.sha256 not in aside:
                self.trusted.add(fact.sha256)

    @staticmethod
    def leads_back(trusted, sha256, before):
        for start in trusted:
            seen = set()
            while start in before and start not in seen:
                if start == sha256:
                    return True
                seen.add(start)
                start = before[start]
        return False


class Merger:
    def __init__(self, path):
        self.kept = Kept(path)
        self.trust = Trust(self.kept)
        self.manifests = [fact for fact in self.kept.of("manifest")
                          if fact.sha256 in self.trust.trusted]
        self.refused = {}
        for fact in self.trust.in_force("erased"):
            sha256, code = fact.body["sha256"], fact.body["code"]
            self.refused[sha256] = min(code, self.refused.get(sha256, code))
        self.read_forms()
        self.read_versions()
        self.make_arrows()
        self.weigh_depths()
        self.find_heads()
        self.records = self.make_records()

    def entries(self, *kinds):
        for fact in self.manifests:
            for entry in fact.body["entries"]:
                if entry["kind"] in kinds:
                    yield fact, entry

    # --- forms ---

    def read_forms(self):
        self.forms = {}
        listed = [(entry["sha256"], entry.get("files", []))
                  for _, entry in self.entries("form")]
        listed += [(fact.body["sha256"], fact.body.get("files", []))
                   for fact in self.trust.in_force("form")]
        for sha256, files in listed:
            form = self.forms.get(sha256) or self.read_form(sha256)
            form["media"] |= {(file["name"], file["sha256"]) for file in files
                              if "sha256" in file}
            self.forms[sha256] = form

    def read_form(self, sha256):
        root = ElementTree.fromstring(self.kept.texts[sha256])
        title = next((part.text or "" for part in root.iter()
                      if local(part) == "title"), "")
        instance = next(part for part in root.iter()
                        if local(part) == "instance")
        return {"sha256": sha256, "id": instance[0].get("id", ""),
                "version": instance[0].get("version", ""), "title": title,
                "class": instance[0].get(BAYAZ + "class", ""), "media": set()}

    def form_is_here(self, form_id, version):
        forms = [form for form in self.forms.values()
                 if (form["id"], form["version"]) == (form_id, version)]
        if not forms:
            return False
        newest = {}
        for name, sha256 in max(forms, key=lambda f: f["sha256"])["media"]:
            newest[name] = max(sha256, newest.get(name, ""))
        return all(sha256 in self.kept.texts for sha256 in newest.values())

    # --- versions ---

    def version(self, sha256):
        return self.versions.setdefault(sha256, Version(sha256))

    def read_versions(self):
        self.versions = {}
        for fact, entry in self.entries("record"):
            if entry["sha256"] in self.refused:
                continue
            v = self.version(entry["sha256"])
            v.said.append((entry.get("form", ""), entry.get("version", ""),
                           entry.get("instance", "")))
            v.training |= fact.body.get("training", False)
            self.bring(v, fact, entry.get("priors", []), entry)
        for fact in self.trust.in_force("resolution"):
            if fact.body["version"] not in self.refused:
                self.bring(self.version(fact.body["version"]), fact,
                           fact.body["versions"][:VERSIONS_MAX], fact.body)
        for v in self.versions.values():
            v.read(self.kept.texts.get(v.sha256))

    @staticmethod
    def bring(v, fact, priors, entry):
        v.manifests.add(fact.sha256)
        v.priors.update(set(priors) - {v.sha256})
        if entry.get("finished"):
            v.finished.append(entry["finished"])
        v.attachments.update((file["name"], file.get("sha256"))
                             for file in entry.get("files", []))

    def make_arrows(self):
        named = {}
        for v in self.versions.values():
            named.setdefault((v.form, v.instance), set()).add(v)
        for v in self.versions.values():
            if v.priors:
                v.back = {self.versions[prior] for prior in v.priors
                          if prior in self.versions and
                          self.versions[prior].form == v.form} - {v}
            elif v.deprecated not in ("", v.instance):
                v.back = named.get((v.form, v.deprecated), set()) - {v}

    def weigh_depths(self):
        waiting = set(self.versions.values())
        while waiting:
            ready = [v for v in waiting if not v.back & waiting]
            if not ready:
                freed = min(waiting, key=lambda v: v.sha256)
                freed.back -= waiting
                continue
            for v in ready:
                v.depth = 1 + max((before.depth for before in v.back),
                                  default=0)
            waiting.difference_update(ready)
        for v in self.versions.values():
            for before in v.back:
                before.ahead.add(v)

    def find_heads(self):
        deleted = {sha256 for fact in self.trust.in_force("deletion")
                   for sha256 in fact.body["versions"][:VERSIONS_MAX]}
        for v in self.versions.values():
            v.deleted = v.sha256 in deleted
            v.head = not v.deleted and not v.ahead

    # --- records ---

    def groups(self):
        parent = {}

        def find(x):
            parent.setdefault(x, x)
            while parent[x] != x:
                x = parent[x]
            return x

        for v in self.versions.values():
            own = v.form, "hash", v.sha256
            if v.instance:
                parent[find(own)] = find((v.form, "name", v.instance))
            for prior in v.priors:
                parent[find(own)] = find((v.form, "hash", prior))
            if not v.priors and v.deprecated not in ("", v.instance):
                parent[find(own)] = find((v.form, "name", v.deprecated))
        for fact in self.trust.in_force("link"):
            ends = [find((fact.body["form"], "hash", sha256))
                    for sha256 in fact.body["versions"]]
            for end in ends[1:]:
                parent[find(end)] = find(ends[0])
        found = {}
        for v in self.versions.values():
            found.setdefault(find((v.form, "hash", v.sha256)), []).append(v)
        return found.values()

    def make_records(self):
        horizons, reviews = {}, {}
        for fact in self.trust.in_force("horizon"):
            form = fact.body["form"]
            horizons[form] = max(fact.body["date"], horizons.get(form, ""))
        for fact in self.trust.in_force("review"):
            reviews.setdefault((fact.body["form"],
                                tuple(fact.body["versions"])), set()).add(
                                    fact.body["state"])
        return [self.make_record(group, horizons, reviews)
                for group in self.groups()]

    def make_record(self, group, horizons, reviews):
        heads = sorted((v for v in group if v.head), key=lambda v: v.sha256)
        first = min(group, key=lambda v: (v.depth, v.instance, v.sha256))
        name = first.instance or "sha256:" + first.sha256
        current = max(heads or [v for v in group if not v.ahead],
                      key=lambda v: (v.depth, v.sha256))
        for v in group:
            v.name = name
        line = {"record": name, "form": first.form, "current": current.sha256,
                "versions": len(group), "heads": [v.sha256 for v in heads],
                "hidden": "", "review": "received"}
        horizon = horizons.get(first.form)
        if not heads:
            line["hidden"] = "deleted"
        elif horizon and current.finished and \
                min(current.finished).split("T")[0] < horizon:
            line["hidden"] = "past"
        states = reviews.get((first.form, tuple(line["heads"])), set())
        for state in ("approved", "has-issues", "rejected"):
            if state in states:
                line["review"] = state
        whys = ["deleted"] if heads and any(v.deleted for v in group) else []
        if len(heads) > 1:
            why = self.why_not_joined(heads, group)
            if why is None:
                line["to_join"] = True
                return line
            whys = whys or [why]
        line["conflict"] = bool(whys)
        line["conflicts"] = [{"path": "", "why": why} for why in sorted(whys)]
        return line

    def why_not_joined(self, heads, group):
        common = set(group)
        for head in heads:
            reached, walk = set(), [head]
            while walk:
                v = walk.pop()
                if v not in reached:
                    reached.add(v)
                    walk += v.back
            common &= reached
        if not common:
            return "base"
        base = max(common, key=lambda v: (v.depth, v.sha256))
        if any(v.problem == "xml" for v in heads + [base]):
            return "damaged"
        if len({v.form_version for v in heads}) > 1:
            return "form-version"
        if not self.form_is_here(heads[0].form, heads[0].form_version):
            return "form"
        return None

    # --- the dump ---

    def lines(self):
        yield {"line": "store", "format": 1, "project": self.kept.project}
        for fact in sorted(self.kept.facts, key=lambda f: (f.kind, f.sha256)):
            yield self.fact_line(fact)
        for sha256, size in sorted(self.kept.sizes.items()):
            yield {"line": "content", "sha256": sha256, "size": size}
        for key, status in sorted(self.trust.status.items()):
            yield {"line": "device", "key": key, "status": status,
                   "fingerprint": fingerprint(key)}
        for form in sorted(self.forms.values(), key=lambda f: (
                f["id"], f["version"], f["sha256"])):
            yield dict(form, line="form", media=[
                {"name": n, "sha256": s} for n, s in sorted(form["media"])])
        for _, v in sorted(self.versions.items()):
            yield self.version_line(v)
        yield from self.sealed_lines()
        for sha256, code in sorted(self.refused.items()):
            yield {"line": "refused", "sha256": sha256, "code": code}
        for record in sorted(self.records,
                             key=lambda r: (r["form"], r["record"])):
            yield dict(record, line="record")
        yield from self.query_lines()

    def fact_line(self, fact):
        line = {"line": "fact", "kind": fact.kind, "sha256": fact.sha256,
                "signer": fact.signer}
        if fact.kind != "manifest":
            return dict(line, body=fact.body)
        for key in ("sequence", "previous", "date", "training"):
            if key in fact.body:
                line[key] = fact.body[key]
        if "name" in fact.body["device"]:
            line["name"] = fact.body["device"]["name"]
        return dict(line, trusted=fact.sha256 in self.trust.trusted)

    def version_line(self, v):
        files = sorted(v.attachments, key=lambda f: (f[0], f[1] or ""))
        return {"line": "version", "sha256": v.sha256, "form": v.form,
                "form_version": v.form_version, "instance": v.instance,
                "deprecated": v.deprecated, "training": v.training,
                "problem": v.problem, "depth": v.depth, "head": v.head,
                "deleted": v.deleted, "record": v.name,
                "priors": sorted(v.priors), "manifests": sorted(v.manifests),
                "attachments": [{"name": n, "sha256": s,
                                 "here": s in self.kept.texts}
                                for n, s in files if s]}

    def sealed_lines(self):
        sealed = {}
        for fact, entry in self.entries("sealed", "deletion"):
            if entry["sha256"] not in self.refused:
                sealed.setdefault(entry["sha256"], (entry, set()))[1].add(
                    fact.sha256)
        for sha256, (entry, manifests) in sorted(sealed.items()):
            yield {"line": "sealed", "sha256": sha256, "kind": entry["kind"],
                   "class": entry.get("class", ""),
                   "manifests": sorted(manifests)}

    def query_lines(self):
        closed = {sha256 for fact in self.kept.of("query-closed")
                  if self.trust.counts(fact) for sha256 in fact.replaces}
        answers = {}
        for _, entry in self.entries("query"):
            try:
                body = json.loads(self.kept.texts[entry["sha256"]])
                answers.setdefault(body["query"], set()).add(entry["sha256"])
            except (KeyError, ValueError):
                continue
        for fact in sorted(self.kept.of("query"), key=lambda f: f.sha256):
            if self.trust.counts(fact):
                yield {"line": "query", "sha256": fact.sha256,
                       "record": fact.body["record"],
                       "closed": fact.sha256 in closed,
                       "answers": sorted(answers.get(fact.sha256, []))}


def fingerprint(key):
    """What people compare: groups of four of base 32."""
    digest = hashlib.sha256(base64.b64decode(key)[10:]).digest()
    text = base64.b32encode(digest).decode()[:20]
    return "-".join(text[i:i + 4] for i in range(0, 20, 4))


def canonical(line):
    return json.dumps(line, sort_keys=True, ensure_ascii=False,
                      separators=(",", ":"))


def main(words):
    if len(words) != 1:
        sys.exit("usage: merger.py STORE.db")
    for line in Merger(words[0]).lines():
        print(canonical(line))


if __name__ == "__main__":
    main(sys.argv[1:])
