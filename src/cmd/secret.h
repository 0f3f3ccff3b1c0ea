/*
 * Asking for secrets, and opening the workspace with them.  They come from a
 * file, from standard input, or from the terminal without echo; never from an
 * argument or the environment.
 */
#ifndef BAYAZ_CMD_SECRET_H
#define BAYAZ_CMD_SECRET_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "cmd/cmd.h"

struct workspace;

/* A command that takes words has this in its table of options. */
#define CMD_WORDS_OPTION \
	{ "words-file", 0, OPT_TEXT, N_("FILE"), \
	  N_("read the kit's eight words from FILE ('-': standard input)") }

/* Commands that ask for a new passphrase beside the one there is. */
#define CMD_NEW_PASSPHRASE_OPTION \
	{ "new-passphrase-file", 0, OPT_TEXT, N_("FILE"), \
	  N_("read the new passphrase from FILE ('-': standard input)") }

/* Commands that may make a workspace. */
#define CMD_NO_PASSPHRASE_OPTION \
	{ "no-passphrase", 0, OPT_FLAG, NULL, \
	  N_("make the workspace without a passphrase: anyone with this " \
	     "computer can read it") }

/*
 * The passphrase: the first line of --passphrase-file, else asked for on the
 * terminal (twice if `confirm`: a new one).  Appended to `out`; str_wipe() it.
 * ERR_USAGE: neither file nor terminal; ERR_VALUE: empty, or not the same
 * twice.  The command must have CMD_PASSPHRASE_OPTION.
 */
bool cmd_passphrase(const struct cmd_args *args, bool confirm,
	struct str *out, struct err *err) MUST_CHECK;

/* A new one for a workspace that has one: --new-passphrase-file, else asked
 * for twice. */
bool cmd_new_passphrase(const struct cmd_args *args, struct str *out,
	struct err *err) MUST_CHECK;

/* That of a workspace inside something that had its own:
 * --workspace-passphrase-file, else asked for. */
bool cmd_inner_passphrase(const struct cmd_args *args, struct str *out,
	struct err *err) MUST_CHECK;

/* The eight words of a kit, normalised, from --words-file or the terminal.
 * ERR_VALUE names the position of the first word that is not in the list. */
bool cmd_words(const struct cmd_args *args, struct str *out, struct err *err)
	MUST_CHECK;

/* One secret line from the terminal, without echo; no line break in `out`.
 * `prompt` is shown as it is. */
bool cmd_ask_secret(const char *prompt, struct str *out, struct err *err)
	MUST_CHECK;

/* Whoever guesses waits, and so does who mistypes for the fourth time. */
void cmd_wait_for_turn(const char *folder);

/* Open the workspace of -C, $BAYAZ_HOME or the usual place, asking for its
 * passphrase if it has one.  A copy gets a key of its own.  NULL on failure. */
struct workspace *cmd_workspace_open(const struct cmd_args *args,
	struct err *err) MUST_CHECK;
/* The same, leaving the passphrase in `passphrase` ("" if there is none);
 * str_wipe() it. */
struct workspace *cmd_workspace_open_with(const struct cmd_args *args,
	struct str *passphrase, struct err *err) MUST_CHECK;
/* After it was opened with a passphrase, however: tell how often a wrong one
 * was tried; two laptops must not sign with one key, so a copy gets a key of
 * its own.  False: closed, and NULL. */
bool cmd_workspace_greet(struct workspace **ws, struct err *err) MUST_CHECK;
/* Make that workspace (ERR_CONFLICT if there is one) and open it; its
 * passphrase is asked for unless --no-passphrase was given. */
struct workspace *cmd_workspace_make(const struct cmd_args *args,
	struct err *err) MUST_CHECK;
/* Undo cmd_workspace_make(): closes `ws` and removes what was made, so that a
 * command that fails leaves nothing behind. */
void cmd_workspace_unmake(struct workspace *ws);

#endif
