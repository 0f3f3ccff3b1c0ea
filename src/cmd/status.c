/* bayaz status: how a central store stands, on one screen of 80 x 24. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/disk.h"
#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/centre.h"
#include "cmd/cmd.h"
#include "store/state.h"
#include "store/store.h"

enum { ROWS_MAX = 14, NAME_COLUMNS = 24, SCREEN_COLUMNS = 79 };

/* --- laptops --- */

static bool has_trouble(const struct device *device)
{
	return device->missing[0] != '\0' || device->forked[0] != '\0' ||
		device->n_waiting > 0 || device->n_aside > 0 ||
		device->status != DEVICE_IS_ACCEPTED;
}

/* Those in trouble first, then who was silent longest. */
static int by_need(const void *a, const void *b)
{
	const struct device *x = *(const struct device *const *)a;
	const struct device *y = *(const struct device *const *)b;
	int order;

	if (has_trouble(x) != has_trouble(y))
		return has_trouble(x) ? -1 : 1;
	order = strcmp(x->last_date, y->last_date);
	return order != 0 ? order : x < y ? -1 : x > y;
}

static void add_trouble(struct str *line, const struct device *d)
{
	if (d->status == DEVICE_IS_REVOKED)
		str_addf(line, "  %s", P_("laptop", "revoked"));
	else if (d->status == DEVICE_IS_UNKNOWN)
		str_addf(line, "  %s", P_("laptop", "not accepted"));
	if (d->missing[0] != '\0')
		/* TRANSLATORS: of a laptop's bundles: "14" or "3-5, 9" */
		str_addf(line, _("  missing: %s"), d->missing);
	if (d->forked[0] != '\0')
		/* TRANSLATORS: numbers of bundles that came as two */
		str_addf(line, _("  twice: %s"), d->forked);
	if (d->n_waiting > 0)
		str_addf(line, ngettext("  %lld set aside", "  %lld set aside",
			(unsigned long)d->n_waiting), (long long)d->n_waiting);
}

/* As much of it as fits into so many columns. */
static void add_fitting(struct str *line, const char *text, size_t columns)
{
	struct str clean = STR_INIT;
	const char *next;
	size_t start = line->len;

	utf8_mask(&clean, text, false);
	for (const char *at = clean.data; *at != '\0'; at = next) {
		size_t before = line->len;

		next = at;
		(void)utf8_next(&next);
		str_addn(line, at, (size_t)(next - at));
		if (utf8_width(line->data + start) > columns) {
			str_cut(line, before);
			break;
		}
	}
	str_release(&clean);
}

static void add_column(struct str *line, const char *text, size_t columns)
{
	size_t start = line->len;

	add_fitting(line, text, columns);
	while (utf8_width(line->data + start) < columns)
		str_addc(line, ' ');
}

static void print_fitting(const char *text)
{
	struct str fits = STR_INIT;

	add_fitting(&fits, text, SCREEN_COLUMNS);
	puts(fits.data);
	str_release(&fits);
}

static void print_device(const struct device *d)
{
	struct str line = STR_INIT;

	str_add(&line, "  ");
	add_column(&line, d->name[0] != '\0' ? d->name : d->fingerprint,
		NAME_COLUMNS);
	if (d->last > 0)
		/* TRANSLATORS: a laptop's newest bundle: number, and day */
		str_addf(&line, _("  bundle %1$lld of %2$s"),
			(long long)d->last, d->last_date);
	add_trouble(&line, d);
	print_fitting(line.data);
	str_release(&line);
}

static void print_devices(const struct device_list *list)
{
	const struct device **order = xcalloc(list->n + 1, sizeof *order);
	size_t shown = list->n > ROWS_MAX ? ROWS_MAX - 1 : list->n;

	for (size_t i = 0; i < list->n; i++)
		order[i] = &list->items[i];
	if (list->n > 1)
		qsort(order, list->n, sizeof *order, by_need);
	printf(ngettext("%zu laptop\n", "%zu laptops\n", list->n), list->n);
	for (size_t i = 0; i < shown; i++)
		print_device(order[i]);
	if (shown < list->n)
		printf(ngettext("  and %zu more ('bayaz project device list')\n",
			"  and %zu more ('bayaz project device list')\n",
			list->n - shown), list->n - shown);
	free(order);
}

/* --- the rest --- */

static void print_counts(const struct store_state *s)
{
	/* TRANSLATORS: sealed are those that nobody can read here */
	printf(_("records: %1$lld, sealed: %2$lld, bundles: %3$lld\n"),
		(long long)s->n_records, (long long)s->n_sealed,
		(long long)s->n_bundles);
}

static void print_todo(const struct store_state *s)
{
	if (s->n_conflicts > 0)
		printf(ngettext("%lld record in conflict\n",
			"%lld records in conflict\n",
			(unsigned long)s->n_conflicts),
			(long long)s->n_conflicts);
	if (s->n_findings > 0)
		printf(ngettext("%lld finding of the rules ('bayaz findings')\n",
			"%lld findings of the rules ('bayaz findings')\n",
			(unsigned long)s->n_findings),
			(long long)s->n_findings);
	if (s->n_waiting > 0)
		printf(ngettext("%lld bundle set aside ('bayaz merge --retry')\n",
			"%lld bundles set aside ('bayaz merge --retry')\n",
			(unsigned long)s->n_waiting), (long long)s->n_waiting);
	if (s->n_questions > 0)
		printf(ngettext("%lld question without an answer ('bayaz query "
			"--list')\n", "%lld questions without an answer ('bayaz "
			"query --list')\n", (unsigned long)s->n_questions),
			(long long)s->n_questions);
}

static void print_backup(const struct store_state *s)
{
	if (s->backup.id == 0) {
		puts(_("no backup: laptops get no receipts ('bayaz store "
			"backup')"));
		return;
	}
	if (s->n_since == 0)
		printf(_("newest backup: %.10s\n"), s->backup.at);
	else
		printf(ngettext("newest backup: %1$.10s, and %2$lld bundle "
			"since\n", "newest backup: %1$.10s, and %2$lld "
			"bundles since\n", (unsigned long)s->n_since),
			s->backup.at, (long long)s->n_since);
}

static void print_disk(const struct store_state *s)
{
	char *size;

	if (s->free_bytes == UINT64_MAX)
		return;
	size = disk_size_text(s->free_bytes);
	printf(_("%s are free on its disk\n"), size);
	free(size);
}

static void print_text(struct store *store, const struct store_state *state)
{
	struct str line = STR_INIT;

	/* TRANSLATORS: the first line of 'bayaz status': a file, and a
	 * project's name */
	str_addf(&line, _("%1$s: project %2$s"), path_base(store_path(store)),
		store_project_name(store));
	print_fitting(line.data);
	print_counts(state);
	print_devices(&state->devices);
	print_todo(state);
	print_backup(state);
	print_disk(state);
	str_release(&line);
}

/* --- for programs --- */

static const char *status_word(enum device_status status)
{
	return status == DEVICE_IS_ACCEPTED ? "accepted" :
		status == DEVICE_IS_REVOKED ? "revoked" : "unknown";
}

static struct json *devices_json(const struct device_list *list)
{
	struct json *all = js_new_array();

	for (size_t i = 0; i < list->n; i++) {
		const struct device *d = &list->items[i];
		struct json *item = js_new_object();

		js_put_text(item, "device", d->name);
		js_put_text(item, "fingerprint", d->fingerprint);
		js_put_text(item, "status", status_word(d->status));
		js_put_int(item, "last", d->last);
		js_put_text(item, "date", d->last_date);
		js_put_text(item, "missing", d->missing);
		js_put_text(item, "twice", d->forked);
		js_put_int(item, "waiting", d->n_waiting);
		js_put_int(item, "set_aside", d->n_aside);
		js_add(all, item);
	}
	return all;
}

static void print_json(struct store *store, const struct store_state *s)
{
	struct json *answer = js_new_object();
	char *line;

	js_put_text(answer, "project", store_project(store));
	js_put_int(answer, "records", s->n_records);
	js_put_int(answer, "sealed", s->n_sealed);
	js_put_int(answer, "bundles", s->n_bundles);
	js_put_int(answer, "conflicts", s->n_conflicts);
	js_put_int(answer, "findings", s->n_findings);
	js_put_int(answer, "quarantined", s->n_waiting);
	js_put_int(answer, "questions", s->n_questions);
	if (s->backup.id != 0) {
		js_put_text(answer, "backup", s->backup.at);
		js_put_text(answer, "backup_file", s->backup.path);
	}
	js_put_int(answer, "bundles_since_backup", s->n_since);
	if (s->free_bytes != UINT64_MAX)
		js_put_int(answer, "free_bytes", (int64_t)s->free_bytes);
	js_put(answer, "devices", devices_json(&s->devices));
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

static int run_status(const struct cmd_args *args)
{
	struct store_state state;
	struct err err = ERR_INIT;
	struct store *store;
	bool ok;

	if (cmd_text(args, "store") == NULL)
		return cmd_usage_error(args,
			_("say which store with --store DB"));
	memset(&state, 0, sizeof state);
	store = store_open(cmd_text(args, "store"), STORE_READ_ONLY, &err);
	ok = store != NULL && store_state(store, &state, &err);
	if (ok && cmd_flag(args, "json"))
		print_json(store, &state);
	else if (ok)
		print_text(store, &state);
	store_state_release(&state);
	store_close(store);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CENTRE_STORE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_status = {
	.name = "status",
	.usage = N_("--store DB"),
	.summary = N_("tell on one screen how a central store stands"),
	.options = options,
	.run = run_status,
};
