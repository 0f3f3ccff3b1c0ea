/* bayaz blame RECORD, bayaz diff A B: who changed what in a record of a central
 * store. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cmd/centre.h"
#include "cmd/cmd.h"
#include "store/blame.h"
#include "store/store.h"

static void print_masked(const char *before, const char *text)
{
	struct str clean = STR_INIT;

	utf8_mask(&clean, text, false);
	printf("%s%s", before, clean.data);
	str_release(&clean);
}

static void print_list(const char *name, struct json *list)
{
	struct json *answer = js_new_object();
	char *line;

	js_put(answer, name, list);
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

/* --- blame --- */

/* The bundle that it came in first; NULL: it was made at the centre. */
static const struct version_bundle *first_bundle(
	const struct store_version *version)
{
	return version->bundles.n > 0 ? &version->bundles.items[0] : NULL;
}

static bool print_origin(struct store *store,
	const struct store_version *version, struct err *err)
{
	const struct version_bundle *b = version != NULL ?
		first_bundle(version) : NULL;
	char fingerprint[FINGERPRINT_BYTES];

	if (version == NULL) {
		printf("\t%s", _("computed when versions were joined"));
		return true;
	}
	if (b != NULL) {
		print_masked("\t", b->device[0] != '\0' ? b->device :
			b->fingerprint);
		/* TRANSLATORS: the running number of a laptop's bundle */
		printf(_("\tbundle %lld"), (long long)b->sequence);
		printf("\t%s", b->date);
	} else {
		if (!blame_centre(store, version, fingerprint, err))
			return false;
		/* TRANSLATORS: %s is the fingerprint of a coordinator's key */
		printf(_("\tthe centre\t%s\t"), fingerprint);
	}
	print_masked("\t", version->form_version);
	printf("\t%.16s", version->sha256);
	return true;
}

static bool print_blame(struct store *store, const struct blame *blame,
	struct err *err)
{
	for (size_t i = 0; i < blame->lines.n; i++) {
		const struct blame_line *line = &blame->lines.items[i];

		print_masked("", line->answer->path);
		print_masked("\t", line->answer->label);
		print_masked("\t", line->answer->value);
		if (!print_origin(store, line->version, err))
			return false;
		putchar('\n');
	}
	return true;
}

static bool put_origin(struct store *store, struct json *item,
	const struct store_version *version, struct err *err)
{
	const struct version_bundle *b;
	char fingerprint[FINGERPRINT_BYTES];

	if (version == NULL)
		return true;
	js_put_text(item, "version", version->sha256);
	js_put_text(item, "form_version", version->form_version);
	b = first_bundle(version);
	if (b != NULL) {
		js_put_text(item, "device", b->device);
		js_put_text(item, "fingerprint", b->fingerprint);
		js_put_text(item, "date", b->date);
		js_put_int(item, "bundle", b->sequence);
		js_put_text(item, "manifest", b->manifest);
		return true;
	}
	if (!blame_centre(store, version, fingerprint, err))
		return false;
	js_put_text(item, "centre", fingerprint);
	return true;
}

static bool print_blame_json(struct store *store, const struct blame *blame,
	struct err *err)
{
	struct json *list = js_new_array();

	for (size_t i = 0; i < blame->lines.n; i++) {
		const struct blame_line *line = &blame->lines.items[i];
		struct json *item = js_new_object();

		js_put_text(item, "path", line->answer->path);
		js_put_text(item, "label", line->answer->label);
		js_put_text(item, "value", line->answer->value);
		js_add(list, item);
		if (!put_origin(store, item, line->version, err)) {
			js_free(list);
			return false;
		}
	}
	print_list("values", list);
	return true;
}

static int run_blame(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct store *store;
	struct blame blame;
	bool ok;

	if (cmd_text(args, "store") == NULL)
		return cmd_usage_error(args,
			_("say which store with --store DB"));
	memset(&blame, 0, sizeof blame);
	store = store_open(cmd_text(args, "store"), STORE_READ_ONLY, &err);
	ok = store != NULL && blame_record(store, args->items[0],
		cmd_text(args, "language"), &blame, &err) &&
		(cmd_flag(args, "json") ? print_blame_json : print_blame)(
			store, &blame, &err);
	blame_release(&blame);
	store_close(store);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CENTRE_STORE_OPTION,
	{ "language", 0, OPT_TEXT, N_("LANGUAGE"),
	  N_("a language of the form, for labels") },
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_blame = {
	.name = "blame",
	.usage = N_("RECORD --store DB"),
	.summary = N_("tell of each value of a record who last changed it"),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.run = run_blame,
};

/* --- diff --- */

static void print_change(const char *label, const char *path,
	const char *before, const char *after)
{
	print_masked("", path);
	print_masked("\t", label);
	putchar('\n');
	if (before != NULL) {
		print_masked("  -\t", before);
		putchar('\n');
	}
	if (after != NULL) {
		print_masked("  +\t", after);
		putchar('\n');
	}
}

static void add_change(struct json *list, const char *label, const char *path,
	const char *before, const char *after)
{
	struct json *item;

	if (list == NULL) {
		print_change(label, path, before, after);
		return;
	}
	item = js_new_object();
	js_put_text(item, "path", path);
	js_put_text(item, "label", label);
	if (before != NULL)
		js_put_text(item, "before", before);
	if (after != NULL)
		js_put_text(item, "after", after);
	js_add(list, item);
}

/* What changed or went, in the order of the first; then what came. */
static void compare(const struct answers *a, const struct answers *b,
	struct json *list)
{
	for (size_t i = 0; i < a->list.n; i++) {
		const struct answer *is = &a->list.items[i];
		const struct answer *other = answers_find(b, is->path);

		if (other == NULL || strcmp(other->value, is->value) != 0)
			add_change(list, other != NULL && other->label[0] !=
				'\0' ? other->label : is->label, is->path,
				is->value, other != NULL ? other->value :
				NULL);
	}
	for (size_t i = 0; i < b->list.n; i++) {
		const struct answer *is = &b->list.items[i];

		if (answers_find(a, is->path) == NULL)
			add_change(list, is->label, is->path, NULL, is->value);
	}
}

static int run_diff(const struct cmd_args *args)
{
	const char *language = cmd_text(args, "language");
	struct answers a = { .arena = NULL }, b = { .arena = NULL };
	struct err err = ERR_INIT;
	struct store *store;
	struct json *list;
	bool ok;

	if (cmd_text(args, "store") == NULL)
		return cmd_usage_error(args,
			_("say which store with --store DB"));
	store = store_open(cmd_text(args, "store"), STORE_READ_ONLY, &err);
	ok = store != NULL && blame_version(store, args->items[0], language,
			&a, &err) &&
		blame_version(store, args->items[1], language, &b, &err);
	if (ok) {
		list = cmd_flag(args, "json") ? js_new_array() : NULL;
		compare(&a, &b, list);
		if (list != NULL)
			print_list("changes", list);
	}
	answers_release(&a);
	answers_release(&b);
	store_close(store);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

const struct cmd cmd_diff = {
	.name = "diff",
	.usage = N_("VERSION VERSION --store DB"),
	.summary = N_("tell what differs between two versions of a record"),
	.options = options,
	.min_args = 2,
	.max_args = 2,
	.run = run_diff,
};
