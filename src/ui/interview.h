/*
 * The interview as lines: question, choices, answer; for pipes, teletypes and
 * screen readers.  What is answered is in the journal, durable, before the
 * next question is shown.  Source: design, "Interview".
 *
 * A line is an answer, or a command that begins with ':' (an answer that does
 * begins with '::'):
 *
 *   :b back   :n next   :u undo   :r redo   :x clear   :c TEXT comment
 *   :o outline   :g N go to question N   :d remove this instance
 *   :X clear all answers of the group or instance that the question is in
 *   :l LANGUAGE   :q save and quit   :? help
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
};

struct interview_setup {
	struct workspace *ws;
	const struct xform *form;
	struct record *record;		/* an open draft, new or begun */
	struct session_options options;	/* language, properties, last-saved */
	bool training;			/* made-up: every screen says so */
	struct field_clock *clock;	/* begun; asked about while it runs;
					 * NULL: the system's, unasked */
	FILE *in, *out;
	const volatile sig_atomic_t *stop;	/* not 0: leave; or NULL */
};

/* Run until the end of input, quitting or finishing. */
enum interview_end interview_run(const struct interview_setup *setup,
	struct err *err) MUST_CHECK;

#endif
