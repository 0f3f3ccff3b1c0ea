/*
 * Certificates: the project's key says what a store's key may do.
 *
 *	{"format":1,"key":"RW...","made":"2026-11-23","name":"...",
 *	 "project":"...","roles":["delete","merge","publish","review"]}
 *
 * with the project's signature (trust/signed.h).
 */
#ifndef BAYAZ_TRUST_CERT_H
#define BAYAZ_TRUST_CERT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "crypt/minisign.h"
#include "trust/project.h"
#include "trust/signed.h"

enum trust_role {
	ROLE_MERGE = 1,		/* accept devices, settle conflicts, send on */
	ROLE_REVIEW = 2,
	ROLE_DELETE = 4,	/* deletion, retention */
	ROLE_PUBLISH = 8,	/* make kits, publish tables */
	ROLES_ALL = 15,
};

struct trust_cert {
	char project[TRUST_ID_BYTES];
	struct minisign_public key;	/* whose roles these are */
	char name[TRUST_NAME_BYTES];
	char made[TRUST_DATE_BYTES];
	unsigned roles;			/* of enum trust_role */
};

/* "merge" ...; NULL: no single role. */
const char *trust_role_name(enum trust_role role);
unsigned trust_role_find(const char *name);	/* 0: no role */
/* "merge, publish", appended; in the order of the alphabet. */
void trust_roles_print(unsigned roles, struct str *out);

/* Made and signed.  ERR_VALUE: the name. */
bool trust_cert_new(const struct trust_project *project,
	const struct minisign_key *project_key,
	const struct minisign_public *key, const char *name, unsigned roles,
	const char *made, struct trust_signed *out, struct err *err) MUST_CHECK;

/* One line and a line break; free() it. */
char *trust_cert_print(const struct trust_cert *cert) RETURNS_NONNULL;
/* ERR_SYNTAX, ERR_SPEC. */
bool trust_cert_parse(const char *bytes, size_t n_bytes,
	struct trust_cert *cert, struct err *err) MUST_CHECK;

/* Parsed, of this project and signed by its key. */
bool trust_cert_check(const struct trust_signed *signed_,
	const struct trust_project *project, struct trust_cert *cert,
	struct err *err) MUST_CHECK;

/* May `key` act in all of `roles`?  The project's own key may do everything;
 * others need a certificate among these, which have been checked. */
bool trust_may(const struct trust_project *project,
	const struct trust_cert *certs, size_t n_certs,
	const struct minisign_public *key, unsigned roles);

#endif
