/*
 * The texts of a form as entries of a PO file.  The same words are one phrase,
 * unless they are used in two ways: as a question and as a choice, or in a
 * language that translates them in two ways.  Those have a msgctxt.  What has
 * nothing to translate in it ("1", "{n} %") is left out.
 */
#ifndef BAYAZ_AUTHOR_PHRASES_H
#define BAYAZ_AUTHOR_PHRASES_H

#include "author/texts.h"
#include "base/po.h"

/* The texts that one entry stands for. */
struct phrase {
	const char *context;		/* msgctxt, or NULL */
	const char *source;		/* msgid */
	const char **in;		/* by language of the form; NULL: none */
	const char **marks;
	bool braced;			/* python-brace-format: placeholders agree */
	bool is_media, is_choice;
	bool is_alone;			/* one text, which is named by the context */
	enum xf_guard guard;
	VEC(struct form_text *) texts;
	size_t index;			/* in phrases.list */
};

/* In the order in which their first texts stand in the form. */
struct phrases {
	struct arena *arena;
	VEC(struct phrase *) list;
	struct map of_text;		/* "ID\004FORM" -> struct phrase */
};
void phrases_of(const struct form_texts *texts, struct phrases *phrases);
void phrases_release(struct phrases *phrases);

/* The msgctxt of a text that is translated in its own way. */
const char *text_context(const struct form_text *text, struct arena *arena);
/* "choice" or "question". */
const char *text_use_context(const struct form_text *text);

/* The entry for a phrase: of its context, else the one without; NULL: none. */
const struct po_entry *po_entry_of(const struct po *po,
	const struct phrase *phrase);

/* "reviewed-by: INITIALS DATE HASH" among the translator's comments; NULL: none.
 * What stands after the colon is returned. */
const char *po_review_mark(const struct po_entry *entry);

#endif
