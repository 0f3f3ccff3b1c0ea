/*
 * Evaluating, as the files of this folder share it.  Not for others.
 */
#ifndef BAYAZ_XPATH_EVAL_H
#define BAYAZ_XPATH_EVAL_H

#include "xpath/date.h"
#include "xpath/expr.h"

struct eval {
	struct xp_context *ctx;
	const struct xp_env *env;	/* never NULL */
	struct arena *arena;
	struct err *err;
	struct xp_node anchor;		/* '/' is the root of its tree */
};

/* What changes from predicate to predicate. */
struct scope {
	struct xp_node node;
	size_t position, size;		/* 0: none was given */
};

struct call {
	struct eval *e;
	const struct expr *expr;
	const struct call_expr *call;
	const struct scope *scope;
};

/* All false with `err` set.  `value` is borrowed from trees or lives in
 * e->arena. */
bool eval_value(struct eval *e, const struct expr *x, const struct scope *s,
	struct xp_value *value) MUST_CHECK;
bool eval_text(struct eval *e, const struct expr *x, const struct scope *s,
	const char **text) MUST_CHECK;
bool eval_number(struct eval *e, const struct expr *x, const struct scope *s,
	double *number) MUST_CHECK;
bool eval_boolean(struct eval *e, const struct expr *x, const struct scope *s,
	bool *boolean) MUST_CHECK;
bool eval_path(struct eval *e, const struct expr *x, const struct scope *s,
	struct xp_nodeset *nodes) MUST_CHECK;
/* A simple path that leads to at most one node: *done, and the node (tree
 * NULL: none).  Not *done: eval_path() must do it. */
bool eval_one(struct eval *e, const struct expr *x, const struct scope *s,
	struct xp_node *node, bool *done) MUST_CHECK;
bool eval_fail(struct eval *e, int column, const char *format, ...)
	PRINTF_LIKE(3, 4);
/* Count a node that is visited; ERR_LIMIT when there were too many. */
bool eval_step(struct eval *e) MUST_CHECK;

/* Count text that is worked through, 64 bytes as a node: a long one looked at
 * again and again may not take forever either. */
bool eval_text_cost(struct eval *e, const char *text) MUST_CHECK;
/* The text of a node, counted with what it is put together from. */
bool eval_node_text(struct eval *e, struct xp_node node, const char **text)
	MUST_CHECK;
bool eval_node_number(struct eval *e, struct xp_node node, double *number)
	MUST_CHECK;
/* So many nodes at once. */
bool eval_steps(struct eval *e, unsigned long n) MUST_CHECK;

/* As text or number, with env->strict_one_node regarded. */
bool value_text(struct eval *e, const struct expr *x, const struct xp_value *v,
	const char **text) MUST_CHECK;
bool value_number(struct eval *e, const struct expr *x,
	const struct xp_value *v, double *number) MUST_CHECK;

bool values_compare(struct eval *e, const struct expr *x, enum op op,
	const struct xp_value *a, const struct xp_value *b, bool *result)
	MUST_CHECK;

/* The node's tree's '/'. */
struct xp_node node_root(struct xp_node node);
static inline bool node_is_same(struct xp_node a, struct xp_node b)
{
	return a.at == b.at && a.tree == b.tree;
}
/* 1-based, among siblings of its name. */
size_t path_position(struct xp_node node);
/* Child elements one by one; ns NULL: any; local NULL: any. */
uintptr_t child_element(const struct xp_tree *tree, uintptr_t parent,
	uintptr_t after, const char *ns, const char *local);

/* --- convert.c --- */
double text_to_number(const char *text, const struct xp_env *env);
double node_number(struct xp_node node, struct arena *scratch,
	const struct xp_env *env);
int local_offset(const struct xp_env *env, int64_t utc_ms);
/* The shortest digits of |number|: 0.DIGITS times ten to the *point. */
size_t number_digits(double number, char digits[20], int *point);

/* --- arguments of a call, evaluated when asked --- */
bool arg_value(struct call *c, size_t i, struct xp_value *value) MUST_CHECK;
bool arg_text(struct call *c, size_t i, const char **text) MUST_CHECK;
bool arg_number(struct call *c, size_t i, double *number) MUST_CHECK;
bool arg_boolean(struct call *c, size_t i, bool *boolean) MUST_CHECK;
/* ERR_XPATH if it is no node-set. */
bool arg_nodes(struct call *c, size_t i, struct xp_nodeset *nodes) MUST_CHECK;
static inline size_t arg_count(const struct call *c)
{
	return c->call->n_args;
}
bool call_fail(struct call *c, const char *format, ...) PRINTF_LIKE(2, 3);
/* Needs something of the environment that is not there. */
bool call_unavailable(struct call *c);

static inline bool give_text(struct xp_value *value, const char *text)
{
	value->type = XP_STRING;
	value->is_date = false;
	value->text = text;
	return true;
}
static inline bool give_number(struct xp_value *value, double number)
{
	value->type = XP_NUMBER;
	value->number = number;
	return true;
}
static inline bool give_boolean(struct xp_value *value, bool boolean)
{
	value->type = XP_BOOLEAN;
	value->boolean = boolean;
	return true;
}

#endif
