/*
 * The laptop's store: one SQLite database (field.db) and one file of keys in
 * a folder.  Every row that tells something is sealed; what an onlooker sees
 * is random row numbers, counts, and sizes in steps.
 * Source: design.md sections 4 and 5; the formats are in bayaz-field(7).
 *
 * Keys: the passphrase opens the wrapping key (file `keys`), that opens the
 * store key (in the database), that opens the bucket keys, one of these opens
 * the head of a form, record or file, and each head carries the key of its own
 * object.
 *
 * A workspace is used by one thread.  Functions that change something make
 * one transaction, durable when they return true, unless workspace_begin()
 * has been called.
 */
#ifndef BAYAZ_FIELD_WORKSPACE_H
#define BAYAZ_FIELD_WORKSPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct db;
struct workspace;

/* The folder: `given` (-C), else $BAYAZ_HOME, else ~/.local/share/bayaz.
 * free() it. */
char *workspace_path(const char *given) RETURNS_NONNULL;

/* Is there a workspace in this folder, finished or begun? */
bool workspace_exists(const char *folder);

/* Does it open without a passphrase?  ERR_NOTFOUND if there is none. */
bool workspace_needs_passphrase(const char *folder, bool *needs,
	struct err *err) MUST_CHECK;

/* Make one (and its folder, 0700).  `passphrase` NULL: the key lies in the
 * file, which then needs modes (0600): ERR_REFUSED on a file system without.
 * ERR_CONFLICT if there is one already. */
bool workspace_create(const char *folder, const char *passphrase,
	struct err *err) MUST_CHECK;

/* Wrong passphrases since the right one was given last. */
struct workspace_tries {
	uint64_t n;
	int64_t first, last;	/* seconds since 1970, by this computer's clock */
};

/* What is counted there now, without opening it.  ERR_NOTFOUND. */
bool workspace_tries(const char *folder, struct workspace_tries *tries,
	struct err *err) MUST_CHECK;
/* How long who asks for a passphrase lets pass before the next try: nothing
 * up to the third wrong one, then 2 seconds, doubling, at most 300. */
unsigned workspace_wait_s(const struct workspace_tries *tries);

/* A wrong passphrase is counted, durably where the medium can be written.
 * NULL on failure: ERR_NOTFOUND, ERR_CRYPTO (wrong passphrase),
 * ERR_CONFLICT (the files do not belong together),
 * ERR_REFUSED (a passphrase is needed; the key file is open to others),
 * ERR_SPEC (newer version). */
struct workspace *workspace_open(const char *folder, const char *passphrase,
	struct err *err) MUST_CHECK;
/* The wrong ones before this opening, which are not counted any more. */
const struct workspace_tries *workspace_tries_before(
	const struct workspace *ws);
/* Wipes the keys, at the last of as many calls as there are holders.  NULL is
 * fine. */
void workspace_close(struct workspace *ws);
/* One holder more, who closes it too; returns `ws`. */
struct workspace *workspace_hold(struct workspace *ws);

const char *workspace_folder(const struct workspace *ws);
/* Was it opened with a passphrase?  Protected forms refuse otherwise. */
bool workspace_is_sealed(const struct workspace *ws);

/* Another passphrase, or none (NULL; ERR_REFUSED on a file system without
 * modes, and where there are protected forms or records).  The store and wrapping keys are renewed; no record is rewritten. */
bool workspace_set_passphrase(struct workspace *ws, const char *passphrase,
	struct err *err) MUST_CHECK;

/* Several changes as one: nothing holds until the outermost commit, then all
 * of it does, durably.  They nest.  A rollback at any depth undoes the whole;
 * records that were opened or made inside are to be closed then. */
bool workspace_begin(struct workspace *ws, struct err *err) MUST_CHECK;
bool workspace_commit(struct workspace *ws, struct err *err) MUST_CHECK;
void workspace_rollback(struct workspace *ws);
/* Begun, and neither committed nor rolled back? */
bool workspace_in_change(const struct workspace *ws);

/* Small secrets and settings by name, sealed: the project, the device's keys.
 * At most 1 MiB each.  n_bytes 0 removes it. */
#define WORKSPACE_PROJECT "project"	/* signed, see trust/project.h */
#define WORKSPACE_DEVICE "device"	/* this device's keys, see trust/device.h */
#define WORKSPACE_SECRETS "secrets"	/* a coordinator's keys, trust/project.h */
#define WORKSPACE_KIT "kit"		/* number of the newest kit taken, decimal */

bool workspace_put_secret(struct workspace *ws, const char *name,
	const void *bytes, size_t n_bytes, struct err *err) MUST_CHECK;
/* Adds to `out` (str_wipe() it).  ERR_NOTFOUND if there is none. */
bool workspace_get_secret(struct workspace *ws, const char *name,
	struct str *out, struct err *err) MUST_CHECK;
/* False also if it could not be looked for; then nothing can be changed any
 * more with this `ws`, lest something be put where something is. */
bool workspace_has_secret(struct workspace *ws, const char *name);
/* Remove it so that what the disk may still hold of it cannot be opened: the
 * key of its bucket is renewed, as in a purge.  None there: done. */
bool workspace_erase_secret(struct workspace *ws, const char *name,
	struct err *err) MUST_CHECK;

#endif
