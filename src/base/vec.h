/*
 * Growing arrays.  VEC(struct item) declares a struct with `items`, `n` and
 * `cap`; zero-initialise it.  vec_push() may move `items`.
 */
#ifndef BAYAZ_BASE_VEC_H
#define BAYAZ_BASE_VEC_H

#include <stddef.h>
#include <string.h>

#include "base/mem.h"

#define VEC(type) struct { type *items; size_t n, cap; }

#define vec_push(v, item) do { \
	vec_reserve((v), (v)->n + 1); \
	(v)->items[(v)->n++] = (item); \
} while (0)

#define vec_reserve(v, want) do { \
	if ((want) > (v)->cap) { \
		(v)->cap = (v)->cap * 2 > (want) ? (v)->cap * 2 : (want) + 3; \
		(v)->items = xreallocarray((v)->items, (v)->cap, \
			sizeof *(v)->items); \
	} \
} while (0)

/* Put `item` before position i (0 ... n). */
#define vec_insert(v, i, item) do { \
	vec_reserve((v), (v)->n + 1); \
	memmove((v)->items + (i) + 1, (v)->items + (i), \
		((v)->n - (i)) * sizeof *(v)->items); \
	(v)->items[(i)] = (item); \
	(v)->n++; \
} while (0)

/* Take `count` items out from position i on. */
#define vec_remove(v, i, count) do { \
	memmove((v)->items + (i), (v)->items + (i) + (count), \
		((v)->n - (i) - (count)) * sizeof *(v)->items); \
	(v)->n -= (count); \
} while (0)

#define vec_release(v) do { \
	free((v)->items); \
	(v)->items = NULL; \
	(v)->n = (v)->cap = 0; \
} while (0)

#endif
