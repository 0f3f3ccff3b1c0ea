/* The node object of the protocol, section 4. */
#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "engine/op.h"

uint32_t place_id(struct engine_record *r, const struct place *place)
{
	return place->repeat != NULL ? session_repeat_id(r->session,
		place->node, place->repeat) : node_id(place->node);
}

static const struct xf_node *form_of(const struct place *place)
{
	return place->repeat != NULL ? place->repeat : node_form(place->node);
}

static void add_name(struct str *out, const struct xf_node *form)
{
	if (form->prefix[0] != '\0')
		str_addf(out, "%s:", form->prefix);
	str_add(out, form->local);
}

char *place_ref(const struct place *place)
{
	struct str ref = STR_INIT;

	node_ref(place->node, &ref);
	if (place->repeat != NULL) {
		str_addc(&ref, '/');
		add_name(&ref, place->repeat);
	}
	return str_steal(&ref);
}

struct place place_child(struct node *n, const struct xf_node *form)
{
	struct place child = { n, form };

	if (!form->is_repeat) {
		child.node = node_child(n, form);
		child.repeat = NULL;
	}
	return child;
}

/* --- what it is --- */

static const char *kind_of(const struct place *place)
{
	const struct xf_node *form = form_of(place);

	if (place->repeat != NULL)
		return "repeat";
	if (form->parent == NULL)
		return "root";
	if (form->is_repeat)
		return "instance";
	return form->is_value ? "value" : "group";
}

static void put_children(struct engine_record *r, struct json *to,
	const struct place *place)
{
	const struct xf_node *form = form_of(place);
	struct json *list;

	if (place->repeat == NULL && form->is_value)
		return;
	list = js_new_array();
	if (place->repeat != NULL) {
		size_t n = node_count(place->node, place->repeat);

		for (size_t i = 1; i <= n; i++)
			js_add(list, js_new_int(node_id(node_instance(
				place->node, place->repeat, i))));
	} else {
		for (unsigned i = 0; i < form->n_children; i++) {
			struct place child = place_child(place->node,
				form->children[i]);

			if (child.node != NULL)
				js_add(list, js_new_int(place_id(r, &child)));
		}
	}
	if (js_size(list) > 0)
		js_put(to, "children", list);
	else
		js_free(list);
}

static void put_parent(struct engine_record *r, struct json *to,
	const struct place *place)
{
	struct place parent = { place->node, NULL };

	if (place->repeat == NULL) {
		parent.node = node_parent(place->node);
		if (node_form(place->node)->is_repeat)
			parent.repeat = node_form(place->node);
	}
	if (parent.node != NULL)
		js_put_int(to, "parent", place_id(r, &parent));
}

static void put_attributes(struct engine_record *r, struct json *to,
	const struct node *n)
{
	const struct xf_node *form = node_form(n);
	struct arena *arena;
	struct json *o;

	if (form->n_attributes == 0)
		return;
	arena = arena_new();
	o = js_new_object();
	for (unsigned i = 0; i < form->n_attributes; i++) {
		const struct xf_attribute *a = &form->attributes[i];
		char *name = str_format("%s%s%s", a->prefix,
			a->prefix[0] != '\0' ? ":" : "", a->local);

		if (strcmp(a->ns, NS_JAVAROSA) != 0 ||
				strcmp(a->local, "template") != 0)
			js_put_text(o, name, node_attribute(r->session, n, i,
				arena));
		free(name);
	}
	js_put(to, "attributes", o);
	arena_free(arena);
}

/* --- its control --- */

const struct xf_control *place_control(const struct place *place)
{
	const struct xf_node *form = form_of(place);
	const struct xf_control *found = NULL;

	for (unsigned i = 0; i < form->n_controls; i++) {
		const struct xf_control *c = form->controls[i];

		if (form->is_repeat && c->kind == XF_CONTROL_REPEAT)
			return c;
		if (found == NULL)
			found = c;
	}
	return found;
}

/* An <input> that shows and never asks. */
static bool is_note(const struct xf_control *c)
{
	const struct xf_expr *readonly = c->node != NULL ?
		c->node->bind->readonly : NULL;

	return c->kind == XF_INPUT && readonly != NULL &&
		strcmp(readonly->text, "true()") == 0 &&
		(c->label != NULL || c->hint != NULL);
}

static const char *type_of(const struct xf_control *c)
{
	static const char *const names[] = {
		[XF_INPUT] = "input", [XF_SECRET] = "secret",
		[XF_SELECT1] = "select1", [XF_SELECT] = "select",
		[XF_RANK] = "rank", [XF_RANGE] = "range",
		[XF_TRIGGER] = "trigger", [XF_UPLOAD] = "upload",
		[XF_CONTROL_GROUP] = "group", [XF_CONTROL_REPEAT] = "repeat",
	};

	return is_note(c) ? "note" : names[c->kind];
}

static struct json *control_json(const struct xf_control *c)
{
	struct json *o = js_new_object(), *others;

	js_put_text(o, "type", type_of(c));
	if (c->appearance[0] != '\0')
		js_put_text(o, "appearance", c->appearance);
	if (c->mediatype != NULL)
		js_put_text(o, "mediatype", c->mediatype);
	if (c->range_start != NULL)
		js_put_text(o, "min", c->range_start);
	if (c->range_end != NULL)
		js_put_text(o, "max", c->range_end);
	if (c->range_step != NULL)
		js_put_text(o, "step", c->range_step);
	if (c->is_open)
		js_put_bool(o, "open", true);
	if (c->n_attributes == 0)
		return o;
	others = js_new_object();
	for (unsigned i = 0; i < c->n_attributes; i++)
		js_put_text(others, c->attributes[i].local,
			c->attributes[i].value);
	js_put(o, "attributes", others);
	return o;
}

static void put_text(struct session *s, struct json *to, const char *name,
	struct node *context, const struct xf_text *text, bool rich)
{
	if (text != NULL)
		js_put(to, name, text_json(s, context, text, rich));
}

/* A repeat is often labelled by the group around it. */
const struct xf_text *place_label(const struct place *place,
	const struct xf_control *c)
{
	const struct xf_control *around = c->parent;

	if (c->label != NULL || place->repeat == NULL || around == NULL ||
			around->kind != XF_CONTROL_GROUP ||
			(around->node != NULL && around->node != c->node))
		return c->label;
	return around->label;
}

static void put_control(struct engine_record *r, struct json *to,
	const struct place *place, const struct xf_control *c, bool rich)
{
	struct session *s = r->session;

	js_put(to, "control", control_json(c));
	put_text(s, to, "label", place->node, place_label(place, c), rich);
	put_text(s, to, "hint", place->node, c->hint, rich);
	if (c->guidance != NULL)
		js_put(to, "guidance", text_json_of_form(s, place->node,
			c->guidance, XF_TEXT_GUIDANCE, rich));
}

/* --- how it stands --- */

struct json *violation_json(struct engine_record *r, struct node *n,
	enum violation condition, bool rich)
{
	const struct xf_bind *bind = node_form(n)->bind;
	const struct xf_text *text = condition == VIOLATES_REQUIRED ?
		bind->required_message : bind->constraint_message;
	struct json *o = js_new_object();

	js_put_text(o, "condition", condition == VIOLATES_REQUIRED ?
		"required" : "constraint");
	put_text(r->session, o, "message", n, text, rich);
	return o;
}

static void put_value(struct engine_record *r, struct json *to, struct node *n,
	bool rich)
{
	const struct xf_node *form = node_form(n);
	const char *value = node_value(r->session, n);
	enum violation violation = node_violation(r->session, n, NULL);

	if (strcmp(form->bind->type_name, "string") != 0)
		js_put_text(to, "type", form->bind->type_name);
	if (value[0] != '\0')
		js_put_text(to, "value", value);
	if (violation != VALID)
		js_put(to, "violation", violation_json(r, n, violation, rich));
}

static bool is_valid_below(struct session *s, struct node *n)
{
	const struct xf_node *form = node_form(n);

	if (!node_is_relevant(s, n))
		return true;
	if (form->is_value)
		return node_violation(s, n, NULL) == VALID;
	for (unsigned i = 0; i < form->n_children; i++) {
		size_t count = node_count(n, form->children[i]);

		for (size_t k = 1; k <= count; k++)
			if (!is_valid_below(s, node_instance(n,
					form->children[i], k)))
				return false;
	}
	return true;
}

bool place_is_valid(struct engine_record *r, const struct place *place)
{
	if (place->repeat == NULL)
		return is_valid_below(r->session, place->node);
	for (size_t i = 1; i <= node_count(place->node, place->repeat); i++)
		if (!is_valid_below(r->session, node_instance(place->node,
				place->repeat, i)))
			return false;
	return true;
}

struct json *node_json(struct engine_record *r, const struct place *place,
	const struct xf_control *control, bool rich)
{
	struct session *s = r->session;
	const struct xf_node *form = form_of(place);
	struct json *o = js_new_object();
	struct str name = STR_INIT;
	char *ref = place_ref(place);

	add_name(&name, form);
	js_put_int(o, "id", place_id(r, place));
	js_put_text(o, "ref", ref);
	js_put_text(o, "name", name.data);
	js_put_text(o, "kind", kind_of(place));
	put_parent(r, o, place);
	put_children(r, o, place);
	if (place->repeat != NULL ? !repeat_is_relevant(s, place->node,
			place->repeat) : !node_is_relevant(s, place->node))
		js_put_bool(o, "relevant", false);
	if (node_is_readonly(s, place->node))
		js_put_bool(o, "readonly", true);
	if (place->repeat == NULL) {
		if (node_is_required(s, place->node))
			js_put_bool(o, "required", true);
		put_attributes(r, o, place->node);
		if (form->is_value)
			put_value(r, o, place->node, rich);
	} else if (node_is_fixed(s, place->repeat)) {
		js_put_bool(o, "fixed", true);
	}
	if (control != NULL)
		put_control(r, o, place, control, rich);
	str_release(&name);
	free(ref);
	return o;
}
