/*
 * The file `keys`: the wrapping key, sealed under the passphrase or lying
 * open in a file only its owner can read.  4 KiB, two slots of 2 KiB, so that
 * a change is written beside the old key before that is overwritten in place.
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
	KEYS_PASSPHRASE = 1,
	KEYS_OPEN = 2,
};

/* In locked memory: secret_new(). */
struct keys {
	uint8_t store[SEAL_KEY_BYTES];
	uint8_t wrapping[SEAL_KEY_BYTES];
	uint8_t wrapping_id[KEYS_ID_BYTES];
	uint8_t passphrase[SEAL_KEY_BYTES];	/* what Argon2id made of it */
	uint8_t salt[SEAL_SALT_BYTES];
	/* while they change: what to go back to */
	uint8_t old_store[SEAL_KEY_BYTES];
	uint8_t old_wrapping[SEAL_KEY_BYTES];
	uint8_t old_wrapping_id[KEYS_ID_BYTES];
	uint32_t serial;
	int kind;		/* KEYS_PASSPHRASE, KEYS_OPEN */
	int slot;		/* 0, 1: where the wrapping key in use lies */
	int old_slot;
	bool rotating;		/* old_* count */
};

/* Fresh wrapping and store keys; `passphrase` NULL: KEYS_OPEN. */
bool keys_make(struct keys *keys, const char *passphrase, struct err *err)
	MUST_CHECK;
/* Write a new file with slot 0.  ERR_REFUSED: no modes here (KEYS_OPEN). */
bool keys_create(struct keys *keys, const char *path, struct err *err)
	MUST_CHECK;
/* Which kind is it?  ERR_SPEC: no such file of ours. */
bool keys_kind(const char *path, int *kind, struct err *err) MUST_CHECK;
/* The wrapping key of this id.  ERR_CRYPTO: wrong passphrase, or the files do
 * not belong together; ERR_REFUSED. */
bool keys_open(struct keys *keys, const char *path,
	const uint8_t wrapping_id[KEYS_ID_BYTES], const char *passphrase,
	struct err *err) MUST_CHECK;
/* Write the keys into the other slot, which is then the one in use. */
bool keys_write_other(struct keys *keys, const char *path, struct err *err)
	MUST_CHECK;
/* Overwrite a slot with zeros, durably. */
bool keys_clear_slot(const char *path, int slot, struct err *err) MUST_CHECK;

/* The store key sealed under the wrapping key, and back. */
void keys_seal_store(const struct keys *keys, struct str *out);
bool keys_open_store(struct keys *keys, const void *sealed, size_t n_bytes,
	struct err *err) MUST_CHECK;

#endif
