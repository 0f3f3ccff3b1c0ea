/*
 * How another coordinator comes to her powers.  Her workspace draws a store
 * key and asks with a request; the project's holder certifies the key and
 * answers with a grant, which only her workspace opens: the project, all
 * certificates, and the identities that read the classes she may read.
 * Source: bayaz-bundle(5), "Requests and grants".
 *
 *	request  {"format":1,"key":"RW...","name":"Swat","project":"...",
 *		  "recipient":"age1...","request":"store"}
 *	grant    age ( bayaz-grant 1, lines of keys, an empty line, the signed
 *		  project, the signed certificates )
 */
#ifndef BAYAZ_TRUST_GRANT_H
#define BAYAZ_TRUST_GRANT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "crypt/age.h"
#include "crypt/minisign.h"
#include "trust/papers.h"
#include "trust/project.h"
#include "trust/signed.h"

enum { GRANT_MAX_BYTES = 4 << 20 };

struct trust_request {
	char name[TRUST_NAME_BYTES];
	struct minisign_public key;
	struct age_recipient recipient;
};

/* Made, and signed by the key it is about.  ERR_VALUE: the name. */
bool trust_request_new(const char *project, const struct minisign_key *key,
	const char *name, const struct age_recipient *recipient,
	struct trust_signed *out, struct err *err) MUST_CHECK;
/* ERR_CONFLICT: for another project; ERR_CRYPTO, ERR_SPEC, ERR_SYNTAX. */
bool trust_request_check(const struct trust_signed *text, const char *project,
	struct trust_request *request, struct err *err) MUST_CHECK;

struct trust_grant {
	struct trust_signed project_text;
	struct trust_project project;
	struct trust_papers papers;
	struct trust_secrets secrets;	/* readers only */
};

void trust_grant_init(struct trust_grant *grant);
void trust_grant_release(struct trust_grant *grant);	/* wipes */

/* An age file, appended to `out`. */
bool trust_grant_seal(const struct trust_grant *grant,
	const struct age_recipient *recipient, struct str *out,
	struct err *err) MUST_CHECK;
/* Read and check: the project's signature, the certificates, and that each
 * identity is the one the project names.  Release it, whatever came out.
 * ERR_NOKEY: it is not for us; ERR_CRYPTO, ERR_SPEC, ERR_SYNTAX. */
bool trust_grant_open(const void *bytes, size_t n_bytes,
	const struct age_keys *keys, struct trust_grant *grant,
	struct err *err) MUST_CHECK;
/* What is inside. */
bool trust_grant_parse(const char *bytes, size_t n_bytes,
	struct trust_grant *grant, struct err *err) MUST_CHECK;

#endif
