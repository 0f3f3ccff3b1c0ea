/*
 * A record with several heads: are they joined, or in conflict?  What
 * join_answers() gives is loaded into a session of the form, with the day on
 * which the shown version was finished for a clock (in UTC), and computed
 * anew.  If an answer loses its relevance that way, is no value of its type,
 * or breaks a constraint, is missing or beyond a count, that is a conflict too.
 * Kept are the joined record, or the paths in conflict; both are derived.
 */
#ifndef BAYAZ_STORE_RECONCILE_H
#define BAYAZ_STORE_RECONCILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "store/join.h"

struct store;
struct xform;

/* Why, beside those of join.h.  With an empty path: the record as a whole. */
#define CONFLICT_CHECK "check"		/* joined, the form does not allow it */
#define CONFLICT_BASE "base"		/* nothing that all were made from */
#define CONFLICT_FORM "form"		/* the form is not here, or is damaged */
#define CONFLICT_FORM_VERSION "form-version"	/* filled in with different ones */
#define CONFLICT_DAMAGED "damaged"	/* a version cannot be read */
#define CONFLICT_DELETED "deleted"	/* deleted, and gone on with */

/* Forms that were loaded on the way, for the next record. */
struct reconciler;
struct reconciler *reconciler_new(struct store *store) RETURNS_NONNULL;
void reconciler_free(struct reconciler *r);		/* NULL is fine */
struct store *reconciler_store(const struct reconciler *r);

/* Work out the record anew from its heads, as graph_update() left them. */
bool reconcile(struct reconciler *r, int64_t record, struct err *err)
	MUST_CHECK;
/* Forget what is kept of it: it goes. */
bool reconcile_forget(struct store *store, int64_t record, struct err *err)
	MUST_CHECK;

/* A version of a form in the store, with its media; borrowed from `r`.  NULL
 * with ERR_NOTFOUND: it is not here, or no form (any more). */
const struct xform *reconciler_form(struct reconciler *r, const char *id,
	const char *version, struct err *err) MUST_CHECK;

/* One record, joined by hand or by rule, before and after it is computed anew:
 * `checked` gets the XML, `conflicts` what the form does not allow. */
bool reconcile_check(const struct xform *form, const struct str *xml,
	const char *now, struct join_conflicts *conflicts,
	struct str *checked, struct err *err) MUST_CHECK;

/* The bytes that count for a record: those joined, else the current
 * version's; appended. */
bool reconcile_bytes(struct store *store, int64_t record, struct str *out,
	struct err *err) MUST_CHECK;

#endif
