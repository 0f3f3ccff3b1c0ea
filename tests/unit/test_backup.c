/* field: a workspace as one file, and copies of it. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "field/backup.h"
#include "field/copy.h"
#include "field/forms.h"
#include "field/journal.h"
#include "field/local.h"
#include "field/records.h"
#include "field/workspace.h"
#include "trust/device.h"
#include "laptop.h"

static char *file;		/* of the backup */

static int fresh_file(void **state)
{
	fresh_folder(state);
	file = str_format("%s.age", folder);
	return 0;
}

static int forget_file(void **state)
{
	free(file);
	return forget_folder(state);
}

static struct workspace *open_in(const char *where)
{
	struct err err = ERR_INIT;
	struct workspace *ws = workspace_open(where, NULL, &err);

	assert_good(ws != NULL, &err);
	return ws;
}

static const char form_xml[] =
	"<h:html xmlns=\"http://www.w3.org/2002/xforms\""
	" xmlns:h=\"http://www.w3.org/1999/xhtml\">"
	"<h:head><h:title>Visit</h:title><model><instance>"
	"<data id=\"visit\" version=\"1\"><a/></data></instance>"
	"<bind nodeset=\"/data/a\" type=\"string\"/></model></h:head>"
	"<h:body><input ref=\"/data/a\"><label>A</label></input></h:body>"
	"</h:html>";

static int64_t add_draft(struct workspace *ws)
{
	const struct journal_event event = {
		.kind = JOURNAL_ANSWER, .path = "/data/a", .value = "1",
	};
	struct err err = ERR_INIT;
	struct form_info form;
	struct record *record;
	int64_t id;

	assert_good(forms_add(ws, form_xml, strlen(form_xml), "form.xml", NULL,
		0, &form, NULL, &err), &err);
	record = record_new(ws, &form, 0, &err);
	assert_good(record != NULL, &err);
	assert_good(journal_append(record, &event, &err), &err);
	id = record_head(record)->id;
	record_close(record);
	form_info_release(&form);
	return id;
}

static void put_device(struct workspace *ws, char fp[FINGERPRINT_BYTES])
{
	struct trust_device device;
	struct str out = STR_INIT;
	struct err err = ERR_INIT;

	assert_good(trust_device_new("KP-031", &device, &err), &err);
	trust_device_fingerprint(&device, fp);
	trust_device_print(&device, &out);
	assert_good(workspace_put_secret(ws, WORKSPACE_DEVICE, out.data,
		out.len, &err), &err);
	str_wipe(&out);
	trust_device_wipe(&device);
}

static bool is_there(struct workspace *ws, int64_t id)
{
	struct record *record = record_open(ws, id, NULL);

	record_close(record);
	return record != NULL;
}

/* As `bayaz restore` does it. */
static bool restore(const char *to, const char *passphrase, struct err *err)
{
	char fingerprint[FINGERPRINT_BYTES];
	char *part = backup_part(to);
	struct workspace *ws;
	bool ok = backup_unpack(file, to, passphrase, err);

	if (ok) {
		ws = workspace_open(part, NULL, err);
		ok = ws != NULL && workspace_make_own(ws, fingerprint, err);
		workspace_close(ws);
		ok = ok && backup_settle(to, err);
		if (!ok)
			backup_discard(to);
	}
	free(part);
	return ok;
}

/* A workspace with a draft, and a backup of it; the draft's row. */
static int64_t begin(void)
{
	struct err err = ERR_INIT;
	struct workspace *ws;
	int64_t id;

	assert_good(workspace_create(folder, NULL, &err), &err);
	ws = open_in(folder);
	id = add_draft(ws);
	assert_good(backup_write(ws, file, PASSPHRASE, NULL, &err), &err);
	workspace_close(ws);
	return id;
}

static void a_backup_comes_back(void **state)
{
	char *to = str_format("%s.to", folder);
	struct err err = ERR_INIT;
	int64_t id = begin();
	struct workspace *ws;
	struct stat st;

	(void)state;
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_false(restore(to, "twelve quiet pears", &err));
	assert_int_equal(err.code, ERR_CRYPTO);
	assert_false(file_exists(to));
	assert_false(restore(folder, PASSPHRASE, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_good(restore(to, PASSPHRASE, &err), &err);
	ws = open_in(to);
	assert_true(is_there(ws, id));
	assert_false(workspace_is_copy(ws));
	assert_false(backup_write(ws, file, PASSPHRASE, NULL, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	workspace_close(ws);
	free(to);
}

/* What is in the log only is in the backup, too. */
static void a_backup_holds_what_is_in_the_log(void **state)
{
	char *to = str_format("%s.to", folder);
	struct err err = ERR_INIT;
	struct workspace *ws, *reader;
	struct db_stmt *stmt;
	struct str log = STR_INIT;
	char *path = str_format("%s/field.db-wal", folder);
	int64_t first, second;

	(void)state;
	assert_good(workspace_create(folder, NULL, &err), &err);
	ws = open_in(folder);
	first = add_draft(ws);
	reader = open_in(folder);	/* so that the log cannot be emptied */
	stmt = db_prepare(reader->db, "SELECT id FROM record", &err);
	assert_int_equal(db_step(stmt, &err), DB_ROW);
	second = add_draft(ws);
	assert_good(backup_write(ws, file, PASSPHRASE, NULL, &err), &err);
	assert_true(file_read(path, 1 << 28, &log, &err) && log.len > 0);
	db_reset(stmt);
	workspace_close(reader);
	workspace_close(ws);
	assert_good(restore(to, PASSPHRASE, &err), &err);
	ws = open_in(to);
	assert_true(is_there(ws, first) && is_there(ws, second));
	workspace_close(ws);
	str_release(&log);
	free(path);
	free(to);
}

static void assert_refused(const struct str *bytes, const char *to)
{
	struct err err = ERR_INIT;

	assert_good(file_write(file, bytes->data, bytes->len, 0600, &err),
		&err);
	assert_false(restore(to, PASSPHRASE, &err));
	assert_false(file_exists(to));
}

static void a_damaged_backup_leaves_nothing(void **state)
{
	char *to = str_format("%s.to", folder);
	struct str whole = STR_INIT, cut;
	struct err err = ERR_INIT;
	struct workspace *ws;
	int64_t id = begin();
	size_t step;

	(void)state;
	assert_true(file_read(file, 1 << 28, &whole, &err));
	step = whole.len / 40 + 1;
	for (size_t at = 0; at < whole.len; at += step) {
		whole.data[at] ^= 1;
		assert_refused(&whole, to);
		whole.data[at] ^= 1;
		cut = whole;
		cut.len = at;
		assert_refused(&cut, to);
	}
	cut = whole;
	cut.len--;
	assert_refused(&cut, to);
	assert_true(file_write(file, whole.data, whole.len, 0600, &err));
	assert_good(restore(to, PASSPHRASE, &err), &err);
	ws = open_in(to);
	assert_true(is_there(ws, id));
	workspace_close(ws);
	str_release(&whole);
	free(to);
}

enum fault { DB_KILL, FILE_KILL, DB_FAIL, FILE_FAIL, N_FAULTS };

static void set_fault(enum fault fault, unsigned nth)
{
	switch (fault) {
	case DB_KILL: db_kill_nth(nth); break;
	case FILE_KILL: file_kill_nth(nth); break;
	case DB_FAIL: db_fail_nth(nth); break;
	default: file_fail_nth(nth); break;
	}
}

/* In a process of its own; did it do all? */
static bool restore_until(const char *to, enum fault fault, unsigned nth)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		struct err err = ERR_INIT;

		set_fault(fault, nth);
		_exit(restore(to, PASSPHRASE, &err) ? 0 : 1);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Whole, or not there and it can be done again. */
static void check_restored(const char *to, bool did, int64_t id)
{
	struct err err = ERR_INIT;
	struct workspace *ws;
	char *part = backup_part(to);

	if (!workspace_exists(to)) {
		assert_false(did);
		assert_good(restore(to, PASSPHRASE, &err), &err);
	}
	ws = open_in(to);
	assert_true(is_there(ws, id));
	assert_false(workspace_is_copy(ws));
	workspace_close(ws);
	free(part);
}

static void a_restoring_may_end_anywhere(void **state)
{
	char *to = str_format("%s.to", folder);
	int64_t id = begin();

	(void)state;
	for (int fault = 0; fault < N_FAULTS; fault++) {
		unsigned nth = 1, n_stopped = 0;
		/* scrypt at every point: long forms try them all */
		unsigned step = getenv("BAYAZ_LONG") != NULL ? 1 : 3;

		for (unsigned n_whole = 0; n_whole < 2; nth += step) {
			bool did = restore_until(to, (enum fault)fault, nth);

			check_restored(to, did, id);
			scratch_remove(to);
			n_stopped += !did;
			n_whole += did;
			assert_true(nth < 1000);
		}
		assert_true(n_stopped > 0);
	}
	free(to);
}

static void whichever_write_fails_no_half_backup_is_there(void **state)
{
	struct err err = ERR_INIT;
	struct workspace *ws;
	bool did = false;

	(void)state;
	assert_good(workspace_create(folder, NULL, &err), &err);
	ws = open_in(folder);
	add_draft(ws);
	for (unsigned nth = 1; !did; nth++) {
		file_fail_nth(nth);
		did = backup_write(ws, file, PASSPHRASE, NULL, &err);
		file_fail_nth(0);
		assert_int_equal(file_exists(file), did);
		assert_true(nth < 1000);
	}
	workspace_close(ws);
}

/* --- copies --- */

static void copy_workspace(const char *to)
{
	static const char *const names[] = { "keys", "field.db" };

	assert_int_equal(mkdir(to, 0700), 0);
	for (int i = 0; i < 2; i++) {
		char *a = path_join(folder, names[i]);
		char *b = path_join(to, names[i]);
		struct str bytes = STR_INIT;
		struct err err = ERR_INIT;

		assert_good(file_read(a, 1 << 28, &bytes, &err), &err);
		assert_good(file_write(b, bytes.data, bytes.len, 0600, &err),
			&err);
		str_release(&bytes);
		free(a);
		free(b);
	}
}

static void set_packing(struct workspace *ws)
{
	struct err err = ERR_INIT;

	assert_good(workspace_put_secret(ws, "packing", "{}", 2, &err) &&
		workspace_put_secret(ws, "chain", "{\"sequence\":7}", 14, &err),
		&err);
}

static void a_copy_gets_a_key_of_its_own(void **state)
{
	char *to = str_format("%s.to", folder), *moved = str_format("%s.m", folder);
	char first[FINGERPRINT_BYTES], second[FINGERPRINT_BYTES];
	struct err err = ERR_INIT;
	struct workspace *ws;
	int64_t id;

	(void)state;
	assert_good(workspace_create(folder, NULL, &err), &err);
	ws = open_in(folder);
	put_device(ws, first);
	id = add_draft(ws);
	set_packing(ws);
	workspace_close(ws);
	copy_workspace(to);
	ws = open_in(to);
	if (!workspace_is_copy(ws)) {	/* no lasting numbers of files here */
		workspace_close(ws);
		skip();
	}
	assert_good(workspace_make_own(ws, second, &err), &err);
	assert_string_not_equal(first, second);
	assert_false(workspace_has_secret(ws, "chain"));
	assert_false(workspace_has_secret(ws, "packing"));
	assert_true(is_there(ws, id));
	workspace_close(ws);
	assert_int_equal(rename(to, moved), 0);
	ws = open_in(moved);		/* moved is not copied */
	assert_false(workspace_is_copy(ws));
	workspace_close(ws);
	ws = open_in(folder);		/* the original is what it was */
	assert_false(workspace_is_copy(ws));
	assert_true(workspace_has_secret(ws, "chain"));
	workspace_close(ws);
	free(to);
	free(moved);
}

#define WITH_A_FILE(test) \
	cmocka_unit_test_setup_teardown(test, fresh_file, forget_file)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_A_FILE(a_backup_comes_back),
		WITH_A_FILE(a_backup_holds_what_is_in_the_log),
		WITH_A_FILE(a_damaged_backup_leaves_nothing),
		WITH_A_FILE(a_restoring_may_end_anywhere),
		WITH_A_FILE(whichever_write_fails_no_half_backup_is_there),
		WITH_A_FILE(a_copy_gets_a_key_of_its_own),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
