/*
 * Withdrawal (DNH-14): somebody wants what was written about her deleted.  What
 * this laptop can read of it goes at once; a request, sealed to the protected
 * class of the project, goes to the centre with the next bundle.
 * Source: domain.md, code rule CC; bayaz-bundle(5), deletion.json.
 */
#ifndef BAYAZ_FIELD_WITHDRAW_H
#define BAYAZ_FIELD_WITHDRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct workspace;

/* Remove these records and make the request, as one change.  The request is a
 * record of its own (record_head.is_deletion), ready to be packed.
 * ERR_REFUSED: no project, or one of them is in a bundle that is being
 * written. */
bool withdraw(struct workspace *ws, const char *code, const int64_t *ids,
	size_t n_ids, struct err *err) MUST_CHECK;

#endif
