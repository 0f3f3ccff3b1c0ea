/*
 * What day it is, on a laptop whose clock may be wrong.  A clock is doubtful if
 * it stands more than a day before the newest of the program's build, the kit
 * and the last session here, or jumps by more than a day while the program
 * runs.  Then the worker gives the date, and time goes on evenly from there.
 * Source: design.md section 4, "Clock".
 */
#ifndef BAYAZ_FIELD_CLOCK_H
#define BAYAZ_FIELD_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct workspace;

enum { CLOCK_DATE_BYTES = 11 };		/* YYYY-MM-DD */

/* Milliseconds since 1970; and such that go on evenly, asleep or not. */
struct clock_source {
	int64_t (*now_ms)(void *context);
	int64_t (*steady_ms)(void *context);
	void *context;
};

struct field_clock {
	struct clock_source source;
	int64_t began_ms, began_steady_ms;
	bool is_given;
	char date[CLOCK_DATE_BYTES];	/* that was given */
	int64_t given_ms, given_steady_ms;	/* what it meant, and when */
};

/* From now on; `source` NULL: the system's. */
void field_clock_begin(struct field_clock *clock,
	const struct clock_source *source);
/* The moment that counts: the clock's, or from the date given on. */
int64_t field_clock_now_ms(const struct field_clock *clock);
/* The local day that counts. */
void field_clock_date(const struct field_clock *clock,
	char date[CLOCK_DATE_BYTES]);
/* Has the system's clock jumped since field_clock_begin()? */
bool field_clock_jumped(const struct field_clock *clock);

/* Everything that the workspace dates goes by this clock, which must outlive
 * it; NULL: by the system's. */
void workspace_use_clock(struct workspace *ws, const struct field_clock *clock);

bool field_clock_is_doubtful(struct workspace *ws,
	const struct field_clock *clock, bool *doubtful, struct err *err)
	MUST_CHECK;

enum clock_answer {
	CLOCK_TAKEN,
	CLOCK_NO_DATE,		/* not YYYY-MM-DD, or no such day */
	CLOCK_BEFORE_PROGRAM,	/* older than the program or the kit */
	CLOCK_BEFORE_SEEN,	/* older than the last session here: be sure */
	CLOCK_TOO_LATE,		/* more than ten years after the program */
};

/* The worker says that today is `date`.  Not CLOCK_TAKEN: nothing changed. */
bool field_clock_give(struct workspace *ws, struct field_clock *clock,
	const char *date, bool is_sure, enum clock_answer *answer,
	struct err *err) MUST_CHECK;
/* The day of the last session here; "" if there was none. */
bool field_clock_last_seen(struct workspace *ws, char date[CLOCK_DATE_BYTES],
	struct err *err) MUST_CHECK;

/* Now is the last session; this kit was made on that day. */
bool field_clock_note_seen(struct workspace *ws,
	const struct field_clock *clock, struct err *err) MUST_CHECK;
bool field_clock_note_kit(struct workspace *ws, const char *date,
	struct err *err) MUST_CHECK;

#endif
