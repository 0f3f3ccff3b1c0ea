#include "config.h"

#include "bundle/tar.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/gettext.h"

/* Offsets in a header. */
enum {
	AT_NAME = 0, AT_MODE = 100, AT_OWNER = 108, AT_GROUP = 116,
	AT_SIZE = 124, AT_TIME = 136, AT_CHECKSUM = 148, AT_TYPE = 156,
	AT_MAGIC = 257, AT_VERSION = 263, AT_PREFIX = 345,
	SHORT_NAME_BYTES = 100,		/* what the field holds, with the NUL */
	MAX_END_BLOCKS = 256,		/* GNU tar fills up to 20 */
};

static unsigned header_sum(const uint8_t block[BUNDLE_TAR_BLOCK])
{
	unsigned sum = 0;

	for (int i = 0; i < BUNDLE_TAR_BLOCK; i++)
		sum += i >= AT_CHECKSUM && i < AT_TYPE ? ' ' : block[i];
	return sum;
}

static void put_octal(uint8_t *at, int digits, uint64_t number)
{
	for (int i = digits - 1; i >= 0; i--, number >>= 3)
		at[i] = (uint8_t)('0' + (number & 7));
}

static void put_checksum(uint8_t block[BUNDLE_TAR_BLOCK])
{
	put_octal(block + AT_CHECKSUM, 6, header_sum(block));
	block[AT_CHECKSUM + 6] = '\0';
	block[AT_CHECKSUM + 7] = ' ';
}

void tar_header(const char *name, uint64_t size_bytes,
	uint8_t block[BUNDLE_TAR_BLOCK])
{
	memset(block, 0, BUNDLE_TAR_BLOCK);
	snprintf((char *)block + AT_NAME, SHORT_NAME_BYTES, "%s", name);
	put_octal(block + AT_MODE, 7, 0644);
	put_octal(block + AT_OWNER, 7, 0);
	put_octal(block + AT_GROUP, 7, 0);
	put_octal(block + AT_SIZE, 11, size_bytes);
	put_octal(block + AT_TIME, 11, 0);
	block[AT_TYPE] = '0';
	memcpy(block + AT_MAGIC, "ustar", 6);
	memcpy(block + AT_VERSION, "00", 2);
	put_checksum(block);
}

static const uint8_t zeros[2 * BUNDLE_TAR_BLOCK];

/* "LENGTH path=NAME\n", where LENGTH counts itself: three digits, as the name
 * has 100 to 255 bytes.  In a block of its own after a header of type x. */
enum { BEFORE_NAME = 9, AROUND_NAME = BEFORE_NAME + 1 };

static bool put_long_name(byte_sink *sink, void *context, const char *name,
	struct err *err)
{
	uint8_t block[2 * BUNDLE_TAR_BLOCK] = { 0 };
	size_t size = strlen(name) + AROUND_NAME;

	tar_header("PaxHeader", size, block);
	block[AT_TYPE] = 'x';
	put_checksum(block);
	snprintf((char *)block + BUNDLE_TAR_BLOCK, BUNDLE_TAR_BLOCK,
		"%zu path=%s\n", size, name);
	return sink(context, block, sizeof block, err);
}

bool tar_put_header(byte_sink *sink, void *context, const char *name,
	uint64_t size_bytes, struct err *err)
{
	uint8_t block[BUNDLE_TAR_BLOCK];

	if (size_bytes > TAR_MAX_SIZE)
		return err_set(err, ERR_LIMIT,
			_("'%s' is too large for a bundle"), name);
	assert(strlen(name) < TAR_NAME_BYTES);	/* callers check */
	if (strlen(name) >= SHORT_NAME_BYTES &&
			!put_long_name(sink, context, name, err))
		return false;
	tar_header(name, size_bytes, block);
	return sink(context, block, sizeof block, err);
}

static unsigned padding_of(uint64_t size_bytes)
{
	return (unsigned)((BUNDLE_TAR_BLOCK - size_bytes % BUNDLE_TAR_BLOCK) %
		BUNDLE_TAR_BLOCK);
}

bool tar_put_padding(byte_sink *sink, void *context, uint64_t size_bytes,
	struct err *err)
{
	unsigned n = padding_of(size_bytes);

	return n == 0 || sink(context, zeros, n, err);
}

bool tar_put_end(byte_sink *sink, void *context, struct err *err)
{
	return sink(context, zeros, sizeof zeros, err);
}

static bool damaged(struct err *err)
{
	return err_set(err, ERR_SYNTAX, _("the archive inside is damaged"));
}

/* Exactly n bytes; *n_got less only at the end of the source. */
static bool read_full(struct tar_reader *reader, void *buffer, size_t n,
	size_t *n_got, struct err *err)
{
	size_t got = 1;

	for (*n_got = 0; *n_got < n && got > 0; *n_got += got)
		if (!reader->source(reader->context,
				(uint8_t *)buffer + *n_got, n - *n_got, &got,
				err))
			return false;
	return true;
}

/* Octal digits, closed by NUL or blank, after blanks. */
static bool get_octal(const uint8_t *at, int width, uint64_t *number)
{
	int i = 0;

	*number = 0;
	while (i < width && at[i] == ' ')
		i++;
	if (i == width || at[i] < '0' || at[i] > '7')
		return false;
	for (; i < width && at[i] >= '0' && at[i] <= '7'; i++)
		*number = *number << 3 | (at[i] - '0');
	for (; i < width; i++)
		if (at[i] != ' ' && at[i] != '\0')
			return false;
	return true;
}

static bool is_extended(const uint8_t block[BUNDLE_TAR_BLOCK])
{
	return block[AT_TYPE] == 'x';
}

static bool parse_header(const uint8_t block[BUNDLE_TAR_BLOCK],
	char name[TAR_NAME_BYTES], uint64_t *size_bytes)
{
	uint64_t sum;

	if (!get_octal(block + AT_CHECKSUM, 8, &sum) ||
			sum != header_sum(block) ||
			memcmp(block + AT_MAGIC, "ustar", 5) != 0 ||
			(block[AT_TYPE] != '0' && block[AT_TYPE] != '\0' &&
			 !is_extended(block)) ||
			block[AT_PREFIX] != '\0' || block[AT_NAME] == '\0' ||
			memchr(block + AT_NAME, '\0', SHORT_NAME_BYTES) == NULL)
		return false;
	memcpy(name, block + AT_NAME, SHORT_NAME_BYTES);
	return get_octal(block + AT_SIZE, 12, size_bytes) &&
		*size_bytes <= TAR_MAX_SIZE;
}

static bool is_zero(const uint8_t *bytes, size_t n)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, n - 1) == 0;
}

/* One block of zeros was read: another must follow, and nothing but more. */
static bool check_end(struct tar_reader *reader, struct err *err)
{
	uint8_t block[BUNDLE_TAR_BLOCK];
	size_t n;

	for (int i = 1; i < MAX_END_BLOCKS; i++) {
		if (!read_full(reader, block, sizeof block, &n, err))
			return false;
		if (n == 0 && i > 1)
			return true;
		if (n < sizeof block || !is_zero(block, n))
			break;
	}
	return damaged(err);
}

static bool skip_rest(struct tar_reader *reader, struct err *err)
{
	uint8_t buffer[4096];
	size_t n = 1;

	while (n > 0)
		if (!tar_read(reader, buffer, sizeof buffer, &n, err))
			return false;
	return true;
}

/* The block after an extended header: exactly one record, the name. */
static bool read_long_name(struct tar_reader *reader, uint64_t size_bytes,
	char name[TAR_NAME_BYTES], struct err *err)
{
	char block[BUNDLE_TAR_BLOCK], start[BEFORE_NAME + 1];
	size_t n, n_name;

	if (size_bytes < SHORT_NAME_BYTES + AROUND_NAME ||
			size_bytes >= TAR_NAME_BYTES + AROUND_NAME)
		return damaged(err);
	n_name = (size_t)size_bytes - AROUND_NAME;
	if (!read_full(reader, block, sizeof block, &n, err))
		return false;
	snprintf(start, sizeof start, "%3zu path=", (size_t)size_bytes);
	if (n < sizeof block || memcmp(block, start, BEFORE_NAME) != 0 ||
			block[BEFORE_NAME + n_name] != '\n' ||
			memchr(block + BEFORE_NAME, '\0', n_name) != NULL ||
			!is_zero((uint8_t *)block + size_bytes,
				sizeof block - (size_t)size_bytes))
		return damaged(err);
	memcpy(name, block + BEFORE_NAME, n_name);
	name[n_name] = '\0';
	return true;
}

/* The header of the file itself, after that. */
static bool long_header(struct tar_reader *reader, char name[TAR_NAME_BYTES],
	uint64_t *size_bytes, struct err *err)
{
	uint8_t block[BUNDLE_TAR_BLOCK];
	char cut_name[TAR_NAME_BYTES];
	size_t n;

	if (!reader->long_names)
		return damaged(err);
	if (!read_long_name(reader, *size_bytes, name, err) ||
			!read_full(reader, block, sizeof block, &n, err))
		return false;
	return (n == sizeof block && !is_extended(block) &&
		parse_header(block, cut_name, size_bytes)) || damaged(err);
}

bool tar_next(struct tar_reader *reader, char name[TAR_NAME_BYTES],
	uint64_t *size_bytes, bool *end, struct err *err)
{
	uint8_t block[BUNDLE_TAR_BLOCK];
	size_t n;

	*end = false;
	if (!skip_rest(reader, err) ||
			!read_full(reader, block, sizeof block, &n, err))
		return false;
	if (n < sizeof block)
		return damaged(err);
	if (is_zero(block, sizeof block)) {
		*end = true;
		return check_end(reader, err);
	}
	if (!parse_header(block, name, size_bytes))
		return damaged(err);
	if (is_extended(block) && !long_header(reader, name, size_bytes, err))
		return false;
	reader->left = *size_bytes;
	reader->padding = padding_of(*size_bytes);
	return true;
}

static bool read_padding(struct tar_reader *reader, struct err *err)
{
	uint8_t block[BUNDLE_TAR_BLOCK];
	unsigned want = reader->padding;
	size_t n;

	reader->padding = 0;
	if (want == 0)
		return true;
	if (!read_full(reader, block, want, &n, err))
		return false;
	return (n == want && is_zero(block, n)) || damaged(err);
}

bool tar_read(struct tar_reader *reader, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	size_t want = size_bytes < reader->left ? size_bytes :
		(size_t)reader->left;

	*n_got = 0;
	if (reader->left == 0)
		return read_padding(reader, err);
	if (!read_full(reader, buffer, want, n_got, err))
		return false;
	if (*n_got < want)
		return damaged(err);
	reader->left -= want;
	return true;
}
