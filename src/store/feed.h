/*
 * The entries of a bundle, read ahead: a second thread opens it, decrypts,
 * inflates, hashes and deflates for the store, while the caller's writes rows.
 * Records are parsed by the one that has the time: by the second where it is
 * ahead, else by the caller, who finds them not parsed.  What comes out is the
 * same, in the same order, without the thread: where there is one processor, or
 * none can be started.
 *
 * The thread touches the bundle and what is here, nothing else.  A feed can be
 * begun while the one before it is still in use, so that reading goes on while
 * the store waits for its disk.
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

/* Begin with a file that will be asked for next, if *early is NULL, there is a
 * second processor, and it is not large: its manifest is in memory beside that of
 * another.  `keys` must stay.  No error: nothing is begun. */
void feed_early(struct feed **early, const char *path,
	const struct age_keys *keys);
/* A feed of this file: *early if it is that, which is NULL afterwards in any
 * case.  `early` may be NULL. */
struct feed *feed_take(struct feed **early, const char *path,
	const struct age_keys *keys) RETURNS_NONNULL;
/* Its bundle, the feed's, of which the caller may read the manifest.  NULL: as
 * bundle_open(); then only feed_free() is left to be called. */
struct bundle *feed_bundle(struct feed *feed, struct err *err) MUST_CHECK;
/* Its manifest as a zlib stream; NULL: that would be no shorter. */
const struct str *feed_manifest(struct feed *feed);
/* `progress` (or NULL) is called by the caller's thread, in feed_next(). */
void feed_watch(struct feed *feed, void (*progress)(void *context,
	uint64_t n_read, uint64_t n_all), void *context);
/* The next item, borrowed until the next call; NULL at the end of the bundle,
 * which was checked.  False: as bundle_next() and bundle_read(). */
bool feed_next(struct feed *feed, const struct feed_item **item,
	struct err *err) MUST_CHECK;
/* There is nothing more to be read, though there may be to be had. */
bool feed_has_read_all(struct feed *feed);
/* In place of feed_next(): is all that comes what the manifest says? */
bool feed_check_rest(struct feed *feed, struct err *err) MUST_CHECK;
/* Stops the thread, wherever it is, and closes the bundle.  NULL is fine. */
void feed_free(struct feed *feed);

#endif
