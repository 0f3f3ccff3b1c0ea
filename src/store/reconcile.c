/* Records with several heads.  See reconcile.h. */
#include "config.h"

#include "store/reconcile.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/gettext.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/problem.h"
#include "base/vec.h"
#include "db/db.h"
#include "session/session.h"
#include "store/content.h"
#include "store/forms.h"
#include "store/reconcile_parts.h"
#include "store/store.h"
#include "store/version.h"
#include "xform/xform.h"

/* --- forms --- */

struct loaded { struct xform *form; };	/* NULL: it is not here */

struct reconciler {
	struct store *store;
	struct arena *arena;
	struct map forms;		/* "id\nversion" -> struct loaded */
};

struct reconciler *reconciler_new(struct store *store)
{
	struct reconciler *r = xcalloc(1, sizeof *r);

	r->store = store;
	r->arena = arena_new();
	map_init(&r->forms);
	return r;
}

struct store *reconciler_store(const struct reconciler *r)
{
	return r->store;
}

void reconciler_free(struct reconciler *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->forms.n; i++)
		xform_free(((struct loaded *)r->forms.entries[i].value)->form);
	map_release(&r->forms);
	arena_free(r->arena);
	free(r);
}

static bool find_form(struct reconciler *r, const char *id,
	const char *version, int64_t *content, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(r->store),
		"SELECT f.content FROM form f JOIN content c"
		" ON c.id = f.content WHERE f.id = ?1 AND f.version = ?2"
		" ORDER BY c.sha256 DESC", err);
	enum db_result result;

	*content = 0;
	if (find == NULL)
		return false;
	db_bind_text(find, 1, id);
	db_bind_text(find, 2, version);
	result = db_step(find, err);
	if (result == DB_ROW)
		*content = db_int(find, 0);
	db_reset(find);
	return result != DB_FAILED;
}

const struct xform *reconciler_form(struct reconciler *r, const char *id,
	const char *version, struct err *err)
{
	const char *key = arena_printf(r->arena, "%s\n%s", id, version);
	struct loaded *loaded = map_get(&r->forms, key);
	int64_t content;

	if (loaded == NULL) {
		loaded = ARENA_ARRAY(r->arena, struct loaded, 1);
		if (!find_form(r, id, version, &content, err) ||
				(content != 0 && !store_form_load(r->store,
				content, true, &loaded->form, err)))
			return NULL;
		map_set(&r->forms, key, loaded);
	}
	if (loaded->form == NULL)
		err_set(err, ERR_NOTFOUND,
			_("version '%2$s' of form '%1$s' is not known here"),
			id, version);
	return loaded->form;
}

/* --- checking by a session --- */

struct check {
	struct session *session;
	struct join_conflicts *conflicts;
};

static void note_node(struct check *c, const struct node *n)
{
	struct str ref = STR_INIT;

	node_ref(n, &ref);
	join_conflicts_add(c->conflicts, ref.data, CONFLICT_CHECK);
	str_release(&ref);
}

/* Answers that are there and do not count any more. */
static void check_relevance(struct check *c, struct node *n)
{
	const struct xf_node *form = node_form(n);

	if (form->is_value) {
		if (join_is_answer(form) && node_raw_value(n)[0] != '\0' &&
				!node_is_relevant(c->session, n))
			note_node(c, n);
		return;
	}
	for (unsigned i = 0; i < form->n_children; i++) {
		const struct xf_node *child = form->children[i];
		struct node *only;

		if (child->is_repeat) {
			for (size_t k = 1; k <= node_count(n, child); k++)
				check_relevance(c, node_instance(n, child, k));
			continue;
		}
		only = node_child(n, child);
		if (only != NULL)
			check_relevance(c, only);
	}
}

static bool check_rules(struct check *c, struct err *err)
{
	struct session_violations found = { NULL, 0, 0 };
	bool ok = session_validate(c->session, &found, err);

	for (size_t i = 0; ok && i < found.n; i++)
		note_node(c, found.items[i].node);
	session_violations_release(&found);
	return ok;
}

/* Is it nobody's answer?  An edit has a deprecatedID in its meta block also
 * where the form has none. */
static bool is_of_no_account(const struct xform *form, const char *ref)
{
	const struct xf_node *node = xform_node(form, ref);

	if (form->instance_id != NULL &&
			strcmp(ref, form->instance_id->parent->ref) == 0)
		return true;
	return node != NULL && node->is_value && !join_is_answer(node);
}

/* Answers that loading changed or left out. */
static void note_problems(struct join_conflicts *conflicts,
	const struct xform *form, const struct problems *problems)
{
	for (size_t i = 0; i < problems->n; i++)
		if (!is_of_no_account(form, problems->items[i].ref))
			join_conflicts_add(conflicts, problems->items[i].ref,
				CONFLICT_CHECK);
}

bool reconcile_check(const struct xform *form, const struct str *xml,
	const char *now, struct join_conflicts *conflicts,
	struct str *checked, struct err *err)
{
	struct session_options options = { .now = now, .time_zone = "UTC",
		.has_seed = true };
	struct problems problems = PROBLEMS_INIT;
	struct check c = { .conflicts = conflicts };
	bool ok;

	c.session = session_load(form, xml->data, xml->len, false, &options,
		&problems, err);
	note_problems(conflicts, form, &problems);
	ok = c.session != NULL && session_settle(c.session, err);
	if (ok)
		check_relevance(&c, session_root(c.session));
	ok = ok && check_rules(&c, err) &&
		session_serialize(c.session, false, checked, err);
	session_free(c.session);
	problems_release(&problems);
	return ok;
}

/* --- a record --- */

void reconcile_work_release(struct reconcile_work *w)
{
	for (size_t i = 0; i < w->heads.n; i++) {
		free(w->heads.items[i].form_version);
		xml_free(w->heads.items[i].doc);
	}
	vec_release(&w->heads);
	xml_free(w->base_doc);
	join_conflicts_release(&w->conflicts);
	free(w->form);
}

static bool read_record(struct reconcile_work *w, struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(w->r->store),
		"SELECT r.form, r.base, r.current, EXISTS (SELECT 1"
		" FROM version WHERE record = r.id AND deleted)"
		" AND r.hidden <> 'deleted', (SELECT min(finished)"
		" FROM brought WHERE content = r.current AND finished <> '')"
		" FROM record r WHERE r.id = ?1", err);
	enum db_result result;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, w->record);
	result = db_step(get, err);
	if (result == DB_ROW) {
		const char *now = db_text(get, 4);

		w->form = xstrdup(db_text(get, 0));
		w->base = db_int(get, 1);
		w->current = db_int(get, 2);
		w->is_deleted = db_int(get, 3) != 0;
		snprintf(w->now, sizeof w->now, "%s",
			now != NULL ? now : "1970-01-01T00:00:00Z");
	}
	db_reset(get);
	return result == DB_ROW;
}

static bool read_heads(struct reconcile_work *w, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(w->r->store),
		"SELECT v.id, v.form_version FROM version v"
		" JOIN content c ON c.id = v.id WHERE v.record = ?1 AND v.head"
		" ORDER BY c.sha256", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_int(walk, 1, w->record);
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct reconcile_head head = { .id = db_int(walk, 0),
			.form_version = xstrdup(db_text(walk, 1)) };

		vec_push(&w->heads, head);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

bool reconcile_work_read(struct reconcile_work *w, struct err *err)
{
	return read_record(w, err) && read_heads(w, err);
}

/* NULL without an error: it cannot be read. */
static bool read_doc(struct store *store, int64_t content,
	struct xml_doc **doc, struct err *err)
{
	struct str bytes = STR_INIT;
	struct version_head head;
	struct err bad = ERR_INIT;
	bool ok = content_get(store, content, VERSION_MAX_BYTES, &bytes, err);

	if (ok)
		*doc = version_read(bytes.data, bytes.len, &head, &bad);
	str_release(&bytes);
	return ok;
}

bool reconcile_read_docs(struct reconcile_work *w, bool *all,
	struct err *err)
{
	*all = false;
	for (size_t i = 0; i < w->heads.n; i++) {
		struct reconcile_head *head = &w->heads.items[i];

		if (!read_doc(w->r->store, head->id, &head->doc, err))
			return false;
		if (head->doc == NULL)
			return true;
	}
	if (!read_doc(w->r->store, w->base, &w->base_doc, err))
		return false;
	*all = w->base_doc != NULL;
	return true;
}

void reconcile_join(struct reconcile_work *w, const struct xform *form,
	const struct join_sides *how, struct str *xml)
{
	struct xml_doc **docs = xreallocarray(NULL, w->heads.n + 1,
		sizeof *docs);
	struct join_sides sides = *how;

	sides.form = form;
	sides.base = w->base_doc;
	sides.heads = docs;
	sides.n = w->heads.n;
	for (size_t i = 0; i < w->heads.n; i++) {
		docs[i] = w->heads.items[i].doc;
		if (w->heads.items[i].id == w->current)
			sides.shown = i;
	}
	join_answers(&sides, &w->conflicts, xml);
	free(docs);
}

static void whole(struct reconcile_work *w, const char *why)
{
	join_conflicts_add(&w->conflicts, "", why);
}

/* The joined record, if there is nothing in conflict. */
static bool join_and_check(struct reconcile_work *w, const struct xform *form,
	struct str *joined, struct err *err)
{
	struct str xml = STR_INIT;
	struct err why = ERR_INIT;
	const struct join_sides how = { .look = NULL };
	bool all, ok = reconcile_read_docs(w, &all, err);

	if (ok && !all) {
		whole(w, CONFLICT_DAMAGED);
	} else if (ok) {
		reconcile_join(w, form, &how, &xml);
		if (w->conflicts.list.n == 0 && !reconcile_check(form, &xml,
				w->now, &w->conflicts, joined, &why))
			whole(w, CONFLICT_CHECK);
	}
	str_wipe(&xml);
	return ok;
}

static bool same_form_version(const struct reconcile_work *w)
{
	for (size_t i = 1; i < w->heads.n; i++)
		if (strcmp(w->heads.items[i].form_version,
				w->heads.items[0].form_version) != 0)
			return false;
	return true;
}

static bool work_out(struct reconcile_work *w, struct str *joined, struct err *err)
{
	const struct xform *form;
	struct err why = ERR_INIT;

	if (w->is_deleted)
		whole(w, CONFLICT_DELETED);
	if (w->heads.n < 2)
		return true;
	if (w->base == 0 || !same_form_version(w)) {
		whole(w, w->base == 0 ? CONFLICT_BASE :
			CONFLICT_FORM_VERSION);
		return true;
	}
	form = reconciler_form(w->r, w->form, w->heads.items[0].form_version,
		&why);
	if (form != NULL)
		return join_and_check(w, form, joined, err);
	if (why.code != ERR_NOTFOUND) {
		if (err != NULL)
			*err = why;
		return false;
	}
	whole(w, CONFLICT_FORM);
	return true;
}

/* --- keeping --- */

static bool run_for(struct store *store, const char *sql, int64_t record,
	struct err *err)
{
	struct db_stmt *run = db_prepare(store_db(store), sql, err);

	if (run == NULL)
		return false;
	db_bind_int(run, 1, record);
	return db_run(run, err);
}

bool reconcile_forget(struct store *store, int64_t record, struct err *err)
{
	return run_for(store, "DELETE FROM joined WHERE record = ?1", record,
			err) &&
		run_for(store, "DELETE FROM conflict WHERE record = ?1",
			record, err);
}

static bool keep_conflicts(struct reconcile_work *w, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(w->r->store),
		"INSERT INTO conflict (record, path, why) VALUES (?1, ?2, ?3)",
		err);

	if (add == NULL)
		return false;
	for (size_t i = 0; i < w->conflicts.list.n; i++) {
		db_bind_int(add, 1, w->record);
		db_bind_text(add, 2, w->conflicts.list.items[i].path);
		db_bind_text(add, 3, w->conflicts.list.items[i].why);
		if (!db_run(add, err))
			return false;
	}
	return run_for(w->r->store, w->conflicts.list.n > 0 ?
		"UPDATE record SET conflict = 1 WHERE id = ?1" :
		"UPDATE record SET conflict = 0 WHERE id = ?1", w->record,
		err);
}

static bool keep_joined(struct reconcile_work *w, const struct str *joined,
	struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(w->r->store),
		"INSERT INTO joined (record, bytes) VALUES (?1, ?2)", err);

	if (add == NULL)
		return false;
	db_bind_int(add, 1, w->record);
	db_bind_blob(add, 2, joined->data, joined->len);
	return db_run(add, err);
}

bool reconcile(struct reconciler *r, int64_t record, struct err *err)
{
	struct reconcile_work w = { .r = r, .record = record };
	struct str joined = STR_INIT;
	bool ok = reconcile_forget(r->store, record, err) &&
		reconcile_work_read(&w, err) && work_out(&w, &joined, err) && keep_conflicts(&w, err);

	if (ok && w.heads.n > 1 && w.conflicts.list.n == 0)
		ok = keep_joined(&w, &joined, err);
	str_wipe(&joined);
	reconcile_work_release(&w);
	return ok;
}

bool reconcile_bytes(struct store *store, int64_t record, struct str *out,
	struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT j.bytes, r.current FROM record r"
		" LEFT JOIN joined j ON j.record = r.id WHERE r.id = ?1", err);
	enum db_result result;
	int64_t current = 0;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, record);
	result = db_step(get, err);
	if (result == DB_ROW && !db_is_null(get, 0)) {
		size_t n;
		const void *bytes = db_blob(get, 0, &n);

		str_addn(out, bytes, n);
	} else if (result == DB_ROW) {
		current = db_int(get, 1);
	}
	db_reset(get);
	if (result != DB_ROW)
		return false;
	return current == 0 || content_get(store, current, VERSION_MAX_BYTES,
		out, err);
}
