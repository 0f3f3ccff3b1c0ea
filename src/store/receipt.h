/*
 * Receipts: which records of a laptop are here to stay, because a backup that
 * was read back holds them, and which were not kept.  Signed messages, no
 * facts.  Source: design.md section 7; bayaz-bundle(5), "What goes down".
 */
#ifndef BAYAZ_STORE_RECEIPT_H
#define BAYAZ_STORE_RECEIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "trust/message.h"

struct store;
struct store_backup;

/* Records and sealed records that trusted bundles of this device brought, in
 * the order of their hashes, those refused apart.  `n_without` counts what
 * the backup does not hold: a record, or a file that it names, came later or
 * never.  At most RECEIPT_MAX are in one receipt, the newest. */
bool receipt_for(struct store *store, const char *device,
	const struct store_backup *backup, struct trust_receipt *receipt,
	size_t *n_without, struct err *err) MUST_CHECK;

/* How many of its records are here, deletions not counted; how many of those
 * the backup holds; how many files that they name are nowhere. */
struct receipt_counts { int64_t n_here, n_held, n_files_missing; };
bool receipt_count(struct store *store, const char *device,
	const struct store_backup *backup, struct receipt_counts *counts,
	struct err *err) MUST_CHECK;

#endif
