/*
 * Comma-separated values as RFC 4180 has them: quoted cells may hold commas,
 * quotes (doubled) and line breaks; lines end with LF, CR or CRLF; a leading
 * byte order mark is passed over.
 */
#ifndef BAYAZ_BASE_CSV_H
#define BAYAZ_BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct csv_cell { const char *text; size_t len; };	/* borrowed from the reader */

struct csv {			/* a reader over bytes the caller keeps */
	const char *at, *end;
	int line;		/* where the last row began, 1-based */
	int next_line;
	char delimiter;		/* ',' */
	bool is_utf8;		/* the caller knows that the bytes are */
	struct csv_cell *cells;	/* of the last row read */
	size_t n_cells, cap;
	struct str scratch;	/* unquoted text of the last row */
};

void csv_init(struct csv *csv, const char *bytes, size_t n_bytes);
void csv_release(struct csv *csv);

/* Read the next row into cells; false at the end (err->code is ERR_NONE) or
 * for a broken row: ERR_SYNTAX with line and column.  Empty lines are passed
 * over. */
bool csv_next(struct csv *csv, struct err *err) MUST_CHECK;

/* Append one cell, quoted where it must be. */
void csv_add_cell(struct str *to, const char *text, bool first_in_row);

#endif
