/*
 * A form as it is read: once, into one arena, never changed afterwards.  What
 * a respondent can change belongs to session/.
 * Source: ODK XForms specification; JavaRosa where the text is silent.
 */
#ifndef BAYAZ_XFORM_XFORM_H
#define BAYAZ_XFORM_XFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "base/problem.h"
#include "xml/xml.h"
#include "xpath/tree.h"
#include "xpath/xpath.h"

/* --- expressions --- */

struct xf_expr {
	const char *text;		/* as written in the form */
	struct xpath *program;
	int line, column;		/* of its first character */
	bool is_constant, is_volatile;
	bool calls_unknown;		/* a function that does not exist */
	bool is_of_its_time;	/* clock, chance or labels: what it gives
				 * depends on when it is evaluated */
	bool speaks;		/* its value is in a language: labels, months */
};

/* --- text with outputs, in every language --- */

struct xf_run {				/* a piece of text */
	const char *text;		/* literal, when output is NULL */
	const struct xf_expr *output;	/* <output value="..."/> */
};

enum xf_form_of_text {			/* itext forms */
	XF_TEXT_PLAIN, XF_TEXT_SHORT, XF_TEXT_LONG, XF_TEXT_GUIDANCE,
	XF_TEXT_IMAGE, XF_TEXT_BIG_IMAGE, XF_TEXT_AUDIO, XF_TEXT_VIDEO,
	XF_N_TEXT_FORMS
};

struct xf_runs { const struct xf_run *items; size_t n; };	/* n 0: absent */

struct xf_itext {			/* one text id */
	const char *id;
	/* [language * XF_N_TEXT_FORMS + form] */
	const struct xf_runs *values;
	const bool *reviewed;		/* has a mark that holds; NULL: none has */
};

struct xf_text {			/* a label, hint or message */
	const struct xf_itext *itext;	/* jr:itext('id'); else NULL */
	const struct xf_expr *itext_id;	/* jr:itext(expression), or NULL */
	struct xf_runs runs;		/* written in place */
	int line;
};

/* --- binds --- */

enum xf_type {
	XF_STRING, XF_INT, XF_DECIMAL, XF_BOOLEAN, XF_DATE, XF_TIME,
	XF_DATETIME, XF_GEOPOINT, XF_GEOTRACE, XF_GEOSHAPE, XF_BINARY,
	XF_BARCODE, XF_INTENT, XF_OTHER
};

enum xf_sensitivity {			/* bayaz:sensitivity */
	XF_UNTAGGED, XF_PUBLIC, XF_RESTRICTED, XF_IDENTIFYING
};

/* What hangs on the wording of a question: see guard.h. */
enum xf_guard {
	XF_UNGUARDED, XF_CLASSIFICATION, XF_SAFETY, XF_CONSENT
};

struct xf_bind {
	enum xf_type type;
	const char *type_name;		/* without prefix; "string" by default */
	const struct xf_expr *calculate, *relevant, *readonly, *required,
		*constraint;		/* NULL: not given */
	const struct xf_text *constraint_message, *required_message;	/* or NULL */
	const char *preload, *preload_params;	/* or NULL */
	/* ours; NULL where not given */
	enum xf_sensitivity sensitivity;	/* as tagged; see xf_sensitivity_of() */
	const char *role, *ask, *key, *waive;
	const char *saveto;		/* entities */
	const struct xml_node *xml;	/* the <bind>, or NULL: a default bind */
};

/* --- the model: the primary instance, repeats folded --- */

enum xf_property {
	XF_P_VALUE, XF_P_RELEVANT, XF_P_READONLY, XF_P_REQUIRED,
	XF_P_CONSTRAINT, XF_P_COUNT, XF_P_CHOICES, XF_N_PROPERTIES
};

/* When a node changes, this property of that node has to be computed again: in
 * those instances of `node` that lie below the same instance of `common`. */
struct xf_dependent {
	struct xf_node *node;
	enum xf_property property;
	const struct xf_node *common;	/* an ancestor-or-self of both; never NULL */
};

struct xf_dependents { struct xf_dependent *items; size_t n; };

struct xf_attribute {			/* of an element of the primary instance */
	const char *local, *ns, *prefix;
	const char *value;		/* default */
	/* <bind nodeset="/data/x/@name">, or NULL.  Its expressions are
	 * evaluated at the attribute (".." is the element).  What reads a
	 * calculated attribute depends on what the calculation reads; what an
	 * action writes into an attribute counts as a change of the element. */
	const struct xf_bind *bind;
};

struct xf_node {
	const char *local, *ns, *prefix;	/* interned */
	const char *ref;		/* "/data/person/name", names as written */
	struct xf_node *parent;		/* NULL: the root */
	struct xf_node **children;	/* one per name; a repeat once */
	unsigned n_children;
	uint32_t *by_name;		/* for xf_child(); NULL: few children */
	uint32_t by_name_mask;
	bool has_twin;			/* a sibling has its local name, in another namespace */
	unsigned slot;			/* index among parent's children */
	unsigned index;			/* index in xform.nodes: document order */
	unsigned depth;			/* root: 0 */
	bool is_repeat;			/* has instances */
	bool is_value;			/* no element children */
	bool reads_other_instances;	/* its calculation reads itself in instances that a condition chooses */
	bool is_optional;		/* in a record only once it has a value: deprecatedID that we added */
	struct xf_node *repeat;		/* the closest repeat: itself or above; or NULL */
	struct xf_bind *bind;		/* never NULL */
	struct xf_attribute *attributes; unsigned n_attributes;
	const char *default_value;	/* text in the template (or first instance) */
	/* repeats: what a new instance is made from (jr:template, else the
	 * first instance with its values emptied) */
	const struct xml_node *template_xml;
	const struct xf_expr *count;	/* jr:count of its repeat control, or NULL */
	struct xf_node *count_node;	/* what it names; NULL: an attribute */
	bool no_add_remove;		/* jr:noAddRemove="true()", without jr:count */
	unsigned n_given;		/* instances in the form's own record, the template not counted */
	struct xf_control **controls; unsigned n_controls;	/* bound here, body order */
	/* What to compute again when the value (or, for all below it, the
	 * relevance) of this node changes.   */
	struct xf_dependents dependents;
	/* Repeats: dependents of the number and order of instances, from
	 * outside (position(..) inside counts as `common` being the repeat). */
	struct xf_dependents structure;
	/* All dependents of the descendants, once each: what follows when this
	 * group's relevance changes, or an instance comes or goes.  Dependents
	 * whose `common` lies below the group (or, in a repeat, is it) are left
	 * out. */
	struct xf_dependents below;
	/* setvalue and friends that fire when this node's value changes */
	struct xf_action **on_change; unsigned n_on_change;
};

/* --- the body --- */

enum xf_control_kind {
	XF_INPUT, XF_SECRET, XF_SELECT1, XF_SELECT, XF_RANK, XF_RANGE,
	XF_TRIGGER, XF_UPLOAD, XF_CONTROL_GROUP, XF_CONTROL_REPEAT
};

struct xf_choice {			/* written in the control */
	const char *value;
	struct xf_text label;
};

struct xf_itemset {
	const struct xf_expr *nodeset;	/* evaluated at the control's node */
	const struct xf_expr *value, *label;	/* evaluated at each item; label may be NULL */
	bool label_is_itext;		/* label is jr:itext(path): path in `label` */
	const char *instance;		/* id of the secondary instance, or NULL */
	/* the common case instance('x')/root/item[...], value and label plain
	 * names: interned, else NULL */
	const char *value_name, *label_name;
};

struct xf_control {
	enum xf_control_kind kind;
	struct xf_node *node;		/* NULL: a group without ref */
	const char *ref;		/* as resolved; NULL for a group without ref */
	struct xf_control *parent;	/* NULL: in the body */
	struct xf_control **children; unsigned n_children;
	const struct xf_text *label, *hint, *guidance;	/* or NULL */
	const char *appearance;		/* "" */
	const char *mediatype;		/* upload; or NULL */
	const char *range_start, *range_end, *range_step;	/* or NULL */
	const struct xf_itemset *itemset;	/* or NULL */
	const struct xf_choice *choices; size_t n_choices;
	bool is_open;			/* select with values of its own */
	const struct xf_attribute *attributes; unsigned n_attributes;	/* all others,
				 * and of the bind what is for a front end */
	const struct xml_node *xml;
};

/* --- actions --- */

enum xf_event {				/* bits */
	XF_ON_INSTANCE_LOAD = 1, XF_ON_FIRST_LOAD = 2, XF_ON_NEW_REPEAT = 4,
	XF_ON_VALUE_CHANGED = 8, XF_ON_REVALIDATE = 16,
	XF_ON_READY = 32	/* xforms-ready: after odk-instance-first-load */
};

enum xf_action_kind { XF_SETVALUE, XF_SETGEOPOINT, XF_RECORDAUDIO };

struct xf_read { struct xf_node *node; struct xf_attribute *attribute; };

struct xf_action {
	enum xf_action_kind kind;
	unsigned events;		/* XF_ON_... */
	struct xf_node *target;
	const struct xf_attribute *attribute;	/* of target; NULL: the element */
	const struct xf_expr *target_expr;	/* may hold predicates */
	const struct xf_expr *value;	/* NULL: `text` */
	const char *text;
	struct xf_node *repeat;		/* of odk-new-repeat: the repeat it stands in */
	/* Of odk-new-repeat: what is calculated outside of the repeat and read
	 * by `value`; attribute NULL: the node. */
	struct xf_read *reads; unsigned n_reads;
	struct xf_node *source;		/* of value-changed: the question's node */
	const char *quality;		/* recordaudio; or NULL */
};

/* --- entities --- */

struct xf_saveto {			/* entities:saveto */
	const struct xf_node *node;	/* of the same instance of `subject` */
	const char *property;
};

/* <entity> in a meta block: what the group, repeat or form around the block
 * creates or updates. */
struct xf_entity {
	const struct xf_node *node;	/* the <entity> */
	const struct xf_node *subject;	/* what the meta block stands in */
	const struct xf_saveto *savetos; size_t n_savetos;	/* document order */
};

/* --- secondary instances --- */

struct xf_secondary {
	const char *id;
	const char *src;		/* jr://...; NULL: inline */
	const struct xp_tree *tree;	/* NULL: missing (an empty instance) */
	struct xp_node root;		/* its '/' */
	bool is_last_saved;
	bool is_implied;		/* no <instance>: named by pulldata('id', ...) */
	bool is_table;			/* a flat list, kept in columns: see table.h */
	int line;
};

/* --- every expression, with where it stands --- */

struct xf_use {
	const struct xf_expr *expr;
	struct xf_node *node;		/* it is evaluated here */
	const struct xf_attribute *attribute;	/* of `node`, or NULL */
	/* XF_N_PROPERTIES: an output, an action's value, an item's label ... */
	enum xf_property property;
	bool counts_as_read;		/* a person or a table sees the result */
};

/* --- the form --- */

struct xform {
	struct arena *arena;
	struct xml_doc *doc;
	const char *name;		/* of the file, for messages */
	const char *id, *version, *title;	/* version "" if none */
	const char *body_class;		/* "" */
	/* bayaz: */
	const char *form_class;		/* public, standard, restricted, protected; NULL: untagged */
	const char *list_title;		/* neutral title; NULL */
	int retention_months;		/* 0: not given */
	const char **languages; unsigned n_languages, default_language;
	struct map itext;		/* id -> struct xf_itext */
	const struct xml_node *instance_xml;	/* root element of the primary instance */
	struct xf_node *root;
	struct xf_node **nodes; unsigned n_nodes;	/* document order, root first */
	struct xf_control **body; unsigned n_body;	/* top level, in order */
	struct xf_action **actions; unsigned n_actions;	/* document order */
	bool itext_has_outputs;		/* texts change with the answers */
	struct map secondary;		/* id -> struct xf_secondary */
	struct map by_path;		/* "/data/meta/instanceID" -> struct xf_node */
	struct xf_use *uses; size_t n_uses;
	const char *submission_action, *submission_key;	/* or NULL */
	const char *submission_method;	/* or NULL */
	bool is_sent_at_once, is_deleted_when_sent; /* as <submission> asks */
	bool fills_instance_id;		/* with an uuid, if nothing else does */
	struct xf_node *instance_id, *instance_name, *deprecated_id;	/* meta nodes or NULL */
	const char *entities_version;	/* NULL: none given */
	const struct xf_entity *entities; size_t n_entities;	/* document order */
};

/*
 * Where media come from: fill `out` with the bytes of file NAME (the last part
 * of a jr:// URL).  False: there is none (err->code ERR_NONE) or it cannot be
 * read (ERR_RESOURCE).
 */
struct xf_media {
	bool (*read)(void *data, const char *url, const char *name,
		struct str *out, struct err *err);
	void *data;
	/* The media type of a file, when it is known; NULL: by its name. */
	const char *(*mime)(void *data, const char *url);
};

struct xf_options {
	struct xf_media media;		/* read NULL: no files */
	bool missing_is_error;		/* a missing external instance refuses the form */
	/* Browsers' engines pass over what refuses a form in JavaRosa: a question
	 * for a node that is not in the instance, a <text> without id, an action
	 * in the wrong namespace, items without the child that is their value.
	 * So do we, with a warning; else it is an error. */
	bool is_lenient;
	/* A record gets meta/instanceID and, when it is edited, deprecatedID,
	 * also where the form has none. */
	bool completes_meta;
	bool whole;		/* for looking into a form: it is given though it
				 * is refused, if there is a primary instance at
				 * all, and every instance is read */
	bool keeps_bytes;		/* the form's bytes, a NUL after them, outlive it: no copy is made */
};

/*
 * Read a form.  NULL when it is refused; `problems` then holds everything
 * found, errors first met first, each with file, line, column; warnings are
 * added in any case.  `name` is the file's name for messages.
 */
struct xform *xform_load(const char *bytes, size_t n_bytes, const char *name,
	const struct xf_options *options, struct problems *problems) MUST_CHECK;
void xform_free(struct xform *form);			/* NULL is fine */

/* Media in FORM-media/, then media/ beside the form, then beside the form;
 * `folder` (--media DIR), if not NULL, is looked into first.  The struct must
 * outlive the use. */
struct xf_media_folders { const char *form_path; const char *folder; };
struct xf_media xf_media_from_folders(struct xf_media_folders *folders);

/* The node of an absolute path without positions and prefixes, or NULL. */
struct xf_node *xform_node(const struct xform *form, const char *path);

/* What the root of a form's primary instance, or of a record, gives as version:
 * without namespace, else orx:version; "" if none. */
const char *xf_version_of(const struct xml_node *root);

/* The first child of that local name (interned), or NULL.  Only if it has_twin
 * may there be others. */
struct xf_node *xf_child(const struct xf_node *parent, const char *local);

/* DNH-10: in a form with a class an untagged bind counts as identifying;
 * notes and instanceID are public in standard forms.  Untagged forms: public. */
enum xf_sensitivity xf_sensitivity_of(const struct xform *form,
	const struct xf_node *node);

/* The namespace of a prefix that forms use without declaring it (jr, orx, odk
 * ...); "" is in none; NULL: no such prefix. */
const char *xf_usual_uri(const char *prefix);

/* Language by name or code ("Urdu (ur)" is found by "ur" too); -1: none. */
int xform_language(const struct xform *form, const char *name);
/* The code in "Urdu (ur)", or all of it; it begins in `language`. */
const char *xf_language_code(const char *language, size_t *n_bytes);
/* Is it written from right to left?  By its code, or its English name. */
bool xf_language_is_rtl(const char *language);

/* Comparisons that cannot mean what was meant, as warnings. */
void xform_check_types(const struct xform *form, struct problems *problems);

/* Survey-design lint; warnings and errors with `rule` set.  src/xform/lint.c */
void xform_lint(const struct xform *form, struct problems *problems);

#endif
