/* bayaz unmerge: a bundle that is as if it had never come. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/utf8.h"
#include "bundle/read.h"
#include "cmd/saying.h"
#include "cmd/secret.h"
#include "db/db.h"
#include "store/content.h"
#include "store/devices.h"

enum { HASH_DIGITS = 8, REASON_MAX = 2000 };

/* A bundle that was merged. */
struct merged {
	char manifest[SHA256_HEX_BYTES];
	char name[64], date[11];	/* of the laptop, of the bundle */
	int64_t sequence;
	int64_t records, versions;	/* that it took out, or put back */
};

/* --- which one --- */

static bool read_merged(struct db_stmt *walk, struct merged *m,
	const char *text, struct err *err)
{
	enum db_result result;
	size_t n = 0;

	while ((result = db_step(walk, err)) == DB_ROW && n++ == 0) {
		row_hash(walk, 0, m->manifest);
		snprintf(m->name, sizeof m->name, "%s", db_text(walk, 1));
		snprintf(m->date, sizeof m->date, "%s", db_text(walk, 2));
		m->sequence = db_int(walk, 3);
	}
	db_reset(walk);
	if (n > 1)
		return err_set(err, ERR_CONFLICT, _("'%s' fits several "
			"bundles: name one by the hash of its manifest"),
			text);
	if (result == DB_DONE && n == 0)
		return err_set(err, ERR_NOTFOUND, _("no bundle '%s' was "
			"merged here"), text);
	return result != DB_FAILED;
}

#define MANIFESTS "SELECT c.sha256, m.name, m.date, m.sequence" \
	" FROM manifest m JOIN fact f ON f.id = m.fact" \
	" JOIN content c ON c.id = f.content WHERE "

static bool find_by_hash(struct store *store, const char *hash,
	const char *text, struct merged *m, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store), MANIFESTS
		"substr(lower(hex(c.sha256)), 1, length(?1)) = ?1", err);

	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, hash);
	return read_merged(walk, m, text, err);
}

static bool find_by_number(struct store *store, const char *text,
	struct merged *m, struct err *err)
{
	const char *colon = strrchr(text, ':');
	char *typed = str_format("%.*s", (int)(colon - text), text);
	struct device_list list = { NULL, 0, 0 };
	const struct device *device = NULL;
	struct db_stmt *walk = db_prepare(store_db(store), MANIFESTS
		"m.device = ?1 AND m.sequence = ?2", err);
	bool ok = walk != NULL && devices_list(store, &list, err);

	if (ok)
		device = devices_find(&list, typed, err);
	if (device != NULL) {
		db_bind_text(walk, 1, device->key);
		db_bind_int(walk, 2, strtoll(colon + 1, NULL, 10));
		ok = read_merged(walk, m, text, err);
	}
	devices_release(&list);
	free(typed);
	return ok && device != NULL;
}

static bool find_by_file(struct centre *centre, const char *path,
	struct merged *m, struct err *err)
{
	struct bundle *bundle = bundle_open(path, &centre->keys, NULL, err);
	bool ok = bundle != NULL && find_by_hash(centre->store,
		bundle_manifest_sha256(bundle), path, m, err);

	bundle_close(bundle);
	return ok;
}

static bool is_number(const char *text)
{
	const char *colon = strrchr(text, ':');

	return colon != NULL && colon[1] != '\0' &&
		strspn(colon + 1, "0123456789") == strlen(colon + 1);
}

static bool is_hash(const char *text)
{
	size_t n = strlen(text);

	return n >= HASH_DIGITS && n < SHA256_HEX_BYTES &&
		strspn(text, "0123456789abcdef") == n;
}

static bool find(struct centre *centre, const char *text, struct merged *m,
	struct err *err)
{
	if (file_exists(text))
		return find_by_file(centre, text, m, err);
	if (is_hash(text))
		return find_by_hash(centre->store, text, text, m, err);
	if (is_number(text))
		return find_by_number(centre->store, text, m, err);
	return err_set(err, ERR_NOTFOUND, _("'%s' is no bundle: name the file, "
		"the beginning of its manifest's hash, or LAPTOP:NUMBER"),
		text);
}

/* --- setting aside --- */

static bool say_it(struct centre *centre, const struct cmd_args *args,
	struct merged *m, struct err *err)
{
	const char *reason = cmd_text(args, "reason");
	struct store_totals before, after;
	bool ok = store_count(centre->store, &before, err);

	if (ok && cmd_flag(args, "undo"))
		ok = statement_take_back(centre->store,
			centre->setup.store_key, FACT_ASIDE, m->manifest, err);
	else if (ok)
		ok = statement_set_aside(centre->store,
			centre->setup.store_key, m->manifest,
			reason != NULL ? reason : "", err);
	ok = ok && store_count(centre->store, &after, err);
	if (ok) {
		m->records = after.records - before.records;
		m->versions = after.versions - before.versions;
	}
	return ok;
}

static void print_json(const struct merged *m, bool undo)
{
	struct json *answer = js_new_object();
	char *line;

	js_put_text(answer, "manifest", m->manifest);
	js_put_text(answer, "name", m->name);
	js_put_text(answer, "date", m->date);
	js_put_int(answer, "sequence", m->sequence);
	js_put_bool(answer, "counts", undo);
	js_put_int(answer, "records", m->records);
	js_put_int(answer, "versions", m->versions);
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

static void print(const struct merged *m, bool undo)
{
	char *name = cmd_masked(m->name);

	if (undo)
		/* TRANSLATORS: %1$lld is the number of a bundle, %2$s the name
		 * of a laptop, %3$s a date. */
		printf(_("bundle %1$lld of %2$s, of %3$s, counts again\n"),
			(long long)m->sequence, name, m->date);
	else
		printf(_("bundle %1$lld of %2$s, of %3$s, counts no more; "
			"--undo takes that back\n"), (long long)m->sequence,
			name, m->date);
	/* TRANSLATORS: how the numbers changed: -3, +0 */
	printf(_("records: %+lld\n"), (long long)m->records);
	printf(_("versions: %+lld\n"), (long long)m->versions);
	free(name);
}

static int check(const struct cmd_args *args)
{
	const char *reason = cmd_text(args, "reason");

	if (reason != NULL && (strlen(reason) > REASON_MAX ||
			!utf8_is_valid(reason, strlen(reason))))
		return cmd_usage_error(args,
			_("a reason is text of at most %d bytes"), REASON_MAX);
	return saying_check(args);
}

static int run_unmerge(const struct cmd_args *args)
{
	bool undo = cmd_flag(args, "undo"), ok;
	struct centre centre = { .store = NULL };
	struct merged m = { .sequence = 0 };
	struct err err = ERR_INIT;
	int status = check(args);

	if (status != EXIT_DONE)
		return status;
	ok = saying_begin(&centre, args, ROLE_MERGE, &err) &&
		find(&centre, args->items[0], &m, &err) &&
		say_it(&centre, args, &m, &err);
	ok = saying_end(&centre, ok, &err);
	if (ok && cmd_flag(args, "json"))
		print_json(&m, undo);
	else if (ok)
		print(&m, undo);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CENTRE_STORE_OPTION,
	{ "undo", 0, OPT_FLAG, NULL, N_("let it count again") },
	{ "reason", 0, OPT_TEXT, N_("TEXT"), N_("why; it is kept, signed") },
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_unmerge = {
	.name = "unmerge",
	.usage = N_("BUNDLE|HASH|LAPTOP:NUMBER --store DB"),
	.summary = N_("let a merged bundle count no more"),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.run = run_unmerge,
};
