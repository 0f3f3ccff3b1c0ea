/* Operators, conversions with strictness, and the way in. */
#include "config.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/gettext.h"
#include "base/map.h"
#include "xpath/eval.h"

enum { DEFAULT_STEPS = 100000000 };

bool eval_fail(struct eval *e, int column, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	err_vset(e->err, ERR_XPATH, format, arguments);
	va_end(arguments);
	if (e->err != NULL) {
		e->err->line = 1;
		e->err->column = column;
	}
	return false;
}

/* --- conversions --- */

static bool check_one(struct eval *e, const struct expr *x,
	const struct xp_value *v)
{
	if (v->type != XP_NODESET || v->nodes.n <= 1 || !e->env->strict_one_node)
		return true;
	return eval_fail(e, x->column,
		_("the path stands for %zu nodes where one is needed"),
		v->nodes.n);
}

bool value_text(struct eval *e, const struct expr *x, const struct xp_value *v,
	const char **text)
{
	if (!check_one(e, x, v))
		return false;
	if (v->type == XP_NODESET && v->nodes.n > 0)
		return eval_node_text(e, v->nodes.items[0], text);
	*text = xp_to_text(v, e->arena);
	return eval_text_cost(e, *text);
}

bool value_number(struct eval *e, const struct expr *x,
	const struct xp_value *v, double *number)
{
	if (!check_one(e, x, v))
		return false;
	if (v->type == XP_NODESET && v->nodes.n > 0)
		return eval_node_number(e, v->nodes.items[0], number);
	*number = xp_to_number_in(v, e->arena, e->env);
	return true;
}

/* A simple path without building a set of nodes: *done. */
static bool one_node(struct eval *e, const struct expr *x,
	const struct scope *s, struct xp_node *node, bool *done)
{
	*done = false;
	if (x->kind != EXPR_PATH || !x->path.simple)
		return true;
	return eval_one(e, x, s, node, done);
}

bool eval_text(struct eval *e, const struct expr *x, const struct scope *s,
	const char **text)
{
	struct xp_value value;
	struct xp_node node;
	bool done;

	if (!one_node(e, x, s, &node, &done))
		return false;
	if (done)
		return eval_node_text(e, node, text);
	return eval_value(e, x, s, &value) && value_text(e, x, &value, text);
}

bool eval_number(struct eval *e, const struct expr *x, const struct scope *s,
	double *number)
{
	struct xp_value value;
	struct xp_node node;
	bool done;

	if (!one_node(e, x, s, &node, &done))
		return false;
	if (done)
		return eval_node_number(e, node, number);
	return eval_value(e, x, s, &value) &&
		value_number(e, x, &value, number);
}

bool eval_boolean(struct eval *e, const struct expr *x, const struct scope *s,
	bool *boolean)
{
	struct xp_value value;
	struct xp_node node;
	bool done;

	if (!one_node(e, x, s, &node, &done))
		return false;
	if (done) {
		*boolean = node.tree != NULL && xp_node_is_true(node);
		return true;
	}
	if (!eval_value(e, x, s, &value))
		return false;
	*boolean = xp_to_boolean(&value);
	return true;
}

/* --- comparing --- */

static bool compare_numbers(enum op op, double a, double b)
{
	switch (op) {
	case OP_EQ: return a == b;
	case OP_NE: return a != b;
	case OP_LT: return a < b;
	case OP_LE: return a <= b;
	case OP_GT: return a > b;
	default: return a >= b;
	}
}

static bool is_equality(enum op op)
{
	return op == OP_EQ || op == OP_NE;
}

static enum op mirrored(enum op op)
{
	switch (op) {
	case OP_LT: return OP_GT;
	case OP_LE: return OP_GE;
	case OP_GT: return OP_LT;
	case OP_GE: return OP_LE;
	default: return op;
	}
}

static bool compare_booleans(enum op op, bool a, bool b)
{
	return (a == b) == (op == OP_EQ);
}

static bool compare_node(struct eval *e, enum op op, struct xp_node node,
	const struct xp_value *other, double number, bool *holds)
{
	const char *text;
	double own;

	if (is_equality(op) && other->type == XP_STRING) {
		if (xp_node_is_boolean(node)) {
			*holds = compare_booleans(op, xp_node_is_true(node),
				xp_to_boolean(other));
			return true;
		}
		if (!eval_node_text(e, node, &text))
			return false;
		*holds = (strcmp(text, other->text) == 0) == (op == OP_EQ);
		return true;
	}
	if (!eval_node_number(e, node, &own))
		return false;
	*holds = compare_numbers(op, own, number);
	return true;
}

/* Some node of the set compares so with a value that is none. */
static bool any_node(struct eval *e, enum op op, const struct xp_nodeset *set,
	const struct xp_value *other, bool *found)
{
	double number = xp_to_number_in(other, e->arena, e->env);
	size_t i;

	*found = false;
	for (i = 0; i < set->n && !*found; i++) {
		struct arena_mark mark = arena_mark(e->arena);
		bool ok = compare_node(e, op, set->items[i], other, number,
			found);

		arena_reset(e->arena, mark);
		if (!ok)
			return false;
	}
	return true;
}

/* Some text is in both: by hashing, as both may be long. */
static bool any_equal(struct eval *e, const struct xp_nodeset *a,
	const struct xp_nodeset *b, bool *found)
{
	struct map texts = MAP_INIT;
	const char *text;
	bool ok = true;
	size_t i;

	*found = false;
	for (i = 0; ok && i < a->n; i++)
		if ((ok = eval_node_text(e, a->items[i], &text)))
			map_set(&texts, text, e);
	for (i = 0; ok && i < b->n && !*found; i++)
		if ((ok = eval_node_text(e, b->items[i], &text)))
			*found = map_has(&texts, text);
	map_release(&texts);
	return ok;
}

static bool all_are(struct eval *e, const struct xp_nodeset *set,
	const char *text, bool *all)
{
	const char *own;
	size_t i;

	*all = true;
	for (i = 0; i < set->n && *all; i++) {
		if (!eval_node_text(e, set->items[i], &own))
			return false;
		*all = strcmp(own, text) == 0;
	}
	return true;
}

/* Some pair differs: not so only if all are one text. */
static bool any_different(struct eval *e, const struct xp_nodeset *a,
	const struct xp_nodeset *b, bool *found)
{
	const char *text;
	bool same_a, same_b;

	*found = false;
	if (a->n == 0 || b->n == 0)
		return true;
	if (!eval_node_text(e, a->items[0], &text) ||
	    !all_are(e, a, text, &same_a) || !all_are(e, b, text, &same_b))
		return false;
	*found = !same_a || !same_b;
	return true;
}

static bool extremes(struct eval *e, const struct xp_nodeset *set, double *low,
	double *high)
{
	double number;
	size_t i;

	*low = *high = NAN;
	for (i = 0; i < set->n; i++) {
		if (!eval_node_number(e, set->items[i], &number))
			return false;
		if (isnan(number))
			continue;
		if (isnan(*low) || number < *low)
			*low = number;
		if (isnan(*high) || number > *high)
			*high = number;
	}
	return true;
}

static bool compare_sets(struct eval *e, enum op op,
	const struct xp_nodeset *a, const struct xp_nodeset *b, bool *result)
{
	double low_a, high_a, low_b, high_b;

	if (op == OP_EQ)
		return a->n < b->n ? any_equal(e, a, b, result) :
			any_equal(e, b, a, result);
	if (op == OP_NE)
		return any_different(e, a, b, result);
	if (!extremes(e, a, &low_a, &high_a) ||
	    !extremes(e, b, &low_b, &high_b))
		return false;
	*result = op == OP_LT || op == OP_LE ?
		compare_numbers(op, low_a, high_b) :
		compare_numbers(op, high_a, low_b);
	return true;
}

static bool compare_plain(struct eval *e, enum op op, const struct xp_value *a,
	const struct xp_value *b)
{
	if (is_equality(op)) {
		if (a->type == XP_BOOLEAN || b->type == XP_BOOLEAN)
			return compare_booleans(op, xp_to_boolean(a),
				xp_to_boolean(b));
		if (a->type == XP_STRING && b->type == XP_STRING)
			return (strcmp(a->text, b->text) == 0) == (op == OP_EQ);
	}
	return compare_numbers(op, xp_to_number_in(a, e->arena, e->env),
		xp_to_number_in(b, e->arena, e->env));
}

bool values_compare(struct eval *e, const struct expr *x, enum op op,
	const struct xp_value *a, const struct xp_value *b, bool *result)
{
	static const struct xp_value blank = { .type = XP_STRING, .text = "" };
	struct xp_value boolean = { .type = XP_BOOLEAN };
	bool set_a, set_b;

	(void)x;
	if (e->env->empty_is_blank && is_equality(op)) {
		a = a->type == XP_NODESET && a->nodes.n == 0 ? &blank : a;
		b = b->type == XP_NODESET && b->nodes.n == 0 ? &blank : b;
	}
	set_a = a->type == XP_NODESET;
	set_b = b->type == XP_NODESET;
	if (set_a && set_b) {
		return compare_sets(e, op, &a->nodes, &b->nodes, result);
	} else if (set_a && b->type == XP_BOOLEAN) {
		boolean.boolean = xp_to_boolean(a);
		*result = compare_plain(e, op, &boolean, b);
	} else if (set_b && a->type == XP_BOOLEAN) {
		boolean.boolean = xp_to_boolean(b);
		*result = compare_plain(e, op, a, &boolean);
	} else if (set_a) {
		return any_node(e, op, &a->nodes, b, result);
	} else if (set_b) {
		return any_node(e, mirrored(op), &b->nodes, a, result);
	} else {
		*result = compare_plain(e, op, a, b);
	}
	return true;
}

/* --- chains of operators --- */

static bool eval_logic(struct eval *e, const struct chain *chain,
	const struct scope *s, struct xp_value *value)
{
	bool stop = chain->ops[1] == OP_OR, one = !stop;
	size_t i;

	for (i = 0; i < chain->n; i++) {
		if (!eval_boolean(e, chain->items[i], s, &one))
			return false;
		if (one == stop)
			break;
	}
	return give_boolean(value, one);
}

static bool eval_comparison(struct eval *e, const struct expr *x,
	const struct scope *s, struct xp_value *value)
{
	const struct chain *chain = &x->chain;
	struct xp_value other;
	bool result = false;
	size_t i;

	if (!eval_value(e, chain->items[0], s, value))
		return false;
	for (i = 1; i < chain->n; i++) {
		if (!eval_value(e, chain->items[i], s, &other) ||
		    !values_compare(e, x, chain->ops[i], value, &other,
		    &result))
			return false;
		give_boolean(value, result);
	}
	return true;
}

static double calculate(enum op op, double a, double b)
{
	switch (op) {
	case OP_ADD: return a + b;
	case OP_SUB: return a - b;
	case OP_MUL: return a * b;
	case OP_DIV: return a / b;
	default: return fmod(a, b);
	}
}

static bool eval_arithmetic(struct eval *e, const struct chain *chain,
	const struct scope *s, struct xp_value *value)
{
	double total, number;
	size_t i;

	if (!eval_number(e, chain->items[0], s, &total))
		return false;
	for (i = 1; i < chain->n; i++) {
		if (!eval_number(e, chain->items[i], s, &number))
			return false;
		total = calculate(chain->ops[i], total, number);
	}
	return give_number(value, total);
}

static bool eval_union(struct eval *e, const struct expr *x,
	const struct scope *s, struct xp_value *value)
{
	struct xp_nodeset all = { NULL, 0, 0, false };
	size_t i, k;

	for (i = 0; i < x->chain.n; i++) {
		if (!eval_value(e, x->chain.items[i], s, value))
			return false;
		if (value->type != XP_NODESET)
			return eval_fail(e, x->chain.items[i]->column,
				_("'|' joins sets of nodes only"));
		for (k = 0; k < value->nodes.n; k++)
			xp_nodeset_add(&all, value->nodes.items[k], e->arena);
		if (i > 0)
			xp_nodeset_sort(&all);
	}
	xp_nodeset_sort(&all);
	value->type = XP_NODESET;
	value->nodes = all;
	return true;
}

static bool eval_chain(struct eval *e, const struct expr *x,
	const struct scope *s, struct xp_value *value)
{
	switch (x->chain.ops[1]) {
	case OP_OR:
	case OP_AND:
		return eval_logic(e, &x->chain, s, value);
	case OP_EQ: case OP_NE: case OP_LT: case OP_LE: case OP_GT: case OP_GE:
		return eval_comparison(e, x, s, value);
	case OP_UNION:
		return eval_union(e, x, s, value);
	default:
		return eval_arithmetic(e, &x->chain, s, value);
	}
}

/* --- calls --- */

static bool unknown_function(struct eval *e, const struct expr *x)
{
	const char *name = x->call.name;
	const char *near = xpath_nearest_function(name);

	if (x->call.foreign_ns != NULL)
		return eval_fail(e, x->column, _("'%1$s()' is a function of "
			"'%2$s', which is not known here"), name,
			x->call.foreign_ns);
	if (near != NULL)
		return eval_fail(e, x->column, _("unknown function '%1$s()': "
			"did you mean '%2$s()'?"), name, near);
	return eval_fail(e, x->column, _("unknown function '%s()'"), name);
}

static bool eval_call(struct eval *e, const struct expr *x,
	const struct scope *s, struct xp_value *value)
{
	struct call call = { e, x, &x->call, s };

	if (x->call.function == NULL)
		return unknown_function(e, x);
	if (x->call.fault != NULL)
		return eval_fail(e, x->column, "%s", x->call.fault);
	return x->call.function->run(&call, value);
}

bool arg_value(struct call *c, size_t i, struct xp_value *value)
{
	return eval_value(c->e, c->call->args[i], c->scope, value);
}

bool arg_text(struct call *c, size_t i, const char **text)
{
	return eval_text(c->e, c->call->args[i], c->scope, text);
}

bool arg_number(struct call *c, size_t i, double *number)
{
	return eval_number(c->e, c->call->args[i], c->scope, number);
}

bool arg_boolean(struct call *c, size_t i, bool *boolean)
{
	return eval_boolean(c->e, c->call->args[i], c->scope, boolean);
}

bool arg_nodes(struct call *c, size_t i, struct xp_nodeset *nodes)
{
	struct xp_value value;

	if (!arg_value(c, i, &value))
		return false;
	if (value.type != XP_NODESET)
		return call_fail(c, _("'%s()' needs a path as argument %zu"),
			c->call->name, i + 1);
	*nodes = value.nodes;
	return true;
}

bool call_fail(struct call *c, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	err_vset(c->e->err, ERR_XPATH, format, arguments);
	va_end(arguments);
	if (c->e->err != NULL) {
		c->e->err->line = 1;
		c->e->err->column = c->expr->column;
	}
	return false;
}

bool call_unavailable(struct call *c)
{
	return call_fail(c, _("'%s()' is not available here"), c->call->name);
}

/* --- any expression --- */

static bool path_value(struct eval *e, const struct expr *x,
	const struct scope *s, struct xp_value *value)
{
	struct xp_node node;
	bool done;

	value->type = XP_NODESET;
	if (!one_node(e, x, s, &node, &done))
		return false;
	if (!done)
		return eval_path(e, x, s, &value->nodes);
	value->nodes = (struct xp_nodeset){ NULL, 0, 0, true };
	if (node.tree != NULL) {
		value->nodes.items = ARENA_NEW(e->arena, struct xp_node);
		value->nodes.items[0] = node;
		value->nodes.n = value->nodes.cap = 1;
	}
	return true;
}

bool eval_value(struct eval *e, const struct expr *x, const struct scope *s,
	struct xp_value *value)
{
	double number;

	switch (x->kind) {
	case EXPR_NUMBER:
		return give_number(value, x->number);
	case EXPR_TEXT:
		return give_text(value, x->text);
	case EXPR_CHAIN:
		return eval_chain(e, x, s, value);
	case EXPR_NEGATE:
		return eval_number(e, x->negated, s, &number) &&
			give_number(value, -number);
	case EXPR_CALL:
		return eval_call(e, x, s, value);
	case EXPR_PATH:
		return path_value(e, x, s, value);
	}
	return false;
}

/* --- the way in --- */

static const struct xp_env no_env;

static void begin(struct eval *e, struct scope *s, struct xp_context *ctx,
	struct err *err)
{
	if (ctx->steps_left == 0)
		ctx->steps_left = DEFAULT_STEPS;
	e->ctx = ctx;
	e->env = ctx->env != NULL ? ctx->env : &no_env;
	e->arena = ctx->arena;
	e->err = err;
	e->anchor = ctx->current.tree != NULL ? ctx->current : ctx->node;
	s->node = ctx->node;
	s->position = ctx->position;
	s->size = ctx->size;
}

bool xpath_eval(const struct xpath *x, struct xp_context *ctx,
	struct xp_value *value, struct err *err)
{
	struct eval e;
	struct scope s;

	begin(&e, &s, ctx, err);
	return eval_value(&e, x->top, &s, value);
}

bool xpath_eval_text(const struct xpath *x, struct xp_context *ctx,
	const char **text, struct err *err)
{
	struct eval e;
	struct scope s;

	begin(&e, &s, ctx, err);
	return eval_text(&e, x->top, &s, text);
}

bool xpath_eval_number(const struct xpath *x, struct xp_context *ctx,
	double *number, struct err *err)
{
	struct eval e;
	struct scope s;

	begin(&e, &s, ctx, err);
	return eval_number(&e, x->top, &s, number);
}

bool xpath_eval_boolean(const struct xpath *x, struct xp_context *ctx,
	bool *boolean, struct err *err)
{
	struct eval e;
	struct scope s;

	begin(&e, &s, ctx, err);
	return eval_boolean(&e, x->top, &s, boolean);
}
