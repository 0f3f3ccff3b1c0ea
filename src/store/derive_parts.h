/* What the files of derive.h share.  Private to them. */
#ifndef BAYAZ_STORE_DERIVE_PARTS_H
#define BAYAZ_STORE_DERIVE_PARTS_H

#include "store/derive.h"

struct db_stmt;

/* A record, as a manifest or a statement tells it: its version. */
bool derive_record(struct store *store, int64_t fact,
	const struct manifest_entry *entry, int64_t content,
	const struct derive_bytes *bytes, struct touched *touched,
	struct err *err) MUST_CHECK;
/* That a bundle brought a content. */
bool derive_brought(struct store *store, int64_t fact, int64_t content,
	const char *finished, struct err *err) MUST_CHECK;
/* Versions that were made at the centre, when all that may take them back is
 * known. */
bool derive_resolutions(struct store *store, struct touched *touched,
	struct err *err) MUST_CHECK;

/* NULL for what is no hash. */
void derive_bind_hash(struct db_stmt *stmt, int at, const char *hex);

#endif
