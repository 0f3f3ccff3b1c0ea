#include "config.h"

#include "export/csv.h"

#include "base/csv.h"
#include "base/str.h"
#include "export/cell.h"

static void add_header(struct str *line, const struct reader_table *table,
	const char *const *keys)
{
	for (size_t i = 0; keys[i] != NULL; i++)
		csv_add_cell(line, keys[i], i == 0);
	for (size_t i = 0; i < table->columns.n; i++)
		csv_add_cell(line, table->columns.items[i].column->name, false);
	str_addc(line, '\n');
}

static void add_row(struct str *line, const struct reader_table *table,
	int n_keys)
{
	for (int i = 0; i < n_keys; i++)
		export_csv_column(line, table->keys, 1 + i, i == 0);
	for (size_t i = 0; i < table->columns.n; i++) {
		const struct reader_column *column = &table->columns.items[i];

		export_csv_column(line, column->from, column->at, false);
	}
	str_addc(line, '\n');
}

static bool write_rows(struct reader *reader, size_t t, FILE *to,
	struct err *err)
{
	const struct reader_table *table = &reader->tables[t];
	struct str text = STR_INIT;
	bool ok = true;

	add_header(&text, table, t == 0 ? reader_form_keys :
		reader_repeat_keys);
	while (ok && table->has_row) {
		add_row(&text, table, t == 0 ? (int)N_FORM_KEYS :
			(int)N_REPEAT_KEYS);
		ok = export_flush_some(&text, to, err) &&
			reader_step(reader, t, err);
	}
	ok = ok && export_flush(&text, to, err);
	str_release(&text);
	return ok;
}

bool export_csv_table(struct store *store, const struct layout *layout,
	size_t table, const struct export_options *options, FILE *to,
	struct err *err)
{
	struct reader reader;
	bool ok = reader_open(&reader, store, layout, options, (int)table,
			err) && write_rows(&reader, table, to, err);

	reader_close(&reader);
	return ok;
}
