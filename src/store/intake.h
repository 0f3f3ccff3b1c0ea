/*
 * Entries of a bundle become contents of the store, inside a transaction that
 * is given up if a hash turns out wrong.
 */
#ifndef BAYAZ_STORE_INTAKE_H
#define BAYAZ_STORE_INTAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "bundle/manifest.h"
#include "store/feed.h"

struct store;

struct intake;
struct intake *intake_new(struct store *store) RETURNS_NONNULL;
void intake_free(struct intake *intake);		/* NULL is fine */

/* May records of that form be taken?  ERR_NOTFOUND: the form is not here and
 * `trusted`: set aside until it comes.  ERR_REFUSED. */
bool intake_check_form(struct intake *intake,
	const struct manifest_entry *entry, bool trusted, struct err *err)
	MUST_CHECK;

/* What the feed gives becomes a content, or a part of one; *content is it. */
bool intake_item(struct intake *intake, const struct feed_item *item,
	int64_t *content, struct err *err) MUST_CHECK;

#endif
