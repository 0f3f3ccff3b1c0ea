/*
 * Questions about records, to the laptops that brought them, and what came
 * back.  A question is a statement that travels down as it is; an answer is an
 * entry of a bundle that came up.  Of protected records nothing is asked but
 * what query_codes in trust/message.h has.  Source: bayaz-store(5), "Facts".
 */
#ifndef BAYAZ_STORE_QUERY_H
#define BAYAZ_STORE_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"
#include "crypt/crypt.h"
#include "crypt/minisign.h"
#include "trust/message.h"

struct json;
struct store;
struct store_record;

#define FACT_QUERY "query"
#define FACT_QUERY_CLOSED "query-closed"

bool query_is_kind(const char *kind);

/* --- saying; inside a transaction --- */

struct query_ask {
	const struct store_record *record;
	const char *question;		/* path in the form, or NULL */
	const char *text;		/* of a protected one: a code */
	const char *asked;		/* YYYY-MM-DD */
};
/* `sha256` gets its number.  ERR_VALUE: a text that is no question;
 * ERR_NOTFOUND: no laptop brought the record. */
bool query_ask(struct store *store, const struct minisign_key *key,
	const struct query_ask *ask, char sha256[SHA256_HEX_BYTES],
	struct err *err) MUST_CHECK;
/* It needs no answer any more; `named`: 8 digits or more of its number.
 * ERR_NOTFOUND, ERR_CONFLICT. */
bool query_close(struct store *store, const struct minisign_key *key,
	const char *named, struct err *err) MUST_CHECK;

/* --- asking --- */

struct query_answer {
	char text[QUERY_TEXT_BYTES], code[RECEIPT_CODE_BYTES];
	char answered[11];
	char device[64];		/* the worker's code; "" */
	int64_t sequence;		/* of the bundle */
};

struct store_query {
	char sha256[SHA256_HEX_BYTES];
	char record[QUERY_RECORD_BYTES], question[QUERY_RECORD_BYTES];
	char text[QUERY_TEXT_BYTES], code[RECEIPT_CODE_BYTES];
	char asked[11];
	bool is_open;			/* no answer, and not closed */
	VEC(struct query_answer) answers;	/* by day, then content */
};

struct query_list { struct store_query *items; size_t n, cap; };

/* Those that count, by day, then number. */
bool query_list(struct store *store, bool open_only, struct query_list *list,
	struct err *err) MUST_CHECK;
void query_list_release(struct query_list *list);
bool query_count_open(struct store *store, int64_t *n, struct err *err)
	MUST_CHECK;

/* The numbers of the open ones that this device is asked, sorted. */
bool query_of_device(struct store *store, const char *device,
	struct json *hashes, struct err *err) MUST_CHECK;

/* --- deriving --- */

bool query_derive(struct store *store, int64_t fact, const char *kind,
	const char sha256[SHA256_HEX_BYTES], const struct json *json,
	bool counts, struct err *err) MUST_CHECK;
/* An entry of a trusted manifest.  What is no answer is kept, and means
 * nothing; `bytes` may be NULL: they are read. */
bool query_derive_answer(struct store *store, int64_t manifest,
	int64_t content, const struct str *bytes, struct err *err) MUST_CHECK;

#endif
