/*
 * A bundle opened ahead, in a thread of its own, while the one before it is
 * being finished: its header is decrypted and its manifest parsed.
 */
#ifndef BAYAZ_BUNDLE_AHEAD_H
#define BAYAZ_BUNDLE_AHEAD_H

#include "base/err.h"
#include "bundle/read.h"

struct bundle_ahead;
struct bundle_ahead *bundle_ahead_new(void) RETURNS_NONNULL;
/* One that was opened and not asked for is closed.  NULL is fine. */
void bundle_ahead_free(struct bundle_ahead *ahead);

/* Begin to open it, if there is a second processor and it is not large: its
 * manifest is in memory beside that of another.  `keys` and `path` must stay
 * until bundle_ahead_open() or bundle_ahead_free().  No error: none is begun. */
void bundle_ahead_start(struct bundle_ahead *ahead, const char *path,
	const struct age_keys *keys);
/* As bundle_open(), with what was begun if it is this. */
struct bundle *bundle_ahead_open(struct bundle_ahead *ahead, const char *path,
	const struct age_keys *keys, struct err *err) MUST_CHECK;

#endif
