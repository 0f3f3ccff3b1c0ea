/* bayaz project show: what this workspace is in its project, and the
 * fingerprints that people compare. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/member.h"
#include "cmd/secret.h"
#include "field/query.h"
#include "field/receive.h"
#include "field/workspace.h"
#include "trust/papers.h"

struct standing {
	struct trust_project project;
	char project_fingerprint[FINGERPRINT_BYTES];
	bool is_device;
	char device_fingerprint[FINGERPRINT_BYTES];
	char device_name[DEVICE_NAME_BYTES];
	bool is_revoked;
	int64_t kit;
	bool is_store, has_project_key;
	char store_fingerprint[FINGERPRINT_BYTES];
	unsigned roles;
	bool is_withdrawn;
	bool reads[N_TRUST_CLASSES];
	size_t n_old[N_TRUST_CLASSES];
	struct trust_policy policy;
	size_t n_questions;
};

/* ---- finding out ---- */

static bool read_device(struct workspace *ws, struct standing *s,
	struct err *err)
{
	struct trust_device device;

	if (!workspace_has_secret(ws, WORKSPACE_DEVICE))
		return true;
	if (!member_device(ws, &device, err))
		return false;
	s->is_device = true;
	trust_device_fingerprint(&device, s->device_fingerprint);
	memcpy(s->device_name, device.name, sizeof s->device_name);
	s->is_revoked = receive_is_revoked(ws);
	trust_device_wipe(&device);
	return member_number(ws, WORKSPACE_KIT, &s->kit, err);
}

static bool read_roles(struct workspace *ws, struct standing *s,
	const struct minisign_public *key, struct err *err)
{
	struct trust_papers papers = TRUST_PAPERS_INIT;
	bool ok = member_papers(ws, &s->project, &papers, err);

	for (size_t i = 0; ok && i < papers.certs.n; i++)
		if (minisign_public_same(&papers.certs.items[i].key, key))
			s->roles |= papers.certs.items[i].cert.roles;
	s->is_withdrawn = ok && trust_papers_is_withdrawn(&papers, key);
	trust_papers_release(&papers);
	return ok;
}

static bool read_secrets(struct workspace *ws, struct standing *s,
	struct err *err)
{
	struct trust_secrets secrets;
	struct minisign_public key;

	if (!workspace_has_secret(ws, WORKSPACE_SECRETS))
		return true;
	if (!member_secrets(ws, &secrets, err))
		return false;
	s->is_store = secrets.has_store;
	s->has_project_key = secrets.has_project;
	for (int i = 0; i < N_TRUST_CLASSES; i++) {
		s->reads[i] = secrets.has_reader[i];
		s->n_old[i] = secrets.n_old[i];
	}
	minisign_key_public(&secrets.store, &key);
	trust_secrets_wipe(&secrets);
	if (!s->is_store)
		return true;
	minisign_public_fingerprint(&key, s->store_fingerprint);
	return read_roles(ws, s, &key, err);
}

static bool count_question(void *context, const struct field_query *query)
{
	size_t *n = context;

	*n += !query->is_answered;
	return true;
}

static bool read_standing(struct workspace *ws, struct standing *s,
	struct err *err)
{
	if (!member_project(ws, &s->project, err))
		return false;
	trust_project_fingerprint(&s->project, s->project_fingerprint);
	return read_device(ws, s, err) && read_secrets(ws, s, err) &&
		receive_policy(ws, &s->project, &s->policy, err) &&
		queries_each(ws, count_question, &s->n_questions, err);
}

/* ---- for people ---- */

static void show_store(const struct standing *s)
{
	struct str text = STR_INIT;

	printf(_("this coordinator's fingerprint: %s\n"),
		s->store_fingerprint);
	trust_roles_print(s->roles, &text);
	if (text.len == 0)
		puts(_("it has no certificate yet"));
	else if (s->is_withdrawn)
		puts(_("its certificate was withdrawn"));
	else
		printf(_("roles: %s\n"), text.data);
	str_clear(&text);
	for (int i = 0; i < N_TRUST_CLASSES; i++)
		if (s->reads[i] || s->n_old[i] > 0)
			str_addf(&text, "%s%s", text.len > 0 ? ", " : "",
				trust_class_name((enum trust_class)i));
	if (text.len > 0)
		printf(_("reads: %s\n"), text.data);
	if (s->has_project_key)
		puts(_("the project's key is in this workspace"));
	else
		puts(_("the project's key is not in this workspace"));
	str_release(&text);
}

static void show(const struct standing *s)
{
	printf(_("project: %s\n"), s->project.name);
	if (s->project.training)
		puts(_("this project is for training"));
	printf(_("made on %1$s; description number %2$lld\n"),
		s->project.made, (long long)s->project.serial);
	printf(_("the project's fingerprint: %s\n"), s->project_fingerprint);
	if (s->is_device) {
		printf(_("this laptop's fingerprint: %s\n"),
			s->device_fingerprint);
		if (s->device_name[0] != '\0')
			printf(_("the worker's code: %s\n"), s->device_name);
		printf(_("newest kit taken: %lld\n"), (long long)s->kit);
	}
	if (s->is_store)
		show_store(s);
	printf(ngettext("the screen locks after %d minute\n",
			"the screen locks after %d minutes\n",
			(unsigned long)s->policy.idle_minutes),
		s->policy.idle_minutes);
	if (s->n_questions > 0)
		printf(ngettext("%zu question waits for an answer\n",
				"%zu questions wait for an answer\n",
				s->n_questions), s->n_questions);
	fflush(stdout);
	if (s->is_revoked)
		log_note(_("the centre no longer trusts this laptop: talk to "
			   "your coordinator before you go on"));
}

/* ---- for programs ---- */

static void show_json(const struct standing *s)
{
	struct json *is = js_new_object();
	struct str roles = STR_INIT;
	char *line;

	js_put_text(is, "project", s->project.id);
	js_put_text(is, "name", s->project.name);
	js_put_bool(is, "training", s->project.training);
	js_put_text(is, "made", s->project.made);
	js_put_int(is, "serial", s->project.serial);
	js_put_text(is, "project_fingerprint", s->project_fingerprint);
	if (s->is_device) {
		js_put_text(is, "device_fingerprint", s->device_fingerprint);
		js_put_text(is, "device_name", s->device_name);
		js_put_int(is, "kit", s->kit);
		js_put_bool(is, "revoked", s->is_revoked);
	}
	if (s->is_store) {
		trust_roles_print(s->roles, &roles);
		js_put_text(is, "store_fingerprint", s->store_fingerprint);
		js_put_text(is, "roles", roles.len > 0 ? roles.data : "");
		js_put_bool(is, "withdrawn", s->is_withdrawn);
		js_put_bool(is, "reads_standard", s->reads[TRUST_STANDARD]);
		js_put_bool(is, "reads_protected", s->reads[TRUST_PROTECTED]);
		js_put_bool(is, "project_key", s->has_project_key);
	}
	js_put(is, "policy", trust_policy_json(&s->policy));
	js_put_int(is, "questions", (int64_t)s->n_questions);
	line = js_print(is);
	puts(line);
	free(line);
	str_release(&roles);
	js_free(is);
}

static int run_show(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct workspace *ws = cmd_workspace_open(args, &err);
	struct standing s;
	bool ok;

	memset(&s, 0, sizeof s);
	ok = ws != NULL && read_standing(ws, &s, &err);
	if (ok && cmd_flag(args, "json"))
		show_json(&s);
	else if (ok)
		show(&s);
	workspace_close(ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_project_show = {
	.name = "project show",
	.usage = "",
	.summary = N_("show the project, its fingerprints, and what one may do"),
	.options = options,
	.run = run_show,
};
