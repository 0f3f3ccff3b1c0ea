/* bayaz test FORM SCRIPT...: run fill scripts, one TAP line per check. */
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

struct tap {
	const char *script;	/* name of the file */
	bool hide_values;	/* of a protected form */
	size_t n, n_failed;
	struct str masked;
};

/* TAP's own marks in what a form says must not be taken for TAP. */
static const char *clean(struct tap *tap, const char *text)
{
	str_clear(&tap->masked);
	utf8_mask(&tap->masked, text, false);
	for (size_t i = 0; i < tap->masked.len; i++)
		if (tap->masked.data[i] == '#')
			tap->masked.data[i] = '_';
	return tap->masked.data;
}

static void print_comment(struct tap *tap, const char *name, const char *text)
{
	printf("#   %s: %s\n", name, text == NULL ? "(absent)" :
		tap->hide_values ? "(hidden)" : clean(tap, text));
}

static const char *word_of(enum script_kind kind)
{
	static const char *const words[] = { "phase", "set", "add", "del",
		"choices", "expect", "absent" };

	return words[kind];
}

static void hear(void *data, const struct script_outcome *o)
{
	struct tap *tap = data;

	if (o->is_operation && o->ok)
		return;
	tap->n++;
	tap->n_failed += !o->ok;
	printf("%sok %zu - %s:%d %s", o->ok ? "" : "not ", tap->n, tap->script,
		o->line->line, word_of(o->line->kind));
	printf(" %s\n", clean(tap, o->line->path));
	if (o->ok)
		return;
	if (o->why != NULL) {
		print_comment(tap, "refused", o->why);
		return;
	}
	if (o->line->kind != SCRIPT_ABSENT)
		print_comment(tap, "expected", o->line->value);
	print_comment(tap, "got", o->got);
}

static void report_failure(struct tap *tap, const struct err *err)
{
	char text[1024];

	tap->n++;
	tap->n_failed++;
	printf("not ok %zu - %s", tap->n, tap->script);
	printf(" %s\n", clean(tap, err_text(err, text, sizeof text)));
}

static bool run_script(struct tap *tap, const struct xform *form,
	const struct session_options *options, struct err *err)
{
	const struct script_listener listener = { hear, tap, false };
	struct script script = { 0 };
	struct str bytes = STR_INIT;
	struct session *s = NULL;
	bool ok = file_read(tap->script, LARGEST_SCRIPT_BYTES, &bytes, err) &&
		script_parse(&script, bytes.data, bytes.len, tap->script, err);

	if (ok) {
		s = session_new(form, options, err);
		ok = s != NULL && script_run(&script, s, &listener, NULL, err);
	}
	session_free(s);
	script_release(&script);
	str_release(&bytes);
	return ok;
}

static int run_all(const struct cmd_args *args, const struct xform *form,
	const struct session_options *options)
{
	struct tap tap = { .hide_values = form->form_class != NULL &&
		strcmp(form->form_class, "protected") == 0,
		.masked = STR_INIT };

	for (int i = 1; i < args->n; i++) {
		struct err err = ERR_INIT;

		tap.script = args->items[i];
		if (!run_script(&tap, form, options, &err))
			report_failure(&tap, &err);
	}
	printf("1..%zu\n", tap.n);
	str_release(&tap.masked);
	return tap.n_failed == 0 ? EXIT_DONE : EXIT_PROBLEM;
}

static int run_test(const struct cmd_args *args)
{
	struct problems problems = PROBLEMS_INIT;
	struct session_options options;
	struct workspace *ws = NULL;
	struct form_arg fa = { 0 };
	struct err err = ERR_INIT;
	int status = EXIT_PROBLEM;

	if (!surroundings(args, &options, &err) ||
			!form_arg_workspace(args, args->items[0], &ws, &err)) {
		status = cmd_problem(&err);
	} else if (!form_arg_open(&fa, args->items[0], ws,
			cmd_text(args, "media"), &problems, &err)) {
		if (problems.n > 0)
			problems_print(&problems, stderr);
		else
			cmd_problem(&err);
	} else {
		status = run_all(args, fa.form, &options);
	}
	form_arg_release(&fa);
	workspace_close(ws);
	problems_release(&problems);
	return status;
}

static const struct cmd_option options[] = {
	CMD_SURROUNDINGS_OPTIONS,
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_test = {
	.name = "test",
	.usage = N_("FORM SCRIPT..."),
	.summary = N_("run fill scripts on a form and check what comes out"),
	.options = options,
	.min_args = 2,
	.max_args = -1,
	.run = run_test,
};
