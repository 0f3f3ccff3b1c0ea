#include "config.h"

#include "store/derive.h"

#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "store/content.h"
#include "store/erase.h"
#include "store/fact.h"
#include "store/findings.h"
#include "store/gate.h"
#include "store/graph.h"
#include "store/judge.h"
#include "store/query.h"
#include "store/reconcile.h"
#include "store/statement.h"
#include "store/store.h"
#include "store/tables.h"
#include "store/version.h"
#include "xform/xform.h"

static void close_finishing(struct touched *touched);

void touched_release(struct touched *touched)
{
	close_finishing(touched);
	gate_free(touched->gate);
	version_shelf_release(&touched->shelf);
	xml_reader_free(touched->reader);
	vec_release(&touched->versions);
	vec_release(&touched->resolutions);
}

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static void bind_hash(struct db_stmt *stmt, int at, const char *hex)
{
	uint8_t sha256[SHA256_BYTES];

	if (hex != NULL && hex_decode(hex, sha256, sizeof sha256))
		db_bind_blob(stmt, at, sha256, sizeof sha256);
	else
		db_bind_null(stmt, at);
}

static int64_t count_records(const struct manifest *manifest)
{
	int64_t n = 0;

	for (size_t i = 0; i < manifest->entries.n; i++)
		n += manifest->entries.items[i].kind == ENTRY_RECORD ||
			manifest->entries.items[i].kind == ENTRY_SEALED;
	return n;
}

/* Of a device that is revoked, or that nobody accepts, nothing is trusted
 * until judge_update() says so. */
bool derive_manifest(struct store *store, int64_t fact,
	const struct manifest *manifest, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO manifest (fact, device, name, sequence,"
		" previous, date, training, records, recipient, trusted)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, EXISTS"
		" (SELECT 1 FROM device WHERE key = ?2"
		" AND status = '" DEVICE_ACCEPTED "') AND NOT EXISTS"
		" (SELECT 1 FROM fact f JOIN content c ON c.id = f.content"
		" JOIN named n ON n.sha256 = c.sha256"
		" JOIN statement s ON s.fact = n.fact WHERE f.id = ?1"
		" AND s.kind = '" FACT_ASIDE "' AND s.force))", err);

	if (add == NULL)
		return false;
	db_bind_int(add, 1, fact);
	db_bind_text(add, 2, or_empty(manifest->device_key));
	db_bind_text(add, 3, or_empty(manifest->device_name));
	db_bind_int(add, 4, manifest->sequence);
	bind_hash(add, 5, manifest->previous);
	db_bind_text(add, 6, or_empty(manifest->date));
	db_bind_int(add, 7, manifest->training);
	db_bind_int(add, 8, count_records(manifest));
	db_bind_text(add, 9, or_empty(manifest->device_recipient));
	return db_run(add, err);
}

bool derive_is_trusted(struct store *store, int64_t fact, bool *trusted,
	struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT trusted FROM manifest WHERE fact = ?1", err);
	enum db_result result;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, fact);
	result = db_step(get, err);
	*trusted = result == DB_ROW && db_int(get, 0) != 0;
	db_reset(get);
	return result != DB_FAILED;
}

/* --- versions --- */

struct version_row {
	const char *form, *form_version, *instance, *deprecated, *problem;
	bool training;
};

/* Of a bundle of training all is training. */
static bool insert_version(struct store *store, int64_t fact, int64_t content,
	const struct version_row *row, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT INTO version (id, form, form_version, instance,"
		" deprecated, training, problem)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6 OR EXISTS (SELECT 1"
		" FROM manifest WHERE fact = ?8 AND training), ?7)", err);

	if (add == NULL)
		return false;
	db_bind_int(add, 1, content);
	db_lend_text(add, 2, row->form);
	db_lend_text(add, 3, row->form_version);
	db_lend_text(add, 4, row->instance);
	db_lend_text(add, 5, row->deprecated);
	db_bind_int(add, 6, row->training);
	db_lend_text(add, 7, row->problem);
	db_bind_int(add, 8, fact);
	return db_run(add, err);
}

static bool says_the_same(const struct version_head *head,
	const struct manifest_entry *entry)
{
	return strcmp(head->form, or_empty(entry->form_id)) == 0 &&
		strcmp(head->form_version, or_empty(entry->form_version)) ==
			0 &&
		strcmp(head->instance, or_empty(entry->instance_id)) == 0;
}

static bool read_parsed(struct store *store, int64_t content,
	const struct str *bytes, struct xml_reader **reader,
	struct version_parsed *parsed, struct err *err)
{
	struct str own = STR_INIT;
	bool ok = true;

	if (bytes == NULL) {
		ok = content_get(store, content, VERSION_MAX_BYTES, &own, err);
		bytes = &own;
	}
	if (*reader == NULL)
		*reader = xml_reader_new();
	if (ok)
		version_parse(bytes->data, bytes->len, *reader, parsed);
	str_release(&own);
	return ok;
}

/* The bytes decide what a record is; a manifest that says otherwise is marked
 * as a problem. */
static bool add_version(struct store *store, int64_t fact, int64_t content,
	const struct manifest_entry *entry, struct version_parsed *parsed,
	struct version_shelf *shelf, struct err *err)
{
	const struct version_head *head = &parsed->head;
	struct version_row row = { "", "", "", "", "xml", false };

	if (parsed->doc != NULL)
		row = (struct version_row){ head->form, head->form_version,
			head->instance, head->deprecated,
			says_the_same(head, entry) ? "" : "manifest",
			head->training };
	if (!insert_version(store, fact, content, &row, err))
		return false;
	version_shelve(shelf, content, parsed);
	return true;
}

static bool has_version(struct store *store, int64_t content, bool *has,
	struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT 1 FROM version WHERE id = ?1", err);
	enum db_result result;

	if (find == NULL)
		return false;
	db_bind_int(find, 1, content);
	result = db_step(find, err);
	*has = result == DB_ROW;
	db_reset(find);
	return result != DB_FAILED;
}

/* No bundle so far gave as early a date: the record may be past its horizon. */
static bool is_first_date(struct store *store, int64_t content,
	const char *finished, bool *is, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT 1 FROM brought WHERE content = ?1"
		" AND finished <> '' AND finished <= ?2", err);
	enum db_result result;

	if (find == NULL)
		return false;
	db_bind_int(find, 1, content);
	db_bind_text(find, 2, or_empty(finished));
	result = db_step(find, err);
	db_reset(find);
	*is = result == DB_DONE && !str_is_empty(finished);
	return result != DB_FAILED;
}

static bool add_brought(struct store *store, int64_t fact, int64_t content,
	const char *finished, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO brought (content, manifest, finished)"
		" VALUES (?1, ?2, ?3)", err);

	if (add == NULL)
		return false;
	db_bind_int(add, 1, content);
	db_bind_int(add, 2, fact);
	db_bind_text(add, 3, or_empty(finished));
	return db_run(add, err);
}

static bool add_priors(struct store *store, int64_t content,
	const struct manifest_entry *entry, bool *added, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO prior (version, sha256) VALUES (?1, ?2)",
		err);

	if (add == NULL)
		return false;
	for (size_t i = 0; i < entry->n_priors; i++) {
		if (strcmp(entry->priors[i], entry->sha256) == 0)
			continue;	/* a version is not its own prior */
		db_bind_int(add, 1, content);
		bind_hash(add, 2, entry->priors[i]);
		if (!db_run(add, err))
			return false;
		if (db_changes(store_db(store)) > 0)
			*added = true;
	}
	return true;
}

static bool add_attachments(struct store *store, int64_t content,
	const struct manifest_entry *entry, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO attachment (version, name, sha256)"
		" VALUES (?1, ?2, ?3)", err);

	if (add == NULL)
		return false;
	for (size_t i = 0; i < entry->n_files; i++) {
		if (entry->files[i].sha256[0] == '\0')
			continue;	/* the laptop never had it */
		db_bind_int(add, 1, content);
		db_bind_text(add, 2, entry->files[i].name);
		bind_hash(add, 3, entry->files[i].sha256);
		if (!db_run(add, err))
			return false;
	}
	return true;
}

/* Of a version that was here.  Marks stay once they are set, so it does not
 * matter which manifest came first. */
static bool mark_version(struct store *store, int64_t fact, int64_t content,
	const struct manifest_entry *entry, bool *training, struct err *err)
{
	struct db_stmt *mark = db_prepare(store_db(store),
		"UPDATE version SET problem = CASE WHEN problem = ''"
		" AND (form <> ?2 OR form_version <> ?3 OR instance <> ?4)"
		" THEN 'manifest' ELSE problem END WHERE id = ?1"
		" AND (form <> ?2 OR form_version <> ?3 OR instance <> ?4)",
		err);
	struct db_stmt *train = db_prepare(store_db(store),
		"UPDATE version SET training = 1 WHERE id = ?1"
		" AND training = 0 AND (SELECT training FROM manifest"
		" WHERE fact = ?2)", err);

	if (mark == NULL || train == NULL)
		return false;
	db_bind_int(mark, 1, content);
	db_bind_text(mark, 2, or_empty(entry->form_id));
	db_bind_text(mark, 3, or_empty(entry->form_version));
	db_bind_text(mark, 4, or_empty(entry->instance_id));
	if (!db_run(mark, err))
		return false;
	db_bind_int(train, 1, content);
	db_bind_int(train, 2, fact);
	if (!db_run(train, err))
		return false;
	*training = db_changes(store_db(store)) > 0;
	return true;
}

/* Its rows have to be written again even if its place in the graph stays. */
static bool forget_current(struct store *store, int64_t content,
	struct err *err)
{
	struct db_stmt *set = db_prepare(store_db(store),
		"UPDATE record SET current = 0 WHERE current = ?1", err);

	if (set == NULL)
		return false;
	db_bind_int(set, 1, content);
	return db_run(set, err);
}

/* What a manifest says of a version. */
static bool add_said(struct store *store, int64_t fact, int64_t content,
	const struct manifest_entry *entry, bool *changed, struct err *err)
{
	return add_brought(store, fact, content, entry->finished, err) &&
		add_priors(store, content, entry, changed, err) &&
		add_attachments(store, content, entry, err);
}

static bool derive_known(struct store *store, int64_t fact, int64_t content,
	const struct manifest_entry *entry, struct touched *touched,
	struct err *err)
{
	bool changed, training;

	if (!is_first_date(store, content, entry->finished, &changed, err) ||
			!add_said(store, fact, content, entry, &changed,
				err) ||
			!mark_version(store, fact, content, entry, &training,
				err) ||
			(training && !forget_current(store, content, err)))
		return false;
	touched->n_versions_known++;
	if (changed || training)
		vec_push(&touched->versions, content);
	return true;
}

static bool derive_new(struct store *store, int64_t fact, int64_t content,
	const struct manifest_entry *entry, struct version_parsed *parsed,
	struct touched *touched, struct err *err)
{
	bool changed, may = true;

	if (touched->gate == NULL)
		touched->gate = gate_new(store);
	if (parsed->doc != NULL && !gate_ask(touched->gate, parsed->head.form,
			parsed->head.form_version, parsed->doc->root, &may,
			err))
		return false;
	if (!may && !gate_note(store, content, err))
		return false;
	if (!add_version(store, fact, content, entry, parsed,
				&touched->shelf, err) ||
			!add_said(store, fact, content, entry, &changed, err))
		return false;
	touched->n_versions_new++;
	vec_push(&touched->versions, content);
	return true;
}

static bool derive_record(struct store *store, int64_t fact,
	const struct manifest_entry *entry, int64_t content,
	const struct derive_bytes *bytes, struct touched *touched,
	struct err *err)
{
	struct version_parsed own = { .is_parsed = false };
	struct version_parsed *parsed = bytes != NULL &&
		bytes->parsed != NULL ? bytes->parsed : &own;
	bool known, ok;

	if (!has_version(store, content, &known, err))
		return false;
	if (known)
		return derive_known(store, fact, content, entry, touched, err);
	ok = (parsed->is_parsed || read_parsed(store, content,
			bytes != NULL ? bytes->text : NULL, &touched->reader,
			parsed, err)) &&
		derive_new(store, fact, content, entry, parsed, touched, err);
	version_parsed_release(&own);
	return ok;
}

/* The bytes of a version by their hash; *content 0: they are not here. */
static bool read_version(struct store *store, const char *hex,
	int64_t *content, struct str *bytes, struct err *err)
{
	uint8_t sha256[SHA256_BYTES];

	*content = 0;
	return !hex_decode(hex, sha256, sizeof sha256) ||
		(content_find(store, sha256, content, err) &&
		(*content == 0 || content_get(store, *content,
			VERSION_MAX_BYTES, bytes, err)));
}

static void describe_files(struct manifest_entry *entry,
	const struct json *list, struct arena *arena)
{
	struct manifest_file *files = ARENA_ARRAY(arena, struct manifest_file,
		js_size(list) + 1);

	entry->files = files;
	for (size_t i = 0; i < js_size(list); i++) {
		const struct json *file = js_at(list, i);
		const char *name = js_get_text(file, "name");
		const char *hex = js_get_text(file, "sha256");

		if (name == NULL || hex == NULL || !sha256_is_hex(hex))
			continue;
		files[entry->n_files].name = name;
		snprintf(files[entry->n_files++].sha256, SHA256_HEX_BYTES,
			"%s", hex);
	}
}

/* As an entry of a manifest would tell it. */
static void describe_resolution(struct manifest_entry *entry,
	const struct version_head *head, const struct json *json,
	struct arena *arena)
{
	const struct json *versions = js_get(json, "versions");
	char (*priors)[SHA256_HEX_BYTES] = arena_alloc(arena,
		(js_size(versions) + 1) * sizeof *priors);

	entry->form_id = head->form;
	entry->form_version = head->form_version;
	entry->instance_id = head->instance;
	entry->finished = js_get_text(json, "finished");
	entry->priors = (const char (*)[SHA256_HEX_BYTES])priors;
	for (size_t i = 0; i < js_size(versions); i++) {
		const char *hex = js_text(js_at(versions, i));

		if (hex != NULL && sha256_is_hex(hex))
			memcpy(priors[entry->n_priors++], hex,
				SHA256_HEX_BYTES);
	}
	describe_files(entry, js_get(json, "files"), arena);
}

/* A statement that a version was made at the centre: the version. */
static bool derive_resolution(struct store *store, int64_t fact,
	const struct json *json, struct touched *touched, struct err *err)
{
	const char *hex = js_get_text(json, "version");
	struct manifest_entry entry = { .kind = ENTRY_RECORD };
	struct version_head head;
	struct str bytes = STR_INIT;
	struct xml_doc *doc = NULL;
	int64_t content;
	bool ok = read_version(store, hex, &content, &bytes, err);

	if (ok && content != 0) {
		doc = version_read(bytes.data, bytes.len, &head, err);
		if (doc == NULL)
			err_clear(err);	/* not a record: it means nothing */
	}
	if (doc != NULL) {
		snprintf(entry.sha256, sizeof entry.sha256, "%s", hex);
		describe_resolution(&entry, &head, json, doc->arena);
		ok = derive_record(store, fact, &entry, content,
			&(struct derive_bytes){ &bytes, NULL }, touched, err);
	}
	xml_free(doc);
	str_release(&bytes);
	return ok;
}

static bool derive_sealed(struct store *store, int64_t fact,
	const struct manifest_entry *entry, int64_t content,
	struct touched *touched, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO sealed (id, kind, class)"
		" VALUES (?1, ?2, ?3)", err);

	if (add == NULL)
		return false;
	db_bind_int(add, 1, content);
	db_bind_text(add, 2, entry_kind_name(entry->kind));
	db_bind_text(add, 3, or_empty(entry->class_));
	if (!db_run(add, err))
		return false;
	if (db_changes(store_db(store)) > 0)
		touched->n_sealed_new++;
	return add_brought(store, fact, content, NULL, err);
}

/* Does a form wait for this file? */
static bool note_media(struct store *store, const char *sha256,
	struct touched *touched, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT 1 FROM media WHERE sha256 = ?1", err);
	enum db_result result;

	if (find == NULL)
		return false;
	bind_hash(find, 1, sha256);
	result = db_step(find, err);
	db_reset(find);
	touched->forms = touched->forms || result == DB_ROW;
	return result != DB_FAILED;
}

/* What was erased came once, and that is all. */
static bool derive_erased(struct store *store, int64_t fact,
	const struct manifest_entry *entry, int64_t content,
	struct touched *touched, struct err *err)
{
	switch (entry->kind) {
	case ENTRY_RECORD:
		return add_brought(store, fact, content, entry->finished, err);
	case ENTRY_SEALED:
	case ENTRY_DELETION:
		return derive_sealed(store, fact, entry, content, touched,
			err);
	default:
		return true;
	}
}

static bool is_erased(struct store *store, const char *hex,
	struct touched *touched, bool *is, struct err *err)
{
	uint8_t sha256[SHA256_BYTES];
	struct content_slot slot = { 0, false };

	if (!touched->looks_for_erased && !content_any_erased(store,
			&touched->some_erased, err))
		return false;
	touched->looks_for_erased = true;
	if (touched->some_erased && (!hex_decode(hex, sha256, sizeof sha256) ||
			!content_slot(store, sha256, &slot, err)))
		return false;
	*is = slot.is_erased;
	return true;
}

bool derive_entry(struct store *store, int64_t fact,
	const struct manifest_entry *entry, int64_t content,
	const struct derive_bytes *bytes, struct touched *touched,
	struct err *err)
{
	const struct str *text = bytes != NULL ? bytes->text : NULL;
	bool erased;

	if (!is_erased(store, entry->sha256, touched, &erased, err))
		return false;
	if (erased)
		return derive_erased(store, fact, entry, content, touched,
			err);
	switch (entry->kind) {
	case ENTRY_RECORD:
		return derive_record(store, fact, entry, content, bytes,
			touched, err);
	case ENTRY_FORM:
		return derive_form_entry(store, entry, content, text,
			touched, err);
	case ENTRY_SEALED:
	case ENTRY_DELETION:
		return derive_sealed(store, fact, entry, content, touched,
			err);
	case ENTRY_FILE:
		return note_media(store, entry->sha256, touched, err);
	case ENTRY_QUERY:
		return query_derive_answer(store, fact, content, text, err);
	default:
		return true;		/* kept, and means nothing yet */
	}
}

bool derive_entries(struct store *store, int64_t fact,
	const struct manifest *manifest, struct touched *touched,
	struct err *err)
{
	for (size_t i = 0; i < manifest->entries.n; i++) {
		const struct manifest_entry *entry = &manifest->entries.items[i];
		uint8_t sha256[SHA256_BYTES];
		struct content_slot slot;

		if (!hex_decode(entry->sha256, sha256, sizeof sha256) ||
				!content_slot(store, sha256, &slot, err))
			return false;
		if (slot.id == 0)
			return err_set(err, ERR_SPEC,
				_("'%s' is damaged: bytes of a bundle are missing"),
				store_path(store));
		if (!derive_entry(store, fact, entry, slot.id, NULL, touched,
				err))
			return false;
	}
	return true;
}

/* --- facts --- */

struct fact_read {
	char kind[32], signer[MINISIGN_PUBLIC_TEXT], sha256[SHA256_HEX_BYTES];
	struct str text;
};

static bool read_fact(struct store *store, int64_t fact,
	struct fact_read *read, struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT f.kind, f.content, f.signer, c.sha256 FROM fact f"
		" JOIN content c ON c.id = f.content WHERE f.id = ?1", err);
	enum db_result result;
	int64_t content = 0;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, fact);
	result = db_step(get, err);
	if (result == DB_ROW) {
		size_t n;
		const void *hash = db_blob(get, 3, &n);

		snprintf(read->kind, sizeof read->kind, "%s", db_text(get, 0));
		snprintf(read->signer, sizeof read->signer, "%s",
			db_text(get, 2));
		hex_encode(hash, n < 32 ? n : 32, read->sha256);
		content = db_int(get, 1);
	}
	db_reset(get);
	return result == DB_ROW && content_get(store, content,
		BUNDLE_MAX_MANIFEST, &read->text, err);
}

/* Said by somebody who may? */
static bool fact_counts(struct store *store, const struct fact_read *read,
	unsigned roles, bool *counts, struct err *err)
{
	struct judge judge;
	bool ok = judge_load(store, &judge, err);

	*counts = ok && judge_counts(&judge, read->signer, read->sha256,
		roles);
	judge_release(&judge);
	return ok;
}

/* What takes a statement back needs the role for what it takes back. */
static unsigned roles_for(const char *kind, const struct json *json)
{
	const char *of = js_get_text(json, "of");

	if (strcmp(kind, FACT_FORM) == 0)
		return ROLE_MERGE | ROLE_PUBLISH;
	if (query_is_kind(kind))
		return ROLE_REVIEW;
	if (strcmp(kind, FACT_ERASED) == 0)
		return erase_roles(json);
	if (strcmp(kind, FACT_BACK) == 0)
		return of != NULL ? statement_roles(of) : 0;
	return statement_roles(kind);
}

static bool is_of_format(const struct json *json)
{
	return js_get_int(json, "format", 0) == 1;
}

bool derive_fact(struct store *store, int64_t fact, struct touched *touched,
	struct err *err)
{
	struct fact_read read = { .text = STR_INIT };
	struct json *json = NULL;
	bool ok = read_fact(store, fact, &read, err), counts = false;
	bool is_form = ok && strcmp(read.kind, FACT_FORM) == 0;

	if (ok && (is_form || statement_roles(read.kind) != 0 ||
			query_is_kind(read.kind))) {
		json = js_parse(read.text.data, read.text.len, err);
		ok = json != NULL && fact_counts(store, &read,
			roles_for(read.kind, json), &counts, err);
	}
	if (ok && json != NULL && is_form)
		ok = !counts || derive_form_fact(store, json, touched, err);
	else if (ok && json != NULL && is_of_format(json))
		ok = query_is_kind(read.kind) ? query_derive(store, fact,
				read.kind, read.sha256, json, counts, err) :
			statement_derive(store, fact, read.kind, read.sha256,
			json, counts, touched, err);
	js_free(json);
	str_release(&read.text);
	return ok;
}

/* One that another statement took back meanwhile means nothing. */
static bool finish_resolutions(struct store *store, struct touched *touched,
	struct err *err)
{
	bool ok = true, force;

	for (size_t i = 0; ok && i < touched->resolutions.n; i++) {
		int64_t fact = touched->resolutions.items[i];
		struct fact_read read = { .text = STR_INIT };
		struct json *json = NULL;

		ok = statement_is_in_force(store, fact, &force, err) &&
			read_fact(store, fact, &read, err);
		if (ok && force) {
			json = js_parse(read.text.data, read.text.len, err);
			ok = json != NULL && derive_resolution(store, fact,
				json, touched, err);
		}
		js_free(json);
		str_release(&read.text);
	}
	return ok;
}

/* What is open while records are written. */
struct finishing {
	struct reconciler *reconciler;
	struct tables *tables;
	struct finder *finder;
	int64_t n_records;		/* more than before */
};

static bool open_finishing(struct store *store, struct touched *touched,
	struct err *err)
{
	struct finishing *f = touched->finishing;

	if (f != NULL)
		return true;
	f = touched->finishing = xcalloc(1, sizeof *f);
	f->reconciler = reconciler_new(store);
	f->tables = tables_open(store, &touched->shelf);
	f->finder = finder_open(store, f->reconciler, err);
	return f->finder != NULL;
}

static void close_finishing(struct touched *touched)
{
	struct finishing *f = touched->finishing;

	if (f == NULL)
		return;
	touched->n_missing += tables_n_missing(f->tables);
	finder_close(f->finder);
	tables_close(f->tables);
	reconciler_free(f->reconciler);
	free(f);
	touched->finishing = NULL;
}

static bool write_record(void *context, int64_t record, enum graph_how how,
	struct err *err)
{
	struct finishing *f = context;

	f->n_records += how != GRAPH_KNOWN;
	return (how == GRAPH_PLAIN || reconcile(f->reconciler, record, err)) &&
		tables_write(f->tables, record, how == GRAPH_KNOWN, err) &&
		finder_note(f->finder, record, err);
}

static bool remove_record(void *context, int64_t record, enum graph_how how,
	struct err *err)
{
	struct finishing *f = context;

	(void)how;
	f->n_records--;
	return reconcile_forget(reconciler_store(f->reconciler), record,
			err) &&
		tables_remove(f->tables, record, err) &&
		finder_forget(f->finder, record, err);
}

/* Records with several heads are joined by what their form says. */
static bool touch_joined(struct store *store, struct touched *touched,
	struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT current FROM record WHERE heads > 1", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	while ((result = db_step(walk, err)) == DB_ROW) {
		int64_t current = db_int(walk, 0);

		vec_push(&touched->versions, current);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

static bool add_total(struct store *store, const char *name, int64_t n,
	struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"UPDATE total SET n = n + ?2 WHERE name = ?1", err);

	if (add == NULL)
		return false;
	db_bind_text(add, 1, name);
	db_bind_int(add, 2, n);
	return db_run(add, err);
}

/* Counting rows takes the longer the more there are. */
static bool add_totals(struct store *store, struct touched *touched,
	struct err *err)
{
	struct finishing *f = touched->finishing;
	bool ok = add_total(store, "version", (int64_t)
			(touched->n_versions_new - touched->n_versions_counted),
			err) &&
		add_total(store, "record", f->n_records, err);

	touched->n_versions_counted = touched->n_versions_new;
	f->n_records = 0;
	return ok;
}

static bool finish_records(struct store *store, struct touched *touched,
	struct err *err)
{
	bool ok = open_finishing(store, touched, err) &&
		graph_update(store, touched->versions.items,
			touched->versions.n, remove_record, write_record,
			touched->finishing, err) &&
		add_totals(store, touched, err);

	touched->versions.n = 0;
	version_shelf_clear(&touched->shelf);
	return ok;
}

bool derive_some(struct store *store, struct touched *touched,
	struct err *err)
{
	if (!version_shelf_is_full(&touched->shelf) || touched->forms ||
			touched->rules || touched->trust || touched->anew ||
			touched->resolutions.n > 0)
		return true;
	return finish_records(store, touched, err);
}

bool derive_finish(struct store *store, struct touched *touched,
	struct err *err)
{
	bool changed = false, ok;

	if (touched->trust && !judge_update(store, 0, &changed, err))
		return false;
	if (changed || touched->anew)
		return store_derive_all(store, err);
	if (!finish_resolutions(store, touched, err))
		return false;
	if (touched->forms) {
		close_finishing(touched);
		if (!tables_update_layouts(store, err) ||
				!touch_joined(store, touched, err))
			return false;
	}
	ok = finish_records(store, touched, err) &&
		finder_finish(touched->finishing->finder,
			touched->forms || touched->rules, err);
	close_finishing(touched);
	return ok;
}
