/*
 * A workspace that was copied or restored: two laptops must not sign with one
 * key and count in one chain.  The copy gets a key of its own, and says so.
 * How a copy is told from the original: bayaz-field(7).
 */
#ifndef BAYAZ_FIELD_COPY_H
#define BAYAZ_FIELD_COPY_H

#include <stdbool.h>

#include "base/err.h"
#include "crypt/crypt.h"

struct workspace;

/* Was it found, when it was opened, that this is a copy? */
bool workspace_is_copy(const struct workspace *ws);

/* A new key for the device, under the same name; its bundles begin at 1, and
 * nothing is in a bundle that is being written.  A coordinator's keys stay.
 * From now on it is the original of its own.  `fingerprint` is "" where there
 * is no device. */
bool workspace_make_own(struct workspace *ws,
	char fingerprint[FINGERPRINT_BYTES], struct err *err) MUST_CHECK;

#endif
