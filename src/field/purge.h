/*
 * What a laptop need not keep any longer.  Removing a record also changes the
 * keys (records_purge() in records.h).
 * Source: design.md section 4; DNH-07, DNH-30.
 */
#ifndef BAYAZ_FIELD_PURGE_H
#define BAYAZ_FIELD_PURGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct workspace;

enum {
	PURGE_DISCARDED_DAYS = 30,	/* after it was discarded */
	PURGE_RECEIVED_DAYS = 90,	/* after the receipt; protected: 0 */
	/* Months after it was finished, where neither its form nor the
	 * project's policy says anything. */
	PURGE_RETENTION = 60,
	PURGE_RETENTION_PROTECTED = 24,
};

struct purge_counts {
	size_t discarded, received;	/* long enough ago */
	size_t over_age;	/* sent, and older than their form allows */
	size_t n_unsent;	/* as old, but never sent: they stay */
};

/* Remove all that may go at this time (seconds since 1970); `dry`: only count
 * it.  What is in a bundle that is being written stays. */
bool purge_due(struct workspace *ws, int64_t now, bool dry,
	struct purge_counts *counts, struct err *err) MUST_CHECK;

/* Inside a change: remove what was received long enough before that time. */
bool purge_received(struct workspace *ws, int64_t now, size_t *n_removed,
	struct err *err) MUST_CHECK;

/* Remove one record at once.  ERR_REFUSED if it is in a bundle that is being
 * written, and, unless `unsent`, if it was neither sent nor discarded. */
bool purge_record(struct workspace *ws, int64_t id, bool unsent,
	struct err *err) MUST_CHECK;

#endif
