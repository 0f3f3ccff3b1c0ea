/* Joined CSV of every version, from the records themselves. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/str.h"
#include "export/cell.h"
#include "export/csv.h"
#include "store/content.h"
#include "store/store.h"
#include "store/tables.h"
#include "store/version.h"

struct writing {
	const struct layout *layout;
	const struct export_options *options;
	FILE *const *to;
	struct str line;
	const char *record, *sha256, *form_version, *instance;
	bool date_given;
};

static const char *const version_keys[] = {
	"bz_record", "bz_version", "bz_form_version", "bz_instance",
	"bz_date_given", NULL
};
static const char *const version_repeat_keys[] = {
	"bz_record", "bz_version", "bz_row", "bz_parent", "bz_position", NULL
};

static void add_int(struct str *line, int64_t number)
{
	str_addc(line, ',');
	export_add_int(line, number);
}

static void add_header(struct str *line, const struct layout_table *table,
	const char *const *keys, const struct export_options *options)
{
	for (size_t i = 0; keys[i] != NULL; i++)
		csv_add_cell(line, keys[i], i == 0);
	for (size_t i = 0; i < table->columns.n; i++)
		if (export_has_column(&table->columns.items[i], options))
			csv_add_cell(line, table->columns.items[i].name, false);
}

static bool is_number(const struct layout_column *column, const char *text)
{
	int64_t whole;
	double real;

	return (column->type == LAYOUT_INT && value_to_int(text, &whole)) ||
		(column->type == LAYOUT_REAL && value_to_real(text, &real));
}

static bool write_row(void *context, const struct row *row, struct err *err)
{
	struct writing *w = context;
	const struct layout_table *table = &w->layout->tables.items[row->table];

	export_csv_cell(&w->line, w->record, false, true);
	csv_add_cell(&w->line, w->sha256, false);
	if (row->table == 0) {
		export_csv_cell(&w->line, w->form_version, false, false);
		export_csv_cell(&w->line, w->instance, false, false);
		add_int(&w->line, w->date_given);
	} else {
		add_int(&w->line, row->row);
		add_int(&w->line, row->parent);
		add_int(&w->line, row->position);
	}
	for (size_t i = 0; i < table->columns.n; i++) {
		const struct layout_column *column = &table->columns.items[i];
		const char *text = row->values[i] != NULL ?
			row->values[i] : "";

		if (export_has_column(column, w->options))
			export_csv_cell(&w->line, text,
				is_number(column, text), false);
	}
	str_addc(&w->line, '\n');
	return export_flush(&w->line, w->to[row->table], err);
}

static bool write_version(struct writing *w, struct store *store,
	int64_t id, struct err *err)
{
	struct version_head head;
	struct str bytes = STR_INIT;
	struct xml_doc *doc = NULL;
	bool ok = content_get(store, id, VERSION_MAX_BYTES, &bytes, err);

	if (ok)
		doc = version_read(bytes.data, bytes.len, &head, err);
	w->date_given = doc != NULL && head.date_given;
	if (doc != NULL)
		ok = rows_build(w->layout, doc, write_row, w, err);
	else if (ok)
		err_clear(err);		/* marked in the store as unreadable */
	xml_free(doc);
	str_release(&bytes);
	return ok;
}

bool export_csv_versions(struct store *store, const struct layout *layout,
	const struct export_options *options, FILE *const *to,
	struct err *err)
{
	struct writing w = { .layout = layout, .options = options, .to = to,
		.line = STR_INIT };
	bool only;
	const char *records = review_records(store, options->review, &only);
	char *sql = str_format("SELECT v.id, r.name, lower(hex(c.sha256)), v.form_version,"
		" v.instance FROM version v JOIN content c ON c.id = v.id"
		" JOIN record r ON r.id = v.record WHERE v.form = ?1"
		" AND r.hidden = '' AND (?2 OR NOT v.training)"
		" AND r.id %s %s ORDER BY c.sha256", only ? "IN" : "NOT IN",
		records != NULL ? records : "()");
	struct db_stmt *walk = db_prepare_once(store_db(store), sql, err);
	enum db_result result = DB_FAILED;
	bool ok = walk != NULL;

	for (size_t t = 0; ok && t < layout->tables.n; t++) {
		add_header(&w.line, &layout->tables.items[t],
			t == 0 ? version_keys : version_repeat_keys, options);
		str_addc(&w.line, '\n');
		ok = export_flush(&w.line, to[t], err);
	}
	if (ok) {
		db_bind_text(walk, 1, layout->form);
		db_bind_int(walk, 2, store_is_training(store));
	}
	while (ok && (result = db_step(walk, err)) == DB_ROW) {
		w.record = db_text(walk, 1);
		w.sha256 = db_text(walk, 2);
		w.form_version = db_text(walk, 3);
		w.instance = db_text(walk, 4);
		ok = write_version(&w, store, db_int(walk, 0), err);
	}
	db_free(walk);
	free(sql);
	str_release(&w.line);
	return ok && result == DB_DONE;
}
