/*
 * The neutral screen: a calendar, and a place to type the passphrase.  Nothing
 * on it, in the title or scrolled off it tells what was there before (DNH-01).
 */
#ifndef BAYAZ_UI_LOCK_H
#define BAYAZ_UI_LOCK_H

#include "base/err.h"
#include "ui/term.h"

struct workspace;

/* Show it until the workspace in `folder`, closed by now, is opened again by
 * its passphrase (where it has none: by Enter).  `label` says what is asked for,
 * where that is no secret; NULL: nothing does.  NULL: `err`, or the terminal
 * went away (ERR_NONE). */
struct workspace *lock_wait(struct term *term, const char *folder,
	const char *label, struct err *err) MUST_CHECK;

#endif
