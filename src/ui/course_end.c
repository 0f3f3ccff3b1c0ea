/* Checking the whole, consent, and leaving. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "ui/course_parts.h"
#include "xform/consent.h"

static int by_address(const void *a, const void *b)
{
	const uintptr_t x = (uintptr_t)*(struct node *const *)a;
	const uintptr_t y = (uintptr_t)*(struct node *const *)b;

	return (x > y) - (x < y);
}

/* Nobody can mend what is not asked; Collect finishes a record that lacks it,
 * too (JavaRosa, FormDef.validate(): questions only). */
static void leave_out_unasked(struct course *c,
	struct session_violations *found)
{
	struct node **asked = xcalloc(c->steps.n + 1, sizeof *asked);
	size_t n = 0, kept = 0;

	for (size_t k = 0; k < c->steps.n; k++)
		if (c->steps.items[k].kind == STEP_QUESTION)
			asked[n++] = c->steps.items[k].node;
	qsort(asked, n, sizeof *asked, by_address);
	for (size_t i = 0; i < found->n; i++) {
		if (bsearch(&found->items[i].node, asked, n, sizeof *asked,
				by_address) != NULL)
			found->items[kept++] = found->items[i];
		else
			free(found->items[i].message);
	}
	found->n = kept;
	free(asked);
}

bool course_check(struct course *c, struct session_violations *found,
	struct err *err)
{
	struct str ref = STR_INIT;
	bool ok;

	if (!session_validate(c->draft.session, found, err))
		return false;
	if (found->n > 0)
		leave_out_unasked(c, found);
	if (found->n == 0)
		return true;
	course_go_node(c, found->items[0].node);
	node_ref(found->items[0].node, &ref);
	ok = trail_note(&c->trail, AUDIT_CONSTRAINT_ERROR, ref.data, NULL, err);
	str_release(&ref);
	return ok;
}

/* Does it hold what consent would have to allow? */
static bool holds_too_much(struct course *c)
{
	struct xf_consent *consent = xf_consent_new(c->draft.form);
	struct str xml = STR_INIT;
	bool lacks = consent != NULL &&
		session_serialize(c->draft.session, false, &xml, NULL) &&
		!xf_consent_is_given_in(consent, xml.data, xml.len);

	str_wipe(&xml);
	xf_consent_free(consent);
	return lacks;
}

bool course_lacks_consent(struct course *c)
{
	const struct xform *form = c->draft.form;

	if (form->form_class == NULL ||
			strcmp(form->form_class, "protected") != 0)
		return holds_too_much(c);
	for (unsigned k = 0; k < form->n_nodes; k++) {
		const char *role = form->nodes[k]->bind->role;
		struct err ignored = ERR_INIT;
		struct node *n;

		if (role == NULL || strcmp(role, "consent") != 0)
			continue;
		n = session_find(c->draft.session, form->nodes[k]->ref,
			&ignored);
		if (n != NULL && strcmp(node_value(c->draft.session, n),
				"no") == 0)
			return true;
	}
	return holds_too_much(c);
}

bool course_erase(struct course *c, struct err *err)
{
	int64_t id = record_head(c->draft.record)->id;

	return records_purge(c->setup->ws, &id, 1, err);
}

/* Why a record that was left before is another now, if the form wants it. */
static bool note_reason(struct course *c, struct err *err)
{
	const char *reason;

	if (!c->trail.is_on || !c->trail.audit.settings.reasons ||
			!c->was_begun || !c->is_changed || c->asks_nothing)
		return true;
	reason = c->asker->ask(c->asker->data, _("Why was it changed?"));
	if (reason == NULL)
		return true;
	c->is_changed = false;
	return trail_note(&c->trail, AUDIT_CHANGE_REASON, NULL, reason, err);
}

static bool close_trail(struct course *c, struct err *err)
{
	return trail_leave(&c->trail, err) && note_reason(c, err) &&
		trail_note(&c->trail, AUDIT_FORM_SAVE, NULL, NULL, err) &&
		trail_note(&c->trail, AUDIT_FORM_EXIT, NULL, NULL, err);
}

bool course_finish(struct course *c, struct err *err)
{
	struct err ignored = ERR_INIT;
	bool ok = close_trail(c, err);

	if (ok && c->asks_nothing)
		return false;		/* hidden while it was asked why */
	if (ok && trail_note(&c->trail, AUDIT_FORM_FINALIZE,
			NULL, NULL, err) && trail_attach(&c->trail, err) &&
			draft_finish(&c->draft, err))
		return true;
	if (!trail_note(&c->trail, AUDIT_FINALIZE_ERROR, NULL, NULL, &ignored))
		err_clear(&ignored);
	return false;
}

/* What was confirmed is there already; a protected draft is locked in any case,
 * now or when it is opened next. */
bool course_leave(struct course *c, enum interview_end end, struct err *err)
{
	struct err ignored = ERR_INIT;

	viewer_close(&c->viewer);
	if (c->draft.session == NULL)
		return end == INTERVIEW_FAILED || end == INTERVIEW_SAVED;
	if (c->setup->clock != NULL && !field_clock_note_seen(c->setup->ws,
			c->setup->clock, &ignored))
		err_clear(&ignored);
	if (end == INTERVIEW_SAVED)
		return close_trail(c, err) && draft_lock(&c->draft, err);
	if (end == INTERVIEW_FAILED && !draft_lock(&c->draft, &ignored))
		err_clear(&ignored);
	return true;
}
