/* bayaz init: a workspace of one's own, without a project. */
#include "config.h"

#include <stdio.h>

#include "base/gettext.h"
#include "base/json.h"
#include "cmd/cmd.h"
#include "cmd/secret.h"
#include "field/workspace.h"

static void tell(const struct cmd_args *args, const struct workspace *ws)
{
	struct json *answer;
	char *line;

	if (!cmd_flag(args, "json")) {
		printf(_("made a workspace in '%s'\n"), workspace_folder(ws));
		return;
	}
	answer = js_new_object();
	js_put_text(answer, "workspace", workspace_folder(ws));
	js_put_bool(answer, "passphrase", workspace_is_sealed(ws));
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

static int run_init(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct workspace *ws = cmd_workspace_make(args, &err);

	if (ws == NULL)
		return cmd_problem(&err);
	tell(args, ws);
	workspace_close(ws);
	return EXIT_DONE;
}

static const struct cmd_option options[] = {
	CMD_PASSPHRASE_OPTION,
	CMD_NO_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_init = {
	.name = "init",
	.usage = "",
	.summary = N_("make a workspace on this computer"),
	.options = options,
	.run = run_init,
};
