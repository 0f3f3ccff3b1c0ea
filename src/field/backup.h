/*
 * A workspace as one file: age, for a passphrase, around a tar of `keys` and
 * `field.db` (and its log).  `age -d` and `tar` open it.
 * Format: bayaz-field(7).
 */
#ifndef BAYAZ_FIELD_BACKUP_H
#define BAYAZ_FIELD_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "bundle/vault.h"

struct workspace;

/* What the workspace holds at one moment; other programs may go on using it,
 * but change nothing meanwhile.  ERR_CONFLICT: there is such a file.
 * ERR_LIMIT: a database of 8 GiB or more. */
bool backup_write(struct workspace *ws, const char *path,
	const char *passphrase, const struct vault_watch *watch,
	struct err *err) MUST_CHECK;

/* Where a backup is unpacked before it becomes the workspace: a folder inside
 * the workspace's; free() it. */
char *backup_part(const char *folder) RETURNS_NONNULL;

/* Unpack all of it into backup_part(folder), or leave nothing.  ERR_CONFLICT:
 * there is a workspace; ERR_CRYPTO: wrong passphrase, damaged or cut;
 * ERR_SPEC: no backup. */
bool backup_unpack(const char *path, const char *folder,
	const char *passphrase, struct err *err) MUST_CHECK;
/* What was unpacked (and is closed) becomes the workspace. */
bool backup_settle(const char *folder, struct err *err) MUST_CHECK;
/* Give it up. */
void backup_discard(const char *folder);

#endif
