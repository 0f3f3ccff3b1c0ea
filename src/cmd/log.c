/* bayaz log: what happened in a central store, and when. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cmd/centre.h"
#include "cmd/cmd.h"
#include "store/history.h"
#include "store/store.h"

/* Sentences about one thing, which is put in for %s. */
static const struct sentence { const char *kind, *text; } sentences[] = {
	/* TRANSLATORS: lines of the log of a central store; %s is a file */
	{ "backup", N_("backed up as '%s', which was read back and is whole") },
	{ "backup-checked", N_("the backup '%s' was read again and is whole") },
	{ "backup-lost", N_("the backup '%s' is gone or was changed") },
	{ "restore", N_("restored from the backup '%s'") },
	{ "rebuild", N_("made anew all that is derived") },
	/* TRANSLATORS: lines of the log of a central store; %s is the
	 * fingerprint of a laptop */
	{ "accept", N_("accepted the laptop %s") },
	{ "revoke", N_("revoked the laptop %s") },
	{ "quarantine", N_("set aside a bundle of the laptop %s") },
	/* TRANSLATORS: lines of the log of a central store; %s is a form */
	{ "export-restricted", N_("exported restricted answers of '%s'") },
	/* TRANSLATORS: lines of the log of a central store; %s is a number */
	{ "send", N_("sent bundle %s down to laptops") },
	{ "query", N_("asked question %s") },
};

static const char *sentence_of(const char *kind)
{
	for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++)
		if (strcmp(sentences[i].kind, kind) == 0)
			return gettext(sentences[i].text);
	return NULL;
}

/* Kinds that have a sentence hold one %s at most. */
static void print_sentence(const char *sentence, const char *about)
{
	const char *gap = strstr(sentence, "%s");

	if (gap == NULL)
		printf("%s", sentence);
	else
		printf("%.*s%s%s", (int)(gap - sentence), sentence, about,
			gap + 2);
}

static void print_merge(const struct store_event *event, const char *device)
{
	printf(ngettext("merged bundle %1$lld of %2$s: %3$lld record",
			"merged bundle %1$lld of %2$s: %3$lld records",
			(unsigned long)event->records),
		(long long)event->sequence, device,
		(long long)event->records);
}

static bool print_event(void *context, const struct store_event *event)
{
	const char *sentence = sentence_of(event->kind);
	struct str about = STR_INIT, text = STR_INIT, device = STR_INIT;

	(void)context;
	utf8_mask(&about, event->about, false);
	utf8_mask(&text, event->text, false);
	utf8_mask(&device, event->device[0] != '\0' ? event->device : "-",
		false);
	printf("%s\t", event->at);
	if (event->sequence > 0 && strcmp(event->kind, "merge") == 0)
		print_merge(event, device.data);
	else if (sentence != NULL)
		print_sentence(sentence, about.data);
	else
		printf("%s %s", event->kind, about.data);
	if (text.len > 0 && strcmp(event->kind, "merge") != 0)
		printf(": %s", text.data);
	putchar('\n');
	str_release(&device);
	str_release(&text);
	str_release(&about);
	return true;
}

static bool add_event(void *context, const struct store_event *event)
{
	struct json *item = js_new_object();

	js_put_text(item, "at", event->at);
	js_put_text(item, "kind", event->kind);
	js_put_text(item, "about", event->about);
	if (event->text[0] != '\0')
		js_put_text(item, "text", event->text);
	if (event->sequence > 0) {
		js_put_text(item, "device", event->device);
		js_put_int(item, "bundle", event->sequence);
		js_put_int(item, "records", event->records);
	}
	js_add(context, item);
	return true;
}

static bool show(const struct cmd_args *args, struct store *store,
	struct err *err)
{
	const char *since = cmd_text(args, "since");
	struct json *answer, *list;
	char *line;
	bool ok;

	if (since == NULL)
		since = "";
	if (!cmd_flag(args, "json"))
		return store_history(store, since, print_event, NULL, err);
	list = js_new_array();
	ok = store_history(store, since, add_event, list, err);
	answer = js_new_object();
	js_put(answer, "log", list);
	line = js_print(answer);
	if (ok)
		puts(line);
	free(line);
	js_free(answer);
	return ok;
}

static int run_log(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct store *store;
	bool ok;

	if (cmd_text(args, "store") == NULL)
		return cmd_usage_error(args,
			_("say which store with --store DB"));
	store = store_open(cmd_text(args, "store"), STORE_READ_ONLY, &err);
	ok = store != NULL && show(args, store, &err);
	store_close(store);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CENTRE_STORE_OPTION,
	{ "since", 0, OPT_TEXT, N_("DATE"),
	  N_("only from this day on, like 2026-11-26") },
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_log = {
	.name = "log",
	.usage = N_("--store DB"),
	.summary = N_("tell what happened in a central store, and when"),
	.options = options,
	.run = run_log,
};
