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

/* Seconds since 1970, by the record's clock. */
static int64_t moment(const struct draft *d)
{
	return d->options.clock_ms != NULL ?
		d->options.clock_ms(d->options.clock_data) / 1000 :
		(int64_t)time(NULL);
}

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
	/* what a calculation gave comes with what made it do so; what a person
	 * wrote over it is an answer like any other */
	if (e->joined && node_form(n)->bind->calculate != NULL) {
		session_restore(d->session, n, e->value);
		return true;
	}
	return session_set(d->session, n, e->value, false, err);
}

static bool replay_clear(struct draft *d, const struct journal_event *e,
	struct err *err)
{
	struct node *n = session_find(d->session, e->path, err);

	return n != NULL && session_clear(d->session, n, err);
}

static void drop_comments(struct draft *d)
{
	for (size_t i = 0; i < d->comments.n; i++)
		wipe_free(d->comments.items[i].text);
	d->comments.n = 0;
}

/* NULL or "": none. */
static void set_comment(struct draft *d, uint32_t node, const char *text)
{
	struct draft_comment comment = { node, NULL };

	for (size_t i = 0; i < d->comments.n; i++) {
		if (d->comments.items[i].node != node)
			continue;
		wipe_free(d->comments.items[i].text);
		vec_remove(&d->comments, i, 1);
		break;
	}
	if (str_is_empty(text))
		return;
	comment.text = xstrdup(text);
	vec_push(&d->comments, comment);
}

/* A comment on what was removed since went with it. */
static void replay_comment(struct draft *d, const struct journal_event *e)
{
	struct err ignored = ERR_INIT;
	struct node *n = session_find(d->session, e->path, &ignored);

	if (n != NULL)
		set_comment(d, node_id(n), e->value);
}

static bool replay_whole(struct draft *d, const struct journal_event *e,
	struct err *err)
{
	session_free(d->session);
	drop_comments(d);
	d->session = session_load(d->form, e->value, strlen(e->value), false,
		&d->options, NULL, err);
	return d->session != NULL;
}

static bool replay(void *context, uint64_t number,
	const struct journal_event *e, struct err *err)
{
	struct draft *d = context;

	(void)number;
	if (e->kind == JOURNAL_STATE || e->kind == JOURNAL_REBASE)
		return replay_whole(d, e, err);
	if (d->session == NULL)
		return err_set(err, ERR_SPEC,
			_("the draft's journal does not begin with its state"));
	switch (e->kind) {
	case JOURNAL_ANSWER: return replay_answer(d, e, err);
	case JOURNAL_INSERT: return replay_insert(d, e, err);
	case JOURNAL_REMOVE: return replay_remove(d, e, err);
	case JOURNAL_CLEAR: return replay_clear(d, e, err);
	case JOURNAL_COMMENT:
		replay_comment(d, e);
		return true;
	case JOURNAL_LANGUAGE:
		/* one that was tried from a PO file may not be there now */
		return xform_language(d->form, e->value) < 0 ||
			session_set_language(d->session, e->value, err);
	case JOURNAL_CLOCK:
		session_set_clock_given(d->session);
		return true;
	default: return true;
	}
}

/* --- beginning --- */

static bool reload(struct draft *d, struct err *err)
{
	session_free(d->session);
	d->session = NULL;
	drop_comments(d);
	if (!journal_resume(d->record, replay, d, err))
		return false;
	if (d->session == NULL)
		return err_set(err, ERR_SPEC, _("the draft's journal is empty"));
	session_clear_unsaved(d->session);
	return true;
}

void draft_close(struct draft *d)
{
	session_free(d->session);
	d->session = NULL;
	drop_comments(d);
	vec_release(&d->comments);
}

/* --- several events as one --- */

/* What they point at is in `texts`. */
struct step_events {
	VEC(struct journal_event) list;
	VEC(char *) texts;
};

static void events_release(struct step_events *events)
{
	for (size_t i = 0; i < events->texts.n; i++)
		wipe_free(events->texts.items[i]);
	vec_release(&events->texts);
	vec_release(&events->list);
}

static const char *hold(struct step_events *events, char *text)
{
	vec_push(&events->texts, text);
	return text;
}

static const char *hold_ref(struct step_events *events, const struct node *n)
{
	struct str ref = STR_INIT;

	node_ref(n, &ref);
	return hold(events, str_steal(&ref));
}

/* What chance or the clock gave belongs to what made it do so. */
static void add_chance(struct step_events *events, struct session *s,
	int64_t now)
{
	struct node *n;

	while ((n = session_next_unsaved(s)) != NULL) {
		struct journal_event event = { .kind = JOURNAL_ANSWER,
			.joined = true, .time = now,
			.value = node_raw_value(n) };

		event.path = hold_ref(events, n);
		vec_push(&events->list, event);
	}
}

/* The whole record as XML, and what loading it would not give. */
static void add_state(struct step_events *events, struct session *s,
	enum journal_kind kind, int64_t number, const char *xml, int64_t now)
{
	struct journal_event state = { .kind = kind, .number = number,
		.value = xml, .time = now };

	vec_push(&events->list, state);
	session_all_unsaved(s);
	add_chance(events, s, now);
}

static bool write_events(struct draft *d, const struct step_events *events,
	struct err *err)
{
	return events->list.n == 0 || journal_append_all(d->record,
		events->list.items, events->list.n, err);
}

static bool write_state(struct draft *d, struct err *err)
{
	struct step_events events = { 0 };
	struct str xml = STR_INIT;
	bool ok = session_serialize(d->session, true, &xml, err);

	if (ok) {
		add_state(&events, d->session, JOURNAL_STATE, 0, xml.data,
			moment(d));
		ok = write_events(d, &events, err);
	}
	events_release(&events);
	str_wipe(&xml);
	return ok;
}

/* What was imported may be known elsewhere, under its name and hash. */
static bool begin_edit(struct draft *d, struct err *err)
{
	uint8_t sha256[32];
	struct str xml = STR_INIT;
	bool ok;

	memcpy(sha256, record_head(d->record)->sha256, sizeof sha256);
	ok = record_xml(d->record, &xml, err);
	if (ok)
		d->session = session_load(d->form, xml.data, xml.len, true,
			&d->options, d->problems, err);
	str_wipe(&xml);
	return d->session != NULL && record_add_prior(d->record, sha256, err)
		&& write_state(d, err);
}

bool draft_open(struct draft *d, struct err *err)
{
	const struct record_head *head = record_head(d->record);

	d->options.training = d->options.training || head->training;
	if (head->n_events > 0)
		return reload(d, err) && draft_lock(d, err);
	if (head->has_final)
		return begin_edit(d, err);
	d->session = session_new(d->form, &d->options, err);
	return d->session != NULL && write_state(d, err);
}

/* --- locking --- */

static bool take_lasting(void *context, uint64_t number,
	const struct journal_event *e, struct err *err)
{
	struct step_events *events = context;
	struct journal_event kept = *e;

	(void)number;
	(void)err;
	if (e->kind != JOURNAL_ASIDE && e->kind != JOURNAL_CLOCK)
		return true;
	kept.path = hold(events, xstrdup(e->path));
	kept.value = hold(events, xstrdup(e->value));
	kept.joined = true;
	vec_push(&events->list, kept);
	return true;
}

static void add_comments(struct step_events *events, const struct draft *d)
{
	for (size_t i = 0; i < d->comments.n; i++) {
		struct journal_event event = { .kind = JOURNAL_COMMENT,
			.joined = true, .value = d->comments.items[i].text };
		struct node *n = session_by_id(d->session,
			d->comments.items[i].node);

		if (n == NULL)
			continue;	/* removed, with what it was about */
		event.path = hold_ref(events, n);
		vec_push(&events->list, event);
	}
}

static bool fold(struct draft *d, struct step_events *events,
	struct err *err)
{
	struct journal_event language = { .kind = JOURNAL_LANGUAGE,
		.joined = true, .value = session_language(d->session) };
	struct upload_names names = { 0 };
	struct str xml = STR_INIT;
	bool ok = session_serialize(d->session, true, &xml, err);

	if (ok) {
		upload_names_find(d->session, true, &names);
		add_state(events, d->session, JOURNAL_STATE, 0, xml.data,
			moment(d));
		if (language.value != NULL)
			vec_push(&events->list, language);
		add_comments(events, d);
		ok = journal_replay(d->record, take_lasting, events, err) &&
			journal_fold(d->record, events->list.items,
				events->list.n, names.items, names.n, err);
	}
	upload_names_release(&names);
	str_wipe(&xml);
	return ok;
}

bool draft_lock(struct draft *d, struct err *err)
{
	const struct record_head *head = record_head(d->record);
	struct step_events events = { 0 };
	bool ok;

	/* One event is a state to which nothing was done. */
	if (!head->is_protected || head->state != RECORD_DRAFT ||
			head->n_events <= 1 || d->session == NULL)
		return true;
	ok = fold(d, &events, err);
	events_release(&events);
	return ok;
}

/* --- changing --- */

static bool append_at(struct draft *d, enum journal_kind kind,
	const char *path, const char *value, int64_t number,
	const char *place, struct err *err)
{
	struct journal_event event = { .kind = kind, .path = path,
		.value = value, .number = number, .time = moment(d),
		.place = place };
	struct step_events events = { 0 };
	bool ok;

	vec_push(&events.list, event);
	add_chance(&events, d->session, moment(d));
	ok = write_events(d, &events, err);
	events_release(&events);
	return ok;
}

/* What was done since session_begin() stands if the disk took it. */
static bool keep(struct draft *d, bool ok)
{
	if (ok)
		session_commit(d->session);
	else
		session_rollback(d->session);
	return ok;
}

static char *place_after(const char *ref)
{
	return str_format("+%s", ref);
}

/* Typed, but no answer: kept all the same.  The caller's error stays. */
static void refuse(struct draft *d, const char *path, const char *value)
{
	struct err ignored = ERR_INIT;

	if (!append_at(d, JOURNAL_REFUSED, path, value, 0, path, &ignored))
		err_clear(&ignored);
}

bool draft_refuse(struct draft *d, const struct node *n, const char *typed,
	struct err *err)
{
	struct str ref = STR_INIT;
	bool ok;

	node_ref(n, &ref);
	ok = append_at(d, JOURNAL_REFUSED, ref.data, typed, 0, NULL, err);
	str_release(&ref);
	return ok;
}

bool draft_answer(struct draft *d, struct node *n, const char *value,
	struct err *err)
{
	struct str ref = STR_INIT;
	char *place;
	bool ok;

	node_ref(n, &ref);
	place = place_after(ref.data);
	session_begin(d->session);
	ok = session_answer(d->session, n, value, err);
	if (!ok) {
		keep(d, false);
		refuse(d, ref.data, value);
	} else {
		ok = keep(d, append_at(d, JOURNAL_ANSWER, ref.data,
			node_raw_value(n), 0, place, err));
	}
	free(place);
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
	char *place;
	bool ok;

	node_ref(parent, &ref);
	str_addf(&ref, "/%s%s%s", repeat->prefix,
		repeat->prefix[0] != '\0' ? ":" : "", repeat->local);
	place = str_format("+%s[%zu]", ref.data, n + 1);
	session_begin(d->session);
	ok = keep(d, session_insert(d->session, parent, repeat, n, 1, err) &&
		append_at(d, JOURNAL_INSERT, ref.data, NULL, (int64_t)n + 1,
			place, err));
	free(place);
	str_release(&ref);
	return ok;
}

bool draft_remove(struct draft *d, struct node *instance, struct err *err)
{
	struct node *parent = node_parent(instance);
	const struct xf_node *repeat = node_form(instance);
	size_t position = node_position(instance);
	struct str ref = STR_INIT;
	bool ok;

	if (node_is_fixed(d->session, repeat))
		return err_set(err, ERR_REFUSED,
			_("the form itself says how many there are"));
	node_ref(instance, &ref);
	session_begin(d->session);
	ok = keep(d, session_remove(d->session, parent, repeat, position, 1,
			err) &&
		append_at(d, JOURNAL_REMOVE, ref.data, NULL,
			(int64_t)position, NULL, err));
	str_release(&ref);
	return ok;
}

bool draft_clear(struct draft *d, struct node *group, struct err *err)
{
	struct str ref = STR_INIT;
	bool ok;

	node_ref(group, &ref);
	session_begin(d->session);
	ok = keep(d, session_clear(d->session, group, err) &&
		append_at(d, JOURNAL_CLEAR, ref.data, NULL, 0, NULL, err));
	str_release(&ref);
	return ok;
}

bool draft_comment(struct draft *d, struct node *n, const char *text,
	struct err *err)
{
	struct str ref = STR_INIT;
	bool ok;

	node_ref(n, &ref);
	ok = append_at(d, JOURNAL_COMMENT, ref.data, text, 0, ref.data, err);
	if (ok)
		set_comment(d, node_id(n), text);
	str_release(&ref);
	return ok;
}

const char *draft_comment_at(const struct draft *d, const struct node *n)
{
	for (size_t i = 0; i < d->comments.n; i++)
		if (d->comments.items[i].node == node_id(n))
			return d->comments.items[i].text;
	return NULL;
}

static bool may_undo(const struct draft *d, const struct journal_step *step,
	bool redo, struct err *err)
{
	if (step->kind == 0 && !redo &&
			record_head(d->record)->is_protected)
		return err_set(err, ERR_NOTFOUND, _("there is nothing to undo: "
			"what was changed before this interview was left is "
			"not kept"));
	if (step->kind == 0)
		return err_set(err, ERR_NOTFOUND, redo ?
			_("there is nothing to redo") :
			_("there is nothing to undo"));
	if (step->kind == JOURNAL_REBASE)
		return err_set(err, ERR_NOTFOUND, redo ?
			_("the next step is another version of the form: "
			"'bayaz rebase' takes it") :
			_("the step before is another version of the form: "
			"'bayaz rebase --undo' takes it back"));
	return true;
}

bool draft_undo(struct draft *d, bool redo, struct journal_step *step,
	struct err *err)
{
	struct journal_event event = { .time = moment(d),
		.kind = redo ? JOURNAL_REDO : JOURNAL_UNDO };

	return journal_next_step(d->record, redo, step, err) &&
		may_undo(d, step, redo, err) &&
		journal_append(d->record, &event, err) && reload(d, err);
}

bool draft_give_date(struct draft *d, const char *date, struct err *err)
{
	session_set_clock_given(d->session);
	return append_at(d, JOURNAL_CLOCK, NULL, date, 0, NULL, err);
}

bool draft_keep_chance(struct draft *d, struct err *err)
{
	struct step_events events = { 0 };
	bool ok;

	add_chance(&events, d->session, moment(d));
	ok = write_events(d, &events, err);
	events_release(&events);
	return ok;
}

/* --- another version of the form --- */

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

/* On what is still there; else the text is kept aside. */
static void carry_comments(struct step_events *events, const struct draft *d,
	struct session *new)
{
	for (size_t i = 0; i < d->comments.n; i++) {
		struct journal_event event = { .kind = JOURNAL_COMMENT,
			.value = d->comments.items[i].text };
		struct node *n = session_by_id(d->session,
			d->comments.items[i].node);
		struct err ignored = ERR_INIT;

		if (n == NULL)
			continue;
		event.path = hold_ref(events, n);
		if (session_find(new, event.path, &ignored) == NULL) {
			event.kind = JOURNAL_ASIDE;
			event.number = REBASE_GONE;
		}
		vec_push(&events->list, event);
	}
}

static bool keep_rebase(struct draft *d, struct workspace *ws,
	const struct form_info *info, struct session *new,
	const struct rebase *found, struct err *err)
{
	struct journal_event language = { .kind = JOURNAL_LANGUAGE,
		.value = session_language(new) };
	struct step_events events = { 0 };
	struct str xml = STR_INIT;
	bool ok = session_serialize(new, true, &xml, err);

	if (ok) {
		add_state(&events, new, JOURNAL_REBASE,
			record_head(d->record)->form, xml.data, moment(d));
		add_asides(&events, found);
		carry_comments(&events, d, new);
		if (language.value != NULL)
			vec_push(&events.list, language);
		ok = write_rebase(d, ws, info, &events, err);
	}
	events_release(&events);
	str_wipe(&xml);
	return ok;
}

static void move_comments(struct draft *d, struct session *new)
{
	for (size_t i = d->comments.n; i-- > 0;) {
		struct draft_comment *comment = &d->comments.items[i];
		struct node *old = session_by_id(d->session, comment->node);
		struct err ignored = ERR_INIT;
		struct str ref = STR_INIT;
		struct node *n = NULL;

		if (old != NULL) {
			node_ref(old, &ref);
			n = session_find(new, ref.data, &ignored);
		}
		str_release(&ref);
		if (n != NULL)
			comment->node = node_id(n);
		else
			set_comment(d, comment->node, NULL);
	}
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
	move_comments(d, new);
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
	struct journal_step step;
	bool is_last;

	if (!journal_next_step(d->record, false, &step, err) ||
			!journal_replay(d->record, note_rebase, &last, err))
		return false;
	is_last = step.kind == JOURNAL_REBASE;
	journal_step_release(&step);
	if (last.form == 0 && record_head(d->record)->is_protected)
		return err_set(err, ERR_REFUSED, _("what was changed in this "
			"draft before it was left is not kept: it cannot be "
			"taken back"));
	if (last.form == 0)
		return err_set(err, ERR_REFUSED, _("this draft has the version "
			"of the form that it was begun with"));
	if (!is_last)
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
	struct record_final final = { .finished = moment(d) };
	struct upload_names names = { 0 };
	bool ok;

	ok = session_finalize(d->session, err) &&
		session_serialize(d->session, false, &xml, err);
	if (ok) {
		final.xml = xml.data;
		final.n_bytes = xml.len;
		final.instance_id = meta_value(d, d->form->instance_id);
		final.instance_name = meta_value(d, d->form->instance_name);
		upload_names_find(d->session, false, &names);
		final.training = session_is_training(d->session);
		final.clock_given = session_clock_is_given(d->session);
		final.files = names.items;
		final.n_files = names.n;
		ok = record_finish(d->record, &final, err);
	}
	upload_names_release(&names);
	str_wipe(&xml);
	return ok;
}
