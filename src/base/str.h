/* Growing text with a limit.  Always NUL-terminated once something was added;
 * the bytes may hold NULs, `len` counts them. */
#ifndef BAYAZ_BASE_STR_H
#define BAYAZ_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

struct str {
	char *data;		/* never NULL after str_init() */
	size_t len;		/* bytes, without the closing NUL */
	size_t size_bytes;	/* allocated; 0: data is a constant "" */
	size_t limit;		/* most bytes; 0: 1 GiB */
	bool over;		/* something was left out: the limit was met */
};

#define STR_INIT { (char *)"", 0, 0, 0, false }

void str_init(struct str *s);
void str_release(struct str *s);
/* As str_release(), but the bytes are overwritten first. */
void str_wipe(struct str *s);
void str_clear(struct str *s);			/* empty, memory kept */

void str_add(struct str *s, const char *text);
void str_addn(struct str *s, const void *bytes, size_t n_bytes);
void str_addc(struct str *s, char c);
void str_addf(struct str *s, const char *format, ...) PRINTF_LIKE(2, 3);
void str_add_utf8(struct str *s, unsigned code_point);
/* Make room for n_bytes more; where to write them.  Then str_grew(). */
char *str_room(struct str *s, size_t n_bytes);
void str_grew(struct str *s, size_t n_bytes);
void str_cut(struct str *s, size_t len);

/* Hand over the memory; free() it.  `s` is empty afterwards. */
char *str_steal(struct str *s) RETURNS_NONNULL;

/* A new text by printf's rules; free() it. */
char *str_format(const char *format, ...) PRINTF_LIKE(1, 2) RETURNS_NONNULL;

bool str_starts(const char *text, const char *start);
bool str_ends(const char *text, const char *end);
static inline bool str_is_empty(const char *text)
{
	return text == NULL || text[0] == '\0';
}

#endif
