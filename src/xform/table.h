/*
 * A flat list (CSV, GeoJSON, items that only hold text) as columns: one number
 * per cell, equal texts kept once.  To XPath it is the document
 *
 *	/ROOT/ITEM[...]/COLUMN
 *
 * and `[column = value]` is answered from a hash index made at first use.
 * 200,000 rows of ten columns take about 20 MB.
 */
#ifndef BAYAZ_XFORM_TABLE_H
#define BAYAZ_XFORM_TABLE_H

#include "base/csv.h"
#include "base/err.h"
#include "xform/xform.h"

struct table;

/* Names are interned by this; "" for no namespace. */
struct table *table_new(const char *ns, const char *root, const char *item);
void table_free(struct table *table);			/* NULL is fine */

/* The column of that name; made if it is not there.  False: ERR_LIMIT. */
bool table_column(struct table *table, const char *name, size_t n_bytes,
	unsigned *column, struct err *err) MUST_CHECK;
/* Begin a row; then put cells: texts[i], which holds no NUL, into columns[i].  A
 * cell never put is absent: its element is not in the row.  False: ERR_LIMIT. */
bool table_add_row(struct table *table, struct err *err) MUST_CHECK;
bool table_put(struct table *table, const unsigned *columns,
	const struct csv_cell *texts, size_t n, struct err *err) MUST_CHECK;
/* No more rows: give back what only building needed.  `rank`: xp_tree. */
void table_finish(struct table *table, unsigned rank);

const char *table_ns(const struct table *table);
const char *table_item(const struct table *table);
size_t table_n_rows(const struct table *table);
unsigned table_n_columns(const struct table *table);
const char *table_column_name(const struct table *table, unsigned column);
/* NULL: the cell is absent. */
const char *table_cell(const struct table *table, size_t row, unsigned column);
/* Bytes held. */
size_t table_size_bytes(const struct table *table);

struct xp_node table_root(const struct table *table);	/* its '/' */
/* The table behind a tree; NULL if it is of another kind. */
const struct table *table_of(const struct xp_tree *tree);

/* Read a CSV file: the first row names the columns; ';' parts cells when the
 * first line has some and no ','.  Rows may be short; a row longer than the
 * first, or a broken one, is an error with its line. */
struct table *table_from_csv(const char *bytes, size_t n_bytes,
	const char *name, struct err *err) MUST_CHECK;
/* Read GeoJSON: a FeatureCollection; each feature is an item with `geometry`
 * in ODK's text ("lat lon 0 0; ..."), its properties, and its id. */
struct table *table_from_geojson(const char *bytes, size_t n_bytes,
	const char *name, struct err *err) MUST_CHECK;
/* The children of `root` if they are a flat list: same name, text fields in
 * the same order, no attributes.  NULL: they are not. */
struct table *table_from_xml(const struct xml_node *root);
/* The same for a file, in the memory of one item; a NUL follows its bytes.
 * NULL: it is no flat list (err->code ERR_NONE), or no XML. */
struct table *table_from_xml_file(const char *bytes, size_t n_bytes,
	const char *name, struct err *err) MUST_CHECK;
/* A file of the plainest form, quickly (flatxml.c).  NULL: it is not, which says
 * nothing about whether it is right. */
struct table *table_from_flat_xml(const char *bytes, size_t n_bytes);

/* --- secondary.c --- */
void secondary_release(struct xf_secondary *s);

#endif
