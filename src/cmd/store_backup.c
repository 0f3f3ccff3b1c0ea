/* bayaz store backup, bayaz store restore: the central store as one sealed
 * file. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/gettext.h"
#include "base/json.h"
#include "cmd/centre.h"
#include "cmd/cmd.h"
#include "cmd/progress.h"
#include "cmd/secret.h"
#include "crypt/crypt.h"
#include "store/backup.h"
#include "store/store.h"

static void print_json(struct json *answer)
{
	char *line = js_print(answer);

	puts(line);
	free(line);
	js_free(answer);
}

/* --- backup --- */

static void tell_json(const char *path, const struct store_backup *backup)
{
	struct json *answer = js_new_object();
	char hex[SHA256_HEX_BYTES];

	hex_encode(backup->sha256, SHA256_BYTES, hex);
	js_put_text(answer, "file", path);
	js_put_text(answer, "at", backup->at);
	js_put_int(answer, "bytes", backup->n_bytes);
	js_put_text(answer, "sha256", hex);
	print_json(answer);
}

static bool write_backup(const struct cmd_args *args, struct store *store,
	struct err *err)
{
	const char *path = cmd_text(args, "output");
	struct progress progress;
	const struct vault_watch watch = { progress_bytes, &progress };
	struct store_backup made = { .path = NULL };
	struct str passphrase = STR_INIT;
	bool ok = cmd_passphrase(args, true, &passphrase, err);

	if (ok) {
		progress_begin(&progress);
		ok = store_backup(store, path, passphrase.data, &watch, &made,
			err);
		progress_end(&progress);
	}
	str_wipe(&passphrase);
	if (ok && cmd_flag(args, "json"))
		tell_json(path, &made);
	else if (ok)
		printf(_("a copy of the store is in '%s': it was read back "
			"and is whole\n"), path);
	free(made.path);
	return ok;
}

static bool check_backup(const struct cmd_args *args, struct store *store,
	struct err *err)
{
	const char *path = cmd_text(args, "check");
	struct store_backup found;
	bool ok = store_backup_check(store, path, &found, err);

	if (ok && cmd_flag(args, "json"))
		tell_json(path, &found);
	else if (ok)
		/* TRANSLATORS: %2$s is a date, like 2026-11-26 */
		printf(_("'%1$s' is the backup of %2$.10s, and is whole\n"),
			path, found.at);
	free(found.path);
	return ok;
}

static int run_store_backup(const struct cmd_args *args)
{
	bool check = cmd_text(args, "check") != NULL;
	struct err err = ERR_INIT;
	struct store *store;
	bool ok;

	if (check == (cmd_text(args, "output") != NULL))
		return cmd_usage_error(args, _("say where to with -o FILE, or "
			"which file to look through with --check FILE"));
	if (cmd_text(args, "store") == NULL)
		return cmd_usage_error(args,
			_("say which store with --store DB"));
	store = crypt_init(&err) ? store_open(cmd_text(args, "store"), 0,
		&err) : NULL;
	ok = store != NULL && (check ? check_backup(args, store, &err) :
		write_backup(args, store, &err));
	store_close(store);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option backup_options[] = {
	{ "output", 'o', OPT_TEXT, N_("FILE"), N_("write the backup to FILE") },
	{ "check", 0, OPT_TEXT, N_("FILE"),
	  N_("look whether FILE is a backup of the store and whole") },
	CENTRE_STORE_OPTION,
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_store_backup = {
	.name = "store backup",
	.usage = N_("-o FILE --store DB"),
	.summary = N_("write the central store into one sealed file"),
	.options = backup_options,
	.run = run_store_backup,
};

/* --- restore --- */

static bool restore(const struct cmd_args *args, struct err *err)
{
	const char *to = cmd_text(args, "store");
	struct str passphrase = STR_INIT;
	bool ok = crypt_init(err) &&
		cmd_passphrase(args, false, &passphrase, err) &&
		store_restore(args->items[0], to, passphrase.data, err);
	struct json *answer;

	str_wipe(&passphrase);
	if (ok && cmd_flag(args, "json")) {
		answer = js_new_object();
		js_put_text(answer, "store", to);
		print_json(answer);
	} else if (ok) {
		printf(_("restored the store in '%s'\n"), to);
	}
	return ok;
}

static int run_store_restore(const struct cmd_args *args)
{
	struct err err = ERR_INIT;

	if (cmd_text(args, "store") == NULL)
		return cmd_usage_error(args,
			_("say which store with --store DB"));
	return restore(args, &err) ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option restore_options[] = {
	{ "store", 0, OPT_TEXT, N_("DB"),
	  N_("the store to make, an SQLite file") },
	{ "passphrase-file", 0, OPT_TEXT, N_("FILE"),
	  N_("read the backup's passphrase from FILE ('-': standard input)") },
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_store_restore = {
	.name = "store restore",
	.usage = N_("FILE --store DB"),
	.summary = N_("make a central store from a backup"),
	.options = restore_options,
	.min_args = 1,
	.max_args = 1,
	.run = run_store_restore,
};
