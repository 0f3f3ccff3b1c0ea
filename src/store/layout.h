/*
 * How the records of a form lie in tables: a table for the form and one for
 * each repeat; in each, the columns that anyone may see in one sheet (an SQL
 * table), the restricted and the identifying ones in sheets apart, and at most
 * 1,500 columns to a sheet.  A layout covers all versions of its form, and is
 * a pure function of the forms in the store: never of the order they came in.
 * The rules for names are in bayaz-store(5), "Tables".
 */
#ifndef BAYAZ_STORE_LAYOUT_H
#define BAYAZ_STORE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "base/vec.h"

struct store;
struct xform;

enum { LAYOUT_SHEET_COLUMNS = 1500 };

enum layout_type { LAYOUT_TEXT, LAYOUT_INT, LAYOUT_REAL };

enum layout_class { LAYOUT_PUBLIC, LAYOUT_RESTRICTED, LAYOUT_IDENTIFYING };

struct layout_column {
	const char *name;		/* of the SQL column */
	enum layout_type type;
	enum layout_class class_;
	bool is_binary;			/* names an attachment */
	size_t sheet;			/* index in the table's sheets */
	VEC(const char *) paths;	/* below the root: "farm/land_area" */
};

struct layout_sheet {
	const char *name;		/* of the SQL table */
	enum layout_class class_;
	VEC(size_t) columns;		/* indexes in the table's columns */
};

struct layout_table {
	const char *path;		/* of the repeat; "" for the form */
	int parent;			/* index of the table above; -1 */
	VEC(struct layout_column) columns;
	VEC(struct layout_sheet) sheets;	/* the first is public */
};

/* What an element of a record is. */
struct layout_node {
	struct map children;		/* local name -> struct layout_node */
	int table;			/* opens a row of this table; -1 */
	int column;			/* of the table around it; -1 */
};

struct layout {
	struct arena *arena;
	const char *form;
	const char *base;		/* "bz_household" */
	bool is_protected;		/* has no tables */
	bool is_untagged;		/* no version has a bayaz:class */
	VEC(struct layout_table) tables;	/* the form's first; parents first */
	struct layout_node *root;
};

/* From the versions of a form, newest first (their ids are the same). */
struct layout *layout_new(const char *base,
	const struct xform *const *versions, size_t n_versions) RETURNS_NONNULL;
void layout_free(struct layout *layout);		/* NULL is fine */

/* As the store keeps it: one line of JSON; free() it.  And back. */
char *layout_print(const struct layout *layout) RETURNS_NONNULL;
struct layout *layout_parse(const char *form, const char *json,
	struct err *err) MUST_CHECK;

/* That of a form as it is kept; NULL: ERR_NOTFOUND if there is none. */
struct layout *layout_load(struct store *store, const char *form,
	struct err *err) MUST_CHECK;

#endif
