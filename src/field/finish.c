/* What leaves the workspace's own keys: protected records sealed to the
 * project; and files read in from outside. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "bundle/sealed.h"
#include "field/local.h"
#include "trust/project.h"

/* --- protected records --- */

static bool set_name(struct sealed_part *part, const char *name,
	struct err *err)
{
	size_t n = strlen(name);

	if (n >= sizeof part->name || strchr(name, '/') != NULL)
		return err_set(err, ERR_LIMIT, _("an attachment has a name that "
			"is too long or holds a '/'"));
	memcpy(part->name, name, n + 1);
	return true;
}

/* The attachments' bytes are in `texts`, one each. */
static bool read_parts(struct record *record, struct sealed_part *parts,
	size_t *n_parts, struct str *texts, struct err *err)
{
	const struct record_head *head = &record->head;

	for (size_t i = 0; i < head->n_attachments; i++) {
		const struct record_attachment *from = &head->attachments[i];
		struct sealed_part *part = &parts[*n_parts];

		if (from->file == 0)
			continue;
		if (!set_name(part, from->name, err) ||
				!files_read(record->ws, from->file, MAX_BODY,
					&texts[i], err))
			return false;
		part->bytes = texts[i].data;
		part->n_bytes = texts[i].len;
		++*n_parts;
	}
	return true;
}

static bool seal_parts(struct record *record, const struct sealed_part *parts,
	size_t n_parts, struct str *out, struct err *err)
{
	struct age_recipient recipients[2];
	struct age_to to = { .recipients = recipients, .n_recipients = 2 };
	struct trust_project project;
	char sha256[SHA256_HEX_BYTES];

	if (!field_project(record->ws, &project, err))
		return false;
	trust_project_recipients(&project, TRUST_PROTECTED, recipients);
	return sealed_make(parts, n_parts, &to, out, sha256, err);
}

bool record_seal_final(struct record *record,
	const struct record_final *final, struct str *out, struct err *err)
{
	size_t n = record->head.n_attachments, n_parts = 1;
	struct sealed_part *parts = xcalloc(n + 1, sizeof *parts);
	struct str *texts = xcalloc(n + 1, sizeof *texts);
	bool ok;

	for (size_t i = 0; i <= n; i++)
		str_init(&texts[i]);
	ok = set_name(&parts[0], SEALED_RECORD, err);
	parts[0].bytes = final->xml;
	parts[0].n_bytes = final->n_bytes;
	ok = ok && read_parts(record, parts, &n_parts, texts, err) &&
		seal_parts(record, parts, n_parts, out, err);
	for (size_t i = 0; i <= n; i++)
		str_wipe(&texts[i]);
	free(texts);
	free(parts);
	return ok;
}

/* --- a file from outside --- */

struct path_source { int fd; const char *path; };

static bool read_path(void *context, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	struct path_source *source = context;
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

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_ino == b->st_ino &&
		a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
		a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool put_open_file(struct workspace *ws, struct path_source *source,
	struct stored_file *file, struct err *err)
{
	struct stat before, after;

	if (fstat(source->fd, &before) != 0 || !S_ISREG(before.st_mode))
		return err_set(err, ERR_IO, _("'%s' is not a file"),
			source->path);
	if (!files_put(ws, read_path, source, file, err))
		return false;
	if (fstat(source->fd, &after) != 0 || !same_file(&before, &after) ||
			(uint64_t)after.st_size != file->size_bytes)
		return err_set(err, ERR_IO,
			_("'%s' changed while it was read"), source->path);
	return true;
}

bool files_put_path(struct workspace *ws, const char *path,
	struct stored_file *file, struct err *err)
{
	struct path_source source = { -1, path };
	bool ok;

	source.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (source.fd < 0)
		return err_set(err, ERR_IO, _("cannot open '%s': %s"), path,
			strerror(errno));
	ok = put_open_file(ws, &source, file, err);
	close(source.fd);
	return ok;
}
