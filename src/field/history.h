/*
 * What was done to a draft, event by event, with what stood there before and
 * whether it counts now.
 */
#ifndef BAYAZ_FIELD_HISTORY_H
#define BAYAZ_FIELD_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "field/journal.h"

struct history_event {
	uint64_t number;
	const struct journal_event *event;	/* borrowed */
	const char *old;	/* of an answer: the one before, "" if none; of
				 * other kinds NULL */
	bool undone;		/* it was taken back, and does not count now */
	uint64_t step;		/* of an undo or redo: the first event of what
				 * it took; else 0 */
};

typedef bool (*history_visit)(void *context, const struct history_event *event,
	struct err *err);

/* In order.  The callback returns false after filling `err` to stop. */
bool history_each(struct record *record, history_visit visit, void *context,
	struct err *err) MUST_CHECK;

#endif
