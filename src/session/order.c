/*
 * An order in which everything that is marked can be computed without waiting,
 * so that a long chain of calculations is no deep recursion; and what is
 * calculated again where a person had written over it.
 */
#include "config.h"

#include "base/mem.h"
#include "session/node.h"

/* --- ranks: an order in which everything can be computed without waiting --- */

/* Vertices are 2 * index for values, 2 * index + 1 for relevance. */
static unsigned vertex(const struct xf_dependent *d)
{
	return 2 * d->node->index + (d->property == XF_P_RELEVANT);
}

static void each_successor(const struct xform *form, unsigned v,
	void (*visit)(void *data, unsigned to), void *data)
{
	const struct xf_node *n = form->nodes[v / 2];
	const struct xf_dependents *lists[] = { &n->dependents, &n->below,
		&n->structure };
	size_t n_lists = v % 2 == 1 ? 3 : 1;

	for (size_t l = 0; l < n_lists; l++)
		for (size_t i = 0; i < lists[l]->n; i++)
			if (lists[l]->items[i].property == XF_P_VALUE ||
					lists[l]->items[i].property ==
					XF_P_RELEVANT)
				visit(data, vertex(&lists[l]->items[i]));
}

/* --- answers that stand in for a calculation --- */

void note_written_over(struct session *s, struct node *n)
{
	if (n->form->bind->calculate == NULL || n->is_written_over)
		return;
	n->is_written_over = true;
	vec_push(&s->written_over, n);
}

struct reach { bool *is_reached; unsigned *queue; unsigned n; };

static void reach(void *data, unsigned to)
{
	struct reach *r = data;

	if (r->is_reached[to])
		return;
	r->is_reached[to] = true;
	r->queue[r->n++] = to;
}

static void reach_dependents(struct reach *r, const struct xf_dependents *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].property == XF_P_VALUE ||
				list->items[i].property == XF_P_RELEVANT)
			reach(r, vertex(&list->items[i]));
}

static void reach_all(struct reach *r, const struct xform *form)
{
	for (unsigned i = 0; i < r->n; i++)
		each_successor(form, r->queue[i], reach, r);
}

static bool lies_in(const struct node *n, const struct node *top)
{
	while (n != NULL && n != top)
		n = n->parent;
	return n != NULL;
}

/* Take those out of the list that are reached and lie in `top`, and mark
 * them. */
static void recalculate_reached(struct session *s, const struct reach *r,
	const struct node *top)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->written_over.n; i++) {
		struct node *n = s->written_over.items[i];

		if (!r->is_reached[2 * n->form->index] || !lies_in(n, top)) {
			s->written_over.items[kept++] = n;
			continue;
		}
		n->is_written_over = false;
		mark_property(s, n, XF_P_VALUE);
	}
	s->written_over.n = kept;
}

/* JavaRosa calculates again in all instances what reads the repeat itself,
 * and in the instance that moved up what reads its children. */
void mark_written_over(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t position, bool is_removal)
{
	const struct slot *slot = &parent->slots[repeat->slot];
	unsigned n = 2 * s->form->n_nodes;
	struct reach r = { NULL, NULL, 0 };

	if (s->written_over.n == 0)
		return;
	r.is_reached = xcalloc(n, sizeof *r.is_reached);
	r.queue = xcalloc(n, sizeof *r.queue);
	reach_dependents(&r, &repeat->dependents);
	reach_all(&r, s->form);
	recalculate_reached(s, &r, s->root);
	if (is_removal && position < slot->n) {
		for (unsigned i = 0; i < repeat->n_children; i++)
			reach_dependents(&r, &repeat->children[i]->dependents);
		reach_all(&r, s->form);
		recalculate_reached(s, &r, slot->items[position]);
	}
	free(r.queue);
	free(r.is_reached);
}

struct ranking { unsigned *waiting, *queue, *ranks; unsigned n_queue, at; };

/* A node may depend on itself in other instances: no order comes of that. */
static void count_edge(void *data, unsigned to)
{
	struct ranking *r = data;

	if (to != r->at)
		r->waiting[to]++;
}

static void pass_edge(void *data, unsigned to)
{
	struct ranking *r = data;

	if (to == r->at)
		return;
	if (r->ranks[to] <= r->ranks[r->at])
		r->ranks[to] = r->ranks[r->at] + 1;
	if (--r->waiting[to] == 0)
		r->queue[r->n_queue++] = to;
}

static void compute_ranks(struct session *s)
{
	unsigned n = 2 * s->form->n_nodes;
	struct ranking r = { .n_queue = 0 };

	r.waiting = xcalloc(n, sizeof *r.waiting);
	r.queue = xcalloc(n, sizeof *r.queue);
	r.ranks = xcalloc(n, sizeof *r.ranks);
	for (r.at = 0; r.at < n; r.at++)
		each_successor(s->form, r.at, count_edge, &r);
	for (unsigned v = 0; v < n; v++)
		if (r.waiting[v] == 0)
			r.queue[r.n_queue++] = v;
	for (unsigned i = 0; i < r.n_queue; i++) {
		r.at = r.queue[i];
		each_successor(s->form, r.at, pass_edge, &r);
	}
	s->ranks = r.ranks;
	free(r.waiting);
	free(r.queue);
}

static unsigned rank_of(const struct session *s, const struct mark *m)
{
	return s->ranks[2 * m->node->form->index +
		(m->property == XF_P_RELEVANT)];
}

static int by_rank(const void *a, const void *b)
{
	unsigned x = ((const struct mark *)a)->rank;
	unsigned y = ((const struct mark *)b)->rank;

	return x < y ? -1 : x > y;
}

/* They stay in the order in which they were sorted last, which is right for
 * the same marks the next time. */
static void sort_marks(struct session *s)
{
	bool is_sorted = true;

	compact_marks(s);
	for (size_t i = 0; i < s->marks.n; i++) {
		struct mark *m = &s->marks.items[i];

		m->rank = rank_of(s, m);
		is_sorted &= i == 0 || m[-1].rank <= m->rank;
	}
	if (!is_sorted)
		qsort(s->marks.items, s->marks.n, sizeof *s->marks.items,
			by_rank);
}

/* A long chain must not become a deep recursion: compute all that is marked
 * and comes before `limit`, in order. */
void flush_before(struct session *s, const struct mark *limit)
{
	struct mark *list;
	unsigned rank;
	size_t n;

	if (s->ranks == NULL)
		compute_ranks(s);
	sort_marks(s);
	rank = rank_of(s, limit);
	for (n = 0; n < s->marks.n && s->marks.items[n].rank < rank; n++)
		;
	/* Computing may mark more, and move the list. */
	list = xreallocarray(NULL, n + 1, sizeof *list);
	if (n > 0)
		memcpy(list, s->marks.items, n * sizeof *list);
	for (size_t i = 0; i < n; i++) {
		if (list[i].node->busy & property_bit(list[i].property))
			continue;
		if (list[i].property == XF_P_RELEVANT)
			node_is_relevant(s, list[i].node);
		else
			node_value(s, list[i].node);
	}
	free(list);
}
