/*
 * Recovery keys as they come back from paper: out of a file in which other
 * text may stand, or typed on the terminal, where a misspelt one is asked for
 * again.
 */
#ifndef BAYAZ_CMD_PAPER_H
#define BAYAZ_CMD_PAPER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "crypt/age.h"

struct paper {
	bool has_standard, has_a, has_b;
	struct age_identity standard;
	uint8_t half_a[32], half_b[32];
};

#define CMD_PAPER_OPTION \
	{ "paper-file", 0, OPT_LIST, N_("FILE"), \
	  N_("read recovery keys from FILE instead of asking; again for more") }

/* What the files of --paper-file hold.  ERR_SYNTAX names file and line of a
 * misspelt key. */
bool paper_read_files(struct paper *paper, const struct cmd_args *args,
	struct err *err) MUST_CHECK;

/* Ask for what is missing, as far as it is wanted; an empty line leaves a key
 * out.  ERR_USAGE: no terminal. */
bool paper_ask(struct paper *paper, bool standard, bool halves,
	struct err *err) MUST_CHECK;

/* The protected identity; both halves must be there. */
void paper_join(const struct paper *paper, struct age_identity *identity);
void paper_wipe(struct paper *paper);

#endif
