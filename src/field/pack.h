/*
 * Packing: ready records into a bundle for the centre, as many as fit.  Each
 * bundle carries a sequence number and the hash of the manifest before it, so
 * the centre sees a gap or a fork.
 *
 * Nothing is lost and nothing goes twice, wherever it is interrupted: what a
 * bundle will hold is noted durably first, then the file is written whole,
 * that is noted, it gets its name, and the records are marked.  After a crash
 * before it could have its name, the next packing begins anew; after that, it
 * writes the very same manifest again.
 */
#ifndef BAYAZ_FIELD_PACK_H
#define BAYAZ_FIELD_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/problem.h"

struct workspace;

struct pack_options {
	bool again;		/* packed ones too, unless received */
	uint64_t again_before;	/* of those, from bundles before this; 0: all */
	bool plain;		/* no encryption: only if every form is public */
	int64_t now;		/* seconds since 1970; 0: the clock */
	void (*progress)(void *context, uint64_t done_bytes,
		uint64_t all_bytes);	/* or NULL */
	void *context;
};

struct pack_result {
	size_t n_records;	/* standard ones */
	size_t n_sealed;	/* protected ones */
	size_t n_deletions;	/* requests to delete; they are no records */
	size_t n_answers;	/* to questions of the coordinator */
	size_t n_forms, n_files;
	size_t n_missing;	/* attachments that are not there */
	size_t n_damaged;	/* records that cannot be read: they stay behind */
	size_t n_too_large;	/* records that the disk cannot hold: likewise */
	size_t n_left;		/* ready ones that must wait for the next bundle */
	uint64_t sequence;
	bool resumed;		/* an interrupted packing was completed */
	char manifest[65];	/* its SHA-256 in hexadecimal */
};

/* Write the bundle to `path`, which must not exist (ERR_CONFLICT), and mark
 * the records packed.  Nothing ready: ERR_NOTFOUND, no file.  No project
 * joined: ERR_REFUSED.  Nothing that the disk can hold: ERR_LIMIT.  A full
 * disk: ERR_IO, and nothing is left on it.  Missing attachments become
 * warnings. */
bool pack_ready(struct workspace *ws, const char *path,
	const struct pack_options *options, struct pack_result *result,
	struct problems *warnings, struct err *err) MUST_CHECK;

/* A path in this folder that is free and tells nothing but a day; free() it.
 * If the bundle that was written last into this folder has to be written
 * again, it is that path.  now: seconds since 1970, 0: the clock. */
char *pack_new_name(struct workspace *ws, const char *folder, bool plain,
	int64_t now) RETURNS_NONNULL;

#endif
