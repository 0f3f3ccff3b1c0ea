/*
 * From facts to tables: what a manifest, a form or an acceptance means.  A
 * merge derives what it added; store_rebuild() derives everything; both must
 * come to the same.
 */
#ifndef BAYAZ_STORE_DERIVE_H
#define BAYAZ_STORE_DERIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"
#include "bundle/manifest.h"
#include "store/version.h"

struct store;

/* What has to be looked at again at the end. */
struct touched {
	VEC(int64_t) versions;		/* new, or with new priors */
	bool forms;			/* a form or a file of one came */
	bool rules;			/* what merges look for has changed */
	bool trust;			/* whom to believe is to be asked again */
	bool anew;			/* something counts no more: derive all */
	bool looks_for_erased;		/* whether some are was asked, */
	bool some_erased;		/* and answered */
	VEC(int64_t) resolutions;	/* facts, derived when all are known */
	size_t n_versions_new, n_versions_known;
	size_t n_sealed_new;
	size_t n_missing;		/* attachments that records name */
	size_t n_versions_counted;	/* of n_versions_new, in table total */
	struct version_shelf shelf;	/* of the newest of them */
	struct finishing *finishing;	/* derive.c */
	struct gate *gate;		/* made when it is needed */
	struct xml_reader *reader;	/* made when it is needed */
};
void touched_release(struct touched *touched);

/* A manifest fact: its row. */
bool derive_manifest(struct store *store, int64_t fact,
	const struct manifest *manifest, struct err *err) MUST_CHECK;
/* Are its entries to be derived, or set aside? */
bool derive_is_trusted(struct store *store, int64_t fact, bool *trusted,
	struct err *err) MUST_CHECK;
/* What the caller has at hand of an entry. */
struct derive_bytes {
	const struct str *text;		/* all of it, or NULL */
	struct version_parsed *parsed;	/* of a record, is taken; or NULL */
};
/* One entry of it, whose bytes are content `content`.  `bytes` may be NULL. */
bool derive_entry(struct store *store, int64_t fact,
	const struct manifest_entry *entry, int64_t content,
	const struct derive_bytes *bytes, struct touched *touched,
	struct err *err) MUST_CHECK;
/* All entries of a manifest, from the contents that are here.  ERR_SPEC: some
 * are not. */
bool derive_entries(struct store *store, int64_t fact,
	const struct manifest *manifest, struct touched *touched,
	struct err *err) MUST_CHECK;
/* Any other fact. */
bool derive_fact(struct store *store, int64_t fact, struct touched *touched,
	struct err *err) MUST_CHECK;
/* Now and then: records and rows of what came so far, if nothing else is to be
 * done before them, so that memory does not grow with a bundle. */
bool derive_some(struct store *store, struct touched *touched,
	struct err *err) MUST_CHECK;
/* Then: layouts, records, rows of tables. */
bool derive_finish(struct store *store, struct touched *touched,
	struct err *err) MUST_CHECK;

/* A form that a manifest lists, or that a statement names. */
bool derive_form_entry(struct store *store,
	const struct manifest_entry *entry, int64_t content,
	const struct str *bytes, struct touched *touched, struct err *err)
	MUST_CHECK;
struct json;
bool derive_form_fact(struct store *store, const struct json *fact,
	struct touched *touched, struct err *err) MUST_CHECK;

/* What the store knows of a version of a form. */
struct form_known { bool known, is_protected, is_untagged; };
bool derive_form_known(struct store *store, const char *form,
	const char *version, struct form_known *known, struct err *err)
	MUST_CHECK;

#endif
