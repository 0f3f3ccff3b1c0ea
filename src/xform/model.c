/*
 * The primary instance as a tree of names: a repeat stands in it once, however
 * many instances the form writes.
 * Source: ODK XForms, "Primary instance", "Repeats".
 */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "base/gettext.h"
#include "base/intern.h"
#include "xform/loader.h"

enum { MOST_NODES = 1000000 };

/* The elements of one name below one parent. */
struct family {
	struct xf_node *node;
	VEC(const struct xml_node *) elements;
};

static bool is_template(const struct xml_node *element)
{
	return load_attribute_ns(element, NS_JAVAROSA, "template") != NULL;
}

static bool is_ours(const struct xml_node *a)
{
	return strcmp(a->ns, NS_JAVAROSA) == 0 &&
		(strcmp(a->local, "template") == 0 ||
		strcmp(a->local, "recordset") == 0);
}

static void take_attributes(struct loader *l, struct xf_node *node,
	const struct xml_node *element)
{
	unsigned n = 0;

	for (const struct xml_node *a = element->attributes; a != NULL;
			a = a->next)
		n += !is_ours(a);
	node->attributes = ARENA_ARRAY(l->arena, struct xf_attribute, n + 1);
	for (const struct xml_node *a = element->attributes; a != NULL;
			a = a->next) {
		if (is_ours(a))
			continue;
		node->attributes[node->n_attributes++] = (struct xf_attribute){
			a->local, a->ns, a->prefix, a->text, NULL };
	}
}

static void name_node(struct loader *l, struct xf_node *node)
{
	const struct xf_node *parent = node->parent;
	const char *path;

	node->ref = arena_printf(l->arena, "%s/%s%s%s",
		parent != NULL ? parent->ref : "", node->prefix,
		node->prefix[0] != '\0' ? ":" : "", node->local);
	path = node->ref;
	if (strchr(path, ':') != NULL) {
		struct xf_path names = path_of(l, node);

		path = path_text(l, &names);
	}
	if (!map_has(&l->form->by_path, path))
		map_set(&l->form->by_path, path, node);
}

static struct xf_node *node_new(struct loader *l, struct xf_node *parent,
	const struct xml_node *element)
{
	struct xf_node *node = ARENA_NEW(l->arena, struct xf_node);

	node->local = element->local;
	node->ns = element->ns;
	node->prefix = element->prefix;
	node->parent = parent;
	node->depth = parent != NULL ? parent->depth + 1 : 0;
	node->bind = l->default_bind;
	node->default_value = "";
	node->is_value = true;
	name_node(l, node);
	return node;
}

typedef VEC(struct family) family_list;

static struct family *find_family(family_list *list, struct map *index,
	const struct xml_node *element)
{
	size_t known = (size_t)(uintptr_t)map_get(index, element->local);

	if (known > 0 && list->items[known - 1].node->ns == element->ns)
		return &list->items[known - 1];
	if (known == 0)
		return NULL;
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].node->local == element->local &&
				list->items[i].node->ns == element->ns)
			return &list->items[i];
	return NULL;
}

static void gather(struct loader *l, struct xf_node *parent,
	const struct xml_node *source, family_list *list, struct map *index)
{
	for (const struct xml_node *n = source->first; n != NULL; n = n->next) {
		struct family *f;

		if (n->kind != XML_ELEMENT)
			continue;
		f = find_family(list, index, n);
		if (f == NULL) {
			struct family fresh = { 0 };

			fresh.node = node_new(l, parent, n);
			vec_push(list, fresh);
			f = &list->items[list->n - 1];
			if (!map_has(index, n->local))
				map_set(index, n->local,
					(void *)(uintptr_t)list->n);
		}
		vec_push(&f->elements, n);
	}
}

static void take_template(struct loader *l, struct family *f)
{
	const struct xml_node *chosen = NULL;
	size_t n_templates = 0;

	for (size_t i = 0; i < f->elements.n; i++)
		if (is_template(f->elements.items[i]) && n_templates++ == 0)
			chosen = f->elements.items[i];
	f->node->template_xml = chosen != NULL ? chosen : f->elements.items[0];
	f->node->is_repeat = n_templates > 0 || f->elements.n > 1;
	/* One template per parent: several parents may bring one each. */
	for (size_t i = 1; i < f->elements.n; i++)
		if (n_templates > 1 && is_template(f->elements.items[i]) &&
				f->elements.items[i] != chosen &&
				f->elements.items[i]->parent == chosen->parent)
			load_error(l, f->elements.items[i], NULL,
				_("'%s' has more than one jr:template"),
				f->node->ref);
}

/* --- children by name --- */

enum { FEW_CHILDREN = 8 };

static uint32_t slot_of_name(const char *local, uint32_t mask)
{
	return (uint32_t)((uintptr_t)local * 0x9E3779B97F4A7C15u >> 32) & mask;
}

/* The slot that holds a child of that name, or the free one for it. */
static uint32_t *find_by_name(const struct xf_node *parent, const char *local)
{
	uint32_t i = slot_of_name(local, parent->by_name_mask);

	while (parent->by_name[i] != 0 && parent->children[
			parent->by_name[i] - 1]->local != local)
		i = (i + 1) & parent->by_name_mask;
	return &parent->by_name[i];
}

struct xf_node *xf_child(const struct xf_node *parent, const char *local)
{
	uint32_t known;

	if (parent->by_name != NULL) {
		known = *find_by_name(parent, local);
		return known != 0 ? parent->children[known - 1] : NULL;
	}
	for (unsigned i = 0; i < parent->n_children; i++)
		if (parent->children[i]->local == local)
			return parent->children[i];
	return NULL;
}

static void index_names(struct loader *l, struct xf_node *parent)
{
	uint32_t n = 2 * FEW_CHILDREN;

	if (parent->n_children <= FEW_CHILDREN)
		return;
	while (n < 2 * parent->n_children)
		n *= 2;
	parent->by_name = ARENA_ARRAY(l->arena, uint32_t, n);
	parent->by_name_mask = n - 1;
	for (uint32_t i = 0; i < parent->n_children; i++) {
		uint32_t *at = find_by_name(parent,
			parent->children[i]->local);

		if (*at == 0)
			*at = i + 1;
	}
}

static void note_twins(struct xf_node *parent)
{
	for (unsigned i = 0; i < parent->n_children; i++) {
		struct xf_node *child = parent->children[i];
		struct xf_node *first = xf_child(parent, child->local);

		if (first != child)
			first->has_twin = child->has_twin = true;
	}
}

static void build(struct loader *l, struct family *f);

static void build_children(struct loader *l, struct family *f)
{
	struct xf_node *node = f->node;
	struct map index = MAP_INIT;
	family_list list = { 0 };

	gather(l, node, node->template_xml, &list, &index);
	for (size_t i = 0; i < f->elements.n; i++)
		if (f->elements.items[i] != node->template_xml)
			gather(l, node, f->elements.items[i], &list, &index);
	node->children = ARENA_ARRAY(l->arena, struct xf_node *, list.n + 1);
	for (size_t i = 0; i < list.n; i++) {
		node->children[i] = list.items[i].node;
		node->children[i]->slot = (unsigned)i;
	}
	node->n_children = (unsigned)list.n;
	node->is_value = list.n == 0;
	index_names(l, node);
	note_twins(node);
	for (size_t i = 0; i < list.n; i++) {
		build(l, &list.items[i]);
		vec_release(&list.items[i].elements);
	}
	map_release(&index);
	vec_release(&list);
}

/* Several elements of one name that stem from several instances of the parent
 * do not make a repeat: only siblings do. */
static void unrepeat(struct family *f)
{
	const struct xml_node *first = f->elements.items[0];

	if (!f->node->is_repeat)
		return;
	for (size_t i = 0; i < f->elements.n; i++)
		if (is_template(f->elements.items[i]))
			return;
	for (size_t i = 1; i < f->elements.n; i++) {
		if (f->elements.items[i]->parent == first->parent)
			return;
		first = f->elements.items[i];
	}
	f->node->is_repeat = false;
}

static void build(struct loader *l, struct family *f)
{
	struct xform *form = l->form;

	f->node->index = form->n_nodes++;
	take_template(l, f);
	unrepeat(f);
	take_attributes(l, f->node, f->node->template_xml);
	build_children(l, f);
	if (f->node->is_value)
		f->node->default_value = xml_text_of(f->node->template_xml,
			l->arena);
}

static void list_nodes(struct xform *form, struct xf_node *node)
{
	form->nodes[node->index] = node;
	for (unsigned i = 0; i < node->n_children; i++)
		list_nodes(form, node->children[i]);
}

static struct xf_node *child_named(const struct xf_node *node,
	const char *local)
{
	for (unsigned i = 0; node != NULL && i < node->n_children; i++)
		if (strcmp(node->children[i]->local, local) == 0)
			return node->children[i];
	return NULL;
}

/* instanceID and its like, in either namespace. */
static void find_meta(struct xform *form)
{
	const struct xf_node *root = form->root;

	for (unsigned i = 0; i < root->n_children; i++) {
		struct xf_node *meta = root->children[i];

		if (strcmp(meta->local, "meta") != 0)
			continue;
		if (form->instance_id == NULL)
			form->instance_id = child_named(meta, "instanceID");
		if (form->instance_name == NULL)
			form->instance_name = child_named(meta, "instanceName");
		if (form->deprecated_id == NULL)
			form->deprecated_id = child_named(meta, "deprecatedID");
	}
}

static const char *ours(const struct xml_node *root, const char *local)
{
	const struct xml_node *a = load_attribute_ns(root, NS_BAYAZ, local);

	return a != NULL ? a->text : NULL;
}

/* Instances of a repeat that the form's record has at first, of one parent. */
static void count_given(struct xf_node *node)
{
	const struct xml_node *xml = node->template_xml;

	for (xml = xml->parent->first; xml != NULL; xml = xml->next)
		node->n_given += xml->kind == XML_ELEMENT &&
			xml->local == node->local && xml->ns == node->ns &&
			!is_template(xml);
}

static void take_class(struct loader *l, const struct xml_node *root)
{
	static const char *const known[] = { "public", "standard", "restricted",
		"protected" };
	const char *given = ours(root, "class");

	if (given == NULL)
		return;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(given, known[i]) == 0)
			l->form->form_class = known[i];
	if (l->form->form_class == NULL)
		load_error(l, root, load_attribute_ns(root, NS_BAYAZ, "class"),
			_("a form's class is public, standard, restricted or "
			"protected, not '%s'"), given);
}

static void take_retention(struct loader *l, const struct xml_node *root)
{
	const char *text = ours(root, "retention");
	char *end;
	long months;

	if (text == NULL)
		return;
	months = strtol(text, &end, 10);
	if (*text == '\0' || *end != '\0' || months < 1 || months > 1200)
		load_error(l, root,
			load_attribute_ns(root, NS_BAYAZ, "retention"),
			_("retention is a number of months, not '%s'"), text);
	else
		l->form->retention_months = (int)months;
}

const char *xf_version_of(const struct xml_node *root)
{
	const char *version = xml_attribute(root, "", "version");

	if (version == NULL)
		version = xml_attribute(root, NS_OPENROSA, "version");
	return version != NULL ? version : "";
}

static void take_identity(struct loader *l, const struct xml_node *root)
{
	const char *id = xml_attribute(root, "", "id");

	if (id == NULL && root->ns[0] != '\0' &&
			strcmp(root->ns, NS_XFORMS) != 0)
		id = root->ns;
	if (id == NULL || *id == '\0') {
		load_warning(l, root, NULL, _("the form has no id: give <%s> "
			"an attribute id"), root->local);
		id = l->form->title;
	}
	l->form->id = id;
	l->form->version = xf_version_of(root);
	l->form->list_title = ours(root, "list-title");
	take_class(l, root);
	take_retention(l, root);
}

/* What every record needs to be known by, and what names its former version. */
static const struct xml_node *complete_meta(struct loader *l,
	const struct xml_node *root)
{
	struct xml_doc *doc = l->form->doc;
	struct xml_node *top = (struct xml_node *)(uintptr_t)root;
	struct xml_node *meta = xml_child(root, NULL, NULL, "meta");

	if (meta == NULL)
		meta = xml_append_element(doc, top, NS_OPENROSA, "orx", "meta");
	if (xml_child(meta, NULL, NULL, "instanceID") == NULL)
		xml_append_element(doc, meta, meta->ns, meta->prefix,
			"instanceID");
	if (xml_child(meta, NULL, NULL, "deprecatedID") != NULL)
		return NULL;
	return xml_append_element(doc, meta, meta->ns, meta->prefix,
		"deprecatedID");
}

static const struct xml_node *find_root(struct loader *l)
{
	const struct xml_node *instance = xml_child(l->model, NULL, NULL,
		"instance");
	const struct xml_node *root;

	if (instance == NULL) {
		load_error(l, l->model, NULL, _("<model> has no <instance>"));
		return NULL;
	}
	root = xml_child(instance, NULL, NULL, NULL);
	if (root == NULL)
		load_error(l, instance, NULL,
			_("the first <instance> is empty: the form's own "
			"record has to stand there"));
	else if (xml_child(instance, root, NULL, NULL) != NULL)
		load_error(l, xml_child(instance, root, NULL, NULL), NULL,
			_("<instance> has more than one child element"));
	return root;
}

bool load_model(struct loader *l)
{
	struct xform *form = l->form;
	struct family top = { 0 };
	const struct xml_node *root = find_root(l), *added = NULL;

	if (root == NULL)
		return false;
	if (l->options->completes_meta)
		added = complete_meta(l, root);
	if (form->doc->n_nodes > 20 * MOST_NODES)
		return load_error(l, root, NULL, _("the form is too large"));
	form->instance_xml = root;
	top.node = form->root = node_new(l, NULL, root);
	vec_push(&top.elements, root);
	build(l, &top);
	vec_release(&top.elements);
	form->root->is_repeat = false;
	form->nodes = ARENA_ARRAY(l->arena, struct xf_node *, form->n_nodes + 1);
	list_nodes(form, form->root);
	l->is_bound_repeat = ARENA_ARRAY(l->arena, bool, form->n_nodes + 1);
	find_meta(form);
	form->fills_instance_id = l->options->completes_meta;
	if (added != NULL && form->deprecated_id != NULL)
		form->deprecated_id->is_optional =
			form->deprecated_id->template_xml == added;
	take_identity(l, root);
	return true;
}

/* Which repeat is each node in?  Parents come before children. */
void load_model_repeats(struct loader *l)
{
	struct xform *form = l->form;

	for (unsigned i = 0; i < form->n_nodes; i++) {
		struct xf_node *node = form->nodes[i];

		if (node->is_repeat && !l->is_bound_repeat[i])
			load_warning(l, node->template_xml, NULL,
				_("'%s' is there several times, but no "
				"<repeat> is bound to it"), node->ref);
		if (node->is_repeat)
			count_given(node);
		node->repeat = node->is_repeat ? node :
			node->parent != NULL ? node->parent->repeat : NULL;
	}
}
