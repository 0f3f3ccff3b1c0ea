/* One gzip stream, written and read in pieces; private to this folder.
 * Source: RFC 1951, RFC 1952. */
#ifndef BAYAZ_BUNDLE_GZIP_H
#define BAYAZ_BUNDLE_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "crypt/crypt.h"

struct gzip_writer;
struct gzip_writer *gzip_writer_new(byte_sink *sink, void *context)
	RETURNS_NONNULL;
bool gzip_write(struct gzip_writer *writer, const void *bytes, size_t n_bytes,
	struct err *err) MUST_CHECK;
/* End the stream, then zeros until the whole has padded(n) bytes; `padded` may
 * be NULL: none. */
bool gzip_finish(struct gzip_writer *writer,
	uint64_t (*padded)(uint64_t n_bytes), struct err *err) MUST_CHECK;
void gzip_writer_free(struct gzip_writer *writer);	/* wipes */

struct gzip_reader;
/* `ratio`: most bytes out for one byte in, beyond the first 16 MiB. */
struct gzip_reader *gzip_reader_new(byte_source *source, void *context,
	unsigned ratio) RETURNS_NONNULL;
/* ERR_CRYPTO: damaged or cut short; ERR_LIMIT.  0 got: the end of the stream,
 * and its check sum was right. */
bool gzip_read(struct gzip_reader *reader, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err) MUST_CHECK;
/* After the end: nothing follows, or only zeros where those are allowed. */
bool gzip_rest(struct gzip_reader *reader, bool zeros, struct err *err)
	MUST_CHECK;
void gzip_reader_free(struct gzip_reader *reader);	/* wipes */

#endif
