#include "config.h"

#include "ui/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/wipe.h"

enum { MASKED = 0xFFFD, LEAST_TEXT = 4 };

void page_init(struct page *p, int columns, bool is_rtl, enum bidi bidi)
{
	*p = (struct page){ .columns = columns, .is_rtl = is_rtl,
		.bidi = bidi, .cursor = -1 };
}

void page_clear(struct page *p)
{
	for (size_t i = 0; i < p->rows.n; i++) {
		if (p->rows.items[i].cells.n > 0)
			wipe(p->rows.items[i].cells.items,
				p->rows.items[i].cells.n * sizeof(struct cell));
		vec_release(&p->rows.items[i].cells);
	}
	p->rows.n = 0;
	p->chars.n = p->looks.n = 0;
	p->indent = p->hang = 0;
	p->cursor = -1;
	p->focus = p->focus_end = 0;
}

void page_release(struct page *p)
{
	page_clear(p);
	vec_release(&p->rows);
	vec_release(&p->chars);
	vec_release(&p->looks);
}

int page_width(const char *text)
{
	return (int)utf8_width(text);
}

void page_char(struct page *p, uint32_t c, unsigned look)
{
	if (c == '\n') {
		page_end(p);
		return;
	}
	if (c == '\t')
		c = ' ';
	if (c < 0x20 || (c >= 0x7F && c < 0xA0) ||
			(c >= 0x202A && c <= 0x202E))
		c = MASKED;
	vec_push(&p->chars, c);
	vec_push(&p->looks, (uint16_t)look);
}

static struct para *para_of(const struct page *p, const char *text)
{
	size_t n = utf8_count(text);
	uint32_t *chars = xcalloc(n + 1, sizeof *chars);
	uint16_t *looks = xcalloc(n + 1, sizeof *looks);
	struct para *para;

	for (size_t i = 0; i < n; i++)
		chars[i] = utf8_next(&text);
	para = para_new(chars, looks, n, p->is_rtl, p->bidi);
	wipe(chars, n * sizeof *chars);
	free(chars);
	free(looks);
	return para;
}

int page_measure(const struct page *p, const char *text)
{
	struct para *para = para_of(p, text);
	struct cells cells = { NULL, 0, 0 };
	int width = 0;

	para_row(para, 0, para_length(para), &cells);
	for (size_t i = 0; i < cells.n; i++)
		width += cells.items[i].width;
	if (cells.n > 0)
		wipe(cells.items, cells.n * sizeof *cells.items);
	vec_release(&cells);
	para_free(para);
	return width;
}

size_t page_fit(const struct page *p, const char *text, int columns)
{
	struct para *para = para_of(p, text);
	size_t n = para_source(para, para_fit(para, 0, columns));
	const char *at = text;

	while (n-- > 0)
		utf8_next(&at);
	para_free(para);
	return (size_t)(at - text);
}

void page_text(struct page *p, const char *text, unsigned look)
{
	while (*text != '\0')
		page_char(p, utf8_next(&text), look);
}

void page_isolated(struct page *p, const char *text, unsigned look)
{
	page_char(p, FIRST_ISOLATE, look);
	page_text(p, text, look);
	page_char(p, END_ISOLATE, look);
}

void page_cursor(struct page *p)
{
	p->cursor = (long)p->chars.n;
}

/* Where the cursor stands in a row, seen from the left: at the cell of its
 * character or, at the end, behind the last one in the order of reading. */
static int cursor_in(const struct page *p, const struct row *row)
{
	const struct cells *cells = &row->cells;
	int x = row->x;
	size_t last = 0;
	int last_x = p->is_rtl ? row->x - 1 : row->x;

	for (size_t i = 0; i < cells->n; i++) {
		const struct cell *c = &cells->items[i];

		if (c->at == (size_t)p->cursor)
			return x;
		if (c->at < (size_t)p->cursor && c->at >= last) {
			last = c->at;
			last_x = c->is_rtl ? x - 1 : x + c->width;
		}
		x += c->width;
	}
	if (cells->n == 0)
		last_x = p->is_rtl && p->bidi == BIDI_OURS ?
			p->columns - 1 - row->x : row->x;
	return last_x < 0 ? 0 : last_x >= p->columns ? p->columns - 1 : last_x;
}

static int cells_width(const struct cells *cells)
{
	int width = 0;

	for (size_t i = 0; i < cells->n; i++)
		width += cells->items[i].width;
	return width;
}

static void add_row(struct page *p, const struct para *para, size_t from,
	size_t to, int indent, bool has_cursor)
{
	struct row row = { .x = indent, .cursor_x = -1 };
	int width;

	para_row(para, from, to, &row.cells);
	width = cells_width(&row.cells);
	if (p->is_rtl && p->bidi == BIDI_OURS && row.cells.n > 0)
		row.x = p->columns - indent - width;
	if (row.x < 0)
		row.x = 0;
	if (has_cursor)
		row.cursor_x = cursor_in(p, &row);
	vec_push(&p->rows, row);
	if (p->is_zoomed)
		vec_push(&p->rows, ((struct row){ .cursor_x = -1 }));
}

void page_end(struct page *p)
{
	struct para *para = para_new(p->chars.items, p->looks.items,
		p->chars.n, p->is_rtl, p->bidi);
	size_t from = 0, to, n = p->chars.n;
	int indent = p->indent;

	do {
		int columns = p->columns - indent - 1;

		if (columns < LEAST_TEXT) {	/* on a narrow screen */
			indent = p->columns > LEAST_TEXT ?
				p->columns - LEAST_TEXT - 1 : 0;
			columns = LEAST_TEXT;
		}
		to = para_fit(para, from, columns);
		add_row(p, para, from, to, indent,
			p->cursor >= (long)para_source(para, from) &&
			(p->cursor < (long)para_source(para, to) ||
			to >= para_length(para)));
		from = to;
		indent = p->indent + p->hang;
	} while (from < para_length(para));
	para_free(para);
	if (n > 0)
		wipe(p->chars.items, n * sizeof *p->chars.items);
	p->chars.n = p->looks.n = 0;
	p->cursor = -1;
}

void page_line(struct page *p, const char *text, unsigned look)
{
	page_text(p, text, look);
	page_end(p);
}

/* In one row: what fits of it.  Returns its columns. */
static int add_cut(struct page *p, const char *text, int room, unsigned look)
{
	int used = 0;

	while (*text != '\0') {
		unsigned c = utf8_next(&text);
		int width = utf8_char_width(c);

		if (width > 0 && used + width > room)
			break;
		page_char(p, c == '\n' ? ' ' : c, look);
		used += width > 0 ? width : 0;
	}
	return used;
}

void page_bar(struct page *p, const char *begin, const char *end,
	unsigned look)
{
	/* what the row is about comes first */
	int end_width = page_width(end) < p->columns / 2 ? page_width(end) : 0;
	int room = p->columns - 1 - end_width, used;
	bool zoomed = p->is_zoomed;

	p->is_zoomed = false;
	page_char(p, ' ', look);
	for (used = 1 + add_cut(p, begin, room - 2, look); used < room; used++)
		page_char(p, ' ', look);
	/* a key's name in front does not turn it round */
	page_char(p, p->is_rtl ? RTL_ISOLATE : FIRST_ISOLATE, look);
	add_cut(p, end, end_width, look);
	page_char(p, END_ISOLATE, look);
	page_end(p);
	p->is_zoomed = zoomed;
}
