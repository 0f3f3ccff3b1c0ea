/*
 * A form's texts as a PO template, or as the PO file of a language that the
 * form has.  Comments say where each shows.
 */
#ifndef BAYAZ_AUTHOR_POT_H
#define BAYAZ_AUTHOR_POT_H

#include "author/phrases.h"
#include "base/po.h"

/* Add a form's phrases to a PO file; `language` -1: without translations.
 * Comments say where each shows, in the program's language. */
void pot_add(struct po *po, const struct form_texts *texts,
	const struct phrases *phrases, int language);

/* A header; `language` NULL: of a template. */
void pot_set_header(struct po *po, const char *project, const char *language,
	const char *date);

#endif
