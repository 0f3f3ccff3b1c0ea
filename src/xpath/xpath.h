/*
 * XPath 1.0 as ODK XForms extends it: compile once, evaluate often.
 * Source: XPath 1.0; ODK XForms, "XPath functions" and "Instance"; JavaRosa
 * where they are silent.  Nothing here knows about questions or sessions: what
 * an expression needs from above comes through struct xp_env.
 *
 * Dates are text in ISO 8601; converted to a number they are days since
 * 1970-01-01 (fractions for times), so that `. <= today() + 90` compares.
 */
#ifndef BAYAZ_XPATH_XPATH_H
#define BAYAZ_XPATH_XPATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "xpath/tree.h"

struct xpath;			/* a compiled expression */

/* --- compiling --- */

/* Prefix to namespace URI while compiling; NULL: unknown prefix.  `prefix` ""
 * asks for the namespace of unprefixed element names. */
struct xpath_names {
	const char *(*uri)(const void *data, const char *prefix);
	const void *data;
	bool any_namespace;	/* unprefixed names match by local name alone
				 * (forms: the instance's default namespace) */
};

/* Compile `text`.  The result lives in `arena`; nothing to free.  NULL on
 * failure: ERR_SYNTAX, with line 1 and the column of the token at fault.  An
 * unknown function compiles; it fails when evaluated. */
struct xpath *xpath_compile(struct arena *arena, const char *text,
	const struct xpath_names *names, struct err *err) MUST_CHECK;

const char *xpath_source(const struct xpath *x);

/* Columns count characters: the byte of `source` that a column stands at. */
size_t xpath_byte_of_column(const char *source, int column);

/* --- help for who wrote it --- */

/* The known function whose name is nearest; NULL: none is near. */
const char *xpath_nearest_function(const char *name);
/* Two lines, indented by four: the expression's line that the column is in,
 * and below it `^~~~` under the token. */
void xpath_mark(struct str *out, const char *source, int column);

/* --- what an expression reads --- */

enum xpath_ref_start { REF_PRIMARY, REF_SECONDARY };

/*
 * One path that an expression reads, resolved statically against the path of
 * its context node: absolute, without predicates.  A step is an interned local
 * name ("@name": an attribute); NULL stands for any child ('*');
 * XPATH_ANY_DEPTH for any number of levels, none too: '//name' is two steps.
 */
extern const char xpath_any_depth[];
#define XPATH_ANY_DEPTH xpath_any_depth
struct xpath_ref {
	enum xpath_ref_start start;
	const char *instance;	/* REF_SECONDARY: its id, or NULL if computed */
	const char **steps;
	size_t n_steps;
	/* So many leading steps are the very nodes that the context node lies
	 * in (the same repeat instances); below, any instance may be read. */
	size_t n_bound;
	size_t n_chosen;	/* so many steps up to the first with a condition: which of
				 * these nodes is meant, it says; 0: no condition */
	bool in_once;		/* within once(): a reference to the own node is no cycle */
	bool is_position;	/* only its position or existence is read: position(..), count(x) */
	int column;		/* in the expression, 1-based */
};

/* All of them, nested predicates included; also the path text in a literal
 * second argument of jr:choice-name().  The array lives in `arena`.
 * `context`: local names of the context node's path from the root element. */
struct xpath_ref *xpath_refs(const struct xpath *x, struct arena *arena,
	const char *const *context, size_t n_context, bool contextual,
	size_t *n_refs);

/* Names of functions it calls that do not exist; for `check`.  The i-th, with
 * its column; NULL after the last. */
const char *xpath_unknown_function(const struct xpath *x, size_t i, int *column);
/* Calls with too few or too many arguments, which fail when they are evaluated:
 * what is wrong with the i-th, as a sentence; NULL after the last. */
const char *xpath_wrong_call(const struct xpath *x, size_t i, int *column);
/* Does its value change by itself (now, today, random, uuid, position ...)? */
bool xpath_is_volatile(const struct xpath *x);
/* A constant expression such as true() or 'x' or 5. */
bool xpath_is_constant(const struct xpath *x);

/* A plain path: for targets and itemset refs.  Step i of a path made only of
 * child steps with names (and leading ../); false if it is anything else. */
struct xpath_plain_path {
	bool absolute;
	const char *instance;	/* instance('id') in front, or NULL */
	size_t n_up;		/* leading '..' */
	const char **steps;	/* interned local names */
	size_t n_steps;
	bool has_predicates;	/* they were left out of steps */
};
bool xpath_plain(const struct xpath *x, struct arena *arena,
	struct xpath_plain_path *path);

/* --- evaluating --- */

enum xp_type { XP_NODESET, XP_BOOLEAN, XP_NUMBER, XP_STRING };

struct xp_time { int64_t ms; int offset_minutes; };	/* since 1970 UTC; local = UTC + offset */

struct xp_value {
	enum xp_type type;
	bool is_date;			/* text that a date function gave */
	struct xp_time moment;		/* of is_date, with its time */
	union {
		bool boolean;
		double number;
		const char *text;
		struct xp_nodeset nodes;
	};
};

/* What an expression asks from above.  Any function may be NULL: then what
 * needs it fails with ERR_XPATH. */
struct xp_env {
	void *data;
	/* The '/' of instance('id'); false: there is none. */
	bool (*instance)(void *data, const char *id, struct xp_node *root,
		struct err *err);
	/* jr:itext('id') in the current language; NULL: no such text, and the
	 * result is "[itext:id]". */
	const char *(*itext)(void *data, const char *id, struct arena *scratch);
	/* jr:choice-name(value, path): the label; NULL: none. */
	const char *(*choice_name)(void *data, const char *value,
		struct xp_node question, struct arena *scratch);
	/* pulldata(table, column, key column, key): NULL: no such table. */
	const char *(*pulldata)(void *data, const char *table,
		const char *column, const char *key_column, const char *key,
		struct arena *scratch);
	double (*random)(void *data);		/* [0, 1) */
	struct xp_time (*now)(void *data);
	/* The zone's offset at a moment, in minutes, for dates without zone. */
	int (*zone_offset)(void *data, int64_t utc_seconds);
	/* once(x): the context node's own value as it stands. */
	const char *(*own_value)(void *data, struct xp_node node,
		struct arena *scratch);
	const char *language;			/* "en", "ur": month and day names; may be NULL */
	/* property(name): what the device or workspace knows; NULL: "". */
	const char *(*property)(void *data, const char *name,
		struct arena *scratch);
	/* Numbers of dates count from 1970-01-01 00:00 UTC, as the specification
	 * says of number(); else whole days are local days, as in JavaRosa. */
	bool utc_days;
	bool empty_is_blank;	/* '=' and '!=' take a set without nodes as '': what
				 * is not relevant equals '' (JavaRosa) */
	bool strict_one_node;	/* a set of several nodes as text is an error, as in JavaRosa */
};

struct xp_context {
	struct xp_node node;		/* the context node */
	struct xp_node current;		/* current(): the node the expression is bound to */
	size_t position, size;		/* 1-based */
	const struct xp_env *env;
	struct arena *arena;		/* results and scratch */
	unsigned long steps_left;	/* nodes that may still be visited; 0 at the
					 * start: the default of 100 million */
	unsigned depth;
};

/* Evaluate.  The value lives in ctx->arena.  False: ERR_XPATH (with the column
 * of the call or path concerned where known) or ERR_LIMIT. */
bool xpath_eval(const struct xpath *x, struct xp_context *ctx,
	struct xp_value *value, struct err *err) MUST_CHECK;

/* Evaluate and convert. */
bool xpath_eval_text(const struct xpath *x, struct xp_context *ctx,
	const char **text, struct err *err) MUST_CHECK;
bool xpath_eval_number(const struct xpath *x, struct xp_context *ctx,
	double *number, struct err *err) MUST_CHECK;
bool xpath_eval_boolean(const struct xpath *x, struct xp_context *ctx,
	bool *boolean, struct err *err) MUST_CHECK;

/* Conversions of XPath 1.0 section 3/4, with ODK's dates. */
const char *xp_to_text(const struct xp_value *v, struct arena *arena);
double xp_to_number(const struct xp_value *v, struct arena *arena);
bool xp_to_boolean(const struct xp_value *v);
/* In a record a node stands for its value: true, false or whether it is blank. */
bool xp_node_is_true(struct xp_node node);
bool xp_node_is_boolean(struct xp_node node);
double xp_text_to_number(const char *text);	/* NaN if it is none */
/* The same, with dates in the surroundings' time zone. */
double xp_to_number_in(const struct xp_value *v, struct arena *arena,
	const struct xp_env *env);
/* Milliseconds since 1970 UTC; what has no zone is local time. */
struct date_time;
int64_t xp_moment_ms(const struct date_time *t, const struct xp_env *env);
const char *xp_number_to_text(double number, struct arena *arena);
const char *xp_node_text(struct xp_node node, struct arena *scratch);

/* extract-signed() asks this whether an Ed25519 signature is good.  The library
 * that knows is above; whoever starts the program sets it.  NULL: the function
 * is not available. */
typedef bool xpath_verifier(const unsigned char key[32],
	const unsigned char signature[64], const void *message,
	size_t n_bytes);
void xpath_verify_with(xpath_verifier *verifier);

/* The names of all functions, for completion and documentation; NULL ends. */
const char *xpath_function_name(size_t i);

#endif
