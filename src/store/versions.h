/*
 * What a store knows of one record: its versions, who brought them and when,
 * and which of them is shown.  Of a protected one, only what manifests say.
 */
#ifndef BAYAZ_STORE_VERSIONS_H
#define BAYAZ_STORE_VERSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/vec.h"
#include "crypt/crypt.h"

struct store;

/* A bundle that a version came in.  Texts are the version's. */
struct version_bundle {
	char *device;			/* the worker's code; "" if not told */
	char *fingerprint;		/* of an accepted device, else "" */
	char *date;			/* of the bundle, YYYY-MM-DD */
	char *finished;			/* as the manifest says; "" if protected */
	int64_t sequence;
	char manifest[SHA256_HEX_BYTES];
};

struct store_version {
	char sha256[SHA256_HEX_BYTES];
	bool is_sealed;			/* nothing else is known but the bundles */
	bool is_head, is_shown, training;
	int64_t depth;
	char *form_version, *instance, *deprecated, *problem;
	VEC(struct version_bundle) bundles;	/* by date, then sequence */
	VEC(char *) priors;		/* hexadecimal, sorted */
};

struct store_record {
	int64_t id;			/* its row; 0 of a protected one */
	char *name, *form;		/* "" of a protected one */
	char *review, *hidden;		/* as the columns of the table; "" */
	bool conflict;			/* that waits for a person */
	VEC(struct store_version) versions;	/* oldest first: by depth, hash */
};

void store_record_release(struct store_record *record);

/* Its heads, for a statement about it; they are in `hashes`, free() that.
 * ERR_REFUSED: it is protected. */
struct statement_versions;
bool store_record_heads(const struct store_record *record,
	char (**hashes)[SHA256_HEX_BYTES], struct statement_versions *heads,
	struct err *err) MUST_CHECK;
/* All its versions, likewise. */
void store_record_hashes(const struct store_record *record,
	char (**hashes)[SHA256_HEX_BYTES], struct statement_versions *all);

/* What `text` names: the record's name, the instanceID of a version, or the
 * beginning of a version's hash, 8 digits at least.  ERR_NOTFOUND;
 * ERR_CONFLICT: several. */
bool store_record_find(struct store *store, const char *text,
	struct store_record *record, struct err *err) MUST_CHECK;

#endif
