#include "config.h"

#include "ui/draft.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "base/wipe.h"
#include "field/workspace.h"
#include "session/audit.h"
#include "ui/upload.h"

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

	if (number < d->rebased)
		return true;	/* of the version before */
	if (e->kind == JOURNAL_STATE || e->kind == JOURNAL_REBASE) {
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

static bool find_rebase(void *context, uint64_t number,
	const struct journal_event *e, struct err *err)
{
	struct draft *d = context;

	(void)err;
	if (e->kind == JOURNAL_REBASE)
		d->rebased = number;
	return true;
}

static bool reload(struct draft *d, struct err *err)
{
	session_free(d->session);
	d->session = NULL;
	d->rebased = 0;
	if (!journal_replay(d->record, find_rebase, d, err) ||
			!journal_replay(d->record, replay, d, err))
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
	struct audit_settings settings;
	char *name;
	bool ok;

	/* The record's own file of that name would be in its place. */
	if (strcmp(path_base(path), AUDIT_FILE) == 0 &&
			audit_wanted(d->form, &settings))
		return err_set(err, ERR_VALUE, _("'%s' is the name of the "
			"record's own log: give the file another name"),
			AUDIT_FILE);
	name = upload_name(record_head(d->record), path);
	ok = record_attach(d->record, name, path, err) &&
		draft_answer(d, n, name, err);
	free(name);
	return ok;
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
	int kind;

	if (!journal_next_step(d->record, redo, &kind, err))
		return false;
	if (kind == 0)
		return err_set(err, ERR_NOTFOUND, redo ?
			_("there is nothing to redo") :
			_("there is nothing to undo"));
	if (kind == JOURNAL_REBASE)
		return err_set(err, ERR_NOTFOUND, redo ?
			_("the next step is another version of the form: "
			"'bayaz rebase' takes it") :
			_("the step before is another version of the form: "
			"'bayaz rebase --undo' takes it back"));
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

/* --- another version of the form --- */

struct step_events { VEC(struct journal_event) list; };

static void add_asides(struct step_events *events, const struct rebase *found)
{
	for (size_t i = 0; i < found->n; i++) {
		const struct rebase_item *item = &found->items[i];
		struct journal_event aside = { .kind = JOURNAL_ASIDE,
			.path = item->ref, .value = item->text,
			.number = item->why };

		vec_push(&events->list, aside);
	}
}

/* Head and journal, or neither. */
static bool write_rebase(struct draft *d, struct workspace *ws,
	const struct form_info *info, const struct step_events *events,
	struct err *err)
{
	if (!workspace_begin(ws, err))
		return false;
	if (record_set_form(d->record, info, err) &&
			journal_append_all(d->record, events->list.items,
				events->list.n, err) &&
			workspace_commit(ws, err))
		return true;
	if (workspace_in_change(ws))
		workspace_rollback(ws);
	return false;
}

static bool keep_rebase(struct draft *d, struct workspace *ws,
	const struct form_info *info, struct session *new,
	const struct rebase *found, struct err *err)
{
	struct journal_event state = { .kind = JOURNAL_REBASE,
		.number = record_head(d->record)->form };
	struct journal_event language = { .kind = JOURNAL_LANGUAGE,
		.value = session_language(new) };
	struct step_events events = { 0 };
	struct str xml = STR_INIT;
	bool ok = session_serialize(new, true, &xml, err);

	if (ok) {
		state.value = xml.data;
		state.time = time(NULL);
		vec_push(&events.list, state);
		add_asides(&events, found);
		if (language.value != NULL)
			vec_push(&events.list, language);
		ok = write_rebase(d, ws, info, &events, err);
	}
	vec_release(&events.list);
	str_wipe(&xml);
	return ok;
}

bool draft_rebase(struct draft *d, struct workspace *ws,
	const struct form_info *info, const struct xform *form,
	struct rebase *found, struct err *err)
{
	struct session_options options = d->options;
	struct session *new;

	options.language = session_language(d->session);
	if (options.language != NULL &&
			xform_language(form, options.language) < 0)
		options.language = NULL;
	new = session_rebase(d->session, form, &options, found, err);
	if (new == NULL || !keep_rebase(d, ws, info, new, found, err)) {
		session_free(new);
		return false;
	}
	session_free(d->session);
	d->session = new;
	d->form = form;
	session_clear_unsaved(d->session);
	return true;
}

struct last_rebase { int64_t form; };

static bool note_rebase(void *context, uint64_t number,
	const struct journal_event *e, struct err *err)
{
	struct last_rebase *last = context;

	(void)number;
	(void)err;
	if (e->kind == JOURNAL_REBASE)
		last->form = e->number;
	return true;
}

static bool find_before(struct draft *d, struct workspace *ws,
	struct form_info *before, struct err *err)
{
	struct last_rebase last = { 0 };
	int kind;

	if (!journal_next_step(d->record, false, &kind, err) ||
			!journal_replay(d->record, note_rebase, &last, err))
		return false;
	if (last.form == 0)
		return err_set(err, ERR_REFUSED, _("this draft has the version "
			"of the form that it was begun with"));
	if (kind != JOURNAL_REBASE)
		return err_set(err, ERR_REFUSED, _("something was answered in "
			"this version of the form: undo that first, with ':u' "
			"in the interview"));
	return forms_get(ws, last.form, before, err);
}

bool draft_unrebase(struct draft *d, struct workspace *ws, struct err *err)
{
	struct journal_event undo = { .kind = JOURNAL_UNDO };
	struct step_events events = { 0 };
	struct form_info before = { 0 };
	bool ok;

	draft_close(d);
	ok = find_before(d, ws, &before, err);
	if (ok) {
		vec_push(&events.list, undo);
		ok = write_rebase(d, ws, &before, &events, err);
		vec_release(&events.list);
	}
	form_info_release(&before);
	return ok;
}

static bool take_aside(void *context, uint64_t number,
	const struct journal_event *e, struct err *err)
{
	struct rebase *found = context;
	struct rebase_item item = { .why = (enum rebase_why)e->number };

	(void)number;
	(void)err;
	if (e->kind != JOURNAL_ASIDE)
		return true;
	item.ref = xstrdup(e->path);
	item.text = xstrdup(e->value);
	vec_push(found, item);
	return true;
}

bool draft_asides(struct record *record, struct rebase *found,
	struct err *err)
{
	return journal_replay(record, take_aside, found, err);
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
	struct upload_names names = { 0 };
	bool ok;

	ok = session_finalize(d->session, err) &&
		session_serialize(d->session, false, &xml, err);
	if (ok) {
		final.xml = xml.data;
		final.n_bytes = xml.len;
		final.instance_id = meta_value(d, d->form->instance_id);
		final.instance_name = meta_value(d, d->form->instance_name);
		upload_names_find(d->session, &names);
		final.files = names.items;
		final.n_files = names.n;
		ok = record_finish(d->record, &final, err);
	}
	upload_names_release(&names);
	str_wipe(&xml);
	return ok;
}
