/* What takes the screen for a while: a list to choose from, a line to type, a
 * question, help, the menu of letters. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "ui/plain.h"
#include "ui/screen_parts.h"

static struct panel panel_of(const struct screen *s)
{
	return (struct panel){ .term = s->term, .is_rtl = screen_is_rtl(s),
		.is_zoomed = s->is_zoomed, .note = s->note, .stops = "cs" };
}

static void close_panel(struct screen *s, struct panel *panel)
{
	screen_left(s, panel->over);
	if (panel->is_stopped)
		s->letter = 'q';
	panel_release(panel);
}

bool screen_pick(struct screen *s, const char *title,
	const struct pick_lines *lines, size_t *at)
{
	const struct picking picking = { title, NULL,
		_("Arrows, Enter goes there, Tab or q back"), NULL, "" };
	struct panel panel = panel_of(s);
	uint32_t letter;
	enum picked picked;

	/* keys with Ctrl that mean nothing leave it open */
	do
		picked = panel_pick(&panel, &picking, lines, at, &letter);
	while (picked == PICKED_CONTROL && screen_letter(letter) == 0);
	if (picked == PICKED_CONTROL)
		s->letter = screen_letter(letter);
	close_panel(s, &panel);
	return picked == PICKED_LINE;
}

bool screen_type(struct screen *s, const char *question, const char *before,
	struct str *out)
{
	struct panel panel = panel_of(s);
	bool is_taken = panel_type(&panel, question, before, out);

	close_panel(s, &panel);
	return is_taken;
}

bool screen_asks(struct screen *s, const char *question)
{
	struct panel panel = panel_of(s);
	bool yes = panel_asks(&panel, question, NULL);

	close_panel(s, &panel);
	return yes;
}

void screen_tell(struct screen *s, const char *title, const char *text)
{
	struct panel panel = panel_of(s);

	panel_tell(&panel, title, text);
	close_panel(s, &panel);
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
	{ 'v', 'v', N_("show the picture, sound or video of the question") },
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
	enum { N = sizeof commands / sizeof commands[0] };
	char letters[N + 2] = ":";
	const struct picking picking = { _("Commands"), NULL,
		_("A letter, or arrows and Enter; Tab back"), NULL, letters };
	struct pick_lines lines = { NULL, 0, 0 };
	struct panel panel = panel_of(s);
	uint32_t letter = 0;
	enum picked picked;
	size_t at = 0;

	for (size_t i = 0; i < N; i++) {
		letters[i + 1] = commands[i].letter;
		pick_add(&lines, command_text(&commands[i]), 0);
	}
	do
		picked = panel_pick(&panel, &picking, &lines, &at, &letter);
	while (picked == PICKED_CONTROL && screen_letter(letter) == 0);
	pick_release(&lines);
	close_panel(s, &panel);
	if (picked == PICKED_CONTROL)
		return screen_letter(letter);
	return picked == PICKED_LINE ?
		(uint32_t)(unsigned char)commands[at].letter :
		picked == PICKED_LETTER ? letter : 0;
}

void screen_help(struct screen *s)
{
	const struct step *step = course_step(&s->c);
	char *guidance = step == NULL ? NULL : plain_text(session_guidance(
		s->c.draft.session, step->context, step->control));
	struct str text = STR_INIT;

	if (guidance != NULL && guidance[0] != '\0')
		str_addf(&text, "%s\n\n", guidance);
	str_add(&text, _("Type or choose the answer, then press Enter: "
		"it is kept on the disk before the next question shows."));
	str_addc(&text, '\n');
	str_add(&text, _("PgUp goes back, PgDn goes on. Tab shows all "
		"commands with their letters."));
	str_addc(&text, '\n');
	str_add(&text, _("Esc hides everything at once; the passphrase "
		"brings it back where you were."));
	str_addc(&text, '\n');
	str_add(&text, _("Ctrl-S saves and stops; you can go on another "
		"time."));
	screen_tell(s, _("Help"), text.data);
	wipe_free(guidance);
	str_wipe(&text);
}
