/*
 * An interview with one record, in lines (lines.h) or on the whole screen.  What
 * is answered is in the journal, durable, before the next question is shown.
 * Source: design, "Interview".
 */
#ifndef BAYAZ_UI_INTERVIEW_H
#define BAYAZ_UI_INTERVIEW_H

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "field/clock.h"
#include "field/records.h"
#include "session/session.h"

enum interview_end {
	INTERVIEW_FAILED,	/* err says why; what was confirmed is kept */
	INTERVIEW_SAVED,	/* left as a draft */
	INTERVIEW_FINISHED,	/* ready to be packed */
	INTERVIEW_DISCARDED,
	INTERVIEW_HIDDEN,	/* left as a draft, in a hurry or idle: the
				 * screen is blank, and nothing is to be shown
				 * before the passphrase */
};

struct interview_setup {
	struct workspace *ws;
	const struct xform *form;
	struct record *record;		/* an open draft, new or begun */
	struct session_options options;	/* language, properties, last-saved */
	bool training;			/* made-up: every screen says so */
	struct field_clock *clock;	/* begun; asked about while it runs;
					 * NULL: the system's, unasked */
	FILE *in, *out;			/* of line mode */
	int idle_ms;			/* of line mode: hidden after it */
	struct term *term;		/* open: the whole screen; or NULL */
	bool *is_zoomed;		/* of the screen; as it was left */
	const char *before;		/* to be read first; or NULL */
	const volatile sig_atomic_t *stop;	/* not 0: leave; or NULL */
};

/* Run until the end of input, quitting or finishing. */
enum interview_end interview_run(const struct interview_setup *setup,
	struct err *err) MUST_CHECK;

#endif
