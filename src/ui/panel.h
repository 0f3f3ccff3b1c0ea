/*
 * Lists to choose from, lines to type, questions and notices: what an interview
 * asks in passing and what the home of the program is made of.  On the whole
 * screen where there is one, else line by line.
 */
#ifndef BAYAZ_UI_PANEL_H
#define BAYAZ_UI_PANEL_H

#include "base/str.h"
#include "ui/page.h"
#include "ui/prompt.h"
#include "ui/term.h"

enum panel_over {
	PANEL_OPEN,
	PANEL_HIDDEN,		/* Esc or idle: the screen is blank already */
	PANEL_GONE,		/* no terminal, or no input, any more */
};

struct panel {
	struct term *term;		/* open; NULL: lines */
	struct prompt *prompt;		/* of lines */
	bool is_rtl, is_zoomed;
	const char *note;		/* shown at the bottom; or NULL */
	enum panel_over over;		/* then everything returns at once */
	const char *stops;		/* letters that leave it with Ctrl; or
					 * NULL */
	bool is_stopped;		/* one of them did */
	/* private */
	struct page head, body, foot;
	size_t top;
};

void panel_release(struct panel *panel);

struct pick_line {
	char *text;
	unsigned look;
	bool is_heading;	/* read, and never chosen */
};
struct pick_lines { struct pick_line *items; size_t n, cap; };

void pick_add(struct pick_lines *lines, char *text, unsigned look);
/* Read, and never chosen. */
void pick_add_heading(struct pick_lines *lines, char *text, unsigned look);
void pick_release(struct pick_lines *lines);	/* wipes */

struct picking {
	const char *title, *end;	/* at either end of the top row; end may
					 * be NULL */
	const char *keys;		/* what the bottom says of keys */
	const char *in_lines;		/* instead of it, line by line; or NULL */
	const char *letters;		/* those that mean something */
};

enum picked {
	PICKED_NOTHING,		/* left, or panel->over */
	PICKED_LINE,		/* *at */
	PICKED_LETTER,		/* *letter, at the line *at */
	PICKED_CONTROL,		/* *letter, with Ctrl */
};

/* By arrows and Enter, or by a letter; in lines by a number, or a letter and a
 * number.  *at is where it begins and ends. */
enum picked panel_pick(struct panel *panel, const struct picking *picking,
	const struct pick_lines *lines, size_t *at, uint32_t *letter);

/* A line of text, appended to `out`; false: left.  What was typed when it was
 * stopped or hidden, or the terminal went away, is in `out`, too.  str_wipe()
 * it. */
bool panel_type(struct panel *panel, const char *question, const char *before,
	struct str *out);
/* The same, for a path, which runs from left to right in any language. */
bool panel_type_path(struct panel *panel, const char *question,
	const char *before, struct str *out);
/* The same, not shown, with `text` (or NULL) above it.  Not for lines. */
bool panel_type_secret(struct panel *panel, const char *question,
	const char *text, struct str *out);
/* `text`, or NULL: what the question needs to be understood. */
bool panel_asks(struct panel *panel, const char *question, const char *text);
/* Paragraphs to be read, until a key. */
void panel_tell(struct panel *panel, const char *title, const char *text);

#endif
