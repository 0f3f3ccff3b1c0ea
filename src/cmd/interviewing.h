/*
 * An interview in a workspace that is open: its form with all translations, what
 * is told before, and hiding, after which the workspace is another one.
 */
#ifndef BAYAZ_CMD_INTERVIEWING_H
#define BAYAZ_CMD_INTERVIEWING_H

#include "cmd/po_arg.h"
#include "field/clock.h"
#include "field/forms.h"
#include "field/records.h"
#include "ui/interview.h"

struct interviewing {
	struct workspace *ws;		/* open; NULL once it was hidden and
					 * nobody opened it again */
	struct field_clock *clock;	/* running, and used by `ws` */
	struct term *term;		/* open; NULL: lines */
	const volatile sig_atomic_t *stop;
	int lock_after;			/* minutes, as was said; or 0 */
	const char *language;		/* asked for; or NULL */
	const struct po_files *po;	/* translations that are tried; or NULL */
	bool training;			/* new records are made-up ones */
	bool is_zoomed;			/* as it was left */
	bool has_begun;			/* it was shown, before it failed */
	int idle_ms;			/* what came of lock_after: private */
};

/* Does the form open in the language that is asked for?  Before a record is
 * begun that could not go on. */
bool interviewing_check_language(const struct interviewing *iv,
	const struct form_info *form, struct err *err) MUST_CHECK;

/* Run it with this draft, which is another object once it was hidden; NULL
 * with INTERVIEW_HIDDEN: the terminal went away while it was. */
enum interview_end interviewing_run(struct interviewing *iv,
	struct record **record, struct err *err) MUST_CHECK;

/* Close the workspace, so that its keys are wiped, and wait for the passphrase.
 * NULL: `err`, or the terminal went away (ERR_NONE). */
struct workspace *interviewing_hide(struct workspace *ws, struct term *term,
	const struct field_clock *clock, struct err *err) MUST_CHECK;

#endif
