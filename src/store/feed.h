/*
 * The entries of a bundle, read ahead: a second thread decrypts, inflates,
 * hashes and deflates them for the store, while the caller's writes rows.  Records
 * are parsed by the one that has the time: by the second where it is ahead,
 * else by the caller, who finds them not parsed.  What comes out is the same, in the same order, without the
 * thread: where there is one processor, or none can be started.
 *
 * The thread touches the bundle and what is here, nothing else: until
 * feed_free() the bundle is the feed's.
 */
#ifndef BAYAZ_STORE_FEED_H
#define BAYAZ_STORE_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "bundle/read.h"
#include "store/version.h"

/* An entry, or a piece of a long one (CONTENT_PART_BYTES, the last may be
 * shorter or empty). */
struct feed_item {
	const struct manifest_entry *entry;	/* the bundle's */
	bool is_piece;
	bool begins, ends;		/* the entry; its hash was right */
	struct str bytes;
	bool is_packed;			/* `packed` is a zlib stream of them */
	struct str packed;
	struct version_parsed *parsed;	/* of a record; it may be taken */
};

struct feed;

/* `progress` (or NULL) is called by the caller's thread, in feed_next(). */
struct feed *feed_new(struct bundle *bundle, void (*progress)(void *context,
	uint64_t n_read, uint64_t n_all), void *context) RETURNS_NONNULL;
/* The next item, borrowed until the next call; NULL at the end of the bundle,
 * which was checked.  False: as bundle_next() and bundle_read(). */
bool feed_next(struct feed *feed, const struct feed_item **item,
	struct err *err) MUST_CHECK;
/* Stops the thread, wherever it is.  NULL is fine. */
void feed_free(struct feed *feed);

#endif
