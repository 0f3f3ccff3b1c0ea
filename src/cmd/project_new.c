/* bayaz project new: the project, its keys, its coordinator. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/member.h"
#include "cmd/secret.h"
#include "field/workspace.h"
#include "trust/cert.h"
#include "trust/project.h"

/* Everything that comes into being, before it is kept. */
struct founding {
	struct trust_project project;
	struct trust_secrets secrets;
	struct trust_recovery recovery;
	struct trust_signed project_text, cert;
};

static void founding_wipe(struct founding *f)
{
	trust_secrets_wipe(&f->secrets);
	trust_recovery_wipe(&f->recovery);
	trust_signed_release(&f->project_text);
	trust_signed_release(&f->cert);
}

static bool read_policy(const struct cmd_args *args,
	struct trust_policy *policy, struct err *err)
{
	const char *text;

	memset(policy, 0, sizeof *policy);
	policy->idle_minutes = IDLE_MINUTES;
	policy->refuse_untagged = cmd_flag(args, "refuse-untagged");
	for (size_t i = 0; (text = cmd_list(args, "policy", i)) != NULL; i++)
		if (!trust_policy_set(policy, text, err))
			return false;
	return true;
}

static bool found(const struct cmd_args *args, struct founding *f,
	struct err *err)
{
	struct trust_policy policy;
	struct minisign_public store;
	char today[TRUST_DATE_BYTES];
	char *text;

	memset(f, 0, sizeof *f);
	f->project_text = f->cert = (struct trust_signed)TRUST_SIGNED_INIT;
	member_today(today);
	if (!read_policy(args, &policy, err) ||
	    !trust_project_new(args->items[0], today,
	    cmd_flag(args, "training"), policy, &f->project, &f->secrets,
	    &f->recovery, err))
		return false;
	text = trust_project_print(&f->project);
	trust_sign(&f->project_text, text, &f->secrets.project);
	free(text);
	minisign_key_new(&f->secrets.store);
	f->secrets.has_store = true;
	minisign_key_public(&f->secrets.store, &store);
	return trust_cert_new(&f->project, &f->secrets.project, &store,
		"coordinator", ROLES_ALL, today, &f->cert, err);
}

/* As it goes on paper: three keys for three envelopes. */
static void recovery_text(const struct founding *f, struct str *out)
{
	str_addf(out, "# %s\n", f->project.name);
	str_addf(out, "# %s %s\n\n", _("project"), f->project.id);
	str_addf(out, "# %s\n",
		_("recovery key of standard forms, for one person:"));
	trust_recovery_standard(&f->recovery, out);
	str_addf(out, "\n\n# %s\n",
		_("recovery key of protected forms, half A, for one person:"));
	trust_recovery_half(&f->recovery, 'A', out);
	str_addf(out, "\n\n# %s\n",
		_("recovery key of protected forms, half B, for another "
		  "person:"));
	trust_recovery_half(&f->recovery, 'B', out);
	str_addc(out, '\n');
}

/* Shown or written before anything is kept: a project whose recovery keys
 * nobody saw must not come into being. */
static bool give_recovery(const struct cmd_args *args,
	const struct founding *f, struct err *err)
{
	const char *path = cmd_text(args, "recovery-file");
	struct str text = STR_INIT;
	bool ok = true;

	recovery_text(f, &text);
	if (path != NULL) {
		ok = file_write(path, text.data, text.len, 0600, err);
	} else {
		puts(_("Write these down on paper now; they are shown once "
			"and kept nowhere:"));
		printf("\n%s\n", text.data);
		if (fflush(stdout) != 0 || ferror(stdout))
			ok = err_set(err, ERR_IO,
				_("cannot show the recovery keys"));
	}
	str_wipe(&text);
	return ok;
}

static bool keep_founding(struct workspace *ws, const struct founding *f,
	struct err *err)
{
	bool ok = workspace_begin(ws, err);

	if (!ok)
		return false;
	ok = member_put_signed(ws, WORKSPACE_PROJECT, &f->project_text,
			err) &&
		member_put_signed(ws, MEMBER_CERT, &f->cert, err) &&
		member_put_secrets(ws, &f->secrets, err) &&
		workspace_commit(ws, err);
	if (!ok)
		workspace_rollback(ws);
	return ok;
}

static void tell_project(const struct cmd_args *args,
	const struct trust_project *project)
{
	char fingerprint[FINGERPRINT_BYTES];
	struct json *answer;
	char *line;

	trust_project_fingerprint(project, fingerprint);
	if (!cmd_flag(args, "json")) {
		printf(_("project '%s' is made\n"), project->name);
		if (project->training)
			puts(_("it is for training: its records count only "
				"here"));
		printf(_("fingerprint: %s\n"), fingerprint);
		return;
	}
	answer = js_new_object();
	js_put_text(answer, "project", project->id);
	js_put_text(answer, "name", project->name);
	js_put_text(answer, "fingerprint", fingerprint);
	js_put_bool(answer, "training", project->training);
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

/* The workspace to found in: the one that is there, else a new one. */
static struct workspace *founding_place(const struct cmd_args *args,
	bool *made, struct err *err)
{
	char *folder = workspace_path(args->workspace);
	struct workspace *ws;

	*made = !workspace_exists(folder);
	free(folder);
	if (*made)
		return cmd_workspace_make(args, err);
	ws = cmd_workspace_open(args, err);
	if (ws != NULL && workspace_has_secret(ws, WORKSPACE_PROJECT)) {
		err_set(err, ERR_CONFLICT,
			_("the workspace '%s' belongs to a project already"),
			workspace_folder(ws));
		workspace_close(ws);
		ws = NULL;
	}
	return ws;
}

static bool check_new(const struct cmd_args *args, struct err *err)
{
	const char *path = cmd_text(args, "recovery-file");

	if (path != NULL && file_exists(path))
		return err_set(err, ERR_CONFLICT, _("'%s' exists already"),
			path);
	return true;
}

static int run_new(const struct cmd_args *args)
{
	struct founding f;
	struct workspace *ws;
	struct err err = ERR_INIT;
	bool ok, made;

	if (cmd_flag(args, "json") && cmd_text(args, "recovery-file") == NULL)
		return cmd_usage_error(args,
			_("--json needs --recovery-file: keys are no part of "
			  "it"));
	if (!crypt_init(&err) || !check_new(args, &err))
		return cmd_problem(&err);
	if (!found(args, &f, &err)) {
		founding_wipe(&f);
		return cmd_problem(&err);
	}
	ws = founding_place(args, &made, &err);
	ok = ws != NULL && give_recovery(args, &f, &err) &&
		keep_founding(ws, &f, &err);
	if (ok && !workspace_is_sealed(ws) && !f.project.training)
		log_note(_("this workspace has no passphrase: whoever has "
			   "this computer has the project's keys"));
	if (ok)
		tell_project(args, &f.project);
	founding_wipe(&f);
	if (!ok && made && ws != NULL)
		cmd_workspace_unmake(ws);
	else
		workspace_close(ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option new_options[] = {
	{ "training", 0, OPT_FLAG, NULL,
	  N_("a project to learn with: training records count") },
	{ "refuse-untagged", 0, OPT_FLAG, NULL,
	  N_("take no forms without a class (bayaz:class)") },
	{ "policy", 0, OPT_LIST, N_("NAME=VALUE"),
	  N_("idle-minutes=5, retention=FORM:MONTHS ...; again for more") },
	{ "recovery-file", 0, OPT_TEXT, N_("FILE"),
	  N_("write the recovery keys to FILE instead of showing them") },
	CMD_NO_PASSPHRASE_OPTION,
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_project_new = {
	.name = "project new",
	.usage = N_("NAME"),
	.summary = N_("make a project and its coordinator's keys"),
	.options = new_options,
	.min_args = 1,
	.max_args = 1,
	.run = run_new,
};
