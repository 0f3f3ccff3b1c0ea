/* bayaz check: is this form fit for use?  Everything wrong in one run. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "xform/xform.h"

#define MOST_FORM_BYTES ((size_t)256 << 20)

static struct xform *load_form(const char *path, const char *folder,
	const struct str *bytes, struct problems *problems)
{
	struct xf_media_folders folders = { path, folder };
	struct xf_options options = { xf_media_from_folders(&folders), false };

	return xform_load(bytes->data, bytes->len, path, &options, problems);
}

static size_t n_warnings(const struct problems *problems)
{
	size_t n = 0;

	for (size_t i = 0; i < problems->n; i++)
		n += problems->items[i].severity == SEVERITY_WARNING;
	return n;
}

static struct json *problem_as_json(const struct problem *p)
{
	struct json *o = js_new_object();

	js_put_text(o, "severity", p->severity == SEVERITY_ERROR ? "error" :
		"warning");
	js_put_text(o, "code", err_code_name(p->code));
	js_put_text(o, "message", p->message);
	if (p->rule[0] != '\0')
		js_put_text(o, "rule", p->rule);
	if (p->file[0] != '\0')
		js_put_text(o, "file", p->file);
	if (p->line > 0)
		js_put_int(o, "line", p->line);
	if (p->column > 0)
		js_put_int(o, "column", p->column);
	if (p->ref[0] != '\0')
		js_put_text(o, "ref", p->ref);
	if (p->expression[0] != '\0')
		js_put_text(o, "expression", p->expression);
	return o;
}

static void describe_form(struct json *o, const struct xform *form)
{
	struct json *languages = js_new_array();
	int64_t n_questions = 0;

	for (unsigned i = 0; i < form->n_languages; i++)
		js_add(languages, js_new_text(form->languages[i]));
	for (unsigned i = 0; i < form->n_nodes; i++)
		n_questions += form->nodes[i]->n_controls > 0 &&
			form->nodes[i]->controls[0]->kind < XF_CONTROL_GROUP;
	js_put_text(o, "id", form->id);
	js_put_text(o, "version", form->version);
	js_put_text(o, "title", form->title);
	js_put(o, "languages", languages);
	js_put_int(o, "questions", n_questions);
	if (form->form_class != NULL)
		js_put_text(o, "class", form->form_class);
}

static void print_json(const struct xform *form, bool opens,
	const struct problems *problems)
{
	struct json *o = js_new_object();
	struct json *list = js_new_array();
	char *text;

	for (size_t i = 0; i < problems->n; i++)
		js_add(list, problem_as_json(&problems->items[i]));
	js_put_bool(o, "opens", opens);
	js_put(o, "problems", list);
	if (form != NULL)
		describe_form(o, form);
	text = js_print(o);
	puts(text);
	free(text);
	js_free(o);
}

static void print_text(const char *path, bool opens,
	const struct problems *problems)
{
	size_t n = opens ? n_warnings(problems) : problems->n_errors;

	problems_print(problems, stdout);
	if (opens && problems->n_errors > 0)
		printf(ngettext("%1$s: opens, but not well: %2$zu error of "
			"design\n", "%1$s: opens, but not well: %2$zu errors "
			"of design\n", problems->n_errors), path,
			problems->n_errors);
	else if (!opens)
		printf(ngettext("%1$s: refused: %2$zu error\n",
			"%1$s: refused: %2$zu errors\n", n), path, n);
	else if (n == 0)
		printf(_("%s: opens\n"), path);
	else
		printf(ngettext("%1$s: opens, with %2$zu warning\n",
			"%1$s: opens, with %2$zu warnings\n", n), path, n);
}

static int judge(const struct cmd_args *args, const char *path,
	const struct str *bytes)
{
	struct problems problems = PROBLEMS_INIT;
	struct xform *form = load_form(path, cmd_text(args, "media"), bytes,
		&problems);
	bool opens = form != NULL;
	bool clean;

	if (opens && cmd_flag(args, "lint"))
		xform_lint(form, &problems);
	clean = opens && problems.n_errors == 0;
	if (cmd_flag(args, "json"))
		print_json(form, opens, &problems);
	else
		print_text(path, opens, &problems);
	xform_free(form);
	problems_release(&problems);
	return clean ? EXIT_DONE : EXIT_PROBLEM;
}

static int run_check(const struct cmd_args *args)
{
	const char *path = args->items[0];
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;
	int status = EXIT_PROBLEM;

	if (file_read(path, MOST_FORM_BYTES, &bytes, &err))
		status = judge(args, path, &bytes);
	else
		cmd_problem(&err);
	str_release(&bytes);
	return status;
}

static const struct cmd_option options[] = {
	{ "lint", 0, OPT_FLAG, NULL,
	  N_("also judge the design: languages, skips, sensitive questions") },
	{ "media", 0, OPT_TEXT, N_("DIR"),
	  N_("look for lists and media in DIR first") },
	CMD_JSON_OPTION,
	{ 0 },
};

const struct cmd cmd_check = {
	.name = "check",
	.usage = N_("FORM"),
	.summary = N_("say everything that is wrong with a form"),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.run = run_check,
};
