/* Any text, and any keys, on a screen of any width: what is drawn stays inside,
 * and nothing in it talks to the terminal.  What is typed comes out as text. */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "ui/editor.h"
#include "ui/page.h"
#include "ui/place.h"
#include "ui/plain.h"

enum { LEAST_COLUMNS = 8, MOST_COLUMNS = 140 };

static void check_cell(const struct cell *cell)
{
	if (cell->width < 1 || cell->width > 2 || cell->n_chars < 1 ||
			cell->n_chars > CELL_CHARS)
		abort();
	for (unsigned i = 0; i < cell->n_chars; i++) {
		uint32_t c = cell->chars[i];

		if (c < 0x20 || (c >= 0x7F && c < 0xA0) ||
				(c >= 0x202A && c <= 0x202E))
			abort();
	}
}

static void check_page(const struct page *page)
{
	for (size_t y = 0; y < page->rows.n; y++) {
		const struct row *row = &page->rows.items[y];
		int x = row->x;

		for (size_t i = 0; i < row->cells.n; i++) {
			check_cell(&row->cells.items[i]);
			x += row->cells.items[i].width;
		}
		if (row->x < 0 || x > page->columns ||
				row->cursor_x >= page->columns) {
			fprintf(stderr, "row %zu: %d to %d of %d, cursor %d\n",
				y, row->x, x, page->columns, row->cursor_x);
			abort();
		}
	}
}

static void draw(struct page *page, const char *text)
{
	page_clear(page);
	page_bar(page, text, text, LOOK_REVERSE);
	page->indent = 2;
	page->hang = 4;
	page_isolated(page, text, LOOK_BOLD);
	page_cursor(page);
	page_line(page, text, 0);
	check_page(page);
}

/* Keys as the terminal gives them. */
static void type(struct page *page, const char *text, unsigned flags)
{
	struct editor editor = { .has_lines = (flags & 8) != 0,
		.is_masked = (flags & 16) != 0, .is_path = (flags & 32) != 0 };
	struct str out = STR_INIT;

	while (*text != '\0') {
		unsigned c = utf8_next(&text);
		struct keystroke k = { .key = KEY_IS_CHAR, .c = c,
			.is_pasted = (flags & 64) != 0 };

		if (c < 0x20 && !k.is_pasted)
			k = (struct keystroke){ .key = (enum key)(c %
				(KEY_IS_OTHER + 1)), .c = 'a' + c % 26 };
		editor_key(&editor, k);
	}
	page_clear(page);
	editor_draw(&editor, page);
	check_page(page);
	editor_text(&editor, &out);
	if (!utf8_is_valid(out.data, out.len) || strlen(out.data) != out.len)
		abort();
	str_wipe(&out);
	editor_release(&editor);
}

static void check_place(const char *text)
{
	struct str out = STR_INIT;
	double up, across;
	char *end;

	if (place_parse(text, &out)) {
		up = strtod(out.data, &end);
		across = strtod(end, &end);
		if (*end != '\0' || up < -90 || up > 90 || across < -180 ||
				across > 180)
			abort();
	} else if (out.len > 0) {
		abort();
	}
	str_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	struct page page;
	char *text, *plain;

	if (n_bytes < 2 || !utf8_is_valid((const char *)bytes + 2, n_bytes - 2))
		return 0;
	text = xstrndup((const char *)bytes + 2, n_bytes - 2);
	page_init(&page, LEAST_COLUMNS + bytes[1] % MOST_COLUMNS,
		(bytes[0] & 1) != 0, bytes[0] & 2 ? BIDI_OURS : BIDI_TERMINAL);
	page.is_zoomed = (bytes[0] & 4) != 0;
	draw(&page, text);
	type(&page, text, bytes[0]);
	plain = plain_line(plain_text(xstrdup(text)));
	if (!utf8_is_valid(plain, strlen(plain)))
		abort();
	draw(&page, plain);
	free(plain);
	check_place(text);
	page_release(&page);
	free(text);
	return 0;
}
