/*
 * Bytes by their SHA-256: records, forms, files, sealed records, the JSON of
 * facts.  What is small is deflated when that saves something; long files are
 * kept in parts of 1 MiB, so that no length needs memory.  Bytes may be erased:
 * then the row stays, and is found by content_slot() only.
 */
#ifndef BAYAZ_STORE_CONTENT_H
#define BAYAZ_STORE_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "crypt/crypt.h"
#include "base/str.h"

struct db_stmt;
struct store;

enum { CONTENT_PART_BYTES = 1 << 20 };

/* The row of that hash; `id` 0: there is none. */
struct content_slot { int64_t id; bool is_erased; };
bool content_slot(struct store *store, const unsigned char sha256[32],
	struct content_slot *slot, struct err *err) MUST_CHECK;
/* The local number of the content of that hash; *id 0: not here, or erased. */
bool content_find(struct store *store, const unsigned char sha256[32],
	int64_t *id, struct err *err) MUST_CHECK;

/* Keep bytes whose hash the caller has checked, also if they were erased.
 * *is_new may be NULL. */
bool content_put(struct store *store, const unsigned char sha256[32],
	const void *bytes, size_t n_bytes, int64_t *id, bool *is_new,
	struct err *err) MUST_CHECK;

/* The same, deflated already (packer_pack()); `packed` NULL: as they are. */
bool content_put_packed(struct store *store, const unsigned char sha256[32],
	const void *bytes, size_t n_bytes, const struct str *packed,
	int64_t *id, struct err *err) MUST_CHECK;

/* The same for a long file, piece by piece (each piece but the last
 * CONTENT_PART_BYTES long); inside a transaction that is given up if the hash
 * turns out wrong. */
struct content_writer {
	struct store *store;
	int64_t id, part;
};
bool content_begin(struct store *store, struct content_writer *w,
	const unsigned char sha256[32], uint64_t size_bytes,
	struct err *err) MUST_CHECK;
bool content_more(struct content_writer *w, const void *bytes, size_t n_bytes,
	struct err *err) MUST_CHECK;

/* A row for bytes that do not come, as if they had been erased. */
bool content_put_blank(struct store *store, const unsigned char sha256[32],
	uint64_t size_bytes, int64_t *id, struct err *err) MUST_CHECK;
/* Take the bytes away, if they are here and no statement, form or file of a
 * form. */
bool content_erase(struct store *store, const unsigned char sha256[32],
	bool *erased, struct err *err) MUST_CHECK;
/* Are any erased?  Where none are, nobody has to look. */
bool content_any_erased(struct store *store, bool *any, struct err *err)
	MUST_CHECK;

/* All bytes, appended; ERR_LIMIT beyond `limit`, ERR_SPEC when damaged,
 * ERR_NOTFOUND when they were erased. */
bool content_get(struct store *store, int64_t id, size_t limit,
	struct str *out, struct err *err) MUST_CHECK;
/* The CONTENT_PART_BYTES from part * CONTENT_PART_BYTES on, or what is left of
 * them; appended.  Of what is kept whole, all of it must be asked for at once:
 * *whole says so, and then `part` is 0. */
bool content_part(struct store *store, int64_t id, int64_t part, bool *whole,
	struct str *out, struct err *err) MUST_CHECK;
bool content_sha256(struct store *store, int64_t id, unsigned char sha256[32],
	struct err *err) MUST_CHECK;

/* A SHA-256 in a column, in hexadecimal; "" if there is none. */
void row_hash(struct db_stmt *row, int column, char hex[SHA256_HEX_BYTES]);

#endif
