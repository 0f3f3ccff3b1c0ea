/*
 * Sealing what lies on this machine: XChaCha20-Poly1305 under a 32-byte key.
 * A sealed text is
 *
 *	offset 0	24 bytes	nonce (random)
 *	offset 24	8 + n + padding	encrypted: length n (64 bits, little
 *					endian), the bytes, zeros
 *	at the end	16 bytes	tag
 *
 * so that what is seen from outside is a multiple of a step, not a length.
 * Source: draft-irtf-cfrg-xchacha-03, RFC 9106.
 */
#ifndef BAYAZ_CRYPT_SEAL_H
#define BAYAZ_CRYPT_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum {
	SEAL_KEY_BYTES = 32,
	SEAL_SALT_BYTES = 16,
	SEAL_TAG_BYTES = 16,
	SEAL_OVERHEAD = 24 + 8 + 16,	/* without padding */
};

void seal_key_new(uint8_t key[SEAL_KEY_BYTES]);

/* Append the sealed bytes to `out`.  `ad` is bound but not stored; it may be
 * NULL with 0 bytes.  8 + n_bytes is padded to a multiple of `pad_step` (0 or
 * 1: not at all). */
void seal_bytes(const uint8_t key[SEAL_KEY_BYTES],
	const void *ad, size_t ad_bytes, const void *bytes, size_t n_bytes,
	size_t pad_step, struct str *out);

/* Append the opened bytes to `out`: plain text, for str_wipe().  ERR_CRYPTO
 * if the key or the associated data is another or a bit was changed; then
 * `out` is as it was. */
bool seal_open(const uint8_t key[SEAL_KEY_BYTES],
	const void *ad, size_t ad_bytes, const void *sealed, size_t n_bytes,
	struct str *out, struct err *err) MUST_CHECK;

/* The same without a copy: decrypted into `room`, of at least n_bytes bytes;
 * *plain points into it.  No error text: false says it does not open. */
bool seal_open_into(const uint8_t key[SEAL_KEY_BYTES],
	const void *ad, size_t ad_bytes, const void *sealed, size_t n_bytes,
	void *room, const char **plain, size_t *plain_bytes) MUST_CHECK;

/* The last 16 bytes: what the next link of a chain binds.  n_bytes must be
 * at least SEAL_OVERHEAD. */
const uint8_t *seal_tag(const void *sealed, size_t n_bytes);

/* Argon2id, 64 MiB, three passes: about a third of a second to two seconds.
 * ERR_LIMIT where that memory cannot be had. */
bool seal_key_from_passphrase(const char *passphrase,
	const uint8_t salt[SEAL_SALT_BYTES], uint8_t key[SEAL_KEY_BYTES],
	struct err *err) MUST_CHECK;

#endif
