/*
 * Looking into what is sealed, with the key of protected records.  Each record
 * is opened in memory, judged and forgotten: consent (DNH-12), whether it was
 * withdrawn (DNH-14), whether two laptops drew one case code (DNH-26).  What
 * comes of it are statements; of an answer nothing is written.
 * Source: bayaz-store(5), "Protected records", "Erasing".
 */
#ifndef BAYAZ_STORE_UNLOCK_H
#define BAYAZ_STORE_UNLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/vec.h"
#include "crypt/age.h"
#include "crypt/crypt.h"
#include "crypt/minisign.h"

struct store;
struct version_head;

struct unlock_setup {
	/* identities of the protected class; the first is the one under which
	 * tombstones are said */
	const struct age_identity *identities;
	size_t n_identities;
	const struct minisign_key *store_key;	/* says what follows */
	bool all;			/* also what was looked into before */
	/* Told of each record that stays; or NULL.  The head's texts live
	 * during the call. */
	void (*opened)(void *context, const char sha256[SHA256_HEX_BYTES],
		const struct version_head *head);
	/* Told now and then how many of how many are looked into; or NULL. */
	void (*progress)(void *context, uint64_t done, uint64_t all);
	void *context;
};

/* Two laptops drew the same code: records of different people, perhaps. */
struct unlock_clash { char one[SHA256_HEX_BYTES], other[SHA256_HEX_BYTES]; };

struct unlock_result {
	size_t n_opened;		/* records that stay, looked into now */
	size_t n_requests;		/* to delete, looked into now */
	size_t n_no_consent;		/* erased now */
	size_t n_withdrawn;		/* erased now, standard ones too */
	size_t n_waiting;		/* to be erased by who has the role */
	size_t n_other_key;		/* sealed to a key that is not here */
	size_t n_form_unknown;		/* of a form that is not here */
	size_t n_damaged;		/* open, but are no records */
	VEC(struct unlock_clash) clashes;	/* only if all were looked into */
};
void unlock_result_release(struct unlock_result *result);

/* Inside a transaction; erase_settle() after it.  Release the result,
 * whatever came out. */
bool store_unlock(struct store *store, const struct unlock_setup *setup,
	struct unlock_result *result, struct err *err) MUST_CHECK;

/* The subject of a tombstone: the recipient of the identity, a blank, and the
 * HMAC of the code under a key derived from the identity.  free() it. */
char *tombstone_subject(const struct age_identity *identity,
	const char *code) RETURNS_NONNULL;

#endif
