/*
 * Repeats whose count follows from their own instances: "one more than there
 * are, unless the last one said no".  Found when it matters, by walking the
 * dependency graph of the form.
 */
#include "config.h"

#include "base/mem.h"
#include "session/node.h"

/* Vertices: 2 * index for the value of a node, 2 * index + 1 for its
 * relevance. */
struct walk {
	const struct xform *form;
	const struct xf_node *repeat;
	bool *seen;
	VEC(unsigned) waiting;
	bool found;
};

static void add_vertex(struct walk *w, unsigned v)
{
	if (w->seen[v])
		return;
	w->seen[v] = true;
	vec_push(&w->waiting, v);
}

static void add_list(struct walk *w, const struct xf_dependents *list);

/* Its instances come and go: all that is in them changes. */
static void add_instances_of(struct walk *w, const struct xf_node *node)
{
	if (w->seen[2 * node->index + 1])
		return;
	add_vertex(w, 2 * node->index);
	add_vertex(w, 2 * node->index + 1);
	if (node->is_repeat)
		add_list(w, &node->structure);
	for (unsigned i = 0; i < node->n_children; i++)
		add_instances_of(w, node->children[i]);
}

static void add_list(struct walk *w, const struct xf_dependents *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct xf_dependent *d = &list->items[i];

		if (d->property == XF_P_VALUE)
			add_vertex(w, 2 * d->node->index);
		else if (d->property == XF_P_RELEVANT)
			add_vertex(w, 2 * d->node->index + 1);
		else if (d->property == XF_P_COUNT && d->node == w->repeat)
			w->found = true;
		else if (d->property == XF_P_COUNT)
			add_instances_of(w, d->node);
	}
}

static bool follow(const struct xform *form, const struct xf_node *repeat)
{
	struct walk w = { form, repeat, xcalloc(form->n_nodes, 2), { 0 },
		false };

	add_instances_of(&w, repeat);
	while (w.waiting.n > 0 && !w.found) {
		unsigned v = w.waiting.items[--w.waiting.n];
		const struct xf_node *node = form->nodes[v / 2];

		add_list(&w, &node->dependents);
		if (v % 2 == 1) {
			add_list(&w, &node->below);
			add_list(&w, &node->structure);
		}
	}
	vec_release(&w.waiting);
	free(w.seen);
	return w.found;
}

bool count_follows_itself(struct session *s, const struct xf_node *repeat)
{
	signed char *known;

	if (s->own_counts == NULL)
		s->own_counts = xcalloc(s->form->n_nodes, 1);
	known = &s->own_counts[repeat->index];
	if (*known == 0)
		*known = follow(s->form, repeat) ? 1 : -1;
	return *known == 1;
}
