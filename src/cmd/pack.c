/* bayaz pack: what is ready goes into a bundle. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/progress.h"
#include "cmd/secret.h"
#include "field/pack.h"
#include "field/workspace.h"

enum { MANY = 10 };	/* warnings */

static void tell_json(const struct pack_result *r, const char *path)
{
	struct json *answer = js_new_object();
	char *line;

	js_put_text(answer, "file", path);
	js_put_int(answer, "sequence", (int64_t)r->sequence);
	js_put_text(answer, "manifest", r->manifest);
	js_put_int(answer, "records", (int64_t)r->n_records);
	js_put_int(answer, "sealed", (int64_t)r->n_sealed);
	js_put_int(answer, "deletions", (int64_t)r->n_deletions);
	js_put_int(answer, "answers", (int64_t)r->n_answers);
	js_put_int(answer, "forms", (int64_t)r->n_forms);
	js_put_int(answer, "files", (int64_t)r->n_files);
	js_put_int(answer, "missing", (int64_t)r->n_missing);
	js_put_int(answer, "damaged", (int64_t)r->n_damaged);
	js_put_int(answer, "too_large", (int64_t)r->n_too_large);
	js_put_int(answer, "left", (int64_t)r->n_left);
	js_put_bool(answer, "resumed", r->resumed);
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

static void tell(const struct pack_result *r, const char *path, bool many)
{
	size_t n = r->n_records + r->n_sealed;

	printf(ngettext("%1$s: bundle %2$llu with %3$zu record\n",
		"%1$s: bundle %2$llu with %3$zu records\n", n), path,
		(unsigned long long)r->sequence, n);
	if (r->n_deletions > 0)
		printf(ngettext("%zu request to delete goes with it\n",
			"%zu requests to delete go with it\n",
			r->n_deletions), r->n_deletions);
	if (r->n_answers > 0)
		printf(ngettext("%zu answer to a question goes with it\n",
			"%zu answers to questions go with it\n",
			r->n_answers), r->n_answers);
	if (r->resumed)
		puts(_("this completes a packing that was interrupted"));
	if (r->n_damaged > 0)
		log_note(ngettext("%zu record is damaged and stays behind",
			"%zu records are damaged and stay behind",
			r->n_damaged), r->n_damaged);
	if (r->n_too_large > 0)
		log_note(ngettext("%zu record is too large for this disk and "
			"stays behind", "%zu records are too large for this "
			"disk and stay behind", r->n_too_large),
			r->n_too_large);
	if (r->n_left > 0 && !many)
		printf(ngettext("%zu more record is ready: pack again\n",
			"%zu more records are ready: pack again\n", r->n_left),
			r->n_left);
}

/* Each by name, unless that would hide everything else. */
static void tell_warnings(const struct problems *warnings, size_t n_missing)
{
	if (n_missing <= MANY)
		problems_print(warnings, stderr);
	else
		log_note(ngettext("%zu attachment is missing",
			"%zu attachments are missing", n_missing), n_missing);
}

struct job {
	const struct cmd_args *args;
	struct workspace *ws;
	struct pack_options options;
	struct pack_result result;	/* of the last bundle */
	bool many;			/* as many as are needed */
};

static bool pack_one(struct job *job, const char *path, struct err *err)
{
	struct problems warnings = PROBLEMS_INIT;
	struct progress progress;
	bool ok;

	progress_begin(&progress);
	job->options.progress = progress_bytes;
	job->options.context = &progress;
	ok = pack_ready(job->ws, path, &job->options, &job->result, &warnings,
		err);
	progress_end(&progress);
	tell_warnings(&warnings, job->result.n_missing);
	problems_release(&warnings);
	if (ok && cmd_flag(job->args, "json"))
		tell_json(&job->result, path);
	else if (ok)
		tell(&job->result, path, job->many);
	fflush(stdout);
	return ok;
}

/* As many bundles as are needed, under names that tell nothing. */
static bool pack_into(struct job *job, const char *folder, struct err *err)
{
	bool ok;

	job->many = true;
	do {
		char *path = pack_new_name(job->ws, folder,
			job->options.plain, 0);

		ok = pack_one(job, path, err);
		free(path);
		/* What went in this run is not what goes again. */
		if (ok && job->options.again_before == 0)
			job->options.again_before = job->result.sequence;
	} while (ok && job->result.n_left > 0);
	return ok;
}

static int run_pack(const struct cmd_args *args)
{
	const char *path = cmd_text(args, "output");
	struct job job = { .args = args };
	struct err err = ERR_INIT;
	bool ok;

	if (path == NULL)
		return cmd_usage_error(args, _("say where the bundle goes: -o "
			"FILE, or -o FOLDER for one or more in a folder"));
	job.options.again = cmd_flag(args, "again");
	job.options.plain = cmd_flag(args, "plain");
	job.ws = cmd_workspace_open(args, &err);
	ok = job.ws != NULL && (file_is_folder(path) ?
		pack_into(&job, path, &err) : pack_one(&job, path, &err));
	workspace_close(job.ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	{ "output", 'o', OPT_TEXT, N_("FILE"), N_("write the bundle to FILE, or bundles into a folder") },
	{ "again", 0, OPT_FLAG, NULL,
	  N_("also what was packed before and is not known to have arrived") },
	{ "plain", 0, OPT_FLAG, NULL,
	  N_("without encryption: only for public forms") },
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_pack = {
	.name = "pack",
	.usage = N_("-o FILE|FOLDER"),
	.summary = N_("put the records that are ready into a bundle"),
	.options = options,
	.run = run_pack,
};
