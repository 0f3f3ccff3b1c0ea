#include "config.h"

#include "base/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/mem.h"
#include "base/str.h"

static size_t sequence_length(const unsigned char *p, size_t n)
{
	unsigned c = p[0], low = 0x80, high = 0xBF;
	size_t need;

	if (c < 0x80)
		return c != 0;
	if (c >= 0xC2 && c <= 0xDF)
		need = 2;
	else if (c >= 0xE0 && c <= 0xEF)
		need = 3;
	else if (c >= 0xF0 && c <= 0xF4)
		need = 4;
	else
		return 0;
	if (n < need)
		return 0;
	if (c == 0xE0)
		low = 0xA0;		/* overlong */
	else if (c == 0xED)
		high = 0x9F;		/* surrogates */
	else if (c == 0xF0)
		low = 0x90;
	else if (c == 0xF4)
		high = 0x8F;		/* above U+10FFFF */
	if (p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < need; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	return need;
}

/* Eight bytes of ASCII, none of them NUL? */
static bool is_plain(const unsigned char *p)
{
	uint64_t word;

	memcpy(&word, p, 8);
	return ((word | (word - 0x0101010101010101u)) &
		0x8080808080808080u) == 0;
}

bool utf8_is_valid(const char *bytes, size_t n_bytes)
{
	const unsigned char *p = (const unsigned char *)bytes;

	while (n_bytes > 0) {
		size_t n = n_bytes >= 8 && is_plain(p) ? 8 :
			sequence_length(p, n_bytes);

		if (n == 0)
			return false;
		p += n;
		n_bytes -= n;
	}
	return true;
}

unsigned utf8_next(const char **text)
{
	const unsigned char *p = (const unsigned char *)*text;
	unsigned c = p[0];

	if (c == 0)
		return 0;
	if (c < 0x80) {
		*text += 1;
	} else if (c < 0xE0) {
		c = (c & 0x1Fu) << 6 | (p[1] & 0x3Fu);
		*text += 2;
	} else if (c < 0xF0) {
		c = (c & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
		*text += 3;
	} else {
		c = (c & 0x07u) << 18 | (p[1] & 0x3Fu) << 12 |
			(p[2] & 0x3Fu) << 6 | (p[3] & 0x3Fu);
		*text += 4;
	}
	return c;
}

size_t utf8_encode(unsigned code_point, char bytes[4])
{
	return (size_t)utf8proc_encode_char((utf8proc_int32_t)code_point,
		(utf8proc_uint8_t *)bytes);
}

static unsigned fold(unsigned c)
{
	if (c == 0x064A || c == 0x0649)
		return 0x06CC;
	if (c == 0x0643)
		return 0x06A9;
	if (c == 0x0647)
		return 0x06C1;
	return (unsigned)utf8proc_tolower((utf8proc_int32_t)c);
}

/* Long lists are mostly ASCII: that goes byte by byte. */
void utf8_fold(struct str *to, const char *text)
{
	/* a small letter may be longer than its capital, by a byte */
	char *room = str_room(to, 2 * strlen(text) + 8);
	size_t n = 0;

	if (room == NULL)
		return;
	while (*text != '\0') {
		if ((unsigned char)*text < 0x80) {
			char c = *text++;

			room[n++] = (char)(c >= 'A' && c <= 'Z' ?
				c - 'A' + 'a' : c);
		} else {
			n += utf8_encode(fold(utf8_next(&text)), room + n);
		}
	}
	str_grew(to, n);
}

bool utf8_is_letter(unsigned code_point)
{
	utf8proc_category_t category = utf8proc_category(
		(utf8proc_int32_t)code_point);

	return category >= UTF8PROC_CATEGORY_LU &&
		category <= UTF8PROC_CATEGORY_LO;
}

size_t utf8_count(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xC0) != 0x80;
	return n;
}

int utf8_char_width(unsigned code_point)
{
	int width = utf8proc_charwidth((utf8proc_int32_t)code_point);

	return width > 0 ? width : 0;
}

size_t utf8_width(const char *text)
{
	size_t columns = 0;

	while (*text != '\0')
		columns += (size_t)utf8_char_width(utf8_next(&text));
	return columns;
}

char *utf8_nfc(const char *text)
{
	utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)text, 0,
		&out, UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE);

	if (n < 0)
		return xstrdup(text);
	return (char *)out;
}

static bool is_unsafe(unsigned c)
{
	return c < 0x20 || (c >= 0x7F && c <= 0x9F) ||
		(c >= 0x202A && c <= 0x202E);
}

void utf8_mask(struct str *to, const char *text, bool keep_lines)
{
	while (*text != '\0') {
		const char *start = text;
		unsigned c = utf8_next(&text);

		if (is_unsafe(c) && !(keep_lines && (c == '\n' || c == '\t')))
			str_add(to, "\xEF\xBF\xBD");
		else
			str_addn(to, start, (size_t)(text - start));
	}
}

void utf8_ascii_digits(char *text)
{
	const char *from = text;

	while (*from != '\0') {
		const char *start = from;
		unsigned c = utf8_next(&from);

		if ((c >= 0x6F0 && c <= 0x6F9) || (c >= 0x660 && c <= 0x669)) {
			*text++ = (char)('0' + (c & 0xF));
			continue;
		}
		memmove(text, start, (size_t)(from - start));
		text += from - start;
	}
	*text = '\0';
}
