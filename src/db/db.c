#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "db/db.h"
#include "db/fault.h"
#include "db/inside.h"

#define BUSY_TIMEOUT_MS 5000
/* With DB_MUCH pages that several commits change are copied once. */
enum { WAL_BYTES = 16 << 20, WAL_MUCH_BYTES = 64 << 20 };

struct db_stmt {
	struct db *db;
	sqlite3_stmt *handle;
	const char *sql;	/* the caller's literal; NULL: not kept */
	int bind_status;	/* the first failure of binding */
};

enum { RECENT = 256 };

struct db {
	sqlite3 *handle;
	char *path;
	bool read_only;
	db_may_read *may_read;	/* of a guarded connection; else NULL */
	void *may_context;
	VEC(struct db_stmt *) kept;
	struct db_stmt *recent[RECENT];	/* of those, by address of the SQL */
};

/* ---- failures ---- */

static bool fail_io(struct err *err, const struct db *db, int status)
{
	int place = status & 0xff;

	if (place == SQLITE_FULL)
		return err_set(err, ERR_IO,
			_("cannot write '%s': the disk is full"), db->path);
	if (place == SQLITE_BUSY || place == SQLITE_LOCKED)
		return err_set(err, ERR_IO,
			_("'%s' is in use by another program"), db->path);
	if (place == SQLITE_READONLY)
		return err_set(err, ERR_IO,
			_("cannot write '%s': it is open for reading only"),
			db->path);
	if (place == SQLITE_CANTOPEN)
		return err_set(err, ERR_IO, _("cannot open '%s': %s"),
			db->path, sqlite3_errmsg(db->handle));
	return err_set(err, ERR_IO, _("cannot read or write '%s': %s"),
		db->path, sqlite3_errmsg(db->handle));
}

bool db_fail(const struct db *db, int status, struct err *err)
{
	switch (status & 0xff) {
	case SQLITE_CORRUPT:
		return err_set(err, ERR_SPEC, _("'%s' is damaged"), db->path);
	case SQLITE_NOTADB:
		return err_set(err, ERR_SPEC,
			_("'%s' is damaged, or is not a database"), db->path);
	case SQLITE_FULL: case SQLITE_IOERR: case SQLITE_BUSY:
	case SQLITE_LOCKED: case SQLITE_READONLY: case SQLITE_CANTOPEN:
	case SQLITE_PERM: case SQLITE_AUTH: case SQLITE_PROTOCOL:
		return fail_io(err, db, status);
	case SQLITE_CONSTRAINT:
		return err_set(err, ERR_CONFLICT, _("'%s' refuses a row: %s"),
			db->path, sqlite3_errmsg(db->handle));
	case SQLITE_TOOBIG:
		return err_set(err, ERR_LIMIT,
			_("a value is too big for '%s'"), db->path);
	case SQLITE_NOMEM:
		return err_set(err, ERR_LIMIT, _("out of memory reading '%s'"),
			db->path);
	default:
		return err_set(err, ERR_INTERNAL,
			_("the database '%s' reports: %s"), db->path,
			sqlite3_errmsg(db->handle));
	}
}

/* ---- opening ---- */

/* SQLite gives a meaning to "", ":memory:" and "file:...": here they are
 * names of files like any other. */
static char *plain_path(const char *path)
{
	if (path[0] == ':' || str_starts(path, "file:"))
		return str_format("./%s", path);
	return xstrdup(path);
}

/* An owner-only file for SQLite to fill; its log takes over the mode. */
static bool make_file(const char *path, struct err *err)
{
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (file < 0)
		return err_set(err, ERR_IO, _("cannot create '%s': %s"), path,
			strerror(errno));
	close(file);
	return true;
}

/* What protects us from the file, before anything of it is read. */
static bool harden(struct db *db, unsigned how, struct err *err)
{
	int status = sqlite3_extended_result_codes(db->handle, 1);

	if (status == SQLITE_OK)
		status = sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0,
		NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	if (status != SQLITE_OK)
		return db_fail(db, status, err);
	return db_exec(db, "PRAGMA cell_size_check=ON;"
		"PRAGMA temp_store=MEMORY;"
		"PRAGMA mmap_size=0", err) &&
		/* of a file that has pages already it changes nothing */
		(!(how & DB_MUCH) ||
			db_exec(db, "PRAGMA page_size=16384", err));
}

/* Beyond that it is copied into the file at the next commit. */
static bool bound_wal(struct db *db, unsigned how, struct err *err)
{
	int64_t wal_bytes = (how & DB_MUCH) ? WAL_MUCH_BYTES : WAL_BYTES;
	int64_t page_bytes;
	char sql[64];

	if (!db_number(db, "PRAGMA page_size", &page_bytes, err))
		return false;
	snprintf(sql, sizeof sql, "PRAGMA wal_autocheckpoint=%d",
		(int)(wal_bytes / page_bytes));
	return db_exec(db, sql, err);
}

/* Not 2 MiB of pages: SQLite counts them by the size that they have when it is
 * told, which it knows from the file. */
static bool bound_cache(struct db *db, unsigned how, struct err *err)
{
	return db_exec(db, (how & DB_MUCH) ? "PRAGMA cache_size=-32768" :
		"PRAGMA cache_size=-16384", err);
}

/* The first real look at the file: damage shows here. */
static bool first_look(struct db *db, unsigned how, struct err *err)
{
	int64_t number;

	if (!db_number(db, "PRAGMA schema_version", &number, err) ||
	    !db_number(db, "SELECT count(*) FROM sqlite_schema", &number, err) ||
	    !bound_cache(db, how, err))
		return false;
	if (db->read_only)
		return true;
	return db_exec(db, "PRAGMA journal_mode=WAL;"
		"PRAGMA synchronous=FULL;"
		"PRAGMA secure_delete=ON", err) && bound_wal(db, how, err);
}

/* Before SQLite is used for the first time: it need not count its memory, which
 * takes a lock each time. */
static void configure(void)
{
	static bool done;

	if (!done)
		sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	done = true;
}

static struct db *open_handle(char *path, int flags, unsigned how,
	struct err *err)
{
	struct db *db = xcalloc(1, sizeof *db);
	int status;

	db->path = path;
	db->read_only = (how & DB_READ_ONLY) != 0;
	configure();
	status = sqlite3_open_v2(path, &db->handle,
		flags | SQLITE_OPEN_NOMUTEX, db_fault_vfs());
	if (status != SQLITE_OK) {
		db_fail(db, status, err);
		goto failed;
	}
	if (!harden(db, how, err) || !first_look(db, how, err))
		goto failed;
	return db;
failed:
	db_close(db);
	return NULL;
}

struct db *db_open(const char *path, unsigned flags, struct err *err)
{
	bool read_only = (flags & DB_READ_ONLY) != 0;
	char *plain;

	if (path[0] == '\0') {
		err_set(err, ERR_IO, _("the database has no file name"));
		return NULL;
	}
	plain = plain_path(path);
	if ((flags & DB_CREATE) && !read_only && !make_file(plain, err)) {
		free(plain);
		return NULL;
	}
	if (access(plain, F_OK) != 0) {
		err_set(err, ERR_IO, _("cannot open '%s': %s"), plain,
			strerror(errno));
		free(plain);
		return NULL;
	}
	return open_handle(plain, read_only ? SQLITE_OPEN_READONLY :
		SQLITE_OPEN_READWRITE, flags, err);
}

struct db *db_memory(struct err *err)
{
	return open_handle(xstrdup(":memory:"),
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, 0, err);
}

static void stmt_free(struct db_stmt *stmt)
{
	sqlite3_finalize(stmt->handle);
	free(stmt);
}

void db_close(struct db *db)
{
	if (db == NULL)
		return;
	for (size_t i = 0; i < db->kept.n; i++)
		stmt_free(db->kept.items[i]);
	vec_release(&db->kept);
	if (db->handle != NULL) {
		db_rollback(db);
		sqlite3_close_v2(db->handle);
	}
	free(db->path);
	free(db);
}

const char *db_path(const struct db *db)
{
	return db->path;
}

sqlite3 *db_handle(const struct db *db)
{
	return db->handle;
}

/* ---- migration ---- */

struct identity { int64_t application, version, n_tables; };

static bool read_identity(struct db *db, struct identity *is, struct err *err)
{
	return db_number(db, "PRAGMA application_id", &is->application, err) &&
		db_number(db, "PRAGMA user_version", &is->version, err) &&
		db_number(db, "SELECT count(*) FROM sqlite_schema",
			&is->n_tables, err);
}

static bool check_identity(const struct db *db, const struct identity *is,
	int32_t application_id, int n_steps, struct err *err)
{
	bool empty = is->application == 0 && is->version == 0 &&
		is->n_tables == 0;

	if (!empty && is->application != application_id)
		return err_set(err, ERR_SPEC,
			_("'%s' is a database of another kind"), db->path);
	if (is->version > n_steps)
		return err_set(err, ERR_SPEC,
			_("'%s' was written by a newer bayaz (its version %d, "
			  "known here up to %d)"), db->path, (int)is->version,
			n_steps);
	if (is->version < 0)
		return err_set(err, ERR_SPEC, _("'%s' is damaged"), db->path);
	if (is->version < n_steps && db->read_only)
		return err_set(err, ERR_SPEC,
			_("'%s' was written by an older bayaz and must be "
			  "opened for writing once"), db->path);
	return true;
}

static bool run_steps(struct db *db, int64_t from, int32_t application_id,
	const char *const steps[], int n_steps, struct err *err)
{
	char pragma[96];

	for (int64_t i = from; i < n_steps; i++)
		if (!db_exec(db, steps[i], err))
			return false;
	snprintf(pragma, sizeof pragma,
		"PRAGMA application_id=%d; PRAGMA user_version=%d",
		(int)application_id, n_steps);
	return db_exec(db, pragma, err);
}

bool db_migrate(struct db *db, int32_t application_id,
	const char *const steps[], int n_steps, struct err *err)
{
	struct identity is;

	if (!read_identity(db, &is, err) ||
	    !check_identity(db, &is, application_id, n_steps, err))
		return false;
	if (is.version == n_steps)
		return true;
	if (!db_begin(db, err))
		return false;
	/* another process may have been quicker */
	if (!read_identity(db, &is, err) ||
	    !check_identity(db, &is, application_id, n_steps, err) ||
	    !run_steps(db, is.version, application_id, steps, n_steps, err) ||
	    !db_commit(db, err)) {
		db_rollback(db);
		return false;
	}
	return true;
}

/* ---- statements ---- */

bool db_exec(struct db *db, const char *sql, struct err *err)
{
	int status = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return status == SQLITE_OK || db_fail(db, status, err);
}

bool db_begin(struct db *db, struct err *err)
{
	return db_exec(db, "BEGIN IMMEDIATE", err);
}

bool db_begin_read(struct db *db, struct err *err)
{
	int64_t number;

	/* a transaction begins with the first thing that is read */
	return db_exec(db, "BEGIN", err) &&
		db_number(db, "SELECT count(*) FROM sqlite_schema", &number,
			err);
}

bool db_commit(struct db *db, struct err *err)
{
	return db_exec(db, "COMMIT", err);
}

void db_rollback(struct db *db)
{
	if (db_in_transaction(db))
		sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

bool db_set_durable(struct db *db, bool durable, struct err *err)
{
	return db_exec(db, durable ? "PRAGMA synchronous=FULL" :
		"PRAGMA synchronous=NORMAL", err);
}

bool db_in_transaction(const struct db *db)
{
	return sqlite3_get_autocommit(db->handle) == 0;
}

bool db_savepoint(struct db *db, struct err *err)
{
	return db_exec(db, "SAVEPOINT nested", err);
}

bool db_savepoint_keep(struct db *db, struct err *err)
{
	return db_exec(db, "RELEASE nested", err);
}

void db_savepoint_undo(struct db *db)
{
	/* a full disk may have ended the transaction already */
	if (db_in_transaction(db))
		sqlite3_exec(db->handle, "ROLLBACK TO nested; RELEASE nested",
			NULL, NULL, NULL);
}

static struct db_stmt *compile(struct db *db, const char *sql, bool keep,
	struct err *err)
{
	struct db_stmt *stmt;
	sqlite3_stmt *handle;
	const char *rest;
	int status = sqlite3_prepare_v3(db->handle, sql, -1,
		keep ? SQLITE_PREPARE_PERSISTENT : 0, &handle, &rest);

	if (status != SQLITE_OK) {
		db_fail(db, status, err);
		return NULL;
	}
	if (handle == NULL || rest[strspn(rest, " \t\n;")] != '\0') {
		sqlite3_finalize(handle);
		err_set(err, ERR_INTERNAL, _("not one SQL statement: %s"), sql);
		return NULL;
	}
	stmt = xcalloc(1, sizeof *stmt);
	stmt->db = db;
	stmt->handle = handle;
	stmt->sql = keep ? sql : NULL;
	return stmt;
}

/* The text is compared too: built SQL may reuse an address. */
static bool is_free_for(const struct db_stmt *stmt, const char *sql)
{
	return stmt->sql == sql && !sqlite3_stmt_busy(stmt->handle) &&
		strcmp(sqlite3_sql(stmt->handle), sql) == 0;
}

static struct db_stmt *find_kept(struct db *db, const char *sql)
{
	struct db_stmt **recent =
		&db->recent[((uintptr_t)sql >> 3) % RECENT];

	if (*recent != NULL && is_free_for(*recent, sql))
		return *recent;
	for (size_t i = 0; i < db->kept.n; i++)
		if (is_free_for(db->kept.items[i], sql))
			return *recent = db->kept.items[i];
	return NULL;
}

struct db_stmt *db_prepare(struct db *db, const char *sql, struct err *err)
{
	struct db_stmt *stmt = find_kept(db, sql);

	if (stmt != NULL) {
		db_reset(stmt);
		return stmt;
	}
	stmt = compile(db, sql, true, err);
	if (stmt != NULL)
		vec_push(&db->kept, stmt);
	return stmt;
}

struct db_stmt *db_prepare_once(struct db *db, const char *sql,
	struct err *err)
{
	return compile(db, sql, false, err);
}

void db_free(struct db_stmt *stmt)
{
	if (stmt != NULL)
		stmt_free(stmt);
}

/* ---- what a person typed ---- */

enum { QUERY_MAX_BYTES = 100000, VALUE_MAX_BYTES = 64 << 20 };

/* What tells of the schema and changes nothing. */
static bool is_telling(const char *pragma)
{
	static const char *const telling[] = {
		"table_info", "table_xinfo", "table_list", "foreign_key_list",
		"index_list", "index_info", "index_xinfo"
	};

	for (size_t i = 0; i < sizeof telling / sizeof *telling; i++)
		if (sqlite3_stricmp(pragma, telling[i]) == 0)
			return true;
	return false;
}

static int authorize(void *context, int action, const char *what,
	const char *detail, const char *database, const char *accessor)
{
	const struct db *db = context;
	bool ok = false;

	(void)database;
	(void)accessor;
	switch (action) {
	case SQLITE_SELECT: case SQLITE_RECURSIVE:
		ok = true;
		break;
	case SQLITE_FUNCTION:
		ok = sqlite3_stricmp(detail, "load_extension") != 0;
		break;
	case SQLITE_PRAGMA:
		ok = is_telling(what);
		break;
	case SQLITE_READ:
		ok = db->may_read(db->may_context, what,
			detail != NULL ? detail : "");
		break;
	}
	return ok ? SQLITE_OK : SQLITE_DENY;
}

void db_only_read(struct db *db, db_may_read *may, void *context)
{
	db->may_read = may;
	db->may_context = context;
	sqlite3_limit(db->handle, SQLITE_LIMIT_LENGTH, VALUE_MAX_BYTES);
	sqlite3_limit(db->handle, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_set_authorizer(db->handle, authorize, db);
}

static bool is_query(sqlite3_stmt *handle, const char *rest)
{
	return handle != NULL && rest[strspn(rest, " \t\r\n;")] == '\0' &&
		sqlite3_stmt_readonly(handle) != 0 &&
		sqlite3_column_count(handle) > 0;
}

struct db_stmt *db_query(struct db *db, const char *sql, struct err *err)
{
	struct db_stmt *stmt;
	sqlite3_stmt *handle = NULL;
	const char *rest = "";
	int status;

	if (strlen(sql) > QUERY_MAX_BYTES) {
		err_set(err, ERR_LIMIT, _("this is more SQL than is read at once"));
		return NULL;
	}
	status = sqlite3_prepare_v2(db->handle, sql, -1, &handle, &rest);
	if (status == SQLITE_OK && is_query(handle, rest)) {
		stmt = xcalloc(1, sizeof *stmt);
		stmt->db = db;
		stmt->handle = handle;
		return stmt;
	}
	sqlite3_finalize(handle);
	if (status == SQLITE_ERROR)
		err_set(err, ERR_SYNTAX, _("this SQL cannot be run: %s"),
			sqlite3_errmsg(db->handle));
	else if (status == SQLITE_OK || status == SQLITE_AUTH)
		err_set(err, ERR_REFUSED,
			_("only one SELECT, which changes nothing, is run"));
	else
		db_fail(db, status, err);
	return NULL;
}

/* ---- values in ---- */

static void bound(struct db_stmt *stmt, int status)
{
	if (stmt->bind_status == SQLITE_OK)
		stmt->bind_status = status;
}

void db_bind_textn(struct db_stmt *stmt, int at, const char *text, size_t n)
{
	if (text == NULL)
		bound(stmt, sqlite3_bind_null(stmt->handle, at));
	else
		bound(stmt, sqlite3_bind_text64(stmt->handle, at, text, n,
			SQLITE_TRANSIENT, SQLITE_UTF8));
}

void db_lend_text(struct db_stmt *stmt, int at, const char *text)
{
	bound(stmt, text == NULL ? sqlite3_bind_null(stmt->handle, at) :
		sqlite3_bind_text64(stmt->handle, at, text, strlen(text),
			SQLITE_STATIC, SQLITE_UTF8));
}

void db_lend_blob(struct db_stmt *stmt, int at, const void *bytes, size_t n)
{
	bound(stmt, sqlite3_bind_blob64(stmt->handle, at, bytes, n,
		SQLITE_STATIC));
}

void db_bind_text(struct db_stmt *stmt, int at, const char *text)
{
	db_bind_textn(stmt, at, text, text != NULL ? strlen(text) : 0);
}

void db_bind_int(struct db_stmt *stmt, int at, int64_t number)
{
	bound(stmt, sqlite3_bind_int64(stmt->handle, at, number));
}

void db_bind_double(struct db_stmt *stmt, int at, double number)
{
	bound(stmt, sqlite3_bind_double(stmt->handle, at, number));
}

void db_bind_blob(struct db_stmt *stmt, int at, const void *bytes, size_t n)
{
	if (bytes == NULL)
		bound(stmt, sqlite3_bind_null(stmt->handle, at));
	else
		bound(stmt, sqlite3_bind_blob64(stmt->handle, at, bytes, n,
			SQLITE_TRANSIENT));
}

void db_bind_null(struct db_stmt *stmt, int at)
{
	bound(stmt, sqlite3_bind_null(stmt->handle, at));
}

/* ---- rows out ---- */

enum db_result db_step(struct db_stmt *stmt, struct err *err)
{
	int status = stmt->bind_status;

	if (status == SQLITE_OK)
		status = sqlite3_step(stmt->handle);
	if (status == SQLITE_ROW)
		return DB_ROW;
	if (status != SQLITE_DONE)
		db_fail(stmt->db, status, err);
	sqlite3_reset(stmt->handle);
	stmt->bind_status = SQLITE_OK;
	return status == SQLITE_DONE ? DB_DONE : DB_FAILED;
}

bool db_run(struct db_stmt *stmt, struct err *err)
{
	enum db_result result;

	while ((result = db_step(stmt, err)) == DB_ROW)
		;
	return result == DB_DONE;
}

void db_reset(struct db_stmt *stmt)
{
	sqlite3_reset(stmt->handle);
	sqlite3_clear_bindings(stmt->handle);
	stmt->bind_status = SQLITE_OK;
}

const char *db_text(struct db_stmt *stmt, int column)
{
	return (const char *)sqlite3_column_text(stmt->handle, column);
}

size_t db_text_len(struct db_stmt *stmt, int column)
{
	sqlite3_column_text(stmt->handle, column);
	return (size_t)sqlite3_column_bytes(stmt->handle, column);
}

int64_t db_int(struct db_stmt *stmt, int column)
{
	return sqlite3_column_int64(stmt->handle, column);
}

double db_double(struct db_stmt *stmt, int column)
{
	return sqlite3_column_double(stmt->handle, column);
}

const void *db_blob(struct db_stmt *stmt, int column, size_t *n_bytes)
{
	const void *bytes = sqlite3_column_blob(stmt->handle, column);

	*n_bytes = (size_t)sqlite3_column_bytes(stmt->handle, column);
	return bytes;
}

enum db_type db_type(struct db_stmt *stmt, int column)
{
	switch (sqlite3_column_type(stmt->handle, column)) {
	case SQLITE_INTEGER: return DB_INT;
	case SQLITE_FLOAT: return DB_DOUBLE;
	case SQLITE_TEXT: return DB_TEXT;
	case SQLITE_BLOB: return DB_BLOB;
	default: return DB_NULL;
	}
}

bool db_is_null(struct db_stmt *stmt, int column)
{
	return db_type(stmt, column) == DB_NULL;
}

int db_columns(struct db_stmt *stmt)
{
	return sqlite3_column_count(stmt->handle);
}

const char *db_column_name(struct db_stmt *stmt, int column)
{
	return sqlite3_column_name(stmt->handle, column);
}

int64_t db_last_row_id(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int64_t db_changes(const struct db *db)
{
	return sqlite3_changes(db->handle);
}

bool db_number(struct db *db, const char *sql, int64_t *out, struct err *err)
{
	struct db_stmt *stmt = compile(db, sql, false, err);
	enum db_result result;

	*out = 0;
	if (stmt == NULL)
		return false;
	result = db_step(stmt, err);
	if (result == DB_ROW)
		*out = db_int(stmt, 0);
	stmt_free(stmt);
	return result != DB_FAILED;
}

char *db_quote_name(const char *name)
{
	struct str quoted = STR_INIT;

	str_addc(&quoted, '"');
	for (; *name != '\0'; name++) {
		if (*name == '"')
			str_addc(&quoted, '"');
		str_addc(&quoted, *name);
	}
	str_addc(&quoted, '"');
	return str_steal(&quoted);
}

/* ---- care ---- */

int64_t db_pages_seen(const struct db *db)
{
	int hits = 0, misses = 0, most;

	sqlite3_db_status(db->handle, SQLITE_DBSTATUS_CACHE_HIT, &hits, &most,
		0);
	sqlite3_db_status(db->handle, SQLITE_DBSTATUS_CACHE_MISS, &misses,
		&most, 0);
	return (int64_t)hits + misses;
}

bool db_checkpoint(struct db *db, struct err *err)
{
	int64_t blocked;

	if (!db_number(db, "PRAGMA wal_checkpoint(TRUNCATE)", &blocked, err))
		return false;
	if (blocked != 0)
		return db_fail(db, SQLITE_BUSY, err);
	return true;
}

bool db_verify(struct db *db, struct err *err)
{
	struct db_stmt *stmt = compile(db, "PRAGMA quick_check(1)", false, err);
	bool ok;

	if (stmt == NULL)
		return false;
	if (db_step(stmt, err) == DB_FAILED) {
		stmt_free(stmt);
		return false;
	}
	ok = db_text(stmt, 0) != NULL && strcmp(db_text(stmt, 0), "ok") == 0;
	stmt_free(stmt);
	return ok || db_fail(db, SQLITE_CORRUPT, err);
}
