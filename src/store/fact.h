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
#define FACT_FORM "form"

/* Keep a statement.  Its signature is checked here; what the signer may say
 * is judged when it is read.  *id and *is_new may be NULL. */
bool fact_add(struct store *store, const char *kind,
	const struct trust_signed *text, const struct minisign_public *signer,
	int64_t *id, bool *is_new, struct err *err) MUST_CHECK;

/* The project, as its own key signed it, and a certificate of the project's
 * key.  ERR_CONFLICT: another project's. */
bool fact_add_project(struct store *store, const struct trust_signed *text,
	struct err *err) MUST_CHECK;
bool fact_add_certificate(struct store *store,
	const struct trust_signed *text, struct err *err) MUST_CHECK;

/* "This device is accepted", said with the store's key. */
bool fact_accept_device(struct store *store, const struct minisign_key *key,
	const char *device_key, struct err *err) MUST_CHECK;
bool fact_device_is_accepted(struct store *store, const char *device_key,
	bool *accepted, struct err *err) MUST_CHECK;

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
bool fact_has_form(struct store *store, const struct fact_form *form,
	bool *has, struct err *err) MUST_CHECK;
bool fact_add_form(struct store *store, const struct minisign_key *key,
	const struct fact_form *form, struct err *err) MUST_CHECK;

/* Who is accepted, from the facts: after a project, a certificate or an
 * acceptance was added. */
bool fact_derive_devices(struct store *store, struct err *err) MUST_CHECK;

#endif
