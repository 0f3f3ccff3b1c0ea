/* bayaz store: look at the central store itself. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/vec.h"
#include "cmd/centre.h"
#include "cmd/secret.h"
#include "db/db.h"
#include "store/dump.h"
#include "store/store.h"
#include "store/unlock.h"
#include "store/version.h"

static const struct cmd_option options[] = {
	{ "store", 0, OPT_TEXT, N_("DB"), N_("the central store, an SQLite file") },
	{ 0 }
};

static const struct cmd_option dump_options[] = {
	{ "store", 0, OPT_TEXT, N_("DB"), N_("the central store, an SQLite file") },
	{ "unlocked", 0, OPT_FLAG, NULL,
	  N_("tell of sealed records, too, with the key of this workspace") },
	CMD_PASSPHRASE_OPTION,
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

/* --- with the key --- */

struct opened { VEC(char *) lines; };

static void note(void *context, const char sha256[SHA256_HEX_BYTES],
	const struct version_head *head)
{
	struct opened *opened = context;
	struct json *line = js_new_object();
	char *text;

	js_put_text(line, "line", "opened");
	js_put_text(line, "sha256", sha256);
	js_put_text(line, "form", head->form);
	js_put_text(line, "form_version", head->form_version);
	js_put_text(line, "instance", head->instance);
	js_put_bool(line, "training", head->training);
	text = js_print(line);
	vec_push(&opened->lines, text);
	js_free(line);
}

/* What would be said of them is not: this only looks. */
static bool look(struct centre *centre, struct opened *opened, struct err *err)
{
	const struct unlock_setup setup = {
		.identities = centre->protected_,
		.n_identities = centre->setup.n_protected,
		.store_key = centre->setup.store_key, .all = true,
		.opened = note, .context = opened,
	};
	struct unlock_result found;
	bool ok;

	if (centre->setup.n_protected == 0)
		return err_set(err, ERR_NOKEY, _("this workspace does not hold "
			"the key of protected records"));
	if (!db_begin(store_db(centre->store), err))
		return false;
	ok = store_unlock(centre->store, &setup, &found, err);
	unlock_result_release(&found);
	db_rollback(store_db(centre->store));
	return ok;
}

/* The lines of sealed records come last, by hash. */
static int dump_unlocked(const struct cmd_args *args)
{
	struct centre centre = { .store = NULL };
	struct opened opened = { .lines = { NULL, 0, 0 } };
	struct err err = ERR_INIT;
	bool ok = centre_open(&centre, args, 0, &err) &&
		look(&centre, &opened, &err) &&
		store_dump(centre.store, stdout, &err);

	for (size_t i = 0; i < opened.lines.n; i++) {
		if (ok)
			puts(opened.lines.items[i]);
		free(opened.lines.items[i]);
	}
	vec_release(&opened.lines);
	centre_close(&centre);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

/* --- without --- */

static int run_store_dump(const struct cmd_args *args)
{
	int status = EXIT_DONE;
	bool unlocked = cmd_flag(args, "unlocked") &&
		cmd_text(args, "store") != NULL;
	struct store *store = unlocked ? NULL :
		open_store(args, STORE_READ_ONLY, &status);
	struct err err = ERR_INIT;

	if (unlocked)
		return dump_unlocked(args);
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
	.options = dump_options,
	.run = run_store_dump,
};

const struct cmd cmd_store_rebuild = {
	.name = "store rebuild",
	.usage = N_("--store DB"),
	.summary = N_("make all that is derived anew from the facts"),
	.options = options,
	.run = run_store_rebuild,
};
