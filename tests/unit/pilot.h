/*
 * A project with its keys, four laptops, bundles of them made by hand, and
 * central stores: what tests of the store share.  What fails fails the test.
 */
#ifndef BAYAZ_TESTS_UNIT_PILOT_H
#define BAYAZ_TESTS_UNIT_PILOT_H

#include "base/vec.h"
#include "bundle/write.h"
#include "crypt/age.h"
#include "store/merge.h"
#include "store/store.h"
#include "trust/device.h"
#include "trust/project.h"
#include "tests/scratch.h"

#define TODAY "2026-11-23"

enum { N_DEVICES = 4 };

extern struct err err;
extern struct trust_project project;
extern struct trust_secrets secrets;
extern struct trust_device devices[N_DEVICES];
extern struct age_keys keys;
extern struct merge_setup setup;	/* accepts whoever comes */
extern char folder[SCRATCH_BYTES];

int pilot_set_up(void **state);
int pilot_tear_down(void **state);

/* free() it; `deprecated` may be NULL. */
char *record(const char *form, const char *version, const char *instance,
	const char *deprecated, const char *answers);

struct sent {				/* a bundle in the making */
	struct manifest manifest;
	VEC(struct bundle_source) sources;
	VEC(char *) owned;
};
struct sent *new_bundle(int device, int sequence);
/* `bytes` must live until it is sent. */
void add_source(struct sent *sent, const char *bytes);
void add_form(struct sent *sent, const char *id, const char *version,
	const char *xml);
/* Takes over `xml`.  `prior`: XML of the version it was made from, or NULL. */
void add_record(struct sent *sent, const char *form, const char *version,
	const char *instance, char *xml, const char *prior);
/* Write it into `folder` and free it; the path: free() it.  `manifest` gets
 * its hash. */
char *send_chained(struct sent *sent, int device, const char *name,
	char manifest[SHA256_HEX_BYTES]);
char *send_bundle(struct sent *sent, int device, const char *name);

/* Empty, but for the project. */
struct store *new_store(void);
char *dump(struct store *store);		/* free() it */
struct merge_result merge(struct store *store, const char *path);

#endif
