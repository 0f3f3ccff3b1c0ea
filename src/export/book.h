/* The code book of a form as CSV (a row for each column, its choices behind
 * it) or as JSON.  All columns are in it, also those that are not exported: it
 * holds no answers. */
#ifndef BAYAZ_EXPORT_BOOK_H
#define BAYAZ_EXPORT_BOOK_H

#include <stdio.h>

#include "base/err.h"
#include "store/codebook.h"
#include "store/layout.h"

bool export_book_csv(const struct layout *layout, const struct codebook *book,
	FILE *to, struct err *err) MUST_CHECK;
bool export_book_json(const struct layout *layout, const struct codebook *book,
	FILE *to, struct err *err) MUST_CHECK;

#endif
