/*
 * Files as one sealed file: age, for a passphrase, around a tar.  `age -d` and
 * `tar` open it.  Written and read as a stream; memory does not grow with it.
 * Backups are made of it: bayaz-field(7), bayaz-store(5).
 */
#ifndef BAYAZ_BUNDLE_VAULT_H
#define BAYAZ_BUNDLE_VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "bundle/tar.h"
#include "crypt/crypt.h"

/* Told now and then how far it is; NULL where one is asked for: nobody is. */
struct vault_watch {
	void (*progress)(void *context, uint64_t done_bytes,
		uint64_t all_bytes);
	void *context;
};

/* --- writing --- */

struct vault_writer;

/* The file is made beside PATH until vault_commit(); one of that name is
 * refused: ERR_CONFLICT.  `watch` is told of `all_bytes`.  NULL on failure. */
struct vault_writer *vault_create(const char *path, const char *passphrase,
	uint64_t all_bytes, const struct vault_watch *watch, struct err *err)
	MUST_CHECK;
/* Its next file: as many bytes as `fd` has from its start to its end now.
 * `path` is for messages.  ERR_LIMIT: 8 GiB or more. */
bool vault_put(struct vault_writer *writer, const char *name, int fd,
	const char *path, struct err *err) MUST_CHECK;
/* A piece of it, which is at most 8 GiB less one byte. */
bool vault_put_part(struct vault_writer *writer, const char *name, int fd,
	const char *path, uint64_t from, uint64_t n_bytes, struct err *err)
	MUST_CHECK;
/* It is on disk and has its name.  On failure vault_free() leaves nothing of
 * it. */
bool vault_commit(struct vault_writer *writer, struct err *err) MUST_CHECK;
/* Of all bytes of the sealed file, after vault_commit(). */
void vault_written(const struct vault_writer *writer, uint64_t *n_bytes,
	uint8_t sha256[SHA256_BYTES]);
void vault_free(struct vault_writer *writer);	/* NULL is fine */

/* --- reading --- */

struct vault_reader;

/* `no_vault`: what to say of a file that is something else (ERR_SPEC).
 * ERR_IO; ERR_CRYPTO: the passphrase is wrong.  NULL on failure. */
struct vault_reader *vault_open(const char *path, const char *passphrase,
	const char *no_vault, struct err *err) MUST_CHECK;
/* As tar_next() and tar_read() in tar.h.  ERR_CRYPTO: damaged. */
bool vault_next(struct vault_reader *reader, char name[TAR_NAME_BYTES],
	uint64_t *size_bytes, bool *end, struct err *err) MUST_CHECK;
bool vault_read(struct vault_reader *reader, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err) MUST_CHECK;
/* The rest of the file that vault_next() came to, as PATH, mode 0600. */
bool vault_take(struct vault_reader *reader, const char *path,
	struct err *err) MUST_CHECK;
/* After the last file: nothing is missing and nothing more comes. */
bool vault_end(struct vault_reader *reader, struct err *err) MUST_CHECK;
/* Of all bytes of the sealed file, after vault_end(). */
void vault_was_read(struct vault_reader *reader, uint64_t *n_bytes,
	uint8_t sha256[SHA256_BYTES]);
void vault_close(struct vault_reader *reader);	/* NULL is fine */

#endif
