/* Where the bytes of a file come from that goes into a bundle or a sealed
 * record. */
#ifndef BAYAZ_BUNDLE_SOURCE_H
#define BAYAZ_BUNDLE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "crypt/crypt.h"

/* The bytes of one entry: in memory, or read when they are needed.  They are
 * read to be hashed and to be written, and must be the same both times. */
struct bundle_source {
	const void *bytes;		/* n_bytes of them; or NULL and: */
	uint64_t n_bytes;
	/* Fill exactly size_bytes from `offset` on. */
	bool (*read)(void *context, uint64_t offset, void *buffer,
		size_t size_bytes, struct err *err);
	void *context;
	/* Its SHA-256 if that is known (32 bytes): then it is read once, and
	 * must be those bytes.  NULL: it is read twice. */
	const uint8_t *sha256;
	/* Called when it could not be read or was not those bytes; or NULL. */
	void (*failed)(void *context);
};

/* Give all of it to a sink, piece by piece. */
bool source_each(const struct bundle_source *source, byte_sink *piece,
	void *context, struct err *err) MUST_CHECK;

#endif
