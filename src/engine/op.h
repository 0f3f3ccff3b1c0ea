/*
 * What the operations of the engine share.  Each takes a struct op, fills
 * `result`, and returns false with `err` (and perhaps `problems`) when it has
 * changed nothing.
 */
#ifndef BAYAZ_ENGINE_OP_H
#define BAYAZ_ENGINE_OP_H

#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/problem.h"
#include "base/vec.h"
#include "engine/engine.h"
#include "session/session.h"

/* What clients could learn of a node. */
struct told {
	uint64_t print;			/* of the node object */
	uint64_t revision;		/* when it changed last */
	uint64_t walk;			/* it was there at this one */
	bool is_known, is_gone, is_valid;
	bool has_words;			/* its label or hints may change */
};

struct engine_form {
	int64_t handle;
	struct xform *form;
	struct str bytes;		/* outlived by the form */
	char *path;			/* or NULL */
	char *media;			/* folder, or NULL */
	struct json *attachments;	/* or NULL */
	struct xf_media_folders folders;
};

struct engine_record {
	int64_t handle;
	struct engine_form *form;
	struct session *session;
	struct json *properties;	/* or NULL */
	uint64_t revision;		/* as clients know it */
	uint64_t seen_revision;		/* the session's, at the last look */
	VEC(struct told) told;		/* by node id */
	uint64_t walks;
	uint64_t looked_revision;	/* of the last record_look() */
};

struct engine {
	bool training;
	VEC(struct engine_form *) forms;
	VEC(struct engine_record *) records;
	int64_t last_form, last_record;
};

struct op {
	struct engine *engine;
	const struct json *request;
	struct json *result;
	struct err err;
	struct problems problems;	/* more of them, and warnings */
	const char *code;		/* overrides err.code in the answer; or NULL */
	char *ref;			/* concerned; or NULL; owned */
	const char *expression;		/* concerned; borrowed; or NULL */
	struct str nodes;		/* more of the result: its `nodes`, as
					 * JSON text; "": there is no such */
};

typedef bool op_run(struct op *op);

/* --- engine.c: failing, and finding what a request names --- */

/* Error `request`: a member is missing or has a wrong type.  False. */
bool op_bad_request(struct op *op, const char *format, ...) PRINTF_LIKE(2, 3);
/* False: an error was said.  Absent members: *text NULL, *number as it was. */
bool op_text(struct op *op, const char *name, const char **text) MUST_CHECK;
bool op_flag(struct op *op, const char *name, bool *flag) MUST_CHECK;
bool op_count(struct op *op, const char *name, size_t *number) MUST_CHECK;
bool op_seed(struct op *op, bool *has_seed, uint64_t *seed) MUST_CHECK;

struct engine_form *op_form(struct op *op);	/* NULL: error `handle` */
struct engine_record *op_record(struct op *op);
/* The node or repeat that member `node` names; absent: the root. */
bool op_place(struct op *op, struct engine_record *r, struct place *place)
	MUST_CHECK;
/* The same, but no repeat as a whole. */
bool op_node(struct op *op, struct engine_record *r, struct node **n)
	MUST_CHECK;

/* Put a list of all problems found so far under `name`, if there are any. */
void op_put_warnings(struct op *op);
struct json *problem_json(const struct problem *p);

/* --- record.c --- */

void record_free(struct engine_record *r);
/* After a change or a reading that computed: the revision clients see. */
uint64_t record_revision(struct engine_record *r);
/* `revision` and `captures`, as every operation that may change answers. */
void record_put_change(struct op *op, struct engine_record *r);

/* --- form.c --- */

void form_free(struct engine_form *f);

/* --- text.c --- */

/* A text object; NULL: there is no text at all. */
struct json *text_json(struct session *s, struct node *context,
	const struct xf_text *text, bool rich);
struct json *text_json_of_form(struct session *s, struct node *context,
	const struct xf_text *text, enum xf_form_of_text form, bool rich);
struct json *text_json_plain(const char *text, bool rich);

/* --- node.c --- */

/* The i-th child of a group: a node or a repeat; node NULL: it is not there. */
struct place place_child(struct node *n, const struct xf_node *form);
/* The text that is its label; or NULL. */
const struct xf_text *place_label(const struct place *place,
	const struct xf_control *control);
/* Whatever it says of a node, fingerprint() in look.c has to take in. */
struct json *node_json(struct engine_record *r, const struct place *place,
	const struct xf_control *control, bool rich);
/* `valid` is left out of node_json(): it depends on what is below. */
bool place_is_valid(struct engine_record *r, const struct place *place);
uint32_t place_id(struct engine_record *r, const struct place *place);
/* The control shown with it when the model is listed; NULL: none. */
const struct xf_control *place_control(const struct place *place);
char *place_ref(const struct place *place);	/* free() it */
struct json *violation_json(struct engine_record *r, struct node *n,
	enum violation condition, bool rich);

/* --- look.c --- */

/* Find out what changed since the last look; the revision it was found at. */
uint64_t record_look(struct engine_record *r);
/* Of a node or repeat, as of the last look. */
struct told *told_of(struct engine_record *r, uint32_t id);

/* --- the operations --- */

op_run op_hello, op_open, op_close, op_create, op_language, op_nodes,
	op_one_node, op_choices, op_set, op_insert, op_remove, op_capture,
	op_validate, op_serialize, op_finalize, op_xpath;

#endif
