/* Answers, comments, instances: what changes the record. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "ui/course_parts.h"
#include "ui/place.h"

/* --- answers --- */

/* One word of what was typed at a select; NULL: no such choice. */
static const char *choice_value(const struct choices *choices,
	const char *word, bool is_open)
{
	char *end;
	unsigned long k = strtoul(word, &end, 10);

	/* "=2" is the code 2, "2" the second choice */
	if (word[0] == '=' && word[1] != '\0')
		word++;
	else if (*end == '\0' && k >= 1 && k <= choices->n)
		return choices->items[k - 1].value;
	for (size_t c = 0; c < choices->n; c++)
		if (strcmp(choices->items[c].value, word) == 0)
			return choices->items[c].value;
	return is_open ? word : NULL;
}

/* Numbers of choices, or their values, to values; false: no such choice. */
static bool choice_values(struct course *c, const struct step *step,
	const char *typed, struct str *out, struct err *err)
{
	struct choices choices;
	char *copy, *rest, *word;
	bool ok = true;

	if (!session_choices(c->draft.session, step->node, step->control,
			&choices, err))
		return false;
	if (step->control->kind != XF_SELECT1 && strcmp(typed, "0") == 0)
		return true;
	rest = copy = xstrdup(typed);
	while (ok && (word = strsep(&rest, " ,")) != NULL) {
		const char *value;

		if (word[0] == '\0')
			continue;
		value = choice_value(&choices, word, step->control->is_open);
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

/* A month or a year alone. */
static bool date_value(const struct xf_control *control, const char *typed,
	struct str *out, struct err *err)
{
	char text[DAY_TEXT_BYTES];
	struct day day;

	if (!day_parse_part(typed, course_date_part(control), &day))
		return err_set(err, ERR_VALUE, _("this has to be %s"),
			course_how_to(control));
	day_text(day, text);
	str_add(out, text);
	return true;
}

/* What was typed, in the form the session takes. */
static bool typed_value(struct course *c, const struct step *step,
	const char *typed, struct str *out, struct err *err)
{
	if (course_is_select(step->control))
		return choice_values(c, step, typed, out, err);
	if (step->control->kind == XF_TRIGGER) {
		if (strcasecmp(typed, "ok") != 0)
			return err_set(err, ERR_VALUE, _("type 'ok' to confirm"));
		str_add(out, "OK");
		return true;
	}
	if (course_date_part(step->control) != DAY_WHOLE)
		return date_value(step->control, typed, out, err);
	if (step->node != NULL && node_form(step->node)->bind->type ==
			XF_GEOPOINT && place_parse(typed, out))
		return true;
	str_add(out, typed);
	/* People leave the seconds out. */
	if (step->node != NULL && node_form(step->node)->bind->type == XF_TIME &&
			strlen(typed) == 5 && typed[2] == ':')
		str_add(out, ":00.000");
	return true;
}

void course_keep_typed(struct course *c, const char *typed)
{
	const struct step *step = course_step(c);
	struct err ignored = ERR_INIT;

	if (step != NULL && step->kind == STEP_QUESTION &&
			!draft_refuse(&c->draft, step->node, typed, &ignored))
		err_clear(&ignored);
}

static bool give(struct course *c, const struct step *step,
	const char *value, const char *typed, struct err *err)
{
	if (step->control->kind != XF_UPLOAD)
		return draft_answer(&c->draft, step->node, value, err);
	if (draft_attach(&c->draft, step->node, value, err))
		return true;
	if (err->code == ERR_IO)
		err->code = ERR_VALUE;	/* another name may do */
	course_keep_typed(c, typed);
	return false;
}

/* An answer that the form does not allow; the caller's error stays. */
static void note_refusal(struct course *c, const struct node *n)
{
	struct err ignored = ERR_INIT;
	struct str ref = STR_INIT;

	node_ref(n, &ref);
	if (!trail_note(&c->trail, AUDIT_CONSTRAINT_ERROR, ref.data, NULL,
			&ignored))
		err_clear(&ignored);
	str_release(&ref);
}

static const struct step *question_here(const struct course *c,
	struct err *err)
{
	const struct step *step = course_step(c);

	if (step != NULL && step->kind == STEP_QUESTION)
		return step;
	err_set(err, ERR_VALUE, _("there is no question here"));
	return NULL;
}

static bool answer(struct course *c, const struct step *step,
	const char *value, const char *typed, struct err *err)
{
	if (!give(c, step, value, typed, err)) {
		if (err->code == ERR_REFUSED)
			note_refusal(c, step->node);
		return false;
	}
	c->has_moved = false;
	c->goes_on = true;
	c->is_changed = true;
	return true;
}

bool course_answer(struct course *c, const char *typed, struct err *err)
{
	const struct step *step = question_here(c, err);
	struct str value = STR_INIT;
	bool ok;

	if (step == NULL)
		return false;
	ok = typed_value(c, step, typed, &value, err);
	if (!ok && !course_is_fatal(err))
		course_keep_typed(c, typed);
	ok = ok && answer(c, step, value.data, typed, err);
	str_wipe(&value);
	return ok;
}

bool course_answer_value(struct course *c, const char *value, struct err *err)
{
	const struct step *step = question_here(c, err);

	return step != NULL && answer(c, step, value, value, err);
}

/* The words that forms use for it: never numbers, which may mean a number. */
static const char *const offered_codes[][8] = {
	[OFFERED_DONT_KNOW] = { "dk", "dont_know", "don_t_know", "unknown",
		"not_known", "do_not_know", "dontknow", NULL },
	[OFFERED_REFUSED] = { "pnts", "refused", "refuse", "prefer_not",
		"prefer_not_to_say", "prefer_not_to_answer", "no_answer", NULL },
	[OFFERED_NOT_APPLICABLE] = { "na", "n_a", "not_applicable", NULL },
};

static bool is_offered(const char *value, enum offered offered)
{
	const char *const *code = offered_codes[offered];

	for (; *code != NULL; code++)
		if (strcmp(value, *code) == 0)
			return true;
	return false;
}

bool course_answer_offered(struct course *c, enum offered offered,
	struct err *err)
{
	const struct step *step = course_step(c);
	struct choices choices = { NULL, 0, NULL };

	if (step != NULL && step->kind == STEP_QUESTION &&
			(step->control->kind == XF_SELECT1 ||
			step->control->kind == XF_SELECT) &&
			!course_is_note(c, step) &&
			!session_choices(c->draft.session, step->node,
			step->control, &choices, err))
		return false;
	for (size_t i = 0; i < choices.n; i++)
		if (is_offered(choices.items[i].value, offered)) {
			char *value = xstrdup(choices.items[i].value);
			bool ok = course_answer_value(c, value, err);

			free(value);
			return ok;
		}
	return err_set(err, ERR_REFUSED,
		_("this question does not offer that answer"));
}

bool course_pass(struct course *c, struct err *err)
{
	const struct step *step = course_step(c);
	char *message;

	if (step == NULL || step->kind != STEP_QUESTION ||
			course_is_answered(c, step) ||
			!node_is_required(c->draft.session, step->node)) {
		course_next(c);
		return true;
	}
	node_violation(c->draft.session, step->node, &message);
	err_set(err, ERR_REFUSED, "%s", message != NULL ? message :
		c->setup->term != NULL ? _("an answer is needed here") :
		_("an answer is needed here (':q' saves and stops)"));
	free(message);
	note_refusal(c, step->node);
	return false;
}

bool course_clear(struct course *c, struct err *err)
{
	const struct step *step = question_here(c, err);

	c->has_moved = true;		/* it stays here */
	c->is_changed = true;
	return step != NULL && draft_answer(&c->draft, step->node, "", err) &&
		course_refresh(c, err);
}

bool course_comment(struct course *c, const char *text, struct err *err)
{
	const struct step *step = question_here(c, err);

	return step != NULL && draft_comment(&c->draft, step->node, text, err);
}

/* --- groups and instances --- */

/* The group or instance that the question stands in; NULL: none but the whole
 * record. */
static struct node *group_here(const struct course *c)
{
	const struct step *step = course_step(c);
	struct node *n = step != NULL ? step->node : NULL;

	if (n != NULL && step->kind == STEP_QUESTION)
		n = node_parent(n);
	return n != NULL && n != session_root(c->draft.session) ? n : NULL;
}

bool course_clear_group(struct course *c, struct err *err)
{
	struct node *group = group_here(c);

	if (group == NULL)
		return err_set(err, ERR_REFUSED,
			_("this question stands in no group"));
	if (!draft_clear(&c->draft, group, err) || !course_refresh(c, err))
		return false;
	c->is_changed = true;
	course_settle(c);
	return true;
}

bool course_add_instance(struct course *c, struct err *err)
{
	const struct step step = *course_step(c);

	if (!draft_insert(&c->draft, step.node, step.control->node, err) ||
			!course_make_steps(c, err))
		return false;
	c->is_changed = true;
	c->has_moved = false;
	/* The new instance stands where the question was. */
	while (c->at < c->steps.n && !course_is_stop(&c->steps.items[c->at]))
		c->at++;
	return true;
}

bool course_remove(struct course *c, struct node *instance, struct err *err)
{
	struct str ref = STR_INIT;
	bool ok;

	node_ref(instance, &ref);
	ok = trail_leave(&c->trail, err) &&
		draft_remove(&c->draft, instance, err) &&
		trail_note(&c->trail, AUDIT_DELETE_REPEAT, ref.data, NULL,
			err);
	str_release(&ref);
	if (!ok)
		return false;
	c->is_changed = true;
	c->steps.n = 0;
	if (!course_refresh(c, err))
		return false;
	if (c->at >= c->steps.n)
		course_first(c);
	course_settle(c);
	return true;
}

bool course_remove_here(struct course *c, struct err *err)
{
	const struct step *step = course_step(c);
	struct node *n = step != NULL ? step->node : NULL;

	while (n != NULL && !node_form(n)->is_repeat)
		n = node_parent(n);
	if (n == NULL)
		return err_set(err, ERR_REFUSED,
			_("this question is not one of several"));
	return course_remove(c, n, err);
}
