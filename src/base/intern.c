#include "config.h"

#include "base/intern.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"

const char intern_empty[1] = "";

static struct {
	struct arena *arena;
	const char **slots;	/* NULL: free */
	size_t n_slots, n;	/* n_slots is a power of two */
} table;

static size_t find_slot(const char *text, size_t n_bytes)
{
	size_t mask = table.n_slots - 1;
	size_t i = (size_t)map_hash(text, n_bytes) & mask;

	while (table.slots[i] != NULL &&
			(strncmp(table.slots[i], text, n_bytes) != 0 ||
			table.slots[i][n_bytes] != '\0'))
		i = (i + 1) & mask;
	return i;
}

static void grow(void)
{
	const char **old = table.slots;
	size_t n_old = table.n_slots;

	table.n_slots = n_old > 0 ? 2 * n_old : 1024;
	table.slots = xcalloc(table.n_slots, sizeof *table.slots);
	for (size_t i = 0; i < n_old; i++)
		if (old[i] != NULL)
			table.slots[find_slot(old[i], strlen(old[i]))] = old[i];
	free(old);
	if (table.arena == NULL)
		table.arena = arena_new();
}

const char *intern_find(const char *text, size_t n_bytes)
{
	if (n_bytes == 0)
		return intern_empty;
	return table.n_slots > 0 ? table.slots[find_slot(text, n_bytes)] : NULL;
}

const char *intern_n(const char *text, size_t n_bytes)
{
	size_t slot;

	if (n_bytes == 0)
		return intern_empty;
	if (2 * (table.n + 1) > table.n_slots)
		grow();
	slot = find_slot(text, n_bytes);
	if (table.slots[slot] == NULL) {
		table.slots[slot] = arena_strndup(table.arena, text, n_bytes);
		table.n++;
	}
	return table.slots[slot];
}

const char *intern(const char *text)
{
	return intern_n(text, strlen(text));
}
