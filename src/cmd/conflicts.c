/* bayaz conflicts: what waits in a store for a person to settle it. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/gettext.h"
#include "base/json.h"
#include "cmd/conflict_text.h"
#include "cmd/saying.h"
#include "store/reconcile.h"
#include "store/store.h"

struct job {
	const struct cmd_args *args;
	const char *language;
	struct reconciler *reconciler;
	struct json *list;		/* with --json */
};

static void print_record(struct job *job, const struct settle *s, bool first)
{
	if (job->list != NULL) {
		js_add(job->list, conflict_json(s));
		return;
	}
	if (!first)
		putchar('\n');
	conflict_print_record(s);
	for (size_t i = 0; i < s->items.n; i++)
		conflict_print_item(s, &s->items.items[i]);
}

static bool print_one(struct job *job, const char *name, bool first,
	struct err *err)
{
	struct settle s;
	bool ok = settle_open(&s, job->reconciler, name, job->language, err);

	if (ok)
		print_record(job, &s, first);
	settle_close(&s);
	return ok;
}

static void print_end(struct job *job, size_t n)
{
	struct json *answer;
	char *line;

	if (job->list == NULL) {
		puts(n == 0 ? _("nothing is in conflict") :
			_("'bayaz resolve RECORD' settles a conflict"));
		return;
	}
	answer = js_new_object();
	js_put(answer, "conflicts", job->list);
	job->list = NULL;
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

static bool print_all(struct job *job, struct store *store, struct err *err)
{
	const char *form = job->args->n > 0 ? job->args->items[0] : NULL;
	struct settle_names names = { { NULL, 0, 0 } };
	bool ok = settle_list(store, form, &names, err);

	job->reconciler = reconciler_new(store);
	for (size_t i = 0; ok && i < names.list.n; i++)
		ok = print_one(job, names.list.items[i], i == 0, err);
	if (ok)
		print_end(job, names.list.n);
	reconciler_free(job->reconciler);
	settle_names_release(&names);
	return ok;
}

static int run_conflicts(const struct cmd_args *args)
{
	struct job job = { .args = args };
	struct err err = ERR_INIT;
	struct store *store;
	char code[16];
	int status = saying_check(args);
	bool ok;

	if (status != EXIT_DONE)
		return status;
	job.language = conflict_language(args, code);
	if (cmd_flag(args, "json"))
		job.list = js_new_array();
	store = store_open(cmd_text(args, "store"), STORE_READ_ONLY, &err);
	ok = store != NULL && print_all(&job, store, &err);
	js_free(job.list);
	store_close(store);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CENTRE_STORE_OPTION,
	CONFLICT_LANGUAGE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_conflicts = {
	.name = "conflicts",
	.usage = N_("[FORM] --store DB"),
	.summary = N_("show what waits in a store to be settled"),
	.options = options,
	.max_args = 1,
	.run = run_conflicts,
};
