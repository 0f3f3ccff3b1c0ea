#include "config.h"

#include "store/fact.h"

#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "bundle/format.h"
#include "db/db.h"
#include "store/content.h"
#include "store/derive.h"
#include "store/judge.h"
#include "store/say.h"
#include "store/store.h"
#include "trust/cert.h"
#include "trust/project.h"

static bool insert(struct store *store, const char *kind, int64_t content,
	const char *signer, const char *signature, int64_t *id, bool *is_new,
	struct err *err)
{
	/* One statement may have been signed more than once; which signature
	 * is kept must not depend on which came first. */
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT INTO fact (kind, content, signer, signature)"
		" VALUES (?1, ?2, ?3, ?4) ON CONFLICT (content) DO UPDATE"
		" SET signer = excluded.signer, signature = excluded.signature"
		" WHERE (excluded.signer, excluded.signature)"
		" < (signer, signature)", err);
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT id FROM fact WHERE content = ?1", err);
	enum db_result result;

	if (add == NULL || find == NULL)
		return false;
	db_bind_int(find, 1, content);
	result = db_step(find, err);
	*is_new = result == DB_DONE;
	db_reset(find);
	if (result == DB_FAILED)
		return false;
	db_bind_text(add, 1, kind);
	db_bind_int(add, 2, content);
	db_bind_text(add, 3, signer);
	db_bind_text(add, 4, signature);
	if (!db_run(add, err))
		return false;
	db_bind_int(find, 1, content);
	result = db_step(find, err);
	if (result == DB_ROW)
		*id = db_int(find, 0);
	db_reset(find);
	return result == DB_ROW;
}

/* A statement that names its signer counts with that signature only. */
static bool check_signer(const struct trust_signed *text,
	const struct minisign_public *signer, struct err *err)
{
	struct json *fact = js_parse(text->document.data, text->document.len,
		NULL);
	const char *named = js_get_text(fact, "signer");
	char key[MINISIGN_PUBLIC_TEXT];
	bool ok;

	minisign_public_format(signer, key);
	ok = named == NULL || strcmp(named, key) == 0 ||
		err_set(err, ERR_CRYPTO,
			_("a statement is signed by another than it names"));
	js_free(fact);
	return ok;
}

static bool add_hashed(struct store *store, const char *kind,
	const struct trust_signed *text, const uint8_t sha256[SHA256_BYTES],
	const struct minisign_public *signer, int64_t *id, bool *is_new,
	struct err *err)
{
	char key[MINISIGN_PUBLIC_TEXT];
	int64_t content, fact = 0;
	bool fresh = false;

	minisign_public_format(signer, key);
	if (!content_put(store, sha256, text->document.data,
			text->document.len, &content, NULL, err) ||
			!insert(store, kind, content, key,
				text->signature.data, &fact, &fresh, err))
		return false;
	if (id != NULL)
		*id = fact;
	if (is_new != NULL)
		*is_new = fresh;
	return true;
}

bool fact_add_manifest(struct store *store, const struct trust_signed *text,
	const char *sha256_hex, const struct minisign_public *signer,
	int64_t *id, bool *is_new, struct err *err)
{
	uint8_t sha256[SHA256_BYTES];

	if (!hex_decode(sha256_hex, sha256, sizeof sha256))
		return err_set(err, ERR_SPEC, _("an entry has no hash"));
	return trust_signed_check(text, signer, err) && add_hashed(store,
		FACT_MANIFEST, text, sha256, signer, id, is_new, err);
}

bool fact_add(struct store *store, const char *kind,
	const struct trust_signed *text, const struct minisign_public *signer,
	int64_t *id, bool *is_new, struct err *err)
{
	uint8_t sha256[SHA256_BYTES];

	if (!trust_signed_check(text, signer, err) ||
			(strcmp(kind, FACT_MANIFEST) != 0 &&
				!check_signer(text, signer, err)))
		return false;
	sha256_bytes(text->document.data, text->document.len, sha256);
	return add_hashed(store, kind, text, sha256, signer, id, is_new, err);
}

bool fact_get(struct store *store, const char sha256[SHA256_HEX_BYTES],
	struct trust_signed *text, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT f.content, f.signature FROM fact f"
		" JOIN content c ON c.id = f.content WHERE c.sha256 = ?1", err);
	uint8_t hash[SHA256_BYTES];
	enum db_result result;
	int64_t content = 0;

	if (find == NULL || !hex_decode(sha256, hash, sizeof hash))
		return false;
	db_bind_blob(find, 1, hash, sizeof hash);
	result = db_step(find, err);
	if (result == DB_ROW) {
		content = db_int(find, 0);
		str_clear(&text->signature);
		str_add(&text->signature, db_text(find, 1));
	}
	db_reset(find);
	if (result != DB_ROW)
		return result == DB_DONE && err_set(err, ERR_NOTFOUND,
			_("the store has no statement %s"), sha256);
	str_clear(&text->document);
	return content_get(store, content, BUNDLE_MAX_MANIFEST,
		&text->document, err);
}

bool fact_add_project(struct store *store, const struct trust_signed *text,
	struct err *err)
{
	struct trust_project project;

	return trust_project_check(text, &project, err) &&
		store_set_project(store, project.id, err) &&
		fact_add(store, FACT_PROJECT, text, &project.key, NULL, NULL,
			err) &&
		store_read_project(store, err);
}

bool fact_derive_devices(struct store *store, struct err *err)
{
	bool changed;

	return judge_update(store, 0, &changed, err) &&
		(!changed || store_derive_all(store, err));
}

/* What others signed may count now, or not any more. */
static bool rejudge(struct store *store, bool is_new, const char *signer,
	struct err *err)
{
	struct db_stmt *find;
	enum db_result result;

	if (!is_new)
		return true;
	find = db_prepare(store_db(store),
		"SELECT 1 FROM fact WHERE signer = ?1 AND kind NOT IN ('"
		FACT_MANIFEST "', '" FACT_PROJECT "', '" FACT_CERTIFICATE "', '"
		FACT_WITHDRAWN "', '" FACT_ACCEPTED "', '" FACT_REVOKED "')",
		err);
	if (find == NULL)
		return false;
	db_bind_text(find, 1, signer);
	result = db_step(find, err);
	db_reset(find);
	if (result == DB_FAILED)
		return false;
	return result == DB_ROW ? store_derive_all(store, err) :
		fact_derive_devices(store, err);
}

bool fact_add_certificate(struct store *store,
	const struct trust_signed *text, struct err *err)
{
	char key[MINISIGN_PUBLIC_TEXT];
	struct trust_project project;
	struct trust_cert cert;
	bool fresh;

	if (!judge_project(store, &project, err) ||
			!trust_cert_check(text, &project, &cert, err) ||
			!fact_add(store, FACT_CERTIFICATE, text, &project.key,
				NULL, &fresh, err))
		return false;
	minisign_public_format(&cert.key, key);
	return rejudge(store, fresh, key, err);
}

enum { KEEPS_MAX = 10000 };		/* a statement has 1 MiB at most */

/* All that a store has said up to now. */
static bool add_said(struct store *store, const char *key, struct json *hashes,
	struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT c.sha256 FROM fact f JOIN content c ON c.id = f.content"
		" WHERE f.signer = ?1 ORDER BY c.sha256", err);
	char hex[SHA256_HEX_BYTES];
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, key);
	while ((result = db_step(walk, err)) == DB_ROW) {
		size_t n;
		const void *bytes = db_blob(walk, 0, &n);

		hex_encode(bytes, n < 32 ? n : 32, hex);
		js_add(hashes, js_new_text(hex));
	}
	db_reset(walk);
	return result != DB_FAILED;
}

bool fact_withdraw_certificate(struct store *store,
	const struct minisign_key *project_key, const char *key,
	struct trust_signed *said, struct err *err)
{
	struct json *fact = say_new(store, FACT_WITHDRAWN,
		project_key);
	struct json *keeps = js_new_array();
	bool ok = add_said(store, key, keeps, err), fresh;

	if (ok && js_size(keeps) > KEEPS_MAX)
		ok = err_set(err, ERR_LIMIT,
			_("that store has said more than %d things, which one "
			  "statement cannot keep"), KEEPS_MAX);
	js_put_text(fact, "key", key);
	js_put(fact, "keeps", keeps);
	if (!ok) {
		js_free(fact);
		return false;
	}
	return say(store, FACT_WITHDRAWN, fact, project_key, said, &fresh,
			NULL, err) &&
		rejudge(store, fresh, key, err);
}

bool fact_add_withdrawal(struct store *store,
	const struct trust_signed *text, struct err *err)
{
	struct trust_project project;
	struct json *fact = NULL;
	bool fresh, ok;

	ok = judge_project(store, &project, err) &&
		fact_add(store, FACT_WITHDRAWN, text, &project.key, NULL,
			&fresh, err);
	if (ok)
		fact = js_parse(text->document.data, text->document.len, err);
	ok = fact != NULL && rejudge(store, fresh,
		js_get_text(fact, "key") != NULL ?
			js_get_text(fact, "key") : "", err);
	js_free(fact);
	return ok;
}

/* A statement about a device that replaces those of the other kind. */
static struct json *about_device(struct store *store, const char *kind,
	const struct minisign_key *key, const char *device_key,
	bool replaces_revoked, struct err *err)
{
	struct json *fact = say_new(store, kind, key);
	struct json *hashes = js_new_array();
	bool ok = judge_in_force(store, device_key, replaces_revoked, hashes,
		err);

	js_put_text(fact, "device", device_key);
	js_put(fact, "replaces", hashes);
	if (ok)
		return fact;
	js_free(fact);
	return NULL;
}

bool fact_accept_device(struct store *store, const struct minisign_key *key,
	const char *device_key, struct err *err)
{
	struct json *fact = about_device(store, FACT_ACCEPTED, key,
		device_key, true, err);

	return fact != NULL && say(store, FACT_ACCEPTED, fact, key, NULL, NULL,
			NULL, err) &&
		fact_derive_devices(store, err);
}

/* The ends of its chain up to that number: more than one where bundles are
 * missing or the chain forks. */
static bool add_ends(struct store *store, const char *device_key,
	int64_t last, struct json *hashes, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT c.sha256 FROM manifest m JOIN fact f ON f.id = m.fact"
		" JOIN content c ON c.id = f.content"
		" WHERE m.device = ?1 AND m.sequence <= ?2 AND NOT EXISTS"
		" (SELECT 1 FROM manifest n WHERE n.device = ?1"
		" AND n.sequence <= ?2 AND n.previous = c.sha256)"
		" ORDER BY c.sha256", err);
	char hex[SHA256_HEX_BYTES];
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, device_key);
	db_bind_int(walk, 2, last);
	while ((result = db_step(walk, err)) == DB_ROW) {
		size_t n;
		const void *bytes = db_blob(walk, 0, &n);

		hex_encode(bytes, n < 32 ? n : 32, hex);
		js_add(hashes, js_new_text(hex));
	}
	db_reset(walk);
	return result != DB_FAILED;
}

bool fact_revoke_device(struct store *store, const struct minisign_key *key,
	const char *device_key, int64_t last, struct trust_signed *said,
	struct err *err)
{
	struct json *fact = about_device(store, FACT_REVOKED, key,
		device_key, false, err);
	struct json *trusted = js_new_array();

	if (fact == NULL || !add_ends(store, device_key, last, trusted, err)) {
		js_free(fact);
		js_free(trusted);
		return false;
	}
	js_put(fact, "trusted", trusted);
	return say(store, FACT_REVOKED, fact, key, said, NULL, NULL, err) &&
		fact_derive_devices(store, err);
}

static struct json *form_statement(struct store *store,
	const struct minisign_key *key, const struct fact_form *form)
{
	struct json *fact = say_new(store, FACT_FORM, key);
	struct json *files = js_new_array();
	char hex[SHA256_HEX_BYTES];

	hex_encode(form->sha256, SHA256_BYTES, hex);
	js_put_text(fact, "sha256", hex);
	for (size_t i = 0; i < form->n_files; i++) {
		struct json *file = js_new_object();

		hex_encode(form->files[i].sha256, SHA256_BYTES, hex);
		js_put_text(file, "name", form->files[i].name);
		js_put_text(file, "sha256", hex);
		js_add(files, file);
	}
	js_put(fact, "files", files);
	return fact;
}

bool fact_has_form(struct store *store, const struct minisign_key *key,
	const struct fact_form *form, bool *has, struct err *err)
{
	struct json *fact = form_statement(store, key, form);
	char *line = js_print(fact);
	struct sha256 hash;
	uint8_t sha256[SHA256_BYTES];
	int64_t content = 0;
	bool ok;

	sha256_init(&hash);
	sha256_add(&hash, line, strlen(line));
	sha256_add(&hash, "\n", 1);
	sha256_end(&hash, sha256);
	ok = content_find(store, sha256, &content, err);
	*has = content != 0;
	free(line);
	js_free(fact);
	return ok;
}

bool fact_add_form(struct store *store, const struct minisign_key *key,
	const struct fact_form *form, struct err *err)
{
	struct touched touched = { .forms = false };
	int64_t content, id = 0;
	bool fresh = false, ok;

	if (!content_put(store, form->sha256, form->xml, form->n_bytes,
			&content, NULL, err))
		return false;
	for (size_t i = 0; i < form->n_files; i++)
		if (!content_put(store, form->files[i].sha256,
				form->files[i].bytes, form->files[i].n_bytes,
				&content, NULL, err))
			return false;
	ok = say(store, FACT_FORM, form_statement(store, key, form), key,
			NULL, &fresh, &id, err) &&
		(!fresh || derive_fact(store, id, &touched, err));
	touched_release(&touched);
	return ok;
}

bool fact_derive_forms(struct store *store, struct err *err)
{
	struct touched touched = { .forms = true };
	bool ok = derive_finish(store, &touched, err);

	touched_release(&touched);
	return ok;
}

bool fact_device_status(struct store *store, const char *device_key,
	enum device_status *status, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT status = '" DEVICE_REVOKED "' FROM device"
		" WHERE key = ?1", err);
	enum db_result result;

	*status = DEVICE_IS_UNKNOWN;
	if (find == NULL)
		return false;
	db_bind_text(find, 1, device_key);
	result = db_step(find, err);
	if (result == DB_ROW)
		*status = db_int(find, 0) != 0 ? DEVICE_IS_REVOKED :
			DEVICE_IS_ACCEPTED;
	db_reset(find);
	return result != DB_FAILED;
}
