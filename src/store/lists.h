/*
 * Lists of entities (households, institutions, committees): what the forms of
 * the store say that records create and update, as one CSV file each, which goes
 * down to laptops so that a follow-up finds its household offline.  A pure
 * function of the current records; nothing of it is kept.
 * Source: ODK entities specification, 2022.1 to 2025.1; bayaz-store(5), "Lists".
 */
#ifndef BAYAZ_STORE_LISTS_H
#define BAYAZ_STORE_LISTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

struct store;

struct store_list {
	const char *name;		/* "households" */
	size_t n_entities;
	VEC(const char *) properties;	/* in the order of their names */
	struct str csv;			/* name, label, properties; by label */
};

/* In the order of their names; texts in `arena`. */
struct store_lists { struct arena *arena; VEC(struct store_list) all; };

/* Those that forms declare; `only` (or NULL) makes that one and no other.
 * Protected forms have none.  store_lists_release() them, whatever came out. */
bool store_lists_make(struct store *store, const char *only,
	struct store_lists *lists, struct err *err) MUST_CHECK;
void store_lists_release(struct store_lists *lists);

#endif
