/* Words on a record, for lists. */
#ifndef BAYAZ_CMD_RECORD_TEXT_H
#define BAYAZ_CMD_RECORD_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "field/records.h"

/* YYYY-MM-DD: the local day; of a protected one, of which the day is all that
 * is kept, that day. */
void record_day(bool is_protected, int64_t seconds, char date[11]);

/* "/data/child[2]/name" as the form calls it: "/data/child/name"; free() it. */
char *record_ref_without_positions(const char *ref);

/* What became of it since it was finished, on the day `since`; appended, or
 * nothing. */
void record_fate(enum record_state state, uint64_t bundle,
	const char *refused, const char *since, struct str *out);

#endif
