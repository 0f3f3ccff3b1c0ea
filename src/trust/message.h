/*
 * What a store tells a laptop: small signed documents that travel down.
 *
 *	receipt  {"format":1,"project":"...","records":["HASH",...],
 *		  "refused":[{"code":"no-consent","record":"HASH"},...],
 *		  "signer":"RW..."}
 *	query    {"asked":"2026-11-23","format":1,"of":["RW...",...],
 *		  "project":"...","question":"/data/depth",
 *		  "record":"uuid:...","signer":"RW...","text":"...",
 *		  "versions":["HASH",...]}
 *
 * and the answer to one, which travels up in a laptop's bundle and needs no
 * signature of its own:
 *
 *	answer   {"answered":"2026-11-24","format":1,"query":"HASH",
 *		  "text":"..."}
 *
 *	policy   {"format":1,"made":"2026-11-23","policy":{...},
 *		  "project":"...","signer":"RW..."}
 *
 * Source: bayaz-bundle(5), "What goes down".
 */
#ifndef BAYAZ_TRUST_MESSAGE_H
#define BAYAZ_TRUST_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/vec.h"
#include "crypt/crypt.h"
#include "crypt/minisign.h"
#include "trust/project.h"
#include "trust/signed.h"

enum {
	QUERY_TEXT_BYTES = 513,
	QUERY_RECORD_BYTES = 257,
	RECEIPT_MAX = 15000,		/* records, those refused among them */
	RECEIPT_CODE_BYTES = 32,
	QUERY_LIST_MAX = 16,		/* versions, and laptops, of a query */
};

struct trust_hash { uint8_t bytes[SHA256_BYTES]; };
/* A record that the store does not keep: a word says why. */
struct trust_refused {
	struct trust_hash record;
	char code[RECEIPT_CODE_BYTES];	/* a-z, 0-9 and "-" */
};
struct trust_receipt {
	VEC(struct trust_hash) records;
	VEC(struct trust_refused) refused;
};

struct trust_query {
	char record[QUERY_RECORD_BYTES];	/* instanceID; "sha256:HASH" of
						 * a protected one */
	char text[QUERY_TEXT_BYTES];
	char asked[TRUST_DATE_BYTES];
	char question[QUERY_RECORD_BYTES];	/* path; "": of all */
	char code[RECEIPT_CODE_BYTES];		/* one of query_codes; "" if not
						 * protected */
	struct trust_hash versions[QUERY_LIST_MAX];	/* of the record */
	size_t n_versions;
	char of[QUERY_LIST_MAX][MINISIGN_PUBLIC_TEXT];	/* laptops asked */
	size_t n_of;				/* 0: whoever gets it */
};

struct trust_answer {
	char query[SHA256_HEX_BYTES];
	char text[QUERY_TEXT_BYTES];
	char code[RECEIPT_CODE_BYTES];		/* one of answer_codes, or "" */
	char answered[TRUST_DATE_BYTES];
};

/* Of protected records nothing is asked and answered but these; `text` is
 * for people, not yet translated. */
struct trust_code { const char *word, *text; };
extern const struct trust_code query_codes[], answer_codes[];	/* to a NULL */
/* NULL: there is none of that word. */
const struct trust_code *trust_code_find(const struct trust_code *codes,
	const char *word);

/* Make and sign one.  ERR_VALUE: a text that is empty, too long, or holds
 * control characters; a code that is no word; ERR_LIMIT. */
bool trust_receipt_sign(const struct trust_receipt *receipt,
	const char *project, const struct minisign_key *key,
	struct trust_signed *out, struct err *err) MUST_CHECK;
bool trust_query_sign(const struct trust_query *query, const char *project,
	const struct minisign_key *key, struct trust_signed *out,
	struct err *err) MUST_CHECK;
/* The members of a query that are not those of every message. */
struct json;
bool trust_query_put(struct json *object, const struct trust_query *query,
	struct err *err) MUST_CHECK;
void trust_policy_sign(const struct trust_policy *policy, const char *made,
	const char *project, const struct minisign_key *key,
	struct trust_signed *out);

/* Read one whose signature has been checked: `signer` is who made it, and
 * must be whom it names.  ERR_SYNTAX, ERR_SPEC, ERR_CONFLICT (another
 * project).  Release the receipt, whatever came out. */
bool trust_receipt_parse(const struct trust_signed *document,
	const char *project, const struct minisign_public *signer,
	struct trust_receipt *receipt, struct err *err) MUST_CHECK;
void trust_receipt_release(struct trust_receipt *receipt);
bool trust_query_parse(const struct trust_signed *document,
	const char *project, const struct minisign_public *signer,
	struct trust_query *query, struct err *err) MUST_CHECK;
/* An answer, as it stands in a bundle; free() the text.  ERR_VALUE. */
char *trust_answer_print(const struct trust_answer *answer, struct err *err)
	MUST_CHECK;
bool trust_answer_parse(const char *bytes, size_t n_bytes,
	struct trust_answer *answer, struct err *err) MUST_CHECK;
bool trust_policy_parse(const struct trust_signed *document,
	const char *project, const struct minisign_public *signer,
	struct trust_policy *policy, struct err *err) MUST_CHECK;

#endif
