/* bayaz purge: remove what the workspace need not keep any longer. */
#include "config.h"

#include <stdio.h>
#include <time.h>

#include "base/gettext.h"
#include "base/json.h"
#include "cmd/cmd.h"
#include "cmd/purge.h"
#include "cmd/secret.h"
#include "field/purge.h"
#include "field/records.h"
#include "field/workspace.h"

/* One record, or what is due. */
static bool purge(const struct cmd_args *args, struct workspace *ws,
	struct purge_counts *counts, struct err *err)
{
	const char *record = cmd_text(args, "record");
	int64_t id;

	if (record == NULL)
		return purge_due(ws, (int64_t)time(NULL),
			cmd_flag(args, "dry-run"), counts, err);
	return records_find(ws, record, &id, err) &&
		purge_record(ws, id, cmd_flag(args, "unsent"), err);
}

static void show_json(const struct purge_counts *counts, bool one)
{
	struct json *answer = js_new_object();
	char *line;

	js_put_int(answer, "removed", one ? 1 : (int64_t)(counts->discarded +
		counts->received + counts->over_age));
	js_put_int(answer, "discarded", (int64_t)counts->discarded);
	js_put_int(answer, "received", (int64_t)counts->received);
	js_put_int(answer, "over_age", (int64_t)counts->over_age);
	js_put_int(answer, "unsent", (int64_t)counts->n_unsent);
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

static void show_reason(const char *text, size_t n)
{
	if (n > 0) {
		printf(text, n);
		putchar('\n');
	}
}

static void show(const struct purge_counts *counts, bool dry)
{
	size_t n = counts->discarded + counts->received + counts->over_age;

	if (dry)
		printf(ngettext("%zu record would be removed\n",
			"%zu records would be removed\n", n), n);
	else
		printf(ngettext("%zu record removed\n", "%zu records removed\n",
			n), n);
	show_reason(_("  discarded at least 30 days ago: %zu"),
		counts->discarded);
	show_reason(_("  safe at the centre for long enough: %zu"),
		counts->received);
	show_reason(_("  sent, and older than their form lets them be kept: "
		"%zu"), counts->over_age);
	if (counts->n_unsent > 0)
		printf(ngettext("%zu record is older than its form lets it be "
			"kept, but was never sent: it stays until it is sent "
			"or discarded\n",
			"%zu records are older than their form lets them be "
			"kept, but were never sent: they stay until they are "
			"sent or discarded\n", counts->n_unsent),
			counts->n_unsent);
}

static int run_purge(const struct cmd_args *args)
{
	bool one = cmd_text(args, "record") != NULL;
	struct purge_counts counts = { 0 };
	struct err err = ERR_INIT;
	struct workspace *ws;
	bool ok;

	if (cmd_text(args, "store") != NULL)
		return one || cmd_flag(args, "unsent") ?
			cmd_usage_error(args, _("--record and --unsent are for "
				"a workspace, not for a store")) :
			purge_store(args);
	if (cmd_text(args, "form") != NULL || cmd_text(args, "before") != NULL)
		return cmd_usage_error(args, _("--form and --before are for a "
			"store: name it with --store"));
	if (one && cmd_flag(args, "dry-run"))
		return cmd_usage_error(args, _("--dry-run and --record exclude "
			"each other"));
	if (!one && cmd_flag(args, "unsent"))
		return cmd_usage_error(args,
			_("--unsent needs a record: give it with --record"));
	ws = cmd_workspace_open(args, &err);
	ok = ws != NULL && purge(args, ws, &counts, &err);
	if (ok && cmd_flag(args, "json"))
		show_json(&counts, one);
	else if (ok && one)
		puts(_("the record was removed"));
	else if (ok)
		show(&counts, cmd_flag(args, "dry-run"));
	workspace_close(ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	{ "store", 0, OPT_TEXT, N_("DB"),
	  N_("hide what is over age in this central store") },
	{ "form", 0, OPT_TEXT, N_("FORM"),
	  N_("with --store: records of this form only") },
	{ "before", 0, OPT_TEXT, N_("DATE"),
	  N_("with --form: what was finished before that day") },
	{ "record", 0, OPT_TEXT, N_("RECORD"),
	  N_("remove this one now, whatever its age") },
	{ "unsent", 0, OPT_FLAG, NULL,
	  N_("with --record: also if it was neither sent nor discarded") },
	{ "dry-run", 0, OPT_FLAG, NULL,
	  N_("count what would be removed, and remove nothing") },
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_purge = {
	.name = "purge",
	.usage = "",
	.summary = N_("remove what need not be kept any longer"),
	.options = options,
	.run = run_purge,
};
