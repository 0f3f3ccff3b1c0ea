/*
 * Actions: setvalue, odk:setgeopoint, odk:recordaudio.
 * Source: ODK XForms, "Actions"; JavaRosa's older names of events.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/intern.h"
#include "xform/loader.h"
#include "xpath/date.h"

static const struct { const char *name; unsigned event; } events[] = {
	{ "odk-instance-load", XF_ON_INSTANCE_LOAD },
	{ "odk-instance-first-load", XF_ON_FIRST_LOAD },
	{ "xforms-ready", XF_ON_READY },
	{ "odk-new-repeat", XF_ON_NEW_REPEAT },
	{ "jr-insert", XF_ON_NEW_REPEAT },
	{ "xforms-value-changed", XF_ON_VALUE_CHANGED },
	{ "xforms-revalidate", XF_ON_REVALIDATE },
};

static const struct { const char *name; enum xf_action_kind kind; } kinds[] = {
	{ "setvalue", XF_SETVALUE }, { "setgeopoint", XF_SETGEOPOINT },
	{ "recordaudio", XF_RECORDAUDIO },
};

static bool kind_of(const struct xml_node *e, enum xf_action_kind *kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].name, e->local) == 0) {
			*kind = kinds[i].kind;
			return true;
		}
	return false;
}

bool action_is(const struct xml_node *element)
{
	enum xf_action_kind kind;

	return element->kind == XML_ELEMENT && kind_of(element, &kind);
}

static unsigned event_named(const char *name, size_t n_bytes)
{
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (strlen(events[i].name) == n_bytes &&
				memcmp(events[i].name, name, n_bytes) == 0)
			return events[i].event;
	return 0;
}

static unsigned load_events(struct loader *l, const struct xml_node *e)
{
	static const char blank[] = " \t\r\n";
	const struct xml_node *a = load_attribute(e, "event");
	unsigned all = 0;

	if (a == NULL) {
		load_error(l, e, NULL, _("<%s> has no event"), e->local);
		return 0;
	}
	for (const char *at = a->text + strspn(a->text, blank); *at != '\0'; ) {
		size_t n = strcspn(at, blank);
		unsigned event = event_named(at, n);

		if (event == 0) {
			load_error(l, e, a, _("there is no event '%.*s'"),
				(int)n, at);
			load_remedy(l, _("the events are "
				"odk-instance-first-load, odk-instance-load, "
				"odk-new-repeat and xforms-value-changed"));
		}
		all |= event;
		at += n;
		at += strspn(at, blank);
	}
	if (all == 0 && a->text[strspn(a->text, blank)] == '\0')
		load_error(l, e, a, _("<%s> has no event"), e->local);
	return all;
}

static bool load_target(struct loader *l, const struct xml_node *e,
	const struct xf_control *control, struct xf_action *action)
{
	const struct xml_node *a = load_attribute(e, "bind");
	struct xf_path here = { 0 }, path;
	const struct xf_path *by_id;

	if (a != NULL) {
		by_id = map_get(&l->binds_by_id, a->text);
		if (by_id == NULL)
			return load_error(l, e, a, _("there is no <bind> with "
				"the id '%s'"), a->text);
		path = *by_id;
	} else {
		a = load_attribute(e, "ref");
		if (a == NULL)
			return load_error(l, e, NULL, _("<%s> has no ref"),
				e->local);
		if (control != NULL && control->node != NULL)
			here = path_of(l, control->node);
		if (!path_resolve(l, a->text, here.n_steps > 0 ? &here : NULL,
				&path))
			return load_error(l, e, a, _("'%s' is no path to a "
				"node"), a->text);
	}
	action->target = path_node(l, &path);
	action->attribute = path_attribute(l, &path);
	if (action->target == NULL ||
			(path.is_attribute && action->attribute == NULL)) {
		load_error(l, e, a, _("<%1$s> writes into '%2$s', which is not "
			"in the instance"), e->local, path_text(l, &path));
		load_remedy_path(l, path_text(l, &path));
		return false;
	}
	action->target_expr = load_expr(l, e, a, 0, path.has_predicates ?
		a->text : path_text(l, &path));
	return true;
}

static void load_value(struct loader *l, const struct xml_node *e,
	struct xf_action *action)
{
	const struct xml_node *a = load_attribute(e, "value");

	size_t n_uses = l->uses.n;

	action->text = "";
	if (a == NULL)
		action->text = xml_text_of(e, l->arena);
	else if (a->text[strspn(a->text, " \t\r\n")] != '\0')
		action->value = load_expr(l, e, a, 0, a->text);
	load_use(l, action->value, action->target, XF_N_PROPERTIES, true);
	if (l->uses.n > n_uses)
		l->uses.items[n_uses].attribute = action->attribute;
}

static bool is_number_text(const char *text)
{
	char *end;

	strtod(text, &end);
	return end != text && *end == '\0';
}

static bool is_point_text(const char *text)
{
	char *end;

	strtod(text, &end);
	return end != text && strchr(" ;", *end) != NULL;
}

static bool fits_type(enum xf_type type, const char *text)
{
	struct date_time t;

	switch (type) {
	case XF_INT:
		return is_number_text(text) &&
			text[strspn(text, "+-0123456789")] == '\0';
	case XF_DECIMAL:
		return is_number_text(text);
	case XF_TIME:
		return date_parse(text, &t) && t.has_clock;
	case XF_GEOPOINT:
	case XF_GEOTRACE:
	case XF_GEOSHAPE:
		return is_point_text(text);
	default:
		return true;
	}
}

/* What is written in the form and can never be in the node: JavaRosa does not
 * open a form that begins so. */
static void check_text(struct loader *l, const struct xml_node *e,
	const struct xf_action *action)
{
	const char *text = action->text;
	const struct xf_bind *bind = action->target->bind;
	size_t n = action->value != NULL ? strlen(action->value->text) : 0;

	if (n >= 2 && strchr("'\"", action->value->text[0]) != NULL &&
			strchr(action->value->text + 1,
			action->value->text[0]) == action->value->text + n - 1)
		text = arena_strndup(l->arena, action->value->text + 1, n - 2);
	else if (action->value != NULL)
		return;
	if (text[0] == '\0' || action->attribute != NULL ||
			fits_type(bind->type, text))
		return;
	if (action->events & (XF_ON_FIRST_LOAD | XF_ON_READY | XF_ON_INSTANCE_LOAD))
		load_error(l, e, NULL, _("'%1$s' cannot be set in '%2$s': it "
			"is no %3$s"), text, action->target->ref,
			bind->type_name);
	else
		load_warning(l, e, NULL, _("'%1$s' cannot be set in '%2$s': it "
			"is no %3$s"), text, action->target->ref,
			bind->type_name);
}

static bool is_below(const struct xf_node *node, const struct xf_node *top)
{
	while (node != NULL && node != top)
		node = node->parent;
	return node != NULL;
}

static bool read_of(struct loader *l, const struct xpath_ref *ref,
	struct xf_read *read)
{
	struct xf_path path = { ref->steps, ref->n_steps, false, false };

	for (size_t i = 0; i < ref->n_steps; i++)
		if (ref->steps[i] == NULL || ref->steps[i] == XPATH_ANY_DEPTH)
			return false;
	if (ref->start != REF_PRIMARY || ref->n_steps == 0)
		return false;
	*read = (struct xf_read){ path_node(l, &path), NULL };
	if (read->node != NULL)
		return read->node->bind->calculate != NULL;
	if (path.steps[path.n_steps - 1][0] == '@')
		path.steps[path.n_steps - 1] =
			intern(path.steps[path.n_steps - 1] + 1);
	path.is_attribute = true;
	*read = (struct xf_read){ path_node(l, &path), path_attribute(l, &path) };
	return read->attribute != NULL && read->attribute->bind != NULL &&
		read->attribute->bind->calculate != NULL;
}

static void note_reads(struct loader *l, struct xf_action *action)
{
	struct xpath_ref *refs;
	const char **names;
	size_t n, n_names;

	if (action->value == NULL || action->target == NULL ||
			!(action->events & XF_ON_NEW_REPEAT))
		return;
	names = path_names(l->arena, action->target, action->attribute != NULL ?
		action->attribute->local : NULL, &n_names);
	refs = xpath_refs(action->value->program, l->arena, names, n_names, true,
		&n);
	action->reads = ARENA_ARRAY(l->arena, struct xf_read, n + 1);
	for (size_t i = 0; i < n; i++)
		if (read_of(l, &refs[i], &action->reads[action->n_reads]) &&
				!is_below(action->reads[action->n_reads].node,
				action->repeat))
			action->n_reads++;
}

static const struct xf_control *repeat_around(const struct xf_control *c)
{
	while (c != NULL && c->kind != XF_CONTROL_REPEAT)
		c = c->parent;
	return c;
}

static struct xf_node *target_repeat(const struct loader *l,
	const struct xf_action *action)
{
	struct xf_node *node = action->target;

	while (node != NULL && !l->is_bound_repeat[node->index])
		node = node->parent;
	return node;
}

void action_load(struct loader *l, const struct xml_node *e,
	struct xf_control *control)
{
	struct xf_action *action = ARENA_NEW(l->arena, struct xf_action);
	const struct xf_control *repeat = repeat_around(control);

	kind_of(e, &action->kind);
	if (action->kind != XF_SETVALUE && strcmp(e->ns, NS_ODK) != 0) {
		load_strictly(l, e, NULL, _("<%1$s> has to be in the namespace "
			"%2$s"), e->local, NS_ODK);
		if (l->options->is_lenient)
			return;
	}
	action->events = load_events(l, e);
	if (!load_target(l, e, control, action))
		return;
	/* JavaRosa refuses the new name alone; with the old one, jr-insert, or
	 * beside other events, it takes the repeat of the target. */
	if (control == NULL && load_attribute(e, "event") != NULL &&
			strcmp(load_attribute_text(e, "event"),
			"odk-new-repeat") == 0)
		load_error(l, e, NULL, _("an action on odk-new-repeat has to "
			"stand in its <repeat>"));
	if (action->kind == XF_SETVALUE) {
		load_value(l, e, action);
		check_text(l, e, action);
	}
	action->quality = load_attribute_text(e, "quality");
	action->repeat = repeat != NULL ? repeat->node : NULL;
	if (control == NULL && action->events & XF_ON_NEW_REPEAT)
		action->repeat = target_repeat(l, action);
	if (control != NULL && control->kind != XF_CONTROL_REPEAT)
		action->source = control->node;
	note_reads(l, action);
	vec_push(&l->actions, action);
}

static void list_on_change(struct loader *l)
{
	struct xform *form = l->form;

	for (unsigned i = 0; i < form->n_actions; i++) {
		struct xf_node *node = form->actions[i]->source;

		if (node != NULL &&
				form->actions[i]->events & XF_ON_VALUE_CHANGED)
			node->n_on_change++;
	}
	for (unsigned i = 0; i < form->n_actions; i++) {
		struct xf_action *action = form->actions[i];
		struct xf_node *node = action->source;

		if (node == NULL || !(action->events & XF_ON_VALUE_CHANGED))
			continue;
		if (node->on_change == NULL) {
			node->on_change = ARENA_ARRAY(l->arena,
				struct xf_action *, node->n_on_change);
			node->n_on_change = 0;
		}
		node->on_change[node->n_on_change++] = action;
	}
}

/* Those of the model come first in the document, and in the list. */
void load_actions(struct loader *l)
{
	struct xform *form = l->form;
	size_t n_body = l->actions.n, n;
	const struct xml_node *e = NULL;

	while ((e = xml_child(l->model, e, NULL, NULL)) != NULL)
		if (action_is(e))
			action_load(l, e, NULL);
	n = l->actions.n - n_body;
	form->n_actions = (unsigned)l->actions.n;
	form->actions = ARENA_ARRAY(l->arena, struct xf_action *,
		l->actions.n + 1);
	for (size_t i = 0; i < n; i++)
		form->actions[i] = l->actions.items[n_body + i];
	for (size_t i = 0; i < n_body; i++)
		form->actions[n + i] = l->actions.items[i];
	list_on_change(l);
}
