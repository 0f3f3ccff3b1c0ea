/*
 * Text is UTF-8, checked where it enters and trusted inside.  Bytes,
 * characters and columns are three numbers.  Source: RFC 3629, UAX 11.
 */
#ifndef BAYAZ_BASE_UTF8_H
#define BAYAZ_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

struct str;

/* Well-formed, without NUL: surrogates, overlong forms and code points above
 * U+10FFFF are not. */
bool utf8_is_valid(const char *bytes, size_t n_bytes);

/* The code point at *text, which moves on; for valid text.  0 at the end. */
unsigned utf8_next(const char **text);
/* 1 to 4 bytes; returns how many. */
size_t utf8_encode(unsigned code_point, char bytes[4]);

bool utf8_is_letter(unsigned code_point);

/* Append as it is searched: small letters, and one letter for those that
 * keyboards of Arabic script mix up (ي ی ى, ك ک, ه ہ). */
void utf8_fold(struct str *to, const char *text);

size_t utf8_count(const char *text);		/* characters (code points) */
size_t utf8_width(const char *text);		/* columns on a terminal */
/* 0: it combines with what is before it, or cannot be seen; 1, 2. */
int utf8_char_width(unsigned code_point);

/* Normalisation form C; free() it. */
char *utf8_nfc(const char *text) RETURNS_NONNULL;

/* Append with control characters (C0, DEL, C1, bidi overrides and embeddings)
 * shown as U+FFFD, so that an answer cannot drive a terminal.  Line breaks and
 * tabs stay when `keep_lines`. */
void utf8_mask(struct str *to, const char *text, bool keep_lines);

/* ۰–۹ and ٠–٩ to 0–9, in place. */
void utf8_ascii_digits(char *text);

#endif
