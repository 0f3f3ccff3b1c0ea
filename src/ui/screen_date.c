/* Dates: beside what is typed, what it means, to be moved by arrows: a calendar
 * of a month, the months of a year, or years. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/screen_parts.h"

enum { YEARS_AROUND = 3 };

static enum xf_type type_of(const struct step *step)
{
	return step->kind == STEP_QUESTION && step->control->kind == XF_INPUT ?
		node_form(step->node)->bind->type : XF_OTHER;
}

static bool has_date(const struct step *step)
{
	return type_of(step) == XF_DATE || type_of(step) == XF_DATETIME;
}

/* A date with a time: 'T' and the time, to be kept.  wipe with str_wipe(). */
static void split(const struct screen *s, struct str *date, struct str *rest)
{
	const char *t;

	editor_text(&s->editor, date);
	t = strchr(date->data, 'T');
	if (t == NULL)
		return;
	str_add(rest, t);
	str_cut(date, (size_t)(t - date->data));
}

/* The date that stands there, or today; false: something else does. */
static bool date_here(struct screen *s, enum day_part part, struct day *date)
{
	struct str text = STR_INIT, rest = STR_INIT;
	bool ok = true;

	split(s, &text, &rest);
	if (text.len == 0)
		*date = day_of_ms(session_now_ms(s->c.draft.session));
	else
		ok = day_parse_part(text.data, part, date);
	str_wipe(&text);
	str_wipe(&rest);
	return ok;
}

/* --- showing --- */

/* Words with blanks between, each by itself, so that they lie as numbers do;
 * that of number `at` (-1: none) stands out. */
static void draw_words(struct page *page, const char *text, int width,
	int at, unsigned look)
{
	char *words = xstrdup(text), *rest = words, *word;

	for (int i = 0; (word = strsep(&rest, " ")) != NULL; i++) {
		for (int k = page_width(word); k < width; k++)
			page_char(page, ' ', 0);
		page_isolated(page, word, i == at ? LOOK_REVERSE : look);
		page_char(page, ' ', 0);
	}
	page_end(page);
	free(words);
}

static void draw_month(struct screen *s, struct day date)
{
	struct day day = { date.year, date.month, 1 };
	long first = day_number(day);

	/* TRANSLATORS: seven short names of days, two columns each, with one
	 * blank between */
	draw_words(&s->body, _("Mo Tu We Th Fr Sa Su"), 2, -1, LOOK_DIM);
	for (long d = first - day_weekday(first); ; d++) {
		char number[8];
		struct day at = day_of_number(d);

		if (day_weekday(d) == 0 && d > first &&
				at.month != date.month)
			break;
		snprintf(number, sizeof number, "%2d", at.day);
		page_text(&s->body, at.month == date.month ? number : "  ",
			at.month != date.month ? 0 : at.day == date.day ?
			LOOK_REVERSE : 0);
		if (day_weekday(d) == 6)
			page_end(&s->body);
		else
			page_text(&s->body, " ", 0);
	}
}

static void draw_year(struct page *page, int year, unsigned look)
{
	char text[16];

	if (year < 1 || year > 9999)
		return;
	snprintf(text, sizeof text, "%04d", year);
	page_line(page, text, look);
}

static void draw_months(struct screen *s, struct day date)
{
	draw_year(&s->body, date.year - 1, LOOK_DIM);
	draw_year(&s->body, date.year, LOOK_BOLD);
	s->body.indent = 2;
	/* TRANSLATORS: twelve short names of months, with one blank between */
	draw_words(&s->body, _("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
		3, date.month - 1, 0);
	s->body.indent = 0;
	draw_year(&s->body, date.year + 1, LOOK_DIM);
}

static void draw_years(struct screen *s, struct day date)
{
	for (int by = -YEARS_AROUND; by <= YEARS_AROUND; by++)
		draw_year(&s->body, date.year + by,
			by == 0 ? LOOK_REVERSE : LOOK_DIM);
}

void screen_date_draw(struct screen *s, const struct step *step)
{
	enum day_part part = course_date_part(step->control);
	const char *note = course_calendar_note(step->control);
	struct day date;

	if (note != NULL)
		page_line(&s->body, note, 0);
	if (!has_date(step) || !date_here(s, part, &date))
		return;
	page_end(&s->body);
	if (part == DAY_MONTH)
		draw_months(s, date);
	else if (part == DAY_YEAR)
		draw_years(s, date);
	else
		draw_month(s, date);
	s->body.focus_end = s->body.rows.n;
}

/* --- moving --- */

/* In an empty one today comes first, of a date with a time without it: nobody
 * has said when. */
static bool move_date(struct screen *s, const struct step *step,
	enum day_part unit, int by)
{
	enum day_part part = course_date_part(step->control);
	struct str text = STR_INIT, rest = STR_INIT;
	char moved[DAY_TEXT_BYTES];
	struct day date;
	bool ok = date_here(s, part, &date);

	if (ok) {
		split(s, &text, &rest);
		if (text.len > 0)
			date = day_moved(date, unit, by);
		day_text_part(date, part, moved);
		str_clear(&text);
		str_add(&text, moved);
		str_add(&text, rest.len > 0 ? rest.data :
			type_of(step) == XF_DATETIME ? "T" : "");
		editor_set(&s->editor, text.data);
		s->editor.is_touched = true;
	}
	str_wipe(&text);
	str_wipe(&rest);
	return ok;
}

/* Towards later in a row: to the right, but where rows run to the left. */
static int later(const struct screen *s, struct keystroke k)
{
	bool is_mirrored = screen_is_rtl(s) && term_bidi(s->term) == BIDI_OURS;

	return (k.key == KEY_IS_RIGHT) != is_mirrored ? 1 : -1;
}

bool screen_date_key(struct screen *s, const struct step *step,
	struct keystroke k)
{
	bool is_down = k.key == KEY_IS_DOWN;

	if (!has_date(step))
		return false;
	switch (k.key) {
	case KEY_IS_UP:
	case KEY_IS_DOWN:
		if (course_date_part(step->control) == DAY_WHOLE)
			return move_date(s, step, DAY_WHOLE, is_down ? 7 : -7);
		return move_date(s, step, DAY_YEAR, is_down ? 1 : -1);
	case KEY_IS_LEFT:
	case KEY_IS_RIGHT:
		if (course_date_part(step->control) == DAY_YEAR)
			return false;
		return move_date(s, step, course_date_part(step->control),
			later(s, k));
	default: return false;
	}
}

const char *screen_date_keys(const struct screen *s)
{
	const struct step *step = course_step(&s->c);

	if (step == NULL || !has_date(step))
		return NULL;
	switch (course_date_part(step->control)) {
	case DAY_MONTH: return _("Arrows (month, year), or type it; Enter goes on");
	case DAY_YEAR: return _("Arrows up and down, or type it; Enter goes on");
	default: return _("Arrows (day, week), or type it; Enter goes on");
	}
}
