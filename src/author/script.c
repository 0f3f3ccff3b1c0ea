#include "config.h"

#include "author/script.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "xml/xml.h"

/* --- reading --- */

static const struct { const char *word; int n_fields; } kinds[] = {
	[SCRIPT_PHASE] = { "phase", 1 },
	[SCRIPT_SET] = { "set", 2 },
	[SCRIPT_ADD] = { "add", 1 },
	[SCRIPT_DEL] = { "del", 1 },
	[SCRIPT_CHOICES] = { "choices", 2 },
	[SCRIPT_EXPECT] = { "expect", 2 },
	[SCRIPT_ABSENT] = { "absent", 1 },
};

static bool parse_line(struct script *script, char *text, int number,
	struct err *err)
{
	struct script_line line = { .line = number, .value = "" };
	char *word = strsep(&text, "\t");
	size_t kind = 0;

	while (kind < ARRAY_SIZE(kinds) && strcmp(word, kinds[kind].word) != 0)
		kind++;
	if (kind == ARRAY_SIZE(kinds)) {
		err_set(err, ERR_SYNTAX, _("unknown word '%s' in a script"), word);
		return err_at(err, script->name, number, 1);
	}
	line.kind = (enum script_kind)kind;
	line.path = text != NULL ? strsep(&text, "\t") : NULL;
	if (line.path == NULL || (line.path[0] != '/' &&
			line.kind != SCRIPT_PHASE)) {
		err_set(err, ERR_SYNTAX, _("'%s' needs a path that begins with '/'"),
			word);
		return err_at(err, script->name, number, 1);
	}
	if (kinds[kind].n_fields > 1 && text != NULL)
		line.value = strsep(&text, "\t");
	if (text != NULL) {
		err_set(err, ERR_SYNTAX, _("too many fields after '%s'"), word);
		return err_at(err, script->name, number, 1);
	}
	vec_push(&script->lines, line);
	return true;
}

bool script_parse(struct script *script, const char *bytes, size_t n_bytes,
	const char *name, struct err *err)
{
	char *rest, *text;
	int number = 0;

	*script = (struct script){ .name = name };
	if (!utf8_is_valid(bytes, n_bytes)) {
		err_set(err, ERR_SYNTAX, _("this is not valid UTF-8 text"));
		return err_at(err, name, 0, 0);
	}
	rest = script->bytes = xstrndup(bytes, n_bytes);
	while ((text = strsep(&rest, "\n")) != NULL) {
		size_t n = strlen(text);

		number++;
		if (n > 0 && text[n - 1] == '\r')
			text[n - 1] = '\0';
		if (text[0] == '\0' || text[0] == '#')
			continue;
		if (!parse_line(script, text, number, err)) {
			script_release(script);
			return false;
		}
	}
	return true;
}

void script_release(struct script *script)
{
	free(script->bytes);
	vec_release(&script->lines);
	*script = (struct script){ 0 };
}

/* --- comparing --- */

static bool as_number(const char *text, double *number)
{
	char *end;

	if (text[0] == '\0' || text[strspn(text, "+-.0123456789eE")] != '\0')
		return false;
	*number = strtod(text, &end);
	return *end == '\0' && isfinite(*number);
}

/* "...+00:00" without the zone's spelling: how many bytes count. */
static size_t before_utc(const char *text)
{
	size_t n = strlen(text);

	if (n > 1 && text[n - 1] == 'Z')
		return n - 1;
	if (n > 6 && strcmp(text + n - 6, "+00:00") == 0)
		return n - 6;
	return 0;
}

bool script_value_matches(const char *expected, const char *got)
{
	double a, b;
	size_t n;

	if (strcmp(expected, got) == 0)
		return true;
	if (as_number(expected, &a) && as_number(got, &b))
		return a == b;
	n = before_utc(expected);
	return n > 0 && before_utc(got) == n && strncmp(expected, got, n) == 0;
}

/* --- doing --- */

static bool run_operation(struct session *s, const struct script_line *line,
	struct err *err)
{
	const struct xf_node *repeat;
	struct node *n;

	if (line->kind == SCRIPT_ADD)
		return session_find_repeat(s, line->path, &n, &repeat, err) &&
			session_insert(s, n, repeat, node_count(n, repeat), 1,
				err);
	n = session_find(s, line->path, err);
	if (n == NULL)
		return false;
	if (line->kind == SCRIPT_SET)
		return session_set(s, n, line->value, false, err);
	if (!node_form(n)->is_repeat)
		return err_set(err, ERR_NODE, _("'%s' is no repeat"),
			line->path);
	return session_remove(s, node_parent(n), node_form(n),
		node_position(n), 1, err);
}

static void check_choices(struct session *s, const struct script_line *line,
	const struct script_listener *listener)
{
	struct script_outcome outcome = { .line = line };
	struct node *n;
	struct choices choices;
	struct err err = ERR_INIT;
	char got[32];

	n = session_find(s, line->path, &err);
	if (n != NULL && session_choices(s, n, NULL, &choices, &err)) {
		snprintf(got, sizeof got, "%zu", choices.n);
		outcome.got = got;
		outcome.ok = strcmp(got, line->value) == 0;
	} else {
		outcome.why = err.message;
	}
	listener->hear(listener->data, &outcome);
}

static bool run_operations(const struct script *script, struct session *s,
	const struct script_listener *listener)
{
	bool all = true;

	for (size_t i = 0; i < script->lines.n; i++) {
		const struct script_line *line = &script->lines.items[i];
		struct script_outcome outcome = { .line = line,
			.is_operation = true };
		struct err err = ERR_INIT;

		if (line->kind == SCRIPT_CHOICES) {
			check_choices(s, line, listener);
			continue;
		}
		if (line->kind != SCRIPT_SET && line->kind != SCRIPT_ADD &&
				line->kind != SCRIPT_DEL)
			continue;
		outcome.ok = run_operation(s, line, &err);
		outcome.why = outcome.ok ? NULL : err.message;
		all &= outcome.ok;
		listener->hear(listener->data, &outcome);
	}
	return all;
}

/* --- checking the finished record --- */

/* The element or attribute text at a path like /data/person[2]/@id; NULL:
 * there is none.  The text lives in `arena`. */
static const char *text_at(const struct xml_node *root, const char *path,
	struct arena *arena)
{
	const struct xml_node *at = NULL;

	while (*path == '/') {
		size_t n = strcspn(++path, "/[");
		unsigned long position = 1;
		char *name = arena_strndup(arena, path, n), *end;
		const struct xml_node *child = NULL;

		path += n;
		if (*path == '[') {
			position = strtoul(path + 1, &end, 10);
			path = *end == ']' ? end + 1 : "";
		}
		if (name[0] == '@') {
			const struct xml_node *a = at != NULL ?
				at->attributes : NULL;

			while (a != NULL && strcmp(a->local, name + 1) != 0)
				a = a->next;
			return a != NULL ? a->text : NULL;
		}
		if (at == NULL) {
			child = strcmp(root->local, name) == 0 ? root : NULL;
		} else {
			while (position-- > 0) {
				child = xml_child(at, child, NULL, name);
				if (child == NULL)
					break;
			}
		}
		if (child == NULL)
			return NULL;
		at = child;
	}
	return at != NULL ? xml_text_of(at, arena) : NULL;
}

static void check_record(const struct script *script,
	const struct xml_doc *doc, const struct script_listener *listener)
{
	for (size_t i = 0; i < script->lines.n; i++) {
		const struct script_line *line = &script->lines.items[i];
		struct script_outcome outcome = { .line = line };

		if (line->kind != SCRIPT_EXPECT && line->kind != SCRIPT_ABSENT)
			continue;
		outcome.got = text_at(doc->root, line->path, doc->arena);
		outcome.ok = line->kind == SCRIPT_ABSENT ?
			outcome.got == NULL : outcome.got != NULL &&
			script_value_matches(line->value, outcome.got);
		listener->hear(listener->data, &outcome);
	}
}

/* A script that only checks is about the record as it opens. */
static bool has_operations(const struct script *script)
{
	for (size_t i = 0; i < script->lines.n; i++)
		switch (script->lines.items[i].kind) {
		case SCRIPT_SET:
		case SCRIPT_ADD:
		case SCRIPT_DEL:
			return true;
		default:
			break;
		}
	return false;
}

bool script_run(const struct script *script, struct session *s,
	const struct script_listener *listener, struct str *xml,
	struct err *err)
{
	struct str own = STR_INIT;
	struct str *out = xml != NULL ? xml : &own;
	struct xml_doc *doc = NULL;
	bool ok;

	run_operations(script, s, listener);
	ok = session_settle(s, err) && ((xml == NULL &&
			!has_operations(script)) || session_finalize(s, err)) &&
		session_serialize(s, false, out, err);
	if (ok && !listener->only_operations) {
		doc = xml_parse_kept(out->data, out->len, "", &xml_limits_record,
			err);
		ok = doc != NULL;
	}
	if (doc != NULL)
		check_record(script, doc, listener);
	xml_free(doc);
	str_release(&own);
	return ok;
}
