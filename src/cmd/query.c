/* bayaz query: ask the laptops that brought a record about it. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cmd/centre.h"
#include "cmd/cmd.h"
#include "cmd/member.h"
#include "cmd/secret.h"
#include "db/db.h"
#include "store/query.h"
#include "store/versions.h"

static void print_json(struct json *answer)
{
	char *line = js_print(answer);

	puts(line);
	free(line);
	js_free(answer);
}

/* --- the list --- */

static const char *shown_text(const struct trust_code *codes,
	const char *word, const char *text)
{
	const struct trust_code *code = trust_code_find(codes, word);

	return code != NULL ? gettext(code->text) : text;
}

static void print_masked(const char *before, const char *text)
{
	struct str clean = STR_INIT;

	utf8_mask(&clean, text, false);
	printf("%s%s", before, clean.data);
	str_release(&clean);
}

static void print_answer(const struct query_answer *answer)
{
	print_masked("    ", answer->device[0] != '\0' ? answer->device : "-");
	/* TRANSLATORS: the running number of a laptop's bundle */
	printf(_("\tbundle %lld"), (long long)answer->sequence);
	printf("\t%s", answer->answered);
	print_masked("\t", shown_text(answer_codes, answer->code,
		answer->text));
	putchar('\n');
}

static void print_query(const struct store_query *query)
{
	const char *state = query->answers.n > 0 ? P_("question", "answered") :
		query->is_open ? P_("question", "open") :
		P_("question", "closed");

	printf("%.8s\t%s\t%s", query->sha256, state, query->asked);
	print_masked("\t", query->record);
	print_masked("\t", shown_text(query_codes, query->code,
		query->text));
	if (query->question[0] != '\0')
		print_masked("\t", query->question);
	putchar('\n');
	for (size_t i = 0; i < query->answers.n; i++)
		print_answer(&query->answers.items[i]);
}

static struct json *answers_json(const struct store_query *query)
{
	struct json *list = js_new_array();

	for (size_t i = 0; i < query->answers.n; i++) {
		const struct query_answer *answer = &query->answers.items[i];
		struct json *item = js_new_object();

		js_put_text(item, "answered", answer->answered);
		js_put_text(item, "device", answer->device);
		js_put_int(item, "bundle", answer->sequence);
		js_put_text(item, "text", answer->text);
		if (answer->code[0] != '\0')
			js_put_text(item, "code", answer->code);
		js_add(list, item);
	}
	return list;
}

static struct json *query_json(const struct store_query *query)
{
	struct json *item = js_new_object();

	js_put_text(item, "question", query->sha256);
	js_put_bool(item, "open", query->is_open);
	js_put_text(item, "asked", query->asked);
	js_put_text(item, "record", query->record);
	js_put_text(item, "text", query->text);
	if (query->code[0] != '\0')
		js_put_text(item, "code", query->code);
	if (query->question[0] != '\0')
		js_put_text(item, "path", query->question);
	js_put(item, "answers", answers_json(query));
	return item;
}

static bool list(const struct cmd_args *args, struct err *err)
{
	struct store *store = store_open(cmd_text(args, "store"),
		STORE_READ_ONLY, err);
	struct query_list queries = { NULL, 0, 0 };
	struct json *all = js_new_array();
	bool ok = store != NULL && query_list(store, false, &queries, err);

	for (size_t i = 0; ok && i < queries.n; i++)
		if (cmd_flag(args, "json"))
			js_add(all, query_json(&queries.items[i]));
		else
			print_query(&queries.items[i]);
	if (ok && cmd_flag(args, "json")) {
		struct json *answer = js_new_object();

		js_put(answer, "questions", all);
		print_json(answer);
	} else {
		js_free(all);
	}
	query_list_release(&queries);
	store_close(store);
	return ok;
}

/* --- saying --- */

static bool ask(const struct cmd_args *args, struct centre *c,
	char sha256[SHA256_HEX_BYTES], struct err *err)
{
	char today[TRUST_DATE_BYTES];
	struct store_record record;
	struct query_ask ask = { .record = &record, .text = args->items[1],
		.question = cmd_text(args, "question"), .asked = today };
	bool ok = store_record_find(c->store, args->items[0], &record, err);

	member_today(today);
	ok = ok && query_ask(c->store, c->setup.store_key, &ask, sha256, err);
	store_record_release(&record);
	return ok;
}

static void tell_asked(const struct cmd_args *args, const char *sha256)
{
	struct json *answer;

	if (!cmd_flag(args, "json")) {
		printf(_("question %.8s: it goes with the next 'bayaz send'\n"),
			sha256);
		return;
	}
	answer = js_new_object();
	js_put_text(answer, "question", sha256);
	print_json(answer);
}

static bool say(const struct cmd_args *args, struct err *err)
{
	const char *closed = cmd_text(args, "close");
	char sha256[SHA256_HEX_BYTES] = "";
	struct centre c;
	bool ok = centre_open(&c, args, 0, err) &&
		centre_may(&c, ROLE_REVIEW, err) &&
		db_begin(store_db(c.store), err);

	if (ok && !((closed != NULL ? query_close(c.store, c.setup.store_key,
			closed, err) : ask(args, &c, sha256, err)) &&
			db_commit(store_db(c.store), err))) {
		db_rollback(store_db(c.store));
		ok = false;
	}
	centre_close(&c);
	if (ok && closed == NULL)
		tell_asked(args, sha256);
	return ok;
}

static int run_query(const struct cmd_args *args)
{
	bool is_list = cmd_flag(args, "list");
	int wanted = is_list || cmd_text(args, "close") != NULL ? 0 : 2;
	struct err err = ERR_INIT;

	if (cmd_text(args, "store") == NULL)
		return cmd_usage_error(args,
			_("say which store with --store DB"));
	if (args->n != wanted || (is_list && cmd_text(args, "close") != NULL))
		return cmd_usage_error(args, _("name a record and what to ask "
			"about it, or say --list or --close QUESTION"));
	return (is_list ? list(args, &err) : say(args, &err)) ? EXIT_DONE :
		cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CENTRE_STORE_OPTION,
	{ "question", 0, OPT_TEXT, N_("PATH"),
	  N_("about this question of its form, like /data/depth") },
	{ "list", 0, OPT_FLAG, NULL,
	  N_("what was asked, and the answers") },
	{ "close", 0, OPT_TEXT, N_("QUESTION"),
	  N_("this one needs no answer any more") },
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_query = {
	.name = "query",
	.usage = N_("RECORD TEXT --store DB"),
	.summary = N_("ask the laptops that brought a record about it"),
	.options = options,
	.max_args = 2,
	.run = run_query,
};
