/* Removing records so that they cannot be read any more. */
#include "config.h"

#include "field/purge.h"

#include <string.h>

#include "base/gettext.h"
#include "base/vec.h"
#include "field/local.h"
#include "field/packing.h"
#include "field/receive.h"
#include "trust/project.h"

static bool purge_one(struct workspace *ws, int64_t id, struct err *err)
{
	struct record record = { 0 };
	bool ok = record_load(&record, ws, id, err) &&
		journal_destroy(&record, err) &&
		record_drop_files(&record, err) &&
		(record.body_file == 0 ||
			files_drop(ws, record.body_file, err)) &&
		row_run(ws, "DELETE FROM body WHERE owner = ?1", id, err) &&
		head_delete(ws, "record", id, err) &&
		workspace_forget(ws, id, err);

	record_release(&record);
	return ok;
}

bool records_purge(struct workspace *ws, const int64_t *ids, size_t n_ids,
	struct err *err)
{
	bool ok = true;

	if (n_ids == 0)
		return true;
	if (!workspace_begin(ws, err))
		return false;
	for (size_t i = 0; ok && i < n_ids; i++)
		ok = purge_one(ws, ids[i], err);
	if (ok && workspace_commit(ws, err)) {
		index_release(ws);
		return true;
	}
	workspace_rollback(ws);
	return false;
}

bool purge_record(struct workspace *ws, int64_t id, bool unsent,
	struct err *err)
{
	struct record *record = record_open(ws, id, err);
	enum record_state state;
	bool held;

	if (record == NULL)
		return false;
	state = record->head.state;
	record_close(record);
	if (!plan_holds(ws, id, &held, err))
		return false;
	if (held)
		return err_set(err, ERR_REFUSED,
			_("this record is in a bundle that is being written"));
	if (!unsent && (state == RECORD_DRAFT || state == RECORD_READY))
		return err_set(err, ERR_REFUSED, _("this record was never sent: "
			"discard it first, or say that it is to go unsent"));
	return records_purge(ws, &id, 1, err);
}

/* --- what is due --- */

enum { DAY_S = 86400, MONTH_S = 2629746 };	/* of the Gregorian calendar */

struct kept_for { int64_t form; int months; };

struct due {
	int64_t now;
	struct purge_counts *counts;
	struct plan plan;	/* what it holds stays */
	struct trust_policy policy;
	VEC(struct kept_for) forms;
	int sealed_months;	/* of those that tell no form any more */
	VEC(int64_t) ids;
};

static bool see_form(void *context, const struct form_info *form)
{
	struct due *due = context;
	bool is_protected = form_is_protected(form);
	struct kept_for kept = { form->id, form->retention_months };

	if (kept.months == 0)
		kept.months = is_protected ? PURGE_RETENTION_PROTECTED :
			PURGE_RETENTION;
	kept.months = trust_policy_months(&due->policy, form->form_id,
		kept.months);
	if (is_protected && kept.months < due->sealed_months)
		due->sealed_months = kept.months;
	vec_push(&due->forms, kept);
	return true;
}

static int months_of(const struct due *due, const struct record_head *head)
{
	for (size_t i = 0; i < due->forms.n; i++)
		if (due->forms.items[i].form == head->form)
			return due->forms.items[i].months;
	return head->is_protected ? due->sealed_months : PURGE_RETENTION;
}

static bool is_since(const struct due *due, int64_t time, int64_t seconds)
{
	return time != 0 && due->now - time >= seconds;
}

static bool is_over_age(const struct due *due, const struct record_head *head)
{
	int64_t since = head->finished != 0 ? head->finished : head->created;

	return is_since(due, since, (int64_t)months_of(due, head) * MONTH_S);
}

/* The counter of why it goes, or NULL. */
static size_t *reason(struct due *due, const struct record_head *head)
{
	switch (head->state) {
	case RECORD_DISCARDED:
		return is_since(due, head->changed,
			(int64_t)PURGE_DISCARDED_DAYS * DAY_S) ?
			&due->counts->discarded : NULL;
	case RECORD_RECEIVED:
		if ((head->is_protected && head->refused[0] == '\0') ||
				is_since(due, head->changed,
				(int64_t)PURGE_RECEIVED_DAYS * DAY_S))
			return &due->counts->received;
		/* fall through */
	case RECORD_PACKED:
		return is_over_age(due, head) ? &due->counts->over_age : NULL;
	default:
		return NULL;
	}
}

static bool see_record(void *context, const struct record *record, bool *stop,
	struct err *err)
{
	struct due *due = context;
	const struct record_head *head = &record->head;
	size_t *counter = reason(due, head);

	(void)stop, (void)err;
	if ((head->state == RECORD_DRAFT || head->state == RECORD_READY) &&
			is_over_age(due, head))
		due->counts->n_unsent++;
	if (counter == NULL || plan_has(&due->plan, head->id))
		return true;
	++*counter;
	vec_push(&due->ids, head->id);
	return true;
}

/* What the project asks in place of what forms say. */
static bool read_policy(struct workspace *ws, struct trust_policy *policy,
	struct err *err)
{
	struct trust_project project;

	return !workspace_has_secret(ws, WORKSPACE_PROJECT) ||
		(field_project(ws, &project, err) &&
		receive_policy(ws, &project, policy, err));
}

static bool see_received(void *context, const struct record *record,
	bool *stop, struct err *err)
{
	struct due *due = context;
	const struct record_head *head = &record->head;

	(void)stop, (void)err;
	if (head->state == RECORD_RECEIVED && is_since(due, head->changed,
			(int64_t)PURGE_RECEIVED_DAYS * DAY_S) &&
			!plan_has(&due->plan, head->id))
		vec_push(&due->ids, head->id);
	return true;
}

bool purge_received(struct workspace *ws, int64_t now, size_t *n_removed,
	struct err *err)
{
	struct due due = { .now = now };
	bool ok = plan_look(ws, &due.plan, err) &&
		records_walk(ws, see_received, &due, err) &&
		records_purge(ws, due.ids.items, due.ids.n, err);

	*n_removed = due.ids.n;
	plan_release(&due.plan);
	vec_release(&due.ids);
	return ok;
}

bool purge_due(struct workspace *ws, int64_t now, bool dry,
	struct purge_counts *counts, struct err *err)
{
	struct due due = {
		.now = now, .counts = counts,
		.sealed_months = PURGE_RETENTION_PROTECTED,
	};
	bool ok;

	memset(counts, 0, sizeof *counts);
	if (!workspace_begin(ws, err))
		return false;
	ok = plan_look(ws, &due.plan, err) &&
		read_policy(ws, &due.policy, err) && forms_each(ws, see_form, &due, err) &&
		records_walk(ws, see_record, &due, err) &&
		(dry || records_purge(ws, due.ids.items, due.ids.n, err));
	plan_release(&due.plan);
	vec_release(&due.forms);
	vec_release(&due.ids);
	if (ok && workspace_commit(ws, err))
		return true;
	workspace_rollback(ws);
	return false;
}
