/* bayaz show RECORD --store DB: the versions of a record in a central store. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cmd/show.h"
#include "store/statement.h"
#include "store/store.h"
#include "store/versions.h"

static void print_masked(const char *before, const char *text,
	const char *after)
{
	struct str clean = STR_INIT;

	utf8_mask(&clean, text, false);
	printf("%s%s%s", before, clean.data, after);
	str_release(&clean);
}

static const char *standing(const struct store_record *record,
	const struct store_version *v)
{
	if (v->is_sealed)
		return P_("version", "sealed");
	if (v->is_shown && record->conflict)
		return P_("version", "shown, in conflict");
	if (v->is_shown)
		return P_("version", "shown");
	if (v->is_head && !record->conflict)
		return P_("version", "joined with the one shown");
	return v->is_head ? P_("version", "in conflict") :
		P_("version", "superseded");
}

static void print_bundle(const struct version_bundle *b)
{
	printf("    %s\t", b->date);
	print_masked("", b->device[0] != '\0' ? b->device : "-", "");
	/* TRANSLATORS: the running number of a laptop's bundle */
	printf(_("\tbundle %lld"), (long long)b->sequence);
	printf("\t%.16s\t%s\n", b->manifest, b->fingerprint);
}

static void print_version(const struct store_record *record,
	const struct store_version *v)
{
	printf("  %.16s\t%s", v->sha256, standing(record, v));
	if (!v->is_sealed) {
		print_masked("\t", v->instance, "");
		print_masked("\t", v->form_version, "");
	}
	if (v->training)
		printf("\t%s", _("training"));
	putchar('\n');
	for (size_t i = 0; i < v->priors.n; i++)
		/* TRANSLATORS: the version that this one was made from */
		printf(_("    made from %.16s\n"), v->priors.items[i]);
	for (size_t i = 0; i < v->bundles.n; i++)
		print_bundle(&v->bundles.items[i]);
}

/* What people said of it. */
static void print_said(const struct store_record *record)
{
	if (strcmp(record->hidden, "deleted") == 0)
		puts(_("  deleted"));
	else if (strcmp(record->hidden, "past") == 0)
		puts(_("  over age, not shown"));
	if (strcmp(record->review, REVIEW_APPROVED) == 0)
		puts(_("  approved"));
	else if (strcmp(record->review, REVIEW_REJECTED) == 0)
		puts(_("  rejected"));
	else if (strcmp(record->review, REVIEW_ISSUES) == 0)
		puts(_("  has issues"));
}

static void print_record(const struct store_record *record, bool all)
{
	size_t n_left = 0;

	if (record->name[0] != '\0')
		print_masked("", record->name, "\t");
	if (record->versions.n > 0 && record->versions.items[0].is_sealed)
		puts(_("protected"));
	else
		print_masked("", record->form, "\n");
	print_said(record);
	for (size_t i = 0; i < record->versions.n; i++) {
		const struct store_version *v = &record->versions.items[i];

		if (all || v->is_head)
			print_version(record, v);
		else
			n_left++;
	}
	if (n_left > 0)
		printf(ngettext("%zu older version: --history shows it\n",
			"%zu older versions: --history shows them\n", n_left),
			n_left);
}

static struct json *version_json(const struct store_version *v)
{
	struct json *item = js_new_object(), *priors = js_new_array();
	struct json *bundles = js_new_array();

	js_put_text(item, "version", v->sha256);
	js_put_bool(item, "sealed", v->is_sealed);
	js_put_bool(item, "shown", v->is_shown);
	js_put_bool(item, "head", v->is_head);
	if (!v->is_sealed) {
		js_put_text(item, "instance", v->instance);
		js_put_text(item, "form_version", v->form_version);
		js_put_bool(item, "training", v->training);
		js_put_text(item, "problem", v->problem);
		js_put_int(item, "depth", v->depth);
	}
	for (size_t i = 0; i < v->priors.n; i++)
		js_add(priors, js_new_text(v->priors.items[i]));
	for (size_t i = 0; i < v->bundles.n; i++) {
		const struct version_bundle *b = &v->bundles.items[i];
		struct json *bundle = js_new_object();

		js_put_text(bundle, "device", b->device);
		js_put_text(bundle, "fingerprint", b->fingerprint);
		js_put_text(bundle, "date", b->date);
		js_put_int(bundle, "sequence", b->sequence);
		js_put_text(bundle, "manifest", b->manifest);
		if (b->finished[0] != '\0')
			js_put_text(bundle, "finished", b->finished);
		js_add(bundles, bundle);
	}
	js_put(item, "priors", priors);
	js_put(item, "bundles", bundles);
	return item;
}

static void print_json(const struct store_record *record, bool all)
{
	struct json *answer = js_new_object(), *list = js_new_array();
	char *line;

	for (size_t i = 0; i < record->versions.n; i++)
		if (all || record->versions.items[i].is_head)
			js_add(list, version_json(&record->versions.items[i]));
	js_put_text(answer, "record", record->name);
	js_put_text(answer, "form", record->form);
	js_put_bool(answer, "conflict", record->conflict);
	js_put_text(answer, "review", record->review);
	js_put_text(answer, "hidden", record->hidden);
	js_put_int(answer, "n_versions", (int64_t)record->versions.n);
	js_put(answer, "versions", list);
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

int show_from_store(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct store *store = store_open(cmd_text(args, "store"),
		STORE_READ_ONLY, &err);
	struct store_record record = { .name = NULL };
	bool all = cmd_flag(args, "history");
	bool ok = store != NULL && store_record_find(store, args->items[0],
		&record, &err);

	if (ok && cmd_flag(args, "json"))
		print_json(&record, all);
	else if (ok)
		print_record(&record, all);
	store_record_release(&record);
	store_close(store);
	return ok ? EXIT_DONE : cmd_problem(&err);
}
