/* Files read in from outside: whole and as they were, or not at all. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/gettext.h"
#include "bundle/format.h"
#include "crypt/crypt.h"
#include "field/local.h"
#include "field/strip.h"

/* FAT notes times in steps of two seconds: of what changed just now a change
 * may not show, so its bytes are compared. */
enum { RECENT_SECONDS = 3, COMPARE_BYTES = 64 << 10 };

struct outside {
	int fd;
	const char *path;
	struct stat before;
	uint64_t n_read;
	bool recent;
	struct sha256 hash;	/* of what was read, if recent */
};

static bool changed(const struct outside *source, struct err *err)
{
	return err_set(err, ERR_IO, _("'%s' changed while it was read"),
		source->path);
}

static bool read_some(const struct outside *source, void *buffer,
	size_t size_bytes, size_t *n_got, struct err *err)
{
	ssize_t n;

	do
		n = read(source->fd, buffer, size_bytes);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_set(err, ERR_IO, _("cannot read '%s': %s"),
			source->path, strerror(errno));
	*n_got = (size_t)n;
	return true;
}

static bool read_outside(void *context, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	struct outside *source = context;

	if (!read_some(source, buffer, size_bytes, n_got, err))
		return false;
	source->n_read += *n_got;
	if (source->recent)
		sha256_add(&source->hash, buffer, *n_got);
	/* One that grows as fast as it is read has no end. */
	return source->n_read <= (uint64_t)source->before.st_size ||
		changed(source, err);
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_ino == b->st_ino &&
		same_time(&a->st_mtim, &b->st_mtim) &&
		same_time(&a->st_ctim, &b->st_ctim);
}

static bool is_recent(const struct stat *st)
{
	time_t now = time(NULL);

	return st->st_mtim.tv_sec >= now - RECENT_SECONDS ||
		st->st_ctim.tv_sec >= now - RECENT_SECONDS;
}

/* Once more from the start: are they the same bytes? */
static bool same_again(struct outside *source, struct err *err)
{
	uint8_t buffer[COMPARE_BYTES], first[32], again[32];
	size_t n = 1;

	sha256_end(&source->hash, first);
	sha256_init(&source->hash);
	if (lseek(source->fd, 0, SEEK_SET) != 0)
		return changed(source, err);
	while (n > 0) {
		if (!read_some(source, buffer, sizeof buffer, &n, err))
			return false;
		sha256_add(&source->hash, buffer, n);
	}
	sha256_end(&source->hash, again);
	return memcmp(first, again, sizeof first) == 0 ||
		changed(source, err);
}

static bool look(struct outside *source, struct err *err)
{
	struct stat *st = &source->before;

	if (fstat(source->fd, st) != 0 || !S_ISREG(st->st_mode))
		return err_set(err, ERR_IO, _("'%s' is not a file"),
			source->path);
	if ((uint64_t)st->st_size > BUNDLE_MAX_ENTRY)
		return err_set(err, ERR_LIMIT, _("'%s' is larger than 8 GiB, "
			"and no bundle could take it"), source->path);
	source->recent = is_recent(st);
	sha256_init(&source->hash);
	return true;
}

static bool look_again(struct outside *source, struct err *err)
{
	struct stat after;

	if (fstat(source->fd, &after) != 0 ||
			!same_file(&source->before, &after) ||
			(uint64_t)after.st_size != source->n_read)
		return changed(source, err);
	return !source->recent || same_again(source, err);
}

static bool put_stripped(struct workspace *ws, struct outside *source,
	struct stored_file *file, struct err *err)
{
	struct strip *strip = strip_new(read_outside, source, source->path);
	bool ok = files_put(ws, strip_read, strip, file, err);

	strip_free(strip);
	return ok;
}

static bool put(struct workspace *ws, struct outside *source, bool stripped,
	struct stored_file *file, struct err *err)
{
	return look(source, err) && (stripped ?
			put_stripped(ws, source, file, err) :
			files_put(ws, read_outside, source, file, err)) &&
		look_again(source, err);
}

bool files_put_path(struct workspace *ws, const char *path, bool stripped,
	struct stored_file *file, struct err *err)
{
	struct outside source = { .fd = -1, .path = path };
	bool ok;

	/* A pipe without a writer must not hold us up. */
	source.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (source.fd < 0)
		return err_set(err, ERR_IO, _("cannot open '%s': %s"), path,
			strerror(errno));
	ok = put(ws, &source, stripped, file, err);
	close(source.fd);
	return ok;
}
