/*
 * The code book of a form: what each column of its layout asks, in every
 * language, what its choices mean, and where the question stands in each
 * version of the form.  It holds no answers.  Like the layout it is a pure
 * function of the forms in the store and their media.
 * The rules are in bayaz-store(5), "Code book".
 */
#ifndef BAYAZ_STORE_CODEBOOK_H
#define BAYAZ_STORE_CODEBOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"
#include "store/layout.h"

struct store;
struct xform;

/* All versions' languages, those of the newest version first; one without a
 * name if no version names any. */
struct codebook_language {
	const char *name;		/* "Urdu (ur)", or "" */
	const char *ending;		/* of views' names: "ur"; "labels" for "" */
};

/* labels[i], hints[i] are in the book's language i; NULL: there is none. */
struct codebook_choice { const char *value; const char **labels; };

/* `path` below the root, as in the layout's columns. */
struct codebook_place { const char *version, *path; };

struct codebook_column {
	const char *type;		/* "select_one", "select_multiple", "rank",
					 * "trigger", or the bind's: "int" */
	bool is_multiple;		/* values are words, several at once */
	const char **labels, **hints;
	VEC(struct codebook_choice) choices;	/* of all versions, each once,
						 * as the newest orders them */
	VEC(struct codebook_place) places;	/* newest version first */
};

struct codebook_table {
	const char **labels;		/* the form's title, the repeat's label */
	struct codebook_column *columns;	/* as the layout's */
	size_t n_columns;
};

struct codebook {
	struct arena *arena;
	VEC(struct codebook_language) languages;
	struct codebook_table *tables;	/* as the layout's */
	size_t n_tables;
};

/* A text as one line; what is computed stands as {expression}.  NULL: it is
 * empty. */
struct xf_runs;
const char *codebook_text(struct arena *arena, const struct xf_runs *runs);

/* From the versions of a form, newest first, and the layout made of them. */
struct codebook *codebook_new(const struct layout *layout,
	const struct xform *const *versions, size_t n_versions)
	RETURNS_NONNULL;
void codebook_free(struct codebook *book);		/* NULL is fine */

/* Of the forms in the store, for the layout of one of them. */
struct codebook *codebook_load(struct store *store,
	const struct layout *layout, struct err *err) MUST_CHECK;

/* The language of that name or ending, also "ur" of "Urdu (ur)"; -1: none. */
int codebook_find_language(const struct codebook *book, const char *name);

#endif
