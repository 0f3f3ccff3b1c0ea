#include "config.h"

#include "field/strip.h"

#include <stdint.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"

enum {
	IN_BYTES = 16 << 10,
	SEGMENT_BYTES = 64 << 10,	/* the largest of a JPEG has 65533 */
	OUT_BYTES = SEGMENT_BYTES + 16,
	TIFF_BYTES = 26,		/* with one tag, the orientation */
};

struct strip {
	byte_source *source;
	void *context;
	const char *name;
	/* The next piece of work; NULL: the picture and the source are at
	 * their end. */
	bool (*step)(struct strip *s, struct err *err);
	uint64_t left;			/* bytes of a PNG chunk still to copy */
	bool has_picture;		/* a scan or an IDAT was seen */
	bool has_turn;			/* an orientation was given out */
	bool ended;			/* nothing more from the source */
	size_t at, n;			/* in `in` */
	size_t out_at, n_out;		/* in `out` */
	uint8_t in[IN_BYTES];
	uint8_t out[OUT_BYTES];
	uint8_t segment[SEGMENT_BYTES];
};

/* --- in and out --- */

static bool more(struct strip *s, struct err *err)
{
	if (s->at < s->n || s->ended)
		return true;
	s->at = 0;
	if (!s->source(s->context, s->in, sizeof s->in, &s->n, err))
		return false;
	s->ended = s->n == 0;
	return true;
}

static bool cut_short(const struct strip *s, struct err *err)
{
	return err_set(err, ERR_VALUE,
		_("'%s' is no whole picture: its end is missing"), s->name);
}

static bool malformed(const struct strip *s, struct err *err)
{
	return err_set(err, ERR_VALUE, _("'%s' is not made as a picture should "
		"be, so place and time cannot be taken out of it"), s->name);
}

/* `to` NULL: passed over. */
static bool take(struct strip *s, void *to, uint64_t n, struct err *err)
{
	uint8_t *at = to;

	while (n > 0) {
		size_t part;

		if (!more(s, err))
			return false;
		if (s->ended)
			return cut_short(s, err);
		part = s->n - s->at < n ? s->n - s->at : (size_t)n;
		if (at != NULL) {
			memcpy(at, s->in + s->at, part);
			at += part;
		}
		s->at += part;
		n -= part;
	}
	return true;
}

static bool skip(struct strip *s, uint64_t n, struct err *err)
{
	return take(s, NULL, n, err);
}

/* A step gives out no more than the room holds: a segment and its frame, or
 * a part of the input. */
static void give(struct strip *s, const void *bytes, size_t n)
{
	memcpy(s->out + s->n_out, bytes, n);
	s->n_out += n;
}

/* What follows the picture is none of it: a film, a second picture, what
 * somebody put there.  The source is read to its end all the same, as it
 * counts what was read. */
static bool drain(struct strip *s, struct err *err)
{
	s->at = s->n;
	if (!more(s, err))
		return false;
	if (s->ended)
		s->step = NULL;
	return true;
}

/* --- the orientation, in Exif --- */

struct tiff { const uint8_t *bytes; size_t n; bool big; };

static unsigned get(const struct tiff *t, size_t at, size_t n)
{
	unsigned number = 0;

	for (size_t i = 0; i < n; i++)
		number = number << 8 | t->bytes[at + (t->big ? i : n - 1 - i)];
	return number;
}

/* 1 to 8; 1 if it does not say, or not so that it could be read. */
static unsigned orientation(const uint8_t *bytes, size_t n)
{
	struct tiff t = { bytes, n, n > 0 && bytes[0] == 'M' };
	unsigned at, n_tags, turn;

	if (n < 10 || (memcmp(bytes, "MM", 2) != 0 &&
			memcmp(bytes, "II", 2) != 0) || get(&t, 2, 2) != 42)
		return 1;
	at = get(&t, 4, 4);
	if (at > n - 2)
		return 1;
	n_tags = get(&t, at, 2);
	for (at += 2; n_tags > 0 && at + 12 <= n; at += 12, n_tags--) {
		if (get(&t, at, 2) != 0x0112)
			continue;
		turn = get(&t, at + 8, get(&t, at + 2, 2) == 4 ? 4 : 2);
		return turn >= 1 && turn <= 8 ? turn : 1;
	}
	return 1;
}

static void make_tiff(unsigned turn, uint8_t tiff[TIFF_BYTES])
{
	static const uint8_t frame[TIFF_BYTES] = {
		'M', 'M', 0, 42, 0, 0, 0, 8,
		0, 1,				/* one tag: */
		0x01, 0x12, 0, 3, 0, 0, 0, 1,	/* orientation, one number */
	};

	memcpy(tiff, frame, TIFF_BYTES);
	tiff[19] = (uint8_t)turn;
}

/* --- JPEG --- */

enum {
	SOF0 = 0xc0, JPG = 0xc8, SOF15 = 0xcf, RST0 = 0xd0, RST7 = 0xd7,
	SOI = 0xd8, EOI = 0xd9, SOS = 0xda, DQT = 0xdb, EXP = 0xdf,
	APP0 = 0xe0, APP1 = 0xe1, APP14 = 0xee, APP15 = 0xef, COM = 0xfe,
	JFIF_BYTES = 14, ADOBE_BYTES = 12,
};

static bool jpeg_marker(struct strip *s, struct err *err);

static void give_segment(struct strip *s, int marker, const void *bytes,
	size_t n)
{
	const uint8_t frame[4] = { 0xff, (uint8_t)marker,
		(uint8_t)((n + 2) >> 8), (uint8_t)(n + 2) };

	give(s, frame, sizeof frame);
	give(s, bytes, n);
}

static bool begins(const struct strip *s, size_t n, const char *with,
	size_t n_with)
{
	return n >= n_with && memcmp(s->segment, with, n_with) == 0;
}

/* Density and version; not the small picture that may follow. */
static void keep_jfif(struct strip *s, size_t n)
{
	if (!begins(s, n, "JFIF", 5) || n < JFIF_BYTES)
		return;
	s->segment[12] = s->segment[13] = 0;
	give_segment(s, APP0, s->segment, JFIF_BYTES);
}

/* How the colours are to be computed. */
static void keep_adobe(struct strip *s, size_t n)
{
	if (begins(s, n, "Adobe", 5) && n >= ADOBE_BYTES)
		give_segment(s, APP14, s->segment, ADOBE_BYTES);
}

static void keep_turn(struct strip *s, size_t n)
{
	uint8_t exif[6 + TIFF_BYTES] = "Exif\0";
	unsigned turn;

	if (s->has_turn || !begins(s, n, "Exif\0", 6))
		return;
	turn = orientation(s->segment + 6, n - 6);
	s->has_turn = true;
	if (turn == 1)
		return;
	make_tiff(turn, exif + 6);
	give_segment(s, APP1, exif, sizeof exif);
}

/* Frames, tables, scans: what a decoder needs. */
static bool is_picture(int marker)
{
	return (marker >= SOF0 && marker <= SOF15 && marker != JPG) ||
		(marker >= DQT && marker <= EXP) || marker == SOS;
}

static bool jpeg_segment(struct strip *s, int marker, struct err *err)
{
	uint8_t length[2];
	size_t n;

	if (!is_picture(marker) && marker != COM &&
			(marker < APP0 || marker > APP15))
		return malformed(s, err);
	if (!take(s, length, 2, err))
		return false;
	n = (size_t)(length[0] << 8 | length[1]);
	if (n < 2)
		return malformed(s, err);
	n -= 2;
	if (!take(s, s->segment, n, err))
		return false;
	if (is_picture(marker))
		give_segment(s, marker, s->segment, n);
	else if (marker == APP0)
		keep_jfif(s, n);
	else if (marker == APP1)
		keep_turn(s, n);
	else if (marker == APP14)
		keep_adobe(s, n);
	return true;
}

/* Coded data up to the next marker that does not belong to it. */
static bool jpeg_scan(struct strip *s, struct err *err)
{
	const uint8_t *from, *ff;
	uint8_t two[2] = { 0xff };

	if (!more(s, err))
		return false;
	if (s->ended)
		return cut_short(s, err);
	from = s->in + s->at;
	ff = memchr(from, 0xff, s->n - s->at);
	if (ff != from) {
		size_t n = ff != NULL ? (size_t)(ff - from) : s->n - s->at;

		give(s, from, n);
		s->at += n;
		return true;
	}
	s->at++;
	if (!more(s, err))
		return false;
	if (s->ended)
		return cut_short(s, err);
	two[1] = s->in[s->at];
	if (two[1] == 0 || (two[1] >= RST0 && two[1] <= RST7)) {
		s->at++;
		give(s, two, 2);
	} else {
		s->step = jpeg_marker;	/* the FF of which was just read */
	}
	return true;
}

static bool jpeg_end(struct strip *s, struct err *err)
{
	static const uint8_t end[2] = { 0xff, EOI };

	if (!s->has_picture)
		return malformed(s, err);
	give(s, end, 2);
	s->step = drain;
	return true;
}

/* After an FF; more of them may fill up in front of the marker. */
static bool jpeg_marker(struct strip *s, struct err *err)
{
	uint8_t marker;

	do
		if (!take(s, &marker, 1, err))
			return false;
	while (marker == 0xff);
	if (marker == EOI)
		return jpeg_end(s, err);
	if (!jpeg_segment(s, marker, err))
		return false;
	if (marker == SOS) {
		s->has_picture = true;
		s->step = jpeg_scan;
		return true;
	}
	return take(s, &marker, 1, err) && (marker == 0xff ||
		malformed(s, err));
}

/* --- PNG --- */

enum { PNG_MAX_CHUNK = 0x7fffffff };

static bool png_chunk(struct strip *s, struct err *err);

/* What is kept, and how long it may be.  Whoever decodes must know the
 * chunks that begin with a capital; the others say what colour a number is,
 * how large a dot, and when the next picture comes. */
static const struct { char type[5]; uint32_t max; } kept[] = {
	{ "IHDR", 13 }, { "PLTE", 768 }, { "IDAT", PNG_MAX_CHUNK },
	{ "IEND", 0 }, { "tRNS", 256 }, { "gAMA", 4 }, { "cHRM", 32 },
	{ "sRGB", 1 }, { "cICP", 4 }, { "sBIT", 4 }, { "bKGD", 6 },
	{ "pHYs", 9 }, { "acTL", 8 }, { "fcTL", 26 },
	{ "fdAT", PNG_MAX_CHUNK },
};
enum { N_KEPT = sizeof kept / sizeof kept[0] };

static int find_kept(const uint8_t type[4])
{
	int i = 0;

	while (i < N_KEPT && memcmp(kept[i].type, type, 4) != 0)
		i++;
	return i;
}

static uint32_t get_be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
		(uint32_t)at[2] << 8 | at[3];
}

static void put_be32(uint8_t *at, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(number >> (24 - 8 * i));
}

/* Of the few bytes of our own that a PNG gets. */
static uint32_t crc32_of(const uint8_t *bytes, size_t n)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < n; i++) {
		crc ^= bytes[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static bool png_turn(struct strip *s, uint32_t n, struct err *err)
{
	uint8_t chunk[8 + TIFF_BYTES + 4] = { 0, 0, 0, TIFF_BYTES, 'e', 'X',
		'I', 'f' };
	size_t n_read = n < SEGMENT_BYTES ? n : SEGMENT_BYTES;
	unsigned turn;

	if (!take(s, s->segment, n_read, err) ||
			!skip(s, (uint64_t)n - n_read + 4, err))
		return false;
	turn = orientation(s->segment, n_read);
	if (turn != 1 && !s->has_turn) {
		make_tiff(turn, chunk + 8);
		put_be32(chunk + 8 + TIFF_BYTES, crc32_of(chunk + 4,
			4 + TIFF_BYTES));
		give(s, chunk, sizeof chunk);
	}
	s->has_turn = true;
	return true;
}

/* The bytes of a chunk that is kept, with its check sum. */
static bool png_copy(struct strip *s, struct err *err)
{
	size_t n;

	if (!more(s, err))
		return false;
	if (s->ended)
		return cut_short(s, err);
	n = s->n - s->at < s->left ? s->n - s->at : (size_t)s->left;
	give(s, s->in + s->at, n);
	s->at += n;
	s->left -= n;
	if (s->left == 0)
		s->step = png_chunk;
	return true;
}

static bool png_end(struct strip *s, const uint8_t head[8], struct err *err)
{
	uint8_t sum[4];

	if (!s->has_picture)
		return malformed(s, err);
	if (!take(s, sum, 4, err))
		return false;
	give(s, head, 8);
	give(s, sum, 4);
	s->step = drain;
	return true;
}

static bool png_chunk(struct strip *s, struct err *err)
{
	uint8_t head[8];
	uint32_t n;
	int i;

	if (!take(s, head, 8, err))
		return false;
	n = get_be32(head);
	i = find_kept(head + 4);
	if (n > PNG_MAX_CHUNK)
		return malformed(s, err);
	if (memcmp(head + 4, "eXIf", 4) == 0)
		return png_turn(s, n, err);
	if (i == N_KEPT && (head[4] & 0x20) != 0)
		return skip(s, (uint64_t)n + 4, err);
	if (i == N_KEPT || n > kept[i].max)
		return malformed(s, err);
	if (memcmp(head + 4, "IEND", 4) == 0)
		return png_end(s, head, err);
	if (memcmp(head + 4, "IDAT", 4) == 0)
		s->has_picture = true;
	give(s, head, 8);
	s->left = (uint64_t)n + 4;
	s->step = png_copy;
	return true;
}

/* --- which of them --- */

static bool begin(struct strip *s, struct err *err)
{
	static const uint8_t jpeg[3] = { 0xff, SOI, 0xff };
	static const uint8_t png[8] = { 0x89, 'P', 'N', 'G', 13, 10, 26, 10 };
	size_t n = 0;

	while (n < sizeof png) {
		if (!more(s, err))
			return false;
		if (s->ended)
			break;
		s->segment[n++] = s->in[s->at++];
		if (n == sizeof jpeg && memcmp(s->segment, jpeg, n) == 0) {
			give(s, jpeg, 2);
			s->step = jpeg_marker;
			return true;
		}
	}
	if (n == sizeof png && memcmp(s->segment, png, n) == 0) {
		give(s, png, n);
		s->step = png_chunk;
		return true;
	}
	return err_set(err, ERR_REFUSED, _("'%s' is neither a JPEG nor a PNG "
		"picture: of other files this form takes none, as place and "
		"time cannot be taken out of them"), s->name);
}

struct strip *strip_new(byte_source *source, void *context, const char *name)
{
	struct strip *s = xcalloc(1, sizeof *s);

	s->source = source;
	s->context = context;
	s->name = name;
	s->step = begin;
	return s;
}

bool strip_read(void *strip, void *buffer, size_t size_bytes, size_t *n_got,
	struct err *err)
{
	struct strip *s = strip;
	size_t n;

	*n_got = 0;
	while (s->out_at == s->n_out && s->step != NULL) {
		s->out_at = s->n_out = 0;
		if (!s->step(s, err))
			return false;
	}
	n = s->n_out - s->out_at < size_bytes ? s->n_out - s->out_at :
		size_bytes;
	memcpy(buffer, s->out + s->out_at, n);
	s->out_at += n;
	*n_got = n;
	return true;
}

void strip_free(struct strip *s)
{
	if (s == NULL)
		return;
	wipe(s, sizeof *s);
	free(s);
}
