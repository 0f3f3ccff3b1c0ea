/* bayaz delete: records that are not to be shown any more, or again. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "cmd/saying.h"
#include "cmd/secret.h"

struct job { const struct cmd_args *args; struct json *said; };

static void tell(struct job *job, const struct store_record *record)
{
	struct json *item = js_new_object();

	js_put_text(item, "record", record->name);
	js_put_text(item, "form", record->form);
	js_add(job->said, item);
}

static bool delete(void *context, const struct said_record *said,
	struct err *err)
{
	tell(context, said->record);
	return said->heads.n == 0 || statement_delete(said->centre->store,
		said->centre->setup.store_key, &said->heads, err);
}

/* All deletions that touch the record, whoever said them. */
static bool bring_back(void *context, const struct said_record *said,
	struct err *err)
{
	struct statement_subjects subjects = { { NULL, 0, 0 } };
	struct statement_versions all;
	char (*hashes)[SHA256_HEX_BYTES];
	bool ok;

	store_record_hashes(said->record, &hashes, &all);
	ok = statement_subjects(said->centre->store, FACT_DELETION, &all,
		&subjects, err);
	if (ok && subjects.list.n == 0)
		ok = err_set(err, ERR_NOTFOUND,
			_("the record '%s' was not deleted"),
			said->record->name);
	for (size_t i = 0; ok && i < subjects.list.n; i++)
		ok = statement_take_back(said->centre->store,
			said->centre->setup.store_key, FACT_DELETION,
			subjects.list.items[i], err);
	tell(context, said->record);
	statement_subjects_release(&subjects);
	free(hashes);
	return ok;
}

static void print(const struct job *job, bool undo)
{
	for (size_t i = 0; i < js_size(job->said); i++) {
		char *name = cmd_masked(js_get_text(js_at(job->said, i),
			"record"));

		if (undo)
			printf(_("%s: back\n"), name);
		else
			printf(_("%s: deleted; --undo brings it back\n"),
				name);
		free(name);
	}
}

static void print_json(struct job *job, bool undo)
{
	struct json *answer = js_new_object();
	char *line;

	js_put(answer, undo ? "back" : "deleted", job->said);
	job->said = NULL;
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

static bool confirm(const struct cmd_args *args)
{
	char *question = str_format(ngettext(
		"Delete %d record, here and wherever this store is taken to? "
		"yes or no", "Delete %d records, here and wherever this store "
		"is taken to? yes or no", (unsigned long)args->n), args->n);
	bool yes = saying_confirm(question);

	free(question);
	return yes;
}

static int run_delete(const struct cmd_args *args)
{
	bool undo = cmd_flag(args, "undo"), ok;
	struct job job = { .args = args };
	struct centre centre = { .store = NULL };
	struct err err = ERR_INIT;
	int status = saying_check(args);

	if (status != EXIT_DONE)
		return status;
	if (!undo && !confirm(args)) {
		log_note(_("nothing was deleted"));
		return EXIT_PROBLEM;
	}
	job.said = js_new_array();
	ok = saying_begin(&centre, args, ROLE_DELETE, &err) &&
		saying_each(&centre, args, undo ? bring_back : delete, &job,
			&err);
	ok = saying_end(&centre, ok, &err);
	if (ok && cmd_flag(args, "json"))
		print_json(&job, undo);
	else if (ok)
		print(&job, undo);
	js_free(job.said);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CENTRE_STORE_OPTION,
	{ "undo", 0, OPT_FLAG, NULL, N_("bring deleted records back") },
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_delete = {
	.name = "delete",
	.usage = N_("RECORD... --store DB"),
	.summary = N_("show records of the central store no more"),
	.options = options,
	.min_args = 1,
	.max_args = -1,
	.run = run_delete,
};
