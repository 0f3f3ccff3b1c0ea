/*
 * What came down is taken into the workspace, whole or not at all: the project
 * and certificates, forms with their media, lists, translations, policies,
 * questions, receipts.  Numbers against replay are kept for each maker.
 * Source: bayaz-bundle(5), "What goes down"; bayaz-field(7), "Settings".
 */
#ifndef BAYAZ_FIELD_RECEIVE_H
#define BAYAZ_FIELD_RECEIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "trust/kit.h"
#include "trust/message.h"
#include "trust/papers.h"
#include "trust/project.h"

struct workspace;

struct receive_result {
	bool again;			/* it was taken before: nothing changed */
	bool project_is_newer;
	bool has_policy;
	bool is_revoked;		/* the centre believes this laptop no more */
	size_t n_forms, n_new_forms;
	size_t n_lists, n_nameless;	/* lists; those that no form names */
	size_t n_translations;
	size_t n_queries;		/* new ones */
	size_t n_received, n_purged;	/* records that are safe now; of them
					 * protected ones, which are gone here */
	size_t n_dropped;		/* safe for so long that they went */
	size_t n_refused;		/* records that the centre did not keep */
};

/* `kit` comes from kit_read().  ERR_CONFLICT: an older number, or a form that
 * is here with other bytes; ERR_REFUSED: a protected form in a workspace
 * without passphrase; ERR_LIMIT. */
bool receive_kit(struct workspace *ws, const struct kit *kit,
	struct receive_result *result, struct err *err) MUST_CHECK;

/* Settings that it keeps (workspace_get_secret()). */
#define RECEIVE_PAPERS "certificates"	/* trust_papers_print() */
#define RECEIVE_POLICY "policy"		/* signed, see trust/message.h */

/* What this workspace knows of who may act; `papers` is empty. */
bool receive_papers(struct workspace *ws, const struct trust_project *project,
	struct trust_papers *papers, struct err *err) MUST_CHECK;

/* What holds here: the project's policy, or what a store sent in its place. */
bool receive_policy(struct workspace *ws, const struct trust_project *project,
	struct trust_policy *policy, struct err *err) MUST_CHECK;

/* The translation of a form into a language, appended.  ERR_NOTFOUND. */
bool receive_po(struct workspace *ws, const char *form_id,
	const char *language, struct str *out, struct err *err) MUST_CHECK;

/* The languages that translations of the form came in, a line each, appended;
 * none is no error. */
bool receive_po_languages(struct workspace *ws, const char *form_id,
	struct str *lines, struct err *err) MUST_CHECK;

/* Did the centre say that this laptop is revoked? */
bool receive_is_revoked(struct workspace *ws);

#endif
