/* Questions about records, and answers to them. */
#include "config.h"

#include "trust/query.h"

#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "trust/want.h"

/* --- codes --- */

/* TRANSLATORS: questions to a worker about a protected record, which say
 * nothing of what is in it. */
const struct trust_code query_codes[] = {
	{ "talk", N_("please talk with your coordinator about this record") },
	{ "day", N_("is the day of this record right?") },
	{ "twice", N_("was this entered twice?") },
	{ "form", N_("was this the right form?") },
	{ "whole", N_("was the interview finished, or broken off?") },
	{ NULL, NULL }
};

/* TRANSLATORS: what a worker may answer to those. */
const struct trust_code answer_codes[] = {
	{ "yes", N_("yes") },
	{ "no", N_("no") },
	{ "not-known", N_("not known") },
	{ "finished", N_("it was finished") },
	{ "broken-off", N_("it was broken off") },
	{ "sent-again", N_("a new record was sent instead") },
	{ "talked", N_("we talked about it") },
	{ NULL, NULL }
};

const struct trust_code *trust_code_find(const struct trust_code *codes,
	const char *word)
{
	for (; codes->word != NULL; codes++)
		if (strcmp(codes->word, word) == 0)
			return codes;
	return NULL;
}

/* --- queries --- */

static void put_lists(struct json *object, const struct trust_query *query)
{
	struct json *versions = js_new_array(), *of = js_new_array();
	char hex[SHA256_HEX_BYTES];

	for (size_t i = 0; i < query->n_versions; i++) {
		hex_encode(query->versions[i].bytes, SHA256_BYTES, hex);
		js_add(versions, js_new_text(hex));
	}
	for (size_t i = 0; i < query->n_of; i++)
		js_add(of, js_new_text(query->of[i]));
	js_put(object, "versions", versions);
	js_put(object, "of", of);
}

static bool check_code(const struct trust_query *query, struct err *err)
{
	return query->code[0] == '\0' ||
		trust_code_find(query_codes, query->code) != NULL ||
		err_set(err, ERR_VALUE, _("'%s' is no question that may be "
			"asked about a protected record"), query->code);
}

bool trust_query_put(struct json *object, const struct trust_query *query,
	struct err *err)
{
	if (!name_check(query->record, sizeof query->record, err) ||
			!name_check(query->text, sizeof query->text, err) ||
			!check_code(query, err) ||
			(query->question[0] != '\0' && !name_check(
				query->question, sizeof query->question,
				err)))
		return false;
	js_put_text(object, "asked", query->asked);
	js_put_text(object, "record", query->record);
	js_put_text(object, "text", query->text);
	if (query->question[0] != '\0')
		js_put_text(object, "question", query->question);
	if (query->code[0] != '\0')
		js_put_text(object, "code", query->code);
	put_lists(object, query);
	return true;
}

/* A text that may be missing. */
static bool get_text(const struct json *object, const char *name, char *text,
	size_t size_bytes, struct err *err)
{
	return js_get(object, name) == NULL ||
		(want_text(object, name, text, size_bytes, err) &&
		name_check(text, size_bytes, err));
}

static bool get_versions(const struct json *list, struct trust_query *query)
{
	if (js_size(list) > QUERY_LIST_MAX)
		return false;
	for (size_t i = 0; i < js_size(list); i++) {
		const char *hex = js_text(js_at(list, i));

		if (hex == NULL || !sha256_is_hex(hex) || !hex_decode(hex,
				query->versions[i].bytes, SHA256_BYTES))
			return false;
	}
	query->n_versions = js_size(list);
	return true;
}

static bool get_of(const struct json *list, struct trust_query *query)
{
	struct minisign_public key;

	if (js_size(list) > QUERY_LIST_MAX)
		return false;
	for (size_t i = 0; i < js_size(list); i++) {
		const char *text = js_text(js_at(list, i));

		if (text == NULL || strlen(text) >= sizeof query->of[i] ||
				!minisign_public_parse(text, &key, NULL))
			return false;
		snprintf(query->of[i], sizeof query->of[i], "%s", text);
	}
	query->n_of = js_size(list);
	return true;
}

bool trust_query_get(const struct json *object, struct trust_query *query,
	struct err *err)
{
	return want_date(object, "asked", query->asked, err) &&
		want_text(object, "record", query->record,
			sizeof query->record, err) &&
		want_text(object, "text", query->text, sizeof query->text,
			err) &&
		name_check(query->record, sizeof query->record, err) &&
		name_check(query->text, sizeof query->text, err) &&
		get_text(object, "question", query->question,
			sizeof query->question, err) &&
		get_text(object, "code", query->code, sizeof query->code,
			err) &&
		(get_versions(js_get(object, "versions"), query) ||
			want_failed("versions", err)) &&
		(get_of(js_get(object, "of"), query) ||
			want_failed("of", err));
}

/* --- answers --- */

char *trust_answer_print(const struct trust_answer *answer, struct err *err)
{
	struct json *object;
	struct str text = STR_INIT;
	char *line;

	if (!name_check(answer->text, sizeof answer->text, err))
		return NULL;
	object = js_new_object();
	js_put_int(object, "format", 1);
	js_put_text(object, "query", answer->query);
	js_put_text(object, "text", answer->text);
	js_put_text(object, "answered", answer->answered);
	if (answer->code[0] != '\0')
		js_put_text(object, "code", answer->code);
	line = js_print(object);
	str_addf(&text, "%s\n", line);
	free(line);
	js_free(object);
	return str_steal(&text);
}

static bool get_answer(const struct json *object, struct trust_answer *answer,
	struct err *err)
{
	const char *query = js_get_text(object, "query");

	if (query == NULL || !sha256_is_hex(query))
		return want_failed("query", err);
	memcpy(answer->query, query, sizeof answer->query);
	return want_date(object, "answered", answer->answered, err) &&
		want_text(object, "text", answer->text, sizeof answer->text,
			err) &&
		name_check(answer->text, sizeof answer->text, err) &&
		get_text(object, "code", answer->code, sizeof answer->code,
			err);
}

bool trust_answer_parse(const char *bytes, size_t n_bytes,
	struct trust_answer *answer, struct err *err)
{
	struct json *object = want_object(bytes, n_bytes, err);
	bool ok;

	memset(answer, 0, sizeof *answer);
	if (object == NULL)
		return false;
	ok = get_answer(object, answer, err);
	js_free(object);
	return ok;
}
