#include "config.h"

#include "export/csv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "db/db.h"
#include "store/content.h"
#include "store/store.h"
#include "store/tables.h"
#include "store/version.h"

/* --- cells --- */

void export_number(double number, char text[32])
{
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, 32, "%.*g", digits, number);
		if (strtod(text, NULL) == number)
			return;
	}
}

void export_csv_cell(struct str *line, const char *text, bool is_number,
	bool first_in_row)
{
	char *safe;

	if (is_number || text[0] == '\0' || strchr("=+-@\t\r", text[0]) == NULL) {
		csv_add_cell(line, text, first_in_row);
		return;
	}
	safe = str_format("'%s", text);
	csv_add_cell(line, safe, first_in_row);
	free(safe);
}

bool export_has_column(const struct layout_column *column,
	const struct export_options *options)
{
	return column->class_ == LAYOUT_PUBLIC ||
		(options->restricted && column->class_ == LAYOUT_RESTRICTED);
}

static bool put_line(struct str *line, FILE *to)
{
	str_addc(line, '\n');
	fwrite(line->data, 1, line->len, to);
	str_clear(line);
	return !ferror(to);
}

static bool cannot_write(struct err *err)
{
	return err_set(err, ERR_IO, _("cannot write the export"));
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

/* --- current records, from the tables --- */

static const char *const main_keys[] = {
	"bz_record", "bz_version", "bz_form_version", "bz_instance",
	"bz_conflict", "bz_date_given", NULL
};
static const char *const repeat_keys[] = {
	"bz_record", "bz_row", "bz_parent", "bz_position", NULL
};
enum {
	N_MAIN_KEYS = sizeof main_keys / sizeof *main_keys - 1,
	N_REPEAT_KEYS = sizeof repeat_keys / sizeof *repeat_keys - 1,
};

/* A statement per sheet, stepped together: SQLite joins have fewer columns
 * than forms may have. */
struct reading {
	const struct layout *layout;
	size_t table;
	const struct export_options *options;
	struct db_stmt **sheets;	/* NULL: not exported */
	size_t n_sheets;
	int *next;			/* column to read from each sheet */
};

static struct db_stmt *open_sheet(struct store *store,
	const struct layout *layout, size_t t, size_t s, struct err *err)
{
	const struct layout_table *table = &layout->tables.items[t];
	const struct layout_sheet *sheet = &table->sheets.items[s];
	char *main = db_quote_name(layout->tables.items[0].sheets.items[0].name);
	char *name = db_quote_name(sheet->name);
	struct str sql = STR_INIT;
	struct db_stmt *stmt;

	str_add(&sql, "SELECT m.bz_record");
	if (s == 0)
		str_add(&sql, t > 0 ? ", x.bz_row, x.bz_parent, x.bz_position" :
			", x.bz_version, x.bz_form_version, x.bz_instance,"
			" x.bz_conflict, x.bz_date_given");
	for (size_t i = 0; i < sheet->columns.n; i++) {
		char *column = db_quote_name(
			table->columns.items[sheet->columns.items[i]].name);

		str_addf(&sql, ", x.%s", column);
		free(column);
	}
	str_addf(&sql, " FROM %s m CROSS JOIN %s x ON x.bz_id = m.bz_id"
		" ORDER BY m.bz_record, m.bz_id%s", main, name,
		t > 0 ? ", x.bz_row" : "");
	stmt = db_prepare_once(store_db(store), sql.data, err);
	str_release(&sql);
	free(main);
	free(name);
	return stmt;
}

static bool wants_sheet(const struct layout_table *table, size_t s,
	const struct export_options *options)
{
	return s == 0 || table->sheets.items[s].class_ == LAYOUT_PUBLIC ||
		(options->restricted &&
		table->sheets.items[s].class_ == LAYOUT_RESTRICTED);
}

static bool open_reading(struct reading *r, struct store *store,
	struct err *err)
{
	const struct layout_table *table = &r->layout->tables.items[r->table];

	r->n_sheets = table->sheets.n;
	r->sheets = xcalloc(r->n_sheets, sizeof *r->sheets);
	r->next = xcalloc(r->n_sheets, sizeof *r->next);
	for (size_t s = 0; s < r->n_sheets; s++) {
		if (!wants_sheet(table, s, r->options))
			continue;
		r->sheets[s] = open_sheet(store, r->layout, r->table, s, err);
		if (r->sheets[s] == NULL)
			return false;
	}
	return true;
}

static void close_reading(struct reading *r)
{
	for (size_t s = 0; s < r->n_sheets; s++)
		db_free(r->sheets[s]);
	free(r->sheets);
	free(r->next);
}

static void add_db_cell(struct str *line, struct db_stmt *row, int column,
	bool first)
{
	char text[32];

	switch (db_type(row, column)) {
	case DB_INT:
		snprintf(text, sizeof text, "%" PRId64, db_int(row, column));
		export_csv_cell(line, text, true, first);
		break;
	case DB_DOUBLE:
		export_number(db_double(row, column), text);
		export_csv_cell(line, text, true, first);
		break;
	case DB_NULL:
		csv_add_cell(line, "", first);
		break;
	default:
		export_csv_cell(line, db_text(row, column), false, first);
	}
}

static void add_row(struct reading *r, struct str *line)
{
	const struct layout_table *table = &r->layout->tables.items[r->table];
	int n_keys = r->table == 0 ? N_MAIN_KEYS : N_REPEAT_KEYS;

	for (int i = 0; i < n_keys; i++)
		add_db_cell(line, r->sheets[0], i, i == 0);
	for (size_t s = 0; s < r->n_sheets; s++)
		r->next[s] = s == 0 ? n_keys : 1;
	for (size_t i = 0; i < table->columns.n; i++) {
		const struct layout_column *column = &table->columns.items[i];

		if (export_has_column(column, r->options))
			add_db_cell(line, r->sheets[column->sheet],
				r->next[column->sheet]++, false);
	}
}

/* Each sheet has a row for every row of the first. */
static enum db_result step_all(struct reading *r, struct err *err)
{
	enum db_result result = db_step(r->sheets[0], err);

	for (size_t s = 1; s < r->n_sheets && result != DB_FAILED; s++)
		if (r->sheets[s] != NULL && db_step(r->sheets[s], err) != result)
			return DB_FAILED;
	return result;
}

bool export_csv_table(struct store *store, const struct layout *layout,
	size_t table, const struct export_options *options, FILE *to,
	struct err *err)
{
	struct reading r = { .layout = layout, .table = table,
		.options = options };
	struct str line = STR_INIT;
	enum db_result result = DB_FAILED;
	bool ok = open_reading(&r, store, err);

	if (ok) {
		add_header(&line, &layout->tables.items[table],
			table == 0 ? main_keys : repeat_keys, options);
		ok = put_line(&line, to) || cannot_write(err);
	}
	while (ok && (result = step_all(&r, err)) == DB_ROW) {
		add_row(&r, &line);
		ok = put_line(&line, to) || cannot_write(err);
	}
	str_release(&line);
	close_reading(&r);
	return ok && result == DB_DONE;
}

/* --- every version, from the records themselves --- */

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
	char text[32];

	snprintf(text, sizeof text, "%" PRId64, number);
	csv_add_cell(line, text, false);
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
	return put_line(&w->line, w->to[row->table]) || cannot_write(err);
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
	struct db_stmt *walk = db_prepare_once(store_db(store),
		"SELECT v.id, r.name, lower(hex(c.sha256)), v.form_version,"
		" v.instance FROM version v JOIN content c ON c.id = v.id"
		" JOIN record r ON r.id = v.record WHERE v.form = ?1"
		" AND (?2 OR NOT v.training) ORDER BY c.sha256", err);
	enum db_result result = DB_FAILED;
	bool ok = walk != NULL;

	for (size_t t = 0; ok && t < layout->tables.n; t++) {
		add_header(&w.line, &layout->tables.items[t],
			t == 0 ? version_keys : version_repeat_keys, options);
		ok = put_line(&w.line, to[t]) || cannot_write(err);
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
	str_release(&w.line);
	return ok && result == DB_DONE;
}
