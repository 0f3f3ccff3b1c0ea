#include "config.h"

#include "tests/scratch.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"

bool scratch_make(const char *word, char path[SCRATCH_BYTES])
{
	static const char *const places[] = { "/dev/shm", "/tmp" };

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		snprintf(path, SCRATCH_BYTES, "%s/bayaz-%s-XXXXXX", places[i],
			word);
		if (mkdtemp(path) != NULL)
			return true;
	}
	return false;
}

void scratch_remove(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char *name = path_join(path, entry->d_name);

		if (entry->d_name[0] != '.' && unlink(name) != 0)
			scratch_remove(name);
		free(name);
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(path);
}
