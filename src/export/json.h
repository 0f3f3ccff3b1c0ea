/*
 * Records as JSON, one object each: keys, answers by the names of their
 * columns, rows of repeats as arrays of objects; numbers are numbers, and what
 * was not answered is left out.  JSON Lines has one object a line; GeoJSON
 * (RFC 7946) a feature for each, with the object as its properties.
 */
#ifndef BAYAZ_EXPORT_JSON_H
#define BAYAZ_EXPORT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "export/reader.h"
#include "store/codebook.h"

struct store;

bool export_jsonl(struct store *store, const struct layout *layout,
	const struct export_options *options, FILE *to, struct err *err)
	MUST_CHECK;

/* The column, an index in the form's table, whose answers are the geometry:
 * that of `path` ("/data/place", or below the root; NULL: the first).  -1:
 * ERR_NOTFOUND, ERR_REFUSED. */
int export_find_geometry(const struct layout *layout,
	const struct codebook *book, const struct export_options *options,
	const char *path, struct err *err) MUST_CHECK;

/* *n_odd: how many answers there were that are no geometry (null is written). */
bool export_geojson(struct store *store, const struct layout *layout,
	const struct codebook *book, const struct export_options *options,
	int geometry, FILE *to, int64_t *n_odd, struct err *err) MUST_CHECK;

#endif
