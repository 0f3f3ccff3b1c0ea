/*
 * One copy of each name for the whole process, so that equal names are equal
 * pointers.  For names (elements, namespaces, columns), never for answers:
 * nothing is given back before the process ends.  Any thread may ask.
 */
#ifndef BAYAZ_BASE_INTERN_H
#define BAYAZ_BASE_INTERN_H

#include <stddef.h>

#include "base/attr.h"

/* intern("") */
extern const char intern_empty[1];

const char *intern(const char *text) RETURNS_NONNULL;
const char *intern_n(const char *text, size_t n_bytes) RETURNS_NONNULL;
/* The same pointer if the name is known, else NULL: nothing is added. */
const char *intern_find(const char *text, size_t n_bytes);

#endif
