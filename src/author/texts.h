/*
 * All that a form says to people, as a translator gets it: texts of itext in
 * every language, and texts that stand in the form itself (labels, hints,
 * messages, choices of its own instances, titles), each with where it shows.
 * Source: ODK XForms, "Languages", "Body elements", "Bind attributes".
 */
#ifndef BAYAZ_AUTHOR_TEXTS_H
#define BAYAZ_AUTHOR_TEXTS_H

#include <stdbool.h>

#include "xform/wording.h"
#include "xform/xform.h"

enum text_kind {
	TEXT_TITLE, TEXT_LIST_TITLE, TEXT_LABEL, TEXT_CHOICE, TEXT_HINT,
	TEXT_GUIDANCE, TEXT_CONSTRAINT, TEXT_REQUIRED,
	TEXT_OTHER		/* nothing that names it was found */
};

struct text_use {
	enum text_kind kind;
	const struct xf_control *control;	/* or NULL */
	const struct xf_node *node;		/* or NULL */
	const char *choice;			/* its value, or NULL */
};

/* Where a text that is not in itext stands. */
enum text_place {
	TEXT_IN_ITEXT, TEXT_IN_ELEMENT, TEXT_IN_ATTRIBUTE,
	TEXT_IN_ITEM		/* a child of an item of an instance */
};

struct form_text {
	const char *id;			/* of itext; elsewhere the one it would get */
	const char *form;		/* "", "short", "guidance", "image" ... */
	enum text_place place;
	struct xml_node *element;	/* the original: <value>, <label>, <bind>, the item's child */
	const char *attribute;		/* TEXT_IN_ATTRIBUTE: its local name */
	unsigned language;		/* of the original */
	const char *source;		/* see wording.h; never "" */
	const char **in;		/* by language; NULL: it is not there */
	const char **marks;		/* by language: bayaz:reviewed, or NULL */
	const char *context;		/* bayaz:context of the <text>, or NULL */
	struct wording_names names;
	bool braced;
	bool is_media;			/* a file name */
	bool is_neutral;		/* nothing in it to translate: "1", "{n} %" */
	enum xf_guard guard;		/* consent, safety ...: of any use */
	int line;			/* of the original */
	size_t at;			/* in form_texts.texts */
	VEC(struct text_use) uses;
};

struct form_texts {
	struct arena *arena;
	struct xform *form;
	struct xml_doc *doc;		/* of its own, to be changed */
	struct xml_node *itext;		/* NULL: there is none */
	struct xml_node *model;
	const char **languages; unsigned n_languages, default_language;
	VEC(struct form_text *) texts;	/* in the order of the form */
	struct map by_id;		/* "ID\004FORM" -> struct form_text */
	struct map by_offset;		/* texts in elements: of the element */
	struct map labels;		/* path of a node, or "PATH\004CHOICE" */
};

/* Read a form for its texts.  A form that is refused is read too, as far as
 * there is a primary instance; `problems` (may be NULL) holds what is wrong.
 * NULL: there is none; `err` says why. */
struct form_texts *form_texts_read(const char *bytes, size_t n_bytes,
	const char *name, const struct xf_options *options,
	struct problems *problems, struct err *err) MUST_CHECK;
void form_texts_free(struct form_texts *texts);		/* NULL is fine */

/* What a control, message or choice says, by the form it stands in; NULL: nothing,
 * or what an expression chooses.  `element` is where it is written. */
const struct form_text *form_text_of(const struct form_texts *texts,
	const struct xf_text *text, const struct xml_node *element,
	const char *form);

/* A message: `local` is the attribute, "constraintMsg" or "requiredMsg". */
const struct form_text *form_text_of_message(const struct form_texts *texts,
	const struct xf_node *node, const struct xf_text *text,
	const char *local);

/* The choices that a control has in the form itself; vec_release() them. */
struct text_choice {
	const char *value;
	const struct form_text *text;	/* or NULL */
};
struct text_choices { struct text_choice *items; size_t n, cap; };
void form_texts_choices(const struct form_texts *texts,
	const struct xf_control *control, struct text_choices *choices);

/* In that language, else the original. */
const char *form_text_in(const struct form_text *text, unsigned language);

/* A language by name, as xform_language(); -1: none. */
int form_texts_language(const struct form_texts *texts, const char *name);

#endif
