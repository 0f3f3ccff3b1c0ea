/*
 * What reviews mean for those who read records: which of them are given away.
 * The one place that says so; every export asks here.
 */
#ifndef BAYAZ_STORE_REVIEW_H
#define BAYAZ_STORE_REVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct store;

enum review_choice {
	/* not what was rejected or has issues; where the project's policy
	 * wants reviews, only what was approved */
	REVIEW_USUAL,
	REVIEW_APPROVED_ONLY,
	REVIEW_ANY,			/* unapproved records too */
};

/* SQL in parentheses: the numbers (record.id, which is bz_id in tables) of the
 * records that are held back, or (*only) of the only ones that are not.  So:
 * "WHERE m.bz_id IN (...)" if *only, else NOT IN.  NULL: nothing is held
 * back.  It reads what was reviewed, not every record. */
const char *review_records(const struct store *store,
	enum review_choice choice, bool *only);
/* The same as a condition on column `id`, with WHERE before it; "" if nothing
 * is held back.  free() it. */
char *review_where(const struct store *store, enum review_choice choice,
	const char *id) RETURNS_NONNULL;

/* How many records of the form that could be exported are held back. */
bool review_count_held(struct store *store, const char *form,
	enum review_choice choice, int64_t *n, struct err *err) MUST_CHECK;

#endif
