/*
 * A text of a form as a translator reads it: what is put in and what is marked
 * up are named placeholders.
 *
 *   <value>Is <output value="/data/name"/> here?</value>    Is {name} here?
 *
 * Where a text has such markup in any language it is "braced": braces that are
 * meant as such are written twice, as in gettext's python-brace-format.  An
 * <output> that the original has not is written as it stands, and read back.
 * Elements of XHTML are {b} ... {b_end}; others are passed over, as when a form
 * is loaded.  White space at both ends does not count.
 */
#ifndef BAYAZ_XFORM_WORDING_H
#define BAYAZ_XFORM_WORDING_H

#include <stdbool.h>

#include "base/vec.h"
#include "xml/xml.h"

struct wording_name {
	const char *name;		/* without braces */
	const char *expr;		/* of an output; NULL: an element of XHTML */
	const struct xml_node *node;
	bool is_end;			/* of an element of XHTML */
};

struct wording_names { struct wording_name *items; size_t n, cap; };

bool wording_has_markup(const struct xml_node *element);

/* The placeholders of the original; vec_release() them. */
void wording_names_of(const struct xml_node *element, struct arena *arena,
	struct wording_names *names);

/* The text, "" if it is blank. */
const char *wording_text(const struct xml_node *element, bool braced,
	const struct wording_names *names, struct arena *arena);

/* The other way: all that is below `element` is replaced.  `reads_outputs`: an
 * <output> that is written out is one. */
void wording_put(struct xml_doc *doc, struct xml_node *element,
	const char *text, bool braced, const struct wording_names *names,
	bool reads_outputs);

/* What a reviewer's mark is bound to: the first 16 hexadecimal digits of the
 * SHA-256 of msgid, NUL, msgstr. */
enum { WORDING_HASH_BYTES = 17 };
void wording_hash(const char *id, const char *text,
	char hash[WORDING_HASH_BYTES]);
/* Does the mark "INITIALS DATE HASH" hold for these texts? */
bool wording_mark_holds(const char *mark, const char *id, const char *text);

#endif
