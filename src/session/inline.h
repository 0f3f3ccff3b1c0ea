/*
 * What is inside a line of Markdown: emphasis, links, HTML tags, what an
 * <output> put in.  Shared by rich.c and inline.c.
 */
#ifndef BAYAZ_SESSION_INLINE_H
#define BAYAZ_SESSION_INLINE_H

#include "session/rich.h"

enum { RICH_DEEPEST = 32, OUTPUT_OPEN = 1, OUTPUT_CLOSE = 2 };

struct rich_reader {
	struct arena *arena;
	const struct text_piece *outputs;	/* by the number between OUTPUT_ */
	unsigned depth;
};

/* A line break in the text becomes `br`. */
struct rich *inline_read(struct rich_reader *r, const char *text, size_t n);
/* A text of blocks, as rich_read() returns it. */
struct rich *rich_blocks(struct rich_reader *r, const char *text, size_t n);

#endif
