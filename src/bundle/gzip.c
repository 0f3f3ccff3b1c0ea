#include "config.h"

#include "bundle/gzip.h"

#include <string.h>
#include <zlib.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"

enum {
	STEP_BYTES = 64 << 10,
	GZIP_WINDOW = 15 + 16,		/* zlib's way to say: with gzip header */
	LEVEL = 6,
	MEMORY_LEVEL = 8,
	UNIX = 3,			/* operating system in the header */
};
static const uint64_t RATIO_FREE_BYTES = 16 << 20;
enum { RATIO_WRITTEN = 100 };		/* a reader takes twice as much */

struct gzip_writer {
	byte_sink *sink;
	void *context;
	z_stream z;
	gz_header header;		/* no time, no name: same in, same out */
	uint64_t n_in, n_out;
	int level;
	size_t n_waiting;		/* bytes in `in` */
	uint8_t in[STEP_BYTES];		/* headers and small files together */
	uint8_t out[STEP_BYTES];
};

struct gzip_writer *gzip_writer_new(byte_sink *sink, void *context)
{
	struct gzip_writer *writer = xcalloc(1, sizeof *writer);

	writer->sink = sink;
	writer->context = context;
	writer->header.os = UNIX;
	writer->level = LEVEL;
	if (deflateInit2(&writer->z, LEVEL, Z_DEFLATED, GZIP_WINDOW,
			MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();		/* no memory, as xmalloc() */
	deflateSetHeader(&writer->z, &writer->header);
	return writer;
}

void gzip_writer_free(struct gzip_writer *writer)
{
	if (writer == NULL)
		return;
	deflateEnd(&writer->z);
	wipe(writer, sizeof *writer);
	free(writer);
}

static bool put(struct gzip_writer *writer, size_t n, struct err *err)
{
	writer->n_out += n;
	return n == 0 || writer->sink(writer->context, writer->out, n, err);
}

static bool deflate_all(struct gzip_writer *writer, int flush,
	struct err *err)
{
	int status;

	do {
		writer->z.next_out = writer->out;
		writer->z.avail_out = sizeof writer->out;
		status = deflate(&writer->z, flush);
		if (!put(writer, sizeof writer->out - writer->z.avail_out,
				err))
			return false;
	} while (writer->z.avail_out == 0 ||
		(flush == Z_FINISH && status == Z_OK));
	return true;
}

static bool set_level(struct gzip_writer *writer, int level, struct err *err)
{
	if (level == writer->level)
		return true;
	writer->level = level;
	writer->z.avail_in = 0;
	writer->z.next_out = writer->out;
	writer->z.avail_out = sizeof writer->out;
	if (deflateParams(&writer->z, level, Z_DEFAULT_STRATEGY) != Z_OK)
		return err_set(err, ERR_INTERNAL,
			_("the compression failed"));
	return put(writer, sizeof writer->out - writer->z.avail_out, err);
}

/* What shrinks to next to nothing (a recording of silence) looks to a reader
 * like a bomb: from then on some of it is stored as it is. */
static bool keep_ratio(struct gzip_writer *writer, struct err *err)
{
	bool high = writer->n_in > RATIO_FREE_BYTES / 2 &&
		writer->n_in / RATIO_WRITTEN > writer->n_out;

	return set_level(writer, high ? Z_NO_COMPRESSION : LEVEL, err);
}

static bool write_step(struct gzip_writer *writer, const uint8_t *from,
	size_t n, struct err *err)
{
	if (!keep_ratio(writer, err))
		return false;
	writer->n_in += n;
	/* zlib only reads through this pointer */
	writer->z.next_in = (uint8_t *)(uintptr_t)from;
	writer->z.avail_in = (uInt)n;
	return deflate_all(writer, Z_NO_FLUSH, err);
}

static bool write_waiting(struct gzip_writer *writer, struct err *err)
{
	size_t n = writer->n_waiting;

	writer->n_waiting = 0;
	return n == 0 || write_step(writer, writer->in, n, err);
}

bool gzip_write(struct gzip_writer *writer, const void *bytes, size_t n_bytes,
	struct err *err)
{
	const uint8_t *from = bytes;

	while (n_bytes > 0) {
		size_t room = STEP_BYTES - writer->n_waiting;
		size_t n = n_bytes < room ? n_bytes : room;

		memcpy(writer->in + writer->n_waiting, from, n);
		writer->n_waiting += n;
		if (writer->n_waiting == STEP_BYTES &&
				!write_waiting(writer, err))
			return false;
		from += n;
		n_bytes -= n;
	}
	return true;
}

bool gzip_finish(struct gzip_writer *writer,
	uint64_t (*padded)(uint64_t n_bytes), struct err *err)
{
	uint64_t left;

	if (!write_waiting(writer, err))
		return false;
	writer->z.avail_in = 0;
	if (!deflate_all(writer, Z_FINISH, err))
		return false;
	left = padded != NULL ? padded(writer->n_out) - writer->n_out : 0;
	memset(writer->out, 0, sizeof writer->out);
	while (left > 0) {
		size_t n = left < sizeof writer->out ? (size_t)left :
			sizeof writer->out;

		if (!put(writer, n, err))
			return false;
		left -= n;
	}
	return true;
}

struct gzip_reader {
	byte_source *source;
	void *context;
	z_stream z;
	unsigned ratio;
	uint64_t n_in, n_out;
	bool ended, source_ended;
	uint8_t in[STEP_BYTES];
};

struct gzip_reader *gzip_reader_new(byte_source *source, void *context,
	unsigned ratio)
{
	struct gzip_reader *reader = xcalloc(1, sizeof *reader);

	reader->source = source;
	reader->context = context;
	reader->ratio = ratio;
	if (inflateInit2(&reader->z, GZIP_WINDOW) != Z_OK)
		abort();
	return reader;
}

void gzip_reader_free(struct gzip_reader *reader)
{
	if (reader == NULL)
		return;
	inflateEnd(&reader->z);
	wipe(reader, sizeof *reader);
	free(reader);
}

static bool damaged(struct err *err)
{
	return err_set(err, ERR_CRYPTO,
		_("the compressed data is damaged or cut short"));
}

static bool fill(struct gzip_reader *reader, struct err *err)
{
	size_t n = 0;

	if (reader->z.avail_in > 0 || reader->source_ended)
		return true;
	if (!reader->source(reader->context, reader->in, sizeof reader->in,
			&n, err))
		return false;
	reader->source_ended = n == 0;
	reader->n_in += n;
	reader->z.next_in = reader->in;
	reader->z.avail_in = (uInt)n;
	return true;
}

static bool check_ratio(const struct gzip_reader *reader, struct err *err)
{
	if (reader->n_out <= RATIO_FREE_BYTES ||
			reader->n_out / reader->ratio <= reader->n_in)
		return true;
	return err_set(err, ERR_LIMIT,
		_("this unpacks to far more than an honest file would"));
}

bool gzip_read(struct gzip_reader *reader, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	uInt size = size_bytes < STEP_BYTES ? (uInt)size_bytes : STEP_BYTES;

	*n_got = 0;
	reader->z.next_out = buffer;
	reader->z.avail_out = size;
	while (reader->z.avail_out == size && !reader->ended && size > 0) {
		int status;

		if (!fill(reader, err))
			return false;
		if (reader->z.avail_in == 0)
			return damaged(err);
		status = inflate(&reader->z, Z_NO_FLUSH);
		reader->ended = status == Z_STREAM_END;
		if (status != Z_OK && status != Z_STREAM_END)
			return damaged(err);
	}
	*n_got = size - reader->z.avail_out;
	reader->n_out += *n_got;
	return check_ratio(reader, err);
}

static bool all_zero(const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

bool gzip_rest(struct gzip_reader *reader, bool zeros, struct err *err)
{
	for (;;) {
		if (!fill(reader, err))
			return false;
		if (reader->z.avail_in == 0)
			return true;
		if (!zeros || !all_zero(reader->z.next_in,
				reader->z.avail_in))
			return err_set(err, ERR_CRYPTO,
				_("something follows after the compressed data"));
		reader->z.avail_in = 0;
	}
}
