/* Layouts, tables, code book and views in step with the forms. */
#include "config.h"

#include "store/tables.h"

#include <string.h>

#include "base/gettext.h"
#include "base/str.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "store/codebook.h"
#include "store/forms.h"
#include "store/labels.h"
#include "store/store.h"

/* --- SQL from a layout --- */

static void add_name(struct str *sql, const char *name)
{
	char *quoted = db_quote_name(name);

	str_add(sql, quoted);
	free(quoted);
}

/* The columns that lead a sheet. */
static const char *key_columns(size_t table, size_t sheet)
{
	if (table == 0)
		return sheet > 0 ? "bz_id INTEGER PRIMARY KEY" :
			"bz_id INTEGER PRIMARY KEY, bz_record TEXT NOT NULL,"
			" bz_version TEXT NOT NULL,"
			" bz_form_version TEXT NOT NULL,"
			" bz_instance TEXT NOT NULL,"
			" bz_conflict INTEGER NOT NULL,"
			" bz_date_given INTEGER NOT NULL";
	return sheet > 0 ? "bz_id INTEGER NOT NULL, bz_row INTEGER NOT NULL" :
		"bz_id INTEGER NOT NULL, bz_row INTEGER NOT NULL,"
		" bz_parent INTEGER NOT NULL, bz_position INTEGER NOT NULL";
}

static void add_reference(struct str *sql, const char *columns,
	const char *table, const char *its_columns)
{
	str_addf(sql, ", FOREIGN KEY (%s) REFERENCES ", columns);
	add_name(sql, table);
	str_addf(sql, " (%s) DEFERRABLE INITIALLY DEFERRED", its_columns);
}

/* Rows of repeats are written before the row that they stand in. */
static void add_references(struct str *sql, const struct layout *layout,
	size_t table, size_t sheet)
{
	const struct layout_table *tables = layout->tables.items;
	int parent = tables[table].parent;

	if (sheet > 0 && table > 0)
		add_reference(sql, "bz_id, bz_row",
			tables[table].sheets.items[0].name, "bz_id, bz_row");
	else if (sheet > 0 || table > 0)
		add_reference(sql, "bz_id", tables[0].sheets.items[0].name,
			"bz_id");
	if (sheet == 0 && parent > 0)
		add_reference(sql, "bz_id, bz_parent",
			tables[parent].sheets.items[0].name, "bz_id, bz_row");
}

static bool create_sheet(struct store *store, const struct layout *layout,
	size_t table, size_t at, struct err *err)
{
	static const char *const types[] = { "TEXT", "INTEGER", "REAL" };
	const struct layout_table *t = &layout->tables.items[table];
	const struct layout_sheet *sheet = &t->sheets.items[at];
	struct str sql = STR_INIT;
	bool ok;

	str_add(&sql, "CREATE TABLE ");
	add_name(&sql, sheet->name);
	str_addf(&sql, " (%s", key_columns(table, at));
	for (size_t i = 0; i < sheet->columns.n; i++) {
		const struct layout_column *column =
			&t->columns.items[sheet->columns.items[i]];

		str_add(&sql, ", ");
		add_name(&sql, column->name);
		str_addf(&sql, " %s", types[column->type]);
	}
	if (table > 0)
		str_add(&sql, ", PRIMARY KEY (bz_id, bz_row)");
	add_references(&sql, layout, table, at);
	str_add(&sql, table == 0 ? ");" : ") WITHOUT ROWID;");
	if (table == 0 && at == 0) {
		str_add(&sql, "CREATE INDEX ");
		str_addf(&sql, "\"%s bz_record\"", layout->base);
		str_add(&sql, " ON ");
		add_name(&sql, sheet->name);
		str_add(&sql, " (bz_record);");
	}
	ok = db_exec(store_db(store), sql.data, err);
	str_release(&sql);
	return ok;
}

static bool create_tables(struct store *store, const struct layout *layout,
	struct err *err)
{
	for (size_t t = 0; t < layout->tables.n; t++)
		for (size_t s = 0; s < layout->tables.items[t].sheets.n; s++)
			if (!create_sheet(store, layout, t, s, err))
				return false;
	return true;
}

/* What refers to others goes first. */
static bool drop_tables(struct store *store, const struct layout *layout,
	struct err *err)
{
	struct str sql = STR_INIT;
	bool ok;

	for (size_t t = layout->tables.n; t-- > 0;)
		for (size_t s = layout->tables.items[t].sheets.n; s-- > 0;) {
			str_add(&sql, "DROP TABLE IF EXISTS ");
			add_name(&sql,
				layout->tables.items[t].sheets.items[s].name);
			str_add(&sql, ";");
		}
	ok = sql.len == 0 || db_exec(store_db(store), sql.data, err);
	str_release(&sql);
	return ok;
}


bool tables_drop_all(struct store *store, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT form, tables FROM layout", err);
	VEC(struct layout *) layouts = { 0 };
	enum db_result result;
	bool ok = true;

	if (walk == NULL)
		return false;
	while (ok && (result = db_step(walk, err)) != DB_DONE) {
		struct layout *layout = result == DB_ROW ?
			layout_parse(db_text(walk, 0), db_text(walk, 1), err) :
			NULL;

		ok = layout != NULL;
		if (ok)
			vec_push(&layouts, layout);
	}
	db_reset(walk);
	for (size_t i = 0; i < layouts.n; i++) {
		ok = ok && drop_tables(store, layouts.items[i], err);
		layout_free(layouts.items[i]);
	}
	vec_release(&layouts);
	return ok && labels_clear(store, err) &&
		db_exec(store_db(store), "DELETE FROM layout", err);
}

/* --- layouts in step with the forms --- */

struct form_name { const char *id, *base; };

/* Names of schema.c that a form's table might want. */
static bool is_ours(const char *name)
{
	static const char *const ours[] = {
		"bz_records", "bz_versions", "bz_findings", "bz_codebook",
		"bz_codebook_label", "bz_codebook_choice", "bz_codebook_path"
	};

	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		if (strcmp(name, ours[i]) == 0)
			return true;
	return false;
}

/* Bases of all forms at once: a name must not depend on which form came
 * first.  Ours (bz_...) first, then by id. */
static bool name_forms(struct store *store, struct arena *arena,
	struct form_name **names, size_t *n_names, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT DISTINCT id FROM form"
		" ORDER BY substr(id, 1, 3) <> 'bz_', id", err);
	VEC(struct form_name) list = { 0 };
	struct map taken = MAP_INIT;
	enum db_result result;

	if (walk == NULL)
		return false;
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct form_name name = { arena_strdup(arena,
			db_text(walk, 0)), NULL };
		char hex[SHA256_HEX_BYTES], *key;

		name.base = str_starts(name.id, "bz_") ? name.id :
			arena_printf(arena, "bz_%s", name.id);
		key = arena_strdup(arena, name.base);
		for (char *c = key; *c != '\0'; c++)
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c - 'A' + 'a');
		if (map_has(&taken, key) || strstr(key + 3, "__") != NULL ||
				is_ours(key)) {
			sha256_hex(name.id, strlen(name.id), hex);
			/* '.' begins no ending of ours */
			name.base = arena_printf(arena, "%s.%.8s", name.base,
				hex);
		}
		map_set(&taken, key, arena);
		vec_push(&list, name);
	}
	db_reset(walk);
	map_release(&taken);
	*n_names = list.n;
	*names = arena_alloc(arena, (list.n + 1) * sizeof **names);
	if (list.n > 0)
		memcpy(*names, list.items, list.n * sizeof **names);
	vec_release(&list);
	return result != DB_FAILED;
}

static bool save_layout(struct store *store, const char *form,
	const char *json, struct err *err)
{
	struct db_stmt *put = db_prepare(store_db(store),
		"INSERT OR REPLACE INTO layout (form, tables) VALUES (?1, ?2)",
		err);

	if (put == NULL)
		return false;
	db_bind_text(put, 1, form);
	db_bind_text(put, 2, json);
	return db_run(put, err);
}

static bool refill(struct store *store, const char *form, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT id FROM record WHERE form = ?1", err);
	struct tables *tables;
	VEC(int64_t) records = { 0 };
	enum db_result result;
	bool ok;

	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, form);
	while ((result = db_step(walk, err)) == DB_ROW) {
		int64_t id = db_int(walk, 0);

		vec_push(&records, id);
	}
	db_reset(walk);
	ok = result != DB_FAILED;
	tables = tables_open(store, NULL);
	for (size_t i = 0; ok && i < records.n; i++)
		ok = tables_write(tables, records.items[i], true, err);
	tables_close(tables);
	vec_release(&records);
	return ok;
}

struct change {
	const char *form;
	struct layout *old, *new;
	struct codebook *book;		/* for `new` */
	char *json;
	bool is_changed;
};

static bool read_forms(struct store *store, const struct form_name *name,
	struct change *change, struct err *err)
{
	struct store_forms forms = STORE_FORMS_INIT;
	bool ok = store_forms_load(store, name->id, &forms, err);
	const struct xform *const *versions =
		(const struct xform *const *)forms.list.items;

	if (ok) {
		change->new = layout_new(name->base, versions, forms.list.n);
		change->book = codebook_new(change->new, versions,
			forms.list.n);
	}
	store_forms_release(&forms);
	return ok;
}

static bool find_change(struct store *store, const struct form_name *name,
	struct change *change, struct err *err)
{
	char *before;

	change->form = name->id;
	if (!read_forms(store, name, change, err))
		return false;
	change->json = layout_print(change->new);
	change->is_changed = true;
	change->old = layout_load(store, name->id, err);
	if (change->old == NULL) {
		bool none = err == NULL || err->code == ERR_NOTFOUND;

		err_clear(err);
		return none;
	}
	before = layout_print(change->old);
	change->is_changed = strcmp(before, change->json) != 0;
	free(before);
	return true;
}

static bool make_change(struct store *store, struct change *change,
	struct err *err)
{
	return create_tables(store, change->new, err) &&
		save_layout(store, change->form, change->json, err) &&
		refill(store, change->form, err);
}

/* All old tables go before new ones come: names may move between forms. */
static bool make_changes(struct store *store, struct change *changes, size_t n,
	struct err *err)
{
	if (!labels_clear(store, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (changes[i].is_changed && changes[i].old != NULL &&
				!drop_tables(store, changes[i].old, err))
			return false;
	for (size_t i = 0; i < n; i++)
		if (changes[i].is_changed &&
				!make_change(store, &changes[i], err))
			return false;
	return true;
}

static bool write_labels(struct store *store, const struct change *changes,
	size_t n, struct err *err)
{
	struct labels_form *forms = xcalloc(n + 1, sizeof *forms);
	bool ok;

	for (size_t i = 0; i < n; i++)
		forms[i] = (struct labels_form){ changes[i].new,
			changes[i].book };
	ok = labels_write(store, forms, n, err);
	free(forms);
	return ok;
}

bool tables_update_layouts(struct store *store, struct err *err)
{
	struct arena *arena = arena_new();
	struct form_name *names = NULL;
	struct change *changes;
	size_t n = 0;
	bool ok = name_forms(store, arena, &names, &n, err);

	changes = ARENA_ARRAY(arena, struct change, n + 1);
	for (size_t i = 0; ok && i < n; i++)
		ok = find_change(store, &names[i], &changes[i], err);
	ok = ok && make_changes(store, changes, n, err) &&
		write_labels(store, changes, n, err);
	for (size_t i = 0; i < n; i++) {
		layout_free(changes[i].old);
		layout_free(changes[i].new);
		codebook_free(changes[i].book);
		free(changes[i].json);
	}
	arena_free(arena);
	return ok;
}
