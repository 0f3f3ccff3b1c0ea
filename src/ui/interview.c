#include "config.h"

#include "ui/interview.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wipe.h"
#include "ui/digits.h"
#include "ui/draft.h"
#include "ui/language.h"
#include "ui/prompt.h"
#include "ui/today.h"
#include "ui/trail.h"
#include "xform/consent.h"

struct interview {
	struct draft draft;
	struct trail trail;
	bool was_begun;		/* resumed; new ones need no reason for a change */
	bool is_changed;	/* since it was opened */
	bool has_moved;		/* the place on disk is another */
	bool goes_on;		/* answered: to the next question, once it is known */
	bool clock_is_noted;	/* the date that was given, in this record */
	bool is_unreviewed;	/* this language, in training */
	const struct interview_setup *setup;
	struct prompt prompt;
	struct steps steps;
	uint64_t shape;		/* of the record, when they were made */
	size_t at;		/* index into steps; steps.n: the end */
	size_t shown_group;	/* headings up to here have been shown */
};

/* --- printing --- */

/* Form text and answers are masked: they must not drive the terminal. */
static void print_text(struct interview *i, const char *before,
	const char *text, const char *after)
{
	struct str clean = STR_INIT;

	utf8_mask(&clean, text, true);
	fprintf(i->prompt.out, "%s%s%s", before, clean.data, after);
	str_wipe(&clean);
}

/* Numbers and dates, in the digits of the form's language if that is asked
 * for. */
static void print_number(struct interview *i, const char *format, ...)
	PRINTF_LIKE(2, 3);
static void print_number(struct interview *i, const char *format, ...)
{
	unsigned zero = digits_zero(session_language(i->draft.session));
	struct str out = STR_INIT;
	char text[200];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	digits_add(&out, text, zero);
	print_text(i, "", out.data, "");
	str_release(&out);
}

static void print_owned(struct interview *i, const char *before, char *text,
	const char *after)
{
	if (text != NULL && text[0] != '\0')
		print_text(i, before, text, after);
	wipe_free(text);
}

static void print_err(struct interview *i, const struct err *err)
{
	print_text(i, "  ! ", err->message, "\n");
}

static bool is_select(const struct xf_control *c)
{
	return c->kind == XF_SELECT1 || c->kind == XF_SELECT ||
		c->kind == XF_RANK;
}

/* How to answer this kind of question, in one line. */
static const char *how_to(const struct xf_control *c)
{
	switch (c->kind) {
	case XF_SELECT1: return _("one number");
	case XF_SELECT: return _("numbers with spaces between, 0 for none");
	case XF_RANK: return _("all numbers, the first choice first");
	case XF_TRIGGER: return _("'ok' to confirm");
	case XF_UPLOAD: return _("the path of a file");
	case XF_RANGE: return _("a number");
	default: break;
	}
	switch (c->node->bind->type) {
	case XF_INT: return _("a whole number");
	case XF_DECIMAL: return _("a number");
	case XF_DATE: return _("a date like 2026-11-23");
	case XF_TIME: return _("a time like 14:30");
	case XF_DATETIME: return _("a date and time like 2026-11-23T14:30");
	case XF_GEOPOINT: return _("latitude and longitude");
	case XF_BOOLEAN: return _("true or false");
	default: return NULL;
	}
}

static bool is_note(struct interview *i, const struct step *step)
{
	return node_is_readonly(i->draft.session, step->node);
}

static bool is_chosen(const char *value, const char *choice, bool several)
{
	size_t n = strlen(choice);

	if (!several)
		return strcmp(value, choice) == 0;
	while (*value != '\0') {
		size_t word = strcspn(value, " ");

		if (word == n && strncmp(value, choice, n) == 0)
			return true;
		value += word;
		value += strspn(value, " ");
	}
	return false;
}

/* Nothing shows blank. */
static void print_choice(struct interview *i, const struct choice *c)
{
	if (c->is_original && i->draft.options.original_mark != NULL)
		print_text(i, "", i->draft.options.original_mark, "");
	print_text(i, "", c->shown[0] != '\0' ? c->shown : c->value, "\n");
}

static void print_label(struct interview *i, const struct step *step,
	const char *after)
{
	char *label = session_label(i->draft.session, step->context,
		step->control);

	if (label != NULL && label[strspn(label, " \t\r\n")] != '\0')
		print_text(i, "", label, after);
	else
		print_text(i, "", step->node != NULL ?
			node_form(step->node)->local : "-", after);
	wipe_free(label);
}

static bool show_choices(struct interview *i, const struct step *step,
	struct err *err)
{
	struct choices choices;
	const char *value;

	if (!session_choices(i->draft.session, step->node, step->control,
			&choices, err))
		return false;
	value = node_value(i->draft.session, step->node);
	for (size_t k = 0; k < choices.n; k++) {
		const struct choice *c = &choices.items[k];
		bool chosen = is_chosen(value, c->value,
			step->control->kind != XF_SELECT1);

		print_number(i, "  %c%3zu ", chosen ? '*' : ' ', k + 1);
		print_choice(i, c);
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

static void show_answer(struct interview *i, const struct step *step)
{
	const char *value = node_value(i->draft.session, step->node);

	if (value[0] == '\0' || is_select(step->control))
		return;
	if (step->control->kind == XF_SECRET)
		fprintf(i->prompt.out, "  = ****\n");
	else if (is_numeric(step->node))
		print_number(i, "  = %s\n", value);
	else
		print_text(i, "  = ", value, "\n");
}

static void show_comment(struct interview *i, const struct step *step)
{
	const char *text = draft_comment_at(&i->draft, step->node);

	if (text != NULL)
		print_text(i, "  # ", text, "\n");
}

/* Of the question there; of the last one before, if there is none. */
static size_t question_number(const struct interview *i, size_t at)
{
	if (i->steps.n == 0)
		return 0;
	return i->steps.items[at < i->steps.n ? at : i->steps.n - 1].number;
}

static void show_headings(struct interview *i)
{
	struct session *s = i->draft.session;

	for (; i->shown_group < i->at; i->shown_group++) {
		const struct step *step = &i->steps.items[i->shown_group];

		if (step->kind == STEP_GROUP)
			print_owned(i, "\n== ", session_label(s, step->context,
				step->control), " ==\n");
		else if (step->kind == STEP_REPEAT_INSTANCE)
			print_number(i, "\n-- %zu/%zu --\n",
				node_position(step->node),
				node_count(node_parent(step->node),
				node_form(step->node)));
	}
}

static bool show_question(struct interview *i, struct err *err)
{
	const struct step *step = &i->steps.items[i->at];
	struct session *s = i->draft.session;
	const char *how = how_to(step->control);

	show_headings(i);
	if (i->setup->training)
		fprintf(i->prompt.out, "\n%s", _("(training: a made-up record)"));
	if (i->is_unreviewed)
		fprintf(i->prompt.out, "\n%s", _("(training only: nobody has "
			"reviewed the words on consent and safety)"));
	print_number(i, "\n[%zu/%zu] ", question_number(i, i->at),
		question_number(i, i->steps.n));
	print_label(i, step, node_is_required(s, step->node) ? " *\n" : "\n");
	print_owned(i, "  ", session_hint(s, step->context, step->control),
		"\n");
	if (is_select(step->control) && !show_choices(i, step, err))
		return false;
	show_answer(i, step);
	show_comment(i, step);
	if (!is_note(i, step) && how != NULL)
		fprintf(i->prompt.out, "  (%s)\n", how);
	return true;
}

/* --- where we are --- */

static void refresh_at(struct interview *i, uint32_t node_wanted,
	const struct xf_control *control)
{
	for (size_t k = 0; k < i->steps.n; k++) {
		const struct step *step = &i->steps.items[k];

		if (step->node != NULL && node_id(step->node) == node_wanted &&
				step->control == control) {
			i->at = k;
			return;
		}
	}
	if (i->at > i->steps.n)
		i->at = i->steps.n;
}

static bool is_stop(const struct step *step)
{
	return step->kind == STEP_QUESTION || step->kind == STEP_REPEAT_END;
}

static bool make_steps(struct interview *i, struct err *err)
{
	bool ok = session_steps(i->draft.session, &i->steps, err);

	i->shape = session_shape(i->draft.session);
	return ok;
}

/* Steps change with every answer: find our place in the new ones. */
static bool refresh(struct interview *i, struct err *err)
{
	uint32_t id = 0;
	const struct xf_control *control = NULL;

	if (i->at < i->steps.n && i->steps.items[i->at].node != NULL) {
		id = node_id(i->steps.items[i->at].node);
		control = i->steps.items[i->at].control;
	}
	if (!make_steps(i, err))
		return false;
	if (id != 0)
		refresh_at(i, id, control);
	return true;
}

static void go_next(struct interview *i)
{
	if (i->at < i->steps.n)
		i->at++;
	while (i->at < i->steps.n && !is_stop(&i->steps.items[i->at]))
		i->at++;
}

static void go_back(struct interview *i)
{
	size_t k = i->at;

	i->has_moved = true;

	while (k > 0 && !is_stop(&i->steps.items[k - 1]))
		k--;
	if (k > 0)
		i->at = k - 1;
	else
		fprintf(i->prompt.out, "%s\n", _("  this is the first question"));
	i->shown_group = i->at;
}

static void go_first(struct interview *i)
{
	i->at = 0;
	i->shown_group = 0;
	while (i->at < i->steps.n && !is_stop(&i->steps.items[i->at]))
		i->at++;
}

/* What names a stop in the record's head: the question's reference, the
 * repeat's for the place after its last instance, END_PLACE; or '+' and a
 * reference for the stop after that question or the first in that instance. */
static const char END_PLACE[] = "end";

static void add_place(const struct interview *i, size_t at, struct str *out)
{
	const struct step *step = at < i->steps.n ? &i->steps.items[at] : NULL;

	if (step == NULL)
		str_add(out, END_PLACE);
	else if (step->node != NULL)
		node_ref(step->node, out);
	if (step != NULL && step->kind == STEP_REPEAT_END)
		str_addf(out, "/%s", step->control->node->local);
}

/* false: there is no such stop now. */
static bool go_to_place(struct interview *i, const char *place)
{
	bool after = place[0] == '+', found = false;
	struct str here = STR_INIT;

	place += after;
	for (size_t k = 0; !found && place[0] != '\0' && k <= i->steps.n;
			k++) {
		if (!after && k < i->steps.n && !is_stop(&i->steps.items[k]))
			continue;
		str_clear(&here);
		add_place(i, k, &here);
		found = strcmp(here.data, place) == 0;
		if (found)
			i->at = k;
	}
	if (found && after)
		go_next(i);
	str_release(&here);
	return found;
}

/* Where it was left; at the beginning if that is gone. */
static void resume(struct interview *i, const char *place)
{
	go_first(i);
	i->has_moved = !go_to_place(i, place);
}

static void go_to_number(struct interview *i, const char *text)
{
	unsigned long want = strtoul(text, NULL, 10);

	for (size_t k = 0; k < i->steps.n; k++)
		if (i->steps.items[k].kind == STEP_QUESTION &&
				question_number(i, k) == want) {
			i->at = k;
			i->shown_group = k;
			i->has_moved = true;
			return;
		}
	fprintf(i->prompt.out, "%s\n", _("  there is no question of that number"));
}

static void go_to_node(struct interview *i, const struct node *n)
{
	for (size_t k = 0; k < i->steps.n; k++)
		if (i->steps.items[k].kind == STEP_QUESTION &&
				i->steps.items[k].node == n) {
			i->at = k;
			i->shown_group = k;
			i->has_moved = true;
			return;
		}
}

/* --- answers --- */

/* Numbers of choices, or their values, to values; false: no such choice. */
static bool choice_values(struct interview *i, const struct step *step,
	const char *typed, struct str *out, struct err *err)
{
	struct choices choices;
	char *copy, *rest, *word;
	bool ok;

	if (!session_choices(i->draft.session, step->node, step->control,
			&choices, err))
		return false;
	if (step->control->kind != XF_SELECT1 && strcmp(typed, "0") == 0)
		return true;
	rest = copy = xstrdup(typed);
	ok = true;
	while (ok && (word = strsep(&rest, " ,")) != NULL) {
		char *end;
		unsigned long k = strtoul(word, &end, 10);
		const char *value = NULL;

		if (word[0] == '\0')
			continue;
		if (*end == '\0' && k >= 1 && k <= choices.n)
			value = choices.items[k - 1].value;
		for (size_t c = 0; c < choices.n && value == NULL; c++)
			if (strcmp(choices.items[c].value, word) == 0)
				value = choices.items[c].value;
		if (value == NULL && step->control->is_open)
			value = word;
		ok = value != NULL || err_set(err, ERR_VALUE,
			_("there is no choice '%s'"), word);
		if (!ok)
			break;
		if (out->len > 0)
			str_addc(out, ' ');
		str_add(out, value);
	}
	wipe_free(copy);
	return ok;
}

/* What was typed, in the form the session takes. */
static bool typed_value(struct interview *i, const struct step *step,
	const char *typed, struct str *out, struct err *err)
{
	if (is_select(step->control))
		return choice_values(i, step, typed, out, err);
	if (step->control->kind == XF_TRIGGER) {
		if (strcasecmp(typed, "ok") != 0)
			return err_set(err, ERR_VALUE, _("type 'ok' to confirm"));
		str_add(out, "OK");
		return true;
	}
	str_add(out, typed);
	/* People leave the seconds out. */
	if (step->node != NULL && node_form(step->node)->bind->type == XF_TIME &&
			strlen(typed) == 5 && typed[2] == ':')
		str_add(out, ":00.000");
	return true;
}

static bool is_fatal(const struct err *err)
{
	return err->code != ERR_VALUE && err->code != ERR_REFUSED &&
		err->code != ERR_NOTFOUND;
}

/* What could not be read is kept as well; the caller's error stays. */
static void keep_typed(struct interview *i, const struct node *n,
	const char *typed)
{
	struct err ignored = ERR_INIT;

	if (!draft_refuse(&i->draft, n, typed, &ignored))
		err_clear(&ignored);
}

static bool give_answer(struct interview *i, const struct step *step,
	const char *value, const char *typed, struct err *err)
{
	if (step->control->kind != XF_UPLOAD)
		return draft_answer(&i->draft, step->node, value, err);
	if (draft_attach(&i->draft, step->node, value, err))
		return true;
	if (err->code == ERR_IO)
		err->code = ERR_VALUE;	/* another name may do */
	keep_typed(i, step->node, typed);
	return false;
}

static bool take_answer(struct interview *i, const char *typed,
	struct err *err)
{
	const struct step *step = &i->steps.items[i->at];
	struct str value = STR_INIT;
	bool ok = typed_value(i, step, typed, &value, err);

	if (!ok && !is_fatal(err))
		keep_typed(i, step->node, typed);
	ok = ok && give_answer(i, step, value.data, typed, err);
	str_wipe(&value);
	if (!ok)
		return false;
	i->has_moved = false;
	i->goes_on = true;
	return true;
}

static bool take_nothing(struct interview *i, struct err *err)
{
	const struct step *step = &i->steps.items[i->at];

	if (step->kind == STEP_QUESTION && !is_note(i, step) &&
			node_is_required(i->draft.session, step->node) &&
			node_value(i->draft.session, step->node)[0] == '\0') {
		char *message;

		node_violation(i->draft.session, step->node, &message);
		err_set(err, ERR_REFUSED, "%s", message != NULL ? message :
			_("an answer is needed here (':q' saves and stops)"));
		free(message);
		return false;
	}
	go_next(i);
	i->has_moved = true;
	return true;
}

/* --- commands --- */

static void print_help(struct interview *i)
{
	fputs(_("  an empty line goes on; or type one of:\n"
		"  :b back            :n next           :g N go to question N\n"
		"  :u undo            :r redo           :x clear this answer\n"
		"  :c TEXT comment    :d remove this one of several\n"
		"  :X clear all answers of this group\n"
		"  :o outline         :l LANGUAGE       :q save and stop\n"
		"  an answer that begins with ':' is typed with '::'\n"),
		i->prompt.out);
}

static void print_outline(struct interview *i)
{
	for (size_t k = 0; k < i->steps.n; k++) {
		const struct step *step = &i->steps.items[k];

		if (step->kind != STEP_QUESTION || is_note(i, step))
			continue;
		print_number(i, "  %c%3zu ", node_value(i->draft.session,
			step->node)[0] != '\0' ? '+' : '.',
			question_number(i, k));
		print_label(i, step, "\n");
	}
}

/* On a stop, after steps have changed under us. */
static void settle_at(struct interview *i)
{
	if (i->at > i->steps.n)
		i->at = i->steps.n;
	while (i->at < i->steps.n && !is_stop(&i->steps.items[i->at]))
		i->at++;
	i->shown_group = i->at;
	i->has_moved = true;
}

static bool remove_here(struct interview *i, struct err *err)
{
	struct node *n = i->at < i->steps.n ? i->steps.items[i->at].node : NULL;
	struct str ref = STR_INIT;
	bool ok;

	while (n != NULL && !node_form(n)->is_repeat)
		n = node_parent(n);
	if (n == NULL)
		return err_set(err, ERR_REFUSED,
			_("this question is not one of several"));
	node_ref(n, &ref);
	ok = trail_leave(&i->trail, err) && draft_remove(&i->draft, n, err) &&
		trail_note(&i->trail, AUDIT_DELETE_REPEAT, ref.data, NULL, err);
	str_release(&ref);
	if (!ok)
		return false;
	i->steps.n = 0;
	if (!refresh(i, err))
		return false;
	if (i->at >= i->steps.n)
		go_first(i);
	settle_at(i);
	return true;
}

/* The group or instance that the question stands in; NULL: none but the whole
 * record. */
static struct node *group_here(const struct interview *i)
{
	const struct step *step = i->at < i->steps.n ?
		&i->steps.items[i->at] : NULL;
	struct node *n = step != NULL ? step->node : NULL;

	if (n != NULL && step->kind == STEP_QUESTION)
		n = node_parent(n);
	return n != NULL && n != session_root(i->draft.session) ? n : NULL;
}

static bool clear_group(struct interview *i, struct err *err)
{
	struct node *group = group_here(i);

	if (group == NULL)
		return err_set(err, ERR_REFUSED,
			_("this question stands in no group"));
	if (!draft_clear(&i->draft, group, err) || !refresh(i, err))
		return false;
	settle_at(i);
	fprintf(i->prompt.out, "%s\n",
		_("  cleared: ':u' brings the answers back"));
	return true;
}

/* The stop where a change shows that was undone or redone; free() it. */
static char *place_of_change(const struct journal_step *step, bool redo)
{
	const char *path = step->path != NULL ? step->path : "";
	const char *bracket = strrchr(path, '[');

	switch (step->kind) {
	case JOURNAL_INSERT:
		return redo ? str_format("+%s[%lld]", path,
			(long long)step->number) : xstrdup(path);
	case JOURNAL_REMOVE:
		if (!redo || bracket == NULL)
			return str_format("+%s", path);
		return str_format("%.*s", (int)(bracket - path), path);
	case JOURNAL_CLEAR:
		return str_format("+%s", path);
	default:
		return xstrdup(path);
	}
}

static void go_to_change(struct interview *i, const struct journal_step *step,
	bool redo)
{
	char *place = place_of_change(step, redo);

	i->has_moved = true;
	if (!go_to_place(i, place))
		fprintf(i->prompt.out, "%s\n", redo ?
			_("  redone; that question is not asked now") :
			_("  undone; that question is not asked now"));
	settle_at(i);
	free(place);
}

static bool undo(struct interview *i, bool redo, struct err *err)
{
	struct journal_step step;
	bool ok;

	i->steps.n = 0;		/* its nodes will be gone */
	ok = draft_undo(&i->draft, redo, &step, err);
	if (!ok) {
		struct err ignored = ERR_INIT;

		refresh(i, &ignored);
	} else if (make_steps(i, err)) {
		go_to_change(i, &step, redo);
	} else {
		ok = false;
	}
	journal_step_release(&step);
	return ok;
}

/* In training a language opens that nobody has reviewed; every screen says
 * so. */
static bool check_language(struct interview *i, struct err *err)
{
	i->is_unreviewed = !language_check(i->setup->form,
		session_language(i->draft.session), err);
	if (!i->is_unreviewed || !i->setup->training)
		return !i->is_unreviewed;
	err_clear(err);
	return true;
}

static bool change_language(struct interview *i, const char *name,
	struct err *err)
{
	struct journal_event event = { .kind = JOURNAL_LANGUAGE,
		.value = name };
	struct session *s = i->draft.session;
	char *before = xstrdup(session_language(s) != NULL ?
		session_language(s) : "");
	struct err ignored = ERR_INIT;
	bool ok = session_set_language(s, name, err);

	if (ok && !check_language(i, err)) {
		ok = false;
		i->is_unreviewed = false;
		if (!session_set_language(s, before, &ignored))
			err_clear(&ignored);
	}
	free(before);
	return ok && journal_append(i->draft.record, &event, err);
}

/* A draft may have been begun in a language that is not open any more. */
static bool open_language(struct interview *i, struct err *err)
{
	const struct xform *form = i->setup->form;

	if (check_language(i, err))
		return true;
	if (i->setup->options.language != NULL)
		return false;
	i->is_unreviewed = false;
	print_err(i, err);
	err_clear(err);
	return session_set_language(i->draft.session,
		form->languages[form->default_language], err);
}

static const struct step *question_here(const struct interview *i,
	struct err *err)
{
	const struct step *step = i->at < i->steps.n ?
		&i->steps.items[i->at] : NULL;

	if (step != NULL && step->kind == STEP_QUESTION)
		return step;
	err_set(err, ERR_VALUE, _("there is no question here"));
	return NULL;
}

static bool clear_answer(struct interview *i, struct err *err)
{
	const struct step *step = question_here(i, err);

	i->has_moved = true;		/* it stays here */
	return step != NULL && draft_answer(&i->draft, step->node, "", err) &&
		refresh(i, err);
}

static bool comment(struct interview *i, const char *text, struct err *err)
{
	const struct step *step = question_here(i, err);

	return step != NULL && draft_comment(&i->draft, step->node, text, err);
}

enum command { COMMAND_DONE, COMMAND_FAILED, COMMAND_QUIT };

static enum command run_command(struct interview *i, const char *text,
	struct err *err)
{
	const char *rest = text + 1 + strspn(text + 1, " ");
	bool ok = true;

	switch (text[0]) {
	case 'q': return COMMAND_QUIT;
	case 'b': go_back(i); break;
	case 'n':
		go_next(i);
		i->has_moved = true;
		break;
	case 'o':
		print_outline(i);
		ok = trail_look(&i->trail, AUDIT_JUMP, "", err);
		break;
	case 'g':
		ok = trail_look(&i->trail, AUDIT_JUMP, "", err);
		go_to_number(i, rest);
		break;
	case 'u': ok = undo(i, false, err); break;
	case 'r': ok = undo(i, true, err); break;
	case 'd': ok = remove_here(i, err); break;
	case 'l': ok = change_language(i, rest, err); break;
	case 'X': ok = clear_group(i, err); break;
	case 'x': ok = clear_answer(i, err); break;
	case 'c': ok = comment(i, rest, err); break;
	case '?': print_help(i); break;
	default:
		ok = err_set(err, ERR_VALUE,
			_("there is no command ':%s'; ':?' lists them"), text);
	}
	return ok ? COMMAND_DONE : COMMAND_FAILED;
}

/* --- the three kinds of stop --- */

static bool take_repeat_end(struct interview *i, const char *line,
	struct err *err)
{
	const struct step step = i->steps.items[i->at];

	if (prompt_says_no(line) || line[0] == '\0') {
		go_next(i);
		i->has_moved = true;
		return true;
	}
	if (!prompt_says_yes(line))
		return err_set(err, ERR_VALUE, _("answer yes or no"));
	if (!draft_insert(&i->draft, step.node, step.control->node, err) ||
			!make_steps(i, err))
		return false;
	i->has_moved = false;
	/* The new instance stands where the question was. */
	while (i->at < i->steps.n && !is_stop(&i->steps.items[i->at]))
		i->at++;
	i->shown_group = i->at > 0 ? i->at - 1 : 0;
	return true;
}

static bool show_repeat_end(struct interview *i)
{
	const struct step *step = &i->steps.items[i->at];
	char *label = session_label(i->draft.session, step->context,
		step->control->label != NULL || step->control->parent == NULL ?
		step->control : step->control->parent);

	show_headings(i);
	print_owned(i, "\n", label, "");
	/* TRANSLATORS: asked after the last of several (persons, visits ...) */
	fprintf(i->prompt.out, _("\n%zu so far. Add another? yes or no\n"),
		node_count(step->node, step->control->node));
	return true;
}

/* The first thing that is wrong, shown; false if there is any. */
static bool is_complete(struct interview *i, struct err *err)
{
	struct session_violations found = { 0 };
	struct str ref = STR_INIT;
	bool complete;

	if (!session_validate(i->draft.session, &found, err))
		return false;
	complete = found.n == 0;
	if (!complete) {
		fprintf(i->prompt.out, ngettext("\n%zu answer is missing or wrong\n",
			"\n%zu answers are missing or wrong\n", found.n),
			found.n);
		if (found.items[0].message != NULL)
			print_text(i, "  ! ", found.items[0].message, "\n");
		go_to_node(i, found.items[0].node);
		node_ref(found.items[0].node, &ref);
		if (!trail_note(&i->trail, AUDIT_CONSTRAINT_ERROR, ref.data,
				NULL, err))
			complete = false;
		str_release(&ref);
	}
	session_violations_release(&found);
	return complete;
}

/* Does it hold what consent would have to allow? */
static bool lacks_consent(struct interview *i)
{
	struct xf_consent *consent = xf_consent_new(i->draft.form);
	struct str xml = STR_INIT;
	bool lacks = consent != NULL &&
		session_serialize(i->draft.session, false, &xml, NULL) &&
		!xf_consent_is_given_in(consent, xml.data, xml.len);

	str_wipe(&xml);
	xf_consent_free(consent);
	return lacks;
}

static bool refuses_consent(struct interview *i)
{
	const struct xform *form = i->draft.form;

	if (form->form_class == NULL ||
			strcmp(form->form_class, "protected") != 0)
		return lacks_consent(i);
	for (unsigned k = 0; k < form->n_nodes; k++) {
		const char *role = form->nodes[k]->bind->role;
		struct err ignored = ERR_INIT;
		struct node *n;

		if (role == NULL || strcmp(role, "consent") != 0)
			continue;
		n = session_find(i->draft.session, form->nodes[k]->ref,
			&ignored);
		if (n != NULL && strcmp(node_value(i->draft.session, n),
				"no") == 0)
			return true;
	}
	return lacks_consent(i);
}

/* --- the audit log, for forms that ask for it --- */

/* False: `err`, or the input ended. */
static bool open_trail(struct interview *i, struct err *err)
{
	struct audit_settings settings;
	const char *user = NULL;

	if (audit_wanted(i->draft.form, &settings) && settings.user) {
		if (!prompt_read_text(&i->prompt, _("Who asks the questions? (This goes into "
				"the record's log.)")))
			return false;
		user = i->prompt.line;
	}
	return trail_open(&i->trail, &i->draft, !i->was_begun, user, err);
}

static bool note_stop(struct interview *i, struct err *err)
{
	const struct step *step = i->at < i->steps.n ?
		&i->steps.items[i->at] : NULL;
	struct str ref = STR_INIT;
	bool ok;

	if (step == NULL)
		return trail_look(&i->trail, AUDIT_END_SCREEN, "", err);
	node_ref(step->node, &ref);
	if (step->kind == STEP_REPEAT_END)
		str_addf(&ref, "/%s[%zu]", step->control->node->local,
			node_count(step->node, step->control->node) + 1);
	ok = trail_look(&i->trail, step->kind == STEP_REPEAT_END ?
		AUDIT_ADD_REPEAT : AUDIT_QUESTION, ref.data, err);
	str_release(&ref);
	return ok;
}

/* Why a record that was left before is another now, if the form wants it. */
static bool note_reason(struct interview *i, struct err *err)
{
	if (!i->trail.is_on || !i->trail.audit.settings.reasons ||
			!i->was_begun || !i->is_changed ||
			!prompt_read_text(&i->prompt, _("Why was it changed?")))
		return true;
	i->is_changed = false;
	return trail_note(&i->trail, AUDIT_CHANGE_REASON, NULL, i->prompt.line, err);
}

/* An answer that the form does not allow; the caller's error stays. */
static void note_refusal(struct interview *i, const struct node *n)
{
	struct err ignored = ERR_INIT;
	struct str ref = STR_INIT;

	node_ref(n, &ref);
	if (!trail_note(&i->trail, AUDIT_CONSTRAINT_ERROR, ref.data, NULL,
			&ignored))
		err_clear(&ignored);
	str_release(&ref);
}

/* It is left, finished or not. */
static bool close_trail(struct interview *i, struct err *err)
{
	return trail_leave(&i->trail, err) && note_reason(i, err) &&
		trail_note(&i->trail, AUDIT_FORM_SAVE, NULL, NULL, err) &&
		trail_note(&i->trail, AUDIT_FORM_EXIT, NULL, NULL, err);
}

static bool finish(struct interview *i, struct err *err)
{
	struct err ignored = ERR_INIT;

	if (close_trail(i, err) && trail_note(&i->trail, AUDIT_FORM_FINALIZE,
			NULL, NULL, err) && trail_attach(&i->trail, err) &&
			draft_finish(&i->draft, err))
		return true;
	if (!trail_note(&i->trail, AUDIT_FINALIZE_ERROR, NULL, NULL, &ignored))
		err_clear(&ignored);
	return false;
}

/* --- the loop --- */

static enum interview_end command_at_end(struct interview *i, bool *stay,
	struct err *err)
{
	char *line = xstrdup(i->prompt.line);
	enum command done = run_command(i, line + 1, err);

	wipe_free(line);
	*stay = done != COMMAND_QUIT;
	if (done != COMMAND_FAILED)
		return INTERVIEW_SAVED;
	if (is_fatal(err))
		return INTERVIEW_FAILED;
	print_err(i, err);
	err_clear(err);
	return INTERVIEW_SAVED;
}

static enum interview_end at_end(struct interview *i, bool *stay,
	struct err *err)
{
	enum prompt_input input;

	*stay = true;
	if (!is_complete(i, err))
		return err->code == ERR_NONE ? INTERVIEW_SAVED :
			INTERVIEW_FAILED;
	fputs(refuses_consent(i) ?
		_("\nThere is no consent. Discard this record? yes or no\n") :
		_("\nThis is the end. Finish the record? yes or no\n"),
		i->prompt.out);
	input = prompt_read(&i->prompt);
	if (input == PROMPT_END) {
		*stay = false;
		return INTERVIEW_SAVED;
	}
	if (input == PROMPT_LINE && prompt_says_yes(i->prompt.line)) {
		*stay = false;
		if (refuses_consent(i))
			return draft_lock(&i->draft, err) && record_discard(i->draft.record, false, err) ?
				INTERVIEW_DISCARDED : INTERVIEW_FAILED;
		return finish(i, err) ? INTERVIEW_FINISHED :
			INTERVIEW_FAILED;
	}
	if (input == PROMPT_LINE && i->prompt.line[0] == ':')
		return command_at_end(i, stay, err);
	go_back(i);
	return INTERVIEW_SAVED;
}

static bool take_line(struct interview *i, bool *quit, struct err *err)
{
	const struct step *step = &i->steps.items[i->at];
	char *line = xstrdup(i->prompt.line);
	const char *typed = line;
	bool ok = true;

	if (line[0] == ':' && line[1] != ':' && line[1] != '\0') {
		enum command done = run_command(i, line + 1, err);

		*quit = done == COMMAND_QUIT;
		ok = done != COMMAND_FAILED;
	} else if (strcmp(line, "?") == 0) {
		print_owned(i, "  ", session_guidance(i->draft.session,
			step->context, step->control), "\n");
		print_help(i);
	} else {
		if (line[0] == ':')
			typed++;
		if (step->kind == STEP_REPEAT_END)
			ok = take_repeat_end(i, typed, err);
		else if (typed[0] == '\0' || is_note(i, step))
			ok = take_nothing(i, err);
		else
			ok = take_answer(i, typed, err);
		if (!ok && err->code == ERR_REFUSED)
			note_refusal(i, i->steps.items[i->at].node);
	}
	wipe_free(line);
	return ok;
}

static bool show(struct interview *i, struct err *err)
{
	bool ok = i->steps.items[i->at].kind == STEP_REPEAT_END ?
		show_repeat_end(i) : show_question(i, err);

	return ok && !ferror(i->prompt.out);
}

/* Where to go on next time, if it is left now. */
static bool keep_place(struct interview *i, struct err *err)
{
	struct str here = STR_INIT;
	bool ok = true;

	if (i->has_moved) {
		add_place(i, i->at, &here);
		ok = strcmp(here.data, record_head(i->draft.record)->place)
			== 0 || record_set_place(i->draft.record, here.data,
			err);
		str_release(&here);
	}
	i->has_moved = false;
	return ok;
}

/* Everything the next screen reads is computed, and what chance gave is on
 * disk, before a word of it is seen. */
static bool prepare(struct interview *i, struct err *err)
{
	if (!session_settle(i->draft.session, err) ||
			!draft_keep_chance(&i->draft, err) ||
			(session_shape(i->draft.session) != i->shape &&
			!refresh(i, err)))
		return false;
	if (i->goes_on)
		go_next(i);
	i->goes_on = false;
	return keep_place(i, err);
}

/* The date that the worker gave goes into the record, once. */
static bool note_clock(struct interview *i, struct err *err)
{
	struct field_clock *clock = i->setup->clock;

	if (clock == NULL || !clock->is_given || i->clock_is_noted)
		return true;
	i->clock_is_noted = true;
	return draft_give_date(&i->draft, clock->date, err);
}

/* False: `err`, or the input ended. */
static bool check_clock(struct interview *i, struct err *err)
{
	struct field_clock *clock = i->setup->clock;

	if (clock != NULL && !clock->is_given && field_clock_jumped(clock) &&
			!today_check(i->setup->ws, clock, &i->prompt, err))
		return false;
	return note_clock(i, err);
}

static enum interview_end loop(struct interview *i, struct err *err)
{
	for (;;) {
		enum prompt_input input;
		bool quit = false, stay;
		uint64_t revision;

		if (!check_clock(i, err))
			return err->code == ERR_NONE ? INTERVIEW_SAVED :
				INTERVIEW_FAILED;
		if (!prepare(i, err) || !note_stop(i, err))
			return INTERVIEW_FAILED;
		if (i->at >= i->steps.n) {
			enum interview_end end = at_end(i, &stay, err);

			if (!stay || end == INTERVIEW_FAILED)
				return end;
			continue;
		}
		if (!show(i, err))
			return INTERVIEW_FAILED;
		input = prompt_read(&i->prompt);
		if (input == PROMPT_END)
			return INTERVIEW_SAVED;
		if (input == PROMPT_BAD) {
			fprintf(i->prompt.out, "%s\n",
				_("  ! this is not valid UTF-8 text"));
			continue;
		}
		err_clear(err);
		revision = session_revision(i->draft.session);
		if (!take_line(i, &quit, err)) {
			if (is_fatal(err))
				return INTERVIEW_FAILED;
			print_err(i, err);
			err_clear(err);
		}
		i->is_changed = i->is_changed ||
			revision != session_revision(i->draft.session);
		if (quit)
			return INTERVIEW_SAVED;
	}
}

/* What was confirmed is there already; a protected draft is locked in any case,
 * now or when it is opened next. */
static bool leave(struct interview *i, enum interview_end end,
	struct err *err)
{
	struct err ignored = ERR_INIT;

	if (i->setup->clock != NULL && !field_clock_note_seen(i->setup->ws,
			i->setup->clock, &ignored))
		err_clear(&ignored);
	if (end == INTERVIEW_SAVED)
		return close_trail(i, err) && draft_lock(&i->draft, err);
	if (end == INTERVIEW_FAILED && !draft_lock(&i->draft, &ignored))
		err_clear(&ignored);
	return true;
}

static int64_t clock_ms(void *data)
{
	return field_clock_now_ms(data);
}

enum interview_end interview_run(const struct interview_setup *setup,
	struct err *err)
{
	struct interview i = { .setup = setup,
		.prompt = { .in = setup->in, .out = setup->out,
			.stop = setup->stop } };
	enum interview_end end = INTERVIEW_FAILED;
	char *mark = language_original_mark(setup->form);

	i.draft.form = setup->form;
	i.draft.record = setup->record;
	i.draft.options = setup->options;
	i.draft.options.original_mark = mark;
	i.draft.options.isolates = true;
	if (setup->clock != NULL) {
		i.draft.options.clock_ms = clock_ms;
		i.draft.options.clock_data = setup->clock;
		i.draft.options.clock_given = setup->clock->is_given;
	}
	i.was_begun = record_head(setup->record)->n_events > 0;
	if (draft_open(&i.draft, err) && open_language(&i, err) &&
			make_steps(&i, err)) {
		resume(&i, record_head(setup->record)->place);
		if (open_trail(&i, err))
			end = loop(&i, err);
		else if (err->code == ERR_NONE)
			end = INTERVIEW_SAVED;	/* the input ended */
		if (!leave(&i, end, err))
			end = INTERVIEW_FAILED;
	}
	prompt_release(&i.prompt);
	trail_release(&i.trail);
	steps_release(&i.steps);
	draft_close(&i.draft);
	free(mark);
	return end;
}
