/*
 * Our XML tree: read whole with libxml2's parser, kept in one arena.  DTDs,
 * external entities, entity expansion beyond the five and XInclude are off;
 * nothing is read but the bytes given.  Source: XML 1.0, XML Names 1.0.
 * Names are interned (base/intern.h): compare them by pointer.
 */
#ifndef BAYAZ_XML_XML_H
#define BAYAZ_XML_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum xml_kind {
	XML_DOCUMENT, XML_ELEMENT, XML_ATTRIBUTE, XML_TEXT, XML_COMMENT, XML_PI,
	XML_NAMESPACE		/* in no tree: made for XPath's namespace axis */
};

struct xml_node {
	enum xml_kind kind : 4;
	uint32_t order : 28;	/* document order, from 0 */
	uint32_t offset;	/* of its '<' in the source, in bytes; attributes: their element's */
	const char *local;	/* interned; "" for text, comments, the document */
	const char *ns;		/* namespace URI, interned; "" if none */
	const char *prefix;	/* as written, interned; "" if none */
	const char *text;	/* of attributes, text, comments, PIs; NULL otherwise */
	struct xml_node *parent, *next, *previous;
	struct xml_node *first;		/* child; NULL in what has none */
	/* From here on only in elements and the document: the memory of other
	 * nodes, which are most, ends here. */
	struct xml_node *last;
	struct xml_node *attributes;	/* linked by next; no xmlns declarations */
	struct xml_decl *decls;		/* xmlns declarations written here */
};

struct xml_decl { const char *prefix, *uri; struct xml_decl *next; };

struct xml_cursor { size_t at; int line, column; };

struct xml_doc {
	struct arena *arena;
	struct xml_node *document;	/* kind XML_DOCUMENT */
	struct xml_node *root;		/* its one element */
	const char *source;		/* the bytes in UTF-8, for xml_place() */
	size_t source_bytes;
	char *own_source;		/* freed with the document; or NULL */
	const char *name;		/* file name for messages, or "" */
	struct xml_cursor *cursor;	/* the place asked for last */
	struct arena *aside;		/* see xml_how; NULL: nothing, or dropped */
	struct xml_node *aside_top;	/* the element whose content is there */
	uint32_t n_nodes;
};

struct xml_limits {
	size_t max_bytes;	/* of the document */
	unsigned max_depth;	/* of elements */
	uint32_t max_nodes;	/* elements, attributes, texts */
};
extern const struct xml_limits xml_limits_form;		/* 256 MiB, 512, 20 M */
extern const struct xml_limits xml_limits_record;

/* Parse; NULL on failure: ERR_XML with line and column (or ERR_LIMIT).  The
 * bytes are copied.  `name` (may be NULL) is used in messages. */
struct xml_doc *xml_parse(const char *bytes, size_t n_bytes, const char *name,
	const struct xml_limits *limits, struct err *err) MUST_CHECK;
/* The same without a copy: the bytes must outlive the document, and a NUL must
 * follow them. */
struct xml_doc *xml_parse_kept(const char *bytes, size_t n_bytes,
	const char *name, const struct xml_limits *limits, struct err *err)
	MUST_CHECK;

/*
 * Read a document of many items in the memory of one: each child element of
 * the root is handed over when it is complete, and is gone afterwards.  Text
 * and comments before it are its previous siblings; those after the last one
 * are left below the root.  When `take` returns false reading stops: NULL, and
 * err->code stays ERR_NONE.  The bytes are as in xml_parse_kept().
 */
struct xml_items {
	bool (*take)(void *data, const struct xml_node *item);
	void *data;
};
struct xml_doc *xml_parse_items(const char *bytes, size_t n_bytes,
	const char *name, const struct xml_limits *limits,
	const struct xml_items *items, struct err *err) MUST_CHECK;

/* What a parser keeps from one document to the next: names above all.  It serves
 * one thread at a time. */
struct xml_reader;
struct xml_reader *xml_reader_new(void) RETURNS_NONNULL;
void xml_reader_free(struct xml_reader *reader);	/* NULL is fine */

/* The same by choice. */
struct xml_how {
	bool is_kept;			/* as xml_parse_kept() */
	struct xml_reader *reader;	/* or NULL */
	const struct xml_items *items;	/* as xml_parse_items(); or NULL */
	/* What the first element of this local name holds is kept in memory of
	 * its own, to be dropped when it was read; or NULL. */
	const char *aside;
	/* Is white space between this element's children of no meaning?  Then
	 * no node is made of it.  NULL: it is kept. */
	bool (*skips_blank)(const struct xml_node *element);
};
struct xml_doc *xml_parse_how(const char *bytes, size_t n_bytes,
	const char *name, const struct xml_limits *limits,
	const struct xml_how *how, struct err *err) MUST_CHECK;
/* Drop it: the element is empty from now on.  `arena` gets the memory. */
void xml_drop_aside(struct xml_doc *doc, struct arena *arena);
void xml_free(struct xml_doc *doc);			/* NULL is fine */

/*
 * What JavaRosa's parser lets pass, as well-formed XML: '<' in an attribute's
 * value, two attributes of a name (the first counts), control characters (left
 * out), references that mean nothing ("&nbsp;" becomes text), "--" in comments,
 * bytes that are no UTF-8 (U+FFFD), text around the root.  Lines stay where
 * they are.  Appends to `mended`; false: this is nothing to mend.
 */
struct str;
bool xml_mend(const char *bytes, size_t n_bytes, struct str *mended);

/* Line and column (1-based, in characters) of a node's '<'.  With `attribute`
 * (an attribute's name as written, or NULL): of the first character of its
 * value, moved on by `value_offset` bytes of the value after entities were
 * resolved.  Costs a scan from the place asked
 * for last: cheap in document order, or nearly so. */
void xml_place(const struct xml_doc *doc, const struct xml_node *node,
	const char *attribute, size_t value_offset, int *line, int *column);

/* The attribute of that namespace ("" for none) and local name; NULL if it is
 * not there.  Names need not be interned. */
const char *xml_attribute(const struct xml_node *element, const char *ns,
	const char *local);

/* First / next child element of that name; ns NULL: any namespace; local NULL:
 * any name.  `after` is a child, or NULL to begin. */
struct xml_node *xml_child(const struct xml_node *parent,
	const struct xml_node *after, const char *ns, const char *local);

/* All text below, appended. */
void xml_text(const struct xml_node *node, struct str *out);
/* As arena text; "" when there is none.  Fast for a single text child. */
const char *xml_text_of(const struct xml_node *node, struct arena *arena);

/* The namespace URI that `prefix` means at this node; NULL if undeclared. */
const char *xml_prefix_uri(const struct xml_node *node, const char *prefix,
	size_t n_bytes);

/* Well-known namespaces. */
#define NS_XFORMS "http://www.w3.org/2002/xforms"
#define NS_XHTML "http://www.w3.org/1999/xhtml"
#define NS_EVENTS "http://www.w3.org/2001/xml-events"
#define NS_JAVAROSA "http://openrosa.org/javarosa"
#define NS_OPENROSA "http://openrosa.org/xforms"
#define NS_ODK "http://www.opendatakit.org/xforms"
#define NS_ENTITIES "http://www.opendatakit.org/xforms/entities"
#define NS_BAYAZ "urn:x-bayaz:forms"

/* --- changing --- */

/* A new last child; `ns` "" for none, `prefix` "" for the default.  It counts as
 * standing where its parent stands. */
struct xml_node *xml_append_element(struct xml_doc *doc,
	struct xml_node *parent, const char *ns, const char *prefix,
	const char *local);
/* The same name and attributes, without what is below. */
struct xml_node *xml_append_copy(struct xml_doc *doc, struct xml_node *parent,
	const struct xml_node *element);
void xml_append_text(struct xml_doc *doc, struct xml_node *parent,
	const char *text, size_t n_bytes);		/* copied */

/* In place of all below the element: this text, copied; "" leaves it empty. */
void xml_set_text(struct xml_doc *doc, struct xml_node *element,
	const char *text);

/* Out of its parent; it stays the document's. */
void xml_take_out(struct xml_node *node);
/* From where it is to before `next`. */
void xml_move_before(struct xml_node *node, struct xml_node *next);

/* Set or replace; the prefix has to be declared. */
void xml_set_attribute(struct xml_doc *doc, struct xml_node *element,
	const char *ns, const char *prefix, const char *local,
	const char *text);
void xml_remove_attribute(struct xml_node *element, const char *ns,
	const char *local);
/* xmlns:PREFIX="URI" on this element. */
void xml_declare(struct xml_doc *doc, struct xml_node *element,
	const char *prefix, const char *uri);

/* --- writing --- */

/* Append text with & < > escaped (and CR as &#13;); in attribute values also
 * " and tab and line breaks. */
void xml_add_text(struct str *to, const char *text);
void xml_add_attribute_value(struct str *to, const char *text);
/* Append a node and all below it, namespaces declared as they were. */
void xml_add_node(struct str *to, const struct xml_node *node);

#endif
