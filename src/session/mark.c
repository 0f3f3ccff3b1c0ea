/*
 * What follows from what: a change marks what depends on it, once each, and
 * only in the instances concerned.  Nothing is computed here but what asks the
 * clock, chance or labels.
 * Source: design, "The engine"; ODK XForms, "Bindings".
 */
#include "config.h"

#include "base/mem.h"
#include "session/node.h"

struct marker { struct session *s; enum xf_property property; };

static void mark_visited(void *data, struct node *n)
{
	struct marker *marker = data;

	mark_property(marker->s, n, marker->property);
}

/* `n` lies below the instance of d->common whose dependents are concerned. */
static void mark_dependent(struct session *s, struct node *n,
	const struct xf_dependent *d)
{
	struct marker marker = { s, d->property };
	const struct xf_node *target = d->node;

	if (d->property == XF_P_COUNT)	/* kept at the node the repeat hangs in */
		target = target->parent;
	while (n != s->root && n->form != d->common)
		n = n->parent;
	if (target->depth < n->form->depth)
		n = n->parent;
	each_instance(n, target, mark_visited, &marker);
}

static void mark_all(struct session *s, struct node *n,
	const struct xf_dependents *list)
{
	for (size_t i = 0; i < list->n; i++)
		mark_dependent(s, n, &list->items[i]);
}

void mark_value_changed(struct session *s, struct node *n)
{
	mark_all(s, n, &n->form->dependents);
}

void mark_below_changed(struct session *s, struct node *n)
{
	mark_all(s, n, &n->form->dependents);
	mark_all(s, n, &n->form->below);
	if (n->form->is_repeat)
		for (size_t i = 0; i < n->form->structure.n; i++)
			if (n->form->structure.items[i].common != n->form)
				mark_dependent(s, n,
					&n->form->structure.items[i]);
}

/* Dependents on the order of instances, seen from each instance that moved. */
void mark_structure_changed(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t from_position)
{
	const struct slot *slot = &parent->slots[repeat->slot];

	for (size_t i = 0; i < repeat->structure.n; i++) {
		const struct xf_dependent *d = &repeat->structure.items[i];
		struct marker marker = { s, d->property };

		if (d->common != repeat) {
			mark_dependent(s, parent, d);
			continue;
		}
		for (size_t k = from_position; k < slot->n; k++)
			each_instance(slot->items[k], d->node, mark_visited,
				&marker);
	}
	/* Someone may read the repeat itself: count(), position() of others. */
	for (size_t i = 0; i < repeat->dependents.n; i++)
		if (repeat->dependents.items[i].common != repeat)
			mark_dependent(s, parent, &repeat->dependents.items[i]);
}

static bool is_computed(const struct node *n, enum xf_property p)
{
	const struct xf_bind *b;

	if (p == XF_P_COUNT || p == XF_P_CHOICES)
		return true;
	b = n->form->bind;
	switch (p) {
	case XF_P_VALUE: return b->calculate != NULL;
	case XF_P_RELEVANT: return b->relevant != NULL;
	case XF_P_READONLY: return b->readonly != NULL;
	case XF_P_REQUIRED: return b->required != NULL;
	case XF_P_CONSTRAINT: return b->constraint != NULL;
	default: return false;
	}
}

void compact_marks(struct session *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->marks.n; i++) {
		struct mark *m = &s->marks.items[i];
		uint8_t bit = property_bit(m->property);

		if (m->node->dirty & bit)
			s->marks.items[kept++] = *m;
		else
			m->node->listed &= (uint8_t)~bit;
	}
	s->marks.n = kept;
	if (s->marks.n > s->marks.cap / 2)
		vec_reserve(&s->marks, 2 * s->marks.cap);
}

void note_mark(struct session *s, struct node *n, enum xf_property p)
{
	struct mark mark = { n, p, 0 };

	if ((n->listed & property_bit(p)) || s->is_probing)
		return;
	n->listed |= property_bit(p);
	if (s->marks.n > 0 && s->marks.n == s->marks.cap)
		compact_marks(s);
	vec_push(&s->marks, mark);
}

static void spread_one(struct session *s, const struct mark *m)
{
	if (m->property == XF_P_RELEVANT)
		mark_below_changed(s, m->node);
	else
		mark_value_changed(s, m->node);
}

/* What is marked marks others, and a chain of them may be longer than any
 * stack: the ones to go on from wait in a list. */
static void spread(struct session *s, struct node *n, enum xf_property p)
{
	struct mark mark = { n, p, 0 };

	vec_push(&s->to_spread, mark);
	if (s->is_spreading)
		return;
	s->is_spreading = true;
	while (s->to_spread.n > 0) {
		mark = s->to_spread.items[--s->to_spread.n];
		spread_one(s, &mark);
	}
	s->is_spreading = false;
}

void note_timely(struct session *s, struct node *n)
{
	if (n->form->bind->calculate->is_of_its_time)
		vec_push(&s->timely, n);
}

void settle_timely(struct session *s)
{
	size_t n_before = s->timely.n, kept = 0;

	for (size_t i = 0; i < n_before; i++) {
		struct node *n = s->timely.items[i];

		if (!(n->dirty & property_bit(XF_P_VALUE)))
			continue;
		if (node_is_relevant(s, n))
			compute(s, n, XF_P_VALUE);
		else			/* what it reads is away, too */
			s->timely.items[kept++] = n;
	}
	for (size_t i = n_before; i < s->timely.n; i++)
		s->timely.items[kept++] = s->timely.items[i];
	s->timely.n = kept;
}

void mark_property(struct session *s, struct node *n, enum xf_property p)
{
	if ((n->dirty & property_bit(p)) || !is_computed(n, p))
		return;
	undo_keep_state(s, n);
	n->dirty |= property_bit(p);
	note_stale(s, n);
	switch (p) {
	case XF_P_VALUE:
		if (n->form->bind->constraint != NULL)
			n->dirty |= property_bit(XF_P_CONSTRAINT);
		note_mark(s, n, p);
		note_timely(s, n);
		spread(s, n, p);
		break;
	case XF_P_RELEVANT:
		s->relevance_marked = true;
		s->relevance_round++;
		note_mark(s, n, p);
		spread(s, n, p);
		break;
	case XF_P_CHOICES:
		spread(s, n, p);
		break;
	case XF_P_COUNT:
		vec_push(&s->counts, n);
		break;
	default:
		break;
	}
}
