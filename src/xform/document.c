/* A document that is no record: reading it, contexts, results.  See document.h. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/zone.h"
#include "xform/docenv.h"
#include "xpath/date.h"

/* --- reading --- */

/* <html><head><model><instance>: of any namespace, as JavaRosa takes them. */
static const struct xml_node *find_model(const struct xml_doc *doc)
{
	const struct xml_node *head = xml_child(doc->root, NULL, NULL, "head");
	const struct xml_node *model = head == NULL ? NULL :
		xml_child(head, NULL, NULL, "model");
	const struct xml_node *instance = model == NULL ? NULL :
		xml_child(model, NULL, NULL, "instance");

	return instance == NULL ? NULL : model;
}

static bool set_clock(struct xf_document *d, const char *now, struct err *err)
{
	struct date_time t;

	if (now == NULL)
		return true;
	if (!date_parse(now, &t) || !t.has_date || !t.has_clock)
		return err_set(err, ERR_VALUE, _("'%s' is no date and time"),
			now);
	d->stands_at.ms = xp_moment_ms(&t, &d->env);
	d->stands_at.offset_minutes = d->options->time_zone == NULL &&
		t.has_zone ? t.zone_minutes :
		zone_offset(d->options->time_zone, d->stands_at.ms / 1000);
	d->clock_stands = true;
	return true;
}

static bool set_zone(struct xf_document *d, struct err *err)
{
	const char *zone = d->options->time_zone;

	return zone == NULL || zone_is_known(zone) || err_set(err, ERR_VALUE,
		_("there is no time zone '%s'"), zone);
}

/* A form with translations has those languages only. */
static bool set_language(struct xf_document *d, struct err *err)
{
	const char *language = d->options->language;
	const struct xml_node *itext = d->model == NULL ? NULL :
		xml_child(d->model, NULL, NULL, "itext");
	const struct xform *form;

	d->env.language = language;
	if (itext == NULL || language == NULL)
		return true;
	form = document_form(d);
	if (form == NULL || form->n_languages == 0 ||
			xform_language(form, language) >= 0)
		return true;
	return err_set(err, ERR_REFUSED, _("the form has no language '%s'"),
		language);
}

static void set_tree(struct xf_document *d)
{
	d->model = find_model(d->doc);
	if (d->model == NULL)
		xp_xml_init(&d->tree, d->doc, NULL);
	else
		xp_xml_init_root(&d->tree, d->doc,
			xml_child(d->model, NULL, NULL, "instance"));
}

struct xf_document *xf_document_new(const char *bytes, size_t n_bytes,
	const char *name, const struct xf_document_options *options,
	struct err *err)
{
	struct xml_doc *doc = xml_parse(bytes, n_bytes, name, &xml_limits_form,
		err);
	struct xf_document *d;

	if (doc == NULL)
		return NULL;
	d = xcalloc(1, sizeof *d);
	d->doc = doc;
	if (options != NULL)
		d->kept = *options;
	d->options = &d->kept;
	d->chance = (struct chance){ d->kept.seed, d->kept.has_seed };
	d->arena = arena_new();
	d->scratch = arena_new();
	set_tree(d);
	document_env_init(d);
	if (set_zone(d, err) && set_clock(d, d->kept.now, err) &&
			set_language(d, err))
		return d;
	xf_document_free(d);
	return NULL;
}

void xf_document_free(struct xf_document *d)
{
	if (d == NULL)
		return;
	document_env_release(d);
	xml_free(d->doc);
	arena_free(d->arena);
	arena_free(d->scratch);
	free(d);
}

/* --- namespaces --- */

struct scope {
	const struct xf_query *query;
	const struct xml_node *element;	/* what is in scope; or NULL */
	bool is_form;
};

static const char *uri_of(const void *data, const char *prefix)
{
	const struct scope *scope = data;
	const char *uri = NULL;

	for (size_t i = 0; i < scope->query->n_namespaces; i++)
		if (strcmp(scope->query->namespaces[i].prefix, prefix) == 0)
			return scope->query->namespaces[i].uri;
	if (scope->element != NULL)
		uri = xml_prefix_uri(scope->element, prefix, strlen(prefix));
	return uri != NULL ? uri : xf_usual_uri(prefix);
}

static bool gives_default(const struct xf_query *query)
{
	for (size_t i = 0; i < query->n_namespaces; i++)
		if (query->namespaces[i].prefix[0] == '\0')
			return true;
	return false;
}

/* The element whose declarations count at a node: '/' has those of the element
 * in it. */
static const struct xml_node *element_at(struct xp_node node)
{
	const struct xp_tree_ops *ops = node.tree->ops;
	uintptr_t at = node.at;

	if (ops->first_namespace == NULL)	/* a table, an answer */
		return NULL;
	if (ops->kind(node.tree, at) == XML_DOCUMENT) {
		at = ops->first_child(node.tree, at);
		while (at != 0 && ops->kind(node.tree, at) != XML_ELEMENT)
			at = ops->next(node.tree, at);
	} else if (ops->kind(node.tree, at) != XML_ELEMENT) {
		at = ops->parent(node.tree, at);
	}
	return at == 0 ? NULL :
		xp_xml_of((struct xp_node){ node.tree, at });
}

static struct xpath *compile(struct xf_document *d,
	const struct xf_query *query, const char *text, struct xp_node node,
	struct err *err)
{
	struct scope *scope = ARENA_NEW(d->scratch, struct scope);
	struct xpath_names *names = ARENA_NEW(d->scratch, struct xpath_names);

	*scope = (struct scope){ query, element_at(node), d->model != NULL };
	*names = (struct xpath_names){ uri_of, scope,
		scope->is_form && !gives_default(query) };
	return xpath_compile(d->scratch, text, names, err);
}

static struct xp_context context_at(struct xf_document *d, struct xp_node node)
{
	return (struct xp_context){ .node = node, .current = node,
		.env = &d->env, .arena = d->scratch };
}

/* --- contexts --- */

/* "@name" with the name as it is written there. */
static bool find_attribute(struct xp_node *node, const char *name, size_t n)
{
	const struct xp_tree_ops *ops = node->tree->ops;
	struct str written = STR_INIT;
	bool found = false;
	uintptr_t at;

	if (ops->kind(node->tree, node->at) > XML_ELEMENT)
		return false;
	for (at = ops->first_attribute(node->tree, node->at); at != 0 && !found;
			at = found ? at : ops->next_attribute(node->tree, at)) {
		const char *prefix = ops->prefix(node->tree, at);

		str_clear(&written);
		str_addf(&written, "%s%s%s", prefix,
			prefix[0] != '\0' ? ":" : "",
			ops->local(node->tree, at));
		found = written.len == n &&
			memcmp(written.data, name, n) == 0;
		if (found)
			node->at = at;
	}
	str_release(&written);
	return found;
}

/* A context that ends in an attribute's name as it is written: its prefix may
 * be declared there only. */
static const char *split_attribute(struct xf_document *d, const char *context,
	const char **name)
{
	const char *slash = strrchr(context, '/');

	if (slash == NULL || slash[1] != '@' || strchr(slash, ':') == NULL ||
			strpbrk(slash, "'\"[]()") != NULL)
		return context;
	*name = slash + 2;
	return slash == context ? "/" : arena_strndup(d->scratch, context,
		(size_t)(slash - context));
}

static bool find_context(struct xf_document *d, const struct xf_query *query,
	struct xp_node *node, struct err *err)
{
	struct xp_node top = xp_xml_node(&d->tree, NULL);
	struct xp_context ctx = context_at(d, top);
	const char *name = NULL, *path;
	struct xp_value value;
	struct xpath *x;

	*node = top;
	if (query->context == NULL)
		return true;
	path = split_attribute(d, query->context, &name);
	x = compile(d, query, path, top, err);
	if (x == NULL || !xpath_eval(x, &ctx, &value, err))
		return err_prefix(err, "%s", query->context);
	if (value.type != XP_NODESET || value.nodes.n == 0)
		return err_set(err, ERR_NODE, _("there is no %s"),
			query->context);
	if (value.nodes.n > 1)
		return err_set(err, ERR_NODE, _("'%1$s' leads to %2$zu nodes, "
			"not to one"), query->context, value.nodes.n);
	*node = value.nodes.items[0];
	return name == NULL || find_attribute(node, name, strlen(name)) ||
		err_set(err, ERR_NODE, _("there is no %s"), query->context);
}

/* --- evaluating --- */

static bool convert(struct xf_document *d, enum xp_type type,
	struct xp_value *value, struct err *err)
{
	struct xp_value in = *value;

	if (type == in.type)
		return true;
	value->type = type;
	switch (type) {
	case XP_STRING:
		value->text = xp_to_text(&in, d->scratch);
		return true;
	case XP_NUMBER:
		value->number = xp_to_number_in(&in, d->scratch, &d->env);
		return true;
	case XP_BOOLEAN:
		value->boolean = xp_to_boolean(&in);
		return true;
	case XP_NODESET:
		break;
	}
	*value = in;
	return err_set(err, ERR_XPATH, _("the result is no set of nodes"));
}

bool xf_document_eval(struct xf_document *d, const struct xf_query *query,
	struct xp_value *value, struct err *err)
{
	const struct arena_mark start = { NULL, 0 };
	struct xp_context ctx;
	struct xp_node node;
	struct xpath *x;

	arena_reset(d->scratch, start);
	if (!find_context(d, query, &node, err))
		return false;
	x = compile(d, query, query->expression, node, err);
	if (x == NULL)
		return false;
	ctx = context_at(d, node);
	ctx.steps_left = query->most_steps;
	return xpath_eval(x, &ctx, value, err) &&
		(!query->has_type || convert(d, query->type, value, err));
}

/* --- references --- */

static bool is_like(const struct xp_tree *tree, uintptr_t a, uintptr_t b)
{
	return tree->ops->kind(tree, a) == tree->ops->kind(tree, b);
}

/* Counted from the node asked for last on that level: results come in document
 * order, and counting each from the first sibling would be quadratic. */
static size_t place_of(const struct xp_tree *tree, uintptr_t at,
	struct place *last)
{
	uintptr_t other = at;
	size_t n = 1;

	if (last->tree == tree && last->at == at)
		return last->n;
	while ((other = tree->ops->previous(tree, other)) != 0) {
		if (!is_like(tree, at, other))
			continue;
		if (last->tree == tree && last->at == other) {
			n += last->n;
			break;
		}
		n++;
	}
	*last = (struct place){ tree, at, n };
	return n;
}

static void add_name(const struct xp_tree *tree, uintptr_t at, struct str *ref)
{
	const char *prefix = tree->ops->prefix != NULL ?
		tree->ops->prefix(tree, at) : "";

	str_addf(ref, "@%s%s%s", prefix, prefix[0] != '\0' ? ":" : "",
		tree->ops->local(tree, at));
}

static void add_step(const struct xp_tree *tree, uintptr_t at,
	struct place *last, struct str *ref)
{
	static const char *const tests[] = { [XML_ELEMENT] = "*",
		[XML_TEXT] = "text()", [XML_COMMENT] = "comment()",
		[XML_PI] = "processing-instruction()" };
	enum xml_kind kind = tree->ops->kind(tree, at);
	const char *name;

	str_addc(ref, '/');
	if (kind == XML_ATTRIBUTE) {
		add_name(tree, at, ref);
	} else if (kind == XML_NAMESPACE) {
		name = tree->ops->local(tree, at);
		str_addf(ref, "namespace::%s", name[0] != '\0' ? name :
			"*[name()='']");
	} else {
		str_addf(ref, "%s[%zu]", tests[kind],
			place_of(tree, at, last));
	}
}

static void add_start(const struct xf_document *d, const struct xp_tree *tree,
	struct str *ref)
{
	const struct xform *form = d->form;
	const char *id = NULL;

	for (size_t i = 0; i < d->instances.n; i++)
		if (&d->instances.items[i]->tree.tree == tree)
			id = d->instances.items[i]->id;
	for (size_t i = 0; id == NULL && form != NULL &&
			i < form->secondary.n; i++) {
		const struct xf_secondary *s = form->secondary.entries[i].value;

		if (s->tree == tree)
			id = s->id;
	}
	if (id != NULL && strchr(id, '\'') == NULL)
		str_addf(ref, "instance('%s')", id);
	else if (id != NULL)
		str_addf(ref, "instance(\"%s\")", id);
}

void xf_document_ref(struct xf_document *d, struct xp_node node,
	struct str *ref)
{
	const struct xp_tree_ops *ops = node.tree->ops;
	uintptr_t levels[DOCUMENT_MOST_LEVELS], at = node.at, up;
	size_t n = 0;

	for (; n < DOCUMENT_MOST_LEVELS && (up = ops->parent(node.tree, at)) != 0;
			at = up)
		levels[n++] = at;
	if (node.tree != &d->tree.tree)
		add_start(d, node.tree, ref);
	if (n == 0 && node.tree == &d->tree.tree)
		str_addc(ref, '/');
	for (size_t depth = 0; n > 0; depth++)
		add_step(node.tree, levels[--n], &d->places[depth], ref);
}

/* --- results as JSON --- */

static const char *const type_names[] = { [XP_NODESET] = "nodeset",
	[XP_BOOLEAN] = "boolean", [XP_NUMBER] = "number",
	[XP_STRING] = "string" };

const char *xp_type_name(enum xp_type type)
{
	return type_names[type];
}

bool xp_type_of_name(const char *name, enum xp_type *type)
{
	for (size_t i = 0; i < sizeof type_names / sizeof *type_names; i++) {
		if (strcmp(type_names[i], name) != 0)
			continue;
		*type = (enum xp_type)i;
		return true;
	}
	return false;
}

struct json *xp_number_json(double number)
{
	if (isnan(number))
		return js_new_text("NaN");
	if (isinf(number))
		return js_new_text(number > 0 ? "Infinity" : "-Infinity");
	if (fabs(number) < 1e15 && number == trunc(number) &&
			!(number == 0 && signbit(number)))
		return js_new_int((int64_t)number);
	return js_new_number(number);
}

static struct json *node_json(struct xf_document *d, struct xp_node node)
{
	const struct xp_tree_ops *ops = node.tree->ops;
	const char *prefix = ops->prefix != NULL ?
		ops->prefix(node.tree, node.at) : "";
	struct json *o = js_new_object();
	struct str text = STR_INIT;

	xf_document_ref(d, node, &text);
	js_put_text(o, "ref", text.data);
	str_clear(&text);
	str_addf(&text, "%s%s%s", prefix, prefix[0] != '\0' ? ":" : "",
		ops->local(node.tree, node.at));
	js_put_text(o, "name", text.data);
	js_put_text(o, "value", xp_node_text(node, d->scratch));
	str_release(&text);
	return o;
}

static struct json *nodes_json(struct xf_document *d,
	const struct xp_nodeset *nodes)
{
	struct json *list = js_new_array();

	for (size_t i = 0; i < nodes->n; i++)
		js_add(list, node_json(d, nodes->items[i]));
	return list;
}

struct json *xf_document_result(struct xf_document *d,
	const struct xp_value *value)
{
	struct json *o = js_new_object();

	js_put_text(o, "type", xp_type_name(value->type));
	switch (value->type) {
	case XP_NODESET:
		js_put(o, "value", nodes_json(d, &value->nodes));
		break;
	case XP_BOOLEAN:
		js_put_bool(o, "value", value->boolean);
		break;
	case XP_NUMBER:
		js_put(o, "value", xp_number_json(value->number));
		break;
	case XP_STRING:
		js_put_text(o, "value", value->text);
		break;
	}
	return o;
}
