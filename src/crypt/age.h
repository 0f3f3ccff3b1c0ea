/*
 * age version 1: files encrypted to X25519 recipients or to a passphrase,
 * written and read as streams in chunks of 64 KiB.  Memory does not grow with
 * the file, and a chunk is given out only when its tag was right.
 * Source: C2SP age.md (age-encryption.org/v1), RFC 7748, RFC 7468 (armour).
 */
#ifndef BAYAZ_CRYPT_AGE_H
#define BAYAZ_CRYPT_AGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "crypt/crypt.h"

enum {
	AGE_IDENTITY_TEXT = 75,		/* AGE-SECRET-KEY-1... and NUL */
	AGE_RECIPIENT_TEXT = 63,	/* age1... and NUL */
	AGE_LOG_N_WRITTEN = 15,		/* scrypt work factor, log2 */
	AGE_LOG_N_MAX = 20,
	AGE_MAX_RECIPIENTS = 1000,	/* readers take 1024 stanzas */
};

struct age_identity { uint8_t secret[32]; uint8_t point[32]; };
struct age_recipient { uint8_t point[32]; };

void age_identity_new(struct age_identity *identity);
/* From 32 bytes, for recovery identities made of halves. */
void age_identity_from_secret(const uint8_t secret[32],
	struct age_identity *identity);
void age_identity_wipe(struct age_identity *identity);
void age_identity_recipient(const struct age_identity *identity,
	struct age_recipient *recipient);

/* Text forms, Bech32.  Blanks and a line break around are fine; ERR_SYNTAX. */
bool age_identity_parse(const char *text, struct age_identity *identity,
	struct err *err) MUST_CHECK;
void age_identity_format(const struct age_identity *identity,
	char text[AGE_IDENTITY_TEXT]);
bool age_recipient_parse(const char *text, struct age_recipient *recipient,
	struct err *err) MUST_CHECK;
void age_recipient_format(const struct age_recipient *recipient,
	char text[AGE_RECIPIENT_TEXT]);

/* Any 32 bytes in Bech32 with another prefix (upper case when `prefix` is):
 * the halves of a recovery identity.  `text` is appended to. */
void bech32_format(const char *prefix, const uint8_t bytes[32],
	struct str *text);
bool bech32_parse(const char *prefix, const char *text, uint8_t bytes[32],
	struct err *err) MUST_CHECK;

/* What may open a file: any of these. */
struct age_keys {
	const struct age_identity *identities;
	size_t n_identities;
	const char *passphrase;		/* NULL: none */
};

/* A file as age-keygen writes it: identities one a line, # comments.  The new
 * array is for age_identities_free().  ERR_IO, ERR_SYNTAX with the line. */
bool age_identities_read(const char *path, struct age_identity **identities,
	size_t *n_identities, struct err *err) MUST_CHECK;
void age_identities_free(struct age_identity *identities, size_t n);

/* Whom a file is for: recipients, or a passphrase (then no recipients). */
struct age_to {
	const struct age_recipient *recipients;
	size_t n_recipients;
	const char *passphrase;
	int log_n;			/* 0: AGE_LOG_N_WRITTEN; tests: less */
};

struct age_writer;
/* The header goes out at once.  NULL on failure. */
struct age_writer *age_writer_new(byte_sink *sink, void *context,
	const struct age_to *to, struct err *err) MUST_CHECK;
bool age_write(struct age_writer *writer, const void *bytes, size_t n_bytes,
	struct err *err) MUST_CHECK;
/* The last chunk.  Without it the file does not open. */
bool age_finish(struct age_writer *writer, struct err *err) MUST_CHECK;
void age_writer_free(struct age_writer *writer);

/* Where reading failed, in the words of the public test vectors. */
enum age_fault {
	AGE_OK,
	AGE_ARMOR,	/* ERR_SYNTAX */
	AGE_HEADER,	/* ERR_SYNTAX, ERR_LIMIT */
	AGE_NO_MATCH,	/* ERR_NOKEY */
	AGE_HMAC,	/* ERR_CRYPTO */
	AGE_PAYLOAD,	/* ERR_CRYPTO */
	AGE_SOURCE,	/* the source failed: its own error */
};

struct age_reader;
/* Binary or armoured, found out from the first bytes. */
struct age_reader *age_reader_new(byte_source *source, void *context)
	RETURNS_NONNULL;
/* Read the header; no key is needed yet. */
bool age_reader_header(struct age_reader *reader, struct err *err) MUST_CHECK;
/* After the header: is it for a passphrase (so that one can be asked for)? */
bool age_reader_wants_passphrase(const struct age_reader *reader);
/* After the header: how many it is encrypted to. */
size_t age_reader_stanzas(const struct age_reader *reader);
/* After the header, by who holds no key: read to the end.  How many bytes are
 * inside if it is whole; ERR_CRYPTO: no whole age file has this length. */
bool age_reader_measure(struct age_reader *reader, uint64_t *n_inside,
	struct err *err) MUST_CHECK;
/* Find a key that opens it.  ERR_NOKEY: none does, or the passphrase is
 * wrong; may be tried again with others. */
bool age_reader_unlock(struct age_reader *reader, const struct age_keys *keys,
	struct err *err) MUST_CHECK;
/* Up to size_bytes of authenticated plain text; 0 got: the end, and it was the
 * true one (nothing after it, nothing missing). */
bool age_read(struct age_reader *reader, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err) MUST_CHECK;
enum age_fault age_reader_fault(const struct age_reader *reader);
void age_reader_free(struct age_reader *reader);	/* wipes */

/* All at once; appended to `out`.  On failure `out` is as it was. */
bool age_encrypt_bytes(const struct age_to *to, const void *bytes,
	size_t n_bytes, struct str *out, struct err *err) MUST_CHECK;
/* More than `limit` bytes of plain text is ERR_LIMIT. */
bool age_decrypt_bytes(const struct age_keys *keys, const void *bytes,
	size_t n_bytes, size_t limit, struct str *out, struct err *err)
	MUST_CHECK;

#endif
