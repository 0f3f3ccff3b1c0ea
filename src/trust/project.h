/*
 * A project: what every member knows about it (public keys, policy; signed by
 * the project's own key) and what only coordinators have.
 * Source: design.md section 5; the JSON is described in bayaz-bundle(5).
 *
 *	{"format":1,"id":"...","key":"RW...","made":"2026-11-23",
 *	 "name":"...",
 *	 "policy":{"idle_minutes":3,"refuse_untagged":false,"retention":{}},
 *	 "protected":["age1...","age1..."],"serial":1,
 *	 "standard":["age1...","age1..."],"training":false}
 *
 * Of the two recipients of a class the first is its reader, the second its
 * recovery identity on paper.  The id is the beginning of the SHA-256 of the
 * key, so nobody else can use it.
 */
#ifndef BAYAZ_TRUST_PROJECT_H
#define BAYAZ_TRUST_PROJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "crypt/age.h"
#include "crypt/minisign.h"
#include "trust/signed.h"

enum { TRUST_ID_BYTES = 17, TRUST_NAME_BYTES = 121, TRUST_DATE_BYTES = 11 };

/* Which forms a key reads (DNH-31: the one opens nothing of the other). */
enum trust_class { TRUST_STANDARD, TRUST_PROTECTED, N_TRUST_CLASSES };

enum { RETENTION_MAX = 32, RETENTION_FORM_BYTES = 129 };
struct trust_retention {
	char form[RETENTION_FORM_BYTES];	/* id of the form */
	int months;			/* 1 ... 1200; instead of the form's own */
};

enum { POLICY_LISTS_MAX = 32, POLICY_LIST_BYTES = 65 };
struct trust_policy_list {
	char name[POLICY_LIST_BYTES];	/* of a list of entities */
	char laptops[POLICY_LIST_BYTES];	/* codes that get it: "KP-*" */
};

enum { IDLE_MINUTES = 3, IDLE_MINUTES_MAX = 15 };
struct trust_policy {
	bool refuse_untagged;	/* forms without bayaz:class are not taken */
	bool review_required;	/* only approved records are exported */
	int idle_minutes;	/* 1 ... 15 until the screen locks; 0: IDLE_MINUTES */
	struct trust_retention retention[RETENTION_MAX];
	size_t n_retention;
	struct trust_policy_list lists[POLICY_LISTS_MAX];
	size_t n_lists;
};

struct trust_project {
	char id[TRUST_ID_BYTES];	/* 16 hexadecimal digits */
	char name[TRUST_NAME_BYTES];	/* UTF-8, 1 ... 120 bytes */
	char made[TRUST_DATE_BYTES];	/* YYYY-MM-DD */
	int64_t serial;			/* from 1; higher replaces lower */
	bool training;			/* it counts training records */
	struct minisign_public key;
	struct age_recipient readers[N_TRUST_CLASSES];
	struct age_recipient recovery[N_TRUST_CLASSES];
	struct trust_policy policy;
};

enum { TRUST_OLD_MAX = 16,
	TRUST_IDENTITIES_MAX = N_TRUST_CLASSES * (1 + TRUST_OLD_MAX) };

/* What only a coordinator's workspace holds.  Wipe with
 * trust_secrets_wipe(). */
struct trust_secrets {
	bool has_project;		/* false: the project's key is kept offline */
	struct minisign_key project;
	bool has_store;
	struct minisign_key store;	/* certified, see trust/cert.h */
	bool has_reader[N_TRUST_CLASSES];
	struct age_identity readers[N_TRUST_CLASSES];
	/* readers of before, newest last, and recovered ones: they open what
	 * was sealed to them */
	struct age_identity old[N_TRUST_CLASSES][TRUST_OLD_MAX];
	size_t n_old[N_TRUST_CLASSES];
};

/* The recovery identities, to be printed once and never stored. */
struct trust_recovery {
	struct age_identity standard;
	uint8_t half_a[32], half_b[32];	/* of the protected one: their XOR */
};

/* Draw all keys.  `made` is today's date.  ERR_VALUE: the name is empty, too
 * long, or holds control characters. */
bool trust_project_new(const char *name, const char *made, bool training,
	struct trust_policy policy, struct trust_project *project,
	struct trust_secrets *secrets, struct trust_recovery *recovery,
	struct err *err) MUST_CHECK;

/* One line of canonical JSON and a line break; free() it. */
char *trust_project_print(const struct trust_project *project) RETURNS_NONNULL;
/* ERR_SYNTAX: no JSON; ERR_SPEC: no project of a version we know. */
bool trust_project_parse(const char *bytes, size_t n_bytes,
	struct trust_project *project, struct err *err) MUST_CHECK;

/* A signed project: parsed, and signed by the key that it names.  Whether it
 * is *our* project is told by trust_project_same() and by people comparing
 * fingerprints. */
bool trust_project_check(const struct trust_signed *signed_,
	struct trust_project *project, struct err *err) MUST_CHECK;
/* The same from the text of trust_signed_join(), as a workspace keeps it. */
bool trust_project_read(const char *bytes, size_t n_bytes,
	struct trust_project *project, struct err *err) MUST_CHECK;
bool trust_project_same(const struct trust_project *a,
	const struct trust_project *b);
void trust_project_fingerprint(const struct trust_project *project,
	char text[FINGERPRINT_BYTES]);

/* Is `newer` the same project, and no older text of it?  ERR_CONFLICT. */
bool trust_project_follows(const struct trust_project *newer,
	const struct trust_project *ours, struct err *err) MUST_CHECK;

/* A policy as JSON, and back.  ERR_SPEC. */
struct json;
struct json *trust_policy_json(const struct trust_policy *policy)
	RETURNS_NONNULL;
bool trust_policy_read(const struct json *object, struct trust_policy *policy,
	struct err *err) MUST_CHECK;
/* As a person writes it: "idle-minutes=5", "retention=FORM:MONTHS",
 * "refuse-untagged=yes", "review-required=yes", "list=NAME", "list=NAME:KP-*",
 * "list=NAME:none".  ERR_USAGE. */
bool trust_policy_set(struct trust_policy *policy, const char *text,
	struct err *err) MUST_CHECK;
/* Months that records of this form are kept; `otherwise` if the policy does not
 * say. */
int trust_policy_months(const struct trust_policy *policy, const char *form_id,
	int otherwise);

/* Does a laptop with this code get that list? */
bool trust_policy_gives(const struct trust_policy_list *list,
	const char *code);
/* The two recipients of a class: its reader and its recovery identity. */
void trust_project_recipients(const struct trust_project *project,
	enum trust_class class_, struct age_recipient recipients[2]);
const char *trust_class_name(enum trust_class class_);
/* "protected" is TRUST_PROTECTED; everything else, NULL too, is standard. */
enum trust_class trust_class_of(const char *form_class);

/* Secrets as text for a sealed place: append; read back.  ERR_SYNTAX. */
void trust_secrets_print(const struct trust_secrets *secrets, struct str *out);
bool trust_secrets_parse(const char *bytes, size_t n_bytes,
	struct trust_secrets *secrets, struct err *err) MUST_CHECK;
void trust_secrets_wipe(struct trust_secrets *secrets);
/* The identities that secrets hold, standard first: for reading bundles.
 * Returns how many; wipe them. */
size_t trust_secrets_identities(const struct trust_secrets *secrets,
	struct age_identity identities[TRUST_IDENTITIES_MAX]);
/* Those of one class, its reader first. */
size_t trust_secrets_class(const struct trust_secrets *secrets,
	enum trust_class class_,
	struct age_identity identities[1 + TRUST_OLD_MAX]);

/* Keep an identity that opens records of this class, unless it is there; the
 * oldest is given up for none: ERR_LIMIT. */
bool trust_secrets_keep(struct trust_secrets *secrets,
	enum trust_class class_, const struct age_identity *identity,
	struct err *err) MUST_CHECK;
/* Draw a new reader of this class; the old one is kept.  The project, with the
 * next serial, has to be signed anew. */
bool trust_project_rotate(struct trust_project *project,
	struct trust_secrets *secrets, enum trust_class class_,
	struct err *err) MUST_CHECK;

/* As they are written on paper, appended: AGE-SECRET-KEY-1...,
 * BAYAZ-HALF-A-1..., BAYAZ-HALF-B-1... */
void trust_recovery_standard(const struct trust_recovery *recovery,
	struct str *out);
void trust_recovery_half(const struct trust_recovery *recovery, char half,
	struct str *out);			/* half: 'A' or 'B' */
void trust_recovery_wipe(struct trust_recovery *recovery);
/* Which half is it ('A' or 'B'), and its bytes (wipe them).  Blanks around are
 * fine.  ERR_SYNTAX: no half, or the checksum says that it is misspelt. */
bool trust_recovery_half_read(const char *text, char *which,
	uint8_t bytes[32], struct err *err) MUST_CHECK;
/* The protected identity from its two halves, in any order.  ERR_SYNTAX: a
 * half is misspelt; ERR_VALUE: the same half twice. */
bool trust_recovery_join(const char *one, const char *other,
	struct age_identity *identity, struct err *err) MUST_CHECK;

#endif
