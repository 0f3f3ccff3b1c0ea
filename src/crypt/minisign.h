/*
 * minisign signatures: Ed25519 over the BLAKE2b-512 of the bytes ("ED"), with
 * a trusted comment that is signed too.  Keys and signatures are the texts
 * that the minisign program reads and writes.
 * Source: minisign's manual, "Signature format", "Public key format".
 */
#ifndef BAYAZ_CRYPT_MINISIGN_H
#define BAYAZ_CRYPT_MINISIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "crypt/crypt.h"

struct minisign_key { uint8_t id[8]; uint8_t secret[64]; };
struct minisign_public { uint8_t id[8]; uint8_t point[32]; };

enum { MINISIGN_PUBLIC_TEXT = 57 };	/* RW..., 56 characters and NUL */

void minisign_key_new(struct minisign_key *key);
void minisign_key_wipe(struct minisign_key *key);
void minisign_key_public(const struct minisign_key *key,
	struct minisign_public *public_key);

/* One line of base64, as it stands in manifests. */
void minisign_public_format(const struct minisign_public *public_key,
	char text[MINISIGN_PUBLIC_TEXT]);
/* Append the two lines of a .pub file. */
void minisign_public_file(const struct minisign_public *public_key,
	struct str *out);
/* Either form.  ERR_SYNTAX. */
bool minisign_public_parse(const char *text,
	struct minisign_public *public_key, struct err *err) MUST_CHECK;
bool minisign_public_read(const char *path,
	struct minisign_public *public_key, struct err *err) MUST_CHECK;
bool minisign_public_same(const struct minisign_public *a,
	const struct minisign_public *b);
/* Fingerprint of the 32 bytes of the key (crypt_fingerprint()). */
void minisign_public_fingerprint(const struct minisign_public *public_key,
	char text[FINGERPRINT_BYTES]);

/* A secret key file as `minisign -G -W` makes it, without a password: append
 * it; read it (str_wipe() such texts).  With a password: ERR_REFUSED. */
void minisign_key_file(const struct minisign_key *key, struct str *out);
bool minisign_key_parse(const char *text, struct minisign_key *key,
	struct err *err) MUST_CHECK;

/* Append a whole .minisig text.  trusted_comment: one line. */
void minisign_sign(const struct minisign_key *key, const void *bytes,
	size_t n_bytes, const char *trusted_comment, struct str *out);

/* ERR_SYNTAX: no signature text; ERR_NOKEY: made with another key;
 * ERR_CRYPTO: it does not fit these bytes or the comment was changed.
 * `trusted_comment` (NULL: not wanted) is appended to. */
bool minisign_verify(const struct minisign_public *public_key,
	const void *bytes, size_t n_bytes, const char *signature,
	struct str *trusted_comment, struct err *err) MUST_CHECK;

#endif
