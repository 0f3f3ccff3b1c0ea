/*
 * Text for people with its formatting resolved: the Markdown and inline HTML
 * that labels, hints and messages may hold.
 * Source: ODK XForms, "Markdown"; CommonMark 0.31 for what that leaves open
 * (emphasis, links, lists); engine protocol, section 4, "rich".
 *
 * A text comes in pieces; what an <output> put in is formatted by itself and
 * becomes a `span`, so that an answer cannot change the form's own formatting.
 */
#ifndef BAYAZ_SESSION_RICH_H
#define BAYAZ_SESSION_RICH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct text_piece {
	const char *text;
	bool is_output;
};

struct rich_style { const char *name, *value; };

struct rich {
	/* h1 ... h6, p, br, ul, ol, li, strong, em, u, a, span, div; NULL: a
	 * run of text */
	const char *tag;
	const char *text;		/* tag NULL */
	const char *href;		/* a; NULL: not a link one may follow */
	/* span, div, p: color, font-family, font-size, text-align */
	struct rich_style styles[4];
	unsigned n_styles;
	struct rich *children;		/* first */
	struct rich *next;
};

/* The first item, or NULL for an empty text; all lives in `arena`.  Text of a
 * single paragraph has no `p` around it.  Time grows with the text; nesting
 * beyond 32 levels is left as it is written. */
struct rich *rich_read(struct arena *arena, const struct text_piece *pieces,
	size_t n);

#endif
