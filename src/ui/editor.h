/*
 * A text that is being typed: a logical cursor, whatever the direction; one
 * line or several.  What comes out is cleaned as prompt.h says.
 */
#ifndef BAYAZ_UI_EDITOR_H
#define BAYAZ_UI_EDITOR_H

#include "base/str.h"
#include "ui/page.h"
#include "ui/term.h"

struct editor {
	struct { uint32_t *items; size_t n, cap; } chars;
	size_t at;		/* the cursor stands before this character */
	bool has_lines;		/* Enter in a paste breaks the line; arrows up
				 * and down move in the text */
	bool is_masked;
	bool is_path;		/* runs from left to right wherever it stands */
	bool is_touched;	/* since editor_set() */
};

void editor_set(struct editor *editor, const char *text);
/* What was typed, without blanks at the ends; str_wipe() it. */
void editor_text(const struct editor *editor, struct str *out);
bool editor_is_empty(const struct editor *editor);
/* False: that key is nothing for it. */
bool editor_key(struct editor *editor, struct keystroke key);
/* Draw it with the cursor, of a long text what is around it. */
void editor_draw(const struct editor *editor, struct page *page);
void editor_release(struct editor *editor);	/* wipes */

#endif
