#include "config.h"

#include "store/derive.h"

#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "store/content.h"
#include "store/fact.h"
#include "store/graph.h"
#include "store/judge.h"
#include "store/store.h"
#include "store/tables.h"
#include "store/version.h"
#include "xform/xform.h"

void touched_release(struct touched *touched)
{
	vec_release(&touched->versions);
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
		" AND status = '" DEVICE_ACCEPTED "'))", err);

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

/* --- forms --- */

struct form_head { const char *id, *version, *title, *class_; };

static const struct xml_node *first_element(const struct xml_node *parent)
{
	return parent != NULL ? xml_child(parent, NULL, NULL, NULL) : NULL;
}

static const struct xml_node *step(const struct xml_node *parent,
	const char *name)
{
	return parent != NULL ? xml_child(parent, NULL, NULL, name) : NULL;
}

/* Only what names the form; whether it can be filled is not asked here. */
static bool read_form_head(struct xml_doc *doc, struct form_head *head)
{
	const struct xml_node *top = step(doc->root, "head");
	const struct xml_node *title = step(top, "title");
	const struct xml_node *root =
		first_element(step(step(top, "model"), "instance"));

	if (root == NULL)
		return false;
	head->id = xml_attribute(root, "", "id");
	if (head->id == NULL)
		head->id = root->ns;
	head->version = xf_version_of(root);
	head->class_ = or_empty(xml_attribute(root, NS_BAYAZ, "class"));
	head->title = title != NULL ? xml_text_of(title, doc->arena) : "";
	return head->id[0] != '\0';
}

static bool insert_form(struct store *store, int64_t content,
	const struct form_head *head, struct touched *touched, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO form (content, id, version, title, class)"
		" VALUES (?1, ?2, ?3, ?4, ?5)", err);

	if (add == NULL)
		return false;
	db_bind_int(add, 1, content);
	db_bind_text(add, 2, head->id);
	db_bind_text(add, 3, head->version);
	db_bind_text(add, 4, head->title);
	db_bind_text(add, 5, head->class_);
	if (!db_run(add, err))
		return false;
	if (touched != NULL && db_changes(store_db(store)) > 0)
		touched->forms = true;
	return true;
}

static bool derive_form(struct store *store, int64_t content,
	const struct str *bytes, struct touched *touched, struct err *err)
{
	struct form_head head;
	struct str own = STR_INIT;
	struct xml_doc *doc;
	bool ok = true;

	if (bytes == NULL) {
		ok = content_get(store, content, VERSION_MAX_BYTES, &own, err);
		bytes = &own;
	}
	if (ok) {
		doc = xml_parse(bytes->data, bytes->len, NULL,
			&xml_limits_form, err);
		/* what is no form is kept, and names nothing */
		if (doc == NULL)
			err_clear(err);
		else if (read_form_head(doc, &head))
			ok = insert_form(store, content, &head, touched, err);
		xml_free(doc);
	}
	str_release(&own);
	return ok;
}

static bool add_media(struct store *store, int64_t form, const char *name,
	const char *sha256, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO media (form, name, sha256)"
		" VALUES (?1, ?2, ?3)", err);

	if (add == NULL)
		return false;
	db_bind_int(add, 1, form);
	db_bind_text(add, 2, name);
	bind_hash(add, 3, sha256);
	return db_run(add, err);
}

static bool derive_form_entry(struct store *store,
	const struct manifest_entry *entry, int64_t content,
	const struct str *bytes, struct touched *touched, struct err *err)
{
	if (!derive_form(store, content, bytes, touched, err))
		return false;
	for (size_t i = 0; i < entry->n_files; i++)
		if (entry->files[i].sha256[0] != '\0' &&
				!add_media(store, content,
					entry->files[i].name,
					entry->files[i].sha256, err))
			return false;
	return true;
}

static bool derive_form_fact(struct store *store, const struct json *fact,
	struct err *err)
{
	const char *hex = js_get_text(fact, "sha256");
	const struct json *files = js_get(fact, "files");
	uint8_t sha256[SHA256_BYTES];
	int64_t content = 0;

	if (hex == NULL || !hex_decode(hex, sha256, sizeof sha256))
		return true;		/* of a format we do not know */
	if (!content_find(store, sha256, &content, err))
		return false;
	if (content == 0)
		return true;
	if (!derive_form(store, content, NULL, NULL, err))
		return false;
	for (size_t i = 0; i < js_size(files); i++) {
		const struct json *file = js_at(files, i);
		const char *name = js_get_text(file, "name");
		const char *file_hash = js_get_text(file, "sha256");

		if (name != NULL && file_hash != NULL &&
				sha256_is_hex(file_hash) &&
				!add_media(store, content, name, file_hash, err))
			return false;
	}
	return true;
}

bool derive_form_known(struct store *store, const char *form,
	const char *version, struct form_known *known, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT max(class = 'protected'), max(class = ''),"
		" max(version = ?2) FROM form WHERE id = ?1", err);
	enum db_result result;

	*known = (struct form_known){ false, false, false };
	if (find == NULL)
		return false;
	db_bind_text(find, 1, form);
	db_bind_text(find, 2, version);
	result = db_step(find, err);
	if (result == DB_ROW) {
		known->is_protected = db_int(find, 0) != 0;
		known->is_untagged = db_int(find, 1) != 0;
		known->known = db_int(find, 2) != 0;
	}
	db_reset(find);
	return result != DB_FAILED;
}

/* --- versions --- */

struct version_row {
	const char *form, *form_version, *instance, *deprecated, *problem;
	bool training;
};

static bool insert_version(struct store *store, int64_t content,
	const struct version_row *row, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT INTO version (id, form, form_version, instance,"
		" deprecated, training, problem)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", err);

	if (add == NULL)
		return false;
	db_bind_int(add, 1, content);
	db_bind_text(add, 2, row->form);
	db_bind_text(add, 3, row->form_version);
	db_bind_text(add, 4, row->instance);
	db_bind_text(add, 5, row->deprecated);
	db_bind_int(add, 6, row->training);
	db_bind_text(add, 7, row->problem);
	return db_run(add, err);
}

/* The bytes decide what a record is; a manifest that says otherwise is marked
 * as a problem. */
static bool add_version(struct store *store, int64_t content,
	const struct str *bytes, struct err *err)
{
	struct version_row row = { "", "", "", "", "xml", false };
	struct version_head head;
	struct str own = STR_INIT;
	struct xml_doc *doc = NULL;
	bool ok = true;

	if (bytes == NULL) {
		ok = content_get(store, content, VERSION_MAX_BYTES, &own, err);
		bytes = &own;
	}
	if (ok)
		doc = version_read(bytes->data, bytes->len, &head, err);
	if (doc != NULL) {
		row = (struct version_row){ head.form, head.form_version,
			head.instance, head.deprecated, "", head.training };
	} else if (ok) {
		err_clear(err);
	}
	ok = ok && insert_version(store, content, &row, err);
	xml_free(doc);
	str_release(&own);
	return ok;
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

/* Marks stay once they are set, so it does not matter which manifest came
 * first. */
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

static bool derive_record(struct store *store, int64_t fact,
	const struct manifest_entry *entry, int64_t content,
	const struct str *bytes, struct touched *touched, struct err *err)
{
	bool known, changed = false, training;

	if (!has_version(store, content, &known, err) ||
			(!known && !add_version(store, content, bytes, err)) ||
			!add_brought(store, fact, content, entry->finished,
				err) ||
			!add_priors(store, content, entry, &changed, err) ||
			!add_attachments(store, content, entry, err) ||
			!mark_version(store, fact, content, entry, &training,
				err) ||
			(known && training &&
				!forget_current(store, content, err)))
		return false;
	if (known)
		touched->n_versions_known++;
	else
		touched->n_versions_new++;
	if (!known || changed || training)
		vec_push(&touched->versions, content);
	return true;
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

bool derive_entry(struct store *store, int64_t fact,
	const struct manifest_entry *entry, int64_t content,
	const struct str *bytes, struct touched *touched, struct err *err)
{
	switch (entry->kind) {
	case ENTRY_RECORD:
		return derive_record(store, fact, entry, content, bytes,
			touched, err);
	case ENTRY_FORM:
		return derive_form_entry(store, entry, content, bytes,
			touched, err);
	case ENTRY_SEALED:
	case ENTRY_DELETION:
		return derive_sealed(store, fact, entry, content, touched,
			err);
	default:
		return true;		/* kept, and means nothing yet */
	}
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

bool derive_fact(struct store *store, int64_t fact, struct err *err)
{
	struct fact_read read = { .text = STR_INIT };
	struct json *json = NULL;
	bool ok = read_fact(store, fact, &read, err), counts = false;

	if (ok && strcmp(read.kind, FACT_FORM) == 0)
		ok = fact_counts(store, &read, ROLE_MERGE | ROLE_PUBLISH,
			&counts, err);
	if (ok && counts) {
		json = js_parse(read.text.data, read.text.len, err);
		ok = json != NULL && derive_form_fact(store, json, err);
		js_free(json);
	}
	str_release(&read.text);
	return ok;
}

static bool write_record(void *context, int64_t record, struct err *err)
{
	return tables_write(context, record, err);
}

static bool remove_record(void *context, int64_t record, struct err *err)
{
	return tables_remove(context, record, err);
}

bool derive_finish(struct store *store, struct touched *touched,
	struct err *err)
{
	struct tables *tables;
	bool ok;

	if (touched->forms && !tables_update_layouts(store, err))
		return false;
	tables = tables_open(store);
	ok = graph_update(store, touched->versions.items, touched->versions.n,
		remove_record, write_record, tables, err);
	touched->n_missing += tables_n_missing(tables);
	tables_close(tables);
	return ok;
}
