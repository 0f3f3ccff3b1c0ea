/* bayaz collect FORM: an interview, new or resumed. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/gettext.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"
#include "cmd/formarg.h"
#include "cmd/interviewing.h"
#include "cmd/member.h"
#include "cmd/screen_arg.h"
#include "cmd/secret.h"
#include "field/records.h"
#include "ui/prompt.h"
#include "ui/today.h"

struct begun { int64_t id, changed; int changed_ms; };

struct collecting {
	struct workspace *ws;
	struct form_info newest;	/* of the form asked for */
	VEC(struct begun) drafts;	/* of this form, oldest change first */
	struct field_clock clock;
	struct po_files po;		/* --po: translations that are tried */
	struct term_options screen;
	struct interviewing iv;
};

static bool note_draft(void *context, const struct record_head *head)
{
	struct collecting *c = context;

	if (head->state == RECORD_DRAFT &&
			strcmp(head->form_id, c->newest.form_id) == 0)
		vec_push(&c->drafts, ((struct begun){ head->id, head->changed,
			head->changed_ms }));
	return true;
}

static int by_change(const void *a, const void *b)
{
	const struct begun *x = a, *y = b;

	if (x->changed != y->changed)
		return x->changed < y->changed ? -1 : 1;
	return (x->changed_ms > y->changed_ms) -
		(x->changed_ms < y->changed_ms);
}

static bool find_drafts(struct collecting *c, struct err *err)
{
	if (!records_each(c->ws, note_draft, c, err))
		return false;
	if (c->drafts.n > 1)
		qsort(c->drafts.items, c->drafts.n, sizeof *c->drafts.items,
			by_change);
	return true;
}

/* Of protected ones the day is known and no more. */
static bool find_last(struct collecting *c, int64_t *id, struct err *err)
{
	size_t n = c->drafts.n;

	if (n == 0)
		return err_set(err, ERR_NOTFOUND,
			_("no interview with this form was begun"));
	if (n > 1 && by_change(&c->drafts.items[n - 2],
			&c->drafts.items[n - 1]) == 0)
		return err_set(err, ERR_CONFLICT, _("several interviews were "
			"left on that day, and which was the last is not "
			"kept: 'bayaz list' names them"));
	*id = c->drafts.items[n - 1].id;
	return true;
}

static void read_training(struct collecting *c, const struct cmd_args *args)
{
	struct trust_project project;
	struct err ignored = ERR_INIT;

	c->iv.training = cmd_flag(args, "training") ||
		(member_project(c->ws, &project, &ignored) && project.training);
}

/* --- which record --- */

static void print_draft(size_t number, const struct record_head *head)
{
	char when[32];
	time_t changed = (time_t)head->changed;
	struct tm tm;

	localtime_r(&changed, &tm);
	strftime(when, sizeof when, "%Y-%m-%d %H:%M", &tm);
	printf("  %3zu  %s  %s\n", number, when,
		head->place + (head->place[0] == '+'));
}

/* 0: a new one.  -1: end of input or error. */
static int64_t ask_which(struct collecting *c, struct err *err)
{
	char *line = NULL;
	size_t size = 0;
	int64_t answer = -1;

	printf(ngettext("%zu interview with this form was begun:\n",
		"%zu interviews with this form were begun:\n", c->drafts.n),
		c->drafts.n);
	for (size_t i = 0; i < c->drafts.n; i++) {
		struct record *record = record_open(c->ws,
			c->drafts.items[i].id, err);

		if (record == NULL)
			return -1;
		print_draft(i + 1, record_head(record));
		record_close(record);
	}
	printf("%s", _("Type its number to go on, or an empty line for a new one\n> "));
	fflush(stdout);
	if (getline(&line, &size, stdin) >= 0) {
		unsigned long k = strtoul(line, NULL, 10);

		answer = k >= 1 && k <= c->drafts.n ? c->drafts.items[k - 1].id :
			0;
	} else {
		err_set(err, ERR_IO, _("the input ended before an answer"));
	}
	free(line);
	return answer;
}

/* A finished record that was not sent is a draft again. */
static bool reopen(struct record *record, struct err *err)
{
	if (record_head(record)->state == RECORD_DRAFT)
		return true;
	if (!record_reopen(record, err))
		return false;
	log_note(_("this record was finished: it is open again, and has to be "
		"finished again to be packed"));
	return true;
}

static struct record *open_named(struct collecting *c, const char *name,
	struct err *err)
{
	struct record *record;
	int64_t id;

	if (!records_find(c->ws, name, &id, err))
		return NULL;
	record = record_open(c->ws, id, err);
	if (record == NULL)
		return NULL;
	if (!record_head(record)->is_protected ||
			record_head(record)->state == RECORD_DRAFT) {
		if (strcmp(record_head(record)->form_id,
				c->newest.form_id) != 0)
			err_set(err, ERR_REFUSED,
				_("'%s' is no record of this form"), name);
		else if (reopen(record, err))
			return record;
	} else {
		err_set(err, ERR_REFUSED, _("a finished protected record "
			"cannot be opened on this device"));
	}
	record_close(record);
	return NULL;
}

static struct record *choose_record(const struct cmd_args *args,
	struct collecting *c, struct err *err)
{
	const char *resume = cmd_text(args, "resume");
	int64_t id = 0;

	if (resume != NULL && strcmp(resume, "last") == 0) {
		if (!find_last(c, &id, err))
			return NULL;
	} else if (resume != NULL) {
		return open_named(c, resume, err);
	} else if (!cmd_flag(args, "new") && c->drafts.n > 0) {
		id = ask_which(c, err);
		if (id < 0)
			return NULL;
	}
	if (id != 0)
		return record_open(c->ws, id, err);
	return record_new(c->ws, &c->newest, 0, err);
}

/* --- running --- */

static int report(enum interview_end end, const struct record_head *head,
	const struct err *err)
{
	char id[17];

	record_id_text(head->id, id);
	switch (end) {
	case INTERVIEW_FINISHED:
		printf(_("\nfinished: record %s is ready to be packed\n"), id);
		return EXIT_DONE;
	case INTERVIEW_SAVED:
		printf(_("\nsaved: go on with 'bayaz collect %s --resume %s'\n"),
			head->form_id, id);
		return EXIT_DONE;
	case INTERVIEW_DISCARDED:
		printf("%s\n", _("\ndiscarded: nothing of it is kept"));
		return EXIT_DONE;
	default:
		log_note(_("what was confirmed is kept; go on with "
			"'--resume %s'"), id);
		return cmd_problem(err);
	}
}

static int interview(const struct cmd_args *args, struct collecting *c,
	struct record **record, struct err *err)
{
	enum interview_end end;

	if (screen_is_wanted(args)) {
		c->iv.term = term_open(&c->screen, err);
		if (c->iv.term == NULL)
			return cmd_problem(err);
	}
	end = interviewing_run(&c->iv, record, err);
	term_close(c->iv.term);
	c->iv.term = NULL;
	c->ws = c->iv.ws;
	if (end == INTERVIEW_HIDDEN)
		return EXIT_DONE;
	return *record == NULL || !c->iv.has_begun ? cmd_problem(err) :
		report(end, record_head(*record), err);
}

/* Before anything is dated.  False: `err`, or the input ended. */
static bool check_clock(struct collecting *c, struct err *err)
{
	struct prompt prompt = { .in = stdin, .out = stdout, .stop = screen_stopped() };
	const struct asker asker = prompt_asker(&prompt);
	bool ok;

	field_clock_begin(&c->clock, NULL);
	workspace_use_clock(c->ws, &c->clock);
	ok = today_check(c->ws, &c->clock, &asker, err) &&
		field_clock_note_seen(c->ws, &c->clock, err);
	prompt_release(&prompt);
	if (!ok && err->code == ERR_NONE)
		err_set(err, ERR_IO, _("the input ended before an answer"));
	return ok;
}

static bool open_workspace(const struct cmd_args *args, struct collecting *c,
	struct err *err)
{
	if (!screen_options(args, &c->screen, &c->iv.lock_after, err) ||
			!po_files_open(args, &c->po, err))
		return false;
	c->ws = cmd_workspace_open(args, err);
	if (c->ws == NULL)
		return false;
	read_training(c, args);
	c->iv.ws = c->ws;
	c->iv.clock = &c->clock;
	c->iv.stop = screen_stopped();
	c->iv.language = cmd_text(args, "language");
	c->iv.po = &c->po;
	c->iv.is_zoomed = cmd_flag(args, "zoom");
	return true;
}

static int collect(const struct cmd_args *args, struct collecting *c,
	struct err *err)
{
	struct record *record = NULL;
	int status;

	if (open_workspace(args, c, err) && check_clock(c, err) &&
			forms_find(c->ws, args->items[0], NULL, &c->newest,
				err) &&
			interviewing_check_language(&c->iv, &c->newest, err) &&
			find_drafts(c, err))
		record = choose_record(args, c, err);
	if (record == NULL)
		return cmd_problem(err);
	status = interview(args, c, &record, err);
	record_close(record);
	return status;
}

static int run_collect(const struct cmd_args *args)
{
	struct collecting c = { .ws = NULL };
	struct err err = ERR_INIT;
	int status;

	if (form_arg_is_path(args->items[0]))
		return cmd_usage_error(args, _("'%s' is a file: add it with "
			"'bayaz form add', then name its id"), args->items[0]);
	screen_catch_signals();
	status = collect(args, &c, &err);
	vec_release(&c.drafts);
	po_files_release(&c.po);
	form_info_release(&c.newest);
	workspace_close(c.ws);
	return status;
}

static const struct cmd_option options[] = {
	{ "new", 0, OPT_FLAG, NULL, N_("begin a new record without asking") },
	{ "resume", 0, OPT_TEXT, N_("RECORD"),
	  N_("go on with this draft ('last': the newest)") },
	{ "language", 0, OPT_TEXT, N_("LANGUAGE"),
	  N_("a language of the form") },
	CMD_PO_OPTION,
	{ "training", 0, OPT_FLAG, NULL, N_("a made-up record, never counted") },
	CMD_SCREEN_OPTIONS,
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_collect = {
	.name = "collect",
	.usage = N_("FORM"),
	.summary = N_("interview somebody, or go on where it was left"),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.run = run_collect,
};
