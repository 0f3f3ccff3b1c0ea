/* bayaz link: two records are one. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "cmd/saying.h"
#include "cmd/secret.h"

struct pair { struct store_record a, b; };

static bool find_pair(struct centre *centre, const struct cmd_args *args,
	struct pair *pair, struct err *err)
{
	struct store_record *both[] = { &pair->a, &pair->b };

	for (int i = 0; i < 2; i++) {
		if (!store_record_find(centre->store, args->items[i], both[i],
				err))
			return false;
		if (both[i]->id == 0)
			return err_set(err, ERR_REFUSED,
				_("this record is protected: nothing can be "
				  "said about it here"));
	}
	return true;
}

/* The version that is shown. */
static const char *shown(const struct store_record *record)
{
	for (size_t i = 0; i < record->versions.n; i++)
		if (record->versions.items[i].is_shown)
			return record->versions.items[i].sha256;
	return "";
}

static bool link_pair(struct centre *centre, const struct pair *pair,
	struct err *err)
{
	char two[2][SHA256_HEX_BYTES];
	struct statement_versions versions = { pair->a.form,
		(const char (*)[SHA256_HEX_BYTES])two, 2 };

	if (strcmp(pair->a.form, pair->b.form) != 0)
		return err_set(err, ERR_REFUSED, _("they are of two forms: "
			"'%s' and '%s'"), pair->a.form, pair->b.form);
	if (pair->a.id == pair->b.id)
		return err_set(err, ERR_REFUSED, _("they are one record "
			"already"));
	snprintf(two[0], sizeof two[0], "%s", shown(&pair->a));
	snprintf(two[1], sizeof two[1], "%s", shown(&pair->b));
	return statement_link(centre->store, centre->setup.store_key,
		&versions, err);
}

/* Does the text name this version? */
static bool is_named(const struct store_record *record, const char *sha256,
	const char *text)
{
	for (size_t i = 0; i < record->versions.n; i++) {
		const struct store_version *v = &record->versions.items[i];

		if (strncmp(v->sha256, sha256, SHA256_HEX_BYTES - 1) == 0)
			return strcmp(v->instance, text) == 0 ||
				strncmp(v->sha256, text, strlen(text)) == 0;
	}
	return false;
}

static bool links(const struct store_record *record, const char *subject,
	const struct cmd_args *args)
{
	const char *second = strchr(subject, ' ');

	if (second++ == NULL)
		return false;
	return (is_named(record, subject, args->items[0]) &&
			is_named(record, second, args->items[1])) ||
		(is_named(record, subject, args->items[1]) &&
			is_named(record, second, args->items[0]));
}

/* Which link is meant: the one between these versions, or the only one. */
static const char *find_link(const struct store_record *record,
	const struct statement_subjects *subjects,
	const struct cmd_args *args, struct err *err)
{
	for (size_t i = 0; i < subjects->list.n; i++)
		if (links(record, subjects->list.items[i], args))
			return subjects->list.items[i];
	if (subjects->list.n == 1)
		return subjects->list.items[0];
	if (subjects->list.n == 0)
		err_set(err, ERR_NOTFOUND, _("nobody linked these records"));
	else
		err_set(err, ERR_CONFLICT, _("several records were linked: "
			"name the two versions that were, by hash or "
			"instanceID"));
	return NULL;
}

/* Are the two that were linked still one by other ways? */
static bool are_one(struct centre *centre, const char *subject, bool *are,
	struct err *err)
{
	struct store_record a = { .name = NULL }, b = { .name = NULL };
	char first[SHA256_HEX_BYTES];
	bool ok;

	snprintf(first, sizeof first, "%s", subject);
	ok = store_record_find(centre->store, first, &a, err) &&
		store_record_find(centre->store, strchr(subject, ' ') + 1, &b,
			err);
	*are = ok && a.id == b.id;
	store_record_release(&a);
	store_record_release(&b);
	return ok;
}

static bool unlink_pair(struct centre *centre, const struct cmd_args *args,
	const struct pair *pair, bool *still, struct err *err)
{
	struct statement_subjects subjects = { { NULL, 0, 0 } };
	struct statement_versions all;
	char (*hashes)[SHA256_HEX_BYTES];
	const char *subject = NULL;

	if (pair->a.id != pair->b.id)
		return err_set(err, ERR_REFUSED, _("they are two records"));
	store_record_hashes(&pair->a, &hashes, &all);
	if (statement_subjects(centre->store, FACT_LINK, &all, &subjects, err))
		subject = find_link(&pair->a, &subjects, args, err);
	if (subject != NULL && (!statement_take_back(centre->store,
			centre->setup.store_key, FACT_LINK, subject, err) ||
			!are_one(centre, subject, still, err)))
		subject = NULL;
	free(hashes);
	statement_subjects_release(&subjects);
	return subject != NULL;
}

/* They may be in conflict now. */
static void print(const struct cmd_args *args, bool one,
	const struct store_record *record)
{
	struct json *answer;
	char *line;

	if (cmd_flag(args, "json")) {
		answer = js_new_object();
		js_put_text(answer, "record", record->name);
		js_put_bool(answer, "linked", one);
		js_put_bool(answer, "conflict", record->conflict);
		line = js_print(answer);
		puts(line);
		free(line);
		js_free(answer);
		return;
	}
	if (!one)
		puts(_("they are two records again"));
	else if (cmd_flag(args, "undo"))
		puts(_("nobody links them any more, but they are one record "
			"all the same: a version was made from both"));
	else
		puts(_("they are one record now"));
	if (record->conflict)
		puts(_("it is in conflict: 'bayaz resolve' settles that"));
}

static int run_link(const struct cmd_args *args)
{
	bool undo = cmd_flag(args, "undo"), one = !undo, ok;
	struct centre centre = { .store = NULL };
	struct pair pair = { { .name = NULL }, { .name = NULL } };
	struct store_record after = { .name = NULL };
	struct err err = ERR_INIT;
	int status = saying_check(args);

	if (status != EXIT_DONE)
		return status;
	ok = saying_begin(&centre, args, ROLE_MERGE | ROLE_REVIEW, &err) &&
		find_pair(&centre, args, &pair, &err) &&
		(undo ? unlink_pair(&centre, args, &pair, &one, &err) :
			link_pair(&centre, &pair, &err)) &&
		store_record_find(centre.store, shown(&pair.a), &after, &err);
	ok = saying_end(&centre, ok, &err);
	if (ok)
		print(args, one, &after);
	store_record_release(&pair.a);
	store_record_release(&pair.b);
	store_record_release(&after);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CENTRE_STORE_OPTION,
	{ "undo", 0, OPT_FLAG, NULL, N_("they are two records after all") },
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_link = {
	.name = "link",
	.usage = N_("RECORD RECORD --store DB"),
	.summary = N_("say that two records are one"),
	.options = options,
	.min_args = 2,
	.max_args = 2,
	.run = run_link,
};
