/*
 * Records as CSV (RFC 4180, UTF-8, LF) in three shapes: joined, a file for the
 * form and one for each repeat; wide, a row a record, with the rows of repeats
 * beside each other; long, a row a value.  Rows are in the order of record and
 * row, so the same store gives the same bytes.
 */
#ifndef BAYAZ_EXPORT_CSV_H
#define BAYAZ_EXPORT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "export/reader.h"

struct store;

/* Joined: table `table` (index in the layout) of all current records. */
bool export_csv_table(struct store *store, const struct layout *layout,
	size_t table, const struct export_options *options, FILE *to,
	struct err *err) MUST_CHECK;

/* Joined, every version of every record, superseded ones too: to[i] is the
 * file for table i.  In the order of the versions' hashes. */
bool export_csv_versions(struct store *store, const struct layout *layout,
	const struct export_options *options, FILE *const *to,
	struct err *err) MUST_CHECK;

/* Wide.  ERR_LIMIT beyond EXPORT_WIDE_COLUMNS columns. */
enum { EXPORT_WIDE_COLUMNS = 100000 };
bool export_csv_wide(struct store *store, const struct layout *layout,
	const struct export_options *options, FILE *to, struct err *err)
	MUST_CHECK;

/* Long. */
bool export_csv_long(struct store *store, const struct layout *layout,
	const struct export_options *options, FILE *to, struct err *err)
	MUST_CHECK;

#endif
