/*
 * The inside of settle.h, which settle.c and settle_look.c share.
 */
#ifndef BAYAZ_STORE_SETTLE_PARTS_H
#define BAYAZ_STORE_SETTLE_PARTS_H

#include "store/settle.h"

struct reconcile_work;
struct session;

/* Find what each side has at the places in conflict, and what is asked there.
 * Reads and joins the documents of `w`. */
bool settle_look(struct settle *s, struct reconcile_work *w, struct err *err)
	MUST_CHECK;

/* A record as a session of the form; `now` may be NULL. */
struct session *settle_session(struct settle *s, const char *now,
	const struct str *xml, struct err *err) MUST_CHECK;

#endif
