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
	/* version 2: bucket keys.  From version 1 keys_convert() leads. */
	"",
};
enum { N_STEPS = sizeof STEPS / sizeof STEPS[0] };

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

char *workspace_keys_path(const char *folder)
{
	return path_join(folder, "keys");
}

static char *db_file(const char *folder)
{
	return path_join(folder, "field.db");
}

bool workspace_exists(const char *folder)
{
	char *path = workspace_keys_path(folder);
	bool exists = file_exists(path);

	free(path);
	return exists;
}

static bool say_missing(const char *folder, struct err *err)
{
	return err_set(err, ERR_NOTFOUND, _("there is no workspace in '%s' "
		"(make one with 'bayaz init')"), folder);
}

/* Both kinds are there: the one that the database names. */
static bool kind_by_db(const char *folder, const char *keys, int *kind,
	struct err *err)
{
	char *path = db_file(folder);
	struct db *db = db_open(path, 0, err);
	uint8_t id[KEYS_ID_BYTES];
	bool ok = db != NULL && meta_wrapping_id(db, id, err) &&
		keys_kind_of(keys, id, kind, err);

	db_close(db);
	free(path);
	return ok;
}

bool workspace_needs_passphrase(const char *folder, bool *needs,
	struct err *err)
{
	char *path;
	int kind = 0;
	bool ok;

	if (!workspace_exists(folder))
		return say_missing(folder, err);
	path = workspace_keys_path(folder);
	ok = keys_kind(path, &kind, err);
	if (ok && kind == 0)
		ok = kind_by_db(folder, path, &kind, err);
	*needs = kind == KEYS_PASSPHRASE;
	free(path);
	return ok;
}

/* --- making one --- */

/* A database without its keys: made anew if the making was interrupted before
 * anything was put in; anything else is not ours to remove. */
static bool remove_begun(const char *path, struct err *err)
{
	struct db *db = db_open(path, 0, err);
	int64_t n = 0;
	bool ok = db != NULL && db_migrate(db, FIELD_APPLICATION, STEPS,
			N_STEPS, err)
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
	ok = db_migrate(db, FIELD_APPLICATION, STEPS,
			N_STEPS, err) &&
		db_begin(db, err);
	if (ok) {
		ok = meta_put_keys(db, keys, err) && db_commit(db, err);
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
	char *path = db_file(folder), *key_file = workspace_keys_path(folder);
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

/* The right wrapping key; once more if another program renewed it between two
 * looks. */
static bool open_wrapping(struct workspace *ws, const char *passphrase,
	struct err *err)
{
	uint8_t id[KEYS_ID_BYTES], now[KEYS_ID_BYTES];
	char *path = workspace_keys_path(ws->folder);
	bool ok = meta_wrapping_id(ws->db, id, err);

	if (ok && !keys_open(ws->keys, path, id, passphrase, err))
		ok = meta_wrapping_id(ws->db, now, NULL) &&
			memcmp(id, now, KEYS_ID_BYTES) != 0 &&
			keys_open(ws->keys, path, now, passphrase, err);
	free(path);
	return ok;
}

/* From version 1 on; nothing else is known before the keys are. */
static bool check_version(struct workspace *ws, struct err *err)
{
	int64_t version;

	if (!db_number(ws->db, "PRAGMA user_version", &version, err))
		return false;
	return db_migrate(ws->db, FIELD_APPLICATION, STEPS,
		version == 1 ? 1 : N_STEPS, err);
}

static bool unlock(struct workspace *ws, const char *passphrase,
	struct err *err)
{
	struct err why = ERR_INIT;

	if (!open_wrapping(ws, passphrase, &why)) {
		if (why.code == ERR_CRYPTO)
			tries_count(ws->db);
		if (err != NULL)
			*err = why;
		return false;
	}
	if (!keys_load(ws, err))
		return false;
	tries_forget(ws);
	keys_tidy(ws);
	return keys_convert(ws, err) && check_version(ws, err);
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
	ok = ws->db != NULL && check_version(ws, err) &&
		unlock(ws, passphrase, err) && copy_look(ws, err);
	if (ok)
		return ws;
	workspace_close(ws);
	return NULL;
}

struct workspace *workspace_hold(struct workspace *ws)
{
	ws->holders++;
	return ws;
}

void workspace_close(struct workspace *ws)
{
	if (ws == NULL || ws->holders-- > 0)
		return;
	index_release(ws);
	db_close(ws->db);
	secret_free(ws->keys);
	secret_free(ws->before);
	secret_free(ws->room.bytes);
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

/* Outside of a transaction this cannot fail. */
static void end_light(struct workspace *ws)
{
	if (ws->is_light && ws->depth == 0) {
		ws->is_light = false;
		(void)!db_set_durable(ws->db, true, NULL);
	}
}

/* What could not be looked for may be there: who was told that it is not must
 * not put anything in its place.  False, with the reason, from then on. */
static bool may_change(const struct workspace *ws, struct err *err)
{
	if (ws->unread.code == ERR_NONE)
		return true;
	if (err != NULL)
		*err = ws->unread;
	return false;
}

bool workspace_begin(struct workspace *ws, struct err *err)
{
	bool changed;

	if (!may_change(ws, err))
		return false;
	if (ws->depth == 0) {
		if (!db_begin(ws->db, err))
			return false;
		if (!keys_refresh(ws, &changed, err)) {
			db_rollback(ws->db);
			return false;
		}
	}
	ws->depth++;
	return true;
}

bool workspace_begin_light(struct workspace *ws, struct err *err)
{
	if (ws->depth == 0) {
		if (!db_set_durable(ws->db, false, err))
			return false;
		ws->is_light = true;
	}
	if (workspace_begin(ws, err))
		return true;
	end_light(ws);
	return false;
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
	if (!may_change(ws, err) || (ws->rotate && !keys_rotate(ws, err)) ||
			!db_commit(ws->db, err)) {
		workspace_rollback(ws);
		return false;
	}
	ws->depth = 0;
	end_light(ws);
	keys_forget_old(ws);
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
	end_light(ws);
	index_release(ws);
	keys_restore(ws);
}

/* --- secrets by name --- */

enum { SECRET_NAME = 1, SECRET_BYTES = 2, MAX_SECRET = 1 << 20 };

struct find_secret {
	const char *name;
	struct str *out;	/* or NULL */
	int64_t id;		/* 0: not found */
};

static bool see_secret(void *context, int64_t id, struct field_reader reader,
	bool *stop, struct err *err)
{
	struct find_secret *find = context;
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
		return head_delete(ws, "secret", id, err);
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

bool workspace_erase_secret(struct workspace *ws, const char *name,
	struct err *err)
{
	struct find_secret find = { name, NULL, 0 };

	if (!workspace_begin(ws, err))
		return false;
	if (heads_each(ws, "secret", see_secret, &find, err) &&
			(find.id == 0 || (head_delete(ws, "secret", find.id,
				err) && workspace_forget(ws, find.id, err))) &&
			workspace_commit(ws, err))
		return true;
	workspace_rollback(ws);
	return false;
}

bool workspace_has_secret(struct workspace *ws, const char *name)
{
	struct find_secret find = { name, NULL, 0 };

	struct err err = ERR_INIT;

	if (heads_each(ws, "secret", see_secret, &find, &err))
		return find.id != 0;
	/* Damage is there the next time, too, and stops who changes a secret;
	 * what else is in the workspace may go on. */
	if (err.code != ERR_CRYPTO)
		ws->unread = err;
	return false;
}
