/*
 * The two halves of `bayaz show`: records of the workspace, versions in the
 * central store.
 */
#ifndef BAYAZ_CMD_SHOW_H
#define BAYAZ_CMD_SHOW_H

#include "cmd/cmd.h"

/* With --store.  EXIT_*. */
int show_from_store(const struct cmd_args *args);

#endif
