#include "config.h"

#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/wipe.h"

enum { FIRST_BYTES = 64 };
static const size_t DEFAULT_LIMIT = (size_t)1 << 30;

void str_init(struct str *s)
{
	*s = (struct str)STR_INIT;
}

void str_release(struct str *s)
{
	if (s->size_bytes > 0)
		free(s->data);
	str_init(s);
}

void str_wipe(struct str *s)
{
	if (s->size_bytes > 0)
		wipe(s->data, s->size_bytes);
	str_release(s);
}

void str_clear(struct str *s)
{
	s->len = 0;
	s->over = false;
	if (s->size_bytes > 0)
		s->data[0] = '\0';
}

char *str_room(struct str *s, size_t n_bytes)
{
	size_t limit = s->limit > 0 ? s->limit : DEFAULT_LIMIT;
	size_t size = s->size_bytes > 0 ? s->size_bytes : FIRST_BYTES;

	if (n_bytes > limit - s->len) {
		s->over = true;
		return NULL;
	}
	if (s->size_bytes > s->len + n_bytes)
		return s->data + s->len;
	while (size <= s->len + n_bytes)
		size *= 2;
	if (s->size_bytes == 0)
		s->data = xmalloc(size);
	else
		s->data = xreallocarray(s->data, size, 1);
	s->size_bytes = size;
	s->data[s->len] = '\0';
	return s->data + s->len;
}

void str_grew(struct str *s, size_t n_bytes)
{
	s->len += n_bytes;
	s->data[s->len] = '\0';
}

void str_addn(struct str *s, const void *bytes, size_t n_bytes)
{
	char *room = str_room(s, n_bytes);

	if (room == NULL)
		return;
	if (n_bytes > 0)
		memcpy(room, bytes, n_bytes);
	str_grew(s, n_bytes);
}

void str_add(struct str *s, const char *text)
{
	str_addn(s, text, strlen(text));
}

void str_addc(struct str *s, char c)
{
	str_addn(s, &c, 1);
}

void str_addf(struct str *s, const char *format, ...)
{
	va_list arguments;
	char *room;
	int n;

	va_start(arguments, format);
	n = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	room = str_room(s, (size_t)n + 1);
	if (room == NULL)
		return;
	va_start(arguments, format);
	vsnprintf(room, (size_t)n + 1, format, arguments);
	va_end(arguments);
	str_grew(s, (size_t)n);
}

void str_add_utf8(struct str *s, unsigned code_point)
{
	char bytes[4];

	str_addn(s, bytes, utf8_encode(code_point, bytes));
}

void str_cut(struct str *s, size_t len)
{
	if (len >= s->len)
		return;
	s->len = len;
	s->data[len] = '\0';
}

char *str_steal(struct str *s)
{
	char *data = s->size_bytes > 0 ? s->data : xstrdup("");

	str_init(s);
	return data;
}

char *str_format(const char *format, ...)
{
	va_list arguments;
	char *text;
	int n;

	va_start(arguments, format);
	n = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	text = xmalloc((size_t)n + 1);
	va_start(arguments, format);
	vsnprintf(text, (size_t)n + 1, format, arguments);
	va_end(arguments);
	return text;
}

bool str_starts(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

bool str_ends(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && memcmp(text + n - m, end, m) == 0;
}
