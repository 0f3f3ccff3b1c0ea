/*
 * Taking in what another store sends on; see stack.h.  Every fact is checked
 * by its own signature, every byte must be named by a fact, and everything
 * that a new fact names must be there.
 */
#ifndef BAYAZ_STORE_STACKED_H
#define BAYAZ_STORE_STACKED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "bundle/manifest.h"
#include "bundle/read.h"
#include "store/derive.h"
#include "store/intake.h"

struct store;

/* Is it a bundle of facts? */
bool stacked_is(const struct manifest *manifest);

struct stacked_taken { size_t n_facts, n_manifests; };	/* new ones */

/* All of it, as the feed gives it, inside a transaction.  ERR_NOTFOUND: whoever signed it may not
 * send on, as far as this store knows; ERR_CRYPTO, ERR_SPEC, ERR_REFUSED. */
bool stacked_take(struct store *store, struct bundle *bundle,
	struct feed *feed, struct intake *intake, struct touched *touched,
	struct stacked_taken *taken, struct err *err) MUST_CHECK;

#endif
