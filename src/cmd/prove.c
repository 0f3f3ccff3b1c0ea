/* bayaz prove DEVICE: is all that a laptop sent here, and in a backup? */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cmd/centre.h"
#include "cmd/cmd.h"
#include "store/proof.h"
#include "store/store.h"

struct showing {
	const struct device *device;
	struct proof proof;
	struct str name;		/* as people know it, masked */
};

/* --- for people --- */

static void show_chain(const struct showing *s)
{
	const struct device *d = s->device;

	if (d->missing[0] != '\0')
		/* TRANSLATORS: %2$s are numbers, like "14" or "3-5, 9" */
		printf(_("laptop %1$s: bundle %2$s is missing\n"),
			s->name.data, d->missing);
	if (d->forked[0] != '\0')
		printf(_("laptop %1$s: there are two bundles with the number "
			"%2$s: was it copied?\n"), s->name.data, d->forked);
	if (s->proof.n_breaks > 0)
		printf(ngettext("laptop %1$s: %2$lld bundle does not go on "
				"from the one before\n",
				"laptop %1$s: %2$lld bundles do not go on from "
				"the one before\n",
				(unsigned long)s->proof.n_breaks),
			s->name.data, (long long)s->proof.n_breaks);
	if (d->n_waiting > 0)
		printf(ngettext("laptop %1$s: %2$lld bundle is set aside: "
				"'bayaz merge --retry' says why\n",
				"laptop %1$s: %2$lld bundles are set aside: "
				"'bayaz merge --retry' says why\n",
				(unsigned long)d->n_waiting),
			s->name.data, (long long)d->n_waiting);
}

static void show_counts(const struct showing *s)
{
	const struct receipt_counts *c = &s->proof.counts;
	int64_t n_lost = s->proof.n_sent - c->n_here - s->device->n_aside;

	if (s->device->n_aside > 0)
		printf(ngettext("laptop %1$s: %2$lld record is here and does "
				"not count\n",
				"laptop %1$s: %2$lld records are here and do "
				"not count\n",
				(unsigned long)s->device->n_aside),
			s->name.data, (long long)s->device->n_aside);
	if (s->proof.n_sent < 0)
		printf(_("laptop %s: its bundles do not say how many records "
			"it sent\n"), s->name.data);
	else if (n_lost != 0)
		printf(ngettext("laptop %1$s: it says it sent %2$lld record; "
				"%3$lld are here\n",
				"laptop %1$s: it says it sent %2$lld records; "
				"%3$lld are here\n",
				(unsigned long)s->proof.n_sent),
			s->name.data, (long long)s->proof.n_sent,
			(long long)c->n_here);
	if (c->n_files_missing > 0)
		printf(ngettext("laptop %1$s: %2$lld file that its records "
				"name is missing\n",
				"laptop %1$s: %2$lld files that its records "
				"name are missing\n",
				(unsigned long)c->n_files_missing),
			s->name.data, (long long)c->n_files_missing);
}

static void show_backup(const struct showing *s)
{
	const struct receipt_counts *c = &s->proof.counts;
	int64_t n = c->n_here - c->n_held;

	if (n > 0)
		printf(ngettext("laptop %1$s: %2$lld record is here, and in no "
				"backup\n",
				"laptop %1$s: %2$lld records are here, and in "
				"no backup\n", (unsigned long)n),
			s->name.data, (long long)n);
}

/* What is true whether or not all is there. */
static void show_left(const struct showing *s)
{
	if (s->proof.n_left > 0)
		printf(ngettext("when it packed its newest bundle here, %lld "
				"record waited for the next\n",
				"when it packed its newest bundle here, %lld "
				"records waited for the next\n",
				(unsigned long)s->proof.n_left),
			(long long)s->proof.n_left);
}

static void show(const struct showing *s, bool holds)
{
	int64_t n = s->proof.counts.n_here;

	if (holds)
		/* TRANSLATORS: %2$s is a laptop, %3$s a day */
		printf(ngettext("%1$lld record of laptop %2$s, all there "
				"is, is here and in the backup of %3$.10s\n",
				"all %1$lld records of laptop %2$s are here and "
				"in the backup of %3$.10s\n",
				(unsigned long)n),
			(long long)n, s->name.data, s->proof.backup.at);
	else {
		show_chain(s);
		show_counts(s);
		show_backup(s);
	}
	show_left(s);
}

/* --- for programs --- */

static void show_json(const struct showing *s, bool holds)
{
	struct json *answer = js_new_object();
	char *line;

	js_put_text(answer, "device", s->device->name);
	js_put_text(answer, "fingerprint", s->device->fingerprint);
	js_put_bool(answer, "proven", holds);
	js_put_int(answer, "here", s->proof.counts.n_here);
	js_put_int(answer, "backed_up", s->proof.counts.n_held);
	js_put_int(answer, "files_missing", s->proof.counts.n_files_missing);
	if (s->proof.n_sent >= 0) {
		js_put_int(answer, "sent", s->proof.n_sent);
		js_put_int(answer, "left", s->proof.n_left);
	}
	js_put_text(answer, "bundles_missing", s->device->missing);
	js_put_text(answer, "bundles_twice", s->device->forked);
	js_put_int(answer, "chain_breaks", s->proof.n_breaks);
	js_put_int(answer, "waiting", s->device->n_waiting);
	js_put_int(answer, "set_aside", s->device->n_aside);
	if (s->proof.backup.id != 0)
		js_put_text(answer, "backup", s->proof.backup.at);
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

static bool prove(const struct cmd_args *args, struct store *store,
	const struct device_list *devices, bool *holds, struct err *err)
{
	struct showing s = { .name = STR_INIT };
	bool ok;

	s.device = devices_find(devices, args->items[0], err);
	if (s.device == NULL)
		return false;
	utf8_mask(&s.name, s.device->name[0] != '\0' ? s.device->name :
		s.device->fingerprint, false);
	ok = proof_of(store, s.device, &s.proof, err);
	*holds = ok && proof_holds(&s.proof, s.device);
	if (ok && cmd_flag(args, "json"))
		show_json(&s, *holds);
	else if (ok)
		show(&s, *holds);
	proof_release(&s.proof);
	str_release(&s.name);
	return ok;
}

static int run_prove(const struct cmd_args *args)
{
	struct device_list devices = { NULL, 0, 0 };
	struct err err = ERR_INIT;
	struct store *store;
	bool ok, holds = false;

	if (cmd_text(args, "store") == NULL)
		return cmd_usage_error(args,
			_("say which store with --store DB"));
	store = store_open(cmd_text(args, "store"), STORE_READ_ONLY, &err);
	ok = store != NULL && devices_list(store, &devices, &err) &&
		prove(args, store, &devices, &holds, &err);
	devices_release(&devices);
	store_close(store);
	if (!ok)
		return cmd_problem(&err);
	return holds ? EXIT_DONE : EXIT_PROBLEM;
}

static const struct cmd_option options[] = {
	CENTRE_STORE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_prove = {
	.name = "prove",
	.usage = N_("LAPTOP --store DB"),
	.summary = N_("tell whether all that a laptop sent is here and backed "
		"up"),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.run = run_prove,
};
