/* A document changed: elements, texts and attributes put in and taken out. */
#include "config.h"

#include <string.h>

#include "base/intern.h"
#include "xml/xml.h"

static struct xml_node *node_new(struct xml_doc *doc, enum xml_kind kind,
	const struct xml_node *place)
{
	struct xml_node *node = ARENA_NEW(doc->arena, struct xml_node);

	node->kind = kind;
	node->offset = place->offset;
	node->order = doc->n_nodes++ & 0xFFFFFFF;
	node->local = node->ns = node->prefix = intern_empty;
	return node;
}

static void link_before(struct xml_node *parent, struct xml_node *node,
	struct xml_node *next)
{
	struct xml_node *previous = next != NULL ? next->previous :
		parent->last;

	node->parent = parent;
	node->previous = previous;
	node->next = next;
	if (previous != NULL)
		previous->next = node;
	else
		parent->first = node;
	if (next != NULL)
		next->previous = node;
	else
		parent->last = node;
}

static void name_node(struct xml_node *node, const char *ns,
	const char *prefix, const char *local)
{
	node->local = intern(local);
	node->ns = intern(ns);
	node->prefix = intern(prefix);
}

struct xml_node *xml_append_element(struct xml_doc *doc,
	struct xml_node *parent, const char *ns, const char *prefix,
	const char *local)
{
	struct xml_node *node = node_new(doc, XML_ELEMENT, parent);

	name_node(node, ns, prefix, local);
	link_before(parent, node, NULL);
	return node;
}

struct xml_node *xml_append_copy(struct xml_doc *doc, struct xml_node *parent,
	const struct xml_node *element)
{
	struct xml_node *node = xml_append_element(doc, parent, element->ns,
		element->prefix, element->local);

	for (const struct xml_node *a = element->attributes; a != NULL;
			a = a->next)
		xml_set_attribute(doc, node, a->ns, a->prefix, a->local,
			a->text);
	return node;
}

void xml_append_text(struct xml_doc *doc, struct xml_node *parent,
	const char *text, size_t n_bytes)
{
	struct xml_node *node;

	if (n_bytes == 0)
		return;
	node = node_new(doc, XML_TEXT, parent);
	node->text = arena_strndup(doc->arena, text, n_bytes);
	link_before(parent, node, NULL);
}

void xml_move_before(struct xml_node *node, struct xml_node *next)
{
	xml_take_out(node);
	link_before(next->parent, node, next);
}

void xml_take_out(struct xml_node *node)
{
	struct xml_node *parent = node->parent;

	if (node->previous != NULL)
		node->previous->next = node->next;
	else
		parent->first = node->next;
	if (node->next != NULL)
		node->next->previous = node->previous;
	else
		parent->last = node->previous;
	node->previous = node->next = node->parent = NULL;
}

void xml_set_text(struct xml_doc *doc, struct xml_node *element,
	const char *text)
{
	element->first = element->last = NULL;
	xml_append_text(doc, element, text, strlen(text));
}

static struct xml_node **find_attribute(struct xml_node *element,
	const char *ns, const char *local)
{
	struct xml_node **at = &element->attributes;

	while (*at != NULL && (strcmp((*at)->ns, ns) != 0 ||
			strcmp((*at)->local, local) != 0))
		at = &(*at)->next;
	return at;
}

void xml_set_attribute(struct xml_doc *doc, struct xml_node *element,
	const char *ns, const char *prefix, const char *local,
	const char *text)
{
	struct xml_node **at = find_attribute(element, ns, local);

	if (*at == NULL) {
		*at = node_new(doc, XML_ATTRIBUTE, element);
		(*at)->parent = element;
		name_node(*at, ns, prefix, local);
	}
	(*at)->text = arena_strdup(doc->arena, text);
}

void xml_remove_attribute(struct xml_node *element, const char *ns,
	const char *local)
{
	struct xml_node **at = find_attribute(element, ns, local);

	if (*at != NULL)
		*at = (*at)->next;
}

void xml_declare(struct xml_doc *doc, struct xml_node *element,
	const char *prefix, const char *uri)
{
	struct xml_decl **at = &element->decls;

	while (*at != NULL && strcmp((*at)->prefix, prefix) != 0)
		at = &(*at)->next;
	if (*at == NULL)
		*at = ARENA_NEW(doc->arena, struct xml_decl);
	(*at)->prefix = intern(prefix);
	(*at)->uri = intern(uri);
}
