/* Where the interview stands, and going elsewhere. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/wipe.h"
#include "ui/course_parts.h"
#include "ui/plain.h"

/* --- steps and places --- */

bool course_make_steps(struct course *c, struct err *err)
{
	bool ok = session_steps(c->draft.session, &c->steps, err);

	c->shape = session_shape(c->draft.session);
	return ok;
}

static void find_again(struct course *c, uint32_t node,
	const struct xf_control *control)
{
	for (size_t k = 0; k < c->steps.n; k++) {
		const struct step *step = &c->steps.items[k];

		if (step->node != NULL && node_id(step->node) == node &&
				step->control == control) {
			c->at = k;
			return;
		}
	}
	if (c->at > c->steps.n)
		c->at = c->steps.n;
}

bool course_refresh(struct course *c, struct err *err)
{
	const struct step *here = course_step(c);
	const struct xf_control *control = NULL;
	uint32_t id = 0;

	if (here != NULL && here->node != NULL) {
		id = node_id(here->node);
		control = here->control;
	}
	if (!course_make_steps(c, err))
		return false;
	if (id != 0)
		find_again(c, id, control);
	return true;
}

static void to_stop(struct course *c)
{
	while (c->at < c->steps.n && !course_is_stop(&c->steps.items[c->at]))
		c->at++;
}

void course_settle(struct course *c)
{
	if (c->at > c->steps.n)
		c->at = c->steps.n;
	to_stop(c);
	c->has_moved = true;
}

static const char END_PLACE[] = "end";

void course_add_place(const struct course *c, size_t at, struct str *out)
{
	const struct step *step = at < c->steps.n ? &c->steps.items[at] : NULL;

	if (step == NULL)
		str_add(out, END_PLACE);
	else if (step->node != NULL)
		node_ref(step->node, out);
	if (step != NULL && step->kind == STEP_REPEAT_END)
		str_addf(out, "/%s", step->control->node->local);
}

bool course_go_place(struct course *c, const char *place)
{
	bool after = place[0] == '+', found = false;
	struct str here = STR_INIT;

	place += after;
	for (size_t k = 0; !found && place[0] != '\0' && k <= c->steps.n;
			k++) {
		if (!after && k < c->steps.n &&
				!course_is_stop(&c->steps.items[k]))
			continue;
		str_clear(&here);
		course_add_place(c, k, &here);
		found = strcmp(here.data, place) == 0;
		if (found)
			c->at = k;
	}
	if (found && after)
		course_next_stop(c);
	str_release(&here);
	return found;
}

void course_resume(struct course *c, const char *place)
{
	course_first(c);
	c->has_moved = !course_go_place(c, place);
}

/* --- moving --- */

void course_next_stop(struct course *c)
{
	if (c->at < c->steps.n)
		c->at++;
	to_stop(c);
}

void course_next(struct course *c)
{
	course_next_stop(c);
	c->has_moved = true;
}

void course_stay(struct course *c)
{
	c->goes_on = false;
	c->has_moved = true;
}

bool course_back(struct course *c)
{
	size_t k = c->at;

	c->has_moved = true;
	while (k > 0 && !course_is_stop(&c->steps.items[k - 1]))
		k--;
	if (k > 0)
		c->at = k - 1;
	return k > 0;
}

void course_first(struct course *c)
{
	c->at = 0;
	to_stop(c);
}

void course_go(struct course *c, size_t step)
{
	c->at = step;
	c->has_moved = true;
}

bool course_go_number(struct course *c, size_t number, struct err *err)
{
	for (size_t k = 0; k < c->steps.n; k++)
		if (c->steps.items[k].kind == STEP_QUESTION &&
				course_number(c, k) == number) {
			course_go(c, k);
			return true;
		}
	return err_set(err, ERR_NOTFOUND,
		_("there is no question of that number"));
}

bool course_go_node(struct course *c, const struct node *n)
{
	for (size_t k = 0; k < c->steps.n; k++)
		if (c->steps.items[k].kind == STEP_QUESTION &&
				c->steps.items[k].node == n) {
			course_go(c, k);
			return true;
		}
	return false;
}

bool course_is_inside(const struct node *n, const struct node *around)
{
	while (n != NULL && n != around)
		n = node_parent(n);
	return n != NULL;
}

size_t course_first_inside(const struct course *c, const struct node *around)
{
	size_t k = 0;

	while (k < c->steps.n && !(course_is_stop(&c->steps.items[k]) &&
			course_is_inside(c->steps.items[k].node, around)))
		k++;
	return k;
}

static bool go_inside(struct course *c, const struct node *around)
{
	size_t k = course_first_inside(c, around);

	if (k < c->steps.n)
		course_go(c, k);
	return k < c->steps.n;
}

static bool go_repeat(struct course *c, const struct place *place)
{
	for (size_t k = 0; k < c->steps.n; k++) {
		const struct step *step = &c->steps.items[k];

		if (step->kind == STEP_REPEAT_END &&
				step->node == place->node &&
				step->control->node == place->repeat) {
			course_go(c, k);
			return true;
		}
	}
	return false;
}

bool course_go_typed(struct course *c, const char *typed, struct err *err)
{
	struct place place;

	if (typed[0] != '/')
		return course_go_number(c, strtoul(typed, NULL, 10), err);
	if (!session_place(c->draft.session, typed, &place, err)) {
		err->code = ERR_NOTFOUND;
		return false;
	}
	return (place.repeat != NULL ? go_repeat(c, &place) :
		course_go_node(c, place.node) || go_inside(c, place.node)) ||
		err_set(err, ERR_NOTFOUND, _("that question is not asked now"));
}

bool course_note_jump(struct course *c, struct err *err)
{
	return trail_look(&c->trail, AUDIT_JUMP, "", err);
}

bool course_go_unanswered(struct course *c, bool required)
{
	for (size_t i = 1; i <= c->steps.n; i++) {
		size_t k = (c->at + i) % c->steps.n;
		const struct step *step = &c->steps.items[k];

		if (!course_is_answered(c, step) && (!required ||
				node_is_required(c->draft.session,
				step->node))) {
			course_go(c, k);
			return true;
		}
	}
	return false;
}

/* --- looking for something --- */

char *course_shown_answer(struct course *c, const struct step *step)
{
	struct session *session = c->draft.session;
	const char *value = node_value(session, step->node);
	struct choices choices;
	struct err ignored = ERR_INIT;
	struct str out = STR_INIT;

	if (step->control->kind == XF_SECRET)
		return xstrdup(value[0] != '\0' ? "****" : "");
	if (!course_is_select(step->control) || value[0] == '\0')
		return course_typed_value(c, step);
	if (!session_choices(session, step->node, step->control, &choices,
			&ignored)) {
		err_clear(&ignored);
		return xstrdup(value);
	}
	for (size_t i = 0; i < choices.n; i++) {
		const struct choice *choice = &choices.items[i];
		char *label;

		if (!course_is_chosen(value, choice->value,
				step->control->kind != XF_SELECT1))
			continue;
		if (out.len > 0)
			str_add(&out, ", ");
		label = plain_text(xstrdup(choice->shown[0] != '\0' ?
			choice->shown : choice->value));
		str_add(&out, label);
		wipe_free(label);
	}
	return out.len > 0 ? str_steal(&out) : xstrdup(value);
}

bool course_has_word(struct course *c, const struct step *step,
	const char *word)
{
	char *label = course_label(c, step);
	char *answer = step->kind == STEP_QUESTION ?
		course_shown_answer(c, step) : xstrdup("");
	struct str text = STR_INIT;
	bool found;

	utf8_fold(&text, label);
	str_addc(&text, '\n');
	utf8_fold(&text, answer);
	found = strstr(text.data, word) != NULL;
	str_wipe(&text);
	wipe_free(label);
	wipe_free(answer);
	return found;
}

/* --- undo --- */

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

bool course_undo(struct course *c, bool redo, bool *is_asked,
	struct err *err)
{
	struct journal_step step;
	bool ok;

	*is_asked = true;
	c->steps.n = 0;		/* its nodes will be gone */
	ok = draft_undo(&c->draft, redo, &step, err);
	if (!ok) {
		struct err ignored = ERR_INIT;

		if (!course_refresh(c, &ignored))
			err_clear(&ignored);
	} else if (course_make_steps(c, err)) {
		char *place = place_of_change(&step, redo);

		*is_asked = course_go_place(c, place);
		course_settle(c);
		free(place);
	} else {
		ok = false;
	}
	journal_step_release(&step);
	c->is_changed = c->is_changed || ok;
	return ok;
}
