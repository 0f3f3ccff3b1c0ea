#include "config.h"

#include "store/dump.h"

#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/str.h"
#include "base/vec.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "store/content.h"
#include "store/fact.h"
#include "store/layout.h"
#include "store/lists.h"
#include "store/store.h"

struct dump { struct store *store; struct db *db; FILE *to; };

static bool put(struct dump *d, struct json *line)
{
	char *text = js_print(line);

	fputs(text, d->to);
	fputc('\n', d->to);
	free(text);
	js_free(line);
	return true;
}

static struct json *new_line(const char *kind)
{
	struct json *line = js_new_object();

	js_put_text(line, "line", kind);
	return line;
}

/* A SHA-256 column as hexadecimal digits; nothing for NULL. */
static void put_hash(struct json *line, const char *key, struct db_stmt *stmt,
	int column)
{
	char hex[SHA256_HEX_BYTES];
	size_t n;
	const void *bytes = db_blob(stmt, column, &n);

	if (bytes == NULL || n != SHA256_BYTES)
		return;
	hex_encode(bytes, n, hex);
	js_put_text(line, key, hex);
}

/* One line for each row of a query. */
static bool each(struct dump *d, struct db_stmt *walk,
	bool (*print)(struct dump *d, struct db_stmt *row, struct err *err),
	struct err *err)
{
	enum db_result result;
	bool ok = walk != NULL;

	while (ok && (result = db_step(walk, err)) != DB_DONE)
		ok = result == DB_ROW && print(d, walk, err);
	if (walk != NULL)
		db_reset(walk);
	return ok;
}

static bool print_fact(struct dump *d, struct db_stmt *row, struct err *err)
{
	struct json *line = new_line("fact");
	struct str text = STR_INIT;
	struct json *body = NULL;
	bool ok = true;

	js_put_text(line, "kind", db_text(row, 0));
	put_hash(line, "sha256", row, 1);
	js_put_text(line, "signer", db_text(row, 2));
	/* a manifest is told by its header and its hash: its entries are the
	 * versions and files below */
	if (strcmp(db_text(row, 0), FACT_MANIFEST) == 0) {
		js_put_text(line, "name", db_text(row, 4));
		js_put_int(line, "sequence", db_int(row, 5));
		put_hash(line, "previous", row, 6);
		js_put_text(line, "date", db_text(row, 7));
		js_put_bool(line, "training", db_int(row, 8) != 0);
		js_put_bool(line, "trusted", db_int(row, 9) != 0);
	} else {
		ok = content_get(d->store, db_int(row, 3), 32 << 20, &text,
			err);
		if (ok)
			body = js_parse(text.data, text.len, err);
		ok = body != NULL;
		js_put(line, "body", body);
	}
	str_release(&text);
	if (ok)
		return put(d, line);
	js_free(line);
	return false;
}

static bool dump_facts(struct dump *d, struct err *err)
{
	return each(d, db_prepare(d->db,
		"SELECT f.kind, c.sha256, f.signer, f.content, m.name,"
		" m.sequence, m.previous, m.date, m.training, m.trusted"
		" FROM fact f"
		" JOIN content c ON c.id = f.content"
		" LEFT JOIN manifest m ON m.fact = f.id"
		" ORDER BY f.kind, c.sha256", err), print_fact, err);
}

static bool print_content(struct dump *d, struct db_stmt *row, struct err *err)
{
	struct json *line = new_line("content");

	(void)err;
	put_hash(line, "sha256", row, 0);
	js_put_int(line, "size", db_int(row, 1));
	return put(d, line);
}

static bool dump_contents(struct dump *d, struct err *err)
{
	return each(d, db_prepare(d->db,
		"SELECT sha256, size FROM content WHERE packing <> 2"
		" ORDER BY sha256", err),
		print_content, err);
}

static bool print_device(struct dump *d, struct db_stmt *row, struct err *err)
{
	struct json *line = new_line("device");

	(void)err;
	js_put_text(line, "key", db_text(row, 0));
	js_put_text(line, "fingerprint", db_text(row, 1));
	js_put_text(line, "status", db_text(row, 2));
	return put(d, line);
}

static bool dump_devices(struct dump *d, struct err *err)
{
	return each(d, db_prepare(d->db,
		"SELECT key, fingerprint, status FROM device ORDER BY key", err),
		print_device, err);
}

static bool add_media(struct dump *d, int64_t form, struct json *line,
	struct err *err)
{
	struct db_stmt *walk = db_prepare(d->db,
		"SELECT name, sha256 FROM media WHERE form = ?1"
		" ORDER BY name, sha256", err);
	struct json *files = js_new_array();
	enum db_result result;

	if (walk == NULL) {
		js_free(files);
		return false;
	}
	db_bind_int(walk, 1, form);
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct json *file = js_new_object();

		js_put_text(file, "name", db_text(walk, 0));
		put_hash(file, "sha256", walk, 1);
		js_add(files, file);
	}
	db_reset(walk);
	js_put(line, "media", files);
	return result != DB_FAILED;
}

static bool print_form(struct dump *d, struct db_stmt *row, struct err *err)
{
	struct json *line = new_line("form");

	js_put_text(line, "id", db_text(row, 0));
	js_put_text(line, "version", db_text(row, 1));
	put_hash(line, "sha256", row, 2);
	js_put_text(line, "title", db_text(row, 3));
	js_put_text(line, "class", db_text(row, 4));
	if (add_media(d, db_int(row, 5), line, err))
		return put(d, line);
	js_free(line);
	return false;
}

static bool dump_forms(struct dump *d, struct err *err)
{
	return each(d, db_prepare(d->db,
		"SELECT f.id, f.version, c.sha256, f.title, f.class, f.content"
		" FROM form f JOIN content c ON c.id = f.content"
		" ORDER BY f.id, f.version, c.sha256", err), print_form, err);
}

/* Hashes that a query about one content finds, as an array. */
static bool add_hashes(struct json *line, const char *key,
	struct db_stmt *walk, int64_t about, struct err *err)
{
	struct json *list = js_new_array();
	enum db_result result;
	char hex[SHA256_HEX_BYTES];

	if (walk == NULL) {
		js_free(list);
		return false;
	}
	db_bind_int(walk, 1, about);
	while ((result = db_step(walk, err)) == DB_ROW) {
		size_t n;
		const void *bytes = db_blob(walk, 0, &n);

		hex_encode(bytes, n < 32 ? n : 32, hex);
		js_add(list, js_new_text(hex));
	}
	db_reset(walk);
	js_put(line, key, list);
	return result != DB_FAILED;
}

static bool add_manifests(struct dump *d, struct json *line, int64_t content,
	struct err *err)
{
	return add_hashes(line, "manifests", db_prepare(d->db,
		"SELECT c.sha256 FROM brought b JOIN fact f ON f.id = b.manifest"
		" JOIN content c ON c.id = f.content WHERE b.content = ?1"
		" ORDER BY c.sha256", err), content, err);
}

static bool add_attachments(struct dump *d, struct json *line, int64_t version,
	struct err *err)
{
	struct db_stmt *walk = db_prepare(d->db,
		"SELECT a.name, a.sha256, c.id IS NOT NULL FROM attachment a"
		" LEFT JOIN content c ON c.sha256 = a.sha256"
		" AND c.packing <> 2 WHERE a.version = ?1 ORDER BY a.name, a.sha256", err);
	struct json *files = js_new_array();
	enum db_result result;

	if (walk == NULL) {
		js_free(files);
		return false;
	}
	db_bind_int(walk, 1, version);
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct json *file = js_new_object();

		js_put_text(file, "name", db_text(walk, 0));
		put_hash(file, "sha256", walk, 1);
		js_put_bool(file, "here", db_int(walk, 2) != 0);
		js_add(files, file);
	}
	db_reset(walk);
	js_put(line, "attachments", files);
	return result != DB_FAILED;
}

static bool print_version(struct dump *d, struct db_stmt *row, struct err *err)
{
	struct json *line = new_line("version");
	int64_t id = db_int(row, 0);

	put_hash(line, "sha256", row, 1);
	js_put_text(line, "form", db_text(row, 2));
	js_put_text(line, "form_version", db_text(row, 3));
	js_put_text(line, "instance", db_text(row, 4));
	js_put_text(line, "deprecated", db_text(row, 5));
	js_put_bool(line, "training", db_int(row, 6) != 0);
	js_put_text(line, "problem", db_text(row, 7));
	js_put_int(line, "depth", db_int(row, 8));
	js_put_bool(line, "head", db_int(row, 9) != 0);
	js_put_text(line, "record", db_text(row, 10));
	js_put_bool(line, "deleted", db_int(row, 11) != 0);
	if (add_hashes(line, "priors", db_prepare(d->db,
			"SELECT sha256 FROM prior WHERE version = ?1"
			" ORDER BY sha256", err), id, err) &&
			add_manifests(d, line, id, err) &&
			add_attachments(d, line, id, err))
		return put(d, line);
	js_free(line);
	return false;
}

static bool dump_versions(struct dump *d, struct err *err)
{
	return each(d, db_prepare(d->db,
		"SELECT v.id, c.sha256, v.form, v.form_version, v.instance,"
		" v.deprecated, v.training, v.problem, v.depth, v.head, r.name,"
		" v.deleted"
		" FROM version v JOIN content c ON c.id = v.id"
		" JOIN record r ON r.id = v.record ORDER BY c.sha256", err),
		print_version, err);
}

static bool print_sealed(struct dump *d, struct db_stmt *row, struct err *err)
{
	struct json *line = new_line("sealed");

	put_hash(line, "sha256", row, 1);
	js_put_text(line, "kind", db_text(row, 2));
	js_put_text(line, "class", db_text(row, 3));
	if (add_manifests(d, line, db_int(row, 0), err))
		return put(d, line);
	js_free(line);
	return false;
}

static bool dump_sealed(struct dump *d, struct err *err)
{
	return each(d, db_prepare(d->db,
		"SELECT s.id, c.sha256, s.kind, s.class FROM sealed s"
		" JOIN content c ON c.id = s.id ORDER BY c.sha256", err),
		print_sealed, err);
}

static bool print_refused(struct dump *d, struct db_stmt *row, struct err *err)
{
	struct json *line = new_line("refused");

	(void)err;
	put_hash(line, "sha256", row, 0);
	js_put_text(line, "code", db_text(row, 1));
	return put(d, line);
}

static bool dump_refused(struct dump *d, struct err *err)
{
	return each(d, db_prepare(d->db,
		"SELECT sha256, code FROM refused ORDER BY sha256", err),
		print_refused, err);
}

/* A record that was joined, by its hash. */
static void put_joined(struct json *line, struct db_stmt *row, int column)
{
	char hex[SHA256_HEX_BYTES];
	size_t n;
	const void *bytes = db_blob(row, column, &n);

	if (db_is_null(row, column))
		return;
	sha256_hex(bytes, n, hex);
	js_put_text(line, "joined", hex);
}

static bool add_conflicts(struct dump *d, struct json *line, int64_t record,
	struct err *err)
{
	struct db_stmt *walk = db_prepare(d->db,
		"SELECT path, why FROM conflict WHERE record = ?1"
		" ORDER BY path", err);
	struct json *list = js_new_array();
	enum db_result result;

	if (walk == NULL) {
		js_free(list);
		return false;
	}
	db_bind_int(walk, 1, record);
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct json *item = js_new_object();

		js_put_text(item, "path", db_text(walk, 0));
		js_put_text(item, "why", db_text(walk, 1));
		js_add(list, item);
	}
	db_reset(walk);
	js_put(line, "conflicts", list);
	return result != DB_FAILED;
}

static bool print_record(struct dump *d, struct db_stmt *row, struct err *err)
{
	struct json *line = new_line("record");

	js_put_text(line, "record", db_text(row, 1));
	js_put_text(line, "form", db_text(row, 2));
	put_hash(line, "current", row, 3);
	js_put_int(line, "versions", db_int(row, 4));
	js_put_bool(line, "conflict", db_int(row, 5) != 0);
	js_put_text(line, "hidden", db_text(row, 6));
	js_put_text(line, "review", db_text(row, 7));
	put_joined(line, row, 8);
	if (add_conflicts(d, line, db_int(row, 0), err) &&
			add_hashes(line, "heads", db_prepare(d->db,
			"SELECT c.sha256 FROM version v"
			" JOIN content c ON c.id = v.id"
			" WHERE v.record = ?1 AND v.head ORDER BY c.sha256",
			err), db_int(row, 0), err))
		return put(d, line);
	js_free(line);
	return false;
}

static bool dump_records(struct dump *d, struct err *err)
{
	return each(d, db_prepare(d->db,
		"SELECT r.id, r.name, r.form, c.sha256, r.versions, r.conflict,"
		" r.hidden, r.review, j.bytes"
		" FROM record r JOIN content c ON c.id = r.current"
		" LEFT JOIN joined j ON j.record = r.id"
		" ORDER BY r.form, r.name, c.sha256", err), print_record, err);
}

static bool print_query(struct dump *d, struct db_stmt *row, struct err *err)
{
	struct json *line = new_line("query");

	put_hash(line, "sha256", row, 1);
	js_put_text(line, "record", db_text(row, 2));
	js_put_bool(line, "closed", db_int(row, 3) != 0);
	if (add_hashes(line, "answers", db_prepare(d->db,
			"SELECT DISTINCT c.sha256 FROM query q"
			" JOIN answer a ON a.query = q.sha256"
			" JOIN content c ON c.id = a.content"
			" WHERE q.fact = ?1 ORDER BY c.sha256", err),
			db_int(row, 0), err))
		return put(d, line);
	js_free(line);
	return false;
}

static bool dump_queries(struct dump *d, struct err *err)
{
	return each(d, db_prepare(d->db,
		"SELECT q.fact, q.sha256, q.record, EXISTS (SELECT 1 FROM"
		" closed c WHERE c.sha256 = q.sha256) FROM query q"
		" ORDER BY q.sha256", err), print_query, err);
}

static bool print_finding(struct dump *d, struct db_stmt *row, struct err *err)
{
	struct json *line = new_line("finding");

	(void)err;
	js_put_text(line, "form", db_text(row, 0));
	js_put_text(line, "rule", db_text(row, 1));
	if (!db_is_null(row, 2))
		js_put_text(line, "record", db_text(row, 2));
	js_put_text(line, "part", db_text(row, 3));
	js_put_text(line, "value", db_text(row, 4));
	return put(d, line);
}

static bool dump_findings(struct dump *d, struct err *err)
{
	return each(d, db_prepare(d->db,
		"SELECT f.form, f.rule, r.name, f.part, f.value FROM finding f"
		" LEFT JOIN record r ON r.id = f.record"
		" ORDER BY f.form, f.rule, r.name, f.part", err),
		print_finding, err);
}

/* --- tables: columns, number of rows, and a hash over the rows --- */

static void add_sheet_query(struct str *sql, const struct layout *layout,
	size_t t, size_t s)
{
	const struct layout_table *table = &layout->tables.items[t];
	const struct layout_sheet *sheet = &table->sheets.items[s];
	char *name = db_quote_name(sheet->name);
	char *main = db_quote_name(layout->tables.items[0].sheets.items[0].name);

	str_addf(sql, "SELECT m.bz_record%s",
		t > 0 ? ", x.bz_row" : "");
	if (s == 0)
		str_add(sql, t > 0 ? ", x.bz_parent, x.bz_position" :
			", x.bz_version, x.bz_form_version, x.bz_instance,"
			" x.bz_conflict, x.bz_date_given");
	for (size_t i = 0; i < sheet->columns.n; i++) {
		char *column = db_quote_name(
			table->columns.items[sheet->columns.items[i]].name);

		str_addf(sql, ", x.%s", column);
		free(column);
	}
	str_addf(sql, " FROM %s x JOIN %s m ON m.bz_id = x.bz_id"
		" ORDER BY m.bz_record%s", name, main,
		t > 0 ? ", x.bz_row" : "");
	free(name);
	free(main);
}

static struct json *cell(struct db_stmt *row, int column)
{
	switch (db_type(row, column)) {
	case DB_INT:
		return js_new_int(db_int(row, column));
	case DB_DOUBLE:
		return js_new_number(db_double(row, column));
	case DB_NULL:
		return js_new_null();
	default:
		return js_new_text(db_text(row, column));
	}
}

static bool hash_rows(struct dump *d, const char *sql, int64_t *n_rows,
	char hex[SHA256_HEX_BYTES], struct err *err)
{
	struct db_stmt *walk = db_prepare_once(d->db, sql, err);
	enum db_result result = DB_FAILED;
	struct sha256 hash;

	sha256_init(&hash);
	*n_rows = 0;
	while (walk != NULL && (result = db_step(walk, err)) == DB_ROW) {
		struct json *row = js_new_array();
		char *text;

		for (int i = 0; i < db_columns(walk); i++)
			js_add(row, cell(walk, i));
		text = js_print(row);
		sha256_add(&hash, text, strlen(text));
		sha256_add(&hash, "\n", 1);
		free(text);
		js_free(row);
		++*n_rows;
	}
	sha256_end_hex(&hash, hex);
	db_free(walk);
	return result == DB_DONE;
}

static bool dump_sheet(struct dump *d, const struct layout *layout, size_t t,
	size_t s, struct err *err)
{
	const struct layout_table *table = &layout->tables.items[t];
	const struct layout_sheet *sheet = &table->sheets.items[s];
	struct str sql = STR_INIT;
	char hex[SHA256_HEX_BYTES];
	struct json *line, *columns;
	int64_t n_rows;
	bool ok;

	add_sheet_query(&sql, layout, t, s);
	ok = hash_rows(d, sql.data, &n_rows, hex, err);
	str_release(&sql);
	if (!ok)
		return false;
	line = new_line("table");
	columns = js_new_array();
	for (size_t i = 0; i < sheet->columns.n; i++)
		js_add(columns, js_new_text(table->columns.items[
			sheet->columns.items[i]].name));
	js_put_text(line, "form", layout->form);
	js_put_text(line, "table", sheet->name);
	js_put(line, "columns", columns);
	js_put_int(line, "rows", n_rows);
	js_put_text(line, "sha256", hex);
	return put(d, line);
}

static bool dump_layout(struct dump *d, const struct layout *layout,
	struct err *err)
{
	for (size_t t = 0; t < layout->tables.n; t++)
		for (size_t s = 0; s < layout->tables.items[t].sheets.n; s++)
			if (!dump_sheet(d, layout, t, s, err))
				return false;
	return true;
}

static bool print_layout(struct dump *d, struct db_stmt *row, struct err *err)
{
	struct layout *layout = layout_parse(db_text(row, 0), db_text(row, 1),
		err);
	bool ok = layout != NULL && dump_layout(d, layout, err);

	layout_free(layout);
	return ok;
}

/* Their values are answers: only a hash of them is here. */
static bool dump_lists(struct dump *d, struct err *err)
{
	struct store_lists lists;
	bool ok = store_lists_make(d->store, NULL, &lists, err);

	for (size_t i = 0; ok && i < lists.all.n; i++) {
		const struct store_list *list = &lists.all.items[i];
		struct json *line = new_line("list");
		char hex[SHA256_HEX_BYTES];

		js_put_text(line, "name", list->name);
		js_put_int(line, "entities", (int64_t)list->n_entities);
		sha256_hex(list->csv.data, list->csv.len, hex);
		js_put_text(line, "sha256", hex);
		put(d, line);
	}
	store_lists_release(&lists);
	return ok;
}

static bool dump_tables(struct dump *d, struct err *err)
{
	return each(d, db_prepare(d->db,
		"SELECT form, tables FROM layout ORDER BY form", err),
		print_layout, err);
}

static bool dump_all(struct dump *d, struct err *err)
{
	struct json *line = new_line("store");

	js_put_int(line, "format", 1);
	js_put_text(line, "project", store_project(d->store));
	return put(d, line) && dump_facts(d, err) && dump_contents(d, err) &&
		dump_devices(d, err) && dump_forms(d, err) &&
		dump_versions(d, err) && dump_sealed(d, err) &&
		dump_refused(d, err) &&
		dump_records(d, err) && dump_queries(d, err) &&
		dump_findings(d, err) && dump_lists(d, err) &&
		dump_tables(d, err);
}

bool store_dump(struct store *store, FILE *to, struct err *err)
{
	struct dump d = { store, store_db(store), to };
	bool ok = dump_all(&d, err);

	if (ok && (fflush(to) != 0 || ferror(to)))
		ok = err_set(err, ERR_IO, _("cannot write the dump"));
	return ok;
}
