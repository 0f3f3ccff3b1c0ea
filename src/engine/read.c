/* nodes, node, choices: the state of a record. */
#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/map.h"
#include "base/mem.h"
#include "engine/op.h"

/* --- which nodes changed --- */

struct walk {
	struct engine_record *r;
	struct json *list;
	bool rich;
	bool has_since;
	uint64_t since;
	VEC(uint64_t) changed_at;	/* of each item of the list */
};

static struct told *told_of(struct engine_record *r, uint32_t id)
{
	struct told none = { 0 };

	while (r->told.n <= id)
		vec_push(&r->told, none);
	return &r->told.items[id];
}

/* Compare with what clients were told; a changed node counts from the next
 * revision that is given out. */
static void note_state(struct walk *w, uint32_t id, const struct json *object)
{
	struct told *told = told_of(w->r, id);
	char *text = js_print(object);
	uint64_t hash = map_hash(text, strlen(text));

	if (!told->is_known || told->hash != hash) {
		told->is_known = true;
		told->hash = hash;
		told->revision = UINT64_MAX;	/* now: set at the end */
	}
	told->is_gone = false;
	told->walk = w->r->walks;
	free(text);
}

/* --- the model --- */

static bool add_place(struct walk *w, const struct place *place);

static bool add_children(struct walk *w, const struct place *place)
{
	bool valid = true;

	if (place->repeat != NULL) {
		size_t n = node_count(place->node, place->repeat);

		for (size_t i = 1; i <= n; i++) {
			struct place instance = { node_instance(place->node,
				place->repeat, i), NULL };

			valid &= add_place(w, &instance);
		}
		return valid;
	}
	for (unsigned i = 0; i < node_form(place->node)->n_children; i++) {
		const struct xf_node *form =
			node_form(place->node)->children[i];
		struct place child = { place->node, form };

		if (!form->is_repeat) {
			child.node = node_child(place->node, form);
			child.repeat = NULL;
		}
		if (child.node != NULL)
			valid &= add_place(w, &child);
	}
	return valid;
}

/* Is it valid, or not relevant? */
static bool add_place(struct walk *w, const struct place *place)
{
	struct session *s = w->r->session;
	struct json *object = node_json(w->r, place, place_control(place),
		w->rich);
	bool valid;

	js_add(w->list, object);
	if (place->repeat == NULL && node_form(place->node)->is_value)
		valid = node_violation(s, place->node, NULL) == VALID;
	else
		valid = add_children(w, place);
	if (!node_is_relevant(s, place->node))
		valid = true;
	if (!valid)
		js_put_bool(object, "valid", false);
	if (!w->rich)
		note_state(w, place_id(w->r, place), object);
	return valid;
}

/* --- the body --- */

static void add_controls(struct walk *w, struct xf_control *const *controls,
	unsigned n, struct node *context);

static void add_in_body(struct walk *w, const struct place *place,
	const struct xf_control *control)
{
	struct json *object = node_json(w->r, place, control, w->rich);

	if (!place_is_valid(w->r, place))
		js_put_bool(object, "valid", false);
	js_add(w->list, object);
}

static void add_repeat(struct walk *w, const struct xf_control *control,
	struct node *context)
{
	struct place repeat = { session_seen_from(context,
		control->node->parent), control->node };

	if (repeat.node == NULL)
		return;
	add_in_body(w, &repeat, control);
	for (size_t i = 1; i <= node_count(repeat.node, repeat.repeat); i++) {
		struct place instance = { node_instance(repeat.node,
			repeat.repeat, i), NULL };

		add_in_body(w, &instance, control);
		add_controls(w, control->children, control->n_children,
			instance.node);
	}
}

/* A group of the body that stands for no node. */
static void add_bare_group(struct walk *w, const struct xf_control *control,
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
		js_put(o, "label", text_json(w->r->session, context,
			control->label, w->rich));
	js_add(w->list, o);
}

static void add_control(struct walk *w, const struct xf_control *control,
	struct node *context)
{
	struct place place = { NULL, NULL };

	if (control->kind == XF_CONTROL_REPEAT) {
		add_repeat(w, control, context);
		return;
	}
	if (control->node != NULL && !(control->kind == XF_CONTROL_GROUP &&
			control->node->is_repeat)) {
		place.node = session_seen_from(context, control->node);
		if (place.node == NULL)
			return;
		add_in_body(w, &place, control);
	} else if (control->node == NULL &&
			control->kind == XF_CONTROL_GROUP) {
		add_bare_group(w, control, context);
	}
	add_controls(w, control->children, control->n_children,
		place.node != NULL ? place.node : context);
}

static void add_controls(struct walk *w, struct xf_control *const *controls,
	unsigned n, struct node *context)
{
	for (unsigned i = 0; i < n; i++)
		add_control(w, controls[i], context);
}

/* --- nodes --- */

/* Give what was found changed its revision; note what is gone. */
static void close_walk(struct engine_record *r, bool whole)
{
	for (size_t id = 0; id < r->told.n; id++) {
		struct told *told = &r->told.items[id];

		if (whole && told->is_known && !told->is_gone &&
				told->walk != r->walks) {
			told->is_gone = true;
			told->revision = UINT64_MAX;
		}
		if (told->revision == UINT64_MAX)
			told->revision = r->revision;
	}
}

static struct json *only_since(struct walk *w)
{
	struct json *list = js_new_array();

	for (size_t i = 0; i < js_size(w->list); i++) {
		const struct json *o = js_at(w->list, i);
		int64_t id = js_get_int(o, "id", 0);

		if (id == 0 || told_of(w->r, (uint32_t)id)->revision > w->since)
			js_add(list, js_copy(o));
	}
	js_free(w->list);
	return list;
}

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

static bool read_since(struct op *op, struct walk *w)
{
	size_t since = 0;
	const struct json *member = js_get(op->request, "since");

	w->has_since = member != NULL && !js_is_null(member);
	if (!op_count(op, "since", &since))
		return false;
	w->since = since;
	return true;
}

/* `since` is about what `nodes` of the whole model told before. */
static void look_at_all(struct engine_record *r)
{
	struct walk w = { .r = r, .list = js_new_array() };
	struct place root = { session_root(r->session), NULL };

	r->walks++;
	add_place(&w, &root);
	record_revision(r);
	close_walk(r, true);
	js_free(w.list);
}

static void put_failure(struct op *op, struct engine_record *r)
{
	struct err err = ERR_INIT;

	if (session_take_failure(r->session, &err))
		problem_add_err(&op->problems, SEVERITY_WARNING, &err, NULL,
			NULL);
	op_put_warnings(op);
}

bool op_nodes(struct op *op)
{
	struct engine_record *r = op_record(op);
	struct walk w = { .r = r };
	struct place place;
	const char *order;
	bool whole;

	if (r == NULL || !op_place(op, r, &place) ||
			!op_text(op, "order", &order) ||
			!op_flag(op, "rich", &w.rich) || !read_since(op, &w))
		return false;
	if (order != NULL && strcmp(order, "model") != 0 &&
			strcmp(order, "body") != 0)
		return op_bad_request(op, _("'order' is 'model' or 'body'"));
	whole = place.repeat == NULL && node_parent(place.node) == NULL;
	w.list = js_new_array();
	if (order != NULL && strcmp(order, "body") == 0) {
		look_at_all(r);
		add_controls(&w, r->form->form->body, r->form->form->n_body,
			session_root(r->session));
	} else if (whole && !w.rich) {
		r->walks++;
		add_place(&w, &place);
	} else {
		look_at_all(r);
		add_place(&w, &place);
	}
	js_put_int(op->result, "revision", (int64_t)record_revision(r));
	close_walk(r, whole && !w.rich && (order == NULL ||
		strcmp(order, "model") == 0));
	if (w.has_since) {
		struct json *removed = removed_since(r, w.since);

		w.list = only_since(&w);
		if (js_size(removed) > 0)
			js_put(op->result, "removed", removed);
		else
			js_free(removed);
	}
	js_put(op->result, "nodes", w.list);
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
