/*
 * Entities: which meta blocks declare one, and which answers it saves.
 * Source: ODK entities specification, 2022.1 to 2025.1.  JavaRosa refuses
 * versions it does not know and a missing one, and opens all else; pyxform
 * refuses more, so what is wrong beyond that is a warning here.
 */
#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "xform/loader.h"

/* --- versions --- */

enum version { NO_VERSION, V2022_1, V2023_1, V2024_1, V2025_1 };

static const char *const versions[] = { "", "2022.1", "2023.1", "2024.1",
	"2025.1" };

static enum version version_of(const char *text)
{
	for (enum version v = V2022_1; text != NULL && v <= V2025_1; v++)
		if (strncmp(text, versions[v], strlen(versions[v])) == 0)
			return v;
	return NO_VERSION;
}

/* Is the namespace declared here or above, or in the instance? */
static bool declares(const struct xml_node *n, const char *uri)
{
	const struct xml_node *child = NULL;

	for (const struct xml_node *at = n; at != NULL; at = at->parent)
		for (const struct xml_decl *d = at->decls; d != NULL;
				d = d->next)
			if (strcmp(d->uri, uri) == 0)
				return true;
	while ((child = xml_child(n, child, NULL, NULL)) != NULL)
		for (const struct xml_decl *d = child->decls; d != NULL;
				d = d->next)
			if (strcmp(d->uri, uri) == 0)
				return true;
	return false;
}

/* An entity stands in the meta block of the root, a group or a repeat. */
static bool is_entity(const struct xf_node *node)
{
	return strcmp(node->local, "entity") == 0 && node->parent != NULL &&
		strcmp(node->parent->local, "meta") == 0 &&
		node->parent->parent != NULL;
}

static bool has_entity(const struct xform *form)
{
	for (unsigned i = 0; i < form->n_nodes; i++)
		if (is_entity(form->nodes[i]))
			return true;
	return false;
}

/* An <entity> in a form without the namespace is no entity of ODK's. */
void check_entities(struct loader *l)
{
	const struct xml_node *version = load_attribute(l->model,
		"entities-version");

	if (version == NULL && declares(l->model, NS_ENTITIES) &&
			has_entity(l->form))
		load_error(l, l->model, NULL, _("a form with an entity needs "
			"the attribute entities-version of <model>"));
	if (version == NULL)
		return;
	l->form->entities_version = version->text;
	if (version_of(version->text) == NO_VERSION)
		load_error(l, l->model, version, _("entities-version '%s' is "
			"not one of 2022.1, 2023.1, 2024.1, 2025.1"),
			version->text);
}

/* --- names --- */

/* The names of XML without a colon; what lies beyond ASCII is taken to be
 * letters. */
static bool is_name(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	if (*c < 0x80 && strchr("_", *c) == NULL && !((*c | 0x20) >= 'a' &&
			(*c | 0x20) <= 'z'))
		return false;
	for (; *c != '\0'; c++)
		if (*c < 0x80 && strchr("_-.0123456789", *c) == NULL &&
				!((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z'))
			return false;
	return text[0] != '\0';
}

static bool is_reserved(const char *property)
{
	return strcasecmp(property, "name") == 0 ||
		strcasecmp(property, "label") == 0;
}

/* --- what an entity declares --- */

static const struct xf_attribute *attribute_of(const struct xf_node *node,
	const char *local)
{
	for (unsigned i = 0; i < node->n_attributes; i++)
		if (strcmp(node->attributes[i].local, local) == 0 &&
				node->attributes[i].ns[0] == '\0')
			return &node->attributes[i];
	return NULL;
}

static void check_dataset(struct loader *l, const struct xf_node *entity,
	const struct xml_node *at)
{
	const struct xf_attribute *a = attribute_of(entity, "dataset");

	if (a == NULL || (a->value[0] == '\0' && a->bind == NULL))
		load_warning(l, at, NULL,
			_("<entity> names no dataset: give it the attribute "
			"dataset"));
	else if (a->bind == NULL && (!is_name(a->value) ||
			strchr(a->value, '.') != NULL ||
			strncmp(a->value, "__", 2) == 0))
		load_warning(l, at, load_attribute(at, "dataset"),
			_("'%s' is no name of a dataset: it begins with a "
			"letter or one '_', and has no '.' or space"),
			a->value);
}

static void check_attributes(struct loader *l, const struct xf_node *entity,
	const struct xml_node *at)
{
	static const char known[] = " dataset id create update baseVersion "
		"trunkVersion branchId ";

	for (unsigned i = 0; i < entity->n_attributes; i++) {
		const char *local = entity->attributes[i].local;
		const char *found = strstr(known, local);
		size_t n = strlen(local);

		if (entity->attributes[i].ns[0] != '\0' || (found != NULL &&
				found[-1] == ' ' && found[n] == ' '))
			continue;
		load_warning(l, at, load_attribute(at, local),
			_("<entity> has no attribute '%s': it is kept in the "
			"record, and means nothing"), local);
	}
}

static void check_action(struct loader *l, const struct xf_node *entity,
	const struct xml_node *at)
{
	bool creates = attribute_of(entity, "create") != NULL;
	bool updates = attribute_of(entity, "update") != NULL;

	if (!creates && !updates)
		load_warning(l, at, NULL,
			_("<entity> neither creates nor updates one: give it "
			"the attribute create or update"));
	if (attribute_of(entity, "id") == NULL)
		load_warning(l, at, NULL,
			_("<entity> has no attribute id: no one can tell "
			"which it is"));
	if (updates && attribute_of(entity, "baseVersion") == NULL)
		load_warning(l, at, NULL,
			_("<entity> updates without the attribute "
			"baseVersion: what others changed meanwhile is "
			"not noticed"));
	if (creates && xml_child(at, NULL, NULL, "label") == NULL)
		load_warning(l, at, NULL,
			_("<entity> creates one without <label>: nobody could "
			"choose it from a list"));
}

static void need(struct loader *l, const struct xml_node *at,
	enum version version, const char *what)
{
	if (version_of(l->form->entities_version) < version)
		load_warning(l, at, NULL, _("%1$s needs entities-version "
			"%2$s or later, and the form says '%3$s'"), what,
			versions[version], l->form->entities_version);
}

static void check_needs(struct loader *l, const struct xf_entity *e,
	const struct xml_node *at)
{
	if (attribute_of(e->node, "update") != NULL)
		need(l, at, V2023_1, _("updating an entity"));
	if (attribute_of(e->node, "trunkVersion") != NULL ||
			attribute_of(e->node, "branchId") != NULL)
		need(l, at, V2024_1, _("trunkVersion or branchId"));
	if (e->subject != l->form->root)
		need(l, at, V2025_1, _("an entity in a group or repeat"));
}

/* --- what is saved --- */

/* Says what is wrong with it; false: it can be no property. */
static bool check_saveto(struct loader *l, const struct xf_node *node,
	const struct xf_entity *e)
{
	const struct xml_node *xml = node->bind->xml;
	const struct xml_node *at = load_attribute_ns(xml, NS_ENTITIES,
		"saveto");
	const char *name = node->bind->saveto;

	if (e == NULL)
		return load_warning(l, xml, at, _("'%s' is to be saved, but "
			"the form declares no <entity> around it"), node->ref);
	if (!node->is_value)
		return load_warning(l, xml, at, _("'%s' is a group: only "
			"answers are saved in an entity"), node->ref);
	if (node->repeat != e->node->repeat)
		return load_warning(l, xml, at, _("'%1$s' is repeated, but "
			"its entity '%2$s' is not: no one value can be saved"),
			node->ref, e->node->ref);
	if (is_reserved(name))
		load_warning(l, xml, at, _("the property '%s' has a meaning "
			"of its own: choose another name"), name);
	else if (strncmp(name, "__", 2) == 0)
		load_warning(l, xml, at, _("the property '%s' begins with "
			"'__', which is kept for the system"), name);
	else if (!is_name(name))
		load_warning(l, xml, at, _("'%s' is no name of a property"),
			name);
	return true;
}

static void save_in(struct loader *l, struct xf_entity *e,
	const struct xf_node *node)
{
	size_t n = e->n_savetos;

	if ((n & (n - 1)) == 0) {	/* full: as many again */
		struct xf_saveto *grown = arena_alloc(l->arena,
			(n == 0 ? 1 : 2 * n) * sizeof *grown);

		if (n > 0)
			memcpy(grown, e->savetos, n * sizeof *grown);
		e->savetos = grown;
	}
	((struct xf_saveto *)e->savetos)[e->n_savetos++] =
		(struct xf_saveto){ node, node->bind->saveto };
}

/* --- all of a form --- */

struct finding {
	struct loader *l;
	VEC(struct xf_entity) found;
	size_t *by_subject;	/* index of the node -> in `found`, from 1; 0: none */
};

static void find_entity(struct finding *f, const struct xf_node *node,
	const struct xml_node *at)
{
	struct xf_entity e = { .node = node, .subject = node->parent->parent };

	if (f->by_subject[e.subject->index] != 0)
		return;		/* another instance of its repeat */
	vec_push(&f->found, e);
	f->by_subject[e.subject->index] = f->found.n;
	check_dataset(f->l, node, at);
	check_attributes(f->l, node, at);
	check_action(f->l, node, at);
	check_needs(f->l, &e, at);
}

static void find_entities(struct finding *f, const struct xf_node *node,
	const struct xml_node *at)
{
	const struct xml_node *x = NULL;

	while ((x = xml_child(at, x, NULL, NULL)) != NULL) {
		const struct xf_node *child = xf_child(node, x->local);

		if (child != NULL && is_entity(child))
			find_entity(f, child, x);
		else if (child != NULL && !child->is_value)
			find_entities(f, child, x);
	}
}

/* The closest declaration around the node; NULL: there is none. */
static struct xf_entity *owner(struct finding *f, const struct xf_node *node)
{
	for (const struct xf_node *at = node->parent; at != NULL;
			at = at->parent)
		if (f->by_subject[at->index] != 0)
			return &f->found.items[f->by_subject[at->index] - 1];
	return NULL;
}

static void find_savetos(struct finding *f)
{
	const struct xform *form = f->l->form;

	for (unsigned i = 0; i < form->n_nodes; i++) {
		const struct xf_node *node = form->nodes[i];
		struct xf_entity *e;

		if (node->bind->saveto == NULL)
			continue;
		e = owner(f, node);
		if (check_saveto(f->l, node, e))
			save_in(f->l, e, node);
	}
}

void load_entities(struct loader *l)
{
	struct finding f = { .l = l };
	struct xf_entity *kept;

	if (l->form->entities_version == NULL && !l->saves_properties)
		return;
	f.by_subject = ARENA_ARRAY(l->arena, size_t, l->form->n_nodes);
	if (l->form->entities_version != NULL)
		find_entities(&f, l->form->root, l->form->instance_xml);
	find_savetos(&f);
	kept = ARENA_ARRAY(l->arena, struct xf_entity, f.found.n);
	if (f.found.n > 0)
		memcpy(kept, f.found.items, f.found.n * sizeof *kept);
	l->form->entities = kept;
	l->form->n_entities = f.found.n;
	vec_release(&f.found);
}
