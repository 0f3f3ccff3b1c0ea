/*
 * One shape of failure for the whole program: a code for programs, a place
 * and a translated sentence for people.  Library folders never print and
 * never exit; they fill one of these and return false (or NULL).
 */
#ifndef BAYAZ_BASE_ERR_H
#define BAYAZ_BASE_ERR_H

#include <stdbool.h>
#include <stdarg.h>

#include "base/attr.h"

enum err_code {
	ERR_NONE,
	ERR_IO,		/* the system refused: open, read, write, rename ... */
	ERR_XML,	/* not well-formed XML */
	ERR_SYNTAX,	/* another text format does not parse (XPath, CSV, script, JSON) */
	ERR_SPEC,	/* well-formed, but against its specification */
	ERR_XPATH,	/* an expression fails when evaluated */
	ERR_CYCLE,	/* expressions depend on each other in a circle */
	ERR_RESOURCE,	/* a file that a form refers to is missing or unreadable */
	ERR_RECORD,	/* a record does not fit its form */
	ERR_NODE,	/* no such node */
	ERR_REFUSED,	/* not allowed here */
	ERR_VALUE,	/* the value cannot be used */
	ERR_CONFLICT,	/* it contradicts what is there */
	ERR_CRYPTO,	/* wrong key or passphrase, damaged or forged data */
	ERR_NOKEY,	/* well-formed, but none of our keys opens it */
	ERR_LIMIT,	/* beyond a limit that protects this machine */
	ERR_USAGE,	/* the command line is wrong */
	ERR_NOTFOUND,	/* no form, record, device ... of that name */
	ERR_INTERNAL,	/* a fault of the program */
};

struct err {
	enum err_code code;
	char source[256];	/* file or expression at fault, or "" */
	int  line, column;	/* 1-based; 0 when they mean nothing */
	char message[512];	/* translated, no full stop, no newline */
};

#define ERR_INIT { ERR_NONE, "", 0, 0, "" }

/* Fill `err` (which may be NULL) and return false, so that a caller can write
 * `return err_set(...)`.  An earlier message in `err` is replaced. */
bool err_set(struct err *err, enum err_code code, const char *format, ...)
	PRINTF_LIKE(3, 4);
bool err_vset(struct err *err, enum err_code code, const char *format,
	va_list arguments);

/* Add the place, unless a deeper one is there already.  Returns false. */
bool err_at(struct err *err, const char *source, int line, int column);

/* Put `what: ` before the message.  Returns false. */
bool err_prefix(struct err *err, const char *format, ...) PRINTF_LIKE(2, 3);

void err_clear(struct err *err);

/* "FILE:LINE:COLUMN: message", cut to `size_bytes`; returns `text`. */
const char *err_text(const struct err *err, char *text, unsigned size_bytes);

/* The stable name of a code ("xml", "cycle" ...): engine protocol, --json. */
const char *err_code_name(enum err_code code);

#endif
