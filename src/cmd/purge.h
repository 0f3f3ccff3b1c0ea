/*
 * The two halves of `bayaz purge`: a workspace, and a central store.
 */
#ifndef BAYAZ_CMD_PURGE_H
#define BAYAZ_CMD_PURGE_H

#include "cmd/cmd.h"

/* With --store.  EXIT_*. */
int purge_store(const struct cmd_args *args);

#endif
