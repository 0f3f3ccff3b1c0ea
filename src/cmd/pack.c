/* bayaz pack: what is ready goes into a bundle. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/secret.h"
#include "field/pack.h"
#include "field/workspace.h"

enum { MANY = 10 };	/* warnings */

/* A line on the terminal about anything that takes more than a second. */
struct progress { time_t began, shown; bool on; };

static void show_progress(void *context, uint64_t done_bytes,
	uint64_t all_bytes)
{
	struct progress *progress = context;
	time_t now = time(NULL);
	double part, rate;

	if (!progress->on || now == progress->shown ||
			now - progress->began < 1 || all_bytes == 0)
		return;
	progress->shown = now;
	part = (double)done_bytes / (double)all_bytes;
	if (part <= 0.0)
		return;
	rate = (double)done_bytes / 1e6 / (double)(now - progress->began);
	fprintf(stderr, _("\r%3.0f %%, %.1f MB/s, %.0f s left "), 100.0 * part,
		rate, (double)(now - progress->began) * (1.0 - part) / part);
}

static void tell_json(const struct pack_result *r, const char *path)
{
	struct json *answer = js_new_object();
	char *line;

	js_put_text(answer, "file", path);
	js_put_int(answer, "sequence", (int64_t)r->sequence);
	js_put_text(answer, "manifest", r->manifest);
	js_put_int(answer, "records", (int64_t)r->n_records);
	js_put_int(answer, "sealed", (int64_t)r->n_sealed);
	js_put_int(answer, "forms", (int64_t)r->n_forms);
	js_put_int(answer, "files", (int64_t)r->n_files);
	js_put_int(answer, "missing", (int64_t)r->n_missing);
	js_put_int(answer, "damaged", (int64_t)r->n_damaged);
	js_put_int(answer, "left", (int64_t)r->n_left);
	js_put_bool(answer, "resumed", r->resumed);
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

static void tell(const struct pack_result *r, const char *path)
{
	size_t n = r->n_records + r->n_sealed;

	printf(ngettext("%1$s: bundle %2$llu with %3$zu record\n",
		"%1$s: bundle %2$llu with %3$zu records\n", n), path,
		(unsigned long long)r->sequence, n);
	if (r->resumed)
		puts(_("this completes a packing that was interrupted"));
	if (r->n_damaged > 0)
		log_note(ngettext("%zu record is damaged and stays behind",
			"%zu records are damaged and stay behind",
			r->n_damaged), r->n_damaged);
	if (r->n_left > 0)
		printf(ngettext("%zu more record is ready: pack again\n",
			"%zu more records are ready: pack again\n", r->n_left),
			r->n_left);
}

/* Each by name, unless that would hide everything else. */
static void tell_missing(const struct problems *warnings, size_t n_missing)
{
	if (n_missing <= MANY)
		problems_print(warnings, stderr);
	else
		log_note(ngettext("%zu attachment is missing",
			"%zu attachments are missing", n_missing), n_missing);
}

static bool pack(const struct cmd_args *args, struct workspace *ws,
	const char *path, struct err *err)
{
	struct progress progress = { time(NULL), 0, isatty(2) != 0 };
	const struct pack_options options = {
		.again = cmd_flag(args, "again"),
		.plain = cmd_flag(args, "plain"),
		.progress = show_progress, .context = &progress,
	};
	struct problems warnings = PROBLEMS_INIT;
	struct pack_result result;
	bool ok = pack_ready(ws, path, &options, &result, &warnings, err);

	if (progress.shown != 0)
		fputs("\r\033[K", stderr);
	tell_missing(&warnings, result.n_missing);
	problems_release(&warnings);
	if (ok && cmd_flag(args, "json"))
		tell_json(&result, path);
	else if (ok)
		tell(&result, path);
	return ok;
}

static int run_pack(const struct cmd_args *args)
{
	const char *path = cmd_text(args, "output");
	struct err err = ERR_INIT;
	struct workspace *ws;
	bool ok;

	if (path == NULL)
		return cmd_usage_error(args,
			_("say where the bundle goes: -o FILE"));
	ws = cmd_workspace_open(args, &err);
	ok = ws != NULL && pack(args, ws, path, &err);
	workspace_close(ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	{ "output", 'o', OPT_TEXT, N_("FILE"), N_("write the bundle to FILE") },
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
	.usage = N_("-o FILE"),
	.summary = N_("put the records that are ready into a bundle"),
	.options = options,
	.run = run_pack,
};
