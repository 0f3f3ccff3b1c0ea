/*
 * What XPath walks over.  A tree is any structure that can answer these
 * questions: an XML document, the record of a session, a table read from CSV.
 * A node is a handle; copying it is free.  Names are interned.
 */
#ifndef BAYAZ_XPATH_TREE_H
#define BAYAZ_XPATH_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "xml/xml.h"

struct xp_tree;

struct xp_node {
	const struct xp_tree *tree;	/* NULL: no node */
	uintptr_t at;			/* the tree knows what it means; never 0 */
};

struct xp_nodeset {
	struct xp_node *items;
	size_t n, cap;			/* items live in the context's arena */
	bool sorted;			/* in document order, without duplicates */
};

struct xp_tree_ops {
	enum xml_kind (*kind)(const struct xp_tree *, uintptr_t at);
	/* 0: there is none.  Attributes are no children; their parent is the
	 * element. */
	uintptr_t (*parent)(const struct xp_tree *, uintptr_t at);
	uintptr_t (*first_child)(const struct xp_tree *, uintptr_t at);
	uintptr_t (*last_child)(const struct xp_tree *, uintptr_t at);
	uintptr_t (*next)(const struct xp_tree *, uintptr_t at);
	uintptr_t (*previous)(const struct xp_tree *, uintptr_t at);
	uintptr_t (*first_attribute)(const struct xp_tree *, uintptr_t at);
	uintptr_t (*next_attribute)(const struct xp_tree *, uintptr_t at);
	const char *(*local)(const struct xp_tree *, uintptr_t at);
	const char *(*ns)(const struct xp_tree *, uintptr_t at);
	const char *(*prefix)(const struct xp_tree *, uintptr_t at);
	/* The string-value: borrowed until the tree changes, or built in
	 * `scratch`. */
	const char *(*text)(const struct xp_tree *, uintptr_t at,
		struct arena *scratch);
	/* Document order: < 0, 0, > 0. */
	int (*order)(const struct xp_tree *, uintptr_t a, uintptr_t b);

	/* --- accelerators and forms' ways; each may be NULL --- */

	/* The next child element of that name after `after` (0: the first);
	 * ns NULL: any. */
	uintptr_t (*child_named)(const struct xp_tree *, uintptr_t parent,
		uintptr_t after, const char *ns, const char *local);
	/* Left out of every node-set: a node that is not relevant. */
	bool (*is_hidden)(const struct xp_tree *, uintptr_t at);
	/* Append, in document order, the children `item` of `parent` that have
	 * a child `key` whose text equals `value`; false if this tree has no
	 * index for it (then the caller compares one by one). */
	bool (*lookup)(const struct xp_tree *, uintptr_t parent,
		const char *item, const char *key, const char *value,
		struct xp_nodeset *out, struct arena *scratch);
	/* What the node means as a boolean; without it every node is true, as
	 * in plain XPath. */
	bool (*truth)(const struct xp_tree *, uintptr_t at);
	/* Does the node stand for true or false?  Then it is compared with
	 * everything as a boolean. */
	bool (*is_boolean)(const struct xp_tree *, uintptr_t at);
	/* The date and time that a calculation gave, of which the text shows
	 * the date; NULL: it gave something else. */
	const char *(*moment)(const struct xp_tree *, uintptr_t at);
	/* The number an element's text stands for, when the tree keeps it at
	 * hand; false: convert the text. */
	bool (*number)(const struct xp_tree *, uintptr_t at, double *number);
	/* The namespaces in scope at an element, as nodes: XML_NAMESPACE, the
	 * prefix as name, the URI as text.  Without it the axis is empty. */
	uintptr_t (*first_namespace)(const struct xp_tree *, uintptr_t at);
	uintptr_t (*next_namespace)(const struct xp_tree *, uintptr_t at);
	/* 1-based place of an element among the siblings of its name. */
	size_t (*position)(const struct xp_tree *, uintptr_t at);
};

struct xp_tree {		/* first member of the struct of each kind */
	const struct xp_tree_ops *ops;
	unsigned rank;		/* order between trees */
	bool contextual;	/* absolute paths follow the repeat instance of
				 * the context node (ODK XForms, "Instance":
				 * deviation of XPath in repeats) */
};

/* --- an XML document as a tree; rank 0, not contextual --- */
struct xp_xml_tree {
	struct xp_tree tree;
	const struct xml_doc *doc;
	const struct xml_node *top;	/* its '/' : the document node, or an
					 * element that acts as the only child
					 * of a document (an inline instance) */
	bool top_is_root;		/* the element `top` acts as '/' itself */
	struct xp_spaces *spaces;	/* namespace nodes made so far; or NULL */
};
void xp_xml_init(struct xp_xml_tree *tree, const struct xml_doc *doc,
	const struct xml_node *top);
/* The same, but the element `top` is '/': an <instance> and what is in it.
 * Its attributes are attributes of '/'. */
void xp_xml_init_root(struct xp_xml_tree *tree, const struct xml_doc *doc,
	const struct xml_node *top);
/* The node for an xml_node; NULL gives the tree's '/'. */
struct xp_node xp_xml_node(const struct xp_xml_tree *tree,
	const struct xml_node *node);
const struct xml_node *xp_xml_of(struct xp_node node);

void xp_nodeset_add(struct xp_nodeset *set, struct xp_node node,
	struct arena *arena);
void xp_nodeset_sort(struct xp_nodeset *set);	/* document order, once each */

#endif
