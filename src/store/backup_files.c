#include "config.h"

#include "store/backup_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "db/db.h"
#include "store/store.h"

/* --- names --- */

void backup_part_name(unsigned part, char name[BACKUP_NAME_BYTES])
{
	if (part == 0)
		snprintf(name, BACKUP_NAME_BYTES, "store.db");
	else
		snprintf(name, BACKUP_NAME_BYTES, "store.db.%u", part);
}

void backup_waiting_name(const uint8_t sha256[SHA256_BYTES],
	char name[BACKUP_NAME_BYTES])
{
	char hex[SHA256_HEX_BYTES];

	hex_encode(sha256, SHA256_BYTES, hex);
	snprintf(name, BACKUP_NAME_BYTES, "quarantine/%s.bayaz", hex);
}

const char *backup_no_store(void)
{
	return _("this is no backup of a store");
}

int64_t backup_changed_ns(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * INT64_C(1000000000) +
		st->st_mtim.tv_nsec;
}

/* --- the table --- */

enum { WAITS_MAX = 120 };	/* of five seconds, where the store is in use */

static char *absolute(const char *path)
{
	char *whole = realpath(path, NULL);

	return whole != NULL ? whole : xstrdup(path);
}

/* Where it lies now, and since when its bytes are what they are. */
static void look_at(struct store_backup *backup, const char *path)
{
	char *whole = absolute(path);
	struct stat st;

	free(backup->path);
	backup->path = whole;
	if (stat(whole, &st) == 0)
		backup->changed_ns = backup_changed_ns(&st);
}

static bool insert(struct store *store, struct store_backup *backup,
	struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT INTO backup (at, path, size, changed, sha256,"
		" last_fact, last_content)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", err);
	time_t now = time(NULL);
	struct tm parts;

	if (add == NULL)
		return false;
	gmtime_r(&now, &parts);
	strftime(backup->at, sizeof backup->at, "%Y-%m-%dT%H:%M:%SZ", &parts);
	db_bind_text(add, 1, backup->at);
	db_bind_text(add, 2, backup->path);
	db_bind_int(add, 3, backup->n_bytes);
	db_bind_int(add, 4, backup->changed_ns);
	db_bind_blob(add, 5, backup->sha256, SHA256_BYTES);
	db_bind_int(add, 6, backup->last_fact);
	db_bind_int(add, 7, backup->last_content);
	if (!db_run(add, err))
		return false;
	backup->id = db_last_row_id(store_db(store));
	return true;
}

static bool end_change(struct store *store, bool ok, struct err *err)
{
	if (ok && db_commit(store_db(store), err))
		return true;
	db_rollback(store_db(store));
	return false;
}

bool backup_count(struct store *store, struct store_backup *backup,
	struct err *err)
{
	struct db *db = store_db(store);

	return db_number(db, "SELECT max(id) FROM fact", &backup->last_fact,
			err) &&
		db_number(db, "SELECT max(id) FROM content",
			&backup->last_content, err);
}

/* A merge may hold the store for long, and writing the backup took longer
 * still: db_begin() waits for seconds, this for minutes. */
static bool begin_patiently(struct store *store, struct err *err)
{
	for (int i = 1; i < WAITS_MAX; i++)
		if (db_begin(store_db(store), NULL))
			return true;
	return db_begin(store_db(store), err);
}

bool backup_note(struct store *store, const char *path, const char *kind,
	struct store_backup *backup, struct err *err)
{
	look_at(backup, path);
	if (!begin_patiently(store, err))
		return false;
	return end_change(store, insert(store, backup, err) &&
		store_log(store, kind, path_base(path), NULL, err), err);
}

/* The columns of one, in the order of FIELDS. */
#define FIELDS "id, at, path, size, changed, sha256, last_fact, last_content"

static bool take_row(struct db_stmt *get, struct store_backup *backup,
	struct err *err)
{
	enum db_result result = db_step(get, err);
	const void *hash;
	size_t n;

	memset(backup, 0, sizeof *backup);
	if (result == DB_ROW) {
		backup->id = db_int(get, 0);
		snprintf(backup->at, sizeof backup->at, "%s", db_text(get, 1));
		backup->path = xstrdup(db_text(get, 2));
		backup->n_bytes = db_int(get, 3);
		backup->changed_ns = db_int(get, 4);
		hash = db_blob(get, 5, &n);
		memcpy(backup->sha256, hash, n < SHA256_BYTES ? n :
			SHA256_BYTES);
		backup->last_fact = db_int(get, 6);
		backup->last_content = db_int(get, 7);
	}
	db_reset(get);
	return result != DB_FAILED;
}

bool backup_find(struct store *store, const uint8_t sha256[SHA256_BYTES],
	struct store_backup *found, struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store), "SELECT " FIELDS
		" FROM backup WHERE sha256 = ?1 ORDER BY last_fact DESC, id"
		" DESC LIMIT 1", err);

	memset(found, 0, sizeof *found);
	if (get == NULL)
		return false;
	db_bind_blob(get, 1, sha256, SHA256_BYTES);
	return take_row(get, found, err);
}

bool store_backup_noted(struct store *store, struct store_backup *newest,
	struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store), "SELECT " FIELDS
		" FROM backup WHERE NOT lost ORDER BY last_fact DESC, id DESC"
		" LIMIT 1", err);

	memset(newest, 0, sizeof *newest);
	return get != NULL && take_row(get, newest, err);
}

bool backup_lies(struct store *store, struct store_backup *backup,
	const char *path, struct err *err)
{
	struct db_stmt *set = db_prepare(store_db(store), "UPDATE backup SET"
		" path = ?2, changed = ?3, lost = 0 WHERE id = ?1", err);

	if (set == NULL)
		return false;
	look_at(backup, path);
	db_bind_int(set, 1, backup->id);
	db_bind_text(set, 2, backup->path);
	db_bind_int(set, 3, backup->changed_ns);
	if (!db_begin(store_db(store), err))
		return false;
	return end_change(store, db_run(set, err) && store_log(store,
		"backup-checked", path_base(path), NULL, err), err);
}

bool backup_lost(struct store *store, const struct store_backup *backup,
	struct err *err)
{
	struct db_stmt *set = db_prepare(store_db(store),
		"UPDATE backup SET lost = 1 WHERE id = ?1", err);

	if (set == NULL)
		return false;
	db_bind_int(set, 1, backup->id);
	if (!db_begin(store_db(store), err))
		return false;
	return end_change(store, db_run(set, err) && store_log(store,
		"backup-lost", path_base(backup->path), NULL, err), err);
}
