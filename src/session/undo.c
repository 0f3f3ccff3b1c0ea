/*
 * An operation happens whole or not at all (engine protocol, section 1): what
 * changes is kept until it is known that all of it went well.
 */
#include "config.h"

#include "base/mem.h"
#include "session/node.h"

static struct change *push(struct session *s, enum change_kind kind,
	struct node *n)
{
	struct change change = { .kind = kind, .node = n };

	vec_push(&s->changes, change);
	return &s->changes.items[s->changes.n - 1];
}

void undo_keep_state(struct session *s, struct node *n)
{
	if (!s->is_undoable || n->undo_round == s->undo_round)
		return;
	push(s, CHANGED_STATE, n)->state = *n;
	n->undo_round = s->undo_round;
}

void undo_take_value(struct session *s, struct node *n, char *raw)
{
	if (s->is_undoable)
		push(s, CHANGED_VALUE, n)->text = raw;
	else
		free(raw);
}

void undo_take_attribute(struct session *s, struct attribute *a, char *value)
{
	struct change *change;

	if (!s->is_undoable) {
		free(value);
		return;
	}
	change = push(s, CHANGED_ATTRIBUTE, a->owner);
	change->attribute = a;
	change->text = value;
}

void undo_inserted(struct session *s, struct node *n)
{
	if (s->is_undoable)
		push(s, CHANGED_INSERT, n);
}

void undo_take_removed(struct session *s, struct node *n, size_t position)
{
	if (s->is_undoable)
		push(s, CHANGED_REMOVE, n)->position = position;
	else
		node_free(n);
}

void session_begin(struct session *s)
{
	s->is_undoable = true;
	s->undo_round++;
	s->undo_revision = s->revision;
	s->undo_captures = s->captures.n;
	s->changes.n = 0;
}

void session_commit(struct session *s)
{
	s->is_undoable = false;
	for (size_t i = 0; i < s->changes.n; i++) {
		struct change *c = &s->changes.items[i];

		free(c->text);
		if (c->kind == CHANGED_REMOVE)
			node_free(c->node);
	}
	s->changes.n = 0;
}

/* What is marked must be in the lists of marks. */
static void mark_again(struct session *s, struct node *n)
{
	note_stale(s, n);
	if (n->dirty & property_bit(XF_P_VALUE)) {
		note_mark(s, n, XF_P_VALUE);
		note_timely(s, n);
	}
	if (n->dirty & property_bit(XF_P_RELEVANT))
		note_mark(s, n, XF_P_RELEVANT);
	if (n->dirty & property_bit(XF_P_COUNT))
		vec_push(&s->counts, n);
}

static void restore_state(struct session *s, struct node *n,
	const struct node *state)
{
	n->dirty = state->dirty;
	s->relevance_round++;
	n->busy = 0;
	s->shape += n->relevant != state->relevant;
	n->relevant = state->relevant;
	n->readonly = state->readonly;
	n->required = state->required;
	n->constraint_ok = state->constraint_ok;
	n->answered = state->answered;
	n->computed = state->computed;
	n->constraint_failed_eval = state->constraint_failed_eval;
	free(n->shown);
	n->shown = NULL;
	choices_free(n->choices);
	n->choices = NULL;
	mark_again(s, n);
}

static void restore(struct session *s, struct change *c)
{
	struct node *n = c->node;

	switch (c->kind) {
	case CHANGED_STATE:
		restore_state(s, n, &c->state);
		break;
	case CHANGED_VALUE:
		free(n->raw);
		n->raw = c->text;
		free(n->shown);
		n->shown = NULL;
		note_stale(s, n);
		break;
	case CHANGED_ATTRIBUTE:
		free(c->attribute->value);
		c->attribute->value = c->text;
		break;
	case CHANGED_INSERT:
		instances_remove(s, n->parent, n->form, n->position, 1);
		break;
	case CHANGED_REMOVE:
		instance_restore(s, n, c->position);
		break;
	default:
		break;
	}
}

static void mark_again_below(struct session *s, struct node *n)
{
	mark_again(s, n);
	if (n->slots == NULL)
		return;
	for (unsigned i = 0; i < n->form->n_children; i++)
		for (uint32_t k = 0; k < n->slots[i].n; k++)
			mark_again_below(s, n->slots[i].items[k]);
}

void session_rollback(struct session *s)
{
	s->is_undoable = false;
	for (size_t i = s->changes.n; i-- > 0;) {
		restore(s, &s->changes.items[i]);
		if (s->changes.items[i].kind == CHANGED_REMOVE)
			mark_again_below(s, s->changes.items[i].node);
	}
	s->changes.n = 0;
	s->relevance_marked = true;	/* whoever waits looks again */
	s->captures.n = s->undo_captures;
	s->action_depth = 0;
	err_clear(&s->failure);
	s->kept_beyond = NULL;
	s->revision = s->undo_revision;
}
