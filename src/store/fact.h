/*
 * Facts: signed statements that are only ever added.  The same statement
 * twice is one fact.  Kinds and their JSON: bayaz-store(5), "Facts".
 */
#ifndef BAYAZ_STORE_FACT_H
#define BAYAZ_STORE_FACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "crypt/crypt.h"
#include "crypt/minisign.h"
#include "trust/signed.h"

struct store;

#define FACT_MANIFEST "manifest"
#define FACT_PROJECT "project"
#define FACT_CERTIFICATE "certificate"
#define FACT_ACCEPTED "device-accepted"
#define FACT_REVOKED "device-revoked"
#define FACT_WITHDRAWN "certificate-revoked"
#define FACT_FORM "form"

/* What the table device says of one. */
#define DEVICE_ACCEPTED "accepted"
#define DEVICE_REVOKED "revoked"

/* Keep a statement.  Its signature is checked here; what the signer may say
 * is judged when it is read.  *id and *is_new may be NULL. */
bool fact_add(struct store *store, const char *kind,
	const struct trust_signed *text, const struct minisign_public *signer,
	int64_t *id, bool *is_new, struct err *err) MUST_CHECK;

/* The same of a manifest, whose hash its bundle knows. */
bool fact_add_manifest(struct store *store, const struct trust_signed *text,
	const char *sha256_hex, const struct minisign_public *signer,
	int64_t *id, bool *is_new, struct err *err) MUST_CHECK;

/* A statement as it was signed.  ERR_NOTFOUND. */
bool fact_get(struct store *store, const char sha256[SHA256_HEX_BYTES],
	struct trust_signed *text, struct err *err) MUST_CHECK;

/* The project, as its own key signed it, and a certificate of the project's
 * key.  ERR_CONFLICT: another project's. */
bool fact_add_project(struct store *store, const struct trust_signed *text,
	struct err *err) MUST_CHECK;
bool fact_add_certificate(struct store *store,
	const struct trust_signed *text, struct err *err) MUST_CHECK;

/* "This certificate is withdrawn", said with the project's key; what the
 * store has said up to now goes on counting.  A statement that was said
 * elsewhere is taken with fact_add_withdrawal(). */
bool fact_withdraw_certificate(struct store *store,
	const struct minisign_key *project_key, const char *key,
	struct trust_signed *said, struct err *err) MUST_CHECK;
bool fact_add_withdrawal(struct store *store,
	const struct trust_signed *text, struct err *err) MUST_CHECK;

/* "This device is accepted", said with the store's key.  It replaces what
 * revoked the device. */
bool fact_accept_device(struct store *store, const struct minisign_key *key,
	const char *device_key, struct err *err) MUST_CHECK;
/* "This device is revoked": of its bundles those up to number `last` that are
 * here are trusted, and all that they go back to; what else came or comes is
 * set aside.  `said` (NULL: not wanted) gets the statement, for others. */
bool fact_revoke_device(struct store *store, const struct minisign_key *key,
	const char *device_key, int64_t last, struct trust_signed *said,
	struct err *err) MUST_CHECK;

enum device_status { DEVICE_IS_UNKNOWN, DEVICE_IS_ACCEPTED, DEVICE_IS_REVOKED };
bool fact_device_status(struct store *store, const char *device_key,
	enum device_status *status, struct err *err) MUST_CHECK;

/* "This form, with these media, belongs to the project", said with the
 * store's key.  Hashes are enough to ask whether that has been said. */
struct fact_file {
	const char *name;
	uint8_t sha256[SHA256_BYTES];
	const char *bytes;		/* when it is added */
	size_t n_bytes;
};
struct fact_form {
	uint8_t sha256[SHA256_BYTES];
	const char *xml;		/* when it is added */
	size_t n_bytes;
	const struct fact_file *files;	/* in the order of their names */
	size_t n_files;
};
bool fact_has_form(struct store *store, const struct minisign_key *key,
	const struct fact_form *form, bool *has, struct err *err) MUST_CHECK;
bool fact_add_form(struct store *store, const struct minisign_key *key,
	const struct fact_form *form, struct err *err) MUST_CHECK;
/* After some were added: layouts, and what depends on forms. */
bool fact_derive_forms(struct store *store, struct err *err) MUST_CHECK;

/* Who may be believed, from the facts, and if that changed what is trusted,
 * all that is derived: after a statement about a device was added. */
bool fact_derive_devices(struct store *store, struct err *err) MUST_CHECK;

#endif
