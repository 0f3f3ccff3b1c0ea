/*
 * Rows from records.  rows_build() turns one record into rows by its form's
 * layout and hands them out; tables_... keep the current version of every
 * record in the SQL tables that layouts describe.
 */
#ifndef BAYAZ_STORE_TABLES_H
#define BAYAZ_STORE_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "store/layout.h"
#include "store/version.h"
#include "xml/xml.h"

struct store;

/* One row: values[i] is the text for columns.items[i] of the table; NULL:
 * not answered or not relevant. */
struct row {
	size_t table;			/* index in the layout's tables */
	int64_t row;			/* from 1 in the record and table */
	int64_t parent;			/* row of the table above; 0: the form's */
	int64_t position;		/* from 1 among its siblings */
	const char **values;
};
typedef bool row_sink(void *context, const struct row *row, struct err *err);

/* The rows of a table come in document order; a row comes after those of the
 * repeats inside it. */
bool rows_build(const struct layout *layout, const struct xml_doc *doc,
	row_sink *sink, void *context, struct err *err) MUST_CHECK;

/* What a text is as a number of that type; false: it stays text.  Whole
 * numbers beyond 64 bits stay text. */
bool value_to_int(const char *text, int64_t *number);
bool value_to_real(const char *text, double *number);

/* Bring layouts and SQL tables in step with the forms in the store; tables of
 * forms that changed are filled anew. */
bool tables_update_layouts(struct store *store, struct err *err) MUST_CHECK;

/* Take all of them away, for store_rebuild(). */
bool tables_drop_all(struct store *store, struct err *err) MUST_CHECK;

/* Statements prepared while rows are written. */
struct tables;
/* `shelf`: versions that need not be read again; or NULL. */
struct tables *tables_open(struct store *store,
	const struct version_shelf *shelf) RETURNS_NONNULL;
void tables_close(struct tables *tables);
/* Write the rows of a record's current version in place of what is there: of a
 * record that is not known nothing is. */
bool tables_write(struct tables *tables, int64_t record, bool known,
	struct err *err) MUST_CHECK;
/* Take them out. */
bool tables_remove(struct tables *tables, int64_t record, struct err *err)
	MUST_CHECK;

/* Attachments that the rows written name and that are not in the store: of a
 * record written twice, those of the last time. */
size_t tables_n_missing(struct tables *tables);

#endif
