/* Bundles set aside: the file as it came, in the folder STORE-quarantine, and
 * a row with the reason. */
#ifndef BAYAZ_STORE_QUARANTINE_H
#define BAYAZ_STORE_QUARANTINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/vec.h"
#include "store/merge.h"

struct store;

bool quarantine_add(struct store *store, const char *path,
	const struct merge_result *result, enum err_code code,
	struct err *err) MUST_CHECK;

struct quarantined { uint8_t sha256[SHA256_BYTES]; char *name, *path; };
struct quarantine_list { struct quarantined *items; size_t n, cap; };

/* In the order of their hashes. */
bool quarantine_list(struct store *store, struct quarantine_list *list,
	struct err *err) MUST_CHECK;
void quarantine_list_release(struct quarantine_list *list);
bool quarantine_remove(struct store *store, const struct quarantined *file,
	struct err *err) MUST_CHECK;

#endif
