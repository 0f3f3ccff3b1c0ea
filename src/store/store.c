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
#include "store/schema.h"
#include "store/tables.h"
#include "trust/project.h"

struct store {
	struct db *db;
	char *path;
	char id[TRUST_ID_BYTES];
	char name[TRUST_NAME_BYTES];
	bool training, refuse_untagged;
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

static bool load_project(struct store *store, int64_t content,
	struct err *err)
{
	struct trust_project project;
	struct str text = STR_INIT;
	bool ok = content_get(store, content, SIGNED_MAX_BYTES, &text, err) &&
		trust_project_parse(text.data, text.len, &project, err);

	str_release(&text);
	if (!ok)
		return false;
	snprintf(store->name, sizeof store->name, "%s", project.name);
	store->training = project.training;
	store->refuse_untagged = project.policy.refuse_untagged;
	return true;
}

bool store_read_project(struct store *store, struct err *err)
{
	struct db_stmt *find = db_prepare(store->db,
		"SELECT f.content FROM fact f JOIN content c ON c.id = f.content"
		" WHERE f.kind = '" FACT_PROJECT "' ORDER BY c.sha256 DESC", err);
	enum db_result result;
	int64_t content = 0;

	if (find == NULL)
		return false;
	result = db_step(find, err);
	if (result == DB_ROW)
		content = db_int(find, 0);
	db_reset(find);
	return result != DB_FAILED &&
		(content == 0 || load_project(store, content, err));
}

struct store *store_open(const char *path, unsigned flags, struct err *err)
{
	unsigned how = (flags & STORE_READ_ONLY) ? DB_READ_ONLY :
		(flags & STORE_CREATE) ? DB_CREATE : 0;
	struct store *store;

	if (!(flags & STORE_CREATE) && !file_exists(path)) {
		err_set(err, ERR_NOTFOUND, _("there is no store '%s'"), path);
		return NULL;
	}
	store = xcalloc(1, sizeof *store);
	store->path = xstrdup(path);
	store->db = db_open(path, how, err);
	if (store->db != NULL && db_migrate(store->db, STORE_APPLICATION_ID,
			store_steps, store_n_steps, err) &&
			read_meta(store, err) &&
			store_read_project(store, err))
		return store;
	store_close(store);
	return NULL;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	db_close(store->db);
	free(store->path);
	free(store);
}

struct db *store_db(struct store *store)
{
	return store->db;
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

bool store_refuses_untagged(const struct store *store)
{
	return store->refuse_untagged;
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

static bool rebuild_entries(struct store *store, int64_t fact,
	const struct manifest *manifest, struct touched *touched,
	struct err *err)
{
	for (size_t i = 0; i < manifest->entries.n; i++) {
		const struct manifest_entry *entry = &manifest->entries.items[i];
		uint8_t sha256[SHA256_BYTES];
		int64_t content = 0;

		if (!hex_decode(entry->sha256, sha256, sizeof sha256) ||
				!content_find(store, sha256, &content, err))
			return false;
		if (content == 0)
			return err_set(err, ERR_SPEC,
				_("'%s' is damaged: bytes of a bundle are missing"),
				store->path);
		if (!derive_entry(store, fact, entry, content, NULL, touched,
				err))
			return false;
	}
	return true;
}

static bool rebuild_manifest(struct store *store, int64_t fact,
	int64_t content, struct touched *touched, struct err *err)
{
	struct manifest manifest;
	struct str text = STR_INIT;
	bool ok;

	manifest_init(&manifest);
	ok = content_get(store, content, BUNDLE_MAX_MANIFEST, &text, err) &&
		manifest_parse(&manifest, text.data, text.len, err) &&
		derive_manifest(store, fact, &manifest, err) &&
		rebuild_entries(store, fact, &manifest, touched, err);
	manifest_release(&manifest);
	str_release(&text);
	return ok;
}

struct fact_row { int64_t id, content; bool is_manifest; };

static bool rebuild_facts(struct store *store, struct touched *touched,
	struct err *err)
{
	struct db_stmt *walk = db_prepare(store->db,
		"SELECT f.id, f.content, f.kind FROM fact f"
		" JOIN content c ON c.id = f.content ORDER BY c.sha256", err);
	VEC(struct fact_row) facts = { 0 };
	enum db_result result;
	bool ok;

	if (walk == NULL)
		return false;
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct fact_row row = { db_int(walk, 0), db_int(walk, 1),
			strcmp(db_text(walk, 2), FACT_MANIFEST) == 0 };

		vec_push(&facts, row);
	}
	db_reset(walk);
	ok = result != DB_FAILED;
	for (size_t i = 0; ok && i < facts.n; i++)
		ok = facts.items[i].is_manifest ?
			rebuild_manifest(store, facts.items[i].id,
				facts.items[i].content, touched, err) :
			derive_fact(store, facts.items[i].id, err);
	vec_release(&facts);
	return ok;
}

bool store_rebuild(struct store *store, struct err *err)
{
	struct touched touched = { .forms = true };
	bool ok = db_begin(store->db, err) &&
		tables_drop_all(store, err) &&
		db_exec(store->db, store_clear_derived, err) &&
		fact_derive_devices(store, err) &&
		rebuild_facts(store, &touched, err) &&
		derive_finish(store, &touched, err) &&
		store_log(store, "rebuild", "", NULL, err) &&
		db_commit(store->db, err);

	touched_release(&touched);
	if (!ok)
		db_rollback(store->db);
	return ok;
}
