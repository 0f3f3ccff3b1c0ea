/* A copy of a database that is in use. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "db/db.h"
#include "db/fault.h"
#include "db/inside.h"

enum { STEP_PAGES = 1024 };

static int step_all(sqlite3_backup *backup, const struct db_watch *watch)
{
	int status;

	do {
		status = sqlite3_backup_step(backup, STEP_PAGES);
		if (watch != NULL && sqlite3_backup_pagecount(backup) > 0) {
			int all = sqlite3_backup_pagecount(backup);
			int left = sqlite3_backup_remaining(backup);

			watch->progress(watch->context, (uint64_t)(all - left),
				(uint64_t)all);
		}
	} while (status == SQLITE_OK);
	return status;
}

/* It is thrown away if anything goes wrong: no journal, no waiting. */
static int copy_pages(struct db *db, sqlite3 *to, const struct db_watch *watch)
{
	sqlite3_backup *backup;
	int status = sqlite3_exec(to, "PRAGMA journal_mode=OFF;"
		"PRAGMA synchronous=OFF", NULL, NULL, NULL);

	if (status != SQLITE_OK)
		return status;
	backup = sqlite3_backup_init(to, "main", db_handle(db), "main");
	if (backup == NULL)
		return sqlite3_errcode(to);
	status = step_all(backup, watch);
	sqlite3_backup_finish(backup);
	return status == SQLITE_DONE ? SQLITE_OK : status;
}

/* The name goes before anything is written under it. */
static int open_nameless(const char *path, sqlite3 **to, struct err *err)
{
	int file;

	unlink(path);
	file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0) {
		err_set(err, ERR_IO, _("cannot create '%s': %s"), path,
			strerror(errno));
		return -1;
	}
	if (sqlite3_open_v2(path, to, SQLITE_OPEN_READWRITE |
			SQLITE_OPEN_NOMUTEX, db_fault_vfs()) != SQLITE_OK) {
		err_set(err, ERR_IO, _("cannot open '%s': %s"), path,
			sqlite3_errmsg(*to));
		close(file);
		file = -1;
	}
	unlink(path);
	return file;
}

int db_copy(struct db *db, const struct db_watch *watch, struct err *err)
{
	char *path = str_format("%s-copy", db_path(db));
	sqlite3 *to = NULL;
	int file = open_nameless(path, &to, err), status;

	if (file >= 0) {
		status = copy_pages(db, to, watch);
		if (status != SQLITE_OK) {
			db_fail(db, status, err);
			close(file);
			file = -1;
		}
	}
	sqlite3_close(to);
	free(path);
	return file;
}
