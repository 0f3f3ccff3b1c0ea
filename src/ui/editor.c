#include "config.h"

#include "ui/editor.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/wipe.h"
#include "ui/prompt.h"

enum { DRAWN_AROUND = 1200 };	/* characters before and after the cursor */

void editor_set(struct editor *e, const char *text)
{
	e->chars.n = 0;
	while (*text != '\0')
		vec_push(&e->chars, utf8_next(&text));
	e->at = e->chars.n;
	e->is_touched = false;
}

void editor_release(struct editor *e)
{
	if (e->chars.items != NULL)
		wipe(e->chars.items, e->chars.cap * sizeof *e->chars.items);
	vec_release(&e->chars);
	e->at = 0;
}

bool editor_is_empty(const struct editor *e)
{
	return e->chars.n == 0;
}

void editor_text(const struct editor *e, struct str *out)
{
	size_t from = 0, to = e->chars.n;
	struct str raw = STR_INIT;

	while (from < to && (e->chars.items[from] == ' ' ||
			e->chars.items[from] == '\n'))
		from++;
	while (to > from && (e->chars.items[to - 1] == ' ' ||
			e->chars.items[to - 1] == '\n'))
		to--;
	for (; from < to; from++)
		str_add_utf8(&raw, e->chars.items[from]);
	prompt_clean(raw.data, e->has_lines, out);
	str_wipe(&raw);
}

static bool is_mark(uint32_t c)
{
	return utf8_char_width(c) == 0 && c != '\n';
}

static size_t before(const struct editor *e, size_t at)
{
	while (at > 0 && is_mark(e->chars.items[at - 1]))
		at--;
	return at > 0 ? at - 1 : 0;
}

static size_t behind(const struct editor *e, size_t at)
{
	if (at < e->chars.n)
		at++;
	while (at < e->chars.n && is_mark(e->chars.items[at]))
		at++;
	return at;
}

static void cut(struct editor *e, size_t from, size_t to)
{
	if (to > from)
		vec_remove(&e->chars, from, to - from);
	e->at = from;
	e->is_touched = true;
}

static void put(struct editor *e, uint32_t c)
{
	if (c == '\t' || (c == '\n' && !e->has_lines))
		c = ' ';
	if (c != '\n' && (c < 0x20 || (c >= 0x7F && c < 0xA0)))
		return;
	vec_insert(&e->chars, e->at, c);
	e->at++;
	e->is_touched = true;
}

static size_t line_start(const struct editor *e, size_t at)
{
	while (at > 0 && e->chars.items[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_end(const struct editor *e, size_t at)
{
	while (at < e->chars.n && e->chars.items[at] != '\n')
		at++;
	return at;
}

/* To the same place of the line above or below; false: there is none. */
static bool move_line(struct editor *e, bool down)
{
	size_t start = line_start(e, e->at), in_line = e->at - start;
	size_t end = line_end(e, e->at), target, target_end;

	if (!e->has_lines || (down ? end >= e->chars.n : start == 0))
		return false;
	target = down ? end + 1 : line_start(e, start - 1);
	target_end = line_end(e, target);
	e->at = target + in_line < target_end ? target + in_line : target_end;
	return true;
}

static bool control(struct editor *e, uint32_t letter)
{
	size_t at = e->at;

	switch (letter) {
	case 'u':
		cut(e, line_start(e, at), at);
		return true;
	case 'w':
		while (at > 0 && e->chars.items[at - 1] == ' ')
			at--;
		while (at > 0 && e->chars.items[at - 1] != ' ' &&
				e->chars.items[at - 1] != '\n')
			at--;
		cut(e, at, e->at);
		return true;
	default:
		return false;
	}
}

bool editor_key(struct editor *e, struct keystroke k)
{
	switch (k.key) {
	case KEY_IS_CHAR: put(e, k.c); break;
	case KEY_IS_LEFT: e->at = before(e, e->at); break;
	case KEY_IS_RIGHT: e->at = behind(e, e->at); break;
	case KEY_IS_HOME: e->at = line_start(e, e->at); break;
	case KEY_IS_END: e->at = line_end(e, e->at); break;
	case KEY_IS_UP: return move_line(e, false);
	case KEY_IS_DOWN: return move_line(e, true);
	case KEY_IS_BACKSPACE:
		if (e->at > 0)
			cut(e, is_mark(e->chars.items[e->at - 1]) ? e->at - 1 :
				before(e, e->at), e->at);
		break;
	case KEY_IS_DELETE: cut(e, e->at, behind(e, e->at)); break;
	case KEY_IS_CONTROL: return control(e, k.c);
	default: return false;
	}
	return true;
}

void editor_draw(const struct editor *e, struct page *page)
{
	size_t from = e->at > DRAWN_AROUND ? e->at - DRAWN_AROUND : 0;
	size_t to = e->at + DRAWN_AROUND < e->chars.n ?
		e->at + DRAWN_AROUND : e->chars.n;

	page->focus = page->rows.n;
	if (e->is_path)
		page_char(page, LTR_ISOLATE, 0);
	if (from > 0)
		page_char(page, 0x2026, LOOK_DIM);
	for (size_t i = from; i < to; i++) {
		if (i == e->at)
			page_cursor(page);
		page_char(page, e->is_masked ? '*' : e->chars.items[i],
			LOOK_UNDERLINE);
	}
	if (to < e->chars.n)
		page_char(page, 0x2026, LOOK_DIM);
	if (e->at == e->chars.n)
		page_cursor(page);
	if (e->is_path)
		page_char(page, END_ISOLATE, 0);
	page_end(page);
	page->focus_end = page->rows.n;
}
