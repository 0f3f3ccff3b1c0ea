/*
 * SQLite, opened so that a damaged or hostile file cannot do harm and a
 * committed change survives the plug being pulled: WAL, synchronous FULL,
 * foreign keys on, no trusted schema, deleted content overwritten, nothing
 * temporary on disk, new files readable by their owner only.
 *
 * Failures: ERR_IO (the system, a full disk, a file in use), ERR_SPEC (not a
 * database of ours, damaged, made by a newer bayaz), ERR_CONFLICT (a
 * constraint), ERR_LIMIT (too big), ERR_INTERNAL (our SQL is wrong).  Messages
 * name the file; they never hold a bound value.
 */
#ifndef BAYAZ_DB_DB_H
#define BAYAZ_DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct db;
struct db_stmt;

enum db_flags {
	DB_CREATE = 1,		/* make the file if there is none, mode 0600 */
	DB_READ_ONLY = 2,	/* change nothing, whatever is asked */
	DB_MUCH = 4,		/* for much that is written at once: more memory
				 * (32 MiB, not 16), and large pages if it is new */
};

/* NULL on failure.  `flags` 0: an existing file, for reading and writing. */
struct db *db_open(const char *path, unsigned flags, struct err *err)
	MUST_CHECK;
/* A database that is never on disk. */
struct db *db_memory(struct err *err) MUST_CHECK;
void db_close(struct db *db);		/* rolls back what is open; NULL is fine */
const char *db_path(const struct db *db);	/* ":memory:" for db_memory() */

/*
 * Bring the tables to version `n_steps`: step i holds the SQL that leads from
 * version i to i + 1 (user_version); all in one transaction.  An empty file
 * becomes ours (application_id).  Refused: another application_id, a newer
 * version, an older one in a file opened for reading only.
 */
bool db_migrate(struct db *db, int32_t application_id,
	const char *const steps[], int n_steps, struct err *err) MUST_CHECK;

/* One or more statements without values. */
bool db_exec(struct db *db, const char *sql, struct err *err) MUST_CHECK;

/* The write lock is taken at db_begin().  db_rollback() is fine when nothing
 * is open.  db_nested() names a savepoint inside a transaction. */
bool db_begin(struct db *db, struct err *err) MUST_CHECK;
bool db_commit(struct db *db, struct err *err) MUST_CHECK;
void db_rollback(struct db *db);
/* From now until db_rollback() what is read is the state of this moment; others
 * may write meanwhile. */
bool db_begin_read(struct db *db, struct err *err) MUST_CHECK;
/* Whether a commit waits for the disk, as it does from the start.  If not, it
 * outlives the program, and a power cut once another has waited; what is there
 * is never half.  Outside of a transaction. */
bool db_set_durable(struct db *db, bool durable, struct err *err) MUST_CHECK;
bool db_in_transaction(const struct db *db);
bool db_savepoint(struct db *db, struct err *err) MUST_CHECK;
bool db_savepoint_keep(struct db *db, struct err *err) MUST_CHECK;
void db_savepoint_undo(struct db *db);

/*
 * A statement of `db`, kept for the next time the same SQL is asked for (`sql`
 * should be a literal: it is found by its address); unbound, ready to bind.
 * While one is between rows, asking again gives another one.  NULL on failure.
 */
struct db_stmt *db_prepare(struct db *db, const char *sql, struct err *err)
	MUST_CHECK;
/* For SQL that is built: not kept; db_free() it. */
struct db_stmt *db_prepare_once(struct db *db, const char *sql,
	struct err *err) MUST_CHECK;
void db_free(struct db_stmt *stmt);	/* of db_prepare_once(); NULL is fine */

/*
 * For SQL that a person typed.  From db_only_read() on the connection reads and
 * does nothing else, and of tables and columns only what `may` allows (column
 * "": the table is named, no column of it); no value is longer than 64 MiB.
 * db_query() is then one statement that gives rows; db_free() it.  NULL:
 * ERR_SYNTAX with what SQLite says of it, ERR_LIMIT (too long), ERR_REFUSED.
 */
typedef bool db_may_read(void *context, const char *table, const char *column);
void db_only_read(struct db *db, db_may_read *may, void *context);
struct db_stmt *db_query(struct db *db, const char *sql, struct err *err)
	MUST_CHECK;

/* Parameters count from 1; values are copied.  NULL text or blob binds NULL.
 * What goes wrong is reported by db_step(). */
void db_bind_text(struct db_stmt *stmt, int at, const char *text);
/* The same without a copy: the text lives until the statement was stepped to
 * its end, and is bound anew before it is stepped again. */
void db_lend_text(struct db_stmt *stmt, int at, const char *text);
void db_lend_blob(struct db_stmt *stmt, int at, const void *bytes, size_t n);
void db_bind_textn(struct db_stmt *stmt, int at, const char *text, size_t n);
void db_bind_int(struct db_stmt *stmt, int at, int64_t number);
void db_bind_double(struct db_stmt *stmt, int at, double number);
void db_bind_blob(struct db_stmt *stmt, int at, const void *bytes, size_t n);
void db_bind_null(struct db_stmt *stmt, int at);

enum db_result { DB_FAILED, DB_ROW, DB_DONE };

/* After DB_DONE and DB_FAILED the statement is reset (values stay bound). */
enum db_result db_step(struct db_stmt *stmt, struct err *err) MUST_CHECK;
/* Step to the end, throwing rows away. */
bool db_run(struct db_stmt *stmt, struct err *err) MUST_CHECK;
/* End a walk before its end, so that its locks go.  Values are unbound. */
void db_reset(struct db_stmt *stmt);

/* Columns count from 0.  Text and blobs are borrowed until the next step or
 * reset; text is NULL for SQL's NULL, and NUL-terminated. */
const char *db_text(struct db_stmt *stmt, int column);
size_t db_text_len(struct db_stmt *stmt, int column);	/* bytes */
int64_t db_int(struct db_stmt *stmt, int column);
double db_double(struct db_stmt *stmt, int column);
const void *db_blob(struct db_stmt *stmt, int column, size_t *n_bytes);
bool db_is_null(struct db_stmt *stmt, int column);
enum db_type { DB_NULL, DB_INT, DB_DOUBLE, DB_TEXT, DB_BLOB };
enum db_type db_type(struct db_stmt *stmt, int column);
int db_columns(struct db_stmt *stmt);
const char *db_column_name(struct db_stmt *stmt, int column);

int64_t db_last_row_id(const struct db *db);
int64_t db_changes(const struct db *db);	/* rows of the last statement */

/* The one number that `sql` selects; 0 for no row or NULL. */
bool db_number(struct db *db, const char *sql, int64_t *out, struct err *err)
	MUST_CHECK;

/* "name" quoted as an SQL identifier; free() it. */
char *db_quote_name(const char *name) RETURNS_NONNULL;

/* Move everything into the main file and empty the log, so that what was
 * deleted is in neither.  Fails while another program reads. */
bool db_checkpoint(struct db *db, struct err *err) MUST_CHECK;

/* Look through the whole file for damage. */
bool db_verify(struct db *db, struct err *err) MUST_CHECK;

/* Told now and then how far it is, in pages. */
struct db_watch {
	void (*progress)(void *context, uint64_t done, uint64_t all);
	void *context;
};
/* A copy of the whole database as db_begin_read() sees it: an open file in the
 * same folder that has no name, so that nothing stays of it when it is closed,
 * however the program ends.  `watch` may be NULL.  -1 on failure. */
int db_copy(struct db *db, const struct db_watch *watch, struct err *err)
	MUST_CHECK;

/* For tests: pages of the file that were looked at since it was opened, in
 * memory or on disk. */
int64_t db_pages_seen(const struct db *db);

/* For tests: from now on the nth (from 1) write or sync of any database in
 * this process fails as on a full disk; 0 stops that. */
void db_fail_nth(unsigned n);
/* Before it, the process ends as if it had been killed. */
void db_kill_nth(unsigned n);

#endif
