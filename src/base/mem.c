#include "config.h"

#include "base/mem.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdint.h>
#include <string.h>
#include <unistd.h>

static NORETURN void out_of_memory(void)
{
	static const char text[] = "bayaz: out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);

	(void)ignored;
	_exit(1);
}

void mem_keep_freed(void)
{
#ifdef M_TRIM_THRESHOLD
	mallopt(M_TRIM_THRESHOLD, 32 << 20);
	mallopt(M_MMAP_THRESHOLD, 4 << 20);
#endif
}

void *xmalloc(size_t size_bytes)
{
	void *p = malloc(size_bytes > 0 ? size_bytes : 1);

	if (p == NULL)
		out_of_memory();
	return p;
}

void *xcalloc(size_t n_items, size_t size_bytes)
{
	void *p = calloc(n_items > 0 ? n_items : 1,
		size_bytes > 0 ? size_bytes : 1);

	if (p == NULL)
		out_of_memory();
	return p;
}

void *xreallocarray(void *old, size_t n_items, size_t size_bytes)
{
	void *p;

	if (size_bytes != 0 && n_items > SIZE_MAX / size_bytes)
		out_of_memory();
	p = realloc(old, n_items * size_bytes > 0 ? n_items * size_bytes : 1);
	if (p == NULL)
		out_of_memory();
	return p;
}

void *xmemdup(const void *bytes, size_t n_bytes)
{
	void *copy = xmalloc(n_bytes);

	if (n_bytes > 0)
		memcpy(copy, bytes, n_bytes);
	return copy;
}

char *xstrndup(const char *text, size_t n_bytes)
{
	char *copy = xmalloc(n_bytes + 1);

	if (n_bytes > 0)
		memcpy(copy, text, n_bytes);
	copy[n_bytes] = '\0';
	return copy;
}

char *xstrdup(const char *text)
{
	return xstrndup(text, strlen(text));
}
