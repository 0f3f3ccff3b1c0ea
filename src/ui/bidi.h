/*
 * Text in the order and the shapes in which a terminal shows it: paragraphs of
 * either direction cut into rows, rows into cells from left to right.
 * Source: Unicode Bidirectional Algorithm (UAX 9) by FriBidi; Arabic joining by
 * the presentation forms of FriBidi, with U+06C2 as U+06C1 U+0654.
 *
 * Terminals that order and join by themselves get the text as it is read
 * (BIDI_TERMINAL).
 */
#ifndef BAYAZ_UI_BIDI_H
#define BAYAZ_UI_BIDI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/vec.h"

enum bidi { BIDI_OURS, BIDI_TERMINAL };

/* By name ("ours", "terminal", "auto"); NULL is "auto": asks the environment
 * what this terminal is known to do.  False: no such name. */
bool bidi_by_name(const char *name, enum bidi *bidi) MUST_CHECK;

enum { CELL_CHARS = 4 };
struct cell {
	uint32_t chars[CELL_CHARS];	/* one, and marks on it */
	uint8_t n_chars;
	uint8_t width;			/* columns: 1, 2 */
	uint16_t look;
	size_t at;			/* index of the character in the text */
	bool is_rtl;			/* what is typed after it goes left */
};
struct cells { struct cell *items; size_t n, cap; };

/* A paragraph, all on one level of lines. */
struct para;

/* `looks`: one per character.  Control characters are to be masked before. */
struct para *para_new(const uint32_t *chars, const uint16_t *looks, size_t n,
	bool is_rtl, enum bidi bidi) RETURNS_NONNULL;
void para_free(struct para *para);

size_t para_length(const struct para *para);
/* The character of the text that stands at `k` of the paragraph (letters may
 * have been taken apart); at the end: how many there were. */
size_t para_source(const struct para *para, size_t k);

/* Where the row ends that begins at `from`: at a blank where there is one.
 * Always beyond `from`, but at the end. */
size_t para_fit(const struct para *para, size_t from, int columns);
/* The cells of a row, from left to right, without the blanks at its end. */
void para_row(const struct para *para, size_t from, size_t to,
	struct cells *cells);

/* Was there a letter that ought to join and has no form to do so?  True once:
 * it is to be told then. */
bool bidi_tells_unjoined(void);

#endif
