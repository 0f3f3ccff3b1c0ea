/* bayaz discard RECORD: out of the way, and back again. */
#include "config.h"

#include <stdio.h>

#include "base/gettext.h"
#include "cmd/formarg.h"
#include "cmd/secret.h"
#include "field/records.h"
#include "ui/draft.h"

struct discarding {
	struct workspace *ws;
	struct record *record;
	struct form_source source;
	struct xform *form;
	struct draft draft;
};

/* Opening a protected draft that was not locked, as after a crash, does it:
 * what was changed in it must not wait in a drawer. */
static bool lock(struct discarding *d, struct err *err)
{
	const struct record_head *head = record_head(d->record);

	if (!head->is_protected || head->state != RECORD_DRAFT ||
			head->n_events <= 1)
		return true;
	d->form = form_source_load(&d->source, d->ws, head->form, err);
	d->draft.form = d->form;
	d->draft.record = d->record;
	return d->form != NULL && draft_open(&d->draft, err);
}

static void report(const struct record_head *head)
{
	char id[17];

	record_id_text(head->id, id);
	if (head->state == RECORD_DISCARDED)
		printf(_("discarded: 'bayaz discard --back %s' brings it "
			"back\n"), id);
	else if (head->state == RECORD_READY)
		puts(_("back: the record is ready to be packed"));
	else if (head->is_protected)
		puts(_("back: the record is a draft"));
	else
		printf(_("back: go on with 'bayaz collect %1$s --resume "
			"%2$s'\n"), head->form_id, id);
}

static bool discard(const struct cmd_args *args, struct discarding *d,
	struct err *err)
{
	int64_t id;

	d->ws = cmd_workspace_open(args, err);
	if (d->ws == NULL || !records_find(d->ws, args->items[0], &id, err))
		return false;
	d->record = record_open(d->ws, id, err);
	return d->record != NULL && lock(d, err) &&
		record_discard(d->record, cmd_flag(args, "back"), err);
}

static int run_discard(const struct cmd_args *args)
{
	struct discarding d = { 0 };
	struct err err = ERR_INIT;
	bool ok;

	str_init(&d.source.xml);
	ok = discard(args, &d, &err);
	if (ok)
		report(record_head(d.record));
	draft_close(&d.draft);
	record_close(d.record);
	xform_free(d.form);
	form_source_release(&d.source);
	workspace_close(d.ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	{ "back", 0, OPT_FLAG, NULL, N_("make it what it was before") },
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_discard = {
	.name = "discard",
	.usage = N_("RECORD"),
	.summary = N_("put a record away that is not to be packed, or take it "
		"back"),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.run = run_discard,
};
