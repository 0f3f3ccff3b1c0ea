/*
 * What a bundle says of itself: who made it, the how-manieth it is, and every
 * entry with its hash.  Written as canonical JSON (one line, keys sorted), and
 * signed.  Source: bayaz-bundle(5).
 */
#ifndef BAYAZ_BUNDLE_MANIFEST_H
#define BAYAZ_BUNDLE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/vec.h"
#include "bundle/format.h"
#include "crypt/crypt.h"

struct json;

/* An entry is named by its content: FOLDER/SHA256.EXTENSION. */
enum entry_kind {
	ENTRY_RECORD,		/* records/SHA256.xml: a standard record */
	ENTRY_FORM,		/* forms/SHA256.xml */
	ENTRY_FILE,		/* files/SHA256: attachment or form media */
	ENTRY_SEALED,		/* sealed/SHA256.age: a protected record */
	ENTRY_DELETION,		/* deletions/SHA256.age */
	ENTRY_FACT,		/* facts/SHA256.json */
	ENTRY_CERT,		/* certs/SHA256.json */
	ENTRY_PROJECT,		/* project/SHA256.json */
	ENTRY_POLICY,		/* policies/SHA256.json */
	ENTRY_RECEIPT,		/* receipts/SHA256.json */
	ENTRY_QUERY,		/* queries/SHA256.json: to a device, and answers */
	ENTRY_LIST,		/* lists/SHA256.csv: entities */
	ENTRY_PO,		/* po/SHA256.po */
	ENTRY_MANIFEST,		/* manifests/SHA256.json: what a device signed */
	ENTRY_SIGNATURE,	/* signatures/SHA256.minisig: see `signs` */
	N_ENTRY_KINDS
};

/* The JSON word ("record") and back; N_ENTRY_KINDS: unknown. */
const char *entry_kind_name(enum entry_kind kind);
enum entry_kind entry_kind_find(const char *name);
/* "records/SHA256.xml" */
void entry_name(enum entry_kind kind, const char sha256[SHA256_HEX_BYTES],
	char name[BUNDLE_NAME_BYTES]);

/* May this text stand in a manifest; may a file be called this?  What may not
 * would have the whole bundle refused, so ask before it gets that far. */
bool manifest_can_say(const char *text);
bool manifest_can_name(const char *file_name);

/* A file that a record or form refers to by name; its bytes are the entry
 * files/SHA256 of this or another bundle. */
struct manifest_file {
	const char *name;
	char sha256[SHA256_HEX_BYTES];	/* "": the file is missing */
};

/* Texts are NULL where the kind has no such thing. */
struct manifest_entry {
	enum entry_kind kind;
	char name[BUNDLE_NAME_BYTES];	/* filled by bundle_write() */
	char sha256[SHA256_HEX_BYTES];	/* likewise */
	uint64_t size_bytes;		/* likewise */
	const char *class_;		/* "public", "standard", "restricted",
					 * "protected" */

	/* record; form: id, version and files (its media) */
	const char *form_id, *form_version;
	const char *instance_id;
	const char *finished;		/* ISO 8601 date and time */
	const char (*priors)[SHA256_HEX_BYTES];
	size_t n_priors;
	const struct manifest_file *files;
	size_t n_files;
	const char *journal;		/* head of the journal, hex */
	bool clock_doubted;		/* the clock may have been wrong */

	/* signature: SHA-256 of the entry it is over; others: NULL */
	const char *signs;
	/* list: its name; po: language; deletion, fact ...: free */
	const char *label;
};

/* Texts are in `arena` after manifest_parse(); a writer may point anywhere
 * that lives as long, or use arena_strdup(m->arena, ...). */
struct manifest {
	struct arena *arena;
	const char *kind;		/* "up" (device, store) or "down" (kit) */
	const char *project;		/* id: 16 hex digits, or NULL */
	const char *device_key;		/* signer: minisign public key, one line */
	const char *device_name;	/* worker's code, or NULL */
	const char *device_recipient;	/* age1... for what comes back, or NULL */
	int64_t sequence;		/* from 1; kits: the kit's number */
	const char *date;		/* YYYY-MM-DD */
	const char *previous;		/* SHA-256 of the manifest before, or NULL */
	bool training;
	bool has_head;			/* from devices: */
	int64_t n_packed, n_left;	/* records sent so far, with these;
					 * records ready that must wait */
	VEC(struct manifest_entry) entries;	/* sorted by name when written */
};

/* Could a reader take this entry?  Looks at its texts, files and priors. */
bool manifest_can_travel(const struct manifest_entry *entry);

void manifest_init(struct manifest *manifest);
void manifest_release(struct manifest *manifest);

/* Append an empty entry; the pointer holds until the next is added. */
struct manifest_entry *manifest_add(struct manifest *manifest,
	enum entry_kind kind);
/* By name, by binary search; NULL: not there.  Entries must be sorted. */
const struct manifest_entry *manifest_find(const struct manifest *manifest,
	const char *name);

/* The same as a value, for --json; js_free() it. */
struct json *manifest_json(const struct manifest *manifest) RETURNS_NONNULL;
/* One line and a line break; free() it. */
char *manifest_print(const struct manifest *manifest) RETURNS_NONNULL;
/* `manifest` is initialised.  ERR_SYNTAX: no JSON; ERR_SPEC: against
 * bayaz-bundle(5); ERR_LIMIT.  Unknown keys are ignored, unknown versions and
 * kinds of entry are not. */
bool manifest_parse(struct manifest *manifest, const char *bytes,
	size_t n_bytes, struct err *err) MUST_CHECK;

#endif
