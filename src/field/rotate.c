/* Keys that change: when something is to be forgotten, when the passphrase
 * becomes another, when an older workspace is opened.  What is renewed, and in
 * which order: bayaz-field(7). */
#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/wipe.h"
#include "crypt/crypt.h"
#include "field/local.h"

static const char *const HEAD_TABLES[] = { "secret", "form", "record", "file" };
enum { N_HEAD_TABLES = sizeof HEAD_TABLES / sizeof HEAD_TABLES[0] };

/* --- values in clear or sealed by themselves --- */

bool meta_put(struct db *db, const char *name, const void *bytes,
	size_t n_bytes, struct err *err)
{
	struct db_stmt *stmt = db_prepare(db, "INSERT INTO meta(name, value) "
		"VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET "
		"value = excluded.value", err);

	if (stmt == NULL)
		return false;
	db_bind_text(stmt, 1, name);
	db_bind_blob(stmt, 2, bytes, n_bytes);
	return db_run(stmt, err);
}

bool meta_find(struct db *db, const char *name, struct str *out,
	struct err *err)
{
	struct db_stmt *stmt = db_prepare(db,
		"SELECT value FROM meta WHERE name = ?1", err);
	enum db_result result;

	if (stmt == NULL)
		return false;
	db_bind_text(stmt, 1, name);
	result = db_step(stmt, err);
	if (result == DB_ROW) {
		size_t n;
		const void *bytes = db_blob(stmt, 0, &n);

		str_addn(out, bytes, n);
	}
	db_reset(stmt);
	return result != DB_FAILED;
}

bool meta_delete(struct db *db, const char *name, struct err *err)
{
	struct db_stmt *stmt = db_prepare(db,
		"DELETE FROM meta WHERE name = ?1", err);

	if (stmt == NULL)
		return false;
	db_bind_text(stmt, 1, name);
	return db_run(stmt, err);
}

bool meta_put_keys(struct db *db, const struct keys *keys, struct err *err)
{
	struct str store = STR_INIT, buckets = STR_INIT;
	bool ok;

	keys_seal_store(keys, &store);
	keys_seal_buckets(keys, &buckets);
	ok = meta_put(db, "wrapping-key", keys->wrapping_id, KEYS_ID_BYTES,
			err) &&
		meta_put(db, "store-key", store.data, store.len, err) &&
		meta_put(db, "bucket-keys", buckets.data, buckets.len, err);
	str_release(&store);
	str_release(&buckets);
	return ok;
}

bool meta_wrapping_id(struct db *db, uint8_t id[KEYS_ID_BYTES],
	struct err *err)
{
	struct str bytes = STR_INIT;
	bool ok = meta_find(db, "wrapping-key", &bytes, err);

	if (ok && bytes.len != KEYS_ID_BYTES)
		ok = err_set(err, ERR_SPEC, _("'%s' is damaged"), db_path(db));
	if (ok)
		memcpy(id, bytes.data, KEYS_ID_BYTES);
	str_release(&bytes);
	return ok;
}

/* --- buckets whose key is to be renewed --- */

enum { STALE_BYTES = KEYS_BUCKETS / 8 };

static bool load_stale(struct workspace *ws, uint8_t stale[STALE_BYTES],
	struct err *err)
{
	struct str bytes = STR_INIT;
	bool ok = meta_find(ws->db, "stale", &bytes, err);

	memset(stale, 0, STALE_BYTES);
	if (ok && bytes.len == STALE_BYTES)
		memcpy(stale, bytes.data, STALE_BYTES);
	str_release(&bytes);
	return ok;
}

static bool is_stale(const uint8_t stale[STALE_BYTES], unsigned bucket)
{
	return (stale[bucket / 8] >> (bucket % 8) & 1) != 0;
}

bool keys_mark(struct workspace *ws, int64_t id, struct err *err)
{
	uint8_t stale[STALE_BYTES];
	unsigned bucket = keys_bucket(id);

	if (!load_stale(ws, stale, err))
		return false;
	if (is_stale(stale, bucket))
		return true;
	stale[bucket / 8] |= (uint8_t)(1 << bucket % 8);
	return meta_put(ws->db, "stale", stale, STALE_BYTES, err);
}

bool workspace_forget(struct workspace *ws, int64_t id, struct err *err)
{
	if (ws->depth == 0)
		return err_set(err, ERR_INTERNAL,
			_("the change was given up already"));
	/* The old keys are destroyed on the word of the commit. */
	if (ws->is_light)
		return err_set(err, ERR_INTERNAL,
			_("keys do not change in a change that may be lost"));
	ws->rotate = true;
	return keys_mark(ws, id, err);
}

/* --- renewing --- */

struct ids { VEC(int64_t) list; };

/* The statements are found by the address of their text. */
static const char *const IN_BUCKET[N_HEAD_TABLES] = {
	"SELECT id FROM secret WHERE id BETWEEN ?1 AND ?2",
	"SELECT id FROM form WHERE id BETWEEN ?1 AND ?2",
	"SELECT id FROM record WHERE id BETWEEN ?1 AND ?2",
	"SELECT id FROM file WHERE id BETWEEN ?1 AND ?2",
};

static bool ids_in_bucket(struct workspace *ws, size_t table, unsigned bucket,
	struct ids *ids, struct err *err)
{
	struct db_stmt *stmt = db_prepare(ws->db, IN_BUCKET[table], err);
	int64_t first = (int64_t)((uint64_t)bucket << 55);
	enum db_result result;

	if (stmt == NULL)
		return false;
	db_bind_int(stmt, 1, first);
	db_bind_int(stmt, 2, first + (int64_t)((UINT64_C(1) << 55) - 1));
	while ((result = db_step(stmt, err)) == DB_ROW)
		vec_push(&ids->list, db_int(stmt, 0));
	return result == DB_DONE;
}

/* In locked memory. */
struct renewal { uint8_t old[SEAL_KEY_BYTES], fresh[SEAL_KEY_BYTES]; };

/* Read under the old key, written under the new.  A head that is damaged does
 * not open before and not after: it holds up nothing. */
static bool reseal(struct workspace *ws, const char *table, int64_t id,
	const struct renewal *renewal, struct err *err)
{
	uint8_t *key = ws->keys->buckets[keys_bucket(id)];
	struct str plain = STR_INIT;
	struct err why = ERR_INIT;
	bool ok;

	if (head_read(ws, table, id, &plain, &why)) {
		memcpy(key, renewal->fresh, SEAL_KEY_BYTES);
		ok = head_write(ws, table, id, &plain, err);
		memcpy(key, renewal->old, SEAL_KEY_BYTES);
	} else {
		ok = why.code == ERR_CRYPTO;
		if (!ok && err != NULL)
			*err = why;
	}
	str_wipe(&plain);
	return ok;
}

static bool reseal_bucket(struct workspace *ws, unsigned bucket,
	const struct renewal *renewal, struct err *err)
{
	bool ok = true;

	for (size_t table = 0; ok && table < N_HEAD_TABLES; table++) {
		struct ids ids = { { NULL, 0, 0 } };

		ok = ids_in_bucket(ws, table, bucket, &ids, err);
		for (size_t i = 0; ok && i < ids.list.n; i++)
			ok = reseal(ws, HEAD_TABLES[table], ids.list.items[i],
				renewal, err);
		vec_release(&ids.list);
	}
	return ok;
}

static bool renew_buckets(struct workspace *ws, struct err *err)
{
	struct renewal *renewal = secret_new(sizeof *renewal);
	uint8_t stale[STALE_BYTES];
	bool ok = load_stale(ws, stale, err);

	for (unsigned i = 0; ok && i < KEYS_BUCKETS; i++) {
		uint8_t *key = ws->keys->buckets[i];

		if (!is_stale(stale, i))
			continue;
		memcpy(renewal->old, key, SEAL_KEY_BYTES);
		seal_key_new(renewal->fresh);
		ok = reseal_bucket(ws, i, renewal, err);
		memcpy(key, renewal->fresh, SEAL_KEY_BYTES);
	}
	secret_free(renewal);
	return ok && meta_delete(ws->db, "stale", err);
}

/* What a rollback goes back to. */
static void keep_keys(struct workspace *ws)
{
	if (ws->before != NULL)
		return;
	ws->before = secret_new(sizeof *ws->before);
	*ws->before = *ws->keys;
}

bool keys_rotate(struct workspace *ws, struct err *err)
{
	char *path = workspace_keys_path(ws->folder);
	bool ok;

	keep_keys(ws);
	ok = renew_buckets(ws, err);
	keys_renew(ws->keys);
	ok = ok && keys_write_other(ws->keys, path, err) &&
		meta_put_keys(ws->db, ws->keys, err);
	free(path);
	return ok;
}

void keys_restore(struct workspace *ws)
{
	ws->rotate = false;
	if (ws->before == NULL)
		return;
	*ws->keys = *ws->before;
	secret_free(ws->before);
	ws->before = NULL;
}

/* The file of keys is written by who holds the database's write lock, and the
 * slot cleared only while the database names the other one: another program
 * may have renewed the keys in between. */
static void clear_other_slot(struct workspace *ws)
{
	char *path = workspace_keys_path(ws->folder);
	uint8_t id[KEYS_ID_BYTES];

	if (db_begin(ws->db, NULL)) {
		if (meta_wrapping_id(ws->db, id, NULL) && memcmp(id,
				ws->keys->wrapping_id, KEYS_ID_BYTES) == 0)
			(void)!keys_clear_slot(path, 1 - ws->keys->slot, NULL);
		db_rollback(ws->db);
	}
	free(path);
}

/* The old wrapping key goes, then what SQLite's log still holds.  Where this
 * fails now, the next opening does it. */
void keys_forget_old(struct workspace *ws)
{
	ws->rotate = false;
	if (ws->before == NULL)
		return;
	secret_free(ws->before);
	ws->before = NULL;
	clear_other_slot(ws);
	(void)!db_checkpoint(ws->db, NULL);
}

/* --- opening --- */

void keys_tidy(struct workspace *ws)
{
	if (!ws->keys->other_slot_used)
		return;
	ws->keys->other_slot_used = false;
	clear_other_slot(ws);
	(void)!db_checkpoint(ws->db, NULL);
}

static bool is_version_1(struct workspace *ws, bool *is, struct err *err)
{
	int64_t version;
	bool ok = db_number(ws->db, "PRAGMA user_version", &version, err);

	*is = version == 1;
	return ok;
}

bool keys_load(struct workspace *ws, struct err *err)
{
	struct str store = STR_INIT, buckets = STR_INIT;
	bool old = false;
	bool ok = is_version_1(ws, &old, err) &&
		meta_find(ws->db, "store-key", &store, err) &&
		meta_find(ws->db, "bucket-keys", &buckets, err) &&
		keys_open_store(ws->keys, store.data, store.len, err);

	if (ok && !old)
		ok = keys_open_buckets(ws->keys, buckets.data, buckets.len,
			err);
	else if (ok)
		for (int i = 0; i < KEYS_BUCKETS; i++)
			memcpy(ws->keys->buckets[i], ws->keys->store,
				SEAL_KEY_BYTES);
	str_release(&store);
	str_release(&buckets);
	return ok;
}

/* In version 1 the store key sealed every head: it is every bucket's key, and
 * all of them are renewed. */
static bool convert(struct workspace *ws, struct err *err)
{
	uint8_t all[STALE_BYTES];

	memset(all, 0xff, sizeof all);
	ws->rotate = true;
	return meta_put(ws->db, "stale", all, sizeof all, err) &&
		db_exec(ws->db, "PRAGMA user_version = 2", err);
}

bool keys_convert(struct workspace *ws, struct err *err)
{
	bool old;

	if (!is_version_1(ws, &old, err))
		return false;
	if (!old)
		return true;
	if (!workspace_begin(ws, err))
		return false;
	/* another program may have been quicker */
	if (is_version_1(ws, &old, err) && (!old || convert(ws, err)) &&
			workspace_commit(ws, err))
		return true;
	workspace_rollback(ws);
	return false;
}

bool keys_refresh(struct workspace *ws, bool *changed, struct err *err)
{
	uint8_t id[KEYS_ID_BYTES];
	struct keys *now;
	char *path;
	bool ok;

	*changed = false;
	if (!meta_wrapping_id(ws->db, id, err))
		return false;
	if (memcmp(id, ws->keys->wrapping_id, KEYS_ID_BYTES) == 0)
		return true;
	*changed = true;
	now = secret_new(sizeof *now);
	*now = *ws->keys;
	path = workspace_keys_path(ws->folder);
	ok = keys_reopen(ws->keys, path, id, err) && keys_load(ws, err);
	if (!ok)
		*ws->keys = *now;
	secret_free(now);
	free(path);
	return ok;
}

/* --- the passphrase --- */

static bool see_form(void *context, const struct form_info *form)
{
	bool *found = context;

	*found = *found || form_is_protected(form);
	return !*found;
}

static bool see_record(void *context, const struct record_head *head)
{
	bool *found = context;

	*found = *found || head->is_protected;
	return !*found;
}

static bool may_lie_open(struct workspace *ws, struct err *err)
{
	char *path = workspace_keys_path(ws->folder);
	bool found = false, ok = keys_has_modes(path) ||
		err_set(err, ERR_REFUSED, _("cannot protect '%s': this file "
			"system keeps no modes, so a passphrase is needed"),
			path);

	free(path);
	ok = ok && forms_each(ws, see_form, &found, err) &&
		records_each(ws, see_record, &found, err);
	if (ok && found)
		return err_set(err, ERR_REFUSED, _("protected forms need a "
			"workspace with a passphrase"));
	return ok;
}

/* Keys that lay open may lie in old blocks of the disk: all are renewed. */
static bool mark_all(struct workspace *ws, struct err *err)
{
	uint8_t all[STALE_BYTES];

	memset(all, 0xff, sizeof all);
	return meta_put(ws->db, "stale", all, sizeof all, err);
}

bool workspace_set_passphrase(struct workspace *ws, const char *passphrase,
	struct err *err)
{
	bool was_open = ws->keys->kind == KEYS_OPEN;

	if (passphrase != NULL && passphrase[0] == '\0')
		return err_set(err, ERR_VALUE, _("the passphrase is empty"));
	if ((passphrase == NULL && !may_lie_open(ws, err)) ||
			!workspace_begin(ws, err))
		return false;
	keep_keys(ws);
	ws->rotate = true;
	if (keys_set_passphrase(ws->keys, passphrase, err) &&
			(!was_open || mark_all(ws, err)) &&
			workspace_commit(ws, err))
		return true;
	workspace_rollback(ws);
	return false;
}
