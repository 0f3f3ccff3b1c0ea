/*
 * What the files of xform/ share while a form is read.  One struct loader per
 * xform_load(); nothing of it remains afterwards.
 */
#ifndef BAYAZ_XFORM_LOADER_H
#define BAYAZ_XFORM_LOADER_H

#include "base/vec.h"
#include "xform/xform.h"

/* The place of a node in the primary instance, resolved: interned local names
 * from the root element on. */
struct xf_path {
	const char **steps;
	size_t n_steps;
	bool is_attribute;	/* the last step is an attribute's name */
	bool has_predicates;	/* they were left out of steps */
};

struct loader {
	struct xform *form;
	struct arena *arena;		/* the form's */
	const struct xf_options *options;
	struct problems *problems;
	struct xf_bind *default_bind;
	const struct xml_node *model, *body;
	struct map binds_by_id;		/* id -> struct xf_path */
	VEC(struct xf_use) uses;
	VEC(struct xf_action *) actions;
	VEC(struct xf_control *) itemset_controls;
	VEC(struct xf_node *) repeats;	/* with a <repeat> in the body */
	bool *is_bound_repeat;		/* by index of the node */
	struct map used_instances;	/* id -> anything: named by instance('id') */
	bool any_instance_used;		/* instance(computed) somewhere */
	bool saves_properties;		/* a bind has entities:saveto */
	struct str key;			/* scratch of path_node() */
};

/* --- load.c: problems and expressions --- */

/* A problem at an element, or at a byte of one of its attributes' values (NULL:
 * the element itself).  Both return false. */
bool load_error(struct loader *l, const struct xml_node *element,
	const struct xml_node *attribute, const char *format, ...)
	PRINTF_LIKE(4, 5);
bool load_warning(struct loader *l, const struct xml_node *element,
	const struct xml_node *attribute, const char *format, ...)
	PRINTF_LIKE(4, 5);

/* An error or, for lenient loaders, a warning; false. */
#define load_strictly(l, ...) ((l)->options->is_lenient ? \
	load_warning((l), __VA_ARGS__) : load_error((l), __VA_ARGS__))
/* What to do about the problem said last. */
#define load_remedy(l, ...) problem_remedy((l)->problems, __VA_ARGS__)
/* "did you mean '/data/age'?", if there is such a node. */
void load_remedy_path(struct loader *l, const char *path);

/* The attribute of that local name: without namespace if there is one, else in
 * any namespace (as JavaRosa takes them); NULL: not there. */
const struct xml_node *load_attribute(const struct xml_node *element,
	const char *local);
const char *load_attribute_text(const struct xml_node *element,
	const char *local);
/* In that namespace. */
const struct xml_node *load_attribute_ns(const struct xml_node *element,
	const char *ns, const char *local);

/* Compile `text`, which begins `skip` bytes into the attribute's value.  NULL
 * on failure, and said. */
const struct xf_expr *load_expr(struct loader *l,
	const struct xml_node *element, const struct xml_node *attribute,
	size_t skip, const char *text);
/* Of an <output>: what cannot be read is a warning, and shows nothing. */
const struct xf_expr *load_output_expr(struct loader *l,
	const struct xml_node *output, const struct xml_node *attribute);
/* Note where an expression is used.  NULL expr: nothing happens. */
void load_use(struct loader *l, const struct xf_expr *expr,
	struct xf_node *node, enum xf_property property, bool counts_as_read);

/* --- path.c --- */

/* Resolve a path such as "/data/a", "../b", "current()/../c", "a/@id" against
 * `context` (NULL: the root element).  False: it is no plain path. */
bool path_resolve(struct loader *l, const char *text,
	const struct xf_path *context, struct xf_path *path);
/* Its node; for an attribute, the element.  NULL: not in the instance. */
struct xf_node *path_node(struct loader *l, const struct xf_path *path);
/* The attribute that the path names; NULL: there is none. */
struct xf_attribute *path_attribute(struct loader *l,
	const struct xf_path *path);
const char *path_text(struct loader *l, const struct xf_path *path);
struct xf_path path_of(struct loader *l, const struct xf_node *node);
/* Local names from the root to the node, for xpath_refs(). */
const char **path_names(struct arena *arena, const struct xf_node *node,
	const char *attribute, size_t *n);

/* --- a file per subject --- */

bool load_model(struct loader *l);		/* model.c: the primary instance */
void load_model_repeats(struct loader *l);	/* after the body */
void load_itext(struct loader *l);		/* itext.c */
void load_reviewed(struct loader *l, const struct xml_node *itext);	/* reviewed.c */
void itext_set_reviewed(struct loader *l, const char *id, unsigned language,
	const char *form_name);		/* itext.c */
void load_binds(struct loader *l);		/* bind.c */
void load_body(struct loader *l);		/* body.c */
void load_actions(struct loader *l);		/* action.c: those of the model */
void load_secondary(struct loader *l);		/* secondary.c: which there are */
void load_secondary_data(struct loader *l);	/* and what they hold */
void load_graph(struct loader *l);		/* graph.c */
/* entity.c: may the form be read, for its entities?  After the model. */
void check_entities(struct loader *l);
void load_entities(struct loader *l);		/* after binds and repeats */

/* action.c: is this element an action?  Read it; `control` may be NULL. */
bool action_is(const struct xml_node *element);
void action_load(struct loader *l, const struct xml_node *element,
	struct xf_control *control);

/* itext.c: a label, hint ...: an element with `ref` or content.  `what` names
 * it in messages.  NULL: nothing there, or wrong and said. */
const struct xf_text *text_of_element(struct loader *l,
	const struct xml_node *element, struct xf_node *context);
/* A message in an attribute: text, or jr:itext(). */
const struct xf_text *text_of_attribute(struct loader *l,
	const struct xml_node *element, const struct xml_node *attribute,
	struct xf_node *context);
/* Has the text that form in any language? */
bool text_has_form(const struct xform *form, const struct xf_text *text,
	enum xf_form_of_text which);

#endif
