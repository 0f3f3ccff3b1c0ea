/* db: opening safely, statements, migrations, damage, full disks. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "db/db.h"

#define OUR_ID 0x62617961
#define THEIR_ID 0x12345678

static const char *const steps[] = {
	"CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
	"ALTER TABLE person ADD COLUMN age INTEGER;"
	"CREATE UNIQUE INDEX person_name ON person (name)",
};

static char folder[] = "/tmp/bayaz-test-db-XXXXXX";
static char path[64];
static struct err err;

static int make_place(void **state)
{
	static bool made;

	(void)state;
	if (!made && mkdtemp(folder) == NULL)
		return -1;
	made = true;
	snprintf(path, sizeof path, "%s/people.db", folder);
	err_clear(&err);
	return 0;
}

static int clear_place(void **state)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };

	(void)state;
	db_fail_nth(0);
	for (size_t i = 0; i < 4; i++) {
		char *name = str_format("%s%s", path, suffixes[i]);

		unlink(name);
		free(name);
	}
	return 0;
}

static int remove_place(void **state)
{
	(void)state;
	return rmdir(folder);
}

static struct db *open_people(void)
{
	struct db *db = db_open(path, DB_CREATE, &err);

	assert_non_null(db);
	if (!db_migrate(db, OUR_ID, steps, 2, &err))
		fail_msg("%s", err.message);
	return db;
}

static bool add_person(struct db *db, const char *name, int64_t age)
{
	struct db_stmt *stmt = db_prepare(db,
		"INSERT INTO person (name, age) VALUES (?, ?)", &err);

	assert_non_null(stmt);
	db_bind_text(stmt, 1, name);
	db_bind_int(stmt, 2, age);
	return db_run(stmt, &err);
}

static int64_t count_people(struct db *db)
{
	int64_t n = -1;

	assert_true(db_number(db, "SELECT count(*) FROM person", &n, &err));
	return n;
}

static void what_was_put_in_comes_out(void **state)
{
	struct db *db = db_memory(&err);
	struct db_stmt *in, *out;
	const void *bytes;
	size_t n;

	(void)state;
	assert_non_null(db);
	assert_true(db_exec(db, "CREATE TABLE t (a, b, c, d, e)", &err));
	in = db_prepare(db, "INSERT INTO t VALUES (?, ?, ?, ?, ?)", &err);
	db_bind_text(in, 1, "بیاض");
	db_bind_int(in, 2, INT64_MIN);
	db_bind_double(in, 3, 0.5);
	db_bind_blob(in, 4, "a\0b", 3);
	db_bind_text(in, 5, NULL);
	assert_true(db_run(in, &err));
	out = db_prepare(db, "SELECT * FROM t", &err);
	assert_int_equal(db_step(out, &err), DB_ROW);
	assert_string_equal(db_text(out, 0), "بیاض");
	assert_int_equal(db_text_len(out, 0), strlen("بیاض"));
	assert_true(db_int(out, 1) == INT64_MIN);
	assert_true(db_double(out, 2) == 0.5);
	bytes = db_blob(out, 3, &n);
	assert_int_equal(n, 3);
	assert_memory_equal(bytes, "a\0b", 3);
	assert_true(db_is_null(out, 4));
	assert_null(db_text(out, 4));
	assert_int_equal(db_step(out, &err), DB_DONE);
	db_close(db);
}

static void a_statement_between_rows_is_not_given_twice(void **state)
{
	static const char sql[] = "SELECT name FROM person ORDER BY name";
	struct db *db = open_people();
	struct db_stmt *outer, *inner;

	(void)state;
	assert_true(add_person(db, "a", 1) && add_person(db, "b", 2));
	outer = db_prepare(db, sql, &err);
	assert_int_equal(db_step(outer, &err), DB_ROW);
	inner = db_prepare(db, sql, &err);
	assert_ptr_not_equal(inner, outer);
	assert_int_equal(db_step(inner, &err), DB_ROW);
	assert_int_equal(db_step(outer, &err), DB_ROW);
	assert_string_equal(db_text(outer, 0), "b");
	db_reset(inner);
	assert_int_equal(db_step(outer, &err), DB_DONE);
	/* both rest now: the first is found again */
	assert_ptr_equal(db_prepare(db, sql, &err), outer);
	db_close(db);
}

static void wrong_sql_and_wrong_places_are_errors(void **state)
{
	struct db *db = open_people();
	struct db_stmt *stmt;

	(void)state;
	assert_null(db_prepare(db, "SELECT nothing FROM nowhere", &err));
	assert_int_equal(err.code, ERR_INTERNAL);
	assert_null(db_prepare(db, "SELECT 1; SELECT 2", &err));
	assert_null(db_prepare(db, " ", &err));
	stmt = db_prepare(db, "SELECT ?", &err);
	db_bind_int(stmt, 7, 1);
	assert_int_equal(db_step(stmt, &err), DB_FAILED);
	db_bind_int(stmt, 1, 1);
	assert_int_equal(db_step(stmt, &err), DB_ROW);
	db_close(db);
}

static void a_broken_constraint_is_a_conflict_without_the_value(void **state)
{
	struct db *db = open_people();

	(void)state;
	assert_true(add_person(db, "canary", 1));
	assert_false(add_person(db, "canary", 2));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_null(strstr(err.message, "canary"));
	assert_true(add_person(db, "other", 2));
	db_close(db);
}

static void a_commit_stays_and_a_rollback_goes(void **state)
{
	struct db *db = open_people();

	(void)state;
	assert_true(db_begin(db, &err));
	assert_true(add_person(db, "stays", 1));
	assert_true(db_savepoint(db, &err));
	assert_true(add_person(db, "undone", 1));
	db_savepoint_undo(db);
	assert_true(db_savepoint(db, &err));
	assert_true(add_person(db, "kept", 1));
	assert_true(db_savepoint_keep(db, &err));
	assert_true(db_commit(db, &err));
	assert_true(db_begin(db, &err));
	assert_true(add_person(db, "goes", 1));
	db_rollback(db);
	db_rollback(db);
	db_close(db);
	db = open_people();
	assert_int_equal(count_people(db), 2);
	db_close(db);
}

static void closing_rolls_back(void **state)
{
	struct db *db = open_people();

	(void)state;
	assert_true(db_begin(db, &err));
	assert_true(add_person(db, "goes", 1));
	db_close(db);
	db = open_people();
	assert_int_equal(count_people(db), 0);
	db_close(db);
}

static void a_new_file_is_its_owners_only(void **state)
{
	struct db *db = open_people();
	struct stat is;
	char *log = str_format("%s-wal", path);

	(void)state;
	assert_true(add_person(db, "a", 1));
	assert_int_equal(stat(path, &is), 0);
	assert_int_equal(is.st_mode & 0777, 0600);
	assert_int_equal(stat(log, &is), 0);
	assert_int_equal(is.st_mode & 0777, 0600);
	free(log);
	db_close(db);
}

static void deleted_content_is_in_no_file_after_a_checkpoint(void **state)
{
	struct str bytes = STR_INIT;
	struct db *db = open_people();
	char *log = str_format("%s-wal", path);

	(void)state;
	assert_true(add_person(db, "CANARY-7f3a-in-a-row", 1));
	assert_true(db_checkpoint(db, &err));
	assert_true(file_read(path, 1 << 20, &bytes, &err));
	assert_non_null(memmem(bytes.data, bytes.len, "CANARY-7f3a", 11));
	assert_true(db_exec(db, "DELETE FROM person", &err));
	assert_true(db_checkpoint(db, &err));
	str_clear(&bytes);
	assert_true(file_read(path, 1 << 20, &bytes, &err));
	assert_true(file_read(log, 1 << 20, &bytes, &err));
	assert_null(memmem(bytes.data, bytes.len, "CANARY-7f3a", 11));
	db_close(db);
	str_release(&bytes);
	free(log);
}

static void a_migration_runs_the_steps_that_miss(void **state)
{
	struct db *db = db_open(path, DB_CREATE, &err);
	int64_t n;

	(void)state;
	assert_non_null(db);
	assert_true(db_migrate(db, OUR_ID, steps, 1, &err));
	assert_true(db_exec(db, "INSERT INTO person (name) VALUES ('old')",
		&err));
	db_close(db);
	db = open_people();
	assert_true(db_migrate(db, OUR_ID, steps, 2, &err));
	assert_true(db_number(db, "PRAGMA user_version", &n, &err));
	assert_int_equal(n, 2);
	assert_true(db_number(db, "SELECT age IS NULL FROM person", &n, &err));
	assert_int_equal(n, 1);
	db_close(db);
}

static void a_failing_step_leaves_the_old_version(void **state)
{
	const char *const bad[] = { steps[0], "CREATE TABLE other (a);"
		"CREATE TABLE person (again)" };
	struct db *db = db_open(path, DB_CREATE, &err);
	int64_t n;

	(void)state;
	assert_true(db_migrate(db, OUR_ID, bad, 1, &err));
	assert_false(db_migrate(db, OUR_ID, bad, 2, &err));
	assert_true(db_number(db, "PRAGMA user_version", &n, &err));
	assert_int_equal(n, 1);
	assert_true(db_number(db, "SELECT count(*) FROM sqlite_schema "
		"WHERE name = 'other'", &n, &err));
	assert_int_equal(n, 0);
	db_close(db);
}

static void a_newer_version_is_refused(void **state)
{
	struct db *db = open_people();

	(void)state;
	db_close(db);
	db = db_open(path, 0, &err);
	assert_false(db_migrate(db, OUR_ID, steps, 1, &err));
	assert_int_equal(err.code, ERR_SPEC);
	assert_non_null(strstr(err.message, "newer"));
	assert_non_null(strstr(err.message, path));
	db_close(db);
}

static void a_foreign_database_is_refused(void **state)
{
	struct db *db = db_open(path, DB_CREATE, &err);

	(void)state;
	assert_true(db_exec(db, "CREATE TABLE theirs (a)", &err));
	assert_false(db_migrate(db, OUR_ID, steps, 2, &err));
	assert_int_equal(err.code, ERR_SPEC);
	assert_non_null(strstr(err.message, path));
	assert_true(db_exec(db, "PRAGMA application_id=305419896", &err));
	assert_false(db_migrate(db, OUR_ID, steps, 2, &err));
	assert_true(db_migrate(db, THEIR_ID, steps, 2, &err));
	db_close(db);
}

static void reading_only_changes_nothing(void **state)
{
	struct db *db = open_people();

	(void)state;
	assert_true(add_person(db, "a", 1));
	db_close(db);
	db = db_open(path, DB_READ_ONLY, &err);
	assert_non_null(db);
	assert_true(db_migrate(db, OUR_ID, steps, 2, &err));
	assert_int_equal(count_people(db), 1);
	assert_false(add_person(db, "b", 1));
	assert_int_equal(err.code, ERR_IO);
	db_close(db);
}

static void a_file_that_is_not_there_is_not_made(void **state)
{
	(void)state;
	assert_null(db_open(path, 0, &err));
	assert_int_equal(err.code, ERR_IO);
	assert_non_null(strstr(err.message, path));
	assert_false(file_exists(path));
	assert_null(db_open("", DB_CREATE, &err));
}

/* Everything a damaged file may do is fail, with its name. */
static void use_damaged(void)
{
	struct db *db = db_open(path, 0, &err);
	struct db_stmt *stmt;
	bool ok = db != NULL && db_migrate(db, OUR_ID, steps, 2, &err);

	if (ok && (ok = db_verify(db, &err))) {
		stmt = db_prepare(db, "SELECT name, age FROM person", &err);
		ok = stmt != NULL && db_run(stmt, &err);
	}
	if (!ok)
		assert_non_null(strstr(err.message, path));
	db_close(db);
}

static void fill_for_damage(struct str *bytes)
{
	struct db *db = open_people();

	for (int i = 0; i < 200; i++) {
		char name[32];

		snprintf(name, sizeof name, "person number %d", i);
		assert_true(add_person(db, name, i));
	}
	assert_true(db_checkpoint(db, &err));
	db_close(db);
	assert_true(file_read(path, 1 << 20, bytes, &err));
}

static void a_damaged_file_is_an_error_with_its_name(void **state)
{
	struct str bytes = STR_INIT;

	(void)state;
	fill_for_damage(&bytes);
	for (size_t at = 0; at < bytes.len; at += 101) {
		bytes.data[at] = (char)(bytes.data[at] ^ 0x55);
		assert_true(file_write(path, bytes.data, bytes.len, 0600,
			&err));
		use_damaged();
		bytes.data[at] = (char)(bytes.data[at] ^ 0x55);
	}
	/* and for certain: no header, no second page */
	memset(bytes.data + 4096, 0xff, 512);
	assert_true(file_write(path, bytes.data, bytes.len, 0600, &err));
	err_clear(&err);
	use_damaged();
	assert_int_equal(err.code, ERR_SPEC);
	assert_true(file_write(path, "no database at all, but text", 28, 0600,
		&err));
	err_clear(&err);
	use_damaged();
	assert_int_equal(err.code, ERR_SPEC);
	str_release(&bytes);
}

static void a_cut_file_is_an_error(void **state)
{
	struct str bytes = STR_INIT;

	(void)state;
	fill_for_damage(&bytes);
	for (size_t n = 1; n < bytes.len; n += 997) {
		assert_true(file_write(path, bytes.data, n, 0600, &err));
		use_damaged();
	}
	str_release(&bytes);
}

/* Whichever write fails: what was committed before is there, and the person
 * whose adding was confirmed. */
static void a_full_disk_loses_nothing_confirmed(void **state)
{
	unsigned n_failures = 0;

	(void)state;
	db_fail_nth(0);
	for (unsigned n = 1; n < 40; n++) {
		struct db *db = open_people();
		bool ok;

		assert_true(add_person(db, "before", 1));
		db_fail_nth(n);
		ok = add_person(db, "during", 2);
		if (!ok) {
			n_failures++;
			assert_int_equal(err.code, ERR_IO);
		}
		db_fail_nth(0);
		db_close(db);
		db = open_people();
		assert_true(db_verify(db, &err));
		assert_in_range(count_people(db), ok ? 2 : 1, 2);
		db_close(db);
		clear_place(NULL);
	}
	assert_in_range(n_failures, 1, 39);
}

static size_t n_in_copy(int fd)
{
	char *name = str_format("/proc/self/fd/%d", fd), *copy = str_format(
		"%s-journal", path);	/* clear_place() knows that name */
	struct str bytes = STR_INIT;
	struct db *db;
	size_t n;

	assert_true(file_read(name, 1 << 20, &bytes, &err));
	assert_true(file_write(copy, bytes.data, bytes.len, 0600, &err));
	db = db_open(copy, 0, &err);
	assert_non_null(db);
	assert_true(db_verify(db, &err));
	n = (size_t)count_people(db);
	db_close(db);
	str_release(&bytes);
	free(copy);
	free(name);
	return n;
}

static void a_copy_is_of_one_moment_and_has_no_name(void **state)
{
	struct db *db = open_people(), *other = open_people();
	char *name = str_format("%s-copy", path);
	int fd;

	(void)state;
	if (access("/proc/self/fd", F_OK) != 0)
		skip();
	assert_true(add_person(db, "before", 1));
	assert_true(db_begin_read(db, &err));
	assert_true(add_person(other, "after", 2));
	fd = db_copy(db, NULL, &err);
	assert_true(fd >= 0);
	assert_false(file_exists(name));
	db_rollback(db);
	assert_int_equal(count_people(db), 2);
	assert_int_equal(n_in_copy(fd), 1);
	close(fd);
	free(name);
	db_close(other);
	db_close(db);
}

static void a_copy_that_finds_no_room_is_an_error(void **state)
{
	unsigned n_failures = 0;

	(void)state;
	db_fail_nth(0);
	for (unsigned n = 1; n < 20; n++) {
		struct db *db = open_people();
		int fd;

		assert_true(db_begin_read(db, &err));
		db_fail_nth(n);
		fd = db_copy(db, NULL, &err);
		db_fail_nth(0);
		n_failures += fd < 0;
		if (fd >= 0)
			close(fd);
		else
			assert_int_equal(err.code, ERR_IO);
		db_close(db);
		clear_place(NULL);
	}
	assert_in_range(n_failures, 1, 19);
}

static void names_are_quoted(void **state)
{
	char *quoted = db_quote_name("a\"b");

	(void)state;
	assert_string_equal(quoted, "\"a\"\"b\"");
	free(quoted);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, clear_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_put_in_comes_out),
		TEST(a_statement_between_rows_is_not_given_twice),
		TEST(wrong_sql_and_wrong_places_are_errors),
		TEST(a_broken_constraint_is_a_conflict_without_the_value),
		TEST(a_commit_stays_and_a_rollback_goes),
		TEST(closing_rolls_back),
		TEST(a_new_file_is_its_owners_only),
		TEST(deleted_content_is_in_no_file_after_a_checkpoint),
		TEST(a_migration_runs_the_steps_that_miss),
		TEST(a_failing_step_leaves_the_old_version),
		TEST(a_newer_version_is_refused),
		TEST(a_foreign_database_is_refused),
		TEST(reading_only_changes_nothing),
		TEST(a_file_that_is_not_there_is_not_made),
		TEST(a_damaged_file_is_an_error_with_its_name),
		TEST(a_cut_file_is_an_error),
		TEST(a_full_disk_loses_nothing_confirmed),
		TEST(a_copy_is_of_one_moment_and_has_no_name),
		TEST(a_copy_that_finds_no_room_is_an_error),
		TEST(names_are_quoted),
	};

	return cmocka_run_group_tests(tests, NULL, remove_place);
}
