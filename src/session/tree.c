/*
 * The record as a tree for XPath.  A handle is the address of a node; bit 0 set
 * makes it an attribute, bit 1 the text inside a value node.
 */
#include "config.h"

#include "base/mem.h"
#include "session/node.h"

enum { ATTRIBUTE_BIT = 1, TEXT_BIT = 2, BITS = 3 };

static struct session *session_of(const struct xp_tree *tree)
{
	return (struct session *)(uintptr_t)tree;
}

static struct node *node_at(uintptr_t at)
{
	return (struct node *)(at & ~(uintptr_t)BITS);
}

static struct attribute *attribute_at(uintptr_t at)
{
	return (struct attribute *)(at & ~(uintptr_t)BITS);
}

static uintptr_t at_node(const struct node *n)
{
	return (uintptr_t)n;
}

struct xp_node node_handle(struct session *s, struct node *n)
{
	struct xp_node handle = { &s->tree, at_node(n) };

	return handle;
}

struct node *session_node_of(struct session *s, struct xp_node at)
{
	struct node *n = node_of_handle(s, at);

	return n != NULL && n->form != NULL ? n : NULL;
}

struct xp_context session_xpath_context(struct session *s, struct node *n,
	struct arena *arena)
{
	struct xp_context ctx = node_context(s, n);

	ctx.arena = arena;
	return ctx;
}

struct node *node_of_handle(struct session *s, struct xp_node handle)
{
	if (handle.tree != &s->tree || (handle.at & BITS) != 0)
		return NULL;
	return node_at(handle.at);
}

struct node *owner_of_handle(struct session *s, struct xp_node handle)
{
	if (handle.tree == &s->tree && (handle.at & ATTRIBUTE_BIT))
		return attribute_at(handle.at)->owner;
	return node_of_handle(s, handle);
}

struct xp_node attribute_handle(struct session *s, struct node *n,
	const struct xf_attribute *form)
{
	size_t i = (size_t)(form - n->form->attributes);
	struct xp_node handle = { &s->tree,
		(uintptr_t)&n->attributes[i] | ATTRIBUTE_BIT };

	return handle;
}

static enum xml_kind kind(const struct xp_tree *tree, uintptr_t at)
{
	(void)tree;
	if (at & ATTRIBUTE_BIT)
		return XML_ATTRIBUTE;
	if (at & TEXT_BIT)
		return XML_TEXT;
	return node_at(at)->form == NULL ? XML_DOCUMENT : XML_ELEMENT;
}

static uintptr_t parent(const struct xp_tree *tree, uintptr_t at)
{
	(void)tree;
	if (at & ATTRIBUTE_BIT)
		return at_node(attribute_at(at)->owner);
	if (at & TEXT_BIT)
		return at_node(node_at(at));
	return at_node(node_at(at)->parent);
}

/* The first node in slots from `slot` on, or the last up to it. */
static uintptr_t first_from(const struct node *n, unsigned slot)
{
	for (; slot < n->form->n_children; slot++)
		if (n->slots[slot].n > 0)
			return at_node(n->slots[slot].items[0]);
	return 0;
}

static uintptr_t last_before(const struct node *n, unsigned slot)
{
	while (slot-- > 0)
		if (n->slots[slot].n > 0)
			return at_node(n->slots[slot].items[n->slots[slot].n - 1]);
	return 0;
}

static bool has_text(const struct xp_tree *tree, struct node *n)
{
	return node_value(session_of(tree), n)[0] != '\0';
}

static uintptr_t first_child(const struct xp_tree *tree, uintptr_t at)
{
	struct node *n = node_at(at);

	if (at & BITS)
		return 0;
	if (n->form == NULL)
		return at_node(session_of(tree)->root);
	if (n->form->is_value)
		return has_text(tree, n) ? at | TEXT_BIT : 0;
	return first_from(n, 0);
}

static uintptr_t last_child(const struct xp_tree *tree, uintptr_t at)
{
	struct node *n = node_at(at);

	if ((at & BITS) || n->form == NULL || n->form->is_value)
		return first_child(tree, at);
	return last_before(n, n->form->n_children);
}

static uintptr_t next(const struct xp_tree *tree, uintptr_t at)
{
	const struct node *n = node_at(at);
	const struct slot *slot;

	(void)tree;
	if ((at & BITS) || n->form == NULL || n->parent->form == NULL)
		return 0;
	slot = &n->parent->slots[n->form->slot];
	if (n->position + 1 < slot->n)
		return at_node(slot->items[n->position + 1]);
	return first_from(n->parent, n->form->slot + 1);
}

static uintptr_t previous(const struct xp_tree *tree, uintptr_t at)
{
	const struct node *n = node_at(at);

	(void)tree;
	if ((at & BITS) || n->form == NULL || n->parent->form == NULL)
		return 0;
	if (n->position > 0)
		return at_node(n->parent->slots[n->form->slot]
			.items[n->position - 1]);
	return last_before(n->parent, n->form->slot);
}

static uintptr_t first_attribute(const struct xp_tree *tree, uintptr_t at)
{
	const struct node *n = node_at(at);

	(void)tree;
	if ((at & BITS) || n->attributes == NULL)
		return 0;
	return (uintptr_t)&n->attributes[0] | ATTRIBUTE_BIT;
}

static uintptr_t next_attribute(const struct xp_tree *tree, uintptr_t at)
{
	struct attribute *a = attribute_at(at);

	(void)tree;
	if (a + 1 == a->owner->attributes + a->owner->form->n_attributes)
		return 0;
	return (uintptr_t)(a + 1) | ATTRIBUTE_BIT;
}

static const char *local(const struct xp_tree *tree, uintptr_t at)
{
	(void)tree;
	if (at & ATTRIBUTE_BIT)
		return attribute_at(at)->form->local;
	if ((at & TEXT_BIT) || node_at(at)->form == NULL)
		return "";
	return node_at(at)->form->local;
}

static const char *ns(const struct xp_tree *tree, uintptr_t at)
{
	(void)tree;
	if (at & ATTRIBUTE_BIT)
		return attribute_at(at)->form->ns;
	if ((at & TEXT_BIT) || node_at(at)->form == NULL)
		return "";
	return node_at(at)->form->ns;
}

static const char *prefix(const struct xp_tree *tree, uintptr_t at)
{
	(void)tree;
	if (at & ATTRIBUTE_BIT)
		return attribute_at(at)->form->prefix;
	if ((at & TEXT_BIT) || node_at(at)->form == NULL)
		return "";
	return node_at(at)->form->prefix;
}

static void add_all_text(struct session *s, struct node *n, struct str *out)
{
	if (n->form->is_value) {
		str_add(out, node_value(s, n));
		return;
	}
	for (unsigned i = 0; i < n->form->n_children; i++)
		for (uint32_t k = 0; k < n->slots[i].n; k++)
			add_all_text(s, n->slots[i].items[k], out);
}

/* Calculated attributes are rare and few: computed at each reading. */
const char *attribute_value(struct session *s, const struct attribute *a,
	struct arena *scratch)
{
	const struct xf_bind *b = a->form->bind;
	struct xp_context ctx = node_context(s, a->owner);
	struct err err = ERR_INIT;
	const char *value = "";
	uint8_t type;

	if (b == NULL || b->calculate == NULL ||
			(s->is_inserting && a->value != NULL))
		return a->value != NULL ? a->value : a->form->value;
	ctx.node = ctx.current = (struct xp_node){ &s->tree,
		(uintptr_t)a | ATTRIBUTE_BIT };
	ctx.arena = scratch;
	if (!eval_result(b->calculate, b, &ctx, &value, &type, &err)) {
		note_failure(s, a->owner, b->calculate, &err);
		return "";
	}
	return value;
}

const char *node_attribute(struct session *s, const struct node *n, unsigned i,
	struct arena *arena)
{
	return attribute_value(s, &n->attributes[i], arena);
}

static bool reads_true(const char *value)
{
	return strcmp(value, "1") == 0 || strcmp(value, "true") == 0;
}

/* Blank is no boolean, but text. */
static bool is_boolean(const struct xp_tree *tree, uintptr_t at)
{
	struct node *n = node_at(at);

	if ((at & BITS) || n->form == NULL || !n->form->is_value)
		return false;
	return has_text(tree, n) && (n->computed == XP_BOOLEAN ||
		n->form->bind->type == XF_BOOLEAN);
}

static const char *moment(const struct xp_tree *tree, uintptr_t at)
{
	struct node *n = node_at(at);
	const char *value;

	if ((at & BITS) || n->form == NULL || !n->form->is_value)
		return NULL;
	value = node_value(session_of(tree), n);
	return value[0] != '\0' && (n->computed == COMPUTED_DATE ||
		n->form->bind->type == XF_DATE) ? value : NULL;
}

static const char *date_of(const char *moment_text, struct arena *scratch)
{
	size_t n = strcspn(moment_text, "T");

	return moment_text[n] == '\0' ? moment_text :
		arena_strndup(scratch, moment_text, n);
}

/* A decimal is kept as "2.0", and reads as the number it is: "2". */
static const char *without_end(const char *value, struct arena *scratch)
{
	size_t n = strlen(value);

	return n > 2 && strcmp(value + n - 2, ".0") == 0 ?
		arena_strndup(scratch, value, n - 2) : value;
}

static const char *text(const struct xp_tree *tree, uintptr_t at,
	struct arena *scratch)
{
	struct session *s = session_of(tree);
	struct str all = STR_INIT;
	const char *kept;
	struct node *n;

	if (at & ATTRIBUTE_BIT)
		return attribute_value(s, attribute_at(at), scratch);
	n = node_at(at);
	if (is_boolean(tree, at))
		return reads_true(node_value(s, n)) ? "true" : "false";
	if (n->form != NULL && n->form->is_value && moment(tree, at) != NULL)
		return date_of(node_value(s, n), scratch);
	if (n->form != NULL && n->form->is_value)
		return n->form->bind->type == XF_DECIMAL ?
			without_end(node_value(s, n), scratch) :
			node_value(s, n);
	add_all_text(s, n->form != NULL ? n : s->root, &all);
	kept = arena_strndup(scratch, all.data, all.len);
	str_release(&all);
	return kept;
}

/* Attributes come right after their element, text after those. */
static int order_within(uintptr_t a, uintptr_t b)
{
	unsigned bits_a = a & BITS, bits_b = b & BITS;

	if (bits_a == bits_b)
		return a < b ? -1 : a > b;
	return bits_a < bits_b ? -1 : 1;
}

static unsigned depth_of(const struct node *n)
{
	return n->form != NULL ? n->form->depth + 1 : 0;
}

static int order(const struct xp_tree *tree, uintptr_t a, uintptr_t b)
{
	const struct node *x, *y;
	unsigned dx, dy;

	x = node_at(a & ATTRIBUTE_BIT ? parent(tree, a) : a);
	y = node_at(b & ATTRIBUTE_BIT ? parent(tree, b) : b);
	if (x == y)
		return order_within(a, b);
	dx = depth_of(x);
	dy = depth_of(y);
	for (unsigned d = dx; d > dy; d--)
		x = x->parent;
	for (unsigned d = dy; d > dx; d--)
		y = y->parent;
	if (x == y)
		return dx < dy ? -1 : 1;
	while (x->parent != y->parent) {
		x = x->parent;
		y = y->parent;
	}
	if (x->form->slot != y->form->slot)
		return x->form->slot < y->form->slot ? -1 : 1;
	return x->position < y->position ? -1 : 1;
}

static uintptr_t child_named(const struct xp_tree *tree, uintptr_t parent_at,
	uintptr_t after, const char *ns_uri, const char *name)
{
	const struct node *p = node_at(parent_at), *n = node_at(after);
	const struct xf_node *child;
	unsigned slot;

	if (parent_at & BITS)
		return 0;
	if (p->form == NULL) {
		const struct node *root = session_of(tree)->root;

		return after == 0 && root->form->local == name &&
			(ns_uri == NULL || root->form->ns == ns_uri) ?
			at_node(root) : 0;
	}
	if (after != 0) {
		const struct slot *at = &p->slots[n->form->slot];

		if (n->position + 1 < at->n)
			return at_node(at->items[n->position + 1]);
		if (!n->form->has_twin)
			return 0;
		slot = n->form->slot + 1;
	} else {
		child = xf_child(p->form, name);
		if (child == NULL)
			return 0;
		slot = child->slot;
		if (!child->has_twin)
			return p->slots[slot].n > 0 && (ns_uri == NULL ||
				child->ns == ns_uri) ?
				at_node(p->slots[slot].items[0]) : 0;
	}
	for (; slot < p->form->n_children; slot++) {
		child = p->form->children[slot];
		if (child->local == name && p->slots[slot].n > 0 &&
				(ns_uri == NULL || child->ns == ns_uri))
			return at_node(p->slots[slot].items[0]);
	}
	return 0;
}

static bool number(const struct xp_tree *tree, uintptr_t at, double *number)
{
	if (!is_boolean(tree, at))
		return false;
	*number = reads_true(node_value(session_of(tree), node_at(at)));
	return true;
}

static size_t position(const struct xp_tree *tree, uintptr_t at)
{
	(void)tree;
	return at & BITS ? 1 : node_position(node_at(at));
}

static bool is_hidden(const struct xp_tree *tree, uintptr_t at)
{
	if (at & ATTRIBUTE_BIT)
		at = at_node(attribute_at(at)->owner);
	return !node_is_relevant(session_of(tree), node_at(at));
}

/* JavaRosa: the truth of the value, by its type; blank is false. */
static bool truth(const struct xp_tree *tree, uintptr_t at)
{
	struct node *n = node_at(at);
	const char *value;

	if ((at & BITS) || n->form == NULL || !n->form->is_value)
		return true;
	value = node_value(session_of(tree), n);
	if (is_boolean(tree, at))
		return reads_true(value);
	if (n->computed == XP_NUMBER || n->form->bind->type == XF_INT ||
			n->form->bind->type == XF_DECIMAL)
		return value[0] != '\0' && xp_text_to_number(value) != 0;
	return value[0] != '\0';
}

const struct xp_tree_ops session_tree_ops = {
	.kind = kind,
	.parent = parent,
	.first_child = first_child,
	.last_child = last_child,
	.next = next,
	.previous = previous,
	.first_attribute = first_attribute,
	.next_attribute = next_attribute,
	.local = local,
	.ns = ns,
	.prefix = prefix,
	.text = text,
	.order = order,
	.child_named = child_named,
	.is_hidden = is_hidden,
	.position = position,
	.truth = truth,
	.is_boolean = is_boolean,
	.moment = moment,
	.number = number,
};
