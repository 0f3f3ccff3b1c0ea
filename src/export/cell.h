/*
 * Cells of rows as text: of CSV (RFC 4180, UTF-8, LF), where what a
 * spreadsheet would take for a formula is neutralised with an apostrophe
 * (DNH-20), and of JSON (RFC 8259).  Numbers of numeric columns stay numbers.
 */
#ifndef BAYAZ_EXPORT_CELL_H
#define BAYAZ_EXPORT_CELL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/str.h"
#include "db/db.h"

/* The shortest decimal that reads back as the same number. */
void export_number(double number, char text[32]);
void export_add_number(struct str *to, double number);
void export_add_int(struct str *to, int64_t number);

/* Append a cell; `is_number`: it comes from a numeric column and is one. */
void export_csv_cell(struct str *line, const char *text, bool is_number,
	bool first_in_row);
/* The same for a column of a row. */
void export_csv_column(struct str *line, struct db_stmt *row, int column,
	bool first_in_row);

/* A string of JSON, in quotes. */
void export_json_text(struct str *to, const char *text);
/* A column of a row as a value of JSON. */
void export_json_column(struct str *to, struct db_stmt *row, int column);

/* Write what was gathered, and forget it.  ERR_IO. */
bool export_flush(struct str *text, FILE *to, struct err *err) MUST_CHECK;
/* The same once it is worth a write of its own. */
bool export_flush_some(struct str *text, FILE *to, struct err *err) MUST_CHECK;

#endif
