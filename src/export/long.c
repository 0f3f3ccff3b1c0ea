/* Long CSV: a row a value. */
#include "config.h"

#include "base/csv.h"
#include "base/str.h"
#include "export/cell.h"
#include "export/csv.h"

struct writing {
	struct reader reader;
	struct str text;
	struct str record;		/* its name, as a cell */
	FILE *to;
};

static void add_value(struct writing *w, const struct reader_column *column,
	const char *position)
{
	if (db_is_null(column->from, column->at))
		return;
	str_addn(&w->text, w->record.data, w->record.len);
	csv_add_cell(&w->text, column->column->paths.items[0], false);
	csv_add_cell(&w->text, position, false);
	export_csv_column(&w->text, column->from, column->at, false);
	str_addc(&w->text, '\n');
}

/* The row at hand, which is taken, and all that lies in it. */
static bool add_row(struct writing *w, size_t t, struct str *position,
	struct err *err)
{
	const struct reader_table *table = &w->reader.tables[t];
	int64_t record = table->record, row = t > 0 ? table->row : 0;
	size_t length = position->len;
	bool ok;

	if (t > 0) {
		if (length > 0)
			str_addc(position, ' ');
		export_add_int(position, table->position);
	}
	for (size_t i = 0; i < table->columns.n; i++)
		add_value(w, &table->columns.items[i], position->data);
	ok = export_flush_some(&w->text, w->to, err) &&
		reader_step(&w->reader, t, err);
	for (size_t c = 0; (c = reader_inner(&w->reader, t, c)) > 0;)
		while (ok && reader_is_child(&w->reader, c, record, row))
			ok = add_row(w, c, position, err);
	str_cut(position, length);
	return ok;
}

bool export_csv_long(struct store *store, const struct layout *layout,
	const struct export_options *options, FILE *to, struct err *err)
{
	struct writing w = { .text = STR_INIT, .record = STR_INIT, .to = to };
	struct str position = STR_INIT;
	bool ok = reader_open(&w.reader, store, layout, options, READER_ALL,
		err);
	const struct reader_table *form = ok ? &w.reader.tables[0] : NULL;

	str_add(&w.text, "bz_record,path,position,value\n");
	while (ok && form->has_row) {
		str_clear(&w.record);
		export_csv_column(&w.record, form->keys, 1 + KEY_RECORD, true);
		ok = add_row(&w, 0, &position, err);
	}
	ok = ok && export_flush(&w.text, to, err);
	reader_close(&w.reader);
	str_release(&position);
	str_release(&w.record);
	str_release(&w.text);
	return ok;
}
