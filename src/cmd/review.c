/* bayaz review: say what was found of records. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cmd/saying.h"
#include "cmd/secret.h"

enum { REMARK_MAX = 2000 };	/* bytes: it stands in a statement, signed */

struct job {
	const char *state, *remark;
	struct json *said;
};

/* The word for a person.  Source: the states of bayaz-store(5). */
static const char *state_word(const char *state)
{
	if (strcmp(state, REVIEW_APPROVED) == 0)
		return P_("review", "approved");
	if (strcmp(state, REVIEW_REJECTED) == 0)
		return P_("review", "rejected");
	if (strcmp(state, REVIEW_ISSUES) == 0)
		return P_("review", "has issues");
	return P_("review", "received");
}

static bool is_state(const char *state)
{
	return strcmp(state, REVIEW_APPROVED) == 0 ||
		strcmp(state, REVIEW_REJECTED) == 0 ||
		strcmp(state, REVIEW_ISSUES) == 0 ||
		strcmp(state, REVIEW_RECEIVED) == 0;
}

static void tell(struct job *job, const struct store_record *record)
{
	struct json *item = js_new_object();

	js_put_text(item, "record", record->name);
	js_put_text(item, "form", record->form);
	js_put_text(item, "state", job->state);
	js_add(job->said, item);
}

static bool review(void *context, const struct said_record *said,
	struct err *err)
{
	struct job *job = context;

	if (said->heads.n == 0)
		return err_set(err, ERR_REFUSED, _("the record '%s' is "
			"deleted"), said->record->name);
	tell(job, said->record);
	return statement_review(said->centre->store,
		said->centre->setup.store_key, &said->heads, job->state,
		job->remark, err);
}

static void print(const struct cmd_args *args, struct job *job)
{
	for (size_t i = 0; !cmd_flag(args, "json") && i < js_size(job->said);
			i++) {
		char *name = cmd_masked(js_get_text(js_at(job->said, i),
			"record"));

		/* TRANSLATORS: a record and what was found of it */
		printf(_("%1$s: %2$s\n"), name, state_word(job->state));
		free(name);
	}
	if (cmd_flag(args, "json")) {
		struct json *answer = js_new_object();
		char *line;

		js_put(answer, "records", job->said);
		job->said = NULL;
		line = js_print(answer);
		puts(line);
		free(line);
		js_free(answer);
	}
}

static int check(const struct cmd_args *args, const struct job *job)
{
	if (job->state == NULL || !is_state(job->state))
		return cmd_usage_error(args, _("say what was found with "
			"--state approved, rejected, has-issues or received"));
	if (strlen(job->remark) > REMARK_MAX ||
			!utf8_is_valid(job->remark, strlen(job->remark)))
		return cmd_usage_error(args,
			_("a remark is text of at most %d bytes"), REMARK_MAX);
	return saying_check(args);
}

static int run_review(const struct cmd_args *args)
{
	const char *remark = cmd_text(args, "remark");
	struct job job = { .state = cmd_text(args, "state"),
		.remark = remark != NULL ? remark : "" };
	struct centre centre = { .store = NULL };
	struct err err = ERR_INIT;
	int status = check(args, &job);
	bool ok;

	if (status != EXIT_DONE)
		return status;
	job.said = js_new_array();
	ok = saying_begin(&centre, args, ROLE_REVIEW, &err) &&
		saying_each(&centre, args, review, &job, &err);
	ok = saying_end(&centre, ok, &err);
	if (ok)
		print(args, &job);
	js_free(job.said);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CENTRE_STORE_OPTION,
	{ "state", 0, OPT_TEXT, N_("STATE"),
	  N_("approved, rejected, has-issues or received") },
	{ "remark", 0, OPT_TEXT, N_("TEXT"), N_("what to say about it") },
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_review = {
	.name = "review",
	.usage = N_("RECORD... --state STATE --store DB"),
	.summary = N_("approve or reject records"),
	.options = options,
	.min_args = 1,
	.max_args = -1,
	.run = run_review,
};
