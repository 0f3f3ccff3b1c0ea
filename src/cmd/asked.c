#include "config.h"

#include "cmd/asked.h"

#include <stdio.h>

#include "base/gettext.h"
#include "base/str.h"
#include "base/utf8.h"
#include "field/query.h"
#include "field/records.h"

struct asking {
	int64_t record;
	size_t n;
	struct json *list;
};

static bool is_meant(const struct asking *asking,
	const struct field_query *query)
{
	return asking->record == 0 || asking->record == query->record;
}

static void show_answer(const struct field_query *query)
{
	struct str text = STR_INIT;

	utf8_mask(&text, query_answer_text(&query->answer), false);
	if (query->bundle == 0)
		/* TRANSLATORS: %1$s is a day, %2$s what was answered */
		printf(_("    answered on %1$s: %2$s (goes with the next "
			"bundle)\n"), query->answer.answered, text.data);
	else
		printf(_("    answered on %1$s: %2$s (in bundle %3$llu)\n"),
			query->answer.answered, text.data,
			(unsigned long long)query->bundle);
	str_release(&text);
}

static bool show_one(void *context, const struct field_query *query)
{
	struct asking *asking = context;
	struct str text = STR_INIT;
	char id[17] = "        ";

	if (!is_meant(asking, query))
		return true;
	if (query->record != 0)
		record_id_text(query->record, id);
	if (asking->n++ == 0)
		puts(_("questions of the coordinator:"));
	str_addf(&text, "  %.8s\t%.8s\t%s\t", query->sha256, id,
		query->query.asked);
	utf8_mask(&text, query_text(&query->query), false);
	if (query->query.question[0] != '\0') {
		str_addc(&text, '\t');
		utf8_mask(&text, query->query.question, false);
	}
	puts(text.data);
	if (query->is_answered)
		show_answer(query);
	str_release(&text);
	return true;
}

bool asked_show(struct workspace *ws, int64_t record, struct err *err)
{
	struct asking asking = { .record = record };

	return queries_each(ws, show_one, &asking, err);
}

static struct json *answer_json(const struct field_query *query)
{
	struct json *answer = js_new_object();

	js_put_text(answer, "answered", query->answer.answered);
	js_put_text(answer, "text", query->answer.text);
	if (query->answer.code[0] != '\0')
		js_put_text(answer, "code", query->answer.code);
	if (query->bundle != 0)
		js_put_int(answer, "bundle", (int64_t)query->bundle);
	return answer;
}

static bool add_json(void *context, const struct field_query *query)
{
	struct asking *asking = context;
	struct json *item;
	char id[17];

	if (!is_meant(asking, query))
		return true;
	item = js_new_object();
	js_put_text(item, "question", query->sha256);
	js_put_text(item, "asked", query->query.asked);
	js_put_text(item, "instance", query->query.record);
	js_put_text(item, "text", query->query.text);
	if (query->query.question[0] != '\0')
		js_put_text(item, "path", query->query.question);
	if (query->query.code[0] != '\0')
		js_put_text(item, "code", query->query.code);
	if (query->record != 0) {
		record_id_text(query->record, id);
		js_put_text(item, "record", id);
	}
	if (query->is_answered)
		js_put(item, "answer", answer_json(query));
	js_add(asking->list, item);
	return true;
}

struct json *asked_json(struct workspace *ws, int64_t record, struct err *err)
{
	struct asking asking = { .record = record, .list = js_new_array() };

	if (queries_each(ws, add_json, &asking, err))
		return asking.list;
	js_free(asking.list);
	return NULL;
}
