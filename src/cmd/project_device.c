/* bayaz project device: which laptops there are, and which are believed. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "base/utf8.h"
#include "cmd/centre.h"
#include "cmd/cmd.h"
#include "db/db.h"
#include "store/devices.h"
#include "store/fact.h"
#include "store/merge.h"
#include "store/store.h"

/* ---- list ---- */

static const char *const status_words[] = {
	[DEVICE_IS_UNKNOWN] = "waiting",
	[DEVICE_IS_ACCEPTED] = "accepted",
	[DEVICE_IS_REVOKED] = "revoked",
};

static const char *shown_status(enum device_status status)
{
	switch (status) {
	case DEVICE_IS_ACCEPTED:
		return P_("laptop", "accepted");
	case DEVICE_IS_REVOKED:
		return P_("laptop", "revoked");
	default:
		return P_("laptop", "waiting");
	}
}

static void put_cell(const char *text, size_t columns)
{
	struct str shown = STR_INIT;
	size_t width;

	utf8_mask(&shown, text, false);
	fputs(shown.data, stdout);
	for (width = utf8_width(shown.data); width + 1 < columns; width++)
		putchar(' ');
	if (columns > 0)
		putchar(' ');	/* also after what is too long */
	str_release(&shown);
}

static void put_row(const char *fingerprint, const char *name,
	const char *status, const char *last, const char *notes)
{
	put_cell(fingerprint, FINGERPRINT_BYTES + 1);
	put_cell(name, 12);
	put_cell(status, 10);
	if (str_is_empty(notes)) {
		put_cell(last, 0);
	} else {
		put_cell(last, 18);
		put_cell(notes, 0);
	}
	putchar('\n');
}

static void add_note(struct str *notes, char *text)
{
	if (notes->len > 0)
		/* TRANSLATORS: between two remarks on one laptop */
		str_add(notes, _("; "));
	str_add(notes, text);
	free(text);
}

static void list_notes(const struct device *device, struct str *notes)
{
	size_t n;

	if (device->missing[0] != '\0')
		add_note(notes, str_format(_("missing: %s"), device->missing));
	if (device->forked[0] != '\0')
		add_note(notes, str_format(_("used twice: %s"),
			device->forked));
	n = (size_t)device->n_waiting;
	if (n > 0)
		add_note(notes, str_format(ngettext("%zu bundle waits",
			"%zu bundles wait", n), n));
	n = (size_t)device->n_aside;
	if (n > 0)
		add_note(notes, str_format(ngettext("%zu record set aside",
			"%zu records set aside", n), n));
}

static void list_one(const struct device *device)
{
	struct str notes = STR_INIT, last = STR_INIT;

	list_notes(device, &notes);
	if (device->last > 0)
		str_addf(&last, "%" PRId64 " (%s)", device->last,
			device->last_date);
	put_row(device->fingerprint, device->name,
		shown_status(device->status), last.data, notes.data);
	str_release(&notes);
	str_release(&last);
}

static void list_text(const struct device_list *list)
{
	if (list->n == 0) {
		puts(_("no laptop has sent anything yet"));
		return;
	}
	put_row(_("fingerprint"), _("code"), _("status"), _("last bundle"),
		"");
	for (size_t i = 0; i < list->n; i++)
		list_one(&list->items[i]);
}

static void list_json(const struct device_list *list)
{
	struct json *all = js_new_object(), *devices = js_new_array();
	char *line;

	for (size_t i = 0; i < list->n; i++) {
		const struct device *device = &list->items[i];
		struct json *is = js_new_object();

		js_put_text(is, "key", device->key);
		js_put_text(is, "fingerprint", device->fingerprint);
		js_put_text(is, "name", device->name);
		js_put_text(is, "status", status_words[device->status]);
		js_put_int(is, "bundles", device->n_bundles);
		js_put_int(is, "last", device->last);
		js_put_text(is, "last_date", device->last_date);
		js_put_int(is, "waiting", device->n_waiting);
		js_put_int(is, "set_aside", device->n_aside);
		js_put_text(is, "missing", device->missing);
		js_put_text(is, "used_twice", device->forked);
		js_add(devices, is);
	}
	js_put(all, "devices", devices);
	line = js_print(all);
	puts(line);
	free(line);
	js_free(all);
}

static int no_store(const struct cmd_args *args)
{
	return cmd_usage_error(args, _("say which store with --store DB"));
}

static int run_list(const struct cmd_args *args)
{
	const char *path = cmd_text(args, "store");
	struct device_list list = { 0 };
	struct err err = ERR_INIT;
	struct store *store;
	bool ok;

	if (path == NULL)
		return no_store(args);
	store = store_open(path, STORE_READ_ONLY, &err);
	ok = store != NULL && devices_list(store, &list, &err);
	if (ok && cmd_flag(args, "json"))
		list_json(&list);
	else if (ok)
		list_text(&list);
	devices_release(&list);
	store_close(store);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

/* ---- accept and revoke ---- */

/* One change of the store with its line in the log. */
static bool end_change(struct centre *c, bool ok, const char *word,
	const char *fingerprint, struct err *err)
{
	struct db *db = store_db(c->store);

	ok = ok && store_log(c->store, word, fingerprint, NULL, err) &&
		db_commit(db, err);
	if (!ok)
		db_rollback(db);
	return ok;
}

static bool accept_one(struct centre *c, const struct device *device,
	struct err *err)
{
	bool ok;

	if (device->status == DEVICE_IS_ACCEPTED) {
		printf(_("the laptop %s is accepted already\n"),
			device->fingerprint);
		return true;
	}
	ok = db_begin(store_db(c->store), err);
	ok = end_change(c, ok && fact_accept_device(c->store,
		c->setup.store_key, device->key, err), "accept",
		device->fingerprint, err);
	if (!ok)
		return false;
	printf(_("accepted the laptop %s\n"), device->fingerprint);
	if (device->status == DEVICE_IS_REVOKED)
		puts(_("it was revoked: what was set aside counts again"));
	return true;
}

/* What waited for this. */
static void tell_retried(void *context, const char *file,
	const struct merge_result *result, const struct err *refused)
{
	struct str name = STR_INIT;

	(void)context;
	if (refused->code != ERR_NONE ||
			result->outcome != MERGE_TAKEN)
		return;			/* 'merge --retry' tells why */
	utf8_mask(&name, file, false);
	printf(ngettext("%1$s: %2$zu new version\n",
			"%1$s: %2$zu new versions\n", result->versions_new),
		name.data, result->versions_new);
	str_release(&name);
}

static bool accept_all(struct centre *c, const struct cmd_args *args,
	struct err *err)
{
	struct device_list list = { 0 };
	bool ok = centre_may(c, ROLE_MERGE, err) &&
		devices_list(c->store, &list, err);

	for (int i = 0; ok && i < args->n; i++) {
		const struct device *device = devices_find(&list,
			args->items[i], err);

		ok = device != NULL && accept_one(c, device, err);
	}
	devices_release(&list);
	return ok && store_merge_retry(c->store, &c->setup, tell_retried, NULL,
		err);
}

static int run_accept(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct centre c;
	bool ok;

	if (cmd_text(args, "store") == NULL)
		return no_store(args);
	ok = centre_open(&c, args, 0, &err) && accept_all(&c, args, &err);
	centre_close(&c);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

/* What is revoked, and up to where it is believed. */
struct revoking { int64_t last; };

static bool read_last(const struct cmd_args *args, struct revoking *r,
	struct err *err)
{
	const char *text = cmd_text(args, "last");
	char *end = NULL;
	long long number;

	r->last = INT64_MAX;
	if (text == NULL)
		return true;
	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || number < 0)
		return err_set(err, ERR_USAGE,
			_("--last takes the number of a bundle, or 0"));
	r->last = number;
	return true;
}

/* The newest trusted bundle, as the store has it now. */
static bool last_trusted(struct store *store, const char *key,
	int64_t *number, struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT max(sequence) FROM manifest WHERE device = ?1"
		" AND trusted", err);
	enum db_result result;

	*number = 0;
	if (get == NULL)
		return false;
	db_bind_text(get, 1, key);
	result = db_step(get, err);
	if (result == DB_ROW)
		*number = db_int(get, 0);
	db_reset(get);
	return result != DB_FAILED;
}

static bool tell_revoked(struct store *store, const struct device *device,
	struct err *err)
{
	struct device now = *device;
	struct device_list list = { 0 };
	int64_t last;
	bool ok = last_trusted(store, device->key, &last, err) &&
		devices_list(store, &list, err);

	for (size_t i = 0; i < list.n; i++)
		if (strcmp(list.items[i].key, device->key) == 0)
			now = list.items[i];
	if (ok) {
		printf(_("revoked the laptop %s\n"), now.fingerprint);
		if (last > 0)
			printf(_("its bundles up to number %lld are trusted, "
				 "and what they go back to\n"),
				(long long)last);
		else
			puts(_("none of its bundles is trusted"));
		if (now.n_aside > 0)
			printf(ngettext("%lld record of it is set aside: it "
					"is kept and does not count\n",
					"%lld records of it are set aside: "
					"they are kept and do not count\n",
					(unsigned long)now.n_aside),
				(long long)now.n_aside);
		puts(_("what it sends from now on is kept and does not count; "
		       "it still has the forms, and the records made on it"));
	}
	devices_release(&list);
	return ok;
}

static bool revoke(struct centre *c, const struct cmd_args *args,
	const struct revoking *r, struct err *err)
{
	struct device_list list = { 0 };
	const struct device *device = NULL;
	bool ok = centre_may(c, ROLE_MERGE, err) &&
		devices_list(c->store, &list, err);

	if (ok)
		device = devices_find(&list, args->items[0], err);
	ok = device != NULL && db_begin(store_db(c->store), err);
	if (ok)
		ok = end_change(c, fact_revoke_device(c->store,
			c->setup.store_key, device->key, r->last, NULL, err),
			"revoke", device->fingerprint, err);
	ok = ok && tell_revoked(c->store, device, err);
	devices_release(&list);
	return ok;
}

static int run_revoke(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct revoking r;
	struct centre c;
	bool ok;

	if (cmd_text(args, "store") == NULL)
		return no_store(args);
	if (!read_last(args, &r, &err))
		return cmd_problem(&err);
	ok = centre_open(&c, args, 0, &err) && revoke(&c, args, &r, &err);
	centre_close(&c);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

/* ---- tables ---- */

static const struct cmd_option list_options[] = {
	CENTRE_STORE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

static const struct cmd_option accept_options[] = {
	CENTRE_STORE_OPTION,
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

static const struct cmd_option revoke_options[] = {
	CENTRE_STORE_OPTION,
	{ "last", 0, OPT_TEXT, N_("NUMBER"),
	  N_("the last bundle to be trusted; 0: none (else: the newest here)") },
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_project_device_list = {
	.name = "project device list",
	.usage = N_("--store DB"),
	.summary = N_("list the laptops that sent something"),
	.options = list_options,
	.run = run_list,
};

const struct cmd cmd_project_device_accept = {
	.name = "project device accept",
	.usage = N_("FINGERPRINT... --store DB"),
	.summary = N_("take what these laptops send"),
	.options = accept_options,
	.min_args = 1,
	.max_args = -1,
	.run = run_accept,
};

const struct cmd cmd_project_device_revoke = {
	.name = "project device revoke",
	.usage = N_("FINGERPRINT --store DB"),
	.summary = N_("trust nothing more that this laptop sends"),
	.options = revoke_options,
	.min_args = 1,
	.max_args = 1,
	.run = run_revoke,
};
