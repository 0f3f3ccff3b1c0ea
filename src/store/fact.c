#include "config.h"

#include "store/fact.h"

#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/vec.h"
#include "db/db.h"
#include "store/content.h"
#include "store/derive.h"
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

bool fact_add(struct store *store, const char *kind,
	const struct trust_signed *text, const struct minisign_public *signer,
	int64_t *id, bool *is_new, struct err *err)
{
	char key[MINISIGN_PUBLIC_TEXT];
	uint8_t sha256[SHA256_BYTES];
	int64_t content, fact = 0;
	bool fresh = false;

	if (!trust_signed_check(text, signer, err))
		return false;
	sha256_bytes(text->document.data, text->document.len, sha256);
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

/* The project as the facts have it.  ERR_NOTFOUND if it has not come. */
static bool read_project(struct store *store, struct trust_project *project,
	struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT f.content FROM fact f JOIN content c ON c.id = f.content"
		" WHERE f.kind = '" FACT_PROJECT "' ORDER BY c.sha256 DESC", err);
	struct str text = STR_INIT;
	enum db_result result;
	int64_t content = 0;
	bool ok = false;

	if (find == NULL)
		return false;
	result = db_step(find, err);
	if (result == DB_ROW)
		content = db_int(find, 0);
	db_reset(find);
	if (result == DB_FAILED)
		return false;
	if (content == 0)
		return err_set(err, ERR_NOTFOUND,
			_("'%s' does not know its project yet"),
			store_path(store));
	ok = content_get(store, content, SIGNED_MAX_BYTES, &text, err) &&
		trust_project_parse(text.data, text.len, project, err);
	str_release(&text);
	return ok;
}

bool fact_add_certificate(struct store *store,
	const struct trust_signed *text, struct err *err)
{
	struct trust_project project;
	struct trust_cert cert;

	return read_project(store, &project, err) &&
		trust_cert_check(text, &project, &cert, err) &&
		fact_add(store, FACT_CERTIFICATE, text, &project.key, NULL,
			NULL, err) &&
		fact_derive_devices(store, err);
}

static struct json *statement(const struct store *store, const char *kind)
{
	struct json *fact = js_new_object();

	js_put_int(fact, "format", 1);
	js_put_text(fact, "fact", kind);
	js_put_text(fact, "project", store_project(store));
	js_put(fact, "replaces", js_new_array());
	return fact;
}

/* Sign, keep and free it. */
static bool say(struct store *store, const char *kind, struct json *fact,
	const struct minisign_key *key, bool *is_new, int64_t *id,
	struct err *err)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct minisign_public signer;
	char *line = js_print(fact);
	bool ok;

	minisign_key_public(key, &signer);
	trust_sign(&text, line, key);
	ok = fact_add(store, kind, &text, &signer, id, is_new, err);
	trust_signed_release(&text);
	free(line);
	js_free(fact);
	return ok;
}

bool fact_accept_device(struct store *store, const struct minisign_key *key,
	const char *device_key, struct err *err)
{
	struct json *fact = statement(store, FACT_ACCEPTED);

	js_put_text(fact, "device", device_key);
	return say(store, FACT_ACCEPTED, fact, key, NULL, NULL, err) &&
		fact_derive_devices(store, err);
}

static struct json *form_statement(struct store *store,
	const struct fact_form *form)
{
	struct json *fact = statement(store, FACT_FORM);
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

bool fact_has_form(struct store *store, const struct fact_form *form,
	bool *has, struct err *err)
{
	struct json *fact = form_statement(store, form);
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
	int64_t content, id = 0;
	bool fresh = false;

	if (!content_put(store, form->sha256, form->xml, form->n_bytes,
			&content, NULL, err))
		return false;
	for (size_t i = 0; i < form->n_files; i++)
		if (!content_put(store, form->files[i].sha256,
				form->files[i].bytes, form->files[i].n_bytes,
				&content, NULL, err))
			return false;
	return say(store, FACT_FORM, form_statement(store, form), key, &fresh,
			&id, err) &&
		(!fresh || derive_fact(store, id, err));
}

bool fact_device_is_accepted(struct store *store, const char *device_key,
	bool *accepted, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT 1 FROM device WHERE key = ?1", err);
	enum db_result result;

	if (find == NULL)
		return false;
	db_bind_text(find, 1, device_key);
	result = db_step(find, err);
	*accepted = result == DB_ROW;
	db_reset(find);
	return result != DB_FAILED;
}

/* --- who is accepted --- */

typedef VEC(struct trust_cert) cert_list;

/* Call `visit` for every fact of a kind, with its signer and text. */
static bool each_fact(struct store *store, const char *kind,
	bool (*visit)(struct store *store, void *context, const char *signer,
		const struct str *text, struct err *err),
	void *context, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT f.content, f.signer FROM fact f"
		" JOIN content c ON c.id = f.content WHERE f.kind = ?1"
		" ORDER BY c.sha256", err);
	struct str text = STR_INIT;
	enum db_result result;
	bool ok = true;

	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, kind);
	while (ok && (result = db_step(walk, err)) != DB_DONE) {
		str_clear(&text);
		ok = result == DB_ROW && content_get(store, db_int(walk, 0),
			SIGNED_MAX_BYTES, &text, err) &&
			visit(store, context, db_text(walk, 1), &text, err);
	}
	db_reset(walk);
	str_release(&text);
	return ok;
}

static bool take_certificate(struct store *store, void *context,
	const char *signer, const struct str *text, struct err *err)
{
	cert_list *certs = context;
	struct trust_cert cert;

	(void)store;
	(void)signer;
	if (trust_cert_parse(text->data, text->len, &cert, err))
		vec_push(certs, cert);
	else
		err_clear(err);		/* of a format we do not know */
	return true;
}

struct judge { struct trust_project project; cert_list certs; };

static bool add_device(struct store *store, const char *key, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO device (key, fingerprint)"
		" VALUES (?1, ?2)", err);
	char fingerprint[FINGERPRINT_BYTES];
	struct minisign_public device;

	if (add == NULL || !minisign_public_parse(key, &device, err))
		return false;
	minisign_public_fingerprint(&device, fingerprint);
	db_bind_text(add, 1, key);
	db_bind_text(add, 2, fingerprint);
	return db_run(add, err);
}

static bool take_acceptance(struct store *store, void *context,
	const char *signer, const struct str *text, struct err *err)
{
	const struct judge *judge = context;
	struct minisign_public key;
	struct json *fact;
	bool ok = true;

	if (!minisign_public_parse(signer, &key, err) ||
			!trust_may(&judge->project, judge->certs.items,
				judge->certs.n, &key, ROLE_MERGE)) {
		err_clear(err);
		return true;
	}
	fact = js_parse(text->data, text->len, err);
	if (fact != NULL && js_get_text(fact, "device") != NULL)
		ok = add_device(store, js_get_text(fact, "device"), err);
	js_free(fact);
	return ok;
}

bool fact_derive_devices(struct store *store, struct err *err)
{
	struct judge judge = { .certs = { 0 } };
	bool ok;

	if (!db_exec(store_db(store), "DELETE FROM device", err))
		return false;
	if (!read_project(store, &judge.project, err)) {
		bool none = err == NULL || err->code == ERR_NOTFOUND;

		if (none)
			err_clear(err);
		return none;
	}
	ok = each_fact(store, FACT_CERTIFICATE, take_certificate,
			&judge.certs, err) &&
		each_fact(store, FACT_ACCEPTED, take_acceptance, &judge, err);
	vec_release(&judge.certs);
	return ok;
}
