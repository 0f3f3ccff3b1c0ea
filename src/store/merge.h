/*
 * Taking bundles in.  Each is checked as it is read and taken in one
 * transaction: it is in the store whole, or nothing of it is.  Merging is a
 * union: order, repetition and grouping do not matter.  What cannot be taken
 * yet (a device nobody accepted, a form that is not here) is set aside whole,
 * as the file that arrived, and tried again later.  What a revoked device
 * sends after its last trusted bundle is kept, and does not count.
 */
#ifndef BAYAZ_STORE_MERGE_H
#define BAYAZ_STORE_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/vec.h"
#include "crypt/age.h"
#include "crypt/crypt.h"
#include "crypt/minisign.h"
#include "store/unlock.h"

struct feed;
struct store;

struct merge_setup {
	const struct age_keys *keys;	/* that open bundles */
	/* Says who is accepted; NULL: nobody can be accepted now. */
	const struct minisign_key *store_key;
	const char *const *accept;	/* fingerprints, dashes and case free */
	size_t n_accept;
	bool accept_new;		/* every device that is not known yet */
	/* Of the protected class: what comes sealed is looked into at once. */
	const struct age_identity *protected_;
	size_t n_protected;
	/* The file that comes after this one, to be begun early; both or none. */
	struct feed **early;		/* feed_free() it at the end */
	const char *next;
	/* Told now and then how far the file is read; or NULL. */
	void (*progress)(void *context, uint64_t n_read, uint64_t n_all);
	void *context;
};

enum merge_outcome {
	MERGE_TAKEN,
	MERGE_KNOWN,			/* it has been taken before */
	MERGE_SET_ASIDE,
};

struct merge_result {
	enum merge_outcome outcome;
	char device[MINISIGN_PUBLIC_TEXT];
	char fingerprint[FINGERPRINT_BYTES];
	char device_name[64];		/* as it calls itself; "" */
	int64_t sequence;
	char date[11];			/* YYYY-MM-DD, as its clock said; or "" */
	bool accepted_now;		/* by this call */
	size_t versions_new, versions_known;
	size_t sealed_new;
	size_t n_no_consent;		/* records, erased */
	size_t n_withdrawn;		/* the same */
	size_t n_waiting;		/* to be erased by who has the role */
	size_t missing;			/* attachments named by its records */
	size_t forms_new;		/* 0 or 1: forms came with it */
	bool revoked;			/* its device is, and it came after: */
	size_t n_aside;			/* records kept that do not count */
	bool stacked;			/* from another store, with ... */
	size_t n_manifests;		/* ... so many new bundles of laptops */
	char reason[512];		/* MERGE_SET_ASIDE: a sentence */
};

/* False: the file was refused (damaged, forged, not for us) and nothing
 * changed.  ERR_NOKEY, ERR_CRYPTO, ERR_SYNTAX, ERR_SPEC, ERR_LIMIT,
 * ERR_CONFLICT (another project), ERR_REFUSED, ERR_IO. */
bool store_merge_file(struct store *store, const char *path,
	const struct merge_setup *setup, struct merge_result *result,
	struct err *err) MUST_CHECK;

/* Try what was set aside again, until nothing more can be taken.  `told` is
 * called for each with its outcome. */
bool store_merge_retry(struct store *store, const struct merge_setup *setup,
	void (*told)(void *context, const char *name,
		const struct merge_result *result, const struct err *refused),
	void *context, struct err *err) MUST_CHECK;

/* The folder where set-aside files lie, beside the store; free() it. */
char *store_quarantine_folder(const struct store *store) RETURNS_NONNULL;

/* Totals of the whole store. */
struct store_totals {
	int64_t manifests, devices, versions, records, edits, conflicts;
	int64_t findings;		/* of the rules, that are open */
	int64_t sealed, quarantined, unreadable;
	int64_t unread;			/* of the sealed: not looked into */
	int64_t erased;			/* for want of consent, or withdrawn */
	int64_t set_aside;		/* records of revoked devices */
};
bool store_count(struct store *store, struct store_totals *totals,
	struct err *err) MUST_CHECK;

/* Numbers that are missing in a device's chain of bundles, and numbers that
 * were used twice, as "3-5, 9"; "" if none.  free() both. */
bool store_chain(struct store *store, const char *device, char **missing,
	char **forked, struct err *err) MUST_CHECK;

#endif
