/*
 * What commands share with which a coordinator says something about records:
 * the store and the keys are opened, the role is looked at, all is said in one
 * transaction, or nothing.
 */
#ifndef BAYAZ_CMD_SAYING_H
#define BAYAZ_CMD_SAYING_H

#include <stdbool.h>

#include "base/err.h"
#include "cmd/centre.h"
#include "cmd/cmd.h"
#include "store/statement.h"
#include "store/versions.h"

/* Open, and begin.  The key must have one of `roles` (ROLE_... | ...).  In any
 * case saying_end() it. */
bool saying_begin(struct centre *centre, const struct cmd_args *args,
	unsigned roles, struct err *err) MUST_CHECK;
/* ERR_REFUSED unless the key has one of them. */
bool saying_may(const struct centre *centre, unsigned roles, struct err *err)
	MUST_CHECK;
/* Commit if `ok`, else take it all back; close. */
bool saying_end(struct centre *centre, bool ok, struct err *err) MUST_CHECK;

/* For each argument: the record that it names, and its heads. */
struct said_record {
	struct centre *centre;
	const struct store_record *record;
	struct statement_versions heads;
};
typedef bool saying_one(void *context, const struct said_record *said,
	struct err *err);
bool saying_each(struct centre *centre, const struct cmd_args *args,
	saying_one *one, void *context, struct err *err) MUST_CHECK;

/* Ask on the terminal; true if there is none, or the answer is yes. */
bool saying_confirm(const char *question);

/* Without control characters; free() it. */
char *cmd_masked(const char *text) RETURNS_NONNULL;

/* Usage errors that many have; EXIT_DONE: there is none. */
int saying_check(const struct cmd_args *args);

#endif
