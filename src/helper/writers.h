/*
 * The files that bayaz-export writes from a feed.  Each is written to `path`,
 * whole or not at all (a name with ".part" behind is renamed when all is
 * done); temporary files lie in the same folder.  Same feed, same bytes.
 * For each column of which texts had to be cut `said` gets a line: "cut", the
 * table, the column, how many; between tabs.
 */
#ifndef BAYAZ_HELPER_WRITERS_H
#define BAYAZ_HELPER_WRITERS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"

/* A sheet for each table, and more where 1,048,576 rows do not suffice. */
bool write_xlsx(FILE *feed, const char *path, FILE *said, struct err *err)
	MUST_CHECK;
/* The first table as .sav (SPSS) or .dta (Stata 14). */
bool write_sav(FILE *feed, const char *path, FILE *said, struct err *err)
	MUST_CHECK;
bool write_dta(FILE *feed, const char *path, FILE *said, struct err *err)
	MUST_CHECK;

#endif
