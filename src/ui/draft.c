#include "config.h"

#include "ui/draft.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/wipe.h"

/* --- replaying --- */

static bool replay_insert(struct draft *d, const struct journal_event *e,
	struct err *err)
{
	const struct xf_node *repeat;
	struct node *parent;

	return session_find_repeat(d->session, e->path, &parent, &repeat, err) &&
		session_insert(d->session, parent, repeat,
			(size_t)e->number - 1, 1, err);
}

static bool replay_remove(struct draft *d, const struct journal_event *e,
	struct err *err)
{
	struct node *n = session_find(d->session, e->path, err);

	return n != NULL && session_remove(d->session, node_parent(n),
		node_form(n), node_position(n), 1, err);
}

static bool replay_answer(struct draft *d, const struct journal_event *e,
	struct err *err)
{
	struct node *n = session_find(d->session, e->path, err);

	if (n == NULL)
		return false;
	if (node_form(n)->bind->calculate != NULL) {
		session_restore(d->session, n, e->value);
		return true;
	}
	return session_set(d->session, n, e->value, false, err);
}

static bool replay(void *context, uint64_t number,
	const struct journal_event *e, struct err *err)
{
	struct draft *d = context;

	(void)number;
	if (e->kind == JOURNAL_STATE) {
		session_free(d->session);
		d->session = session_load(d->form, e->value, strlen(e->value),
			false, &d->options, NULL, err);
		return d->session != NULL;
	}
	if (d->session == NULL)
		return err_set(err, ERR_SPEC,
			_("the draft's journal does not begin with its state"));
	switch (e->kind) {
	case JOURNAL_ANSWER: return replay_answer(d, e, err);
	case JOURNAL_INSERT: return replay_insert(d, e, err);
	case JOURNAL_REMOVE: return replay_remove(d, e, err);
	case JOURNAL_LANGUAGE:
		return session_set_language(d->session, e->value, err);
	default: return true;
	}
}

/* --- beginning --- */

static bool write_state(struct draft *d, struct err *err)
{
	struct str xml = STR_INIT;
	struct journal_event event = { .kind = JOURNAL_STATE,
		.time = time(NULL) };
	bool ok;

	ok = session_serialize(d->session, true, &xml, err);
	if (ok) {
		event.value = xml.data;
		ok = journal_append(d->record, &event, err);
	}
	str_wipe(&xml);
	session_clear_unsaved(d->session);
	return ok;
}

static bool reload(struct draft *d, struct err *err)
{
	session_free(d->session);
	d->session = NULL;
	if (!journal_replay(d->record, replay, d, err))
		return false;
	if (d->session == NULL)
		return err_set(err, ERR_SPEC, _("the draft's journal is empty"));
	session_clear_unsaved(d->session);
	return true;
}

bool draft_open(struct draft *d, struct err *err)
{
	if (record_head(d->record)->n_events > 0)
		return reload(d, err);
	d->session = session_new(d->form, &d->options, err);
	return d->session != NULL && write_state(d, err);
}

void draft_close(struct draft *d)
{
	session_free(d->session);
	d->session = NULL;
}

/* --- changing --- */

static bool append(struct draft *d, enum journal_kind kind, const char *path,
	const char *value, int64_t number, struct err *err)
{
	struct journal_event event = { .kind = kind, .path = path,
		.value = value, .number = number, .time = time(NULL),
		.place = path };

	return journal_append(d->record, &event, err);
}

/* Typed, but no answer: kept all the same.  The caller's error stays. */
static bool refuse(struct draft *d, const char *path, const char *value)
{
	struct err ignored = ERR_INIT;

	return append(d, JOURNAL_REFUSED, path, value, 0, &ignored) && false;
}

/* The answer before this one stands again; false, for the caller to return. */
static bool put_back(struct draft *d, struct node *n, const char *before)
{
	struct err ignored = ERR_INIT;

	if (!session_set(d->session, n, before, false, &ignored))
		err_clear(&ignored);
	return false;
}

bool draft_answer(struct draft *d, struct node *n, const char *value,
	struct err *err)
{
	struct str ref = STR_INIT;
	char *before = xstrdup(node_raw_value(n));
	bool ok;

	node_ref(n, &ref);
	ok = session_answer(d->session, n, value, err);
	if (!ok) {
		refuse(d, ref.data, value);
	} else if (!append(d, JOURNAL_ANSWER, ref.data, node_raw_value(n), 0,
			err)) {
		ok = put_back(d, n, before);	/* the disk did not take it */
	}
	wipe_free(before);
	str_release(&ref);
	return ok;
}

bool draft_attach(struct draft *d, struct node *n, const char *path,
	struct err *err)
{
	return record_attach(d->record, path_base(path), path, err) &&
		draft_answer(d, n, path_base(path), err);
}

bool draft_insert(struct draft *d, struct node *parent,
	const struct xf_node *repeat, struct err *err)
{
	size_t n = node_count(parent, repeat);
	struct str ref = STR_INIT;
	bool ok;

	node_ref(parent, &ref);
	str_addf(&ref, "/%s%s%s", repeat->prefix,
		repeat->prefix[0] != '\0' ? ":" : "", repeat->local);
	ok = session_insert(d->session, parent, repeat, n, 1, err);
	if (ok && !append(d, JOURNAL_INSERT, ref.data, NULL, (int64_t)n + 1,
			err)) {
		struct err ignored = ERR_INIT;

		ok = false;
		if (!session_remove(d->session, parent, repeat, n + 1, 1,
				&ignored))
			err_clear(&ignored);
	}
	str_release(&ref);
	return ok;
}

/* Journal first: what is taken out could not be put back as it was. */
bool draft_remove(struct draft *d, struct node *instance, struct err *err)
{
	struct str ref = STR_INIT;
	bool ok;

	if (node_is_fixed(d->session, node_form(instance)))
		return err_set(err, ERR_REFUSED,
			_("the form itself says how many there are"));
	node_ref(instance, &ref);
	ok = append(d, JOURNAL_REMOVE, ref.data, NULL,
		(int64_t)node_position(instance), err) &&
		session_remove(d->session, node_parent(instance),
			node_form(instance), node_position(instance), 1, err);
	str_release(&ref);
	return ok;
}

bool draft_comment(struct draft *d, struct node *n, const char *text,
	struct err *err)
{
	struct str ref = STR_INIT;
	bool ok;

	node_ref(n, &ref);
	ok = append(d, JOURNAL_COMMENT, ref.data, text, 0, err);
	str_release(&ref);
	return ok;
}

bool draft_undo(struct draft *d, bool redo, struct err *err)
{
	size_t n_undo, n_redo;

	if (!journal_can(d->record, &n_undo, &n_redo, err))
		return false;
	if ((redo ? n_redo : n_undo) == 0)
		return err_set(err, ERR_NOTFOUND, redo ?
			_("there is nothing to redo") :
			_("there is nothing to undo"));
	return append(d, redo ? JOURNAL_REDO : JOURNAL_UNDO, NULL, NULL, 0,
		err) && reload(d, err);
}

bool draft_keep_chance(struct draft *d, struct err *err)
{
	struct node *n;
	bool ok = true;

	while (ok && (n = session_next_unsaved(d->session)) != NULL) {
		struct str ref = STR_INIT;
		struct journal_event event = { .kind = JOURNAL_ANSWER,
			.joined = true, .value = node_raw_value(n) };

		node_ref(n, &ref);
		event.path = ref.data;
		ok = journal_append(d->record, &event, err);
		str_release(&ref);
	}
	return ok;
}

/* --- finishing --- */

static const char *meta_value(struct draft *d, const struct xf_node *form)
{
	struct node *n = session_meta(d->session, form);

	return n != NULL ? node_value(d->session, n) : "";
}

bool draft_finish(struct draft *d, struct err *err)
{
	struct str xml = STR_INIT;
	struct record_final final = { .finished = time(NULL) };
	bool ok;

	ok = session_finalize(d->session, err) &&
		session_serialize(d->session, false, &xml, err);
	if (ok) {
		final.xml = xml.data;
		final.n_bytes = xml.len;
		final.instance_id = meta_value(d, d->form->instance_id);
		final.instance_name = meta_value(d, d->form->instance_name);
		ok = record_finish(d->record, &final, err);
	}
	str_wipe(&xml);
	return ok;
}
