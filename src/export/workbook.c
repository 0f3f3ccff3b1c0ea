/* For XLSX: all tables as sheets, and two sheets that explain them. */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "export/cell.h"
#include "export/feed_local.h"
#include "store/store.h"

/* Room for " (99)" behind it, where a table needs more than one sheet. */
enum { SHEET_NAME_BYTES = 26 };

struct workbook {
	const struct feed_order *order;
	struct arena *arena;
	struct map taken;		/* names of sheets, small letters */
	const char **names;		/* of each table's first */
	FILE *to;
};

/* --- names of sheets --- */

static const char *lowered(struct arena *arena, const char *name)
{
	char *copy = arena_strdup(arena, name);

	for (char *c = copy; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

static size_t fits(const char *text, size_t n_bytes)
{
	size_t n = strlen(text);

	if (n <= n_bytes)
		return n;
	for (n = n_bytes; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80;)
		n--;
	return n;
}

/* Short enough, and unlike all others: "_2" follows. */
static const char *sheet_name(struct workbook *w, const char *wanted)
{
	const char *name = arena_strndup(w->arena, wanted,
		fits(wanted, SHEET_NAME_BYTES));
	const char *key = lowered(w->arena, name);

	for (unsigned n = 2; map_has(&w->taken, key); n++) {
		name = arena_printf(w->arena, "%.*s_%u", (int)fits(wanted,
			SHEET_NAME_BYTES - 4), wanted, n);
		key = lowered(w->arena, name);
	}
	map_set(&w->taken, key, w);
	return name;
}

static void name_tables(struct workbook *w)
{
	const struct layout *layout = w->order->layout;
	size_t n = strlen(layout->tables.items[0].sheets.items[0].name);

	w->names = ARENA_ARRAY(w->arena, const char *, layout->tables.n);
	sheet_name(w, "variables");
	sheet_name(w, "choices");
	sheet_name(w, "history");	/* Excel keeps this name for itself */
	for (size_t t = 0; t < layout->tables.n; t++) {
		const char *name = layout->tables.items[t].sheets.items[0].name;

		w->names[t] = sheet_name(w, t == 0 ? name :
			name + n + strlen("__"));
	}
}

/* --- the sheets that explain --- */

static bool is_exported(const struct workbook *w, size_t t, size_t c)
{
	return export_has_column(
		&w->order->layout->tables.items[t].columns.items[c],
		w->order->options);
}

static void add_head(struct str *text, const char *name,
	const char *const *columns)
{
	str_addf(text, "table\t%s\t\t-1\n", name);
	for (size_t i = 0; columns[i] != NULL; i++)
		str_addf(text, "column\t%s\ttext\t0\t\n", columns[i]);
}

static void add_cell(struct str *text, const char *cell)
{
	if (cell == NULL || cell[0] == '\0')
		str_addc(text, '\t');
	else
		feed_add_cell(text, cell);
}

static bool send_variables(struct workbook *w, struct err *err)
{
	static const char *const columns[] = {
		"sheet", "column", "type", "label", "hint", NULL
	};
	const struct feed_order *order = w->order;
	struct str text = STR_INIT;
	bool ok;

	add_head(&text, "variables", columns);
	for (size_t t = 0; t < order->book->n_tables; t++)
		for (size_t c = 0; c < order->book->tables[t].n_columns; c++) {
			const struct codebook_column *column =
				&order->book->tables[t].columns[c];

			if (!is_exported(w, t, c))
				continue;
			str_add(&text, "row");
			add_cell(&text, w->names[t]);
			add_cell(&text, order->layout->tables.items[t].columns
				.items[c].name);
			add_cell(&text, column->type);
			add_cell(&text, feed_label(order, column->labels));
			add_cell(&text, feed_label(order, column->hints));
			str_addc(&text, '\n');
		}
	ok = export_flush(&text, w->to, err);
	str_release(&text);
	return ok;
}

static bool send_choices_of(struct workbook *w, size_t t, size_t c,
	struct str *text, struct err *err)
{
	const struct feed_order *order = w->order;
	const struct codebook_column *column =
		&order->book->tables[t].columns[c];
	bool ok = true;

	for (size_t i = 0; ok && i < column->choices.n; i++) {
		str_add(text, "row");
		add_cell(text, w->names[t]);
		add_cell(text,
			order->layout->tables.items[t].columns.items[c].name);
		add_cell(text, column->choices.items[i].value);
		add_cell(text, feed_label(order,
			column->choices.items[i].labels));
		str_addc(text, '\n');
		ok = export_flush_some(text, w->to, err);
	}
	return ok;
}

static bool send_choices(struct workbook *w, struct err *err)
{
	static const char *const columns[] = {
		"sheet", "column", "choice", "label", NULL
	};
	struct str text = STR_INIT;
	bool ok = true;

	add_head(&text, "choices", columns);
	for (size_t t = 0; ok && t < w->order->book->n_tables; t++)
		for (size_t c = 0; ok &&
				c < w->order->book->tables[t].n_columns; c++)
			if (is_exported(w, t, c))
				ok = send_choices_of(w, t, c, &text, err);
	ok = ok && export_flush(&text, w->to, err);
	str_release(&text);
	return ok;
}

/* --- all of it --- */

static bool send_tables(struct workbook *w, struct err *err)
{
	for (size_t t = 0; t < w->order->layout->tables.n; t++) {
		size_t n = feed_n_parts(w->order, t);

		for (size_t p = 0; p < n; p++)
			if (!feed_send_part(w->order, t, p, p == 0 ?
					w->names[t] :
					sheet_name(w, w->names[t]),
					NULL, w->to, err))
				return false;
	}
	return true;
}

bool feed_send_workbook(const struct feed_order *order, FILE *to,
	struct err *err)
{
	struct workbook w = { .order = order, .arena = arena_new(),
		.taken = MAP_INIT, .to = to };
	bool ok;

	name_tables(&w);
	ok = feed_send_line("bayaz-export 1\n", to, err) &&
		send_tables(&w, err) && send_variables(&w, err) &&
		send_choices(&w, err) && feed_send_line("end\n", to, err);
	map_release(&w.taken);
	arena_free(w.arena);
	return ok;
}
