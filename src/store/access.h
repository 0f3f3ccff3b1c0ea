/*
 * What SQL that a person typed may read of a store: the tables for SQL users
 * without what is restricted (unless that was asked for) and what identifies
 * people, and what the views need; never the bytes of records.  A table that
 * is not known here is not read.
 */
#ifndef BAYAZ_STORE_ACCESS_H
#define BAYAZ_STORE_ACCESS_H

#include <stdbool.h>

#include "base/err.h"

struct store;
struct store_access;

/* From now on the store is read, and only so.  NULL on failure. */
struct store_access *store_access_new(struct store *store, bool restricted,
	struct err *err) MUST_CHECK;
void store_access_free(struct store_access *access);	/* after the store */

/* The restricted tables that were read so far, "a, b"; "" if none. */
const char *store_access_used(const struct store_access *access);

/* Did it refuse something?  Then say what, in `err`. */
bool store_access_refused(const struct store_access *access, struct err *err);

#endif
