/* bayaz store: look at the central store itself. */
#include "config.h"

#include <stdio.h>

#include "base/gettext.h"
#include "cmd/cmd.h"
#include "store/dump.h"
#include "store/store.h"

static const struct cmd_option options[] = {
	{ "store", 0, OPT_TEXT, N_("DB"), N_("the central store, an SQLite file") },
	{ 0 }
};

static struct store *open_store(const struct cmd_args *args, unsigned flags,
	int *status)
{
	const char *path = cmd_text(args, "store");
	struct err err = ERR_INIT;
	struct store *store;

	if (path == NULL) {
		*status = cmd_usage_error(args,
			_("say which store with --store DB"));
		return NULL;
	}
	store = store_open(path, flags, &err);
	if (store == NULL)
		*status = cmd_problem(&err);
	return store;
}

static int run_store_dump(const struct cmd_args *args)
{
	int status = EXIT_DONE;
	struct store *store = open_store(args, STORE_READ_ONLY, &status);
	struct err err = ERR_INIT;

	if (store == NULL)
		return status;
	if (!store_dump(store, stdout, &err))
		status = cmd_problem(&err);
	store_close(store);
	return status;
}

static int run_store_rebuild(const struct cmd_args *args)
{
	int status = EXIT_DONE;
	struct store *store = open_store(args, 0, &status);
	struct err err = ERR_INIT;

	if (store == NULL)
		return status;
	if (!store_rebuild(store, &err))
		status = cmd_problem(&err);
	store_close(store);
	return status;
}

const struct cmd cmd_store_dump = {
	.name = "store dump",
	.usage = N_("--store DB"),
	.summary = N_("print what the central store holds, in one fixed order"),
	.options = options,
	.run = run_store_dump,
};

const struct cmd cmd_store_rebuild = {
	.name = "store rebuild",
	.usage = N_("--store DB"),
	.summary = N_("make all that is derived anew from the facts"),
	.options = options,
	.run = run_store_rebuild,
};
