#include "config.h"

#include "store/tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/str.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "store/content.h"
#include "store/reconcile.h"
#include "store/store.h"
#include "store/version.h"

/* --- SQL from a layout --- */

static void add_name(struct str *sql, const char *name)
{
	char *quoted = db_quote_name(name);

	str_add(sql, quoted);
	free(quoted);
}

static int n_key_columns(size_t table, size_t sheet)
{
	if (table == 0)
		return sheet > 0 ? 1 : 7;
	return sheet > 0 ? 2 : 4;
}

/* --- rows --- */

struct sheet_stmts { struct db_stmt *insert, *remove; };

struct form_tables {
	struct layout *layout;
	struct sheet_stmts **stmts;	/* [table][sheet] */
	struct db_stmt *find;		/* in the form's table; NULL: none */
};

struct lack { int64_t record; size_t n, at; };

struct tables {
	struct store *store;
	const struct version_shelf *shelf;
	struct map forms;		/* id -> struct form_tables */
	VEC(char *) names;		/* the keys of that */
	/* attachments missing, each time a record was written: the last counts */
	VEC(struct lack) lacking;
	size_t n_missing;		/* in the record at hand */
};

struct tables *tables_open(struct store *store,
	const struct version_shelf *shelf)
{
	struct tables *tables = xcalloc(1, sizeof *tables);

	tables->store = store;
	tables->shelf = shelf;
	map_init(&tables->forms);
	return tables;
}

static void free_form(struct form_tables *form)
{
	for (size_t t = 0; t < form->layout->tables.n; t++) {
		for (size_t s = 0; form->stmts[t] != NULL &&
				s < form->layout->tables.items[t].sheets.n; s++) {
			db_free(form->stmts[t][s].insert);
			db_free(form->stmts[t][s].remove);
		}
		free(form->stmts[t]);
	}
	free(form->stmts);
	db_free(form->find);
	layout_free(form->layout);
	free(form);
}

void tables_close(struct tables *tables)
{
	if (tables == NULL)
		return;
	for (size_t i = 0; i < tables->forms.n; i++)
		if (tables->forms.entries[i].value != NULL)
			free_form(tables->forms.entries[i].value);
	map_release(&tables->forms);
	for (size_t i = 0; i < tables->names.n; i++)
		free(tables->names.items[i]);
	vec_release(&tables->names);
	vec_release(&tables->lacking);
	free(tables);
}

static bool prepare_sheet(struct tables *tables, struct form_tables *form,
	size_t table, size_t at, struct err *err)
{
	const struct layout_sheet *sheet =
		&form->layout->tables.items[table].sheets.items[at];
	struct sheet_stmts *stmts = &form->stmts[table][at];
	struct db *db = store_db(tables->store);
	size_t n = (size_t)n_key_columns(table, at) + sheet->columns.n;
	struct str sql = STR_INIT;

	str_add(&sql, "INSERT INTO ");
	add_name(&sql, sheet->name);
	str_add(&sql, " VALUES (?");
	for (size_t i = 1; i < n; i++)
		str_add(&sql, ",?");
	str_add(&sql, ")");
	stmts->insert = db_prepare_once(db, sql.data, err);
	str_clear(&sql);
	str_add(&sql, "DELETE FROM ");
	add_name(&sql, sheet->name);
	str_add(&sql, " WHERE bz_id = ?1");
	if (stmts->insert != NULL)
		stmts->remove = db_prepare_once(db, sql.data, err);
	str_release(&sql);
	return stmts->remove != NULL;
}

static bool prepare_find(struct tables *tables, struct form_tables *form,
	struct err *err)
{
	struct str sql = STR_INIT;

	str_add(&sql, "SELECT 1 FROM ");
	add_name(&sql, form->layout->tables.items[0].sheets.items[0].name);
	str_add(&sql, " WHERE bz_id = ?1");
	form->find = db_prepare_once(store_db(tables->store), sql.data, err);
	str_release(&sql);
	return form->find != NULL;
}

static bool prepare_form(struct tables *tables, struct form_tables *form,
	struct err *err)
{
	form->stmts = xcalloc(form->layout->tables.n + 1,
		sizeof *form->stmts);
	for (size_t t = 0; t < form->layout->tables.n; t++) {
		size_t n = form->layout->tables.items[t].sheets.n;

		form->stmts[t] = xcalloc(n, sizeof **form->stmts);
		for (size_t s = 0; s < n; s++)
			if (!prepare_sheet(tables, form, t, s, err))
				return false;
	}
	return form->layout->tables.n == 0 || prepare_find(tables, form, err);
}

/* *form NULL: this form has no layout (it is not here). */
static bool find_form(struct tables *tables, const char *id,
	struct form_tables **form, struct err *err)
{
	struct layout *layout;
	char *name;

	*form = map_get(&tables->forms, id);
	if (*form != NULL)
		return true;
	layout = layout_load(tables->store, id, err);
	if (layout == NULL) {
		bool none = err == NULL || err->code == ERR_NOTFOUND;

		if (none)
			err_clear(err);
		return none;
	}
	*form = xcalloc(1, sizeof **form);
	(*form)->layout = layout;
	name = xstrdup(id);
	vec_push(&tables->names, name);
	map_set(&tables->forms, name, *form);
	return prepare_form(tables, *form, err);
}

/* What the tables say of a record. */
struct current {
	int64_t record, version;
	char *name, *form, *form_version, *instance;
	char sha256[SHA256_HEX_BYTES];
	bool conflict, training, hidden, joined;
};

static void current_release(struct current *c)
{
	free(c->name);
	free(c->form);
	free(c->form_version);
	free(c->instance);
}

static bool find_current(struct store *store, int64_t record,
	struct current *c, struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT r.name, r.form, r.current, r.conflict, v.form_version,"
		" v.instance, v.training, c.sha256, r.hidden, r.heads FROM record r"
		" JOIN version v ON v.id = r.current"
		" JOIN content c ON c.id = v.id WHERE r.id = ?1", err);
	enum db_result result;
	const void *sha256;
	size_t n;

	*c = (struct current){ .record = record };
	if (get == NULL)
		return false;
	db_bind_int(get, 1, record);
	result = db_step(get, err);
	if (result == DB_ROW) {
		c->name = xstrdup(db_text(get, 0));
		c->form = xstrdup(db_text(get, 1));
		c->version = db_int(get, 2);
		c->conflict = db_int(get, 3) != 0;
		c->form_version = xstrdup(db_text(get, 4));
		c->instance = xstrdup(db_text(get, 5));
		c->training = db_int(get, 6) != 0;
		sha256 = db_blob(get, 7, &n);
		hex_encode(sha256, n < 32 ? n : 32, c->sha256);
		c->hidden = db_text(get, 8)[0] != '\0';
		c->joined = db_int(get, 9) > 1;
	}
	db_reset(get);
	return result != DB_FAILED;
}

struct writing {
	struct tables *tables;
	struct form_tables *form;
	const struct current *current;
	bool date_given;
};

static void bind_keys(struct db_stmt *insert, const struct writing *w,
	const struct row *row, size_t sheet)
{
	const struct current *c = w->current;

	db_bind_int(insert, 1, c->record);
	if (row->table == 0) {
		if (sheet > 0)
			return;
		db_lend_text(insert, 2, c->name);
		db_lend_text(insert, 3, c->sha256);
		db_lend_text(insert, 4, c->form_version);
		db_lend_text(insert, 5, c->instance);
		db_bind_int(insert, 6, c->conflict);
		db_bind_int(insert, 7, w->date_given);
		return;
	}
	db_bind_int(insert, 2, row->row);
	if (sheet > 0)
		return;
	db_bind_int(insert, 3, row->parent);
	db_bind_int(insert, 4, row->position);
}

static void bind_value(struct db_stmt *insert, int at,
	const struct layout_column *column, const char *text)
{
	int64_t whole;
	double real;

	if (text == NULL)
		db_bind_null(insert, at);
	else if (column->type == LAYOUT_INT && value_to_int(text, &whole))
		db_bind_int(insert, at, whole);
	else if (column->type == LAYOUT_REAL && value_to_real(text, &real))
		db_bind_double(insert, at, real);
	else
		db_lend_text(insert, at, text);
}

/* Is the attachment of that name here? */
static bool look_for_attachment(const struct writing *w, const char *name,
	struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(w->tables->store),
		"SELECT 1 FROM attachment a JOIN content c"
		" ON c.sha256 = a.sha256 WHERE a.version = ?1 AND a.name = ?2",
		err);
	enum db_result result;

	if (find == NULL)
		return false;
	db_bind_int(find, 1, w->current->version);
	db_bind_text(find, 2, name);
	result = db_step(find, err);
	db_reset(find);
	if (result == DB_DONE)
		w->tables->n_missing++;
	return result != DB_FAILED;
}

static bool insert_row(void *context, const struct row *row, struct err *err)
{
	const struct writing *w = context;
	const struct layout_table *table =
		&w->form->layout->tables.items[row->table];

	for (size_t s = 0; s < table->sheets.n; s++) {
		const struct layout_sheet *sheet = &table->sheets.items[s];
		struct db_stmt *insert = w->form->stmts[row->table][s].insert;
		int at = n_key_columns(row->table, s);

		bind_keys(insert, w, row, s);
		for (size_t i = 0; i < sheet->columns.n; i++) {
			size_t column = sheet->columns.items[i];

			bind_value(insert, ++at, &table->columns.items[column],
				row->values[column]);
			if (table->columns.items[column].is_binary &&
					row->values[column] != NULL &&
					!look_for_attachment(w,
						row->values[column], err))
				return false;
		}
		if (!db_run(insert, err))
			return false;
	}
	return true;
}

static bool insert_from(struct writing *w, const struct xml_doc *doc,
	const struct version_head *head, struct err *err)
{
	w->date_given = head->date_given;
	return rows_build(w->form->layout, doc, insert_row, w, err);
}

static bool insert_rows(struct tables *tables, struct form_tables *form,
	const struct current *c, struct err *err)
{
	struct writing w = { .tables = tables, .form = form, .current = c };
	const struct version_shelved *at = tables->shelf == NULL || c->joined ?
		NULL : version_shelved(tables->shelf, c->version);
	struct version_head head;
	struct str bytes = STR_INIT;
	struct xml_doc *doc = NULL;
	bool ok;

	if (at != NULL)
		return insert_from(&w, at->doc, &at->head, err);
	ok = reconcile_bytes(tables->store, c->record, &bytes, err);
	if (ok)
		doc = version_read(bytes.data, bytes.len, &head, err);
	str_release(&bytes);
	if (!ok)
		return false;
	if (doc == NULL) {		/* told of by version.problem */
		err_clear(err);
		return true;
	}
	ok = insert_from(&w, doc, &head, err);
	xml_free(doc);
	return ok;
}

/* Rows of repeats are there only with one of the form's table. */
static bool has_rows(struct form_tables *form, int64_t record, bool *has,
	struct err *err)
{
	enum db_result result;

	*has = false;
	if (form->find == NULL)
		return true;
	db_bind_int(form->find, 1, record);
	result = db_step(form->find, err);
	*has = result == DB_ROW;
	db_reset(form->find);
	return result != DB_FAILED;
}

static bool remove_rows(struct form_tables *form, int64_t record,
	struct err *err)
{
	for (size_t t = form->layout->tables.n; t-- > 0;)
		for (size_t s = form->layout->tables.items[t].sheets.n;
				s-- > 0;) {
			struct db_stmt *remove = form->stmts[t][s].remove;

			db_bind_int(remove, 1, record);
			if (!db_run(remove, err))
				return false;
		}
	return true;
}

static void note_lack(struct tables *tables, int64_t record, bool known)
{
	struct lack lack = { record, tables->n_missing, tables->lacking.n };

	if (lack.n > 0 || (known && tables->lacking.n > 0))
		vec_push(&tables->lacking, lack);
	tables->n_missing = 0;
}

static bool write_or_remove(struct tables *tables, int64_t record, bool known,
	bool write, struct err *err)
{
	struct form_tables *form = NULL;
	struct current c;
	bool ok = find_current(tables->store, record, &c, err), has = false;

	if (ok && c.form != NULL)
		ok = find_form(tables, c.form, &form, err);
	if (ok && form != NULL) {
		ok = (!known || has_rows(form, record, &has, err)) &&
			(!has || remove_rows(form, record, err));
		/* training counts only in a project made for it */
		if (ok && write && !form->layout->is_protected && !c.hidden &&
				(!c.training || store_is_training(tables->store)))
			ok = insert_rows(tables, form, &c, err);
	}
	note_lack(tables, record, known);
	current_release(&c);
	return ok;
}

bool tables_write(struct tables *tables, int64_t record, bool known,
	struct err *err)
{
	return write_or_remove(tables, record, known, true, err);
}

bool tables_remove(struct tables *tables, int64_t record, struct err *err)
{
	return write_or_remove(tables, record, true, false, err);
}

static int by_record(const void *a, const void *b)
{
	const struct lack *x = a, *y = b;

	if (x->record != y->record)
		return x->record < y->record ? -1 : 1;
	return x->at < y->at ? -1 : 1;
}

size_t tables_n_missing(struct tables *tables)
{
	struct lack *lack = tables->lacking.items;
	size_t n = tables->lacking.n, sum = 0;

	if (n > 0)
		qsort(lack, n, sizeof *lack, by_record);
	for (size_t i = 0; i < n; i++)
		if (i + 1 == n || lack[i].record != lack[i + 1].record)
			sum += lack[i].n;
	return sum;
}
