/* bayaz store pack: send what a store holds on to another one. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "cmd/centre.h"
#include "cmd/cmd.h"
#include "cmd/progress.h"
#include "cmd/secret.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "store/stack.h"

struct job {
	const struct cmd_args *args;
	struct centre centre;
	struct stack_options options;
	size_t n_files, n_facts, n_manifests;
	struct json *files;
};

/* A name that tells nothing and is not there yet; free() it. */
static char *new_name(const char *folder)
{
	char day[16], *path = NULL;
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(day, sizeof day, "%Y%m%d", &tm);
	do {
		char *name = str_format("%s-%04x.bayaz", day,
			(unsigned)crypt_random_below(1 << 16));

		free(path);
		path = path_join(folder, name);
		free(name);
	} while (file_exists(path));
	return path;
}

/* The next bundle, and a note of what is in it, or neither. */
static bool pack_one(struct job *job, const char *path,
	struct stack_result *result, struct err *err)
{
	struct db *db = store_db(job->centre.store);
	struct progress progress;
	bool ok;

	progress_begin(&progress);
	job->options.progress = progress_bytes;
	job->options.context = &progress;
	ok = db_begin(db, err) && stack_pack(job->centre.store, path,
			&job->options, result, err) &&
		db_commit(db, err);
	if (!ok)
		db_rollback(db);
	progress_end(&progress);
	if (!ok)
		return false;
	job->n_files++;
	job->n_facts += result->n_facts;
	job->n_manifests += result->n_manifests;
	js_add(job->files, js_new_text(path));
	return true;
}

static bool pack_all(struct job *job, struct err *err)
{
	const char *to = cmd_text(job->args, "output");
	struct stack_result result = { .more = true };
	bool many = file_is_folder(to);

	if (!many && file_exists(to))
		return err_set(err, ERR_CONFLICT, _("'%s' exists already"),
			to);
	while (result.more) {
		char *path = many ? new_name(to) : xstrdup(to);
		bool ok = pack_one(job, path, &result, err);

		free(path);
		/* one that was filled to the last fact leaves none for another */
		if (!ok && job->n_files > 0 && err->code == ERR_NOTFOUND) {
			err_clear(err);
			return true;
		}
		if (!ok)
			return false;
		job->options.after = result.last_fact;
		if (!many)
			break;
	}
	if (result.more)
		puts(_("more is left: pack again, or into a folder"));
	return true;
}

static void tell(struct job *job)
{
	if (cmd_flag(job->args, "json")) {
		struct json *answer = js_new_object();
		char *line;

		js_put_int(answer, "facts", (int64_t)job->n_facts);
		js_put_int(answer, "bundles", (int64_t)job->n_manifests);
		js_put(answer, "files", job->files);
		job->files = NULL;
		line = js_print(answer);
		puts(line);
		free(line);
		js_free(answer);
		return;
	}
	/* TRANSLATORS: what a coordinator sends on to another: bundles of
	 * laptops, in one file or several.  See it with: bayaz store pack */
	printf(ngettext("%zu bundle of a laptop goes on\n",
		"%zu bundles of laptops go on\n", job->n_manifests),
		job->n_manifests);
}

static int run_store_pack(const struct cmd_args *args)
{
	struct job job = { .args = args };
	struct err err = ERR_INIT;
	bool ok;

	if (cmd_text(args, "store") == NULL)
		return cmd_usage_error(args,
			_("say which store with --store DB"));
	if (cmd_text(args, "output") == NULL)
		return cmd_usage_error(args, _("say where the bundle goes: -o "
			"FILE, or -o FOLDER for one or more in a folder"));
	job.files = js_new_array();
	ok = centre_open(&job.centre, args, 0, &err) &&
		centre_may(&job.centre, ROLE_MERGE, &err);
	job.options.key = job.centre.setup.store_key;
	job.options.project = &job.centre.project;
	job.options.again = cmd_flag(args, "again");
	ok = ok && pack_all(&job, &err);
	if (ok)
		tell(&job);
	js_free(job.files);
	centre_close(&job.centre);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	{ "output", 'o', OPT_TEXT, N_("FILE"),
	  N_("write the bundle to FILE, or bundles into a folder") },
	CENTRE_STORE_OPTION,
	{ "again", 0, OPT_FLAG, NULL,
	  N_("all of it, not only what was not sent on yet") },
	CMD_JSON_OPTION,
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_store_pack = {
	.name = "store pack",
	.usage = N_("-o FILE|FOLDER --store DB"),
	.summary = N_("send what the store holds on to another store"),
	.options = options,
	.run = run_store_pack,
};
