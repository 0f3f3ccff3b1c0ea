/*
 * Expressions evaluated in a document that is no record: any XML, for `bayaz
 * xpath` and the engine's op `xpath`.  If the document is an XForm, '/' is its
 * primary instance, and instance(), pulldata(), jr:itext() and jr:choice-name()
 * find its lists, texts and choices, even where xform_load() would refuse it.
 * Source: engine protocol, section 7.
 */
#ifndef BAYAZ_XFORM_DOCUMENT_H
#define BAYAZ_XFORM_DOCUMENT_H

#include "base/json.h"
#include "xform/xform.h"

struct xf_document;

struct xf_document_options {
	struct xf_media media;	/* files of instances; read NULL: none */
	const char *language;	/* NULL: the form's default.  Where the document
				 * has no translations: of the names of months */
	const char *now;	/* ISO 8601; the clock stands.  NULL: it runs */
	const char *time_zone;	/* IANA name; NULL: the process's */
	bool has_seed;		/* random() and uuid() are repeatable */
	uint64_t seed;
};

/* Read a document.  The texts of `options` must outlive it; NULL: defaults.
 * NULL on failure: ERR_XML, ERR_LIMIT, ERR_VALUE (now, time_zone),
 * ERR_REFUSED (no such language). */
struct xf_document *xf_document_new(const char *bytes, size_t n_bytes,
	const char *name, const struct xf_document_options *options,
	struct err *err) MUST_CHECK;
void xf_document_free(struct xf_document *document);	/* NULL is fine */

struct xf_namespace { const char *prefix, *uri; };

struct xf_query {
	const char *expression;
	/* Path to one node; NULL: '/'.  What xf_document_ref() writes, or any
	 * path of XPath that leads to one node. */
	const char *context;
	/* Beside those in scope at the context.  Prefix "": what element names
	 * without prefix are in; uri "": in none.  Not given: the default
	 * namespace in scope; in an XForm, any. */
	const struct xf_namespace *namespaces;
	size_t n_namespaces;
	bool has_type;		/* convert the result to `type` */
	enum xp_type type;
	unsigned long most_steps;	/* nodes visited; 0: as usual */
};

/* Evaluate.  `value` lives until the next call with this document.  False:
 * ERR_SYNTAX, ERR_XPATH, ERR_LIMIT, with the column in the expression;
 * ERR_NODE: the context leads to no node, or to several. */
bool xf_document_eval(struct xf_document *document,
	const struct xf_query *query, struct xp_value *value,
	struct err *err) MUST_CHECK;

/* How section 7 names a node: '/' (or instance('ID')) and steps as *[1],
 * text()[2], @id; the last one of a namespace node is namespace::PREFIX, for
 * the default namespace namespace::*[name()='']. */
void xf_document_ref(struct xf_document *document, struct xp_node node,
	struct str *ref);

/* A result as section 7 writes it: {"type": ..., "value": ...}. */
struct json *xf_document_result(struct xf_document *document,
	const struct xp_value *value);
/* A number; "NaN", "Infinity", "-Infinity" where JSON has none. */
struct json *xp_number_json(double number);

/* "string", "number", "boolean", "nodeset". */
const char *xp_type_name(enum xp_type type);
bool xp_type_of_name(const char *name, enum xp_type *type);

/* pulldata(): the text of `column` in the first row below `root`/ROOT whose
 * `key_column` is `key`; "" if there is none. */
const char *xf_pulldata(struct xp_node root, const char *column,
	const char *key_column, const char *key, struct arena *scratch);

/* The piece of a text to show in that language: the form asked for, else (for
 * the plain one) the long, the short one; else in the default language; NULL:
 * it is not there. */
const struct xf_runs *xf_itext_runs(const struct xform *form,
	const struct xf_itext *itext, unsigned language,
	enum xf_form_of_text which);
/* The same in that language only. */
const struct xf_runs *xf_itext_runs_in(const struct xf_itext *itext,
	unsigned language, enum xf_form_of_text which);

#endif
