/*
 * What happened in this store and when: the local log, with what is known of
 * the bundles that it names.  Never an answer.
 */
#ifndef BAYAZ_STORE_HISTORY_H
#define BAYAZ_STORE_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct store;

/* Texts are borrowed, never NULL. */
struct store_event {
	const char *at;			/* 2026-11-26T10:00:00Z */
	const char *kind, *about, *text;	/* as given to store_log() */
	/* of a bundle that `about` names (sequence 0: none) */
	const char *device;		/* the worker's code; "" */
	int64_t sequence, records;
};

/* Oldest first, from that day on ("": from the start); false stops. */
bool store_history(struct store *store, const char *since,
	bool (*visit)(void *context, const struct store_event *event),
	void *context, struct err *err) MUST_CHECK;

#endif
