/*
 * Making statements: the JSON of a fact, signed with the key of who says it.
 * Only files of this folder include it; others call what the statement is for.
 */
#ifndef BAYAZ_STORE_SAY_H
#define BAYAZ_STORE_SAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "crypt/minisign.h"
#include "trust/signed.h"

struct store;

/* A statement of that kind that replaces nothing yet.  Its signer is part of
 * it: what two stores say are two facts, each of which counts as long as its
 * own signer may say it. */
struct json *say_new(const struct store *store, const char *kind,
	const struct minisign_key *key) RETURNS_NONNULL;

/* Sign it, keep it and free it.  `said` (NULL: not wanted) gets the text;
 * *is_new and *id may be NULL. */
bool say(struct store *store, const char *kind, struct json *fact,
	const struct minisign_key *key, struct trust_signed *said,
	bool *is_new, int64_t *id, struct err *err) MUST_CHECK;

#endif
