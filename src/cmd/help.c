/* bayaz help: the list of commands, or one command, out of the tables. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/log.h"
#include "base/str.h"
#include "base/utf8.h"
#include "cmd/cmd.h"

static void print_padded(const char *text, size_t columns)
{
	size_t width = utf8_width(text);

	fputs(text, stdout);
	do
		putchar(' ');
	while (++width < columns);
}

static void print_one(const struct cmd *cmd)
{
	const struct cmd_option *o;
	char left[128];

	printf(_("usage: bayaz %s %s%s\n"), cmd->name,
		cmd->options != NULL ? _("[OPTION]... ") : "",
		cmd->usage[0] != '\0' ? _(cmd->usage) : "");
	printf("  %s\n", _(cmd->summary));
	for (o = cmd->options; o != NULL && o->name != NULL; o++) {
		char letter[8] = "    ";

		if (o->letter != 0)
			snprintf(letter, sizeof letter, "-%c, ", o->letter);
		snprintf(left, sizeof left, "  %s--%s%s%s", letter, o->name,
			o->argument != NULL ? " " : "",
			o->argument != NULL ? _(o->argument) : "");
		print_padded(left, 30);
		puts(_(o->help));
	}
}

static int print_topic(const struct cmd_args *args, const char *topic)
{
	size_t n = strlen(topic), n_found = 0;

	for (size_t i = 0; cmd_all[i] != NULL; i++) {
		const char *name = cmd_all[i]->name;

		if (strcmp(name, topic) != 0 && !(strncmp(name, topic, n) == 0 &&
				name[n] == ' '))
			continue;
		if (n_found++ > 0)
			putchar('\n');
		print_one(cmd_all[i]);
	}
	if (n_found > 0)
		return EXIT_DONE;
	return cmd_usage_error(args, _("there is no command '%s'"), topic);
}

static int run_help(const struct cmd_args *args)
{
	if (args->cmd == &cmd_help && cmd_flag(args, "names")) {
		for (size_t i = 0; cmd_all[i] != NULL; i++)
			puts(cmd_all[i]->name);
		return EXIT_DONE;
	}
	if (args->n > 0) {
		struct str topic = STR_INIT;
		int status;

		for (int i = 0; i < args->n; i++)
			str_addf(&topic, "%s%s", i > 0 ? " " : "",
				args->items[i]);
		status = print_topic(args, topic.data);
		str_release(&topic);
		return status;
	}
	puts(_("bayaz: interviews by form, offline; answers packed, merged, counted"));
	puts("");
	puts(_("usage: bayaz [-C WORKSPACE] COMMAND [OPTION]... [ARGUMENT]..."));
	puts("");
	for (size_t i = 0; cmd_all[i] != NULL; i++) {
		printf("  ");
		print_padded(cmd_all[i]->name, 24);
		puts(_(cmd_all[i]->summary));
	}
	puts("");
	puts(_("'bayaz help COMMAND' tells more; 'man bayaz' tells all"));
	return EXIT_DONE;
}

static const struct cmd_option options[] = {
	{ "names", 0, OPT_FLAG, NULL, N_("print the names of all commands") },
	{ 0 }
};

const struct cmd cmd_help = {
	.name = "help",
	.usage = N_("[COMMAND]"),
	.summary = N_("list the commands, or explain one"),
	.options = options,
	.max_args = 3,
	.run = run_help,
};
