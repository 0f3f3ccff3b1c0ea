/*
 * A floor for reading lists: split every cell of a CSV file (no quotes) and
 * keep each text once, and nothing else that a form engine has to do.
 * csv_floor FILE prints how many cells and texts there were.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *pool;
static uint32_t *slots, n_slots = 1 << 16, n_texts, *cells;
static size_t pool_bytes, cap_pool, n_cells, cap_cells;

static uint32_t hash(const char *text, size_t n)
{
	uint32_t h = 2166136261u;

	while (n-- > 0)
		h = (h ^ (unsigned char)*text++) * 16777619u;
	return h ^ h >> 15;
}

static uint32_t *find(const char *text, size_t n)
{
	uint32_t i = hash(text, n) & (n_slots - 1);

	while (slots[i] != 0 && (strncmp(pool + slots[i] - 1, text, n) != 0 ||
			pool[slots[i] - 1 + n] != '\0'))
		i = (i + 1) & (n_slots - 1);
	return &slots[i];
}

static void grow(void)
{
	free(slots);
	n_slots *= 2;
	slots = calloc(n_slots, sizeof *slots);
	for (size_t at = 0; at < pool_bytes; at += strlen(pool + at) + 1)
		*find(pool + at, strlen(pool + at)) = (uint32_t)at + 1;
}

static void take(const char *text, size_t n)
{
	uint32_t *slot;

	if (2 * ++n_texts > n_slots)
		grow();
	slot = find(text, n);
	if (*slot != 0) {
		n_texts--;
	} else {
		if (pool_bytes + n + 1 > cap_pool)
			pool = realloc(pool, cap_pool = 2 * (cap_pool + n + 1));
		memcpy(pool + pool_bytes, text, n);
		pool[pool_bytes + n] = '\0';
		*slot = (uint32_t)pool_bytes + 1;
		pool_bytes += n + 1;
	}
	if (n_cells == cap_cells)
		cells = realloc(cells, (cap_cells = 2 * cap_cells + 64) *
			sizeof *cells);
	cells[n_cells++] = *slot;
}

int main(int argc, char **argv)
{
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
	char *bytes;
	long n;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 ||
			(n = ftell(file)) < 0 || fseek(file, 0, SEEK_SET) != 0)
		return 1;
	bytes = malloc((size_t)n + 1);
	slots = calloc(n_slots, sizeof *slots);
	n = (long)fread(bytes, 1, (size_t)n, file);
	for (char *at = bytes, *end = bytes + n; at < end; at++) {
		char *cell = at;

		while (at < end && *at != ',' && *at != '\n')
			at++;
		take(cell, (size_t)(at - cell));
	}
	printf("%zu cells, %u texts\n", n_cells, n_texts);
	return fclose(file);
}
