#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "trust/message.h"
#include "trust/query.h"
#include "trust/want.h"

/* ---- making ---- */

static struct json *new_message(const char *project,
	const struct minisign_key *key)
{
	struct json *object = js_new_object();
	char text[MINISIGN_PUBLIC_TEXT];
	struct minisign_public signer;

	minisign_key_public(key, &signer);
	minisign_public_format(&signer, text);
	js_put_int(object, "format", 1);
	js_put_text(object, "project", project);
	js_put_text(object, "signer", text);
	return object;
}

/* Sign and free it. */
static void sign_message(struct json *object, const struct minisign_key *key,
	struct trust_signed *out)
{
	char *line = js_print(object);

	trust_sign(out, line, key);
	free(line);
	js_free(object);
}

static bool is_code(const char *text)
{
	size_t n = text != NULL ? strlen(text) : 0;

	return n > 0 && n < RECEIPT_CODE_BYTES && strspn(text,
		"abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

static struct json *refused_json(const struct trust_receipt *receipt)
{
	struct json *list = js_new_array();
	char hex[SHA256_HEX_BYTES];

	for (size_t i = 0; i < receipt->refused.n; i++) {
		struct json *item = js_new_object();

		hex_encode(receipt->refused.items[i].record.bytes,
			SHA256_BYTES, hex);
		js_put_text(item, "code", receipt->refused.items[i].code);
		js_put_text(item, "record", hex);
		js_add(list, item);
	}
	return list;
}

static bool check_receipt(const struct trust_receipt *receipt,
	struct err *err)
{
	if (receipt->records.n + receipt->refused.n > RECEIPT_MAX)
		return err_set(err, ERR_LIMIT,
			_("one receipt is for %d records at most"),
			RECEIPT_MAX);
	for (size_t i = 0; i < receipt->refused.n; i++)
		if (!is_code(receipt->refused.items[i].code))
			return err_set(err, ERR_VALUE, _("the reason of a "
				"refusal is not a word of a receipt"));
	return true;
}

bool trust_receipt_sign(const struct trust_receipt *receipt,
	const char *project, const struct minisign_key *key,
	struct trust_signed *out, struct err *err)
{
	struct json *object, *records;
	char hex[SHA256_HEX_BYTES];

	if (!check_receipt(receipt, err))
		return false;
	object = new_message(project, key);
	records = js_new_array();
	for (size_t i = 0; i < receipt->records.n; i++) {
		hex_encode(receipt->records.items[i].bytes, SHA256_BYTES, hex);
		js_add(records, js_new_text(hex));
	}
	js_put(object, "records", records);
	if (receipt->refused.n > 0)
		js_put(object, "refused", refused_json(receipt));
	sign_message(object, key, out);
	return true;
}

bool trust_query_sign(const struct trust_query *query, const char *project,
	const struct minisign_key *key, struct trust_signed *out,
	struct err *err)
{
	struct json *object = new_message(project, key);

	if (!trust_query_put(object, query, err)) {
		js_free(object);
		return false;
	}
	sign_message(object, key, out);
	return true;
}

void trust_policy_sign(const struct trust_policy *policy, const char *made,
	const char *project, const struct minisign_key *key,
	struct trust_signed *out)
{
	struct json *object = new_message(project, key);

	js_put_text(object, "made", made);
	js_put(object, "policy", trust_policy_json(policy));
	sign_message(object, key, out);
}

/* ---- reading ---- */

/* The object, if it is of this project and says who signed it. */
static struct json *read_message(const struct trust_signed *document,
	const char *project, const struct minisign_public *signer,
	struct err *err)
{
	struct json *object = want_object(document->document.data,
		document->document.len, err);
	struct minisign_public named;
	char id[TRUST_ID_BYTES];

	if (object == NULL)
		return NULL;
	if (want_id(object, "project", id, err) &&
	    want_key(object, "signer", &named, err)) {
		if (strcmp(id, project) != 0)
			err_set(err, ERR_CONFLICT,
				_("a document is of another project"));
		else if (!minisign_public_same(&named, signer))
			err_set(err, ERR_CRYPTO,
				_("a statement is signed by another than it "
				  "names"));
		else
			return object;
	}
	js_free(object);
	return NULL;
}

static bool read_hash(const char *hex, struct trust_hash *hash)
{
	return hex != NULL && sha256_is_hex(hex) &&
		hex_decode(hex, hash->bytes, sizeof hash->bytes);
}

static bool read_records(const struct json *list,
	struct trust_receipt *receipt)
{
	for (size_t i = 0; i < js_size(list); i++) {
		struct trust_hash hash;

		if (!read_hash(js_text(js_at(list, i)), &hash))
			return false;
		vec_push(&receipt->records, hash);
	}
	return true;
}

static bool read_refused(const struct json *list,
	struct trust_receipt *receipt)
{
	for (size_t i = 0; i < js_size(list); i++) {
		const char *code = js_get_text(js_at(list, i), "code");
		struct trust_refused refused;

		if (!is_code(code) || !read_hash(js_get_text(js_at(list, i),
				"record"), &refused.record))
			return false;
		snprintf(refused.code, sizeof refused.code, "%s", code);
		vec_push(&receipt->refused, refused);
	}
	return true;
}

bool trust_receipt_parse(const struct trust_signed *document,
	const char *project, const struct minisign_public *signer,
	struct trust_receipt *receipt, struct err *err)
{
	struct json *object = read_message(document, project, signer, err);
	const struct json *records = js_get(object, "records");
	const struct json *refused = js_get(object, "refused");
	bool ok;

	memset(receipt, 0, sizeof *receipt);
	if (object == NULL)
		return false;
	ok = (js_is_array(records) && js_size(records) <= RECEIPT_MAX &&
			read_records(records, receipt)) ||
		want_failed("records", err);
	ok = ok && (refused == NULL || (js_is_array(refused) &&
			js_size(refused) <= RECEIPT_MAX &&
			read_refused(refused, receipt)) ||
		want_failed("refused", err));
	js_free(object);
	return ok;
}

void trust_receipt_release(struct trust_receipt *receipt)
{
	vec_release(&receipt->records);
	vec_release(&receipt->refused);
}

bool trust_query_parse(const struct trust_signed *document,
	const char *project, const struct minisign_public *signer,
	struct trust_query *query, struct err *err)
{
	struct json *object = read_message(document, project, signer, err);
	bool ok;

	memset(query, 0, sizeof *query);
	if (object == NULL)
		return false;
	ok = trust_query_get(object, query, err);
	js_free(object);
	return ok;
}

bool trust_policy_parse(const struct trust_signed *document,
	const char *project, const struct minisign_public *signer,
	struct trust_policy *policy, struct err *err)
{
	struct json *object = read_message(document, project, signer, err);
	bool ok;

	memset(policy, 0, sizeof *policy);
	if (object == NULL)
		return false;
	ok = trust_policy_read(js_get(object, "policy"), policy, err);
	js_free(object);
	return ok;
}
