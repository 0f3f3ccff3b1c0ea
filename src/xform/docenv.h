/*
 * What document.c and docenv.c share.  Not for others.
 */
#ifndef BAYAZ_XFORM_DOCENV_H
#define BAYAZ_XFORM_DOCENV_H

#include "base/chance.h"
#include "base/vec.h"
#include "xform/document.h"
#include "xform/table.h"

struct inline_instance {
	const char *id;
	struct xp_xml_tree tree;
};

struct read_table { const char *name; struct table *table; };	/* NULL: none */

enum { DOCUMENT_MOST_LEVELS = 1024 };	/* xml_limits_form: half as many */

/* The place of a node among its like, 1-based. */
struct place { const struct xp_tree *tree; uintptr_t at; size_t n; };

struct xf_document {
	struct xml_doc *doc;
	const struct xml_node *model;	/* NULL: no XForm */
	struct xp_xml_tree tree;
	VEC(struct inline_instance *) instances;	/* asked for so far */
	VEC(struct read_table) tables;	/* that pulldata() alone names */
	struct xform *form;		/* read when first needed; may be NULL */
	bool is_form_read;
	const struct xf_document_options *options;
	struct xf_document_options kept;
	struct chance chance;
	struct xp_time stands_at;
	bool clock_stands;
	struct xp_env env;
	struct arena *arena;		/* the document's own */
	struct arena *scratch;		/* of one evaluation */
	unsigned depth;			/* texts within texts */
	struct place places[DOCUMENT_MOST_LEVELS];
};

/* docenv.c: fill document->env. */
void document_env_init(struct xf_document *document);
void document_env_release(struct xf_document *document);
/* The whole form, though it may be refused; NULL: not even that. */
const struct xform *document_form(struct xf_document *document);

#endif
