/* bayaz findings: what the rules of a store found in its records. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/file.h"
#include "cmd/saying.h"
#include "cmd/secret.h"
#include "db/db.h"
#include "store/layout.h"
#include "store/rules.h"

struct job {
	const struct cmd_args *args;
	struct store *store;
	struct rules rules;
	struct json *list;		/* with --json */
	char *form, *rule, *part;	/* of the line before */
	int64_t n;
};

static void job_release(struct job *job)
{
	rules_release(&job->rules);
	js_free(job->list);
	free(job->form);
	free(job->rule);
	free(job->part);
}

/* --- declaring --- */

static bool set_rules(struct job *job, struct err *err)
{
	const char *path = cmd_text(job->args, "rules");
	struct centre centre = { .store = NULL };
	struct str text = STR_INIT;
	bool ok = file_read(path, RULES_MAX_BYTES, &text, err);

	if (ok && !rules_parse(&job->rules, text.data, text.len, err)) {
		err_at(err, path, 0, 0);
		ok = false;
	}
	ok = ok && saying_begin(&centre, job->args, ROLE_REVIEW, err) &&
		statement_rules(centre.store, centre.setup.store_key,
			text.data, err);
	ok = saying_end(&centre, ok, err);
	str_release(&text);
	rules_release(&job->rules);
	rules_init(&job->rules);
	return ok;
}

/* --- listing --- */

static const struct rule *find_rule(const struct job *job, const char *form,
	const char *name)
{
	for (size_t i = 0; i < job->rules.list.n; i++)
		if (strcmp(job->rules.list.items[i].form, form) == 0 &&
				strcmp(job->rules.list.items[i].name, name) == 0)
			return &job->rules.list.items[i];
	return NULL;
}

static const char *heading(enum rule_kind kind)
{
	switch (kind) {
	case RULE_OUTLIER:
		/* TRANSLATORS: %1$s is a form, %2$s the name of a rule; a list
		 * of records follows.  So are the three after it. */
		return _("%1$s, rule '%2$s': unusual answers\n");
	case RULE_MISSING:
		return _("%1$s, rule '%2$s': too many answers are missing\n");
	case RULE_DUPLICATE:
		return _("%1$s, rule '%2$s': these may be the same\n");
	default:
		return _("%1$s, rule '%2$s': the newest version of the form "
			"does not allow this answer\n");
	}
}

static bool is_new(char **last, const char *text)
{
	if (*last != NULL && strcmp(*last, text) == 0)
		return false;
	free(*last);
	*last = xstrdup(text);
	return true;
}

struct found {
	const struct rule *rule;
	const char *form, *name, *record, *part, *value;
	bool open;
};

static void print_duplicate(struct job *job, const char *record, bool first,
	const char *part)
{
	/* the first of a group begins its line */
	if (is_new(&job->part, part) || first)
		printf("%s  %s", first ? "" : "\n", record);
	else
		printf(" %s", record);
}

static void print_line(struct job *job, const struct found *f, bool first)
{
	char *record = cmd_masked(f->record), *part = cmd_masked(f->part);

	switch (f->rule->kind) {
	case RULE_DUPLICATE:
		print_duplicate(job, record, first, f->part);
		break;
	case RULE_MISSING:
		if (f->rule->by == NULL)
			/* TRANSLATORS: a share of all records: 34% */
			printf(_("  %s%% in all\n"), f->value);
		else if (part[0] == '\0')
			printf(_("  %1$s%% where '%2$s' is not answered\n"),
				f->value, f->rule->by);
		else
			/* TRANSLATORS: a group of records (a district), and
			 * the share of them: Swat: 34% */
			printf(_("  %1$s: %2$s%%\n"), part, f->value);
		break;
	case RULE_OUTLIER:
		if (part[0] != '\0')
			/* TRANSLATORS: a record, and the how manieth entry of
			 * a repeat in it */
			printf(_("  %1$s, entry %2$s\n"), record, part);
		else
			printf("  %s\n", record);
		break;
	default:
		printf("  %s %s\n", record, part);
	}
	free(record);
	free(part);
}

static void end_group(struct job *job)
{
	if (job->part != NULL)
		putchar('\n');
	free(job->part);
	job->part = NULL;
}

static void print_found(struct job *job, const struct found *f)
{
	bool first = is_new(&job->form, f->form), other;

	other = is_new(&job->rule, f->name) || first;
	if (other) {
		char *form = cmd_masked(f->form), *name = cmd_masked(f->name);

		end_group(job);
		printf(heading(f->rule->kind), form, name);
		free(form);
		free(name);
	}
	print_line(job, f, other);
}

static void list_found(struct job *job, const struct found *f)
{
	struct json *item = js_new_object();

	js_put_text(item, "form", f->form);
	js_put_text(item, "rule", f->name);
	js_put_text(item, "kind", rule_kind_name(f->rule->kind));
	if (f->rule->kind != RULE_MISSING)
		js_put_text(item, "record", f->record);
	js_put_text(item, "part", f->part);
	if (f->rule->kind == RULE_MISSING)
		js_put_int(item, "percent", atoll(f->value));
	js_put_bool(item, "open", f->open);
	js_add(job->list, item);
}

static bool is_wanted(const struct job *job, const struct found *f)
{
	const char *rule = cmd_text(job->args, "rule");

	return f->rule != NULL &&
		(f->open || cmd_flag(job->args, "all")) &&
		(rule == NULL || strcmp(rule, f->name) == 0) &&
		(job->args->n == 0 || strcmp(job->args->items[0],
			f->form) == 0);
}

static void take(struct job *job, struct db_stmt *row)
{
	struct found f = { .form = db_text(row, 0), .name = db_text(row, 1),
		.record = db_text(row, 2), .part = db_text(row, 3),
		.value = db_text(row, 4), .open = db_int(row, 5) != 0 };

	f.rule = find_rule(job, f.form, f.name);
	if (f.record == NULL)
		f.record = "";
	if (!is_wanted(job, &f))
		return;
	job->n++;
	if (job->list != NULL)
		list_found(job, &f);
	else
		print_found(job, &f);
}

static bool print_all(struct job *job, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(job->store),
		"SELECT form, rule, record, part, value, open FROM bz_findings"
		" ORDER BY form, rule, part, record", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	while ((result = db_step(walk, err)) == DB_ROW)
		take(job, walk);
	db_reset(walk);
	if (job->list == NULL)
		end_group(job);
	return result != DB_FAILED;
}

/* Rules that cannot look: a column is not there, or the form is not. */
static bool tell_idle(struct job *job, const struct rule *rule,
	struct json *idle, struct err *err)
{
	struct err why = ERR_INIT;
	struct layout *layout = layout_load(job->store, rule->form, &why);
	struct rule_places places = { .keys = { NULL, 0, 0 } };
	bool runs = layout != NULL && rule_find(rule, layout, &places, &why);

	rule_places_release(&places);
	layout_free(layout);
	if (runs)
		return true;
	if (why.code != ERR_NOTFOUND && why.code != ERR_REFUSED) {
		*err = why;
		return false;
	}
	if (job->list != NULL) {
		js_add(idle, js_new_text(rule->name));
		return true;
	}
	/* TRANSLATORS: a form, the name of a rule, and why it does not run */
	printf(_("%1$s, rule '%2$s' does not run: %3$s\n"), rule->form,
		rule->name, why.message);
	return true;
}

static void print_end(struct job *job, struct json *idle)
{
	struct json *answer;
	char *line;

	if (job->list != NULL) {
		answer = js_new_object();
		js_put(answer, "findings", job->list);
		js_put(answer, "idle", idle);
		job->list = NULL;
		line = js_print(answer);
		puts(line);
		free(line);
		js_free(answer);
		return;
	}
	js_free(idle);
	if (job->rules.list.n == 0)
		puts(_("there are no rules: 'bayaz findings --rules FILE' "
			"declares them"));
	else if (job->n == 0)
		puts(_("the rules found nothing"));
	else
		puts(_("'bayaz review' says what a person found, 'bayaz link' "
			"that two records are one"));
}

static bool show(struct job *job, struct err *err)
{
	struct json *idle = js_new_array();
	bool ok;

	job->store = store_open(cmd_text(job->args, "store"), STORE_READ_ONLY,
		err);
	ok = job->store != NULL &&
		db_begin_read(store_db(job->store), err) &&
		rules_in_force(job->store, &job->rules, err) &&
		print_all(job, err);
	for (size_t i = 0; ok && i < job->rules.list.n; i++)
		ok = tell_idle(job, &job->rules.list.items[i], idle, err);
	if (ok)
		print_end(job, idle);
	else
		js_free(idle);
	if (job->store != NULL)
		db_rollback(store_db(job->store));
	store_close(job->store);
	return ok;
}

static int run_findings(const struct cmd_args *args)
{
	struct job job = { .args = args };
	struct err err = ERR_INIT;
	int status = saying_check(args);
	bool ok;

	if (status != EXIT_DONE)
		return status;
	rules_init(&job.rules);
	if (cmd_flag(args, "json"))
		job.list = js_new_array();
	ok = (cmd_text(args, "rules") == NULL || set_rules(&job, &err)) &&
		show(&job, &err);
	job_release(&job);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CENTRE_STORE_OPTION,
	{ "rules", 0, OPT_TEXT, N_("FILE"),
	  N_("look for this from now on") },
	{ "rule", 0, OPT_TEXT, N_("NAME"), N_("show what this rule found") },
	{ "all", 0, OPT_FLAG, NULL,
	  N_("also about records that were approved or rejected") },
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_findings = {
	.name = "findings",
	.usage = N_("[FORM] --store DB"),
	.summary = N_("show what the rules of a store found"),
	.options = options,
	.max_args = 1,
	.run = run_findings,
};
