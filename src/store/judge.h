/*
 * Whom the facts tell to believe: the project, which stores' statements
 * count, which laptops are accepted or revoked, and which of their bundles
 * are trusted.  Worked out from the facts alone, in no order, so that every
 * machine comes to the same.  Source: bayaz-store(5), "Trust".
 */
#ifndef BAYAZ_STORE_JUDGE_H
#define BAYAZ_STORE_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/vec.h"
#include "crypt/crypt.h"
#include "trust/cert.h"
#include "trust/project.h"

struct store;

struct judge_hash { char hex[SHA256_HEX_BYTES]; };

/* A store whose certificate was withdrawn, and what of it goes on counting. */
struct judge_withdrawn {
	struct minisign_public key;
	VEC(struct judge_hash) keeps;	/* statements */
};

struct judge {
	bool has_project;		/* false: nobody may say anything */
	struct trust_project project;
	VEC(struct trust_cert) certs;
	VEC(struct judge_withdrawn) withdrawn;
};

/* Read project, certificates and their withdrawals.  judge_release() it,
 * whatever came out. */
bool judge_load(struct store *store, struct judge *judge, struct err *err)
	MUST_CHECK;
void judge_release(struct judge *judge);

/* The project's text of highest serial, then of highest hash.  ERR_NOTFOUND:
 * none has come. */
bool judge_project(struct store *store, struct trust_project *project,
	struct err *err) MUST_CHECK;

/* Does the statement of that hash, by that key, count for one of `roles`? */
bool judge_counts(const struct judge *judge, const char *signer,
	const char sha256[SHA256_HEX_BYTES], unsigned roles);

/* Add the hashes of what was said about a device (that it is accepted, or
 * revoked) and counts now, in order: for a statement that replaces them. */
struct json;
bool judge_in_force(struct store *store, const char *device, bool revoked,
	struct json *hashes, struct err *err) MUST_CHECK;

/* Write down who is accepted and who is revoked (table device), and which
 * manifests are trusted.  *changed: a manifest other than fact `except` is
 * now judged otherwise, so what is derived must be derived again. */
bool judge_update(struct store *store, int64_t except, bool *changed,
	struct err *err) MUST_CHECK;

#endif
