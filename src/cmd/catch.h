/*
 * What is printed while the whole screen belongs to somebody else: kept in
 * memory, to be shown there.
 */
#ifndef BAYAZ_CMD_CATCH_H
#define BAYAZ_CMD_CATCH_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct catch { int file, old_out, old_err; };

/* From here on nothing reaches standard output and error. */
bool catch_begin(struct catch *caught, struct err *err) MUST_CHECK;
/* They are as before; what was printed is appended. */
void catch_end(struct catch *caught, struct str *out);

#endif
