#include "config.h"

#include "ui/course.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "ui/course_parts.h"
#include "ui/language.h"
#include "ui/plain.h"
#include "ui/today.h"

/* --- beginning --- */

/* False: `err`, or the input ended. */
static bool open_trail(struct course *c, struct err *err)
{
	struct audit_settings settings;
	const char *user = NULL;

	if (audit_wanted(c->draft.form, &settings) && settings.user) {
		user = c->asker->ask(c->asker->data, _("Who asks the "
			"questions? (This goes into the record's log.)"));
		if (user == NULL)
			return false;
	}
	return trail_open(&c->trail, &c->draft, !c->was_begun, user, err);
}

static bool keep_language(struct course *c, const char *name, struct err *err)
{
	struct journal_event event = { .kind = JOURNAL_LANGUAGE,
		.value = name };

	return journal_append(c->draft.record, &event, err);
}

/* A draft may have been begun in a language that is not open any more. */
static bool open_language(struct course *c, struct err *err)
{
	const struct xform *form = c->setup->form;

	if (course_check_language(c, err))
		return true;
	if (c->setup->options.language != NULL)
		return false;
	c->is_unreviewed = false;
	c->asker->tell(c->asker->data, err->message);
	err_clear(err);
	return session_set_language(c->draft.session,
		form->languages[form->default_language], err);
}

/* The language that was asked for is the one that the draft is left in, once
 * it opens: in the journal, unless it is the one without a word there. */
static bool begin_language(struct course *c, struct err *err)
{
	const struct xform *form = c->setup->form;
	const char *asked = c->setup->options.language;

	if (asked != NULL && !session_set_language(c->draft.session, asked,
			err))
		return false;
	if (!open_language(c, err))
		return false;
	return asked == NULL || (!c->was_begun && xform_language(form,
		asked) == (int)form->default_language) ||
		keep_language(c, asked, err);
}

static int64_t clock_ms(void *data)
{
	return field_clock_now_ms(data);
}

bool course_open(struct course *c, const struct interview_setup *setup,
	const struct asker *asker, struct err *err)
{
	*c = (struct course){ .setup = setup, .asker = asker };
	c->original_mark = language_original_mark(setup->form);
	c->draft.form = setup->form;
	c->draft.record = setup->record;
	c->draft.options = setup->options;
	c->draft.options.original_mark = c->original_mark;
	c->draft.options.isolates = true;
	if (setup->clock != NULL) {
		c->draft.options.clock_ms = clock_ms;
		c->draft.options.clock_data = setup->clock;
		c->draft.options.clock_given = setup->clock->is_given;
	}
	c->was_begun = record_head(setup->record)->n_events > 0;
	if (!draft_open(&c->draft, err) || !begin_language(c, err) ||
			!course_make_steps(c, err))
		return false;
	course_resume(c, record_head(setup->record)->place);
	return open_trail(c, err);
}

void course_close(struct course *c)
{
	viewer_close(&c->viewer);
	trail_release(&c->trail);
	steps_release(&c->steps);
	draft_close(&c->draft);
	free(c->original_mark);
}

bool course_is_fatal(const struct err *err)
{
	return err->code != ERR_VALUE && err->code != ERR_REFUSED &&
		err->code != ERR_NOTFOUND;
}

/* --- before each turn --- */

/* Where to go on next time, if it is left now. */
static bool keep_place(struct course *c, struct err *err)
{
	struct str here = STR_INIT;
	bool ok = true;

	if (c->has_moved) {
		course_add_place(c, c->at, &here);
		ok = strcmp(here.data, record_head(c->draft.record)->place)
			== 0 || record_set_place(c->draft.record, here.data,
			err);
		str_release(&here);
	}
	c->has_moved = false;
	return ok;
}

/* The date that the worker gave goes into the record, once. */
static bool note_clock(struct course *c, struct err *err)
{
	struct field_clock *clock = c->setup->clock;

	if (clock == NULL || !clock->is_given || c->clock_is_noted)
		return true;
	c->clock_is_noted = true;
	return draft_give_date(&c->draft, clock->date, err);
}

/* False: `err`, or the input ended. */
static bool check_clock(struct course *c, struct err *err)
{
	struct field_clock *clock = c->setup->clock;

	if (clock != NULL && !clock->is_given && field_clock_jumped(clock) &&
			!today_check(c->setup->ws, clock, c->asker, err))
		return false;
	return note_clock(c, err);
}

static bool note_stop(struct course *c, struct err *err)
{
	const struct step *step = course_step(c);
	struct str ref = STR_INIT;
	bool ok;

	if (step == NULL)
		return trail_look(&c->trail, AUDIT_END_SCREEN, "", err);
	node_ref(step->node, &ref);
	if (step->kind == STEP_REPEAT_END)
		str_addf(&ref, "/%s[%zu]", step->control->node->local,
			node_count(step->node, step->control->node) + 1);
	ok = trail_look(&c->trail, step->kind == STEP_REPEAT_END ?
		AUDIT_ADD_REPEAT : AUDIT_QUESTION, ref.data, err);
	str_release(&ref);
	return ok;
}

/* Everything the next screen reads is computed, and what chance gave is on
 * disk, before a word of it is seen. */
bool course_prepare(struct course *c, struct err *err)
{
	if (!check_clock(c, err) ||
			!session_settle(c->draft.session, err) ||
			!draft_keep_chance(&c->draft, err) ||
			(session_shape(c->draft.session) != c->shape &&
			!course_refresh(c, err)))
		return false;
	if (c->goes_on)
		course_next_stop(c);
	c->goes_on = false;
	return keep_place(c, err) && note_stop(c, err);
}

/* --- looking --- */

const struct step *course_step(const struct course *c)
{
	return c->at < c->steps.n ? &c->steps.items[c->at] : NULL;
}

bool course_is_stop(const struct step *step)
{
	if (step->kind == STEP_QUESTION)
		return !course_is_header(step->control) ||
			course_list_of(step) == NULL;
	return step->kind == STEP_REPEAT_END;
}

bool course_is_note(struct course *c, const struct step *step)
{
	return node_is_readonly(c->draft.session, step->node) ||
		course_is_header(step->control);
}

bool course_is_select(const struct xf_control *c)
{
	return c->kind == XF_SELECT1 || c->kind == XF_SELECT ||
		c->kind == XF_RANK;
}

bool course_is_header(const struct xf_control *c)
{
	return (c->kind == XF_SELECT1 || c->kind == XF_SELECT) &&
		course_has_appearance(c, "label");
}

const struct xf_control *course_list_of(const struct step *step)
{
	const struct xf_control *c = step->control->parent;

	if (step->kind != STEP_QUESTION)
		return NULL;
	while (c != NULL && !course_has_appearance(c, "field-list") &&
			!course_has_appearance(c, "table-list"))
		c = c->parent;
	return c;
}

bool course_is_answered(struct course *c, const struct step *step)
{
	return step->kind != STEP_QUESTION || course_is_note(c, step) ||
		node_value(c->draft.session, step->node)[0] != '\0';
}

char *course_label(struct course *c, const struct step *step)
{
	char *label = plain_text(session_label(c->draft.session, step->context,
		step->control));

	if (label != NULL && label[strspn(label, " \t\r\n")] != '\0')
		return label;
	wipe_free(label);
	return xstrdup(step->node != NULL ? node_form(step->node)->local :
		"-");
}

size_t course_number(const struct course *c, size_t at)
{
	if (c->steps.n == 0)
		return 0;
	return c->steps.items[at < c->steps.n ? at : c->steps.n - 1].number;
}

bool course_is_chosen(const char *value, const char *choice, bool several)
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

bool course_has_appearance(const struct xf_control *c, const char *word)
{
	return course_is_chosen(c->appearance, word, true);
}

/* --- dates --- */

enum day_part course_date_part(const struct xf_control *c)
{
	if (c->node == NULL || c->node->bind->type != XF_DATE)
		return DAY_WHOLE;
	if (course_has_appearance(c, "month-year"))
		return DAY_MONTH;
	return course_has_appearance(c, "year") ? DAY_YEAR : DAY_WHOLE;
}

const char *course_calendar_note(const struct xf_control *c)
{
	static const char *const others[] = { "ethiopian", "coptic", "islamic",
		"bikram-sambat", "myanmar", "persian" };

	if (c->node == NULL || (c->node->bind->type != XF_DATE &&
			c->node->bind->type != XF_DATETIME))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (course_has_appearance(c, others[i]))
			return _("The date is shown and typed in the "
				"Gregorian calendar.");
	return NULL;
}

char *course_typed_value(struct course *c, const struct step *step)
{
	const char *value = node_value(c->draft.session, step->node);
	enum day_part part = course_date_part(step->control);
	char text[DAY_TEXT_BYTES];
	struct day day;

	if (part == DAY_WHOLE || !day_parse(value, &day))
		return xstrdup(value);
	day_text_part(day, part, text);
	return xstrdup(text);
}

static const char *how_to_date(const struct xf_control *c)
{
	switch (course_date_part(c)) {
	case DAY_MONTH: return _("a month like 2026-11");
	case DAY_YEAR: return _("a year like 2026");
	default: return _("a date like 2026-11-23");
	}
}

const char *course_how_to(const struct xf_control *c)
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
	case XF_DATE: return how_to_date(c);
	case XF_TIME: return _("a time like 14:30");
	case XF_DATETIME: return _("a date and time like 2026-11-23T14:30");
	case XF_GEOPOINT:
		return _("latitude and longitude like 31.52 74.36, or "
			"31°31'N 74°21'E");
	case XF_BOOLEAN: return _("true or false");
	default: return NULL;
	}
}

/* --- language --- */

/* In training a language opens that nobody has reviewed; every screen says
 * so. */
bool course_check_language(struct course *c, struct err *err)
{
	c->is_unreviewed = !language_check(c->setup->form,
		session_language(c->draft.session), err);
	if (!c->is_unreviewed || !c->setup->training)
		return !c->is_unreviewed;
	err_clear(err);
	return true;
}

bool course_set_language(struct course *c, const char *name, struct err *err)
{
	struct session *s = c->draft.session;
	char *before = xstrdup(session_language(s) != NULL ?
		session_language(s) : "");
	struct err ignored = ERR_INIT;
	bool ok = session_set_language(s, name, err);

	if (ok && !course_check_language(c, err)) {
		ok = false;
		c->is_unreviewed = false;
		if (!session_set_language(s, before, &ignored))
			err_clear(&ignored);
	}
	free(before);
	return ok && keep_language(c, name, err);
}
