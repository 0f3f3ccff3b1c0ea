/*
 * Pictures, sounds and videos of a form, in the program that the system opens
 * them with (xdg-open, or what BAYAZ_VIEWER names).  It gets a copy under a
 * neutral name in a folder of our own, 0700, where $XDG_RUNTIME_DIR or $TMPDIR
 * says; copies and programs go with viewer_close().  A program that hands the
 * copy to another one, out of our reach, may show it still.
 */
#ifndef BAYAZ_UI_VIEWER_H
#define BAYAZ_UI_VIEWER_H

#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

struct viewer {				/* zero: nothing is shown */
	char *folder;			/* NULL: not made */
	struct { char **items; size_t n, cap; } copies;
	struct { pid_t *items; size_t n, cap; } programs;
};

/* Show these bytes; of `name` only the ending is used.  Does not wait.
 * ERR_REFUSED: the copy cannot be written, or the program not started. */
bool viewer_show(struct viewer *viewer, const char *name, const void *bytes,
	size_t n_bytes, struct err *err) MUST_CHECK;
void viewer_close(struct viewer *viewer);	/* may be used again */

#endif
