/* Showing the coordinator's questions, with what was answered. */
#ifndef BAYAZ_CMD_ASKED_H
#define BAYAZ_CMD_ASKED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"

struct workspace;

/* Those about the record in that row (0: all), under a heading; nothing if
 * there is none. */
bool asked_show(struct workspace *ws, int64_t record, struct err *err)
	MUST_CHECK;
/* The same as an array, for --json; js_free() it.  NULL on failure. */
struct json *asked_json(struct workspace *ws, int64_t record, struct err *err)
	MUST_CHECK;

#endif
