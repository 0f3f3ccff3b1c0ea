/*
 * The body: questions, groups, repeats, choices.
 * Source: ODK XForms, "Body"; JavaRosa on what is refused ("Strict bodies").
 */
#include "config.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/gettext.h"
#include "base/intern.h"
#include "xform/loader.h"

typedef VEC(struct xf_control *) control_list;

/* Where a control stands. */
struct place {
	struct xf_control *parent;	/* NULL: the body */
	const struct xf_path *context;	/* of relative references */
	control_list *siblings;
};

static const struct { const char *name; enum xf_control_kind kind; } kinds[] = {
	{ "input", XF_INPUT }, { "secret", XF_SECRET },
	{ "select1", XF_SELECT1 }, { "select", XF_SELECT }, { "rank", XF_RANK },
	{ "range", XF_RANGE }, { "trigger", XF_TRIGGER },
	{ "upload", XF_UPLOAD }, { "group", XF_CONTROL_GROUP },
	{ "repeat", XF_CONTROL_REPEAT },
};

static bool has_choices(enum xf_control_kind kind)
{
	return kind == XF_SELECT1 || kind == XF_SELECT || kind == XF_RANK;
}

static void load_children(struct loader *l, const struct xml_node *parent,
	const struct place *place);

/* --- references --- */

static void bind_control(struct loader *l, struct xf_control *c,
	const struct xf_path *path, const struct xml_node *a)
{
	c->ref = path_text(l, path);
	c->node = path->is_attribute ? NULL : path_node(l, path);
	if (path->has_predicates)
		load_warning(l, c->xml, a, _("the conditions in the reference "
			"are passed over"));
	if (c->node != NULL)
		return;
	if (l->options->is_lenient && c->kind < XF_CONTROL_GROUP)
		load_warning(l, c->xml, a, _("<%1$s> asks for '%2$s', which is "
			"not in the instance: it is left out"), c->xml->local,
			c->ref);
	else
		load_error(l, c->xml, a, _("<%1$s> asks for '%2$s', which is "
			"not in the instance"), c->xml->local, c->ref);
	load_remedy_path(l, c->ref);
}

/* JavaRosa knows <repeat ref="..."> not; Enketo does.  We take it where the
 * instance itself shows that the node repeats. */
static const struct xml_node *repeat_by_ref(struct loader *l,
	struct xf_control *c, const struct place *place)
{
	const struct xml_node *a = load_attribute(c->xml, "ref");
	const struct xf_node *node;
	struct xf_path path;

	if (a == NULL || !path_resolve(l, a->text, place->context, &path))
		return NULL;
	node = path_node(l, &path);
	if (node == NULL || !node->is_repeat)
		return NULL;
	load_warning(l, c->xml, a, _("<repeat> names its node by 'nodeset', "
		"not by 'ref'"));
	return a;
}

static const struct xf_path *resolve_control(struct loader *l,
	struct xf_control *c, const struct place *place)
{
	const struct xml_node *a = load_attribute(c->xml, "bind");
	struct xf_path *path;

	if (a != NULL) {
		path = map_get(&l->binds_by_id, a->text);
		if (path != NULL)
			bind_control(l, c, path, a);
		else
			load_error(l, c->xml, a,
				_("there is no <bind> with the id '%s'"),
				a->text);
		return path;
	}
	a = c->kind == XF_CONTROL_REPEAT ? NULL : load_attribute(c->xml, "ref");
	if (a == NULL)
		a = load_attribute(c->xml, "nodeset");
	if (a == NULL && c->kind == XF_CONTROL_REPEAT)
		a = repeat_by_ref(l, c, place);
	if (a == NULL)
		return NULL;
	path = ARENA_NEW(l->arena, struct xf_path);
	if (path_resolve(l, a->text, place->context, path))
		bind_control(l, c, path, a);
	else
		load_error(l, c->xml, a, _("'%s' is no path to a node"), a->text);
	return path;
}

static void say_unbound(struct loader *l, const struct xf_control *c)
{
	if (c->kind == XF_CONTROL_REPEAT) {
		load_error(l, c->xml, NULL, _("<repeat> has no nodeset"));
		load_remedy(l, _("add nodeset=\"/path/to/the/node\""));
	} else if (c->kind == XF_TRIGGER) {
		load_warning(l, c->xml, NULL, _("<trigger> without ref is left "
			"out"));
	} else if (c->kind != XF_CONTROL_GROUP) {
		load_error(l, c->xml, NULL, _("<%s> has no ref"),
			c->xml->local);
		load_remedy(l, _("add ref=\"/path/to/the/node\""));
	}
}

/* --- choices --- */

static const char *trimmed(struct loader *l, const struct xml_node *element)
{
	const char *text = xml_text_of(element, l->arena);
	size_t n;

	while (isspace((unsigned char)*text))
		text++;
	n = strlen(text);
	while (n > 0 && isspace((unsigned char)text[n - 1]))
		n--;
	return text[n] == '\0' ? text : arena_strndup(l->arena, text, n);
}

static bool load_item(struct loader *l, const struct xml_node *item,
	struct xf_node *node, struct xf_choice *choice)
{
	const struct xml_node *label = xml_child(item, NULL, NULL, "label");
	const struct xml_node *value = xml_child(item, NULL, NULL, "value");
	const struct xf_text *text;

	if (label == NULL)
		return load_error(l, item, NULL, _("<item> has no <label>"));
	if (value == NULL)
		return load_error(l, item, NULL, _("<item> has no <value>"));
	if (*trimmed(l, value) == '\0')
		load_warning(l, value, NULL, _("this choice has no value: to "
			"choose it is to give no answer"));
	choice->value = trimmed(l, value);
	text = text_of_element(l, label, node);
	if (text != NULL)
		choice->label = *text;
	return true;
}

static void load_items(struct loader *l, struct xf_control *c)
{
	const struct xml_node *item = NULL;
	struct xf_choice *choices;
	size_t n = 0;

	while ((item = xml_child(c->xml, item, NULL, "item")) != NULL)
		n++;
	choices = ARENA_ARRAY(l->arena, struct xf_choice, n + 1);
	while ((item = xml_child(c->xml, item, NULL, "item")) != NULL)
		if (load_item(l, item, c->node, &choices[c->n_choices]))
			c->n_choices++;
	c->choices = choices;
}

/* instance('x') or instance("x") at the start, or inside randomize(). */
static const char *instance_of(struct loader *l, const char *text)
{
	const char *end;
	char quote;

	while (isspace((unsigned char)*text))
		text++;
	if (strncmp(text, "randomize", 9) == 0) {
		text += 9;
		while (isspace((unsigned char)*text) || *text == '(')
			text++;
	}
	if (strncmp(text, "instance", 8) != 0)
		return NULL;
	text += 8;
	while (isspace((unsigned char)*text) || *text == '(')
		text++;
	quote = *text;
	if (quote != '\'' && quote != '"')
		return NULL;
	end = strchr(text + 1, quote);
	return end == NULL ? NULL :
		arena_strndup(l->arena, text + 1, (size_t)(end - text) - 1);
}

/* A single name; interned.  NULL: something else. */
static const char *plain_name(struct loader *l, const struct xf_expr *expr)
{
	struct xpath_plain_path path;

	if (expr == NULL || !xpath_plain(expr->program, l->arena, &path) ||
			path.absolute || path.instance != NULL ||
			path.n_up > 0 || path.n_steps != 1 ||
			path.has_predicates || strchr(expr->text, '@') != NULL)
		return NULL;
	return path.steps[0];
}

/* JavaRosa takes a path here and nothing else; so do we. */
static bool is_path_text(const char *text)
{
	const char *brackets = strchr(text, '[');
	size_t n = brackets != NULL ? (size_t)(brackets - text) : strlen(text);
	const char *call = memchr(text, '(', n);
	size_t lead;

	while (isspace((unsigned char)*text))
		text++, n--;
	if (call == NULL)
		return !isdigit((unsigned char)*text) && *text != '\'' &&
			*text != '"';
	lead = (size_t)(call - text);
	while (lead > 0 && isspace((unsigned char)text[lead - 1]))
		lead--;
	return (lead == 8 && strncmp(text, "instance", 8) == 0) ||
		(lead == 7 && strncmp(text, "current", 7) == 0);
}

static const struct xf_expr *item_ref(struct loader *l,
	const struct xml_node *itemset, const char *name, bool *is_itext)
{
	const struct xml_node *e = xml_child(itemset, NULL, NULL, name);
	const struct xml_node *a = e != NULL ? load_attribute(e, "ref") : NULL;
	const char *text;
	size_t skip = 0;

	if (a == NULL) {
		load_error(l, itemset, NULL, _("<itemset> needs a <%s> with a "
			"ref"), name);
		return NULL;
	}
	text = a->text;
	if (is_itext != NULL && strncmp(text, "jr:itext(", 9) == 0 &&
			text[strlen(text) - 1] == ')') {
		skip = 9;
		text = arena_strndup(l->arena, text + 9, strlen(text) - 10);
		*is_itext = true;
	}
	if (!is_path_text(text)) {
		load_error(l, e, a, _("the %1$s of an itemset has to be a "
			"path, not '%2$s'"), name, text);
		return NULL;
	}
	return load_expr(l, e, a, skip, text);
}

static const struct xf_expr *itemset_nodeset(struct loader *l,
	const struct xml_node *e)
{
	const struct xml_node *a = load_attribute(e, "nodeset");
	const char *text;

	if (a == NULL) {
		load_error(l, e, NULL, _("<itemset> has no nodeset"));
		return NULL;
	}
	text = a->text + strspn(a->text, " \t\r\n");
	if (strncmp(text, "randomize", 9) != 0 && !is_path_text(text)) {
		load_error(l, e, a, _("the nodeset of an itemset has to be a "
			"path, or randomize() of one"));
		return NULL;
	}
	return load_expr(l, e, a, 0, a->text);
}

static void load_itemset(struct loader *l, struct xf_control *c,
	const struct xml_node *e)
{
	struct xf_itemset *set = ARENA_NEW(l->arena, struct xf_itemset);

	set->nodeset = itemset_nodeset(l, e);
	set->value = item_ref(l, e, "value", NULL);
	set->label = item_ref(l, e, "label", &set->label_is_itext);
	if (set->nodeset == NULL)
		return;
	set->instance = instance_of(l, set->nodeset->text);
	set->value_name = plain_name(l, set->value);
	set->label_name = plain_name(l, set->label);
	c->itemset = set;
	load_use(l, set->nodeset, c->node, XF_P_CHOICES, false);
	if (set->instance != NULL && !map_has(&l->form->secondary,
			set->instance))
		load_error(l, e, load_attribute(e, "nodeset"),
			_("there is no instance '%s'"), set->instance);
	vec_push(&l->itemset_controls, c);
}

/* JavaRosa refuses both; an element with nothing in it at all has nothing that
 * a person could miss. */
static void say_no_choices(struct loader *l, const struct xf_control *c)
{
	const char *ref = c->ref != NULL ? c->ref : "";

	if (xml_child(c->xml, NULL, NULL, NULL) != NULL) {
		load_error(l, c->xml, NULL,
			_("the question '%s' has no choices"), ref);
		load_remedy(l, _("add <item>s or an <itemset>"));
	} else {
		load_warning(l, c->xml, NULL, _("the question '%s' has neither "
			"a label nor choices"), ref);
	}
}

static void load_choices(struct loader *l, struct xf_control *c)
{
	const struct xml_node *itemset = xml_child(c->xml, NULL, NULL,
		"itemset");
	size_t before = l->problems->n_errors;

	load_items(l, c);
	if (itemset != NULL && c->n_choices > 0)
		load_error(l, itemset, NULL, _("a question has either <item>s "
			"or an <itemset>, not both"));
	else if (itemset != NULL)
		load_itemset(l, c, itemset);
	else if (c->n_choices == 0 && l->problems->n_errors == before)
		say_no_choices(l, c);
	c->is_open = load_attribute(c->xml, "selection") != NULL &&
		strcmp(load_attribute_text(c->xml, "selection"), "open") == 0;
}

/* --- attributes --- */

static const char *const read_attributes[] = { "ref", "nodeset", "bind",
	"appearance", "mediatype", "start", "end", "step", "count",
	"noAddRemove", "selection", NULL };

static bool is_listed(const char *const *list, const char *name)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

/* Of a <bind>: what is for the front end, which sees no binds. */
static const char *const bind_attributes[] = { "saveIncomplete", "max-pixels",
	"quality", "allow-mock-accuracy", NULL };

static const struct xml_node *bind_of(const struct xf_control *c)
{
	return c->node != NULL && c->node->bind != NULL ?
		c->node->bind->xml : NULL;
}

static unsigned count_attributes(const struct xml_node *element)
{
	unsigned n = 0;

	for (const struct xml_node *a = element->attributes; a != NULL;
			a = a->next)
		n++;
	return n;
}

static void keep_attribute(struct xf_control *c, struct xf_attribute *items,
	const struct xml_node *a)
{
	items[c->n_attributes++] = (struct xf_attribute){ a->local, a->ns,
		a->prefix, a->text, NULL };
}

static void keep_attributes(struct loader *l, struct xf_control *c)
{
	const struct xml_node *bind = bind_of(c), *a;
	unsigned n = count_attributes(c->xml) + 1;
	struct xf_attribute *items;

	if (bind != NULL)
		n += count_attributes(bind);
	items = ARENA_ARRAY(l->arena, struct xf_attribute, n);
	for (a = c->xml->attributes; a != NULL; a = a->next)
		if (!is_listed(read_attributes, a->local))
			keep_attribute(c, items, a);
	for (a = bind != NULL ? bind->attributes : NULL; a != NULL; a = a->next)
		if (is_listed(bind_attributes, a->local) &&
				load_attribute(c->xml, a->local) == NULL)
			keep_attribute(c, items, a);
	c->attributes = items;
}

static const char *collapsed(struct loader *l, const char *text)
{
	struct str out = STR_INIT;
	const char *copy;

	for (; *text != '\0'; text++)
		if (!isspace((unsigned char)*text))
			str_addc(&out, *text);
		else if (out.len > 0 && out.data[out.len - 1] != ' ')
			str_addc(&out, ' ');
	if (out.len > 0 && out.data[out.len - 1] == ' ')
		str_cut(&out, out.len - 1);
	copy = arena_strndup(l->arena, out.data, out.len);
	str_release(&out);
	return copy;
}

static const char *range_bound(struct loader *l, struct xf_control *c,
	const char *name, const char *otherwise)
{
	const struct xml_node *a = load_attribute(c->xml, name);
	char *end;

	if (a == NULL) {
		load_warning(l, c->xml, NULL, _("<range> needs the attribute "
			"'%1$s': %2$s is taken"), name, otherwise);
		return otherwise;
	}
	if (!isfinite(strtod(a->text, &end)) || end == a->text || *end != '\0')
		load_error(l, c->xml, a, _("'%1$s' of <range> has to be a "
			"number, not '%2$s'"), name, a->text);
	return a->text;
}

static void load_range(struct loader *l, struct xf_control *c)
{
	c->range_start = range_bound(l, c, "start", "0");
	c->range_end = range_bound(l, c, "end", "10");
	c->range_step = range_bound(l, c, "step", "1");
}

/* --- repeats --- */

static const struct xf_expr *load_count(struct loader *l,
	struct xf_control *c, const struct place *place)
{
	const struct xml_node *a = load_attribute_ns(c->xml, NS_JAVAROSA,
		"count");
	struct xf_path path;

	if (a == NULL)
		return NULL;
	/* spec: "Creation, removal of repeats": a path or a number. */
	if (!path_resolve(l, a->text, place->context, &path))
		return load_expr(l, c->xml, a, 0, a->text);
	/* To Enketo, "../n" is beside the repeat; to JavaRosa, beside the
	 * control around it. */
	if (path_node(l, &path) == NULL && a->text[strspn(a->text, " ")] == '.') {
		struct xf_path own = path_of(l, c->node), other;

		if (path_resolve(l, a->text, &own, &other) &&
				path_node(l, &other) != NULL)
			path = other;
	}
	if (path_node(l, &path) == NULL)
		load_warning(l, c->xml, a, _("jr:count counts by '%s', which "
			"is not in the instance"), path_text(l, &path));
	else if (!path.is_attribute && path_node(l, &path)->is_value)
		c->node->count_node = path_node(l, &path);
	/* Relative paths hang on the control around the repeat, not on the
	 * node around it; absolute, they mean the same to both. */
	return load_expr(l, c->xml, a, 0, path.has_predicates ? a->text :
		path_text(l, &path));
}

static void load_repeat(struct loader *l, struct xf_control *c,
	const struct place *place)
{
	const struct xml_node *fixed = load_attribute_ns(c->xml, NS_JAVAROSA,
		"noAddRemove");
	struct xf_node *node = c->node;

	if (node == NULL)
		return;
	if (node->parent == NULL) {
		load_error(l, c->xml, NULL, _("the root of the instance cannot "
			"be a repeat"));
		return;
	}
	if (l->is_bound_repeat[node->index])
		load_warning(l, c->xml, NULL, _("'%s' has two <repeat>s"),
			node->ref);
	l->is_bound_repeat[node->index] = true;
	node->is_repeat = true;
	node->count = load_count(l, c, place);
	node->no_add_remove = node->count == NULL && fixed != NULL &&
		strcmp(fixed->text, "false()") != 0;
	load_use(l, node->count, node, XF_P_COUNT, false);
}

/* --- controls --- */

static void load_texts(struct loader *l, struct xf_control *c,
	struct xf_node *context)
{
	const struct xml_node *label = xml_child(c->xml, NULL, NULL, "label");
	const struct xml_node *hint = xml_child(c->xml, NULL, NULL, "hint");

	if (label != NULL && c->kind == XF_CONTROL_REPEAT)
		c->label = text_of_attribute(l, label,
			load_attribute(label, "ref"), context);
	if (label != NULL && c->label == NULL)
		c->label = text_of_element(l, label, context);
	if (hint != NULL && c->kind < XF_CONTROL_GROUP) {
		c->hint = text_of_element(l, hint, context);
		if (text_has_form(l->form, c->hint, XF_TEXT_GUIDANCE))
			c->guidance = c->hint;
	}
}

static void load_control_actions(struct loader *l, struct xf_control *c)
{
	const struct xml_node *n = NULL;

	while ((n = xml_child(c->xml, n, NULL, NULL)) != NULL) {
		if (!action_is(n))
			continue;
		if (c->kind == XF_CONTROL_GROUP)
			load_warning(l, n, NULL, _("<%s> in a <group> is "
				"passed over: put it into a question, a "
				"repeat or the model"), n->local);
		else
			action_load(l, n, c);
	}
}

static void keep_children(struct loader *l, control_list *list,
	struct xf_control ***items, unsigned *n)
{
	*n = (unsigned)list->n;
	*items = ARENA_ARRAY(l->arena, struct xf_control *, list->n + 1);
	if (list->n > 0)
		memcpy(*items, list->items, list->n * sizeof **items);
	vec_release(list);
}

static void load_group_children(struct loader *l, struct xf_control *c,
	const struct xf_path *context)
{
	control_list list = { 0 };
	struct place inner = { c, context, &list };

	load_children(l, c->xml, &inner);
	keep_children(l, &list, &c->children, &c->n_children);
	/* A group that only wraps a repeat names the repeat. */
	if (c->kind == XF_CONTROL_GROUP && c->n_children == 1 &&
			c->children[0]->kind == XF_CONTROL_REPEAT)
		c->children[0]->label = c->label;
}

static void load_kind(struct loader *l, struct xf_control *c,
	const struct place *place)
{
	const char *text = load_attribute_text(c->xml, "appearance");

	c->appearance = text != NULL ? collapsed(l, text) : "";
	c->mediatype = load_attribute_text(c->xml, "mediatype");
	if (has_choices(c->kind))
		load_choices(l, c);
	else if (c->kind == XF_RANGE)
		load_range(l, c);
	else if (c->kind == XF_CONTROL_REPEAT)
		load_repeat(l, c, place);
	if (c->kind < XF_CONTROL_GROUP && c->node != NULL &&
			!c->node->is_value)
		load_warning(l, c->xml, NULL, _("<%1$s> asks for '%2$s', which "
			"has child elements"), c->xml->local, c->ref);
}

static void load_control(struct loader *l, const struct xml_node *e,
	enum xf_control_kind kind, const struct place *place)
{
	struct xf_control *c = ARENA_NEW(l->arena, struct xf_control);
	const struct xf_path *path;
	struct xf_node *context;

	c->kind = kind;
	c->xml = e;
	c->parent = place->parent;
	c->appearance = "";
	path = resolve_control(l, c, place);
	if (path == NULL) {
		say_unbound(l, c);
		path = place->context;
		if (kind == XF_TRIGGER)
			return;
	}
	if (c->node == NULL && c->ref != NULL && kind < XF_CONTROL_GROUP &&
			l->options->is_lenient)
		return;
	context = c->node != NULL ? c->node :
		path != NULL ? path_node(l, path) : l->form->root;
	load_texts(l, c, context);
	load_kind(l, c, place);
	keep_attributes(l, c);
	load_control_actions(l, c);
	if (kind >= XF_CONTROL_GROUP)
		load_group_children(l, c, path);
	vec_push(place->siblings, c);
}

static bool is_control(const struct xml_node *e, enum xf_control_kind *kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].name, e->local) == 0) {
			*kind = kinds[i].kind;
			return true;
		}
	return false;
}

static void load_child(struct loader *l, const struct xml_node *e,
	const struct place *place)
{
	enum xf_control_kind kind;

	if (is_control(e, &kind)) {
		load_control(l, e, kind, place);
	} else if (strcmp(e->local, "label") == 0) {
		if (place->parent == NULL)
			load_error(l, e, NULL, _("<label> belongs into a group "
				"or a question"));
	} else if (action_is(e)) {
		if (place->parent == NULL)
			load_warning(l, e, NULL, _("<%s> in the body is passed "
				"over: put it into a question, a repeat or "
				"the model"), e->local);
	} else if (strcmp(e->ns, NS_JAVAROSA) != 0 &&
			strcmp(e->local, "hint") != 0) {
		load_warning(l, e, NULL, _("<%s> is unknown; what is in it is "
			"read"), e->local);
		load_children(l, e, place);
	}
}

static void load_children(struct loader *l, const struct xml_node *parent,
	const struct place *place)
{
	const struct xml_node *e = NULL;

	while ((e = xml_child(parent, e, NULL, NULL)) != NULL)
		load_child(l, e, place);
}

/* --- repeats hold what lies in them --- */

static const struct xf_node *bound_repeat_above(const struct loader *l,
	const struct xf_node *node)
{
	while (node != NULL && !l->is_bound_repeat[node->index])
		node = node->parent;
	return node;
}

/* A group around one repeat, and nothing else, may bear its reference. */
static bool only_wraps_repeat(const struct xf_control *c)
{
	return c->kind == XF_CONTROL_GROUP && c->n_children == 1 &&
		c->children[0]->kind == XF_CONTROL_REPEAT;
}

static void check_scope(struct loader *l, const struct xf_control *c,
	const struct xf_node *repeat)
{
	const struct xf_node *closest;

	if (c->node == NULL || c->node == repeat) {
		if (c->node != NULL && c->kind == XF_CONTROL_REPEAT)
			load_error(l, c->xml, NULL, _("a <repeat> of '%s' "
				"stands in a <repeat> of the same node"),
				c->node->ref);
		return;
	}
	closest = bound_repeat_above(l, c->kind == XF_CONTROL_REPEAT ||
		only_wraps_repeat(c) ? c->node->parent : c->node);
	if (closest == repeat)
		return;
	if (repeat == NULL && c->kind < XF_CONTROL_GROUP)
		load_warning(l, c->xml, NULL, _("'%1$s' lies in the repeat "
			"'%2$s', but <%3$s> stands outside of it: it shows the "
			"first instance only"), c->node->ref, closest->ref,
			c->xml->local);
	else if (repeat == NULL)
		load_error(l, c->xml, NULL, _("'%1$s' lies in the repeat "
			"'%2$s', but <%3$s> stands outside of it"),
			c->node->ref, closest->ref, c->xml->local);
	else
		load_error(l, c->xml, NULL, _("<%1$s> stands in the <repeat> "
			"of '%2$s', but '%3$s' does not lie directly in it"),
			c->xml->local, repeat->ref, c->node->ref);
}

static void check_scopes(struct loader *l, struct xf_control **items,
	unsigned n, const struct xf_node *repeat)
{
	for (unsigned i = 0; i < n; i++) {
		const struct xf_control *c = items[i];

		check_scope(l, c, repeat);
		check_scopes(l, c->children, c->n_children,
			c->kind == XF_CONTROL_REPEAT && c->node != NULL ?
			c->node : repeat);
	}
}

/* --- which controls a node has --- */

static void count_controls(struct xf_control **items, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (items[i]->node != NULL)
			items[i]->node->n_controls++;
		count_controls(items[i]->children, items[i]->n_children);
	}
}

static void list_controls(struct loader *l, struct xf_control **items,
	unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct xf_node *node = items[i]->node;

		if (node != NULL && node->controls == NULL) {
			node->controls = ARENA_ARRAY(l->arena,
				struct xf_control *, node->n_controls);
			node->n_controls = 0;
		}
		if (node != NULL)
			node->controls[node->n_controls++] = items[i];
		list_controls(l, items[i]->children, items[i]->n_children);
	}
}

void load_body(struct loader *l)
{
	struct xform *form = l->form;
	control_list list = { 0 };
	struct xf_path root = path_of(l, form->root);
	struct place top = { NULL, &root, &list };

	if (l->body != NULL)
		load_children(l, l->body, &top);
	keep_children(l, &list, &form->body, &form->n_body);
	check_scopes(l, form->body, form->n_body, NULL);
	count_controls(form->body, form->n_body);
	list_controls(l, form->body, form->n_body);
}
