/*
 * What bayaz-export reads: tables with labels, as lines of fields between tabs.
 * In a field "\t", "\n", "\r" and "\\" stand for these characters; text is
 * UTF-8.  The first line is "bayaz-export 1".  Then for each table, in this
 * order:
 *
 *	table NAME LABEL ROWS		ROWS: how many come; -1: not known
 *	column NAME TYPE WIDTH LABEL	any number; WIDTH: bytes of the longest text
 *	choice CODE LABEL		of the column before: a number's meaning
 *	row CELL...			as many cells as columns, any number of rows
 *
 * and at last "end".  TYPE is text, number, integer (of 32 bits), date or
 * moment.  A cell is empty (missing), or begins with a letter: s for text, n a
 * decimal number, d a date (2026-03-01), m a moment (2026-03-01T10:30:00).
 */
#ifndef BAYAZ_HELPER_FEED_H
#define BAYAZ_HELPER_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

#define FEED_HEAD "bayaz-export 1"

enum feed_type {
	FEED_TEXT, FEED_NUMBER, FEED_INTEGER, FEED_DATE, FEED_MOMENT,
	FEED_N_TYPES
};

struct feed_choice { int32_t code; const char *label; };

struct feed_column {
	const char *name, *label;
	enum feed_type type;
	size_t width_bytes;
	VEC(struct feed_choice) choices;
	int64_t n_cut;			/* for writers: texts that were too long */
};

struct feed_table {
	struct arena *arena;
	const char *name, *label;
	int64_t n_rows;
	VEC(struct feed_column) columns;
};

/* Number of a cell: of 'n' itself, of 'd' days, of 'm' seconds since 1970. */
struct feed_cell { char kind; const char *text; double number; };

/* What makes a file of it.  Each returns false with err set. */
struct feed_writer {
	bool (*begin)(void *data, struct feed_table *table, struct err *err);
	bool (*row)(void *data, struct feed_table *table,
		const struct feed_cell *cells, struct err *err);
	bool (*end)(void *data, struct feed_table *table, struct err *err);
};

/* Read all of it.  ERR_SPEC with the line, if it is not as said above or ends
 * before its end. */
bool feed_read(FILE *from, const struct feed_writer *writer, void *data,
	struct err *err) MUST_CHECK;

/* How much of a text fits into so many bytes without cutting a character. */
size_t feed_fits(const char *text, size_t n_bytes);

#endif
