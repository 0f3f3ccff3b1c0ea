#include "config.h"

#include "ui/screen_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "ui/digits.h"
#include "ui/language.h"
#include "ui/plain.h"

bool screen_is_rtl(const struct screen *s)
{
	const char *language = s->c.draft.session != NULL ?
		session_language(s->c.draft.session) : NULL;

	return language != NULL && xf_language_is_rtl(language);
}

static void set_text(char **to, char *text)
{
	wipe_free(*to);
	*to = text;
}

void screen_say(struct screen *s, const char *format, ...)
{
	char text[500];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	set_text(&s->note, xstrdup(text));
}

void screen_quiet(struct screen *s)
{
	set_text(&s->note, NULL);
}

bool screen_error(struct screen *s, struct err *err)
{
	if (course_is_fatal(err)) {
		s->is_over = true;
		s->end = INTERVIEW_FAILED;
		return false;
	}
	set_text(&s->error, xstrdup(err->message));
	err_clear(err);
	return true;
}

void screen_left(struct screen *s, enum panel_over over)
{
	if (over == PANEL_OPEN)
		return;
	s->end = over == PANEL_HIDDEN ? INTERVIEW_HIDDEN : INTERVIEW_SAVED;
	s->is_over = s->c.asks_nothing = true;
}

struct keystroke screen_key(struct screen *s)
{
	struct keystroke k = term_key(s->term);

	if (k.key == KEY_IS_HIDE || k.key == KEY_IS_IDLE) {
		term_blank(s->term);	/* first of all */
		screen_left(s, PANEL_HIDDEN);
	} else if (k.key == KEY_IS_GONE) {
		screen_left(s, PANEL_GONE);
	}
	return k;
}

/* --- what is shown --- */

void screen_begin(struct screen *s)
{
	struct page *pages[] = { &s->head, &s->body, &s->foot };

	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		page_clear(pages[i]);
		pages[i]->columns = term_columns(s->term);
		pages[i]->is_rtl = screen_is_rtl(s);
		pages[i]->bidi = term_bidi(s->term);
	}
	s->body.is_zoomed = s->is_zoomed;
}

static void draw_head(struct screen *s)
{
	const struct xform *form = s->c.setup->form;
	char *where = str_format("%zu/%zu ", course_number(&s->c, s->c.at),
		course_number(&s->c, s->c.steps.n));

	page_bar(&s->head, form->title != NULL && form->title[0] != '\0' ?
		form->title : form->id, where, LOOK_REVERSE);
	free(where);
	if (s->c.setup->training)
		page_line(&s->head, _("(training: a made-up record)"),
			LOOK_BOLD);
	if (s->c.is_unreviewed)
		page_line(&s->head, _("(training only: nobody has reviewed "
			"the words on consent and safety)"), LOOK_BOLD);
}

/* "Household > Child 2/3", of the groups that the question stands in. */
static void draw_path(struct screen *s, const struct step *step)
{
	const struct xf_control *groups[16], *g = step->control->parent;
	struct node *n = step->kind == STEP_QUESTION ?
		node_parent(step->node) : step->node;
	size_t k = 0;
	bool any = false;

	if (step->kind == STEP_REPEAT_END && g != NULL)
		g = g->parent;		/* the label below has it */
	for (; g != NULL && k < 16; g = g->parent)
		groups[k++] = g;
	while (k-- > 0) {
		char *label = plain_text(session_label(s->c.draft.session,
			step->context, groups[k]));

		if (label != NULL && label[0] != '\0') {
			page_text(&s->body, any ? " > " : "", LOOK_DIM);
			page_text(&s->body, label, LOOK_DIM);
			any = true;
		}
		wipe_free(label);
	}
	while (n != NULL && !node_form(n)->is_repeat)
		n = node_parent(n);
	if (n != NULL) {
		char *number = str_format("%zu/%zu", node_position(n),
			node_count(node_parent(n), node_form(n)));

		page_text(&s->body, any ? " " : "", LOOK_DIM);
		page_isolated(&s->body, number, LOOK_DIM);
		free(number);
		any = true;
	}
	if (any)
		page_end(&s->body);
	page_end(&s->body);
}

static void draw_label(struct screen *s, const struct step *step)
{
	const struct xf_control *c = step->control;
	const struct xf_text *label = step->kind == STEP_REPEAT_END &&
		c->label == NULL && c->parent != NULL ? c->parent->label :
		c->label;
	char *plain = course_label(&s->c, step);

	if (label != NULL)
		screen_rich(s, step->context, label, LOOK_BOLD);
	else
		page_text(&s->body, plain, LOOK_BOLD);
	wipe_free(plain);
	if (step->kind == STEP_QUESTION &&
			node_is_required(s->c.draft.session, step->node))
		page_text(&s->body, " *", LOOK_ERROR);
	page_end(&s->body);
}

static void draw_hint(struct screen *s, const struct step *step)
{
	if (step->control->hint == NULL)
		return;
	screen_rich(s, step->context, step->control->hint, LOOK_DIM);
	page_end(&s->body);
}

static void draw_captions(struct screen *s, const struct step *step)
{
	char *captions = course_media_captions(&s->c, step);

	if (captions == NULL)
		return;
	page_isolated(&s->body, captions, 0);
	page_text(&s->body, "  ", 0);
	page_line(&s->body, _("Ctrl-V shows it"), LOOK_DIM);
	free(captions);
}

static void draw_foot(struct screen *s)
{
	const char *keys = s->control != NULL ? s->control->keys(s) : "";

	if (s->note != NULL)
		page_line(&s->foot, s->note, LOOK_BOLD);
	page_line(&s->foot, keys, LOOK_DIM);
	page_bar(&s->foot, _("PgUp back  Tab commands  ? help  Esc hide"), "",
		LOOK_REVERSE);
}

static void draw_comment(struct screen *s, const struct step *step)
{
	const char *comment = step->kind == STEP_QUESTION ?
		draft_comment_at(&s->c.draft, step->node) : NULL;

	if (comment == NULL)
		return;
	page_text(&s->body, "# ", LOOK_DIM);
	page_line(&s->body, comment, LOOK_DIM);
}

static void draw_error(struct screen *s)
{
	if (s->error == NULL)
		return;
	page_text(&s->body, "! ", LOOK_ERROR);
	page_line(&s->body, s->error, LOOK_ERROR);
	s->body.focus_end = s->body.rows.n;
}

void screen_draw_beside(struct screen *s, const struct step *step)
{
	draw_hint(s, step);
	draw_captions(s, step);
	draw_error(s);
	draw_comment(s, step);
}

/* The question that is answered now: label, control, what is wrong. */
static void draw_question(struct screen *s, const struct step *step)
{
	size_t from = s->body.rows.n;

	draw_label(s, step);
	draw_hint(s, step);
	draw_captions(s, step);
	page_end(&s->body);
	s->body.focus = s->body.focus_end = from;
	if (s->control->draw != NULL)
		s->control->draw(s, step);
	draw_error(s);
	draw_comment(s, step);
	/* the label too, where there is room for both */
	if (s->body.focus_end <= from + (size_t)term_rows(s->term) / 2)
		s->body.focus = from;
}

/* --- groups on one screen --- */

/* Another question of the same list, in the same instance of its repeat. */
static bool is_in_list(const struct screen *s, size_t k,
	const struct xf_control *list, const struct node *instance)
{
	const struct step *step = &s->c.steps.items[k];
	struct node *n = step->node;

	if (step->kind != STEP_QUESTION || course_list_of(step) != list)
		return false;
	while (n != NULL && !node_form(n)->is_repeat)
		n = node_parent(n);
	return n == instance;
}

/* Those around are there with their answers, a row or so each. */
static void draw_other(struct screen *s, const struct step *step)
{
	char *label, *answer;

	if (course_is_header(step->control))
		return;
	label = course_label(&s->c, step);
	answer = course_is_note(&s->c, step) ? xstrdup("") :
		course_shown_answer(&s->c, step);
	page_text(&s->body, label, 0);
	if (answer[0] != '\0') {
		page_text(&s->body, "  ", 0);
		page_isolated(&s->body, answer, LOOK_UNDERLINE);
	}
	page_end(&s->body);
	wipe_free(label);
	wipe_free(answer);
}

/* The questions of a list, from and to (steps). */
static void find_list(const struct screen *s, const struct xf_control *list,
	const struct node *instance, size_t *from, size_t *to)
{
	*from = s->c.at;
	*to = s->c.at + 1;
	while (*from > 0 && (s->c.steps.items[*from - 1].kind == STEP_GROUP ||
			is_in_list(s, *from - 1, list, instance)))
		(*from)--;
	while (*to < s->c.steps.n &&
			(s->c.steps.items[*to].kind == STEP_GROUP ||
			is_in_list(s, *to, list, instance)))
		(*to)++;
}

/* One question of a list, or a table of them: the step after. */
static size_t draw_in_list(struct screen *s, size_t k, size_t to)
{
	size_t end = screen_grid_end(s, k, to);

	if (end > k && screen_grid_draw(s, k, end))
		return end;
	if (k != s->c.at) {
		draw_other(s, &s->c.steps.items[k]);
		return k + 1;
	}
	draw_question(s, &s->c.steps.items[k]);
	page_end(&s->body);
	return k + 1;
}

static void draw_list(struct screen *s, const struct xf_control *list)
{
	struct node *instance = course_step(&s->c)->node;
	size_t from, to, focus = 0, focus_end = 0;

	while (instance != NULL && !node_form(instance)->is_repeat)
		instance = node_parent(instance);
	find_list(s, list, instance, &from, &to);
	for (size_t k = from, end; k < to; k = end) {
		end = k + 1;
		if (!is_in_list(s, k, list, instance))
			continue;
		end = draw_in_list(s, k, to);
		if (k <= s->c.at && s->c.at < end) {
			focus = s->body.focus;
			focus_end = s->body.focus_end;
		}
	}
	s->body.focus = focus;
	s->body.focus_end = focus_end;
}

void screen_draw(struct screen *s)
{
	const struct step *step = course_step(&s->c);
	const struct xf_control *list = step != NULL ? course_list_of(step) : NULL;

	screen_begin(s);
	s->choosing.layout = LAYOUT_LIST;
	draw_head(s);
	if (step != NULL) {
		draw_path(s, step);
		if (list != NULL)
			draw_list(s, list);
		else
			draw_question(s, step);
	}
	draw_foot(s);
	term_show(s->term, &s->head, &s->body, &s->foot, &s->top);
}

/* --- a turn --- */

static const struct control_kind *kind_of(struct screen *s,
	const struct step *step)
{
	if (step->kind == STEP_REPEAT_END)
		return &control_repeat;
	if (course_is_note(&s->c, step))
		return &control_note;
	if (course_is_select(step->control))
		return &control_choice;
	if (step->control->kind == XF_TRIGGER)
		return &control_trigger;
	if (step->control->kind == XF_RANGE)
		return &control_range;
	return &control_text;
}

void screen_forget(struct screen *s)
{
	s->control = NULL;
	s->control_node = 0;
	s->control_of = NULL;
}

/* The control of the question here, with its answer; kept as it is while the
 * question is the same, so that nothing typed goes. */
static void begin_control(struct screen *s)
{
	const struct step *step = course_step(&s->c);

	if (step == NULL) {
		screen_forget(s);
		return;
	}
	if (s->control != NULL && s->control_node == node_id(step->node) &&
			s->control_of == step->control &&
			kind_of(s, step) == s->control &&
			(s->control != &control_choice ||
			s->revision == session_revision(s->c.draft.session)))
		return;
	s->control = kind_of(s, step);
	s->control_node = node_id(step->node);
	s->control_of = step->control;
	s->revision = session_revision(s->c.draft.session);
	set_text(&s->error, NULL);
	s->is_warned = false;
	s->top = 0;
	if (s->control->begin != NULL)
		s->control->begin(s, step);
}

static bool is_touched(const struct screen *s)
{
	return s->control != NULL && s->control->is_touched != NULL &&
		s->control->is_touched(s);
}

const char *screen_pending(const struct screen *s, const struct node *n)
{
	for (size_t i = 0; i < s->pending.n; i++)
		if (s->pending.items[i].node == node_id(n))
			return s->pending.items[i].text;
	return NULL;
}

static void drop_pending(struct screen *s, uint32_t node)
{
	for (size_t i = 0; i < s->pending.n; i++)
		if (s->pending.items[i].node == node) {
			wipe_free(s->pending.items[i].text);
			vec_remove(&s->pending, i, 1);
			return;
		}
}

void screen_drop_pending(struct screen *s)
{
	while (s->pending.n > 0)
		drop_pending(s, s->pending.items[0].node);
}

/* Choices come as values, not as numbers. */
static bool give(struct screen *s, const char *typed, struct err *err)
{
	return s->control == &control_choice ?
		course_answer_value(&s->c, typed, err) :
		course_answer(&s->c, typed, err);
}

/* Enter, or a key that answers: true if the answer stands. */
static bool answer(struct screen *s, struct err *err)
{
	const struct step *step = course_step(&s->c);
	struct str typed = STR_INIT;
	bool ok;

	set_text(&s->error, NULL);
	if (s->control->typed == NULL || !s->control->typed(s, step, &typed))
		ok = course_pass(&s->c, err);
	else if (typed.len == 0 && !is_touched(s))
		ok = course_pass(&s->c, err);
	else if (typed.len == 0)
		ok = course_clear(&s->c, err) && course_pass(&s->c, err);
	else
		ok = give(s, typed.data, err);
	str_wipe(&typed);
	if (ok) {
		drop_pending(s, s->control_node);
		screen_forget(s);
	}
	return ok;
}

static void keep_pending(struct screen *s)
{
	struct pending p = { s->control_node, NULL };
	struct str typed = STR_INIT;

	drop_pending(s, p.node);
	if (s->control != &control_text)
		return;
	editor_text(&s->editor, &typed);
	p.text = str_steal(&typed);
	vec_push(&s->pending, p);
}

/* Going elsewhere: what is typed is an answer if it can be one; else the person
 * is told, and whoever goes all the same finds it there on coming back. */
static bool keep_answer(struct screen *s, struct err *err)
{
	struct str typed = STR_INIT;
	bool ok;

	set_text(&s->error, NULL);
	if (s->control->typed == NULL ||
			!s->control->typed(s, course_step(&s->c), &typed))
		return true;
	ok = typed.len == 0 ? course_clear(&s->c, err) :
		give(s, typed.data, err);
	str_wipe(&typed);
	if (!ok)
		return false;
	course_stay(&s->c);	/* it is for others to say where to */
	drop_pending(s, s->control_node);
	screen_forget(s);
	return course_prepare(&s->c, err);
}

static bool leave_question(struct screen *s, struct err *err)
{
	bool goes;

	if (!is_touched(s) || keep_answer(s, err))
		return true;
	goes = s->is_warned && !course_is_fatal(err);
	s->is_warned = true;
	if (goes) {
		keep_pending(s);
		err_clear(err);
	} else if (!course_is_fatal(err)) {
		screen_say(s, "%s", _("once more, and it is left so: what was "
			"typed stays here"));
	}
	return goes;
}

static bool back(struct screen *s, struct err *err)
{
	if (!leave_question(s, err))
		return false;
	if (!course_back(&s->c))
		screen_say(s, "%s", _("this is the first question"));
	screen_forget(s);
	return true;
}

/* To the next one, with or without an answer. */
static bool on(struct screen *s, struct err *err)
{
	if (!leave_question(s, err))
		return false;
	course_next(&s->c);
	screen_forget(s);
	return true;
}

static bool run(struct screen *s, uint32_t letter, struct err *err)
{
	if (letter == 0)
		return true;
	if (letter == 'b')
		return back(s, err);
	if (letter == 'n')
		return s->control == NULL || answer(s, err);
	/* these go elsewhere, or change what is asked */
	if (strchr("og/meXdq", (int)letter) != NULL &&
			!leave_question(s, err))
		return false;
	return screen_command(s, letter, err);
}

/* What was typed with Ctrl while a list was shown. */
static bool run_letter(struct screen *s, struct err *err)
{
	uint32_t letter = s->letter;

	s->letter = 0;
	return run(s, letter, err);
}

static bool is_empty_text(const struct screen *s)
{
	return s->control != &control_text || editor_is_empty(&s->editor);
}

static bool is_filtering(const struct screen *s)
{
	return s->control == &control_choice && s->choosing.is_filtering;
}

static bool take_key(struct screen *s, struct keystroke k, struct err *err)
{
	const struct step *step = course_step(&s->c);
	enum taken taken = TAKEN_NOT;

	if (k.key == KEY_IS_CHAR && !k.is_pasted && is_empty_text(s) &&
			!is_filtering(s)) {
		if (k.c == ':') {
			uint32_t letter = screen_menu(s);

			if (letter != ':')
				return run(s, letter, err);
			/* typed twice it is a text that begins so */
		} else if (k.c == '?') {
			return run(s, '?', err);
		}
	}
	/* what is pasted is text: no table grows by it, nothing is confirmed */
	if (k.is_pasted && s->control != &control_text &&
			s->control != &control_range &&
			s->control != &control_choice)
		return true;
	if (s->control->key != NULL)
		taken = s->control->key(s, step, k);
	if (taken == TAKEN_ANSWER)
		return answer(s, err);
	if (taken == TAKEN_NEXT)
		return on(s, err);
	if (taken == TAKEN_HERE)
		return true;
	switch (k.key) {
	case KEY_IS_ENTER:
	case KEY_IS_PAGE_DOWN:
	case KEY_IS_DOWN: return answer(s, err);
	case KEY_IS_PAGE_UP:
	case KEY_IS_UP: return back(s, err);
	case KEY_IS_TAB: return run(s, screen_menu(s), err);
	case KEY_IS_HELP: return run(s, '?', err);
	case KEY_IS_CONTROL: return run(s, screen_letter(k.c), err);
	default: return true;
	}
}

/* Over, with something typed: kept if it is an answer, in the journal if not. */
static void save_typed(struct screen *s)
{
	struct err ignored = ERR_INIT;

	if (is_touched(s) && course_step(&s->c) != NULL &&
			!keep_answer(s, &ignored))
		err_clear(&ignored);
}

static void turns(struct screen *s, struct err *err)
{
	while (!s->is_over) {
		struct keystroke k;

		if (!course_prepare(&s->c, err)) {
			s->end = err->code == ERR_NONE && s->is_over ? s->end :
				err->code == ERR_NONE ? INTERVIEW_SAVED :
				INTERVIEW_FAILED;
			return;
		}
		if (s->letter != 0) {
			if (!run_letter(s, err) && !screen_error(s, err))
				return;
			continue;
		}
		if (course_step(&s->c) == NULL) {
			screen_forget(s);
			if (!screen_end(s, err) && !screen_error(s, err))
				return;
			continue;
		}
		begin_control(s);
		screen_draw(s);
		if (s->note == NULL && bidi_tells_unjoined()) {
			screen_say(s, "%s", _("some letters cannot be shown "
				"joined here; a terminal that joins them by "
				"itself can: --bidi terminal"));
			screen_draw(s);
		}
		set_text(&s->note, NULL);
		if (s->control->idle != NULL && !term_has_key(s->term))
			s->control->idle(s);
		do {
			k = screen_key(s);
			if (s->is_over)
				break;
			if (!take_key(s, k, err) && !screen_error(s, err))
				return;
		} while (k.is_pasted && s->control != NULL &&
			term_has_key(s->term));
	}
	if (s->end == INTERVIEW_HIDDEN || s->end == INTERVIEW_SAVED)
		save_typed(s);
}

/* --- questions in passing --- */

static const char *ask(void *data, const char *question)
{
	struct screen *s = data;
	bool was_over = s->is_over;	/* leaving: it may be asked still */

	s->is_over = false;
	str_wipe(&s->asked);
	while (s->asked.len == 0 && !s->c.asks_nothing)
		if (!screen_type(s, question, "", &s->asked)) {
			str_clear(&s->asked);
			s->letter = 0;	/* not before it is answered */
		}
	s->is_over = was_over || s->c.asks_nothing;
	return s->asked.len > 0 ? s->asked.data : NULL;
}

static void tell(void *data, const char *text)
{
	screen_say(data, "%s", text);
}

static void release(struct screen *s)
{
	set_text(&s->error, NULL);
	set_text(&s->note, NULL);
	str_wipe(&s->asked);
	wipe_free(s->picked.path);
	str_wipe(&s->picked.shown);
	editor_release(&s->editor);
	choosing_release(&s->choosing);
	screen_drop_pending(s);
	vec_release(&s->pending);
	page_release(&s->head);
	page_release(&s->body);
	page_release(&s->foot);
	course_close(&s->c);
}

enum interview_end screen_run(const struct interview_setup *setup,
	struct err *err)
{
	struct screen s = { .term = setup->term, .end = INTERVIEW_SAVED,
		.asked = STR_INIT, .picked = { NULL, STR_INIT } };
	const struct asker asker = { ask, tell, &s };
	enum interview_end end;

	s.is_zoomed = *setup->is_zoomed;
	if (course_open(&s.c, setup, &asker, err)) {
		if (setup->before != NULL)
			screen_tell(&s, _("Before you begin"), setup->before);
		turns(&s, err);
	} else if (err->code != ERR_NONE)
		s.end = INTERVIEW_FAILED;
	end = s.end;
	if (!course_leave(&s.c, end == INTERVIEW_HIDDEN ? INTERVIEW_SAVED :
			end, err))
		end = INTERVIEW_FAILED;
	else if (s.end == INTERVIEW_HIDDEN)
		end = INTERVIEW_HIDDEN;	/* also while it was being left */
	*setup->is_zoomed = s.is_zoomed;
	release(&s);
	return end;
}
