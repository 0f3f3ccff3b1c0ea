/* Reading the members of a project's, certificate's or device's text, with
 * errors that say which member.  Internal to trust/. */
#ifndef BAYAZ_TRUST_WANT_H
#define BAYAZ_TRUST_WANT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "crypt/age.h"
#include "crypt/minisign.h"

/* Parse an object of format 1; NULL on failure. */
struct json *want_object(const char *bytes, size_t n_bytes, struct err *err)
	MUST_CHECK;

/* A text of 1 ... size_bytes - 1 bytes. */
bool want_text(const struct json *object, const char *name, char *text,
	size_t size_bytes, struct err *err) MUST_CHECK;
bool want_id(const struct json *object, const char *name, char *text,
	struct err *err) MUST_CHECK;		/* 16 lower-case hex digits */
bool want_date(const struct json *object, const char *name, char *text,
	struct err *err) MUST_CHECK;		/* YYYY-MM-DD */
bool want_key(const struct json *object, const char *name,
	struct minisign_public *key, struct err *err) MUST_CHECK;
/* ERR_SPEC naming the member. */
bool want_failed(const char *name, struct err *err);

/* A name that people see: not empty, no control characters, fits.
 * ERR_VALUE. */
bool name_check(const char *name, size_t size_bytes, struct err *err)
	MUST_CHECK;

/*
 * Secrets as lines "word hex": a heading with the format, then what there is.
 * Not JSON, because a JSON value leaves copies that are not wiped.
 */
void secret_line_add(struct str *out, const char *word, const void *bytes,
	size_t n_bytes);
/* The bytes of the line that begins with `word`; *there says if it is there.
 * ERR_SYNTAX if it has another size. */
bool secret_line_get(const char *text, const char *word, void *bytes,
	size_t n_bytes, bool *there, struct err *err) MUST_CHECK;

#endif
