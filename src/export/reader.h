/*
 * The records of a form as they are exported, one after the other in the order
 * of their names, each with the rows of its repeats in document order.  All
 * tables are read side by side, a row of each at a time: memory does not grow
 * with the store.  Only columns that may be seen are read: public ones,
 * restricted ones if they are asked for, identifying ones never (DNH-18).
 */
#ifndef BAYAZ_EXPORT_READER_H
#define BAYAZ_EXPORT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/vec.h"
#include "db/db.h"
#include "store/layout.h"
#include "store/review.h"

struct store;

struct export_options {
	bool restricted;		/* restricted columns too */
	enum review_choice review;	/* which records, by their review */
};

/* Is this column exported? */
bool export_has_column(const struct layout_column *column,
	const struct export_options *options);

struct reader_column {
	const struct layout_column *column;
	size_t index;			/* in the table's columns */
	struct db_stmt *from;		/* its cell: this column of the row */
	int at;				/* at which `from` stands */
};

/* The keys that lead the form's rows, and those of repeats. */
enum reader_key {
	KEY_RECORD, KEY_VERSION, KEY_FORM_VERSION, KEY_INSTANCE, KEY_CONFLICT,
	KEY_DATE_GIVEN, N_FORM_KEYS,
	KEY_ROW = 1, KEY_PARENT, KEY_POSITION, N_REPEAT_KEYS
};
extern const char *const reader_form_keys[N_FORM_KEYS + 1];
extern const char *const reader_repeat_keys[N_REPEAT_KEYS + 1];

struct reader_table {
	const struct layout_table *table;
	const char *name;		/* without the form's: "child"; "" */
	VEC(struct reader_column) columns;
	struct db_stmt *keys;		/* has the keys, from column 1 on */
	VEC(struct db_stmt *) parts;	/* all statements, `keys` first */
	bool has_row;			/* the next row, not taken yet: */
	int64_t record;			/* of this record */
	int64_t row, parent, position;	/* as in struct row; 0 in the form's */
};

struct reader {
	const struct layout *layout;
	struct reader_table *tables;	/* as the layout's */
	size_t n_tables;
};

/* For all tables, or only table `only` (READER_ALL).  reader_close() it,
 * whatever came out. */
enum { READER_ALL = -1 };
bool reader_open(struct reader *reader, struct store *store,
	const struct layout *layout, const struct export_options *options,
	int only, struct err *err) MUST_CHECK;
void reader_close(struct reader *reader);

/* Make the next row of a table the one at hand; has_row false: no more. */
bool reader_step(struct reader *reader, size_t table, struct err *err)
	MUST_CHECK;

/* Is the row at hand in this table a child of row `parent` (0: of the form) of
 * this record?  Rows of a repeat come in the order of their parents, so taking
 * what is a child leaves none behind. */
static inline bool reader_is_child(const struct reader *reader, size_t table,
	int64_t record, int64_t parent)
{
	const struct reader_table *t = &reader->tables[table];

	return t->has_row && t->record == record && t->parent == parent;
}

/* The next table that lies in `table`, after `after` (0: the first); 0: none. */
size_t reader_inner(const struct reader *reader, size_t table, size_t after);

/* The most rows that any one record or row has of this repeat. */
bool reader_most(struct store *store, const struct layout *layout,
	size_t table, int64_t *most, struct err *err) MUST_CHECK;

#endif
