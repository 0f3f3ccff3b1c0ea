/* Statements that take bytes away.  See erase.h. */
#include "config.h"

#include "store/erase.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypt/age.h"
#include "db/db.h"
#include "store/content.h"
#include "store/derive.h"
#include "store/say.h"
#include "store/statement.h"
#include "store/store.h"
#include "trust/cert.h"

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

unsigned erase_roles(const struct json *json)
{
	const char *code = or_empty(js_get_text(json, "code"));

	return strcmp(code, ERASED_NO_CONSENT) == 0 ?
		ROLE_DELETE | ROLE_MERGE : ROLE_DELETE;
}

/* --- reading --- */

static bool is_code(const char *code)
{
	size_t n = strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n > 0 && n < ERASED_CODE_BYTES && code[n] == '\0';
}

bool erase_read(const char *kind, const struct json *json, char **subject,
	const char **value)
{
	struct age_recipient under;
	const char *mac, *key;

	if (strcmp(kind, FACT_ERASED) == 0) {
		*subject = xstrdup(or_empty(js_get_text(json, "sha256")));
		*value = or_empty(js_get_text(json, "code"));
		return sha256_is_hex(*subject) && is_code(*value);
	}
	mac = or_empty(js_get_text(json, "mac"));
	key = or_empty(js_get_text(json, "under"));
	*subject = str_format("%s %s", key, mac);
	*value = "";
	return sha256_is_hex(mac) && age_recipient_parse(key, &under, NULL);
}

/* --- deriving --- */

static bool is_version(struct store *store,
	const uint8_t sha256[SHA256_BYTES], bool *is, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT 1 FROM content c JOIN version v ON v.id = c.id"
		" WHERE c.sha256 = ?1", err);
	enum db_result result;

	if (find == NULL)
		return false;
	db_bind_blob(find, 1, sha256, SHA256_BYTES);
	result = db_step(find, err);
	db_reset(find);
	*is = result == DB_ROW;
	return result != DB_FAILED;
}

/* Of several reasons the first in the alphabet, on every machine. */
static bool refuse(struct store *store, const uint8_t sha256[SHA256_BYTES],
	const char *code, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT INTO refused (sha256, code) VALUES (?1, ?2)"
		" ON CONFLICT (sha256) DO UPDATE"
		" SET code = min(code, excluded.code)", err);

	if (add == NULL)
		return false;
	db_bind_blob(add, 1, sha256, SHA256_BYTES);
	db_bind_text(add, 2, code);
	return db_run(add, err);
}

/* A version that is here was never there: all that hangs on it is derived
 * again. */
static bool take_away(struct store *store, const char *hex, const char *code,
	struct touched *touched, struct err *err)
{
	uint8_t sha256[SHA256_BYTES];
	bool was_version, erased;

	if (!hex_decode(hex, sha256, sizeof sha256) ||
			!refuse(store, sha256, code, err) ||
			!is_version(store, sha256, &was_version, err) ||
			!content_erase(store, sha256, &erased, err))
		return false;
	touched->anew = touched->anew || was_version;
	if (erased)
		store_note_erased(store, true);
	touched->looks_for_erased = false;	/* look again */
	return true;
}

/* What a tombstone means is seen by who can look into records: unlock.c. */
bool erase_derive(struct store *store, const char *kind, const char *subject,
	const char *code, struct touched *touched, struct err *err)
{
	return strcmp(kind, FACT_ERASED) != 0 ||
		take_away(store, subject, code, touched, err);
}

bool erase_is_refused(struct store *store,
	const uint8_t sha256[SHA256_BYTES], bool *is, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT 1 FROM refused WHERE sha256 = ?1", err);
	enum db_result result;

	if (find == NULL)
		return false;
	db_bind_blob(find, 1, sha256, SHA256_BYTES);
	result = db_step(find, err);
	db_reset(find);
	*is = result == DB_ROW;
	return result != DB_FAILED;
}

void erase_settle(struct store *store)
{
	struct err ignored = ERR_INIT;

	if (!store_has_erased(store))
		return;
	store_note_erased(store, false);
	if (!db_exec(store_db(store), "PRAGMA wal_checkpoint(TRUNCATE)",
			&ignored))
		err_clear(&ignored);
}

/* --- saying --- */

static bool said_so(struct store *store, const char *hex, const char *code,
	bool *said, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT 1 FROM statement WHERE kind = '" FACT_ERASED "'"
		" AND subject = ?1 AND value = ?2 AND force", err);
	enum db_result result;

	if (find == NULL)
		return false;
	db_bind_text(find, 1, hex);
	db_bind_text(find, 2, code);
	result = db_step(find, err);
	db_reset(find);
	*said = result == DB_ROW;
	return result != DB_FAILED;
}

static bool say_and_derive(struct store *store, const char *kind,
	struct json *fact, const struct minisign_key *key,
	struct touched *touched, struct err *err)
{
	int64_t id = 0;
	bool fresh = false;

	return say(store, kind, fact, key, NULL, &fresh, &id, err) &&
		(!fresh || derive_fact(store, id, touched, err));
}

bool erase_say(struct store *store, const struct minisign_key *key,
	const char sha256[SHA256_HEX_BYTES], const char *code,
	struct touched *touched, struct err *err)
{
	struct json *fact;
	bool said;

	if (!said_so(store, sha256, code, &said, err))
		return false;
	if (said)
		return true;
	fact = say_new(store, FACT_ERASED, key);
	js_put_text(fact, "sha256", sha256);
	js_put_text(fact, "code", code);
	return say_and_derive(store, FACT_ERASED, fact, key, touched, err);
}

bool tombstone_is_said(struct store *store, const char *subject, bool *is,
	struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT 1 FROM statement WHERE kind = '" FACT_TOMBSTONE "'"
		" AND subject = ?1 AND force", err);
	enum db_result result;

	if (find == NULL)
		return false;
	db_bind_text(find, 1, subject);
	result = db_step(find, err);
	db_reset(find);
	*is = result == DB_ROW;
	return result != DB_FAILED;
}

bool tombstone_say(struct store *store, const struct minisign_key *key,
	const char *subject, struct err *err)
{
	struct touched touched = { .forms = false };
	const char *mac = strchr(subject, ' ');
	char *under = xstrndup(subject, (size_t)(mac - subject));
	struct json *fact = say_new(store, FACT_TOMBSTONE, key);
	bool ok;

	js_put_text(fact, "under", under);
	js_put_text(fact, "mac", mac + 1);
	free(under);
	ok = say_and_derive(store, FACT_TOMBSTONE, fact, key, &touched, err);
	touched_release(&touched);
	return ok;
}
