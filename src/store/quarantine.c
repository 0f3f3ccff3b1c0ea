#include "config.h"

#include "store/quarantine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "db/db.h"
#include "store/store.h"

char *store_quarantine_folder(const struct store *store)
{
	return str_format("%s-quarantine", store_path(store));
}

static char *file_path(const struct store *store,
	const uint8_t sha256[SHA256_BYTES])
{
	char *folder = store_quarantine_folder(store), *path;
	char name[SHA256_HEX_BYTES + 8];

	hex_encode(sha256, SHA256_BYTES, name);
	memcpy(name + SHA256_HEX_BYTES - 1, ".bayaz", 7);
	path = path_join(folder, name);
	free(folder);
	return path;
}

/* Read it to its end; with `to`, copy it. */
static bool hash_file(const char *path, struct file_out *to,
	uint8_t sha256[SHA256_BYTES], uint64_t *size_bytes, struct err *err)
{
	FILE *from = fopen(path, "rb");
	struct sha256 hash;
	char *buffer;
	size_t n;
	bool ok = true;

	if (from == NULL)
		return err_set(err, ERR_IO, _("cannot open '%s': %s"), path,
			strerror(errno));
	buffer = xmalloc(1 << 16);
	sha256_init(&hash);
	*size_bytes = 0;
	while (ok && (n = fread(buffer, 1, 1 << 16, from)) > 0) {
		sha256_add(&hash, buffer, n);
		*size_bytes += n;
		ok = to == NULL || file_put(to, buffer, n, err);
	}
	if (ok && ferror(from))
		ok = err_set(err, ERR_IO, _("cannot read '%s': %s"), path,
			strerror(errno));
	sha256_end(&hash, sha256);
	free(buffer);
	fclose(from);
	return ok;
}

static bool copy(const char *path, const char *to, struct err *err)
{
	struct file_out out;
	uint8_t sha256[SHA256_BYTES];
	uint64_t size;
	char *folder = path_folder(to);
	bool ok = file_make_folder(folder, err);

	free(folder);
	if (!ok || !file_create(&out, to, 0600, err))
		return false;
	ok = hash_file(path, &out, sha256, &size, err) &&
		file_commit(&out, err);
	if (!ok)
		file_discard(&out);
	return ok;
}

static bool insert(struct store *store, const char *path,
	const uint8_t sha256[SHA256_BYTES], uint64_t size_bytes,
	const struct merge_result *result, enum err_code code,
	struct err *err)
{
	/* trying again changes the reason, not the name it came under */
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT INTO quarantine (sha256, name, size, device,"
		" fingerprint, sequence, code, reason)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
		" ON CONFLICT (sha256) DO UPDATE SET code = excluded.code,"
		" reason = excluded.reason", err);

	if (add == NULL)
		return false;
	db_bind_blob(add, 1, sha256, SHA256_BYTES);
	db_bind_text(add, 2, path_base(path));
	db_bind_int(add, 3, (int64_t)size_bytes);
	db_bind_text(add, 4, result->device);
	db_bind_text(add, 5, result->fingerprint);
	db_bind_int(add, 6, result->sequence);
	db_bind_text(add, 7, err_code_name(code));
	db_bind_text(add, 8, result->reason);
	return db_run(add, err);
}

bool quarantine_add(struct store *store, const char *path,
	const struct merge_result *result, enum err_code code,
	struct err *err)
{
	uint8_t sha256[SHA256_BYTES];
	uint64_t size;
	char *to;
	bool ok;

	if (!hash_file(path, NULL, sha256, &size, err))
		return false;
	to = file_path(store, sha256);
	ok = (file_exists(to) || copy(path, to, err)) &&
		db_begin(store_db(store), err);
	if (ok && !(insert(store, path, sha256, size, result, code, err) &&
			store_log(store, "quarantine", result->fingerprint,
				result->reason, err) &&
			db_commit(store_db(store), err))) {
		db_rollback(store_db(store));
		ok = false;
	}
	free(to);
	return ok;
}

bool quarantine_list(struct store *store, struct quarantine_list *list,
	struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT sha256, name FROM quarantine ORDER BY sha256", err);
	enum db_result result;

	*list = (struct quarantine_list){ NULL, 0, 0 };
	if (walk == NULL)
		return false;
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct quarantined file = { .name = xstrdup(db_text(walk, 1)) };
		size_t n;
		const void *sha256 = db_blob(walk, 0, &n);

		memcpy(file.sha256, sha256, n < 32 ? n : 32);
		file.path = file_path(store, file.sha256);
		vec_push(list, file);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

void quarantine_list_release(struct quarantine_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->items[i].name);
		free(list->items[i].path);
	}
	vec_release(list);
}

bool quarantine_remove(struct store *store, const struct quarantined *file,
	struct err *err)
{
	struct db_stmt *drop = db_prepare(store_db(store),
		"DELETE FROM quarantine WHERE sha256 = ?1", err);

	if (drop == NULL)
		return false;
	db_bind_blob(drop, 1, file->sha256, SHA256_BYTES);
	if (!db_run(drop, err))
		return false;
	if (unlink(file->path) != 0 && errno != ENOENT)
		return err_set(err, ERR_IO, _("cannot remove '%s': %s"),
			file->path, strerror(errno));
	return true;
}
