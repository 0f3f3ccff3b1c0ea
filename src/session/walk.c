/* The body in the order a person meets it.  Source: ODK XForms, "Body". */
#include "config.h"

#include "base/mem.h"
#include "base/vec.h"
#include "session/node.h"

void steps_release(struct steps *steps)
{
	vec_release(steps);
}

static void add_step(struct steps *out, enum step_kind kind,
	const struct xf_control *control, struct node *node,
	struct node *context)
{
	size_t before = out->n > 0 ? out->items[out->n - 1].number : 0;
	struct step step = { kind, control, node, context,
		before + (kind == STEP_QUESTION) };

	vec_push(out, step);
}

struct node *session_seen_from(struct node *context,
	const struct xf_node *form)
{
	struct node *n = context;

	while (n->form->depth > form->depth)
		n = n->parent;
	if (n->form == form)
		return n;
	if (n->form->depth == form->depth) {
		n = n->parent;
		if (n == NULL || n->form == NULL)
			return NULL;
	}
	for (;;) {
		const struct xf_node *step = form;

		while (step->depth > n->form->depth + 1)
			step = step->parent;
		if (step->parent != n->form) {
			n = n->parent;
			if (n == NULL || n->form == NULL)
				return NULL;
			continue;
		}
		n = node_child(n, step);
		if (n == NULL || n->form == form)
			return n;
	}
}

static void walk(struct session *s, struct xf_control *const *controls,
	unsigned n_controls, struct node *context, struct steps *out);

static void walk_repeat(struct session *s, const struct xf_control *control,
	struct node *context, struct steps *out)
{
	struct node *parent = session_seen_from(context, control->node->parent);
	struct slot *slot;

	if (parent == NULL || !node_is_relevant(s, parent))
		return;
	slot = &parent->slots[control->node->slot];
	for (uint32_t i = 0; i < slot->n; i++) {
		struct node *n = slot->items[i];

		if (!node_is_relevant(s, n))
			continue;
		add_step(out, STEP_REPEAT_INSTANCE, control, n, n);
		walk(s, control->children, control->n_children, n, out);
	}
	if (node_is_fixed(s, control->node))
		return;
	if (slot->n == 0 && control->node->bind->relevant != NULL)
		s->asks_empty_repeats = true;
	if (repeat_is_relevant(s, parent, control->node))
		add_step(out, STEP_REPEAT_END, control, parent, parent);
}

static void walk_one(struct session *s, const struct xf_control *control,
	struct node *context, struct steps *out)
{
	struct node *n = NULL;

	if (control->kind == XF_CONTROL_REPEAT) {
		walk_repeat(s, control, context, out);
		return;
	}
	if (control->node != NULL) {
		n = session_seen_from(context, control->node);
		if (control->kind == XF_CONTROL_GROUP &&
				control->node->is_repeat)
			n = NULL;	/* the group around a repeat */
		else if (n == NULL || !node_is_relevant(s, n))
			return;
	}
	if (control->kind != XF_CONTROL_GROUP) {
		add_step(out, STEP_QUESTION, control, n, n);
		return;
	}
	add_step(out, STEP_GROUP, control, n, n != NULL ? n : context);
	walk(s, control->children, control->n_children,
		n != NULL ? n : context, out);
}

static void walk(struct session *s, struct xf_control *const *controls,
	unsigned n_controls, struct node *context, struct steps *out)
{
	for (unsigned i = 0; i < n_controls; i++)
		walk_one(s, controls[i], context, out);
}

uint64_t session_shape(const struct session *s)
{
	return s->shape + (s->asks_empty_repeats ? s->revision : 0);
}

bool session_steps(struct session *s, struct steps *out, struct err *err)
{
	if (!settle_counts(s, err))
		return false;
	out->n = 0;
	s->asks_empty_repeats = false;
	walk(s, s->form->body, s->form->n_body, s->root, out);
	return !take_failure(s, err);
}
