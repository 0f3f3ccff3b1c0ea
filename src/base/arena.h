/*
 * Memory that is dropped whole: what is read once and lives together (a form,
 * a document) is allocated here and never freed piece by piece.
 */
#ifndef BAYAZ_BASE_ARENA_H
#define BAYAZ_BASE_ARENA_H

#include <stddef.h>

#include "base/attr.h"

struct arena;

struct arena *arena_new(void) RETURNS_NONNULL;
void arena_free(struct arena *arena);		/* NULL is fine */

/* Aligned for any type but long double, not cleared / cleared.  Never NULL. */
void *arena_alloc(struct arena *arena, size_t size_bytes) RETURNS_NONNULL;
void *arena_zalloc(struct arena *arena, size_t size_bytes) RETURNS_NONNULL;

char *arena_strdup(struct arena *arena, const char *text) RETURNS_NONNULL;
char *arena_strndup(struct arena *arena, const char *text, size_t n_bytes)
	RETURNS_NONNULL;
char *arena_printf(struct arena *arena, const char *format, ...)
	PRINTF_LIKE(2, 3) RETURNS_NONNULL;

/* A place in the arena to go back to: all that was allocated since is gone.
 * For scratch memory of one evaluation. */
struct arena_mark { void *block; size_t used; };
struct arena_mark arena_mark(struct arena *arena);
void arena_reset(struct arena *arena, struct arena_mark mark);

/* Free `from`, but let `to` have its memory for what it allocates next. */
void arena_give(struct arena *from, struct arena *to);

/* Bytes held from the system. */
size_t arena_size_bytes(const struct arena *arena);

#define ARENA_NEW(arena, type) \
	((type *)arena_zalloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, n) \
	((type *)arena_zalloc((arena), (n) * sizeof(type)))

#endif
