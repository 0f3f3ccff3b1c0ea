/* What takes the screen for a while: a list to choose from, a line to type, a
 * question, help, the menu of letters. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wipe.h"
#include "ui/prompt.h"
#include "ui/screen_parts.h"

enum { SHOWN_AROUND = 60 };

static void begin(struct screen *s, const char *title, const char *keys)
{
	screen_begin(s);
	page_bar(&s->head, title, "", LOOK_REVERSE);
	page_end(&s->head);
	if (s->note != NULL)
		page_line(&s->foot, s->note, LOOK_BOLD);
	page_bar(&s->foot, keys, _("Esc hide"), LOOK_REVERSE);
}

static void show(struct screen *s, size_t *top)
{
	term_show(s->term, &s->head, &s->body, &s->foot, top);
}

void pick_add(struct pick_lines *lines, char *text, unsigned look)
{
	vec_push(lines, ((struct pick_line){ text, look }));
}

void pick_release(struct pick_lines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		wipe_free(lines->items[i].text);
	vec_release(lines);
}

static void draw_lines(struct screen *s, const struct pick_lines *lines,
	size_t at)
{
	size_t from = at > SHOWN_AROUND ? at - SHOWN_AROUND : 0;
	size_t to = at + SHOWN_AROUND < lines->n ? at + SHOWN_AROUND : lines->n;

	for (size_t i = from; i < to; i++) {
		unsigned look = lines->items[i].look;

		if (i == at) {
			s->body.focus = s->body.rows.n;
			page_cursor(&s->body);
			look |= LOOK_REVERSE;
		}
		s->body.indent = 1;
		s->body.hang = 4;
		page_line(&s->body, lines->items[i].text, look);
		if (i == at)
			s->body.focus_end = s->body.rows.n;
	}
	s->body.indent = s->body.hang = 0;
}

static size_t moved(struct keystroke k, size_t at, size_t n, size_t leaf)
{
	size_t last = n > 0 ? n - 1 : 0;

	switch (k.key) {
	case KEY_IS_UP: return at > 0 ? at - 1 : 0;
	case KEY_IS_DOWN: return at < last ? at + 1 : last;
	case KEY_IS_PAGE_UP: return at > leaf ? at - leaf : 0;
	case KEY_IS_PAGE_DOWN: return at + leaf < last ? at + leaf : last;
	case KEY_IS_HOME: return 0;
	case KEY_IS_END: return last;
	default: return at;
	}
}

bool screen_pick(struct screen *s, const char *title,
	const struct pick_lines *lines, size_t *at)
{
	size_t top = 0;

	for (;;) {
		struct keystroke k;
		size_t leaf;

		begin(s, title, _("Arrows, Enter goes there, Tab or q back"));
		draw_lines(s, lines, *at);
		show(s, &top);
		k = screen_key(s);
		if (s->is_over || k.key == KEY_IS_TAB || k.key == KEY_IS_LEFT ||
				k.key == KEY_IS_BACKSPACE ||
				(k.key == KEY_IS_CHAR && k.c == 'q'))
			return false;
		if (k.key == KEY_IS_ENTER)
			return *at < lines->n;
		if (k.key == KEY_IS_CONTROL)
			s->letter = screen_letter(k.c);
		if (s->letter != 0)
			return false;
		leaf = (size_t)term_rows(s->term) / 2;
		*at = moved(k, *at, lines->n, leaf);
	}
}

bool screen_type(struct screen *s, const char *question, const char *before,
	struct str *out)
{
	struct editor editor = { .at = 0 };
	size_t top = 0;
	bool is_taken = false;

	editor_set(&editor, before);
	while (!is_taken) {
		struct keystroke k;

		begin(s, question, _("Enter takes it, Tab back"));
		page_text(&s->body, "> ", LOOK_DIM);
		editor_draw(&editor, &s->body);
		show(s, &top);
		k = screen_key(s);
		if (s->is_over || k.key == KEY_IS_TAB)
			break;
		is_taken = k.key == KEY_IS_ENTER;
		if (!is_taken)
			editor_key(&editor, k);
	}
	if (is_taken)
		editor_text(&editor, out);
	editor_release(&editor);
	return is_taken;
}

bool screen_asks(struct screen *s, const char *question)
{
	bool yes = false, is_said = false;

	while (!is_said) {
		char letter[8] = "";
		size_t top = 0;
		struct keystroke k;

		begin(s, question, _("y yes  n no"));
		show(s, &top);
		k = screen_key(s);
		if (s->is_over)
			break;
		if (k.key != KEY_IS_CHAR)
			is_said = k.key == KEY_IS_TAB ||
				k.key == KEY_IS_BACKSPACE;
		else
			utf8_encode(k.c, letter);
		yes = prompt_says_yes(letter);
		is_said = is_said || yes || prompt_says_no(letter);
	}
	return yes;
}

/* --- letters --- */

static const struct command {
	char letter, control;	/* with Ctrl; 0: none */
	const char *text;
} commands[] = {
	{ 'b', 'p', N_("back") },
	{ 'n', 0, N_("next") },
	{ 'o', 'o', N_("outline: all questions, to jump") },
	{ 'g', 'g', N_("go to a question by its number") },
	{ '/', 'f', N_("find a question by a word") },
	{ 'm', 'n', N_("next question without an answer") },
	{ 'e', 'e', N_("next answer that is missing or wrong") },
	{ 'u', 'z', N_("undo") },
	{ 'r', 'y', N_("redo") },
	{ 'x', 'x', N_("clear this answer") },
	{ 'X', 0, N_("clear all answers of this group") },
	{ 'c', 't', N_("comment") },
	{ 'k', 'k', N_("don't know, where the form offers it") },
	{ 'p', 0, N_("prefers not to answer, where the form offers it") },
	{ 'a', 'a', N_("not applicable, where the form offers it") },
	{ 'd', 'd', N_("remove this one of several") },
	{ 'l', 'l', N_("language") },
	{ 'z', 0, N_("larger distance between lines") },
	{ 'q', 's', N_("save and stop") },
	{ '?', 0, N_("help") },
};

uint32_t screen_letter(uint32_t control)
{
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if ((uint32_t)(unsigned char)commands[i].control == control)
			return (uint32_t)(unsigned char)commands[i].letter;
	return control == 'c' ? 'q' : 0;
}

static char *command_text(const struct command *c)
{
	return c->control != 0 ? str_format("%c  %s  (Ctrl-%c)", c->letter,
		_(c->text), c->control - 'a' + 'A') :
		str_format("%c  %s", c->letter, _(c->text));
}

uint32_t screen_menu(struct screen *s)
{
	size_t n = sizeof commands / sizeof commands[0], at = 0, top = 0;
	struct pick_lines lines = { NULL, 0, 0 };
	uint32_t chosen = 0;

	for (size_t i = 0; i < n; i++)
		pick_add(&lines, command_text(&commands[i]), 0);
	for (;;) {
		struct keystroke k;

		begin(s, _("Commands"), _("A letter, or arrows and Enter; Tab back"));
		draw_lines(s, &lines, at);
		show(s, &top);
		k = screen_key(s);
		if (s->is_over || k.key == KEY_IS_TAB ||
				k.key == KEY_IS_BACKSPACE)
			break;
		if (k.key == KEY_IS_ENTER)
			chosen = (uint32_t)(unsigned char)commands[at].letter;
		for (size_t i = 0; k.key == KEY_IS_CHAR && i < n; i++)
			if ((uint32_t)(unsigned char)commands[i].letter == k.c)
				chosen = k.c;
		if (k.key == KEY_IS_CHAR && k.c == ':')
			chosen = k.c;
		if (chosen != 0)
			break;
		at = moved(k, at, n, 10);
	}
	pick_release(&lines);
	return chosen;
}

void screen_help(struct screen *s)
{
	const struct step *step = course_step(&s->c);
	char *guidance = step == NULL ? NULL : session_guidance(
		s->c.draft.session, step->context, step->control);
	size_t top = 0;

	begin(s, _("Help"), _("any key back"));
	if (guidance != NULL && guidance[0] != '\0') {
		page_line(&s->body, guidance, LOOK_BOLD);
		page_end(&s->body);
	}
	page_line(&s->body, _("Type or choose the answer, then press Enter: "
		"it is kept on the disk before the next question shows."), 0);
	page_line(&s->body, _("PgUp goes back, PgDn goes on. Tab shows all "
		"commands with their letters."), 0);
	page_line(&s->body, _("Esc hides everything at once; the passphrase "
		"brings it back where you were."), 0);
	page_line(&s->body, _("Ctrl-S saves and stops; you can go on another "
		"time."), 0);
	wipe_free(guidance);
	show(s, &top);
	screen_key(s);
}
