/* bayaz backup FILE, bayaz restore FILE: a workspace as one sealed file. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/gettext.h"
#include "base/json.h"
#include "cmd/cmd.h"
#include "cmd/progress.h"
#include "cmd/secret.h"
#include "crypt/crypt.h"
#include "field/backup.h"
#include "field/copy.h"
#include "field/workspace.h"

static void print_json(struct json *answer)
{
	char *line = js_print(answer);

	puts(line);
	free(line);
	js_free(answer);
}

/* --- backup --- */

/* The workspace's own passphrase, unless another is wanted or there is none. */
static bool needs_other(const struct cmd_args *args,
	const struct workspace *ws)
{
	return !workspace_is_sealed(ws) || cmd_flag(args, "other-passphrase") ||
		cmd_text(args, "new-passphrase-file") != NULL;
}

static void tell_backup(const struct cmd_args *args, bool other)
{
	struct json *answer;

	if (!cmd_flag(args, "json")) {
		printf(other ? _("a copy of the workspace is in '%s': the new "
			"passphrase opens it\n") : _("a copy of the workspace "
			"is in '%s': the passphrase of the workspace opens "
			"it\n"), args->items[0]);
		return;
	}
	answer = js_new_object();
	js_put_text(answer, "file", args->items[0]);
	js_put_bool(answer, "own_passphrase", !other);
	print_json(answer);
}

static bool backup(const struct cmd_args *args, struct workspace *ws,
	struct str *passphrase, struct err *err)
{
	bool other = needs_other(args, ws), ok;
	struct progress progress;
	const struct vault_watch watch = { progress_bytes, &progress };

	if (other) {
		str_wipe(passphrase);
		if (!cmd_new_passphrase(args, passphrase, err))
			return false;
	}
	progress_begin(&progress);
	ok = backup_write(ws, args->items[0], passphrase->data, &watch, err);
	progress_end(&progress);
	if (ok)
		tell_backup(args, other);
	return ok;
}

static int run_backup(const struct cmd_args *args)
{
	struct str passphrase = STR_INIT;
	struct err err = ERR_INIT;
	struct workspace *ws = cmd_workspace_open_with(args, &passphrase,
		&err);
	bool ok = ws != NULL && backup(args, ws, &passphrase, &err);

	str_wipe(&passphrase);
	workspace_close(ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option backup_options[] = {
	CMD_PASSPHRASE_OPTION,
	{ "other-passphrase", 0, OPT_FLAG, NULL,
	  N_("seal the backup under another passphrase, asked for") },
	CMD_NEW_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_backup = {
	.name = "backup",
	.usage = N_("FILE"),
	.summary = N_("write the whole workspace into one sealed file"),
	.options = backup_options,
	.min_args = 1,
	.max_args = 1,
	.run = run_backup,
};

/* --- restore --- */

/* The backup's passphrase is mostly the workspace's, too. */
static struct workspace *open_part(const struct cmd_args *args,
	const char *part, const struct str *passphrase, struct err *err)
{
	struct str other = STR_INIT;
	struct workspace *ws;
	struct err why = ERR_INIT;
	bool needs;

	if (!workspace_needs_passphrase(part, &needs, err))
		return NULL;
	if (cmd_text(args, "workspace-passphrase-file") == NULL) {
		ws = workspace_open(part, needs ? passphrase->data : NULL,
			&why);
		if (ws != NULL || why.code != ERR_CRYPTO) {
			if (ws == NULL)
				*err = why;
			return ws;
		}
	}
	ws = cmd_inner_passphrase(args, &other, err) ?
		workspace_open(part, other.data, err) : NULL;
	str_wipe(&other);
	return ws;
}

static bool renew(const struct cmd_args *args, const char *folder,
	const struct str *passphrase, char fingerprint[FINGERPRINT_BYTES],
	struct err *err)
{
	char *part = backup_part(folder);
	struct workspace *ws = open_part(args, part, passphrase, err);
	bool ok = ws != NULL && workspace_make_own(ws, fingerprint, err);

	workspace_close(ws);
	free(part);
	return ok;
}

static void tell_restore(const struct cmd_args *args, const char *folder,
	const char *fingerprint)
{
	struct json *answer;

	if (cmd_flag(args, "json")) {
		answer = js_new_object();
		js_put_text(answer, "workspace", folder);
		if (fingerprint[0] != '\0')
			js_put_text(answer, "device_fingerprint", fingerprint);
		print_json(answer);
		return;
	}
	printf(_("restored the workspace in '%s'\n"), folder);
	if (fingerprint[0] != '\0')
		printf(_("it has a new key: tell the coordinator this laptop's "
			"new fingerprint: %s\n"), fingerprint);
}

static bool restore(const struct cmd_args *args, const char *folder,
	struct err *err)
{
	char fingerprint[FINGERPRINT_BYTES] = "";
	struct str passphrase = STR_INIT;
	bool ok = cmd_passphrase(args, false, &passphrase, err) &&
		backup_unpack(args->items[0], folder, passphrase.data, err);

	if (ok) {
		ok = renew(args, folder, &passphrase, fingerprint, err) &&
			backup_settle(folder, err);
		if (!ok)
			backup_discard(folder);
	}
	str_wipe(&passphrase);
	if (ok)
		tell_restore(args, folder, fingerprint);
	return ok;
}

static int run_restore(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	char *folder = workspace_path(args->workspace);
	bool ok = crypt_init(&err);

	if (ok && workspace_exists(folder))
		ok = err_set(&err, ERR_CONFLICT,
			_("there is a workspace in '%s' already"), folder);
	ok = ok && restore(args, folder, &err);
	free(folder);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option restore_options[] = {
	{ "passphrase-file", 0, OPT_TEXT, N_("FILE"),
	  N_("read the backup's passphrase from FILE ('-': standard input)") },
	{ "workspace-passphrase-file", 0, OPT_TEXT, N_("FILE"),
	  N_("read the workspace's passphrase from FILE, if it is another") },
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_restore = {
	.name = "restore",
	.usage = N_("FILE"),
	.summary = N_("make a workspace from a backup"),
	.options = restore_options,
	.min_args = 1,
	.max_args = 1,
	.run = run_restore,
};
