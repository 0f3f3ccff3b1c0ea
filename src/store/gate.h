/*
 * The consent gate of merges (DNH-12): standard records that hold answers for
 * which consent is missing are not kept.  What a record is is seen while it is
 * derived; what follows is said by who merges, as statements that erase it.
 */
#ifndef BAYAZ_STORE_GATE_H
#define BAYAZ_STORE_GATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/vec.h"
#include "crypt/crypt.h"
#include "crypt/minisign.h"

struct store;
struct xml_node;

/* Hashes of versions that came without consent and were not erased yet. */
struct gate_hash { char hex[SHA256_HEX_BYTES]; };
struct gate_list { VEC(struct gate_hash) list; };

/* What forms say of it, each read once.  gate_free(NULL) is fine. */
struct gate;
struct gate *gate_new(struct store *store) RETURNS_NONNULL;
void gate_free(struct gate *gate);

/* May it be kept?  `root` is that of a record of this version of the form; a
 * form that is not here has no gate. */
bool gate_ask(struct gate *gate, const char *form, const char *version,
	const struct xml_node *root, bool *may, struct err *err) MUST_CHECK;

/* Where its case codes are (NULL: nowhere), and whether the form is here. */
struct code_paths;
bool gate_codes(struct gate *gate, const char *form, const char *version,
	const struct code_paths **codes, bool *is_here, struct err *err)
	MUST_CHECK;

/* The version of that hash, if it is one here, and the attachments that no
 * other version names. */
bool gate_files(struct store *store, const char sha256[SHA256_HEX_BYTES],
	struct gate_list *files, struct err *err) MUST_CHECK;

/* This content, a version, may not be: noted in store_gate_list(). */
bool gate_note(struct store *store, int64_t content, struct err *err)
	MUST_CHECK;

/* Erase what was noted, with the attachments that no other version has, and
 * derive what follows; inside a transaction.  Who has not the role for it
 * leaves it to the next merge.  *n (or NULL) grows by how many records. */
bool gate_enforce(struct store *store, const struct minisign_key *key,
	size_t *n, struct err *err) MUST_CHECK;

#endif
