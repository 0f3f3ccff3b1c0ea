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
#include "base/wipe.h"
#include "bundle/tar.h"
#include "crypt/age.h"
#include "field/local.h"

/* In this order; the last may be missing. */
static const char *const NAMES[] = { "keys", "field.db", "field.db-wal" };
enum { KEYS, DB, LOG, N_NAMES, PIECE_BYTES = 1 << 16 };

/* --- writing --- */

struct writing {
	struct file_out out;
	struct age_writer *age;
	const struct backup_watch *watch;
	uint64_t n_done, n_all;
};

static bool to_file(void *context, const void *bytes, size_t n_bytes,
	struct err *err)
{
	return file_put(&((struct writing *)context)->out, bytes, n_bytes, err);
}

static bool to_age(void *context, const void *bytes, size_t n_bytes,
	struct err *err)
{
	return age_write(((struct writing *)context)->age, bytes, n_bytes, err);
}

static bool say_changed(const char *path, struct err *err)
{
	return err_set(err, ERR_IO, _("cannot read '%s': %s"), path,
		errno != 0 ? strerror(errno) : _("it became shorter"));
}

static void tell_watch(struct writing *w, size_t n_bytes)
{
	w->n_done += n_bytes;
	if (w->watch != NULL)
		w->watch->progress(w->watch->context, w->n_done, w->n_all);
}

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

static bool copy_bytes(struct writing *w, int fd, const char *path,
	uint64_t n_bytes, struct err *err)
{
	uint8_t *buffer = xmalloc(PIECE_BYTES);
	bool ok = true;

	while (ok && n_bytes > 0) {
		size_t want = n_bytes < PIECE_BYTES ? (size_t)n_bytes :
			PIECE_BYTES;
		ssize_t n;

		errno = 0;
		n = read(fd, buffer, want);
		if (n < 0 && errno == EINTR)
			continue;
		ok = n > 0 ? to_age(w, buffer, (size_t)n, err) :
			say_changed(path, err);
		n_bytes -= ok ? (uint64_t)n : 0;
		tell_watch(w, ok ? (size_t)n : 0);
	}
	free(buffer);
	return ok;
}

static bool put_open(struct writing *w, int fd, const char *path,
	const char *name, struct err *err)
{
	struct stat st;
	uint64_t size;

	if (fstat(fd, &st) != 0)
		return say_changed(path, err);
	size = (uint64_t)st.st_size;
	if (size > TAR_MAX_SIZE)
		return err_set(err, ERR_LIMIT,
			_("'%s' is too big for a backup"), path);
	return tar_put_header(to_age, w, name, size, err) &&
		copy_bytes(w, fd, path, size, err) &&
		tar_put_padding(to_age, w, size, err);
}

static bool is_empty(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_size == 0;
}

static bool put_file(struct writing *w, const char *folder, int which,
	struct err *err)
{
	char *path = path_join(folder, NAMES[which]);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = true;

	if (fd >= 0 && !(which == LOG && is_empty(fd)))
		ok = put_open(w, fd, path, NAMES[which], err);
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
static bool put_files(struct writing *w, struct workspace *ws,
	struct err *err)
{
	bool ok = true;

	for (int i = 0; ok && i < N_NAMES; i++)
		ok = put_file(w, ws->folder, i, err);
	return ok && tar_put_end(to_age, w, err) && age_finish(w->age, err);
}

static bool write_sealed(struct workspace *ws, const char *path,
	const char *passphrase, const struct backup_watch *watch,
	struct err *err)
{
	const struct age_to to = { .passphrase = passphrase };
	struct writing w = { .age = NULL, .watch = watch,
		.n_all = all_bytes(ws->folder) };
	bool ok;

	if (!file_create(&w.out, path, 0600, err))
		return false;
	w.age = age_writer_new(to_file, &w, &to, err);
	ok = w.age != NULL && put_files(&w, ws, err) &&
		file_commit(&w.out, err);
	if (!ok) {
		file_discard(&w.out);
		unlink(path);	/* it has its name, but not for certain */
	}
	age_writer_free(w.age);
	return ok;
}

bool backup_write(struct workspace *ws, const char *path,
	const char *passphrase, const struct backup_watch *watch,
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

static bool from_file(void *context, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	FILE *file = context;

	*n_got = fread(buffer, 1, size_bytes, file);
	if (ferror(file))
		return err_set(err, ERR_IO, _("cannot read the backup: %s"),
			strerror(errno));
	return true;
}

static bool from_age(void *context, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	return age_read(context, buffer, size_bytes, n_got, err);
}

static bool say_no_backup(struct err *err)
{
	return err_set(err, ERR_SPEC, _("this is no backup of a workspace"));
}

static bool take_bytes(struct tar_reader *tar, struct file_out *out,
	struct err *err)
{
	uint8_t *buffer = xmalloc(PIECE_BYTES);
	size_t n = 1;
	bool ok = true;

	while (ok && n > 0)
		ok = tar_read(tar, buffer, PIECE_BYTES, &n, err) &&
			file_put(out, buffer, n, err);
	free(buffer);
	return ok;
}

static bool take_file(struct tar_reader *tar, const char *part,
	const char *name, struct err *err)
{
	char *path = path_join(part, name);
	struct file_out out;
	bool ok = file_create(&out, path, 0600, err);

	if (ok) {
		ok = take_bytes(tar, &out, err) && file_commit(&out, err);
		if (!ok)
			file_discard(&out);
	}
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

static bool take_files(struct tar_reader *tar, const char *part,
	struct err *err)
{
	bool has[N_NAMES] = { false }, end = false;
	char name[TAR_NAME_BYTES];
	uint64_t size;

	for (;;) {
		int which;

		if (!tar_next(tar, name, &size, &end, err))
			return false;
		if (end)
			break;
		which = which_name(name);
		if (which == N_NAMES || has[which] ||
				(which == KEYS && size != KEYS_FILE_BYTES))
			return say_no_backup(err);
		has[which] = true;
		if (!take_file(tar, part, name, err))
			return false;
	}
	return (has[KEYS] && has[DB]) || say_no_backup(err);
}

/* To the true end, so that nothing is missing. */
static bool read_to_end(struct age_reader *age, struct err *err)
{
	char byte;
	size_t n;

	return age_read(age, &byte, 1, &n, err) &&
		(n == 0 || say_no_backup(err));
}

static bool open_sealed(struct age_reader *age, const char *passphrase,
	struct err *err)
{
	struct age_keys keys = { .passphrase = passphrase };
	struct err why = ERR_INIT;

	if (!age_reader_header(age, &why) || !age_reader_wants_passphrase(age))
		return why.code == ERR_IO && err != NULL ? (*err = why, false) :
			say_no_backup(err);
	if (age_reader_unlock(age, &keys, &why))
		return true;
	if (why.code != ERR_NOKEY) {
		if (err != NULL)
			*err = why;
		return false;
	}
	return err_set(err, ERR_CRYPTO,
		_("the passphrase does not open this backup"));
}

static bool unpack(FILE *file, const char *part, const char *passphrase,
	struct err *err)
{
	struct age_reader *age = age_reader_new(from_file, file);
	struct tar_reader tar = { .source = from_age, .context = age };
	bool ok = open_sealed(age, passphrase, err) &&
		take_files(&tar, part, err) && read_to_end(age, err);

	age_reader_free(age);
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
	FILE *file;
	bool ok;

	if (workspace_exists(folder))
		return err_set(err, ERR_CONFLICT,
			_("there is a workspace in '%s' already"), folder);
	file = fopen(path, "rbe");
	if (file == NULL)
		return err_set(err, ERR_IO, _("cannot open '%s': %s"), path,
			strerror(errno));
	part = backup_part(folder);
	ok = make_part(folder, part, err);
	if (ok && !unpack(file, part, passphrase, err)) {
		err_at(err, path, 0, 0);
		backup_discard(folder);
		ok = false;
	}
	fclose(file);
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
