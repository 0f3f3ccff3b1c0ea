#include "config.h"

#include "base/err.h"

#include <stdio.h>
#include <string.h>

static void copy_cut(char *to, size_t size_bytes, const char *from)
{
	size_t n = strlen(from);

	if (n >= size_bytes) {
		n = size_bytes - 1;
		while (n > 0 && ((unsigned char)from[n] & 0xC0) == 0x80)
			n--;		/* never half a character */
	}
	memmove(to, from, n);
	to[n] = '\0';
}

bool err_vset(struct err *err, enum err_code code, const char *format,
	va_list arguments)
{
	char text[4 * sizeof err->message];

	if (err == NULL)
		return false;
	/* Format first: an argument may be the old message. */
	vsnprintf(text, sizeof text, format, arguments);
	memset(err, 0, sizeof *err);
	err->code = code;
	copy_cut(err->message, sizeof err->message, text);
	return false;
}

bool err_set(struct err *err, enum err_code code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	err_vset(err, code, format, arguments);
	va_end(arguments);
	return false;
}

bool err_at(struct err *err, const char *source, int line, int column)
{
	if (err == NULL || err->source[0] != '\0')
		return false;
	copy_cut(err->source, sizeof err->source, source != NULL ? source : "");
	if (err->line == 0) {
		err->line = line;
		err->column = column;
	}
	return false;
}

bool err_prefix(struct err *err, const char *format, ...)
{
	char text[sizeof err->message], whole[2 * sizeof err->message + 4];
	va_list arguments;

	if (err == NULL)
		return false;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	snprintf(whole, sizeof whole, "%s: %s", text, err->message);
	copy_cut(err->message, sizeof err->message, whole);
	return false;
}

void err_clear(struct err *err)
{
	if (err == NULL)
		return;
	err->code = ERR_NONE;
	err->source[0] = err->message[0] = '\0';
	err->line = err->column = 0;
}

const char *err_text(const struct err *err, char *text, unsigned size_bytes)
{
	if (err->source[0] == '\0')
		snprintf(text, size_bytes, "%s", err->message);
	else if (err->line == 0)
		snprintf(text, size_bytes, "%s: %s", err->source, err->message);
	else if (err->column == 0)
		snprintf(text, size_bytes, "%s:%d: %s", err->source, err->line,
			err->message);
	else
		snprintf(text, size_bytes, "%s:%d:%d: %s", err->source,
			err->line, err->column, err->message);
	return text;
}

const char *err_code_name(enum err_code code)
{
	static const char *const names[] = {
		[ERR_NONE] = "none", [ERR_IO] = "io", [ERR_XML] = "xml",
		[ERR_SYNTAX] = "syntax", [ERR_SPEC] = "form",
		[ERR_XPATH] = "xpath", [ERR_CYCLE] = "cycle",
		[ERR_RESOURCE] = "resource", [ERR_RECORD] = "record",
		[ERR_NODE] = "node", [ERR_REFUSED] = "refused",
		[ERR_VALUE] = "value", [ERR_CONFLICT] = "conflict",
		[ERR_CRYPTO] = "crypto", [ERR_NOKEY] = "no-key",
		[ERR_LIMIT] = "limit", [ERR_USAGE] = "usage",
		[ERR_NOTFOUND] = "not-found", [ERR_INTERNAL] = "internal",
	};
	return names[code];
}
