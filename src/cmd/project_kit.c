/* bayaz project kit: what laptops join the project with. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "cmd/cmd.h"
#include "cmd/down.h"
#include "cmd/member.h"
#include "cmd/secret.h"
#include "crypt/words.h"
#include "field/workspace.h"
#include "trust/kit.h"

struct kit_job {
	struct kit kit;
	struct trust_project project;
	struct trust_secrets secrets;
	struct str words;
	bool words_are_new;
	struct down_forms forms;
};

static void job_init(struct kit_job *job)
{
	memset(job, 0, sizeof *job);
	kit_init(&job->kit);
	str_init(&job->words);
}

static void job_release(struct kit_job *job)
{
	down_forms_release(&job->forms);
	trust_secrets_wipe(&job->secrets);
	str_wipe(&job->words);
	kit_release(&job->kit);
}

static bool write_new_words(const char *path, const struct str *words,
	struct err *err)
{
	struct str line = STR_INIT;
	bool ok;

	str_addf(&line, "%s\n", words->data);
	ok = file_write(path, line.data, line.len, 0600, err);
	str_wipe(&line);
	return ok;
}

/* From a file that is there, else new ones (kept in the file, if named). */
static bool get_words(struct kit_job *job, const struct cmd_args *args,
	struct err *err)
{
	const char *path = cmd_text(args, "words-file");

	if (path != NULL && (strcmp(path, "-") == 0 || file_exists(path))) {
		if (!cmd_words(args, &job->words, err))
			return err_at(err, path, 0, 0);
		return true;
	}
	words_new(&job->words);
	job->words_are_new = path == NULL;
	return path == NULL || write_new_words(path, &job->words, err);
}

static bool get_keys(struct kit_job *job, struct workspace *ws,
	struct err *err)
{
	return member_project(ws, &job->project, err) &&
		member_secrets(ws, &job->secrets, err) &&
		member_get_signed(ws, WORKSPACE_PROJECT,
			&job->kit.project_text, err) &&
		member_papers(ws, &job->project, &job->kit.papers, err);
}

/* The number is used up before the file is written: two kits never have the
 * same one. */
static bool use_number(const struct kit_job *job, struct workspace *ws,
	struct err *err)
{
	bool ok = workspace_begin(ws, err);

	if (!ok)
		return false;
	ok = down_forms_keep(&job->forms, &job->kit, ws, err) &&
		member_set_number(ws, MEMBER_KIT_MADE, job->kit.number, err) &&
		workspace_commit(ws, err);
	if (!ok)
		workspace_rollback(ws);
	return ok;
}

/* Before a number is used up. */
static bool check_signer(const struct kit_job *job,
	const struct minisign_key *signer, struct err *err)
{
	struct minisign_public key;

	if (!job->secrets.has_store && !job->secrets.has_project)
		return err_set(err, ERR_NOTFOUND,
			_("this workspace has no key to sign a kit with"));
	minisign_key_public(signer, &key);
	return trust_papers_may(&job->kit.papers, &job->project, &key,
			ROLE_PUBLISH) ||
		err_set(err, ERR_REFUSED,
			_("this workspace's key has no certificate for the "
			  "role '%s'"), trust_role_name(ROLE_PUBLISH));
}

static bool write_kit(struct kit_job *job, struct workspace *ws,
	const char *path, struct err *err)
{
	struct kit *kit = &job->kit;
	const struct minisign_key *signer = job->secrets.has_store ?
		&job->secrets.store : &job->secrets.project;
	struct age_to to = { .passphrase = job->words.data };

	if (!check_signer(job, signer, err))
		return false;
	down_forms_put(&job->forms, kit);
	member_today(kit->date);
	if (!member_number(ws, MEMBER_KIT_MADE, &kit->number, err))
		return false;
	kit->number++;
	return use_number(job, ws, err) &&
		kit_write(path, kit, signer, &to, err);
}

static void tell_kit(const struct cmd_args *args, const struct kit_job *job,
	const char *path)
{
	struct json *answer;
	char *line;
	size_t n = job->forms.list.n;

	if (!cmd_flag(args, "json")) {
		printf(ngettext("%1$s: kit %2$lld with %3$zu form\n",
			"%1$s: kit %2$lld with %3$zu forms\n", n),
			path, (long long)job->kit.number, n);
		if (job->words_are_new)
			printf(_("its words, to be told another way than the "
				 "file goes: %s\n"), job->words.data);
		return;
	}
	answer = js_new_object();
	js_put_text(answer, "file", path);
	js_put_text(answer, "project", job->project.id);
	js_put_int(answer, "kit", job->kit.number);
	js_put_int(answer, "forms", (int64_t)n);
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

static int run_kit(const struct cmd_args *args)
{
	const char *path = cmd_text(args, "output");
	struct kit_job job;
	struct workspace *ws;
	struct err err = ERR_INIT;
	bool ok;

	if (path == NULL)
		return cmd_usage_error(args, _("say where to with -o FILE"));
	if (cmd_list(args, "form", 0) == NULL && args->n == 0)
		return cmd_usage_error(args,
			_("a kit needs a form: --form FORM.xml"));
	if (cmd_flag(args, "json") && cmd_text(args, "words-file") == NULL)
		return cmd_usage_error(args,
			_("--json needs --words-file: words are no part of "
			  "it"));
	ws = cmd_workspace_open(args, &err);
	if (ws == NULL)
		return cmd_problem(&err);
	job_init(&job);
	ok = get_keys(&job, ws, &err) && down_forms_load(&job.forms, args, true,
			&job.project, &err) &&
		get_words(&job, args, &err) &&
		write_kit(&job, ws, path, &err);
	if (ok)
		tell_kit(args, &job, path);
	job_release(&job);
	workspace_close(ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option kit_options[] = {
	{ "output", 'o', OPT_TEXT, N_("FILE"), N_("write the kit to FILE") },
	{ "form", 0, OPT_LIST, N_("FORM.xml"),
	  N_("put this form in, with its media") },
	{ "media", 0, OPT_TEXT, N_("DIR"),
	  N_("look for media in DIR first") },
	{ "words-file", 0, OPT_TEXT, N_("FILE"),
	  N_("take the eight words from FILE; if there is none, make it") },
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_project_kit = {
	.name = "project kit",
	.usage = N_("-o FILE --form FORM.xml..."),
	.summary = N_("make a kit that laptops join the project with"),
	.options = kit_options,
	.min_args = 0,
	.max_args = -1,
	.run = run_kit,
};
