#include "config.h"

#include "bundle/outer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/gettext.h"
#include "bundle/format.h"
#include "bundle/write.h"
#include "crypt/age.h"

struct looking {
	FILE *stream;
	struct sha256 hash;
	uint64_t n_read, n_all;
	void (*progress)(void *context, uint64_t n_read, uint64_t n_all);
	void *context;
};

static bool read_some(void *context, void *buffer, size_t size,
	size_t *n_got, struct err *err)
{
	struct looking *l = context;

	errno = 0;
	*n_got = fread(buffer, 1, size, l->stream);
	if (*n_got == 0 && ferror(l->stream))
		return err_set(err, ERR_IO, _("cannot read the bundle: %s"),
			strerror(errno));
	sha256_add(&l->hash, buffer, *n_got);
	l->n_read += *n_got;
	if (l->progress != NULL)
		l->progress(l->context, l->n_read, l->n_all);
	return true;
}

/* What stands after a damage belongs to the file's hash, too. */
static void read_rest(struct looking *l)
{
	char buffer[4096];
	size_t n = 1;

	while (n > 0 && read_some(l, buffer, sizeof buffer, &n, NULL))
		;
}

/* A manifest and its signature do not shrink to less. */
enum { LEAST_BYTES = 300 };

static bool is_usual(uint64_t n_inside)
{
	if (n_inside < LEAST_BYTES)
		return false;
	return bundle_padded_size(n_inside) == n_inside ||
		n_inside % SEALED_STEP == 0;
}

static bool look(struct looking *l, struct outer *outer, struct err *err)
{
	struct age_reader *reader = age_reader_new(read_some, l);
	uint64_t n_inside = 0;
	bool ok = age_reader_header(reader, err) &&
		age_reader_measure(reader, &n_inside, err);

	outer->n_keys = age_reader_stanzas(reader);
	outer->usual_size = ok && is_usual(n_inside);
	age_reader_free(reader);
	return ok;
}

bool outer_look(const char *path, struct outer *outer,
	void (*progress)(void *context, uint64_t n_read, uint64_t n_all),
	void *context, struct err *err)
{
	struct looking l = { .stream = fopen(path, "rbe"),
		.progress = progress, .context = context };
	struct stat st;
	bool ok;

	memset(outer, 0, sizeof *outer);
	if (l.stream == NULL)
		return err_set(err, ERR_IO, _("cannot open '%s': %s"), path,
			strerror(errno));
	if (fstat(fileno(l.stream), &st) == 0 && S_ISREG(st.st_mode))
		l.n_all = (uint64_t)st.st_size;
	sha256_init(&l.hash);
	ok = look(&l, outer, err);
	read_rest(&l);
	sha256_end_hex(&l.hash, outer->sha256);
	outer->n_bytes = l.n_read;
	fclose(l.stream);
	return ok || err_at(err, path, 0, 0);
}
