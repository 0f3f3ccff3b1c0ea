/*
 * What the command line and the environment say about the whole screen, for
 * commands that show one; and the signals that end it.
 */
#ifndef BAYAZ_CMD_SCREEN_ARG_H
#define BAYAZ_CMD_SCREEN_ARG_H

#include <signal.h>
#include <stdbool.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "ui/term.h"

struct workspace;

#define CMD_SCREEN_OPTIONS \
	{ "lines", 0, OPT_FLAG, NULL, \
	  N_("line by line instead of on the whole screen") }, \
	{ "bidi", 0, OPT_TEXT, N_("WHO"), N_("who orders and joins text from " \
	  "right to left: 'ours', 'terminal', 'auto'") }, \
	{ "lock-after", 0, OPT_TEXT, N_("MINUTES"), \
	  N_("hide the screen when nothing was typed for so long") }, \
	{ "zoom", 0, OPT_FLAG, NULL, N_("larger distance between lines") }, \
	{ "contrast", 0, OPT_FLAG, NULL, N_("bold, and no colours") }

/* Lines where a screen cannot be shown, or is not wanted. */
bool screen_is_wanted(const struct cmd_args *args);
/* *lock_after: minutes until it is hidden, where somebody said so; else 0. */
bool screen_options(const struct cmd_args *args, struct term_options *options,
	int *lock_after, struct err *err) MUST_CHECK;
/* What holds in this workspace: as was said, but no longer than its project
 * allows. */
int screen_idle_ms(struct workspace *ws, int lock_after);

/* The terminal is closed, the machine goes down, somebody presses Ctrl-C: not 0
 * from then on, and what is open is left as with 'q'. */
void screen_catch_signals(void);
const volatile sig_atomic_t *screen_stopped(void);

#endif
