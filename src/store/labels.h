/*
 * The code book as SQL tables (bz_codebook...), and views of the public tables
 * in which choices stand with their labels, one for each language.
 * Source: bayaz-store(5), "Code book" and "Views".
 */
#ifndef BAYAZ_STORE_LABELS_H
#define BAYAZ_STORE_LABELS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "store/codebook.h"
#include "store/layout.h"

struct store;

/* Take all of it away. */
bool labels_clear(struct store *store, struct err *err) MUST_CHECK;

/* What all forms of the store ask, in an order that is the same everywhere:
 * it decides who gets a name that two views want.  The tables are there. */
struct labels_form { const struct layout *layout; const struct codebook *book; };
bool labels_write(struct store *store, const struct labels_form *forms,
	size_t n_forms, struct err *err) MUST_CHECK;

#endif
