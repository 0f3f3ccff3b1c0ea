/* Statements about records and bundles.  See statement.h. */
#include "config.h"

#include "store/statement.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "db/db.h"
#include "store/content.h"
#include "store/derive.h"
#include "store/erase.h"
#include "store/fact.h"
#include "store/judge.h"
#include "store/rules.h"
#include "store/say.h"
#include "store/store.h"
#include "store/version.h"
#include "xml/xml.h"

static const struct kind { const char *name; unsigned roles; } kinds[] = {
	{ FACT_DELETION, ROLE_DELETE },
	{ FACT_HORIZON, ROLE_DELETE },
	{ FACT_REVIEW, ROLE_REVIEW },
	{ FACT_ASIDE, ROLE_MERGE },
	{ FACT_RULES, ROLE_REVIEW },
	{ FACT_LINK, ROLE_MERGE | ROLE_REVIEW },
	{ FACT_RESOLUTION, ROLE_MERGE | ROLE_REVIEW },
	{ FACT_ERASED, ROLE_DELETE | ROLE_MERGE },	/* erase_roles() */
	{ FACT_TOMBSTONE, ROLE_DELETE },
	/* which of them is told by what it takes back */
	{ FACT_BACK, ROLE_DELETE | ROLE_REVIEW | ROLE_MERGE },
};

unsigned statement_roles(const char *kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i].name, kind) == 0)
			return kinds[i].roles;
	return 0;
}

static bool takes_away(const char *kind)
{
	return strcmp(kind, FACT_ERASED) == 0 ||
		strcmp(kind, FACT_TOMBSTONE) == 0;
}

/* What is gone, or seen, does not come back by taking the word back. */
static bool is_for_good(const char *kind)
{
	return takes_away(kind) || strcmp(kind, FACT_HORIZON) == 0;
}

/* --- what they are about --- */

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

char *statement_subject(const struct statement_versions *versions)
{
	char (*sorted)[SHA256_HEX_BYTES] =
		xreallocarray(NULL, versions->n + 1, sizeof *sorted);
	struct str subject = STR_INIT;

	if (versions->n > 0) {
		memcpy(sorted, versions->sha256, versions->n * sizeof *sorted);
		qsort(sorted, versions->n, sizeof *sorted, by_text);
	}
	for (size_t i = 0; i < versions->n; i++)
		str_addf(&subject, "%s%s", i > 0 ? " " : "", sorted[i]);
	free(sorted);
	return str_steal(&subject);
}

struct hashes { VEC(char *) list; };

static void hashes_release(struct hashes *hashes)
{
	for (size_t i = 0; i < hashes->list.n; i++)
		free(hashes->list.items[i]);
	vec_release(&hashes->list);
}

static int by_pointed_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The well-formed hashes of an array, sorted, each once. */
static void read_hashes(const struct json *array, struct hashes *hashes)
{
	size_t kept = 0;

	for (size_t i = 0; i < js_size(array) &&
			i < STATEMENT_VERSIONS_MAX; i++) {
		const char *hex = js_text(js_at(array, i));
		char *copy;

		if (hex == NULL || !sha256_is_hex(hex))
			continue;
		copy = xstrdup(hex);
		vec_push(&hashes->list, copy);
	}
	if (hashes->list.n == 0)
		return;
	qsort(hashes->list.items, hashes->list.n, sizeof *hashes->list.items,
		by_pointed_text);
	for (size_t i = 1; i < hashes->list.n; i++)
		if (strcmp(hashes->list.items[kept],
				hashes->list.items[i]) == 0)
			free(hashes->list.items[i]);
		else
			hashes->list.items[++kept] = hashes->list.items[i];
	hashes->list.n = kept + 1;
}

/* As the columns of the table have it. */
struct row {
	struct hashes named;
	char *subject;
	const char *value, *remark;
};

static void row_release(struct row *row)
{
	hashes_release(&row->named);
	free(row->subject);
}

static char *join_hashes(const struct hashes *hashes)
{
	struct str subject = STR_INIT;

	for (size_t i = 0; i < hashes->list.n; i++)
		str_addf(&subject, "%s%s", i > 0 ? " " : "",
			hashes->list.items[i]);
	return str_steal(&subject);
}

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static bool is_date(const char *text)
{
	static const char shape[] = "0000-00-00";

	for (size_t i = 0; shape[i] != '\0'; i++)
		if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' :
				text[i] != shape[i])
			return false;
	return text[10] == '\0';
}

static bool is_rules(const char *text)
{
	struct rules rules;
	bool is;

	rules_init(&rules);
	is = rules_parse(&rules, text, strlen(text), NULL);
	rules_release(&rules);
	return is;
}

static bool is_review_state(const char *state)
{
	static const char *const states[] = { REVIEW_RECEIVED, REVIEW_ISSUES,
		REVIEW_APPROVED, REVIEW_REJECTED };

	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		if (strcmp(states[i], state) == 0)
			return true;
	return false;
}

/* False: of a format we do not know; it means nothing. */
static bool read_row(const char *kind, const struct json *json,
	struct row *row)
{
	row->value = "";
	row->remark = or_empty(js_get_text(json, "remark"));
	if (strcmp(kind, FACT_HORIZON) == 0) {
		row->value = or_empty(js_get_text(json, "date"));
		row->subject = xstrdup(or_empty(js_get_text(json, "form")));
		return row->subject[0] != '\0' && is_date(row->value);
	}
	if (strcmp(kind, FACT_RULES) == 0) {
		row->value = or_empty(js_get_text(json, "text"));
		row->subject = xstrdup("");
		return is_rules(row->value);
	}
	if (strcmp(kind, FACT_ASIDE) == 0) {
		const char *hex = or_empty(js_get_text(json, "manifest"));
		char *copy = xstrdup(hex);

		vec_push(&row->named.list, copy);
		row->subject = xstrdup(hex);
		return sha256_is_hex(hex);
	}
	if (strcmp(kind, FACT_BACK) == 0) {
		row->subject = xstrdup(or_empty(js_get_text(json, "of")));
		return statement_roles(row->subject) != 0 &&
			strcmp(row->subject, FACT_BACK) != 0 &&
			!is_for_good(row->subject);
	}
	if (takes_away(kind))
		return erase_read(kind, json, &row->subject, &row->value);
	read_hashes(js_get(json, "versions"), &row->named);
	row->subject = join_hashes(&row->named);
	if (strcmp(kind, FACT_REVIEW) == 0) {
		row->value = or_empty(js_get_text(json, "state"));
		return row->named.list.n > 0 && is_review_state(row->value);
	}
	if (strcmp(kind, FACT_RESOLUTION) == 0) {
		row->value = or_empty(js_get_text(json, "version"));
		return sha256_is_hex(row->value);
	}
	return row->named.list.n > (strcmp(kind, FACT_LINK) == 0);
}

/* --- deriving --- */

static void bind_hash(struct db_stmt *stmt, int at, const char *hex)
{
	uint8_t sha256[SHA256_BYTES];

	if (hex_decode(hex, sha256, sizeof sha256))
		db_bind_blob(stmt, at, sha256, sizeof sha256);
}

static bool add_row(struct store *store, int64_t fact, const char *kind,
	const char *sha256, const struct row *row, bool counts,
	struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO statement (fact, kind, subject, value,"
		" remark, force) VALUES (?1, ?2, ?3, ?4, ?5, ?6 AND NOT EXISTS"
		" (SELECT 1 FROM replaced WHERE sha256 = ?7 AND kind = ?2))",
		err);

	if (add == NULL)
		return false;
	db_bind_int(add, 1, fact);
	db_bind_text(add, 2, kind);
	db_bind_text(add, 3, row->subject);
	db_bind_text(add, 4, row->value);
	db_bind_text(add, 5, row->remark);
	db_bind_int(add, 6, counts);
	bind_hash(add, 7, sha256);
	return db_run(add, err);
}

static bool add_named(struct store *store, int64_t fact,
	const struct hashes *named, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO named (sha256, fact) VALUES (?1, ?2)",
		err);

	if (add == NULL)
		return false;
	for (size_t i = 0; i < named->list.n; i++) {
		bind_hash(add, 1, named->list.items[i]);
		db_bind_int(add, 2, fact);
		if (!db_run(add, err))
			return false;
	}
	return true;
}

/* The versions that are here of those that statements name which a query
 * finds by its fact ?1. */
static bool touch_found(struct store *store, const char *sql, int64_t fact,
	struct touched *touched, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store), sql, err);
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_int(walk, 1, fact);
	while ((result = db_step(walk, err)) == DB_ROW) {
		int64_t id = db_int(walk, 0);

		vec_push(&touched->versions, id);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

static bool touch_named(struct store *store, int64_t fact,
	struct touched *touched, struct err *err)
{
	return touch_found(store,
		"SELECT v.id FROM named n JOIN content c ON c.sha256 = n.sha256"
		" JOIN version v ON v.id = c.id WHERE n.fact = ?1"
		" UNION SELECT p.version FROM named n JOIN prior p"
		" ON p.sha256 = n.sha256 WHERE n.fact = ?1", fact,
		touched, err);
}

/* All records of the form: any may be older than the date. */
static bool touch_form(struct store *store, int64_t fact,
	struct touched *touched, struct err *err)
{
	return touch_found(store,
		"SELECT r.current FROM statement s JOIN record r"
		" ON r.form = s.subject WHERE s.fact = ?1", fact, touched,
		err);
}

static bool touch_one(struct store *store, int64_t fact, const char *kind,
	struct touched *touched, struct err *err)
{
	if (strcmp(kind, FACT_HORIZON) == 0)
		return touch_form(store, fact, touched, err);
	if (strcmp(kind, FACT_ASIDE) == 0)
		touched->trust = true;
	if (strcmp(kind, FACT_RULES) == 0)
		touched->rules = true;
	return strcmp(kind, FACT_ASIDE) == 0 ||
		touch_named(store, fact, touched, err);
}

static bool note_replaced(struct store *store, int64_t fact, const char *hex,
	const char *kind, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO replaced (sha256, kind, fact)"
		" VALUES (?1, ?2, ?3)", err);

	if (add == NULL)
		return false;
	bind_hash(add, 1, hex);
	db_bind_text(add, 2, kind);
	db_bind_int(add, 3, fact);
	return db_run(add, err);
}

/* The statement of that hash and kind is in force no more. */
static bool end_force(struct store *store, const char *hex, const char *kind,
	struct touched *touched, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT s.fact FROM content c JOIN fact f ON f.content = c.id"
		" JOIN statement s ON s.fact = f.id"
		" WHERE c.sha256 = ?1 AND s.kind = ?2 AND s.force", err);
	struct db_stmt *set = db_prepare(store_db(store),
		"UPDATE statement SET force = 0 WHERE fact = ?1", err);
	enum db_result result;
	int64_t fact = 0;

	if (find == NULL || set == NULL)
		return false;
	bind_hash(find, 1, hex);
	db_bind_text(find, 2, kind);
	result = db_step(find, err);
	if (result == DB_ROW)
		fact = db_int(find, 0);
	db_reset(find);
	if (result != DB_ROW)
		return result == DB_DONE;
	db_bind_int(set, 1, fact);
	if (strcmp(kind, FACT_RESOLUTION) == 0)
		touched->anew = true;	/* its version was never there */
	return db_run(set, err) && touch_one(store, fact, kind, touched, err);
}

static bool replace_all(struct store *store, int64_t fact, const char *kind,
	const struct json *json, const struct row *row,
	struct touched *touched, struct err *err)
{
	const char *of = strcmp(kind, FACT_BACK) == 0 ? row->subject : kind;
	struct hashes replaced = { { NULL, 0, 0 } };
	bool ok = true;

	read_hashes(js_get(json, "replaces"), &replaced);
	for (size_t i = 0; ok && i < replaced.list.n; i++)
		ok = note_replaced(store, fact, replaced.list.items[i], of,
				err) &&
			end_force(store, replaced.list.items[i], of, touched,
				err);
	hashes_release(&replaced);
	return ok;
}

bool statement_is_in_force(struct store *store, int64_t fact, bool *is,
	struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT force FROM statement WHERE fact = ?1", err);
	enum db_result result;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, fact);
	result = db_step(get, err);
	*is = result == DB_ROW && db_int(get, 0) != 0;
	db_reset(get);
	return result != DB_FAILED;
}

static bool apply(struct store *store, int64_t fact, const char *kind,
	const struct json *json, const struct row *row,
	struct touched *touched, struct err *err)
{
	bool force;

	if ((!takes_away(kind) && !replace_all(store, fact, kind, json, row,
				touched, err)) ||
			!statement_is_in_force(store, fact, &force, err))
		return false;
	if (!force)
		return true;
	if (takes_away(kind))
		return erase_derive(store, kind, row->subject, row->value,
			touched, err);
	if (strcmp(kind, FACT_RESOLUTION) == 0)
		vec_push(&touched->resolutions, fact);
	return touch_one(store, fact, kind, touched, err);
}

bool statement_derive(struct store *store, int64_t fact, const char *kind,
	const char sha256[SHA256_HEX_BYTES], const struct json *json,
	bool counts, struct touched *touched, struct err *err)
{
	struct row row = { .subject = NULL };
	bool ok = true;

	if (read_row(kind, json, &row))
		ok = add_row(store, fact, kind, sha256, &row, counts, err) &&
			add_named(store, fact, &row.named, err) &&
			(!counts || apply(store, fact, kind, json, &row,
				touched, err));
	row_release(&row);
	return ok;
}

/* --- asking --- */

bool statement_in_force(struct store *store, const char *kind,
	const char *subject, struct json *hashes, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT c.sha256 FROM statement s JOIN fact f ON f.id = s.fact"
		" JOIN content c ON c.id = f.content WHERE s.kind = ?1"
		" AND s.subject = ?2 AND s.force ORDER BY c.sha256", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, kind);
	db_bind_text(walk, 2, subject);
	while ((result = db_step(walk, err)) == DB_ROW) {
		char hex[SHA256_HEX_BYTES];

		row_hash(walk, 0, hex);
		js_add(hashes, js_new_text(hex));
	}
	db_reset(walk);
	return result != DB_FAILED;
}

void statement_subjects_release(struct statement_subjects *subjects)
{
	for (size_t i = 0; i < subjects->list.n; i++)
		free(subjects->list.items[i]);
	vec_release(&subjects->list);
}

static void add_subject(struct statement_subjects *subjects, const char *text)
{
	char *copy;

	for (size_t i = 0; i < subjects->list.n; i++)
		if (strcmp(subjects->list.items[i], text) == 0)
			return;
	copy = xstrdup(text);
	vec_push(&subjects->list, copy);
}

bool statement_subjects(struct store *store, const char *kind,
	const struct statement_versions *versions,
	struct statement_subjects *subjects, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT DISTINCT s.subject FROM named n JOIN statement s"
		" ON s.fact = n.fact WHERE n.sha256 = ?1 AND s.kind = ?2"
		" AND s.force ORDER BY s.subject", err);
	enum db_result result = walk != NULL ? DB_DONE : DB_FAILED;

	for (size_t i = 0; result == DB_DONE && i < versions->n; i++) {
		bind_hash(walk, 1, versions->sha256[i]);
		db_bind_text(walk, 2, kind);
		while ((result = db_step(walk, err)) == DB_ROW)
			add_subject(subjects, db_text(walk, 0));
		db_reset(walk);
	}
	return result != DB_FAILED;
}

bool statement_horizon_of(struct store *store, const char *form,
	char date[11], struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT max(value) FROM statement WHERE kind = '" FACT_HORIZON
		"' AND subject = ?1 AND force", err);
	enum db_result result;

	date[0] = '\0';
	if (get == NULL)
		return false;
	db_bind_text(get, 1, form);
	result = db_step(get, err);
	if (result == DB_ROW && db_text(get, 0) != NULL)
		snprintf(date, 11, "%s", db_text(get, 0));
	db_reset(get);
	return result != DB_FAILED;
}

/* --- saying --- */

/* Sign, keep, derive and free it. */
static bool say_and_derive(struct store *store, const char *kind,
	struct json *fact, const struct minisign_key *key, struct err *err)
{
	struct touched touched = { .forms = false };
	int64_t id = 0;
	bool fresh = false;
	bool ok = say(store, kind, fact, key, NULL, &fresh, &id, err) &&
		(!fresh || (derive_fact(store, id, &touched, err) &&
			derive_finish(store, &touched, err)));

	touched_release(&touched);
	return ok;
}

static void put_versions(struct json *fact,
	const struct statement_versions *versions)
{
	struct json *list = js_new_array();
	char *subject = statement_subject(versions), *rest = subject, *hex;

	while (versions->n > 0 && (hex = strsep(&rest, " ")) != NULL)
		js_add(list, js_new_text(hex));
	js_put_text(fact, "form", versions->form);
	js_put(fact, "versions", list);
	free(subject);
}

/* What was said so and is in force no more.  Who says it again must say another
 * thing than before, or it would be the fact that was taken back. */
static bool add_former(struct store *store, const char *kind,
	const char *subject, struct json *hashes, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT c.sha256 FROM statement s JOIN fact f ON f.id = s.fact"
		" JOIN content c ON c.id = f.content WHERE s.kind = ?1"
		" AND s.subject = ?2 ORDER BY c.sha256", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, kind);
	db_bind_text(walk, 2, subject);
	while ((result = db_step(walk, err)) == DB_ROW) {
		char hex[SHA256_HEX_BYTES];

		row_hash(walk, 0, hex);
		js_add(hashes, js_new_text(hex));
	}
	db_reset(walk);
	return result != DB_FAILED;
}

/* In place of what was said of that kind about the same subject.  False: `err`,
 * or that is in force already (*said). */
static bool replace_former(struct store *store, const char *kind,
	const char *subject, const char *value, const char *remark,
	struct json *fact, bool *said, struct err *err)
{
	struct db_stmt *same = db_prepare(store_db(store),
		"SELECT 1 FROM statement WHERE kind = ?1 AND subject = ?2"
		" AND value = ?3 AND remark = ?4 AND force AND NOT EXISTS"
		" (SELECT 1 FROM statement WHERE kind = ?1 AND subject = ?2"
		" AND force AND (value <> ?3 OR remark <> ?4))", err);
	struct json *hashes = js_new_array();
	enum db_result result = DB_FAILED;

	if (same != NULL) {
		db_bind_text(same, 1, kind);
		db_bind_text(same, 2, subject);
		db_bind_text(same, 3, value);
		db_bind_text(same, 4, remark);
		result = db_step(same, err);
		db_reset(same);
	}
	*said = result == DB_ROW;
	if (result != DB_DONE || !statement_in_force(store, kind, subject,
			hashes, err) || (js_size(hashes) == 0 &&
			!add_former(store, kind, subject, hashes, err))) {
		js_free(hashes);
		return false;
	}
	js_put(fact, "replaces", hashes);
	return true;
}

static bool say_about(struct store *store, const char *kind,
	const struct minisign_key *key, const char *subject,
	const char *value, const char *remark, struct json *fact,
	struct err *err)
{
	bool said;

	if (replace_former(store, kind, subject, value, remark, fact, &said,
			err))
		return say_and_derive(store, kind, fact, key, err);
	js_free(fact);
	return said;
}

static void put_remark(struct json *fact, const char *remark)
{
	if (remark[0] != '\0')
		js_put_text(fact, "remark", remark);
}

static bool say_of_versions(struct store *store, const char *kind,
	const struct minisign_key *key,
	const struct statement_versions *versions, const char *value,
	const char *remark, struct err *err)
{
	struct json *fact = say_new(store, kind, key);
	char *subject = statement_subject(versions);
	bool ok;

	put_versions(fact, versions);
	if (strcmp(kind, FACT_REVIEW) == 0) {
		js_put_text(fact, "state", value);
		put_remark(fact, remark);
	}
	ok = say_about(store, kind, key, subject, value, remark, fact, err);
	free(subject);
	return ok;
}

bool statement_delete(struct store *store, const struct minisign_key *key,
	const struct statement_versions *versions, struct err *err)
{
	return say_of_versions(store, FACT_DELETION, key, versions, "", "",
		err);
}

bool statement_review(struct store *store, const struct minisign_key *key,
	const struct statement_versions *versions, const char *state,
	const char *remark, struct err *err)
{
	return say_of_versions(store, FACT_REVIEW, key, versions, state,
		remark, err);
}

bool statement_link(struct store *store, const struct minisign_key *key,
	const struct statement_versions *versions, struct err *err)
{
	return say_of_versions(store, FACT_LINK, key, versions, "", "", err);
}

bool statement_horizon(struct store *store, const struct minisign_key *key,
	const char *form, const char *date, struct err *err)
{
	struct json *fact;

	if (!is_date(date))
		return err_set(err, ERR_VALUE,
			_("'%s' is no date: write it as 2026-11-23"), date);
	fact = say_new(store, FACT_HORIZON, key);
	js_put_text(fact, "form", form);
	js_put_text(fact, "date", date);
	return say_and_derive(store, FACT_HORIZON, fact, key, err);
}

bool statement_rules(struct store *store, const struct minisign_key *key,
	const char *text, struct err *err)
{
	struct json *fact = say_new(store, FACT_RULES, key);

	js_put_text(fact, "text", text);
	return say_about(store, FACT_RULES, key, "", text, "", fact, err);
}

bool statement_set_aside(struct store *store, const struct minisign_key *key,
	const char manifest[SHA256_HEX_BYTES], const char *remark,
	struct err *err)
{
	struct json *fact = say_new(store, FACT_ASIDE, key);

	js_put_text(fact, "manifest", manifest);
	put_remark(fact, remark);
	return say_about(store, FACT_ASIDE, key, manifest, "", remark, fact,
		err);
}

bool statement_take_back(struct store *store, const struct minisign_key *key,
	const char *kind, const char *subject, struct err *err)
{
	struct json *fact = say_new(store, FACT_BACK, key);
	struct json *hashes = js_new_array();
	bool ok = statement_in_force(store, kind, subject, hashes, err);

	if (ok && js_size(hashes) == 0)
		ok = err_set(err, ERR_NOTFOUND,
			_("there is nothing to take back"));
	js_put_text(fact, "of", kind);
	js_put(fact, "replaces", hashes);
	if (ok)
		return say_and_derive(store, FACT_BACK, fact, key, err);
	js_free(fact);
	return false;
}

static struct json *files_json(const struct statement_resolved *made)
{
	struct json *files = js_new_array();

	for (size_t i = 0; i < made->n_files; i++) {
		struct json *file = js_new_object();

		js_put_text(file, "name", made->files[i].name);
		js_put_text(file, "sha256", made->files[i].sha256);
		js_add(files, file);
	}
	return files;
}

bool statement_resolve(struct store *store, const struct minisign_key *key,
	const struct statement_versions *versions,
	const struct statement_resolved *made, struct err *err)
{
	struct json *fact = say_new(store, FACT_RESOLUTION, key);
	uint8_t sha256[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES];
	int64_t content;

	sha256_bytes(made->xml, made->n_bytes, sha256);
	hex_encode(sha256, sizeof sha256, hex);
	put_versions(fact, versions);
	js_put_text(fact, "version", hex);
	if (made->finished[0] != '\0')
		js_put_text(fact, "finished", made->finished);
	if (made->n_files > 0)
		js_put(fact, "files", files_json(made));
	if (content_put(store, sha256, made->xml, made->n_bytes, &content,
			NULL, err))
		return say_and_derive(store, FACT_RESOLUTION, fact, key, err);
	js_free(fact);
	return false;
}
