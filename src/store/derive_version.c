/* Versions: what a record is, who brought it, what it was made from. */
#include "config.h"

#include <string.h>

#include "db/db.h"
#include "store/content.h"
#include "store/derive_parts.h"
#include "store/gate.h"
#include "store/store.h"
#include "store/version.h"
#include "xml/xml.h"

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

void derive_bind_hash(struct db_stmt *stmt, int at, const char *hex)
{
	uint8_t sha256[SHA256_BYTES];

	if (hex != NULL && hex_decode(hex, sha256, sizeof sha256))
		db_bind_blob(stmt, at, sha256, sizeof sha256);
	else
		db_bind_null(stmt, at);
}

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

bool derive_brought(struct store *store, int64_t fact, int64_t content,
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
		derive_bind_hash(add, 2, entry->priors[i]);
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
		derive_bind_hash(add, 3, entry->files[i].sha256);
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
	return derive_brought(store, fact, content, entry->finished, err) &&
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

bool derive_record(struct store *store, int64_t fact,
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
