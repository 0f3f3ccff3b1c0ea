/* What the disk below a folder can take: how large a file, which names, how
 * much more.  Sticks are FAT as a rule: no file of 4 GiB, and names as Windows
 * has them. */
#ifndef BAYAZ_BASE_DISK_H
#define BAYAZ_BASE_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"

struct disk {
	uint64_t max_file_bytes;	/* UINT64_MAX: no limit known */
	uint64_t free_bytes;		/* UINT64_MAX: not known */
	bool windows_names;		/* FAT or exFAT */
};

/* Of the file system that `path` is on, or would be on.  What cannot be found
 * out is no limit. */
void disk_look(const char *path, struct disk *disk);

/* Can a file there have this base name? */
bool disk_can_name(const struct disk *disk, const char *name);

/* For tests: from now on every disk is this one; NULL stops that. */
void disk_pretend(const struct disk *disk);

/* "4.2 GB", "612 KB": for people.  free() it. */
char *disk_size_text(uint64_t n_bytes) RETURNS_NONNULL;

#endif
