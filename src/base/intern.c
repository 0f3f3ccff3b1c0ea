#include "config.h"

#include "base/intern.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"

const char intern_empty[1] = "";

struct slot { const char *text; /* NULL: free */ uint32_t hash; };

static struct {
	struct arena *arena;
	struct slot *slots;
	size_t n_slots, n;	/* n_slots is a power of two */
} table;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct slot *find_slot(const char *text, size_t n_bytes, uint32_t hash)
{
	size_t mask = table.n_slots - 1;
	size_t i = hash & mask;

	while (table.slots[i].text != NULL && (table.slots[i].hash != hash ||
			strncmp(table.slots[i].text, text, n_bytes) != 0 ||
			table.slots[i].text[n_bytes] != '\0'))
		i = (i + 1) & mask;
	return &table.slots[i];
}

static void grow(void)
{
	struct slot *old = table.slots;
	size_t n_old = table.n_slots, mask;

	table.n_slots = n_old > 0 ? 2 * n_old : 1024;
	table.slots = xcalloc(table.n_slots, sizeof *table.slots);
	mask = table.n_slots - 1;
	for (size_t i = 0; i < n_old; i++) {
		size_t to = old[i].hash & mask;

		if (old[i].text == NULL)
			continue;
		while (table.slots[to].text != NULL)
			to = (to + 1) & mask;
		table.slots[to] = old[i];
	}
	free(old);
	if (table.arena == NULL)
		table.arena = arena_new();
}

const char *intern_find(const char *text, size_t n_bytes)
{
	const char *found = NULL;

	if (n_bytes == 0)
		return intern_empty;
	pthread_mutex_lock(&lock);
	if (table.n_slots > 0)
		found = find_slot(text, n_bytes,
			(uint32_t)map_hash(text, n_bytes))->text;
	pthread_mutex_unlock(&lock);
	return found;
}

static const char *find_or_add(const char *text, size_t n_bytes)
{
	struct slot *slot;
	uint32_t hash;

	if (2 * (table.n + 1) > table.n_slots)
		grow();
	hash = (uint32_t)map_hash(text, n_bytes);
	slot = find_slot(text, n_bytes, hash);
	if (slot->text == NULL) {
		slot->text = arena_strndup(table.arena, text, n_bytes);
		slot->hash = hash;
		table.n++;
	}
	return slot->text;
}

const char *intern_n(const char *text, size_t n_bytes)
{
	const char *found;

	if (n_bytes == 0)
		return intern_empty;
	pthread_mutex_lock(&lock);
	found = find_or_add(text, n_bytes);
	pthread_mutex_unlock(&lock);
	return found;
}

const char *intern(const char *text)
{
	return intern_n(text, strlen(text));
}
