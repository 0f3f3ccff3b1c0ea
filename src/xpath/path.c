/* Paths: axes, node tests, predicates. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "base/gettext.h"
#include "base/intern.h"
#include "xpath/eval.h"

/* --- walking --- */

struct xp_node node_root(struct xp_node node)
{
	uintptr_t up;

	while ((up = node.tree->ops->parent(node.tree, node.at)) != 0)
		node.at = up;
	return node;
}

static bool has_name(const struct xp_tree *tree, uintptr_t at, const char *ns,
	const char *local)
{
	return (local == NULL || tree->ops->local(tree, at) == local) &&
		(ns == NULL || tree->ops->ns(tree, at) == ns);
}

uintptr_t child_element(const struct xp_tree *tree, uintptr_t parent,
	uintptr_t after, const char *ns, const char *local)
{
	const struct xp_tree_ops *ops = tree->ops;
	uintptr_t at;

	if (local != NULL && ops->child_named != NULL)
		return ops->child_named(tree, parent, after, ns, local);
	at = after == 0 ? ops->first_child(tree, parent) :
		ops->next(tree, after);
	while (at != 0 && !(ops->kind(tree, at) == XML_ELEMENT &&
	       has_name(tree, at, ns, local)))
		at = ops->next(tree, at);
	return at;
}

size_t path_position(struct xp_node node)
{
	const struct xp_tree_ops *ops = node.tree->ops;
	const char *ns, *local;
	uintptr_t at = node.at;
	size_t n = 1;

	if (ops->position != NULL)
		return ops->position(node.tree, at);
	ns = ops->ns(node.tree, at);
	local = ops->local(node.tree, at);
	while ((at = ops->previous(node.tree, at)) != 0)
		if (ops->kind(node.tree, at) == XML_ELEMENT &&
		    has_name(node.tree, at, ns, local))
			n++;
	return n;
}

bool eval_step(struct eval *e)
{
	return eval_steps(e, 1);
}

bool eval_text_cost(struct eval *e, const char *text)
{
	return eval_steps(e, strlen(text) / 64);
}

bool eval_steps(struct eval *e, unsigned long n)
{
	if (e->ctx->steps_left > n) {
		e->ctx->steps_left -= n;
		return true;
	}
	return err_set(e->err, ERR_LIMIT,
		_("the expression visits too many nodes"));
}

static uintptr_t next_below(const struct xp_tree *tree, uintptr_t top,
	uintptr_t at)
{
	uintptr_t next = tree->ops->first_child(tree, at);

	while (next == 0 && at != top && at != 0) {
		next = tree->ops->next(tree, at);
		at = tree->ops->parent(tree, at);
	}
	return next;
}

/* The text of an element with elements in it is put together from all of
 * them. */
static bool count_below(struct eval *e, struct xp_node node)
{
	const struct xp_tree_ops *ops = node.tree->ops;
	uintptr_t at = ops->kind(node.tree, node.at) > XML_ELEMENT ? 0 :
		ops->first_child(node.tree, node.at);

	if (at == 0 || (ops->kind(node.tree, at) == XML_TEXT &&
	    ops->next(node.tree, at) == 0))
		return true;
	for (; at != 0; at = next_below(node.tree, node.at, at))
		if (!eval_step(e))
			return false;
	return true;
}

bool eval_node_text(struct eval *e, struct xp_node node, const char **text)
{
	*text = "";
	if (node.tree == NULL)
		return true;
	if (!count_below(e, node))
		return false;
	*text = xp_node_text(node, e->arena);
	return eval_text_cost(e, *text);
}

bool eval_node_number(struct eval *e, struct xp_node node, double *number)
{
	*number = NAN;
	if (node.tree == NULL)
		return true;
	if (node.tree->ops->number == NULL && !count_below(e, node))
		return false;
	*number = node_number(node, e->arena, e->env);
	return true;
}

/* --- one step from one node --- */

struct collector {
	struct eval *e;
	const struct step *step;
	const struct xp_tree *tree;
	struct xp_nodeset *out;
	size_t full;		/* stop when `out` has so many; 0: never */
};

/* The kind of node that a name stands for on an axis. */
static enum xml_kind principal(enum axis axis)
{
	switch (axis) {
	case AXIS_ATTRIBUTE: return XML_ATTRIBUTE;
	case AXIS_NAMESPACE: return XML_NAMESPACE;
	default: return XML_ELEMENT;
	}
}

static bool matches(const struct step *step, const struct xp_tree *tree,
	uintptr_t at)
{
	enum xml_kind kind;

	if (step->test == TEST_NODE)
		return true;
	kind = tree->ops->kind(tree, at);
	switch (step->test) {
	case TEST_NAME:
		return kind == principal(step->axis) &&
			has_name(tree, at, step->ns, step->local);
	case TEST_TEXT:
		return kind == XML_TEXT;
	case TEST_COMMENT:
		return kind == XML_COMMENT;
	default:
		return kind == XML_PI && (step->local == NULL ||
			tree->ops->local(tree, at) == step->local);
	}
}

static bool is_full(const struct collector *c)
{
	return c->full > 0 && c->out->n >= c->full;
}

static void take(struct collector *c, uintptr_t at)
{
	struct xp_node node = { c->tree, at };

	xp_nodeset_add(c->out, node, c->e->arena);
}

static bool visit(struct collector *c, uintptr_t at)
{
	if (!eval_step(c->e))
		return false;
	if (matches(c->step, c->tree, at))
		take(c, at);
	return true;
}

static bool collect_children(struct collector *c, uintptr_t parent)
{
	const struct xp_tree_ops *ops = c->tree->ops;
	uintptr_t at;

	if (c->step->test == TEST_NAME) {
		for (at = 0; !is_full(c) && (at = child_element(c->tree,
		     parent, at, c->step->ns, c->step->local)) != 0;) {
			if (!eval_step(c->e))
				return false;
			take(c, at);
		}
		return true;
	}
	for (at = ops->first_child(c->tree, parent); at != 0 && !is_full(c);
	     at = ops->next(c->tree, at))
		if (!visit(c, at))
			return false;
	return true;
}

static bool collect_attributes(struct collector *c, uintptr_t element)
{
	const struct xp_tree_ops *ops = c->tree->ops;
	uintptr_t at;

	/* '/' may have some: that of an instance. */
	if (ops->kind(c->tree, element) > XML_ELEMENT)
		return true;
	for (at = ops->first_attribute(c->tree, element); at != 0;
	     at = ops->next_attribute(c->tree, at))
		if (!visit(c, at))
			return false;
	return true;
}

static bool collect_namespaces(struct collector *c, uintptr_t element)
{
	const struct xp_tree_ops *ops = c->tree->ops;
	uintptr_t at;

	if (ops->first_namespace == NULL)
		return true;
	for (at = ops->first_namespace(c->tree, element); at != 0;
	     at = ops->next_namespace(c->tree, at))
		if (!visit(c, at))
			return false;
	return true;
}

/* All below `top` in document order, without recursion. */
static bool collect_descendants(struct collector *c, uintptr_t top)
{
	const struct xp_tree_ops *ops = c->tree->ops;
	uintptr_t at = ops->first_child(c->tree, top), next;

	while (at != 0 && !is_full(c)) {
		if (!visit(c, at))
			return false;
		next = ops->first_child(c->tree, at);
		while (next == 0) {
			next = ops->next(c->tree, at);
			if (next != 0)
				break;
			at = ops->parent(c->tree, at);
			if (at == top || at == 0)
				return true;
		}
		at = next;
	}
	return true;
}

static bool collect_ancestors(struct collector *c, uintptr_t at)
{
	while ((at = c->tree->ops->parent(c->tree, at)) != 0)
		if (!visit(c, at))
			return false;
	return true;
}

/* Attributes and namespaces have a parent, but are no children. */
static bool is_attribute(const struct collector *c, uintptr_t at)
{
	enum xml_kind kind = c->tree->ops->kind(c->tree, at);

	return kind == XML_ATTRIBUTE || kind == XML_NAMESPACE;
}

static bool collect_siblings(struct collector *c, uintptr_t at, bool forward)
{
	const struct xp_tree_ops *ops = c->tree->ops;

	if (is_attribute(c, at))
		return true;
	while ((at = forward ? ops->next(c->tree, at) :
	       ops->previous(c->tree, at)) != 0)
		if (!visit(c, at))
			return false;
	return true;
}

static bool collect_following(struct collector *c, uintptr_t at)
{
	const struct xp_tree_ops *ops = c->tree->ops;
	uintptr_t sibling;

	if (is_attribute(c, at)) {
		at = ops->parent(c->tree, at);
		if (!collect_descendants(c, at))
			return false;
	}
	for (; at != 0; at = ops->parent(c->tree, at))
		for (sibling = ops->next(c->tree, at); sibling != 0;
		     sibling = ops->next(c->tree, sibling))
			if (!visit(c, sibling) ||
			    !collect_descendants(c, sibling))
				return false;
	return true;
}

static void reverse(struct xp_nodeset *set, size_t begin)
{
	size_t end = set->n;

	while (begin + 1 < end) {
		struct xp_node node = set->items[begin];

		set->items[begin++] = set->items[--end];
		set->items[end] = node;
	}
}

static bool collect_preceding(struct collector *c, uintptr_t at)
{
	const struct xp_tree_ops *ops = c->tree->ops;
	uintptr_t sibling;

	if (is_attribute(c, at))
		at = ops->parent(c->tree, at);
	for (; at != 0; at = ops->parent(c->tree, at)) {
		for (sibling = ops->previous(c->tree, at); sibling != 0;
		     sibling = ops->previous(c->tree, sibling)) {
			size_t begin = c->out->n;

			if (!visit(c, sibling) ||
			    !collect_descendants(c, sibling))
				return false;
			reverse(c->out, begin);
		}
	}
	return true;
}

static bool collect(struct collector *c, uintptr_t at)
{
	uintptr_t up;

	switch (c->step->axis) {
	case AXIS_CHILD:
		return collect_children(c, at);
	case AXIS_SELF:
		return visit(c, at);
	case AXIS_PARENT:
		up = c->tree->ops->parent(c->tree, at);
		return up == 0 || visit(c, up);
	case AXIS_ATTRIBUTE:
		return collect_attributes(c, at);
	case AXIS_DESCENDANT:
		return collect_descendants(c, at);
	case AXIS_DESCENDANT_OR_SELF:
		return visit(c, at) && collect_descendants(c, at);
	case AXIS_ANCESTOR:
		return collect_ancestors(c, at);
	case AXIS_ANCESTOR_OR_SELF:
		return visit(c, at) && collect_ancestors(c, at);
	case AXIS_FOLLOWING_SIBLING:
		return collect_siblings(c, at, true);
	case AXIS_PRECEDING_SIBLING:
		return collect_siblings(c, at, false);
	case AXIS_FOLLOWING:
		return collect_following(c, at);
	case AXIS_PRECEDING:
		return collect_preceding(c, at);
	case AXIS_NAMESPACE:
		return collect_namespaces(c, at);
	}
	return true;
}

/* --- predicates --- */

/* Is the value the same for every node tried?  In a record '/' is not: it
 * follows the repeat instance of the node. */
static bool is_fixed_at(const struct eval *e, const struct expr *value,
	const struct xp_tree *tree)
{
	return (value->deps & DEP_ROOT) == 0 || !tree->contextual ||
		tree != e->anchor.tree;
}

static bool holds(struct eval *e, const struct expr *x, const struct scope *s,
	bool *result)
{
	struct xp_value value;

	if (!eval_value(e, x, s, &value))
		return false;
	*result = value.type == XP_NUMBER ?
		value.number == (double)s->position : xp_to_boolean(&value);
	return true;
}

static bool filter_each(struct eval *e, const struct expr *x,
	struct xp_nodeset *set, size_t begin)
{
	size_t size = set->n - begin, to = begin, i;

	for (i = 0; i < size; i++) {
		struct scope s = { set->items[begin + i], i + 1, size };
		struct arena_mark mark = arena_mark(e->arena);
		bool keep, ok = eval_step(e) && holds(e, x, &s, &keep);

		arena_reset(e->arena, mark);
		if (!ok)
			return false;
		if (keep)
			set->items[to++] = s.node;
	}
	set->n = to;
	return true;
}

/* The number that position() must be: *known; 0 for none. */
static bool wanted_index(struct eval *e, const struct predicate *predicate,
	struct xp_node node, bool *known, double *index)
{
	struct scope s = { node, 0, 0 };
	struct xp_value value;

	*known = false;
	if (!is_fixed_at(e, predicate->value, node.tree))
		return true;
	if (!eval_value(e, predicate->value, &s, &value))
		return false;
	if (value.type == XP_BOOLEAN ||
	    (value.type == XP_NODESET && value.nodes.n > 1))
		return true;
	*known = true;
	*index = xp_to_number_in(&value, e->arena, e->env);
	if (isnan(*index) || *index != floor(*index) || *index < 1)
		*index = 0;
	return true;
}

static void keep_index(struct xp_nodeset *set, size_t begin, double index)
{
	size_t size = set->n - begin;

	if (index < 1 || index > (double)size) {
		set->n = begin;
		return;
	}
	set->items[begin] = set->items[begin + (size_t)index - 1];
	set->n = begin + 1;
}

/* The text that a LOOKUP predicate compares with: *known. */
static bool wanted_text(struct eval *e, const struct predicate *predicate,
	struct xp_node node, bool *known, const char **text)
{
	struct scope s = { node, 0, 0 };
	struct xp_value value;

	*known = false;
	if (!is_fixed_at(e, predicate->value, node.tree))
		return true;
	if (!eval_value(e, predicate->value, &s, &value))
		return false;
	*known = value.type == XP_STRING ||
		(value.type == XP_NODESET && value.nodes.n == 1);
	if (*known)
		*text = xp_to_text(&value, e->arena);
	return true;
}

static bool is_bare_lookup(const struct predicate *predicate)
{
	return predicate->expr->chain.ops[1] == OP_EQ;
}

static bool has_child_text(struct eval *e, struct xp_node node,
	const struct expr *x, const char *text)
{
	const struct expr *side = x->chain.items[0];
	const struct step *step;
	uintptr_t at = 0;
	struct arena_mark mark = arena_mark(e->arena);
	bool equal = false;

	if (side->kind != EXPR_PATH || side->path.start != START_CONTEXT)
		side = x->chain.items[1];
	step = &side->path.steps[0];
	while (!equal && (at = child_element(node.tree, node.at, at, step->ns,
	       step->local)) != 0) {
		struct xp_node child = { node.tree, at };

		if (node.tree->ops->is_hidden != NULL &&
		    node.tree->ops->is_hidden(node.tree, at))
			continue;
		equal = strcmp(xp_node_text(child, e->arena), text) == 0;
	}
	arena_reset(e->arena, mark);
	return equal;
}

static bool filter_by_key(struct eval *e, const struct predicate *predicate,
	struct xp_nodeset *set, size_t begin, const char *text)
{
	size_t to = begin, i;

	for (i = begin; i < set->n; i++) {
		if (!eval_step(e))
			return false;
		if (has_child_text(e, set->items[i], predicate->expr, text))
			set->items[to++] = set->items[i];
	}
	set->n = to;
	return true;
}

static bool filter(struct eval *e, const struct predicate *predicate,
	struct xp_nodeset *set, size_t begin)
{
	const char *text = NULL;
	double index = 0;
	bool known = false;

	if (set->n == begin)
		return true;
	if (predicate->kind == PREDICATE_INDEX) {
		if (!wanted_index(e, predicate, set->items[begin], &known,
		    &index))
			return false;
		if (known) {
			keep_index(set, begin, index);
			return true;
		}
	} else if (predicate->kind == PREDICATE_LOOKUP &&
		   is_bare_lookup(predicate)) {
		if (!wanted_text(e, predicate, set->items[begin], &known,
		    &text))
			return false;
		/* An item without the key may count as blank. */
		if (known && (*text != '\0' || !e->env->empty_is_blank))
			return filter_by_key(e, predicate, set, begin, text);
	}
	return filter_each(e, predicate->expr, set, begin);
}

static bool filter_all(struct eval *e, const struct predicate *predicates,
	size_t n, struct xp_nodeset *set, size_t begin)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!filter(e, &predicates[i], set, begin))
			return false;
	return true;
}

/* --- a step with its predicates --- */

/* Ask the tree's index; *done if it has one for this. */
static bool look_up(struct collector *c, uintptr_t at, bool *done)
{
	const struct step *step = c->step;
	const struct predicate *first = step->predicates;
	struct xp_node node = { c->tree, at };
	size_t begin = c->out->n;
	const char *text = NULL;
	bool known;

	*done = false;
	if (c->tree->ops->lookup == NULL || step->axis != AXIS_CHILD ||
	    step->test != TEST_NAME || step->local == NULL ||
	    step->n_predicates == 0 || first->kind != PREDICATE_LOOKUP)
		return true;
	if (!wanted_text(c->e, first, node, &known, &text))
		return false;
	if (!known || !c->tree->ops->lookup(c->tree, at, step->local,
	    first->key, text, c->out, c->e->arena))
		return true;
	*done = true;
	if (!is_bare_lookup(first))
		return filter_all(c->e, first, step->n_predicates, c->out,
			begin);
	return filter_all(c->e, first + 1, step->n_predicates - 1, c->out,
		begin);
}

/* With a first predicate [n], only n nodes need be collected. */
static bool set_limit(struct collector *c, uintptr_t at)
{
	struct xp_node node = { c->tree, at };
	double index;
	bool known;

	c->full = 0;
	/* AXIS_PRECEDING collects forward and turns round. */
	if (c->step->n_predicates == 0 || c->step->axis == AXIS_PRECEDING ||
	    c->step->predicates[0].kind != PREDICATE_INDEX)
		return true;
	if (!wanted_index(c->e, &c->step->predicates[0], node, &known, &index))
		return false;
	if (known && index >= 1 && index < 1e9)
		c->full = c->out->n + (size_t)index;
	return true;
}

static bool apply_step(struct eval *e, const struct step *step,
	struct xp_node node, struct xp_nodeset *out)
{
	struct collector c = { e, step, node.tree, out, 0 };
	size_t begin = out->n;
	bool done;

	if (step->n_predicates == 0)
		return collect(&c, node.at);
	if (!look_up(&c, node.at, &done))
		return false;
	if (done)
		return true;
	return set_limit(&c, node.at) && collect(&c, node.at) &&
		filter_all(e, step->predicates, step->n_predicates, out, begin);
}

/* What is known of a node-set on the way: in document order, and no node
 * within another. */
struct state { bool sorted, flat, keep_order; };

static void after_step(struct state *state, const struct step *step,
	size_t n_before)
{
	bool one = n_before <= 1;

	switch (step->axis) {
	case AXIS_SELF:
		break;
	case AXIS_CHILD:
	case AXIS_ATTRIBUTE:
	case AXIS_NAMESPACE:
		state->sorted = (state->sorted && state->flat) || one;
		state->flat = state->flat || one;
		break;
	case AXIS_FOLLOWING_SIBLING:
		state->sorted = state->flat = one;
		break;
	case AXIS_DESCENDANT:
	case AXIS_DESCENDANT_OR_SELF:
		state->sorted = (state->sorted && state->flat) || one;
		state->flat = false;
		break;
	case AXIS_PARENT:
		state->sorted = state->flat = one;
		break;
	default:
		state->sorted = state->flat = false;
		break;
	}
}

static bool is_within(struct xp_node node, struct xp_node top)
{
	for (; node.at != 0; node.at = node.tree->ops->parent(node.tree,
	     node.at))
		if (node.at == top.at)
			return true;
	return false;
}

/* Those of a sorted set that lie in no other: their descendants are all. */
static struct xp_nodeset topmost(const struct xp_nodeset *set,
	struct arena *arena)
{
	struct xp_nodeset kept = { NULL, 0, 0, true };
	struct xp_node top = { NULL, 0 };
	size_t i;

	for (i = 0; i < set->n; i++) {
		struct xp_node node = set->items[i];
		enum xml_kind kind = node.tree->ops->kind(node.tree, node.at);

		/* Attributes lie in an element, but are no descendants. */
		if (kind != XML_ATTRIBUTE && kind != XML_NAMESPACE) {
			if (top.tree != NULL && is_within(node, top))
				continue;
			top = node;
		}
		xp_nodeset_add(&kept, node, arena);
	}
	return kept;
}

/* The one of a sorted set that ends first: what follows it follows some. */
static struct xp_node first_to_end(const struct xp_nodeset *set)
{
	struct xp_node node = set->items[0];
	size_t i;

	for (i = 1; i < set->n && is_within(set->items[i], node); i++)
		node = set->items[i];
	return node;
}

/* Of neighbours in a sorted set that have one parent, the first or the last. */
static struct xp_nodeset one_per_parent(const struct xp_nodeset *set,
	bool is_first, struct arena *arena)
{
	struct xp_nodeset kept = { NULL, 0, 0, true };
	const struct xp_tree *tree = set->items[0].tree;
	uintptr_t last = 0;
	size_t i;

	for (i = 0; i < set->n; i++) {
		bool is_element = tree->ops->kind(tree, set->items[i].at) ==
			XML_ELEMENT;
		uintptr_t up = is_element ?
			tree->ops->parent(tree, set->items[i].at) : 0;

		if (up != 0 && up == last) {
			if (!is_first)
				kept.items[kept.n - 1] = set->items[i];
			continue;
		}
		xp_nodeset_add(&kept, set->items[i], arena);
		last = up;
	}
	return kept;
}

/* Nodes from which a step gives nothing that others do not give are left out:
 * without that, "//a/following::b" costs the square. */
static struct xp_nodeset without_vain(struct eval *e, const struct step *step,
	const struct xp_nodeset *set, const struct state *state)
{
	struct xp_nodeset one = { NULL, 0, 0, true };

	if (set->n < 2 || !state->sorted || state->keep_order ||
	    step->is_positional ||
	    set->items[0].tree != set->items[set->n - 1].tree)
		return *set;
	switch (step->axis) {
	case AXIS_DESCENDANT:
	case AXIS_DESCENDANT_OR_SELF:
		return state->flat ? *set : topmost(set, e->arena);
	case AXIS_FOLLOWING:
		xp_nodeset_add(&one, first_to_end(set), e->arena);
		return one;
	case AXIS_PRECEDING:
		xp_nodeset_add(&one, set->items[set->n - 1], e->arena);
		return one;
	case AXIS_FOLLOWING_SIBLING:
		return one_per_parent(set, true, e->arena);
	case AXIS_PRECEDING_SIBLING:
		return one_per_parent(set, false, e->arena);
	default:
		return *set;
	}
}

enum { FEW = 1 << 16 };

static bool apply(struct eval *e, const struct step *step,
	struct xp_nodeset *set, struct state *state)
{
	struct xp_nodeset out = { NULL, 0, 0, false };
	size_t i, many = FEW;

	*set = without_vain(e, step, set, state);
	for (i = 0; i < set->n; i++) {
		if (!apply_step(e, step, set->items[i], &out))
			return false;
		if (out.n > many && !state->keep_order) {
			xp_nodeset_sort(&out);
			many = out.n * 2 > FEW ? out.n * 2 : FEW;
		}
		/* The parent of neighbours is the same. */
		if (step->axis == AXIS_PARENT && out.n > 1 &&
		    node_is_same(out.items[out.n - 1], out.items[out.n - 2]))
			out.n--;
	}
	after_step(state, step, set->n);
	if (!state->sorted && !state->keep_order) {
		xp_nodeset_sort(&out);
		state->sorted = true;
	}
	*set = out;
	return true;
}

/* --- where a path begins --- */

enum { MAX_BOUND = 64 };

/* The node whose repeat instances '/' follows. */
static struct xp_node bound_node(const struct eval *e, const struct scope *s)
{
	return s->node.tree == e->anchor.tree ? s->node : e->anchor;
}

/* '/' and as many leading steps as the context node lies in, but for the last:
 * '/data/person' means all of them, also from inside one. */
static size_t bind_root(struct eval *e, const struct path *path,
	const struct scope *s, struct xp_node *node)
{
	struct xp_node at = bound_node(e, s);
	uintptr_t chain[MAX_BOUND + 1], up = at.at;
	size_t n = 0, done = 0;

	*node = node_root(at);
	if (!at.tree->contextual)
		return 0;
	for (; up != 0 && n <= MAX_BOUND; n++) {
		chain[n] = up;
		up = at.tree->ops->parent(at.tree, up);
	}
	if (up != 0)
		return 0;
	for (; done + 1 < path->n_steps && done + 1 < n; done++) {
		const struct step *step = &path->steps[done];
		uintptr_t ancestor = chain[n - 2 - done];

		if (step->axis != AXIS_CHILD || step->n_predicates > 0 ||
		    step->test != TEST_NAME || step->local == NULL ||
		    !matches(step, at.tree, ancestor))
			break;
		node->at = ancestor;
	}
	return done;
}

static bool begin_filter(struct eval *e, const struct expr *x,
	const struct scope *s, struct xp_nodeset *set)
{
	struct xp_value value;

	if (!eval_value(e, x->path.filter, s, &value))
		return false;
	if (value.type != XP_NODESET)
		return eval_fail(e, x->column,
			_("a path or condition follows a value that is no set of nodes"));
	*set = value.nodes;
	if (x->path.n_predicates > 0) {
		/* Filtering is in place, and the set may be shared. */
		set->items = ARENA_ARRAY(e->arena, struct xp_node,
			value.nodes.n + 1);
		set->cap = value.nodes.n + 1;
		if (value.nodes.n > 0)
			memcpy(set->items, value.nodes.items,
				value.nodes.n * sizeof *set->items);
	}
	return filter_all(e, x->path.predicates, x->path.n_predicates, set, 0);
}

static bool no_current(struct eval *e, const struct expr *x)
{
	return eval_fail(e, x->column, _("there is no context node"));
}

/* The first node of a path that does not begin with an expression, and how
 * many of its steps that covers. */
static bool begin_node(struct eval *e, const struct expr *x,
	const struct scope *s, struct xp_node *node, size_t *done)
{
	*done = 0;
	switch (x->path.start) {
	case START_CURRENT:
		*node = e->ctx->current.tree != NULL ? e->ctx->current :
			e->ctx->node;
		break;
	case START_ROOT:
		if (e->anchor.tree == NULL)
			return no_current(e, x);
		*done = bind_root(e, &x->path, s, node);
		break;
	default:
		*node = s->node;
		break;
	}
	return node->tree != NULL || no_current(e, x);
}

/* --- whole paths --- */

static bool is_hidden(struct xp_node node)
{
	return node.tree->ops->is_hidden != NULL &&
		node.tree->ops->is_hidden(node.tree, node.at);
}

static void drop_hidden(struct xp_nodeset *set)
{
	size_t from, to = 0;

	if (set->n == 0 || set->items[0].tree->ops->is_hidden == NULL)
		return;
	for (from = 0; from < set->n; from++)
		if (!is_hidden(set->items[from]))
			set->items[to++] = set->items[from];
	set->n = to;
}

bool eval_path(struct eval *e, const struct expr *x, const struct scope *s,
	struct xp_nodeset *nodes)
{
	struct xp_nodeset set = { NULL, 0, 0, true };
	struct state state = { true, true, false };
	struct xp_node node;
	size_t i = 0;

	if (x->path.start == START_EXPR) {
		if (!begin_filter(e, x, s, &set))
			return false;
		state.keep_order = !set.sorted && set.n > 1;
		state.sorted = set.sorted;
		state.flat = set.n <= 1;
	} else {
		if (!begin_node(e, x, s, &node, &i))
			return false;
		xp_nodeset_add(&set, node, e->arena);
	}
	for (; i < x->path.n_steps; i++)
		if (!apply(e, &x->path.steps[i], &set, &state))
			return false;
	drop_hidden(&set);
	set.sorted = state.sorted;
	*nodes = set;
	return true;
}

bool eval_one(struct eval *e, const struct expr *x, const struct scope *s,
	struct xp_node *node, bool *done)
{
	size_t i;

	if (!begin_node(e, x, s, node, &i))
		return false;
	*done = true;
	for (; i < x->path.n_steps; i++) {
		const struct step *step = &x->path.steps[i];
		uintptr_t at;

		if (!eval_step(e))
			return false;
		if (step->axis == AXIS_SELF)
			continue;
		if (step->axis == AXIS_PARENT) {
			at = node->tree->ops->parent(node->tree, node->at);
		} else {
			at = child_element(node->tree, node->at, 0, step->ns,
				step->local);
			if (at != 0 && child_element(node->tree, node->at, at,
			    step->ns, step->local) != 0) {
				*done = false;	/* several: not our case */
				return true;
			}
		}
		if (at == 0) {
			node->tree = NULL;
			return true;
		}
		node->at = at;
	}
	if (is_hidden(*node))
		node->tree = NULL;
	return true;
}
