/* See engine_client.h. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "tests/engine_client.h"

void client_init(struct client *c, struct engine *engine, int64_t record)
{
	memset(c, 0, sizeof *c);
	c->engine = engine;
	c->record = record;
}

void client_release(struct client *c)
{
	for (size_t i = 0; i < c->copy.n; i++)
		free(c->copy.items[i]);
	vec_release(&c->copy);
}

static char *request_text(const char *format, va_list arguments)
	PRINTF_LIKE(1, 0);

/* ' becomes ". */
static char *request_text(const char *format, va_list arguments)
{
	va_list again;
	char *line;
	int n;

	va_copy(again, arguments);
	n = vsnprintf(NULL, 0, format, arguments);
	line = xmalloc((size_t)n + 1);
	vsnprintf(line, (size_t)n + 1, format, again);
	va_end(again);
	for (char *p = line; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	return line;
}

/* The answer as it is: most of them are only compared. */
static char *ask_raw(struct client *c, const char *format, ...)
	PRINTF_LIKE(2, 3);

static char *ask_raw(struct client *c, const char *format, ...)
{
	struct str out = STR_INIT;
	va_list arguments;
	char *line;

	va_start(arguments, format);
	line = request_text(format, arguments);
	va_end(arguments);
	engine_answer(c->engine, line, strlen(line), &out);
	free(line);
	return str_steal(&out);
}

struct json *client_ask(struct client *c, const char *line, size_t n_bytes)
{
	struct str out = STR_INIT;
	struct err err = ERR_INIT;
	struct json *answer;

	engine_answer(c->engine, line, n_bytes, &out);
	answer = strchr(out.data, '\n') == NULL ?
		js_parse(out.data, out.len, &err) : NULL;
	str_release(&out);
	if (answer != NULL && js_get(answer, "id") != NULL &&
			js_is_object(js_get(answer, "result")) !=
			js_is_object(js_get(answer, "error")))
		return answer;
	js_free(answer);
	return NULL;
}

struct json *client_askf(struct client *c, const char *format, ...)
{
	va_list arguments;
	char *line;
	struct json *answer;

	va_start(arguments, format);
	line = request_text(format, arguments);
	va_end(arguments);
	answer = client_ask(c, line, strlen(line));
	free(line);
	return answer;
}

/* --- answers of `nodes`, as text --- */

/* The next object of a list at *at, which moves on behind it. */
static const char *next_object(const char **at, size_t *n)
{
	const char *p = strchr(*at, '{'), *start = p;
	bool in_text = false;
	int depth = 0;

	if (p == NULL || strcspn(*at, "]") < (size_t)(p - *at))
		return NULL;
	do {
		if (in_text && *p == '\\')
			p++;
		else if (*p == '"')
			in_text = !in_text;
		else if (!in_text)
			depth += (*p == '{') - (*p == '}');
	} while (p++, depth > 0);
	*at = p;
	*n = (size_t)(p - start);
	return start;
}

/* The engine writes `nodes` last. */
static const char *nodes_in(const char *answer)
{
	const char *nodes = strstr(answer, "\"nodes\":[");

	return nodes != NULL ? nodes + strlen("\"nodes\":") : "[]";
}

static int64_t number_behind(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at != NULL ? strtoll(at + strlen(name), NULL, 10) : 0;
}

static int64_t revision_in(const char *answer)
{
	return number_behind(answer, "\"revision\":");
}

static size_t id_in(const char *object)
{
	return (size_t)number_behind(object, "{\"id\":");
}

/* --- the copy --- */

static void keep(struct client *c, int64_t id, char *text)
{
	while (c->copy.n <= (size_t)id)
		vec_push(&c->copy, NULL);
	free(c->copy.items[id]);
	c->copy.items[id] = text;
}

static void apply(struct client *c, const char *answer)
{
	const char *at = strstr(answer, "\"removed\":["), *object;
	size_t n;

	if (at != NULL)
		for (at += strlen("\"removed\":"); *at != ']';) {
			char *end;

			keep(c, strtoll(at + 1, &end, 10), NULL);
			at = end;
		}
	at = nodes_in(answer);
	while ((object = next_object(&at, &n)) != NULL)
		keep(c, (int64_t)id_in(object), xstrndup(object, n));
	c->revision = revision_in(answer);
}

static bool is_same(struct client *c, const char *answer, struct str *why)
{
	const char *at = nodes_in(answer), *object;
	size_t n, n_nodes = 0, n_kept = 0;

	for (; (object = next_object(&at, &n)) != NULL; n_nodes++) {
		size_t id = id_in(object);
		const char *kept = id < c->copy.n ? c->copy.items[id] : NULL;

		if (kept != NULL && strlen(kept) == n &&
				memcmp(kept, object, n) == 0)
			continue;
		str_addf(why, "kept %s, is %.*s", kept != NULL ? kept :
			"nothing", (int)n, object);
		return false;
	}
	for (size_t i = 0; i < c->copy.n; i++)
		n_kept += c->copy.items[i] != NULL;
	if (n_kept == n_nodes)
		return true;
	str_addf(why, "kept %zu nodes, there are %zu", n_kept, n_nodes);
	return false;
}

bool client_agrees(struct client *c, struct str *why)
{
	char *since = ask_raw(c, "{'op':'nodes','record':%lld,"
		"'since':%lld}", (long long)c->record, (long long)c->revision);
	char *all;
	bool same;

	apply(c, since);
	free(since);
	all = ask_raw(c, "{'op':'nodes','record':%lld}",
		(long long)c->record);
	same = is_same(c, all, why);
	if (same && revision_in(all) != c->revision) {
		str_add(why, "asking made a new revision");
		same = false;
	}
	free(all);
	return same;
}

/* --- what can be seen --- */

static void add_answer(struct client *c, struct str *out, const char *members)
{
	char *answer = ask_raw(c, "{'record':%lld,%s}", (long long)c->record,
		members);

	str_addf(out, "%s\n", answer);
	free(answer);
}

/* What failed while it was read is told once: it is no part of the state. */
static void add_nodes(struct client *c, struct str *out)
{
	char *answer = ask_raw(c, "{'op':'nodes','record':%lld}",
		(long long)c->record);

	str_addf(out, "%lld %s\n", (long long)revision_in(answer),
		nodes_in(answer));
	free(answer);
}

char *client_state(struct client *c)
{
	struct str out = STR_INIT;

	add_nodes(c, &out);
	add_answer(c, &out, "'op':'serialize','all':true");
	add_answer(c, &out, "'op':'language'");
	return str_steal(&out);
}

/* --- the parts fit --- */

struct sight {				/* all nodes, by id */
	struct client *client;
	const struct json *nodes;
	VEC(const struct json *) by_id;
	struct str *why;
};

static const struct json *seen(const struct sight *s, int64_t id)
{
	return id > 0 && (size_t)id < s->by_id.n ? s->by_id.items[id] : NULL;
}

static bool wrong(struct sight *s, const char *what, const struct json *node)
{
	char *text = js_print(node);

	str_addf(s->why, "%s: %s", what, text);
	free(text);
	return false;
}

static bool family_fits(struct sight *s, const struct json *node)
{
	const struct json *children = js_get(node, "children");
	int64_t id = js_get_int(node, "id", 0);

	for (size_t i = 0; i < js_size(children); i++)
		if (js_get_int(seen(s, js_int(js_at(children, i))), "parent",
				0) != id)
			return wrong(s, "a child of another", node);
	return js_get(node, "parent") == NULL ||
		seen(s, js_get_int(node, "parent", 0)) != NULL ||
		wrong(s, "no parent", node);
}

static bool leads_to(struct sight *s, const struct json *node,
	struct json *answer)
{
	char *text = js_print(node);
	char *found = js_print(js_get(js_get(answer, "result"), "node"));
	bool same = strcmp(text, found) == 0;

	free(text);
	free(found);
	js_free(answer);
	return same || wrong(s, "asked alone it is another", node);
}

static bool is_found(struct sight *s, const struct json *node)
{
	struct client *c = s->client;

	return leads_to(s, node, client_askf(c,
		"{'op':'node','record':%lld,'node':%lld}",
		(long long)c->record, (long long)js_get_int(node, "id", 0))) &&
		leads_to(s, node, client_askf(c,
		"{'op':'node','record':%lld,'node':'%s'}",
		(long long)c->record, js_get_text(node, "ref")));
}

static bool look_at_nodes(struct sight *s)
{
	for (size_t i = 0; i < js_size(s->nodes); i++) {
		size_t id = (size_t)js_get_int(js_at(s->nodes, i), "id", 0);

		while (s->by_id.n <= id)
			vec_push(&s->by_id, NULL);
		if (id == 0 || s->by_id.items[id] != NULL)
			return wrong(s, "its id is not its own",
				js_at(s->nodes, i));
		s->by_id.items[id] = js_at(s->nodes, i);
	}
	for (size_t i = 0; i < js_size(s->nodes); i++)
		if (!family_fits(s, js_at(s->nodes, i)) ||
				!is_found(s, js_at(s->nodes, i)))
			return false;
	return true;
}

static bool violations_fit(struct sight *s, const struct json *result)
{
	const struct json *list = js_get(result, "violations");
	size_t n = 0;

	for (size_t i = 0; i < js_size(s->nodes); i++) {
		const struct json *node = js_at(s->nodes, i);

		if (js_get(node, "violation") == NULL)
			continue;
		if (js_get_int(js_at(list, n++), "node", 0) !=
				js_get_int(node, "id", 0))
			return wrong(s, "'validate' does not know", node);
	}
	return (n == js_size(list) && js_get_bool(result, "valid", true) ==
		(n == 0) && js_get_bool(js_at(s->nodes, 0), "valid", true) ==
		(n == 0)) || wrong(s, "'validate' says something else", list);
}

static bool look_at_violations(struct sight *s)
{
	struct json *answer = client_askf(s->client,
		"{'op':'validate','record':%lld}",
		(long long)s->client->record);
	bool ok = js_get(answer, "error") != NULL ||	/* something failed */
		violations_fit(s, js_get(answer, "result"));

	js_free(answer);
	return ok;
}

static bool look_at_body(struct sight *s)
{
	struct json *answer = client_askf(s->client,
		"{'op':'nodes','record':%lld,'order':'body'}",
		(long long)s->client->record);
	const struct json *nodes = js_get(js_get(answer, "result"), "nodes");
	bool ok = true;

	for (size_t i = 0; ok && i < js_size(nodes); i++) {
		const struct json *node = js_at(nodes, i);

		if (js_is_null(js_get(node, "id")))
			ok = seen(s, js_get_int(node, "parent", 0)) != NULL;
		else
			ok = seen(s, js_get_int(node, "id", 0)) != NULL;
		if (!ok)
			wrong(s, "in the body only", node);
	}
	js_free(answer);
	return ok;
}

bool client_is_sound(struct client *c, struct str *why)
{
	struct json *answer = client_askf(c, "{'op':'nodes','record':%lld}",
		(long long)c->record);
	struct sight s = { .client = c, .why = why,
		.nodes = js_get(js_get(answer, "result"), "nodes") };
	bool ok = look_at_nodes(&s) && look_at_violations(&s) &&
		look_at_body(&s);

	vec_release(&s.by_id);
	js_free(answer);
	return ok;
}
