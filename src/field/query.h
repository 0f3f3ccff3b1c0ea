/*
 * What the coordinator asks about records, and what was answered.  A question
 * is open here as long as a store that sends it goes on sending it: each
 * bundle brings all that are open, so one that it brings no more is settled.
 * Source: bayaz-bundle(5), "What goes down"; bayaz-field(7), "Settings".
 */
#ifndef BAYAZ_FIELD_QUERY_H
#define BAYAZ_FIELD_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "crypt/crypt.h"
#include "trust/message.h"

struct workspace;
struct kit;

struct field_query {
	char sha256[SHA256_HEX_BYTES];	/* its number */
	struct trust_query query;
	int64_t record;			/* row; 0: it is not here (any more) */
	bool is_answered;
	struct trust_answer answer;
	uint64_t bundle;		/* that took the answer; 0: none yet */
};

/* In the order in which they were asked.  Borrowed; false stops. */
bool queries_each(struct workspace *ws,
	bool (*visit)(void *context, const struct field_query *query),
	void *context, struct err *err) MUST_CHECK;

/* What people read of one, in their language. */
const char *query_text(const struct trust_query *query);
const char *query_answer_text(const struct trust_answer *answer);

/* Inside a change: take those of a kit; questions that are of another laptop
 * and about no record here are passed over.  ERR_LIMIT: too many. */
bool queries_receive(struct workspace *ws, const struct kit *kit,
	const char *own_key, size_t *n_new, struct err *err) MUST_CHECK;

/* Answer one, named by its number (8 digits or more) or by its record, if
 * that has only one.  Of a protected record `text` is one of answer_codes.
 * It may be answered anew until the answer was packed: ERR_REFUSED.
 * ERR_NOTFOUND, ERR_CONFLICT, ERR_VALUE. */
bool queries_answer(struct workspace *ws, const char *named, const char *text,
	struct field_query *answered, struct err *err) MUST_CHECK;

/* --- for packing --- */

/* Does its answer go into the next bundle? */
bool query_is_due(const struct field_query *query, bool again,
	uint64_t again_before);
struct query_name { char hex[SHA256_HEX_BYTES]; };
/* Inside a change: the answers to these went into this bundle. */
bool queries_packed(struct workspace *ws, const struct query_name *names,
	size_t n, uint64_t bundle, struct err *err) MUST_CHECK;

#endif
