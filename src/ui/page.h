/*
 * What a screen shows, as rows of cells: paragraphs are added in the order in
 * which they are read, wrapped, and lie to the left or right by the direction
 * of their language.  Knows nothing of a terminal, so it can be tested as text.
 */
#ifndef BAYAZ_UI_PAGE_H
#define BAYAZ_UI_PAGE_H

#include "ui/bidi.h"

enum look {			/* bits */
	LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_REVERSE = 4, LOOK_UNDERLINE = 8,
	LOOK_ERROR = 16, LOOK_TITLE = 32, LOOK_GOOD = 64
};

/* Characters around a piece of a direction of its own. */
enum { LTR_ISOLATE = 0x2066, RTL_ISOLATE, FIRST_ISOLATE, END_ISOLATE };

struct row {
	struct cells cells;
	int x;			/* column of the first cell */
	int cursor_x;		/* -1: the cursor is not in this row */
};

struct page {
	struct { struct row *items; size_t n, cap; } rows;
	int columns;
	bool is_rtl;
	enum bidi bidi;
	bool is_zoomed;		/* an empty row after each */
	size_t focus;		/* the first row of what is worked at */
	size_t focus_end;
	/* the paragraph in the making */
	struct { uint32_t *items; size_t n, cap; } chars;
	struct { uint16_t *items; size_t n, cap; } looks;
	int indent;		/* columns */
	int hang;		/* of its second row on */
	long cursor;		/* character it stands at; -1: none */
};

void page_init(struct page *page, int columns, bool is_rtl, enum bidi bidi);
/* Empty it for the next drawing. */
void page_clear(struct page *page);
void page_release(struct page *page);

/* Add to the paragraph; a line break ends it.  Control characters are shown
 * harmless. */
void page_text(struct page *page, const char *text, unsigned look);
void page_char(struct page *page, uint32_t c, unsigned look);
/* A piece of another direction does not disturb the rest. */
void page_isolated(struct page *page, const char *text, unsigned look);
/* The cursor stands before what is added next. */
void page_cursor(struct page *page);
/* End the paragraph; an empty one is an empty row. */
void page_end(struct page *page);
void page_line(struct page *page, const char *text, unsigned look);
/* One row across: left and right at either end, cut if too long. */
void page_bar(struct page *page, const char *begin, const char *end,
	unsigned look);

/* Columns of a text. */
int page_width(const char *text);
/* The same once its letters are joined as this page joins them. */
int page_measure(const struct page *page, const char *text);
/* How many of its bytes fit into so many columns, to a blank where there is
 * one: more than 0, but of an empty text. */
size_t page_fit(const struct page *page, const char *text, int columns);

#endif
