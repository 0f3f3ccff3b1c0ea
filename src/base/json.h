/*
 * JSON values (RFC 8259); js_ because json_ is the library's.  A value is owned by whoever made it until it is put
 * into an array or object, which then owns it.  Numbers are doubles or 64-bit
 * integers.  Objects print with sorted keys, so equal values give equal bytes.
 */
#ifndef BAYAZ_BASE_JSON_H
#define BAYAZ_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct json;

/* NULL on failure: ERR_SYNTAX with line and column.  Duplicate keys and bytes
 * after the value are errors; nesting is limited. */
struct json *js_parse(const char *bytes, size_t n_bytes, struct err *err)
	MUST_CHECK;
void js_free(struct json *value);		/* NULL is fine */

/* A value of one's own with the same content (shared, since values that are
 * read are not changed). */
struct json *js_copy(const struct json *value);

struct json *js_new_object(void);
struct json *js_new_array(void);
struct json *js_new_text(const char *text);
struct json *js_new_int(int64_t number);
struct json *js_new_number(double number);
struct json *js_new_bool(bool value);
struct json *js_new_null(void);

/* Put into an object; a NULL value is left out. */
void js_put(struct json *object, const char *key, struct json *value);
void js_put_text(struct json *object, const char *key, const char *text);
void js_put_int(struct json *object, const char *key, int64_t number);
void js_put_bool(struct json *object, const char *key, bool value);
void js_add(struct json *array, struct json *value);

/* Borrowed; NULL when it is not there or of another type. */
const struct json *js_get(const struct json *object, const char *key);
const char *js_get_text(const struct json *object, const char *key);
int64_t js_get_int(const struct json *object, const char *key,
	int64_t otherwise);
bool js_get_bool(const struct json *object, const char *key, bool otherwise);

bool js_is_object(const struct json *value);
bool js_is_array(const struct json *value);
bool js_is_null(const struct json *value);
const char *js_text(const struct json *value);	/* NULL: no string */
bool js_is_int(const struct json *value);
bool js_is_number(const struct json *value);		/* integers too */
bool js_is_bool(const struct json *value);
double js_number(const struct json *value);		/* 0: no number */
int64_t js_int(const struct json *value);
bool js_true(const struct json *value);
size_t js_size(const struct json *value);		/* items or members */
const struct json *js_at(const struct json *array, size_t i);

/* Walk an object's members: start with NULL; NULL at the end. */
const char *js_next_key(const struct json *object, const char *key);

/* One line, keys sorted / indented by two; free() it. */
char *js_print(const struct json *value);
/* One line, keys in the order in which they were put. */
char *js_print_ordered(const struct json *value);
void js_write_ordered(struct str *out, const struct json *value);
char *js_print_pretty(const struct json *value);

#endif
