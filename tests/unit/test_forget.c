/*
 * What is to be forgotten is in no file of the workspace any more: not in the
 * database, its freed pages, its log, the file of keys; neither the sealed
 * bytes nor a key, in the clear or otherwise; and the keys from before open
 * nothing that is there now (DNH-07).
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "crypt/base64.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "field/forms.h"
#include "field/journal.h"
#include "field/local.h"
#include "field/records.h"
#include "field/workspace.h"
#include "trust/device.h"
#include "trust/project.h"
#include "laptop.h"

#define CANARY "Zq7-canary/Xw3?"

#define FORM(id, attributes) \
	"<h:html xmlns=\"http://www.w3.org/2002/xforms\"" \
	" xmlns:h=\"http://www.w3.org/1999/xhtml\"" \
	" xmlns:bayaz=\"urn:x-bayaz:forms\">" \
	"<h:head><h:title>T</h:title><model><instance>" \
	"<data id=\"" id "\" version=\"1\"" attributes "><a/></data>" \
	"</instance><bind nodeset=\"/data/a\" type=\"string\"/></model>" \
	"</h:head><h:body><input ref=\"/data/a\"><label>A</label></input>" \
	"</h:body></h:html>"

static const char standard_form[] = FORM("visit", "");
static const char protected_form[] = FORM("intake",
	" bayaz:class=\"protected\" bayaz:list-title=\"Visit B\"");

static void join_project(struct workspace *ws)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct trust_policy policy = { false };
	struct trust_recovery recovery;
	struct trust_project project;
	struct trust_secrets secrets;
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
	str_wipe(&out);
	trust_signed_release(&text);
	trust_recovery_wipe(&recovery);
	free(json);
}

/* A draft with answers and a photo that hold the canary. */
static struct record *begin_draft(struct workspace *ws, const char *xml)
{
	const struct journal_event event = {
		.kind = JOURNAL_ANSWER, .path = "/data/a", .value = CANARY,
	};
	struct err err = ERR_INIT;
	struct form_info form;
	struct record *record;

	assert_good(forms_add(ws, xml, strlen(xml), "form.xml", NULL, 0, &form,
		NULL, &err), &err);
	record = record_new(ws, &form, 0, &err);
	assert_good(record != NULL, &err);
	for (int i = 0; i < 40; i++)
		assert_good(journal_append(record, &event, &err), &err);
	form_info_release(&form);
	return record;
}

/* --- what must not be found --- */

struct bytes { char *data; size_t n; };
struct traces { VEC(struct bytes) items; };

static void add_trace(struct traces *traces, const void *data, size_t n)
{
	struct bytes bytes = { xmemdup(data, n), n };

	vec_push(&traces->items, bytes);
}

/* Of sealed bytes every part, in steps. */
static void add_sealed(struct traces *traces, const char *data, size_t n)
{
	enum { PIECE = 24, STEP = 256 };

	for (size_t at = 0; at + PIECE <= n; at += STEP)
		add_trace(traces, data + at, PIECE);
	if (n >= PIECE)
		add_trace(traces, data + n - PIECE, PIECE);
}

static void add_base64(struct traces *traces, const char *data, size_t n)
{
	for (size_t shift = 0; shift < 3; shift++) {
		struct str plain = STR_INIT, text = STR_INIT;
		size_t start = shift > 0 ? 4 : 0;

		str_addn(&plain, "xx", shift);
		str_addn(&plain, data, n - (n + shift) % 3);
		base64_encode(BASE64_UNPADDED, plain.data, plain.len, &text);
		add_trace(traces, text.data + start, text.len - start);
		str_release(&plain);
		str_release(&text);
	}
}

static void add_percent(struct traces *traces, const char *text,
	const char *format)
{
	struct str out = STR_INIT;

	for (; *text != '\0'; text++)
		str_addf(&out, format, (unsigned)(unsigned char)*text);
	add_trace(traces, out.data, out.len);
	str_release(&out);
}

/* A text as it may stand in a file. */
static void add_text(struct traces *traces, const char *text)
{
	size_t n = strlen(text);
	char *wide = xcalloc(2 * n + 1, 1);

	for (size_t i = 0; i < n; i++)
		wide[2 * i + 1] = text[i];
	add_trace(traces, text, n);
	add_trace(traces, wide, 2 * n);			/* UTF-16BE */
	add_trace(traces, wide + 1, 2 * n - 1);		/* UTF-16LE */
	add_percent(traces, text, "%%%02X");
	add_percent(traces, text, "%%%02x");
	add_base64(traces, text, n);
	free(wide);
}

static void add_key(struct traces *traces, const uint8_t *key)
{
	char hex[2 * SEAL_KEY_BYTES + 1];

	hex_encode(key, SEAL_KEY_BYTES, hex);
	add_trace(traces, key, SEAL_KEY_BYTES);
	add_trace(traces, hex, strlen(hex));
	add_base64(traces, (const char *)key, SEAL_KEY_BYTES);
}

static void add_rows(struct traces *traces, struct workspace *ws,
	const char *sql, int64_t id)
{
	struct err err = ERR_INIT;
	struct db_stmt *stmt = db_prepare_once(ws->db, sql, &err);

	assert_good(stmt != NULL, &err);
	db_bind_int(stmt, 1, id);
	while (db_step(stmt, &err) == DB_ROW) {
		size_t n;
		const char *bytes = db_blob(stmt, 0, &n);

		assert_true(n > 24);
		add_sealed(traces, bytes, n);
	}
	db_free(stmt);
}

/* All that is there of a record. */
static void add_record(struct traces *traces, const struct record *record)
{
	struct workspace *ws = record->ws;
	int64_t id = record->head.id;

	add_key(traces, record->key);
	add_rows(traces, ws, "SELECT head FROM record WHERE id = ?1", id);
	add_rows(traces, ws, "SELECT sealed FROM event WHERE record = ?1", id);
	add_rows(traces, ws, "SELECT sealed FROM body WHERE owner = ?1", id);
	for (size_t i = 0; i < record->head.n_attachments; i++) {
		int64_t file = record->head.attachments[i].file;

		add_rows(traces, ws, "SELECT head FROM file WHERE id = ?1",
			file);
		add_rows(traces, ws, "SELECT sealed FROM chunk WHERE file = ?1",
			file);
	}
}

/* The file of keys as it is, but for what stands in clear in it. */
static void add_slots(struct traces *traces)
{
	enum { KEY_AT = 60, KEY_BYTES = 48 + 32 };
	char *path = path_join(folder, "keys");
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;

	assert_good(file_read(path, KEYS_FILE_BYTES, &bytes, &err), &err);
	for (size_t at = 0; at < bytes.len; at += KEYS_SLOT_BYTES)
		if (bytes.data[at] != 0)
			add_sealed(traces, bytes.data + at + KEY_AT, KEY_BYTES);
	str_release(&bytes);
	free(path);
}

/* The keys above the buckets, and all that seals or is sealed by them. */
static void add_tree(struct traces *traces, struct workspace *ws)
{
	add_key(traces, ws->keys->store);
	add_key(traces, ws->keys->wrapping);
	add_rows(traces, ws, "SELECT value FROM meta WHERE ?1 = 0 AND "
		"name IN ('store-key', 'bucket-keys')", 0);
	add_slots(traces);
}

static const struct bytes *found_in(const struct traces *traces,
	const struct str *file)
{
	for (size_t i = 0; i < traces->items.n; i++) {
		const struct bytes *trace = &traces->items.items[i];

		if (memmem(file->data, file->len, trace->data, trace->n))
			return trace;
	}
	return NULL;
}

static size_t n_found(const struct traces *traces)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		char *path = path_join(folder, entry->d_name);
		struct str all = STR_INIT;

		if (entry->d_name[0] != '.' &&
				file_read(path, 1 << 28, &all, NULL) &&
				found_in(traces, &all) != NULL) {
			print_message("found in %s\n", entry->d_name);
			n++;
		}
		str_release(&all);
		free(path);
	}
	closedir(dir);
	return n;
}

static void release_traces(struct traces *traces)
{
	for (size_t i = 0; i < traces->items.n; i++)
		free(traces->items.items[i].data);
	vec_release(&traces->items);
}

/* --- what the old keys open --- */

static bool opens(const uint8_t key[SEAL_KEY_BYTES], const void *ad,
	size_t ad_bytes, const void *sealed, size_t n)
{
	struct str out = STR_INIT;
	bool ok = seal_open(key, ad, ad_bytes, sealed, n, &out, NULL);

	str_wipe(&out);
	return ok;
}

static void assert_opens_no_meta(struct workspace *ws, const char *name,
	const uint8_t *key, const char *place)
{
	struct str sealed = STR_INIT;
	struct err err = ERR_INIT;

	assert_good(meta_find(ws->db, name, &sealed, &err), &err);
	assert_true(sealed.len > 0);
	assert_false(opens(key, place, strlen(place) + 1, sealed.data,
		sealed.len));
	str_release(&sealed);
}

/* No head of a record that is there opens with the key of a bucket before. */
static size_t n_opened(struct workspace *ws, const uint8_t *key)
{
	struct err err = ERR_INIT;
	struct db_stmt *stmt = db_prepare(ws->db,
		"SELECT id, head FROM record", &err);
	size_t n_opened = 0;

	while (db_step(stmt, &err) == DB_ROW) {
		const struct row_place place = { "record", db_int(stmt, 0), 0,
			NULL };
		size_t n;
		const void *head = db_blob(stmt, 1, &n);
		struct str out = STR_INIT;

		n_opened += row_open(ws, key, &place, head, n, &out, NULL);
		str_wipe(&out);
	}
	return n_opened;
}

static void assert_old_keys_open_nothing(struct workspace *ws,
	const struct keys *old, int64_t id)
{
	assert_opens_no_meta(ws, "store-key", old->wrapping,
		"bayaz store key");
	assert_opens_no_meta(ws, "bucket-keys", old->store,
		"bayaz bucket keys");
	if (id != 0)
		assert_int_equal(n_opened(ws, old->buckets[keys_bucket(id)]),
			0);
}

/* --- the stories --- */

struct story {
	struct workspace *ws;
	struct record *record;
	struct keys *old;
	struct traces traces, plain;
	char *keys_copy;
};

static void copy_file(const char *from, const char *to)
{
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;

	assert_good(file_read(from, 1 << 28, &bytes, &err), &err);
	assert_good(file_write(to, bytes.data, bytes.len, 0600, &err), &err);
	str_release(&bytes);
}

/* A draft beside others, and a note of all that is there of it. */
static void begin(struct story *story, const char *form, bool whole_record)
{
	char *keys = path_join(folder, "keys");

	memset(story, 0, sizeof *story);
	story->ws = make_workspace(PASSPHRASE);
	join_project(story->ws);
	for (int i = 0; i < 5; i++)
		record_close(begin_draft(story->ws, standard_form));
	story->record = begin_draft(story->ws, form);
	story->old = secret_new(sizeof *story->old);
	*story->old = *story->ws->keys;
	story->keys_copy = str_format("%s.keys", folder);
	copy_file(keys, story->keys_copy);
	add_text(&story->plain, CANARY);
	if (whole_record)
		add_record(&story->traces, story->record);
	add_tree(&story->traces, story->ws);
	assert_true(n_found(&story->traces) > 0);	/* the search can find */
	assert_int_equal(n_found(&story->plain), 0);
	free(keys);
}

static void end(struct story *story, int64_t id, const char *passphrase)
{
	char *keys = path_join(folder, "keys");
	struct err err = ERR_INIT;

	record_close(story->record);
	assert_int_equal(n_found(&story->traces), 0);
	assert_int_equal(n_found(&story->plain), 0);
	assert_old_keys_open_nothing(story->ws, story->old, id);
	workspace_close(story->ws);
	assert_int_equal(n_found(&story->traces), 0);
	workspace_close(open_with(passphrase));
	assert_int_equal(n_found(&story->traces), 0);
	copy_file(story->keys_copy, keys);
	assert_null(workspace_open(folder, PASSPHRASE, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	secret_free(story->old);
	release_traces(&story->traces);
	release_traces(&story->plain);
	free(story->keys_copy);
	free(keys);
}

static void a_purged_record_is_nowhere(void **state)
{
	struct story story;
	struct err err = ERR_INIT;
	int64_t id;

	(void)state;
	begin(&story, standard_form, true);
	id = story.record->head.id;
	assert_good(record_attach_bytes(story.record, "photo.jpg", CANARY,
		strlen(CANARY), &err), &err);
	add_record(&story.traces, story.record);
	assert_good(records_purge(story.ws, &id, 1, &err), &err);
	end(&story, id, PASSPHRASE);
}

static void the_journal_of_a_sealed_record_is_nowhere(void **state)
{
	static const char xml[] = "<data id=\"intake\" version=\"1\"><a>" CANARY
		"</a></data>";
	const struct record_final final = {
		.xml = xml, .n_bytes = sizeof xml - 1,
	};
	struct story story;
	struct err err = ERR_INIT;
	int64_t id;

	(void)state;
	begin(&story, protected_form, true);
	id = story.record->head.id;
	assert_good(record_finish(story.record, &final, &err), &err);
	end(&story, id, PASSPHRASE);
}

static void a_folded_journal_is_nowhere(void **state)
{
	static const char xml[] = "<data id=\"intake\" version=\"1\"><a/>"
		"</data>";
	const struct journal_event event = {
		.kind = JOURNAL_STATE, .value = xml,
	};
	struct story story;
	struct err err = ERR_INIT;
	int64_t id;

	(void)state;
	begin(&story, protected_form, true);
	id = story.record->head.id;
	assert_good(journal_fold(story.record, &event, 1, NULL, 0,
		&err), &err);
	end(&story, id, PASSPHRASE);
}

static void another_passphrase_leaves_nothing_of_the_old(void **state)
{
	struct story story;
	struct err err = ERR_INIT;

	(void)state;
	begin(&story, standard_form, false);
	add_key(&story.traces, story.old->passphrase);
	assert_good(workspace_set_passphrase(story.ws, "other words", &err),
		&err);
	end(&story, 0, "other words");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(a_purged_record_is_nowhere),
		IN_A_FOLDER(the_journal_of_a_sealed_record_is_nowhere),
		IN_A_FOLDER(a_folded_journal_is_nowhere),
		IN_A_FOLDER(another_passphrase_leaves_nothing_of_the_old),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
