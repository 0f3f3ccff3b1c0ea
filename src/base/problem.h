/*
 * A list of problems found in one attempt: everything wrong with a form in one
 * run, or every value a load had to change.  Source: engine protocol, section
 * 1, "Problems".
 */
#ifndef BAYAZ_BASE_PROBLEM_H
#define BAYAZ_BASE_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "base/str.h"

enum severity { SEVERITY_WARNING, SEVERITY_ERROR };

struct problem {
	enum severity severity;
	enum err_code code;
	const char *rule;	/* lint rule, like "sensitivity"; "" otherwise */
	char *file;		/* "" if none */
	int line, column;	/* 1-based; 0: unknown */
	char *ref;		/* form node or nodeset concerned, or "" */
	char *expression;	/* XPath expression concerned, or "" */
	int token;		/* where in the expression, in characters from 1; 0: unknown */
	char *message;		/* translated, no full stop */
	char *remedy;		/* what to do, a translated sentence, or "" */
};

struct problems {
	struct problem *items;
	size_t n, cap;
	size_t n_errors;
	size_t n_left_out;	/* more than MAX_PROBLEMS were found */
};

#define PROBLEMS_INIT { NULL, 0, 0, 0, 0 }

void problems_release(struct problems *problems);

/* Add one; file, ref and expression may be NULL.  `problems` may be NULL.
 * Always returns false, as err_set(). */
bool problem_add(struct problems *problems, enum severity severity,
	enum err_code code, const char *file, int line, int column,
	const char *ref, const char *expression, const char *format, ...)
	PRINTF_LIKE(9, 10);
/* Add an error as a problem, with its place. */
bool problem_add_err(struct problems *problems, enum severity severity,
	const struct err *err, const char *ref, const char *expression);

/* About the problem added last: the token at fault, what to do.  `problems` may
 * be NULL. */
void problem_mark(struct problems *problems, int token);
void problem_remedy(struct problems *problems, const char *format, ...)
	PRINTF_LIKE(2, 3);

/* In the order of their places, those without one last. */
void problems_sort(struct problems *problems);

/* The first error as a `struct err`; false. */
bool problems_first_error(const struct problems *problems, struct err *err);

/* Append "FILE:LINE:COLUMN: error: MESSAGE", masked, without a line break. */
void problem_line(const struct problem *p, struct str *to);

/* One line each: FILE:LINE:COLUMN: error: MESSAGE, control characters masked. */
void problems_print(const struct problems *problems, FILE *to);

#endif
