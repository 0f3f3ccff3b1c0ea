/*
 * Writing a bundle as a stream: age ( gzip ( tar ) ), padded.  Same manifest
 * and sources, same tar bytes.  Source: bayaz-bundle(5).
 */
#ifndef BAYAZ_BUNDLE_WRITE_H
#define BAYAZ_BUNDLE_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "bundle/manifest.h"
#include "bundle/source.h"
#include "crypt/age.h"
#include "crypt/minisign.h"

struct bundle_to {
	const struct age_to *age;	/* NULL: plain, a .tar.gz */
	const struct minisign_key *signer;
	int file_mode;			/* 0: 0644 */
	/* Now and then: bytes of entries read, bytes written.  Or NULL. */
	void (*progress)(void *context, uint64_t n_in, uint64_t n_out);
	/* All is written and synced; next it gets its name.  Or NULL. */
	bool (*before_name)(void *context, struct err *err);
	void *context;			/* of both */
};

/*
 * Write `path` (by way of PATH.part, synced).  sources[i] is the content of
 * manifest->entries.items[i]; their names, sizes and hashes are filled in, the
 * signer's key is put in, and the entries sorted.  Of several entries of the
 * same kind and content the first is kept.  `manifest_sha256` (NULL: not
 * wanted) is what the next manifest names as `previous`.  On failure nothing
 * is left at `path` that was not there before.
 */
bool bundle_write(const char *path, struct manifest *manifest,
	const struct bundle_source *sources, const struct bundle_to *to,
	char manifest_sha256[SHA256_HEX_BYTES], struct err *err) MUST_CHECK;

/* The same into memory, for small ones; appended. */
bool bundle_write_bytes(struct str *out, struct manifest *manifest,
	const struct bundle_source *sources, const struct bundle_to *to,
	char manifest_sha256[SHA256_HEX_BYTES], struct err *err) MUST_CHECK;

/* Padmé: the least size not below n that tells little of n (at most 12 % more).
 * Source: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files". */
uint64_t bundle_padded_size(uint64_t n_bytes);

#endif
