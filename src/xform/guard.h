/*
 * Texts on which somebody's safety hangs (DNH-28): what asks for consent, what
 * keeps a person safe, what a classification hangs on.  A question's texts are
 * guarded if its bind has bayaz:role="consent" or bayaz:wording="consent",
 * "safety" or "classification".  A protected form does not open in a language
 * in which a text of consent or safety is missing, or has no reviewer's mark
 * (bayaz:reviewed="INITIALS DATE HASH" on the <value>) that holds.
 * Source: domain.md a.3 DNH-28, c.0, e.2.
 */
#ifndef BAYAZ_XFORM_GUARD_H
#define BAYAZ_XFORM_GUARD_H

#include <stdbool.h>

#include "xform/xform.h"

/* Of a question; a choice or message is guarded as its question is. */
enum xf_guard xf_guard_of(const struct xf_node *node);

/* What keeps a protected form from opening in a language. */
struct xf_unreviewed { unsigned n_missing, n_unmarked; const char *first; };

/* True: it opens.  The default language, and forms that are not protected,
 * always do. */
bool xf_language_is_open(const struct xform *form, unsigned language,
	struct xf_unreviewed *why);

#endif
