/* Looking at what changed by the rules in force.  See findings.h. */
#include "config.h"

#include "store/findings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/problem.h"
#include "base/str.h"
#include "session/session.h"
#include "store/findings_parts.h"
#include "store/reconcile.h"
#include "store/store.h"
#include "xform/xform.h"

/* --- rules that run --- */

static const struct layout *find_layout(struct finder *f, const char *form,
	struct err *err)
{
	struct layout *layout;

	for (size_t i = 0; i < f->layouts.n; i++)
		if (strcmp(f->layouts.items[i]->form, form) == 0)
			return f->layouts.items[i];
	layout = layout_load(f->store, form, err);
	if (layout != NULL)
		vec_push(&f->layouts, layout);
	return layout;
}

/* One whose form or columns are not there waits: `bayaz findings` says so. */
static bool start_rule(struct finder *f, const struct rule *rule,
	struct err *err)
{
	struct running running = { .rule = rule };
	struct err why = ERR_INIT;

	running.layout = find_layout(f, rule->form, &why);
	if (running.layout != NULL && rule_find(rule, running.layout,
			&running.places, &why)) {
		vec_push(&f->running, running);
		return true;
	}
	rule_places_release(&running.places);
	if (why.code == ERR_NOTFOUND || why.code == ERR_REFUSED)
		return true;
	if (err != NULL)
		*err = why;
	return false;
}

static void stop_rules(struct finder *f)
{
	for (size_t i = 0; i < f->running.n; i++) {
		db_free(f->running.items[i].read);
		rule_places_release(&f->running.items[i].places);
	}
	for (size_t i = 0; i < f->layouts.n; i++)
		layout_free(f->layouts.items[i]);
	f->running.n = f->layouts.n = 0;
}

static bool start_rules(struct finder *f, struct err *err)
{
	bool ok = true;

	stop_rules(f);
	rules_release(&f->rules);
	rules_init(&f->rules);
	ok = rules_in_force(f->store, &f->rules, err);
	for (size_t i = 0; ok && i < f->rules.list.n; i++)
		ok = start_rule(f, &f->rules.list.items[i], err);
	return ok;
}

struct finder *finder_open(struct store *store, struct reconciler *reconciler,
	struct err *err)
{
	struct finder *f = xcalloc(1, sizeof *f);

	f->store = store;
	f->reconciler = reconciler;
	map_init(&f->forms);
	rules_init(&f->rules);
	if (start_rules(f, err))
		return f;
	finder_close(f);
	return NULL;
}

void finder_close(struct finder *f)
{
	if (f == NULL)
		return;
	stop_rules(f);
	vec_release(&f->running);
	vec_release(&f->layouts);
	vec_release(&f->noted);
	vec_release(&f->alike);
	map_release(&f->forms);
	rules_release(&f->rules);
	free(f);
}

/* --- a record --- */

static bool run_for(struct store *store, const char *sql, int64_t record,
	struct err *err)
{
	struct db_stmt *run = db_prepare(store_db(store), sql, err);

	if (run == NULL)
		return false;
	db_bind_int(run, 1, record);
	return db_run(run, err);
}

/* The form of a record goes to those whose tables are looked at again. */
static bool note_form(struct finder *f, int64_t record, struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(f->store),
		"SELECT form FROM record WHERE id = ?1", err);
	enum db_result result;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, record);
	result = db_step(get, err);
	if (result == DB_ROW && !map_has(&f->forms, db_text(get, 0)))
		map_set(&f->forms, arena_strdup(f->rules.arena,
			db_text(get, 0)), f);
	db_reset(get);
	return result != DB_FAILED;
}

bool finder_note(struct finder *f, int64_t record, struct err *err)
{
	if (f->running.n == 0)
		return true;
	vec_push(&f->noted, record);
	return note_form(f, record, err);
}

bool finder_forget(struct finder *f, int64_t record, struct err *err)
{
	if (f->running.n == 0)
		return true;
	return note_form(f, record, err) && likeness_forget(f, record, err) &&
		run_for(f->store, "DELETE FROM finding WHERE record = ?1",
			record, err);
}

bool finding_add(struct store *store, const struct rule *rule, int64_t record,
	const char *part, const char *value, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR REPLACE INTO finding (form, rule, record, part,"
		" value) VALUES (?1, ?2, ?3, ?4, ?5)", err);

	if (add == NULL)
		return false;
	db_bind_text(add, 1, rule->form);
	db_bind_text(add, 2, rule->name);
	db_bind_int(add, 3, record);
	db_bind_text(add, 4, part);
	db_bind_text(add, 5, value);
	return db_run(add, err);
}

/* --- constraints of the newest version --- */

struct old_record { char *form, *newest; char now[40]; };

static void old_record_release(struct old_record *old)
{
	free(old->form);
	free(old->newest);
}

/* A record that the tables show and that was filled in with an older version
 * of its form; `form` NULL: it is none. */
static bool read_old(struct store *store, int64_t record,
	struct old_record *old, struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT r.form, (SELECT max(version) FROM form"
		" WHERE id = r.form) AS newest, (SELECT min(finished)"
		" FROM brought WHERE content = r.current AND finished <> '')"
		" FROM record r JOIN version v ON v.id = r.current"
		" WHERE r.id = ?1 AND r.hidden = '' AND v.problem <> 'xml'"
		" AND v.form_version <> newest", err);
	enum db_result result;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, record);
	result = db_step(get, err);
	if (result == DB_ROW) {
		const char *now = db_text(get, 2);

		old->form = xstrdup(db_text(get, 0));
		old->newest = xstrdup(db_text(get, 1));
		snprintf(old->now, sizeof old->now, "%s",
			now != NULL ? now : "1970-01-01T00:00:00Z");
	}
	db_reset(get);
	return result != DB_FAILED;
}

static bool add_violations(struct finder *f, const struct rule *rule,
	int64_t record, const struct session_violations *found,
	struct err *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < found->n; i++) {
		struct str ref = STR_INIT;

		if (found->items[i].condition != VIOLATES_CONSTRAINT)
			continue;
		node_ref(found->items[i].node, &ref);
		ok = finding_add(f->store, rule, record, ref.data, "", err);
		str_release(&ref);
	}
	return ok;
}

/* As a draft would be opened, on the day it was finished.  What cannot be
 * computed breaks the rule as a whole. */
static bool check_constraints(struct finder *f, const struct rule *rule,
	int64_t record, const struct xform *form, const char *now,
	struct err *err)
{
	struct session_options options = { .now = now, .time_zone = "UTC",
		.has_seed = true };
	struct problems problems = PROBLEMS_INIT;
	struct session_violations found = { NULL, 0, 0 };
	struct session *session = NULL;
	struct str xml = STR_INIT;
	bool ok = reconcile_bytes(f->store, record, &xml, err);

	if (ok)
		session = session_load(form, xml.data, xml.len, false,
			&options, &problems, NULL);
	if (session != NULL && session_settle(session, NULL) &&
			session_validate(session, &found, NULL))
		ok = add_violations(f, rule, record, &found, err);
	else if (ok)
		ok = finding_add(f->store, rule, record, "", "", err);
	session_violations_release(&found);
	session_free(session);
	problems_release(&problems);
	str_wipe(&xml);
	return ok;
}

static bool look_at_constraints(struct finder *f, const struct rule *rule,
	int64_t record, struct err *err)
{
	struct old_record old = { .form = NULL };
	const struct xform *form = NULL;
	struct err why = ERR_INIT;
	bool ok = read_old(f->store, record, &old, err);

	if (ok && old.form != NULL)
		form = reconciler_form(f->reconciler, old.form, old.newest,
			&why);
	if (ok && form != NULL)
		ok = check_constraints(f, rule, record, form, old.now, err);
	else if (ok && why.code != ERR_NONE && why.code != ERR_NOTFOUND) {
		ok = false;
		if (err != NULL)
			*err = why;
	}
	old_record_release(&old);
	return ok;
}

/* --- all that changed --- */

static bool is_shown(struct finder *f, const struct running *running,
	int64_t record, bool *is, struct err *err)
{
	struct str sql = STR_INIT;
	int64_t n = 0;
	bool ok;

	str_add(&sql, "SELECT 1 FROM ");
	findings_add_sheet(&sql, running, 0, 0);
	str_addf(&sql, " WHERE bz_id = %lld", (long long)record);
	ok = db_number(store_db(f->store), sql.data, &n, err);
	*is = n != 0;
	str_release(&sql);
	return ok;
}

static bool look_at_record(struct finder *f, size_t i, int64_t record,
	struct err *err)
{
	const struct running *running = &f->running.items[i];
	bool is = false;

	if (running->rule->kind == RULE_DUPLICATE)
		return likeness_keep(f, i, record, err);
	if (running->rule->kind != RULE_CONSTRAINTS)
		return true;
	return is_shown(f, running, record, &is, err) &&
		(!is || look_at_constraints(f, running->rule, record, err));
}

static bool form_of(struct finder *f, int64_t record, char **form,
	struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(f->store),
		"SELECT form FROM record WHERE id = ?1", err);
	enum db_result result;

	*form = NULL;
	if (get == NULL)
		return false;
	db_bind_int(get, 1, record);
	result = db_step(get, err);
	if (result == DB_ROW)
		*form = xstrdup(db_text(get, 0));
	db_reset(get);
	return result != DB_FAILED;
}

static bool look_at_noted(struct finder *f, int64_t record, struct err *err)
{
	char *form = NULL;
	bool ok = finder_forget(f, record, err) &&
		form_of(f, record, &form, err);

	for (size_t i = 0; ok && form != NULL && i < f->running.n; i++)
		if (strcmp(f->running.items[i].rule->form, form) == 0)
			ok = look_at_record(f, i, record, err);
	free(form);
	return ok;
}

static bool note_all(struct finder *f, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(f->store),
		"SELECT id FROM record WHERE form = ?1", err);
	enum db_result result = DB_DONE;

	f->noted.n = 0;
	if (walk == NULL)
		return false;
	for (size_t i = 0; result == DB_DONE && i < f->running.n; i++) {
		const char *form = f->running.items[i].rule->form;

		if (map_has(&f->forms, form))
			continue;
		map_set(&f->forms, form, f);
		db_bind_text(walk, 1, form);
		while ((result = db_step(walk, err)) == DB_ROW) {
			int64_t id = db_int(walk, 0);

			vec_push(&f->noted, id);
		}
		db_reset(walk);
	}
	return result != DB_FAILED;
}

static bool begin_anew(struct finder *f, struct err *err)
{
	map_release(&f->forms);
	map_init(&f->forms);
	f->alike.n = 0;
	return db_exec(store_db(f->store),
			"DELETE FROM finding; DELETE FROM likeness", err) &&
		start_rules(f, err) && note_all(f, err);
}

bool finder_finish(struct finder *f, bool all, struct err *err)
{
	bool ok = !all || begin_anew(f, err);

	for (size_t i = 0; ok && i < f->noted.n; i++)
		ok = look_at_noted(f, f->noted.items[i], err);
	ok = ok && likeness_tell(f, err);
	for (size_t i = 0; ok && i < f->running.n; i++)
		if (map_has(&f->forms, f->running.items[i].rule->form))
			ok = findings_of_table(f->store, &f->running.items[i],
				err);
	f->noted.n = 0;
	return ok;
}

bool findings_count(struct store *store, int64_t *n, struct err *err)
{
	return db_number(store_db(store),
		"SELECT count(*) FROM bz_findings WHERE open", n, err);
}
