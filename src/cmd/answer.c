/* bayaz answer: what the coordinator asked about a record. */
#include "config.h"

#include <stdio.h>

#include "base/gettext.h"
#include "base/json.h"
#include "cmd/cmd.h"
#include "cmd/secret.h"
#include "field/query.h"
#include "field/workspace.h"

static void tell(const struct cmd_args *args, const struct field_query *query)
{
	struct json *answer;
	char *line;

	if (!cmd_flag(args, "json")) {
		printf(_("answered question %.8s: the answer goes with the "
			"next bundle\n"), query->sha256);
		return;
	}
	answer = js_new_object();
	js_put_text(answer, "question", query->sha256);
	js_put_text(answer, "answered", query->answer.answered);
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

static int run_answer(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct workspace *ws = cmd_workspace_open(args, &err);
	struct field_query query;
	bool ok = ws != NULL && queries_answer(ws, args->items[0],
		args->items[1], &query, &err);

	if (ok)
		tell(args, &query);
	workspace_close(ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_answer = {
	.name = "answer",
	.usage = N_("QUESTION TEXT"),
	.summary = N_("answer what the coordinator asked about a record"),
	.options = options,
	.min_args = 2,
	.max_args = 2,
	.run = run_answer,
};
