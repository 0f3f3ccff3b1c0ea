/*
 * Runs the tables of this folder, one a chapter: a line is
 *
 *	expression TAB xml TAB context TAB result TAB what the line shows
 *
 * xml: a document, `"` for that of the line above; with "record:" in front it
 * is walked as a record, absolute paths following repeat instances.  context:
 * a path, or "/".  result: "number 5", "string abc", "boolean true", "nodes
 * a|b" (their texts), "error" or "limit" (evaluating fails), "syntax COLUMN".
 *
 * What the line shows begins, if it shows how something is specified, with who
 * says so and the construct: "WHO: CONSTRUCT[, REMARK]".  WHO is spec (ODK
 * XForms), XPath (1.0), JavaRosa or Java.  CONSTRUCT is the name of a function,
 * "axis NAME", "operator SIGN", "test TYPE()" or free text.  `run_spec --list
 * TABLE...` prints WHO, CONSTRUCT, FILE:LINE of each such line, for
 * doc/conformance.md.  Every function, axis, operator and node test must have
 * one: that is a test as well.  `run_spec --functions` prints the functions.
 *
 * The surroundings: now is 2026-11-24T05:00:00.123+05:00, the zone +05:00,
 * random() is 0.5; instance('id') is the element with that id; jr:itext('x')
 * is "text x"; a choice's name is "label of CHOICE at QUESTION"; pulldata()
 * gives its arguments; property() its argument.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"
#include "crypt/crypt.h"
#include "xpath/xpath.h"

struct world {
	struct xml_doc *doc;
	struct xp_xml_tree tree, instance;
	struct arena *arena;
};

static const struct xml_node *find_id(const struct xml_node *node,
	const char *id)
{
	for (; node != NULL; node = node->next) {
		const char *own = node->kind == XML_ELEMENT ?
			xml_attribute(node, "", "id") : NULL;
		const struct xml_node *found;

		if (own != NULL && strcmp(own, id) == 0)
			return node;
		found = find_id(node->first, id);
		if (found != NULL)
			return found;
	}
	return NULL;
}

static bool get_instance(void *data, const char *id, struct xp_node *root,
	struct err *err)
{
	struct world *w = data;
	const struct xml_node *node = find_id(w->doc->document, id);

	(void)err;
	if (node == NULL)
		return false;
	xp_xml_init(&w->instance, w->doc, node);
	w->instance.tree.rank = 1;
	*root = xp_xml_node(&w->instance, node);
	return true;
}

static const char *get_itext(void *data, const char *id, struct arena *scratch)
{
	(void)data;
	return strcmp(id, "none") == 0 ? NULL :
		arena_printf(scratch, "text %s", id);
}

static const char *get_choice_name(void *data, const char *value,
	struct xp_node question, struct arena *scratch)
{
	(void)data;
	return arena_printf(scratch, "label of %s at %s", value,
		question.tree->ops->local(question.tree, question.at));
}

static const char *get_pulldata(void *data, const char *table,
	const char *column, const char *key_column, const char *key,
	struct arena *scratch)
{
	(void)data;
	return strcmp(table, "none") == 0 ? NULL :
		arena_printf(scratch, "%s/%s/%s/%s", table, column, key_column,
			key);
}

static const char *get_property(void *data, const char *name,
	struct arena *scratch)
{
	(void)data;
	return arena_strdup(scratch, name);
}

static double get_random(void *data)
{
	(void)data;
	return 0.5;
}

static struct xp_time get_now(void *data)
{
	struct xp_time now = { 1795478400123, 300 };

	(void)data;
	return now;
}

static int get_offset(void *data, int64_t utc_seconds)
{
	(void)data;
	(void)utc_seconds;
	return 300;
}

static const char *show_nodes(const struct xp_nodeset *nodes,
	struct arena *arena)
{
	const char *text = "nodes ";
	size_t i;

	for (i = 0; i < nodes->n; i++)
		text = arena_printf(arena, "%s%s%s", text, i > 0 ? "|" : "",
			xp_node_text(nodes->items[i], arena));
	return text;
}

static const char *show(const struct xp_value *v, struct arena *arena)
{
	switch (v->type) {
	case XP_NODESET:
		return show_nodes(&v->nodes, arena);
	case XP_BOOLEAN:
		return v->boolean ? "boolean true" : "boolean false";
	case XP_NUMBER:
		if (v->number == 0 && signbit(v->number))
			return "number -0";
		return arena_printf(arena, "number %s",
			xp_number_to_text(v->number, arena));
	case XP_STRING:
		return arena_printf(arena, "string %s", v->text);
	}
	return "";
}

static const char *run(struct world *w, const char *expression,
	const char *context)
{
	struct xp_env env = { .data = w, .instance = get_instance,
		.itext = get_itext, .choice_name = get_choice_name,
		.pulldata = get_pulldata, .random = get_random, .now = get_now,
		.zone_offset = get_offset, .property = get_property,
		.language = "en" };
	struct xpath_names names = { .any_namespace = true };
	struct xp_context ctx = { .env = &env, .arena = w->arena };
	struct err err = ERR_INIT;
	struct xpath *x = xpath_compile(w->arena, context, &names, &err);
	struct xp_value value;

	ctx.node = xp_xml_node(&w->tree, NULL);
	if (x == NULL || !xpath_eval(x, &ctx, &value, &err) ||
	    value.type != XP_NODESET || value.nodes.n == 0)
		return "no such context";
	ctx.node = ctx.current = value.nodes.items[0];
	x = xpath_compile(w->arena, expression, &names, &err);
	if (x == NULL)
		return err.code == ERR_LIMIT ? "limit" : arena_printf(w->arena,
			"syntax %d", err.column);
	if (!xpath_eval(x, &ctx, &value, &err))
		return err.code == ERR_LIMIT ? "limit" : "error";
	return show(&value, w->arena);
}

static bool open_world(struct world *w, const char *xml)
{
	struct err err = ERR_INIT;
	bool is_record = str_starts(xml, "record:");

	if (is_record)
		xml += strlen("record:");
	w->doc = xml_parse(xml, strlen(xml), NULL, &xml_limits_form, &err);
	if (w->doc == NULL) {
		printf("  %s\n", err.message);
		return false;
	}
	xp_xml_init(&w->tree, w->doc, NULL);
	w->tree.tree.contextual = is_record;
	return true;
}

/* Cut a line at its tabs; how many fields there are, at most five. */
static size_t split(char *line, char *fields[5])
{
	size_t n = 0;

	for (;;) {
		char *tab = strchr(line, '\t');

		fields[n++] = line;
		if (tab == NULL || n == 5)
			return n;
		*tab = '\0';
		line = tab + 1;
	}
}

/* --- what is shown --- */

static struct map shown;		/* constructs */
static struct arena *names;

/* "WHO: CONSTRUCT, REMARK" */
static void note(const char *path, int number, const char *text, bool list)
{
	static const char *const who[] = { "spec", "XPath", "JavaRosa",
		"Java" };
	size_t n = strcspn(text, ":"), i;
	const char *construct;

	for (i = 0; i < sizeof who / sizeof *who; i++) {
		if (strlen(who[i]) != n || strncmp(text, who[i], n) != 0 ||
		    text[n + 1] != ' ')
			continue;
		construct = arena_strndup(names, text + n + 2,
			strcspn(text + n + 2, ","));
		map_set(&shown, construct, names);
		if (list)
			printf("%s\t%s\t%s:%d\n", who[i], construct, path,
				number);
	}
}

static unsigned require(const char *construct)
{
	if (map_has(&shown, construct))
		return 0;
	printf("no line shows '%s'\n", construct);
	return 1;
}

static unsigned require_all(void)
{
	static const char *const others[] = { "axis ancestor",
		"axis ancestor-or-self", "axis attribute", "axis child",
		"axis descendant", "axis descendant-or-self", "axis following",
		"axis following-sibling", "axis namespace", "axis parent",
		"axis preceding", "axis preceding-sibling", "axis self",
		"operator |", "operator or", "operator and", "operator =",
		"operator !=", "operator <", "operator <=", "operator >",
		"operator >=", "operator +", "operator -", "operator *",
		"operator div", "operator mod", "test node()", "test text()",
		"test comment()", "test processing-instruction()" };
	unsigned failures = 0;
	const char *name;
	size_t i;

	for (i = 0; i < sizeof others / sizeof *others; i++)
		failures += require(others[i]);
	for (i = 0; (name = xpath_function_name(i)) != NULL; i++)
		failures += require(name);
	return failures;
}

/* --- tables --- */

static bool check(const char *path, int number, char *fields[5], const char *xml)
{
	struct world w = { .arena = arena_new() };
	const char *got = open_world(&w, xml) ?
		run(&w, fields[0], fields[2]) : "no document";
	bool ok = strcmp(got, fields[3]) == 0;

	if (!ok)
		printf("%s:%d: %s\n  expected %s\n  got      %s\n", path,
			number, fields[0], fields[3], got);
	xml_free(w.doc);
	arena_free(w.arena);
	return ok;
}

static unsigned run_table(const char *path, char *text, bool list, unsigned *n)
{
	char *fields[5], *xml = NULL, *next = text;
	unsigned failures = 0;
	int number = 0;

	while (next != NULL && *next != '\0') {
		char *line = next;

		number++;
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		if (line[0] == '\0' || line[0] == '#')
			continue;
		++*n;
		if (split(line, fields) != 5) {
			printf("%s:%d: not five fields\n", path, number);
			failures++;
			continue;
		}
		if (strcmp(fields[1], "\"") != 0)
			xml = fields[1];
		note(path, number, fields[4], list);
		if (!list && !check(path, number, fields, xml == NULL ? "" : xml))
			failures++;
	}
	return failures;
}

static int print_functions(void)
{
	const char *name;

	for (size_t i = 0; (name = xpath_function_name(i)) != NULL; i++)
		printf("%s\n", name);
	return 0;
}

int main(int argc, char **argv)
{
	bool list = argc > 1 && strcmp(argv[1], "--list") == 0;
	unsigned failures = 0, n = 0;
	int i;

	if (argc == 2 && strcmp(argv[1], "--functions") == 0)
		return print_functions();
	names = arena_new();
	xpath_verify_with(crypt_verify);
	for (i = list ? 2 : 1; i < argc; i++) {
		struct str text = STR_INIT;
		struct err err = ERR_INIT;

		if (!file_read(argv[i], 1 << 24, &text, &err)) {
			printf("%s\n", err.message);
			return 1;
		}
		failures += run_table(argv[i], text.data, list, &n);
		str_release(&text);
	}
	if (!list) {
		failures += require_all();
		printf("%u lines, %u failures\n", n, failures);
	}
	map_release(&shown);
	arena_free(names);
	return failures > 0 || n == 0;
}
