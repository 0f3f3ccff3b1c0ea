/*
 * A protected record, sealed by itself when it is finished: age ( gzip ( tar:
 * record.xml, attachments ) ), padded with zeros to a multiple of 4 KiB after
 * the gzip stream.  Its name in a bundle is the hash of the sealed bytes.
 * Deletion requests are the same with one part.  Source: bayaz-bundle(5).
 */
#ifndef BAYAZ_BUNDLE_SEALED_H
#define BAYAZ_BUNDLE_SEALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "bundle/format.h"
#include "bundle/source.h"
#include "crypt/age.h"

#define SEALED_RECORD "record.xml"	/* the first part of a record */
#define SEALED_DELETION "deletion.json"	/* the only part of a deletion */

/* One file inside.  Attachments are named as the record names them; no "/". */
struct sealed_part {
	char name[SEALED_NAME_BYTES];
	const char *bytes;
	size_t n_bytes;
};

/* One file that goes in, from where it lies. */
struct sealed_input {
	const char *name;		/* as of sealed_part */
	struct bundle_source from;
};

/* Write the sealed bytes as a stream: memory does not grow with them. */
bool sealed_write(byte_sink *sink, void *context,
	const struct sealed_input *inputs, size_t n_inputs,
	const struct age_to *to, struct err *err) MUST_CHECK;

/* Append the sealed bytes to `out`; `sha256` names them. */
bool sealed_make(const struct sealed_part *parts, size_t n_parts,
	const struct age_to *to, struct str *out,
	char sha256[SHA256_HEX_BYTES], struct err *err) MUST_CHECK;

struct sealed {
	struct sealed_part *parts;	/* bytes are in `plain` */
	size_t n_parts;
	struct str plain;
};
/* `limit`: most bytes of plain text.  ERR_NOKEY, ERR_CRYPTO, ERR_SYNTAX,
 * ERR_LIMIT.  sealed_release() wipes; fine after a failure. */
bool sealed_open(struct sealed *sealed, const void *bytes, size_t n_bytes,
	const struct age_keys *keys, size_t limit, struct err *err)
	MUST_CHECK;
void sealed_release(struct sealed *sealed);
/* Only its first file, whatever follows: read from a stream, so that
 * attachments need no memory.  `name` is which; its bytes are appended to
 * `out`, which is as it was on failure.  Errors as above. */
bool sealed_open_first(byte_source *source, void *context,
	const struct age_keys *keys, size_t limit, char name[SEALED_NAME_BYTES],
	struct str *out, struct err *err) MUST_CHECK;
const struct sealed_part *sealed_find(const struct sealed *sealed,
	const char *name);

#endif
