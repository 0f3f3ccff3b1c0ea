/* Facts that people signed, and the versions that some of them made. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "store/content.h"
#include "store/derive_parts.h"
#include "store/erase.h"
#include "store/fact.h"
#include "store/judge.h"
#include "store/query.h"
#include "store/statement.h"
#include "store/store.h"
#include "store/version.h"
#include "xml/xml.h"

/* --- versions made at the centre --- */

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
bool derive_resolutions(struct store *store, struct touched *touched,
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
