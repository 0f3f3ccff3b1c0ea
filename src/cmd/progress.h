/* A line about anything that takes more than a second: how far it is, how
 * fast it goes, how long it takes still.  On standard error, only where that
 * is a terminal, and gone when the work is done. */
#ifndef BAYAZ_CMD_PROGRESS_H
#define BAYAZ_CMD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool on, shown;
	double began, last;		/* seconds, of a clock that only goes on */
};

void progress_begin(struct progress *progress);
/* Callbacks; the context is a struct progress.  `all` may be 0: not known. */
void progress_bytes(void *progress, uint64_t done, uint64_t all);
void progress_items(void *progress, uint64_t done, uint64_t all);
/* Takes the line away: before anything else is said, and at the end. */
void progress_end(struct progress *progress);

#endif
