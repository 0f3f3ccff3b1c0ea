/*
 * Deflating contents, one after the other, with what zlib needs for it set up
 * once: most contents are records of a few KiB, and setting up costs more than
 * half of deflating one.
 */
#ifndef BAYAZ_STORE_PACKER_H
#define BAYAZ_STORE_PACKER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

struct packer;

struct packer *packer_new(void) RETURNS_NONNULL;
void packer_free(struct packer *packer);		/* NULL is fine */

/* A zlib stream (RFC 1950) of the bytes in place of what `out` holds.  False:
 * it would not be shorter, or too long to be kept in one piece. */
bool packer_pack(struct packer *packer, const void *bytes, size_t n_bytes,
	struct str *out);

#endif
