#include "config.h"

#include "bundle/sealed.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "bundle/gzip.h"
#include "bundle/pack.h"
#include "bundle/tar.h"

enum { MAX_PARTS = 1000, RATIO = 1100 /* deflate can do no more than 1032 */ };

static uint64_t padded_to_step(uint64_t n_bytes)
{
	return (n_bytes + SEALED_STEP - 1) / SEALED_STEP * SEALED_STEP;
}

static bool good_name(const char *name)
{
	return name[0] != '\0' && strlen(name) < SEALED_NAME_BYTES &&
		strchr(name, '/') == NULL &&
		strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static bool to_pack(void *context, const void *bytes, size_t n_bytes,
	struct err *err)
{
	return pack_put(context, bytes, n_bytes, err);
}

static bool put_inputs(struct pack *pack, const struct sealed_input *inputs,
	size_t n_inputs, struct err *err)
{
	for (size_t i = 0; i < n_inputs; i++) {
		const struct bundle_source *from = &inputs[i].from;

		if (!pack_header(pack, inputs[i].name, from->n_bytes, err) ||
				!source_each(from, to_pack, pack, err) ||
				!pack_padding(pack, from->n_bytes, err))
			return false;
	}
	return pack_finish(pack, padded_to_step, err);
}

static bool check_inputs(const struct sealed_input *inputs, size_t n_inputs,
	struct err *err)
{
	if (n_inputs == 0 || n_inputs > MAX_PARTS)
		return err_set(err, ERR_LIMIT,
			_("a record has too many attachments"));
	for (size_t i = 0; i < n_inputs; i++)
		if (!good_name(inputs[i].name))
			return err_set(err, ERR_VALUE,
				_("the name of an attachment cannot be used"));
	return true;
}

bool sealed_write(byte_sink *sink, void *context,
	const struct sealed_input *inputs, size_t n_inputs,
	const struct age_to *to, struct err *err)
{
	struct pack pack = { NULL, NULL };
	bool ok = check_inputs(inputs, n_inputs, err) &&
		pack_begin(&pack, sink, context, to, err) &&
		put_inputs(&pack, inputs, n_inputs, err);

	pack_release(&pack);
	return ok;
}

bool sealed_make(const struct sealed_part *parts, size_t n_parts,
	const struct age_to *to, struct str *out,
	char sha256[SHA256_HEX_BYTES], struct err *err)
{
	struct sealed_input *inputs = xcalloc(n_parts + 1, sizeof *inputs);
	size_t before = out->len;
	bool ok;

	for (size_t i = 0; i < n_parts; i++) {
		inputs[i].name = parts[i].name;
		inputs[i].from.bytes = parts[i].bytes;
		inputs[i].from.n_bytes = parts[i].n_bytes;
	}
	ok = sealed_write(pack_to_str, out, inputs, n_parts, to, err);
	if (ok)
		sha256_hex(out->data + before, out->len - before, sha256);
	else
		str_cut(out, before);
	free(inputs);
	return ok;
}

struct left { const uint8_t *at; size_t n; };

static bool from_bytes(void *context, void *buffer, size_t size,
	size_t *n_got, struct err *err UNUSED)
{
	struct left *left = context;

	*n_got = size < left->n ? size : left->n;
	if (*n_got > 0)
		memcpy(buffer, left->at, *n_got);
	left->at += *n_got;
	left->n -= *n_got;
	return true;
}

/* The whole archive, at most about `limit` bytes. */
static bool unzip_all(struct gzip_reader *gzip, size_t limit,
	struct str *plain, struct err *err)
{
	size_t n = 1;

	while (n > 0) {
		char *room = str_room(plain, 16 << 10);

		if (room == NULL || plain->len > limit)
			return err_set(err, ERR_LIMIT,
				_("a sealed record is too large"));
		if (!gzip_read(gzip, room, 16 << 10, &n, err))
			return false;
		str_grew(plain, n);
	}
	return gzip_rest(gzip, true, err);
}

static bool unzip(const struct str *zipped, size_t limit, struct str *plain,
	struct err *err)
{
	struct left left = { (const uint8_t *)zipped->data, zipped->len };
	struct gzip_reader *gzip = gzip_reader_new(from_bytes, &left, RATIO);
	bool ok = unzip_all(gzip, limit, plain, err);

	gzip_reader_free(gzip);
	return ok;
}

static bool is_new(const struct sealed *sealed, const char *name)
{
	return sealed_find(sealed, name) == NULL;
}

/* Find the parts inside the unpacked archive. */
static bool find_parts(struct sealed *sealed, struct err *err)
{
	const uint8_t *start = (const uint8_t *)sealed->plain.data;
	struct left left = { start, sealed->plain.len };
	struct tar_reader tar = { .source = from_bytes, .context = &left,
		.long_names = true };
	struct sealed_part part;
	uint64_t size;
	bool end;

	for (;;) {
		if (!tar_next(&tar, part.name, &size, &end, err))
			return false;
		if (end)
			break;
		if (sealed->n_parts == MAX_PARTS || !good_name(part.name) ||
				!is_new(sealed, part.name))
			return err_set(err, ERR_SPEC,
				_("a sealed record is not made as it should be"));
		part.bytes = (const char *)left.at;
		part.n_bytes = (size_t)size;
		sealed->parts = xreallocarray(sealed->parts,
			sealed->n_parts + 1, sizeof part);
		sealed->parts[sealed->n_parts++] = part;
	}
	return sealed->n_parts > 0 || err_set(err, ERR_SPEC,
		_("a sealed record is not made as it should be"));
}

bool sealed_open(struct sealed *sealed, const void *bytes, size_t n_bytes,
	const struct age_keys *keys, size_t limit, struct err *err)
{
	struct str zipped = STR_INIT;
	bool ok;

	sealed->parts = NULL;
	sealed->n_parts = 0;
	str_init(&sealed->plain);
	ok = age_decrypt_bytes(keys, bytes, n_bytes, n_bytes, &zipped, err) &&
		unzip(&zipped, limit, &sealed->plain, err) &&
		find_parts(sealed, err);
	str_wipe(&zipped);
	if (!ok)
		sealed_release(sealed);
	return ok;
}

/* --- only the first file --- */

static bool read_age(void *context, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	return age_read(context, buffer, size_bytes, n_got, err);
}

static bool read_gzip(void *context, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	return gzip_read(context, buffer, size_bytes, n_got, err);
}

static bool take_first(struct tar_reader *tar, size_t limit,
	char name[SEALED_NAME_BYTES], struct str *out, struct err *err)
{
	char long_name[TAR_NAME_BYTES];
	uint64_t size;
	size_t n = 1;
	bool end;

	if (!tar_next(tar, long_name, &size, &end, err))
		return false;
	if (end || !good_name(long_name))
		return err_set(err, ERR_SPEC,
			_("a sealed record is not made as it should be"));
	if (size > limit)
		return err_set(err, ERR_LIMIT,
			_("a sealed record is too large"));
	snprintf(name, SEALED_NAME_BYTES, "%s", long_name);
	while (n > 0) {
		char *room = str_room(out, 16 << 10);

		if (!tar_read(tar, room, 16 << 10, &n, err))
			return false;
		str_grew(out, n);
	}
	return true;
}

bool sealed_open_first(byte_source *source, void *context,
	const struct age_keys *keys, size_t limit, char name[SEALED_NAME_BYTES],
	struct str *out, struct err *err)
{
	struct age_reader *age = age_reader_new(source, context);
	struct gzip_reader *gzip = gzip_reader_new(read_age, age, RATIO);
	struct tar_reader tar = { .source = read_gzip, .context = gzip,
		.long_names = true };
	size_t before = out->len;
	bool ok = age_reader_header(age, err) &&
		age_reader_unlock(age, keys, err) &&
		take_first(&tar, limit, name, out, err);

	if (!ok)
		str_cut(out, before);
	gzip_reader_free(gzip);
	age_reader_free(age);
	return ok;
}

void sealed_release(struct sealed *sealed)
{
	free(sealed->parts);
	sealed->parts = NULL;
	sealed->n_parts = 0;
	str_wipe(&sealed->plain);
}

const struct sealed_part *sealed_find(const struct sealed *sealed,
	const char *name)
{
	for (size_t i = 0; i < sealed->n_parts; i++)
		if (strcmp(sealed->parts[i].name, name) == 0)
			return &sealed->parts[i];
	return NULL;
}
