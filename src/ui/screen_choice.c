/* Choosing one, several, or an order: arrows, numbers, or a search by typing. */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wipe.h"
#include "ui/plain.h"
#include "ui/screen_parts.h"

enum { SHOWN_AROUND = 40 };	/* rows drawn above and below the cursor */

static const char *shown(const struct choice *c)
{
	return c->shown[0] != '\0' ? c->shown : c->value;
}

char *screen_choice_text(const struct screen *s, const struct choice *c)
{
	const char *mark = c->is_original ?
		s->c.draft.options.original_mark : NULL;

	return plain_text(str_format("%s%s", mark != NULL ? mark : "",
		shown(c)));
}

/* --- the search --- */

/* As it is shown, without its Markdown. */
static void fold_shown(struct str *to, const struct choice *c)
{
	char *plain;

	if (!plain_has_markup(shown(c))) {
		utf8_fold(to, shown(c));
		return;
	}
	plain = plain_text(xstrdup(shown(c)));
	utf8_fold(to, plain);
	free(plain);
}

/* One text for all choices, made when it is first searched: " label" ... */
static void fold_all(struct choosing *c)
{
	struct str text = STR_INIT;

	c->folded_at = xcalloc(c->choices.n + 1, sizeof *c->folded_at);
	for (size_t i = 0; i < c->choices.n; i++) {
		c->folded_at[i] = text.len;
		fold_shown(&text, &c->choices.items[i]);
		str_addn(&text, "\n", 1);
		utf8_fold(&text, c->choices.items[i].value);
		str_addn(&text, "", 1);
	}
	c->folded_at[c->choices.n] = text.len;
	c->folded = str_steal(&text);
}

/* "=2": the code, and nothing else. */
static bool has_code(const struct choosing *c, size_t i, const char *code)
{
	const char *text = c->folded + c->folded_at[i];

	return strcmp(text + strcspn(text, "\n") + 1, code) == 0;
}

static bool matches(const struct choosing *c, size_t i, const char *wanted)
{
	if (wanted[0] == '=')
		return has_code(c, i, wanted + 1);
	return strstr(c->folded + c->folded_at[i], wanted) != NULL;
}

/* The label or the code as a whole. */
static bool is_exactly(const struct choosing *c, size_t i, const char *wanted)
{
	const char *text = c->folded + c->folded_at[i];
	size_t n = strcspn(text, "\n");

	return strcmp(text + n + 1, wanted) == 0 ||
		(strlen(wanted) == n && strncmp(text, wanted, n) == 0);
}

static void to_front(struct choosing *c, size_t k)
{
	size_t i = c->found[k];

	memmove(c->found + 1, c->found, k * sizeof *c->found);
	c->found[0] = i;
}

static void search(struct choosing *c)
{
	struct str typed = STR_INIT, wanted = STR_INIT;

	editor_text(&c->filter, &typed);
	utf8_fold(&wanted, typed.data);
	c->n_found = 0;
	for (size_t i = 0; i < c->choices.n; i++) {
		if (wanted.len > 0 && !matches(c, i, wanted.data))
			continue;
		c->found[c->n_found++] = i;
		if (wanted.len > 0 && is_exactly(c, i, wanted.data))
			to_front(c, c->n_found - 1);
	}
	c->at = 0;
	c->has_cursor = true;
	str_wipe(&typed);
	str_wipe(&wanted);
}

static void stop_filtering(struct choosing *c)
{
	size_t here = c->has_cursor && c->at < c->n_found ?
		c->found[c->at] : 0;

	editor_release(&c->filter);
	c->is_filtering = false;
	for (size_t i = 0; i < c->choices.n; i++)
		c->found[i] = i;
	c->n_found = c->choices.n;
	c->at = here;
}

/* --- beginning --- */

void choosing_release(struct choosing *c)
{
	choices_let_go(&c->choices);
	free(c->is_on);
	free(c->order);
	free(c->found);
	wipe_free(c->folded);
	free(c->folded_at);
	editor_release(&c->filter);
	memset(c, 0, sizeof *c);
}

/* As they were answered; those that were not come after. */
static void begin_order(struct choosing *c, const char *value)
{
	char *copy = xstrdup(value), *rest = copy, *word;
	size_t n = 0;

	while ((word = strsep(&rest, " ")) != NULL)
		for (size_t i = 0; i < c->choices.n; i++)
			if (!c->is_on[i] && strcmp(c->choices.items[i].value,
					word) == 0) {
				c->is_on[i] = true;
				c->order[n++] = i;
				break;
			}
	for (size_t i = 0; i < c->choices.n; i++)
		if (!c->is_on[i])
			c->order[n++] = i;
	wipe_free(copy);
}

static void begin(struct screen *s, const struct step *step)
{
	struct choosing *c = &s->choosing;
	const char *value;
	struct err err = ERR_INIT;

	choosing_release(c);
	if (session_choices(s->c.draft.session, step->node, step->control,
			&c->choices, &err)) {
		choices_hold(&c->choices);
	} else {
		c->choices = (struct choices){ NULL, 0, NULL };
		screen_say(s, "%s", err.message);
		err_clear(&err);
	}
	value = node_value(s->c.draft.session, step->node);
	c->is_several = step->control->kind == XF_SELECT;
	c->is_rank = step->control->kind == XF_RANK;
	c->is_on = xcalloc(c->choices.n + 1, sizeof *c->is_on);
	c->found = xcalloc(c->choices.n + 1, sizeof *c->found);
	c->order = xcalloc(c->choices.n + 1, sizeof *c->order);
	for (size_t i = 0; i < c->choices.n; i++)
		c->found[i] = i;
	c->n_found = c->choices.n;
	c->has_cursor = c->is_several || c->is_rank || value[0] != '\0';
	if (c->is_rank) {
		begin_order(c, value);
		return;
	}
	for (size_t i = 0; value[0] != '\0' && i < c->choices.n; i++) {
		c->is_on[i] = course_is_chosen(value, c->choices.items[i].value,
			c->is_several);
		if (c->is_on[i] && c->at == 0)
			c->at = i;
	}
}

/* --- showing --- */

static size_t choice_at(const struct choosing *c, size_t k)
{
	return c->is_rank ? c->order[k] : c->found[k];
}

enum { NUMBER_BYTES = 48 };

static void number_of(const struct choosing *c, size_t k,
	char number[NUMBER_BYTES])
{
	size_t i = choice_at(c, k);

	snprintf(number, NUMBER_BYTES, c->is_rank ? "%zu. " :
		c->is_several ? c->is_on[i] ? "%zu [x] " : "%zu [ ] " :
		c->is_on[i] ? "%zu (*) " : "%zu ( ) ",
		c->is_rank ? k + 1 : i + 1);
}

/* --- side by side --- */

enum { BETWEEN = 3 };		/* columns between two of a row */

static bool fits_row(const struct screen *s)
{
	const struct choosing *c = &s->choosing;
	int columns = 0;

	for (size_t i = 0; i < c->choices.n && columns < s->body.columns; i++) {
		char number[NUMBER_BYTES];
		char *text = screen_choice_text(s, &c->choices.items[i]);

		number_of(c, i, number);
		columns += page_measure(&s->body, text) + page_width(number) +
			BETWEEN;
		free(text);
	}
	return columns < s->body.columns - 2;
}

static void draw_row(struct screen *s)
{
	struct choosing *c = &s->choosing;

	s->body.focus = s->body.rows.n;
	s->body.indent = 2;
	for (size_t i = 0; i < c->choices.n; i++) {
		unsigned look = c->has_cursor && i == c->at ? LOOK_REVERSE : 0;
		char *text = screen_choice_text(s, &c->choices.items[i]);
		char number[NUMBER_BYTES];

		number_of(c, i, number);
		if (look != 0)
			page_cursor(&s->body);
		page_text(&s->body, number, look);
		page_isolated(&s->body, text, look);
		for (int k = 0; k < BETWEEN; k++)
			page_char(&s->body, ' ', 0);
		free(text);
	}
	page_end(&s->body);
	s->body.indent = 0;
	s->body.focus_end = s->body.rows.n;
}

/* --- one below the other --- */

static void draw_choice(struct screen *s, size_t k)
{
	struct choosing *c = &s->choosing;
	size_t i = choice_at(c, k);
	bool is_here = c->has_cursor && k == c->at;
	unsigned look = is_here ? LOOK_REVERSE : 0;
	char number[NUMBER_BYTES];
	char *text = screen_choice_text(s, &c->choices.items[i]);

	number_of(c, k, number);
	if (k == c->at)
		s->body.focus = s->body.rows.n;
	s->body.indent = 2;
	s->body.hang = page_width(number);
	if (is_here)
		page_cursor(&s->body);
	page_text(&s->body, number, look);
	if (c->is_rank && c->is_grabbed && k == c->at)
		look |= LOOK_BOLD | LOOK_UNDERLINE;
	page_isolated(&s->body, text, look);
	page_end(&s->body);
	free(text);
	s->body.indent = s->body.hang = 0;
	if (k == c->at)
		s->body.focus_end = s->body.rows.n;
}

static void draw_list(struct screen *s)
{
	struct choosing *c = &s->choosing;
	size_t n = c->is_rank ? c->choices.n : c->n_found;
	size_t from = c->at > SHOWN_AROUND ? c->at - SHOWN_AROUND : 0;
	size_t to = c->at + SHOWN_AROUND < n ? c->at + SHOWN_AROUND : n;

	if (c->is_filtering) {
		page_text(&s->body, "/ ", LOOK_DIM);
		editor_draw(&c->filter, &s->body);
	}
	if (from > 0)
		page_line(&s->body, "...", LOOK_DIM);
	for (size_t k = from; k < to; k++)
		draw_choice(s, k);
	if (n == 0)
		page_line(&s->body, c->is_filtering ?
			_("no choice has that in it") :
			_("there is nothing to choose from"), LOOK_DIM);
	if (to < n) {
		char *more = str_format(ngettext("... %zu more", "... %zu more",
			n - to), n - to);

		page_line(&s->body, more, LOOK_DIM);
		free(more);
	}
}

static void draw(struct screen *s, const struct step *step)
{
	struct choosing *c = &s->choosing;

	if (step->control->kind == XF_SELECT1 && c->choices.n > 0 &&
			!c->is_filtering && course_has_appearance(step->control,
			"likert") && fits_row(s))
		c->layout = LAYOUT_ROW;
	if (c->layout == LAYOUT_ROW)
		draw_row(s);
	else
		draw_list(s);
}

/* --- keys --- */

static void toggle(struct choosing *c)
{
	size_t i;

	if (!c->has_cursor || c->at >= c->n_found)
		return;
	i = c->found[c->at];
	c->is_touched = true;
	if (c->is_several) {
		c->is_on[i] = !c->is_on[i];
		return;
	}
	memset(c->is_on, 0, c->choices.n * sizeof *c->is_on);
	c->is_on[i] = true;
}

/* Rank: what is grabbed moves along. */
static void move(struct choosing *c, long by)
{
	size_t n = c->is_rank ? c->choices.n : c->n_found;
	long to = (long)c->at + by;

	if (n == 0)
		return;
	if (!c->has_cursor) {
		c->has_cursor = true;
		c->at = by < 0 ? n - 1 : 0;
		return;
	}
	to = to < 0 ? 0 : to >= (long)n ? (long)n - 1 : to;
	while (c->is_rank && c->is_grabbed && (long)c->at != to) {
		size_t next = (long)c->at < to ? c->at + 1 : c->at - 1;
		size_t moved = c->order[c->at];

		c->order[c->at] = c->order[next];
		c->order[next] = moved;
		c->at = next;
		c->is_touched = true;
	}
	c->at = (size_t)to;
}

/* Digits name a choice by its number; with more than nine, two digits soon
 * after one another. */
static enum taken number_key(struct choosing *c, uint32_t digit)
{
	size_t n = strlen(c->digits), number;

	if (n + 2 > sizeof c->digits)
		n = 0;
	c->digits[n] = (char)digit;
	c->digits[n + 1] = '\0';
	number = strtoul(c->digits, NULL, 10);
	if (number < 1 || number > c->choices.n) {
		snprintf(c->digits, sizeof c->digits, "%c", (char)digit);
		number = strtoul(c->digits, NULL, 10);
	}
	if (number < 1 || number > c->choices.n || c->is_rank)
		return TAKEN_HERE;
	c->at = number - 1;
	c->has_cursor = true;
	if (!c->is_several || c->choices.n <= 9) {
		toggle(c);
		if (c->is_several)
			c->digits[0] = '\0';
	}
	return TAKEN_HERE;
}

static enum taken filter_key(struct choosing *c, struct keystroke k)
{
	if (k.key == KEY_IS_BACKSPACE && editor_is_empty(&c->filter)) {
		stop_filtering(c);
		return TAKEN_HERE;
	}
	if (k.key == KEY_IS_ENTER) {
		if (c->n_found == 0)
			return TAKEN_HERE;
		toggle(c);
		stop_filtering(c);
		return c->is_several ? TAKEN_HERE : TAKEN_ANSWER;
	}
	if (k.key == KEY_IS_UP || k.key == KEY_IS_DOWN ||
			!editor_key(&c->filter, k))
		return TAKEN_NOT;
	search(c);
	return TAKEN_HERE;
}

static void begin_filter(struct choosing *c)
{
	if (c->folded == NULL)
		fold_all(c);
	c->is_filtering = true;
	c->filter.is_masked = c->filter.has_lines = false;
	editor_set(&c->filter, "");
}

static enum taken char_key(struct choosing *c, struct keystroke k)
{
	char digit[8] = "";

	utf8_encode(k.c, digit);
	utf8_ascii_digits(digit);
	if (isdigit((unsigned char)digit[0]) && digit[1] == '\0')
		return number_key(c, (unsigned char)digit[0]);
	c->digits[0] = '\0';
	if (k.c == ' ') {
		if (c->is_rank)
			c->is_grabbed = !c->is_grabbed;
		else if (!c->has_cursor && c->layout != LAYOUT_LIST)
			move(c, 1);
		else
			toggle(c);
		return TAKEN_HERE;
	}
	if (c->is_rank)
		return TAKEN_HERE;
	begin_filter(c);
	if (k.c != '/') {
		editor_key(&c->filter, k);
		search(c);
	}
	return TAKEN_HERE;
}

/* Choices in a row: arrows go as it is seen.  Up and down leave it. */
static enum taken row_key(struct screen *s, struct keystroke k)
{
	bool is_mirrored = screen_is_rtl(s) && term_bidi(s->term) == BIDI_OURS;

	switch (k.key) {
	case KEY_IS_LEFT:
	case KEY_IS_RIGHT:
		move(&s->choosing, (k.key == KEY_IS_RIGHT) != is_mirrored ?
			1 : -1);
		s->choosing.digits[0] = '\0';
		return TAKEN_HERE;
	case KEY_IS_DOWN:
		return s->choosing.layout == LAYOUT_TABLE ? TAKEN_NEXT :
			TAKEN_NOT;
	default: return TAKEN_NOT;
	}
}

static enum taken key(struct screen *s, const struct step *step,
	struct keystroke k)
{
	struct choosing *c = &s->choosing;
	enum { LEAF = 10 };

	(void)step;
	if (c->layout != LAYOUT_LIST && (k.key == KEY_IS_LEFT ||
			k.key == KEY_IS_RIGHT || k.key == KEY_IS_UP ||
			k.key == KEY_IS_DOWN))
		return row_key(s, k);
	if (c->is_filtering) {
		enum taken taken = filter_key(c, k);

		if (taken != TAKEN_NOT)
			return taken;
	}
	switch (k.key) {
	case KEY_IS_CHAR: return char_key(c, k);
	case KEY_IS_UP: move(c, -1); break;
	case KEY_IS_DOWN: move(c, 1); break;
	case KEY_IS_HOME:
		c->has_cursor = true;
		move(c, -(long)c->choices.n);
		break;
	case KEY_IS_END: move(c, (long)c->choices.n); break;
	case KEY_IS_LEFT:
	case KEY_IS_RIGHT:
		move(c, k.key == KEY_IS_LEFT ? -LEAF : LEAF);
		break;
	case KEY_IS_ENTER:
		if (!c->is_several && !c->is_rank && c->digits[0] == '\0' &&
				c->n_found > 0)
			toggle(c);
		if (c->is_rank)
			c->is_touched = true;
		return TAKEN_ANSWER;
	default: return TAKEN_NOT;
	}
	c->digits[0] = '\0';
	return TAKEN_HERE;
}

static void add_value(struct choosing *c, size_t i, struct str *out)
{
	if (out->len > 0)
		str_addc(out, ' ');
	str_add(out, c->choices.items[i].value);
}

static bool typed(struct screen *s, const struct step *step, struct str *out)
{
	struct choosing *c = &s->choosing;

	(void)step;
	if (c->is_rank && !c->is_touched)
		return false;
	for (size_t k = 0; k < c->choices.n; k++) {
		if (c->is_rank)
			add_value(c, c->order[k], out);
		else if (c->is_on[k])
			add_value(c, k, out);
	}
	return true;
}

static bool is_touched(const struct screen *s)
{
	return s->choosing.is_touched;
}

static const char *keys(const struct screen *s)
{
	if (s->choosing.is_filtering)
		return _("Type a part of it, arrows, Enter takes it");
	if (s->choosing.is_rank)
		return _("Space grabs it, arrows move it, Enter goes on");
	if (s->choosing.layout == LAYOUT_TABLE)
		return _("Arrows and Space, or number; Enter goes on");
	if (s->choosing.layout == LAYOUT_ROW)
		return _("Left, right and Space, or number; Enter goes on");
	return s->choosing.is_several ?
		_("Space or number marks, letters search, Enter goes on") :
		_("Arrows or number, letters search, Enter takes it");
}

/* The search is made ready while nobody types. */
static void idle(struct screen *s)
{
	if (s->choosing.folded == NULL)
		fold_all(&s->choosing);
}

const struct control_kind control_choice = { begin, draw, key, typed,
	is_touched, keys, idle };
