/*
 * Events and actions: setvalue when a record begins, a repeat gets an
 * instance, a question changes; preloads.
 * Source: ODK XForms, "Events and actions", "Preload attributes".
 */
#include "config.h"

#include <stdio.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "session/node.h"
#include "xpath/date.h"

enum { DEEPEST_ACTIONS = 50 };

struct run {
	struct session *s;
	const struct xf_action *action;
	struct err *err;
	bool ok;
};

static void write_attribute(struct session *s, struct node *n,
	const struct xf_attribute *form, const char *text)
{
	for (unsigned i = 0; i < n->form->n_attributes; i++)
		if (&n->form->attributes[i] == form) {
			undo_take_attribute(s, &n->attributes[i],
				n->attributes[i].value);
			n->attributes[i].value = xstrdup(text);
			s->revision++;
			mark_value_changed(s, n);
		}
}

static bool write_target(struct session *s, struct node *n,
	const struct xf_action *action, const char *text, uint8_t type,
	struct err *err)
{
	char *cast;
	bool changed;

	if (action->attribute != NULL) {
		write_attribute(s, n, action->attribute, text);
		return true;
	}
	if (!n->form->is_value)
		return true;
	/* A change has its calculations first, a beginning after the actions. */
	if (action->events & XF_ON_VALUE_CHANGED)
		compute(s, n, XF_P_VALUE);
	cast = value_cast_result(n->form, text);
	changed = strcmp(node_raw_value(n), cast) != 0;
	undo_keep_state(s, n);
	node_store(s, n, cast);
	n->computed = type;
	note_written_over(s, n);
	free(cast);
	mark_value_changed(s, n);
	return !changed || fire_value_changed(s, n, err);
}

/* A place or a sound is asked for by the front end. */
static void ask_for_capture(struct session *s, const struct xf_action *action,
	struct node *n)
{
	struct capture_asked asked = { (uint32_t)s->captures.n + 1, n->id,
		action };

	vec_push(&s->captures, asked);
}

static void run_at(void *data, struct node *n)
{
	struct run *run = data;
	struct session *s = run->s;
	const struct xf_action *action = run->action;
	struct arena_mark mark = arena_mark(s->scratch);
	struct xp_context ctx = node_context(s, n);
	const char *text = action->text != NULL ? action->text : "";
	struct err err = ERR_INIT;
	uint8_t type = XP_STRING;

	if (!run->ok)
		return;
	if (action->attribute != NULL)
		ctx.node = ctx.current = attribute_handle(s, n,
			action->attribute);
	if (action->kind != XF_SETVALUE) {
		ask_for_capture(s, action, n);
		return;
	}
	if (action->value != NULL && !eval_result(action->value,
			action->attribute != NULL && action->attribute->bind !=
			NULL ? action->attribute->bind : n->form->bind, &ctx,
			&text,
			&type, &err)) {
		note_failure(s, n, action->value, &err);
		take_failure(s, run->err);
		run->ok = false;
	} else {
		run->ok = write_target(s, n, action, text, type, run->err);
	}
	arena_reset(s->scratch, mark);
}

/* Nodes that a target with predicates means, seen from `from`. */
static void run_at_nodeset(struct run *run, struct node *from)
{
	struct session *s = run->s;
	struct arena_mark mark = arena_mark(s->scratch);
	struct xp_context ctx = node_context(s, from);
	struct err err = ERR_INIT;
	struct xp_value value;
	VEC(struct node *) targets = { 0 };

	if (!xpath_eval(run->action->target_expr->program, &ctx, &value, &err)) {
		note_failure(s, from, run->action->target_expr, &err);
		take_failure(s, run->err);
		run->ok = false;
		arena_reset(s->scratch, mark);
		return;
	}
	for (size_t i = 0; value.type == XP_NODESET && i < value.nodes.n; i++) {
		struct node *n = owner_of_handle(s, value.nodes.items[i]);

		if (n != NULL)
			vec_push(&targets, n);
	}
	arena_reset(s->scratch, mark);
	for (size_t i = 0; i < targets.n; i++)
		run_at(run, targets.items[i]);
	vec_release(&targets);
}

static bool has_predicates(struct session *s, const struct xf_action *action)
{
	struct arena_mark mark = arena_mark(s->scratch);
	struct xpath_plain_path path;
	bool plain = action->target_expr == NULL || (xpath_plain(
		action->target_expr->program, s->scratch, &path) &&
		!path.has_predicates);

	arena_reset(s->scratch, mark);
	return !plain;
}

/* Run at the targets that share the most with `from`. */
static bool run_action(struct session *s, const struct xf_action *action,
	struct node *from, struct err *err)
{
	struct run run = { s, action, err, true };

	if (action->target == NULL)
		return true;
	if (s->action_depth >= DEEPEST_ACTIONS)
		return err_set(err, ERR_CYCLE,
			_("actions on '%s' set each other off without end"),
			action->target->ref);
	s->action_depth++;
	if (has_predicates(s, action)) {
		run_at_nodeset(&run, from);
	} else {
		each_nearest(from, action->target, run_at, &run);
	}
	s->action_depth--;
	return run.ok;
}

bool session_next_capture(struct session *s, struct capture *capture)
{
	while (s->n_captures_told < s->captures.n) {
		const struct capture_asked *asked =
			&s->captures.items[s->n_captures_told++];
		struct node *n = session_by_id(s, asked->node_id);

		if (n == NULL)
			continue;
		*capture = (struct capture){ asked->id, asked->action->kind,
			asked->action->quality, n };
		return true;
	}
	return false;
}

struct node *session_capture_node(struct session *s, uint32_t id,
	struct err *err)
{
	struct node *n = NULL;

	if (id >= 1 && id <= s->n_captures_told)
		n = session_by_id(s, s->captures.items[id - 1].node_id);
	if (n == NULL)
		err_set(err, ERR_NODE,
			_("nothing was asked for under the number %u"),
			(unsigned)id);
	return n;
}

bool session_capture(struct session *s, uint32_t id, const char *value,
	struct err *err)
{
	struct node *n = session_capture_node(s, id, err);
	char *place = NULL;
	bool ok;

	if (n == NULL)
		return false;
	/* What is no place is not written, whatever the type of the node. */
	if (s->captures.items[id - 1].action->kind == XF_SETGEOPOINT)
		value = place = value_cast_place(value);
	ok = write_target(s, n, s->captures.items[id - 1].action,
		value, XP_STRING, err) &&
		settle_counts(s, err) && !take_failure(s, err);
	free(place);
	return ok;
}

/* The events in their order, each to its actions in the form's. */
bool fire_load(struct session *s, unsigned events, struct err *err)
{
	static const unsigned order[] = { XF_ON_FIRST_LOAD, XF_ON_READY,
		XF_ON_INSTANCE_LOAD, XF_ON_REVALIDATE };

	for (size_t e = 0; e < sizeof order / sizeof *order; e++)
		for (unsigned i = 0; i < s->form->n_actions; i++)
			if ((s->form->actions[i]->events & events & order[e]) &&
					!run_action(s, s->form->actions[i],
					s->root, err))
				return false;
	return true;
}

bool fire_at_end(struct session *s, struct err *err)
{
	return fire_load(s, XF_ON_REVALIDATE, err);
}

static bool is_fired_by(const struct xf_action *a, const struct xf_node *repeat)
{
	return (a->events & XF_ON_NEW_REPEAT) &&
		(a->repeat == NULL || a->repeat == repeat);
}

struct settling { struct session *s; const struct xf_read *read; };

static void settle_read(void *data, struct node *n)
{
	const struct settling *settling = data;
	struct session *s = settling->s;
	const struct xf_attribute *form = settling->read->attribute;
	struct arena_mark mark = arena_mark(s->scratch);

	if (form == NULL) {
		node_value(s, n);
		return;
	}
	for (unsigned i = 0; i < n->form->n_attributes; i++)
		if (&n->form->attributes[i] == form) {
			struct attribute *a = &n->attributes[i];
			char *value = xstrdup(attribute_value(s, a,
				s->scratch));

			free(a->value);
			a->value = value;
		}
	arena_reset(s->scratch, mark);
}

bool before_new_repeat(struct session *s, struct node *parent,
	const struct xf_node *repeat)
{
	bool is_read = false;

	for (unsigned i = 0; i < s->form->n_actions; i++) {
		const struct xf_action *a = s->form->actions[i];

		if (!is_fired_by(a, repeat))
			continue;
		for (unsigned k = 0; k < a->n_reads; k++) {
			struct settling settling = { s, &a->reads[k] };

			each_nearest(parent, a->reads[k].node, settle_read,
				&settling);
			is_read = true;
		}
	}
	return is_read;
}

bool fire_new_repeat(struct session *s, struct node *instance,
	struct err *err)
{
	bool ok = true;

	s->is_inserting = true;
	for (unsigned i = 0; i < s->form->n_actions && ok; i++)
		if (is_fired_by(s->form->actions[i], instance->form))
			ok = run_action(s, s->form->actions[i], instance, err);
	s->is_inserting = false;
	return ok;
}

bool fire_value_changed(struct session *s, struct node *n, struct err *err)
{
	for (unsigned i = 0; i < n->form->n_on_change; i++)
		if (!run_action(s, n->form->on_change[i], n, err))
			return false;
	return true;
}

/* --- preloads --- */

static void preload_timestamp(struct session *s, const char *params,
	char text[40])
{
	struct xp_time now = session_now(s);

	(void)params;
	date_time_print(now.ms, now.offset_minutes, text);
}

static const char *preload_text(struct session *s, const struct xf_bind *b,
	bool at_end, char text[48])
{
	const char *params = b->preload_params != NULL ? b->preload_params : "";

	if (strcmp(b->preload, "timestamp") == 0) {
		if ((strcmp(params, "end") == 0) != at_end)
			return NULL;
		preload_timestamp(s, params, text);
		return text;
	}
	if (at_end)
		return NULL;
	if (strcmp(b->preload, "date") == 0 && strcmp(params, "today") == 0) {
		preload_timestamp(s, params, text);
		text[10] = '\0';
		return text;
	}
	if (strcmp(b->preload, "uid") == 0) {
		memcpy(text, "uuid:", 5);
		session_uuid(s, text + 5);
		return text;
	}
	if (strcmp(b->preload, "property") == 0 && s->property != NULL)
		return s->property(s->property_data, params);
	return NULL;
}

static void preload_one(struct session *s, struct node *n, bool at_end)
{
	const struct xf_bind *b = n->form->bind;
	const char *value;
	char text[48], *cast;

	if (b->preload == NULL)
		return;
	value = preload_text(s, b, at_end, text);
	if (value == NULL)
		return;
	cast = value_cast(n->form, value, NULL);
	node_store(s, n, cast);
	mark_value_changed(s, n);
	free(cast);
}

static void preload_attributes(struct session *s, struct node *n, bool at_end)
{
	for (unsigned i = 0; i < n->form->n_attributes; i++) {
		const struct xf_attribute *a = &n->form->attributes[i];
		const char *value;
		char text[48];

		if (a->bind == NULL || a->bind->preload == NULL)
			continue;
		value = preload_text(s, a->bind, at_end, text);
		if (value != NULL)
			write_attribute(s, n, a, value);
	}
}

void preload(struct session *s, struct node *n, bool at_end)
{
	preload_one(s, n, at_end);
	preload_attributes(s, n, at_end);
	if (n->slots == NULL)
		return;
	for (unsigned i = 0; i < n->form->n_children; i++)
		for (uint32_t k = 0; k < n->slots[i].n; k++)
			preload(s, n->slots[i].items[k], at_end);
}
