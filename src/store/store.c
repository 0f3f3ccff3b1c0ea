#include "config.h"

#include "store/store.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "db/db.h"
#include "store/content.h"
#include "store/derive.h"
#include "store/fact.h"
#include "store/gate.h"
#include "store/judge.h"
#include "store/packer.h"
#include "store/schema.h"
#include "store/tables.h"
#include "trust/project.h"

struct store {
	struct db *db;
	struct packer *packer;
	char *path;
	char id[TRUST_ID_BYTES];
	char name[TRUST_NAME_BYTES];
	bool training, refuse_untagged, requires_review;
	bool has_erased;
	struct gate_list gate_list;
};

static bool read_meta(struct store *store, struct err *err)
{
	struct db_stmt *get = db_prepare(store->db,
		"SELECT value FROM meta WHERE name = 'project'", err);
	enum db_result result;

	if (get == NULL)
		return false;
	result = db_step(get, err);
	if (result == DB_ROW)
		snprintf(store->id, sizeof store->id, "%s", db_text(get, 0));
	db_reset(get);
	return result != DB_FAILED;
}

bool store_read_project(struct store *store, struct err *err)
{
	struct trust_project project;

	if (!judge_project(store, &project, err)) {
		bool none = err == NULL || err->code == ERR_NOTFOUND;

		if (none)
			err_clear(err);
		return none;
	}
	snprintf(store->name, sizeof store->name, "%s", project.name);
	store->training = project.training;
	store->refuse_untagged = project.policy.refuse_untagged;
	store->requires_review = project.policy.review_required;
	return true;
}

/* A store of an older version has tables that are new to it: what is derived
 * is derived anew, once. */
static bool freshen(struct store *store, struct err *err)
{
	int64_t stale;
	bool ok;

	if (!db_number(store->db, "SELECT count(*) FROM meta"
			" WHERE name = 'stale'", &stale, err))
		return false;
	if (stale == 0)
		return true;
	ok = db_begin(store->db, err) && store_derive_all(store, err) &&
		db_exec(store->db, "DELETE FROM meta WHERE name = 'stale'",
			err) &&
		db_commit(store->db, err);
	if (!ok)
		db_rollback(store->db);
	return ok;
}

struct store *store_open(const char *path, unsigned flags, struct err *err)
{
	unsigned how = (flags & STORE_READ_ONLY) ? DB_READ_ONLY : DB_MUCH |
		((flags & STORE_CREATE) ? DB_CREATE : 0);
	struct store *store;

	if (!(flags & STORE_CREATE) && !file_exists(path)) {
		err_set(err, ERR_NOTFOUND, _("there is no store '%s'"), path);
		return NULL;
	}
	store = xcalloc(1, sizeof *store);
	store->path = xstrdup(path);
	store->packer = packer_new();
	store->db = db_open(path, how, err);
	if (store->db != NULL && db_migrate(store->db, STORE_APPLICATION_ID,
			store_steps, store_n_steps, err) &&
			read_meta(store, err) &&
			store_read_project(store, err) &&
			freshen(store, err))
		return store;
	store_close(store);
	return NULL;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	db_close(store->db);
	packer_free(store->packer);
	vec_release(&store->gate_list.list);
	free(store->path);
	free(store);
}

struct db *store_db(struct store *store)
{
	return store->db;
}

struct packer *store_packer(struct store *store)
{
	return store->packer;
}

const char *store_path(const struct store *store)
{
	return store->path;
}

const char *store_project(const struct store *store)
{
	return store->id;
}

const char *store_project_name(const struct store *store)
{
	return store->name;
}

bool store_is_training(const struct store *store)
{
	return store->training;
}

bool store_requires_review(const struct store *store)
{
	return store->requires_review;
}

bool store_refuses_untagged(const struct store *store)
{
	return store->refuse_untagged;
}

bool store_has_erased(const struct store *store)
{
	return store->has_erased;
}

void store_note_erased(struct store *store, bool has)
{
	store->has_erased = has;
}

struct gate_list *store_gate_list(struct store *store)
{
	return &store->gate_list;
}

bool store_set_project(struct store *store, const char *project,
	struct err *err)
{
	struct db_stmt *put;

	if (strcmp(store->id, project) == 0)
		return true;
	if (store->id[0] != '\0')
		return err_set(err, ERR_CONFLICT,
			_("'%s' is the store of another project"),
			store->path);
	put = db_prepare(store->db,
		"INSERT INTO meta (name, value) VALUES ('project', ?1)", err);
	if (put == NULL)
		return false;
	db_bind_text(put, 1, project);
	if (!db_run(put, err))
		return false;
	snprintf(store->id, sizeof store->id, "%s", project);
	return true;
}

bool store_log(struct store *store, const char *kind, const char *about,
	const char *text, struct err *err)
{
	struct db_stmt *add = db_prepare(store->db,
		"INSERT INTO log (at, kind, about, text)"
		" VALUES (?1, ?2, ?3, ?4)", err);
	char at[32];
	time_t now = time(NULL);
	struct tm parts;

	if (add == NULL)
		return false;
	gmtime_r(&now, &parts);
	strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", &parts);
	db_bind_text(add, 1, at);
	db_bind_text(add, 2, kind);
	db_bind_text(add, 3, about);
	db_bind_text(add, 4, text);
	return db_run(add, err);
}

/* --- rebuilding --- */

struct fact_row { int64_t id, content; bool is_manifest; };
typedef VEC(struct fact_row) fact_rows;

static bool load_manifest(struct store *store, const struct fact_row *row,
	struct manifest *manifest, struct err *err)
{
	struct str text = STR_INIT;
	bool ok = content_get(store, row->content, BUNDLE_MAX_MANIFEST, &text,
			err) &&
		manifest_parse(manifest, text.data, text.len, err);

	str_release(&text);
	return ok;
}

/* Its row only: which are trusted is told by all of them together. */
static bool rebuild_head(struct store *store, const struct fact_row *row,
	struct err *err)
{
	struct manifest manifest;
	bool ok;

	manifest_init(&manifest);
	ok = load_manifest(store, row, &manifest, err) &&
		derive_manifest(store, row->id, &manifest, err);
	manifest_release(&manifest);
	return ok;
}

static bool rebuild_manifest(struct store *store, const struct fact_row *row,
	struct touched *touched, struct err *err)
{
	struct manifest manifest;
	bool ok, trusted;

	if (!derive_is_trusted(store, row->id, &trusted, err))
		return false;
	if (!trusted)
		return true;
	manifest_init(&manifest);
	ok = load_manifest(store, row, &manifest, err) &&
		derive_entries(store, row->id, &manifest, touched, err);
	manifest_release(&manifest);
	return ok;
}

static bool load_facts(struct store *store, fact_rows *facts, struct err *err)
{
	struct db_stmt *walk = db_prepare(store->db,
		"SELECT f.id, f.content, f.kind FROM fact f"
		" JOIN content c ON c.id = f.content ORDER BY c.sha256", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct fact_row row = { db_int(walk, 0), db_int(walk, 1),
			strcmp(db_text(walk, 2), FACT_MANIFEST) == 0 };

		vec_push(facts, row);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

static bool rebuild_facts(struct store *store, struct touched *touched,
	struct err *err)
{
	fact_rows facts = { 0 };
	bool ok = load_facts(store, &facts, err), changed;

	for (size_t i = 0; ok && i < facts.n; i++)
		ok = facts.items[i].is_manifest ?
			rebuild_head(store, &facts.items[i], err) :
			derive_fact(store, facts.items[i].id, touched, err);
	ok = ok && judge_update(store, 0, &changed, err);
	for (size_t i = 0; ok && i < facts.n; i++)
		if (facts.items[i].is_manifest)
			ok = rebuild_manifest(store, &facts.items[i], touched,
				err);
	touched->trust = touched->anew = false;	/* done just now */
	vec_release(&facts);
	return ok;
}

bool store_derive_all(struct store *store, struct err *err)
{
	struct touched touched = { .forms = true };
	bool ok = tables_drop_all(store, err) &&
		db_exec(store->db, store_clear_derived, err) &&
		rebuild_facts(store, &touched, err) &&
		derive_finish(store, &touched, err);

	touched_release(&touched);
	return ok;
}

bool store_rebuild(struct store *store, struct err *err)
{
	bool ok = db_begin(store->db, err) && store_derive_all(store, err) &&
		store_log(store, "rebuild", "", NULL, err) &&
		db_commit(store->db, err);

	if (!ok)
		db_rollback(store->db);
	return ok;
}
