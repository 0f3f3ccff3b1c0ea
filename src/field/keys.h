/*
 * The keys of a workspace.
 *
 *	passphrase -> wrapping key -> store key -> bucket keys -> heads
 *	              (file `keys`)   (field.db)   (field.db)
 *
 * The file `keys` holds the wrapping key, sealed under the passphrase or lying
 * open in a file only its owner can read.  4 KiB, two slots of 2 KiB, so that
 * a change is written beside the old key before that is overwritten in place.
 * The head of a row is sealed under the bucket key of its number, so that few
 * heads are sealed anew when one of them is to be forgotten.
 * Layout: bayaz-field(7).
 */
#ifndef BAYAZ_FIELD_KEYS_H
#define BAYAZ_FIELD_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "crypt/seal.h"

enum {
	KEYS_FILE_BYTES = 4096,
	KEYS_SLOT_BYTES = 2048,
	KEYS_ID_BYTES = 16,
	KEYS_BUCKETS = 256,
	KEYS_PASSPHRASE = 1,
	KEYS_OPEN = 2,
};

/* In locked memory: secret_new(). */
struct keys {
	uint8_t buckets[KEYS_BUCKETS][SEAL_KEY_BYTES];
	uint8_t store[SEAL_KEY_BYTES];
	uint8_t wrapping[SEAL_KEY_BYTES];
	uint8_t wrapping_id[KEYS_ID_BYTES];
	uint8_t passphrase[SEAL_KEY_BYTES];	/* what Argon2id made of it */
	uint8_t salt[SEAL_SALT_BYTES];
	uint32_t serial;
	int kind;		/* KEYS_PASSPHRASE, KEYS_OPEN */
	int slot;		/* 0, 1: where the wrapping key in use lies */
	bool other_slot_used;	/* when it was opened: what a crash left */
};

/* Fresh keys of all kinds; `passphrase` NULL: KEYS_OPEN. */
bool keys_make(struct keys *keys, const char *passphrase, struct err *err)
	MUST_CHECK;
/* Fresh store and wrapping keys. */
void keys_renew(struct keys *keys);
/* Another passphrase, or NULL: none.  Only in memory. */
bool keys_set_passphrase(struct keys *keys, const char *passphrase,
	struct err *err) MUST_CHECK;

/* Write a new file with slot 0.  ERR_REFUSED: no modes here (KEYS_OPEN). */
bool keys_create(struct keys *keys, const char *path, struct err *err)
	MUST_CHECK;
/* Does this file keep the modes it is given?  FAT and its like do not. */
bool keys_has_modes(const char *path);
/* Which kind is it?  0: a change from one to the other was interrupted, and
 * the wrapping key's id, in the database, decides: keys_kind_of().  ERR_SPEC:
 * no such file of ours. */
bool keys_kind(const char *path, int *kind, struct err *err) MUST_CHECK;
bool keys_kind_of(const char *path, const uint8_t wrapping_id[KEYS_ID_BYTES],
	int *kind, struct err *err) MUST_CHECK;
/* The wrapping key of this id.  ERR_CRYPTO: wrong passphrase; ERR_CONFLICT:
 * the files do not belong together; ERR_REFUSED. */
bool keys_open(struct keys *keys, const char *path,
	const uint8_t wrapping_id[KEYS_ID_BYTES], const char *passphrase,
	struct err *err) MUST_CHECK;
/* The same for keys that are open, when another program renewed them: the
 * passphrase is known.  ERR_CONFLICT: that was changed too. */
bool keys_reopen(struct keys *keys, const char *path,
	const uint8_t wrapping_id[KEYS_ID_BYTES], struct err *err) MUST_CHECK;

/* Write the keys into the other slot, which is then the one in use.  Only one
 * program may do this at a time, and keys_clear_slot() likewise: they hold
 * the database's write lock. */
bool keys_write_other(struct keys *keys, const char *path, struct err *err)
	MUST_CHECK;
/* Overwrite a slot with zeros, durably. */
bool keys_clear_slot(const char *path, int slot, struct err *err) MUST_CHECK;

/* The store key sealed under the wrapping key, and back. */
void keys_seal_store(const struct keys *keys, struct str *out);
bool keys_open_store(struct keys *keys, const void *sealed, size_t n_bytes,
	struct err *err) MUST_CHECK;
/* The bucket keys sealed under the store key, and back. */
void keys_seal_buckets(const struct keys *keys, struct str *out);
bool keys_open_buckets(struct keys *keys, const void *sealed, size_t n_bytes,
	struct err *err) MUST_CHECK;

/* Where the head of this row belongs: the upper eight bits of its 63. */
static inline unsigned keys_bucket(int64_t id)
{
	return (unsigned)((uint64_t)id >> 55) % KEYS_BUCKETS;
}

#endif
