/* field: what came down is taken whole or not at all, from who may send it. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "bundle/write.h"
#include "db/db.h"
#include "field/clock.h"
#include "field/forms.h"
#include "field/pack.h"
#include "field/query.h"
#include "field/receive.h"
#include "field/records.h"
#include "field/workspace.h"
#include "trust/device.h"
#include "trust/kit.h"
#include "trust/message.h"
#include "tests/scratch.h"

#define TODAY "2026-11-23"
#define PASSPHRASE "twelve quiet apples"

static struct err err;
static char folder[SCRATCH_BYTES], path[96];
static unsigned n_places;
static struct trust_project project;
static struct trust_secrets secrets;
static struct trust_device device;
static struct minisign_key coordinator, clerk;	/* all roles; publish only */
static struct trust_signed certs[2], withdrawal;
static struct age_keys keys;

#define FORM(id, version, attributes, label) \
	"<h:html xmlns=\"http://www.w3.org/2002/xforms\"" \
	" xmlns:h=\"http://www.w3.org/1999/xhtml\"" \
	" xmlns:bayaz=\"urn:x-bayaz:forms\">" \
	"<h:head><h:title>" id "</h:title><model><instance>" \
	"<data id=\"" id "\" version=\"" version "\"" attributes ">" \
	"<a/><meta><instanceID/></meta></data></instance>" \
	"<bind nodeset=\"/data/a\" type=\"string\"/></model></h:head>" \
	"<h:body><input ref=\"/data/a\"><label>" label "</label></input>" \
	"</h:body></h:html>"

static const char form_1[] = FORM("visit", "1", "", "A");
static const char form_1_changed[] = FORM("visit", "1", "", "B");
static const char form_2[] = FORM("visit", "2", "", "A");
static const char form_protected[] = FORM("intake", "1",
	" bayaz:class=\"protected\"", "A");

/* --- who there is --- */

static void assert_good(bool ok)
{
	if (!ok)
		fail_msg("%s: %s", err_code_name(err.code), err.message);
}

static void certify(struct minisign_key *key, unsigned roles,
	struct trust_signed *cert)
{
	struct minisign_public public_key;

	minisign_key_new(key);
	minisign_key_public(key, &public_key);
	assert_good(trust_cert_new(&project, &secrets.project, &public_key,
		"store", roles, TODAY, cert, &err));
}

static void make_withdrawal(void)
{
	char key[MINISIGN_PUBLIC_TEXT], *text;
	struct minisign_public public_key;

	minisign_key_public(&clerk, &public_key);
	minisign_public_format(&public_key, key);
	text = str_format("{\"fact\":\"certificate-revoked\",\"format\":1,"
		"\"keeps\":[],\"key\":\"%s\",\"project\":\"%s\","
		"\"replaces\":[]}", key, project.id);
	trust_sign(&withdrawal, text, &secrets.project);
	free(text);
}

static int set_up(void **state)
{
	struct trust_policy policy = { .refuse_untagged = false };
	struct trust_recovery recovery;

	(void)state;
	if (!scratch_make("receive", folder))
		return -1;
	snprintf(path, sizeof path, "%s/down.bayaz", folder);
	db_fail_nth(0);		/* so that it can be told to fail later */
	if (!crypt_init(&err) || !trust_project_new("Pilot", TODAY, false,
			policy, &project, &secrets, &recovery, &err) ||
			!trust_device_new("KP-031", &device, &err))
		return -1;
	certify(&coordinator, ROLES_ALL, &certs[0]);
	certify(&clerk, ROLE_PUBLISH, &certs[1]);
	make_withdrawal();
	keys.identities = &device.identity;
	keys.n_identities = 1;
	return 0;
}

static int tear_down(void **state)
{
	char *command = str_format("rm -rf '%s'", folder);
	int status = system(command);

	(void)state;
	trust_signed_release(&certs[0]);
	trust_signed_release(&certs[1]);
	trust_signed_release(&withdrawal);
	free(command);
	return status;
}

static void sign_project(struct trust_signed *text)
{
	char *json = trust_project_print(&project);

	trust_sign(text, json, &secrets.project);
	free(json);
}

/* A workspace that has joined; media of the form are old. */
static struct workspace *make_workspace(void)
{
	static const struct form_file media[] = {
		{ "places.csv", "old", 3 }, { "other.csv", "kept", 4 },
	};
	char *place = str_format("%s/w%u", folder, n_places++);
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct str out = STR_INIT;
	struct workspace *ws;

	assert_good(workspace_create(place, PASSPHRASE, &err));
	ws = workspace_open(place, PASSPHRASE, &err);
	assert_good(ws != NULL);
	sign_project(&text);
	trust_signed_join(&text, &out);
	assert_good(workspace_put_secret(ws, WORKSPACE_PROJECT, out.data,
		out.len, &err));
	str_clear(&out);
	trust_device_print(&device, &out);
	assert_good(workspace_put_secret(ws, WORKSPACE_DEVICE, out.data,
		out.len, &err));
	assert_good(forms_add(ws, form_1, sizeof form_1 - 1, "form", media, 2,
		NULL, NULL, &err));
	str_wipe(&out);
	trust_signed_release(&text);
	free(place);
	return ws;
}

/* --- what is sent --- */

static void begin_kit(struct kit *kit, int64_t number)
{
	kit_init(kit);
	kit->number = number;
	memcpy(kit->date, TODAY, sizeof TODAY);
	sign_project(&kit->project_text);
	for (int i = 0; i < 2; i++)
		assert_good(trust_papers_add(&kit->papers, &certs[i],
			&project, &err));
}

static void add_form(struct kit *kit, const char *version, const char *xml)
{
	struct kit_form form = { .form_id = "visit", .version = version,
		.xml = xml, .n_bytes = strlen(xml), .files = NULL,
		.n_files = 0 };

	vec_push(&kit->forms, form);
}

static void add_list(struct kit *kit, const char *name, const char *bytes)
{
	struct kit_list list = { name, NULL, bytes, strlen(bytes) };

	vec_push(&kit->lists, list);
}

static void add_policy(struct kit *kit, int minutes,
	const struct minisign_key *by)
{
	struct trust_policy policy = { .idle_minutes = minutes };
	struct trust_signed text = TRUST_SIGNED_INIT;

	trust_policy_sign(&policy, TODAY, project.id, by, &text);
	kit_add_message(kit, ENTRY_POLICY, &text);
	trust_signed_release(&text);
}

static void add_query(struct kit *kit, const char *question,
	const struct minisign_key *by)
{
	struct trust_query query = { .record = "uuid:a", .asked = TODAY,
		.text = "" };
	struct trust_signed text = TRUST_SIGNED_INIT;

	snprintf(query.text, sizeof query.text, "%s", question);
	assert_good(trust_query_sign(&query, project.id, by, &text, &err));
	kit_add_message(kit, ENTRY_QUERY, &text);
	trust_signed_release(&text);
}

static void add_receipt(struct kit *kit, const uint8_t (*hashes)[32],
	size_t n, const struct minisign_key *by)
{
	struct trust_receipt receipt = { .records = { NULL, 0, 0 } };
	struct trust_signed text = TRUST_SIGNED_INIT;

	for (size_t i = 0; i < n; i++) {
		struct trust_hash hash;

		memcpy(hash.bytes, hashes[i], sizeof hash.bytes);
		vec_push(&receipt.records, hash);
	}
	assert_good(trust_receipt_sign(&receipt, project.id, by, &text, &err));
	kit_add_message(kit, ENTRY_RECEIPT, &text);
	trust_receipt_release(&receipt);
	trust_signed_release(&text);
}

static void add_fact(struct kit *kit, const char *word,
	const struct minisign_key *by)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct minisign_public public_key;
	char key[MINISIGN_PUBLIC_TEXT], *fact;

	minisign_key_public(&device.key, &public_key);
	minisign_public_format(&public_key, key);
	fact = str_format("{\"device\":\"%s\",\"fact\":\"%s\",\"format\":1,"
		"\"project\":\"%s\"}", key, word, project.id);
	trust_sign(&text, fact, by);
	kit_add_message(kit, ENTRY_FACT, &text);
	trust_signed_release(&text);
	free(fact);
}

static void write_kit(struct kit *kit, const struct minisign_key *by)
{
	struct age_recipient recipient;
	struct age_to to = { .recipients = &recipient, .n_recipients = 1 };

	age_identity_recipient(&device.identity, &recipient);
	assert_good(kit_write(path, kit, by, &to, &err));
	kit_release(kit);
}

/* Read what lies there and take it. */
static bool receive(struct workspace *ws, struct receive_result *result)
{
	struct trust_papers papers = TRUST_PAPERS_INIT;
	struct trust_project ours;
	struct str text = STR_INIT;
	struct kit kit;
	bool ok;

	memset(result, 0, sizeof *result);
	kit_init(&kit);
	err_clear(&err);
	ok = workspace_get_secret(ws, WORKSPACE_PROJECT, &text, &err) &&
		trust_project_read(text.data, text.len, &ours, &err) &&
		receive_papers(ws, &ours, &papers, &err) &&
		kit_read(path, &keys, &ours, &papers, &kit, &err) &&
		receive_kit(ws, &kit, result, &err);
	trust_papers_release(&papers);
	str_wipe(&text);
	kit_release(&kit);
	return ok;
}

/* --- what is there afterwards --- */

static void assert_media(struct workspace *ws, const char *name,
	const char *expected)
{
	struct form_info form;
	struct str bytes = STR_INIT;

	assert_good(forms_find(ws, "visit", "1", &form, &err));
	assert_good(forms_media(ws, &form, name, &bytes, &err));
	assert_string_equal(bytes.data, expected);
	form_info_release(&form);
	str_release(&bytes);
}

static int idle_minutes(struct workspace *ws)
{
	struct trust_policy policy;

	assert_good(receive_policy(ws, &project, &policy, &err));
	return policy.idle_minutes;
}

static bool count_query(void *context, const struct field_query *query)
{
	size_t *n = context;

	assert_string_equal(query->query.record, "uuid:a");
	++*n;
	return true;
}

static size_t n_queries(struct workspace *ws)
{
	size_t n = 0;

	assert_good(queries_each(ws, count_query, &n, &err));
	return n;
}

static bool has_form(struct workspace *ws, const char *version)
{
	struct form_info form;

	if (!forms_find(ws, "visit", version, &form, NULL))
		return false;
	form_info_release(&form);
	return true;
}

static int64_t add_record(struct workspace *ws, const char *xml,
	const char *id, const char *version, uint8_t sha256[32])
{
	char *answers = str_format("<data><a>%s %s</a></data>", id, version);
	struct record_final final = { .instance_id = "uuid:a",
		.xml = answers, .n_bytes = strlen(answers) };
	struct form_info form;
	struct record *record;
	int64_t row;

	if (!forms_find(ws, id, version, &form, &err))
		assert_good(forms_add(ws, xml, strlen(xml), "form", NULL, 0,
			&form, NULL, &err));
	record = record_new(ws, &form, 0, &err);
	assert_good(record != NULL);
	assert_good(record_finish(record, &final, &err));
	row = record_head(record)->id;
	memcpy(sha256, record_head(record)->sha256, 32);
	record_close(record);
	form_info_release(&form);
	free(answers);
	return row;
}

static void pack(struct workspace *ws)
{
	struct pack_options options = { .again = false };
	struct pack_result result;
	char *to = str_format("%s/up%u.bayaz", folder, n_places++);

	assert_good(pack_ready(ws, to, &options, &result, NULL, &err));
	free(to);
}

static enum record_state state_of(struct workspace *ws, int64_t row)
{
	struct record *record = record_open(ws, row, &err);
	enum record_state state;

	assert_good(record != NULL);
	state = record_head(record)->state;
	record_close(record);
	return state;
}

/* --- tests --- */

static void all_kinds_are_taken_and_kept(void **state)
{
	struct workspace *ws = make_workspace();
	struct kit_po po = { "visit", "ur", "msgid \"A\"", 9 };
	struct receive_result r;
	struct str text = STR_INIT;
	struct kit kit;

	(void)state;
	begin_kit(&kit, 4);
	add_form(&kit, "2", form_2);
	add_list(&kit, "places.csv", "new");
	add_list(&kit, "nobody.csv", "unasked");
	vec_push(&kit.translations, po);
	add_policy(&kit, 7, &coordinator);
	add_query(&kit, "Is it right?", &coordinator);
	add_fact(&kit, "device-revoked", &coordinator);
	write_kit(&kit, &coordinator);
	assert_good(receive(ws, &r));
	assert_int_equal(r.n_forms, 1);
	assert_int_equal(r.n_new_forms, 1);
	assert_int_equal(r.n_lists, 2);
	assert_int_equal(r.n_nameless, 1);
	assert_int_equal(r.n_translations, 1);
	assert_int_equal(r.n_queries, 1);
	assert_true(r.has_policy && r.is_revoked && !r.again);
	assert_true(has_form(ws, "2"));
	assert_media(ws, "places.csv", "new");
	assert_media(ws, "other.csv", "kept");
	assert_int_equal(idle_minutes(ws), 7);
	assert_int_equal(n_queries(ws), 1);
	assert_true(receive_is_revoked(ws));
	assert_good(receive_po(ws, "visit", "ur", &text, &err));
	assert_string_equal(text.data, "msgid \"A\"");
	/* once more: nothing */
	assert_good(receive(ws, &r));
	assert_true(r.again);
	assert_int_equal(n_queries(ws), 1);
	/* the same question is asked once; a mistake is taken back */
	begin_kit(&kit, 5);
	add_query(&kit, "Is it right?", &coordinator);
	add_fact(&kit, "device-accepted", &coordinator);
	write_kit(&kit, &coordinator);
	assert_good(receive(ws, &r));
	assert_int_equal(r.n_queries, 0);
	assert_int_equal(n_queries(ws), 1);
	assert_false(receive_is_revoked(ws));
	str_release(&text);
	workspace_close(ws);
}

static void receipts_mark_what_was_packed(void **state)
{
	struct workspace *ws = make_workspace();
	uint8_t hashes[4][32];
	int64_t standard, protected_, late;
	struct receive_result r;
	struct kit kit;

	(void)state;
	standard = add_record(ws, form_1, "visit", "1", hashes[0]);
	protected_ = add_record(ws, form_protected, "intake", "1", hashes[1]);
	pack(ws);
	late = add_record(ws, form_2, "visit", "2", hashes[2]);
	memset(hashes[3], 7, 32);
	begin_kit(&kit, 1);
	add_receipt(&kit, (const uint8_t (*)[32])hashes, 4, &coordinator);
	write_kit(&kit, &coordinator);
	assert_good(receive(ws, &r));
	assert_int_equal(r.n_received, 2);
	assert_int_equal(r.n_purged, 1);
	assert_int_equal(state_of(ws, standard), RECORD_RECEIVED);
	assert_int_equal(state_of(ws, late), RECORD_READY);
	assert_null(record_open(ws, protected_, NULL));
	workspace_close(ws);
}

static int64_t shown_ms(void *context)
{
	return *(const int64_t *)context;
}

static size_t dropped_on(struct workspace *ws, int64_t number,
	const char *date)
{
	struct receive_result r;
	struct kit kit;

	begin_kit(&kit, number);
	memcpy(kit.date, date, sizeof kit.date);
	write_kit(&kit, &coordinator);
	assert_good(receive(ws, &r));
	return r.n_dropped;
}

/* By the earlier of two days: the clock's, and that on which the bundle was
 * made.  One of them alone may be wrong. */
static void what_was_received_goes_after_90_days(void **state)
{
	const int64_t day_ms = INT64_C(86400000);
	const int64_t begin_ms = INT64_C(1795392000000);	/* 2026-11-23 */
	int64_t now_ms = begin_ms;
	const struct clock_source source = { shown_ms, shown_ms, &now_ms };
	struct workspace *ws = make_workspace();
	struct field_clock clock;
	uint8_t hashes[1][32];
	struct receive_result r;
	struct kit kit;
	int64_t row;

	(void)state;
	field_clock_begin(&clock, &source);
	workspace_use_clock(ws, &clock);
	row = add_record(ws, form_1, "visit", "1", hashes[0]);
	pack(ws);
	begin_kit(&kit, 1);
	add_receipt(&kit, (const uint8_t (*)[32])hashes, 1, &coordinator);
	write_kit(&kit, &coordinator);
	assert_good(receive(ws, &r));
	assert_int_equal(r.n_received, 1);
	assert_int_equal(dropped_on(ws, 2, "2027-06-01"), 0);
	now_ms = begin_ms + 89 * day_ms;
	assert_int_equal(dropped_on(ws, 3, "2027-06-01"), 0);
	now_ms = begin_ms + 9000 * day_ms;
	assert_int_equal(dropped_on(ws, 4, "2027-02-20"), 0);
	assert_int_equal(state_of(ws, row), RECORD_RECEIVED);
	assert_int_equal(dropped_on(ws, 5, "2027-02-21"), 1);
	assert_null(record_open(ws, row, NULL));
	workspace_close(ws);
}

static void numbers_are_counted_for_each_maker(void **state)
{
	struct workspace *ws = make_workspace();
	struct receive_result r;
	struct kit kit;

	(void)state;
	begin_kit(&kit, 9);
	write_kit(&kit, &coordinator);
	assert_good(receive(ws, &r));
	begin_kit(&kit, 2);
	add_policy(&kit, 9, &clerk);
	write_kit(&kit, &clerk);
	assert_good(receive(ws, &r));
	assert_int_equal(idle_minutes(ws), 9);
	begin_kit(&kit, 8);
	add_policy(&kit, 5, &coordinator);
	write_kit(&kit, &coordinator);
	assert_false(receive(ws, &r));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(idle_minutes(ws), 9);
	workspace_close(ws);
}

/* She may send, but not ask, confirm or revoke. */
static void a_message_needs_its_own_role(void **state)
{
	static const uint8_t hash[1][32];
	struct workspace *ws = make_workspace();
	struct receive_result r;
	struct kit kit;

	(void)state;
	for (int i = 0; i < 3; i++) {
		begin_kit(&kit, i + 1);
		add_form(&kit, "2", form_2);
		if (i == 0)
			add_query(&kit, "Why?", &clerk);
		if (i == 1)
			add_receipt(&kit, hash, 1, &clerk);
		if (i == 2)
			add_fact(&kit, "device-revoked", &clerk);
		write_kit(&kit, &clerk);
		assert_false(receive(ws, &r));
		assert_int_equal(err.code, ERR_CRYPTO);
		assert_false(has_form(ws, "2"));
	}
	assert_int_equal(n_queries(ws), 0);
	assert_false(receive_is_revoked(ws));
	/* what the coordinator signed, she may pass on */
	begin_kit(&kit, 4);
	add_query(&kit, "Why?", &coordinator);
	write_kit(&kit, &clerk);
	assert_good(receive(ws, &r));
	assert_int_equal(n_queries(ws), 1);
	workspace_close(ws);
}

static void a_withdrawn_maker_is_refused_for_good(void **state)
{
	struct workspace *ws = make_workspace();
	struct receive_result r;
	struct kit kit;

	(void)state;
	begin_kit(&kit, 1);
	assert_good(trust_papers_add(&kit.papers, &withdrawal, &project,
		&err));
	write_kit(&kit, &coordinator);
	assert_good(receive(ws, &r));
	/* its own bundle says nothing of that */
	begin_kit(&kit, 5);
	add_form(&kit, "2", form_2);
	write_kit(&kit, &clerk);
	assert_false(receive(ws, &r));
	assert_int_equal(err.code, ERR_REFUSED);
	assert_false(has_form(ws, "2"));
	workspace_close(ws);
}

static void an_older_description_is_refused(void **state)
{
	struct workspace *ws = make_workspace();
	struct receive_result r;
	struct kit kit;

	(void)state;
	project.serial = 2;
	begin_kit(&kit, 1);
	write_kit(&kit, &coordinator);
	assert_good(receive(ws, &r));
	assert_true(r.project_is_newer);
	project.serial = 1;
	begin_kit(&kit, 2);
	add_form(&kit, "2", form_2);
	write_kit(&kit, &coordinator);
	assert_false(receive(ws, &r));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_false(has_form(ws, "2"));
	workspace_close(ws);
}

static void another_form_of_a_known_version_takes_nothing(void **state)
{
	struct workspace *ws = make_workspace();
	struct receive_result r;
	struct kit kit;

	(void)state;
	begin_kit(&kit, 1);
	add_form(&kit, "2", form_2);
	add_form(&kit, "1", form_1_changed);
	add_list(&kit, "places.csv", "new");
	add_policy(&kit, 9, &coordinator);
	write_kit(&kit, &coordinator);
	assert_false(receive(ws, &r));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_false(has_form(ws, "2"));
	assert_media(ws, "places.csv", "old");
	assert_int_equal(idle_minutes(ws), IDLE_MINUTES);
	/* nor was its number used */
	begin_kit(&kit, 1);
	add_form(&kit, "2", form_2);
	write_kit(&kit, &coordinator);
	assert_good(receive(ws, &r));
	assert_false(r.again);
	workspace_close(ws);
}

/* What kit_write() would not write. */
static void write_forged(enum entry_kind kind, const char *label,
	const char *form)
{
	struct age_recipient recipient;
	struct age_to age = { .recipients = &recipient, .n_recipients = 1 };
	struct bundle_to to = { .age = &age, .signer = &secrets.project };
	struct bundle_source sources[3];
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct manifest manifest;
	char hex[SHA256_HEX_BYTES];

	sign_project(&text);
	age_identity_recipient(&device.identity, &recipient);
	memset(sources, 0, sizeof sources);
	manifest_init(&manifest);
	manifest.kind = "down";
	manifest.project = project.id;
	manifest.sequence = 1;
	manifest.date = TODAY;
	manifest_add(&manifest, ENTRY_PROJECT);
	sources[0].bytes = text.document.data;
	sources[0].n_bytes = text.document.len;
	sha256_hex(text.document.data, text.document.len, hex);
	manifest_add(&manifest, ENTRY_SIGNATURE)->signs = hex;
	sources[1].bytes = text.signature.data;
	sources[1].n_bytes = text.signature.len;
	manifest_add(&manifest, kind);
	manifest.entries.items[2].label = label;
	manifest.entries.items[2].form_id = form;
	sources[2].bytes = "{}\n";
	sources[2].n_bytes = 3;
	assert_good(bundle_write(path, &manifest, sources, &to, NULL, &err));
	manifest_release(&manifest);
	trust_signed_release(&text);
}

static void names_and_documents_of_a_hostile_bundle(void **state)
{
	static const struct {
		enum entry_kind kind;
		const char *label, *form;
	} bad[] = {
		{ ENTRY_LIST, NULL, NULL }, { ENTRY_LIST, "../a.csv", NULL },
		{ ENTRY_LIST, "a/b", NULL }, { ENTRY_LIST, ".profile", NULL },
		{ ENTRY_PO, "ur", NULL }, { ENTRY_PO, NULL, "visit" },
		{ ENTRY_PO, "../ur", "visit" }, { ENTRY_PO, "ur po", "visit" },
		{ ENTRY_POLICY, NULL, NULL }, { ENTRY_QUERY, NULL, NULL },
		{ ENTRY_RECEIPT, NULL, NULL }, { ENTRY_FACT, NULL, NULL },
		{ ENTRY_CERT, NULL, NULL }, { ENTRY_FORM, NULL, NULL },
		{ ENTRY_FORM, NULL, "visit" },
	};
	struct workspace *ws = make_workspace();
	struct receive_result r;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		write_forged(bad[i].kind, bad[i].label, bad[i].form);
		if (receive(ws, &r))
			fail_msg("number %zu was taken", i);
	}
	/* what this version does not know is passed over */
	write_forged(ENTRY_RECORD, NULL, "visit");
	assert_good(receive(ws, &r));
	workspace_close(ws);
}

static void one_flipped_bit_changes_nothing(void **state)
{
	struct workspace *ws = make_workspace();
	struct receive_result r;
	struct str bytes = STR_INIT;
	struct kit kit;
	size_t step;

	(void)state;
	begin_kit(&kit, 1);
	add_policy(&kit, 9, &coordinator);
	write_kit(&kit, &coordinator);
	assert_good(file_read(path, 1 << 20, &bytes, &err));
	step = bytes.len / 40 + 1;
	for (size_t at = 0; at < bytes.len; at += step) {
		bytes.data[at] = (char)(bytes.data[at] ^ 1);
		assert_good(file_write(path, bytes.data, bytes.len, 0600,
			&err));
		assert_false(receive(ws, &r));
		bytes.data[at] = (char)(bytes.data[at] ^ 1);
		assert_good(file_write(path, bytes.data, at, 0600, &err));
		assert_false(receive(ws, &r));
	}
	assert_int_equal(idle_minutes(ws), IDLE_MINUTES);
	str_release(&bytes);
	workspace_close(ws);
}

/* Whichever write of the database fails: all of it is there, or nothing. */
static void a_failing_write_takes_all_or_nothing(void **state)
{
	unsigned n_failures = 0, n = 1;
	bool done = false;

	(void)state;
	for (; !done && n < 400; n += 3) {
		struct workspace *ws = make_workspace();
		char *place = xstrdup(workspace_folder(ws));
		struct receive_result r;
		struct kit kit;

		begin_kit(&kit, 1);
		add_form(&kit, "2", form_2);
		add_list(&kit, "places.csv", "new");
		add_policy(&kit, 9, &coordinator);
		add_query(&kit, "Why?", &coordinator);
		write_kit(&kit, &coordinator);
		db_fail_nth(n);
		done = receive(ws, &r);
		db_fail_nth(0);
		workspace_close(ws);
		ws = workspace_open(place, PASSPHRASE, &err);
		assert_good(ws != NULL);
		if (idle_minutes(ws) == 9) {
			assert_true(has_form(ws, "2"));
			assert_media(ws, "places.csv", "new");
			assert_int_equal(n_queries(ws), 1);
		} else {
			assert_false(done);
			assert_false(has_form(ws, "2"));
			assert_media(ws, "places.csv", "old");
			assert_int_equal(n_queries(ws), 0);
		}
		n_failures += !done;
		workspace_close(ws);
		free(place);
	}
	assert_true(done);
	assert_true(n_failures > 2);
}

static void copy_file(const char *from, const char *to)
{
	struct str bytes = STR_INIT;

	assert_good(file_read(from, 64 << 20, &bytes, &err));
	assert_good(file_write(to, bytes.data, bytes.len, 0600, &err));
	str_wipe(&bytes);
}

/* Not even from a copy of the database that was made before. */
static void an_erased_setting_does_not_come_back(void **state)
{
	struct workspace *ws = make_workspace();
	char *place = xstrdup(workspace_folder(ws));
	char *db = path_join(place, "field.db");
	char *old = path_join(place, "old.db");

	(void)state;
	assert_good(workspace_put_secret(ws, "gone", "canary", 6, &err));
	workspace_close(ws);
	copy_file(db, old);
	ws = workspace_open(place, PASSPHRASE, &err);
	assert_good(ws != NULL);
	assert_good(workspace_erase_secret(ws, "gone", &err));
	assert_good(workspace_erase_secret(ws, "gone", &err));
	assert_false(workspace_has_secret(ws, "gone"));
	assert_true(workspace_has_secret(ws, WORKSPACE_DEVICE));
	workspace_close(ws);
	ws = workspace_open(place, PASSPHRASE, &err);
	assert_good(ws != NULL);
	assert_true(workspace_has_secret(ws, WORKSPACE_DEVICE));
	workspace_close(ws);
	copy_file(old, db);
	assert_null(workspace_open(place, PASSPHRASE, &err));
	free(place);
	free(db);
	free(old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_kinds_are_taken_and_kept),
		cmocka_unit_test(receipts_mark_what_was_packed),
		cmocka_unit_test(what_was_received_goes_after_90_days),
		cmocka_unit_test(numbers_are_counted_for_each_maker),
		cmocka_unit_test(a_message_needs_its_own_role),
		cmocka_unit_test(a_withdrawn_maker_is_refused_for_good),
		cmocka_unit_test(an_older_description_is_refused),
		cmocka_unit_test(another_form_of_a_known_version_takes_nothing),
		cmocka_unit_test(names_and_documents_of_a_hostile_bundle),
		cmocka_unit_test(one_flipped_bit_changes_nothing),
		cmocka_unit_test(a_failing_write_takes_all_or_nothing),
		cmocka_unit_test(an_erased_setting_does_not_come_back),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
