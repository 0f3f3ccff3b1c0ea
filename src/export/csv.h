/*
 * Records as CSV (RFC 4180, UTF-8, LF): a file for the form and one for each
 * repeat.  Only public columns, unless restricted ones are asked for;
 * identifying ones never (DNH-18).  Cells that a spreadsheet would take for a
 * formula are neutralised with an apostrophe (DNH-20); numbers of numeric
 * columns stay numbers.  Rows are in the order of record and row, so the same
 * store gives the same bytes.
 */
#ifndef BAYAZ_EXPORT_CSV_H
#define BAYAZ_EXPORT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "base/str.h"
#include "store/layout.h"

struct store;

struct export_options {
	bool restricted;		/* restricted columns too */
};

/* Write table `table` (index in the layout) of all current records. */
bool export_csv_table(struct store *store, const struct layout *layout,
	size_t table, const struct export_options *options, FILE *to,
	struct err *err) MUST_CHECK;

/* Every version of every record, superseded ones too: to[i] is the file for
 * table i.  In the order of the versions' hashes. */
bool export_csv_versions(struct store *store, const struct layout *layout,
	const struct export_options *options, FILE *const *to,
	struct err *err) MUST_CHECK;

/* Is this column exported? */
bool export_has_column(const struct layout_column *column,
	const struct export_options *options);

/* Append a cell; `is_number`: it comes from a numeric column and is one. */
void export_csv_cell(struct str *line, const char *text, bool is_number,
	bool first_in_row);
/* The shortest decimal that reads back as the same number. */
void export_number(double number, char text[32]);

#endif
