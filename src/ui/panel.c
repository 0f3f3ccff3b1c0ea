#include "config.h"

#include "ui/panel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wipe.h"
#include "ui/editor.h"

enum { SHOWN_AROUND = 60 };	/* lines drawn above and below the cursor */

void pick_add(struct pick_lines *lines, char *text, unsigned look)
{
	vec_push(lines, ((struct pick_line){ text, look, false }));
}

void pick_add_heading(struct pick_lines *lines, char *text, unsigned look)
{
	vec_push(lines, ((struct pick_line){ text, look, true }));
}

void pick_release(struct pick_lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		wipe_free(lines->items[i].text);
	vec_release(lines);
}

void panel_release(struct panel *p)
{
	page_release(&p->head);
	page_release(&p->body);
	page_release(&p->foot);
}

/* --- lines --- */

/* What is in a text is no command of the terminal's. */
static void print_line(struct panel *p, const char *before, const char *text)
{
	struct str shown = STR_INIT;

	/* more lines only where they are of our own */
	utf8_mask(&shown, text, before[0] == '\0');
	fprintf(p->prompt->out, "%s%s\n", before, shown.data);
	str_wipe(&shown);
}

static void print_note(struct panel *p)
{
	if (p->note != NULL)
		print_line(p, "", p->note);
}

/* False: over. */
static bool read_line(struct panel *p)
{
	enum prompt_input input;

	while ((input = prompt_read(p->prompt)) == PROMPT_BAD)
		continue;
	if (input == PROMPT_END && !p->prompt->is_idle)
		p->over = PANEL_GONE;
	else if (p->prompt->is_idle || strcmp(p->prompt->line, ":h") == 0)
		p->over = PANEL_HIDDEN;
	if (p->over == PANEL_HIDDEN)
		prompt_blank(p->prompt);
	p->prompt->is_idle = false;
	return p->over == PANEL_OPEN;
}

/* The line of that number, headings not counted; false: none. */
static bool find_numbered(const struct pick_lines *lines, const char *typed,
	size_t *at)
{
	struct str digits = STR_INIT;
	unsigned long wanted, n = 0;
	char *end;
	bool found = false;

	prompt_clean(typed, false, &digits);
	wanted = strtoul(digits.data, &end, 10);
	for (size_t i = 0; digits.len > 0 && *end == '\0' && !found &&
			i < lines->n; i++) {
		found = !lines->items[i].is_heading && ++n == wanted;
		if (found)
			*at = i;
	}
	str_release(&digits);
	return found;
}

/* "d", "d 2", ":d 2" */
static bool is_letter_typed(const struct picking *picking,
	const struct pick_lines *lines, const char *typed, size_t *at,
	uint32_t *letter)
{
	size_t found;

	typed += typed[0] == ':';
	if (typed[0] == '\0' || strchr(picking->letters, typed[0]) == NULL ||
			(typed[1] != '\0' && typed[1] != ' '))
		return false;
	if (typed[1] != '\0' && !find_numbered(lines, typed + 2, &found))
		return false;
	if (typed[1] != '\0')
		*at = found;
	*letter = (uint32_t)(unsigned char)typed[0];
	return true;
}

static enum picked pick_in_lines(struct panel *p,
	const struct picking *picking, const struct pick_lines *lines,
	size_t *at, uint32_t *letter)
{
	const char *keys = picking->in_lines != NULL ? picking->in_lines :
		_("Type a number, or press Enter to go back");

	print_line(p, "", picking->title);
	for (size_t i = 0, n = 0; i < lines->n; i++) {
		char number[16] = "";

		if (!lines->items[i].is_heading)
			snprintf(number, sizeof number, "%3zu  ", ++n);
		print_line(p, number, lines->items[i].text);
	}
	print_note(p);
	print_line(p, "", keys);
	while (read_line(p)) {
		if (p->prompt->line[0] == '\0')
			return PICKED_NOTHING;
		if (find_numbered(lines, p->prompt->line, at))
			return PICKED_LINE;
		if (is_letter_typed(picking, lines, p->prompt->line, at,
				letter))
			return PICKED_LETTER;
		print_line(p, "", keys);
	}
	return PICKED_NOTHING;
}

/* --- the screen --- */

static void begin(struct panel *p, const char *title, const char *end,
	const char *keys)
{
	struct page *pages[] = { &p->head, &p->body, &p->foot };

	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		page_clear(pages[i]);
		pages[i]->columns = term_columns(p->term);
		pages[i]->is_rtl = p->is_rtl;
		pages[i]->bidi = term_bidi(p->term);
	}
	p->body.is_zoomed = p->is_zoomed;
	page_bar(&p->head, title, end != NULL ? end : "", LOOK_REVERSE);
	page_end(&p->head);
	if (p->note != NULL)
		page_line(&p->foot, p->note, LOOK_BOLD);
	page_bar(&p->foot, keys, _("Esc hide"), LOOK_REVERSE);
}

static void show(struct panel *p)
{
	term_show(p->term, &p->head, &p->body, &p->foot, &p->top);
}

static struct keystroke read_key(struct panel *p)
{
	struct keystroke k = term_key(p->term);

	if (k.key == KEY_IS_HIDE || k.key == KEY_IS_IDLE) {
		term_blank(p->term);	/* first of all */
		p->over = PANEL_HIDDEN;
	} else if (k.key == KEY_IS_GONE) {
		p->over = PANEL_GONE;
	}
	return k;
}

static bool is_stopped(struct panel *p, struct keystroke k)
{
	if (p->stops != NULL && k.key == KEY_IS_CONTROL && k.c != 0 &&
			strchr(p->stops, (int)k.c) != NULL)
		p->is_stopped = true;
	return p->is_stopped;
}

static void draw_lines(struct panel *p, const struct pick_lines *lines,
	size_t at)
{
	size_t from = at > SHOWN_AROUND ? at - SHOWN_AROUND : 0;
	size_t to = at + SHOWN_AROUND < lines->n ? at + SHOWN_AROUND : lines->n;

	for (size_t i = from; i < to; i++) {
		const struct pick_line *line = &lines->items[i];
		unsigned look = line->look;

		if (line->is_heading && line->look == LOOK_TITLE && i > 0)
			page_end(&p->body);
		if (i == at) {
			p->body.focus = p->body.rows.n;
			page_cursor(&p->body);
			look |= LOOK_REVERSE;
		}
		p->body.indent = line->is_heading ? 0 : 1;
		p->body.hang = p->body.indent + 3;
		page_line(&p->body, line->text, look);
		if (i == at)
			p->body.focus_end = p->body.rows.n;
	}
	p->body.indent = p->body.hang = 0;
	if (at < 3)
		p->body.focus = 0;	/* with the heading above */
}

/* The next that can be chosen, onward or back; else where it was. */
static size_t step_to(const struct pick_lines *lines, size_t from, size_t to)
{
	size_t i = to;

	while (i < lines->n && lines->items[i].is_heading)
		i = to >= from ? i + 1 : i - 1;	/* below 0: wraps, and is none */
	if (i >= lines->n)		/* the other way then */
		for (i = to; i < lines->n && lines->items[i].is_heading; )
			i = to >= from ? i - 1 : i + 1;
	return i < lines->n ? i : from;
}

static size_t moved(struct keystroke k, size_t at,
	const struct pick_lines *lines, size_t leaf)
{
	size_t last = lines->n > 0 ? lines->n - 1 : 0, to = at;

	switch (k.key) {
	case KEY_IS_UP: to = at > 0 ? at - 1 : 0; break;
	case KEY_IS_DOWN: to = at < last ? at + 1 : last; break;
	case KEY_IS_PAGE_UP: to = at > leaf ? at - leaf : 0; break;
	case KEY_IS_PAGE_DOWN: to = at + leaf < last ? at + leaf : last; break;
	case KEY_IS_HOME: to = 0; break;
	case KEY_IS_END: to = last; break;
	default: return at;
	}
	return step_to(lines, at, to);
}

static bool is_letter(const struct picking *picking, struct keystroke k)
{
	return k.key == KEY_IS_CHAR && !k.is_pasted && k.c < 0x80 &&
		k.c > ' ' && strchr(picking->letters, (int)k.c) != NULL;
}

static enum picked pick_on_screen(struct panel *p,
	const struct picking *picking, const struct pick_lines *lines,
	size_t *at, uint32_t *letter)
{
	*at = step_to(lines, 0, *at);
	for (;;) {
		struct keystroke k;

		begin(p, picking->title, picking->end, picking->keys);
		draw_lines(p, lines, *at);
		show(p);
		k = read_key(p);
		if (p->over != PANEL_OPEN)
			return PICKED_NOTHING;
		*letter = k.c;
		if (is_letter(picking, k))
			return PICKED_LETTER;
		if (k.key == KEY_IS_HELP && strchr(picking->letters, '?')) {
			*letter = '?';
			return PICKED_LETTER;
		}
		if (k.key == KEY_IS_CONTROL)
			return PICKED_CONTROL;
		if (k.key == KEY_IS_TAB || k.key == KEY_IS_LEFT ||
				k.key == KEY_IS_BACKSPACE ||
				(k.key == KEY_IS_CHAR && k.c == 'q' &&
				!k.is_pasted))
			return PICKED_NOTHING;
		if (k.key == KEY_IS_ENTER && *at < lines->n &&
				!lines->items[*at].is_heading)
			return PICKED_LINE;
		*at = moved(k, *at, lines, (size_t)term_rows(p->term) / 2);
	}
}

enum picked panel_pick(struct panel *p, const struct picking *picking,
	const struct pick_lines *lines, size_t *at, uint32_t *letter)
{
	p->top = 0;
	return p->over != PANEL_OPEN ? PICKED_NOTHING : p->term == NULL ?
		pick_in_lines(p, picking, lines, at, letter) :
		pick_on_screen(p, picking, lines, at, letter);
}

/* --- typing --- */

enum typing { TYPING_TEXT, TYPING_PATH, TYPING_SECRET };

static bool type_in_lines(struct panel *p, const char *question,
	const char *before, struct str *out)
{
	print_note(p);
	print_line(p, "", question);
	if (before[0] != '\0')
		print_line(p, "", before);
	if (!read_line(p))
		return false;
	prompt_clean(p->prompt->line, false, out);
	return true;
}

static bool type_on_screen(struct panel *p, const char *question,
	const char *before, const char *text, enum typing typing,
	struct str *out)
{
	bool is_secret = typing == TYPING_SECRET;
	struct editor editor = { .at = 0, .is_masked = is_secret,
		.is_path = typing == TYPING_PATH };
	bool is_taken = false;

	editor_set(&editor, before);
	while (!is_taken) {
		struct keystroke k;

		begin(p, question, NULL, _("Enter takes it, Tab back"));
		if (text != NULL) {
			page_line(&p->body, text, 0);
			page_end(&p->body);
		}
		page_text(&p->body, "> ", LOOK_DIM);
		editor_draw(&editor, &p->body);
		show(p);
		k = read_key(p);
		if (p->over != PANEL_OPEN || k.key == KEY_IS_TAB ||
				is_stopped(p, k))
			break;
		is_taken = k.key == KEY_IS_ENTER;
		if (!is_taken)
			editor_key(&editor, k);
	}
	if (is_taken && is_secret)	/* as it is: it is no answer */
		for (size_t i = 0; i < editor.chars.n; i++)
			str_add_utf8(out, editor.chars.items[i]);
	else if (is_taken || p->is_stopped || (p->over != PANEL_OPEN &&
			editor.is_touched && !is_secret))
		editor_text(&editor, out);
	editor_release(&editor);
	return is_taken;
}

static bool type_shown(struct panel *p, const char *question,
	const char *before, enum typing typing, struct str *out)
{
	p->top = 0;
	return p->over == PANEL_OPEN && (p->term == NULL ?
		type_in_lines(p, question, before, out) :
		type_on_screen(p, question, before, NULL, typing, out));
}

bool panel_type(struct panel *p, const char *question, const char *before,
	struct str *out)
{
	return type_shown(p, question, before, TYPING_TEXT, out);
}

bool panel_type_path(struct panel *p, const char *question,
	const char *before, struct str *out)
{
	return type_shown(p, question, before, TYPING_PATH, out);
}

bool panel_type_secret(struct panel *p, const char *question,
	const char *text, struct str *out)
{
	p->top = 0;
	return p->over == PANEL_OPEN && p->term != NULL &&
		type_on_screen(p, question, "", text, TYPING_SECRET, out);
}

/* --- questions and notices --- */

static bool ask_in_lines(struct panel *p, const char *question,
	const char *text)
{
	if (text != NULL)
		print_line(p, "", text);
	print_line(p, "", question);
	while (read_line(p)) {
		if (prompt_says_yes(p->prompt->line))
			return true;
		if (prompt_says_no(p->prompt->line) ||
				p->prompt->line[0] == '\0')
			return false;
		print_line(p, "", question);
	}
	return false;
}

static bool ask_on_screen(struct panel *p, const char *question,
	const char *text)
{
	bool yes = false, is_said = false;

	while (!is_said) {
		char letter[8] = "";
		struct keystroke k;

		begin(p, question, NULL, _("y yes  n no"));
		if (text != NULL)
			page_line(&p->body, text, 0);
		show(p);
		k = read_key(p);
		if (p->over != PANEL_OPEN || is_stopped(p, k))
			break;
		if (k.key != KEY_IS_CHAR)
			is_said = k.key == KEY_IS_TAB ||
				k.key == KEY_IS_BACKSPACE;
		else if (!k.is_pasted)
			utf8_encode(k.c, letter);
		yes = prompt_says_yes(letter);
		is_said = is_said || yes || prompt_says_no(letter);
	}
	return yes;
}

bool panel_asks(struct panel *p, const char *question, const char *text)
{
	p->top = 0;
	return p->over == PANEL_OPEN && (p->term == NULL ?
		ask_in_lines(p, question, text) :
		ask_on_screen(p, question, text));
}

void panel_tell(struct panel *p, const char *title, const char *text)
{
	struct keystroke k = { .key = KEY_IS_SIZE };

	p->top = 0;
	if (p->over == PANEL_OPEN && p->term == NULL) {
		print_line(p, "", title);
		print_line(p, "", text);
		return;
	}
	while (p->over == PANEL_OPEN && (k.is_pasted ||
			k.key == KEY_IS_SIZE || k.key == KEY_IS_DOWN ||
			k.key == KEY_IS_UP)) {
		begin(p, title, NULL, _("any key back"));
		page_line(&p->body, text, 0);
		/* a long one is leafed through by arrows */
		p->body.focus = p->body.focus_end = p->top;
		if (k.key == KEY_IS_UP && p->top > 0)
			p->body.focus = p->body.focus_end = --p->top;
		if (k.key == KEY_IS_DOWN)
			p->body.focus = p->body.focus_end = ++p->top;
		show(p);
		k = read_key(p);
	}
	is_stopped(p, k);
}
