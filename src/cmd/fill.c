/* bayaz fill FORM --script FILE -o RECORD.xml: a record from a script. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "author/script.h"
#include "base/file.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/utf8.h"
#include "cmd/formarg.h"
#include "cmd/surroundings.h"

enum { LARGEST_SCRIPT_BYTES = 64 << 20 };

struct refusals { const char *script; bool any; };

/* Only refused operations matter here; `test` is for the checks. */
static void hear(void *data, const struct script_outcome *o)
{
	struct refusals *refusals = data;
	struct err err = ERR_INIT;

	if (o->ok || !o->is_operation)
		return;
	refusals->any = true;
	err_set(&err, ERR_REFUSED, "%s", o->why);
	err_at(&err, refusals->script, o->line->line, 1);
	log_err(&err);
}

static int print_violations(struct session *s, struct err *err)
{
	struct session_violations found = { 0 };
	int status = EXIT_DONE;

	if (!session_validate(s, &found, err))
		status = cmd_problem(err);
	for (size_t i = 0; i < found.n; i++) {
		struct str ref = STR_INIT;

		node_ref(found.items[i].node, &ref);
		if (found.items[i].message != NULL)
			log_note("%s: %s", ref.data, found.items[i].message);
		else
			log_note(found.items[i].condition == VIOLATES_REQUIRED ?
				_("%s: an answer is required") :
				_("%s: the answer is not allowed"), ref.data);
		str_release(&ref);
		status = EXIT_PROBLEM;
	}
	session_violations_release(&found);
	return status;
}

static bool write_record(const char *path, const struct str *xml,
	struct err *err)
{
	if (path == NULL || strcmp(path, "-") == 0)
		return fwrite(xml->data, 1, xml->len, stdout) == xml->len &&
			putchar('\n') != EOF;
	return file_write(path, xml->data, xml->len, 0600, err);
}

static int fill(const struct cmd_args *args, const struct xform *form,
	const struct session_options *options, struct err *err)
{
	const char *name = cmd_text(args, "script");
	struct script script = { 0 };
	struct refusals refusals = { name, false };
	const struct script_listener listener = { hear, &refusals, true };
	struct str bytes = STR_INIT, xml = STR_INIT;
	struct session *s = NULL;
	int status = EXIT_PROBLEM;

	if (file_read(name, LARGEST_SCRIPT_BYTES, &bytes, err) &&
			script_parse(&script, bytes.data, bytes.len, name, err))
		s = session_new(form, options, err);
	if (s == NULL || !script_run(&script, s, &listener, &xml, err) ||
			!write_record(cmd_text(args, "output"), &xml, err)) {
		status = cmd_problem(err);
	} else {
		status = print_violations(s, err);
		if (refusals.any)
			status = EXIT_PROBLEM;
	}
	session_free(s);
	script_release(&script);
	str_release(&bytes);
	str_wipe(&xml);
	return status;
}

static int run_fill(const struct cmd_args *args)
{
	struct problems problems = PROBLEMS_INIT;
	struct session_options options;
	struct workspace *ws = NULL;
	struct form_arg fa = { 0 };
	struct err err = ERR_INIT;
	int status = EXIT_PROBLEM;

	if (cmd_text(args, "script") == NULL)
		return cmd_usage_error(args, _("'--script FILE' is missing"));
	if (!surroundings(args, &options, &err) ||
			!form_arg_workspace(args, args->items[0], &ws, &err)) {
		status = cmd_problem(&err);
	} else if (!form_arg_open(&fa, args->items[0], ws,
			cmd_text(args, "media"), &problems, &err)) {
		if (problems.n > 0)
			problems_print(&problems, stderr);
		else
			cmd_problem(&err);
	} else if (fa.form->form_class != NULL && strcmp(fa.form->form_class,
			"protected") == 0 && !cmd_flag(args, "training")) {
		log_note(_("this writes plain text, so a protected form is "
			"filled with '--training' only"));
	} else {
		options.training = cmd_flag(args, "training");
		status = fill(args, fa.form, &options, &err);
	}
	form_arg_release(&fa);
	workspace_close(ws);
	problems_release(&problems);
	return status;
}

static const struct cmd_option options[] = {
	{ "script", 0, OPT_TEXT, N_("FILE"), N_("the answers to give") },
	{ "output", 'o', OPT_TEXT, N_("FILE"),
	  N_("write the record here ('-' or none: standard output)") },
	{ "training", 0, OPT_FLAG, NULL, N_("a made-up record, not of a person") },
	CMD_SURROUNDINGS_OPTIONS,
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_fill = {
	.name = "fill",
	.usage = N_("FORM"),
	.summary = N_("fill a form from a script and write the record"),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.run = run_fill,
};
