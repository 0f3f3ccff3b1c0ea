#include "config.h"

#include "helper/feed.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/utf8.h"
#include "xpath/date.h"

struct reading {
	FILE *from;
	char *line;
	size_t line_size;
	int number;			/* of the line */
	VEC(char *) fields;
	VEC(struct feed_cell) cells;
	struct feed_table table;
	bool in_table, has_begun;
	const struct feed_writer *writer;
	void *data;
};

static bool broken(struct reading *r, struct err *err)
{
	err_set(err, ERR_SPEC, _("line %d of the input is not as it must be"),
		r->number);
	return false;
}

/* --- lines --- */

/* In place; what it says is never longer. */
static bool unescape(char *field)
{
	char *to = field;

	for (const char *c = field; *c != '\0'; c++) {
		if (*c != '\\') {
			*to++ = *c;
			continue;
		}
		switch (*++c) {
		case 't': *to++ = '\t'; break;
		case 'n': *to++ = '\n'; break;
		case 'r': *to++ = '\r'; break;
		case '\\': *to++ = '\\'; break;
		default: return false;
		}
	}
	*to = '\0';
	return true;
}

static bool read_line(struct reading *r, struct err *err)
{
	ssize_t n = getline(&r->line, &r->line_size, r->from);
	char *at = r->line;

	r->number++;
	if (n <= 1 || r->line[n - 1] != '\n' || strlen(r->line) != (size_t)n)
		return broken(r, err);
	r->line[n - 1] = '\0';
	if (!utf8_is_valid(r->line, (size_t)n - 1))
		return broken(r, err);
	r->fields.n = 0;
	for (;;) {
		char *tab = strchr(at, '\t');

		if (tab != NULL)
			*tab = '\0';
		vec_push(&r->fields, at);
		if (!unescape(at))
			return broken(r, err);
		if (tab == NULL)
			return true;
		at = tab + 1;
	}
}

static bool read_int(const char *text, int64_t *number)
{
	char *end;

	*number = strtoll(text, &end, 10);
	return *text != '\0' && *end == '\0';
}

/* --- the head of a table --- */

static void release_table(struct feed_table *table)
{
	for (size_t i = 0; i < table->columns.n; i++)
		vec_release(&table->columns.items[i].choices);
	vec_release(&table->columns);
	arena_free(table->arena);
	*table = (struct feed_table){ 0 };
}

static bool begin_rows(struct reading *r, struct err *err)
{
	r->has_begun = true;
	return r->writer->begin(r->data, &r->table, err);
}

static bool end_table(struct reading *r, struct err *err)
{
	bool ok = !r->in_table || ((r->has_begun || begin_rows(r, err)) &&
		r->writer->end(r->data, &r->table, err));

	release_table(&r->table);
	r->in_table = r->has_begun = false;
	return ok;
}

static bool take_table(struct reading *r, struct err *err)
{
	if (!end_table(r, err))
		return false;
	r->table.arena = arena_new();
	r->in_table = true;
	if (r->fields.n != 4 ||
			!read_int(r->fields.items[3], &r->table.n_rows))
		return broken(r, err);
	r->table.name = arena_strdup(r->table.arena, r->fields.items[1]);
	r->table.label = arena_strdup(r->table.arena, r->fields.items[2]);
	return true;
}

static bool take_column(struct reading *r, struct err *err)
{
	static const char *const types[] = {
		"text", "number", "integer", "date", "moment"
	};
	struct feed_column column = { .type = FEED_N_TYPES };
	int64_t width;

	if (r->has_begun || r->fields.n != 5 ||
			!read_int(r->fields.items[3], &width) || width < 0)
		return broken(r, err);
	for (int i = 0; i < FEED_N_TYPES; i++)
		if (strcmp(types[i], r->fields.items[2]) == 0)
			column.type = (enum feed_type)i;
	if (column.type == FEED_N_TYPES)
		return broken(r, err);
	column.width_bytes = (size_t)width;
	column.name = arena_strdup(r->table.arena, r->fields.items[1]);
	column.label = arena_strdup(r->table.arena, r->fields.items[4]);
	vec_push(&r->table.columns, column);
	return true;
}

static bool take_choice(struct reading *r, struct err *err)
{
	struct feed_column *column;
	struct feed_choice choice;
	int64_t code;

	if (r->has_begun || r->fields.n != 3 || r->table.columns.n == 0 ||
			!read_int(r->fields.items[1], &code) ||
			code > INT32_MAX || code < INT32_MIN)
		return broken(r, err);
	column = &r->table.columns.items[r->table.columns.n - 1];
	choice.code = (int32_t)code;
	choice.label = arena_strdup(r->table.arena, r->fields.items[2]);
	vec_push(&column->choices, choice);
	return true;
}

/* --- rows --- */

static bool read_moment(struct feed_cell *cell)
{
	struct date_time t;

	if (!date_parse(cell->text, &t) || !t.has_date)
		return false;
	cell->number = (double)date_to_days(t.date);
	if (cell->kind == 'm')
		cell->number = cell->number * 86400 + t.clock.hour * 3600 +
			t.clock.minute * 60 + t.clock.second;
	return true;
}

static bool read_cell(const char *field, struct feed_cell *cell)
{
	char *end;

	*cell = (struct feed_cell){ field[0],
		field + (field[0] != '\0'), 0 };
	switch (cell->kind) {
	case '\0':
	case 's':
		return true;
	case 'n':
		cell->number = strtod(cell->text, &end);
		return cell->text[0] != '\0' && *end == '\0';
	case 'd':
	case 'm':
		return read_moment(cell);
	default:
		return false;
	}
}

static bool take_row(struct reading *r, struct err *err)
{
	if (r->fields.n != r->table.columns.n + 1)
		return broken(r, err);
	if (!r->has_begun && !begin_rows(r, err))
		return false;
	r->cells.n = 0;
	for (size_t i = 1; i < r->fields.n; i++) {
		struct feed_cell cell;

		if (!read_cell(r->fields.items[i], &cell))
			return broken(r, err);
		vec_push(&r->cells, cell);
	}
	return r->writer->row(r->data, &r->table, r->cells.items, err);
}

/* --- all of it --- */

static bool take_line(struct reading *r, struct err *err)
{
	const char *word = r->fields.items[0];

	if (r->in_table && strcmp(word, "row") == 0)
		return take_row(r, err);
	if (strcmp(word, "table") == 0)
		return take_table(r, err);
	if (r->in_table && strcmp(word, "column") == 0)
		return take_column(r, err);
	if (r->in_table && strcmp(word, "choice") == 0)
		return take_choice(r, err);
	return broken(r, err);
}

bool feed_read(FILE *from, const struct feed_writer *writer, void *data,
	struct err *err)
{
	struct reading r = { .from = from, .writer = writer, .data = data };
	bool ok = read_line(&r, err) &&
		(strcmp(r.fields.items[0], FEED_HEAD) == 0 ||
		broken(&r, err)), done = false;

	while (ok && !done) {
		ok = read_line(&r, err);
		done = ok && strcmp(r.fields.items[0], "end") == 0;
		if (ok && !done)
			ok = take_line(&r, err);
	}
	ok = ok && end_table(&r, err);
	release_table(&r.table);
	vec_release(&r.fields);
	vec_release(&r.cells);
	free(r.line);
	return ok;
}

size_t feed_fits(const char *text, size_t n_bytes)
{
	size_t n = strnlen(text, n_bytes + 1);

	if (n <= n_bytes)
		return n;
	n = n_bytes;
	while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
		n--;
	return n;
}
