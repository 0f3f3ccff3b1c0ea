#include "config.h"

#include "base/json.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/gettext.h"
#include "base/mem.h"

/* struct json is never defined: it is jansson's json_t under our name. */
static json_t *theirs(const struct json *value)
{
	return (json_t *)(uintptr_t)value;
}

static struct json *ours(json_t *value)
{
	return (struct json *)value;
}

struct json *js_parse(const char *bytes, size_t n_bytes, struct err *err)
{
	const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY;
	json_error_t error;
	json_t *value = json_loadb(bytes, n_bytes, flags, &error);

	/* An integer beyond 64 bits is a number all the same. */
	if (value == NULL && json_error_code(&error) ==
			json_error_numeric_overflow)
		value = json_loadb(bytes, n_bytes,
			flags | JSON_DECODE_INT_AS_REAL, &error);

	if (value != NULL)
		return ours(value);
	err_set(err, ERR_SYNTAX, _("not valid JSON: %s"), error.text);
	if (err != NULL) {
		err->line = error.line;
		err->column = error.column;
	}
	return NULL;
}

void js_free(struct json *value) { json_decref(theirs(value)); }

struct json *js_copy(const struct json *value)
{
	return ours(json_incref(theirs(value)));
}

struct json *js_new_object(void) { return ours(json_object()); }
struct json *js_new_array(void) { return ours(json_array()); }
struct json *js_new_text(const char *text) { return ours(json_string(text)); }
struct json *js_new_int(int64_t number) { return ours(json_integer(number)); }
struct json *js_new_bool(bool value) { return ours(json_boolean(value)); }
struct json *js_new_null(void) { return ours(json_null()); }

struct json *js_new_number(double number)
{
	if (floor(number) == number && fabs(number) < 9e15 &&
			!(number == 0 && signbit(number)))
		return js_new_int((int64_t)number);
	return ours(json_real(number));
}

void js_put(struct json *object, const char *key, struct json *value)
{
	if (value != NULL)
		json_object_set_new(theirs(object), key, theirs(value));
}

void js_put_text(struct json *object, const char *key, const char *text)
{
	js_put(object, key, js_new_text(text));
}

void js_put_int(struct json *object, const char *key, int64_t number)
{
	js_put(object, key, js_new_int(number));
}

void js_put_bool(struct json *object, const char *key, bool value)
{
	js_put(object, key, js_new_bool(value));
}

void js_add(struct json *array, struct json *value)
{
	json_array_append_new(theirs(array), theirs(value));
}

const struct json *js_get(const struct json *object, const char *key)
{
	return ours(json_object_get(theirs(object), key));
}

const char *js_get_text(const struct json *object, const char *key)
{
	return js_text(js_get(object, key));
}

int64_t js_get_int(const struct json *object, const char *key,
	int64_t otherwise)
{
	const struct json *value = js_get(object, key);

	return js_is_int(value) ? js_int(value) : otherwise;
}

bool js_get_bool(const struct json *object, const char *key, bool otherwise)
{
	const struct json *value = js_get(object, key);

	return js_is_bool(value) ? js_true(value) : otherwise;
}

bool js_is_object(const struct json *v) { return json_is_object(theirs(v)); }
bool js_is_array(const struct json *v) { return json_is_array(theirs(v)); }
bool js_is_null(const struct json *v) { return json_is_null(theirs(v)); }
bool js_is_int(const struct json *v) { return json_is_integer(theirs(v)); }
bool js_is_number(const struct json *v) { return json_is_number(theirs(v)); }
bool js_is_bool(const struct json *v) { return json_is_boolean(theirs(v)); }
bool js_true(const struct json *v) { return json_is_true(theirs(v)); }

const char *js_text(const struct json *value)
{
	return json_string_value(theirs(value));
}

double js_number(const struct json *value)
{
	return json_number_value(theirs(value));
}

int64_t js_int(const struct json *value)
{
	return json_integer_value(theirs(value));
}

size_t js_size(const struct json *value)
{
	return js_is_array(value) ? json_array_size(theirs(value)) :
		json_object_size(theirs(value));
}

const struct json *js_at(const struct json *array, size_t i)
{
	return ours(json_array_get(theirs(array), i));
}

const char *js_next_key(const struct json *object, const char *key)
{
	json_t *o = theirs(object);
	void *at = key == NULL ? json_object_iter(o) :
		json_object_iter_next(o, json_object_key_to_iter(key));

	return at != NULL ? json_object_iter_key(at) : NULL;
}

char *js_print(const struct json *value)
{
	return json_dumps(theirs(value),
		JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
}

/* --- printing in order: the library's printer looks for loops, which takes
 * longer than all the rest --- */

static void write_value(struct str *out, const json_t *value);

static void write_text(struct str *out, const char *text, size_t n)
{
	static const char digits[] = "0123456789abcdef";

	str_addc(out, '"');
	for (size_t i = 0, from = 0; i <= n; i++) {
		unsigned char c = i < n ? (unsigned char)text[i] : 0;

		if (i < n && c >= 32 && c != '"' && c != '\\')
			continue;
		str_addn(out, text + from, i - from);
		from = i + 1;
		if (i == n)
			break;
		str_addc(out, '\\');
		if (c == '"' || c == '\\') {
			str_addc(out, (char)c);
		} else if (c == '\n' || c == '\t' || c == '\r') {
			str_addc(out, c == '\n' ? 'n' : c == '\t' ? 't' : 'r');
		} else {
			str_add(out, "u00");
			str_addc(out, digits[c >> 4]);
			str_addc(out, digits[c & 15]);
		}
	}
	str_addc(out, '"');
}

static void write_object(struct str *out, const json_t *object)
{
	json_t *walked = (json_t *)object;	/* the library's iterators */
	char before = '{';

	for (void *at = json_object_iter(walked); at != NULL;
			at = json_object_iter_next(walked, at)) {
		const char *key = json_object_iter_key(at);

		str_addc(out, before);
		write_text(out, key, strlen(key));
		str_addc(out, ':');
		write_value(out, json_object_iter_value(at));
		before = ',';
	}
	if (before == '{')
		str_addc(out, '{');
	str_addc(out, '}');
}

static void write_array(struct str *out, const json_t *array)
{
	str_addc(out, '[');
	for (size_t i = 0; i < json_array_size(array); i++) {
		if (i > 0)
			str_addc(out, ',');
		write_value(out, json_array_get(array, i));
	}
	str_addc(out, ']');
}

static void write_real(struct str *out, const json_t *value)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY);

	str_add(out, text);
	free(text);
}

static void write_value(struct str *out, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		write_object(out, value);
		break;
	case JSON_ARRAY:
		write_array(out, value);
		break;
	case JSON_STRING:
		write_text(out, json_string_value(value),
			json_string_length(value));
		break;
	case JSON_INTEGER:
		str_addf(out, "%lld", (long long)json_integer_value(value));
		break;
	case JSON_REAL:
		write_real(out, value);
		break;
	case JSON_TRUE:
		str_add(out, "true");
		break;
	case JSON_FALSE:
		str_add(out, "false");
		break;
	default:
		str_add(out, "null");
		break;
	}
}

void js_write_ordered(struct str *out, const struct json *value)
{
	write_value(out, theirs(value));
}

char *js_print_ordered(const struct json *value)
{
	struct str out = STR_INIT;

	js_write_ordered(&out, value);
	return str_steal(&out);
}

char *js_print_pretty(const struct json *value)
{
	return json_dumps(theirs(value),
		JSON_INDENT(2) | JSON_SORT_KEYS | JSON_ENCODE_ANY);
}
