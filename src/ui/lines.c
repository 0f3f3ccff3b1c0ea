#include "config.h"

#include "ui/lines.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wipe.h"
#include "ui/course.h"
#include "ui/digits.h"
#include "ui/plain.h"
#include "ui/prompt.h"

struct lines {
	struct course *c;
	struct prompt prompt;
	size_t shown;		/* headings up to this step have been */
	bool hides;		/* asked to hide it all */
};

/* --- printing --- */

/* Form text and answers are masked: they must not drive the terminal. */
static void print_text(struct lines *l, const char *before,
	const char *text, const char *after)
{
	struct str clean = STR_INIT;

	utf8_mask(&clean, text, true);
	fprintf(l->prompt.out, "%s%s%s", before, clean.data, after);
	str_wipe(&clean);
}

/* Numbers and dates, in the digits of the form's language if that is asked
 * for. */
static void print_number(struct lines *l, const char *format, ...)
	PRINTF_LIKE(2, 3);
static void print_number(struct lines *l, const char *format, ...)
{
	unsigned zero = digits_zero(session_language(l->c->draft.session));
	struct str out = STR_INIT;
	char text[200];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	digits_add(&out, text, zero);
	print_text(l, "", out.data, "");
	str_release(&out);
}

static void print_owned(struct lines *l, const char *before, char *text,
	const char *after)
{
	if (text != NULL && text[0] != '\0')
		print_text(l, before, text, after);
	wipe_free(text);
}

static void print_err(struct lines *l, const struct err *err)
{
	print_text(l, "  ! ", err->message, "\n");
}

/* Nothing shows blank. */
static void print_choice(struct lines *l, const struct choice *c)
{
	if (c->is_original && l->c->draft.options.original_mark != NULL)
		print_text(l, "", l->c->draft.options.original_mark, "");
	print_owned(l, "", plain_text(xstrdup(c->shown[0] != '\0' ? c->shown :
		c->value)), "\n");
}

static void print_label(struct lines *l, const struct step *step,
	const char *after)
{
	print_owned(l, "", course_label(l->c, step), after);
}

static bool show_choices(struct lines *l, const struct step *step,
	struct err *err)
{
	struct choices choices;
	const char *value;

	if (!session_choices(l->c->draft.session, step->node, step->control,
			&choices, err))
		return false;
	value = node_value(l->c->draft.session, step->node);
	for (size_t k = 0; k < choices.n; k++) {
		const struct choice *c = &choices.items[k];
		bool chosen = course_is_chosen(value, c->value,
			step->control->kind != XF_SELECT1);

		print_number(l, "  %c%3zu ", chosen ? '*' : ' ', k + 1);
		print_choice(l, c);
	}
	return true;
}

/* Codes are texts, and stay in 0-9. */
static bool is_numeric(struct node *n)
{
	enum xf_type type = node_form(n)->bind->type;

	return type == XF_INT || type == XF_DECIMAL || type == XF_DATE ||
		type == XF_TIME || type == XF_DATETIME;
}

static void show_answer(struct lines *l, const struct step *step)
{
	char *value;

	if (course_is_select(step->control) ||
			node_value(l->c->draft.session, step->node)[0] == '\0')
		return;
	value = course_typed_value(l->c, step);
	if (step->control->kind == XF_SECRET)
		fprintf(l->prompt.out, "  = ****\n");
	else if (is_numeric(step->node))
		print_number(l, "  = %s\n", value);
	else
		print_text(l, "  = ", value, "\n");
	wipe_free(value);
}

static void show_comment(struct lines *l, const struct step *step)
{
	const char *text = draft_comment_at(&l->c->draft, step->node);

	if (text != NULL)
		print_text(l, "  # ", text, "\n");
}

/* Of a table of questions the header: what it says, if it does. */
static void show_header(struct lines *l, const struct step *step)
{
	char *label = plain_text(session_label(l->c->draft.session,
		step->context, step->control));

	if (label != NULL && label[strspn(label, " \t\r\n")] != '\0')
		print_text(l, "\n", label, "\n");
	wipe_free(label);
}

static void show_headings(struct lines *l)
{
	struct session *s = l->c->draft.session;

	for (; l->shown < l->c->at; l->shown++) {
		const struct step *step = &l->c->steps.items[l->shown];

		if (step->kind == STEP_GROUP)
			print_owned(l, "\n== ", plain_text(session_label(s,
				step->context, step->control)), " ==\n");
		else if (step->kind == STEP_REPEAT_INSTANCE)
			print_number(l, "\n-- %zu/%zu --\n",
				node_position(step->node),
				node_count(node_parent(step->node),
				node_form(step->node)));
		else if (step->kind == STEP_QUESTION && !course_is_stop(step))
			show_header(l, step);
	}
}

static char *captions(struct lines *l, const struct step *step)
{
	char *text = course_media_captions(l->c, step), *all;

	if (text == NULL)
		return NULL;
	all = str_format("%s  %s", text, _("':v' shows it"));
	free(text);
	return all;
}

static bool show_question(struct lines *l, struct err *err)
{
	const struct step *step = &l->c->steps.items[l->c->at];
	struct session *s = l->c->draft.session;
	const char *how = course_how_to(step->control);
	const char *calendar = course_calendar_note(step->control);

	show_headings(l);
	if (l->c->setup->training)
		fprintf(l->prompt.out, "\n%s", _("(training: a made-up record)"));
	if (l->c->is_unreviewed)
		fprintf(l->prompt.out, "\n%s", _("(training only: nobody has "
			"reviewed the words on consent and safety)"));
	print_number(l, "\n[%zu/%zu] ", course_number(l->c, l->c->at),
		course_number(l->c, l->c->steps.n));
	print_label(l, step, node_is_required(s, step->node) ? " *\n" : "\n");
	print_owned(l, "  ", plain_text(session_hint(s, step->context,
		step->control)), "\n");
	print_owned(l, "  ", captions(l, step), "\n");
	if (course_is_select(step->control) && !show_choices(l, step, err))
		return false;
	show_answer(l, step);
	show_comment(l, step);
	if (!course_is_note(l->c, step) && how != NULL)
		fprintf(l->prompt.out, "  (%s)\n", how);
	if (!course_is_note(l->c, step) && calendar != NULL)
		fprintf(l->prompt.out, "  %s\n", calendar);
	return true;
}

/* --- commands --- */

static void print_help(struct lines *l)
{
	fputs(_("  an empty line goes on; or type one of:\n"
		"  :b back            :n next           :g N go to question N\n"
		"  :u undo            :r redo           :x clear this answer\n"
		"  :c TEXT comment    :d remove this one of several\n"
		"  :X clear all answers of this group\n"
		"  :o outline         :l LANGUAGE       :q save and stop\n"
		"  :/ WORD questions and answers with that word\n"
		"  :m next question without an answer\n"
		"  :e next answer that is missing or wrong\n"
		"  :k don't know      :p prefers not to answer\n"
		"  :a not applicable  :h hide it all\n"
		"  :v show the picture, sound or video of the question\n"
		"  an answer that begins with ':' is typed with '::'\n"),
		l->prompt.out);
}

static void print_entry(struct lines *l, size_t k)
{
	const struct step *step = &l->c->steps.items[k];

	print_number(l, "  %c%3zu ", course_is_answered(l->c, step) ? '+' : '.',
		course_number(l->c, k));
	print_label(l, step, "\n");
}

/* All questions, or (`word`, in small letters) those that have it. */
static size_t print_outline(struct lines *l, const char *word)
{
	size_t n = 0;

	for (size_t k = 0; k < l->c->steps.n; k++) {
		const struct step *step = &l->c->steps.items[k];

		if (step->kind != STEP_QUESTION || course_is_note(l->c, step) ||
				(word != NULL && !course_has_word(l->c, step,
				word)))
			continue;
		print_entry(l, k);
		n++;
	}
	return n;
}

static void find(struct lines *l, const char *word)
{
	struct str small = STR_INIT;

	utf8_fold(&small, word);
	if (print_outline(l, small.data) == 0)
		fprintf(l->prompt.out, "  %s\n", _("nothing was found"));
	str_wipe(&small);
}

static bool go_wrong(struct lines *l, struct err *err)
{
	struct session_violations found = { 0 };
	bool ok = course_check(l->c, &found, err);

	if (ok && found.n == 0)
		fprintf(l->prompt.out, "  %s\n",
			_("nothing is missing or wrong"));
	else if (found.n > 0 && found.items[0].message != NULL)
		print_text(l, "  ! ", found.items[0].message, "\n");
	session_violations_release(&found);
	return ok;
}

static bool undo(struct lines *l, bool redo, struct err *err)
{
	bool is_asked;

	if (!course_undo(l->c, redo, &is_asked, err))
		return false;
	if (!is_asked)
		fprintf(l->prompt.out, "%s\n", redo ?
			_("  redone; that question is not asked now") :
			_("  undone; that question is not asked now"));
	return true;
}

static bool clear_group(struct lines *l, struct err *err)
{
	if (!course_clear_group(l->c, err))
		return false;
	fprintf(l->prompt.out, "%s\n",
		_("  cleared: ':u' brings the answers back"));
	return true;
}

static bool show_media(struct lines *l, struct err *err)
{
	if (!course_show_media(l->c, err))
		return false;
	fprintf(l->prompt.out, "  %s\n", _("it opens in the viewer, which got "
		"a copy outside of what is locked; the copy goes when the "
		"interview ends or is hidden"));
	return true;
}

static void go_back(struct lines *l)
{
	if (!course_back(l->c))
		fprintf(l->prompt.out, "%s\n",
			_("  this is the first question"));
	l->shown = l->c->at;
}

static bool run_command(struct lines *l, const char *text, bool *quit,
	struct err *err)
{
	const char *rest = text + 1 + strspn(text + 1, " ");
	struct course *c = l->c;
	size_t before = c->at;
	bool ok = true;

	switch (text[0]) {
	case 'q':
		*quit = true;
		return true;
	case 'n':
		course_next(c);
		return true;		/* with the headings between */
	case 'b': go_back(l); break;
	case 'h':
		l->hides = c->asks_nothing = *quit = true;
		return true;
	case '/': find(l, rest); break;
	case 'm':
		if (!course_go_unanswered(c, false))
			fprintf(l->prompt.out, "  %s\n",
				_("every question has an answer"));
		break;
	case 'e': ok = go_wrong(l, err); break;
	case 'k': return course_answer_offered(c, OFFERED_DONT_KNOW, err);
	case 'p': return course_answer_offered(c, OFFERED_REFUSED, err);
	case 'a':
		return course_answer_offered(c, OFFERED_NOT_APPLICABLE, err);
	case 'o':
		print_outline(l, NULL);
		ok = course_note_jump(c, err);
		break;
	case 'g':
		ok = course_note_jump(c, err) && course_go_typed(c, rest, err);
		break;
	case 'u': ok = undo(l, false, err); break;
	case 'r': ok = undo(l, true, err); break;
	case 'd': ok = course_remove_here(c, err); break;
	case 'l': ok = course_set_language(c, rest, err); break;
	case 'X': ok = clear_group(l, err); break;
	case 'v': ok = show_media(l, err); break;
	case 'x': ok = course_clear(c, err); break;
	case 'c': ok = course_comment(c, rest, err); break;
	case '?': print_help(l); break;
	default:
		return err_set(err, ERR_VALUE,
			_("there is no command ':%s'; ':?' lists them"), text);
	}
	if (ok && c->at != before)
		l->shown = c->at;
	return ok;
}

/* --- the three kinds of stop --- */

static bool take_repeat_end(struct lines *l, const char *line,
	struct err *err)
{
	if (prompt_says_no(line) || line[0] == '\0') {
		course_next(l->c);
		return true;
	}
	if (!prompt_says_yes(line))
		return err_set(err, ERR_VALUE, _("answer yes or no"));
	if (!course_add_instance(l->c, err))
		return false;
	l->shown = l->c->at > 0 ? l->c->at - 1 : 0;
	return true;
}

static bool show_repeat_end(struct lines *l)
{
	const struct step *step = &l->c->steps.items[l->c->at];
	char *label = plain_text(session_label(l->c->draft.session,
		step->context, step->control->label != NULL ||
		step->control->parent == NULL ?
		step->control : step->control->parent));

	show_headings(l);
	print_owned(l, "\n", label, "");
	/* TRANSLATORS: asked after the last of several (persons, visits ...) */
	fprintf(l->prompt.out, _("\n%zu so far. Add another? yes or no\n"),
		node_count(step->node, step->control->node));
	return true;
}

/* The first thing that is wrong, shown; false if there is any. */
static bool is_complete(struct lines *l, struct err *err)
{
	struct session_violations found = { 0 };
	bool complete = course_check(l->c, &found, err) && found.n == 0;

	if (found.n > 0) {
		fprintf(l->prompt.out, ngettext("\n%zu answer is missing or wrong\n",
			"\n%zu answers are missing or wrong\n", found.n),
			found.n);
		if (found.items[0].message != NULL)
			print_text(l, "  ! ", found.items[0].message, "\n");
		l->shown = l->c->at;
	}
	session_violations_release(&found);
	return complete;
}

/* --- the loop --- */

/* A line that is a command, or nothing of the sort. */
static bool is_command(const char *line)
{
	return line[0] == ':' && line[1] != ':' && line[1] != '\0';
}

static bool take_line(struct lines *l, const char *line, bool *quit,
	struct err *err)
{
	const struct step *step = course_step(l->c);
	const char *typed = line + (line[0] == ':');

	if (is_command(line))
		return run_command(l, line + 1, quit, err);
	if (strcmp(line, "?") == 0) {
		print_owned(l, "  ", plain_text(session_guidance(
			l->c->draft.session, step->context, step->control)),
			"\n");
		print_help(l);
		return true;
	}
	if (step->kind == STEP_REPEAT_END)
		return take_repeat_end(l, typed, err);
	if (typed[0] == '\0' || course_is_note(l->c, step))
		return course_pass(l->c, err);
	return course_answer(l->c, typed, err);
}

/* What is wrong is said, unless nothing can go on. */
static bool say(struct lines *l, bool ok, struct err *err)
{
	if (ok)
		return true;
	if (course_is_fatal(err))
		return false;
	print_err(l, err);
	err_clear(err);
	return true;
}

static enum interview_end at_end(struct lines *l, bool *stay, struct err *err)
{
	struct course *c = l->c;
	enum prompt_input input;
	bool quit = false;

	*stay = true;
	if (!is_complete(l, err))
		return err->code == ERR_NONE ? INTERVIEW_SAVED :
			INTERVIEW_FAILED;
	fputs(course_lacks_consent(c) ?
		_("\nThere is no consent. Discard this record? yes or no\n") :
		_("\nThis is the end. Finish the record? yes or no\n"),
		l->prompt.out);
	input = prompt_read(&l->prompt);
	if (input == PROMPT_END) {
		*stay = false;
		return INTERVIEW_SAVED;
	}
	if (input == PROMPT_LINE && prompt_says_yes(l->prompt.line)) {
		*stay = false;
		if (course_lacks_consent(c))
			return course_erase(c, err) ?
				INTERVIEW_DISCARDED : INTERVIEW_FAILED;
		return course_finish(c, err) ? INTERVIEW_FINISHED :
			INTERVIEW_FAILED;
	}
	if (input == PROMPT_LINE && l->prompt.line[0] == ':') {
		char *line = xstrdup(l->prompt.line);
		bool ok = say(l, run_command(l, line + 1, &quit, err), err);

		wipe_free(line);
		*stay = !quit;
		return ok ? INTERVIEW_SAVED : INTERVIEW_FAILED;
	}
	go_back(l);
	return INTERVIEW_SAVED;
}

static bool show(struct lines *l, struct err *err)
{
	bool ok = course_step(l->c)->kind == STEP_REPEAT_END ?
		show_repeat_end(l) : show_question(l, err);

	return ok && !ferror(l->prompt.out);
}

static enum interview_end turns(struct lines *l, struct err *err)
{
	for (;;) {
		enum prompt_input input;
		bool quit = false, stay, ok;
		char *line;

		if (!course_prepare(l->c, err))
			return err->code == ERR_NONE ? INTERVIEW_SAVED :
				INTERVIEW_FAILED;
		if (course_step(l->c) == NULL) {
			enum interview_end end = at_end(l, &stay, err);

			if (!stay || end == INTERVIEW_FAILED)
				return end;
			continue;
		}
		if (!show(l, err))
			return INTERVIEW_FAILED;
		input = prompt_read(&l->prompt);
		if (input == PROMPT_END)
			return INTERVIEW_SAVED;
		if (input == PROMPT_BAD) {
			fprintf(l->prompt.out, "%s\n",
				_("  ! this is not valid UTF-8 text"));
			continue;
		}
		err_clear(err);
		line = xstrdup(l->prompt.line);
		ok = say(l, take_line(l, line, &quit, err), err);
		wipe_free(line);
		if (!ok)
			return INTERVIEW_FAILED;
		if (quit)
			return INTERVIEW_SAVED;
	}
}

enum interview_end lines_run(const struct interview_setup *setup,
	struct err *err)
{
	struct course c;
	struct lines l = { .c = &c, .prompt = { .in = setup->in,
		.out = setup->out, .stop = setup->stop,
		.idle_ms = setup->idle_ms } };
	const struct asker asker = prompt_asker(&l.prompt);
	enum interview_end end = INTERVIEW_FAILED;

	if (course_open(&c, setup, &asker, err)) {
		end = turns(&l, err);
		l.hides = l.hides || l.prompt.is_idle;
		if (l.hides)
			prompt_blank(&l.prompt);
		if (!course_leave(&c, end, err))
			end = INTERVIEW_FAILED;
		else if (l.hides && end == INTERVIEW_SAVED)
			end = INTERVIEW_HIDDEN;
	} else if (err->code == ERR_NONE) {
		end = course_leave(&c, INTERVIEW_SAVED, err) ?
			INTERVIEW_SAVED : INTERVIEW_FAILED;
	}
	prompt_release(&l.prompt);
	course_close(&c);
	return end;
}
