/*
 * What an expression compares with what: for a check of types before the first
 * question.  Nothing is evaluated.
 */
#ifndef BAYAZ_XPATH_COMPARE_H
#define BAYAZ_XPATH_COMPARE_H

#include "xpath/xpath.h"

enum xpath_operand_kind {
	XPATH_OTHER,		/* nothing is known of it */
	XPATH_NUMBER, XPATH_TEXT,	/* written there */
	XPATH_DATE,		/* today(), date(), now() ... */
	XPATH_NODE,		/* a path into the primary instance */
};

struct xpath_operand {
	enum xpath_operand_kind kind;
	double number;
	const char *text;
	const char **steps;	/* XPATH_NODE: as in struct xpath_ref */
	size_t n_steps;
	int column;		/* in the expression, from 1 */
};

enum xpath_comparing {
	XPATH_EQUALS,		/* = and != */
	XPATH_ORDERS,		/* < <= > >= */
	XPATH_SELECTED,		/* selected(left, right) */
};

struct xpath_comparison {
	enum xpath_comparing how;
	struct xpath_operand left, right;
};

typedef void xpath_comparison_visit(void *data,
	const struct xpath_comparison *comparison);

/* Every comparison of two operands, in the order of the text.  `context`: as
 * for xpath_refs().  Inside predicates, relative paths are XPATH_OTHER. */
void xpath_each_comparison(const struct xpath *x, struct arena *arena,
	const char *const *context, size_t n_context,
	xpath_comparison_visit *visit, void *data);

#endif
