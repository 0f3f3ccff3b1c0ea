/*
 * The consent gate (DNH-12): no record may hold an answer that depends on
 * consent which was not given.  An answer depends on a question with
 * bayaz:role="consent" if its own relevance, or that of a group around it,
 * reads that question, or what is calculated from it; what only depends on
 * such answers is left to them.  `yes` and `not_asked` are consent.
 * Source: domain.md a.3, c.0.
 */
#ifndef BAYAZ_XFORM_CONSENT_H
#define BAYAZ_XFORM_CONSENT_H

#include <stdbool.h>

#include "xform/xform.h"

/* What a form's gates are; it outlives the form.  NULL: the form has none. */
struct xf_consent;
struct xf_consent *xf_consent_new(const struct xform *form);
void xf_consent_free(struct xf_consent *consent);	/* NULL is fine */

/* Whether a record (its root element) may be kept.  If not, *question is the
 * path of the first answer that stands there without consent, without
 * prefixes; it lives as long as `consent`.  `consent` NULL: it may. */
bool xf_consent_is_given(const struct xf_consent *consent,
	const struct xml_node *root, const char **question);
/* The same of a record's XML; what is no XML holds nothing. */
bool xf_consent_is_given_in(const struct xf_consent *consent,
	const char *xml, size_t n_bytes);

#endif
