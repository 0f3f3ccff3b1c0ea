/* A record as an object of JSON; for the formats that write such. */
#ifndef BAYAZ_EXPORT_OBJECT_H
#define BAYAZ_EXPORT_OBJECT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "export/reader.h"

struct object_writer {
	struct reader reader;
	struct arena *arena;
	const char **names;		/* of the arrays of repeats */
};

/* object_close() it, whatever came out. */
bool object_open(struct object_writer *w, struct store *store,
	const struct layout *layout, const struct export_options *options,
	struct err *err) MUST_CHECK;
void object_close(struct object_writer *w);

/* Append the record at hand, which is taken. */
bool object_add_record(struct object_writer *w, struct str *text,
	struct err *err) MUST_CHECK;

#endif
