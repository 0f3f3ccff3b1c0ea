#include "config.h"

#include "field/undo.h"

void undo_release(struct undo *undo)
{
	vec_release(&undo->steps);
	vec_release(&undo->undone);
	vec_release(&undo->marks);
	vec_release(&undo->afters);
	undo->start = undo->base = 0;
}

static bool is_mark(enum journal_kind kind)
{
	return kind == JOURNAL_REFUSED || kind == JOURNAL_LANGUAGE ||
		kind == JOURNAL_CLOCK;
}

/* The step that an undo would take; NULL: none. */
static struct undo_step *last_step(struct undo *undo)
{
	return undo->steps.n > 0 ? &undo->steps.items[undo->steps.n - 1] :
		NULL;
}

/* Next to what it belongs to, with nothing undone in between? */
static bool extend(struct undo *undo, uint64_t number)
{
	struct undo_step *last = last_step(undo);

	if (undo->base > 0 && undo->base == number - 1) {
		undo->base = number;
		return true;
	}
	if (last == NULL || undo->undone.n > 0 || last->last != number - 1)
		return false;
	last->last = number;
	return true;
}

static void add_step(struct undo *undo, uint64_t number,
	enum journal_kind kind)
{
	struct undo_step step = { number, number, kind };

	vec_push(&undo->steps, step);
	undo->undone.n = 0;
}

static void join(struct undo *undo, uint64_t number, enum journal_kind kind)
{
	const struct undo_step *last = last_step(undo);
	struct undo_after after = { number,
		last != NULL ? last->first : undo->start };

	if (extend(undo, number))
		return;
	if (after.owner == 0)
		add_step(undo, number, kind);
	else
		vec_push(&undo->afters, after);
}

/* What came while a step was undone goes when that is back. */
static void drop_afters(struct undo *undo, uint64_t number)
{
	const struct undo_step *last = last_step(undo);
	uint64_t owner = last != NULL ? last->first : undo->start;
	size_t kept = 0;

	for (size_t i = 0; i < undo->afters.n; i++) {
		struct undo_after after = undo->afters.items[i];

		if (after.number < number || after.owner != owner)
			undo->afters.items[kept++] = after;
	}
	undo->afters.n = kept;
}

static void move_step(struct undo *undo, bool back)
{
	struct undo_step step;

	if (back && undo->steps.n > 0) {
		step = undo->steps.items[--undo->steps.n];
		vec_push(&undo->undone, step);
	} else if (!back && undo->undone.n > 0) {
		step = undo->undone.items[--undo->undone.n];
		drop_afters(undo, step.first);
		vec_push(&undo->steps, step);
	}
}

void undo_see(struct undo *undo, uint64_t number, enum journal_kind kind,
	bool joined)
{
	if (kind == JOURNAL_STATE) {
		undo->steps.n = undo->undone.n = 0;
		undo->marks.n = undo->afters.n = 0;
		undo->start = undo->base = number;
	} else if (number == undo->base) {
		;			/* of a fold, with its state */
	} else if (kind == JOURNAL_UNDO || kind == JOURNAL_REDO) {
		move_step(undo, kind == JOURNAL_UNDO);
	} else if (kind == JOURNAL_AUDIT) {
		/* what is joined to the step may come after it */
		(void)extend(undo, number);
	} else if (is_mark(kind)) {
		vec_push(&undo->marks, number);
	} else if (joined) {
		join(undo, number, kind);
	} else {
		add_step(undo, number, kind);
	}
}

/* Steps are in order of number: undo takes from the end only. */
static bool is_live(const struct undo *undo, uint64_t owner)
{
	size_t low = 0, high = undo->steps.n;

	if (owner == undo->start)
		return true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (undo->steps.items[middle].first < owner)
			low = middle + 1;
		else
			high = middle;
	}
	return low < undo->steps.n && undo->steps.items[low].first == owner;
}

bool undo_counts(const struct undo *undo, struct undo_cursor *at,
	uint64_t number)
{
	if (undo->start > 0 && number >= undo->start && number <= undo->base)
		return true;
	if (at->mark < undo->marks.n &&
			undo->marks.items[at->mark] == number) {
		at->mark++;
		return true;
	}
	while (at->after < undo->afters.n &&
			undo->afters.items[at->after].number < number)
		at->after++;
	if (at->after < undo->afters.n &&
			undo->afters.items[at->after].number == number)
		return is_live(undo, undo->afters.items[at->after].owner);
	while (at->step < undo->steps.n &&
			undo->steps.items[at->step].last < number)
		at->step++;
	return at->step < undo->steps.n &&
		undo->steps.items[at->step].first <= number;
}

uint64_t undo_last_rebase(const struct undo *undo)
{
	for (size_t i = undo->steps.n; i-- > 0;)
		if (undo->steps.items[i].kind == JOURNAL_REBASE)
			return undo->steps.items[i].first;
	return 0;
}
