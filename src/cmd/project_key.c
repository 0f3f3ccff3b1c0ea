/* bayaz project rotate, policy, offline, online: what only the project's own
 * key may change, and where that key lies. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/member.h"
#include "cmd/secret.h"
#include "crypt/words.h"
#include "field/receive.h"
#include "field/workspace.h"
#include "trust/cert.h"
#include "trust/project.h"

enum { KEY_FILE_BYTES_MAX = 64 << 10 };

struct owner {
	struct workspace *ws;
	struct trust_project project;
	struct trust_secrets secrets;
};

static bool owner_open(struct owner *o, const struct cmd_args *args,
	struct err *err)
{
	memset(o, 0, sizeof *o);
	o->ws = cmd_workspace_open(args, err);
	return o->ws != NULL && member_project(o->ws, &o->project, err);
}

static void owner_close(struct owner *o)
{
	trust_secrets_wipe(&o->secrets);
	workspace_close(o->ws);
}

static bool get_secrets(struct owner *o, struct err *err)
{
	return member_secrets(o->ws, &o->secrets, err) &&
		(o->secrets.has_project || err_set(err, ERR_NOTFOUND,
			_("the project's key is not in this workspace: 'bayaz "
			  "project online' brings it back")));
}

/* The next description of the project, signed, and the keys that go with it:
 * both or none. */
static bool put_description(struct owner *o, struct err *err)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	char *line;
	bool ok;

	o->project.serial++;
	line = trust_project_print(&o->project);
	trust_sign(&text, line, &o->secrets.project);
	free(line);
	ok = workspace_begin(o->ws, err);
	if (ok && !(member_put_signed(o->ws, WORKSPACE_PROJECT, &text, err) &&
			member_put_secrets(o->ws, &o->secrets, err) &&
			workspace_commit(o->ws, err))) {
		workspace_rollback(o->ws);
		ok = false;
	}
	trust_signed_release(&text);
	return ok;
}

static void tell_description(const struct owner *o)
{
	printf(_("this is description number %lld of the project; laptops and "
		 "other coordinators take it with the next kit or bundle\n"),
		(long long)o->project.serial);
}

/* ---- rotate ---- */

static bool rotate(struct owner *o, const struct cmd_args *args,
	struct err *err)
{
	const char *only = cmd_text(args, "class");

	if (!get_secrets(o, err))
		return false;
	for (int i = 0; i < N_TRUST_CLASSES; i++) {
		enum trust_class class_ = (enum trust_class)i;

		if (only != NULL && strcmp(only, trust_class_name(class_)) != 0)
			continue;
		if (!trust_project_rotate(&o->project, &o->secrets, class_,
				err))
			return false;
	}
	return put_description(o, err);
}

static int run_rotate(const struct cmd_args *args)
{
	const char *only = cmd_text(args, "class");
	struct err err = ERR_INIT;
	struct owner o;
	bool ok;

	if (only != NULL && strcmp(only, "standard") != 0 &&
			strcmp(only, "protected") != 0)
		return cmd_usage_error(args,
			_("--class takes 'standard' or 'protected'"));
	ok = owner_open(&o, args, &err) && rotate(&o, args, &err);
	if (ok) {
		puts(_("the keys that read what laptops send are new; what was "
		       "sealed to the old ones still opens here"));
		puts(_("the recovery keys on paper stay as they are"));
		tell_description(&o);
		puts(_("other coordinators need a new grant: 'bayaz project "
		       "store add'"));
	}
	owner_close(&o);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

/* ---- policy ---- */

static void print_policy(const struct trust_policy *policy)
{
	printf("idle-minutes=%d\n", policy->idle_minutes);
	printf("refuse-untagged=%s\n", policy->refuse_untagged ? "yes" : "no");
	printf("review-required=%s\n", policy->review_required ? "yes" : "no");
	for (size_t i = 0; i < policy->n_retention; i++) {
		struct str form = STR_INIT;

		utf8_mask(&form, policy->retention[i].form, false);
		printf("retention=%s:%d\n", form.data,
			policy->retention[i].months);
		str_release(&form);
	}
	for (size_t i = 0; i < policy->n_lists; i++)
		printf("list=%s:%s\n", policy->lists[i].name,
			policy->lists[i].laptops);
}

static bool change_policy(struct owner *o, const struct cmd_args *args,
	struct err *err)
{
	if (!get_secrets(o, err))
		return false;
	for (int i = 0; i < args->n; i++)
		if (!trust_policy_set(&o->project.policy, args->items[i], err))
			return false;
	return put_description(o, err);
}

static int run_policy(const struct cmd_args *args)
{
	struct trust_policy policy;
	struct err err = ERR_INIT;
	struct owner o;
	bool ok = owner_open(&o, args, &err) &&
		(args->n == 0 || change_policy(&o, args, &err)) &&
		receive_policy(o.ws, &o.project, &policy, &err);

	if (ok)
		print_policy(&policy);
	if (ok && args->n > 0)
		tell_description(&o);
	owner_close(&o);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

/* ---- offline ---- */

static bool seal_key(const struct owner *o, const struct str *words,
	struct str *sealed, struct err *err)
{
	struct age_to to = { .passphrase = words->data };
	struct str text = STR_INIT;
	bool ok;

	minisign_key_file(&o->secrets.project, &text);
	ok = age_encrypt_bytes(&to, text.data, text.len, sealed, err);
	str_wipe(&text);
	return ok;
}

static bool open_key(const char *path, const struct str *words,
	const struct trust_project *project, struct minisign_key *key,
	struct err *err)
{
	struct age_keys keys = { .passphrase = words->data };
	struct str bytes = STR_INIT, text = STR_INIT;
	struct minisign_public is;
	bool ok = file_read(path, KEY_FILE_BYTES_MAX, &bytes, err) &&
		age_decrypt_bytes(&keys, bytes.data, bytes.len,
			KEY_FILE_BYTES_MAX, &text, err) &&
		minisign_key_parse(text.data, key, err);

	if (!ok && err->code == ERR_NOKEY)
		err_set(err, ERR_NOKEY, _("these words do not open it"));
	if (ok) {
		minisign_key_public(key, &is);
		ok = minisign_public_same(&is, &project->key) ||
			err_set(err, ERR_CONFLICT,
				_("this is not the key of '%s'"),
				project->name);
	}
	str_release(&bytes);
	str_wipe(&text);
	return ok || err_at(err, path, 0, 0);
}

/* From a file that is there; else new ones, kept in it. */
static bool get_words(const struct cmd_args *args, struct str *words,
	struct err *err)
{
	const char *path = cmd_text(args, "words-file");
	struct str line = STR_INIT;
	bool ok;

	if (path != NULL && (strcmp(path, "-") == 0 || file_exists(path)))
		return cmd_words(args, words, err);
	words_new(words);
	if (path == NULL)
		return true;
	str_addf(&line, "%s\n", words->data);
	ok = file_write(path, line.data, line.len, 0600, err);
	str_wipe(&line);
	return ok;
}

/* What was there is not only written over: who gets at old blocks of the disk,
 * and the passphrase, does not find the key in them. */
static bool replace_secrets(struct owner *o, struct err *err)
{
	bool ok = workspace_begin(o->ws, err);

	if (!ok)
		return false;
	ok = workspace_erase_secret(o->ws, WORKSPACE_SECRETS, err) &&
		member_put_secrets(o->ws, &o->secrets, err) &&
		workspace_commit(o->ws, err);
	if (!ok)
		workspace_rollback(o->ws);
	return ok;
}

/* The file is read back and opened before the key is given up here. */
static bool move_out(struct owner *o, const char *path,
	const struct str *words, struct err *err)
{
	struct str sealed = STR_INIT;
	struct minisign_key back;
	bool ok = seal_key(o, words, &sealed, err) &&
		file_write(path, sealed.data, sealed.len, 0600, err) &&
		open_key(path, words, &o->project, &back, err);

	str_release(&sealed);
	minisign_key_wipe(&back);
	if (!ok)
		return false;
	minisign_key_wipe(&o->secrets.project);
	o->secrets.has_project = false;
	return replace_secrets(o, err);
}

static bool go_offline(struct owner *o, const struct cmd_args *args,
	struct err *err)
{
	const char *path = args->items[0];
	struct str words = STR_INIT;
	bool ok;

	if (!get_secrets(o, err))
		return false;
	if (!o->secrets.has_store)
		return err_set(err, ERR_REFUSED,
			_("this workspace has no key of its own to go on "
			  "with"));
	if (file_exists(path))
		return err_set(err, ERR_CONFLICT, _("'%s' exists already"),
			path);
	ok = get_words(args, &words, err) && move_out(o, path, &words, err);
	if (ok) {
		printf(_("%s: the project's key; it is no longer in this "
			 "workspace\n"), path);
		if (cmd_text(args, "words-file") == NULL)
			printf(_("its words, to be kept elsewhere than the "
				 "file: %s\n"), words.data);
		puts(_("keep the file on two USB sticks, and the words on "
		       "paper: without both there will be no new coordinators "
		       "and no new keys"));
	}
	str_wipe(&words);
	return ok;
}

static int run_offline(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct owner o;
	bool ok = owner_open(&o, args, &err) && go_offline(&o, args, &err);

	owner_close(&o);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

/* ---- online ---- */

/* A workspace that has lost its own key gets another: the project's own should
 * not have to do the daily work. */
static bool certify_store(struct owner *o, struct err *err)
{
	struct trust_signed cert = TRUST_SIGNED_INIT;
	struct minisign_public key;
	char today[TRUST_DATE_BYTES];
	bool ok;

	if (o->secrets.has_store)
		return true;
	minisign_key_new(&o->secrets.store);
	o->secrets.has_store = true;
	minisign_key_public(&o->secrets.store, &key);
	member_today(today);
	ok = trust_cert_new(&o->project, &o->secrets.project, &key,
			"coordinator", ROLES_ALL, today, &cert, err) &&
		member_put_signed(o->ws, MEMBER_CERT, &cert, err);
	trust_signed_release(&cert);
	return ok;
}

static bool put_key(struct owner *o, struct err *err)
{
	bool ok = workspace_begin(o->ws, err);

	if (!ok)
		return false;
	ok = certify_store(o, err) &&
		member_put_secrets(o->ws, &o->secrets, err) &&
		workspace_commit(o->ws, err);
	if (!ok)
		workspace_rollback(o->ws);
	return ok;
}

static bool go_online(struct owner *o, const struct cmd_args *args,
	struct err *err)
{
	struct str words = STR_INIT;
	bool ok = cmd_words(args, &words, err);

	if (ok && workspace_has_secret(o->ws, WORKSPACE_SECRETS))
		ok = member_secrets(o->ws, &o->secrets, err);
	ok = ok && open_key(args->items[0], &words, &o->project,
		&o->secrets.project, err);
	str_wipe(&words);
	if (!ok)
		return false;
	o->secrets.has_project = true;
	return put_key(o, err);
}

static int run_online(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct owner o;
	bool ok = owner_open(&o, args, &err) && go_online(&o, args, &err);

	if (ok)
		printf(_("the key of '%s' is in this workspace\n"),
			o.project.name);
	owner_close(&o);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

/* ---- tables ---- */

static const struct cmd_option rotate_options[] = {
	{ "class", 0, OPT_TEXT, N_("CLASS"),
	  N_("standard or protected: only the key of this class") },
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

static const struct cmd_option passphrase_options[] = {
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

static const struct cmd_option offline_options[] = {
	{ "words-file", 0, OPT_TEXT, N_("FILE"),
	  N_("take the eight words from FILE; if there is none, make it") },
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

static const struct cmd_option online_options[] = {
	{ "words-file", 0, OPT_TEXT, N_("FILE"),
	  N_("read the eight words from FILE ('-': standard input)") },
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_project_rotate = {
	.name = "project rotate",
	.usage = "",
	.summary = N_("draw new keys to read what laptops send"),
	.options = rotate_options,
	.run = run_rotate,
};

const struct cmd cmd_project_policy = {
	.name = "project policy",
	.usage = N_("[NAME=VALUE...]"),
	.summary = N_("show or change what the project asks of laptops"),
	.options = passphrase_options,
	.max_args = -1,
	.run = run_policy,
};

const struct cmd cmd_project_offline = {
	.name = "project offline",
	.usage = N_("FILE"),
	.summary = N_("move the project's key out of the workspace"),
	.options = offline_options,
	.min_args = 1,
	.max_args = 1,
	.run = run_offline,
};

const struct cmd cmd_project_online = {
	.name = "project online",
	.usage = N_("FILE"),
	.summary = N_("bring the project's key back into the workspace"),
	.options = online_options,
	.min_args = 1,
	.max_args = 1,
	.run = run_online,
};
