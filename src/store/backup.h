/*
 * The whole store as one file sealed to a passphrase, read back and compared
 * before it counts; and a store made from one.  Which facts a backup holds is
 * kept in the local table `backup`: facts are only added, so it is all up to
 * one of them.  Source: bayaz-store(5), "Backup".
 */
#ifndef BAYAZ_STORE_BACKUP_H
#define BAYAZ_STORE_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "bundle/vault.h"
#include "crypt/crypt.h"

struct store;

enum { BACKUP_TIME_BYTES = 21 };	/* 2026-11-26T10:00:00Z */

struct store_backup {
	int64_t id;			/* of its row; 0: none */
	char at[BACKUP_TIME_BYTES];	/* UTC */
	char *path;			/* absolute; free() it */
	int64_t n_bytes, changed_ns;	/* of the file, when it was compared */
	uint8_t sha256[SHA256_BYTES];	/* of the sealed bytes */
	int64_t last_fact;		/* it holds this one and those before */
	int64_t last_content;		/* likewise */
};

/* Write, read back and note it; nothing is left of one that fails.  Merges go
 * on meanwhile.  `made->path` is the caller's.  ERR_CONFLICT: there is such a
 * file; ERR_CRYPTO: what was read back is not what was written. */
bool store_backup(struct store *store, const char *path,
	const char *passphrase, const struct vault_watch *watch,
	struct store_backup *made, struct err *err) MUST_CHECK;

/* Read that file again (no passphrase is needed): if it is a backup of this
 * store and whole, it counts as lying there now.  ERR_NOTFOUND: it is not. */
bool store_backup_check(struct store *store, const char *path,
	struct store_backup *found, struct err *err) MUST_CHECK;

/* The newest that counts; id 0: none does.  One that is not where it was put,
 * although its folder is, or has other bytes, does not count from then on
 * (noted in the log). */
bool store_backup_newest(struct store *store, struct store_backup *newest,
	struct err *err) MUST_CHECK;

/* The newest by the table alone, without looking at the file. */
bool store_backup_noted(struct store *store, struct store_backup *newest,
	struct err *err) MUST_CHECK;

/* Make the store `to`, which must not exist (ERR_CONFLICT), from a backup;
 * whole or not at all.  ERR_CRYPTO: wrong passphrase, damaged or cut;
 * ERR_SPEC: no backup of a store. */
bool store_restore(const char *path, const char *to, const char *passphrase,
	struct err *err) MUST_CHECK;

#endif
