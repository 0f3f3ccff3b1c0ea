#include "config.h"

#include "bundle/read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "bundle/gzip.h"
#include "bundle/tar.h"

const struct bundle_limits bundle_default_limits = {
	.file_bytes = UINT64_C(16) << 30,
	.entry_bytes = BUNDLE_MAX_ENTRY,
	.total_bytes = UINT64_C(64) << 30,
	.n_entries = 100000,
	.ratio = 200,
};

/* The file as it lies there: its first bytes say what it is. */
struct file_in {
	FILE *stream;			/* NULL: from memory */
	const uint8_t *bytes;
	size_t n_left;
	uint64_t n_read, n_all, limit;
	void (*progress)(void *context, uint64_t n_read, uint64_t n_all);
	void *context;
	uint8_t head[2];
	size_t head_at, n_head;
};

struct bundle {
	struct file_in file;
	struct age_reader *age;		/* NULL: plain */
	struct gzip_reader *gzip;
	struct tar_reader tar;
	struct bundle_limits limits;
	struct manifest manifest;
	struct str manifest_bytes, signature;
	char manifest_sha256[SHA256_HEX_BYTES];
	struct minisign_public claim;
	size_t next;			/* entry that comes next */
	const struct manifest_entry *current;
	struct sha256 hash;		/* of what was read of it */
	bool current_done;		/* its hash was checked */
	bool ended, failed;
};

static bool file_more(struct file_in *file, void *buffer, size_t size,
	size_t *n, struct err *err)
{
	if (file->stream == NULL) {
		*n = size < file->n_left ? size : file->n_left;
		if (*n > 0)
			memcpy(buffer, file->bytes, *n);
		file->bytes += *n;
		file->n_left -= *n;
		return true;
	}
	errno = 0;
	*n = fread(buffer, 1, size, file->stream);
	if (*n == 0 && ferror(file->stream))
		return err_set(err, ERR_IO, _("cannot read the bundle: %s"),
			strerror(errno));
	return true;
}

static bool file_source(void *context, void *buffer, size_t size,
	size_t *n_got, struct err *err)
{
	struct file_in *file = context;

	if (file->head_at < file->n_head) {
		*n_got = 1;
		*(uint8_t *)buffer = file->head[file->head_at++];
		return true;
	}
	if (!file_more(file, buffer, size, n_got, err))
		return false;
	file->n_read += *n_got;
	if (file->progress != NULL)
		file->progress(file->context, file->n_read, file->n_all);
	return file->n_read <= file->limit || err_set(err, ERR_LIMIT,
		_("this bundle is larger than the limit"));
}

static bool age_bytes(void *context, void *buffer, size_t size, size_t *n_got,
	struct err *err)
{
	return age_read(context, buffer, size, n_got, err);
}

static bool gzip_bytes(void *context, void *buffer, size_t size,
	size_t *n_got, struct err *err)
{
	return gzip_read(context, buffer, size, n_got, err);
}

static bool read_head(struct file_in *file, struct err *err)
{
	size_t n = 1;

	while (file->n_head < sizeof file->head && n > 0) {
		if (!file_more(file, file->head + file->n_head,
				sizeof file->head - file->n_head, &n, err))
			return false;
		file->n_head += n;
	}
	file->n_read = file->n_head;
	return true;
}

static bool is_gzip(const struct file_in *file)
{
	return file->n_head == 2 && file->head[0] == 0x1f &&
		file->head[1] == 0x8b;
}

static bool open_layers(struct bundle *bundle, const struct age_keys *keys,
	struct err *err)
{
	byte_source *source = file_source;
	void *context = &bundle->file;

	if (!read_head(&bundle->file, err))
		return false;
	if (!is_gzip(&bundle->file)) {
		bundle->age = age_reader_new(source, context);
		if (!age_reader_header(bundle->age, err) ||
				!age_reader_unlock(bundle->age, keys, err))
			return false;
		source = age_bytes;
		context = bundle->age;
	}
	bundle->gzip = gzip_reader_new(source, context, bundle->limits.ratio);
	bundle->tar.source = gzip_bytes;
	bundle->tar.context = bundle->gzip;
	return true;
}

static bool out_of_order(struct err *err, const char *name)
{
	return err_set(err, ERR_SPEC,
		_("'%s' is missing or not in its place"), name);
}

/* One of the two files in front, whole. */
static bool read_front(struct bundle *bundle, const char *wanted,
	size_t limit, struct str *out, struct err *err)
{
	char name[TAR_NAME_BYTES], *room;
	uint64_t size;
	size_t n = 1;
	bool end;

	if (!tar_next(&bundle->tar, name, &size, &end, err))
		return false;
	if (end || strcmp(name, wanted) != 0)
		return out_of_order(err, wanted);
	if (size > limit)	/* of a manifest: for what it lists */
		return strcmp(wanted, BUNDLE_MANIFEST) == 0 ?
			err_set(err, ERR_LIMIT,
				_("this bundle has too many entries")) :
			err_set(err, ERR_LIMIT, _("'%s' is too long"), wanted);
	while (n > 0) {
		room = str_room(out, 4096);
		if (room == NULL || !tar_read(&bundle->tar, room, 4096, &n,
				err))
			return false;
		str_grew(out, n);
	}
	return true;
}

static bool check_limits(const struct bundle *bundle, struct err *err)
{
	const struct manifest *manifest = &bundle->manifest;
	const struct bundle_limits *limits = &bundle->limits;
	uint64_t total = 0;

	if (manifest->entries.n > limits->n_entries)
		return err_set(err, ERR_LIMIT,
			_("this bundle has too many entries"));
	for (size_t i = 0; i < manifest->entries.n; i++) {
		uint64_t size = manifest->entries.items[i].size_bytes;

		if (size > limits->entry_bytes || size > TAR_MAX_SIZE)
			return err_set(err, ERR_LIMIT,
				_("an entry of this bundle is too large"));
		total += size;
		if (total > limits->total_bytes)
			return err_set(err, ERR_LIMIT,
				_("this bundle unpacks to too much"));
	}
	return true;
}

static bool read_manifest(struct bundle *bundle, struct err *err)
{
	struct str *bytes = &bundle->manifest_bytes;

	if (!read_front(bundle, BUNDLE_MANIFEST, BUNDLE_MAX_MANIFEST, bytes,
			err) ||
			!read_front(bundle, BUNDLE_SIGNATURE,
				BUNDLE_MAX_SIGNATURE, &bundle->signature,
				err) ||
			!manifest_parse(&bundle->manifest, bytes->data,
				bytes->len, err) ||
			!check_limits(bundle, err) ||
			!minisign_public_parse(bundle->manifest.device_key,
				&bundle->claim, err))
		return false;
	sha256_hex(bytes->data, bytes->len, bundle->manifest_sha256);
	return strlen(bundle->signature.data) == bundle->signature.len ||
		err_set(err, ERR_SYNTAX, _("this is no minisign signature"));
}

static struct bundle *bundle_new(const struct bundle_limits *limits)
{
	struct bundle *bundle = xcalloc(1, sizeof *bundle);

	bundle->limits = limits != NULL ? *limits : bundle_default_limits;
	bundle->file.limit = bundle->limits.file_bytes;
	manifest_init(&bundle->manifest);
	str_init(&bundle->manifest_bytes);
	str_init(&bundle->signature);
	return bundle;
}

static struct bundle *opened(struct bundle *bundle,
	const struct age_keys *keys, struct err *err)
{
	if (open_layers(bundle, keys, err) && read_manifest(bundle, err))
		return bundle;
	bundle_close(bundle);
	return NULL;
}

struct bundle *bundle_open(const char *path, const struct age_keys *keys,
	const struct bundle_limits *limits, struct err *err)
{
	FILE *stream = fopen(path, "rbe");
	struct bundle *bundle;
	struct stat st;

	if (stream == NULL) {
		err_set(err, ERR_IO, _("cannot open '%s': %s"), path,
			strerror(errno));
		return NULL;
	}
	bundle = bundle_new(limits);
	bundle->file.stream = stream;
	if (fstat(fileno(stream), &st) == 0 && S_ISREG(st.st_mode))
		bundle->file.n_all = (uint64_t)st.st_size;
	bundle = opened(bundle, keys, err);
	if (bundle == NULL)
		err_at(err, path, 0, 0);
	return bundle;
}

struct bundle *bundle_open_bytes(const void *bytes, size_t n_bytes,
	const struct age_keys *keys, const struct bundle_limits *limits,
	struct err *err)
{
	struct bundle *bundle = bundle_new(limits);

	bundle->file.bytes = bytes;
	bundle->file.n_left = n_bytes;
	return opened(bundle, keys, err);
}

void bundle_watch(struct bundle *bundle, void (*progress)(void *context,
	uint64_t n_read, uint64_t n_all), void *context)
{
	bundle->file.progress = progress;
	bundle->file.context = context;
}

void bundle_close(struct bundle *bundle)
{
	if (bundle == NULL)
		return;
	gzip_reader_free(bundle->gzip);
	age_reader_free(bundle->age);
	if (bundle->file.stream != NULL)
		fclose(bundle->file.stream);
	manifest_release(&bundle->manifest);
	str_release(&bundle->manifest_bytes);
	str_release(&bundle->signature);
	free(bundle);
}

bool bundle_wants_passphrase(const char *path, bool *wants, struct err *err)
{
	struct file_in file = { .stream = fopen(path, "rbe"),
		.limit = bundle_default_limits.file_bytes };
	struct age_reader *reader = NULL;
	bool ok;

	*wants = false;
	if (file.stream == NULL)
		return err_set(err, ERR_IO, _("cannot open '%s': %s"), path,
			strerror(errno));
	ok = read_head(&file, err);
	if (ok && !is_gzip(&file)) {
		reader = age_reader_new(file_source, &file);
		ok = age_reader_header(reader, err);
		*wants = ok && age_reader_wants_passphrase(reader);
	}
	age_reader_free(reader);
	fclose(file.stream);
	return ok || err_at(err, path, 0, 0);
}

const struct manifest *bundle_manifest(const struct bundle *bundle)
{
	return &bundle->manifest;
}

const char *bundle_manifest_bytes(const struct bundle *bundle,
	size_t *n_bytes)
{
	*n_bytes = bundle->manifest_bytes.len;
	return bundle->manifest_bytes.data;
}

const char *bundle_manifest_sha256(const struct bundle *bundle)
{
	return bundle->manifest_sha256;
}

const char *bundle_signature(const struct bundle *bundle)
{
	return bundle->signature.data;
}

bool bundle_is_sealed(const struct bundle *bundle)
{
	return bundle->age != NULL;
}

const struct minisign_public *bundle_signer_claim(const struct bundle *bundle)
{
	return &bundle->claim;
}

bool bundle_check_signature(const struct bundle *bundle,
	const struct minisign_public *signer, struct err *err)
{
	return minisign_verify(signer, bundle->manifest_bytes.data,
		bundle->manifest_bytes.len, bundle->signature.data, NULL,
		err);
}

/* ---- entries ---- */

static bool fail(struct bundle *bundle)
{
	bundle->failed = true;
	return false;
}

static bool check_hash(struct bundle *bundle, struct err *err)
{
	char sha256[SHA256_HEX_BYTES];

	bundle->current_done = true;
	sha256_end_hex(&bundle->hash, sha256);
	return strcmp(sha256, bundle->current->sha256) == 0 ||
		err_set(err, ERR_CRYPTO,
			_("'%s' is not what the manifest says"),
			bundle->current->name);
}

static bool read_entry(struct bundle *bundle, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	*n_got = 0;
	if (bundle->failed)
		return err_set(err, ERR_CRYPTO, _("this bundle is damaged"));
	if (bundle->current == NULL || bundle->current_done || size_bytes == 0)
		return true;
	if (!tar_read(&bundle->tar, buffer, size_bytes, n_got, err))
		return false;
	if (*n_got == 0)
		return check_hash(bundle, err);
	sha256_add(&bundle->hash, buffer, *n_got);
	return true;
}

bool bundle_read(struct bundle *bundle, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	if (read_entry(bundle, buffer, size_bytes, n_got, err))
		return true;
	*n_got = 0;
	return fail(bundle);
}

bool bundle_read_all(struct bundle *bundle, size_t limit, struct str *out,
	struct err *err)
{
	size_t before = out->len, n = 1;

	if (bundle->current != NULL && bundle->current->size_bytes > limit)
		return err_set(err, ERR_LIMIT, _("'%s' is too long"),
			bundle->current->name);
	while (n > 0) {
		char *room = str_room(out, 16 << 10);

		if (room == NULL) {
			str_cut(out, before);
			return err_set(err, ERR_LIMIT, _("'%s' is too long"),
				bundle->current->name);
		}
		if (!bundle_read(bundle, room, 16 << 10, &n, err)) {
			str_cut(out, before);
			return false;
		}
		str_grew(out, n);
	}
	return true;
}

static bool finish_current(struct bundle *bundle, struct err *err)
{
	uint8_t buffer[4096];
	size_t n = 1;

	while (n > 0)
		if (!read_entry(bundle, buffer, sizeof buffer, &n, err))
			return false;
	return true;
}

/* All entries were there: now only padding may follow, and only in a sealed
 * bundle, where it is authenticated. */
static bool check_end(struct bundle *bundle, struct err *err)
{
	char name[TAR_NAME_BYTES];
	uint64_t size;
	bool end;

	if (!tar_next(&bundle->tar, name, &size, &end, err))
		return false;
	if (!end)
		return err_set(err, ERR_SPEC,
			_("there is more in the bundle than the manifest says"));
	bundle->ended = true;
	return gzip_rest(bundle->gzip, bundle->age != NULL, err);
}

static bool begin_entry(struct bundle *bundle,
	const struct manifest_entry *entry, struct err *err)
{
	char name[TAR_NAME_BYTES];
	uint64_t size;
	bool end;

	if (!tar_next(&bundle->tar, name, &size, &end, err))
		return false;
	if (end || strcmp(name, entry->name) != 0 ||
			size != entry->size_bytes)
		return out_of_order(err, entry->name);
	bundle->current = entry;
	bundle->current_done = false;
	sha256_init(&bundle->hash);
	return true;
}

static bool next_entry(struct bundle *bundle,
	const struct manifest_entry **entry, struct err *err)
{
	const struct manifest *manifest = &bundle->manifest;

	if (!finish_current(bundle, err))
		return false;
	bundle->current = NULL;
	if (bundle->ended)
		return true;
	if (bundle->next == manifest->entries.n)
		return check_end(bundle, err);
	if (!begin_entry(bundle, &manifest->entries.items[bundle->next], err))
		return false;
	bundle->next++;
	*entry = bundle->current;
	return true;
}

bool bundle_next(struct bundle *bundle, const struct manifest_entry **entry,
	struct err *err)
{
	*entry = NULL;
	return next_entry(bundle, entry, err) || fail(bundle);
}

bool bundle_verify(const char *path, const struct age_keys *keys,
	const struct bundle_limits *limits,
	const struct minisign_public *signer, struct err *err)
{
	struct bundle *bundle = bundle_open(path, keys, limits, err);
	const struct manifest_entry *entry = NULL;
	bool ok;

	if (bundle == NULL)
		return false;
	ok = bundle_check_signature(bundle, signer != NULL ? signer :
		&bundle->claim, err);
	do
		ok = ok && bundle_next(bundle, &entry, err);
	while (ok && entry != NULL);
	bundle_close(bundle);
	return ok || err_at(err, path, 0, 0);
}
