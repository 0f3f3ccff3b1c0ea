/* bayaz merge: take bundles into the central store. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "cmd/cmd.h"
#include "cmd/member.h"
#include "cmd/secret.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "field/forms.h"
#include "field/workspace.h"
#include "store/fact.h"
#include "store/merge.h"
#include "store/store.h"
#include "store/tables.h"
#include "trust/cert.h"

static const struct cmd_option options[] = {
	{ "store", 0, OPT_TEXT, N_("DB"),
	  N_("the central store, made if there is none") },
	{ "accept", 0, OPT_LIST, N_("FINGERPRINT"),
	  N_("accept the laptop with this fingerprint") },
	{ "accept-new", 0, OPT_FLAG, NULL,
	  N_("accept every laptop that is not known yet") },
	{ "retry", 0, OPT_FLAG, NULL,
	  N_("try again what was set aside") },
	CMD_JSON_OPTION,
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

struct job {
	const struct cmd_args *args;
	struct workspace *ws;
	struct store *store;
	bool store_is_new;
	struct trust_secrets secrets;
	struct age_identity identities[MEMBER_IDENTITIES_MAX];
	struct age_keys keys;
	struct merge_setup setup;
	VEC(const char *) accept;
	VEC(char *) devices;		/* keys of those that sent something */
	struct json *bundles, *warnings;
	size_t n_taken, n_new, n_known, n_missing, n_refused, n_aside;
	bool forms_new;
};

/* --- what the workspace knows --- */

static bool add_certificate(struct job *job, const char *name,
	struct err *err)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	bool ok = true;

	if (workspace_has_secret(job->ws, name))
		ok = member_get_signed(job->ws, name, &text, err) &&
			fact_add_certificate(job->store, &text, err);
	trust_signed_release(&text);
	return ok;
}

static bool add_project(struct job *job, struct err *err)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	bool ok = member_get_signed(job->ws, WORKSPACE_PROJECT, &text, err) &&
		fact_add_project(job->store, &text, err);

	trust_signed_release(&text);
	return ok && add_certificate(job, MEMBER_CERT, err);
}

struct form_list { struct job *job; struct err *err; bool ok; };

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct fact_file *)a)->name,
		((const struct fact_file *)b)->name);
}

static bool read_files(struct job *job, const struct form_info *info,
	struct fact_file *files, struct str *bytes, struct err *err)
{
	for (size_t i = 0; i < info->n_media; i++) {
		if (!forms_media(job->ws, info, files[i].name, &bytes[i], err))
			return false;
		files[i].bytes = bytes[i].data;
		files[i].n_bytes = bytes[i].len;
	}
	return true;
}

static bool add_new_form(struct job *job, const struct form_info *info,
	struct fact_form *form, struct fact_file *files, struct err *err)
{
	struct str xml = STR_INIT;
	struct str *bytes = xcalloc(info->n_media + 1, sizeof *bytes);
	bool ok;

	for (size_t i = 0; i < info->n_media; i++)
		str_init(&bytes[i]);
	ok = forms_xml(job->ws, info, &xml, err) &&
		read_files(job, info, files, bytes, err);
	form->xml = xml.data;
	form->n_bytes = xml.len;
	ok = ok && fact_add_form(job->store, job->setup.store_key, form, err);
	job->forms_new = job->forms_new || ok;
	for (size_t i = 0; i < info->n_media; i++)
		str_release(&bytes[i]);
	free(bytes);
	str_release(&xml);
	return ok;
}

static bool add_form(void *context, const struct form_info *info)
{
	struct form_list *list = context;
	struct fact_file *files = xcalloc(info->n_media + 1, sizeof *files);
	struct fact_form form = { .files = files, .n_files = info->n_media };
	bool has = false;

	memcpy(form.sha256, info->sha256, sizeof form.sha256);
	for (size_t i = 0; i < info->n_media; i++) {
		files[i].name = info->media[i].name;
		memcpy(files[i].sha256, info->media[i].sha256,
			sizeof files[i].sha256);
	}
	if (info->n_media > 0)
		qsort(files, info->n_media, sizeof *files, by_name);
	list->ok = fact_has_form(list->job->store, &form, &has, list->err) &&
		(has || add_new_form(list->job, info, &form, files, list->err));
	free(files);
	return list->ok;
}

/* The project, its certificate and the forms of the workspace become facts:
 * all of them at once, whatever bundles come, so that order cannot matter. */
static bool prepare_store(struct job *job, struct err *err)
{
	struct form_list list = { job, err, true };
	struct db *db = store_db(job->store);
	bool ok = db_begin(db, err) && add_project(job, err) &&
		forms_each(job->ws, add_form, &list, err) && list.ok &&
		(!job->forms_new || tables_update_layouts(job->store, err)) &&
		db_commit(db, err);

	if (!ok)
		db_rollback(db);
	return ok;
}

static bool open_keys(struct job *job, struct err *err)
{
	size_t n;

	if (!member_secrets(job->ws, &job->secrets, err) ||
			!member_identities(job->ws, job->identities, &n, err))
		return false;
	job->keys.identities = job->identities;
	job->keys.n_identities = n;
	job->setup.keys = &job->keys;
	if (job->secrets.has_store)
		job->setup.store_key = &job->secrets.store;
	else if (job->secrets.has_project)
		job->setup.store_key = &job->secrets.project;
	else
		return err_set(err, ERR_NOTFOUND,
			_("this workspace holds no coordinator's keys"));
	return true;
}

static bool open_job(struct job *job, struct err *err)
{
	const char *path = cmd_text(job->args, "store");

	job->ws = cmd_workspace_open(job->args, err);
	if (job->ws == NULL || !open_keys(job, err))
		return false;
	job->store_is_new = !file_exists(path);
	job->store = store_open(path, STORE_CREATE, err);
	return job->store != NULL && prepare_store(job, err);
}

/* A store in which nothing was put is not left behind. */
static void remove_new_store(const char *path)
{
	static const char *const endings[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < 3; i++) {
		char *name = str_format("%s%s", path, endings[i]);

		unlink(name);
		free(name);
	}
}

static void close_job(struct job *job)
{
	store_close(job->store);
	if (job->store_is_new && job->n_taken == 0 && job->n_aside == 0)
		remove_new_store(cmd_text(job->args, "store"));
	for (size_t i = 0; i < MEMBER_IDENTITIES_MAX; i++)
		age_identity_wipe(&job->identities[i]);
	trust_secrets_wipe(&job->secrets);
	workspace_close(job->ws);
	vec_release(&job->accept);
	for (size_t i = 0; i < job->devices.n; i++)
		free(job->devices.items[i]);
	vec_release(&job->devices);
	js_free(job->bundles);
	js_free(job->warnings);
}

/* --- telling --- */

static void warn(struct job *job, const char *file, const char *sentence)
{
	struct json *line = js_new_object();

	js_put_text(line, "file", file);
	js_put_text(line, "message", sentence);
	js_add(job->warnings, line);
	if (file[0] != '\0')
		log_note(_("%s: warning: %s"), file, sentence);
	else
		log_note(_("warning: %s"), sentence);
}

static void tell_json(struct job *job, const char *file,
	const struct merge_result *result, const struct err *refused)
{
	static const char *const outcomes[] = {
		"taken", "known", "quarantined"
	};
	struct json *line = js_new_object();
	bool ok = refused->code == ERR_NONE;

	js_put_text(line, "file", file);
	js_put_text(line, "outcome", ok ? outcomes[result->outcome] :
		"refused");
	if (!ok) {
		js_put_text(line, "code", err_code_name(refused->code));
		js_put_text(line, "reason", refused->message);
	} else {
		js_put_text(line, "device", result->fingerprint);
		js_put_text(line, "name", result->device_name);
		js_put_int(line, "sequence", result->sequence);
		js_put_bool(line, "accepted", result->accepted_now);
		js_put_int(line, "versions_new", (int64_t)result->versions_new);
		js_put_int(line, "versions_known",
			(int64_t)result->versions_known);
		js_put_int(line, "sealed_new", (int64_t)result->sealed_new);
		js_put_int(line, "missing", (int64_t)result->missing);
		if (result->outcome == MERGE_SET_ASIDE)
			js_put_text(line, "reason", result->reason);
	}
	js_add(job->bundles, line);
}

static void tell_text(const char *file, const char *reason,
	const struct merge_result *result)
{
	switch (result->outcome) {
	case MERGE_TAKEN:
		/* TRANSLATORS: %1$s is a file, %2$zu a number of records in
		 * it that were not in the store before. */
		printf(ngettext("%1$s: %2$zu new version\n",
				"%1$s: %2$zu new versions\n",
				result->versions_new),
			file, result->versions_new);
		break;
	case MERGE_KNOWN:
		printf(_("%s: merged before\n"), file);
		break;
	case MERGE_SET_ASIDE:
		printf(_("%1$s: set aside: %2$s\n"), file, reason);
		break;
	}
	if (result->accepted_now)
		printf(_("%1$s: accepted the laptop %2$s\n"), file,
			result->fingerprint);
	fflush(stdout);
}

/* Names and reasons come from files: no control characters to a terminal. */
static void tell_masked(const char *file, const struct merge_result *result)
{
	struct str name = STR_INIT, reason = STR_INIT;

	utf8_mask(&name, file, false);
	utf8_mask(&reason, result->reason, false);
	tell_text(name.data, reason.data, result);
	str_release(&name);
	str_release(&reason);
}

static void note_device(struct job *job, const char *device)
{
	char *copy;

	for (size_t i = 0; i < job->devices.n; i++)
		if (strcmp(job->devices.items[i], device) == 0)
			return;
	copy = xstrdup(device);
	vec_push(&job->devices, copy);
}

static void tell_missing(struct job *job, const char *file, size_t n)
{
	char *sentence;

	if (n == 0)
		return;
	sentence = str_format(ngettext(
		"%zu attachment that its records name is missing",
		"%zu attachments that its records name are missing", n), n);
	warn(job, file, sentence);
	free(sentence);
}

static void tell(void *context, const char *file,
	const struct merge_result *result, const struct err *refused)
{
	struct job *job = context;

	tell_json(job, file, result, refused);
	if (refused->code != ERR_NONE) {
		struct err shown = *refused;

		snprintf(shown.source, sizeof shown.source, "%s", file);
		shown.line = shown.column = 0;
		log_err(&shown);
		job->n_refused++;
		return;
	}
	if (!cmd_flag(job->args, "json"))
		tell_masked(file, result);
	job->n_aside += result->outcome == MERGE_SET_ASIDE;
	if (result->outcome == MERGE_SET_ASIDE)
		return;
	job->n_taken++;
	job->n_new += result->versions_new;
	job->n_known += result->versions_known;
	job->n_missing += result->missing;
	note_device(job, result->device);
	tell_missing(job, file, result->missing);
}

static bool tell_chains(struct job *job, struct err *err)
{
	for (size_t i = 0; i < job->devices.n; i++) {
		char fingerprint[FINGERPRINT_BYTES] = "", *missing, *forked;
		struct minisign_public key;

		if (!minisign_public_parse(job->devices.items[i], &key, err) ||
				!store_chain(job->store, job->devices.items[i],
					&missing, &forked, err))
			return false;
		minisign_public_fingerprint(&key, fingerprint);
		if (missing[0] != '\0') {
			char *text = str_format(
				_("of the laptop %1$s these bundles are missing: %2$s"),
				fingerprint, missing);

			warn(job, "", text);
			free(text);
		}
		if (forked[0] != '\0') {
			char *text = str_format(
				_("the laptop %1$s used these bundle numbers "
				  "twice (was it copied or restored?): %2$s"),
				fingerprint, forked);

			warn(job, "", text);
			free(text);
		}
		free(missing);
		free(forked);
	}
	return true;
}

static void print_totals(const struct store_totals *t)
{
	/* TRANSLATORS: the lines below are a list of counts of the store. */
	printf(_("records: %lld\n"), (long long)t->records);
	printf(_("versions: %lld\n"), (long long)t->versions);
	if (t->conflicts > 0)
		printf(_("conflicts to settle: %lld\n"),
			(long long)t->conflicts);
	if (t->sealed > 0)
		printf(_("sealed, not read here: %lld\n"),
			(long long)t->sealed);
	if (t->unreadable > 0)
		printf(_("damaged records kept: %lld\n"),
			(long long)t->unreadable);
	if (t->quarantined > 0)
		printf(_("bundles set aside: %lld\n"),
			(long long)t->quarantined);
}

static void print_json(struct job *job, const struct store_totals *t)
{
	struct json *all = js_new_object(), *totals = js_new_object();
	char *line;

	js_put_int(totals, "bundles", t->manifests);
	js_put_int(totals, "devices", t->devices);
	js_put_int(totals, "versions", t->versions);
	js_put_int(totals, "records", t->records);
	js_put_int(totals, "edits", t->edits);
	js_put_int(totals, "conflicts", t->conflicts);
	js_put_int(totals, "sealed", t->sealed);
	js_put_int(totals, "unreadable", t->unreadable);
	js_put_int(totals, "quarantined", t->quarantined);
	js_put(all, "bundles", job->bundles);
	js_put(all, "warnings", job->warnings);
	job->bundles = job->warnings = NULL;
	js_put_int(all, "versions_new", (int64_t)job->n_new);
	js_put_int(all, "versions_known", (int64_t)job->n_known);
	js_put_int(all, "missing", (int64_t)job->n_missing);
	js_put_int(all, "refused", (int64_t)job->n_refused);
	js_put(all, "store", totals);
	line = js_print(all);
	puts(line);
	free(line);
	js_free(all);
}

/* --- doing --- */

/* A refusal is told with its file; false is a fault of this machine. */
static void merge_files(struct job *job)
{
	for (int i = 0; i < job->args->n; i++) {
		struct merge_result result;
		struct err err = ERR_INIT;

		if (store_merge_file(job->store, job->args->items[i],
				&job->setup, &result, &err))
			err_clear(&err);
		tell(job, job->args->items[i], &result, &err);
	}
}

/* What goes on waiting is told when that was asked for. */
static void tell_retried(void *context, const char *file,
	const struct merge_result *result, const struct err *refused)
{
	struct job *job = context;

	if (cmd_flag(job->args, "retry") || (refused->code == ERR_NONE &&
			result->outcome != MERGE_SET_ASIDE))
		tell(context, file, result, refused);
}

/* What waits may be waiting for what has just come. */
static bool retry(struct job *job, struct err *err)
{
	bool asked = cmd_flag(job->args, "retry");

	if (!asked && !job->setup.accept_new && job->setup.n_accept == 0 &&
			!job->forms_new && job->n_new == 0)
		return true;
	return store_merge_retry(job->store, &job->setup, tell_retried, job,
		err);
}

static int finish(struct job *job)
{
	struct store_totals totals;
	struct err err = ERR_INIT;

	if (!retry(job, &err) || !tell_chains(job, &err) ||
			!store_count(job->store, &totals, &err))
		return cmd_problem(&err);
	if (cmd_flag(job->args, "json"))
		print_json(job, &totals);
	else
		print_totals(&totals);
	return job->n_refused > 0 || totals.quarantined > 0 ?
		EXIT_PROBLEM : EXIT_DONE;
}

static void read_accept(struct job *job)
{
	const char *text;

	for (size_t i = 0; (text = cmd_list(job->args, "accept", i)) != NULL;
			i++)
		vec_push(&job->accept, text);
	job->setup.accept = job->accept.items;
	job->setup.n_accept = job->accept.n;
	job->setup.accept_new = cmd_flag(job->args, "accept-new");
}

static int run_merge(const struct cmd_args *args)
{
	struct job job = { .args = args };
	struct err err = ERR_INIT;
	int status;

	if (cmd_text(args, "store") == NULL)
		return cmd_usage_error(args,
			_("say which store with --store DB"));
	if (args->n == 0 && !cmd_flag(args, "retry") &&
			!cmd_flag(args, "accept-new") &&
			cmd_list(args, "accept", 0) == NULL)
		return cmd_usage_error(args, _("there is nothing to merge"));
	job.bundles = js_new_array();
	job.warnings = js_new_array();
	read_accept(&job);
	if (open_job(&job, &err)) {
		merge_files(&job);
		status = finish(&job);
	} else {
		status = cmd_problem(&err);
	}
	close_job(&job);
	return status;
}

const struct cmd cmd_merge = {
	.name = "merge",
	.usage = N_("BUNDLE... --store DB"),
	.summary = N_("merge bundles into the central store"),
	.options = options,
	.max_args = -1,
	.run = run_merge,
};
