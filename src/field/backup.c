#include "config.h"

#include "field/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "field/local.h"

/* In this order; the last may be missing. */
static const char *const NAMES[] = { "keys", "field.db", "field.db-wal" };
enum { KEYS, DB, LOG, N_NAMES };

/* --- writing --- */

static uint64_t all_bytes(const char *folder)
{
	uint64_t n_bytes = 0;

	for (int i = 0; i < N_NAMES; i++) {
		char *path = path_join(folder, NAMES[i]);
		struct stat st;

		n_bytes += stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
		free(path);
	}
	return n_bytes;
}

static bool is_empty(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_size == 0;
}

static bool put_file(struct vault_writer *vault, const char *folder,
	int which, struct err *err)
{
	char *path = path_join(folder, NAMES[which]);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = true;

	if (fd >= 0 && !(which == LOG && is_empty(fd)))
		ok = vault_put(vault, NAMES[which], fd, path, err);
	else if (fd < 0 && (which != LOG || errno != ENOENT))
		ok = err_set(err, ERR_IO, _("cannot open '%s': %s"), path,
			strerror(errno));
	if (fd >= 0)
		close(fd);
	free(path);
	return ok;
}

/* Under the database's write lock nobody changes any of the files but for
 * moving pages from the log, which is copied too, into the database. */
static bool write_sealed(struct workspace *ws, const char *path,
	const char *passphrase, const struct vault_watch *watch,
	struct err *err)
{
	struct vault_writer *vault = vault_create(path, passphrase,
		all_bytes(ws->folder), watch, err);
	bool ok = vault != NULL;

	for (int i = 0; ok && i < N_NAMES; i++)
		ok = put_file(vault, ws->folder, i, err);
	ok = ok && vault_commit(vault, err);
	vault_free(vault);
	return ok;
}

bool backup_write(struct workspace *ws, const char *path,
	const char *passphrase, const struct vault_watch *watch,
	struct err *err)
{
	bool ok;

	if (file_exists(path))
		return err_set(err, ERR_CONFLICT, _("'%s' exists already"),
			path);
	(void)!db_checkpoint(ws->db, NULL);	/* a shorter log */
	if (!workspace_begin(ws, err))
		return false;
	ok = write_sealed(ws, path, passphrase, watch, err);
	workspace_rollback(ws);
	return ok;
}

/* --- reading --- */

static const char *no_backup(void)
{
	return _("this is no backup of a workspace");
}

static bool take_file(struct vault_reader *vault, const char *part,
	const char *name, struct err *err)
{
	char *path = path_join(part, name);
	bool ok = vault_take(vault, path, err);

	free(path);
	return ok;
}

static int which_name(const char *name)
{
	int i = 0;

	while (i < N_NAMES && strcmp(name, NAMES[i]) != 0)
		i++;
	return i;
}

static bool take_files(struct vault_reader *vault, const char *part,
	struct err *err)
{
	bool has[N_NAMES] = { false }, end = false;
	char name[TAR_NAME_BYTES];
	uint64_t size;

	for (;;) {
		int which;

		if (!vault_next(vault, name, &size, &end, err))
			return false;
		if (end)
			break;
		which = which_name(name);
		if (which == N_NAMES || has[which] ||
				(which == KEYS && size != KEYS_FILE_BYTES))
			return err_set(err, ERR_SPEC, "%s", no_backup());
		has[which] = true;
		if (!take_file(vault, part, name, err))
			return false;
	}
	return (has[KEYS] && has[DB]) ||
		err_set(err, ERR_SPEC, "%s", no_backup());
}

static bool unpack(const char *path, const char *part, const char *passphrase,
	struct err *err)
{
	struct vault_reader *vault = vault_open(path, passphrase, no_backup(),
		err);
	bool ok = vault != NULL && take_files(vault, part, err) &&
		vault_end(vault, err);

	vault_close(vault);
	return ok;
}

/* --- where it goes --- */

char *backup_part(const char *folder)
{
	return path_join(folder, "restore.part");
}

static void remove_in(const char *folder)
{
	static const char *const names[] = {
		"keys", "keys.part", "field.db", "field.db.part",
		"field.db-wal", "field.db-wal.part", "field.db-shm",
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char *path = path_join(folder, names[i]);

		unlink(path);
		free(path);
	}
}

/* While the part is there, a database beside it without keys is what an
 * interrupted backup_settle() left. */
void backup_discard(const char *folder)
{
	char *part = backup_part(folder);

	if (file_is_folder(part)) {
		if (!workspace_exists(folder))
			remove_in(folder);
		remove_in(part);
		rmdir(part);
	}
	free(part);
	rmdir(folder);		/* if that was all */
}

static bool make_part(const char *folder, const char *part, struct err *err)
{
	char *db = path_join(folder, "field.db");
	bool ok;

	backup_discard(folder);
	ok = !file_exists(db) || err_set(err, ERR_CONFLICT,
		_("'%s' holds records, but its file of keys is missing"), db);
	free(db);
	return ok && file_make_folder(part, err);
}

bool backup_unpack(const char *path, const char *folder,
	const char *passphrase, struct err *err)
{
	char *part;
	bool ok;

	if (workspace_exists(folder))
		return err_set(err, ERR_CONFLICT,
			_("there is a workspace in '%s' already"), folder);
	if (access(path, R_OK) != 0)
		return err_set(err, ERR_IO, _("cannot open '%s': %s"), path,
			strerror(errno));
	part = backup_part(folder);
	ok = make_part(folder, part, err);
	if (ok && !unpack(path, part, passphrase, err)) {
		err_at(err, path, 0, 0);
		backup_discard(folder);
		ok = false;
	}
	free(part);
	return ok;
}

static bool move_up(const char *folder, const char *part, const char *name,
	struct err *err)
{
	char *from = path_join(part, name), *to = path_join(folder, name);
	bool ok = rename(from, to) == 0 || errno == ENOENT ||
		err_set(err, ERR_IO, _("cannot rename '%s': %s"), from,
			strerror(errno));

	free(from);
	free(to);
	return ok;
}

/* The keys come last: without them there is no workspace yet. */
bool backup_settle(const char *folder, struct err *err)
{
	char *part = backup_part(folder);
	bool ok = move_up(folder, part, "field.db-wal", err) &&
		move_up(folder, part, "field.db", err) &&
		file_sync_folder(folder, err) &&
		move_up(folder, part, "keys", err) &&
		file_sync_folder(folder, err);

	if (ok) {
		remove_in(part);
		rmdir(part);
	}
	free(part);
	return ok;
}
