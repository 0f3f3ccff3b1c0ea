/*
 * The XML of records, as laptops wrote it or versions were joined, a file each.
 * Answers that are not exported are left out; where nothing is, the bytes are
 * the record's own, whose hash the store knows.
 */
#ifndef BAYAZ_EXPORT_ORIGINAL_H
#define BAYAZ_EXPORT_ORIGINAL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "export/reader.h"

struct store;

/* One record's XML as it is exported, appended. */
bool export_original_xml(const struct layout *layout,
	const struct export_options *options, const struct str *xml,
	struct str *out, struct err *err) MUST_CHECK;

/* A name for its file: that of the record where it is made of ASCII letters,
 * digits, '.', '-' and ':' (which becomes '_'); else what of it is so, and the
 * beginning of its version's hash.  No two are the same, also where capitals do
 * not count.  free() it. */
char *export_original_name(const char *record, const char *version)
	RETURNS_NONNULL;

/* All current records into `folder`, which is not there or empty: all of them
 * or nothing.  ERR_CONFLICT: something is in it. */
bool export_original(struct store *store, const struct layout *layout,
	const struct export_options *options, const char *folder,
	struct err *err) MUST_CHECK;

#endif
