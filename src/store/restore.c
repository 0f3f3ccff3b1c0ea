/* A store from a backup: unpacked beside its place, looked through, and only
 * then put there. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/wipe.h"
#include "db/db.h"
#include "store/backup_files.h"
#include "store/quarantine.h"
#include "store/store.h"

enum { PIECE_BYTES = 1 << 16 };

struct restoring {
	const char *to;			/* where the store shall be */
	char *part;			/* where it is unpacked */
	char *waiting, *waiting_part;	/* the folders of what waits */
	struct vault_reader *vault;
	struct store_backup backup;
};

/* --- unpacking --- */

static bool say_no_store(struct err *err)
{
	return err_set(err, ERR_SPEC, "%s", backup_no_store());
}

static bool append(struct restoring *r, struct file_out *out,
	struct err *err)
{
	uint8_t *buffer = xmalloc(PIECE_BYTES);
	size_t n = 1;
	bool ok = true;

	while (ok && n > 0)
		ok = vault_read(r->vault, buffer, PIECE_BYTES, &n, err) &&
			file_put(out, buffer, n, err);
	wipe(buffer, PIECE_BYTES);
	free(buffer);
	return ok;
}

/* "quarantine/HASH.bayaz" and nothing else. */
static bool is_waiting(const char *name)
{
	static const char folder[] = "quarantine/";
	char hex[SHA256_HEX_BYTES];

	if (!str_starts(name, folder) ||
			strlen(name) != strlen(folder) + strlen(".bayaz") +
			sizeof hex - 1)
		return false;
	memcpy(hex, name + strlen(folder), sizeof hex - 1);
	hex[sizeof hex - 1] = '\0';
	return sha256_is_hex(hex) && strcmp(name + strlen(folder) +
		sizeof hex - 1, ".bayaz") == 0;
}

static bool take_waiting(struct restoring *r, const char *name,
	struct err *err)
{
	char *path = path_join(r->waiting_part, path_base(name));
	bool ok = is_waiting(name) ?
		file_make_folder(r->waiting_part, err) &&
			vault_take(r->vault, path, err) :
		say_no_store(err);

	free(path);
	return ok;
}

/* The parts of the database in their order, then what waits. */
static bool take_all(struct restoring *r, struct file_out *out,
	struct err *err)
{
	char name[TAR_NAME_BYTES], wanted[BACKUP_NAME_BYTES];
	unsigned part = 0;
	uint64_t size;
	bool end = false;

	for (;;) {
		if (!vault_next(r->vault, name, &size, &end, err))
			return false;
		if (end)
			break;
		backup_part_name(part, wanted);
		if (strcmp(name, wanted) == 0) {
			part++;
			if (!append(r, out, err))
				return false;
		} else if (!take_waiting(r, name, err)) {
			return false;
		}
	}
	return part > 0 ? vault_end(r->vault, err) : say_no_store(err);
}

static bool unpack(struct restoring *r, const char *path,
	const char *passphrase, struct err *err)
{
	struct file_out out;
	uint64_t n_bytes;
	bool ok;

	r->vault = vault_open(path, passphrase, backup_no_store(), err);
	if (r->vault == NULL || !file_create(&out, r->part, 0600, err))
		return false;
	ok = take_all(r, &out, err) && file_commit(&out, err);
	if (!ok)
		file_discard(&out);
	if (ok) {
		vault_was_read(r->vault, &n_bytes, r->backup.sha256);
		r->backup.n_bytes = (int64_t)n_bytes;
	}
	return ok;
}

/* --- what was unpacked --- */

/* What was taken in while the backup was written is not in it. */
static bool forget_missing(struct restoring *r, struct store *store,
	struct err *err)
{
	struct quarantine_list list;
	bool ok = quarantine_list(store, &list, err);

	for (size_t i = 0; ok && i < list.n; i++) {
		char *path = path_join(r->waiting_part,
			path_base(list.items[i].path));

		if (!file_exists(path))
			ok = quarantine_remove(store, &list.items[i], err);
		free(path);
	}
	quarantine_list_release(&list);
	return ok;
}

/* It is a whole store; and what it came from is a backup of it. */
static bool settle(struct restoring *r, const char *path, struct err *err)
{
	struct store *store = store_open(r->part, 0, err);
	bool ok = store != NULL && db_verify(store_db(store), err) &&
		forget_missing(r, store, err) &&
		backup_count(store, &r->backup, err) &&
		backup_note(store, path, "restore", &r->backup, err) &&
		db_checkpoint(store_db(store), err);

	store_close(store);
	return ok;
}

static bool rename_to(const char *from, const char *to, struct err *err)
{
	return rename(from, to) == 0 || err_set(err, ERR_IO,
		_("cannot rename '%s': %s"), from, strerror(errno));
}

/* The store comes last: without it nothing is there yet. */
static bool put_in_place(struct restoring *r, struct err *err)
{
	char *folder = path_folder(r->to);
	bool waits = file_is_folder(r->waiting_part);
	bool ok = (!waits || rename_to(r->waiting_part, r->waiting, err)) &&
		file_sync_folder(folder, err) && rename_to(r->part, r->to, err);

	if (!ok && waits)
		(void)rename(r->waiting, r->waiting_part);
	ok = ok && file_sync_folder(folder, err);
	free(folder);
	return ok;
}

/* --- cleaning up --- */

static void remove_folder(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	if (folder == NULL)
		return;
	while ((entry = readdir(folder)) != NULL) {
		char *name = path_join(path, entry->d_name);

		if (entry->d_name[0] != '.')
			unlink(name);
		free(name);
	}
	closedir(folder);
	rmdir(path);
}

static void remove_parts(const struct restoring *r)
{
	static const char *const ends[] = { "", ".part", "-wal", "-shm" };

	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		char *path = str_format("%s%s", r->part, ends[i]);

		unlink(path);
		free(path);
	}
	remove_folder(r->waiting_part);
}

/* A restoring that was interrupted between its last two steps left the folder
 * of what waits, without a store. */
static bool check_place(const struct restoring *r, struct err *err)
{
	if (file_exists(r->to))
		return err_set(err, ERR_CONFLICT, _("'%s' exists already"),
			r->to);
	if (file_exists(r->waiting) && !file_exists(r->part))
		return err_set(err, ERR_CONFLICT, _("'%s' exists already"),
			r->waiting);
	if (file_exists(r->waiting))
		remove_folder(r->waiting);
	remove_parts(r);
	return true;
}

bool store_restore(const char *path, const char *to, const char *passphrase,
	struct err *err)
{
	struct restoring r = { .to = to };
	bool ok;

	r.part = str_format("%s-restored", to);
	r.waiting = str_format("%s-quarantine", to);
	r.waiting_part = str_format("%s-quarantine", r.part);
	ok = check_place(&r, err);
	if (ok) {
		ok = (unpack(&r, path, passphrase, err) ||
				err_at(err, path, 0, 0)) &&
			settle(&r, path, err) && put_in_place(&r, err);
		remove_parts(&r);
	}
	vault_close(r.vault);
	free(r.backup.path);
	free(r.part);
	free(r.waiting);
	free(r.waiting_part);
	return ok;
}
