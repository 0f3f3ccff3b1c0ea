/* bayaz engine: the form engine as a child process.  See bayaz-engine(7). */
#include "config.h"

#include <stdio.h>

#include "base/gettext.h"
#include "cmd/cmd.h"
#include "engine/engine.h"

/* The protocol promises 64 MiB; lines beyond this are answered, not read. */
#define LONGEST_LINE ((size_t)256 << 20)

/* Read a line, without its end; false: there is no more. */
static bool read_line(struct str *line, bool *too_long)
{
	int c;

	str_clear(line);
	*too_long = false;
	while ((c = getc_unlocked(stdin)) != EOF && c != '\n') {
		if (line->len < LONGEST_LINE)
			str_addc(line, (char)c);
		else
			*too_long = true;
	}
	return c != EOF || line->len > 0;
}

static bool is_blank(const struct str *line)
{
	for (size_t i = 0; i < line->len; i++)
		if (line->data[i] != ' ' && line->data[i] != '\t' &&
				line->data[i] != '\r')
			return false;
	return true;
}

static bool answer(struct engine *e, const struct str *line, bool too_long,
	struct str *out)
{
	str_clear(out);
	if (too_long)		/* what it asked for is not known */
		engine_answer(e, "", 0, out);
	else
		engine_answer(e, line->data, line->len, out);
	str_addc(out, '\n');
	return fwrite(out->data, 1, out->len, stdout) == out->len &&
		fflush(stdout) == 0;
}

static int run_engine(const struct cmd_args *args)
{
	struct engine *e = engine_new(cmd_flag(args, "training"));
	struct str line = STR_INIT, out = STR_INIT;
	int status = EXIT_DONE;
	bool too_long;

	while (read_line(&line, &too_long)) {
		if (is_blank(&line))
			continue;
		if (!answer(e, &line, too_long, &out)) {
			status = EXIT_PROBLEM;	/* the driver says why */
			break;
		}
	}
	str_wipe(&line);
	str_wipe(&out);
	engine_free(e);
	return status;
}

static const struct cmd_option options[] = {
	{ "training", 0, OPT_FLAG, NULL,
	  N_("protected forms too, for made-up records") },
	{ 0 }
};

const struct cmd cmd_engine = {
	.name = "engine",
	.usage = "",
	.summary = N_("drive forms from another program, in JSON lines"),
	.options = options,
	.max_args = 0,
	.run = run_engine,
};
