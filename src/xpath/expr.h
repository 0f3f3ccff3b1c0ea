/*
 * Compiled expressions, as the files of this folder share them.  Others
 * use xpath/xpath.h, but for author/words.c, which says conditions in words.
 */
#ifndef BAYAZ_XPATH_EXPR_H
#define BAYAZ_XPATH_EXPR_H

#include "xpath/xpath.h"

/* Parentheses, arguments and predicates inside each other. */
enum { XPATH_MAX_DEPTH = 200 };

enum op {
	OP_OR, OP_AND, OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE,
	OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_MOD, OP_UNION
};

enum expr_kind {
	EXPR_NUMBER, EXPR_TEXT, EXPR_CHAIN, EXPR_NEGATE, EXPR_CALL, EXPR_PATH
};

enum path_start { START_CONTEXT, START_ROOT, START_CURRENT, START_EXPR };

enum axis {
	AXIS_ANCESTOR, AXIS_ANCESTOR_OR_SELF, AXIS_ATTRIBUTE, AXIS_CHILD,
	AXIS_DESCENDANT, AXIS_DESCENDANT_OR_SELF, AXIS_FOLLOWING,
	AXIS_FOLLOWING_SIBLING, AXIS_NAMESPACE, AXIS_PARENT, AXIS_PRECEDING,
	AXIS_PRECEDING_SIBLING, AXIS_SELF
};

enum test { TEST_NAME, TEST_NODE, TEST_TEXT, TEST_COMMENT, TEST_PI };

/* What the value of an expression depends on, beside the nodes it reads. */
enum {
	DEP_CONTEXT = 1,	/* the context node */
	DEP_ROOT = 2,		/* '/': in repeats, the context node too */
	DEP_POSITION = 4,
	DEP_LAST = 8,
	DEP_VOLATILE = 16,	/* clock, chance */
	DEP_NODES = 32,		/* some node at all */
};

/* How a predicate can be answered without trying node by node. */
enum predicate_kind { PREDICATE_GENERAL, PREDICATE_INDEX, PREDICATE_LOOKUP };

struct predicate {
	struct expr *expr;
	enum predicate_kind kind;
	struct expr *value;	/* INDEX: the number; LOOKUP: the other side */
	const char *key;	/* LOOKUP: name of the child */
};

struct step {
	enum axis axis;
	enum test test;
	const char *ns;		/* TEST_NAME: interned; NULL: any */
	const char *local;	/* TEST_NAME: interned; NULL: any; TEST_PI: target or NULL */
	struct predicate *predicates;
	size_t n_predicates;
	bool is_positional;	/* a predicate asks for the position */
	int column;
};

struct expr;
struct function;

struct chain { struct expr **items; enum op *ops; size_t n; };
struct path {
	enum path_start start;
	struct expr *filter;		/* START_EXPR */
	struct predicate *predicates;	/* of the filter */
	size_t n_predicates;
	struct step *steps;
	size_t n_steps;
	bool simple;	/* only self, parent and child names, no predicates */
};
struct call_expr {
	const struct function *function;	/* NULL: unknown */
	const char *name;
	const char *foreign_ns;	/* unknown: what its prefix is bound to, or NULL */
	const char *fault;	/* wrong number of arguments: what to say, or NULL */
	struct expr **args;
	size_t n_args;
	struct expr *path;	/* jr:choice-name: its path, read from a literal */
	void *regex;		/* regex(): the compiled literal pattern, or NULL */
};

struct expr {
	enum expr_kind kind;
	int column;		/* in characters, 1-based */
	unsigned deps;
	union {
		double number;
		const char *text;
		struct chain chain;	/* ops[i] stands before items[i], i > 0 */
		struct expr *negated;
		struct call_expr call;
		struct path path;
	};
};

struct xpath {
	const char *source;
	struct expr *top;
	struct expr **unknown;		/* calls of functions that do not exist */
	size_t n_unknown;
	struct expr **wrong;		/* calls with a fault */
	size_t n_wrong;
};

/* --- functions --- */

struct call;
typedef bool xpath_function(struct call *call, struct xp_value *value);

/* What a function depends on by itself is given as DEP_ flags. */
enum {
	FN_NODE_IF_EMPTY = 256,	/* without arguments: the context node */
	FN_POSITION_IF_EMPTY = 512,
	FN_VOLATILE_IF_ONE = 1024,	/* randomize() without seed */
	FN_BOOLEAN = 2048,	/* gives a boolean */
	FN_NUMBER = 4096,	/* gives a number */
	FN_ODD_ARGS = 8192, FN_EVEN_ARGS = 16384,
};
enum { ANY_ARGS = 100000 };
struct function {
	const char *name;
	size_t min_args, max_args;
	xpath_function *run;
	unsigned flags;
};
const struct function *function_find(const char *name, size_t n_bytes);

/* Parse a text by itself into an expression, as xpath_compile() does. */
struct expr *parse_inner(struct arena *arena, const char *text,
	const struct xpath_names *names, struct err *err);

void *regex_compile(const char *pattern, struct arena *arena, struct err *err);

/* A path that is exactly current(), instance('x') ... : the call it starts
 * with, if its name is `name`; else NULL. */
const struct call_expr *expr_call_named(const struct expr *expr,
	const char *name);

#endif
