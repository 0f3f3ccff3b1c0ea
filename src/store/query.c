#include "config.h"

#include "store/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "bundle/format.h"
#include "db/db.h"
#include "store/content.h"
#include "store/derive.h"
#include "store/say.h"
#include "store/store.h"
#include "store/versions.h"
#include "trust/query.h"

enum { NUMBER_DIGITS = 8 };

bool query_is_kind(const char *kind)
{
	return strcmp(kind, FACT_QUERY) == 0 ||
		strcmp(kind, FACT_QUERY_CLOSED) == 0;
}

static void bind_hash(struct db_stmt *stmt, int at, const char *hex)
{
	uint8_t sha256[SHA256_BYTES];

	if (hex_decode(hex, sha256, sizeof sha256))
		db_bind_blob(stmt, at, sha256, sizeof sha256);
	else
		db_bind_null(stmt, at);
}

/* --- deriving --- */

static bool add_query(struct store *store, int64_t fact, const char *sha256,
	const struct trust_query *query, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO query (fact, sha256, record, question,"
		" code, text, asked) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		err);

	if (add == NULL)
		return false;
	db_bind_int(add, 1, fact);
	bind_hash(add, 2, sha256);
	db_bind_text(add, 3, query->record);
	db_bind_text(add, 4, query->question);
	db_bind_text(add, 5, query->code);
	db_bind_text(add, 6, query->text);
	db_bind_text(add, 7, query->asked);
	return db_run(add, err);
}

static bool add_asked(struct store *store, int64_t fact,
	const struct trust_query *query, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO asked (device, query) VALUES (?1, ?2)",
		err);

	if (add == NULL)
		return false;
	for (size_t i = 0; i < query->n_of; i++) {
		db_bind_text(add, 1, query->of[i]);
		db_bind_int(add, 2, fact);
		if (!db_run(add, err))
			return false;
	}
	return true;
}

static bool add_closed(struct store *store, int64_t fact,
	const struct json *replaces, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO closed (sha256, fact) VALUES (?1, ?2)",
		err);

	if (add == NULL)
		return false;
	for (size_t i = 0; i < js_size(replaces); i++) {
		const char *hex = js_text(js_at(replaces, i));

		if (hex == NULL || !sha256_is_hex(hex))
			continue;
		bind_hash(add, 1, hex);
		db_bind_int(add, 2, fact);
		if (!db_run(add, err))
			return false;
	}
	return true;
}

bool query_derive(struct store *store, int64_t fact, const char *kind,
	const char sha256[SHA256_HEX_BYTES], const struct json *json,
	bool counts, struct err *err)
{
	struct trust_query query;

	if (!counts)
		return true;
	if (strcmp(kind, FACT_QUERY_CLOSED) == 0)
		return add_closed(store, fact, js_get(json, "replaces"), err);
	memset(&query, 0, sizeof query);
	if (!trust_query_get(json, &query, NULL))
		return true;		/* of a format we do not know */
	return add_query(store, fact, sha256, &query, err) &&
		add_asked(store, fact, &query, err);
}

static bool add_answer(struct store *store, int64_t manifest, int64_t content,
	const struct trust_answer *answer, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO answer (query, content, manifest, text,"
		" code, answered) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", err);

	if (add == NULL)
		return false;
	bind_hash(add, 1, answer->query);
	db_bind_int(add, 2, content);
	db_bind_int(add, 3, manifest);
	db_bind_text(add, 4, answer->text);
	db_bind_text(add, 5, answer->code);
	db_bind_text(add, 6, answer->answered);
	return db_run(add, err);
}

bool query_derive_answer(struct store *store, int64_t manifest,
	int64_t content, const struct str *bytes, struct err *err)
{
	struct trust_answer answer;
	struct str own = STR_INIT;
	bool ok = bytes != NULL || content_get(store, content,
		BUNDLE_MAX_MANIFEST, &own, err);

	if (bytes == NULL)
		bytes = &own;
	if (ok && trust_answer_parse(bytes->data, bytes->len, &answer, NULL))
		ok = add_answer(store, manifest, content, &answer, err);
	str_release(&own);
	return ok;
}

/* --- what there is --- */

#define IS_OPEN \
	"NOT EXISTS (SELECT 1 FROM closed c WHERE c.sha256 = q.sha256)" \
	" AND NOT EXISTS (SELECT 1 FROM answer a WHERE a.query = q.sha256)"

static void copy_text(char *to, size_t size_bytes, const char *text)
{
	snprintf(to, size_bytes, "%s", text != NULL ? text : "");
}

static void take_query(struct db_stmt *row, struct store_query *query)
{
	memset(query, 0, sizeof *query);
	row_hash(row, 0, query->sha256);
	copy_text(query->record, sizeof query->record, db_text(row, 1));
	copy_text(query->question, sizeof query->question, db_text(row, 2));
	copy_text(query->code, sizeof query->code, db_text(row, 3));
	copy_text(query->text, sizeof query->text, db_text(row, 4));
	copy_text(query->asked, sizeof query->asked, db_text(row, 5));
	query->is_open = db_int(row, 6) != 0;
}

static bool load_answers(struct store *store, struct store_query *query,
	struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT a.text, a.code, a.answered, m.name, m.sequence"
		" FROM answer a JOIN manifest m ON m.fact = a.manifest"
		" JOIN content c ON c.id = a.content WHERE a.query = ?1"
		" ORDER BY a.answered, c.sha256, m.sequence", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	bind_hash(walk, 1, query->sha256);
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct query_answer answer = { .sequence = db_int(walk, 4) };

		copy_text(answer.text, sizeof answer.text, db_text(walk, 0));
		copy_text(answer.code, sizeof answer.code, db_text(walk, 1));
		copy_text(answer.answered, sizeof answer.answered,
			db_text(walk, 2));
		copy_text(answer.device, sizeof answer.device,
			db_text(walk, 3));
		vec_push(&query->answers, answer);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

bool query_list(struct store *store, bool open_only, struct query_list *list,
	struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT sha256, record, question, code, text, asked, " IS_OPEN
		" AS open FROM query q WHERE open OR NOT ?1"
		" ORDER BY asked, sha256", err);
	enum db_result result;
	bool ok;

	memset(list, 0, sizeof *list);
	if (walk == NULL)
		return false;
	db_bind_int(walk, 1, open_only);
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct store_query query;

		take_query(walk, &query);
		vec_push(list, query);
	}
	db_reset(walk);
	ok = result != DB_FAILED;
	for (size_t i = 0; ok && i < list->n; i++)
		ok = load_answers(store, &list->items[i], err);
	return ok;
}

void query_list_release(struct query_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		vec_release(&list->items[i].answers);
	vec_release(list);
}

bool query_count_open(struct store *store, int64_t *n, struct err *err)
{
	return db_number(store_db(store), "SELECT count(*) FROM query q WHERE "
		IS_OPEN, n, err);
}

bool query_of_device(struct store *store, const char *device,
	struct json *hashes, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT q.sha256 FROM asked s JOIN query q ON q.fact = s.query"
		" WHERE s.device = ?1 AND " IS_OPEN " ORDER BY q.sha256", err);
	char hex[SHA256_HEX_BYTES];
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, device);
	while ((result = db_step(walk, err)) == DB_ROW) {
		row_hash(walk, 0, hex);
		js_add(hashes, js_new_text(hex));
	}
	db_reset(walk);
	return result != DB_FAILED;
}

/* --- saying --- */

static bool say_and_derive(struct store *store, const char *kind,
	struct json *fact, const struct minisign_key *key,
	char sha256[SHA256_HEX_BYTES], struct err *err)
{
	struct trust_signed said = TRUST_SIGNED_INIT;
	struct touched touched = { .forms = false };
	int64_t id = 0;
	bool fresh = false;
	bool ok = say(store, kind, fact, key, &said, &fresh, &id, err) &&
		(!fresh || derive_fact(store, id, &touched, err));

	if (ok && sha256 != NULL)
		sha256_hex(said.document.data, said.document.len, sha256);
	touched_release(&touched);
	trust_signed_release(&said);
	return ok;
}

static bool has_of(const struct trust_query *query, const char *key)
{
	for (size_t i = 0; i < query->n_of; i++)
		if (strcmp(query->of[i], key) == 0)
			return true;
	return false;
}

/* The laptops that brought a version, in the order of their keys. */
static bool add_bringers(struct store *store, const char *sha256,
	struct trust_query *query, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT DISTINCT m.device FROM content c"
		" JOIN brought b ON b.content = c.id"
		" JOIN manifest m ON m.fact = b.manifest WHERE c.sha256 = ?1"
		" ORDER BY m.device", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	bind_hash(walk, 1, sha256);
	while ((result = db_step(walk, err)) == DB_ROW) {
		const char *key = db_text(walk, 0);

		if (query->n_of < QUERY_LIST_MAX && !has_of(query, key))
			copy_text(query->of[query->n_of++],
				sizeof query->of[0], key);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

/* The newest versions; oldest come first in a record. */
static bool add_versions(struct store *store, const struct store_record *record,
	struct trust_query *query, struct err *err)
{
	for (size_t i = record->versions.n; i-- > 0;) {
		const char *hex = record->versions.items[i].sha256;

		if (query->n_versions < QUERY_LIST_MAX)
			(void)!hex_decode(hex, query->versions[
				query->n_versions++].bytes, SHA256_BYTES);
		if (!add_bringers(store, hex, query, err))
			return false;
	}
	return query->n_of > 0 || err_set(err, ERR_NOTFOUND,
		_("no laptop brought this record: there is nobody to ask"));
}

static const struct store_version *shown_version(
	const struct store_record *record)
{
	for (size_t i = 0; i < record->versions.n; i++)
		if (record->versions.items[i].is_shown)
			return &record->versions.items[i];
	return &record->versions.items[record->versions.n - 1];
}

static bool fill_sealed(const struct query_ask *ask, const char *sha256,
	struct trust_query *query, struct err *err)
{
	const struct trust_code *code = trust_code_find(query_codes,
		ask->text);

	if (code == NULL || ask->question != NULL)
		return err_set(err, ERR_VALUE, _("of a protected record only "
			"a few things may be asked: see 'bayaz help query'"));
	snprintf(query->record, sizeof query->record, "sha256:%s", sha256);
	copy_text(query->code, sizeof query->code, code->word);
	copy_text(query->text, sizeof query->text, code->text);
	return true;
}

static bool fill_standard(const struct query_ask *ask, const char *instance,
	struct trust_query *query, struct err *err)
{
	if (strlen(ask->text) >= sizeof query->text)
		return err_set(err, ERR_VALUE,
			_("a question has %d bytes at most"),
			QUERY_TEXT_BYTES - 1);
	if (ask->question != NULL && (ask->question[0] != '/' ||
			strlen(ask->question) >= sizeof query->question))
		return err_set(err, ERR_VALUE, _("'%s' is no path of a "
			"question, like /data/depth"), ask->question);
	copy_text(query->record, sizeof query->record, instance);
	copy_text(query->question, sizeof query->question, ask->question);
	copy_text(query->text, sizeof query->text, ask->text);
	return true;
}

static bool fill(struct store *store, const struct query_ask *ask,
	struct trust_query *query, struct err *err)
{
	const struct store_version *shown = shown_version(ask->record);

	memset(query, 0, sizeof *query);
	copy_text(query->asked, sizeof query->asked, ask->asked);
	if (!(shown->is_sealed ? fill_sealed(ask, shown->sha256, query, err) :
			fill_standard(ask, shown->instance[0] != '\0' ?
				shown->instance : ask->record->name, query,
				err)))
		return false;
	return add_versions(store, ask->record, query, err);
}

bool query_ask(struct store *store, const struct minisign_key *key,
	const struct query_ask *ask, char sha256[SHA256_HEX_BYTES],
	struct err *err)
{
	struct trust_query query;
	struct json *fact;

	if (!fill(store, ask, &query, err))
		return false;
	fact = say_new(store, FACT_QUERY, key);
	if (trust_query_put(fact, &query, err))
		return say_and_derive(store, FACT_QUERY, fact, key, sha256,
				err) &&
			store_log(store, "query", sha256, NULL, err);
	js_free(fact);
	return false;
}

static bool find_number(struct store *store, const char *named,
	char sha256[SHA256_HEX_BYTES], struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT sha256 FROM query"
		" WHERE substr(lower(hex(sha256)), 1, length(?1)) = ?1", err);
	enum db_result result;
	size_t n = 0;

	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, named);
	while ((result = db_step(walk, err)) == DB_ROW && n++ == 0)
		row_hash(walk, 0, sha256);
	db_reset(walk);
	if (result == DB_FAILED)
		return false;
	if (n > 1)
		return err_set(err, ERR_CONFLICT, _("'%s' fits several "
			"questions: name one by its number"), named);
	return n == 1 || err_set(err, ERR_NOTFOUND,
		_("the store has no question '%s'"), named);
}

bool query_close(struct store *store, const struct minisign_key *key,
	const char *named, struct err *err)
{
	char sha256[SHA256_HEX_BYTES];
	struct json *fact, *replaces;

	if (strlen(named) < NUMBER_DIGITS)
		return err_set(err, ERR_NOTFOUND,
			_("the store has no question '%s'"), named);
	if (!find_number(store, named, sha256, err))
		return false;
	fact = say_new(store, FACT_QUERY_CLOSED, key);
	replaces = js_new_array();
	js_add(replaces, js_new_text(sha256));
	js_put(fact, "replaces", replaces);
	return say_and_derive(store, FACT_QUERY_CLOSED, fact, key, NULL, err);
}
