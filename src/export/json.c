#include "config.h"

#include "export/json.h"

#include "base/map.h"
#include "export/cell.h"
#include "export/object.h"

/* --- objects --- */

/* Unlike any column beside it: "child", else "child_2". */
static const char *array_name(struct object_writer *w, size_t t)
{
	const struct layout_table *parent =
		&w->reader.layout->tables.items[w->reader.tables[t].table->parent];
	const char *wanted = w->reader.tables[t].name, *name = wanted;
	struct map taken = MAP_INIT;

	for (size_t i = 0; i < parent->columns.n; i++)
		map_set(&taken, parent->columns.items[i].name, w);
	for (unsigned n = 2; map_has(&taken, name); n++)
		name = arena_printf(w->arena, "%s_%u", wanted, n);
	map_release(&taken);
	return name;
}

bool object_open(struct object_writer *w, struct store *store,
	const struct layout *layout, const struct export_options *options,
	struct err *err)
{
	bool ok = reader_open(&w->reader, store, layout, options, READER_ALL,
		err);

	w->arena = arena_new();
	w->names = ARENA_ARRAY(w->arena, const char *, layout->tables.n);
	for (size_t t = 1; t < w->reader.n_tables; t++)
		w->names[t] = array_name(w, t);
	return ok;
}

void object_close(struct object_writer *w)
{
	reader_close(&w->reader);
	arena_free(w->arena);
}

static void add_key(struct str *text, const char *name)
{
	if (text->data[text->len - 1] != '{')
		str_addc(text, ',');
	export_json_text(text, name);
	str_addc(text, ':');
}

static void add_columns(struct str *text, const struct reader_table *table)
{
	for (size_t i = 0; i < table->columns.n; i++) {
		const struct reader_column *column = &table->columns.items[i];

		if (db_is_null(column->from, column->at))
			continue;
		add_key(text, column->column->name);
		export_json_column(text, column->from, column->at);
	}
}

static bool add_inner(struct object_writer *w, struct str *text, size_t t,
	int64_t record, int64_t row, struct err *err);

/* What is in the row at hand, which is taken. */
static bool add_row(struct object_writer *w, struct str *text, size_t t,
	struct err *err)
{
	const struct reader_table *table = &w->reader.tables[t];
	int64_t record = table->record, row = t > 0 ? table->row : 0;

	add_columns(text, table);
	if (!reader_step(&w->reader, t, err))
		return false;
	return add_inner(w, text, t, record, row, err);
}

static bool add_array(struct object_writer *w, struct str *text, size_t t,
	int64_t record, int64_t parent, struct err *err)
{
	bool ok = true;

	add_key(text, w->names[t]);
	str_addc(text, '[');
	while (ok && reader_is_child(&w->reader, t, record, parent)) {
		if (text->data[text->len - 1] != '[')
			str_addc(text, ',');
		str_addc(text, '{');
		ok = add_row(w, text, t, err);
		str_addc(text, '}');
	}
	str_addc(text, ']');
	return ok;
}

static bool add_inner(struct object_writer *w, struct str *text, size_t t,
	int64_t record, int64_t row, struct err *err)
{
	for (size_t c = 0; (c = reader_inner(&w->reader, t, c)) > 0;)
		if (reader_is_child(&w->reader, c, record, row) &&
				!add_array(w, text, c, record, row, err))
			return false;
	return true;
}

bool object_add_record(struct object_writer *w, struct str *text,
	struct err *err)
{
	const struct reader_table *form = &w->reader.tables[0];
	bool ok;

	str_addc(text, '{');
	for (int i = 0; i < (int)N_FORM_KEYS; i++) {
		add_key(text, reader_form_keys[i]);
		export_json_column(text, form->keys, 1 + i);
	}
	ok = add_row(w, text, 0, err);
	str_addc(text, '}');
	return ok;
}

/* --- JSON Lines --- */

bool export_jsonl(struct store *store, const struct layout *layout,
	const struct export_options *options, FILE *to, struct err *err)
{
	struct object_writer w;
	struct str text = STR_INIT;
	bool ok = object_open(&w, store, layout, options, err);

	while (ok && w.reader.tables[0].has_row) {
		ok = object_add_record(&w, &text, err);
		str_addc(&text, '\n');
		ok = ok && export_flush_some(&text, to, err);
	}
	ok = ok && export_flush(&text, to, err);
	str_release(&text);
	object_close(&w);
	return ok;
}
