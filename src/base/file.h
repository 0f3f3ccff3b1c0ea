/*
 * Files read whole within a limit, and written so that a reader sees the old
 * bytes or the new ones, never half.  All writing of the program goes through
 * here or through SQLite, so that a test can make the Nth write fail.
 */
#ifndef BAYAZ_BASE_FILE_H
#define BAYAZ_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "base/str.h"

/* Read all of `path` ("-": standard input) into `out`.  More than `limit`
 * bytes is ERR_LIMIT. */
bool file_read(const char *path, size_t limit, struct str *out,
	struct err *err) MUST_CHECK;

/*
 * A file being made: bytes go to PATH.part; file_commit() syncs it, renames it
 * over PATH and syncs the folder; file_discard() removes it.
 */
struct file_out {
	FILE *stream;
	char *path, *part;
};

bool file_create(struct file_out *out, const char *path, int mode,
	struct err *err) MUST_CHECK;
bool file_put(struct file_out *out, const void *bytes, size_t n_bytes,
	struct err *err) MUST_CHECK;
/* What was put is on disk, under its PATH.part still. */
bool file_settle(struct file_out *out, struct err *err) MUST_CHECK;
bool file_commit(struct file_out *out, struct err *err) MUST_CHECK;
void file_discard(struct file_out *out);	/* fine after file_commit() */

/* The three steps at once. */
bool file_write(const char *path, const void *bytes, size_t n_bytes, int mode,
	struct err *err) MUST_CHECK;

/* Overwrite bytes of a file that is there, in place, and sync it. */
bool file_overwrite(const char *path, long offset, const void *bytes,
	size_t n_bytes, struct err *err) MUST_CHECK;

bool file_exists(const char *path);
bool file_is_folder(const char *path);
/* Make a folder and those above it, mode 0700 for new ones. */
bool file_make_folder(const char *path, struct err *err) MUST_CHECK;
bool file_sync_folder(const char *path, struct err *err);

/* "a" + "b" = "a/b"; b alone if it is absolute or a is "".  free() it. */
char *path_join(const char *folder, const char *name) RETURNS_NONNULL;
char *path_folder(const char *path) RETURNS_NONNULL;	/* "." if none */
const char *path_base(const char *path);		/* into `path` */
/* The base name without its last ".ext"; free() it. */
char *path_stem(const char *path) RETURNS_NONNULL;

/* For tests: from now on the nth (from 1) write, sync or rename through this
 * module fails with ENOSPC; 0 stops that. */
void file_fail_nth(unsigned n);
/* Before it, the process ends as if it had been killed. */
void file_kill_nth(unsigned n);

#endif
