/*
 * Everything that somebody may read next is computed, so that what goes wrong
 * is told at once and what chance gives is known.  Looked at is only what may
 * have changed since the last time: the nodes in `stale`; and those in `asleep`,
 * which are not relevant, when the relevance of anything has changed.
 * Source: design, "The engine".
 */
#include "config.h"

#include "base/mem.h"
#include "session/node.h"

/* JavaRosa calculates what is not relevant as well, and stumbles there, too. */
static void try_calculation(struct session *s, struct node *n)
{
	const struct xf_expr *expr = n->form->bind->calculate;
	struct arena_mark mark = arena_mark(s->scratch);
	struct xp_context ctx = node_context(s, n);
	struct err err = ERR_INIT;
	const char *text;
	uint8_t type;

	if (!eval_result(expr, n->form->bind, &ctx, &text, &type, &err))
		note_failure(s, n, expr, &err);
	arena_reset(s->scratch, mark);
}

static bool may_stumble(const struct node *n)
{
	const struct xf_expr *expr = n->form->bind->calculate;

	return expr != NULL && expr->calls_unknown &&
		(n->dirty & property_bit(XF_P_VALUE));
}

void note_stale(struct session *s, struct node *n)
{
	if (!s->is_touched || n->is_stale || s->is_probing)
		return;
	n->is_stale = true;
	vec_push(&s->stale, n);
}

static bool is_pending(const struct node *n)
{
	return (n->dirty & (property_bit(XF_P_VALUE) |
		property_bit(XF_P_RELEVANT) | property_bit(XF_P_READONLY) |
		property_bit(XF_P_REQUIRED) | property_bit(XF_P_CHOICES))) != 0;
}

static void touch(struct session *s, struct node *n)
{
	bool relevant = node_is_relevant(s, n);

	if (n->form->is_value) {
		node_value(s, n);
		if (may_stumble(n))
			try_calculation(s, n);
		node_is_required(s, n);
	}
	node_is_readonly(s, n);
	if (!relevant && is_pending(n) && !n->is_asleep) {
		n->is_asleep = true;
		vec_push(&s->asleep, n);
	}
}

static void touch_below(struct session *s, struct node *n)
{
	touch(s, n);
	if (n->form->is_value)
		return;
	for (unsigned i = 0; i < n->form->n_children; i++)
		for (uint32_t k = 0; k < n->slots[i].n; k++)
			touch_below(s, n->slots[i].items[k]);
}

static void touch_stale(struct session *s)
{
	for (size_t i = 0; i < s->stale.n; i++) {
		struct node *n = s->stale.items[i];

		n->is_stale = false;
		touch(s, n);
	}
	s->stale.n = 0;
}

/* False: nobody sleeps, or nothing happened that would wake them. */
static bool wake_all(struct session *s)
{
	if (s->settled_shape == s->shape)
		return false;
	s->settled_shape = s->shape;
	for (size_t i = 0; i < s->asleep.n; i++) {
		s->asleep.items[i]->is_asleep = false;
		note_stale(s, s->asleep.items[i]);
	}
	s->asleep.n = 0;
	return s->stale.n > 0;
}

bool session_settle(struct session *s, struct err *err)
{
	if (!s->is_touched) {
		s->is_touched = true;
		touch_below(s, s->root);
		s->settled_shape = s->shape;
	}
	do
		touch_stale(s);
	while (wake_all(s));
	return settle_counts(s, err) && !take_failure(s, err);
}
