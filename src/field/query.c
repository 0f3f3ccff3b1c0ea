#include "config.h"

#include "field/query.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "field/local.h"
#include "field/packing.h"
#include "field/records.h"
#include "trust/kit.h"
#include "trust/query.h"

#define QUERIES "queries"

enum { QUERIES_MAX = 1000, NUMBER_DIGITS = 8 };

struct maker { char key[MINISIGN_PUBLIC_TEXT]; };

struct item {
	struct field_query is;
	VEC(struct maker) makers;	/* whose last bundle brought it */
};

struct items { VEC(struct item) list; };

static void items_release(struct items *items)
{
	for (size_t i = 0; i < items->list.n; i++)
		vec_release(&items->list.items[i].makers);
	vec_release(&items->list);
}

/* --- as they are kept --- */

static void put_makers(struct json *object, const struct item *item)
{
	struct json *makers = js_new_array();

	for (size_t i = 0; i < item->makers.n; i++)
		js_add(makers, js_new_text(item->makers.items[i].key));
	js_put(object, "makers", makers);
}

static bool put_item(struct json *array, const struct item *item,
	struct err *err)
{
	struct json *object = js_new_object(), *answer;

	if (!trust_query_put(object, &item->is.query, err)) {
		js_free(object);
		return false;
	}
	js_put_text(object, "query", item->is.sha256);
	put_makers(object, item);
	if (item->is.is_answered) {
		answer = js_new_object();
		js_put_text(answer, "text", item->is.answer.text);
		js_put_text(answer, "code", item->is.answer.code);
		js_put_text(answer, "answered", item->is.answer.answered);
		js_put(object, "answer", answer);
		js_put_int(object, "bundle", (int64_t)item->is.bundle);
	}
	js_add(array, object);
	return true;
}

static bool save(struct workspace *ws, const struct items *items,
	struct err *err)
{
	struct json *array = js_new_array();
	bool ok = true;

	for (size_t i = 0; ok && i < items->list.n; i++)
		ok = put_item(array, &items->list.items[i], err);
	ok = ok && setting_put(ws, QUERIES, array, err);
	js_free(array);
	return ok;
}

static void take_text(const struct json *object, const char *key, char *to,
	size_t size_bytes)
{
	const char *text = js_get_text(object, key);

	snprintf(to, size_bytes, "%s", text != NULL ? text : "");
}

static void get_answer(const struct json *object, struct field_query *is)
{
	const struct json *answer = js_get(object, "answer");

	is->is_answered = answer != NULL;
	if (answer == NULL)
		return;
	memcpy(is->answer.query, is->sha256, sizeof is->answer.query);
	take_text(answer, "text", is->answer.text, sizeof is->answer.text);
	take_text(answer, "code", is->answer.code, sizeof is->answer.code);
	take_text(answer, "answered", is->answer.answered,
		sizeof is->answer.answered);
	is->bundle = (uint64_t)js_get_int(object, "bundle", 0);
}

static void get_makers(const struct json *list, struct item *item)
{
	for (size_t i = 0; i < js_size(list); i++) {
		const char *key = js_text(js_at(list, i));
		struct maker maker;

		if (key == NULL)
			continue;
		snprintf(maker.key, sizeof maker.key, "%s", key);
		vec_push(&item->makers, maker);
	}
}

static bool get_item(const struct json *object, struct items *items,
	struct err *err)
{
	struct item item;

	memset(&item, 0, sizeof item);
	if (!trust_query_get(object, &item.is.query, err))
		return false;
	take_text(object, "query", item.is.sha256, sizeof item.is.sha256);
	get_makers(js_get(object, "makers"), &item);
	get_answer(object, &item.is);
	vec_push(&items->list, item);
	return true;
}

/* By hash, whichever version it is; else by instanceID. */
static bool find_record(struct workspace *ws, struct field_query *is,
	struct err *err)
{
	is->record = 0;
	for (size_t i = 0; is->record == 0 && i < is->query.n_versions; i++)
		if (!records_find_hash(ws, is->query.versions[i].bytes,
				&is->record, err))
			return false;
	return is->record != 0 || records_find_instance(ws, is->query.record,
		&is->record, err);
}

static bool load(struct workspace *ws, struct items *items, struct err *err)
{
	struct json *array;
	bool ok;

	memset(items, 0, sizeof *items);
	if (!setting_get(ws, QUERIES, &array, err))
		return false;
	ok = true;
	for (size_t i = 0; ok && i < js_size(array); i++)
		ok = get_item(js_at(array, i), items, err) && find_record(ws,
			&items->list.items[i].is, err);
	js_free(array);
	return ok;
}

static int by_day(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = strcmp(x->is.query.asked, y->is.query.asked);

	return order != 0 ? order : strcmp(x->is.sha256, y->is.sha256);
}

bool queries_each(struct workspace *ws,
	bool (*visit)(void *context, const struct field_query *query),
	void *context, struct err *err)
{
	struct items items;
	bool ok = load(ws, &items, err);

	for (size_t i = 0; ok && i < items.list.n; i++)
		if (!visit(context, &items.list.items[i].is))
			break;
	items_release(&items);
	return ok;
}

/* --- for people --- */

const char *query_text(const struct trust_query *query)
{
	const struct trust_code *code = trust_code_find(query_codes,
		query->code);

	return code != NULL ? gettext(code->text) : query->text;
}

const char *query_answer_text(const struct trust_answer *answer)
{
	const struct trust_code *code = trust_code_find(answer_codes,
		answer->code);

	return code != NULL ? gettext(code->text) : answer->text;
}

/* --- what came --- */

static bool is_ours(struct workspace *ws, struct field_query *is,
	const char *own_key, bool *ours, struct err *err)
{
	if (!find_record(ws, is, err))
		return false;
	*ours = is->record != 0 || is->query.n_of == 0;
	for (size_t i = 0; i < is->query.n_of; i++)
		*ours = *ours || strcmp(is->query.of[i], own_key) == 0;
	return true;
}

static void remove_maker(struct item *item, const char *maker)
{
	size_t kept = 0;

	for (size_t i = 0; i < item->makers.n; i++)
		if (strcmp(item->makers.items[i].key, maker) != 0)
			item->makers.items[kept++] = item->makers.items[i];
	item->makers.n = kept;
}

static struct item *find_item(struct items *items, const char *sha256)
{
	for (size_t i = 0; i < items->list.n; i++)
		if (strcmp(items->list.items[i].is.sha256, sha256) == 0)
			return &items->list.items[i];
	return NULL;
}

static bool add_item(struct items *items, const struct field_query *is,
	const struct maker *maker, size_t *n_new, struct err *err)
{
	struct item *item = find_item(items, is->sha256);
	struct item fresh = { .is = *is };

	if (item == NULL) {
		if (items->list.n >= QUERIES_MAX)
			return err_set(err, ERR_LIMIT,
				_("more than %d questions wait for an answer"),
				QUERIES_MAX);
		vec_push(&items->list, fresh);
		item = &items->list.items[items->list.n - 1];
		++*n_new;
	}
	remove_maker(item, maker->key);
	vec_push(&item->makers, *maker);
	return true;
}

static bool take_message(struct workspace *ws, struct items *items,
	const struct kit *kit, const struct kit_message *message,
	const char *own_key, size_t *n_new, struct err *err)
{
	struct field_query is;
	struct maker maker;
	bool ours = false;

	memset(&is, 0, sizeof is);
	minisign_public_format(&kit->signer, maker.key);
	sha256_hex(message->text.document.data, message->text.document.len,
		is.sha256);
	return trust_query_parse(&message->text, kit->project.id,
			&message->signer, &is.query, err) &&
		is_ours(ws, &is, own_key, &ours, err) &&
		(!ours || add_item(items, &is, &maker, n_new, err));
}

/* An answer that nobody has yet stays. */
static void drop_settled(struct items *items)
{
	size_t kept = 0;

	for (size_t i = 0; i < items->list.n; i++) {
		struct item *item = &items->list.items[i];

		if (item->makers.n > 0 ||
				(item->is.is_answered && item->is.bundle == 0))
			items->list.items[kept++] = *item;
		else
			vec_release(&item->makers);
	}
	items->list.n = kept;
}

bool queries_receive(struct workspace *ws, const struct kit *kit,
	const char *own_key, size_t *n_new, struct err *err)
{
	char maker[MINISIGN_PUBLIC_TEXT];
	struct items items;
	bool ok = load(ws, &items, err);

	minisign_public_format(&kit->signer, maker);
	/* a kit brings no questions, and settles none */
	for (size_t i = 0; ok && !kit->by_words && i < items.list.n; i++)
		remove_maker(&items.list.items[i], maker);
	for (size_t i = 0; ok && i < kit->messages.n; i++)
		ok = kit->messages.items[i].kind != ENTRY_QUERY ||
			take_message(ws, &items, kit, &kit->messages.items[i],
				own_key, n_new, err);
	if (ok && items.list.n > 0) {
		drop_settled(&items);
		if (items.list.n > 1)
			qsort(items.list.items, items.list.n,
				sizeof *items.list.items, by_day);
		ok = save(ws, &items, err);
	}
	items_release(&items);
	return ok;
}

/* --- answering --- */

static bool is_named(struct workspace *ws, const struct item *item,
	const char *named)
{
	size_t n = strlen(named);
	int64_t id = 0;

	if (n >= NUMBER_DIGITS && str_starts(item->is.sha256, named))
		return true;
	return item->is.record != 0 && records_find(ws, named, &id, NULL) &&
		id == item->is.record;
}

static struct item *find_named(struct workspace *ws, struct items *items,
	const char *named, struct err *err)
{
	struct item *found = NULL;

	for (size_t i = 0; i < items->list.n; i++) {
		if (!is_named(ws, &items->list.items[i], named))
			continue;
		if (found != NULL) {
			err_set(err, ERR_CONFLICT, _("'%s' fits several "
				"questions: name one by its number"), named);
			return NULL;
		}
		found = &items->list.items[i];
	}
	if (found == NULL)
		err_set(err, ERR_NOTFOUND, _("there is no question '%s': "
			"'bayaz list' shows them"), named);
	return found;
}

static bool fill_answer(struct workspace *ws, struct field_query *is,
	const char *text, struct err *err)
{
	struct trust_answer *answer = &is->answer;
	const struct trust_code *code = trust_code_find(answer_codes, text);
	time_t now = (time_t)field_now(ws);
	struct tm tm;

	if (is->query.code[0] != '\0' && code == NULL)
		return err_set(err, ERR_VALUE, _("a question about a protected "
			"record is answered with one of a few words: see "
			"'bayaz help answer'"));
	if (strlen(text) >= sizeof answer->text)
		return err_set(err, ERR_VALUE, _("an answer has %d bytes at "
			"most"), QUERY_TEXT_BYTES - 1);
	memset(answer, 0, sizeof *answer);
	memcpy(answer->query, is->sha256, sizeof answer->query);
	if (is->query.code[0] != '\0') {
		snprintf(answer->code, sizeof answer->code, "%s", code->word);
		text = code->text;
	}
	snprintf(answer->text, sizeof answer->text, "%s", text);
	gmtime_r(&now, &tm);
	strftime(answer->answered, sizeof answer->answered, "%Y-%m-%d", &tm);
	is->is_answered = true;
	return true;
}

/* As it will stand in the bundle: what cannot is refused now. */
static bool check_answer(const struct trust_answer *answer, struct err *err)
{
	char *line = trust_answer_print(answer, err);
	bool ok = line != NULL;

	free(line);
	return ok;
}

static bool may_change(struct workspace *ws, const struct field_query *is,
	struct err *err)
{
	struct plan plan;
	bool ok = plan_look(ws, &plan, err), held = false;

	for (size_t i = 0; ok && i < plan.answers.n; i++)
		held = held || strcmp(plan.answers.items[i].hex,
			is->sha256) == 0;
	plan_release(&plan);
	if (!ok)
		return false;
	return (is->bundle == 0 && !held) || err_set(err, ERR_REFUSED,
		_("that answer has been sent already"));
}

bool queries_answer(struct workspace *ws, const char *named, const char *text,
	struct field_query *answered, struct err *err)
{
	struct items items = { { NULL, 0, 0 } };
	struct item *item;
	bool ok;

	if (!workspace_begin(ws, err))
		return false;
	ok = load(ws, &items, err);
	item = ok ? find_named(ws, &items, named, err) : NULL;
	ok = item != NULL && may_change(ws, &item->is, err) &&
		fill_answer(ws, &item->is, text, err) &&
		check_answer(&item->is.answer, err) && save(ws, &items, err);
	if (ok)
		*answered = item->is;
	items_release(&items);
	if (ok && workspace_commit(ws, err))
		return true;
	workspace_rollback(ws);
	return false;
}

/* --- packing --- */

bool query_is_due(const struct field_query *query, bool again,
	uint64_t again_before)
{
	if (!query->is_answered)
		return false;
	return query->bundle == 0 || (again &&
		(again_before == 0 || query->bundle < again_before));
}

bool queries_packed(struct workspace *ws, const struct query_name *names,
	size_t n, uint64_t bundle, struct err *err)
{
	struct items items;
	bool ok;

	if (n == 0)
		return true;
	ok = load(ws, &items, err);
	for (size_t i = 0; ok && i < n; i++) {
		struct item *item = find_item(&items, names[i].hex);

		if (item != NULL)
			item->is.bundle = bundle;
	}
	ok = ok && save(ws, &items, err);
	items_release(&items);
	return ok;
}
