/* Inside store/: what lies in a backup, and the table that tells of them. */
#ifndef BAYAZ_STORE_BACKUP_FILES_H
#define BAYAZ_STORE_BACKUP_FILES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/err.h"
#include "crypt/crypt.h"
#include "store/backup.h"

/* The database lies in parts, "store.db", "store.db.1" ...: one file of a tar
 * has less than 8 GiB. */
#define BACKUP_PART_BYTES (UINT64_C(4) << 30)
enum { BACKUP_NAME_BYTES = 96 };

void backup_part_name(unsigned part, char name[BACKUP_NAME_BYTES]);
/* "quarantine/HASH.bayaz": a bundle that was set aside. */
void backup_waiting_name(const uint8_t sha256[SHA256_BYTES],
	char name[BACKUP_NAME_BYTES]);
/* What to say of a file that is something else. */
const char *backup_no_store(void);

int64_t backup_changed_ns(const struct stat *st);

/* What is in the store now. */
bool backup_count(struct store *store, struct store_backup *backup,
	struct err *err) MUST_CHECK;
/* It lies at this path: a row, and a line of that kind in the log. */
bool backup_note(struct store *store, const char *path, const char *kind,
	struct store_backup *backup, struct err *err) MUST_CHECK;
/* By its sealed bytes; id 0: none. */
bool backup_find(struct store *store, const uint8_t sha256[SHA256_BYTES],
	struct store_backup *found, struct err *err) MUST_CHECK;
/* One that is there counts (again), and lies here. */
bool backup_lies(struct store *store, struct store_backup *backup,
	const char *path, struct err *err) MUST_CHECK;
/* It counts no more. */
bool backup_lost(struct store *store, const struct store_backup *backup,
	struct err *err) MUST_CHECK;

#endif
