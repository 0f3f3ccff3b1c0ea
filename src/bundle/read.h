/*
 * Reading a bundle as a stream, checking everything: hash and size of each
 * entry at its end, order, names, padding, and that nothing follows.  What
 * bundle_read() gave out of an entry counts only once bundle_next() after it
 * returned true, and the whole only after the last.  A caller that must not
 * act on half a bundle calls bundle_verify() first and then opens it again.
 */
#ifndef BAYAZ_BUNDLE_READ_H
#define BAYAZ_BUNDLE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "bundle/manifest.h"
#include "crypt/age.h"
#include "crypt/minisign.h"

struct bundle;

/* Against bombs; checked as bytes arrive.  NULL where one is asked for: these
 * defaults.  ERR_LIMIT. */
struct bundle_limits {
	uint64_t file_bytes;		/* the file as it lies there: 16 GiB */
	uint64_t entry_bytes;		/* one entry: 8 GiB - 1 */
	uint64_t total_bytes;		/* all entries: 64 GiB */
	size_t n_entries;		/* 100000 */
	unsigned ratio;			/* unpacked : packed, beyond 16 MiB: 200 */
};
extern const struct bundle_limits bundle_default_limits;

/*
 * Open and read the manifest.  `keys` may be NULL for plain ones.  Nothing is
 * believed yet: call bundle_check_signature().
 * ERR_NOKEY: none of the keys opens it; ERR_CRYPTO, ERR_SYNTAX, ERR_SPEC:
 * damaged or not a bundle; ERR_LIMIT; ERR_IO.  NULL on failure.
 */
struct bundle *bundle_open(const char *path, const struct age_keys *keys,
	const struct bundle_limits *limits, struct err *err) MUST_CHECK;
/* From bytes that live as long as the bundle. */
struct bundle *bundle_open_bytes(const void *bytes, size_t n_bytes,
	const struct age_keys *keys, const struct bundle_limits *limits,
	struct err *err) MUST_CHECK;
void bundle_close(struct bundle *bundle);		/* NULL is fine */

/* Be told now and then how many bytes of the file were read, and how many it
 * has (0: not known). */
void bundle_watch(struct bundle *bundle, void (*progress)(void *context,
	uint64_t n_read, uint64_t n_all), void *context);

/* Does this file want a passphrase?  Reads its header only. */
bool bundle_wants_passphrase(const char *path, bool *wants, struct err *err)
	MUST_CHECK;

const struct manifest *bundle_manifest(const struct bundle *bundle);
const char *bundle_manifest_bytes(const struct bundle *bundle,
	size_t *n_bytes);
const char *bundle_manifest_sha256(const struct bundle *bundle);
const char *bundle_signature(const struct bundle *bundle); /* .minisig text */
bool bundle_is_sealed(const struct bundle *bundle);	/* false: plain */

/* Whom the manifest names as its maker.  Only a claim: whether that device is
 * known is the caller's question. */
const struct minisign_public *bundle_signer_claim(const struct bundle *bundle);
bool bundle_check_signature(const struct bundle *bundle,
	const struct minisign_public *signer, struct err *err) MUST_CHECK;

/* The next entry, after checking (and skipping what is left of) the one
 * before.  *entry is NULL after the last, when the end was checked too. */
bool bundle_next(struct bundle *bundle, const struct manifest_entry **entry,
	struct err *err) MUST_CHECK;
/* Up to size_bytes of the entry; 0 got: its end, and its hash was right. */
bool bundle_read(struct bundle *bundle, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err) MUST_CHECK;
/* The whole entry, appended and checked; more than `limit` is ERR_LIMIT. */
bool bundle_read_all(struct bundle *bundle, size_t limit, struct str *out,
	struct err *err) MUST_CHECK;

/* Read all of it once: true if everything fits and it is signed by `signer`
 * (NULL: by whom it claims). */
bool bundle_verify(const char *path, const struct age_keys *keys,
	const struct bundle_limits *limits,
	const struct minisign_public *signer, struct err *err) MUST_CHECK;

#endif
