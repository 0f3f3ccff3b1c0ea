/*
 * The variables of a table as programs of statistics have them: keys, a
 * variable for each column and, where a question has choices, numbers with
 * labels: 1, 2, 3 ... for one choice, 0 or 1 for each of several.  Their short
 * names fit SPSS and Stata: at most 32 bytes, letters, digits and '_' of
 * ASCII.  A function of the forms alone, whatever is exported of them; the
 * rules are in bayaz-export(1), "Limits".
 */
#ifndef BAYAZ_EXPORT_VARIABLES_H
#define BAYAZ_EXPORT_VARIABLES_H

#include <stddef.h>

#include "base/arena.h"
#include "base/vec.h"
#include "store/codebook.h"
#include "store/layout.h"

enum {
	VARIABLE_NAME_BYTES = 32,
	VARIABLE_CHOICES = 1000		/* of more than these none is told apart */
};

enum variable_kind {
	VARIABLE_KEY,
	VARIABLE_COLUMN,	/* the answer as it is */
	VARIABLE_CODE,		/* the number of the choice, or the number that
				 * every choice is */
	VARIABLE_CHOICE,	/* is this choice among them? */
};

struct variable {
	enum variable_kind kind;
	const char *name;		/* "crop", "crop__text", "crop__wheat" */
	const char *short_name;
	size_t column;			/* index in the table; of keys, of them */
	size_t choice;			/* index in the column's choices */
};

struct variables {
	VEC(struct variable) list;
	const size_t *of_column;	/* [column]: index of its first; its text
					 * or its choices follow that */
};

/* Those of table `t`: in the order of the columns, texts and choices behind
 * their column.  All but the list lives in `arena`; vec_release() that. */
void variables_of(const struct layout *layout, const struct codebook *book,
	size_t t, struct arena *arena, struct variables *variables);

/* Are all choices whole numbers, so that they are their own codes? */
bool variable_has_numbers(const struct codebook_column *column);
/* Does a code stand for its answers? */
bool variable_is_coded(const struct codebook_column *column);
/* Is there a variable for each choice? */
bool variable_is_spread(const struct codebook_column *column);
/* The code of a choice. */
int64_t variable_code(const struct codebook_column *column, size_t choice);

#endif
