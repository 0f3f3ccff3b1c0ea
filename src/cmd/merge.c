/* bayaz merge: take bundles into the central store. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "cmd/centre.h"
#include "cmd/cmd.h"
#include "cmd/progress.h"
#include "cmd/secret.h"
#include "crypt/crypt.h"
#include "store/feed.h"
#include "store/merge.h"
#include "store/store.h"

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
	struct centre centre;
	VEC(const char *) accept;
	VEC(char *) devices;		/* keys of those that sent something */
	struct json *bundles, *warnings;
	size_t n_taken, n_new, n_known, n_missing, n_refused, n_aside;
};

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
	bool store_is_new = job->centre.store_is_new;

	centre_close(&job->centre);
	if (store_is_new && job->n_taken == 0 && job->n_aside == 0)
		remove_new_store(cmd_text(job->args, "store"));
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
		js_put_int(line, "no_consent", (int64_t)result->n_no_consent);
		js_put_int(line, "withdrawn", (int64_t)result->n_withdrawn);
		js_put_int(line, "missing", (int64_t)result->missing);
		js_put_bool(line, "revoked", result->revoked);
		js_put_bool(line, "stacked", result->stacked);
		js_put_int(line, "set_aside", (int64_t)result->n_aside);
		if (result->outcome == MERGE_SET_ASIDE)
			js_put_text(line, "reason", result->reason);
	}
	js_add(job->bundles, line);
}

/* Kept, so that nothing is lost if the laptop is accepted again. */
static void tell_revoked(const char *file, const struct merge_result *result)
{
	/* TRANSLATORS: %1$s is a file, %2$s the fingerprint of a laptop,
	 * %3$zu a number of records. */
	printf(ngettext("%1$s: set aside: the laptop %2$s is revoked; "
			"%3$zu record of it is kept and does not count\n",
			"%1$s: set aside: the laptop %2$s is revoked; "
			"%3$zu records of it are kept and do not count\n",
			result->n_aside),
		file, result->fingerprint, result->n_aside);
}

/* From another coordinator's store. */
static void tell_stacked(const char *file, const struct merge_result *result)
{
	/* TRANSLATORS: %1$s is a file, %2$zu a number of bundles that laptops
	 * made, %3$s what the next message gives. */
	char *versions = str_format(ngettext("%zu new version",
		"%zu new versions", result->versions_new),
		result->versions_new);

	printf(ngettext("%1$s: %2$zu new bundle of a laptop, %3$s\n",
			"%1$s: %2$zu new bundles of laptops, %3$s\n",
			result->n_manifests),
		file, result->n_manifests, versions);
	free(versions);
}

static void tell_text(const char *file, const char *reason,
	const struct merge_result *result)
{
	switch (result->outcome) {
	case MERGE_TAKEN:
		if (result->revoked) {
			tell_revoked(file, result);
			break;
		}
		if (result->stacked) {
			tell_stacked(file, result);
			break;
		}
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

/* Nobody's fault, but never silent. */
static void tell_erased(struct job *job, const char *file,
	const struct merge_result *result)
{
	size_t n = result->n_no_consent;
	char *text;

	if (n > 0) {
		text = str_format(ngettext(
			"%zu record was erased: consent was missing",
			"%zu records were erased: consent was missing", n), n);
		warn(job, file, text);
		free(text);
	}
	n = result->n_withdrawn;
	if (n > 0) {
		text = str_format(ngettext(
			"%zu record was erased: it was withdrawn",
			"%zu records were erased: they were withdrawn", n), n);
		warn(job, file, text);
		free(text);
	}
	n = result->n_waiting;
	if (n > 0) {
		text = str_format(ngettext(
			"%zu record or request waits for a coordinator with "
			"the role 'delete': 'bayaz unlock'",
			"%zu records or requests wait for a coordinator with "
			"the role 'delete': 'bayaz unlock'", n), n);
		warn(job, file, text);
		free(text);
	}
}

/* Nothing that is worked out depends on it, but dates in its records will be
 * wrong.  A day more than ours is the same day elsewhere. */
static void tell_clock(struct job *job, const char *file, const char *date)
{
	time_t tomorrow = time(NULL) + 24 * 60 * 60;
	char text[11];
	struct tm tm;
	char *sentence;

	if (gmtime_r(&tomorrow, &tm) == NULL ||
			strftime(text, sizeof text, "%Y-%m-%d", &tm) == 0 ||
			strcmp(date, text) <= 0)
		return;
	/* TRANSLATORS: %s is a date, which has not come yet. */
	sentence = str_format(_("the laptop's clock said %s: set it right, and "
		"ask when these records were made"), date);
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
	if (!result->stacked)
		note_device(job, result->device);
	tell_missing(job, file, result->missing);
	tell_erased(job, file, result);
	if (result->outcome == MERGE_TAKEN)
		tell_clock(job, file, result->date);
}

static bool tell_chains(struct job *job, struct err *err)
{
	for (size_t i = 0; i < job->devices.n; i++) {
		char fingerprint[FINGERPRINT_BYTES] = "", *missing, *forked;
		struct minisign_public key;

		if (!minisign_public_parse(job->devices.items[i], &key, err) ||
				!store_chain(job->centre.store,
					job->devices.items[i],
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
	if (t->findings > 0)
		printf(_("findings of the rules to look at: %lld\n"),
			(long long)t->findings);
	if (t->sealed > t->unread)
		printf(_("sealed, looked into with the key: %lld\n"),
			(long long)(t->sealed - t->unread));
	if (t->unread > 0)
		printf(_("sealed, not read here: %lld\n"),
			(long long)t->unread);
	if (t->erased > 0)
		printf(_("erased, without consent or withdrawn: %lld\n"),
			(long long)t->erased);
	if (t->unreadable > 0)
		printf(_("damaged records kept: %lld\n"),
			(long long)t->unreadable);
	if (t->set_aside > 0)
		printf(_("of revoked laptops, not counted: %lld\n"),
			(long long)t->set_aside);
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
	js_put_int(totals, "findings", t->findings);
	js_put_int(totals, "sealed", t->sealed);
	js_put_int(totals, "unread", t->unread);
	js_put_int(totals, "erased", t->erased);
	js_put_int(totals, "unreadable", t->unreadable);
	js_put_int(totals, "quarantined", t->quarantined);
	js_put_int(totals, "set_aside", t->set_aside);
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
	struct feed *early = NULL;

	job->centre.setup.early = &early;
	for (int i = 0; i < job->args->n; i++) {
		struct merge_result result;
		struct err err = ERR_INIT;
		struct progress progress;

		progress_begin(&progress);
		job->centre.setup.progress = progress_bytes;
		job->centre.setup.context = &progress;
		job->centre.setup.next = i + 1 < job->args->n ?
			job->args->items[i + 1] : NULL;
		if (store_merge_file(job->centre.store, job->args->items[i],
				&job->centre.setup, &result, &err))
			err_clear(&err);
		progress_end(&progress);
		job->centre.setup.progress = NULL;
		tell(job, job->args->items[i], &result, &err);
	}
	job->centre.setup.early = NULL;
	job->centre.setup.next = NULL;
	feed_free(early);
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

	if (!asked && !job->centre.setup.accept_new &&
			job->centre.setup.n_accept == 0 &&
			!job->centre.forms_new && job->n_new == 0)
		return true;
	return store_merge_retry(job->centre.store, &job->centre.setup,
		tell_retried, job, err);
}

static int finish(struct job *job)
{
	struct store_totals totals;
	struct err err = ERR_INIT;

	if (!retry(job, &err) || !tell_chains(job, &err) ||
			!store_count(job->centre.store, &totals, &err))
		return cmd_problem(&err);
	if (cmd_flag(job->args, "json"))
		print_json(job, &totals);
	else
		print_totals(&totals);
	fflush(stdout);
	if (job->n_aside > 0 && !cmd_flag(job->args, "json"))
		log_note(_("what is set aside waits: 'bayaz project device "
			"list' shows for whom, 'bayaz merge --retry' tries "
			"again"));
	return job->n_refused > 0 || totals.quarantined > 0 ?
		EXIT_PROBLEM : EXIT_DONE;
}

static void read_accept(struct job *job)
{
	const char *text;

	for (size_t i = 0; (text = cmd_list(job->args, "accept", i)) != NULL;
			i++)
		vec_push(&job->accept, text);
	job->centre.setup.accept = job->accept.items;
	job->centre.setup.n_accept = job->accept.n;
	job->centre.setup.accept_new = cmd_flag(job->args, "accept-new");
}

static int run_merge(const struct cmd_args *args)
{
	struct job job = { .args = args };
	struct err err = ERR_INIT;
	int status;

	if (cmd_text(args, "store") == NULL)
		return cmd_usage_error(args,
			_("say which store with --store DB"));
	mem_keep_freed();
	if (args->n == 0 && !cmd_flag(args, "retry") &&
			!cmd_flag(args, "accept-new") &&
			cmd_list(args, "accept", 0) == NULL)
		return cmd_usage_error(args, _("there is nothing to merge"));
	job.bundles = js_new_array();
	job.warnings = js_new_array();
	if (centre_open(&job.centre, args, STORE_CREATE, &err) &&
			centre_may(&job.centre, ROLE_MERGE, &err)) {
		read_accept(&job);
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
