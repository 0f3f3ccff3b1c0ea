/* What writer and reader of age files share; private to this folder.
 * Source: C2SP age.md. */
#ifndef BAYAZ_CRYPT_AGE_FORMAT_H
#define BAYAZ_CRYPT_AGE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AGE_MAGIC "age-encryption.org/v1"
#define AGE_X25519_INFO "age-encryption.org/v1/X25519"
#define AGE_SCRYPT_LABEL "age-encryption.org/v1/scrypt"

enum {
	AGE_FILE_KEY = 16,
	AGE_NONCE = 16,
	AGE_TAG = 16,
	AGE_WRAPPED = AGE_FILE_KEY + AGE_TAG,
	AGE_SALT = 16,
	AGE_CHUNK = 64 << 10,
	AGE_BODY_COLUMNS = 64,
	AGE_BODY_LINE = 48,		/* bytes in 64 columns */
};

/* The 12-byte nonce of a chunk: a counter, big endian, and the last flag. */
void age_chunk_nonce(uint64_t counter, bool last, uint8_t nonce[12]);

/* Key that wraps the file key for one recipient.  False: the shared secret is
 * all zeros, because `theirs` is a point of low order. */
bool age_x25519_key(const uint8_t secret[32], const uint8_t theirs[32],
	const uint8_t share[32], const uint8_t point[32], uint8_t key[32]);
/* False: no memory for it. */
bool age_scrypt_key(const char *passphrase, const uint8_t salt[AGE_SALT],
	int log_n, uint8_t key[32]);

void age_wrap(const uint8_t key[32], const uint8_t file_key[AGE_FILE_KEY],
	uint8_t wrapped[AGE_WRAPPED]);
bool age_unwrap(const uint8_t key[32], const uint8_t wrapped[AGE_WRAPPED],
	uint8_t file_key[AGE_FILE_KEY]);

/* HMAC of the header up to and with "---". */
void age_header_mac(const uint8_t file_key[AGE_FILE_KEY], const char *header,
	size_t n_bytes, uint8_t mac[32]);

#endif
