/*
 * Fuzzing without libFuzzer: replays files, and damages them.
 *
 *     fuzz_NAME               all of $top_srcdir/tests/fuzz/seeds/NAME
 *     fuzz_NAME FILE...       these files, as they are
 *
 * Each seed is replayed whole, cut short at every step, and with single bytes
 * changed, 200 times (20,000 with BAYAZ_LONG=1).
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/fuzz/fuzz.h"

struct damage { uint64_t state; };	/* an xorshift generator */

static uint64_t next_number(struct damage *damage)
{
	damage->state ^= damage->state << 13;
	damage->state ^= damage->state >> 7;
	damage->state ^= damage->state << 17;
	return damage->state;
}

/* An allocation of its own, so that a sanitizer sees one byte too far. */
static void run_copy(const uint8_t *bytes, size_t n)
{
	uint8_t *copy = xmalloc(n > 0 ? n : 1);

	memcpy(copy, bytes, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static void run_cut(const uint8_t *bytes, size_t n, size_t n_runs)
{
	size_t step = n / n_runs + 1;

	for (size_t cut = 0; cut < n; cut += step)
		run_copy(bytes, cut);
}

static void run_changed(const uint8_t *bytes, size_t n, size_t n_runs)
{
	static const uint8_t telling[] = { 0, '<', '>', '"', '\'', '&', '(',
		')', '[', ']', '/', ',', '\n', '9', '-', 0x7f, 0x80, 0xff };
	struct damage damage = { 88172645463325252u + n };
	uint8_t *copy = xmalloc(n + 1);

	for (size_t i = 0; n > 0 && i < n_runs; i++) {
		size_t changes = 1 + next_number(&damage) % 3;

		memcpy(copy, bytes, n);
		while (changes-- > 0) {
			size_t at = next_number(&damage) % n;
			uint64_t how = next_number(&damage);

			if (how % 2 == 0)
				copy[at] ^= (uint8_t)(1u << (how / 2 % 8));
			else
				copy[at] = telling[how / 2 % sizeof telling];
		}
		run_copy(copy, n);
	}
	free(copy);
}

static bool run_file(const char *path, size_t n_runs)
{
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;

	if (!file_read(path, (size_t)64 << 20, &bytes, &err)) {
		fprintf(stderr, "%s\n", err.message);
		return false;
	}
	run_copy((const uint8_t *)bytes.data, bytes.len);
	if (n_runs > 0) {
		run_cut((const uint8_t *)bytes.data, bytes.len, n_runs);
		run_changed((const uint8_t *)bytes.data, bytes.len, n_runs);
	}
	str_release(&bytes);
	return true;
}

static int run_folder(const char *folder, size_t n_runs)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t n = 0;
	bool ok = true;

	if (dir == NULL) {
		fprintf(stderr, "cannot open '%s'\n", folder);
		return 1;
	}
	while ((entry = readdir(dir)) != NULL) {
		char *path;

		if (entry->d_name[0] == '.')
			continue;
		path = path_join(folder, entry->d_name);
		ok = run_file(path, n_runs) && ok;
		free(path);
		n++;
	}
	closedir(dir);
	printf("%zu seeds, each damaged %zu times\n", n, n_runs);
	return ok && n > 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	const char *name = strstr(argv[0], "fuzz_"), *more;
	const char *top = getenv("top_srcdir");
	char folder[4096];
	bool ok = true;

	if (argc > 1) {
		for (int i = 1; i < argc; i++)
			ok = run_file(argv[i], 0) && ok;
		return ok ? 0 : 1;
	}
	while (name != NULL && (more = strstr(name + 5, "fuzz_")) != NULL)
		name = more;
	if (name == NULL)
		return 1;
	snprintf(folder, sizeof folder, "%s/tests/fuzz/seeds/%s",
		top != NULL ? top : ".", name + 5);
	return run_folder(folder, getenv("BAYAZ_LONG") != NULL ? 20000 : 200);
}
