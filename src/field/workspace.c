#include "config.h"

#include "field/workspace.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/wipe.h"
#include "crypt/crypt.h"
#include "field/local.h"

/* Columns in clear: row numbers, counts, sealed bytes; `meta` holds the id of
 * the wrapping key and the sealed store key.  See bayaz-field(7). */
static const char *const STEPS[] = {
	"CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL)"
	" WITHOUT ROWID;"
	"CREATE TABLE secret (id INTEGER PRIMARY KEY, head BLOB NOT NULL);"
	"CREATE TABLE form (id INTEGER PRIMARY KEY, head BLOB NOT NULL);"
	"CREATE TABLE record (id INTEGER PRIMARY KEY, head BLOB NOT NULL);"
	"CREATE TABLE file (id INTEGER PRIMARY KEY, head BLOB NOT NULL,"
	" uses INTEGER NOT NULL DEFAULT 0);"
	"CREATE TABLE body (owner INTEGER PRIMARY KEY, sealed BLOB NOT NULL);"
	"CREATE TABLE event (record INTEGER NOT NULL, number INTEGER NOT NULL,"
	" sealed BLOB NOT NULL, PRIMARY KEY (record, number)) WITHOUT ROWID;"
	"CREATE TABLE chunk (file INTEGER NOT NULL, number INTEGER NOT NULL,"
	" sealed BLOB NOT NULL, PRIMARY KEY (file, number)) WITHOUT ROWID;",
};

/* --- where it lies --- */

char *workspace_path(const char *given)
{
	const char *home;

	if (!str_is_empty(given))
		return xstrdup(given);
	home = getenv("BAYAZ_HOME");
	if (!str_is_empty(home))
		return xstrdup(home);
	home = getenv("HOME");
	return path_join(str_is_empty(home) ? "." : home, ".local/share/bayaz");
}

static char *keys_path(const char *folder)
{
	return path_join(folder, "keys");
}

static char *db_file(const char *folder)
{
	return path_join(folder, "field.db");
}

bool workspace_exists(const char *folder)
{
	char *path = keys_path(folder);
	bool exists = file_exists(path);

	free(path);
	return exists;
}

static bool say_missing(const char *folder, struct err *err)
{
	return err_set(err, ERR_NOTFOUND, _("there is no workspace in '%s' "
		"(make one with 'bayaz init')"), folder);
}

bool workspace_needs_passphrase(const char *folder, bool *needs,
	struct err *err)
{
	char *path;
	int kind = 0;
	bool ok;

	if (!workspace_exists(folder))
		return say_missing(folder, err);
	path = keys_path(folder);
	ok = keys_kind(path, &kind, err);
	*needs = kind == KEYS_PASSPHRASE;
	free(path);
	return ok;
}

/* --- making one --- */

static bool put_meta(struct db *db, const char *name, const void *bytes,
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

static bool put_keys(struct db *db, const struct keys *keys, struct err *err)
{
	struct str sealed = STR_INIT;
	bool ok;

	keys_seal_store(keys, &sealed);
	ok = put_meta(db, "wrapping-key", keys->wrapping_id, KEYS_ID_BYTES,
		err) && put_meta(db, "store-key", sealed.data, sealed.len, err);
	str_release(&sealed);
	return ok;
}

/* A database without its keys: made anew if the making was interrupted before
 * anything was put in; anything else is not ours to remove. */
static bool remove_begun(const char *path, struct err *err)
{
	struct db *db = db_open(path, 0, err);
	int64_t n = 0;
	bool ok = db != NULL && db_migrate(db, FIELD_APPLICATION, STEPS, 1, err)
		&& db_number(db, "SELECT (SELECT count(*) FROM record) + "
		"(SELECT count(*) FROM form) + (SELECT count(*) FROM secret)",
		&n, err);

	db_close(db);
	if (ok && n != 0)
		return err_set(err, ERR_CONFLICT,
			_("'%s' holds records, but its file of keys is missing"),
			path);
	if (ok && unlink(path) != 0)
		return err_set(err, ERR_IO, _("cannot replace '%s'"), path);
	return ok;
}

static bool create_db(const char *path, const struct keys *keys,
	struct err *err)
{
	struct db *db;
	bool ok;

	if (file_exists(path) && !remove_begun(path, err))
		return false;
	db = db_open(path, DB_CREATE, err);
	if (db == NULL)
		return false;
	ok = db_migrate(db, FIELD_APPLICATION, STEPS, 1, err) &&
		db_begin(db, err);
	if (ok) {
		ok = put_keys(db, keys, err) && db_commit(db, err);
		if (!ok)
			db_rollback(db);
	}
	db_close(db);
	return ok;
}

/* The keys come last: without them there is no workspace yet. */
static bool create_files(const char *folder, struct keys *keys,
	struct err *err)
{
	char *path = db_file(folder), *key_file = keys_path(folder);
	bool ok = create_db(path, keys, err) &&
		keys_create(keys, key_file, err);

	free(path);
	free(key_file);
	return ok;
}

bool workspace_create(const char *folder, const char *passphrase,
	struct err *err)
{
	struct keys *keys;
	bool ok;

	if (!crypt_init(err))
		return false;
	if (workspace_exists(folder))
		return err_set(err, ERR_CONFLICT,
			_("there is a workspace in '%s' already"), folder);
	if (passphrase != NULL && passphrase[0] == '\0')
		return err_set(err, ERR_VALUE, _("the passphrase is empty"));
	if (!file_make_folder(folder, err))
		return false;
	keys = secret_new(sizeof *keys);
	ok = keys_make(keys, passphrase, err) &&
		create_files(folder, keys, err);
	secret_free(keys);
	return ok;
}

/* --- opening --- */

/* A value of `meta`, appended. */
static bool get_meta(struct db *db, const char *name, struct str *out,
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
	if (result == DB_DONE)
		return err_set(err, ERR_SPEC, _("'%s' is damaged"), db_path(db));
	return result == DB_ROW;
}

static bool unlock(struct workspace *ws, const char *passphrase,
	struct err *err)
{
	struct str id = STR_INIT, sealed = STR_INIT;
	char *path = keys_path(ws->folder);
	bool ok = get_meta(ws->db, "wrapping-key", &id, err) &&
		get_meta(ws->db, "store-key", &sealed, err);

	if (ok && id.len != KEYS_ID_BYTES)
		ok = err_set(err, ERR_SPEC, _("'%s' is damaged"),
			db_path(ws->db));
	ok = ok && keys_open(ws->keys, path, (const uint8_t *)id.data,
			passphrase, err) &&
		keys_open_store(ws->keys, sealed.data, sealed.len, err);
	str_release(&id);
	str_release(&sealed);
	free(path);
	return ok;
}

struct workspace *workspace_open(const char *folder, const char *passphrase,
	struct err *err)
{
	struct workspace *ws;
	char *path;
	bool ok;

	if (!crypt_init(err))
		return NULL;
	if (!workspace_exists(folder)) {
		say_missing(folder, err);
		return NULL;
	}
	ws = xcalloc(1, sizeof *ws);
	ws->folder = xstrdup(folder);
	ws->keys = secret_new(sizeof *ws->keys);
	path = db_file(folder);
	ws->db = db_open(path, 0, err);
	free(path);
	ok = ws->db != NULL && db_migrate(ws->db, FIELD_APPLICATION, STEPS,
			sizeof STEPS / sizeof STEPS[0], err) &&
		unlock(ws, passphrase, err);
	if (ok)
		return ws;
	workspace_close(ws);
	return NULL;
}

void workspace_close(struct workspace *ws)
{
	if (ws == NULL)
		return;
	index_release(ws);
	db_close(ws->db);
	secret_free(ws->keys);
	free(ws->folder);
	free(ws);
}

const char *workspace_folder(const struct workspace *ws)
{
	return ws->folder;
}

bool workspace_is_sealed(const struct workspace *ws)
{
	return ws->keys->kind == KEYS_PASSPHRASE;
}

/* --- changes as one --- */

bool workspace_begin(struct workspace *ws, struct err *err)
{
	if (ws->depth == 0 && !db_begin(ws->db, err))
		return false;
	ws->depth++;
	return true;
}

/* The old wrapping key goes, then what SQLite's log still holds.  Where this
 * fails now, the next opening does it. */
static void forget_old_keys(struct workspace *ws)
{
	struct keys *keys = ws->keys;
	char *path = keys_path(ws->folder);

	keys->rotating = false;
	wipe(keys->old_store, sizeof keys->old_store);
	wipe(keys->old_wrapping, sizeof keys->old_wrapping);
	(void)!keys_clear_slot(path, keys->old_slot, NULL);
	(void)!db_checkpoint(ws->db, NULL);
	free(path);
}

static void restore_old_keys(struct keys *keys)
{
	memcpy(keys->store, keys->old_store, SEAL_KEY_BYTES);
	memcpy(keys->wrapping, keys->old_wrapping, SEAL_KEY_BYTES);
	memcpy(keys->wrapping_id, keys->old_wrapping_id, KEYS_ID_BYTES);
	keys->slot = keys->old_slot;
	keys->rotating = false;
}

bool workspace_commit(struct workspace *ws, struct err *err)
{
	if (ws->depth == 0)
		return err_set(err, ERR_INTERNAL,
			_("the change was given up already"));
	if (ws->depth > 1) {
		ws->depth--;
		return true;
	}
	if (!db_commit(ws->db, err)) {
		workspace_rollback(ws);
		return false;
	}
	ws->depth = 0;
	if (ws->keys->rotating)
		forget_old_keys(ws);
	return true;
}

bool workspace_in_change(const struct workspace *ws)
{
	return ws->depth > 0;
}

void workspace_rollback(struct workspace *ws)
{
	if (ws->depth == 0)
		return;
	ws->depth = 0;
	db_rollback(ws->db);
	index_release(ws);
	if (ws->keys->rotating)
		restore_old_keys(ws->keys);
}

/* --- keys that change --- */

bool workspace_set_passphrase(struct workspace *ws, const char *passphrase,
	struct err *err)
{
	struct keys *keys = ws->keys, *before = secret_new(sizeof *before);
	char *path = keys_path(ws->folder);
	bool ok = true;

	*before = *keys;
	if (str_is_empty(passphrase))
		ok = err_set(err, ERR_VALUE, _("the passphrase is empty"));
	if (ok) {
		keys->kind = KEYS_PASSPHRASE;
		crypt_random(keys->salt, sizeof keys->salt);
		ok = seal_key_from_passphrase(passphrase, keys->salt,
			keys->passphrase, err) &&
			keys_write_other(keys, path, err) &&
			keys_clear_slot(path, before->slot, err);
	}
	if (!ok)
		*keys = *before;
	secret_free(before);
	free(path);
	return ok;
}

static const char *const HEAD_TABLES[] = { "secret", "form", "record", "file" };

struct ids { VEC(int64_t) list; };

static bool collect_id(void *context, int64_t id, const struct str *plain,
	bool *stop, struct err *err)
{
	struct ids *ids = context;

	(void)plain, (void)stop, (void)err;
	vec_push(&ids->list, id);
	return true;
}

/* Read under the old key, written under the new. */
static bool reseal(struct workspace *ws, const char *table, int64_t id,
	const uint8_t fresh[SEAL_KEY_BYTES], struct err *err)
{
	struct keys *keys = ws->keys;
	struct str plain = STR_INIT;
	bool ok = head_read(ws, table, id, &plain, err);

	if (ok) {
		memcpy(keys->store, fresh, SEAL_KEY_BYTES);
		ok = head_write(ws, table, id, &plain, err);
		memcpy(keys->store, keys->old_store, SEAL_KEY_BYTES);
	}
	str_wipe(&plain);
	return ok;
}

static bool reseal_table(struct workspace *ws, const char *table,
	const uint8_t *fresh, struct err *err)
{
	struct ids ids = { { NULL, 0, 0 } };
	bool ok = heads_each(ws, table, collect_id, &ids, err);

	for (size_t i = 0; ok && i < ids.list.n; i++)
		ok = reseal(ws, table, ids.list.items[i], fresh, err);
	vec_release(&ids.list);
	return ok;
}

static void keep_old_keys(struct keys *keys)
{
	memcpy(keys->old_store, keys->store, SEAL_KEY_BYTES);
	memcpy(keys->old_wrapping, keys->wrapping, SEAL_KEY_BYTES);
	memcpy(keys->old_wrapping_id, keys->wrapping_id, KEYS_ID_BYTES);
	keys->old_slot = keys->slot;
	keys->rotating = true;
}

bool workspace_rotate(struct workspace *ws, struct err *err)
{
	struct keys *keys = ws->keys;
	uint8_t *fresh;
	char *path;
	bool ok = true;

	if (keys->rotating)	/* within the same change: once is enough */
		return true;
	keep_old_keys(keys);
	fresh = secret_new(SEAL_KEY_BYTES);
	seal_key_new(fresh);
	for (size_t i = 0; ok && i < 4; i++)
		ok = reseal_table(ws, HEAD_TABLES[i], fresh, err);
	memcpy(keys->store, fresh, SEAL_KEY_BYTES);
	secret_free(fresh);
	seal_key_new(keys->wrapping);
	crypt_random(keys->wrapping_id, KEYS_ID_BYTES);
	path = keys_path(ws->folder);
	ok = ok && keys_write_other(keys, path, err) &&
		put_keys(ws->db, keys, err);
	free(path);
	return ok;
}

/* --- secrets by name --- */

enum { SECRET_NAME = 1, SECRET_BYTES = 2, MAX_SECRET = 1 << 20 };

struct find_secret {
	const char *name;
	struct str *out;	/* or NULL */
	int64_t id;		/* 0: not found */
};

static bool see_secret(void *context, int64_t id, const struct str *plain,
	bool *stop, struct err *err)
{
	struct find_secret *find = context;
	struct field_reader reader = { plain->data, plain->len };
	struct field field;
	bool ours = false, ok;

	(void)err;
	while (field_next(&reader, &field, &ok)) {
		if (field.tag == SECRET_NAME)
			ours = field.n_bytes == strlen(find->name) &&
				memcmp(field.bytes, find->name,
					field.n_bytes) == 0;
		if (field.tag != SECRET_BYTES || !ours)
			continue;
		find->id = id;
		*stop = true;
		if (find->out != NULL)
			str_addn(find->out, field.bytes, field.n_bytes);
	}
	return true;
}

static bool write_secret(struct workspace *ws, int64_t id, const char *name,
	const void *bytes, size_t n_bytes, struct err *err)
{
	struct str plain = STR_INIT;
	bool ok;

	if (n_bytes == 0 && id == 0)
		return true;
	if (n_bytes == 0)
		return row_run(ws, "DELETE FROM secret WHERE id = ?1", id, err);
	field_put_text(&plain, SECRET_NAME, name);
	field_put(&plain, SECRET_BYTES, bytes, n_bytes);
	ok = head_write(ws, "secret", id != 0 ? id : row_new_id(), &plain, err);
	str_wipe(&plain);
	return ok;
}

bool workspace_put_secret(struct workspace *ws, const char *name,
	const void *bytes, size_t n_bytes, struct err *err)
{
	struct find_secret find = { name, NULL, 0 };

	if (n_bytes > MAX_SECRET - 1024)
		return err_set(err, ERR_LIMIT,
			_("'%s' is too big for the workspace"), name);
	if (!workspace_begin(ws, err))
		return false;
	if (heads_each(ws, "secret", see_secret, &find, err) &&
			write_secret(ws, find.id, name, bytes, n_bytes, err) &&
			workspace_commit(ws, err))
		return true;
	workspace_rollback(ws);
	return false;
}

bool workspace_get_secret(struct workspace *ws, const char *name,
	struct str *out, struct err *err)
{
	struct find_secret find = { name, out, 0 };

	if (!heads_each(ws, "secret", see_secret, &find, err))
		return false;
	if (find.id == 0)
		return err_set(err, ERR_NOTFOUND,
			_("this workspace has no '%s'"), name);
	return true;
}

bool workspace_has_secret(struct workspace *ws, const char *name)
{
	struct find_secret find = { name, NULL, 0 };

	return heads_each(ws, "secret", see_secret, &find, NULL) &&
		find.id != 0;
}
