/* Wide CSV: a row a record; the rows of repeats stand beside each other. */
#include "config.h"

#include <string.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/gettext.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "export/cell.h"
#include "export/csv.h"

struct wide {
	struct reader reader;
	int64_t *most;			/* rows of each table, in one parent */
	int64_t *width;			/* columns of one row and all in it */
	struct arena *arena;
	struct map taken;		/* names of columns */
	struct str text;
};

/* --- how wide --- */

static bool measure(struct wide *w, struct store *store, size_t t,
	struct err *err)
{
	int64_t width = (int64_t)w->reader.tables[t].columns.n;

	for (size_t c = 0; (c = reader_inner(&w->reader, t, c)) > 0;) {
		if (!reader_most(store, w->reader.layout, c, &w->most[c], err) ||
				!measure(w, store, c, err))
			return false;
		if (w->width[c] > 0 && w->most[c] > EXPORT_WIDE_COLUMNS /
				w->width[c])
			width = EXPORT_WIDE_COLUMNS + 1;
		else
			width += w->most[c] * w->width[c];
		if (width > EXPORT_WIDE_COLUMNS)
			return err_set(err, ERR_LIMIT, _("the wide table "
				"would have more than %d columns; take "
				"--shape joined or --shape long"),
				EXPORT_WIDE_COLUMNS);
	}
	w->width[t] = width;
	return true;
}

/* --- the header --- */

/* A question may be called what a row of a repeat is called: "_2" follows. */
static void add_name(struct wide *w, const char *name)
{
	const char *unique = arena_strdup(w->arena, name);

	for (unsigned n = 2; map_has(&w->taken, unique); n++)
		unique = arena_printf(w->arena, "%s_%u", name, n);
	map_set(&w->taken, unique, w);
	csv_add_cell(&w->text, unique, w->taken.n == 1);
}

static void add_names(struct wide *w, size_t t, const char *before)
{
	const struct reader_table *table = &w->reader.tables[t];

	for (size_t i = 0; i < table->columns.n; i++)
		add_name(w, arena_printf(w->arena, "%s%s", before,
			table->columns.items[i].column->name));
	for (size_t c = 0; (c = reader_inner(&w->reader, t, c)) > 0;)
		for (int64_t k = 1; w->width[c] > 0 && k <= w->most[c]; k++)
			add_names(w, c, arena_printf(w->arena, "%s%s_%d_",
				before, w->reader.tables[c].name, (int)k));
}

static void add_header(struct wide *w)
{
	for (size_t i = 0; i < N_FORM_KEYS; i++)
		add_name(w, reader_form_keys[i]);
	add_names(w, 0, "");
	str_addc(&w->text, '\n');
}

/* --- rows --- */

static void add_nothing(struct wide *w, int64_t n_cells)
{
	for (int64_t i = 0; i < n_cells; i++)
		str_addc(&w->text, ',');
}

/* The row at hand, which is taken, and all that lies in it. */
static bool add_row(struct wide *w, size_t t, struct err *err)
{
	const struct reader_table *table = &w->reader.tables[t];
	int64_t record = table->record, row = t > 0 ? table->row : 0;

	for (size_t i = 0; i < table->columns.n; i++)
		export_csv_column(&w->text, table->columns.items[i].from,
			table->columns.items[i].at, false);
	if (!reader_step(&w->reader, t, err))
		return false;
	for (size_t c = 0; (c = reader_inner(&w->reader, t, c)) > 0;)
		for (int64_t k = 1; k <= w->most[c]; k++) {
			if (!reader_is_child(&w->reader, c, record, row))
				add_nothing(w, w->width[c]);
			else if (!add_row(w, c, err))
				return false;
		}
	return true;
}

static bool write_all(struct wide *w, FILE *to, struct err *err)
{
	const struct reader_table *form = &w->reader.tables[0];
	bool ok = true;

	add_header(w);
	while (ok && form->has_row) {
		for (int i = 0; i < (int)N_FORM_KEYS; i++)
			export_csv_column(&w->text, form->keys, 1 + i, i == 0);
		ok = add_row(w, 0, err);
		str_addc(&w->text, '\n');
		ok = ok && export_flush_some(&w->text, to, err);
	}
	return ok && export_flush(&w->text, to, err);
}

bool export_csv_wide(struct store *store, const struct layout *layout,
	const struct export_options *options, FILE *to, struct err *err)
{
	struct wide w = { .arena = arena_new(), .taken = MAP_INIT,
		.text = STR_INIT };
	bool ok;

	w.most = ARENA_ARRAY(w.arena, int64_t, layout->tables.n);
	w.width = ARENA_ARRAY(w.arena, int64_t, layout->tables.n);
	ok = reader_open(&w.reader, store, layout, options, READER_ALL, err) &&
		measure(&w, store, 0, err) && write_all(&w, to, err);
	reader_close(&w.reader);
	str_release(&w.text);
	map_release(&w.taken);
	arena_free(w.arena);
	return ok;
}
