#include "config.h"

#include "cmd/cmd.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "field/workspace.h"

#define COMMAND(x) extern const struct cmd cmd_##x;
#include "cmd/commands.h"
#undef COMMAND

const struct cmd *const cmd_all[] = {
#define COMMAND(x) &cmd_##x,
#include "cmd/commands.h"
#undef COMMAND
	NULL
};

bool cmd_flag(const struct cmd_args *args, const char *name)
{
	return cmd_text(args, name) != NULL;
}

const char *cmd_text(const struct cmd_args *args, const char *name)
{
	const char *text = NULL;

	for (size_t i = 0; i < args->n_given; i++)
		if (strcmp(args->given[i].option->name, name) == 0)
			text = args->given[i].text;
	return text;
}

const char *cmd_list(const struct cmd_args *args, const char *name, size_t i)
{
	for (size_t k = 0; k < args->n_given; k++)
		if (strcmp(args->given[k].option->name, name) == 0 && i-- == 0)
			return args->given[k].text;
	return NULL;
}

int cmd_problem(const struct err *err)
{
	log_err(err);
	return err->code == ERR_USAGE ? EXIT_WRONG_USAGE : EXIT_PROBLEM;
}

int cmd_usage_error(const struct cmd_args *args, const char *format, ...)
{
	struct err err = ERR_INIT;
	va_list arguments;

	va_start(arguments, format);
	err_vset(&err, ERR_USAGE, format, arguments);
	va_end(arguments);
	log_err(&err);
	log_note(_("try 'bayaz help %s'"), args->cmd->name);
	return EXIT_WRONG_USAGE;
}

/* How many words of argv are the name, one blank between; 0: they are not. */
static int match_name(const char *name, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		size_t n = strcspn(name, " ");

		if (strlen(argv[i]) != n || strncmp(argv[i], name, n) != 0)
			return 0;
		if (name[n] == '\0')
			return i + 1;
		name += n + 1;
	}
	return 0;
}

/* The longest match; *n_words says how many it took. */
static const struct cmd *find_command(int argc, char **argv, int *n_words)
{
	const struct cmd *found = NULL;

	*n_words = 0;
	for (size_t i = 0; cmd_all[i] != NULL; i++) {
		int n = match_name(cmd_all[i]->name, argc, argv);

		if (n > *n_words) {
			found = cmd_all[i];
			*n_words = n;
		}
	}
	return found;
}

static const struct cmd_option *find_option(const struct cmd *cmd,
	const char *name, size_t n, char letter)
{
	const struct cmd_option *o = cmd->options;

	for (; o != NULL && o->name != NULL; o++)
		if (letter != 0 ? o->letter == letter :
				strlen(o->name) == n && strncmp(o->name, name, n) == 0)
			return o;
	return NULL;
}

static void give(struct cmd_args *args, const struct cmd_option *option,
	const char *text)
{
	args->given[args->n_given].option = option;
	args->given[args->n_given].text = text;
	args->n_given++;
}

/* One argument that begins with '-'.  Returns how many words it took, or 0
 * after saying what is wrong. */
static int parse_option(struct cmd_args *args, int argc, char **argv)
{
	const char *word = argv[0], *value = NULL;
	const struct cmd_option *option;

	if (word[1] == '-') {
		const char *equals = strchr(word, '=');
		size_t n = equals != NULL ? (size_t)(equals - word - 2) :
			strlen(word + 2);

		option = find_option(args->cmd, word + 2, n, 0);
		value = equals != NULL ? equals + 1 : NULL;
	} else {
		option = find_option(args->cmd, NULL, 0, word[1]);
		if (word[2] != '\0')
			value = word + 2;
	}
	if (option == NULL) {
		cmd_usage_error(args, _("unknown option '%s'"), word);
		return 0;
	}
	if (option->kind == OPT_FLAG) {
		if (value != NULL) {
			cmd_usage_error(args, _("option '--%s' takes no value"),
				option->name);
			return 0;
		}
		give(args, option, "");
		return 1;
	}
	if (value != NULL) {
		give(args, option, value);
		return 1;
	}
	if (argc < 2) {
		cmd_usage_error(args, _("option '--%s' needs a value"),
			option->name);
		return 0;
	}
	give(args, option, argv[1]);
	return 2;
}

static bool parse_args(struct cmd_args *args, int argc, char **argv)
{
	bool options_end = false;

	args->items = xcalloc((size_t)argc + 1, sizeof *args->items);
	args->given = xcalloc((size_t)argc + 1, sizeof *args->given);
	for (int i = 0; i < argc; ) {
		if (!options_end && strcmp(argv[i], "--") == 0) {
			options_end = true;
			i++;
		} else if (!options_end && argv[i][0] == '-' &&
				argv[i][1] != '\0') {
			int n = parse_option(args, argc - i, argv + i);

			if (n == 0)
				return false;
			i += n;
		} else {
			args->items[args->n++] = argv[i++];
		}
	}
	if (args->n < args->cmd->min_args || (args->cmd->max_args >= 0 &&
			args->n > args->cmd->max_args)) {
		cmd_usage_error(args, args->n < args->cmd->min_args ?
			_("something is missing after '%s'") :
			_("too many arguments for '%s'"), args->cmd->name);
		return false;
	}
	return true;
}

static bool wants_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static int run_command(const struct cmd *cmd, const char *workspace,
	struct workspace *open, int argc, char **argv)
{
	struct cmd_args args = { .cmd = cmd, .workspace = workspace,
		.open = open };
	int status = EXIT_WRONG_USAGE;

	if (wants_help(argc, argv)) {
		char *topic = (char *)(uintptr_t)cmd->name;

		args.items = &topic;
		args.n = 1;
		args.cmd = &cmd_help;
		return cmd_help.run(&args);
	}
	if (parse_args(&args, argc, argv))
		status = cmd->run(&args);
	free(args.items);
	free(args.given);
	return status;
}

int cmd_run_within(struct workspace *ws, const char *folder, char **argv)
{
	int argc = 0, n_words, status;
	const struct cmd *cmd;

	while (argv[argc] != NULL)
		argc++;
	cmd = find_command(argc, argv, &n_words);
	status = run_command(cmd, folder, ws, argc - n_words, argv + n_words);
	/* what it left half done is not for the next to go on with */
	if (ws != NULL && workspace_in_change(ws))
		workspace_rollback(ws);
	return status;
}

/* A write that the disk did not take is a failure of the command. */
static int close_output(int status)
{
	struct err err = ERR_INIT;
	bool failed = ferror(stdout) != 0;

	if (fflush(stdout) == 0 && !failed)
		return status;
	err_set(&err, ERR_IO, _("cannot write the output: %s"),
		strerror(errno));
	log_err(&err);
	return EXIT_PROBLEM;
}

static bool all_utf8(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		if (!utf8_is_valid(argv[i], strlen(argv[i]))) {
			log_note(_("argument %d is not valid UTF-8 text"), i);
			return false;
		}
	return true;
}

int cmd_main(int argc, char **argv)
{
	static char help[] = "help", version[] = "version";
	const char *workspace = NULL;
	const struct cmd *cmd;
	int n_words = 0;

	signal(SIGPIPE, SIG_IGN);	/* a closed pipe is a failed write */
	if (!all_utf8(argc, argv))
		return EXIT_WRONG_USAGE;
	argc--, argv++;
	if (argc >= 2 && strcmp(argv[0], "-C") == 0) {
		workspace = argv[1];
		argc -= 2, argv += 2;
	}
	if (argc == 0)
		return close_output(run_command(isatty(STDIN_FILENO) &&
			isatty(STDOUT_FILENO) ?
			&cmd_home : &cmd_help, workspace, NULL, 0, argv));
	if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0)
		argv[0] = help;
	if (strcmp(argv[0], "--version") == 0)
		argv[0] = version;
	cmd = find_command(argc, argv, &n_words);
	if (cmd == NULL) {
		log_note(_("there is no command '%s'; 'bayaz help' lists them"),
			argv[0]);
		return EXIT_WRONG_USAGE;
	}
	return close_output(run_command(cmd, workspace, NULL, argc - n_words,
		argv + n_words));
}
