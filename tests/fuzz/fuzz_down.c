/* Any bytes as what a laptop or a coordinator is sent: the documents in a down
 * bundle (policy, query, receipt, certificates), a request, a grant; and as a
 * whole bundle, packed and encrypted so that its reader gets to them. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "bundle/gzip.h"
#include "crypt/age.h"
#include "trust/grant.h"
#include "trust/kit.h"
#include "trust/message.h"
#include "trust/papers.h"
#include "trust/project.h"
#include "tests/fuzz/fuzz.h"

static struct trust_project project;
static struct minisign_key store;
static struct age_identity laptop;

static bool make_keys(struct err *err)
{
	static bool made;
	struct trust_policy policy = { .refuse_untagged = false };
	struct trust_secrets secrets;
	struct trust_recovery recovery;

	if (made)
		return true;
	minisign_key_new(&store);
	age_identity_new(&laptop);
	made = trust_project_new("fuzz", "2026-11-23", false, policy, &project,
		&secrets, &recovery, err);
	return made;
}

/* As if it were of the project and by the signer that it names, so that what
 * comes after these checks is reached. */
static void take_claims(const char *bytes, size_t n_bytes, char *id,
	struct minisign_public *signer)
{
	struct json *object = js_parse(bytes, n_bytes, NULL);
	const char *named = js_get_text(object, "project");
	const char *key = js_get_text(object, "signer");

	snprintf(id, TRUST_ID_BYTES, "%s", named != NULL ? named : project.id);
	if (key == NULL || !minisign_public_parse(key, signer, NULL))
		minisign_key_public(&store, signer);
	js_free(object);
}

/* What is read can be signed again. */
static void as_messages(const char *bytes, size_t n_bytes)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct trust_signed again = TRUST_SIGNED_INIT;
	struct minisign_public signer;
	struct trust_receipt receipt;
	struct trust_policy policy;
	struct trust_query query;
	struct trust_answer answer;
	char *line;
	struct err err = ERR_INIT;
	char id[TRUST_ID_BYTES];

	take_claims(bytes, n_bytes, id, &signer);
	str_addn(&text.document, bytes, n_bytes);
	if (trust_query_parse(&text, id, &signer, &query, &err) &&
			!trust_query_sign(&query, id, &store, &again, &err))
		abort();
	if (trust_answer_parse(bytes, n_bytes, &answer, &err)) {
		line = trust_answer_print(&answer, &err);
		if (line == NULL || !trust_answer_parse(line, strlen(line),
				&answer, &err))
			abort();
		free(line);
	}
	if (trust_receipt_parse(&text, id, &signer, &receipt, &err) &&
			!trust_receipt_sign(&receipt, id, &store, &again,
				&err))
		abort();
	trust_receipt_release(&receipt);
	if (trust_policy_parse(&text, id, &signer, &policy, &err))
		trust_policy_sign(&policy, "2026-11-23", id, &store, &again);
	trust_signed_release(&text);
	trust_signed_release(&again);
}

static void as_papers(const char *bytes, size_t n_bytes)
{
	struct trust_papers papers = TRUST_PAPERS_INIT;
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct trust_request request;
	struct trust_grant grant;
	struct err err = ERR_INIT;

	if (trust_papers_parse(&papers, bytes, n_bytes, &project, &err) &&
			papers.certs.n + papers.withdrawals.n > 0)
		abort();	/* nobody else has the project's key */
	trust_papers_release(&papers);
	if (trust_signed_split(&text, bytes, n_bytes, &err))
		(void)!trust_request_check(&text, project.id, &request, &err);
	trust_signed_release(&text);
	trust_grant_init(&grant);
	(void)!trust_grant_parse(bytes, n_bytes, &grant, &err);
	trust_grant_release(&grant);
}

static bool to_str(void *context, const void *bytes, size_t n_bytes,
	struct err *err)
{
	(void)err;
	str_addn(context, bytes, n_bytes);
	return true;
}

/* The bytes are the archive. */
static void as_bundle(const char *bytes, size_t n_bytes)
{
	struct age_keys keys = { .identities = &laptop, .n_identities = 1 };
	struct age_recipient recipient;
	struct age_to to = { .recipients = &recipient, .n_recipients = 1 };
	struct str packed = STR_INIT, sealed = STR_INIT;
	struct gzip_writer *writer = gzip_writer_new(to_str, &packed);
	struct err err = ERR_INIT;
	struct kit kit;

	age_identity_recipient(&laptop, &recipient);
	if (!gzip_write(writer, bytes, n_bytes, &err) ||
			!gzip_finish(writer, NULL, &err) ||
			!age_encrypt_bytes(&to, packed.data, packed.len,
				&sealed, &err))
		abort();
	gzip_writer_free(writer);
	kit_init(&kit);
	if (kit_read_bytes(sealed.data, sealed.len, &keys, NULL, NULL, &kit,
			&err) && kit.number < 1)
		abort();
	kit_release(&kit);
	str_release(&packed);
	str_release(&sealed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	struct err err = ERR_INIT;

	if (!crypt_init(&err) || !make_keys(&err))
		return 0;
	as_messages((const char *)bytes, n_bytes);
	as_papers((const char *)bytes, n_bytes);
	as_bundle((const char *)bytes, n_bytes);
	return 0;
}
