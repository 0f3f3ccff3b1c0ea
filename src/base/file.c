#include "config.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/mem.h"

static unsigned fail_countdown;
static bool kills;		/* instead of failing */

void file_fail_nth(unsigned n)
{
	fail_countdown = n;
	kills = false;
}

void file_kill_nth(unsigned n)
{
	fail_countdown = n;
	kills = true;
}

static bool fails_now(void)
{
	if (fail_countdown == 0 || --fail_countdown > 0)
		return false;
	if (kills)
		raise(SIGKILL);
	errno = ENOSPC;
	return true;
}

static bool read_stream(FILE *stream, const char *path, size_t limit,
	struct str *out, struct err *err)
{
	enum { STEP_BYTES = 1 << 16 };
	size_t n;

	out->limit = limit;
	do {
		char *room = str_room(out, STEP_BYTES);
		size_t want = STEP_BYTES;

		if (room == NULL) {	/* near the limit: go on in what is left */
			want = limit - out->len;
			room = str_room(out, want);
			if (want == 0 && fgetc(stream) == EOF)
				break;
			if (want == 0 || room == NULL)
				return err_set(err, ERR_LIMIT,
					_("'%s' is larger than %zu bytes"),
					path, limit);
		}
		n = fread(room, 1, want, stream);
		str_grew(out, n);
	} while (n > 0);
	out->limit = 0;
	out->over = false;
	if (ferror(stream))
		return err_set(err, ERR_IO, _("cannot read '%s': %s"), path,
			strerror(errno));
	return true;
}

bool file_read(const char *path, size_t limit, struct str *out,
	struct err *err)
{
	FILE *stream = stdin;
	bool ok;

	if (strcmp(path, "-") == 0)
		return read_stream(stream, path, limit, out, err);
	if (file_is_folder(path))
		return err_set(err, ERR_IO, _("cannot read '%s': %s"), path,
			strerror(EISDIR));
	stream = fopen(path, "rbe");
	if (stream == NULL)
		return err_set(err, ERR_IO, _("cannot open '%s': %s"), path,
			strerror(errno));
	ok = read_stream(stream, path, limit, out, err);
	fclose(stream);
	return ok;
}

bool file_create(struct file_out *out, const char *path, int mode,
	struct err *err)
{
	int fd;

	out->stream = NULL;
	out->path = xstrdup(path);
	out->part = str_format("%s.part", path);
	unlink(out->part);		/* left by a crash */
	fd = open(out->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		mode);
	if (fd >= 0)
		out->stream = fdopen(fd, "wb");
	if (out->stream != NULL)
		return true;
	err_set(err, ERR_IO, _("cannot create '%s': %s"), out->part,
		strerror(errno));
	file_discard(out);
	return false;
}

bool file_put(struct file_out *out, const void *bytes, size_t n_bytes,
	struct err *err)
{
	if (!fails_now() && fwrite(bytes, 1, n_bytes, out->stream) == n_bytes)
		return true;
	return err_set(err, ERR_IO, _("cannot write '%s': %s"), out->part,
		strerror(errno));
}

bool file_sync_folder(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && !fails_now() &&
		(fsync(fd) == 0 || errno == EINVAL);	/* FAT: no such thing */

	if (!ok)
		err_set(err, ERR_IO, _("cannot write to '%s': %s"), path,
			strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

bool file_settle(struct file_out *out, struct err *err)
{
	return (!fails_now() && fflush(out->stream) == 0 &&
			fsync(fileno(out->stream)) == 0) ||
		err_set(err, ERR_IO, _("cannot write '%s': %s"), out->part,
			strerror(errno));
}

bool file_commit(struct file_out *out, struct err *err)
{
	FILE *stream = out->stream;
	char *folder;
	bool ok;

	out->stream = NULL;
	ok = !fails_now() && fflush(stream) == 0 && fsync(fileno(stream)) == 0;
	if (fclose(stream) != 0)
		ok = false;
	if (!ok || fails_now() || rename(out->part, out->path) != 0) {
		err_set(err, ERR_IO, _("cannot write '%s': %s"), out->path,
			strerror(errno));
		file_discard(out);
		return false;
	}
	folder = path_folder(out->path);
	ok = file_sync_folder(folder, err);
	free(folder);
	free(out->part);
	out->part = NULL;
	file_discard(out);
	return ok;
}

void file_discard(struct file_out *out)
{
	if (out->stream != NULL)
		fclose(out->stream);
	if (out->part != NULL)
		unlink(out->part);
	free(out->part);
	free(out->path);
	memset(out, 0, sizeof *out);
}

bool file_write(const char *path, const void *bytes, size_t n_bytes, int mode,
	struct err *err)
{
	struct file_out out;

	if (!file_create(&out, path, mode, err))
		return false;
	if (file_put(&out, bytes, n_bytes, err) && file_commit(&out, err))
		return true;
	file_discard(&out);
	return false;
}

/* A disk that is filling up takes a part, and says why with the next part. */
static bool write_all_at(int fd, const char *bytes, size_t n_bytes, long offset)
{
	while (n_bytes > 0) {
		ssize_t n = pwrite(fd, bytes, n_bytes, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		n_bytes -= (size_t)n;
		offset += n;
	}
	return true;
}

bool file_overwrite(const char *path, long offset, const void *bytes,
	size_t n_bytes, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	bool ok = fd >= 0 && !fails_now() &&
		write_all_at(fd, bytes, n_bytes, offset) &&
		!fails_now() && fsync(fd) == 0;

	if (!ok)
		err_set(err, ERR_IO, _("cannot write '%s': %s"), path,
			strerror(errno));
	if (fd >= 0 && close(fd) != 0 && ok)
		ok = err_set(err, ERR_IO, _("cannot write '%s': %s"), path,
			strerror(errno));
	return ok;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool file_is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The name lasts when the folder above is synced; one that we may write in but
 * not read cannot be. */
static bool make_one_folder(const char *path, const char *above,
	struct err *err)
{
	if (mkdir(path, 0700) == 0)
		return access(above, R_OK) != 0 || file_sync_folder(above, err);
	if (errno == EEXIST && file_is_folder(path))
		return true;
	return err_set(err, ERR_IO, _("cannot make folder '%s': %s"), path,
		strerror(errno));
}

bool file_make_folder(const char *path, struct err *err)
{
	char *above;
	bool ok;

	if (file_is_folder(path))
		return true;
	above = path_folder(path);
	ok = (strcmp(above, path) == 0 || file_make_folder(above, err)) &&
		make_one_folder(path, above, err);
	free(above);
	return ok;
}

char *path_join(const char *folder, const char *name)
{
	size_t n = strlen(folder);

	if (n == 0 || name[0] == '/')
		return xstrdup(name);
	return str_format("%s%s%s", folder, folder[n - 1] == '/' ? "" : "/", name);
}

char *path_folder(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return xstrdup(".");
	if (slash == path)
		return xstrdup("/");
	return xstrndup(path, (size_t)(slash - path));
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

char *path_stem(const char *path)
{
	const char *base = path_base(path), *dot = strrchr(base, '.');

	if (dot == NULL || dot == base)
		return xstrdup(base);
	return xstrndup(base, (size_t)(dot - base));
}
