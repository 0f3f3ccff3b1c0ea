/*
 * The laptops that a store knows: those that sent something, those somebody
 * accepted or revoked, and those whose bundles wait for that.
 */
#ifndef BAYAZ_STORE_DEVICES_H
#define BAYAZ_STORE_DEVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/vec.h"
#include "crypt/crypt.h"
#include "crypt/minisign.h"
#include "store/fact.h"

struct store;

struct device {
	char key[MINISIGN_PUBLIC_TEXT];
	char fingerprint[FINGERPRINT_BYTES];
	char name[64];			/* in its newest bundle; "" */
	char recipient[64];		/* age1..., likewise; "" */
	enum device_status status;	/* unknown: its bundles wait */
	int64_t n_bundles;		/* merged ones */
	int64_t last;			/* number of the newest; 0: none */
	char last_date[11];		/* YYYY-MM-DD, or "" */
	int64_t n_waiting;		/* bundles in quarantine */
	int64_t n_aside;		/* records that do not count any more */
	char *missing, *forked;		/* "3-5, 9"; "" */
};

struct device_list { struct device *items; size_t n, cap; };

/* In the order of names, then of fingerprints. */
bool devices_list(struct store *store, struct device_list *list,
	struct err *err) MUST_CHECK;
void devices_release(struct device_list *list);

/* The one with that fingerprint, as it was typed, or, if only one laptop is
 * called so, with that name.  ERR_NOTFOUND; borrowed from the list. */
const struct device *devices_find(const struct device_list *list,
	const char *typed, struct err *err) MUST_CHECK;

#endif
