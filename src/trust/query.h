/* The members of a query.  Internal to trust/ and store/. */
#ifndef BAYAZ_TRUST_QUERY_H
#define BAYAZ_TRUST_QUERY_H

#include <stdbool.h>

#include "base/json.h"
#include "trust/message.h"

/* `query` is zeros.  ERR_SPEC, ERR_VALUE. */
bool trust_query_get(const struct json *object, struct trust_query *query,
	struct err *err) MUST_CHECK;

#endif
