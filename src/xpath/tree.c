#include "config.h"

#include "xpath/tree.h"

#include <stdlib.h>

#include "base/intern.h"

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
	return is_root(tree, at) ? XML_DOCUMENT : of(at)->kind;
}

static uintptr_t xml_op_parent(const struct xp_tree *tree, uintptr_t at)
{
	if (is_root(tree, at))
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
	return is_root(tree, at) ? handle(xml_tree(tree)->top) :
		handle(of(at)->last);
}

static bool is_alone(const struct xp_tree *tree, uintptr_t at)
{
	return is_root(tree, at) || of(at) == xml_tree(tree)->top ||
		of(at)->kind == XML_ATTRIBUTE;
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
	return is_root(tree, at) ? 0 : handle(of(at)->attributes);
}

static uintptr_t xml_op_next_attribute(const struct xp_tree *tree,
	uintptr_t at)
{
	return is_root(tree, at) ? 0 : handle(of(at)->next);
}

static const char *xml_op_local(const struct xp_tree *tree, uintptr_t at)
{
	return is_root(tree, at) ? intern("") : of(at)->local;
}

static const char *xml_op_ns(const struct xp_tree *tree, uintptr_t at)
{
	return is_root(tree, at) ? intern("") : of(at)->ns;
}

static const char *xml_op_prefix(const struct xp_tree *tree, uintptr_t at)
{
	return is_root(tree, at) ? intern("") : of(at)->prefix;
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
	return order_a < order_b ? -1 : order_a > order_b;
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
};

void xp_xml_init(struct xp_xml_tree *tree, const struct xml_doc *doc,
	const struct xml_node *top)
{
	tree->tree = (struct xp_tree){ .ops = &xml_ops };
	tree->doc = doc;
	tree->top = top == NULL ? doc->document : top;
}

struct xp_node xp_xml_node(const struct xp_xml_tree *tree,
	const struct xml_node *node)
{
	struct xp_node result = { &tree->tree, handle(node) };

	if (node == NULL)
		result.at = tree->top->kind == XML_DOCUMENT ?
			handle(tree->top) : (uintptr_t)tree;
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
