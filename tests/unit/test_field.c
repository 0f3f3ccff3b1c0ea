/* field: the laptop's store. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "bundle/read.h"
#include "bundle/sealed.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "field/forms.h"
#include "field/journal.h"
#include "field/local.h"
#include "field/pack.h"
#include "field/purge.h"
#include "field/records.h"
#include "field/withdraw.h"
#include "field/workspace.h"
#include "trust/device.h"
#include "trust/case_code.h"
#include "trust/project.h"
#include "laptop.h"

#define CANARY "Zq7-canary-Xw3"

/* --- a folder per test --- */

/* --- forms and projects to work with --- */

#define FORM(id, version, attributes) \
	"<h:html xmlns=\"http://www.w3.org/2002/xforms\"" \
	" xmlns:h=\"http://www.w3.org/1999/xhtml\"" \
	" xmlns:bayaz=\"urn:x-bayaz:forms\">" \
	"<h:head><h:title>True title of " id "</h:title><model><instance>" \
	"<data id=\"" id "\" version=\"" version "\"" attributes ">" \
	"<a/><meta><instanceID/></meta></data></instance>" \
	"<bind nodeset=\"/data/a\" type=\"string\"/></model></h:head>" \
	"<h:body><input ref=\"/data/a\"><label>A</label></input></h:body>" \
	"</h:html>"

static const char standard_form[] = FORM("visit", "1",
	" bayaz:class=\"standard\"");
static const char public_form[] = FORM("open", "1",
	" bayaz:class=\"public\"");
static const char protected_form[] = FORM("intake", "1",
	" bayaz:class=\"protected\" bayaz:list-title=\"Visit B\"");

static struct form_info add_form(struct workspace *ws, const char *xml)
{
	struct err err = ERR_INIT;
	struct form_info form;

	assert_good(forms_add(ws, xml, strlen(xml), "form.xml", NULL, 0, &form,
		NULL, &err), &err);
	return form;
}

static struct trust_secrets secrets;

static void join_project_with(struct workspace *ws, struct trust_policy policy)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct trust_recovery recovery;
	struct trust_project project;
	struct trust_device device;
	struct str out = STR_INIT;
	struct err err = ERR_INIT;
	char *json;

	assert_good(trust_project_new("Test", "2026-11-24", false, policy,
		&project, &secrets, &recovery, &err), &err);
	json = trust_project_print(&project);
	trust_sign(&text, json, &secrets.project);
	trust_signed_join(&text, &out);
	assert_good(workspace_put_secret(ws, WORKSPACE_PROJECT, out.data,
		out.len, &err), &err);
	str_clear(&out);
	assert_good(trust_device_new("KP-031", &device, &err), &err);
	trust_device_print(&device, &out);
	assert_good(workspace_put_secret(ws, WORKSPACE_DEVICE, out.data,
		out.len, &err), &err);
	str_wipe(&out);
	trust_signed_release(&text);
	trust_recovery_wipe(&recovery);
	trust_device_wipe(&device);
	free(json);
}

static void join_project(struct workspace *ws)
{
	join_project_with(ws, (struct trust_policy){ .refuse_untagged = false });
}

static bool answer(struct record *record, const char *value, struct err *err)
{
	const struct journal_event event = {
		.kind = JOURNAL_ANSWER, .path = "/data/a", .value = value,
		.place = "/data/a",
	};

	return journal_append(record, &event, err);
}

static struct record_final final_of(char *xml, size_t size, const char *value)
{
	static char id[64];
	struct record_final final = { .xml = xml, .instance_id = id };
	uint8_t random[8];
	char hex[17];

	crypt_random(random, sizeof random);
	hex_encode(random, sizeof random, hex);
	snprintf(id, sizeof id, "uuid:%s", hex);
	snprintf(xml, size, "<data id=\"x\" version=\"1\"><a>%s</a><meta>"
		"<instanceID>%s</instanceID></meta></data>", value, id);
	final.n_bytes = strlen(xml);
	return final;
}

/* --- raw bytes --- */

static bool file_has(const char *path, const void *bytes, size_t n)
{
	struct str all = STR_INIT;
	bool found;

	if (!file_read(path, 1 << 28, &all, NULL))
		return false;
	found = memmem(all.data, all.len, bytes, n) != NULL;
	str_release(&all);
	return found;
}

static bool folder_has(const void *bytes, size_t n)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool found = false;

	assert_non_null(dir);
	while (!found && (entry = readdir(dir)) != NULL) {
		char *path = path_join(folder, entry->d_name);

		found = !file_is_folder(path) && file_has(path, bytes, n);
		free(path);
	}
	closedir(dir);
	return found;
}

static void assert_no_trace(const char *text)
{
	size_t n = strlen(text);
	char wide[256];

	assert_true(2 * n + 1 <= sizeof wide);
	assert_false(folder_has(text, n));
	memset(wide, 0, sizeof wide);
	for (size_t i = 0; i < n; i++)
		wide[2 * i + 1] = text[i];
	assert_false(folder_has(wide + 1, 2 * n - 1));	/* UTF-16, either way */
}

static void copy_file(const char *from, const char *to)
{
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;

	assert_good(file_read(from, 1 << 28, &bytes, &err), &err);
	assert_good(file_write(to, bytes.data, bytes.len, 0600, &err), &err);
	str_release(&bytes);
}

static int64_t count_rows(const char *sql)
{
	char *path = path_join(folder, "field.db");
	struct err err = ERR_INIT;
	struct db *db = db_open(path, 0, &err);
	int64_t n = -1;

	assert_good(db != NULL, &err);
	assert_true(db_number(db, sql, &n, &err));
	db_close(db);
	free(path);
	return n;
}

/* --- opening --- */

static void a_workspace_opens_with_its_passphrase_only(void **state)
{
	struct workspace *ws = make_workspace(PASSPHRASE);
	struct err err = ERR_INIT;
	bool needs = false;

	(void)state;
	assert_true(workspace_is_sealed(ws));
	workspace_close(ws);
	assert_true(workspace_needs_passphrase(folder, &needs, &err) && needs);
	assert_null(workspace_open(folder, "twelve quiet apple", &err));
	assert_int_equal(err.code, ERR_CRYPTO);
	assert_null(workspace_open(folder, NULL, &err));
	assert_int_equal(err.code, ERR_REFUSED);
	workspace_close(open_with(PASSPHRASE));
}

static void a_second_workspace_in_a_folder_is_refused(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	workspace_close(make_workspace(NULL));
	assert_false(workspace_create(folder, NULL, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	workspace_close(open_with(NULL));
}

static void an_open_key_file_must_be_its_owners(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	char *keys = path_join(folder, "keys");
	struct err err = ERR_INIT;
	struct stat st;

	(void)state;
	assert_false(workspace_is_sealed(ws));
	workspace_close(ws);
	assert_int_equal(stat(keys, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_size, 4096);
	assert_int_equal(chmod(keys, 0644), 0);
	assert_null(workspace_open(folder, NULL, &err));
	assert_int_equal(err.code, ERR_REFUSED);
	free(keys);
}

static void records_without_their_keys_are_not_overwritten(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct form_info form = add_form(ws, standard_form);
	char *keys = path_join(folder, "keys");
	struct err err = ERR_INIT;

	(void)state;
	form_info_release(&form);
	workspace_close(ws);
	assert_int_equal(unlink(keys), 0);
	assert_false(workspace_create(folder, NULL, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	free(keys);
}

static void a_damaged_key_file_is_an_error(void **state)
{
	char *keys;
	struct str whole = STR_INIT;
	struct err err = ERR_INIT;

	(void)state;
	workspace_close(make_workspace(NULL));
	keys = path_join(folder, "keys");
	assert_true(file_read(keys, 5000, &whole, &err));
	for (size_t i = 0; i < 100; i++) {	/* a flipped bit */
		whole.data[i] ^= 1;
		assert_true(file_write(keys, whole.data, whole.len, 0600, &err));
		whole.data[i] ^= 1;
		assert_null(workspace_open(folder, NULL, &err));
	}
	for (size_t n = 0; n < 4096; n += 511) {	/* cut */
		assert_true(file_write(keys, whole.data, n, 0600, &err));
		assert_null(workspace_open(folder, NULL, &err));
	}
	assert_true(file_write(keys, whole.data, whole.len, 0600, &err));
	workspace_close(open_with(NULL));
	str_release(&whole);
	free(keys);
}

static void another_passphrase_leaves_the_records(void **state)
{
	struct workspace *ws = make_workspace(PASSPHRASE);
	struct err err = ERR_INIT;
	struct str out = STR_INIT;

	(void)state;
	assert_true(workspace_put_secret(ws, "x", "abc", 3, &err));
	assert_good(workspace_set_passphrase(ws, "other words", &err), &err);
	workspace_close(ws);
	assert_null(workspace_open(folder, PASSPHRASE, &err));
	ws = open_with("other words");
	assert_true(workspace_get_secret(ws, "x", &out, &err));
	assert_string_equal(out.data, "abc");
	str_release(&out);
	workspace_close(ws);
}

static void secrets_are_kept_replaced_and_removed(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct err err = ERR_INIT;
	struct str out = STR_INIT;

	(void)state;
	assert_false(workspace_has_secret(ws, "a"));
	assert_true(workspace_put_secret(ws, "a", CANARY, strlen(CANARY), &err));
	assert_true(workspace_put_secret(ws, "b", "2", 1, &err));
	assert_true(workspace_put_secret(ws, "b", "3", 1, &err));
	workspace_close(ws);
	ws = open_with(NULL);
	assert_true(workspace_get_secret(ws, "a", &out, &err));
	assert_string_equal(out.data, CANARY);
	str_clear(&out);
	assert_true(workspace_get_secret(ws, "b", &out, &err));
	assert_string_equal(out.data, "3");
	assert_true(workspace_put_secret(ws, "b", "", 0, &err));
	assert_false(workspace_get_secret(ws, "b", &out, &err));
	assert_int_equal(err.code, ERR_NOTFOUND);
	str_release(&out);
	workspace_close(ws);
	assert_no_trace(CANARY);
}

/* --- forms --- */

static void the_same_form_twice_is_one(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct form_info form = add_form(ws, standard_form), again;
	struct err err = ERR_INIT;
	struct str xml = STR_INIT;
	bool added = true;

	(void)state;
	assert_string_equal(form.form_id, "visit");
	assert_string_equal(form.form_class, "standard");
	assert_true(forms_add(ws, standard_form, strlen(standard_form), "f",
		NULL, 0, &again, &added, &err));
	assert_false(added);
	assert_int_equal(again.id, form.id);
	assert_true(forms_xml(ws, &form, &xml, &err));
	assert_string_equal(xml.data, standard_form);
	form_info_release(&form);
	form_info_release(&again);
	str_release(&xml);
	workspace_close(ws);
	assert_no_trace("True title");
}

static void another_form_under_the_same_version_is_refused(void **state)
{
	static const char other[] = FORM("visit", "1", "");
	static const char newer[] = FORM("visit", "2", "");
	struct workspace *ws = make_workspace(NULL);
	struct form_info form = add_form(ws, standard_form);
	struct err err = ERR_INIT;

	(void)state;
	form_info_release(&form);
	assert_false(forms_add(ws, other, strlen(other), "f", NULL, 0, NULL,
		NULL, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	form = add_form(ws, newer);
	form_info_release(&form);
	assert_true(forms_find(ws, "visit", NULL, &form, &err));
	assert_string_equal(form.version, "2");
	form_info_release(&form);
	assert_true(forms_find(ws, "visit", "1", &form, &err));
	form_info_release(&form);
	assert_false(forms_find(ws, "visit", "3", &form, &err));
	assert_int_equal(err.code, ERR_NOTFOUND);
	workspace_close(ws);
}

static void media_follow_their_form(void **state)
{
	struct form_file files[] = {
		{ "a.csv", "name\nx\n", 7 }, { "b.csv", "name\nx\n", 7 },
	};
	struct workspace *ws = make_workspace(NULL);
	struct form_info form;
	struct err err = ERR_INIT;
	struct str out = STR_INIT;
	bool added;

	(void)state;
	assert_good(forms_add(ws, standard_form, strlen(standard_form), "f",
		files, 2, &form, &added, &err), &err);
	assert_int_equal(form.n_media, 2);
	assert_int_equal(form.media[0].file, form.media[1].file);	/* once */
	assert_true(forms_media(ws, &form, "b.csv", &out, &err));
	assert_string_equal(out.data, "name\nx\n");
	form_info_release(&form);
	files[0].bytes = "name\ny\n";
	str_clear(&out);
	assert_good(forms_add(ws, standard_form, strlen(standard_form), "f",
		files, 1, &form, &added, &err), &err);
	assert_true(added);
	assert_int_equal(form.n_media, 1);
	assert_true(forms_media(ws, &form, "a.csv", &out, &err));
	assert_string_equal(out.data, "name\ny\n");
	assert_false(forms_media(ws, &form, "b.csv", &out, &err));
	form_info_release(&form);
	str_release(&out);
	workspace_close(ws);
}

static void what_is_no_form_is_refused(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct err err = ERR_INIT;

	(void)state;
	assert_false(forms_add(ws, "<a", 2, "f", NULL, 0, NULL, NULL, &err));
	assert_int_equal(err.code, ERR_XML);
	assert_false(forms_add(ws, "<a/>", 4, "f", NULL, 0, NULL, NULL, &err));
	assert_int_equal(err.code, ERR_SPEC);
	assert_false(forms_add(ws, protected_form, strlen(protected_form), "f",
		NULL, 0, NULL, NULL, &err));
	assert_int_equal(err.code, ERR_REFUSED);	/* no passphrase */
	workspace_close(ws);
}

/* --- the journal --- */

struct heard { struct str text; };

static bool hear(void *context, uint64_t number,
	const struct journal_event *event, struct err *err)
{
	struct heard *heard = context;

	(void)number, (void)err;
	str_addf(&heard->text, "%d:%s=%s ", (int)event->kind, event->path,
		event->value);
	return true;
}

static char *replay(struct record *record)
{
	struct heard heard = { STR_INIT };
	struct err err = ERR_INIT;

	assert_good(journal_replay(record, hear, &heard, &err), &err);
	return str_steal(&heard.text);
}

static void assert_replay(struct record *record, const char *expected)
{
	char *text = replay(record);

	assert_string_equal(text, expected);
	free(text);
}

static struct record *begin_draft(struct workspace *ws, const char *xml)
{
	struct form_info form = add_form(ws, xml);
	struct err err = ERR_INIT;
	struct record *record = record_new(ws, &form, 0, &err);

	assert_good(record != NULL, &err);
	form_info_release(&form);
	return record;
}

static void a_draft_is_replayed_as_it_was_answered(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct record *record = begin_draft(ws, standard_form);
	struct err err = ERR_INIT;
	int64_t id = record_head(record)->id;

	(void)state;
	assert_true(answer(record, "one", &err));
	assert_true(answer(record, CANARY, &err));
	assert_true(answer(record, "", &err));
	record_close(record);
	workspace_close(ws);
	ws = open_with(NULL);
	record = record_open(ws, id, &err);
	assert_good(record != NULL, &err);
	assert_int_equal(record_head(record)->state, RECORD_DRAFT);
	assert_int_equal(record_head(record)->n_events, 3);
	assert_string_equal(record_head(record)->place, "/data/a");
	assert_replay(record, "1:/data/a=one 1:/data/a=" CANARY " 1:/data/a= ");
	assert_no_trace(CANARY);
	record_close(record);
	workspace_close(ws);
	assert_no_trace(CANARY);
}

static bool append_kind(struct record *record, enum journal_kind kind,
	const char *value, struct err *err)
{
	const struct journal_event event = { .kind = kind, .value = value };

	return journal_append(record, &event, err);
}

static void undo_and_redo_go_as_far_as_one_likes(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct record *record = begin_draft(ws, standard_form);
	struct journal_event both[2] = {
		{ .kind = JOURNAL_REMOVE, .path = "/p", .number = 1 },
		{ .kind = JOURNAL_REMOVE, .path = "/q", .number = 1 },
	};
	struct err err = ERR_INIT;
	size_t n_undo, n_redo;

	(void)state;
	assert_true(answer(record, "1", &err));
	assert_true(journal_append_all(record, both, 2, &err));
	assert_true(append_kind(record, JOURNAL_REFUSED, "no", &err));
	assert_true(answer(record, "2", &err));
	assert_true(append_kind(record, JOURNAL_UNDO, "", &err));
	assert_true(append_kind(record, JOURNAL_UNDO, "", &err));
	assert_replay(record, "1:/data/a=1 5:=no ");
	assert_true(journal_can(record, &n_undo, &n_redo, &err));
	assert_int_equal(n_undo, 1);
	assert_int_equal(n_redo, 2);
	assert_true(append_kind(record, JOURNAL_REDO, "", &err));
	assert_replay(record, "1:/data/a=1 3:/p= 3:/q= 5:=no ");
	assert_true(answer(record, "3", &err));	/* the other branch is gone */
	assert_true(append_kind(record, JOURNAL_REDO, "", &err));
	assert_replay(record, "1:/data/a=1 3:/p= 3:/q= 5:=no 1:/data/a=3 ");
	record_close(record);
	workspace_close(ws);
}

static void a_line_of_the_log_parts_no_step_and_outlives_undo(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct record *record = begin_draft(ws, standard_form);
	const struct journal_event chance = { .kind = JOURNAL_ANSWER,
		.joined = true, .path = "/data/b", .value = "7" };
	struct heard heard = { STR_INIT };
	struct err err = ERR_INIT;
	size_t n_undo, n_redo;

	(void)state;
	assert_true(answer(record, "1", &err));
	assert_true(append_kind(record, JOURNAL_AUDIT, "a line", &err));
	assert_true(journal_append(record, &chance, &err));
	assert_true(journal_can(record, &n_undo, &n_redo, &err));
	assert_int_equal(n_undo, 1);
	assert_true(append_kind(record, JOURNAL_UNDO, "", &err));
	assert_true(append_kind(record, JOURNAL_AUDIT, "another", &err));
	assert_true(journal_can(record, &n_undo, &n_redo, &err));
	assert_int_equal(n_redo, 1);
	assert_replay(record, "");
	assert_true(journal_history(record, hear, &heard, &err));
	assert_non_null(strstr(heard.text.data, "14:=a line "));
	assert_non_null(strstr(heard.text.data, "14:=another "));
	str_release(&heard.text);
	record_close(record);
	workspace_close(ws);
}

static void assert_next(struct record *record, bool redo, int kind)
{
	struct err err = ERR_INIT;
	struct journal_step step;

	assert_good(journal_next_step(record, redo, &step, &err), &err);
	assert_int_equal(step.kind, kind);
	if (kind == JOURNAL_ANSWER)
		assert_string_equal(step.path, "/data/a");
	journal_step_release(&step);
}

static bool append_chance(struct record *record, const char *value,
	struct err *err)
{
	const struct journal_event chance = { .kind = JOURNAL_ANSWER,
		.joined = true, .path = "/data/b", .value = value };

	return journal_append(record, &chance, err);
}

/* What chance gives after an undo is no step, and leaves the redo. */
static void chance_belongs_to_the_step_it_followed(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct record *record = begin_draft(ws, standard_form);
	struct err err = ERR_INIT;
	size_t n_undo, n_redo;

	(void)state;
	assert_true(append_kind(record, JOURNAL_STATE, "<data/>", &err));
	assert_true(append_chance(record, "0", &err));
	assert_true(journal_can(record, &n_undo, &n_redo, &err));
	assert_int_equal(n_undo, 0);
	assert_true(answer(record, "1", &err));
	assert_true(append_chance(record, "1", &err));
	assert_true(answer(record, "2", &err));
	assert_true(append_chance(record, "2", &err));
	assert_true(append_kind(record, JOURNAL_UNDO, "", &err));
	assert_true(append_chance(record, "3", &err));
	assert_replay(record, "8:=<data/> 1:/data/b=0 1:/data/a=1 1:/data/b=1 "
		"1:/data/b=3 ");
	assert_true(journal_can(record, &n_undo, &n_redo, &err));
	assert_int_equal(n_undo, 1);
	assert_int_equal(n_redo, 1);
	assert_true(append_kind(record, JOURNAL_UNDO, "", &err));
	assert_replay(record, "8:=<data/> 1:/data/b=0 ");
	assert_true(append_kind(record, JOURNAL_REDO, "", &err));
	assert_replay(record, "8:=<data/> 1:/data/b=0 1:/data/a=1 1:/data/b=1 "
		"1:/data/b=3 ");
	assert_true(append_kind(record, JOURNAL_REDO, "", &err));
	assert_replay(record, "8:=<data/> 1:/data/b=0 1:/data/a=1 1:/data/b=1 "
		"1:/data/a=2 1:/data/b=2 ");
	record_close(record);
	workspace_close(ws);
}

static void another_version_of_the_form_is_a_step_of_its_own(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct record *record = begin_draft(ws, standard_form);
	const struct journal_event rebase[2] = {
		{ .kind = JOURNAL_REBASE, .value = "<data/>", .number = 5 },
		{ .kind = JOURNAL_ASIDE, .path = "/data/a", .value = "1",
			.number = 1 },
	};
	struct err err = ERR_INIT;

	(void)state;
	assert_next(record, false, 0);
	assert_true(answer(record, "1", &err));
	assert_true(journal_append_all(record, rebase, 2, &err));
	assert_next(record, false, JOURNAL_REBASE);
	assert_replay(record, "1:/data/a=1 12:=<data/> 13:/data/a=1 ");
	assert_true(append_kind(record, JOURNAL_UNDO, "", &err));
	assert_replay(record, "1:/data/a=1 ");
	assert_next(record, true, JOURNAL_REBASE);
	assert_next(record, false, JOURNAL_ANSWER);
	record_close(record);
	workspace_close(ws);
}

static void a_folded_journal_is_one_state(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct record *record = begin_draft(ws, standard_form);
	const struct journal_event folded[3] = {
		{ .kind = JOURNAL_STATE, .value = "<data/>" },
		{ .kind = JOURNAL_COMMENT, .path = "/data/a",
			.value = "a comment", .joined = true },
		{ .kind = JOURNAL_CLOCK, .value = "2026-11-26",
			.joined = true },
	};
	int64_t id = record_head(record)->id;
	struct err err = ERR_INIT;
	size_t n_undo, n_redo;

	(void)state;
	assert_true(answer(record, "1", &err));
	assert_true(answer(record, "2", &err));
	assert_good(journal_fold(record, folded, 3, NULL, 0, &err), &err);
	assert_true(answer(record, "3", &err));
	assert_replay(record, "8:=<data/> 4:/data/a=a comment 10:=2026-11-26 "
		"1:/data/a=3 ");
	assert_int_equal(record_head(record)->n_events, 2);
	assert_true(append_kind(record, JOURNAL_UNDO, "", &err));
	assert_true(append_kind(record, JOURNAL_UNDO, "", &err));
	assert_true(journal_can(record, &n_undo, &n_redo, &err));
	assert_int_equal(n_undo, 0);
	assert_replay(record, "8:=<data/> 4:/data/a=a comment 10:=2026-11-26 ");
	record_close(record);
	record = record_open(ws, id, &err);
	assert_good(record != NULL, &err);
	assert_replay(record, "8:=<data/> 4:/data/a=a comment 10:=2026-11-26 ");
	record_close(record);
	workspace_close(ws);
}

/* Two windows on one draft: the second must not overwrite the first. */
static void a_record_changed_elsewhere_is_not_overwritten(void **state)
{
	struct workspace *ws = make_workspace(NULL), *other = open_with(NULL);
	struct record *record = begin_draft(ws, standard_form), *same;
	struct err err = ERR_INIT;

	(void)state;
	same = record_open(other, record_head(record)->id, &err);
	assert_good(same != NULL, &err);
	assert_true(answer(record, "1", &err));
	assert_false(record_set_place(same, "/data/b", &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_replay(record, "1:/data/a=1 ");
	err_clear(&err);
	assert_replay(same, "1:/data/a=1 ");	/* it was read again */
	assert_true(answer(same, "2", &err));
	assert_false(answer(record, "3", &err));
	record_close(same);
	workspace_close(other);
	record_close(record);
	workspace_close(ws);
}

/* What somebody with the file but without the key may do to the rows. */
static void tamper(const char *sql)
{
	char *path = path_join(folder, "field.db");
	struct err err = ERR_INIT;
	struct db *db = db_open(path, 0, &err);

	assert_good(db != NULL, &err);
	assert_good(db_exec(db, sql, &err), &err);
	db_close(db);
	free(path);
}

static void assert_broken_after(const char *sql)
{
	struct workspace *ws = make_workspace(NULL);
	struct record *record = begin_draft(ws, standard_form);
	struct heard heard = { STR_INIT };
	struct err err = ERR_INIT;
	int64_t id = record_head(record)->id;

	assert_true(answer(record, "1", &err) && answer(record, "2", &err) &&
		answer(record, "3", &err));
	record_close(record);
	workspace_close(ws);
	tamper(sql);
	ws = open_with(NULL);
	record = record_open(ws, id, &err);
	assert_non_null(record);
	assert_false(journal_replay(record, hear, &heard, &err));
	assert_int_equal(err.code, ERR_CRYPTO);
	record_close(record);
	workspace_close(ws);
	str_release(&heard.text);
}

static void a_missing_event_shows(void **state)
{
	(void)state;
	assert_broken_after("DELETE FROM event WHERE number = 2");
}

static void a_cut_journal_shows(void **state)
{
	(void)state;
	assert_broken_after("DELETE FROM event WHERE number = 3");
}

static void an_emptied_journal_shows(void **state)
{
	(void)state;
	assert_broken_after("DELETE FROM event");
}

static void swapped_events_show(void **state)
{
	(void)state;
	assert_broken_after("UPDATE event SET number = -1 WHERE number = 2;"
		"UPDATE event SET number = 2 WHERE number = 1;"
		"UPDATE event SET number = 1 WHERE number = -1");
}

static void renumbered_events_show(void **state)
{
	(void)state;
	assert_broken_after("DELETE FROM event WHERE number = 2;"
		"UPDATE event SET number = 2 WHERE number = 3");
}

static void a_changed_event_shows(void **state)
{
	(void)state;
	assert_broken_after("UPDATE event SET sealed = zeroblob(length(sealed))"
		" WHERE number = 2");
}

static void a_head_does_not_open_in_another_row(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct record *record = begin_draft(ws, standard_form);
	struct err err = ERR_INIT;

	(void)state;
	record_close(record);
	workspace_close(ws);
	tamper("UPDATE record SET id = 7");
	ws = open_with(NULL);
	assert_null(record_open(ws, 7, &err));
	assert_int_equal(err.code, ERR_CRYPTO);
	workspace_close(ws);
}

/* --- finishing --- */

static void a_standard_record_is_kept_and_can_be_reopened(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct record *record = begin_draft(ws, standard_form);
	struct str out = STR_INIT;
	struct err err = ERR_INIT;
	char xml[300];
	struct record_final final = final_of(xml, sizeof xml, CANARY);
	int64_t id = 0;

	(void)state;
	assert_true(answer(record, CANARY, &err));
	assert_good(record_finish(record, &final, &err), &err);
	assert_false(answer(record, "late", &err));
	assert_int_equal(err.code, ERR_REFUSED);
	assert_true(record_xml(record, &out, &err));
	assert_string_equal(out.data, xml);
	assert_true(records_find_instance(ws, final.instance_id, &id, &err));
	assert_int_equal(id, record_head(record)->id);
	assert_true(record_reopen(record, &err));
	assert_replay(record, "1:/data/a=" CANARY " ");
	assert_true(record_discard(record, false, &err));
	assert_false(record_reopen(record, &err));
	assert_true(record_discard(record, true, &err));
	assert_int_equal(record_head(record)->state, RECORD_DRAFT);
	record_close(record);
	workspace_close(ws);
	str_release(&out);
	assert_no_trace(CANARY);
}

static struct str sealed_bytes_of(struct workspace *ws, int64_t id)
{
	struct record *record;
	struct err err = ERR_INIT;
	struct str out = STR_INIT;

	record = record_open(ws, id, &err);
	assert_good(record != NULL, &err);
	assert_false(record_xml(record, &out, &err));
	assert_int_equal(err.code, ERR_REFUSED);
	assert_false(record_reopen(record, &err));
	assert_good(record_final_bytes(record, &out, &err), &err);
	record_close(record);
	return out;
}

static void a_protected_record_cannot_be_reopened(void **state)
{
	struct workspace *ws = make_workspace(PASSPHRASE);
	struct record *record;
	struct record_final final;
	struct age_keys keys = { &secrets.readers[TRUST_PROTECTED], 1, NULL };
	struct age_keys wrong = { &secrets.readers[TRUST_STANDARD], 1, NULL };
	struct sealed sealed = { 0 };
	struct str bytes;
	struct err err = ERR_INIT;
	char xml[300];
	int64_t id;

	(void)state;
	join_project(ws);
	record = begin_draft(ws, protected_form);
	id = record_head(record)->id;
	assert_string_equal(record_head(record)->title, "Visit B");
	assert_true(answer(record, CANARY, &err));
	assert_no_trace(CANARY);
	final = final_of(xml, sizeof xml, CANARY);
	final.instance_name = CANARY;
	assert_good(record_finish(record, &final, &err), &err);
	assert_int_equal(record_head(record)->n_events, 0);
	assert_string_equal(record_head(record)->form_id, "");
	assert_string_equal(record_head(record)->instance_id, "");
	assert_string_equal(record_head(record)->name, "");
	assert_int_equal(record_head(record)->finished % 86400, 0);
	record_close(record);
	workspace_close(ws);
	assert_no_trace(CANARY);
	ws = open_with(PASSPHRASE);
	bytes = sealed_bytes_of(ws, id);
	assert_false(sealed_open(&sealed, bytes.data, bytes.len, &wrong,
		1 << 20, &err));
	assert_int_equal(err.code, ERR_NOKEY);
	sealed_release(&sealed);
	assert_good(sealed_open(&sealed, bytes.data, bytes.len, &keys, 1 << 20,
		&err), &err);
	assert_memory_equal(sealed.parts[0].bytes, xml, strlen(xml));
	sealed_release(&sealed);
	str_release(&bytes);
	workspace_close(ws);
}

static void a_short_and_a_long_protected_record_look_alike(void **state)
{
	struct workspace *ws = make_workspace(PASSPHRASE);
	struct err err = ERR_INIT;
	uint64_t sizes[2];

	(void)state;
	join_project(ws);
	for (int i = 0; i < 2; i++) {
		struct record *record = begin_draft(ws, protected_form);
		char xml[600];
		struct record_final final = final_of(xml, sizeof xml, i == 0 ?
			"no" : "yes, and much more than that was said here");

		assert_good(record_finish(record, &final, &err), &err);
		sizes[i] = record_head(record)->size_bytes;
		record_close(record);
	}
	assert_int_equal(sizes[0], sizes[1]);
	workspace_close(ws);
}

/* Noise behind a JPEG's first scan, so that it does not compress. */
static char *write_picture(size_t n)
{
	static const char start[] = "\xff\xd8\xff\xda\0\2", end[] = "\xff\xd9";
	char *path = str_format("%s/noise.jpg", root), *noise = xmalloc(n);
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;

	crypt_random(noise, n);
	for (size_t i = 0; i < n; i++)
		noise[i] = (char)(noise[i] == '\xff' ? 0 : noise[i]);
	memcpy(noise, CANARY, strlen(CANARY));
	str_addn(&bytes, start, 6);
	str_addn(&bytes, noise, n);
	str_addn(&bytes, end, 2);
	assert_good(file_write(path, bytes.data, bytes.len, 0600, &err), &err);
	str_release(&bytes);
	free(noise);
	return path;
}

static void check_large(const struct str *sealed_bytes, size_t n_picture)
{
	struct age_keys keys = { &secrets.readers[TRUST_PROTECTED], 1, NULL };
	struct sealed sealed = { 0 };
	struct err err = ERR_INIT;

	assert_good(sealed_open(&sealed, sealed_bytes->data, sealed_bytes->len,
		&keys, 8 << 20, &err), &err);
	assert_int_equal(sealed.n_parts, 2);
	assert_string_equal(sealed.parts[1].name, "photo.jpg");
	assert_int_equal(sealed.parts[1].n_bytes, n_picture + 8);
	assert_memory_equal(sealed.parts[1].bytes + 6, CANARY, strlen(CANARY));
	sealed_release(&sealed);
}

static void large_pictures_are_sealed_in_pieces(void **state)
{
	enum { N = 3 << 20 };
	struct workspace *ws = make_workspace(PASSPHRASE);
	struct pack_options options = { .now = 1 };
	struct problems warnings = PROBLEMS_INIT;
	struct record *record;
	struct pack_result result;
	struct record_final final;
	struct err err = ERR_INIT;
	char *path = write_picture(N), xml[300], *out;
	struct str bytes;
	int64_t id;

	(void)state;
	join_project(ws);
	record = begin_draft(ws, protected_form);
	id = record_head(record)->id;
	assert_good(record_attach(record, "photo.jpg", path, &err), &err);
	final = final_of(xml, sizeof xml, CANARY);
	assert_good(record_finish(record, &final, &err), &err);
	assert_int_equal(record_head(record)->n_attachments, 0);
	assert_int_equal(record->head.size_bytes > N, true);
	record_close(record);
	workspace_close(ws);
	assert_no_trace(CANARY);

	ws = open_with(PASSPHRASE);
	bytes = sealed_bytes_of(ws, id);
	check_large(&bytes, N);
	out = str_format("%s/large.bayaz", root);
	assert_good(pack_ready(ws, out, &options, &result, &warnings, &err),
		&err);
	assert_int_equal(result.n_sealed, 1);
	assert_good(records_purge(ws, &id, 1, &err), &err);
	assert_int_equal(count_rows("SELECT count(*) FROM chunk"), 0);
	assert_int_equal(count_rows("SELECT count(*) FROM file"), 0);
	str_release(&bytes);
	problems_release(&warnings);
	workspace_close(ws);
	unlink(out);
	free(out);
	free(path);
}

static void a_protected_draft_needs_a_project(void **state)
{
	struct workspace *ws = make_workspace(PASSPHRASE);
	struct form_info form = add_form(ws, protected_form);
	struct err err = ERR_INIT;

	(void)state;
	assert_null(record_new(ws, &form, 0, &err));
	assert_int_equal(err.code, ERR_REFUSED);
	form_info_release(&form);
	workspace_close(ws);
}

/* --- importing --- */

static void the_same_bytes_are_imported_once(void **state)
{
	static const char *const forms[] = { standard_form, protected_form };
	struct workspace *ws = make_workspace(PASSPHRASE);
	struct err err = ERR_INIT;

	(void)state;
	join_project(ws);
	for (int i = 0; i < 2; i++) {
		struct form_info form = add_form(ws, forms[i]);
		char xml[300];
		struct record_final final = final_of(xml, sizeof xml, CANARY);
		int64_t first = 0, second = 0;
		bool added;

		assert_good(records_import(ws, &form, &final, NULL, NULL, 0,
			&added, &first, &err), &err);
		assert_true(added);
		workspace_close(ws);
		ws = open_with(PASSPHRASE);
		assert_true(records_import(ws, &form, &final, NULL, NULL, 0,
			&added, &second, &err));
		assert_false(added);
		assert_int_equal(first, second);
		form_info_release(&form);
	}
	workspace_close(ws);
	assert_no_trace(CANARY);
}

static void a_deprecated_id_names_the_prior(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct form_info form = add_form(ws, standard_form);
	struct err err = ERR_INIT;
	struct record *record;
	char xml[300], old_id[64];
	struct record_final final = final_of(xml, sizeof xml, "old");
	uint8_t hash[32];
	int64_t id;
	bool added;

	(void)state;
	sha256_bytes(xml, strlen(xml), hash);
	snprintf(old_id, sizeof old_id, "%s", final.instance_id);
	assert_true(records_import(ws, &form, &final, NULL, NULL, 0, &added,
		&id, &err));
	final = final_of(xml, sizeof xml, "new");
	assert_true(records_import(ws, &form, &final, old_id, NULL, 0, &added,
		&id, &err));
	record = record_open(ws, id, &err);
	assert_int_equal(record_head(record)->n_priors, 1);
	assert_memory_equal(record_head(record)->priors[0], hash, 32);
	record_close(record);
	form_info_release(&form);
	workspace_close(ws);
}

/* --- attachments --- */

static char *write_photo(const char *name, char byte, size_t n)
{
	char *path = str_format("%s/%s", root, name), *bytes = xmalloc(n + 1);
	struct err err = ERR_INIT;

	memset(bytes, byte, n);
	assert_true(file_write(path, bytes, n, 0600, &err));
	free(bytes);
	return path;
}

static void an_attachment_comes_back_whole(void **state)
{
	static const size_t sizes[] = { 0, 1, CHUNK_BYTES - 1, CHUNK_BYTES,
		CHUNK_BYTES + 1, 3 * CHUNK_BYTES };
	struct workspace *ws = make_workspace(NULL);
	struct record *record = begin_draft(ws, standard_form);
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		char *path = write_photo("photo.jpg", (char)('a' + i), sizes[i]);
		struct str out = STR_INIT;

		assert_good(record_attach(record, "photo.jpg", path, &err),
			&err);
		assert_int_equal(record_head(record)->n_attachments, 1);
		assert_good(files_read(ws, record_head(record)->
			attachments[0].file, 1 << 20, &out, &err), &err);
		assert_int_equal(out.len, sizes[i]);
		for (size_t k = 0; k < out.len; k++)
			assert_int_equal(out.data[k], 'a' + (int)i);
		str_release(&out);
		free(path);
	}
	assert_true(record_detach(record, "photo.jpg", &err));
	record_close(record);
	workspace_close(ws);
}

static void the_same_photo_is_stored_once(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct record *one = begin_draft(ws, standard_form);
	struct record *two = begin_draft(ws, standard_form);
	char *path = write_photo("same.jpg", 'x', 100);
	struct err err = ERR_INIT;

	(void)state;
	assert_true(record_attach(one, "a.jpg", path, &err));
	assert_true(record_attach(two, "b.jpg", path, &err));
	assert_int_equal(count_rows("SELECT count(*) FROM file"), 1);
	assert_true(record_detach(one, "a.jpg", &err));
	assert_int_equal(count_rows("SELECT count(*) FROM chunk"), 1);
	assert_true(record_detach(two, "b.jpg", &err));
	assert_int_equal(count_rows("SELECT count(*) FROM chunk"), 0);
	assert_false(record_attach(two, "c.jpg", "/tmp", &err));
	assert_int_equal(err.code, ERR_IO);
	assert_int_equal(record_head(two)->n_attachments, 0);
	free(path);
	record_close(one);
	record_close(two);
	workspace_close(ws);
}

/* --- purging --- */

static void a_purged_record_does_not_open_from_an_old_copy(void **state)
{
	struct workspace *ws = make_workspace(PASSPHRASE);
	struct record *gone = begin_draft(ws, standard_form);
	struct record *stays = begin_draft(ws, standard_form);
	char *db = path_join(folder, "field.db"), *old;
	struct err err = ERR_INIT;
	int64_t id = record_head(gone)->id, other = record_head(stays)->id;

	(void)state;
	old = str_format("%s/old.db", root);
	assert_true(answer(gone, "1", &err) && answer(stays, "2", &err));
	record_close(gone);
	record_close(stays);
	workspace_close(ws);
	copy_file(db, old);
	ws = open_with(PASSPHRASE);
	assert_good(records_purge(ws, &id, 1, &err), &err);
	assert_null(record_open(ws, id, &err));
	assert_int_equal(err.code, ERR_NOTFOUND);
	workspace_close(ws);
	ws = open_with(PASSPHRASE);
	stays = record_open(ws, other, &err);
	assert_good(stays != NULL, &err);
	assert_replay(stays, "1:/data/a=2 ");
	record_close(stays);
	workspace_close(ws);
	copy_file(old, db);	/* what the disk may still have held */
	assert_null(workspace_open(folder, PASSPHRASE, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	free(db);
	free(old);
}

static void a_purge_that_is_given_up_changes_nothing(void **state)
{
	struct workspace *ws = make_workspace(PASSPHRASE);
	struct record *record = begin_draft(ws, standard_form);
	struct err err = ERR_INIT;
	int64_t id = record_head(record)->id;

	(void)state;
	assert_true(answer(record, "1", &err));
	record_close(record);
	assert_true(workspace_begin(ws, &err));
	assert_good(records_purge(ws, &id, 1, &err), &err);
	workspace_rollback(ws);
	record = record_open(ws, id, &err);
	assert_good(record != NULL, &err);
	assert_replay(record, "1:/data/a=1 ");
	assert_true(answer(record, "2", &err));
	record_close(record);
	workspace_close(ws);
	ws = open_with(PASSPHRASE);
	record = record_open(ws, id, &err);
	assert_good(record != NULL, &err);
	assert_replay(record, "1:/data/a=1 1:/data/a=2 ");
	record_close(record);
	workspace_close(ws);
}

/* --- what is due --- */

enum { DAY = 86400 };

static const char year_form[] = FORM("year", "1",
	" bayaz:class=\"standard\" bayaz:retention=\"12\"");

/* A finished record in this state; its row. */
static int64_t add_in_state(struct workspace *ws, const char *form_xml,
	enum record_state state)
{
	struct err err = ERR_INIT;
	struct record *record = begin_draft(ws, form_xml);
	char xml[300];
	struct record_final final = final_of(xml, sizeof xml, "1");
	int64_t id = record_head(record)->id;

	if (state != RECORD_DRAFT)
		assert_good(record_finish(record, &final, &err), &err);
	record->head.state = state;
	assert_good(record_save_alone(record, &err), &err);
	record_close(record);
	return id;
}

static bool is_there(struct workspace *ws, int64_t id)
{
	struct record *record = record_open(ws, id, NULL);

	record_close(record);
	return record != NULL;
}

static struct purge_counts due_in(struct workspace *ws, int days, bool dry)
{
	struct purge_counts counts;
	struct err err = ERR_INIT;

	assert_good(purge_due(ws, field_now(NULL) + (int64_t)days * DAY, dry,
		&counts, &err), &err);
	return counts;
}

static void what_was_discarded_goes_after_thirty_days(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	int64_t gone = add_in_state(ws, standard_form, RECORD_DISCARDED);
	int64_t stays = add_in_state(ws, standard_form, RECORD_DRAFT);

	(void)state;
	assert_int_equal(due_in(ws, 29, false).discarded, 0);
	assert_int_equal(due_in(ws, 30, true).discarded, 1);
	assert_true(is_there(ws, gone));
	assert_int_equal(due_in(ws, 30, false).discarded, 1);
	assert_false(is_there(ws, gone));
	assert_true(is_there(ws, stays));
	workspace_close(ws);
}

static void what_was_received_goes_and_protected_at_once(void **state)
{
	struct workspace *ws = make_workspace(PASSPHRASE);
	int64_t standard, sealed;

	(void)state;
	join_project(ws);
	standard = add_in_state(ws, standard_form, RECORD_RECEIVED);
	sealed = add_in_state(ws, protected_form, RECORD_RECEIVED);
	assert_int_equal(due_in(ws, 0, false).received, 1);
	assert_false(is_there(ws, sealed));
	assert_int_equal(due_in(ws, 89, false).received, 0);
	assert_int_equal(due_in(ws, 90, false).received, 1);
	assert_false(is_there(ws, standard));
	workspace_close(ws);
}

static void what_is_over_age_goes_if_it_was_sent(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	int64_t sent = add_in_state(ws, year_form, RECORD_PACKED);
	int64_t ready = add_in_state(ws, year_form, RECORD_READY);
	int64_t draft = add_in_state(ws, year_form, RECORD_DRAFT);
	int64_t other = add_in_state(ws, standard_form, RECORD_PACKED);
	struct purge_counts counts = due_in(ws, 360, false);

	(void)state;
	assert_int_equal(counts.over_age + counts.n_unsent, 0);
	counts = due_in(ws, 367, false);
	assert_int_equal(counts.over_age, 1);
	assert_int_equal(counts.n_unsent, 2);
	assert_false(is_there(ws, sent));
	assert_true(is_there(ws, ready) && is_there(ws, draft));
	assert_int_equal(due_in(ws, 1820, false).over_age, 0);
	assert_int_equal(due_in(ws, 1830, false).over_age, 1);
	assert_false(is_there(ws, other));
	workspace_close(ws);
}

static void the_policy_comes_before_the_form(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct trust_policy policy = { .refuse_untagged = false };
	struct form_info form = add_form(ws, year_form);
	struct err err = ERR_INIT;
	char *text = str_format("retention=%s:2", form.form_id);

	(void)state;
	assert_good(trust_policy_set(&policy, text, &err), &err);
	join_project_with(ws, policy);
	add_in_state(ws, year_form, RECORD_PACKED);
	add_in_state(ws, standard_form, RECORD_PACKED);
	assert_int_equal(due_in(ws, 60, true).over_age, 0);
	assert_int_equal(due_in(ws, 62, true).over_age, 1);
	form_info_release(&form);
	free(text);
	workspace_close(ws);
}

/* A sealed one tells no form: 24 months, or what any of them allows. */
static void a_sealed_record_has_the_shortest_time(void **state)
{
	struct workspace *ws = make_workspace(PASSPHRASE);
	static const char short_form[] = FORM("short", "1",
		" bayaz:class=\"protected\" bayaz:retention=\"6\"");
	struct form_info form;
	int64_t id;

	(void)state;
	join_project(ws);
	id = add_in_state(ws, protected_form, RECORD_PACKED);
	assert_int_equal(due_in(ws, 720, true).over_age, 0);
	assert_int_equal(due_in(ws, 732, true).over_age, 1);
	form = add_form(ws, short_form);
	assert_int_equal(form.retention_months, 6);
	form_info_release(&form);
	assert_int_equal(due_in(ws, 180, true).over_age, 0);
	assert_int_equal(due_in(ws, 184, false).over_age, 1);
	assert_false(is_there(ws, id));
	workspace_close(ws);
}

static void one_record_goes_only_if_it_may(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	int64_t draft = add_in_state(ws, standard_form, RECORD_DRAFT);
	int64_t sent = add_in_state(ws, standard_form, RECORD_PACKED);
	struct err err = ERR_INIT;
	char *plan = str_format("{\"sequence\":7,\"date\":\"2026-11-26\","
		"\"token\":\"x\",\"path\":\"/x\",\"written\":true,"
		"\"records\":[\"%016llx\"]}", (unsigned long long)sent);

	(void)state;
	assert_false(purge_record(ws, draft, false, &err));
	assert_int_equal(err.code, ERR_REFUSED);
	assert_good(purge_record(ws, draft, true, &err), &err);
	assert_false(is_there(ws, draft));
	/* with `pack --again`, interrupted */
	assert_good(workspace_put_secret(ws, "packing", plan, strlen(plan),
		&err), &err);
	free(plan);
	assert_false(purge_record(ws, sent, true, &err));
	assert_int_equal(due_in(ws, 4000, false).over_age, 0);
	assert_true(is_there(ws, sent));
	workspace_close(ws);
}

/* --- withdrawing --- */

static void a_case_code_has_check_digits(void **state)
{
	static const char right[] = "1234-5678-9092";
	char code[CASE_CODE_BYTES], wrong[CASE_CODE_BYTES];
	struct err err = ERR_INIT;

	(void)state;
	assert_true(case_code_parse(" 1234 56789092", code, &err));
	assert_string_equal(code, right);
	assert_true(case_code_parse("\xdb\xb1""23456789092", code, &err));
	assert_false(case_code_parse("1234567890921", code, &err));
	assert_false(case_code_parse("12345678909x", code, &err));
	for (size_t i = 0; right[i] != '\0'; i++) {
		if (right[i] == '-')
			continue;
		memcpy(wrong, right, sizeof wrong);
		for (char digit = '0'; digit <= '9'; digit++) {
			wrong[i] = digit;
			assert_int_equal(case_code_parse(wrong, code, &err),
				digit == right[i]);
		}
	}
}

static bool take_id(void *context, const struct record_head *head)
{
	*(int64_t *)context = head->id;
	return true;
}

static void a_request_to_delete_is_sealed(void **state)
{
	struct workspace *ws = make_workspace(PASSPHRASE);
	struct age_keys keys = { 0 };
	struct str bytes = STR_INIT;
	struct sealed sealed;
	struct err err = ERR_INIT;
	struct record *record;
	int64_t id, hers;

	(void)state;
	join_project(ws);
	hers = add_in_state(ws, protected_form, RECORD_DRAFT);
	assert_good(withdraw(ws, "1234-5678-9092", &hers, 1, &err), &err);
	assert_false(is_there(ws, hers));
	assert_good(records_each(ws, take_id, &id, &err), &err);
	record = record_open(ws, id, &err);
	assert_true(record_head(record)->is_deletion);
	assert_int_equal(record_head(record)->state, RECORD_READY);
	assert_good(record_final_bytes(record, &bytes, &err), &err);
	keys.identities = &secrets.readers[TRUST_PROTECTED];
	keys.n_identities = 1;
	assert_good(sealed_open(&sealed, bytes.data, bytes.len, &keys, 4096,
		&err), &err);
	assert_int_equal(sealed.n_parts, 1);
	assert_string_equal(sealed.parts[0].name, SEALED_DELETION);
	assert_non_null(memmem(sealed.parts[0].bytes, sealed.parts[0].n_bytes,
		"\"code\":\"1234-5678-9092\"", 23));
	sealed_release(&sealed);
	str_release(&bytes);
	record_close(record);
	workspace_close(ws);
	assert_no_trace("1234-5678-9092");
	assert_no_trace("123456789092");
}

/* --- the disk fails --- */

static void set_fault(int where, unsigned nth)
{
	if (where == 0)
		db_fail_nth(nth);
	else
		file_fail_nth(nth);
}

/* Two answers and the finish; how many were confirmed. */
static unsigned work(struct workspace *ws, int64_t id)
{
	struct err err = ERR_INIT;
	struct record *record = record_open(ws, id, &err);
	char xml[300];
	struct record_final final = final_of(xml, sizeof xml, CANARY);
	unsigned n = 0;

	if (record == NULL)
		return 0;
	if (answer(record, "1", &err) && ++n && answer(record, "2", &err) &&
			++n && record_finish(record, &final, &err))
		n++;
	record_close(record);
	return n;
}

static void check_confirmed(int64_t id, unsigned confirmed,
	const char *passphrase)
{
	struct workspace *ws = open_with(passphrase);
	struct err err = ERR_INIT;
	struct record *record = record_open(ws, id, &err);
	const struct record_head *head;

	assert_good(record != NULL, &err);
	head = record_head(record);
	if (head->state == RECORD_DRAFT) {
		assert_true(confirmed < 3);
		assert_in_range(head->n_events, confirmed, confirmed + 1);
		free(replay(record));
	} else {
		struct str out = STR_INIT;

		assert_true(confirmed >= 2);
		assert_true(record_final_bytes(record, &out, &err));
		str_release(&out);
	}
	record_close(record);
	workspace_close(ws);
}

/* A workspace with one draft, to be copied for every N. */
static char *prepare(const char *form, const char *passphrase, int64_t *id)
{
	struct workspace *ws = make_workspace(passphrase);
	struct record *record;

	join_project(ws);
	record = begin_draft(ws, form);
	*id = record_head(record)->id;
	record_close(record);
	workspace_close(ws);
	return folder;
}

static void copy_workspace(const char *from)
{
	static const char *const names[] = { "keys", "field.db" };

	assert_int_equal(mkdir(folder, 0700), 0);
	for (int i = 0; i < 2; i++) {
		char *a = path_join(from, names[i]);
		char *b = path_join(folder, names[i]);

		copy_file(a, b);
		free(a);
		free(b);
	}
}

static bool fails_at(int where, unsigned nth, const char *from, int64_t id,
	const char *passphrase)
{
	struct workspace *ws;
	unsigned confirmed;

	fresh_folder(NULL);
	copy_workspace(from);
	ws = open_with(passphrase);
	set_fault(where, nth);
	confirmed = work(ws, id);
	set_fault(where, 0);
	workspace_close(ws);
	check_confirmed(id, confirmed, passphrase);
	scratch_remove(folder);
	free(folder);
	folder = NULL;
	assert_true(nth < 1000);
	return confirmed < 3;
}

static void whichever_write_fails_the_confirmed_is_there(void **state)
{
	unsigned nth = 1;
	int64_t id;
	char *from = prepare(standard_form, NULL, &id);

	(void)state;
	while (fails_at(0, nth, from, id, NULL))
		nth++;
	assert_true(nth > 3);
	folder = from;
}

static void whichever_write_fails_a_protected_finish_is_whole(void **state)
{
	unsigned nth = 1;
	int64_t id;
	char *from = prepare(protected_form, PASSPHRASE, &id);

	(void)state;
	while (fails_at(0, nth, from, id, PASSPHRASE))
		nth++;
	assert_true(nth > 3);
	for (nth = 1; fails_at(1, nth, from, id, PASSPHRASE); nth++)
		;
	folder = from;
}

/* --- packing --- */

static char *bundle_path(const char *name)
{
	return str_format("%s.%s", folder, name);
}

static void add_ready(struct workspace *ws, const char *form_xml,
	const char *value)
{
	struct form_info form = add_form(ws, form_xml);
	struct err err = ERR_INIT;
	char xml[300];
	struct record_final final = final_of(xml, sizeof xml, value);
	bool added;

	assert_good(records_import(ws, &form, &final, NULL, NULL, 0, &added,
		NULL, &err), &err);
	form_info_release(&form);
}

static bool pack_into(struct workspace *ws, const char *path, bool again,
	struct pack_result *result, struct err *err)
{
	const struct pack_options options = { .again = again };

	return pack_ready(ws, path, &options, result, NULL, err);
}

static struct bundle *open_bundle(const char *path)
{
	struct age_keys keys = { &secrets.readers[TRUST_STANDARD], 1, NULL };
	struct err err = ERR_INIT;
	struct bundle *bundle;

	assert_good(bundle_verify(path, &keys, NULL, NULL, &err), &err);
	bundle = bundle_open(path, &keys, NULL, &err);
	assert_good(bundle != NULL, &err);
	return bundle;
}

static size_t count_kind(const struct bundle *bundle, enum entry_kind kind)
{
	const struct manifest *m = bundle_manifest(bundle);
	size_t n = 0;

	for (size_t i = 0; i < m->entries.n; i++)
		n += m->entries.items[i].kind == kind;
	return n;
}

static void what_is_ready_is_packed_once(void **state)
{
	struct workspace *ws = make_workspace(PASSPHRASE);
	char *one = bundle_path("1"), *two = bundle_path("2");
	struct pack_result result, next;
	struct bundle *bundle;
	struct err err = ERR_INIT;

	(void)state;
	join_project(ws);
	assert_false(pack_into(ws, one, false, &result, &err));
	assert_int_equal(err.code, ERR_NOTFOUND);
	assert_false(file_exists(one));
	add_ready(ws, standard_form, CANARY "-plain");
	add_ready(ws, protected_form, CANARY "-protected");
	assert_good(pack_into(ws, one, false, &result, &err), &err);
	assert_int_equal(result.n_records, 1);
	assert_int_equal(result.n_sealed, 1);
	assert_int_equal(result.n_forms, 1);
	assert_int_equal(result.sequence, 1);
	bundle = open_bundle(one);
	assert_string_equal(bundle_manifest_sha256(bundle), result.manifest);
	assert_int_equal(count_kind(bundle, ENTRY_RECORD), 1);
	assert_int_equal(count_kind(bundle, ENTRY_SEALED), 1);
	assert_int_equal(count_kind(bundle, ENTRY_FORM), 1);
	assert_null(bundle_manifest(bundle)->previous);
	bundle_close(bundle);
	assert_false(pack_into(ws, two, false, &next, &err));
	assert_int_equal(err.code, ERR_NOTFOUND);
	assert_false(pack_into(ws, one, true, &next, &err));
	assert_int_equal(err.code, ERR_CONFLICT);	/* the file is there */
	assert_good(pack_into(ws, two, true, &next, &err), &err);
	bundle = open_bundle(two);
	assert_string_equal(bundle_manifest(bundle)->previous, result.manifest);
	assert_int_equal(bundle_manifest(bundle)->sequence, 2);
	bundle_close(bundle);
	workspace_close(ws);
	assert_no_trace(CANARY);
	free(one);
	free(two);
}

static void only_public_forms_go_unsealed(void **state)
{
	const struct pack_options plain = { .plain = true };
	struct workspace *ws = make_workspace(NULL);
	char *path = bundle_path("plain");
	struct pack_result result;
	struct err err = ERR_INIT;

	(void)state;
	join_project(ws);
	add_ready(ws, public_form, "1");
	assert_good(pack_ready(ws, path, &plain, &result, NULL, &err), &err);
	unlink(path);
	add_ready(ws, standard_form, "1");
	assert_false(pack_ready(ws, path, &plain, &result, NULL, &err));
	assert_int_equal(err.code, ERR_REFUSED);
	assert_false(file_exists(path));
	assert_good(pack_into(ws, path, false, &result, &err), &err);
	free(path);
	workspace_close(ws);
}

static void a_missing_attachment_is_named_and_a_warning(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	struct form_info form = add_form(ws, standard_form);
	char *photo = write_photo("here.jpg", 'p', 200000);
	char *path = bundle_path("a");
	const struct record_file files[] = {
		{ "here.jpg", photo }, { "gone.jpg", NULL },
	};
	const struct pack_options options = { .again = false };
	struct problems warnings = PROBLEMS_INIT;
	const struct manifest_entry *entry;
	struct pack_result result;
	struct bundle *bundle;
	struct err err = ERR_INIT;
	char xml[300];
	struct record_final final = final_of(xml, sizeof xml, "x");
	bool added;

	(void)state;
	join_project(ws);
	assert_good(records_import(ws, &form, &final, NULL, files, 2, &added,
		NULL, &err), &err);
	assert_good(pack_ready(ws, path, &options, &result, &warnings, &err),
		&err);
	assert_int_equal(result.n_missing, 1);
	assert_int_equal(warnings.n, 1);
	bundle = open_bundle(path);
	assert_int_equal(count_kind(bundle, ENTRY_FILE), 1);
	for (size_t i = 0; i < bundle_manifest(bundle)->entries.n; i++) {
		entry = &bundle_manifest(bundle)->entries.items[i];
		if (entry->kind != ENTRY_RECORD)
			continue;
		assert_int_equal(entry->n_files, 2);
		assert_string_equal(entry->files[1].name, "gone.jpg");
		assert_string_equal(entry->files[1].sha256, "");
		assert_true(sha256_is_hex(entry->files[0].sha256));
	}
	bundle_close(bundle);
	problems_release(&warnings);
	form_info_release(&form);
	workspace_close(ws);
	free(photo);
	free(path);
}

static bool is_packed(void *context, const struct record_head *head)
{
	*(size_t *)context += head->state == RECORD_PACKED;
	return true;
}

static void damage_ready(const char *sql, size_t n_listed)
{
	struct workspace *ws = make_workspace(NULL);
	char *path = bundle_path("d");
	struct pack_result result;
	struct err err = ERR_INIT;
	size_t n = 0;

	join_project(ws);
	add_ready(ws, standard_form, "1");
	add_ready(ws, standard_form, "2");
	workspace_close(ws);
	tamper(sql);
	ws = open_with(NULL);
	assert_good(pack_into(ws, path, false, &result, &err), &err);
	assert_int_equal(result.n_records, 1);
	assert_int_equal(result.n_damaged, 1);
	bundle_close(open_bundle(path));
	assert_true(records_each(ws, is_packed, &n, &err));
	assert_int_equal(n, 1);
	assert_int_equal(records_damaged(ws), 2 - n_listed);
	workspace_close(ws);
	free(path);
}

static void a_damaged_head_holds_up_no_other(void **state)
{
	(void)state;
	damage_ready("UPDATE record SET head = zeroblob(length(head)) WHERE id ="
		" (SELECT min(id) FROM record)", 1);
}

static void a_damaged_record_holds_up_no_other(void **state)
{
	(void)state;
	damage_ready("UPDATE body SET sealed = zeroblob(length(sealed)) WHERE "
		"owner = (SELECT min(id) FROM record)", 2);
}

/* A record with a file that does not shrink. */
static int64_t add_ready_with(struct workspace *ws, size_t n_bytes)
{
	struct record *record = begin_draft(ws, standard_form);
	char *path = str_format("%s/noise", root), *noise = xmalloc(n_bytes);
	char xml[300];
	struct record_final final = final_of(xml, sizeof xml, "noise");
	struct err err = ERR_INIT;
	int64_t id = record_head(record)->id;

	crypt_random(noise, n_bytes);
	assert_good(file_write(path, noise, n_bytes, 0600, &err), &err);
	assert_good(record_attach(record, "noise", path, &err), &err);
	assert_good(record_finish(record, &final, &err), &err);
	record_close(record);
	free(noise);
	free(path);
	return id;
}

static const struct disk small_fat = { 60000, UINT64_MAX, true };

static uint64_t size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return (uint64_t)st.st_size;
}

/* Pack until nothing is left; how many bundles that took. */
static int pack_all(struct workspace *ws, int first, bool again,
	size_t n_records)
{
	struct pack_options options = { .again = again };
	struct pack_result result = { .n_left = 1 };
	size_t n_packed = 0;
	int n = 0;

	for (; result.n_left > 0; n++) {
		char name[16], *path;
		struct bundle *bundle;
		struct err err = ERR_INIT;

		snprintf(name, sizeof name, "%d", first + n);
		path = bundle_path(name);
		assert_good(pack_ready(ws, path, &options, &result, NULL,
			&err), &err);
		assert_int_equal(result.sequence, first + n);
		if (options.again_before == 0)
			options.again_before = result.sequence;
		assert_true(size_of(path) <= small_fat.max_file_bytes);
		n_packed += result.n_records;
		bundle = open_bundle(path);
		assert_true(bundle_manifest(bundle)->has_head);
		assert_int_equal(bundle_manifest(bundle)->n_left,
			result.n_left);
		assert_int_equal(bundle_manifest(bundle)->n_packed,
			again ? n_records : n_packed);
		bundle_close(bundle);
		unlink(path);
		free(path);
	}
	assert_int_equal(n_packed, n_records);
	return n;
}

static void a_small_disk_gets_several_bundles(void **state)
{
	enum { N = 20 };
	struct workspace *ws = make_workspace(NULL);
	int n;

	(void)state;
	join_project(ws);
	for (int i = 0; i < N; i++)
		add_ready_with(ws, 10000);
	disk_pretend(&small_fat);
	n = pack_all(ws, 1, false, N);
	assert_true(n >= 4 && n <= 7);
	assert_int_equal(pack_all(ws, 1 + n, true, N), n);
	disk_pretend(NULL);
	workspace_close(ws);
}

static void what_a_disk_cannot_hold_stays_behind(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	char *one = bundle_path("1"), *two = bundle_path("2");
	struct problems warnings = PROBLEMS_INIT;
	struct pack_options options = { .again = false };
	struct pack_result result;
	struct err err = ERR_INIT;

	(void)state;
	join_project(ws);
	add_ready_with(ws, 100000);
	add_ready_with(ws, 1000);
	disk_pretend(&small_fat);
	assert_good(pack_ready(ws, one, &options, &result, &warnings, &err),
		&err);
	assert_int_equal(result.n_records, 1);
	assert_int_equal(result.n_too_large, 1);
	assert_int_equal(result.n_left, 0);
	assert_int_equal(warnings.n, 1);
	assert_false(pack_into(ws, two, false, &result, &err));
	assert_int_equal(err.code, ERR_LIMIT);
	assert_false(file_exists(two));
	disk_pretend(NULL);
	assert_good(pack_into(ws, two, false, &result, &err), &err);
	assert_int_equal(result.sequence, 2);
	assert_int_equal(result.n_records, 1);
	problems_release(&warnings);
	workspace_close(ws);
	unlink(one);
	unlink(two);
	free(one);
	free(two);
}

static void names_that_fat_cannot_hold_are_refused(void **state)
{
	static const char *const wrong[] = { "a:b.bayaz", "a?.bayaz", "a|b",
		"con.bayaz", "COM1", "x.", "x ", "a\\b", "a\nb" };
	static const char *const right[] = { "a.bayaz", "20261124-7f3a.bayaz",
		"\331\276\332\206.bayaz", "conx.bayaz", "com0", ".x" };
	struct workspace *ws = make_workspace(NULL);
	char *path = bundle_path("a:b");
	struct pack_result result;
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(disk_can_name(&small_fat, wrong[i]));
	for (size_t i = 0; i < sizeof right / sizeof *right; i++)
		assert_true(disk_can_name(&small_fat, right[i]));
	join_project(ws);
	add_ready(ws, standard_form, "1");
	disk_pretend(&small_fat);
	assert_false(pack_into(ws, path, false, &result, &err));
	assert_int_equal(err.code, ERR_VALUE);
	assert_false(file_exists(path));
	disk_pretend(NULL);
	assert_good(pack_into(ws, path, false, &result, &err), &err);
	assert_int_equal(result.sequence, 1);
	workspace_close(ws);
	unlink(path);
	free(path);
}

/* What it needed, what there is; nothing stays there, and all is ready. */
static void a_full_disk_is_told_in_figures(void **state)
{
	static const struct disk full = { UINT64_MAX, 1000, false };
	struct workspace *ws = make_workspace(NULL);
	char *path = bundle_path("1");
	struct pack_result result;
	struct err err = ERR_INIT;

	(void)state;
	join_project(ws);
	add_ready_with(ws, 200000);
	disk_pretend(&full);
	file_fail_nth(2);
	assert_false(pack_into(ws, path, false, &result, &err));
	file_fail_nth(0);
	disk_pretend(NULL);
	assert_int_equal(err.code, ERR_IO);
	assert_non_null(strstr(err.message, "KB"));
	assert_non_null(strstr(err.message, "1.0 KB"));
	assert_false(file_exists(path));
	assert_good(pack_into(ws, path, false, &result, &err), &err);
	assert_int_equal(result.n_records, 1);
	assert_false(result.resumed);
	workspace_close(ws);
	unlink(path);
	free(path);
}

/* It is the answers that count: they go, and the file is named as missing. */
static void a_damaged_file_holds_up_no_record(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	char *path = bundle_path("1");
	struct pack_result result;
	struct bundle *bundle;
	struct err err = ERR_INIT;

	(void)state;
	join_project(ws);
	add_ready_with(ws, 200000);
	add_ready_with(ws, 200000);
	workspace_close(ws);
	tamper("UPDATE chunk SET sealed = zeroblob(length(sealed)) WHERE "
		"number = 1 AND file = (SELECT min(id) FROM file)");
	ws = open_with(NULL);
	assert_good(pack_into(ws, path, false, &result, &err), &err);
	assert_int_equal(result.n_records, 2);
	assert_int_equal(result.n_files, 1);
	assert_int_equal(result.n_missing, 1);
	bundle = open_bundle(path);
	assert_int_equal(count_kind(bundle, ENTRY_RECORD), 2);
	assert_int_equal(bundle_manifest(bundle)->n_packed, 2);
	bundle_close(bundle);
	workspace_close(ws);
	unlink(path);
	free(path);
}

/* Killed before the file had its name: nobody has it, so what became ready
 * meanwhile goes too, and nothing stays on the disk. */
static void what_never_had_its_name_is_planned_anew(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	char *one = bundle_path("1"), *two = bundle_path("2");
	char *part = str_format("%s.part", one);
	struct pack_result result;
	struct err err = ERR_INIT;
	pid_t child;
	int status;

	(void)state;
	join_project(ws);
	add_ready(ws, standard_form, "1");
	workspace_close(ws);
	child = fork();
	if (child == 0) {
		file_kill_nth(2);
		ws = open_with(NULL);
		_exit(pack_into(ws, one, false, &result, &err));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_true(file_exists(part));
	ws = open_with(NULL);
	add_ready(ws, standard_form, "2");
	assert_good(pack_into(ws, two, false, &result, &err), &err);
	assert_int_equal(result.sequence, 1);
	assert_int_equal(result.n_records, 2);
	assert_false(result.resumed);
	assert_false(file_exists(part));
	workspace_close(ws);
	unlink(two);
	free(one);
	free(two);
	free(part);
}

static void pack_and_die(unsigned nth, const char *path)
{
	struct pack_result result;
	struct err err = ERR_INIT;
	pid_t child = fork();

	if (child == 0) {
		struct workspace *ws = open_with(NULL);

		file_kill_nth(nth);
		_exit(pack_into(ws, path, false, &result, &err));
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
}

/* Killed right after it got its name: it is written over, not beside. */
static void what_has_its_name_is_written_over(void **state)
{
	struct workspace *ws = make_workspace(NULL);
	char *path = bundle_path("1"), *again;
	struct pack_result result;
	struct err err = ERR_INIT;

	(void)state;
	join_project(ws);
	add_ready(ws, standard_form, "1");
	workspace_close(ws);
	for (unsigned nth = 1; !file_exists(path); nth++)
		pack_and_die(nth, path);
	ws = open_with(NULL);
	again = pack_new_name(ws, root, false, 0);
	assert_string_equal(again, path);
	assert_good(pack_into(ws, again, false, &result, &err), &err);
	assert_true(result.resumed);
	assert_int_equal(result.sequence, 1);
	free(again);
	again = pack_new_name(ws, root, false, 0);
	assert_string_not_equal(again, path);
	workspace_close(ws);
	unlink(path);
	free(again);
	free(path);
}

/* True if something failed.  What came out under a final name is whole, and a
 * second packing says the same under the same number. */
static bool pack_fails_at(int where, unsigned nth)
{
	struct workspace *ws;
	struct pack_result result, second;
	struct err err = ERR_INIT;
	char *one, *two;
	size_t n_packed = 0;
	bool ok, was_there;

	fresh_folder(NULL);
	set_fault(where, 0);
	ws = make_workspace(NULL);
	join_project(ws);
	add_ready(ws, standard_form, "1");
	one = bundle_path("1");
	two = bundle_path("2");
	workspace_close(ws);
	ws = open_with(NULL);
	set_fault(where, nth);
	ok = pack_into(ws, one, false, &result, &err);
	set_fault(where, 0);
	workspace_close(ws);
	ws = open_with(NULL);
	was_there = file_exists(one);
	if (!ok) {
		assert_good(pack_into(ws, two, false, &second, &err), &err);
		assert_int_equal(second.sequence, 1);
		if (was_there) {
			struct bundle *bundle = open_bundle(one);

			assert_string_equal(bundle_manifest_sha256(bundle),
				second.manifest);
			bundle_close(bundle);
		}
	}
	assert_true(records_each(ws, is_packed, &n_packed, &err));
	assert_int_equal(n_packed, 1);
	workspace_close(ws);
	unlink(one);
	unlink(two);
	free(one);
	free(two);
	scratch_remove(folder);
	free(folder);
	folder = NULL;
	assert_true(nth < 1000);
	return !ok;
}

static void whichever_write_fails_packing_can_be_repeated(void **state)
{
	unsigned nth;

	(void)state;
	free(folder);
	for (int where = 0; where < 2; where++) {
		for (nth = 1; pack_fails_at(where, nth); nth++)
			;
		assert_true(nth > 3);
	}
	fresh_folder(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(a_workspace_opens_with_its_passphrase_only),
		IN_A_FOLDER(a_second_workspace_in_a_folder_is_refused),
		IN_A_FOLDER(an_open_key_file_must_be_its_owners),
		IN_A_FOLDER(records_without_their_keys_are_not_overwritten),
		IN_A_FOLDER(a_damaged_key_file_is_an_error),
		IN_A_FOLDER(another_passphrase_leaves_the_records),
		IN_A_FOLDER(secrets_are_kept_replaced_and_removed),
		IN_A_FOLDER(the_same_form_twice_is_one),
		IN_A_FOLDER(another_form_under_the_same_version_is_refused),
		IN_A_FOLDER(media_follow_their_form),
		IN_A_FOLDER(what_is_no_form_is_refused),
		IN_A_FOLDER(a_draft_is_replayed_as_it_was_answered),
		IN_A_FOLDER(undo_and_redo_go_as_far_as_one_likes),
		IN_A_FOLDER(a_line_of_the_log_parts_no_step_and_outlives_undo),
		IN_A_FOLDER(another_version_of_the_form_is_a_step_of_its_own),
		IN_A_FOLDER(chance_belongs_to_the_step_it_followed),
		IN_A_FOLDER(a_folded_journal_is_one_state),
		IN_A_FOLDER(a_record_changed_elsewhere_is_not_overwritten),
		IN_A_FOLDER(a_missing_event_shows),
		IN_A_FOLDER(a_cut_journal_shows),
		IN_A_FOLDER(an_emptied_journal_shows),
		IN_A_FOLDER(swapped_events_show),
		IN_A_FOLDER(renumbered_events_show),
		IN_A_FOLDER(a_changed_event_shows),
		IN_A_FOLDER(a_head_does_not_open_in_another_row),
		IN_A_FOLDER(a_standard_record_is_kept_and_can_be_reopened),
		IN_A_FOLDER(a_protected_record_cannot_be_reopened),
		IN_A_FOLDER(a_short_and_a_long_protected_record_look_alike),
		IN_A_FOLDER(large_pictures_are_sealed_in_pieces),
		IN_A_FOLDER(a_protected_draft_needs_a_project),
		IN_A_FOLDER(the_same_bytes_are_imported_once),
		IN_A_FOLDER(a_deprecated_id_names_the_prior),
		IN_A_FOLDER(an_attachment_comes_back_whole),
		IN_A_FOLDER(the_same_photo_is_stored_once),
		IN_A_FOLDER(a_purged_record_does_not_open_from_an_old_copy),
		IN_A_FOLDER(a_purge_that_is_given_up_changes_nothing),
		IN_A_FOLDER(what_was_discarded_goes_after_thirty_days),
		IN_A_FOLDER(what_was_received_goes_and_protected_at_once),
		IN_A_FOLDER(what_is_over_age_goes_if_it_was_sent),
		IN_A_FOLDER(the_policy_comes_before_the_form),
		IN_A_FOLDER(a_sealed_record_has_the_shortest_time),
		IN_A_FOLDER(one_record_goes_only_if_it_may),
		IN_A_FOLDER(a_case_code_has_check_digits),
		IN_A_FOLDER(a_request_to_delete_is_sealed),
		IN_A_FOLDER(whichever_write_fails_the_confirmed_is_there),
		IN_A_FOLDER(whichever_write_fails_a_protected_finish_is_whole),
		IN_A_FOLDER(what_is_ready_is_packed_once),
		IN_A_FOLDER(only_public_forms_go_unsealed),
		IN_A_FOLDER(a_missing_attachment_is_named_and_a_warning),
		IN_A_FOLDER(a_damaged_head_holds_up_no_other),
		IN_A_FOLDER(a_damaged_record_holds_up_no_other),
		IN_A_FOLDER(a_small_disk_gets_several_bundles),
		IN_A_FOLDER(what_a_disk_cannot_hold_stays_behind),
		IN_A_FOLDER(names_that_fat_cannot_hold_are_refused),
		IN_A_FOLDER(a_full_disk_is_told_in_figures),
		IN_A_FOLDER(a_damaged_file_holds_up_no_record),
		IN_A_FOLDER(what_never_had_its_name_is_planned_anew),
		IN_A_FOLDER(what_has_its_name_is_written_over),
		IN_A_FOLDER(whichever_write_fails_packing_can_be_repeated),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
