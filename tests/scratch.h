/* A folder of a test's own, in memory where there is such a place: tests of
 * stores sync a lot. */
#ifndef BAYAZ_TESTS_SCRATCH_H
#define BAYAZ_TESTS_SCRATCH_H

#include <stdbool.h>

enum { SCRATCH_BYTES = 64 };

/* Make one, with `word` in its name (at most 16 bytes). */
bool scratch_make(const char *word, char path[SCRATCH_BYTES]);
/* With all that is in it.  Errors do not matter. */
void scratch_remove(const char *path);

#endif
