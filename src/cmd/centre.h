/*
 * A coordinator's workspace and a central store, opened together: the keys of
 * the one open what comes into the other, and what the one knows (project,
 * certificates, forms) is in the other before anything else is done, so that
 * the order in which bundles come cannot matter.
 */
#ifndef BAYAZ_CMD_CENTRE_H
#define BAYAZ_CMD_CENTRE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd/member.h"
#include "store/merge.h"
#include "store/store.h"
#include "trust/cert.h"
#include "trust/project.h"

struct workspace;

struct centre {
	struct workspace *ws;
	struct store *store;
	bool store_is_new;		/* there was no file */
	bool forms_new;			/* the workspace had forms for it */
	struct trust_project project;
	struct trust_secrets secrets;
	struct age_identity identities[MEMBER_IDENTITIES_MAX];
	struct age_keys keys;
	struct age_identity protected_[1 + TRUST_OLD_MAX];	/* its readers */
	struct merge_setup setup;	/* its keys; nobody is accepted */
};

/* What a command that opens one has in its table. */
#define CENTRE_STORE_OPTION \
	{ "store", 0, OPT_TEXT, N_("DB"), \
	  N_("the central store, an SQLite file") }

/* The store of --store (which must have been given; flags of store_open()) and
 * the workspace of -C.  centre_close() it, whatever came out. */
bool centre_open(struct centre *centre, const struct cmd_args *args,
	unsigned flags, struct err *err) MUST_CHECK;
void centre_close(struct centre *centre);

/* ERR_REFUSED unless the workspace's key has this role and it was not
 * withdrawn, as far as the store knows. */
bool centre_may(const struct centre *centre, enum trust_role role,
	struct err *err) MUST_CHECK;

#endif
