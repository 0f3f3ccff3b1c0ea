/* bayaz version: who am I, and of which protocol and formats. */
#include "config.h"

#include <stdio.h>

#include "base/gettext.h"
#include "base/json.h"
#include "cmd/cmd.h"

static int run_version(const struct cmd_args *args)
{
	if (cmd_flag(args, "json")) {
		struct json *answer = js_new_object();
		char *line;

		js_put_text(answer, "engine", PACKAGE);
		js_put_text(answer, "version", PACKAGE_VERSION);
		js_put_int(answer, "protocol", 1);
		line = js_print(answer);
		puts(line);
		free(line);
		js_free(answer);
		return EXIT_DONE;
	}
	printf("bayaz %s\n", PACKAGE_VERSION);
	return EXIT_DONE;
}

static const struct cmd_option options[] = { CMD_JSON_OPTION, { 0 } };

const struct cmd cmd_version = {
	.name = "version",
	.usage = "",
	.summary = N_("print the version of the program"),
	.options = options,
	.run = run_version,
};
