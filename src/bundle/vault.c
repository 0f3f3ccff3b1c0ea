#include "config.h"

#include "bundle/vault.h"

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
#include "crypt/age.h"

enum { PIECE_BYTES = 1 << 16 };

/* What went to the disk, or came from it. */
struct tally { struct sha256 hash; uint64_t n_bytes; };

static void tally_add(struct tally *tally, const void *bytes, size_t n_bytes)
{
	sha256_add(&tally->hash, bytes, n_bytes);
	tally->n_bytes += n_bytes;
}

/* --- writing --- */

struct vault_writer {
	struct file_out out;
	char *path;
	struct age_writer *age;
	const struct vault_watch *watch;
	uint64_t n_done, n_all;
	struct tally tally;
	uint8_t sha256[SHA256_BYTES];
	bool is_out;			/* it may have its name */
	bool is_whole;
};

static bool to_file(void *context, const void *bytes, size_t n_bytes,
	struct err *err)
{
	struct vault_writer *w = context;

	tally_add(&w->tally, bytes, n_bytes);
	return file_put(&w->out, bytes, n_bytes, err);
}

static bool to_age(void *context, const void *bytes, size_t n_bytes,
	struct err *err)
{
	return age_write(((struct vault_writer *)context)->age, bytes, n_bytes,
		err);
}

struct vault_writer *vault_create(const char *path, const char *passphrase,
	uint64_t all_bytes, const struct vault_watch *watch, struct err *err)
{
	const struct age_to to = { .passphrase = passphrase };
	struct vault_writer *w;

	if (file_exists(path)) {
		err_set(err, ERR_CONFLICT, _("'%s' exists already"), path);
		return NULL;
	}
	w = xcalloc(1, sizeof *w);
	w->watch = watch;
	w->n_all = all_bytes;
	sha256_init(&w->tally.hash);
	if (!file_create(&w->out, path, 0600, err)) {
		free(w);
		return NULL;
	}
	w->path = xstrdup(path);
	w->age = age_writer_new(to_file, w, &to, err);
	if (w->age != NULL)
		return w;
	vault_free(w);
	return NULL;
}

static bool say_changed(const char *path, struct err *err)
{
	return err_set(err, ERR_IO, _("cannot read '%s': %s"), path,
		errno != 0 ? strerror(errno) : _("it became shorter"));
}

static void tell_watch(struct vault_writer *w, size_t n_bytes)
{
	w->n_done += n_bytes;
	if (w->watch != NULL)
		w->watch->progress(w->watch->context, w->n_done, w->n_all);
}

static bool copy_bytes(struct vault_writer *w, int fd, const char *path,
	uint64_t from, uint64_t n_bytes, struct err *err)
{
	uint8_t *buffer = xmalloc(PIECE_BYTES);
	bool ok = true;

	while (ok && n_bytes > 0) {
		size_t want = n_bytes < PIECE_BYTES ? (size_t)n_bytes :
			PIECE_BYTES;
		ssize_t n;

		errno = 0;
		n = pread(fd, buffer, want, (off_t)from);
		if (n < 0 && errno == EINTR)
			continue;
		ok = n > 0 ? to_age(w, buffer, (size_t)n, err) :
			say_changed(path, err);
		from += ok ? (uint64_t)n : 0;
		n_bytes -= ok ? (uint64_t)n : 0;
		tell_watch(w, ok ? (size_t)n : 0);
	}
	wipe(buffer, PIECE_BYTES);
	free(buffer);
	return ok;
}

bool vault_put_part(struct vault_writer *w, const char *name, int fd,
	const char *path, uint64_t from, uint64_t n_bytes, struct err *err)
{
	if (n_bytes > TAR_MAX_SIZE)
		return err_set(err, ERR_LIMIT,
			_("'%s' is too big for a backup"), path);
	return tar_put_header(to_age, w, name, n_bytes, err) &&
		copy_bytes(w, fd, path, from, n_bytes, err) &&
		tar_put_padding(to_age, w, n_bytes, err);
}

bool vault_put(struct vault_writer *w, const char *name, int fd,
	const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return say_changed(path, err);
	return vault_put_part(w, name, fd, path, 0, (uint64_t)st.st_size, err);
}

bool vault_commit(struct vault_writer *w, struct err *err)
{
	if (!tar_put_end(to_age, w, err) || !age_finish(w->age, err))
		return false;
	w->is_out = true;
	w->is_whole = file_commit(&w->out, err);
	if (w->is_whole)
		sha256_end(&w->tally.hash, w->sha256);
	return w->is_whole;
}

void vault_written(const struct vault_writer *w, uint64_t *n_bytes,
	uint8_t sha256[SHA256_BYTES])
{
	*n_bytes = w->tally.n_bytes;
	memcpy(sha256, w->sha256, SHA256_BYTES);
}

void vault_free(struct vault_writer *w)
{
	if (w == NULL)
		return;
	if (!w->is_whole) {
		file_discard(&w->out);
		if (w->is_out)
			unlink(w->path);	/* it has it, but not for certain */
	}
	age_writer_free(w->age);
	free(w->path);
	free(w);
}

/* --- reading --- */

struct vault_reader {
	FILE *file;
	struct age_reader *age;
	struct tar_reader tar;
	const char *no_vault;
	struct tally tally;
};

static bool from_file(void *context, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	struct vault_reader *r = context;

	*n_got = fread(buffer, 1, size_bytes, r->file);
	if (ferror(r->file))
		return err_set(err, ERR_IO, _("cannot read the backup: %s"),
			strerror(errno));
	tally_add(&r->tally, buffer, *n_got);
	return true;
}

static bool from_age(void *context, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	return age_read(context, buffer, size_bytes, n_got, err);
}

static bool say_no_vault(const struct vault_reader *r, struct err *err)
{
	return err_set(err, ERR_SPEC, "%s", r->no_vault);
}

static bool unlock(struct vault_reader *r, const char *passphrase,
	struct err *err)
{
	struct age_keys keys = { .passphrase = passphrase };
	struct err why = ERR_INIT;

	if (!age_reader_header(r->age, &why) ||
			!age_reader_wants_passphrase(r->age))
		return why.code == ERR_IO && err != NULL ? (*err = why, false) :
			say_no_vault(r, err);
	if (age_reader_unlock(r->age, &keys, &why))
		return true;
	if (why.code != ERR_NOKEY) {
		if (err != NULL)
			*err = why;
		return false;
	}
	return err_set(err, ERR_CRYPTO,
		_("the passphrase does not open this backup"));
}

struct vault_reader *vault_open(const char *path, const char *passphrase,
	const char *no_vault, struct err *err)
{
	FILE *file = fopen(path, "rbe");
	struct vault_reader *r;

	if (file == NULL) {
		err_set(err, ERR_IO, _("cannot open '%s': %s"), path,
			strerror(errno));
		return NULL;
	}
	r = xcalloc(1, sizeof *r);
	r->file = file;
	r->no_vault = no_vault;
	sha256_init(&r->tally.hash);
	r->age = age_reader_new(from_file, r);
	r->tar.source = from_age;
	r->tar.context = r->age;
	if (unlock(r, passphrase, err))
		return r;
	vault_close(r);
	return NULL;
}

bool vault_next(struct vault_reader *r, char name[TAR_NAME_BYTES],
	uint64_t *size_bytes, bool *end, struct err *err)
{
	return tar_next(&r->tar, name, size_bytes, end, err);
}

bool vault_read(struct vault_reader *r, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	return tar_read(&r->tar, buffer, size_bytes, n_got, err);
}

static bool take_bytes(struct vault_reader *r, struct file_out *out,
	struct err *err)
{
	uint8_t *buffer = xmalloc(PIECE_BYTES);
	size_t n = 1;
	bool ok = true;

	while (ok && n > 0)
		ok = tar_read(&r->tar, buffer, PIECE_BYTES, &n, err) &&
			file_put(out, buffer, n, err);
	wipe(buffer, PIECE_BYTES);
	free(buffer);
	return ok;
}

bool vault_take(struct vault_reader *r, const char *path, struct err *err)
{
	struct file_out out;

	if (!file_create(&out, path, 0600, err))
		return false;
	if (take_bytes(r, &out, err) && file_commit(&out, err))
		return true;
	file_discard(&out);
	return false;
}

bool vault_end(struct vault_reader *r, struct err *err)
{
	char byte;
	size_t n;

	return age_read(r->age, &byte, 1, &n, err) &&
		(n == 0 || say_no_vault(r, err));
}

void vault_was_read(struct vault_reader *r, uint64_t *n_bytes,
	uint8_t sha256[SHA256_BYTES])
{
	*n_bytes = r->tally.n_bytes;
	sha256_end(&r->tally.hash, sha256);
}

void vault_close(struct vault_reader *r)
{
	if (r == NULL)
		return;
	age_reader_free(r->age);
	fclose(r->file);
	free(r);
}
