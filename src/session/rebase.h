/*
 * A draft taken over to a newer version of its form.  What fits is kept; what
 * does not is given back with where it was and what it said, for the caller to
 * keep aside: nothing is dropped.
 */
#ifndef BAYAZ_SESSION_REBASE_H
#define BAYAZ_SESSION_REBASE_H

#include <stdbool.h>
#include <stddef.h>

#include "session/session.h"

/* The numbers are on disk (JOURNAL_ASIDE): add at the end only. */
enum rebase_why {
	REBASE_GONE = 1,	/* the form has no such question any more */
	REBASE_MOVED = 2,	/* kept: the question stands elsewhere, see `to` */
	REBASE_VALUE = 3,	/* no value of the type that it has now */
	REBASE_CHOICE = 4,	/* no choice any more */
	REBASE_INSTANCE = 5,	/* there is no such instance of the repeat */
	REBASE_CALCULATED = 6	/* the form calculates it now */
};

struct rebase_item {
	enum rebase_why why;
	char *ref;		/* as the old version calls it */
	char *text;		/* as it was answered; of a select: the choices
				 * that are gone */
	char *to;		/* REBASE_MOVED: the ref now; else NULL */
};

struct rebase { struct rebase_item *items; size_t n, cap; };
void rebase_release(struct rebase *rebase);	/* texts are wiped */

/* A record of `form` with what `old`, of another version, holds; `old` stays
 * as it is.  What was not taken as it stood is added to `found`, in the order
 * of the old version, choices last.  A question that is gone from its place and has one
 * namesake in a new one, in the same repeat, has moved.  NULL: ERR_RECORD, it
 * is another form; or an expression failed. */
struct session *session_rebase(struct session *old, const struct xform *form,
	const struct session_options *options, struct rebase *found,
	struct err *err) MUST_CHECK;

#endif
