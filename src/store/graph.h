/*
 * A record is the graph of its versions.  A version points to those it was
 * made from: the SHA-256s that manifests name as its priors; only where there
 * are none, the versions whose instanceID is its deprecatedID.  Versions of
 * one form that share an instanceID or are joined by such arrows are one
 * record.  Heads are versions nothing was made from; more than one is a
 * conflict, if join.h cannot join them; the head of greatest depth, then of
 * highest hash, is shown.  What is deleted is a head no more.  No clock takes
 * part, so every machine comes to the same.
 */
#ifndef BAYAZ_STORE_GRAPH_H
#define BAYAZ_STORE_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct store;

/* What became of a record: its rows have to be written again. */
enum graph_how {
	GRAPH_KNOWN,
	GRAPH_NEW,
	GRAPH_PLAIN,		/* new, with one head and no conflict: nothing is
				 * kept of it yet */
};
typedef bool graph_changed(void *context, int64_t record,
	enum graph_how how, struct err *err);

/* Work out the records that these versions belong to. */
bool graph_update(struct store *store, const int64_t *versions,
	size_t n_versions, graph_changed *gone, graph_changed *changed,
	void *context, struct err *err) MUST_CHECK;

#endif
