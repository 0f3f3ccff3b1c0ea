/*
 * Deflating contents and inflating them again, one after the other, with what is
 * needed for it set up once.  libdeflate does in memory what zlib does in streams,
 * and takes less than half of its time.
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

/* Appends the n_bytes bytes that were packed.  False: they are not in there. */
bool packer_unpack(struct packer *packer, const void *packed, size_t n_packed,
	size_t n_bytes, struct str *out) MUST_CHECK;

#endif
