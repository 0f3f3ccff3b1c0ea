/*
 * The small tools of cryptography: random bytes, SHA-256, HMAC, hex and
 * fingerprints.  All of libsodium stays in this folder.
 * Source: FIPS 180-4, RFC 2104, RFC 5869, RFC 4648.
 */
#ifndef BAYAZ_CRYPT_CRYPT_H
#define BAYAZ_CRYPT_CRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

enum {
	SHA256_BYTES = 32,
	SHA256_HEX_BYTES = 65,		/* 64 digits and the NUL */
	FINGERPRINT_BYTES = 25,		/* XXXX-XXXX-XXXX-XXXX-XXXX, NUL */
};

/* Once at start, before anything else here: prepares libsodium, turns core
 * dumps off and keeps other programs of the user from looking in.  Again is fine.  ERR_INTERNAL if the system has no randomness. */
bool crypt_init(struct err *err) MUST_CHECK;

void crypt_random(void *bytes, size_t n_bytes);
/* Evenly from 0 to below - 1. */
uint32_t crypt_random_below(uint32_t below);

/* Memory for keys: locked where the system allows, never in a core dump,
 * wiped when freed.  Cleared; never NULL.  Freeing NULL is fine. */
void *secret_new(size_t size_bytes) RETURNS_NONNULL;
void secret_free(void *secret);

/* The same in constant time? */
bool crypt_same(const void *a, const void *b, size_t n_bytes);

/* Is it an Ed25519 signature of the message by that key? */
bool crypt_verify(const unsigned char key[32],
	const unsigned char signature[64], const void *message,
	size_t n_bytes);

/* Streaming SHA-256; the fields are libsodium's business. */
struct sha256 { uint64_t opaque[14]; };
void sha256_init(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *bytes, size_t n_bytes);
void sha256_end(struct sha256 *hash, uint8_t digest[SHA256_BYTES]);
void sha256_end_hex(struct sha256 *hash, char hex[SHA256_HEX_BYTES]);
/* All at once, as 64 lower-case digits. */
void sha256_hex(const void *bytes, size_t n_bytes, char hex[SHA256_HEX_BYTES]);
void sha256_bytes(const void *bytes, size_t n_bytes,
	uint8_t digest[SHA256_BYTES]);
/* 64 lower-case hexadecimal digits and nothing else? */
bool sha256_is_hex(const char *text);

void hmac_sha256(const void *key, size_t key_bytes, const void *bytes,
	size_t n_bytes, uint8_t tag[32]);
/* HKDF-SHA-256 for up to 32 bytes; `salt` may be NULL with 0 bytes. */
void hkdf_sha256(const void *secret, size_t secret_bytes, const void *salt,
	size_t salt_bytes, const char *info, uint8_t key[32]);

/* `text` takes 2 * n_bytes digits and a NUL. */
void hex_encode(const void *bytes, size_t n_bytes, char *text);
/* Exactly 2 * n_bytes digits of either case; false: something else. */
bool hex_decode(const char *text, void *bytes, size_t n_bytes);

/* What two people compare: the first 100 bits of the SHA-256 of a public key,
 * in base32, five groups of four. */
void crypt_fingerprint(const void *key, size_t key_bytes,
	char text[FINGERPRINT_BYTES]);
/* As a person types it: case, dashes and blanks do not matter. */
bool crypt_fingerprint_same(const char *typed, const char *fingerprint);

/*
 * Where streams come from and go to.  A source fills up to `size_bytes` and
 * says how many it got; 0 is the end.  Both return false with `err` filled.
 */
typedef bool byte_source(void *context, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err);
typedef bool byte_sink(void *context, const void *bytes, size_t n_bytes,
	struct err *err);

#endif
