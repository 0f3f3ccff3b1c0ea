#include "config.h"

#include "bundle/pack.h"

#include "base/gettext.h"
#include "base/str.h"
#include "bundle/gzip.h"
#include "bundle/tar.h"

static bool to_age(void *context, const void *bytes, size_t n_bytes,
	struct err *err)
{
	return age_write(context, bytes, n_bytes, err);
}

static bool to_gzip(void *context, const void *bytes, size_t n_bytes,
	struct err *err)
{
	return gzip_write(context, bytes, n_bytes, err);
}

bool pack_to_str(void *context, const void *bytes, size_t n_bytes,
	struct err *err)
{
	struct str *out = context;

	str_addn(out, bytes, n_bytes);
	return !out->over || err_set(err, ERR_LIMIT,
		_("this is too much to be packed in memory"));
}

bool pack_begin(struct pack *pack, byte_sink *sink, void *context,
	const struct age_to *to, struct err *err)
{
	pack->age = NULL;
	pack->gzip = NULL;
	if (to != NULL) {
		pack->age = age_writer_new(sink, context, to, err);
		if (pack->age == NULL)
			return false;
		sink = to_age;
		context = pack->age;
	}
	pack->gzip = gzip_writer_new(sink, context);
	return true;
}

bool pack_header(struct pack *pack, const char *name, uint64_t size_bytes,
	struct err *err)
{
	return tar_put_header(to_gzip, pack->gzip, name, size_bytes, err);
}

bool pack_put(struct pack *pack, const void *bytes, size_t n_bytes,
	struct err *err)
{
	return gzip_write(pack->gzip, bytes, n_bytes, err);
}

bool pack_padding(struct pack *pack, uint64_t size_bytes, struct err *err)
{
	return tar_put_padding(to_gzip, pack->gzip, size_bytes, err);
}

bool pack_file(struct pack *pack, const char *name, const void *bytes,
	size_t n_bytes, struct err *err)
{
	return pack_header(pack, name, n_bytes, err) &&
		pack_put(pack, bytes, n_bytes, err) &&
		pack_padding(pack, n_bytes, err);
}

bool pack_finish(struct pack *pack, uint64_t (*padded)(uint64_t n_bytes),
	struct err *err)
{
	return tar_put_end(to_gzip, pack->gzip, err) &&
		gzip_finish(pack->gzip, padded, err) &&
		(pack->age == NULL || age_finish(pack->age, err));
}

void pack_release(struct pack *pack)
{
	gzip_writer_free(pack->gzip);
	age_writer_free(pack->age);
	pack->gzip = NULL;
	pack->age = NULL;
}
