/*
 * A command is a data entry: name, options, what it needs, what it runs.  The
 * driver parses, opens, runs, closes, and checks that standard output took it
 * all: a full disk is not a success.
 *
 * To add one: src/cmd/FILE.c, a line in commands.h and module.am, its manual
 * page doc/bayaz-WORD.1 and its transcript tests/cli/WORD.t.
 */
#ifndef BAYAZ_CMD_CMD_H
#define BAYAZ_CMD_CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/problem.h"

struct workspace;

enum { EXIT_DONE = 0, EXIT_PROBLEM = 1, EXIT_WRONG_USAGE = 2 };

enum cmd_option_kind {
	OPT_FLAG,	/* --json */
	OPT_TEXT,	/* --store DB; the last one counts */
	OPT_LIST,	/* --property NAME=VALUE, again and again */
};

struct cmd_option {
	const char *name;	/* long name, without the dashes */
	char letter;		/* 'o' for -o; 0: none */
	enum cmd_option_kind kind;
	const char *argument;	/* how --help names it; NULL for a flag */
	const char *help;	/* N_("...") */
};

struct cmd_args {
	int n;			/* arguments that are no options */
	char **items;
	const struct cmd *cmd;
	struct cmd_given { const struct cmd_option *option; const char *text; }
		*given;
	size_t n_given;
	const char *workspace;	/* -C DIR, or NULL */
	struct workspace *open;	/* it, if somebody has it open: home.c; or
				 * NULL */
};

struct cmd {
	const char *name;	/* "pack", or up to three words: "project new" */
	const char *usage;	/* N_("BUNDLE..."), "" */
	const char *summary;	/* N_("...") */
	const struct cmd_option *options;	/* ends with name NULL; or NULL */
	int min_args, max_args;	/* max -1: any number */
	int (*run)(const struct cmd_args *args);	/* EXIT_* */
};

int cmd_main(int argc, char **argv);

/* Run one command inside of another, in a workspace that is open.  argv ends
 * with NULL.  What it prints is for the caller to catch. */
int cmd_run_within(struct workspace *ws, const char *folder, char **argv);

/* All commands in the order of commands.h; NULL at the end. */
extern const struct cmd *const cmd_all[];
extern const struct cmd cmd_help;

/* What was given.  `name` must be in the command's table. */
bool cmd_flag(const struct cmd_args *args, const char *name);
const char *cmd_text(const struct cmd_args *args, const char *name);	/* or NULL */
/* The i-th value of a list option; NULL after the last. */
const char *cmd_list(const struct cmd_args *args, const char *name, size_t i);

/* Say what went wrong and return EXIT_PROBLEM / EXIT_WRONG_USAGE. */
int cmd_problem(const struct err *err);
int cmd_usage_error(const struct cmd_args *args, const char *format, ...)
	PRINTF_LIKE(2, 3);

/* The options that every unlocking command takes, to put in a table. */
#define CMD_PASSPHRASE_OPTION \
	{ "passphrase-file", 0, OPT_TEXT, N_("FILE"), \
	  N_("read the passphrase from FILE ('-': standard input)") }
#define CMD_JSON_OPTION \
	{ "json", 0, OPT_FLAG, NULL, N_("print JSON instead of text") }

#endif
