/*
 * The form engine for other programs: one JSON request a line, one response
 * a line.  Forms and records are handles that live as long as the engine.
 * Source: bayaz-engine(7), which is the whole protocol.
 */
#ifndef BAYAZ_ENGINE_ENGINE_H
#define BAYAZ_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum { ENGINE_PROTOCOL = 1 };

struct engine;

/* `training`: protected forms are opened too, for made-up records; without it
 * they are refused, since what is answered leaves in plain text. */
struct engine *engine_new(bool training);
void engine_free(struct engine *e);			/* NULL is fine */

/* Append the response to one request line, without a line break.  Whatever the
 * bytes are, there is a response. */
void engine_answer(struct engine *e, const char *line, size_t n_bytes,
	struct str *out);

#endif
