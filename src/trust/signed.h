/*
 * A small document with its signature: one line of canonical JSON, a line
 * break, and the .minisig text over that line with its break.  So it is kept
 * in a workspace and in a store; in a bundle the two are entries of their own.
 */
#ifndef BAYAZ_TRUST_SIGNED_H
#define BAYAZ_TRUST_SIGNED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "crypt/minisign.h"

enum { SIGNED_MAX_BYTES = 1 << 20 };

struct trust_signed {
	struct str document;	/* the line of JSON and its line break */
	struct str signature;	/* .minisig text */
};
#define TRUST_SIGNED_INIT { STR_INIT, STR_INIT }

void trust_signed_release(struct trust_signed *signed_);
void trust_signed_copy(struct trust_signed *to,
	const struct trust_signed *from);

/* Sign `document` (without or with its line break). */
void trust_sign(struct trust_signed *signed_, const char *document,
	const struct minisign_key *key);
/* ERR_CRYPTO, ERR_NOKEY, ERR_SYNTAX: not what this key signed. */
bool trust_signed_check(const struct trust_signed *signed_,
	const struct minisign_public *key, struct err *err) MUST_CHECK;

/* As one text, appended; and back.  ERR_SYNTAX, ERR_LIMIT. */
void trust_signed_join(const struct trust_signed *signed_, struct str *out);
bool trust_signed_split(struct trust_signed *signed_, const char *bytes,
	size_t n_bytes, struct err *err) MUST_CHECK;

#endif
