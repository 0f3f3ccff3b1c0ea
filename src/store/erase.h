/*
 * Erasing: the one case in which a store gives up what it had (DNH-12, 14).
 * A signed statement names the bytes by hash and says why; whoever has it
 * gives them up, too, and takes them no more.  What stays is the hash, the
 * reason, and that a bundle brought it, so that a receipt can tell.
 * Tombstones keep what a person wanted forgotten from coming again: HMACs of
 * case codes, which only the key of protected records can check.
 * Source: bayaz-store(5), "Erasing"; domain.md, DNH-12, DNH-14.
 */
#ifndef BAYAZ_STORE_ERASE_H
#define BAYAZ_STORE_ERASE_H

#include <stdbool.h>

#include "base/err.h"
#include "crypt/crypt.h"
#include "crypt/minisign.h"

struct json;
struct store;
struct touched;

#define FACT_ERASED "erased"
#define FACT_TOMBSTONE "tombstone"

/* Why: words of a receipt. */
#define ERASED_NO_CONSENT "no-consent"
#define ERASED_WITHDRAWN "withdrawn"

enum { ERASED_CODE_BYTES = 32 };

/* The roles of who may say such a statement: that consent is missing is seen
 * by every merge. */
unsigned erase_roles(const struct json *json);

/* "These bytes are erased", said with the store's key, and what follows at
 * once; the caller finishes with derive_finish().  Saying it again changes
 * nothing. */
bool erase_say(struct store *store, const struct minisign_key *key,
	const char sha256[SHA256_HEX_BYTES], const char *code,
	struct touched *touched, struct err *err) MUST_CHECK;
/* "Records with this code are to be forgotten"; `subject` as
 * tombstone_subject() makes it. */
bool tombstone_say(struct store *store, const struct minisign_key *key,
	const char *subject, struct err *err) MUST_CHECK;
bool tombstone_is_said(struct store *store, const char *subject, bool *is,
	struct err *err) MUST_CHECK;

/* The statement as a row of table statement: subject and value; false: it
 * means nothing.  `subject` is for free(). */
bool erase_read(const char *kind, const struct json *json, char **subject,
	const char **value);
/* One of them is in force. */
bool erase_derive(struct store *store, const char *kind, const char *subject,
	const char *code, struct touched *touched, struct err *err)
	MUST_CHECK;

/* Is this not to be kept? */
bool erase_is_refused(struct store *store,
	const uint8_t sha256[SHA256_BYTES], bool *is, struct err *err)
	MUST_CHECK;

/* After a commit that erased something: the old bytes go from the file beside
 * the store as well, unless somebody is reading. */
void erase_settle(struct store *store);

#endif
