#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/utf8.h"
#include "base/wipe.h"
#include "crypt/crypt.h"
#include "trust/want.h"
#include "trust/project.h"

enum { KNOWN_FORMAT = 1, SECRET_BYTES_MAX = 128 };

bool want_failed(const char *name, struct err *err)
{
	return err_set(err, ERR_SPEC, _("'%s' is missing or wrong"), name);
}

struct json *want_object(const char *bytes, size_t n_bytes, struct err *err)
{
	struct json *object;
	int64_t format;

	if (n_bytes > SIGNED_MAX_BYTES) {
		err_set(err, ERR_LIMIT, _("a signed document is too long"));
		return NULL;
	}
	object = js_parse(bytes, n_bytes, err);
	if (object == NULL)
		return NULL;
	format = js_get_int(object, "format", 0);
	if (js_is_object(object) && format == KNOWN_FORMAT)
		return object;
	if (format > KNOWN_FORMAT)
		err_set(err, ERR_SPEC,
			_("this document was written by a newer bayaz"));
	else
		want_failed("format", err);
	js_free(object);
	return NULL;
}

bool want_text(const struct json *object, const char *name, char *text,
	size_t size_bytes, struct err *err)
{
	const char *value = js_get_text(object, name);
	size_t n = value != NULL ? strlen(value) : 0;

	if (n == 0 || n >= size_bytes)
		return want_failed(name, err);
	memcpy(text, value, n + 1);
	return true;
}

bool want_id(const struct json *object, const char *name, char *text,
	struct err *err)
{
	if (!want_text(object, name, text, TRUST_ID_BYTES, err))
		return false;
	if (strspn(text, "0123456789abcdef") != TRUST_ID_BYTES - 1)
		return want_failed(name, err);
	return true;
}

static bool is_date(const char *text)
{
	static const char shape[] = "dddd-dd-dd";
	size_t i;

	for (i = 0; shape[i] != '\0' && text[i] != '\0'; i++)
		if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' :
		    text[i] != '-')
			return false;
	return shape[i] == '\0' && text[i] == '\0';
}

bool want_date(const struct json *object, const char *name, char *text,
	struct err *err)
{
	if (!want_text(object, name, text, TRUST_DATE_BYTES, err))
		return false;
	return is_date(text) || want_failed(name, err);
}

bool want_key(const struct json *object, const char *name,
	struct minisign_public *key, struct err *err)
{
	const char *text = js_get_text(object, name);

	if (text == NULL || strlen(text) != MINISIGN_PUBLIC_TEXT - 1 ||
	    !minisign_public_parse(text, key, NULL))
		return want_failed(name, err);
	return true;
}

/* What could change a terminal, or the order in which a line is read. */
static bool is_control(unsigned code_point)
{
	return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) ||
		(code_point >= 0x2028 && code_point <= 0x202e) ||
		(code_point >= 0x2066 && code_point <= 0x2069);
}

bool name_check(const char *name, size_t size_bytes, struct err *err)
{
	if (name[0] == '\0' || name[strspn(name, " ")] == '\0')
		return err_set(err, ERR_VALUE, _("the name is empty"));
	if (strlen(name) >= size_bytes)
		return err_set(err, ERR_VALUE,
			_("the name is longer than %zu bytes"),
			size_bytes - 1);
	if (!utf8_is_valid(name, strlen(name)))
		return err_set(err, ERR_VALUE,
			_("the name is not valid UTF-8 text"));
	while (*name != '\0')
		if (is_control(utf8_next(&name)))
			return err_set(err, ERR_VALUE,
				_("the name holds a control character"));
	return true;
}

/* ---- secrets as lines ---- */

void secret_line_add(struct str *out, const char *word, const void *bytes,
	size_t n_bytes)
{
	char hex[2 * SECRET_BYTES_MAX + 1];

	hex_encode(bytes, n_bytes, hex);
	str_addf(out, "%s %s\n", word, hex);
	wipe(hex, sizeof hex);
}

/* The value of the line "WORD value", or NULL. */
static const char *find_line(const char *text, const char *word)
{
	size_t n = strlen(word);

	while (text != NULL && *text != '\0') {
		if (strncmp(text, word, n) == 0 && text[n] == ' ')
			return text + n + 1;
		text = strchr(text, '\n');
		if (text != NULL)
			text++;
	}
	return NULL;
}

bool secret_line_get(const char *text, const char *word, void *bytes,
	size_t n_bytes, bool *there, struct err *err)
{
	char hex[2 * SECRET_BYTES_MAX + 1];
	const char *value = find_line(text, word);
	bool ok;

	*there = value != NULL;
	if (value == NULL)
		return true;
	ok = strcspn(value, "\n") == 2 * n_bytes;
	if (ok) {
		memcpy(hex, value, 2 * n_bytes);
		hex[2 * n_bytes] = '\0';
		ok = hex_decode(hex, bytes, n_bytes);
		wipe(hex, sizeof hex);
	}
	if (!ok)
		return err_set(err, ERR_SYNTAX,
			_("the stored key '%s' is damaged"), word);
	return true;
}
