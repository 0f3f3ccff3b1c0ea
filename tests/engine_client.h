/*
 * A client of the engine that holds it to its word: it keeps a copy of a
 * record from what `nodes` with `since` tells, and compares that with all of
 * it; and it sees whether a request that failed left anything behind.
 */
#ifndef BAYAZ_TESTS_ENGINE_CLIENT_H
#define BAYAZ_TESTS_ENGINE_CLIENT_H

#include "base/json.h"
#include "base/str.h"
#include "base/vec.h"
#include "engine/engine.h"

struct client {
	struct engine *engine;
	int64_t record;
	int64_t revision;		/* the copy is of this one */
	VEC(char *) copy;		/* node objects by id; NULL: not there */
};

void client_init(struct client *c, struct engine *engine, int64_t record);
void client_release(struct client *c);		/* not the engine */

/* The answer to one request line, or NULL: it was no JSON object with exactly
 * one of `result` and `error`.  js_free() it. */
struct json *client_ask(struct client *c, const char *line, size_t n_bytes);
/* The request may be written with ' for ". */
struct json *client_askf(struct client *c, const char *format, ...)
	PRINTF_LIKE(2, 3);

/* Ask for what changed since the last time and compare the copy with all
 * nodes.  False: they differ, and `why` says where. */
bool client_agrees(struct client *c, struct str *why);

/* Everything that can be seen of the record, as text.  free() it. */
char *client_state(struct client *c);

/* The parts fit: every child names its parent, every reference and id leads to
 * the same node, `validate` says what the nodes say, and each node of the body
 * is one of the model. */
bool client_is_sound(struct client *c, struct str *why);

#endif
