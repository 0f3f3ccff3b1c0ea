/*
 * Hash map from text to a pointer, in insertion order when walked.  Keys are
 * borrowed: they must live as long as the map.  Hashing is seeded per process,
 * so that a hostile form cannot choose colliding names.
 */
#ifndef BAYAZ_BASE_MAP_H
#define BAYAZ_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_entry { const char *key; void *value; uint32_t hash; };

struct map {
	struct map_entry *entries;	/* in insertion order */
	size_t n, cap;
	uint32_t *slots;		/* index + 1 into entries, 0: free */
	size_t n_slots;			/* a power of two, or 0 */
};

#define MAP_INIT { NULL, 0, 0, NULL, 0 }

void map_init(struct map *map);
void map_release(struct map *map);
void *map_get(const struct map *map, const char *key);	/* NULL: not there */
/* The same for keys that come in about the order in which they were set: looks
 * first at entry *at, where the last search left it (0 at first), and at the one
 * before it, which may come again. */
void *map_get_near(const struct map *map, const char *key, size_t *at);
bool map_has(const struct map *map, const char *key);
/* Set or replace; returns the value that was there, or NULL. */
void *map_set(struct map *map, const char *key, void *value);

uint64_t map_hash(const void *bytes, size_t n_bytes);

#endif
