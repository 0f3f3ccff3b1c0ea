#include "config.h"

#include "export/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/store.h"

const char *const reader_form_keys[] = {
	"bz_record", "bz_version", "bz_form_version", "bz_instance",
	"bz_conflict", "bz_date_given", NULL
};
const char *const reader_repeat_keys[] = {
	"bz_record", "bz_row", "bz_parent", "bz_position", NULL
};

bool export_has_column(const struct layout_column *column,
	const struct export_options *options)
{
	return column->class_ == LAYOUT_PUBLIC ||
		(options->restricted && column->class_ == LAYOUT_RESTRICTED);
}

/* --- statements --- */

static void add_name(struct str *sql, const char *before, const char *name)
{
	char *quoted = db_quote_name(name);

	str_addf(sql, "%s%s", before, quoted);
	free(quoted);
}

/* Which records there are, and their order, is said here for all formats: by
 * name, and the few that share one as they were numbered.  `m` is the form's
 * table, of which repeats need the index alone. */
static void add_from(struct str *sql, struct store *store,
	const struct layout *layout, size_t t, size_t s,
	const struct export_options *options)
{
	const struct layout_table *table = &layout->tables.items[t];
	char *where = review_where(store, options->review, "m.bz_id");

	add_name(sql, " FROM ", layout->tables.items[0].sheets.items[0].name);
	str_add(sql, " m");
	if (t > 0 || s > 0) {
		add_name(sql, " CROSS JOIN ", table->sheets.items[s].name);
		str_add(sql, " x ON x.bz_id = m.bz_id");
	}
	str_addf(sql, "%s ORDER BY m.bz_record, m.bz_id%s", where,
		t > 0 ? ", x.bz_row" : "");
	free(where);
}

static void add_keys(struct str *sql, size_t t, size_t s)
{
	str_add(sql, "SELECT m.bz_id");
	if (s > 0)
		return;
	str_add(sql, t > 0 ? ", m.bz_record, x.bz_row, x.bz_parent,"
		" x.bz_position" : ", m.bz_record, m.bz_version,"
		" m.bz_form_version, m.bz_instance, m.bz_conflict,"
		" m.bz_date_given");
}

static struct db_stmt *open_sheet(struct store *store,
	const struct layout *layout, size_t t, size_t s,
	const struct export_options *options, struct err *err)
{
	const struct layout_table *table = &layout->tables.items[t];
	const struct layout_sheet *sheet = &table->sheets.items[s];
	struct str sql = STR_INIT;
	struct db_stmt *stmt;

	add_keys(&sql, t, s);
	for (size_t i = 0; i < sheet->columns.n; i++)
		add_name(&sql, t > 0 || s > 0 ? ", x." : ", m.",
			table->columns.items[sheet->columns.items[i]].name);
	add_from(&sql, store, layout, t, s, options);
	stmt = db_prepare_once(store_db(store), sql.data, err);
	str_release(&sql);
	return stmt;
}

static bool wants_sheet(const struct layout_table *table, size_t s,
	const struct export_options *options)
{
	return s == 0 || table->sheets.items[s].class_ == LAYOUT_PUBLIC ||
		(options->restricted &&
		table->sheets.items[s].class_ == LAYOUT_RESTRICTED);
}

/* --- a table --- */

/* Columns in the order of the form, whatever sheet they are in. */
static void add_columns(struct reader_table *r, struct db_stmt **sheets,
	const struct export_options *options, size_t t)
{
	int *next = xcalloc(r->table->sheets.n, sizeof *next);

	for (size_t s = 0; s < r->table->sheets.n; s++)
		next[s] = s > 0 ? 1 : 1 + (int)(t > 0 ?
			(int)N_REPEAT_KEYS : (int)N_FORM_KEYS);
	for (size_t i = 0; i < r->table->columns.n; i++) {
		const struct layout_column *column =
			&r->table->columns.items[i];
		struct reader_column new = { column, i, sheets[column->sheet],
			next[column->sheet]++ };

		if (export_has_column(column, options))
			vec_push(&r->columns, new);
	}
	free(next);
}

static const char *short_name(const struct layout *layout, size_t t)
{
	size_t n = strlen(layout->tables.items[0].sheets.items[0].name);
	const char *name = layout->tables.items[t].sheets.items[0].name;

	return t == 0 ? "" : name + n + strlen("__");
}

static bool open_table(struct reader *reader, struct store *store, size_t t,
	const struct export_options *options, struct err *err)
{
	struct reader_table *r = &reader->tables[t];
	struct db_stmt **sheets = xcalloc(r->table->sheets.n, sizeof *sheets);
	bool ok = true;

	for (size_t s = 0; ok && s < r->table->sheets.n; s++) {
		if (!wants_sheet(r->table, s, options))
			continue;
		sheets[s] = open_sheet(store, reader->layout, t, s, options,
			err);
		ok = sheets[s] != NULL;
		if (ok)
			vec_push(&r->parts, sheets[s]);
	}
	r->keys = sheets[0];
	if (ok)
		add_columns(r, sheets, options, t);
	free(sheets);
	return ok && reader_step(reader, t, err);
}

bool reader_open(struct reader *reader, struct store *store,
	const struct layout *layout, const struct export_options *options,
	int only, struct err *err)
{
	*reader = (struct reader){ .layout = layout,
		.n_tables = layout->tables.n };
	reader->tables = xcalloc(layout->tables.n, sizeof *reader->tables);
	for (size_t t = 0; t < layout->tables.n; t++) {
		reader->tables[t].table = &layout->tables.items[t];
		reader->tables[t].name = short_name(layout, t);
		if ((only == READER_ALL || (size_t)only == t) &&
				!open_table(reader, store, t, options, err))
			return false;
	}
	return true;
}

void reader_close(struct reader *reader)
{
	for (size_t t = 0; t < reader->n_tables; t++) {
		struct reader_table *r = &reader->tables[t];

		for (size_t i = 0; i < r->parts.n; i++)
			db_free(r->parts.items[i]);
		vec_release(&r->parts);
		vec_release(&r->columns);
	}
	free(reader->tables);
	*reader = (struct reader){ 0 };
}

/* --- rows --- */

/* Each sheet has a row for every row of the first. */
bool reader_step(struct reader *reader, size_t table, struct err *err)
{
	struct reader_table *r = &reader->tables[table];
	enum db_result result = db_step(r->keys, err);

	for (size_t i = 1; i < r->parts.n && result != DB_FAILED; i++) {
		enum db_result part = db_step(r->parts.items[i], err);

		if (part != result && part != DB_FAILED)
			return err_set(err, ERR_SPEC, _("the tables of form "
				"'%s' do not fit together; bayaz store rebuild "
				"makes them anew"), reader->layout->form);
		if (part == DB_FAILED)
			result = DB_FAILED;
	}
	r->has_row = result == DB_ROW;
	if (r->has_row)
		r->record = db_int(r->keys, 0);
	if (r->has_row && table > 0) {
		r->row = db_int(r->keys, 1 + KEY_ROW);
		r->parent = db_int(r->keys, 1 + KEY_PARENT);
		r->position = db_int(r->keys, 1 + KEY_POSITION);
	}
	return result != DB_FAILED;
}

size_t reader_inner(const struct reader *reader, size_t table, size_t after)
{
	for (size_t t = after + 1; t < reader->n_tables; t++)
		if (reader->tables[t].table->parent == (int)table)
			return t;
	return 0;
}

bool reader_most(struct store *store, const struct layout *layout,
	size_t table, int64_t *most, struct err *err)
{
	struct str sql = STR_INIT;
	bool ok;

	str_add(&sql, "SELECT max(bz_position)");
	add_name(&sql, " FROM ",
		layout->tables.items[table].sheets.items[0].name);
	ok = db_number(store_db(store), sql.data, most, err);
	str_release(&sql);
	return ok;
}
