#include "config.h"

#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

/* Pointers, doubles and 64-bit numbers; nothing here asks for more, and most
 * of what is kept is small. */
enum { ALIGN_BYTES = 8 };
enum { FIRST_BLOCK_BYTES = 4096, LARGEST_STEP_BYTES = 1 << 17 };

struct block {
	struct block *before;
	size_t size_bytes;	/* of data */
	size_t used;
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct block *top;
	struct block *spare;	/* kept by arena_reset(), or given; linked by before */
	size_t total_bytes;
};

struct arena *arena_new(void)
{
	return xcalloc(1, sizeof(struct arena));
}

static void free_blocks(struct block *b)
{
	struct block *before;

	for (; b != NULL; b = before) {
		before = b->before;
		free(b);
	}
}

void arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	free_blocks(arena->top);
	free_blocks(arena->spare);
	free(arena);
}

void arena_give(struct arena *from, struct arena *to)
{
	struct block *b;

	if (from == NULL)
		return;
	while ((b = from->top) != NULL) {
		from->top = b->before;
		b->before = to->spare;
		to->spare = b;
		to->total_bytes += sizeof *b + b->size_bytes;
	}
	arena_free(from);
}

static void add_block(struct arena *arena, size_t need)
{
	size_t size = FIRST_BLOCK_BYTES;
	struct block *b = arena->spare;

	if (b != NULL && b->size_bytes >= need) {
		arena->spare = b->before;
	} else {
		if (arena->top != NULL)
			size = 2 * arena->top->size_bytes;
		if (size > LARGEST_STEP_BYTES)
			size = LARGEST_STEP_BYTES;
		if (size < need)
			size = need;
		b = xmalloc(sizeof *b + size);
		b->size_bytes = size;
		arena->total_bytes += sizeof *b + size;
	}
	b->used = 0;
	b->before = arena->top;
	arena->top = b;
}

void *arena_alloc(struct arena *arena, size_t size_bytes)
{
	size_t align = ALIGN_BYTES;
	size_t need = (size_bytes + align - 1) & ~(align - 1);
	void *p;

	if (need < size_bytes)
		return xreallocarray(NULL, size_bytes, 2);	/* ends the program */
	if (arena->top == NULL || arena->top->size_bytes - arena->top->used < need)
		add_block(arena, need);
	p = arena->top->data + arena->top->used;
	arena->top->used += need;
	return p;
}

void *arena_zalloc(struct arena *arena, size_t size_bytes)
{
	return memset(arena_alloc(arena, size_bytes), 0, size_bytes);
}

char *arena_strndup(struct arena *arena, const char *text, size_t n_bytes)
{
	char *copy = arena_alloc(arena, n_bytes + 1);

	if (n_bytes > 0)
		memcpy(copy, text, n_bytes);
	copy[n_bytes] = '\0';
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	char *text;
	int n;

	va_start(arguments, format);
	n = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	text = arena_alloc(arena, (size_t)n + 1);
	va_start(arguments, format);
	vsnprintf(text, (size_t)n + 1, format, arguments);
	va_end(arguments);
	return text;
}

struct arena_mark arena_mark(struct arena *arena)
{
	struct arena_mark mark = { arena->top,
		arena->top != NULL ? arena->top->used : 0 };

	return mark;
}

void arena_reset(struct arena *arena, struct arena_mark mark)
{
	while (arena->top != mark.block) {
		struct block *b = arena->top;

		arena->top = b->before;
		if (arena->spare == NULL) {
			b->before = NULL;
			arena->spare = b;
			continue;
		}
		arena->total_bytes -= sizeof *b + b->size_bytes;
		free(b);
	}
	if (arena->top != NULL)
		arena->top->used = mark.used;
}

size_t arena_size_bytes(const struct arena *arena)
{
	return arena->total_bytes;
}
