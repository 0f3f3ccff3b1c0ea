/* Sentences for people, on standard error.  Never an answer, never a key
 * (DNH-19).  Only src/cmd and src/ui call these. */
#ifndef BAYAZ_BASE_LOG_H
#define BAYAZ_BASE_LOG_H

#include "base/err.h"

/* "bayaz: FILE:LINE:COLUMN: message" with control characters masked. */
void log_err(const struct err *err);
void log_note(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
