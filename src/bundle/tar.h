/* The part of tar that bundles and backups are made of: plain files.  A name of 100 bytes
 * and more has an extended header before it.
 * Source: POSIX.1-2017, pax, "ustar Interchange
 * Format" and "pax Extended Header". */
#ifndef BAYAZ_BUNDLE_TAR_H
#define BAYAZ_BUNDLE_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "bundle/format.h"
#include "crypt/crypt.h"

enum { TAR_NAME_BYTES = 256 };	/* longest name and NUL */
#define TAR_MAX_SIZE BUNDLE_MAX_ENTRY	/* eleven octal digits */

/* Header of a file of mode 0644, owner 0, time 0. */
void tar_header(const char *name, uint64_t size_bytes,
	uint8_t block[BUNDLE_TAR_BLOCK]);

/* To a sink: a header; the bytes are the caller's; then what is missing to a
 * whole block; at the end of all two blocks of zeros. */
bool tar_put_header(byte_sink *sink, void *context, const char *name,
	uint64_t size_bytes, struct err *err) MUST_CHECK;
bool tar_put_padding(byte_sink *sink, void *context, uint64_t size_bytes,
	struct err *err) MUST_CHECK;
bool tar_put_end(byte_sink *sink, void *context, struct err *err) MUST_CHECK;

struct tar_reader {
	byte_source *source;
	void *context;
	bool long_names;		/* extended headers are allowed */
	uint64_t left;			/* bytes of the file not yet read */
	unsigned padding;		/* zeros after it */
};

/* The next file, after skipping what is left of the one before.  *end: there
 * is none, and only zeros follow.  ERR_SYNTAX. */
bool tar_next(struct tar_reader *reader, char name[TAR_NAME_BYTES],
	uint64_t *size_bytes, bool *end, struct err *err) MUST_CHECK;
/* 0 got: the end of the file. */
bool tar_read(struct tar_reader *reader, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err) MUST_CHECK;

#endif
