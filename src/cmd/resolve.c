/* bayaz resolve: settle what is in conflict. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/conflict_text.h"
#include "cmd/resolve.h"
#include "cmd/saying.h"
#include "cmd/secret.h"
#include "db/db.h"
#include "store/devices.h"
#include "store/reconcile.h"
#include "xpath/date.h"

enum rule { RULE_NONE, RULE_NEWEST, RULE_OLDEST, RULE_DEVICE };

struct job {
	const struct cmd_args *args;
	struct centre centre;
	struct reconciler *reconciler;
	const char *language, *take;
	enum rule rule;
	char fingerprint[FINGERPRINT_BYTES];	/* of RULE_DEVICE */
	enum resolve_deletion deletion;
	bool asks, dry;			/* nothing was said in options */
	struct prompt prompt;
	struct json *settled, *left;
	bool ended;			/* he gave up, or the input did */
};

/* --- telling --- */

static void note(struct json *list, const struct settle *s,
	const char *version, const char *why)
{
	struct json *item = js_new_object();

	js_put_text(item, "record", s->record.name);
	js_put_text(item, "form", s->record.form);
	if (version != NULL)
		js_put_text(item, "version", version);
	if (why != NULL)
		js_put_text(item, "why", why);
	js_add(list, item);
}

static void tell_settled(struct job *job, const struct settle *s,
	const char *version)
{
	char *name;

	note(job->settled, s, version, NULL);
	if (cmd_flag(job->args, "json"))
		return;
	name = cmd_masked(s->record.name);
	if (job->dry)
		printf(_("%s: would be settled\n"), name);
	else
		/* TRANSLATORS: %1$s is a record, %2$.12s a version of it */
		printf(_("%1$s: settled, as version %2$.12s\n"), name,
			version);
	free(name);
}

static void tell_deletion(struct job *job, const struct settle *s,
	enum resolve_deletion deletion)
{
	char *name;

	note(job->settled, s, NULL, NULL);
	if (cmd_flag(job->args, "json"))
		return;
	name = cmd_masked(s->record.name);
	if (job->dry)
		printf(_("%s: would be settled\n"), name);
	else if (deletion == DELETION_AGAIN)
		printf(_("%s: deleted\n"), name);
	else
		printf(_("%s: kept\n"), name);
	free(name);
}

/* It waits for somebody else, or another rule. */
static void tell_left(struct job *job, const struct settle *s,
	const char *sentence)
{
	char *name = cmd_masked(s->record.name);

	note(job->left, s, NULL, sentence);
	log_note(_("%1$s: %2$s"), name, sentence);
	free(name);
}

/* --- sides by rule --- */

static double moment(const char *text)
{
	struct date_time t;

	return date_parse(text, &t) ? date_time_to_number(&t, 0) : NAN;
}

/* Of those finished at one moment, or at none, the one of highest hash. */
static bool by_time(const struct settle *s, bool newest, size_t *side)
{
	double best = NAN;

	for (size_t i = 0; i < s->sides.n; i++) {
		double at = moment(s->sides.items[i].finished);

		if (isnan(at) || (!isnan(best) &&
				(newest ? at < best : at > best)))
			continue;
		best = at;
		*side = i;
	}
	return !isnan(best);
}

static bool is_from(const struct store_version *v, const char *fingerprint)
{
	for (size_t i = 0; i < v->bundles.n; i++)
		if (strcmp(v->bundles.items[i].fingerprint, fingerprint) == 0)
			return true;
	return false;
}

static bool by_device(const struct settle *s, const char *fingerprint,
	size_t *side)
{
	size_t n = 0;

	for (size_t i = 0; i < s->sides.n; i++)
		if (is_from(s->sides.items[i].version, fingerprint)) {
			*side = i;
			n++;
		}
	return n == 1;
}

static bool by_rule(const struct job *job, const struct settle *s,
	size_t *side)
{
	return job->rule == RULE_DEVICE ?
		by_device(s, job->fingerprint, side) :
		by_time(s, job->rule == RULE_NEWEST, side);
}

static bool by_version(const struct settle *s, const char *version,
	size_t *side, struct err *err)
{
	size_t n = 0;

	for (size_t i = 0; strlen(version) >= 8 && i < s->sides.n; i++)
		if (strncmp(s->sides.items[i].version->sha256, version,
				strlen(version)) == 0) {
			*side = i;
			n++;
		}
	return n == 1 || err_set(err, ERR_NOTFOUND, _("no side of the "
		"conflict is version '%s': name it by 8 digits or more"),
		version);
}

/* --- writing --- */

/* Somebody may have merged while a person thought. */
static bool is_as_it_was(struct job *job, const struct settle *s,
	struct err *err)
{
	struct store_record now;
	struct statement_versions before, after;
	char (*a)[SHA256_HEX_BYTES] = NULL, (*b)[SHA256_HEX_BYTES] = NULL;
	bool ok = store_record_find(job->centre.store,
			s->sides.items[0].version->sha256, &now, err) &&
		store_record_heads(&s->record, &a, &before, err) &&
		store_record_heads(&now, &b, &after, err);

	if (ok) {
		char *x = statement_subject(&before);
		char *y = statement_subject(&after);

		if (strcmp(x, y) != 0)
			ok = err_set(err, ERR_CONFLICT, _("other versions came "
				"meanwhile: look at the record again"));
		free(x);
		free(y);
	}
	free(a);
	free(b);
	store_record_release(&now);
	return ok;
}

static bool end(struct job *job, bool ok, struct err *err)
{
	struct db *db = store_db(job->centre.store);

	ok = ok && db_commit(db, err);
	if (!ok)
		db_rollback(db);
	return ok;
}

static bool write_version(struct job *job, struct settle *s, const struct str *xml,
	size_t first, struct err *err)
{
	char version[SHA256_HEX_BYTES] = "";
	bool ok = job->dry || (db_begin(store_db(job->centre.store), err) &&
		end(job, is_as_it_was(job, s, err) && settle_write(s,
			job->centre.setup.store_key, xml, first, version, err),
			err));

	if (ok)
		tell_settled(job, s, version);
	return ok;
}

/* --- deletions --- */

static bool take_back_deletions(struct job *job, const struct settle *s,
	struct err *err)
{
	struct statement_subjects subjects = { { NULL, 0, 0 } };
	struct statement_versions all;
	char (*hashes)[SHA256_HEX_BYTES];
	bool ok;

	store_record_hashes(&s->record, &hashes, &all);
	ok = statement_subjects(job->centre.store, FACT_DELETION, &all,
		&subjects, err);
	for (size_t i = 0; ok && i < subjects.list.n; i++)
		ok = statement_take_back(job->centre.store,
			job->centre.setup.store_key, FACT_DELETION,
			subjects.list.items[i], err);
	statement_subjects_release(&subjects);
	free(hashes);
	return ok;
}

static bool delete_again(struct job *job, const struct settle *s,
	struct err *err)
{
	struct statement_versions heads;
	char (*hashes)[SHA256_HEX_BYTES];
	bool ok = store_record_heads(&s->record, &hashes, &heads, err) &&
		statement_delete(job->centre.store,
			job->centre.setup.store_key, &heads, err);

	free(hashes);
	return ok;
}

static bool say_deletion(struct job *job, const struct settle *s,
	enum resolve_deletion deletion, struct err *err)
{
	if (!saying_may(&job->centre, ROLE_DELETE, err))
		return false;
	return job->dry || (db_begin(store_db(job->centre.store), err) &&
		end(job, is_as_it_was(job, s, err) &&
			(deletion == DELETION_AGAIN ?
			delete_again(job, s, err) :
			take_back_deletions(job, s, err)), err));
}

/* --- one record --- */

/* Ask again until the form allows it. */
static bool settle_by_asking(struct job *job, struct settle *s,
	struct str *xml, struct err *err)
{
	while (!job->ended) {
		struct join_conflicts left = { { NULL, 0, 0 } };
		bool ok, done;

		job->ended = !resolve_ask_items(&job->prompt, s);
		if (job->ended)
			break;
		str_clear(xml);
		ok = settle_try(s, &left, xml, err);
		done = ok && left.list.n == 0;
		if (ok && !done) {
			resolve_tell_left(s, &left, xml);
			ok = settle_again(s, &left, err);
		}
		join_conflicts_release(&left);
		if (!ok || done)
			return ok;
	}
	return true;
}

/* The form's own words may hold answers: they are no error message. */
static bool tell_why_not(const char *path, struct err *err)
{
	char *clean;

	if (err->code != ERR_REFUSED)
		return false;
	clean = cmd_masked(err->message);
	puts(clean);
	free(clean);
	return err_set(err, ERR_REFUSED,
		_("'%s' cannot be answered so: nothing was written"), path);
}

/* --set PATH=VALUE */
static bool take_sets(struct job *job, struct settle *s, struct err *err)
{
	const char *set;

	for (size_t i = 0; (set = cmd_list(job->args, "set", i)) != NULL; i++) {
		const char *equals = strchr(set, '=');
		char *path = str_format("%.*s", (int)(equals - set), set);
		bool ok = settle_take_text(s, path, equals + 1, err) ||
			tell_why_not(path, err);

		free(path);
		if (!ok)
			return false;
	}
	return true;
}

/* What the options say; what they leave is told. */
static bool settle_by_options(struct job *job, struct settle *s, size_t side,
	struct str *xml, bool *done, struct err *err)
{
	struct join_conflicts left = { { NULL, 0, 0 } };
	bool ok;

	for (size_t i = 0; job->rule != RULE_NONE && i < s->items.n; i++)
		if (s->items.items[i].has_place)
			settle_take_side(s, s->items.items[i].path, side);
	ok = take_sets(job, s, err) && settle_try(s, &left, xml, err);
	*done = ok && left.list.n == 0;
	if (ok && !*done) {
		if (!cmd_flag(job->args, "json"))
			resolve_tell_left(s, &left, xml);
		tell_left(job, s, job->rule != RULE_NONE ?
			_("the rule does not settle it") :
			_("something is left to settle: nothing was written"));
	}
	join_conflicts_release(&left);
	return ok;
}

static bool settle_joined(struct job *job, struct settle *s, size_t side,
	struct err *err)
{
	struct str xml = STR_INIT;
	bool done = true, ok = job->asks ?
		settle_by_asking(job, s, &xml, err) :
		settle_by_options(job, s, side, &xml, &done, err);

	if (ok && done && !job->ended)
		ok = write_version(job, s, &xml, side, err);
	str_wipe(&xml);
	return ok;
}

static bool settle_as_whole(struct job *job, struct settle *s, size_t side,
	struct err *err)
{
	struct str xml = STR_INIT;
	bool ok = settle_whole(s, side, &xml, err) &&
		write_version(job, s, &xml, side, err);

	str_wipe(&xml);
	return ok;
}

static size_t shown_side(const struct settle *s)
{
	size_t i = 0;

	while (i + 1 < s->sides.n && !s->sides.items[i].is_shown)
		i++;
	return i;
}

static bool settle_sides(struct job *job, struct settle *s, struct err *err)
{
	size_t side = shown_side(s);

	if (job->take != NULL)
		return by_version(s, job->take, &side, err) &&
			settle_as_whole(job, s, side, err);
	if (job->rule != RULE_NONE && !by_rule(job, s, &side)) {
		tell_left(job, s, _("the rule fits no side, or several"));
		return true;
	}
	if (!s->is_whole)
		return settle_joined(job, s, side, err);
	if (job->asks) {
		job->ended = !resolve_ask_side(&job->prompt, s, &side);
		return job->ended || settle_as_whole(job, s, side, err);
	}
	if (job->rule != RULE_NONE)
		return settle_as_whole(job, s, side, err);
	tell_left(job, s, _("one side must be taken whole: --take VERSION"));
	return true;
}

/* A deletion first: what is left of the conflict shows when it is settled. */
static bool settle_deletion(struct job *job, struct settle *s, bool *go_on,
	struct err *err)
{
	enum resolve_deletion deletion = job->deletion;

	*go_on = false;
	if (deletion == DELETION_UNSAID && job->asks) {
		job->ended = !resolve_ask_deletion(&job->prompt, s, &deletion);
		if (job->ended)
			return true;
	}
	if (deletion == DELETION_UNSAID) {
		tell_left(job, s, _("it was deleted, and somebody went on with "
			"it: --delete or --keep says what counts"));
		return true;
	}
	if (!say_deletion(job, s, deletion, err))
		return false;
	*go_on = deletion == DELETION_BACK && !job->dry;
	tell_deletion(job, s, deletion);
	return true;
}

static bool settle_record(struct job *job, const char *name, struct err *err)
{
	struct settle s;
	bool ok = settle_open(&s, job->reconciler, name, job->language, err);
	bool go_on = true;

	if (ok && s.is_deleted) {
		ok = settle_deletion(job, &s, &go_on, err);
		settle_close(&s);
		if (ok && go_on) {
			ok = settle_open(&s, job->reconciler, name,
				job->language, err);
			if (!ok && err->code == ERR_REFUSED) {
				err_clear(err);	/* that was all */
				ok = true;
				go_on = false;
			}
		}
	}
	if (ok && go_on)
		ok = settle_sides(job, &s, err);
	settle_close(&s);
	return ok;
}

/* --- all of them --- */

static bool find_names(struct job *job, struct settle_names *names,
	struct err *err)
{
	const char *form = cmd_text(job->args, "form");
	char *name;

	if (form != NULL)
		return settle_list(job->centre.store, form, names, err);
	for (int i = 0; i < job->args->n; i++) {
		name = xstrdup(job->args->items[i]);
		vec_push(&names->list, name);
	}
	return true;
}

static bool find_device(struct job *job, struct err *err)
{
	const char *rule = cmd_text(job->args, "rule");
	struct device_list list = { NULL, 0, 0 };
	const struct device *device = NULL;

	if (job->rule != RULE_DEVICE)
		return true;
	if (devices_list(job->centre.store, &list, err))
		device = devices_find(&list, rule + strlen("device:"), err);
	if (device != NULL)
		memcpy(job->fingerprint, device->fingerprint,
			sizeof job->fingerprint);
	devices_release(&list);
	return device != NULL;
}

static bool resolve(struct job *job, struct err *err)
{
	struct settle_names names = { { NULL, 0, 0 } };
	bool ok = centre_open(&job->centre, job->args, 0, err) &&
		saying_may(&job->centre, ROLE_MERGE | ROLE_REVIEW, err) &&
		find_device(job, err) && find_names(job, &names, err);

	if (ok)
		job->reconciler = reconciler_new(job->centre.store);
	for (size_t i = 0; ok && !job->ended && i < names.list.n; i++)
		ok = settle_record(job, names.list.items[i], err);
	reconciler_free(job->reconciler);
	settle_names_release(&names);
	return ok;
}

static void print_json(struct job *job)
{
	struct json *answer = js_new_object();
	char *line;

	js_put(answer, "settled", job->settled);
	js_put(answer, "left", job->left);
	js_put_bool(answer, "dry_run", job->dry);
	job->settled = job->left = NULL;
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

/* --- the command --- */

static bool read_rule(struct job *job, const char *text)
{
	if (text == NULL)
		return true;
	job->rule = strcmp(text, "newest") == 0 ? RULE_NEWEST :
		strcmp(text, "oldest") == 0 ? RULE_OLDEST :
		str_starts(text, "device:") ? RULE_DEVICE : RULE_NONE;
	return job->rule != RULE_NONE;
}

static int check_sets(const struct cmd_args *args)
{
	const char *set;

	for (size_t i = 0; (set = cmd_list(args, "set", i)) != NULL; i++)
		if (strchr(set, '=') == NULL ||
				!utf8_is_valid(set, strlen(set)))
			return cmd_usage_error(args,
				_("--set takes PATH=VALUE"));
	return EXIT_DONE;
}

static int check(struct job *job)
{
	const struct cmd_args *args = job->args;
	bool has_set = cmd_list(args, "set", 0) != NULL;

	if ((cmd_text(args, "form") != NULL) == (args->n > 0))
		return cmd_usage_error(args, _("name records, or all of a form "
			"with --form"));
	if (cmd_flag(args, "delete") && cmd_flag(args, "keep"))
		return cmd_usage_error(args, _("--delete and --keep exclude "
			"each other"));
	if (!read_rule(job, cmd_text(args, "rule")))
		return cmd_usage_error(args, _("--rule takes newest, oldest or "
			"device:FINGERPRINT"));
	if (job->take != NULL && (has_set || job->rule != RULE_NONE))
		return cmd_usage_error(args, _("--take takes a side whole: it "
			"goes with neither --set nor --rule"));
	if ((job->take != NULL || has_set) && args->n != 1)
		return cmd_usage_error(args,
			_("--take and --set are for one record"));
	return check_sets(args) != EXIT_DONE ? EXIT_WRONG_USAGE :
		saying_check(args);
}

static void read_options(struct job *job)
{
	const struct cmd_args *args = job->args;

	job->take = cmd_text(args, "take");
	job->dry = cmd_flag(args, "dry-run");
	job->deletion = cmd_flag(args, "delete") ? DELETION_AGAIN :
		cmd_flag(args, "keep") ? DELETION_BACK : DELETION_UNSAID;
	job->asks = job->take == NULL && cmd_text(args, "rule") == NULL &&
		cmd_list(args, "set", 0) == NULL && !cmd_flag(args, "json");
	job->prompt = (struct prompt){ .in = stdin, .out = stdout };
}

static int run_resolve(const struct cmd_args *args)
{
	struct job job = { .args = args };
	struct err err = ERR_INIT;
	char code[16];
	int status;
	bool ok;

	read_options(&job);
	status = check(&job);
	if (status != EXIT_DONE)
		return status;
	job.language = conflict_language(args, code);
	job.settled = js_new_array();
	job.left = js_new_array();
	ok = resolve(&job, &err);
	if (job.ended) {
		putchar('\n');
		log_note(_("what was asked last was not settled"));
	}
	status = !ok ? cmd_problem(&err) : job.ended ||
		js_size(job.left) > 0 ? EXIT_PROBLEM : EXIT_DONE;
	if (cmd_flag(args, "json"))
		print_json(&job);
	js_free(job.settled);
	js_free(job.left);
	prompt_release(&job.prompt);
	centre_close(&job.centre);
	return status;
}

static const struct cmd_option options[] = {
	CENTRE_STORE_OPTION,
	{ "form", 0, OPT_TEXT, N_("FORM"), N_("all conflicts of this form") },
	{ "take", 0, OPT_TEXT, N_("VERSION"), N_("take this side as a whole") },
	{ "set", 0, OPT_LIST, N_("PATH=VALUE"), N_("answer this there") },
	{ "rule", 0, OPT_TEXT, N_("RULE"),
	  N_("take what is newest, oldest, or of device:FINGERPRINT") },
	{ "delete", 0, OPT_FLAG, NULL,
	  N_("what was deleted and gone on with: delete it again") },
	{ "keep", 0, OPT_FLAG, NULL,
	  N_("what was deleted and gone on with: keep it") },
	{ "dry-run", 0, OPT_FLAG, NULL, N_("write nothing") },
	CONFLICT_LANGUAGE_OPTION,
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_resolve = {
	.name = "resolve",
	.usage = N_("RECORD... --store DB"),
	.summary = N_("settle conflicts, by asking or by rule"),
	.options = options,
	.max_args = -1,
	.run = run_resolve,
};
