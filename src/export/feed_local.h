/* Shared by feed.c (what is sent), feed_row.c (its rows) and workbook.c. */
#ifndef BAYAZ_EXPORT_FEED_LOCAL_H
#define BAYAZ_EXPORT_FEED_LOCAL_H

#include "base/arena.h"
#include "base/map.h"
#include "base/str.h"
#include "export/feed.h"
#include "export/variables.h"

enum cell_type {			/* types of helper/feed.h */
	CELL_TEXT, CELL_NUMBER, CELL_INTEGER, CELL_DATE, CELL_MOMENT
};

/* Choices of a column by their value. */
struct feed_choices {
	struct map by_value;		/* value -> its index + 1 */
	int64_t *seen;			/* [choice]: last row that has it */
	int64_t row;			/* the row `seen` was made for */
};

/* A variable as it is sent. */
struct feed_variable {
	const struct variable *variable;
	const struct codebook_column *in_book;	/* NULL: a key */
	const struct reader_column *from;	/* NULL: a key */
	enum cell_type type;
	struct feed_choices *choices;	/* shared by a column's; or NULL */
};

struct feed_table_plan {
	const struct feed_order *order;
	size_t table;
	struct arena *arena;
	struct variables variables;
	VEC(struct feed_variable) sent;
	int64_t row;			/* from 1 */
};

/* The type of a column by itself; with a scan, what all its cells can be. */
enum cell_type feed_type_of(const struct feed_order *order,
	const struct layout_column *column,
	const struct codebook_column *in_book,
	const struct feed_column_scan *scan);

/* Append "\t" and the text escaped. */
void feed_add_field(struct str *line, const char *text);
/* The same as a cell of text. */
void feed_add_cell(struct str *line, const char *text);
/* Append the row at hand: "row", the cells. */
void feed_add_row(struct feed_table_plan *plan, struct db_stmt *keys,
	struct str *line);

/* The label in the language that was ordered, else in any; "" if none. */
const char *feed_label(const struct feed_order *order, const char **labels)
	RETURNS_NONNULL;

bool feed_send_line(const char *line, FILE *to, struct err *err) MUST_CHECK;
bool feed_send_part(const struct feed_order *order, size_t table, size_t part,
	const char *name, const struct feed_scan *scan, FILE *to,
	struct err *err) MUST_CHECK;

/* Is this a date, or date and time, that is sent as one? */
bool feed_is_moment(enum cell_type type, const char *text);

#endif
