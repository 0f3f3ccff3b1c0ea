/*
 * Places as ODK writes them ("lat lon altitude accuracy; ...") as geometry of
 * GeoJSON, [longitude, latitude, altitude].
 * Source: ODK XForms, "Data Types"; RFC 7946, section 3.1.
 */
#ifndef BAYAZ_EXPORT_GEO_H
#define BAYAZ_EXPORT_GEO_H

#include <stdbool.h>

#include "base/str.h"

enum geo_kind { GEO_NONE, GEO_POINT, GEO_TRACE, GEO_SHAPE };

/* Of the type of a question: "geopoint", "geotrace", "geoshape". */
enum geo_kind geo_kind_of(const char *type);

/* Append the geometry.  A shape is closed and turned counterclockwise if it is
 * not.  False, and nothing is appended: this is no such place. */
bool geo_add(struct str *to, enum geo_kind kind, const char *text);

#endif
