/*
 * Which events of a journal count, given its undo and redo.  Fed event by
 * event; nothing of what they say is kept, only their numbers.
 */
#ifndef BAYAZ_FIELD_UNDO_H
#define BAYAZ_FIELD_UNDO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"
#include "field/journal.h"

/* A run of events that are undone together. */
struct undo_step { uint64_t first, last; enum journal_kind kind; };

/* What chance or the clock gave after an undo: it counts as long as the step
 * does that was the last at the time. */
struct undo_after { uint64_t number, owner; };

struct undo {
	uint64_t start, base;	/* the last whole state, and the last event
				 * that is one with it; 0: none */
	VEC(struct undo_step) steps, undone;	/* undone: the last on top */
	VEC(uint64_t) marks;	/* events that are no steps: they always count */
	VEC(struct undo_after) afters;
};

void undo_release(struct undo *undo);

/* The next event; those of a fold have one number. */
void undo_see(struct undo *undo, uint64_t number, enum journal_kind kind,
	bool joined);

/* Does it count?  Asked in order of number, with the same cursor, which begins
 * as zeros. */
struct undo_cursor { size_t step, mark, after; };
bool undo_counts(const struct undo *undo, struct undo_cursor *cursor,
	uint64_t number);

/* Number of the last JOURNAL_REBASE that counts; 0: none. */
uint64_t undo_last_rebase(const struct undo *undo);

#endif
