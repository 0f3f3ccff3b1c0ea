/* bayaz check: is this form fit for use?  Everything wrong in one run. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cmd/formarg.h"
#include "cmd/surroundings.h"

/* Open a blank record, as an interview would, and compute all of it. */
static bool open_record(const struct xform *form,
	const struct session_options *options, struct problems *problems)
{
	struct err err = ERR_INIT;
	struct session *s = session_new(form, options, &err);
	struct str xml = STR_INIT;
	bool ok = s != NULL && session_serialize(s, false, &xml, &err);

	if (!ok) {
		err_at(&err, form->name, 0, 0);
		problem_add_err(problems, SEVERITY_ERROR, &err, NULL, NULL);
	}
	str_release(&xml);
	session_free(s);
	return ok;
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
	if (p->token > 0)
		js_put_int(o, "token", p->token);
	if (p->remedy[0] != '\0')
		js_put_text(o, "remedy", p->remedy);
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

/* The problem, its expression with the token marked, what to do. */
static void print_problem(const struct problem *p)
{
	struct str text = STR_INIT, mark = STR_INIT;

	problem_line(p, &text);
	str_addc(&text, '\n');
	if (p->token > 0 && p->expression[0] != '\0') {
		xpath_mark(&mark, p->expression, p->token);
		utf8_mask(&text, mark.data, true);
	}
	if (p->remedy[0] != '\0') {
		str_add(&text, "    ");
		utf8_mask(&text, p->remedy, false);
		str_addc(&text, '\n');
	}
	fputs(text.data, stdout);
	str_release(&text);
	str_release(&mark);
}

static void print_text(const char *path, bool opens,
	const struct problems *problems)
{
	size_t n = opens ? n_warnings(problems) : problems->n_errors;

	for (size_t i = 0; i < problems->n; i++)
		print_problem(&problems->items[i]);
	if (problems->n_left_out > 0)
		printf(ngettext("and %zu more problem\n",
			"and %zu more problems\n", problems->n_left_out),
			problems->n_left_out);
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

static int judge(const struct cmd_args *args, struct form_source *source,
	const struct session_options *options)
{
	struct problems problems = PROBLEMS_INIT;
	struct xform *form = xform_load(source->xml.data, source->xml.len,
		source->name, &source->options, &problems);
	bool opens = form != NULL && open_record(form, options, &problems);
	bool clean;

	if (form != NULL)
		xform_check_types(form, &problems);
	if (opens && cmd_flag(args, "lint"))
		xform_lint(form, &problems);
	clean = opens && problems.n_errors == 0;
	problems_sort(&problems);
	if (cmd_flag(args, "json"))
		print_json(form, opens, &problems);
	else
		print_text(source->name, opens, &problems);
	xform_free(form);
	problems_release(&problems);
	return clean ? EXIT_DONE : EXIT_PROBLEM;
}

static int run_check(const struct cmd_args *args)
{
	struct form_source source = { .xml = STR_INIT };
	struct session_options options;
	struct workspace *ws = NULL;
	struct err err = ERR_INIT;
	int status;

	if (surroundings(args, &options, &err) &&
			form_arg_workspace(args, args->items[0], &ws, &err) &&
			form_source_open(&source, args->items[0],
			cmd_text(args, "media"), ws, &err))
		status = judge(args, &source, &options);
	else
		status = cmd_problem(&err);
	form_source_release(&source);
	workspace_close(ws);
	return status;
}

static const struct cmd_option options[] = {
	{ "lint", 0, OPT_FLAG, NULL,
	  N_("also judge the design: languages, skips, sensitive questions") },
	CMD_SURROUNDINGS_OPTIONS,
	CMD_JSON_OPTION,
	CMD_PASSPHRASE_OPTION,
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
