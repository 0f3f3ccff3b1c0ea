/*
 * Binds: types, expressions, messages and our own attributes.
 * Source: ODK XForms, "Bindings"; JavaRosa on what is refused.
 */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "base/gettext.h"
#include "xform/loader.h"

static const struct { const char *name; enum xf_type type; } types[] = {
	{ "string", XF_STRING }, { "int", XF_INT }, { "integer", XF_INT },
	{ "long", XF_INT }, { "decimal", XF_DECIMAL }, { "double", XF_DECIMAL },
	{ "float", XF_DECIMAL }, { "boolean", XF_BOOLEAN }, { "date", XF_DATE },
	{ "time", XF_TIME }, { "dateTime", XF_DATETIME },
	{ "geopoint", XF_GEOPOINT }, { "geotrace", XF_GEOTRACE },
	{ "geoshape", XF_GEOSHAPE }, { "binary", XF_BINARY },
	{ "base64Binary", XF_BINARY }, { "barcode", XF_BARCODE },
	{ "intent", XF_INTENT }, { "select1", XF_STRING },
	{ "select", XF_STRING }, { "rank", XF_STRING },
	{ "anyURI", XF_STRING }, { "list-item", XF_STRING },
	{ "list-items", XF_STRING }, { "", XF_STRING },
};

static bool is_blank(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return *text == '\0';
}

static void take_type(struct loader *l, const struct xml_node *e,
	struct xf_bind *bind)
{
	const struct xml_node *a = load_attribute(e, "type");
	const char *name;

	if (a == NULL)
		return;
	name = strchr(a->text, ':') != NULL ? strchr(a->text, ':') + 1 :
		a->text;
	bind->type_name = *name != '\0' ? name : "string";
	bind->type = XF_OTHER;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i].name, name) == 0)
			bind->type = types[i].type;
	if (bind->type == XF_OTHER)
		load_warning(l, e, a, _("there is no type '%s': answers are "
			"taken as text"), a->text);
}

static void take_expr(struct loader *l, const struct xml_node *e,
	const char *name, const struct xf_expr **expr)
{
	const struct xml_node *a = load_attribute(e, name);

	if (a == NULL)
		return;
	if (is_blank(a->text))
		load_warning(l, e, a, _("'%s' is empty and counts as not given"),
			name);
	else
		*expr = load_expr(l, e, a, 0, a->text);
}

static void take_sensitivity(struct loader *l, const struct xml_node *e,
	struct xf_bind *bind)
{
	static const char *const names[] = { "", "public", "restricted",
		"identifying" };
	const struct xml_node *a = load_attribute_ns(e, NS_BAYAZ,
		"sensitivity");

	if (a == NULL)
		return;
	for (int i = XF_PUBLIC; i <= XF_IDENTIFYING; i++)
		if (strcmp(names[i], a->text) == 0) {
			bind->sensitivity = (enum xf_sensitivity)i;
			return;
		}
	load_error(l, e, a, _("sensitivity is public, restricted or "
		"identifying, not '%s'"), a->text);
}

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(*words, text) == 0)
			return true;
	return false;
}

static void take_word(struct loader *l, const struct xml_node *e,
	const char *name, const char *const *words, const char **to)
{
	const struct xml_node *a = load_attribute_ns(e, NS_BAYAZ, name);

	if (a == NULL)
		return;
	*to = a->text;
	if (words != NULL && !is_one_of(a->text, words))
		load_error(l, e, a, _("bayaz:%1$s does not know '%2$s'"), name,
			a->text);
}

static void take_ours(struct loader *l, const struct xml_node *e,
	struct xf_bind *bind)
{
	static const char *const roles[] = { "consent", "case-code",
		"referral-code", "date", NULL };
	static const char *const asks[] = { "sensitive", NULL };
	static const char *const keys[] = { "record", "repeat", "match", NULL };

	take_sensitivity(l, e, bind);
	take_word(l, e, "role", roles, &bind->role);
	take_word(l, e, "ask", asks, &bind->ask);
	take_word(l, e, "key", keys, &bind->key);
	take_word(l, e, "waive", NULL, &bind->waive);
}

static void take_preload(struct loader *l, const struct xml_node *e,
	struct xf_bind *bind)
{
	static const char *const known[] = { "date", "timestamp", "property",
		"uid", NULL };
	const struct xml_node *a = load_attribute_ns(e, NS_JAVAROSA, "preload");
	const struct xml_node *p = load_attribute_ns(e, NS_JAVAROSA,
		"preloadParams");

	if (p != NULL)
		bind->preload_params = p->text;
	if (a == NULL)
		return;
	bind->preload = a->text;
	if (!is_one_of(a->text, known))
		load_warning(l, e, a, _("there is no preload '%s': the node "
			"stays as it is"), a->text);
}

static void check_attributes(struct loader *l, const struct xml_node *e)
{
	static const char *const known[] = { "id", "nodeset", "ref", "type",
		"relevant", "required", "readonly", "constraint", "calculate",
		"constraintMsg", "requiredMsg", "preload", "preloadParams",
		"saveIncomplete", "saveto", "max-pixels", "quality",
		"track-changes", "track-changes-reasons", "identify-user",
		"location-priority", "location-min-interval",
		"location-max-age", "itemgroup", "noAppErrorString",
		"allow-mock-accuracy", "read-only", "incremental", NULL };

	for (const struct xml_node *a = e->attributes; a != NULL; a = a->next)
		if (strcmp(a->ns, NS_BAYAZ) != 0 && !is_one_of(a->local, known))
			load_warning(l, e, a, _("<bind> has no attribute '%s': "
				"it is passed over"), a->local);
}

static struct xf_bind *bind_new(struct loader *l, const struct xml_node *e)
{
	struct xf_bind *bind = ARENA_NEW(l->arena, struct xf_bind);

	bind->type_name = "string";
	bind->xml = e;
	return bind;
}

static void read_bind(struct loader *l, const struct xml_node *e,
	struct xf_node *node, struct xf_bind *bind)
{
	const struct xml_node *a = load_attribute_ns(e, NS_ENTITIES, "saveto");

	take_type(l, e, bind);
	take_expr(l, e, "relevant", &bind->relevant);
	take_expr(l, e, "required", &bind->required);
	take_expr(l, e, "readonly", &bind->readonly);
	take_expr(l, e, "constraint", &bind->constraint);
	take_expr(l, e, "calculate", &bind->calculate);
	bind->constraint_message = text_of_attribute(l, e,
		load_attribute(e, "constraintMsg"), node);
	bind->required_message = text_of_attribute(l, e,
		load_attribute(e, "requiredMsg"), node);
	take_preload(l, e, bind);
	take_ours(l, e, bind);
	if (a != NULL) {
		bind->saveto = a->text;
		l->saves_properties = true;
	}
	check_attributes(l, e);
}

/* What this <bind> gives replaces what an earlier one of the node gave. */
static void merge(struct xf_bind *to, const struct xf_bind *from)
{
#define TAKE(member) \
	if (from->member) \
		to->member = from->member
	if (load_attribute(from->xml, "type") != NULL) {
		to->type = from->type;
		to->type_name = from->type_name;
	}
	TAKE(calculate);
	TAKE(relevant);
	TAKE(readonly);
	TAKE(required);
	TAKE(constraint);
	TAKE(constraint_message);
	TAKE(required_message);
	TAKE(preload);
	TAKE(preload_params);
	TAKE(sensitivity);
	TAKE(role);
	TAKE(ask);
	TAKE(key);
	TAKE(waive);
	TAKE(saveto);
#undef TAKE
}

static void note_uses(struct loader *l, const struct xf_bind *b,
	struct xf_node *node, const struct xf_attribute *attribute)
{
	const struct { const struct xf_expr *expr; enum xf_property p; } all[] = {
		{ b->calculate, XF_P_VALUE }, { b->relevant, XF_P_RELEVANT },
		{ b->readonly, XF_P_READONLY }, { b->required, XF_P_REQUIRED },
		{ b->constraint, XF_P_CONSTRAINT },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		size_t before = l->uses.n;

		load_use(l, all[i].expr, node, all[i].p, false);
		if (l->uses.n > before)
			l->uses.items[before].attribute = attribute;
	}
}

static void bind_attribute(struct loader *l, const struct xml_node *e,
	const struct xf_path *path)
{
	struct xf_attribute *attribute = path_attribute(l, path);
	struct xf_node *node = path_node(l, path);
	struct xf_bind *bind = bind_new(l, e);

	if (attribute == NULL) {
		load_warning(l, e, load_attribute(e, "nodeset"),
			_("<bind> of '%s', which is not in the instance"),
			path_text(l, path));
		return;
	}
	read_bind(l, e, node, bind);
	attribute->bind = bind;
	note_uses(l, bind, node, attribute);
}

static void bind_node(struct loader *l, const struct xml_node *e,
	const struct xf_path *path)
{
	struct xf_node *node = path_node(l, path);
	struct xf_bind *bind = bind_new(l, e);

	read_bind(l, e, node, bind);
	if (node == NULL) {
		load_warning(l, e, load_attribute(e, "nodeset"),
			_("<bind> of '%s', which is not in the instance: was "
			"the node renamed?"), path_text(l, path));
		load_remedy_path(l, path_text(l, path));
	} else if (node->bind == l->default_bind) {
		node->bind = bind;
	} else {
		load_warning(l, e, load_attribute(e, "nodeset"),
			_("'%s' has more than one <bind>: what this one gives "
			"replaces what the others gave"), node->ref);
		merge(node->bind, bind);
	}
}

static void load_bind(struct loader *l, const struct xml_node *e,
	const struct xf_path *context)
{
	const struct xml_node *nodeset = load_attribute(e, "nodeset");
	const char *id = load_attribute_text(e, "id");
	struct xf_path *path = ARENA_NEW(l->arena, struct xf_path);

	if (nodeset == NULL)
		nodeset = load_attribute(e, "ref");
	if (nodeset == NULL) {
		load_error(l, e, NULL, _("<bind> has no nodeset"));
		load_remedy(l, _("add nodeset=\"/path/to/the/node\""));
		return;
	}
	if (!path_resolve(l, nodeset->text, context, path)) {
		load_error(l, e, nodeset, _("nodeset has to be a path, not "
			"'%s'"), nodeset->text);
		return;
	}
	if (path->has_predicates)
		load_warning(l, e, nodeset, _("the conditions in nodeset are "
			"passed over: a <bind> is for all instances"));
	if (id != NULL && map_set(&l->binds_by_id, id, path) != NULL)
		load_error(l, e, NULL, _("two binds have the id '%s'"), id);
	if (path->n_steps == 0)
		load_warning(l, e, nodeset, _("'/' cannot have a <bind>"));
	else if (path->is_attribute)
		bind_attribute(l, e, path);
	else
		bind_node(l, e, path);
	for (const struct xml_node *n = xml_child(e, NULL, NULL, "bind");
			n != NULL; n = xml_child(e, n, NULL, "bind"))
		load_bind(l, n, path);
}

void load_binds(struct loader *l)
{
	const struct xml_node *e = NULL;

	while ((e = xml_child(l->model, e, NULL, "bind")) != NULL)
		load_bind(l, e, NULL);
	for (unsigned i = 0; i < l->form->n_nodes; i++) {
		struct xf_node *node = l->form->nodes[i];

		if (node->bind != l->default_bind)
			note_uses(l, node->bind, node, NULL);
	}
}
