#include "config.h"

#include "store/labels.h"

#include <string.h>

#include "base/map.h"
#include "base/str.h"
#include "db/db.h"
#include "store/store.h"

/* SQLite takes 2,000 columns; a table has at most 1,500 and its keys. */
enum { VIEW_COLUMNS_MAX = 1900 };

/* --- taking away --- */

static bool list_views(struct store *store, struct str *drops,
	struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT name FROM label_view", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	while ((result = db_step(walk, err)) == DB_ROW) {
		char *name = db_quote_name(db_text(walk, 0));

		str_addf(drops, "DROP VIEW IF EXISTS %s;", name);
		free(name);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

bool labels_clear(struct store *store, struct err *err)
{
	struct str sql = STR_INIT;
	bool ok = list_views(store, &sql, err);

	str_add(&sql, "DELETE FROM label_view; DELETE FROM bz_codebook;"
		"DELETE FROM bz_codebook_label; DELETE FROM bz_codebook_choice;"
		"DELETE FROM bz_codebook_path;");
	ok = ok && db_exec(store_db(store), sql.data, err);
	str_release(&sql);
	return ok;
}

/* --- the code book --- */

struct writer {
	struct db *db;
	const struct layout *layout;
	const struct codebook *book;
	const struct layout_table *table;
	const struct codebook_table *labels;
	struct map *taken;		/* names of tables and views, small */
	struct arena *arena;
};

static const char *sheet_of(const struct writer *w, size_t column)
{
	return w->table->sheets.items[w->table->columns.items[column].sheet]
		.name;
}

static const char *ending(const struct writer *w, size_t language)
{
	return w->book->languages.items[language].ending;
}

static bool put_label(const struct writer *w, const char *table,
	const char *column, const char **labels, const char **hints,
	struct err *err)
{
	struct db_stmt *put = db_prepare(w->db,
		"INSERT INTO bz_codebook_label (table_name, column_name,"
		" language, label, hint) VALUES (?1, ?2, ?3, ?4, ?5)", err);

	for (size_t i = 0; put != NULL && i < w->book->languages.n; i++) {
		db_bind_text(put, 1, table);
		db_bind_text(put, 2, column);
		db_bind_text(put, 3, ending(w, i));
		db_bind_text(put, 4, labels[i]);
		db_bind_text(put, 5, hints != NULL ? hints[i] : NULL);
		if (!db_run(put, err))
			return false;
	}
	return put != NULL;
}

static bool put_choices(const struct writer *w, size_t at, struct err *err)
{
	const struct codebook_column *column = &w->labels->columns[at];
	struct db_stmt *put = db_prepare(w->db,
		"INSERT INTO bz_codebook_choice (table_name, column_name,"
		" language, value, position, label)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6)", err);
	bool ok = put != NULL;

	if (ok) {
		db_bind_text(put, 1, sheet_of(w, at));
		db_bind_text(put, 2, w->table->columns.items[at].name);
	}
	for (size_t l = 0; l < w->book->languages.n; l++)
		for (size_t i = 0; ok && i < column->choices.n; i++) {
			db_bind_text(put, 3, ending(w, l));
			db_bind_text(put, 4, column->choices.items[i].value);
			db_bind_int(put, 5, (int64_t)i + 1);
			db_bind_text(put, 6,
				column->choices.items[i].labels[l]);
			ok = db_run(put, err);
		}
	return ok;
}

static bool put_paths(const struct writer *w, size_t at, struct err *err)
{
	const struct codebook_column *column = &w->labels->columns[at];
	struct db_stmt *put = db_prepare(w->db,
		"INSERT INTO bz_codebook_path (table_name, column_name,"
		" form_version, path) VALUES (?1, ?2, ?3, ?4)", err);
	bool ok = put != NULL;

	for (size_t i = 0; ok && i < column->places.n; i++) {
		db_bind_text(put, 1, sheet_of(w, at));
		db_bind_text(put, 2, w->table->columns.items[at].name);
		db_bind_text(put, 3, column->places.items[i].version);
		db_bind_text(put, 4, column->places.items[i].path);
		ok = db_run(put, err);
	}
	return ok;
}

static bool put_column(const struct writer *w, size_t at, struct err *err)
{
	static const char *const classes[] = {
		"public", "restricted", "identifying"
	};
	const struct layout_column *column = &w->table->columns.items[at];
	const struct codebook_column *said = &w->labels->columns[at];
	struct db_stmt *put = db_prepare(w->db,
		"INSERT INTO bz_codebook (table_name, column_name, form,"
		" repeat, position, type, sensitivity)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", err);

	if (put == NULL)
		return false;
	db_bind_text(put, 1, sheet_of(w, at));
	db_bind_text(put, 2, column->name);
	db_bind_text(put, 3, w->layout->form);
	db_bind_text(put, 4, w->table->path);
	db_bind_int(put, 5, (int64_t)at + 1);
	db_bind_text(put, 6, said->type);
	db_bind_text(put, 7, classes[column->class_]);
	return db_run(put, err) && put_label(w, sheet_of(w, at), column->name,
		said->labels, said->hints, err) && put_choices(w, at, err) &&
		put_paths(w, at, err);
}

static bool put_table(const struct writer *w, struct err *err)
{
	if (!put_label(w, w->table->sheets.items[0].name, "",
			w->labels->labels, NULL, err))
		return false;
	for (size_t i = 0; i < w->table->columns.n; i++)
		if (!put_column(w, i, err))
			return false;
	return true;
}

/* --- views --- */

static char *small(struct arena *arena, const char *name)
{
	char *copy = arena_strdup(arena, name);

	for (char *c = copy; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return copy;
}

static const char *free_name(const struct writer *w, struct map *taken,
	const char *wanted)
{
	const char *name = wanted, *key = small(w->arena, name);

	for (unsigned n = 2; map_has(taken, key); n++) {
		name = arena_printf(w->arena, "%s_%u", wanted, n);
		key = small(w->arena, name);
	}
	map_set(taken, key, w->arena);
	return name;
}

static void add_name(struct str *sql, const char *name)
{
	char *quoted = db_quote_name(name);

	str_add(sql, quoted);
	free(quoted);
}

static void add_text(struct str *sql, const char *text)
{
	str_addc(sql, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			str_addc(sql, '\'');
		str_addc(sql, *text);
	}
	str_addc(sql, '\'');
}

/* "(SELECT label ... c.value = ": what it is compared with follows. */
static void add_lookup(const struct writer *w, struct str *sql, size_t at,
	size_t language)
{
	str_add(sql, "bz_codebook_choice c WHERE c.table_name = ");
	add_text(sql, sheet_of(w, at));
	str_add(sql, " AND c.column_name = ");
	add_text(sql, w->table->columns.items[at].name);
	str_add(sql, " AND c.language = ");
	add_text(sql, ending(w, language));
	str_add(sql, " AND c.value = ");
}

static void add_one_label(const struct writer *w, struct str *sql, size_t at,
	size_t language)
{
	const struct layout_column *column = &w->table->columns.items[at];
	char *name = db_quote_name(column->name);

	str_add(sql, "coalesce((SELECT c.label FROM ");
	add_lookup(w, sql, at, language);
	str_addf(sql, column->type == LAYOUT_TEXT ? "x.%s" :
		"CAST(x.%s AS TEXT)", name);
	str_addf(sql, "), x.%s)", name);
	free(name);
}

/* Word by word; without JSON, which SQLite does not run in a view while the
 * schema is not trusted. */
static void add_many_labels(const struct writer *w, struct str *sql, size_t at,
	size_t language)
{
	char *name = db_quote_name(w->table->columns.items[at].name);

	str_addf(sql, "(WITH RECURSIVE w (word, rest) AS (SELECT NULL,"
		" CAST(x.%s AS TEXT) || ' ' UNION ALL"
		" SELECT substr(rest, 1, instr(rest, ' ') - 1),"
		" substr(rest, instr(rest, ' ') + 1) FROM w"
		" WHERE rest <> '') SELECT group_concat(coalesce("
		"(SELECT c.label FROM ", name);
	add_lookup(w, sql, at, language);
	str_add(sql, "w.word), w.word), '; ') FROM w WHERE w.word <> '')");
	free(name);
}

/* "34.5 69.2 1800 5" as numbers, for maps. */
static void add_point(const struct writer *w, struct str *sql, size_t at,
	struct map *names)
{
	static const char *const parts[] = { "latitude", "longitude" };
	const char *column = w->table->columns.items[at].name;
	char *name = db_quote_name(column);

	for (size_t i = 0; i < 2; i++) {
		str_addf(sql, i == 0 ?
			", CASE WHEN instr(x.%1$s, ' ') > 0 THEN"
			" CAST(x.%1$s AS REAL) END AS " :
			", CASE WHEN instr(x.%1$s, ' ') > 0 THEN CAST(substr("
			"x.%1$s, instr(x.%1$s, ' ') + 1) AS REAL) END AS ",
			name);
		add_name(sql, free_name(w, names, arena_printf(w->arena,
			"%s__%s", column, parts[i])));
	}
	free(name);
}

static void add_column(const struct writer *w, struct str *sql, size_t at,
	size_t language, struct map *names)
{
	const struct codebook_column *said = &w->labels->columns[at];
	const struct layout_column *column = &w->table->columns.items[at];

	str_add(sql, ", ");
	if (said->choices.n == 0) {
		str_add(sql, "x.");
		add_name(sql, column->name);
	} else if (said->is_multiple) {
		add_many_labels(w, sql, at, language);
	} else {
		add_one_label(w, sql, at, language);
	}
	str_add(sql, " AS ");
	add_name(sql, column->name);
	if (strcmp(said->type, "geopoint") == 0 &&
			column->type == LAYOUT_TEXT &&
			names->n + 2 < VIEW_COLUMNS_MAX)
		add_point(w, sql, at, names);
}

/* The keys of the table; in repeats the record's name, too. */
static const char *keys_of(const struct writer *w, size_t sheet)
{
	bool is_form = w->table->path[0] == '\0';

	if (sheet > 0)
		return is_form ? "x.bz_id AS bz_id, m.bz_record AS bz_record" :
			"x.bz_id AS bz_id, m.bz_record AS bz_record,"
			" x.bz_row AS bz_row";
	return is_form ? "x.bz_id AS bz_id, x.bz_record AS bz_record,"
		" x.bz_version AS bz_version,"
		" x.bz_form_version AS bz_form_version,"
		" x.bz_instance AS bz_instance, x.bz_conflict AS bz_conflict,"
		" x.bz_date_given AS bz_date_given" :
		"x.bz_id AS bz_id, m.bz_record AS bz_record,"
		" x.bz_row AS bz_row, x.bz_parent AS bz_parent,"
		" x.bz_position AS bz_position";
}

static void add_source(const struct writer *w, struct str *sql, size_t sheet)
{
	const char *main = w->layout->tables.items[0].sheets.items[0].name;

	str_add(sql, " FROM ");
	add_name(sql, w->table->sheets.items[sheet].name);
	str_add(sql, " x");
	if (sheet == 0 && w->table->path[0] == '\0')
		return;
	str_add(sql, " JOIN ");
	add_name(sql, main);
	str_add(sql, " m ON m.bz_id = x.bz_id");
}

static bool note_view(const struct writer *w, const char *name,
	struct err *err)
{
	struct db_stmt *put = db_prepare(w->db,
		"INSERT INTO label_view (name) VALUES (?1)", err);

	if (put == NULL)
		return false;
	db_bind_text(put, 1, name);
	return db_run(put, err);
}

static bool make_view(const struct writer *w, size_t at, size_t language,
	struct err *err)
{
	const struct layout_sheet *sheet = &w->table->sheets.items[at];
	const char *name = free_name(w, w->taken, arena_printf(w->arena,
		"%s_%s", sheet->name, ending(w, language)));
	struct map names = MAP_INIT;
	struct str sql = STR_INIT;
	bool ok;

	for (size_t i = 0; i < sheet->columns.n; i++)
		map_set(&names, small(w->arena, w->table->columns.items[
			sheet->columns.items[i]].name), w->arena);
	str_add(&sql, "CREATE VIEW ");
	add_name(&sql, name);
	str_addf(&sql, " AS SELECT %s", keys_of(w, at));
	for (size_t i = 0; i < sheet->columns.n; i++)
		add_column(w, &sql, sheet->columns.items[i], language, &names);
	add_source(w, &sql, at);
	ok = db_exec(w->db, sql.data, err) && note_view(w, name, err);
	str_release(&sql);
	map_release(&names);
	return ok;
}

static bool make_views(const struct writer *w, struct err *err)
{
	for (size_t s = 0; s < w->table->sheets.n; s++)
		for (size_t l = 0; l < w->book->languages.n; l++)
			if (w->table->sheets.items[s].class_ == LAYOUT_PUBLIC &&
					!make_view(w, s, l, err))
				return false;
	return true;
}

/* --- all of it --- */

static bool take_names(struct db *db, struct map *taken, struct arena *arena,
	struct err *err)
{
	struct db_stmt *walk = db_prepare(db,
		"SELECT lower(name) FROM sqlite_schema", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	while ((result = db_step(walk, err)) == DB_ROW)
		map_set(taken, arena_strdup(arena, db_text(walk, 0)), arena);
	db_reset(walk);
	return result != DB_FAILED;
}

static bool write_form(struct writer *w, const struct labels_form *form,
	struct err *err)
{
	w->layout = form->layout;
	w->book = form->book;
	for (size_t t = 0; t < w->layout->tables.n; t++) {
		w->table = &w->layout->tables.items[t];
		w->labels = &w->book->tables[t];
		if (!put_table(w, err) || !make_views(w, err))
			return false;
	}
	return true;
}

bool labels_write(struct store *store, const struct labels_form *forms,
	size_t n_forms, struct err *err)
{
	struct map taken = MAP_INIT;
	struct arena *arena = arena_new();
	struct writer w = { .db = store_db(store), .taken = &taken,
		.arena = arena };
	bool ok = labels_clear(store, err) &&
		take_names(w.db, &taken, arena, err);

	for (size_t i = 0; ok && i < n_forms; i++)
		ok = write_form(&w, &forms[i], err);
	map_release(&taken);
	arena_free(arena);
	return ok;
}
