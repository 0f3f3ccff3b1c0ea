#include "config.h"

#include "xpath/tree.h"

#include <stdlib.h>

#include "base/intern.h"
#include "base/map.h"

/* --- an XML document as a tree --- */

/* When the top is an element, '/' is a node that the document does not have:
 * the tree's own address stands for it. */
static bool is_root(const struct xp_tree *tree, uintptr_t at)
{
	return at == (uintptr_t)tree;
}

static const struct xp_xml_tree *xml_tree(const struct xp_tree *tree)
{
	return (const struct xp_xml_tree *)tree;
}

/* ... or the top itself is '/', whatever stands around it. */
static bool is_top_root(const struct xp_tree *tree, uintptr_t at)
{
	return xml_tree(tree)->top_is_root &&
		at == (uintptr_t)xml_tree(tree)->top;
}

static const struct xml_node *of(uintptr_t at)
{
	return (const struct xml_node *)at;
}

static uintptr_t handle(const struct xml_node *node)
{
	return (uintptr_t)node;
}

static enum xml_kind xml_op_kind(const struct xp_tree *tree, uintptr_t at)
{
	return is_root(tree, at) || is_top_root(tree, at) ? XML_DOCUMENT :
		of(at)->kind;
}

static uintptr_t xml_op_parent(const struct xp_tree *tree, uintptr_t at)
{
	if (is_root(tree, at) || is_top_root(tree, at))
		return 0;
	if (of(at) == xml_tree(tree)->top)
		return of(at)->kind == XML_DOCUMENT ? 0 : (uintptr_t)tree;
	return handle(of(at)->parent);
}

static uintptr_t xml_op_first(const struct xp_tree *tree, uintptr_t at)
{
	return is_root(tree, at) ? handle(xml_tree(tree)->top) :
		handle(of(at)->first);
}

static uintptr_t xml_op_last(const struct xp_tree *tree, uintptr_t at)
{
	if (is_root(tree, at))
		return handle(xml_tree(tree)->top);
	return of(at)->first != NULL ? handle(of(at)->last) : 0;
}

static bool is_alone(const struct xp_tree *tree, uintptr_t at)
{
	return is_root(tree, at) || of(at) == xml_tree(tree)->top ||
		of(at)->kind == XML_ATTRIBUTE || of(at)->kind == XML_NAMESPACE;
}

static uintptr_t xml_op_next(const struct xp_tree *tree, uintptr_t at)
{
	return is_alone(tree, at) ? 0 : handle(of(at)->next);
}

static uintptr_t xml_op_previous(const struct xp_tree *tree, uintptr_t at)
{
	return is_alone(tree, at) ? 0 : handle(of(at)->previous);
}

static uintptr_t xml_op_first_attribute(const struct xp_tree *tree,
	uintptr_t at)
{
	return is_root(tree, at) || of(at)->kind != XML_ELEMENT ? 0 :
		handle(of(at)->attributes);
}

static uintptr_t xml_op_next_attribute(const struct xp_tree *tree,
	uintptr_t at)
{
	return is_root(tree, at) ? 0 : handle(of(at)->next);
}

static const char *xml_op_local(const struct xp_tree *tree, uintptr_t at)
{
	return is_root(tree, at) || is_top_root(tree, at) ? intern("") :
		of(at)->local;
}

static const char *xml_op_ns(const struct xp_tree *tree, uintptr_t at)
{
	return is_root(tree, at) || is_top_root(tree, at) ? intern("") :
		of(at)->ns;
}

static const char *xml_op_prefix(const struct xp_tree *tree, uintptr_t at)
{
	return is_root(tree, at) || is_top_root(tree, at) ? intern("") :
		of(at)->prefix;
}

static const char *xml_op_text(const struct xp_tree *tree, uintptr_t at,
	struct arena *scratch)
{
	return xml_text_of(is_root(tree, at) ? xml_tree(tree)->top : of(at),
		scratch);
}

static int xml_op_order(const struct xp_tree *tree, uintptr_t a, uintptr_t b)
{
	uint32_t order_a, order_b;

	if (a == b)
		return 0;
	if (is_root(tree, a) || is_root(tree, b))
		return is_root(tree, a) ? -1 : 1;
	order_a = of(a)->order;
	order_b = of(b)->order;
	if (order_a == order_b) {	/* an element and its namespaces */
		order_a = of(a)->kind == XML_NAMESPACE ? of(a)->offset : 0;
		order_b = of(b)->kind == XML_NAMESPACE ? of(b)->offset : 0;
	}
	return order_a < order_b ? -1 : order_a > order_b;
}

/* --- namespace nodes, made when they are asked for --- */

struct xp_spaces {
	struct { const struct xml_node *element, *first; } *slots;
	size_t n, n_slots;		/* a power of two, at most half full */
};

static size_t slot_of(const struct xp_spaces *spaces,
	const struct xml_node *element)
{
	size_t i = (size_t)(map_hash(&element, sizeof element) &
		(spaces->n_slots - 1));

	while (spaces->slots[i].element != NULL &&
	       spaces->slots[i].element != element)
		i = (i + 1) & (spaces->n_slots - 1);
	return i;
}

static void grow(struct xp_spaces *spaces, struct arena *arena)
{
	struct xp_spaces old = *spaces;
	size_t i;

	spaces->n_slots = old.n_slots == 0 ? 64 : old.n_slots * 2;
	spaces->slots = arena_zalloc(arena,
		spaces->n_slots * sizeof *spaces->slots);
	for (i = 0; i < old.n_slots; i++)
		if (old.slots[i].element != NULL)
			spaces->slots[slot_of(spaces, old.slots[i].element)] =
				old.slots[i];
}

static bool has_prefix(const struct xml_node *list, const char *prefix)
{
	for (; list != NULL; list = list->next)
		if (list->local == prefix)
			return true;
	return false;
}

static struct xml_node *new_space(struct arena *arena,
	const struct xml_node *element, const char *prefix, const char *uri)
{
	struct xml_node *node = ARENA_NEW(arena, struct xml_node);

	node->kind = XML_NAMESPACE;
	node->order = element->order;
	node->local = intern(prefix);
	node->ns = node->prefix = intern("");
	node->text = uri;
	node->parent = (struct xml_node *)(uintptr_t)element;
	return node;
}

/* The nearest declaration of each prefix, the one of the document last. */
static struct xml_node *nearest_spaces(struct arena *arena,
	const struct xml_node *element)
{
	struct xml_node *first = NULL, **link = &first;
	const struct xml_node *at;
	const struct xml_decl *decl;

	for (at = element; at != NULL; at = at->parent)
		for (decl = at->decls; decl != NULL; decl = decl->next) {
			if (has_prefix(first, intern(decl->prefix)))
				continue;
			*link = new_space(arena, element, decl->prefix,
				decl->uri);
			link = &(*link)->next;
		}
	return first;
}

/* The default namespace, those with prefixes, that of xml.  xmlns="" takes the
 * default one away. */
static const struct xml_node *make_spaces(struct arena *arena,
	const struct xml_node *element)
{
	struct xml_node *first = NULL, **link = &first, *space, *next;
	uint32_t n = 0;

	for (space = nearest_spaces(arena, element); space != NULL;
	     space = next) {
		next = space->next;
		if (space->local[0] != '\0') {
			*link = space;
			link = &space->next;
		} else if (space->text[0] != '\0') {
			space->next = first;
			link = link == &first ? &space->next : link;
			first = space;
		}
	}
	*link = new_space(arena, element, "xml",
		"http://www.w3.org/XML/1998/namespace");
	(*link)->next = NULL;
	for (space = first; space != NULL; space = space->next)
		space->offset = ++n;
	return first;
}

static uintptr_t xml_op_first_namespace(const struct xp_tree *tree,
	uintptr_t at)
{
	struct xp_xml_tree *xml = (struct xp_xml_tree *)(uintptr_t)tree;
	struct arena *arena = xml->doc->arena;
	size_t i;

	if (is_root(tree, at) || of(at)->kind != XML_ELEMENT)
		return 0;
	if (xml->spaces == NULL)
		xml->spaces = ARENA_NEW(arena, struct xp_spaces);
	if (xml->spaces->n * 2 >= xml->spaces->n_slots)
		grow(xml->spaces, arena);
	i = slot_of(xml->spaces, of(at));
	if (xml->spaces->slots[i].element == NULL) {
		xml->spaces->n++;
		xml->spaces->slots[i].element = of(at);
		xml->spaces->slots[i].first = make_spaces(arena, of(at));
	}
	return handle(xml->spaces->slots[i].first);
}

static uintptr_t xml_op_next_namespace(const struct xp_tree *tree,
	uintptr_t at)
{
	(void)tree;
	return handle(of(at)->next);
}

static const struct xp_tree_ops xml_ops = {
	.kind = xml_op_kind,
	.parent = xml_op_parent,
	.first_child = xml_op_first,
	.last_child = xml_op_last,
	.next = xml_op_next,
	.previous = xml_op_previous,
	.first_attribute = xml_op_first_attribute,
	.next_attribute = xml_op_next_attribute,
	.local = xml_op_local,
	.ns = xml_op_ns,
	.prefix = xml_op_prefix,
	.text = xml_op_text,
	.order = xml_op_order,
	.first_namespace = xml_op_first_namespace,
	.next_namespace = xml_op_next_namespace,
};

void xp_xml_init(struct xp_xml_tree *tree, const struct xml_doc *doc,
	const struct xml_node *top)
{
	tree->tree = (struct xp_tree){ .ops = &xml_ops };
	tree->doc = doc;
	tree->top = top == NULL ? doc->document : top;
	tree->top_is_root = false;
	tree->spaces = NULL;
}

void xp_xml_init_root(struct xp_xml_tree *tree, const struct xml_doc *doc,
	const struct xml_node *top)
{
	xp_xml_init(tree, doc, top);
	tree->top_is_root = true;
}

struct xp_node xp_xml_node(const struct xp_xml_tree *tree,
	const struct xml_node *node)
{
	struct xp_node result = { &tree->tree, handle(node) };

	if (node == NULL)
		result.at = tree->top->kind == XML_DOCUMENT ||
			tree->top_is_root ? handle(tree->top) : (uintptr_t)tree;
	return result;
}

const struct xml_node *xp_xml_of(struct xp_node node)
{
	if (node.tree == NULL || is_root(node.tree, node.at))
		return NULL;
	return of(node.at);
}

/* --- node-sets --- */

void xp_nodeset_add(struct xp_nodeset *set, struct xp_node node,
	struct arena *arena)
{
	if (set->n == set->cap) {
		size_t cap = set->cap == 0 ? 8 : set->cap * 2;
		struct xp_node *items = ARENA_ARRAY(arena, struct xp_node, cap);
		size_t i;

		for (i = 0; i < set->n; i++)
			items[i] = set->items[i];
		set->items = items;
		set->cap = cap;
	}
	set->items[set->n++] = node;
}

static int compare(const void *left, const void *right)
{
	const struct xp_node *a = left, *b = right;

	if (a->tree == b->tree)
		return a->tree->ops->order(a->tree, a->at, b->at);
	if (a->tree->rank != b->tree->rank)
		return a->tree->rank < b->tree->rank ? -1 : 1;
	return (uintptr_t)a->tree < (uintptr_t)b->tree ? -1 : 1;
}

static bool is_sorted(const struct xp_nodeset *set)
{
	size_t i;

	for (i = 1; i < set->n; i++)
		if (compare(&set->items[i - 1], &set->items[i]) >= 0)
			return false;
	return true;
}

void xp_nodeset_sort(struct xp_nodeset *set)
{
	size_t from, to = 0;

	set->sorted = true;
	if (is_sorted(set))
		return;
	qsort(set->items, set->n, sizeof *set->items, compare);
	for (from = 0; from < set->n; from++) {
		if (to > 0 && set->items[to - 1].at == set->items[from].at &&
		    set->items[to - 1].tree == set->items[from].tree)
			continue;
		set->items[to++] = set->items[from];
	}
	set->n = to;
}
