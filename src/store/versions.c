#include "config.h"

#include "store/content.h"
#include "store/versions.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "db/db.h"
#include "store/statement.h"
#include "store/store.h"

enum { HASH_DIGITS = 8 };	/* of a beginning that is enough */

static void bundle_release(struct version_bundle *b)
{
	free(b->device);
	free(b->fingerprint);
	free(b->date);
	free(b->finished);
}

static void version_release(struct store_version *v)
{
	for (size_t i = 0; i < v->bundles.n; i++)
		bundle_release(&v->bundles.items[i]);
	for (size_t i = 0; i < v->priors.n; i++)
		free(v->priors.items[i]);
	vec_release(&v->bundles);
	vec_release(&v->priors);
	free(v->form_version);
	free(v->deprecated);
	free(v->instance);
	free(v->problem);
}

void store_record_release(struct store_record *record)
{
	for (size_t i = 0; i < record->versions.n; i++)
		version_release(&record->versions.items[i]);
	vec_release(&record->versions);
	free(record->name);
	free(record->form);
	free(record->review);
	free(record->hidden);
}

static char *text_of(struct db_stmt *row, int column)
{
	const char *text = db_text(row, column);

	return xstrdup(text != NULL ? text : "");
}

/* --- one version --- */

static bool read_bundles(struct store *store, int64_t content,
	struct store_version *v, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT m.name, d.fingerprint, m.date, m.sequence, b.finished,"
		" c.sha256 FROM brought b JOIN manifest m ON m.fact = b.manifest"
		" JOIN fact f ON f.id = m.fact JOIN content c ON c.id ="
		" f.content LEFT JOIN device d ON d.key = m.device"
		" WHERE b.content = ?1 ORDER BY m.date, m.sequence, c.sha256",
		err);
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_int(walk, 1, content);
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct version_bundle b = { .device = text_of(walk, 0),
			.fingerprint = text_of(walk, 1),
			.date = text_of(walk, 2),
			.sequence = db_int(walk, 3),
			.finished = text_of(walk, 4) };

		row_hash(walk, 5, b.manifest);
		vec_push(&v->bundles, b);
	}
	db_reset(walk);
	return result == DB_DONE;
}

static bool read_priors(struct store *store, int64_t version,
	struct store_version *v, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store), "SELECT "
		"lower(hex(sha256)) FROM prior WHERE version = ?1 "
		"ORDER BY sha256", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_int(walk, 1, version);
	while ((result = db_step(walk, err)) == DB_ROW) {
		char *prior = text_of(walk, 0);

		vec_push(&v->priors, prior);
	}
	db_reset(walk);
	return result == DB_DONE;
}

/* --- all of a record --- */

struct version_ids { VEC(int64_t) list; };

static bool read_rows(struct store *store, int64_t id,
	struct store_record *record, struct version_ids *ids, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT v.id, c.sha256, v.form_version, v.instance, v.problem,"
		" v.training, v.depth, v.head, v.id = r.current, v.deprecated FROM"
		" version v"
		" JOIN content c ON c.id = v.id JOIN record r ON r.id ="
		" v.record WHERE v.record = ?1 ORDER BY v.depth, c.sha256",
		err);
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_int(walk, 1, id);
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct store_version v = { .form_version = text_of(walk, 2),
			.instance = text_of(walk, 3),
			.problem = text_of(walk, 4),
			.training = db_int(walk, 5) != 0,
			.depth = db_int(walk, 6),
			.is_head = db_int(walk, 7) != 0,
			.is_shown = db_int(walk, 8) != 0,
			.deprecated = text_of(walk, 9) };

		row_hash(walk, 1, v.sha256);
		vec_push(&record->versions, v);
		vec_push(&ids->list, db_int(walk, 0));
	}
	db_reset(walk);
	return result == DB_DONE;
}

static bool read_record(struct store *store, int64_t id,
	struct store_record *record, struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store), "SELECT name, form, "
		"conflict, review, hidden FROM record WHERE id = ?1", err);
	struct version_ids ids = { { NULL, 0, 0 } };
	bool ok;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, id);
	ok = db_step(get, err) == DB_ROW;
	if (ok) {
		record->name = text_of(get, 0);
		record->form = text_of(get, 1);
		record->conflict = db_int(get, 2) != 0;
		record->review = text_of(get, 3);
		record->hidden = text_of(get, 4);
		record->id = id;
	}
	db_reset(get);
	ok = ok && read_rows(store, id, record, &ids, err);
	for (size_t i = 0; ok && i < ids.list.n; i++)
		ok = read_bundles(store, ids.list.items[i],
			&record->versions.items[i], err) &&
			read_priors(store, ids.list.items[i],
				&record->versions.items[i], err);
	vec_release(&ids.list);
	return ok;
}

static bool read_sealed(struct store *store, int64_t id,
	struct store_record *record, struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT sha256 FROM content WHERE id = ?1", err);
	struct store_version v = { .is_sealed = true, .is_head = true,
		.is_shown = true };
	bool ok;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, id);
	ok = db_step(get, err) == DB_ROW;
	if (ok)
		row_hash(get, 0, v.sha256);
	db_reset(get);
	v.form_version = xstrdup("");
	v.deprecated = xstrdup("");
	v.instance = xstrdup("");
	v.problem = xstrdup("");
	record->name = xstrdup("");
	record->form = xstrdup("");
	record->review = xstrdup("");
	record->hidden = xstrdup("");
	ok = ok && read_bundles(store, id, &v, err);
	vec_push(&record->versions, v);
	return ok;
}

static void take_hashes(const struct store_record *record, bool heads,
	char (**hashes)[SHA256_HEX_BYTES], struct statement_versions *taken)
{
	char (*list)[SHA256_HEX_BYTES] = xreallocarray(NULL,
		record->versions.n + 1, sizeof *list);

	taken->form = record->form;
	taken->n = 0;
	for (size_t i = 0; i < record->versions.n; i++)
		if (!heads || record->versions.items[i].is_head)
			memcpy(list[taken->n++],
				record->versions.items[i].sha256,
				SHA256_HEX_BYTES);
	taken->sha256 = (const char (*)[SHA256_HEX_BYTES])list;
	*hashes = list;
}

bool store_record_heads(const struct store_record *record,
	char (**hashes)[SHA256_HEX_BYTES], struct statement_versions *heads,
	struct err *err)
{
	*hashes = NULL;
	if (record->id == 0)
		return err_set(err, ERR_REFUSED, _("this record is protected: "
			"nothing can be said about it here"));
	take_hashes(record, true, hashes, heads);
	return true;
}

void store_record_hashes(const struct store_record *record,
	char (**hashes)[SHA256_HEX_BYTES], struct statement_versions *all)
{
	take_hashes(record, false, hashes, all);
}

/* --- what a text names --- */

/* `sql` gives row numbers for the text ?1; *id is 0 if there is none. */
static bool find_one(struct store *store, const char *sql, const char *text,
	int64_t *id, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store), sql, err);
	enum db_result result;
	size_t n = 0;

	*id = 0;
	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, text);
	while ((result = db_step(walk, err)) == DB_ROW && n++ == 0)
		*id = db_int(walk, 0);
	db_reset(walk);
	if (n > 1)
		return err_set(err, ERR_CONFLICT,
			_("'%s' fits several records"), text);
	return result != DB_FAILED;
}

static bool is_hash(const char *text)
{
	size_t n = strlen(text);

	return n >= HASH_DIGITS && n <= SHA256_BYTES * 2 &&
		strspn(text, "0123456789abcdef") == n;
}

static bool find_record(struct store *store, const char *text, int64_t *id,
	struct err *err)
{
	if (!find_one(store, "SELECT id FROM record WHERE name = ?1", text, id,
			err))
		return false;
	if (*id == 0 && !find_one(store, "SELECT DISTINCT record FROM version "
			"WHERE instance = ?1", text, id, err))
		return false;
	return *id != 0 || !is_hash(text) || find_one(store,
		"SELECT DISTINCT v.record FROM version v JOIN content c ON "
		"c.id = v.id WHERE substr(lower(hex(c.sha256)), 1, "
		"length(?1)) = ?1", text, id, err);
}

static bool find_sealed(struct store *store, const char *text, int64_t *id,
	struct err *err)
{
	*id = 0;
	return !is_hash(text) || find_one(store, "SELECT s.id FROM sealed s "
		"JOIN content c ON c.id = s.id WHERE substr(lower(hex("
		"c.sha256)), 1, length(?1)) = ?1", text, id, err);
}

bool store_record_find(struct store *store, const char *text,
	struct store_record *record, struct err *err)
{
	int64_t id, sealed;

	memset(record, 0, sizeof *record);
	if (!find_record(store, text, &id, err))
		return false;
	if (id != 0)
		return read_record(store, id, record, err);
	if (!find_sealed(store, text, &sealed, err))
		return false;
	if (sealed != 0)
		return read_sealed(store, sealed, record, err);
	return err_set(err, ERR_NOTFOUND, _("there is no record '%s'"), text);
}
