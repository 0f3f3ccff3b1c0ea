/* bayaz purge --store DB: records of a central store that are over age. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "cmd/purge.h"
#include "cmd/saying.h"
#include "db/db.h"
#include "field/purge.h"
#include "store/forms.h"
#include "xpath/date.h"

enum { DAY_S = 86400, DOUBTFUL_DAYS = 366 };

struct horizon { char *form; char date[40]; int64_t n; };

struct job {
	const struct cmd_args *args;
	struct centre centre;
	VEC(struct horizon) list;
	int64_t today;			/* days since 1970 */
};

/* --- dates --- */

/* The same day so many months before; the month's last if it has none. */
static void months_before(int64_t today, int months, char text[40])
{
	struct date date = date_from_days(today);
	int at = date.year * 12 + date.month - 1 - months;

	date.year = at / 12;
	date.month = at % 12 + 1;
	while (!date_is_valid(date))
		date.day--;
	date_print(date, text);
}

/* A horizon cannot be taken back: a clock that ran away must not make one. */
static bool check_clock(struct job *job, struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(job->centre.store),
		"SELECT max(date) FROM manifest WHERE trusted", err);
	struct date_time newest;
	bool ok = get != NULL && db_step(get, err) == DB_ROW;

	if (ok && db_text(get, 0) != NULL &&
			date_parse(db_text(get, 0), &newest) &&
			job->today - date_to_days(newest.date) > DOUBTFUL_DAYS)
		ok = err_set(err, ERR_REFUSED, _("the clock is more than a "
			"year ahead of the newest bundle, of %s: if it is "
			"right, say forms and days with --form and --before"),
			db_text(get, 0));
	if (get != NULL)
		db_reset(get);
	return ok;
}

/* --- which forms, from when on --- */

static void add_horizon(struct job *job, const char *form, const char *date)
{
	struct horizon new = { .form = xstrdup(form) };

	snprintf(new.date, sizeof new.date, "%s", date);
	vec_push(&job->list, new);
}

/* As the newest version of the form says, unless the project says otherwise. */
static bool months_of(struct job *job, const char *form, int *months,
	struct err *err)
{
	struct store_forms forms = STORE_FORMS_INIT;
	const struct xform *newest;
	bool ok = store_forms_load(job->centre.store, form, &forms, err);

	*months = 0;
	newest = ok && forms.list.n > 0 ? forms.list.items[0] : NULL;
	if (newest != NULL)
		*months = newest->retention_months;
	if (*months == 0)
		*months = newest != NULL && newest->form_class != NULL &&
			strcmp(newest->form_class, "protected") == 0 ?
			PURGE_RETENTION_PROTECTED : PURGE_RETENTION;
	*months = trust_policy_months(&job->centre.project.policy, form,
		*months);
	store_forms_release(&forms);
	return ok;
}

static bool add_forms(struct job *job, struct err *err)
{
	struct db_stmt *walk = db_prepare_once(store_db(job->centre.store),
		"SELECT DISTINCT form FROM record WHERE form <> ''"
		" ORDER BY form", err);
	enum db_result result = walk != NULL ? DB_DONE : DB_FAILED;
	bool ok = walk != NULL;

	while (ok && (result = db_step(walk, err)) == DB_ROW) {
		char date[40];
		int months;

		ok = months_of(job, db_text(walk, 0), &months, err);
		months_before(job->today, ok ? months : 0, date);
		add_horizon(job, db_text(walk, 0), date);
	}
	db_free(walk);
	return ok && result != DB_FAILED;
}

static bool find_horizons(struct job *job, struct err *err)
{
	const char *form = cmd_text(job->args, "form");
	const char *before = cmd_text(job->args, "before");
	char date[40];
	int months;

	if (before == NULL && !check_clock(job, err))
		return false;
	if (form == NULL)
		return add_forms(job, err);
	if (before != NULL) {
		add_horizon(job, form, before);
		return true;
	}
	if (!months_of(job, form, &months, err))
		return false;
	months_before(job->today, months, date);
	add_horizon(job, form, date);
	return true;
}

/* --- saying it --- */

static bool count_past(struct job *job, const char *form, int64_t *n,
	struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(job->centre.store),
		"SELECT count(*) FROM record WHERE form = ?1"
		" AND hidden = 'past'", err);
	enum db_result result = DB_FAILED;

	if (get != NULL) {
		db_bind_text(get, 1, form);
		result = db_step(get, err);
		*n = result == DB_ROW ? db_int(get, 0) : 0;
		db_reset(get);
	}
	return result == DB_ROW;
}

/* What would change nothing is not said, lest each purge adds statements. */
static bool say_one(struct job *job, struct horizon *h, struct err *err)
{
	struct db *db = store_db(job->centre.store);
	int64_t before, after;
	bool ok = count_past(job, h->form, &before, err) &&
		db_savepoint(db, err);

	if (!ok)
		return false;
	ok = statement_horizon(job->centre.store, job->centre.setup.store_key,
			h->form, h->date, err) &&
		count_past(job, h->form, &after, err);
	h->n = ok ? after - before : 0;
	if (h->n == 0 && cmd_text(job->args, "before") == NULL)
		db_savepoint_undo(db);
	else
		ok = ok && db_savepoint_keep(db, err);
	return ok;
}

static bool say_all(struct job *job, struct err *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < job->list.n; i++)
		ok = say_one(job, &job->list.items[i], err);
	return ok;
}

static int64_t count_all(const struct job *job)
{
	int64_t n = 0;

	for (size_t i = 0; i < job->list.n; i++)
		n += job->list.items[i].n;
	return n;
}

static bool confirm(const struct job *job)
{
	int64_t n = count_all(job);
	char *question;
	bool yes;

	if (n == 0 || cmd_flag(job->args, "dry-run"))
		return true;
	question = str_format(ngettext("%lld record is over age. It would not "
		"be shown any more, which cannot be taken back. yes or no",
		"%lld records are over age. They would not be shown any more, "
		"which cannot be taken back. yes or no", (unsigned long)n),
		(long long)n);
	yes = saying_confirm(question);
	free(question);
	return yes;
}

/* --- telling --- */

static void print(const struct job *job)
{
	bool dry = cmd_flag(job->args, "dry-run");

	if (count_all(job) == 0)
		puts(_("no record is over age"));
	for (size_t i = 0; i < job->list.n; i++) {
		const struct horizon *h = &job->list.items[i];
		char *form = cmd_masked(h->form);

		if (h->n > 0 && dry)
			/* TRANSLATORS: %1$s is a form, %2$s a date, %3$lld a
			 * number of records. */
			printf(ngettext("%1$s: %3$lld record finished before "
				"%2$s would not be shown any more\n",
				"%1$s: %3$lld records finished before %2$s "
				"would not be shown any more\n",
				(unsigned long)h->n), form, h->date,
				(long long)h->n);
		else if (h->n > 0)
			printf(ngettext("%1$s: %3$lld record finished before "
				"%2$s is not shown any more\n",
				"%1$s: %3$lld records finished before %2$s "
				"are not shown any more\n",
				(unsigned long)h->n), form, h->date,
				(long long)h->n);
		free(form);
	}
}

static void print_json(const struct job *job)
{
	struct json *answer = js_new_object(), *forms = js_new_array();
	char *line;

	for (size_t i = 0; i < job->list.n; i++) {
		struct json *item = js_new_object();

		js_put_text(item, "form", job->list.items[i].form);
		js_put_text(item, "before", job->list.items[i].date);
		js_put_int(item, "removed", job->list.items[i].n);
		js_add(forms, item);
	}
	js_put(answer, "forms", forms);
	js_put_int(answer, "removed", count_all(job));
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

static bool purge(struct job *job, bool *done, struct err *err)
{
	bool ok = saying_begin(&job->centre, job->args, ROLE_DELETE, err) &&
		find_horizons(job, err) && say_all(job, err);
	bool wanted, said;

	*done = ok && confirm(job);
	wanted = *done && !cmd_flag(job->args, "dry-run");
	said = saying_end(&job->centre, wanted, err);
	return wanted ? said : ok;
}

static int check(const struct job *job)
{
	const char *before = cmd_text(job->args, "before");
	struct date_time date;

	if (before == NULL)
		return EXIT_DONE;
	if (cmd_text(job->args, "form") == NULL)
		return cmd_usage_error(job->args,
			_("--before needs a form: give it with --form"));
	if (strlen(before) != 10 || !date_parse(before, &date) ||
			date_to_days(date.date) > job->today)
		return cmd_usage_error(job->args, _("--before takes a day that "
			"is not to come, as 2026-11-23"));
	return EXIT_DONE;
}

int purge_store(const struct cmd_args *args)
{
	struct job job = { .args = args,
		.today = (int64_t)time(NULL) / DAY_S };
	struct err err = ERR_INIT;
	int status = check(&job);
	bool ok, done = false;

	if (status != EXIT_DONE)
		return status;
	ok = purge(&job, &done, &err);
	if (!ok)
		status = cmd_problem(&err);
	else if (!done)
		status = EXIT_PROBLEM;
	else if (cmd_flag(args, "json"))
		print_json(&job);
	else
		print(&job);
	if (ok && !done)
		log_note(_("nothing was removed"));
	for (size_t i = 0; i < job.list.n; i++)
		free(job.list.items[i].form);
	vec_release(&job.list);
	return status;
}
