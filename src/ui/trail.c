#include "config.h"

#include "ui/trail.h"

#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/str.h"

static int64_t now(const struct trail *t)
{
	return session_now_ms(t->draft->session);
}

static bool keep(struct trail *t, struct str *lines, struct err *err)
{
	struct journal_event event = { .kind = JOURNAL_AUDIT,
		.value = lines->data };
	bool ok = lines->len == 0 || journal_append(t->draft->record, &event,
		err);

	str_wipe(lines);
	return ok;
}

bool trail_open(struct trail *t, struct draft *draft, bool is_new,
	const char *user, struct err *err)
{
	struct audit_settings settings;

	memset(t, 0, sizeof *t);
	t->draft = draft;
	t->is_on = audit_wanted(draft->form, &settings);
	if (!t->is_on)
		return true;
	audit_init(&t->audit, &settings);
	if (settings.user && user != NULL)
		t->audit.user = xstrdup(user);
	return trail_note(t, is_new ? AUDIT_FORM_START : AUDIT_FORM_RESUME,
		NULL, NULL, err);
}

void trail_release(struct trail *t)
{
	if (t->is_on)
		audit_release(&t->audit);
	t->is_on = false;
}

bool trail_note(struct trail *t, enum audit_kind kind, const char *node,
	const char *reason, struct err *err)
{
	struct str lines = STR_INIT;

	if (!t->is_on)
		return true;
	audit_note(&t->audit, kind, node, reason, now(t), &lines);
	return keep(t, &lines, err);
}

/* What stands there: "" if it is no question, or is gone. */
static const char *value_at(const struct trail *t, const char *ref)
{
	struct err ignored = ERR_INIT;
	struct node *n = ref[0] != '\0' ?
		session_find(t->draft->session, ref, &ignored) : NULL;

	return n != NULL && node_form(n)->is_value ?
		node_value(t->draft->session, n) : "";
}

bool trail_leave(struct trail *t, struct err *err)
{
	struct str lines = STR_INIT;

	if (!t->is_on || !t->audit.is_open)
		return true;
	audit_leave(&t->audit, t->audit.kind == AUDIT_QUESTION ?
		value_at(t, t->audit.node) : "", now(t), &lines);
	return keep(t, &lines, err);
}

bool trail_look(struct trail *t, enum audit_kind kind, const char *node,
	struct err *err)
{
	if (!t->is_on || audit_is_at(&t->audit, kind, node))
		return true;
	if (!trail_leave(t, err))
		return false;
	audit_enter(&t->audit, kind, node, kind == AUDIT_QUESTION ?
		value_at(t, node) : "", now(t));
	return true;
}

/* --- the file --- */

static bool add_lines(void *context, uint64_t number,
	const struct journal_event *e, struct err *err)
{
	(void)number;
	(void)err;
	if (e->kind == JOURNAL_AUDIT)
		str_add(context, e->value);
	return true;
}

bool trail_attach(struct trail *t, struct err *err)
{
	struct str text = STR_INIT;
	struct node *n;
	bool ok;

	if (!t->is_on)
		return true;
	n = session_meta(t->draft->session, t->audit.settings.node);
	if (n == NULL)
		return true;	/* the record has no place for it */
	audit_header(&t->audit.settings, &text);
	ok = journal_history(t->draft->record, add_lines, &text, err) &&
		record_attach_bytes(t->draft->record, AUDIT_FILE,
			text.data, text.len, err);
	if (ok)
		session_restore(t->draft->session, n, AUDIT_FILE);
	str_wipe(&text);
	return ok;
}
