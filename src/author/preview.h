/*
 * A form as a page: every question, choice, message and skip in place, in a
 * language beside the original.  For translators and authors, who want to see
 * what a person will see, and what is still missing.
 */
#ifndef BAYAZ_AUTHOR_PREVIEW_H
#define BAYAZ_AUTHOR_PREVIEW_H

#include "author/pot.h"

enum preview_state {
	PREVIEW_DONE, PREVIEW_MISSING, PREVIEW_FUZZY,
	PREVIEW_UNREVIEWED		/* consent or safety, without a mark */
};

enum preview_kind {
	PREVIEW_TITLE, PREVIEW_LIST_TITLE, PREVIEW_GROUP, PREVIEW_QUESTION,
	PREVIEW_NOTE, PREVIEW_HINT, PREVIEW_GUIDANCE, PREVIEW_CHOICE,
	PREVIEW_CONSTRAINT, PREVIEW_REQUIRED,
	PREVIEW_SKIP, PREVIEW_REMARK	/* in the program's language: `source` */
};

struct preview_line {
	enum preview_kind kind;
	int depth;			/* of groups around it */
	const char *name;		/* of the node, the choice ...; "" */
	const char *about;		/* type, in words; "" */
	const char *source, *target;	/* target NULL: there is one language */
	enum preview_state state;
};

struct preview {
	const char *title, *source_language, *target_language;
	struct arena *arena;
	VEC(struct preview_line) lines;
	size_t n_missing, n_fuzzy, n_unreviewed;
};

/* `language`: as form_texts_language(), -1: a language that only `po` has, or
 * none.  `po` (may be NULL) counts before what the form says. */
void preview_make(struct preview *preview, const struct form_texts *texts,
	const struct phrases *phrases, int language, const char *name,
	const struct po *po);
void preview_release(struct preview *preview);

/* Lines for a terminal, masked; a page for a browser, self-contained. */
void preview_write_text(const struct preview *preview, struct str *out);
void preview_write_html(const struct preview *preview, struct str *out);

#endif
