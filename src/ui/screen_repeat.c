/* Several of a kind (persons, visits ...): a table of them, one more, or on. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "ui/screen_parts.h"

enum { COLUMNS = 3 };	/* answers that tell one from another */

static size_t count(const struct step *step)
{
	return node_count(step->node, step->control->node);
}

/* Rows: the instances, then "one more", then "go on". */
static void begin(struct screen *s, const struct step *step)
{
	s->repeat_at = count(step) == 0 ? 0 : count(step) + 1;
}

/* The first answers in it. */
static char *summary(struct screen *s, struct node *instance)
{
	struct str out = STR_INIT;
	size_t n = 0;

	for (size_t k = course_first_inside(&s->c, instance); k < s->c.steps.n && n < COLUMNS;
			k++) {
		const struct step *step = &s->c.steps.items[k];
		char *answer;

		if (step->node == NULL || !course_is_inside(step->node, instance))
			break;
		if (step->kind != STEP_QUESTION || course_is_note(&s->c, step))
			continue;
		answer = course_shown_answer(&s->c, step);
		if (n++ > 0)
			str_add(&out, " | ");
		str_add(&out, answer[0] != '\0' ? answer : "-");
		wipe_free(answer);
	}
	return str_steal(&out);
}

static void draw_row(struct screen *s, size_t k, const char *text)
{
	unsigned look = k == s->repeat_at ? LOOK_REVERSE : 0;

	if (k == s->repeat_at) {
		s->body.focus = s->body.rows.n;
		page_cursor(&s->body);
	}
	s->body.indent = 2;
	page_line(&s->body, text, look);
	s->body.indent = 0;
	if (k == s->repeat_at)
		s->body.focus_end = s->body.rows.n;
}

static void draw(struct screen *s, const struct step *step)
{
	size_t n = count(step);
	size_t from = s->repeat_at > 40 ? s->repeat_at - 40 : 0;

	for (size_t k = from; k < n && k < s->repeat_at + 40; k++) {
		struct node *instance = node_instance(step->node,
			step->control->node, k + 1);
		char *text = summary(s, instance);
		char *line = str_format("%zu  %s", k + 1, text);

		draw_row(s, k, line);
		wipe_free(text);
		wipe_free(line);
	}
	draw_row(s, n, _("+  one more (a)"));
	draw_row(s, n + 1, _(">  no more: go on (n)"));
}

static enum taken add(struct screen *s)
{
	struct err err = ERR_INIT;

	screen_forget(s);
	if (!course_add_instance(&s->c, &err))
		screen_error(s, &err);
	return TAKEN_HERE;
}

static enum taken go_into(struct screen *s, const struct step *step)
{
	struct node *instance = node_instance(step->node, step->control->node,
		s->repeat_at + 1);

	course_go(&s->c, course_first_inside(&s->c, instance));
	screen_forget(s);
	return TAKEN_HERE;
}

static enum taken remove_one(struct screen *s, const struct step *step)
{
	struct node *instance;
	struct err err = ERR_INIT;

	if (s->repeat_at >= count(step) || !screen_asks(s,
			_("Remove this one with all its answers?")))
		return TAKEN_HERE;
	instance = node_instance(step->node, step->control->node,
		s->repeat_at + 1);
	if (!course_remove(&s->c, instance, &err))
		screen_error(s, &err);
	screen_forget(s);
	return TAKEN_HERE;
}

static enum taken key(struct screen *s, const struct step *step,
	struct keystroke k)
{
	size_t n = count(step);

	switch (k.key) {
	case KEY_IS_UP:
		s->repeat_at -= s->repeat_at > 0;
		return TAKEN_HERE;
	case KEY_IS_DOWN:
		s->repeat_at += s->repeat_at < n + 1;
		return TAKEN_HERE;
	case KEY_IS_ENTER:
		return s->repeat_at < n ? go_into(s, step) :
			s->repeat_at == n ? add(s) : TAKEN_ANSWER;
	case KEY_IS_CHAR:
		if (k.c == 'a' || k.c == '+')
			return add(s);
		if (k.c == 'd')
			return remove_one(s, step);
		return k.c == 'n' ? TAKEN_ANSWER : TAKEN_HERE;
	default: return TAKEN_NOT;
	}
}

static const char *keys(const struct screen *s)
{
	(void)s;
	return _("Enter opens it, a adds one, d removes it, n goes on");
}

const struct control_kind control_repeat = { begin, draw, key, NULL, NULL,
	keys, NULL };
