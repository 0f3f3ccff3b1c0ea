/* Manifests and their entries. */
#include "config.h"

#include "store/derive.h"

#include "base/gettext.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "store/content.h"
#include "store/derive_parts.h"
#include "store/fact.h"
#include "store/query.h"
#include "store/statement.h"
#include "store/store.h"

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
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
	derive_bind_hash(add, 5, manifest->previous);
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
	return derive_brought(store, fact, content, NULL, err);
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
	derive_bind_hash(find, 1, sha256);
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
		return derive_brought(store, fact, content, entry->finished, err);
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
