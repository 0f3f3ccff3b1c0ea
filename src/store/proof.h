/*
 * Is all that a laptop sent here, and in a backup?  By what its own signed
 * manifests say (their numbers, the hash of the one before, how many records
 * were sent so far) and by the store and its newest backup.
 */
#ifndef BAYAZ_STORE_PROOF_H
#define BAYAZ_STORE_PROOF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/backup.h"
#include "store/devices.h"
#include "store/receipt.h"

struct store;

struct proof {
	struct receipt_counts counts;
	int64_t n_sent;		/* by its newest bundle here; -1: not told */
	int64_t n_left;		/* likewise: ready, and not sent then */
	int64_t n_breaks;	/* bundles that do not go on from the one before */
	struct store_backup backup;	/* id 0: there is none */
};

/* `device` as devices_list() gives it.  proof_release() it, whatever came
 * out. */
bool proof_of(struct store *store, const struct device *device,
	struct proof *proof, struct err *err) MUST_CHECK;
void proof_release(struct proof *proof);

/* Nothing is missing, and all of it is in the backup. */
bool proof_holds(const struct proof *proof, const struct device *device);

#endif
