/* field: keys that change, whatever happens in between. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "field/forms.h"
#include "field/journal.h"
#include "field/local.h"
#include "field/records.h"
#include "field/workspace.h"
#include "laptop.h"

static const char form_xml[] =
	"<h:html xmlns=\"http://www.w3.org/2002/xforms\""
	" xmlns:h=\"http://www.w3.org/1999/xhtml\">"
	"<h:head><h:title>Visit</h:title><model><instance>"
	"<data id=\"visit\" version=\"1\"><a/></data></instance>"
	"<bind nodeset=\"/data/a\" type=\"string\"/></model></h:head>"
	"<h:body><input ref=\"/data/a\"><label>A</label></input></h:body>"
	"</h:html>";

static bool answer(struct record *record, const char *value, struct err *err)
{
	const struct journal_event event = {
		.kind = JOURNAL_ANSWER, .path = "/data/a", .value = value,
	};

	return journal_append(record, &event, err);
}

/* A draft with one answer, "1"; its row. */
static int64_t add_draft(struct workspace *ws)
{
	struct err err = ERR_INIT;
	struct form_info form;
	struct record *record;
	int64_t id;

	assert_good(forms_add(ws, form_xml, strlen(form_xml), "form.xml", NULL,
		0, &form, NULL, &err), &err);
	record = record_new(ws, &form, 0, &err);
	assert_good(record != NULL, &err);
	assert_good(answer(record, "1", &err), &err);
	id = record_head(record)->id;
	record_close(record);
	form_info_release(&form);
	return id;
}

static bool count_event(void *context, uint64_t number,
	const struct journal_event *event, struct err *err)
{
	(void)number, (void)event, (void)err;
	++*(unsigned *)context;
	return true;
}

/* How many answers the record has; -1: there is no such record. */
static int n_answers(struct workspace *ws, int64_t id)
{
	struct err err = ERR_INIT;
	struct record *record = record_open(ws, id, &err);
	unsigned n = 0;

	if (record == NULL) {
		assert_int_equal(err.code, ERR_NOTFOUND);
		return -1;
	}
	assert_good(journal_replay(record, count_event, &n, &err), &err);
	record_close(record);
	return (int)n;
}

/* --- what is renewed --- */

struct heads { VEC(int64_t) ids; VEC(char *) bytes; };

static struct heads raw_heads(struct workspace *ws)
{
	struct heads heads = { { NULL, 0, 0 }, { NULL, 0, 0 } };
	struct err err = ERR_INIT;
	struct db_stmt *stmt = db_prepare(ws->db,
		"SELECT id, hex(head) FROM record", &err);

	while (db_step(stmt, &err) == DB_ROW) {
		vec_push(&heads.ids, db_int(stmt, 0));
		vec_push(&heads.bytes, xstrdup(db_text(stmt, 1)));
	}
	return heads;
}

static void release_heads(struct heads *heads)
{
	for (size_t i = 0; i < heads->bytes.n; i++)
		free(heads->bytes.items[i]);
	vec_release(&heads->ids);
	vec_release(&heads->bytes);
}

static const char *bytes_of(const struct heads *heads, int64_t id)
{
	for (size_t i = 0; i < heads->ids.n; i++)
		if (heads->ids.items[i] == id)
			return heads->bytes.items[i];
	return NULL;
}

/* The first with a neighbour in its bucket while others are in other ones;
 * drafts are added until there is. */
static int64_t with_neighbour(struct workspace *ws)
{
	int64_t in[KEYS_BUCKETS] = { 0 };

	for (int n_buckets = 0;;) {
		int64_t id = add_draft(ws);

		if (in[keys_bucket(id)] != 0 && n_buckets > 1)
			return id;
		n_buckets += in[keys_bucket(id)] == 0;
		in[keys_bucket(id)] = id;
	}
}

static void a_purge_renews_the_bucket_and_no_other(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	int64_t id = with_neighbour(ws);
	uint8_t old[SEAL_KEY_BYTES], store[SEAL_KEY_BYTES];
	struct heads before = raw_heads(ws), after;
	struct err err = ERR_INIT;
	size_t n_same = 0, n_other = 0;

	(void)state;
	memcpy(old, ws->keys->buckets[keys_bucket(id)], sizeof old);
	memcpy(store, ws->keys->store, sizeof store);
	assert_good(records_purge(ws, &id, 1, &err), &err);
	after = raw_heads(ws);
	assert_int_equal(after.ids.n + 1, before.ids.n);
	for (size_t i = 0; i < after.ids.n; i++) {
		int64_t at = after.ids.items[i];
		bool same = strcmp(after.bytes.items[i],
			bytes_of(&before, at)) == 0;

		assert_int_equal(same, keys_bucket(at) != keys_bucket(id));
		*(same ? &n_other : &n_same) += 1;
		assert_int_equal(n_answers(ws, at), 1);
	}
	assert_true(n_same >= 1 && n_other >= 1);
	assert_memory_not_equal(store, ws->keys->store, sizeof store);
	for (int i = 0; i < KEYS_BUCKETS; i++)
		assert_memory_not_equal(old, ws->keys->buckets[i], sizeof old);
	release_heads(&before);
	release_heads(&after);
	workspace_close(ws);
}

/* What was deleted without a renewal is covered by the next one. */
static void what_was_deleted_before_is_forgotten_too(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct stored_file file;
	struct err err = ERR_INIT;
	int64_t id = add_draft(ws);
	uint8_t old[SEAL_KEY_BYTES];

	(void)state;
	assert_true(workspace_begin(ws, &err));
	assert_good(files_put_bytes(ws, "photo", 5, &file, &err), &err);
	assert_true(workspace_commit(ws, &err));
	memcpy(old, ws->keys->buckets[keys_bucket(file.id)], sizeof old);
	assert_true(workspace_begin(ws, &err));
	assert_good(files_drop(ws, file.id, &err), &err);
	assert_true(workspace_commit(ws, &err));
	assert_memory_equal(old, ws->keys->buckets[keys_bucket(file.id)],
		sizeof old);
	workspace_close(ws);
	ws = open_with(NULL);
	assert_good(records_purge(ws, &id, 1, &err), &err);
	assert_memory_not_equal(old, ws->keys->buckets[keys_bucket(file.id)],
		sizeof old);
	workspace_close(ws);
}

/* Several removals in one change cost one renewal, and a rollback none. */
static void a_change_given_up_has_the_old_keys(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	int64_t a = add_draft(ws), b = add_draft(ws);
	struct keys *before = secret_new(sizeof *before);
	struct err err = ERR_INIT;

	(void)state;
	*before = *ws->keys;
	assert_true(workspace_begin(ws, &err));
	assert_good(records_purge(ws, &a, 1, &err), &err);
	assert_good(records_purge(ws, &b, 1, &err), &err);
	workspace_rollback(ws);
	assert_memory_equal(before, ws->keys, sizeof *before);
	assert_int_equal(n_answers(ws, a), 1);
	assert_true(workspace_begin(ws, &err));
	assert_good(records_purge(ws, &a, 1, &err), &err);
	assert_good(records_purge(ws, &b, 1, &err), &err);
	assert_true(workspace_commit(ws, &err));
	assert_int_equal(ws->keys->serial, before->serial + 1);
	workspace_close(ws);
	ws = open_with(NULL);
	assert_int_equal(n_answers(ws, a), -1);
	workspace_close(ws);
	secret_free(before);
}

/* --- two programs at once --- */

static void another_program_may_renew_the_keys(void **state)
{
	struct workspace *a = make_workspace(NULL), *b;
	int64_t gone = add_draft(a), stays = add_draft(a);
	struct err err = ERR_INIT;
	struct record *record = record_open(a, stays, &err);

	(void)state;
	b = open_with(NULL);
	assert_good(records_purge(b, &gone, 1, &err), &err);
	assert_good(answer(record, "2", &err), &err);
	assert_int_equal(n_answers(a, stays), 2);
	assert_int_equal(n_answers(b, stays), 2);
	assert_good(records_purge(b, &stays, 1, &err), &err);
	assert_int_equal(n_answers(a, add_draft(a)), 1);
	assert_int_equal(n_answers(a, stays), -1);
	record_close(record);
	workspace_close(a);
	workspace_close(b);
	workspace_close(open_with(NULL));
}

static void another_program_may_change_the_passphrase(void **state)
{
	struct workspace *a = make_workspace(NULL), *b;
	int64_t id = add_draft(a);
	struct err err = ERR_INIT;
	struct record *record = record_open(a, id, &err);

	(void)state;
	b = open_with(NULL);
	assert_good(workspace_set_passphrase(b, PASSPHRASE, &err), &err);
	assert_false(answer(record, "2", &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(n_answers(b, id), 1);
	record_close(record);
	workspace_close(a);
	workspace_close(b);
	b = open_with(PASSPHRASE);
	assert_int_equal(n_answers(b, id), 1);
	workspace_close(b);
}

/* --- the passphrase --- */

static void a_passphrase_is_changed_taken_and_given_up(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	int64_t id = add_draft(ws);
	struct heads before, after;
	struct err err = ERR_INIT;

	(void)state;
	assert_good(workspace_set_passphrase(ws, "first", &err), &err);
	before = raw_heads(ws);
	assert_true(workspace_is_sealed(ws));
	assert_good(workspace_set_passphrase(ws, "second", &err), &err);
	after = raw_heads(ws);	/* from one to another: nothing is rewritten */
	assert_string_equal(before.bytes.items[0], after.bytes.items[0]);
	release_heads(&before);
	release_heads(&after);
	workspace_close(ws);
	assert_null(workspace_open(folder, "first", &err));
	assert_int_equal(err.code, ERR_CRYPTO);
	ws = open_with("second");
	assert_false(workspace_set_passphrase(ws, "", &err));
	assert_good(workspace_set_passphrase(ws, NULL, &err), &err);
	assert_false(workspace_is_sealed(ws));
	workspace_close(ws);
	ws = open_with(NULL);
	assert_int_equal(n_answers(ws, id), 1);
	workspace_close(ws);
}

/* --- killed at any point --- */

/* As version 1 had it: every head under the store key, no bucket keys. */
static void make_version_1(struct workspace *ws)
{
	static const char *const tables[] = { "secret", "form", "record" };
	struct err err = ERR_INIT;

	assert_true(db_begin(ws->db, &err));
	for (size_t i = 0; i < 3; i++) {
		char *sql = str_format("SELECT id FROM %s", tables[i]);
		struct db_stmt *stmt = db_prepare_once(ws->db, sql, &err);

		while (db_step(stmt, &err) == DB_ROW) {
			int64_t id = db_int(stmt, 0);
			uint8_t *key = ws->keys->buckets[keys_bucket(id)];
			uint8_t was[SEAL_KEY_BYTES];
			struct str plain = STR_INIT;

			assert_good(head_read(ws, tables[i], id, &plain, &err),
				&err);
			memcpy(was, key, sizeof was);
			memcpy(key, ws->keys->store, sizeof was);
			assert_good(head_write(ws, tables[i], id, &plain, &err),
				&err);
			memcpy(key, was, sizeof was);
			str_wipe(&plain);
		}
		db_free(stmt);
		free(sql);
	}
	assert_true(db_exec(ws->db, "DELETE FROM meta WHERE "
		"name = 'bucket-keys'; PRAGMA user_version = 1", &err));
	assert_true(db_commit(ws->db, &err));
}

enum task { PURGE, CONVERT, PASSPHRASE_CHANGE };

struct scene { char *from; int64_t gone, stays; enum task task; };

static bool work(const struct scene *scene)
{
	struct workspace *ws = workspace_open(folder, NULL, NULL);
	bool ok = ws != NULL;

	if (ok && scene->task == PURGE)
		ok = records_purge(ws, &scene->gone, 1, NULL);
	if (ok && scene->task == PASSPHRASE_CHANGE)
		ok = workspace_set_passphrase(ws, PASSPHRASE, NULL);
	workspace_close(ws);
	return ok;
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

/* In a process of its own; true: it came to its end, and *did all it should. */
static bool work_until(const struct scene *scene, enum fault fault,
	unsigned nth, bool *did)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		set_fault(fault, nth);
		_exit(work(scene) ? 0 : 1);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	*did = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return WIFEXITED(status);
}

static void copy_workspace(const char *from)
{
	static const char *const names[] = { "keys", "field.db" };

	assert_int_equal(mkdir(folder, 0700), 0);
	for (int i = 0; i < 2; i++) {
		char *a = path_join(from, names[i]);
		char *b = path_join(folder, names[i]);
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

static bool is_zero(const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

/* One slot of the file of keys is empty. */
static void assert_one_key(void)
{
	char *path = path_join(folder, "keys");
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;

	assert_good(file_read(path, KEYS_FILE_BYTES, &bytes, &err), &err);
	assert_int_not_equal(is_zero(bytes.data, KEYS_SLOT_BYTES),
		is_zero(bytes.data + KEYS_SLOT_BYTES, KEYS_SLOT_BYTES));
	str_release(&bytes);
	free(path);
}

/* All of it or nothing, and nothing left behind. */
static void check_after(const struct scene *scene, bool did)
{
	struct err err = ERR_INIT;
	struct workspace *ws;
	bool needs;
	int n;

	assert_good(workspace_needs_passphrase(folder, &needs, &err), &err);
	if (did && scene->task == PASSPHRASE_CHANGE)
		assert_true(needs);
	ws = workspace_open(folder, needs ? PASSPHRASE : NULL, &err);
	assert_good(ws != NULL, &err);
	assert_int_equal(n_answers(ws, scene->stays), 1);
	n = n_answers(ws, scene->gone);
	if (scene->task == PURGE)
		assert_true(did ? n == -1 : n == -1 || n == 1);
	else
		assert_int_equal(n, 1);
	workspace_close(ws);
	assert_one_key();
}

static bool tried_at(const struct scene *scene, enum fault fault, unsigned nth)
{
	bool did;

	fresh_folder(NULL);
	copy_workspace(scene->from);
	work_until(scene, fault, nth, &did);
	check_after(scene, did);
	scratch_remove(folder);
	free(folder);
	folder = NULL;
	assert_true(nth < 1000);
	return !did;
}

static void check_every_point(enum task task)
{
	struct scene scene = { .task = task };
	struct workspace *ws = make_workspace(NULL);

	scene.gone = add_draft(ws);
	scene.stays = add_draft(ws);
	if (task == CONVERT)
		make_version_1(ws);
	workspace_close(ws);
	scene.from = folder;
	for (int fault = 0; fault < N_FAULTS; fault++) {
		unsigned nth = 1, n_stopped = 0;

		/* what fails after the commit is no failure */
		for (unsigned n_whole = 0; n_whole < 8; nth++)
			if (tried_at(&scene, (enum fault)fault, nth))
				n_stopped++;
			else
				n_whole++;
		assert_true(n_stopped > 0);
	}
	folder = scene.from;
}

static void a_purge_may_end_anywhere(void **state)
{
	(void)state;
	check_every_point(PURGE);
}

static void a_conversion_may_end_anywhere(void **state)
{
	(void)state;
	check_every_point(CONVERT);
}

static void a_change_of_passphrase_may_end_anywhere(void **state)
{
	(void)state;
	check_every_point(PASSPHRASE_CHANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(a_purge_renews_the_bucket_and_no_other),
		IN_A_FOLDER(what_was_deleted_before_is_forgotten_too),
		IN_A_FOLDER(a_change_given_up_has_the_old_keys),
		IN_A_FOLDER(another_program_may_renew_the_keys),
		IN_A_FOLDER(another_program_may_change_the_passphrase),
		IN_A_FOLDER(a_passphrase_is_changed_taken_and_given_up),
		IN_A_FOLDER(a_purge_may_end_anywhere),
		IN_A_FOLDER(a_conversion_may_end_anywhere),
		IN_A_FOLDER(a_change_of_passphrase_may_end_anywhere),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
