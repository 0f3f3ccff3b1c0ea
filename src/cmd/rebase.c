/* bayaz rebase RECORD: a draft goes on with a newer version of its form. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/formarg.h"
#include "cmd/secret.h"
#include "field/records.h"
#include "ui/draft.h"

struct rebasing {
	struct workspace *ws;
	struct record *record;
	struct form_source old_source, new_source;
	struct xform *old_form, *new_form;
	struct draft draft;
	struct rebase found;
};

static const char *reason(enum rebase_why why)
{
	switch (why) {
	case REBASE_GONE: return _("the question is gone");
	case REBASE_MOVED: return _("moved, with its answer");
	case REBASE_VALUE: return _("no value of the type it has now");
	case REBASE_CHOICE: return _("no choice any more");
	case REBASE_INSTANCE: return _("there are not so many any more");
	case REBASE_CALCULATED: return _("the form calculates it now");
	default: return "";
	}
}

/* A line for each: reference, reason, what was answered. */
static void print_items(const struct rebase *found, bool with_text)
{
	for (size_t i = 0; i < found->n; i++) {
		const struct rebase_item *item = &found->items[i];
		struct str line = STR_INIT;

		str_add(&line, "  ");
		utf8_mask(&line, item->ref, false);
		str_addf(&line, "\t%s", reason(item->why));
		if (with_text) {
			str_addc(&line, '\t');
			utf8_mask(&line, item->text, false);
		}
		puts(line.data);
		str_wipe(&line);
	}
}

/* Answers of these are printed only when they are asked for. */
static bool is_discreet(const struct record_head *head)
{
	return head->is_protected || strcmp(head->form_class, "restricted") == 0;
}

static size_t n_aside(const struct rebase *found)
{
	size_t n = 0;

	for (size_t i = 0; i < found->n; i++)
		n += found->items[i].why != REBASE_MOVED;
	return n;
}

/* --- doing it --- */

static void report(const struct rebasing *r, const char *before)
{
	const struct record_head *head = record_head(r->record);
	size_t n = n_aside(&r->found);
	char id[17];

	record_id_text(head->id, id);
	printf(_("taken over from version '%1$s' to '%2$s'\n"), before,
		head->form_version);
	print_items(&r->found, !is_discreet(head));
	if (n > 0)
		printf(ngettext("%1$zu answer did not fit and is kept aside: "
			"'bayaz rebase --list %2$s' shows it\n",
			"%1$zu answers did not fit and are kept aside: "
			"'bayaz rebase --list %2$s' shows them\n", n), n, id);
}

static bool take_over(struct rebasing *r, const struct form_info *to,
	struct err *err)
{
	char *before = xstrdup(record_head(r->record)->form_version);
	bool ok;

	r->old_form = form_source_load(&r->old_source, r->ws,
		record_head(r->record)->form, err);
	r->new_form = r->old_form != NULL ?
		form_source_load(&r->new_source, r->ws, to->id, err) : NULL;
	r->draft.form = r->old_form;
	ok = r->new_form != NULL && draft_open(&r->draft, err) &&
		draft_rebase(&r->draft, r->ws, to, r->new_form, &r->found,
			err) && draft_lock(&r->draft, err);
	if (ok)
		report(r, before);
	free(before);
	return ok;
}

static bool run_take_over(const struct cmd_args *args, struct rebasing *r,
	struct err *err)
{
	struct form_info to = { 0 };
	bool ok = forms_find(r->ws, record_head(r->record)->form_id,
		cmd_text(args, "to"), &to, err);

	if (ok && to.id == record_head(r->record)->form)
		printf(_("the draft has version '%s' already\n"), to.version);
	else if (ok)
		ok = take_over(r, &to, err);
	form_info_release(&to);
	return ok;
}

/* --- taking it back, looking at it --- */

static bool run_undo(struct rebasing *r, struct err *err)
{
	if (!draft_unrebase(&r->draft, r->ws, err))
		return false;
	printf(_("taken back: the draft has version '%s' again\n"),
		record_head(r->record)->form_version);
	return true;
}

static bool run_list(struct rebasing *r, struct err *err)
{
	if (!draft_asides(r->record, &r->found, err))
		return false;
	if (r->found.n == 0)
		puts(_("nothing was kept aside"));
	print_items(&r->found, true);
	return true;
}

static bool open_record(const struct cmd_args *args, struct rebasing *r,
	struct err *err)
{
	int64_t id;

	r->ws = cmd_workspace_open(args, err);
	if (r->ws == NULL || !records_find(r->ws, args->items[0], &id, err))
		return false;
	r->record = record_open(r->ws, id, err);
	r->draft.record = r->record;
	if (r->record == NULL)
		return false;
	if (record_head(r->record)->state == RECORD_DRAFT ||
			cmd_flag(args, "list"))
		return true;
	return err_set(err, ERR_REFUSED, _("only a draft can be changed"));
}

static void release(struct rebasing *r)
{
	draft_close(&r->draft);
	rebase_release(&r->found);
	record_close(r->record);
	xform_free(r->old_form);
	xform_free(r->new_form);
	form_source_release(&r->old_source);
	form_source_release(&r->new_source);
	workspace_close(r->ws);
}

static int run_rebase(const struct cmd_args *args)
{
	struct rebasing r = { 0 };
	struct err err = ERR_INIT;
	bool ok;

	if (cmd_flag(args, "list") + cmd_flag(args, "undo") +
			(cmd_text(args, "to") != NULL) > 1)
		return cmd_usage_error(args,
			_("--to, --undo and --list exclude each other"));
	str_init(&r.old_source.xml);
	str_init(&r.new_source.xml);
	ok = open_record(args, &r, &err);
	if (ok && cmd_flag(args, "list"))
		ok = run_list(&r, &err);
	else if (ok && cmd_flag(args, "undo"))
		ok = run_undo(&r, &err);
	else if (ok)
		ok = run_take_over(args, &r, &err);
	release(&r);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	{ "to", 0, OPT_TEXT, N_("VERSION"),
	  N_("take it over to this version (default: the newest)") },
	{ "undo", 0, OPT_FLAG, NULL, N_("take that back") },
	{ "list", 0, OPT_FLAG, NULL, N_("show what was kept aside") },
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_rebase = {
	.name = "rebase",
	.usage = N_("RECORD"),
	.summary = N_("take a draft over to a newer version of its form"),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.run = run_rebase,
};
