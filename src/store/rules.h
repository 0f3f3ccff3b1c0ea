/*
 * What a merge looks for in records: rules that a coordinator declares in a
 * file (bayaz-findings(1), "RULES").  The text of the file is a statement like
 * others, so it travels from store to store; the rules of all statements in
 * force hold together.
 */
#ifndef BAYAZ_STORE_RULES_H
#define BAYAZ_STORE_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/likeness.h"
#include "base/vec.h"

struct layout;
struct store;

enum { RULES_MAX_BYTES = 64 << 10 };

enum rule_kind { RULE_OUTLIER, RULE_MISSING, RULE_DUPLICATE, RULE_CONSTRAINTS };

struct rule_key { const char *column; enum likeness likeness; };

/* Columns are named as in the form's table, those of a repeat as
 * "child.age". */
struct rule {
	enum rule_kind kind;
	const char *name, *form;
	const char *column;		/* outlier, missing */
	const char *by;			/* NULL: all together */
	const char *where, *is;		/* NULL: all records */
	double factor;			/* outlier: of the middle half's width */
	int most;			/* missing: percent */
	VEC(struct rule_key) keys;	/* duplicate */
};

struct rules {
	struct arena *arena;
	VEC(struct rule) list;
};

/* ERR_SYNTAX with the line.  rules_release() it, whatever came out. */
void rules_init(struct rules *rules);
bool rules_parse(struct rules *rules, const char *text, size_t n_bytes,
	struct err *err) MUST_CHECK;
void rules_release(struct rules *rules);

/* Add those in force.  Of one name and form the one of the statement of
 * highest SHA-256 holds. */
bool rules_in_force(struct store *store, struct rules *rules,
	struct err *err) MUST_CHECK;

/* Where a column stands. */
struct rule_place { size_t table, column; };
/* Where the columns of a rule stand; `by` and `where` are in the form's own
 * table.  False: ERR_NOTFOUND or ERR_REFUSED say why the rule does not run. */
struct rule_places {
	struct rule_place column, by, where;
	VEC(struct rule_place) keys;
};
bool rule_find(const struct rule *rule, const struct layout *layout,
	struct rule_places *places, struct err *err) MUST_CHECK;
void rule_places_release(struct rule_places *places);

const char *rule_kind_name(enum rule_kind kind);

#endif
