/* What the files of texts share: reading a form for its texts. */
#ifndef BAYAZ_AUTHOR_TEXTS_PARTS_H
#define BAYAZ_AUTHOR_TEXTS_PARTS_H

#include "author/texts.h"

struct texts_reader {
	struct form_texts *t;
	struct map controls;		/* offset of the element -> xf_control */
	struct map translated;		/* "LANGUAGE\004ID\004FORM" -> <value> */
	struct map ids;			/* ids that are taken */
};

/* What by_id knows a text by. */
const char *texts_key(struct arena *arena, const char *id, const char *form);
/* What an element is known by in two readings of the same bytes. */
void texts_offset_key(const struct xml_node *element, char key[16]);

/* In document order; NULL after the last. */
struct xml_node *texts_next_element(const struct xml_node *top,
	const struct xml_node *at);
/* Parents before children; NULL: there is none. */
struct xml_node *texts_find_element(struct xml_node *top, const char *local);
/* The root of an instance of the form; NULL: it has none, or a file. */
struct xml_node *texts_instance_root(const struct form_texts *t,
	const char *id);

struct form_text *texts_add(struct form_texts *t, const char *id,
	const char *form, struct xml_node *element, unsigned language);
void texts_add_use(struct form_texts *t, struct form_text *text,
	enum text_kind kind, const struct xf_control *control,
	const struct xf_node *node, const char *choice);
/* The same for all that an id of itext stands for: its long text, its picture. */
void texts_use_id(struct texts_reader *r, const char *id, enum text_kind kind,
	const struct xf_control *c, const struct xf_node *node,
	const char *choice);

/* texts_itext.c: the texts of itext in every language, and what uses them. */
void texts_read_itext(struct texts_reader *r);
void texts_use_itext(struct texts_reader *r);

/* texts_inline.c: titles, messages, labels and hints that stand in the form;
 * choices of its own instances. */
void texts_read_inline(struct texts_reader *r);
void texts_read_itemset(struct texts_reader *r, const struct xf_control *c);

#endif
