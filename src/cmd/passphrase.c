/* bayaz passphrase: another passphrase for the workspace, or none. */
#include "config.h"

#include <stdio.h>
#include <string.h>

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
		puts(workspace_is_sealed(ws) ?
			_("the workspace opens with the new passphrase only") :
			_("the workspace opens without a passphrase: anyone "
			  "with this computer can read it"));
		return;
	}
	answer = js_new_object();
	js_put_bool(answer, "passphrase", workspace_is_sealed(ws));
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

static bool drop(struct workspace *ws, struct err *err)
{
	if (workspace_has_secret(ws, WORKSPACE_SECRETS))
		return err_set(err, ERR_REFUSED, _("this workspace holds the "
			"keys of a project: it keeps its passphrase"));
	return workspace_set_passphrase(ws, NULL, err);
}

static bool change(const struct cmd_args *args, struct workspace *ws,
	struct err *err)
{
	struct str passphrase = STR_INIT;
	bool ok = cmd_new_passphrase(args, &passphrase, err) &&
		workspace_set_passphrase(ws, passphrase.data, err);

	str_wipe(&passphrase);
	return ok;
}

static bool is_input(const struct cmd_args *args, const char *option)
{
	const char *path = cmd_text(args, option);

	return path != NULL && strcmp(path, "-") == 0;
}

static int run_passphrase(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct workspace *ws;
	bool none = cmd_flag(args, "none"), ok;

	if (none && cmd_text(args, "new-passphrase-file") != NULL)
		return cmd_usage_error(args, _("--none and "
			"--new-passphrase-file contradict each other"));
	if (is_input(args, "passphrase-file") &&
			is_input(args, "new-passphrase-file"))
		return cmd_usage_error(args, _("only one of the passphrases "
			"can come from standard input"));
	ws = cmd_workspace_open(args, &err);
	ok = ws != NULL && (none ? drop(ws, &err) : change(args, ws, &err));
	if (ok)
		tell(args, ws);
	workspace_close(ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CMD_PASSPHRASE_OPTION,
	CMD_NEW_PASSPHRASE_OPTION,
	{ "none", 0, OPT_FLAG, NULL,
	  N_("from now on without a passphrase: anyone with this computer "
	     "can read it") },
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_passphrase_change = {
	.name = "passphrase",
	.usage = "",
	.summary = N_("change the passphrase of the workspace"),
	.options = options,
	.run = run_passphrase,
};
