/* bayaz join: make this laptop a member of a project, or bring it up to date. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/member.h"
#include "cmd/secret.h"
#include "field/forms.h"
#include "field/receive.h"
#include "field/workspace.h"
#include "trust/kit.h"

struct joining {
	struct workspace *ws;
	bool made;			/* the workspace is new */
	struct kit kit;
	struct str words;
	struct trust_project ours;	/* if it belongs to one already */
	bool has_ours;
	struct trust_papers papers;	/* what it knows */
	struct trust_device device;
	struct receive_result result;
};

/* What the workspace, if there is one, belongs to. */
static bool open_existing(struct joining *j, const struct cmd_args *args,
	struct err *err)
{
	char *folder = workspace_path(args->workspace);
	bool exists = workspace_exists(folder);

	free(folder);
	if (!exists)
		return true;
	j->ws = cmd_workspace_open(args, err);
	if (j->ws == NULL)
		return false;
	j->has_ours = workspace_has_secret(j->ws, WORKSPACE_PROJECT);
	return !j->has_ours || (member_project(j->ws, &j->ours, err) &&
		member_papers(j->ws, &j->ours, &j->papers, err));
}

/* Forms are looked at before a workspace is made for them. */
static bool check_forms(const struct joining *j, const struct cmd_args *args,
	struct err *err)
{
	bool open_place = j->ws != NULL ? !workspace_is_sealed(j->ws) :
		cmd_flag(args, "no-passphrase");

	for (size_t i = 0; i < j->kit.forms.n; i++) {
		const struct kit_form *form = &j->kit.forms.items[i];
		struct form_info info;
		bool ok;

		memset(&info, 0, sizeof info);
		ok = form_describe(form->xml, form->n_bytes, form->form_id,
			&info, err);
		if (ok && open_place && form_is_protected(&info))
			ok = err_set(err, ERR_REFUSED,
				_("the kit holds a protected form: it needs "
				  "a workspace with a passphrase"));
		form_info_release(&info);
		if (!ok)
			return false;
	}
	return true;
}

static bool make_device(struct joining *j, const char *name, struct err *err)
{
	if (!workspace_has_secret(j->ws, WORKSPACE_DEVICE))
		return trust_device_new(name, &j->device, err) &&
			member_put_device(j->ws, &j->device, err);
	if (!member_device(j->ws, &j->device, err))
		return false;
	if (name == NULL || strcmp(name, j->device.name) == 0)
		return true;
	return trust_device_set_name(&j->device, name, err) &&
		member_put_device(j->ws, &j->device, err);
}

/* All of it or nothing. */
static bool take_kit(struct joining *j, const char *name, struct err *err)
{
	bool ok;

	if (!workspace_begin(j->ws, err))
		return false;
	ok = make_device(j, name, err) &&
		receive_kit(j->ws, &j->kit, &j->result, err) &&
		member_set_number(j->ws, WORKSPACE_KIT, j->kit.number, err) &&
		workspace_commit(j->ws, err);
	if (!ok)
		workspace_rollback(j->ws);
	return ok;
}

static bool check_name(const char *name, struct err *err)
{
	struct trust_device device;

	memset(&device, 0, sizeof device);
	return trust_device_set_name(&device, name, err);
}

static bool join(struct joining *j, const struct cmd_args *args,
	struct err *err)
{
	const char *name = cmd_text(args, "name");
	struct age_keys keys = { NULL, 0, NULL };

	if (!crypt_init(err) || !check_name(name, err) ||
	    !cmd_words(args, &j->words, err) || !open_existing(j, args, err))
		return false;
	keys.passphrase = j->words.data;
	if (!kit_read(args->items[0], &keys, j->has_ours ? &j->ours : NULL,
		&j->papers, &j->kit, err) ||
	    !check_forms(j, args, err))
		return false;
	if (j->ws == NULL) {
		j->ws = cmd_workspace_make(args, err);
		j->made = j->ws != NULL;
	}
	if (j->ws == NULL)
		return false;
	return take_kit(j, name, err) || err_at(err, args->items[0], 0, 0);
}

static void tell_json(const struct joining *j, const char *project,
	const char *device)
{
	struct json *answer = js_new_object();
	char *line;

	js_put_text(answer, "project", j->kit.project.id);
	js_put_text(answer, "name", j->kit.project.name);
	js_put_bool(answer, "training", j->kit.project.training);
	js_put_int(answer, "kit", j->kit.number);
	js_put_int(answer, "forms", (int64_t)j->kit.forms.n);
	js_put_int(answer, "new_forms", (int64_t)j->result.n_new_forms);
	js_put_text(answer, "project_fingerprint", project);
	js_put_text(answer, "device_fingerprint", device);
	js_put_text(answer, "device_name", j->device.name);
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

static void tell(const struct joining *j, const struct cmd_args *args)
{
	char project[FINGERPRINT_BYTES], device[FINGERPRINT_BYTES];
	size_t n = j->kit.forms.n;

	trust_project_fingerprint(&j->kit.project, project);
	trust_device_fingerprint(&j->device, device);
	if (cmd_flag(args, "json")) {
		tell_json(j, project, device);
		return;
	}
	printf(ngettext("joined '%1$s' with kit %2$lld: %3$zu form, "
			"%4$zu of it new\n",
		"joined '%1$s' with kit %2$lld: %3$zu forms, "
			"%4$zu of them new\n", n),
		j->kit.project.name, (long long)j->kit.number, n,
		j->result.n_new_forms);
	if (j->kit.project.training)
		puts(_("this project is for training"));
	if (j->kit.n_unused > 0)
		printf(ngettext("%zu entry of the kit needs a newer bayaz\n",
			"%zu entries of the kit need a newer bayaz\n",
			j->kit.n_unused), j->kit.n_unused);
	printf(_("the project's fingerprint: %s\n"), project);
	printf(_("this laptop's fingerprint: %s\n"), device);
	puts(_("compare both with your coordinator"));
}

static int run_join(const struct cmd_args *args)
{
	struct joining j;
	struct err err = ERR_INIT;
	bool ok;

	memset(&j, 0, sizeof j);
	kit_init(&j.kit);
	str_init(&j.words);
	ok = join(&j, args, &err);
	if (ok)
		tell(&j, args);
	trust_device_wipe(&j.device);
	str_wipe(&j.words);
	trust_papers_release(&j.papers);
	kit_release(&j.kit);
	if (!ok && j.made)
		cmd_workspace_unmake(j.ws);
	else
		workspace_close(j.ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CMD_WORDS_OPTION,
	CMD_PASSPHRASE_OPTION,
	CMD_NO_PASSPHRASE_OPTION,
	{ "name", 0, OPT_TEXT, N_("CODE"),
	  N_("the worker's code, such as KP-031") },
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_join = {
	.name = "join",
	.usage = N_("KIT"),
	.summary = N_("make this laptop a member of a project"),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.run = run_join,
};
