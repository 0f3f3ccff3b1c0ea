/* bayaz receive: take what the coordinator sent. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "bundle/read.h"
#include "cmd/cmd.h"
#include "cmd/member.h"
#include "cmd/secret.h"
#include "field/receive.h"
#include "field/workspace.h"
#include "trust/kit.h"

struct job {
	struct workspace *ws;
	struct trust_device device;
	struct age_keys keys;
	struct json *files;		/* for --json */
	size_t n_refused;
};

/* --- telling --- */

static void tell_counts(const struct receive_result *r)
{
	if (r->n_forms > 0)
		printf(ngettext("  %1$zu form, %2$zu of it new\n",
				"  %1$zu forms, %2$zu of them new\n",
				r->n_forms), r->n_forms, r->n_new_forms);
	if (r->n_lists > 0)
		printf(ngettext("  %zu list\n", "  %zu lists\n", r->n_lists),
			r->n_lists);
	if (r->n_nameless > 0)
		printf(ngettext("  %zu list is for no form here, and was not "
				"kept\n",
				"  %zu lists are for no form here, and were "
				"not kept\n", r->n_nameless), r->n_nameless);
	if (r->n_translations > 0)
		printf(ngettext("  %zu translation\n", "  %zu translations\n",
				r->n_translations), r->n_translations);
	if (r->n_queries > 0)
		printf(ngettext("  %zu question about a record\n",
				"  %zu questions about records\n",
				r->n_queries), r->n_queries);
	if (r->n_received > 0)
		printf(ngettext("  %zu record is safe at the centre\n",
				"  %zu records are safe at the centre\n",
				r->n_received), r->n_received);
	if (r->n_dropped > 0)
		printf(ngettext("  %zu record that has been safe for long was "
				"removed here\n",
				"  %zu records that have been safe for long "
				"were removed here\n",
				r->n_dropped), r->n_dropped);
	if (r->n_refused > 0)
		printf(ngettext("  %zu record was refused at the centre: "
				"'bayaz list' says why\n",
				"  %zu records were refused at the centre: "
				"'bayaz list' says why\n",
				r->n_refused), r->n_refused);
	if (r->n_purged > 0)
		printf(ngettext("  %zu protected record was removed here\n",
				"  %zu protected records were removed here\n",
				r->n_purged), r->n_purged);
}

static void tell_text(const char *file, const struct kit *kit,
	const struct receive_result *r)
{
	struct str name = STR_INIT;

	utf8_mask(&name, file, false);
	if (r->again)
		printf(_("%1$s: number %2$lld, which was taken before\n"),
			name.data, (long long)kit->number);
	else
		printf(_("%1$s: taken, number %2$lld\n"), name.data,
			(long long)kit->number);
	str_release(&name);
	tell_counts(r);
	if (r->has_policy)
		puts(_("  what the project asks of this laptop changed"));
	if (r->project_is_newer)
		printf(_("  description number %lld of the project\n"),
			(long long)kit->project.serial);
	if (kit->n_unused > 0)
		printf(ngettext("  %zu entry needs a newer bayaz\n",
				"  %zu entries need a newer bayaz\n",
				kit->n_unused), kit->n_unused);
	fflush(stdout);
	if (r->is_revoked)
		log_note(_("the centre no longer trusts this laptop: talk to "
			   "your coordinator before you go on"));
}

static void tell_json(struct job *job, const char *file,
	const struct kit *kit, const struct receive_result *r)
{
	struct json *is = js_new_object();
	char signer[MINISIGN_PUBLIC_TEXT];

	minisign_public_format(&kit->signer, signer);
	js_put_text(is, "file", file);
	js_put_text(is, "outcome", r->again ? "known" : "taken");
	js_put_text(is, "signer", signer);
	js_put_int(is, "number", kit->number);
	js_put_int(is, "forms", (int64_t)r->n_forms);
	js_put_int(is, "new_forms", (int64_t)r->n_new_forms);
	js_put_int(is, "lists", (int64_t)r->n_lists);
	js_put_int(is, "lists_unused", (int64_t)r->n_nameless);
	js_put_int(is, "translations", (int64_t)r->n_translations);
	js_put_int(is, "questions", (int64_t)r->n_queries);
	js_put_int(is, "received", (int64_t)r->n_received);
	js_put_int(is, "refused", (int64_t)r->n_refused);
	js_put_int(is, "dropped", (int64_t)r->n_dropped);
	js_put_int(is, "removed", (int64_t)r->n_purged);
	js_put_bool(is, "policy", r->has_policy);
	js_put_bool(is, "project_newer", r->project_is_newer);
	js_put_bool(is, "revoked", r->is_revoked);
	js_put_int(is, "unused", (int64_t)kit->n_unused);
	js_add(job->files, is);
}

static void tell_refused(struct job *job, const char *file,
	const struct err *err)
{
	struct json *is = js_new_object();

	js_put_text(is, "file", file);
	js_put_text(is, "outcome", "refused");
	js_put_text(is, "code", err_code_name(err->code));
	js_put_text(is, "reason", err->message);
	js_add(job->files, is);
	log_err(err);
	job->n_refused++;
}

/* --- taking --- */

static bool take(struct job *job, const char *file, bool json,
	struct err *err)
{
	struct trust_papers papers = TRUST_PAPERS_INIT;
	struct trust_project ours;
	struct receive_result result;
	struct kit kit;
	bool ok;

	kit_init(&kit);
	ok = member_project(job->ws, &ours, err) &&
		member_papers(job->ws, &ours, &papers, err) &&
		kit_read(file, &job->keys, &ours, &papers, &kit, err) &&
		(receive_kit(job->ws, &kit, &result, err) ||
			err_at(err, file, 0, 0));
	if (ok && json)
		tell_json(job, file, &kit, &result);
	else if (ok)
		tell_text(file, &kit, &result);
	trust_papers_release(&papers);
	kit_release(&kit);
	return ok;
}

/* Lower numbers first, so that the order of names does not matter. */
struct numbered { const char *file; int64_t number; int place; };

static int by_number(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->place - y->place;
}

static int64_t number_of(const struct job *job, const char *file)
{
	struct bundle *bundle = bundle_open(file, &job->keys, NULL, NULL);
	int64_t number = bundle != NULL ?
		bundle_manifest(bundle)->sequence : 0;

	bundle_close(bundle);
	return number;
}

static void take_all(struct job *job, const struct cmd_args *args)
{
	struct numbered *order = xcalloc((size_t)args->n, sizeof *order);

	for (int i = 0; i < args->n; i++)
		order[i] = (struct numbered){ args->items[i],
			args->n > 1 ? number_of(job, args->items[i]) : 0, i };
	qsort(order, (size_t)args->n, sizeof *order, by_number);
	for (int i = 0; i < args->n; i++) {
		struct err err = ERR_INIT;

		if (!take(job, order[i].file, cmd_flag(args, "json"), &err))
			tell_refused(job, order[i].file, &err);
	}
	free(order);
}

static int run_receive(const struct cmd_args *args)
{
	struct job job;
	struct err err = ERR_INIT;
	bool ok;

	memset(&job, 0, sizeof job);
	job.files = js_new_array();
	job.ws = cmd_workspace_open(args, &err);
	ok = job.ws != NULL && member_device(job.ws, &job.device, &err);
	if (ok) {
		job.keys.identities = &job.device.identity;
		job.keys.n_identities = 1;
		take_all(&job, args);
	}
	if (ok && cmd_flag(args, "json")) {
		struct json *all = js_new_object();
		char *line;

		js_put(all, "files", job.files);
		job.files = NULL;
		line = js_print(all);
		puts(line);
		free(line);
		js_free(all);
	}
	js_free(job.files);
	trust_device_wipe(&job.device);
	workspace_close(job.ws);
	if (!ok)
		return cmd_problem(&err);
	return job.n_refused > 0 ? EXIT_PROBLEM : EXIT_DONE;
}

static const struct cmd_option options[] = {
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_receive = {
	.name = "receive",
	.usage = N_("FILE..."),
	.summary = N_("take what your coordinator sent"),
	.options = options,
	.min_args = 1,
	.max_args = -1,
	.run = run_receive,
};
