/* bayaz xpath: what does an expression give, and what is wrong with it? */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "cmd/cmd.h"
#include "xform/document.h"

enum { MOST_BYTES = 256 << 20 };

typedef VEC(struct xf_namespace) namespace_list;

struct question {
	struct xf_query query;
	struct xf_document_options options;
	namespace_list namespaces;
	struct xf_media_folders folders;
	struct str prefixes;		/* the prefixes, each with its NUL */
};

/* --- options --- */

/* PREFIX=URI; "=URI" for names without prefix. */
static bool add_namespace(struct question *q, const char *given,
	struct err *err)
{
	const char *equals = strchr(given, '=');
	struct xf_namespace one = { NULL, NULL };

	if (equals == NULL)
		return err_set(err, ERR_USAGE, _("'--namespace %s' has no '='"),
			given);
	str_addn(&q->prefixes, given, (size_t)(equals - given));
	str_addc(&q->prefixes, '\0');
	one.uri = equals + 1;
	vec_push(&q->namespaces, one);
	return true;
}

/* The memory of the prefixes has come to rest. */
static void settle_prefixes(struct question *q)
{
	const char *at = q->prefixes.data;

	for (size_t i = 0; i < q->namespaces.n; i++) {
		q->namespaces.items[i].prefix = at;
		at += strlen(at) + 1;
	}
	q->query.namespaces = q->namespaces.items;
	q->query.n_namespaces = q->namespaces.n;
}

static bool take_seed(struct question *q, const char *seed, struct err *err)
{
	char *end;

	if (seed == NULL)
		return true;
	errno = 0;
	q->options.seed = strtoull(seed, &end, 10);
	q->options.has_seed = true;
	if (errno != 0 || *end != '\0' || seed[0] == '\0')
		return err_set(err, ERR_USAGE,
			_("'--seed %s' is no whole number"), seed);
	return true;
}

static bool take_type(struct question *q, const char *type, struct err *err)
{
	if (type == NULL)
		return true;
	q->query.has_type = true;
	return xp_type_of_name(type, &q->query.type) ||
		err_set(err, ERR_USAGE, _("'--type %s' is not string, number, "
		"boolean or nodeset"), type);
}

static bool take_options(struct question *q, const struct cmd_args *args,
	struct err *err)
{
	const char *given;

	q->query.expression = args->items[0];
	q->query.context = cmd_text(args, "context");
	q->options.language = cmd_text(args, "language");
	q->options.now = cmd_text(args, "now");
	q->options.time_zone = cmd_text(args, "time-zone");
	for (size_t i = 0; (given = cmd_list(args, "namespace", i)) != NULL; i++)
		if (!add_namespace(q, given, err))
			return false;
	settle_prefixes(q);
	return take_seed(q, cmd_text(args, "seed"), err) &&
		take_type(q, cmd_text(args, "type"), err);
}

static bool read_document(struct question *q, const struct cmd_args *args,
	struct str *xml, struct err *err)
{
	const char *path = args->n > 1 ? args->items[1] : NULL;

	if (path == NULL) {
		str_add(xml, "<data/>");
		return true;
	}
	q->folders.form_path = path;
	q->folders.folder = cmd_text(args, "media");
	q->options.media = xf_media_from_folders(&q->folders);
	return file_read(path, MOST_BYTES, xml, err);
}

/* --- results --- */

static void print_line(const char *text)
{
	struct str line = STR_INIT;

	utf8_mask(&line, text, true);
	puts(line.data);
	str_release(&line);
}

static void print_node(struct xf_document *document, struct xp_node node,
	struct arena *scratch)
{
	struct str line = STR_INIT, shown = STR_INIT;

	xf_document_ref(document, node, &line);
	utf8_mask(&shown, line.data, false);
	str_addc(&shown, '\t');
	utf8_mask(&shown, xp_node_text(node, scratch), false);
	puts(shown.data);
	str_release(&line);
	str_release(&shown);
}

static void print_text(struct xf_document *document,
	const struct xp_value *value)
{
	struct arena *scratch = arena_new();

	if (value->type != XP_NODESET)
		print_line(xp_to_text(value, scratch));
	for (size_t i = 0; value->type == XP_NODESET && i < value->nodes.n; i++)
		print_node(document, value->nodes.items[i], scratch);
	arena_free(scratch);
}

static void print_json(struct xf_document *document,
	const struct xp_value *value)
{
	struct json *o = xf_document_result(document, value);
	char *text = js_print(o);

	puts(text);
	free(text);
	js_free(o);
}

/* With the token at fault marked, if it is one of the expression. */
static int say_wrong(const struct question *q, const struct err *err)
{
	struct str marked = STR_INIT;
	int status = cmd_problem(err);

	if (err->line == 1 && err->column > 0 && (err->code == ERR_SYNTAX ||
			err->code == ERR_XPATH || err->code == ERR_LIMIT)) {
		xpath_mark(&marked, q->query.expression, err->column);
		fputs(marked.data, stderr);
	}
	str_release(&marked);
	return status;
}

static int answer(const struct cmd_args *args, const struct question *q,
	struct xf_document *document)
{
	struct err err = ERR_INIT;
	struct xp_value value;

	if (!xf_document_eval(document, &q->query, &value, &err))
		return say_wrong(q, &err);
	if (cmd_flag(args, "json"))
		print_json(document, &value);
	else
		print_text(document, &value);
	return EXIT_DONE;
}

static int run_xpath(const struct cmd_args *args)
{
	struct question q = { .prefixes = STR_INIT };
	struct xf_document *document = NULL;
	struct str xml = STR_INIT;
	struct err err = ERR_INIT;
	int status;

	if (take_options(&q, args, &err) &&
			read_document(&q, args, &xml, &err))
		document = xf_document_new(xml.data, xml.len,
			args->n > 1 ? args->items[1] : NULL, &q.options, &err);
	status = document == NULL ? cmd_problem(&err) :
		answer(args, &q, document);
	xf_document_free(document);
	vec_release(&q.namespaces);
	str_release(&q.prefixes);
	str_release(&xml);
	return status;
}

static const struct cmd_option options[] = {
	{ "context", 0, OPT_TEXT, N_("PATH"),
	  N_("evaluate at this node (default /)") },
	{ "namespace", 0, OPT_LIST, N_("PREFIX=URI"),
	  N_("bind a prefix; '=' alone: names without prefix are in none") },
	{ "type", 0, OPT_TEXT, N_("TYPE"),
	  N_("convert the result: string, number, boolean or nodeset") },
	{ "language", 0, OPT_TEXT, N_("LANGUAGE"), N_("a language of the form") },
	{ "now", 0, OPT_TEXT, N_("TIME"),
	  N_("let the clock stand at this ISO 8601 date and time") },
	{ "time-zone", 0, OPT_TEXT, N_("ZONE"),
	  N_("the zone of local times, like Asia/Karachi") },
	{ "seed", 0, OPT_TEXT, N_("NUMBER"),
	  N_("make random() and uuid() repeatable") },
	{ "media", 0, OPT_TEXT, N_("DIR"),
	  N_("look for the form's media files here first") },
	CMD_JSON_OPTION,
	{ 0 },
};

const struct cmd cmd_xpath = {
	.name = "xpath",
	.usage = N_("EXPRESSION [FILE]"),
	.summary = N_("evaluate an expression of a form"),
	.options = options,
	.min_args = 1,
	.max_args = 2,
	.run = run_xpath,
};
