#include "config.h"

#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "db/db.h"
#include "store/backup_files.h"
#include "store/quarantine.h"
#include "store/store.h"

/* --- how far it is: the copy, the sealed file, reading it back --- */

struct task {
	const struct vault_watch *watch;
	uint64_t n_before, n_all;	/* bytes */
	uint64_t n_store;
};

static void tell(struct task *task, uint64_t n_done)
{
	if (task->watch != NULL)
		task->watch->progress(task->watch->context,
			task->n_before + n_done, task->n_all);
}

static void pages_copied(void *context, uint64_t done, uint64_t all)
{
	struct task *task = context;

	tell(task, task->n_store * done / all);
}

static void bytes_done(void *context, uint64_t done, uint64_t all)
{
	(void)all;
	tell(context, done);
}

static bool begin_task(struct store *store, struct task *task,
	struct err *err)
{
	int64_t n_bytes;

	if (!db_number(store_db(store), "SELECT page_count * page_size FROM"
			" pragma_page_count(), pragma_page_size()", &n_bytes,
			err))
		return false;
	task->n_store = (uint64_t)n_bytes;
	task->n_all = 3 * task->n_store;
	return true;
}

/* --- writing --- */

static bool put_store(struct vault_writer *vault, int fd, const char *path,
	struct err *err)
{
	struct stat st;
	uint64_t size, from = 0;
	char name[BACKUP_NAME_BYTES];

	if (fstat(fd, &st) != 0)
		return err_set(err, ERR_IO, _("cannot read '%s': %s"), path,
			strerror(errno));
	size = (uint64_t)st.st_size;
	for (unsigned part = 0; part == 0 || from < size; part++) {
		uint64_t n = size - from < BACKUP_PART_BYTES ? size - from :
			BACKUP_PART_BYTES;

		backup_part_name(part, name);
		if (!vault_put_part(vault, name, fd, path, from, n, err))
			return false;
		from += n;
	}
	return true;
}

/* One that is gone was taken in meanwhile. */
static bool put_waiting(struct vault_writer *vault,
	const struct quarantined *file, struct err *err)
{
	int fd = open(file->path, O_RDONLY | O_CLOEXEC);
	char name[BACKUP_NAME_BYTES];
	bool ok;

	if (fd < 0)
		return errno == ENOENT || err_set(err, ERR_IO,
			_("cannot open '%s': %s"), file->path,
			strerror(errno));
	backup_waiting_name(file->sha256, name);
	ok = vault_put(vault, name, fd, file->path, err);
	close(fd);
	return ok;
}

static bool put_all_waiting(struct store *store, struct vault_writer *vault,
	struct err *err)
{
	struct quarantine_list list;
	bool ok = quarantine_list(store, &list, err);

	for (size_t i = 0; ok && i < list.n; i++)
		ok = put_waiting(vault, &list.items[i], err);
	quarantine_list_release(&list);
	return ok;
}

static bool seal(struct store *store, int fd, const char *path,
	const char *passphrase, struct task *task, struct store_backup *made,
	struct err *err)
{
	const struct vault_watch watch = { bytes_done, task };
	struct vault_writer *vault;
	uint64_t n_bytes;
	bool ok;

	task->n_before = task->n_store;
	vault = vault_create(path, passphrase, task->n_store, &watch, err);
	ok = vault != NULL && put_store(vault, fd, store_path(store), err) &&
		put_all_waiting(store, vault, err) &&
		vault_commit(vault, err);
	if (ok) {
		vault_written(vault, &n_bytes, made->sha256);
		made->n_bytes = (int64_t)n_bytes;
	}
	vault_free(vault);
	return ok;
}

/* What is seen at one moment goes into it. */
static bool write_it(struct store *store, const char *path,
	const char *passphrase, struct task *task, struct store_backup *made,
	struct err *err)
{
	const struct db_watch watch = { pages_copied, task };
	struct db *db = store_db(store);
	int fd = -1;
	bool ok = db_begin_read(db, err) && begin_task(store, task, err) &&
		backup_count(store, made, err);

	if (ok)
		fd = db_copy(db, &watch, err);
	ok = ok && fd >= 0 &&
		seal(store, fd, path, passphrase, task, made, err);
	if (fd >= 0)
		close(fd);
	db_rollback(db);
	return ok;
}

/* --- reading back --- */

/* From the disk, not from what the system still holds of it in memory. */
static void forget_cached(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	close(fd);
}

static bool read_through(struct vault_reader *vault, struct task *task,
	struct err *err)
{
	char name[TAR_NAME_BYTES];
	uint64_t size, done = 0;
	bool end = false;

	while (vault_next(vault, name, &size, &end, err)) {
		if (end)
			return vault_end(vault, err);
		done += size;
		tell(task, done);
	}
	return false;
}

static bool say_differs(const char *path, struct err *err)
{
	return err_set(err, ERR_CRYPTO, _("'%s' was not written well: what is "
		"read back from it is something else; the disk may be "
		"failing"), path);
}

static bool read_back(const char *path, const char *passphrase,
	struct task *task, const struct store_backup *made, struct err *err)
{
	struct vault_reader *vault;
	uint8_t sha256[SHA256_BYTES];
	uint64_t n_bytes;
	bool ok;

	task->n_before = 2 * task->n_store;
	forget_cached(path);
	vault = vault_open(path, passphrase, backup_no_store(), err);
	ok = vault != NULL && read_through(vault, task, err);
	if (ok) {
		vault_was_read(vault, &n_bytes, sha256);
		ok = (n_bytes == (uint64_t)made->n_bytes && memcmp(sha256,
			made->sha256, sizeof sha256) == 0) ||
			say_differs(path, err);
	}
	vault_close(vault);
	return ok;
}

/* --- all of it --- */

bool store_backup(struct store *store, const char *path,
	const char *passphrase, const struct vault_watch *watch,
	struct store_backup *made, struct err *err)
{
	struct task task = { .watch = watch };
	bool ok;

	memset(made, 0, sizeof *made);
	if (file_exists(path))
		return err_set(err, ERR_CONFLICT, _("'%s' exists already"),
			path);
	if (!write_it(store, path, passphrase, &task, made, err))
		return false;
	ok = read_back(path, passphrase, &task, made, err) &&
		backup_note(store, path, "backup", made, err);
	if (!ok)
		unlink(path);
	return ok;
}

/* --- again --- */

static bool hash_file(const char *path, uint8_t sha256[SHA256_BYTES],
	int64_t *n_bytes, struct err *err)
{
	FILE *file = fopen(path, "rbe");
	struct sha256 hash;
	char *buffer;
	size_t n;
	bool ok;

	if (file == NULL)
		return err_set(err, ERR_IO, _("cannot open '%s': %s"), path,
			strerror(errno));
	buffer = xmalloc(1 << 16);
	sha256_init(&hash);
	*n_bytes = 0;
	while ((n = fread(buffer, 1, 1 << 16, file)) > 0) {
		sha256_add(&hash, buffer, n);
		*n_bytes += (int64_t)n;
	}
	ok = !ferror(file) || err_set(err, ERR_IO, _("cannot read '%s': %s"),
		path, strerror(errno));
	sha256_end(&hash, sha256);
	free(buffer);
	fclose(file);
	return ok;
}

bool store_backup_check(struct store *store, const char *path,
	struct store_backup *found, struct err *err)
{
	uint8_t sha256[SHA256_BYTES];
	int64_t n_bytes;

	memset(found, 0, sizeof *found);
	forget_cached(path);
	if (!hash_file(path, sha256, &n_bytes, err) ||
			!backup_find(store, sha256, found, err))
		return false;
	if (found->id == 0)
		return err_set(err, ERR_NOTFOUND, _("'%s' is no backup of this "
			"store, or is damaged"), path);
	return backup_lies(store, found, path, err);
}

/* Is it where it was put, as it was?  Where its folder is not there (a stick
 * that was taken out), nothing speaks against it. */
static bool is_there(struct store *store, struct store_backup *backup,
	bool *there, struct err *err)
{
	char *folder = path_folder(backup->path);
	uint8_t sha256[SHA256_BYTES];
	int64_t n_bytes;
	struct stat st;

	if (stat(backup->path, &st) != 0)
		*there = !file_is_folder(folder);
	else if (backup_changed_ns(&st) == backup->changed_ns)
		*there = st.st_size == backup->n_bytes;
	else
		*there = hash_file(backup->path, sha256, &n_bytes, NULL) &&
			memcmp(sha256, backup->sha256, sizeof sha256) == 0;
	free(folder);
	return *there || backup_lost(store, backup, err);
}

bool store_backup_newest(struct store *store, struct store_backup *newest,
	struct err *err)
{
	bool there = false;

	while (!there) {
		if (!store_backup_noted(store, newest, err))
			return false;
		if (newest->id == 0)
			return true;
		if (!is_there(store, newest, &there, err)) {
			free(newest->path);
			newest->path = NULL;
			return false;
		}
		if (!there)
			free(newest->path);
	}
	return true;
}
