/*
 * What a member of a project knows about who may act in it: certificates of
 * stores, and statements that withdraw them.  All of them are signed by the
 * project's key, so they may come by any way and in any order.
 *
 *	{"fact":"certificate-revoked","format":1,"keeps":[...],"key":"RW...",
 *	 "project":"...","replaces":[],"signer":"RW..."}
 */
#ifndef BAYAZ_TRUST_PAPERS_H
#define BAYAZ_TRUST_PAPERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"
#include "crypt/minisign.h"
#include "trust/cert.h"
#include "trust/project.h"
#include "trust/signed.h"

#define WITHDRAWAL_FACT "certificate-revoked"

enum { PAPERS_MAX = 512 };		/* of each sort */

struct trust_paper {
	struct trust_signed text;
	struct trust_cert cert;		/* of a certificate */
	struct minisign_public key;	/* whose roles it is about */
};

struct trust_papers {
	VEC(struct trust_paper) certs;
	VEC(struct trust_paper) withdrawals;
};
#define TRUST_PAPERS_INIT { { NULL, 0, 0 }, { NULL, 0, 0 } }

void trust_papers_release(struct trust_papers *papers);

/* Check one against the project and keep a copy, unless it is there already.
 * ERR_CRYPTO, ERR_NOKEY, ERR_SPEC, ERR_SYNTAX, ERR_CONFLICT (another project),
 * ERR_LIMIT. */
bool trust_papers_add(struct trust_papers *papers,
	const struct trust_signed *paper, const struct trust_project *project,
	struct err *err) MUST_CHECK;
/* Everything that others know, too. */
bool trust_papers_add_all(struct trust_papers *papers,
	const struct trust_papers *others, const struct trust_project *project,
	struct err *err) MUST_CHECK;

/* One text, appended; and back, added to `papers`.  ERR_SYNTAX and those of
 * trust_papers_add(). */
void trust_papers_print(const struct trust_papers *papers, struct str *out);
bool trust_papers_parse(struct trust_papers *papers, const char *bytes,
	size_t n_bytes, const struct trust_project *project, struct err *err)
	MUST_CHECK;

/* May `key` act in this role now?  The project's own may always. */
bool trust_papers_may(const struct trust_papers *papers,
	const struct trust_project *project,
	const struct minisign_public *key, enum trust_role role);
bool trust_papers_is_withdrawn(const struct trust_papers *papers,
	const struct minisign_public *key);

/* Which of those who may act in this role signed the document?  ERR_CRYPTO:
 * none of them. */
bool trust_papers_signer(const struct trust_papers *papers,
	const struct trust_project *project,
	const struct trust_signed *document, enum trust_role role,
	struct minisign_public *key, struct err *err) MUST_CHECK;

#endif
