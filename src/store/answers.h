/*
 * The values in a version of a record, one by one, with the labels of the
 * questions that ask for them.
 */
#ifndef BAYAZ_STORE_ANSWERS_H
#define BAYAZ_STORE_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "base/vec.h"

struct xform;

struct answer {
	const char *path;		/* "/data/child[2]/age" */
	const char *label;		/* of its question; "" */
	const char *value;		/* never "" */
};

struct answers {
	struct arena *arena;
	VEC(struct answer) list;	/* in the order of the document */
	struct map by_path;		/* -> struct answer */
};

/* Those of a record's XML, without what is blank, and without instanceID and
 * deprecatedID, which are another in each version.  `form` (NULL: not known)
 * says what is repeated and gives labels, in `language` or, if that is NULL or
 * the form has it not, its default.  What cannot be read has no answers.
 * answers_release() it. */
void answers_read(struct answers *answers, const char *xml, size_t n_bytes,
	const struct xform *form, const char *language);
void answers_release(struct answers *answers);

/* NULL: there is none. */
const struct answer *answers_find(const struct answers *answers,
	const char *path);

#endif
