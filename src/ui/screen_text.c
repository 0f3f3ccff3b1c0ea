/* What is typed: texts, numbers, dates (screen_date.c), places, files. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "ui/screen_parts.h"

static void forget_picked(struct screen *s)
{
	wipe_free(s->picked.path);
	s->picked.path = NULL;
	str_wipe(&s->picked.shown);
}

static enum xf_type type_of(const struct step *step)
{
	return step->control->kind == XF_UPLOAD ? XF_BINARY :
		node_form(step->node)->bind->type;
}

static void begin(struct screen *s, const struct step *step)
{
	const char *pending = screen_pending(s, step->node);
	char *value;

	forget_picked(s);
	editor_release(&s->editor);
	s->editor.is_masked = step->control->kind == XF_SECRET;
	s->editor.is_path = step->control->kind == XF_UPLOAD;
	s->editor.has_lines = type_of(step) == XF_STRING &&
		step->control->kind == XF_INPUT;
	value = course_typed_value(&s->c, step);
	editor_set(&s->editor, pending != NULL ? pending : value);
	s->editor.is_touched = pending != NULL;
	wipe_free(value);
}

static bool typed(struct screen *s, const struct step *step, struct str *out)
{
	(void)step;
	editor_text(&s->editor, out);
	return true;
}

static bool is_touched(const struct screen *s)
{
	return s->editor.is_touched;
}

static const char *keys(const struct screen *s)
{
	const struct step *step = course_step(&s->c);

	if (step != NULL && step->control->kind == XF_UPLOAD)
		return _("Ctrl-B looks for the file, or type its path; Enter goes on");
	return screen_date_keys(s) != NULL ? screen_date_keys(s) :
		_("Type the answer, then Enter");
}

/* --- files --- */

static enum taken browse(struct screen *s, const struct step *step)
{
	char *path = screen_browse(s, step->control);

	if (path == NULL)
		return TAKEN_HERE;
	forget_picked(s);
	editor_set(&s->editor, path);
	s->editor.is_touched = true;
	editor_text(&s->editor, &s->picked.shown);
	s->picked.path = path;
	return TAKEN_HERE;
}

static bool wants_to_browse(const struct screen *s, const struct step *step,
	struct keystroke k)
{
	return step->control->kind == XF_UPLOAD &&
		((k.key == KEY_IS_CONTROL && k.c == 'b') ||
		((k.key == KEY_IS_RIGHT || k.key == KEY_IS_LEFT) &&
		editor_is_empty(&s->editor)));
}

/* --- all of them --- */

static void draw(struct screen *s, const struct step *step)
{
	const char *how = course_how_to(step->control);

	page_text(&s->body, "> ", LOOK_DIM);
	editor_draw(&s->editor, &s->body);
	if (how != NULL) {
		page_text(&s->body, "(", LOOK_DIM);
		page_text(&s->body, how, LOOK_DIM);
		page_line(&s->body, ")", LOOK_DIM);
	}
	screen_date_draw(s, step);
}

/* A path that was dragged onto the terminal comes quoted. */
static void unquote(struct str *path)
{
	struct str out = STR_INIT;
	const char *at = path->data;
	char quote = *at == '\'' || *at == '"' ? *at : '\0';

	if (strncmp(at, "file://", 7) == 0)
		at += 7;
	for (at += quote != '\0'; *at != '\0' && *at != quote; at++) {
		if (*at == '\\' && quote == '\0' && at[1] != '\0')
			at++;
		str_addc(&out, *at);
		if (quote == '\0' && at[1] == '\0')
			break;
	}
	str_wipe(path);
	*path = out;
}

static bool typed_path(struct screen *s, const struct step *step,
	struct str *out)
{
	if (step->control->kind == XF_UPLOAD && !s->editor.is_touched)
		return false;	/* the name in the record is no path */
	typed(s, step, out);
	if (s->picked.path != NULL &&
			strcmp(out->data, s->picked.shown.data) == 0) {
		str_clear(out);
		str_add(out, s->picked.path);
	} else if (type_of(step) == XF_BINARY && out->len > 0) {
		unquote(out);
	}
	return true;
}

static enum taken key(struct screen *s, const struct step *step,
	struct keystroke k)
{
	bool has_own;

	if (wants_to_browse(s, step, k))
		return browse(s, step);
	if (screen_date_key(s, step, k))
		return TAKEN_HERE;
	has_own = editor_key(&s->editor, k);
	return has_own ? TAKEN_HERE : TAKEN_NOT;
}

const struct control_kind control_text = { begin, draw, key, typed_path,
	is_touched, keys, NULL };

/* --- notes and things to confirm --- */

static const char *note_keys(const struct screen *s)
{
	(void)s;
	return _("Enter goes on");
}

static void draw_note(struct screen *s, const struct step *step)
{
	const char *value = step->node != NULL ?
		node_value(s->c.draft.session, step->node) : "";

	if (value[0] != '\0')
		page_line(&s->body, value, 0);
}

const struct control_kind control_note = { .draw = draw_note,
	.keys = note_keys };

static void draw_trigger(struct screen *s, const struct step *step)
{
	bool is_given = node_value(s->c.draft.session, step->node)[0] != '\0';

	page_text(&s->body, is_given ? "[x] " : "[ ] ", LOOK_BOLD);
	page_line(&s->body, P_("button", "OK"), LOOK_BOLD);
}

static enum taken trigger_key(struct screen *s, const struct step *step,
	struct keystroke k)
{
	(void)step;
	if (k.key != KEY_IS_CHAR || k.c != ' ')
		return TAKEN_NOT;
	s->is_confirmed = true;
	return TAKEN_ANSWER;
}

/* Enter alone goes on and confirms nothing. */
static bool trigger_typed(struct screen *s, const struct step *step,
	struct str *out)
{
	(void)step;
	if (!s->is_confirmed)
		return false;
	str_add(out, "ok");
	return true;
}

static void trigger_begin(struct screen *s, const struct step *step)
{
	(void)step;
	s->is_confirmed = false;
}

static const char *trigger_keys(const struct screen *s)
{
	(void)s;
	return _("Space confirms, Enter goes on");
}

const struct control_kind control_trigger = { trigger_begin, draw_trigger, trigger_key,
	trigger_typed, NULL, trigger_keys, NULL };

/* --- ranges --- */

struct range { double start, end, step; };

static struct range range_of(const struct xf_control *c)
{
	struct range r = { 0, 10, 1 };

	if (c->range_start != NULL)
		r.start = strtod(c->range_start, NULL);
	if (c->range_end != NULL)
		r.end = strtod(c->range_end, NULL);
	if (c->range_step != NULL)
		r.step = strtod(c->range_step, NULL);
	if (r.step == 0)
		r.step = 1;
	if ((r.end < r.start) != (r.step < 0))
		r.step = -r.step;
	return r;
}

static void range_begin(struct screen *s, const struct step *step)
{
	const char *value = node_value(s->c.draft.session, step->node);

	s->range_is_set = value[0] != '\0';
	s->range_is_touched = false;
	s->range_value = s->range_is_set ? strtod(value, NULL) :
		range_of(step->control).start;
	editor_release(&s->editor);
	s->editor.is_masked = s->editor.has_lines = s->editor.is_path = false;
	editor_set(&s->editor, value);
}

static void draw_range(struct screen *s, const struct step *step)
{
	enum { WIDTH = 40 };
	struct range r = range_of(step->control);
	double share = r.end != r.start ?
		(s->range_value - r.start) / (r.end - r.start) : 0;
	char ends[80];
	int at = (int)(share * WIDTH + 0.5);

	snprintf(ends, sizeof ends, "%g ", r.start);
	page_text(&s->body, ends, LOOK_DIM);
	for (int i = 0; i <= WIDTH; i++)
		page_char(&s->body, s->range_is_set && i == at ? 0x25CF : 0x2500,
			s->range_is_set && i == at ? LOOK_BOLD : LOOK_DIM);
	snprintf(ends, sizeof ends, " %g", r.end);
	page_line(&s->body, ends, LOOK_DIM);
	page_text(&s->body, "> ", LOOK_DIM);
	editor_draw(&s->editor, &s->body);
}

static void slide(struct screen *s, const struct step *step, int by)
{
	struct range r = range_of(step->control);
	double low = r.start < r.end ? r.start : r.end;
	double high = r.start < r.end ? r.end : r.start;
	double value = s->range_is_set ? s->range_value + by * r.step : r.start;
	char text[40];

	if (value < low - 1e-9 || value > high + 1e-9)
		return;
	s->range_value = value;
	s->range_is_set = true;
	snprintf(text, sizeof text, "%.10g", value);
	editor_set(&s->editor, text);
	s->editor.is_touched = true;
}

static enum taken range_key(struct screen *s, const struct step *step,
	struct keystroke k)
{
	struct str text = STR_INIT;
	bool is_taken;

	if (k.key == KEY_IS_LEFT || k.key == KEY_IS_RIGHT) {
		slide(s, step, k.key == KEY_IS_RIGHT ? 1 : -1);
		return TAKEN_HERE;
	}
	is_taken = editor_key(&s->editor, k);
	if (is_taken) {
		editor_text(&s->editor, &text);
		s->range_is_set = text.len > 0;
		s->range_value = strtod(text.data, NULL);
		str_wipe(&text);
	}
	return is_taken ? TAKEN_HERE : TAKEN_NOT;
}

static const char *range_keys(const struct screen *s)
{
	(void)s;
	return _("Left and right move it, or type a number; Enter goes on");
}

const struct control_kind control_range = { range_begin, draw_range, range_key,
	typed, is_touched, range_keys, NULL };
