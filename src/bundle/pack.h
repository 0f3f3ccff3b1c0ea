/* tar over gzip over age over a sink: what bundles and sealed records are
 * written with.  Private to this folder. */
#ifndef BAYAZ_BUNDLE_PACK_H
#define BAYAZ_BUNDLE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "crypt/age.h"
#include "crypt/crypt.h"

struct pack {
	struct age_writer *age;		/* NULL: plain */
	struct gzip_writer *gzip;
};

/* `to` NULL: not encrypted.  pack_release() is for failure too. */
bool pack_begin(struct pack *pack, byte_sink *sink, void *context,
	const struct age_to *to, struct err *err) MUST_CHECK;
bool pack_header(struct pack *pack, const char *name, uint64_t size_bytes,
	struct err *err) MUST_CHECK;
bool pack_put(struct pack *pack, const void *bytes, size_t n_bytes,
	struct err *err) MUST_CHECK;
bool pack_padding(struct pack *pack, uint64_t size_bytes, struct err *err)
	MUST_CHECK;
/* The three at once. */
bool pack_file(struct pack *pack, const char *name, const void *bytes,
	size_t n_bytes, struct err *err) MUST_CHECK;
bool pack_finish(struct pack *pack, uint64_t (*padded)(uint64_t n_bytes),
	struct err *err) MUST_CHECK;
void pack_release(struct pack *pack);

/* A sink that appends to a struct str. */
byte_sink pack_to_str;

#endif
