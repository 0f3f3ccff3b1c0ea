/*
 * Of every value of a record: which version last changed it.  The version in
 * which a value is what it is now, while none that it was made from has it.
 * And what differs between two versions.
 */
#ifndef BAYAZ_STORE_BLAME_H
#define BAYAZ_STORE_BLAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/vec.h"
#include "crypt/crypt.h"
#include "store/answers.h"
#include "store/versions.h"

struct store;

struct blame_line {
	const struct answer *answer;	/* of `shown` */
	const struct store_version *version;	/* NULL: computed when versions
						 * were joined */
};

struct blame {
	struct store_record record;
	struct answers *answers;	/* of each version of it */
	struct answers shown;
	VEC(struct blame_line) lines;	/* in the order of the record */
};

/* `text` names the record as in versions.h.  ERR_REFUSED: a protected one.
 * blame_release() it, whatever came out. */
bool blame_record(struct store *store, const char *text, const char *language,
	struct blame *blame, struct err *err) MUST_CHECK;
void blame_release(struct blame *blame);

/* Who made a version at the centre: the fingerprint of the store's key; "" if
 * a laptop brought it. */
bool blame_centre(struct store *store, const struct store_version *version,
	char fingerprint[FINGERPRINT_BYTES], struct err *err) MUST_CHECK;

/* The values of one version: that whose hash `text` begins, else the one that
 * is shown of the record it names.  ERR_REFUSED: a protected one. */
bool blame_version(struct store *store, const char *text,
	const char *language, struct answers *answers, struct err *err)
	MUST_CHECK;

#endif
