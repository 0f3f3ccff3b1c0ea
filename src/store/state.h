/*
 * How a store stands: counts, its laptops, its newest backup.  By indexes and
 * small tables: it costs no look at each record.
 */
#ifndef BAYAZ_STORE_STATE_H
#define BAYAZ_STORE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "store/backup.h"
#include "store/devices.h"

struct store;

struct store_state {
	int64_t n_records, n_sealed, n_bundles;
	int64_t n_conflicts, n_findings, n_waiting, n_questions;	/* what there is to do */
	struct device_list devices;
	struct store_backup backup;	/* id 0: none */
	int64_t n_since;		/* bundles that came after it */
	uint64_t free_bytes;		/* on its disk; UINT64_MAX: not known */
};

/* store_state_release() it, whatever came out. */
bool store_state(struct store *store, struct store_state *state,
	struct err *err) MUST_CHECK;
void store_state_release(struct store_state *state);

#endif
