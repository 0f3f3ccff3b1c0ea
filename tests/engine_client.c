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
	int n;

	va_start(arguments, format);
	n = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	line = xmalloc((size_t)n + 1);
	va_start(arguments, format);
	vsnprintf(line, (size_t)n + 1, format, arguments);
	va_end(arguments);
	for (char *p = line; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	answer = client_ask(c, line, (size_t)n);
	free(line);
	return answer;
}

/* --- the copy --- */

static void keep(struct client *c, int64_t id, char *text)
{
	while (c->copy.n <= (size_t)id)
		vec_push(&c->copy, NULL);
	free(c->copy.items[id]);
	c->copy.items[id] = text;
}

static void apply(struct client *c, const struct json *result)
{
	const struct json *nodes = js_get(result, "nodes");
	const struct json *removed = js_get(result, "removed");

	for (size_t i = 0; i < js_size(removed); i++)
		keep(c, js_int(js_at(removed, i)), NULL);
	for (size_t i = 0; i < js_size(nodes); i++)
		keep(c, js_get_int(js_at(nodes, i), "id", 0),
			js_print(js_at(nodes, i)));
	c->revision = js_get_int(result, "revision", 0);
}

static bool is_same(struct client *c, const struct json *nodes,
	struct str *why)
{
	size_t n = 0;

	for (size_t i = 0; i < js_size(nodes); i++) {
		size_t id = (size_t)js_get_int(js_at(nodes, i), "id", 0);
		char *text = js_print(js_at(nodes, i));
		const char *kept = id < c->copy.n ? c->copy.items[id] : NULL;
		bool same = kept != NULL && strcmp(kept, text) == 0;

		if (!same)
			str_addf(why, "kept %s, is %s", kept != NULL ? kept :
				"nothing", text);
		free(text);
		if (!same)
			return false;
	}
	for (size_t i = 0; i < c->copy.n; i++)
		n += c->copy.items[i] != NULL;
	if (n == js_size(nodes))
		return true;
	str_addf(why, "kept %zu nodes, there are %zu", n, js_size(nodes));
	return false;
}

bool client_agrees(struct client *c, struct str *why)
{
	struct json *since = client_askf(c, "{'op':'nodes','record':%lld,"
		"'since':%lld}", (long long)c->record, (long long)c->revision);
	struct json *all;
	bool same;

	apply(c, js_get(since, "result"));
	js_free(since);
	all = client_askf(c, "{'op':'nodes','record':%lld}",
		(long long)c->record);
	same = is_same(c, js_get(js_get(all, "result"), "nodes"), why);
	if (same && js_get_int(js_get(all, "result"), "revision", 0) !=
			c->revision) {
		str_add(why, "asking made a new revision");
		same = false;
	}
	js_free(all);
	return same;
}

/* --- what can be seen --- */

static void add_answer(struct client *c, struct str *out, const char *members)
{
	struct json *answer = client_askf(c, "{'record':%lld,%s}",
		(long long)c->record, members);
	char *text = js_print(answer);

	str_addf(out, "%s\n", text);
	free(text);
	js_free(answer);
}

/* What failed while it was read is told once: it is no part of the state. */
static void add_nodes(struct client *c, struct str *out)
{
	struct json *answer = client_askf(c, "{'op':'nodes','record':%lld}",
		(long long)c->record);
	const struct json *result = js_get(answer, "result");
	char *text = js_print(js_get(result, "nodes"));

	str_addf(out, "%lld %s\n", (long long)js_get_int(result, "revision",
		0), text);
	free(text);
	js_free(answer);
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
