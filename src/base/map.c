#include "config.h"

#include "base/map.h"

#include <string.h>
#include <sys/random.h>

#include "base/mem.h"

static uint64_t seed(void)
{
	static uint64_t value;

	if (value == 0 && getrandom(&value, sizeof value, GRND_NONBLOCK) < 0)
		value = 0x9E3779B97F4A7C15u;
	if ((value & 1) == 0)
		value |= 1;
	return value;
}

uint64_t map_hash(const void *bytes, size_t n_bytes)
{
	const unsigned char *p = bytes;
	uint64_t h = seed() ^ (n_bytes * 0xA0761D6478BD642Fu), word;

	for (; n_bytes >= 8; n_bytes -= 8, p += 8) {
		memcpy(&word, p, 8);
		h = (h ^ word) * 0xE7037ED1A0B428DBu;
		h ^= h >> 29;
	}
	word = 0;
	if (n_bytes > 0)
		memcpy(&word, p, n_bytes);
	h = (h ^ word) * 0x8EBC6AF09C88C6E3u;
	h ^= h >> 32;
	h *= 0x589965CC75374CC3u;
	return h ^ (h >> 29);
}

void map_init(struct map *map)
{
	memset(map, 0, sizeof *map);
}

void map_release(struct map *map)
{
	free(map->entries);
	free(map->slots);
	map_init(map);
}

static uint32_t hash_of(const char *key)
{
	return (uint32_t)map_hash(key, strlen(key));
}

/* The hash is looked at first: a look into another key is a wait for memory. */
static size_t find_slot(const struct map *map, const char *key, uint32_t hash)
{
	size_t mask = map->n_slots - 1;
	size_t i = hash & mask;

	for (; map->slots[i] != 0; i = (i + 1) & mask) {
		const struct map_entry *e = &map->entries[map->slots[i] - 1];

		if (e->hash == hash && strcmp(e->key, key) == 0)
			break;
	}
	return i;
}

void *map_get(const struct map *map, const char *key)
{
	uint32_t at;

	if (map->n_slots == 0)
		return NULL;
	at = map->slots[find_slot(map, key, hash_of(key))];
	return at != 0 ? map->entries[at - 1].value : NULL;
}

static bool is_at(const struct map *map, size_t at, const char *key)
{
	return at < map->n && strcmp(map->entries[at].key, key) == 0;
}

void *map_get_near(const struct map *map, const char *key, size_t *at)
{
	uint32_t found;

	if (is_at(map, *at, key))
		return map->entries[(*at)++].value;
	if (*at > 0 && is_at(map, *at - 1, key))
		return map->entries[*at - 1].value;
	if (map->n_slots == 0)
		return NULL;
	found = map->slots[find_slot(map, key, hash_of(key))];
	if (found == 0)
		return NULL;
	*at = found;
	return map->entries[found - 1].value;
}

bool map_has(const struct map *map, const char *key)
{
	return map->n_slots != 0 &&
		map->slots[find_slot(map, key, hash_of(key))] != 0;
}

static void grow(struct map *map)
{
	size_t mask;

	free(map->slots);
	map->n_slots = map->n_slots > 0 ? 2 * map->n_slots : 16;
	map->slots = xcalloc(map->n_slots, sizeof *map->slots);
	mask = map->n_slots - 1;
	for (size_t i = 0; i < map->n; i++) {
		size_t to = map->entries[i].hash & mask;

		while (map->slots[to] != 0)
			to = (to + 1) & mask;
		map->slots[to] = (uint32_t)i + 1;
	}
}

void *map_set(struct map *map, const char *key, void *value)
{
	uint32_t hash = hash_of(key);
	size_t slot;

	if (2 * (map->n + 1) > map->n_slots)
		grow(map);
	slot = find_slot(map, key, hash);
	if (map->slots[slot] != 0) {
		struct map_entry *entry = &map->entries[map->slots[slot] - 1];
		void *old = entry->value;

		entry->value = value;
		return old;
	}
	if (map->n == map->cap) {
		map->cap = map->cap > 0 ? 2 * map->cap : 8;
		map->entries = xreallocarray(map->entries, map->cap,
			sizeof *map->entries);
	}
	map->entries[map->n].key = key;
	map->entries[map->n].value = value;
	map->entries[map->n].hash = hash;
	map->n++;
	map->slots[slot] = (uint32_t)map->n;
	return NULL;
}
