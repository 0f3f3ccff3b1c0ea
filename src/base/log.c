#include "config.h"

#include "base/log.h"

#include <stdio.h>

#include "base/str.h"
#include "base/utf8.h"

static void print_masked(const char *text)
{
	struct str line = STR_INIT;

	utf8_mask(&line, text, false);
	fprintf(stderr, "bayaz: %s\n", line.data);
	str_release(&line);
}

void log_err(const struct err *err)
{
	char text[1024];

	print_masked(err_text(err, text, sizeof text));
}

void log_note(const char *format, ...)
{
	struct err text = ERR_INIT;
	va_list arguments;

	va_start(arguments, format);
	err_vset(&text, ERR_NONE, format, arguments);
	va_end(arguments);
	print_masked(text.message);
}
