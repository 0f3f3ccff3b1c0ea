/* What a letter does. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wipe.h"
#include "ui/plain.h"
#include "ui/screen_parts.h"

/* --- the outline --- */

struct jumps { size_t *items, n, cap; };

static char *outline_line(struct screen *s, size_t k)
{
	const struct step *step = &s->c.steps.items[k];
	char *label = plain_line(course_label(&s->c, step)), *line, *answer;

	if (step->kind == STEP_REPEAT_END) {
		line = str_format("   %s (%zu)", label, node_count(step->node,
			step->control->node));
		wipe_free(label);
		return line;
	}
	answer = plain_line(course_shown_answer(&s->c, step));
	line = str_format("%c %zu  \342\201\250%s\342\201\251  %s",
		course_is_note(&s->c, step) ? ' ' : answer[0] != '\0' ?
		'+' : '.', step->number, label, answer);
	wipe_free(answer);
	wipe_free(label);
	return line;
}

/* Only those rows that can be seen are worth their text; so the list is cut
 * around where we stand when a form is very long. */
static bool jump(struct screen *s, const char *title,
	bool (*is_wanted)(struct screen *s, const struct step *step,
		const void *data), const void *data, struct err *err)
{
	struct pick_lines lines = { NULL, 0, 0 };
	struct jumps jumps = { NULL, 0, 0 };
	size_t at = 0, n_answered = 0, n_missing = 0;
	char *heading;
	bool ok = true;

	for (size_t k = 0; k < s->c.steps.n; k++) {
		const struct step *step = &s->c.steps.items[k];

		if (!course_is_stop(step) || !is_wanted(s, step, data))
			continue;
		if (k <= s->c.at)
			at = lines.n;
		if (step->kind == STEP_QUESTION && !course_is_note(&s->c, step))
			*(course_is_answered(&s->c, step) ? &n_answered :
				&n_missing) += 1;
		vec_push(&jumps, k);
		pick_add(&lines, outline_line(s, k), 0);
	}
	heading = str_format(_("%1$s: %2$zu answered, %3$zu not"), title,
		n_answered, n_missing);
	if (lines.n == 0) {
		screen_say(s, "%s", _("nothing was found"));
	} else if (screen_pick(s, heading, &lines, &at)) {
		ok = course_note_jump(&s->c, err);
		course_go(&s->c, jumps.items[at]);
		screen_forget(s);
	}
	free(heading);
	pick_release(&lines);
	vec_release(&jumps);
	return ok;
}

static bool any(struct screen *s, const struct step *step, const void *data)
{
	(void)s;
	(void)step;
	(void)data;
	return true;
}

static bool has_word(struct screen *s, const struct step *step,
	const void *data)
{
	return course_has_word(&s->c, step, data);
}

static bool find(struct screen *s, struct err *err)
{
	struct str word = STR_INIT, wanted = STR_INIT;
	bool ok = true;

	if (screen_type(s, _("Find a word of a question or an answer"), "",
			&word) && word.len > 0) {
		utf8_fold(&wanted, word.data);
		ok = jump(s, word.data, has_word, wanted.data, err);
	}
	str_wipe(&word);
	str_wipe(&wanted);
	return ok;
}

static bool go(struct screen *s, struct err *err)
{
	struct str typed = STR_INIT;
	bool ok = true;

	if (screen_type(s, _("Number of the question"), "", &typed) &&
			typed.len > 0) {
		ok = course_note_jump(&s->c, err) &&
			course_go_typed(&s->c, typed.data, err);
		if (ok)
			screen_forget(s);
	}
	str_wipe(&typed);
	return ok;
}

static bool answer_with(struct screen *s, enum offered offered,
	struct err *err)
{
	bool ok = course_answer_offered(&s->c, offered, err);

	if (ok)
		screen_forget(s);
	return ok;
}

/* --- the rest --- */

static bool comment(struct screen *s, struct err *err)
{
	const struct step *step = course_step(&s->c);
	const char *before = step != NULL && step->kind == STEP_QUESTION ?
		draft_comment_at(&s->c.draft, step->node) : NULL;
	struct str text = STR_INIT;
	bool ok = true;

	/* half of one is kept, too, when it is hidden */
	if (screen_type(s, _("Comment on this answer (empty takes it away)"),
			before != NULL ? before : "", &text) ||
			s->letter != 0 || text.len > 0)
		ok = course_comment(&s->c, text.data, err);
	str_wipe(&text);
	return ok;
}

static bool choose_language(struct screen *s, struct err *err)
{
	const struct xform *form = s->c.setup->form;
	struct pick_lines lines = { NULL, 0, 0 };
	size_t at = 0;
	bool ok = true;

	if (form->n_languages < 2)
		return err_set(err, ERR_REFUSED,
			_("this form has one language only"));
	for (unsigned i = 0; i < form->n_languages; i++) {
		if (strcmp(form->languages[i],
				session_language(s->c.draft.session)) == 0)
			at = i;
		pick_add(&lines, xstrdup(form->languages[i]), 0);
	}
	if (screen_pick(s, _("Language"), &lines, &at)) {
		ok = course_set_language(&s->c, form->languages[at], err);
		if (s->control != &control_text)
			screen_forget(s);
	}
	pick_release(&lines);
	term_redraw(s->term);
	return ok;
}

static bool undo(struct screen *s, bool redo, struct err *err)
{
	bool is_asked;

	screen_drop_pending(s);
	screen_forget(s);
	if (!course_undo(&s->c, redo, &is_asked, err))
		return false;
	if (!is_asked)
		screen_say(s, "%s", redo ?
			_("redone; that question is not asked now") :
			_("undone; that question is not asked now"));
	return true;
}

static bool go_wrong(struct screen *s, struct err *err)
{
	size_t n;

	if (!screen_check(s, &n, err))
		return false;
	if (n == 0)
		screen_say(s, "%s", _("nothing is missing or wrong"));
	return true;
}

static bool clear_group(struct screen *s, struct err *err)
{
	screen_forget(s);
	if (!course_clear_group(&s->c, err))
		return false;
	screen_say(s, "%s", _("cleared: undo brings the answers back"));
	return true;
}

static bool remove_here(struct screen *s, struct err *err)
{
	if (!screen_asks(s, _("Remove this one with all its answers?")))
		return true;
	screen_forget(s);
	return course_remove_here(&s->c, err);
}

/* What is stored is locked, and the viewer cannot see it there: said once. */
static bool show_media(struct screen *s, struct err *err)
{
	const struct step *step = course_step(&s->c);
	char *captions = step != NULL ?
		course_media_captions(&s->c, step) : NULL;
	bool has_some = captions != NULL;

	free(captions);
	if (has_some && !s->may_copy)
		s->may_copy = screen_asks(s,
			_("The viewer gets a copy outside of what is locked. Show it?"));
	if (has_some && !s->may_copy)
		return true;
	if (!course_show_media(&s->c, err))
		return false;
	screen_say(s, "%s", _("it opens; the copy goes when the interview ends "
		"or is hidden"));
	return true;
}

bool screen_command(struct screen *s, uint32_t letter, struct err *err)
{
	switch (letter) {
	case 'q':
		s->is_over = true;
		s->end = INTERVIEW_SAVED;
		return true;
	case 'o': return jump(s, _("All questions"), any, NULL, err);
	case 'g': return go(s, err);
	case '/': return find(s, err);
	case 'm':
		if (!course_go_unanswered(&s->c, false))
			screen_say(s, "%s", _("every question has an answer"));
		screen_forget(s);
		return true;
	case 'e': return go_wrong(s, err);
	case 'u': return undo(s, false, err);
	case 'r': return undo(s, true, err);
	case 'x':
		screen_forget(s);
		return course_clear(&s->c, err);
	case 'X': return clear_group(s, err);
	case 'c': return comment(s, err);
	case 'k': return answer_with(s, OFFERED_DONT_KNOW, err);
	case 'p': return answer_with(s, OFFERED_REFUSED, err);
	case 'a': return answer_with(s, OFFERED_NOT_APPLICABLE, err);
	case 'v': return show_media(s, err);
	case 'd': return remove_here(s, err);
	case 'l': return choose_language(s, err);
	case 'z':
		s->is_zoomed = !s->is_zoomed;
		return true;
	case '?':
		screen_help(s);
		return true;
	default: return true;
	}
}
