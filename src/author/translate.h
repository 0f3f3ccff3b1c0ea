/*
 * PO files written into a form.  Texts of itext get their translations; a text
 * that stands in the form itself moves into itext, if there is a translation of
 * it.  What is in doubt (fuzzy) is taken out, so that the original shows; what
 * a PO file says nothing of stays.  A reviewer's mark that holds is written as
 * bayaz:reviewed.
 * Source: ODK XForms, "Languages"; domain.md c.0, e.2.
 */
#ifndef BAYAZ_AUTHOR_TRANSLATE_H
#define BAYAZ_AUTHOR_TRANSLATE_H

#include "author/pot.h"
#include "base/problem.h"

struct translated {			/* what became of a form's phrases */
	size_t n_written, n_fuzzy, n_missing, n_refused, n_reviewed;
};

/*
 * Into `texts`' document, which is changed; afterwards only
 * form_texts_xml() may be called.  `language` is as the form calls it, or is to
 * be called.  An entry that has the flag of
 * placeholders and other ones than the original is not written: a problem with
 * the line of `po_name`.  `source_language`: what the original is called in a
 * form that has no itext.
 */
void form_translate(struct form_texts *texts, const struct phrases *phrases,
	const struct po *po, const char *po_name, const char *language,
	const char *source_language, struct translated *done,
	struct problems *problems);

/* The form as it is now, as XML. */
void form_texts_xml(const struct form_texts *texts, struct str *out);

#endif
