#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "trust/message.h"
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

bool trust_receipt_sign(const struct trust_receipt *receipt,
	const char *project, const struct minisign_key *key,
	struct trust_signed *out, struct err *err)
{
	struct json *object, *records;
	char hex[SHA256_HEX_BYTES];

	if (receipt->records.n > RECEIPT_MAX)
		return err_set(err, ERR_LIMIT,
			_("one receipt is for %d records at most"),
			RECEIPT_MAX);
	object = new_message(project, key);
	records = js_new_array();
	for (size_t i = 0; i < receipt->records.n; i++) {
		hex_encode(receipt->records.items[i].bytes, SHA256_BYTES, hex);
		js_add(records, js_new_text(hex));
	}
	js_put(object, "records", records);
	sign_message(object, key, out);
	return true;
}

bool trust_query_sign(const struct trust_query *query, const char *project,
	const struct minisign_key *key, struct trust_signed *out,
	struct err *err)
{
	struct json *object;

	if (!name_check(query->record, sizeof query->record, err) ||
	    !name_check(query->text, sizeof query->text, err))
		return false;
	object = new_message(project, key);
	js_put_text(object, "asked", query->asked);
	js_put_text(object, "record", query->record);
	js_put_text(object, "text", query->text);
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

bool trust_receipt_parse(const struct trust_signed *document,
	const char *project, const struct minisign_public *signer,
	struct trust_receipt *receipt, struct err *err)
{
	struct json *object = read_message(document, project, signer, err);
	const struct json *records = js_get(object, "records");
	bool ok;

	memset(receipt, 0, sizeof *receipt);
	if (object == NULL)
		return false;
	ok = (js_is_array(records) && js_size(records) <= RECEIPT_MAX) ||
		want_failed("records", err);
	for (size_t i = 0; ok && i < js_size(records); i++) {
		const char *hex = js_text(js_at(records, i));
		struct trust_hash hash;

		ok = (hex != NULL && sha256_is_hex(hex) &&
			hex_decode(hex, hash.bytes, sizeof hash.bytes)) ||
			want_failed("records", err);
		if (ok)
			vec_push(&receipt->records, hash);
	}
	js_free(object);
	return ok;
}

void trust_receipt_release(struct trust_receipt *receipt)
{
	vec_release(&receipt->records);
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
	ok = want_date(object, "asked", query->asked, err) &&
		want_text(object, "record", query->record,
			sizeof query->record, err) &&
		want_text(object, "text", query->text, sizeof query->text,
			err) &&
		name_check(query->record, sizeof query->record, err) &&
		name_check(query->text, sizeof query->text, err);
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
