/* bayaz unlock: look into the sealed records of a store, with the key. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/progress.h"
#include "cmd/saying.h"
#include "db/db.h"
#include "store/erase.h"
#include "store/unlock.h"
#include "store/version.h"

/* How many records of a form there are. */
struct counted { char *form; int64_t n; };

struct job {
	VEC(struct counted) forms;
	struct progress progress;
	struct unlock_result found;
};

static void count(void *context, const char sha256[SHA256_HEX_BYTES],
	const struct version_head *head)
{
	struct job *job = context;
	struct counted new = { .n = 1 };

	(void)sha256;
	for (size_t i = 0; i < job->forms.n; i++)
		if (strcmp(job->forms.items[i].form, head->form) == 0) {
			job->forms.items[i].n++;
			return;
		}
	new.form = xstrdup(head->form);
	vec_push(&job->forms, new);
}

static int by_form(const void *a, const void *b)
{
	return strcmp(((const struct counted *)a)->form,
		((const struct counted *)b)->form);
}

static void show_progress(void *context, uint64_t done, uint64_t all)
{
	progress_items(&((struct job *)context)->progress, done, all);
}

/* --- telling --- */

static void print(const struct job *job)
{
	const struct unlock_result *r = &job->found;

	for (size_t i = 0; i < job->forms.n; i++) {
		char *form = cmd_masked(job->forms.items[i].form);

		/* TRANSLATORS: a form, and how many records of it are sealed
		 * in the store. */
		printf(_("%1$s: %2$lld\n"), form,
			(long long)job->forms.items[i].n);
		free(form);
	}
	if (r->n_opened == 0)
		puts(_("no sealed record opens here"));
	/* TRANSLATORS: the lines below are a list of counts; %zu is one. */
	if (r->n_requests > 0)
		printf(_("requests to delete: %zu\n"), r->n_requests);
	if (r->n_no_consent > 0)
		printf(_("erased now, consent was missing: %zu\n"), r->n_no_consent);
	if (r->n_withdrawn > 0)
		printf(_("erased now, withdrawn: %zu\n"), r->n_withdrawn);
	if (r->n_waiting > 0)
		printf(_("waiting for a coordinator with the role 'delete': %zu\n"), r->n_waiting);
	if (r->n_other_key > 0)
		printf(_("sealed with another key: %zu\n"), r->n_other_key);
	if (r->n_form_unknown > 0)
		printf(_("of a form that is not here: %zu\n"), r->n_form_unknown);
	if (r->n_damaged > 0)
		printf(_("damaged: %zu\n"), r->n_damaged);
	for (size_t i = 0; i < r->clashes.n; i++)
		log_note(_("warning: two laptops drew the same case code, for "
			"the records sha256:%1$.12s and sha256:%2$.12s: they "
			"are two people until both workers say otherwise"),
			r->clashes.items[i].one, r->clashes.items[i].other);
}

static void print_json(const struct job *job)
{
	const struct unlock_result *r = &job->found;
	struct json *answer = js_new_object(), *forms = js_new_object();
	struct json *clashes = js_new_array();
	char *line;

	for (size_t i = 0; i < job->forms.n; i++)
		js_put_int(forms, job->forms.items[i].form,
			job->forms.items[i].n);
	for (size_t i = 0; i < r->clashes.n; i++) {
		struct json *pair = js_new_array();

		js_add(pair, js_new_text(r->clashes.items[i].one));
		js_add(pair, js_new_text(r->clashes.items[i].other));
		js_add(clashes, pair);
	}
	js_put(answer, "forms", forms);
	js_put(answer, "clashes", clashes);
	js_put_int(answer, "opened", (int64_t)r->n_opened);
	js_put_int(answer, "requests", (int64_t)r->n_requests);
	js_put_int(answer, "no_consent", (int64_t)r->n_no_consent);
	js_put_int(answer, "withdrawn", (int64_t)r->n_withdrawn);
	js_put_int(answer, "waiting", (int64_t)r->n_waiting);
	js_put_int(answer, "other_key", (int64_t)r->n_other_key);
	js_put_int(answer, "form_unknown", (int64_t)r->n_form_unknown);
	js_put_int(answer, "damaged", (int64_t)r->n_damaged);
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

static bool is_complete(const struct unlock_result *r)
{
	return r->n_waiting + r->n_other_key + r->n_form_unknown +
		r->n_damaged + r->clashes.n == 0;
}

/* --- doing --- */

static bool look(struct centre *centre, struct job *job, struct err *err)
{
	const struct unlock_setup setup = {
		.identities = centre->protected_,
		.n_identities = centre->setup.n_protected,
		.store_key = centre->setup.store_key, .all = true,
		.opened = count, .progress = show_progress, .context = job,
	};
	bool ok;

	if (centre->setup.n_protected == 0)
		return err_set(err, ERR_NOKEY, _("this workspace does not hold "
			"the key of protected records"));
	progress_begin(&job->progress);
	ok = store_unlock(centre->store, &setup, &job->found, err);
	progress_end(&job->progress);
	return ok;
}

static int run_unlock(const struct cmd_args *args)
{
	struct centre centre = { .store = NULL };
	struct job job = { .forms = { NULL, 0, 0 } };
	struct err err = ERR_INIT;
	int status = saying_check(args);
	bool ok;

	if (status != EXIT_DONE)
		return status;
	ok = centre_open(&centre, args, 0, &err) &&
		db_begin(store_db(centre.store), &err) &&
		look(&centre, &job, &err);
	ok = saying_end(&centre, ok, &err);
	if (job.forms.n > 1)
		qsort(job.forms.items, job.forms.n, sizeof *job.forms.items,
			by_form);
	if (ok && cmd_flag(args, "json"))
		print_json(&job);
	else if (ok)
		print(&job);
	status = !ok ? cmd_problem(&err) :
		is_complete(&job.found) ? EXIT_DONE : EXIT_PROBLEM;
	for (size_t i = 0; i < job.forms.n; i++)
		free(job.forms.items[i].form);
	vec_release(&job.forms);
	unlock_result_release(&job.found);
	return status;
}

static const struct cmd_option options[] = {
	CENTRE_STORE_OPTION,
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_unlock = {
	.name = "unlock",
	.usage = N_("--store DB"),
	.summary = N_("look into the sealed records, with their key"),
	.options = options,
	.run = run_unlock,
};
