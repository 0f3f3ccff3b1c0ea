/*
 * The central store: one SQLite file that only grows.  It holds facts (signed
 * statements: a device's manifest, "this device is accepted", a form, the
 * project, a certificate) and the bytes they name by SHA-256.  All else in it
 * is a pure function of the facts, may be rebuilt at any time, and is the same
 * on every machine that has the same facts.  Arrival times and the order of
 * bundles stand in a local log, apart.  Format: bayaz-store(5).
 */
#ifndef BAYAZ_STORE_STORE_H
#define BAYAZ_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store;
struct db;
struct packer;

enum store_flags {
	STORE_CREATE = 1,	/* make an empty store if there is no file */
	STORE_READ_ONLY = 2,
};

/* NULL on failure (db.h says how; ERR_NOTFOUND when there is no file). */
struct store *store_open(const char *path, unsigned flags, struct err *err)
	MUST_CHECK;
void store_close(struct store *store);		/* NULL is fine */

struct db *store_db(struct store *store);
const char *store_path(const struct store *store);

/* What deflates contents on their way into it. */
struct packer *store_packer(struct store *store) RETURNS_NONNULL;

/* The project this store belongs to: 16 hex digits; "" for an empty store. */
const char *store_project(const struct store *store);
/* The project's name; "" if its project.json has not come. */
const char *store_project_name(const struct store *store);
/* Whether records made in training mode count here. */
bool store_is_training(const struct store *store);
/* Whether the project takes forms without bayaz:class. */
bool store_refuses_untagged(const struct store *store);
/* Whether only approved records are given away. */
bool store_requires_review(const struct store *store);
/* Bind an empty store to a project; ERR_CONFLICT if it has another one. */
bool store_set_project(struct store *store, const char *project,
	struct err *err) MUST_CHECK;

/* Whether bytes were erased since this was last put down: erase_settle(). */
bool store_has_erased(const struct store *store);
void store_note_erased(struct store *store, bool has);

/* Hashes of records that should not have been taken: gate.h. */
struct gate_list;
struct gate_list *store_gate_list(struct store *store) RETURNS_NONNULL;

/* Read what the facts say about the project anew (after adding facts). */
bool store_read_project(struct store *store, struct err *err) MUST_CHECK;

/* Make everything that is derived again, from the facts alone; one
 * transaction. */
bool store_rebuild(struct store *store, struct err *err) MUST_CHECK;
/* The same inside a transaction of the caller. */
bool store_derive_all(struct store *store, struct err *err) MUST_CHECK;

/* A line of the local log: what happened here and when (UTC).  `kind` is a
 * word ("merge", "quarantine", "export" ...); `about` names a manifest, a
 * form ...; `text` may be NULL.  Never an answer. */
bool store_log(struct store *store, const char *kind, const char *about,
	const char *text, struct err *err) MUST_CHECK;

#endif
