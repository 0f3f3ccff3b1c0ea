/*
 * Coordinators stack: what a store holds goes on to another one, in bundles
 * of the usual format, signed by the store.  In them are the facts (what
 * devices signed, as they signed it, and what coordinators said) and all bytes
 * that those name.  Merging such a bundle adds its facts, so it does not
 * matter by which way they came.  Format: bayaz-bundle(5), "From a store".
 */
#ifndef BAYAZ_STORE_STACK_H
#define BAYAZ_STORE_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "crypt/minisign.h"
#include "trust/project.h"

struct store;

struct stack_options {
	const struct minisign_key *key;	/* the store's */
	const struct trust_project *project;	/* whom it is encrypted to */
	bool again;			/* all, not only what was not sent yet */
	int64_t after;			/* with `again`: facts after this one */
	void (*progress)(void *context, uint64_t n_in, uint64_t n_out);
	void *context;
};

struct stack_result {
	size_t n_facts, n_manifests, n_contents;
	int64_t last_fact;		/* of this bundle */
	bool more;			/* facts are left for another one */
};

/* The next bundle.  ERR_NOTFOUND: there is nothing (new) to send. */
bool stack_pack(struct store *store, const char *path,
	const struct stack_options *options, struct stack_result *result,
	struct err *err) MUST_CHECK;

#endif
