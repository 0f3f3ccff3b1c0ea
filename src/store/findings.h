/*
 * What the rules in force find in the records that the tables show.  Findings
 * are derived: a function of the facts, worked out at the end of each merge
 * for what it changed.  They never change a record or its review; one about a
 * record that a person has approved or rejected is no longer open.
 */
#ifndef BAYAZ_STORE_FINDINGS_H
#define BAYAZ_STORE_FINDINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct reconciler;
struct store;

/* While records are written.  `reconciler` lives as long, and has the forms.
 * NULL: `err`. */
struct finder;
struct finder *finder_open(struct store *store, struct reconciler *reconciler,
	struct err *err) MUST_CHECK;
void finder_close(struct finder *finder);	/* NULL is fine */
/* A record changed: look at it at the end.  It is gone: forget what was
 * found. */
bool finder_note(struct finder *finder, int64_t record, struct err *err)
	MUST_CHECK;
bool finder_forget(struct finder *finder, int64_t record, struct err *err)
	MUST_CHECK;
/* At the end.  `all`: forms or rules changed. */
bool finder_finish(struct finder *finder, bool all, struct err *err) MUST_CHECK;

/* How many are open. */
bool findings_count(struct store *store, int64_t *n, struct err *err)
	MUST_CHECK;

#endif
