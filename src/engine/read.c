/* nodes, node, choices: the state of a record. */
#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/map.h"
#include "base/mem.h"
#include "engine/op.h"

/* --- writing nodes --- */

struct listing {
	struct engine_record *r;
	struct str *out;		/* "[{...},{...}" */
	bool rich;
	uint64_t since;			/* nodes that changed after it */
};

static void add_object(struct listing *l, struct json *object)
{
	str_addc(l->out, l->out->len > 0 ? ',' : '[');
	js_write_ordered(l->out, object);
	js_free(object);
}

/* If it changed. */
static void add_place(struct listing *l, const struct place *place,
	const struct xf_control *control)
{
	const struct told *told = told_of(l->r, place_id(l->r, place));
	struct json *object;

	if (told->revision <= l->since)
		return;
	object = node_json(l->r, place, control, l->rich);
	if (!told->is_valid)
		js_put_bool(object, "valid", false);
	add_object(l, object);
}

/* --- the model --- */

static void add_below(struct listing *l, const struct place *place)
{
	const struct xf_node *form = node_form(place->node);

	add_place(l, place, place_control(place));
	if (place->repeat != NULL) {
		for (size_t i = 1; i <= node_count(place->node,
				place->repeat); i++) {
			struct place instance = { node_instance(place->node,
				place->repeat, i), NULL };

			add_below(l, &instance);
		}
		return;
	}
	for (unsigned i = 0; i < form->n_children; i++) {
		struct place child = place_child(place->node,
			form->children[i]);

		if (child.node != NULL)
			add_below(l, &child);
	}
}

/* --- the body --- */

static void add_controls(struct listing *l, struct xf_control *const *controls,
	unsigned n, struct node *context);

static void add_repeat(struct listing *l, const struct xf_control *control,
	struct node *context)
{
	struct place repeat = { session_seen_from(context,
		control->node->parent), control->node };

	if (repeat.node == NULL)
		return;
	add_place(l, &repeat, control);
	for (size_t i = 1; i <= node_count(repeat.node, repeat.repeat); i++) {
		struct place instance = { node_instance(repeat.node,
			repeat.repeat, i), NULL };

		add_place(l, &instance, control);
		add_controls(l, control->children, control->n_children,
			instance.node);
	}
}

/* A group of the body that stands for no node. */
static void add_bare_group(struct listing *l, const struct xf_control *control,
	struct node *context)
{
	struct json *o = js_new_object(), *c = js_new_object();

	js_put(o, "id", js_new_null());
	js_put(o, "ref", js_new_null());
	js_put_text(o, "name", "");
	js_put_text(o, "kind", "group");
	js_put_int(o, "parent", node_id(context));
	js_put_text(c, "type", "group");
	if (control->appearance[0] != '\0')
		js_put_text(c, "appearance", control->appearance);
	js_put(o, "control", c);
	if (control->label != NULL)
		js_put(o, "label", text_json(l->r->session, context,
			control->label, l->rich));
	add_object(l, o);
}

static void add_control(struct listing *l, const struct xf_control *control,
	struct node *context)
{
	struct place place = { NULL, NULL };

	if (control->kind == XF_CONTROL_REPEAT) {
		add_repeat(l, control, context);
		return;
	}
	if (control->node != NULL && !(control->kind == XF_CONTROL_GROUP &&
			control->node->is_repeat)) {
		place.node = session_seen_from(context, control->node);
		if (place.node == NULL)
			return;
		add_place(l, &place, control);
	} else if (control->node == NULL &&
			control->kind == XF_CONTROL_GROUP) {
		add_bare_group(l, control, context);
	}
	add_controls(l, control->children, control->n_children,
		place.node != NULL ? place.node : context);
}

static void add_controls(struct listing *l, struct xf_control *const *controls,
	unsigned n, struct node *context)
{
	for (unsigned i = 0; i < n; i++)
		add_control(l, controls[i], context);
}

/* --- nodes --- */

static struct json *removed_since(const struct engine_record *r,
	uint64_t since)
{
	struct json *list = js_new_array();

	for (size_t id = 0; id < r->told.n; id++)
		if (r->told.items[id].is_gone &&
				r->told.items[id].revision > since)
			js_add(list, js_new_int((int64_t)id));
	return list;
}

static void put_failure(struct op *op, struct engine_record *r)
{
	struct err err = ERR_INIT;

	if (session_take_failure(r->session, &err))
		problem_add_err(&op->problems, SEVERITY_WARNING, &err, NULL,
			NULL);
	op_put_warnings(op);
}

static void put_removed(struct op *op, struct engine_record *r, size_t since)
{
	struct json *removed = removed_since(r, since);

	if (js_size(removed) > 0)
		js_put(op->result, "removed", removed);
	else
		js_free(removed);
}

static bool read_order(struct op *op, bool *body)
{
	const char *order;

	if (!op_text(op, "order", &order))
		return false;
	*body = order != NULL && strcmp(order, "body") == 0;
	return *body || order == NULL || strcmp(order, "model") == 0 ||
		op_bad_request(op, _("'order' is 'model' or 'body'"));
}

bool op_nodes(struct op *op)
{
	struct engine_record *r = op_record(op);
	struct listing l = { .r = r, .out = &op->nodes };
	struct place place;
	size_t since = 0;
	bool body;

	if (r == NULL || !op_place(op, r, &place) || !read_order(op, &body) ||
			!op_flag(op, "rich", &l.rich) ||
			!op_count(op, "since", &since))
		return false;
	l.since = since;
	js_put_int(op->result, "revision", (int64_t)record_look(r));
	if (js_get(op->request, "since") != NULL)
		put_removed(op, r, since);
	if (body)
		add_controls(&l, r->form->form->body, r->form->form->n_body,
			session_root(r->session));
	else
		add_below(&l, &place);
	str_add(l.out, l.out->len > 0 ? "]" : "[]");
	put_failure(op, r);
	return true;
}

bool op_one_node(struct op *op)
{
	struct engine_record *r = op_record(op);
	struct place place;
	bool rich = false;
	struct json *object;

	if (r == NULL || !op_place(op, r, &place) ||
			!op_flag(op, "rich", &rich))
		return false;
	object = node_json(r, &place, place_control(&place), rich);
	if (!place_is_valid(r, &place))
		js_put_bool(object, "valid", false);
	js_put(op->result, "node", object);
	put_failure(op, r);
	return true;
}

/* --- choices --- */

struct choice_list {
	struct session *session;
	struct node *node;
	struct json *list;
	bool rich;
};

static void put_properties(struct json *to, struct xp_node item)
{
	const struct xp_tree_ops *ops;
	struct arena *arena;
	struct json *o;

	if (item.tree == NULL)
		return;
	ops = item.tree->ops;
	arena = arena_new();
	o = js_new_object();
	for (uintptr_t at = ops->first_child(item.tree, item.at); at != 0;
			at = ops->next(item.tree, at)) {
		const char *prefix;
		char *name;

		if (ops->kind(item.tree, at) != XML_ELEMENT)
			continue;
		prefix = ops->prefix(item.tree, at);
		name = str_format("%s%s%s", prefix,
			prefix[0] != '\0' ? ":" : "",
			ops->local(item.tree, at));
		js_put_text(o, name, ops->text(item.tree, at, arena));
		free(name);
	}
	if (js_size(o) > 0)
		js_put(to, "properties", o);
	else
		js_free(o);
	arena_free(arena);
}

static void add_choice(void *data, const struct choice_source *choice)
{
	struct choice_list *c = data;
	struct json *o = js_new_object();

	js_put_text(o, "value", choice->value);
	js_put(o, "label", choice->text != NULL ? text_json(c->session,
		c->node, choice->text, c->rich) :
		text_json_plain(choice->label, c->rich));
	put_properties(o, choice->item);
	js_add(c->list, o);
}

bool op_choices(struct op *op)
{
	struct engine_record *r = op_record(op);
	struct choice_list c = { 0 };

	if (r == NULL || !op_node(op, r, &c.node) ||
			!op_flag(op, "rich", &c.rich))
		return false;
	c.session = r->session;
	c.list = js_new_array();
	if (!session_each_choice(r->session, c.node, NULL, add_choice, &c,
			&op->err)) {
		js_free(c.list);
		return false;
	}
	js_put(op->result, "choices", c.list);
	return true;
}
