/*
 * A bundle as those see it who carry it and hold no key: how large it is, its
 * hash, for how many it is sealed, and whether it is whole as far as that shows
 * from outside.  The lengths of age files have gaps, and what is inside of a
 * bundle is padded to a size that few numbers are, so that nearly every cut
 * shows; a changed bit does not.
 */
#ifndef BAYAZ_BUNDLE_OUTER_H
#define BAYAZ_BUNDLE_OUTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "crypt/crypt.h"

struct outer {
	uint64_t n_bytes;		/* of the file */
	char sha256[SHA256_HEX_BYTES];	/* of the file */
	size_t n_keys;			/* that open it */
	bool usual_size;		/* what is inside is padded as we do */
};

/* `progress` may be NULL.  ERR_CRYPTO, ERR_SYNTAX: no whole age file;
 * ERR_IO; ERR_LIMIT. */
bool outer_look(const char *path, struct outer *outer,
	void (*progress)(void *context, uint64_t n_read, uint64_t n_all),
	void *context, struct err *err) MUST_CHECK;

#endif
