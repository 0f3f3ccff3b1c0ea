/*
 * Memory that never returns NULL: out of memory ends the program.  That is
 * safe because every answer is on disk before the next question is shown, and
 * because sizes read from files are checked first (ERR_LIMIT).
 */
#ifndef BAYAZ_BASE_MEM_H
#define BAYAZ_BASE_MEM_H

#include <stddef.h>
#include <stdlib.h>

#include "base/attr.h"

/* For long work in small pieces: what is freed stays with the program, up to
 * some tens of MiB, and is not asked for again and again. */
void mem_keep_freed(void);

void *xmalloc(size_t size_bytes) RETURNS_NONNULL;
void *xcalloc(size_t n_items, size_t size_bytes) RETURNS_NONNULL;
/* The new size is n_items * size_bytes; an overflow ends the program. */
void *xreallocarray(void *old, size_t n_items, size_t size_bytes);
char *xstrdup(const char *text) RETURNS_NONNULL;
char *xstrndup(const char *text, size_t n_bytes) RETURNS_NONNULL;
void *xmemdup(const void *bytes, size_t n_bytes) RETURNS_NONNULL;

#endif
