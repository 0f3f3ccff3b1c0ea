/*
 * What leaves the store only when it is asked for: --include restricted, with
 * a typed reason, an unlocked coordinator's key and a line in the log (DNH-18).
 */
#ifndef BAYAZ_CMD_INCLUDE_H
#define BAYAZ_CMD_INCLUDE_H

#include <stdbool.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "store/store.h"

#define INCLUDE_OPTIONS \
	{ "include", 0, OPT_LIST, N_("restricted"), \
	  N_("what is left out otherwise; needs --reason and the " \
	     "coordinator's workspace, and is logged") }, \
	{ "reason", 0, OPT_TEXT, N_("TEXT"), \
	  N_("why it is needed, for the store's log") }

/* EXIT_DONE, or wrong usage was told. */
int include_check(const struct cmd_args *args, bool *restricted);

/* ERR_REFUSED, ERR_CONFLICT ... unless the workspace of -C holds a
 * coordinator's keys of the store's project; then a line in its log: `kind`,
 * `about` and the reason.  The store is open for writing. */
bool include_allow(const struct cmd_args *args, struct store *store,
	const char *kind, const char *about, struct err *err) MUST_CHECK;

#endif
