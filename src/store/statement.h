/*
 * What people say about records and bundles: this record is deleted, that
 * bundle is set aside, these versions are approved, those two records are one.
 * A statement is in force if it counts (its signer has the role for it) and
 * no statement that counts replaces it.  Format: bayaz-store(5), "Facts".
 */
#ifndef BAYAZ_STORE_STATEMENT_H
#define BAYAZ_STORE_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/vec.h"
#include "crypt/crypt.h"
#include "crypt/minisign.h"
#include "trust/cert.h"

struct json;
struct store;
struct touched;

#define FACT_DELETION "deletion"
#define FACT_HORIZON "horizon"
#define FACT_REVIEW "review"
#define FACT_ASIDE "set-aside"
#define FACT_LINK "link"
#define FACT_RULES "rules"
#define FACT_RESOLUTION "resolution"
#define FACT_BACK "taken-back"

#define REVIEW_RECEIVED "received"
#define REVIEW_ISSUES "has-issues"
#define REVIEW_APPROVED "approved"
#define REVIEW_REJECTED "rejected"

enum { STATEMENT_VERSIONS_MAX = 1000 };	/* that one of them names */

/* The role that who says it must have; 0: not one of these kinds. */
unsigned statement_roles(const char *kind);

/* Hashes of versions, of one record or two. */
struct statement_versions {
	const char *form;
	const char (*sha256)[SHA256_HEX_BYTES];
	size_t n;
};

/* Say it with the store's key and work out what follows; inside a
 * transaction.  Saying again what is in force changes nothing. */
bool statement_delete(struct store *store, const struct minisign_key *key,
	const struct statement_versions *versions, struct err *err) MUST_CHECK;
/* `state` is one of REVIEW_...; `remark` may be "". */
bool statement_review(struct store *store, const struct minisign_key *key,
	const struct statement_versions *versions, const char *state,
	const char *remark, struct err *err) MUST_CHECK;
/* Two versions of different records: they are of one. */
bool statement_link(struct store *store, const struct minisign_key *key,
	const struct statement_versions *versions, struct err *err) MUST_CHECK;
/* Records of that form finished before the date (YYYY-MM-DD) are not shown. */
bool statement_horizon(struct store *store, const struct minisign_key *key,
	const char *form, const char *date, struct err *err) MUST_CHECK;
/* The bundle of that manifest is as if it had never come; `remark` says why,
 * or is "". */
bool statement_set_aside(struct store *store, const struct minisign_key *key,
	const char manifest[SHA256_HEX_BYTES], const char *remark,
	struct err *err) MUST_CHECK;
/* A new version, whose priors are `versions`, made at the centre. */
struct statement_file { char *name; char sha256[SHA256_HEX_BYTES]; };
struct statement_resolved {
	const char *xml;
	size_t n_bytes;
	const char *finished;		/* ISO 8601; "": nobody knows */
	const struct statement_file *files;	/* attachments, by name */
	size_t n_files;
};
bool statement_resolve(struct store *store, const struct minisign_key *key,
	const struct statement_versions *versions,
	const struct statement_resolved *made, struct err *err) MUST_CHECK;

/* What merges look for: the text of a file of rules (rules.h), in place of
 * those of before; "": nothing any more. */
bool statement_rules(struct store *store, const struct minisign_key *key,
	const char *text, struct err *err) MUST_CHECK;

/* Take back what is in force of that kind about the subject (a manifest, or
 * versions: statement_subject()).  ERR_NOTFOUND: nothing is. */
bool statement_take_back(struct store *store, const struct minisign_key *key,
	const char *kind, const char *subject, struct err *err) MUST_CHECK;

/* What the table calls a set of versions: their hashes, sorted, with a blank
 * between; free() it. */
char *statement_subject(const struct statement_versions *versions)
	RETURNS_NONNULL;

/* Each subject of that kind that is in force and names one of the versions. */
struct statement_subjects { VEC(char *) list; };
void statement_subjects_release(struct statement_subjects *subjects);
bool statement_subjects(struct store *store, const char *kind,
	const struct statement_versions *versions,
	struct statement_subjects *subjects, struct err *err) MUST_CHECK;

bool statement_is_in_force(struct store *store, int64_t fact, bool *is,
	struct err *err) MUST_CHECK;
/* The hashes of what is in force of that kind about the subject, in order. */
bool statement_in_force(struct store *store, const char *kind,
	const char *subject, struct json *hashes, struct err *err) MUST_CHECK;

/* Derive one: `json` is its text, `sha256` its hash, `counts` whether its
 * signer may say it.  What it is about goes to `touched`. */
bool statement_derive(struct store *store, int64_t fact, const char *kind,
	const char sha256[SHA256_HEX_BYTES], const struct json *json,
	bool counts, struct touched *touched, struct err *err) MUST_CHECK;

/* The greatest date of the form's horizons in force; "" if there is none. */
bool statement_horizon_of(struct store *store, const char *form,
	char date[11], struct err *err) MUST_CHECK;

#endif
