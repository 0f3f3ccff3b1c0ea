/*
 * What is sent to bayaz-export, the helper for XLSX, SPSS and Stata, in the
 * form that helper/feed.h describes: the variables of a table with labels in
 * one language, then its rows.  A table with more variables than the kind of
 * file takes is sent in parts, each with the record's name (and the row's
 * number) in front.
 */
#ifndef BAYAZ_EXPORT_FEED_H
#define BAYAZ_EXPORT_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/vec.h"
#include "export/reader.h"
#include "store/codebook.h"

struct store;

enum feed_kind { FEED_XLSX, FEED_SAV, FEED_DTA };

struct feed_order {
	struct store *store;
	const struct layout *layout;
	const struct codebook *book;
	const struct export_options *options;
	enum feed_kind kind;
	int language;			/* of the labels, in the book */
};

/* What a look through all rows of a table says of a column. */
struct feed_column_scan {
	size_t widest;			/* bytes of the longest text */
	bool has_odd;			/* not all are of the column's type */
	bool has_wide;			/* a whole number beyond 32 bits */
};

/* Of one table: what must be known before the first row is written. */
struct feed_scan {
	int64_t n_rows;
	struct feed_column_scan *columns;	/* as the layout's */
	struct feed_column_scan *keys;
};

/* ERR_IO ...; feed_scan_release() it, whatever came out. */
bool feed_scan(const struct feed_order *order, size_t table,
	struct feed_scan *scan, struct err *err) MUST_CHECK;
void feed_scan_release(struct feed_scan *scan);

/* In how many parts a table is sent. */
size_t feed_n_parts(const struct feed_order *order, size_t table);

/* All tables and the code book, for XLSX. */
bool feed_send_workbook(const struct feed_order *order, FILE *to,
	struct err *err) MUST_CHECK;
/* One part (from 0) of a table, for the others. */
bool feed_send_table(const struct feed_order *order, size_t table,
	size_t part, const struct feed_scan *scan, FILE *to, struct err *err)
	MUST_CHECK;

#endif
