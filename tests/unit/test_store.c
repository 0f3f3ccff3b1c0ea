/* store: merging is a union; tables follow; nothing is half taken. */
#include "config.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "bundle/write.h"
#include "db/db.h"
#include "export/csv.h"
#include "store/content.h"
#include "store/dump.h"
#include "store/fact.h"
#include "store/feed.h"
#include "store/layout.h"
#include "store/merge.h"
#include "store/store.h"
#include "store/tables.h"
#include "trust/cert.h"
#include "trust/device.h"
#include "trust/project.h"
#include "tests/unit/pilot.h"

/* --- forms and records --- */

#define HEAD \
	"<h:html xmlns=\"http://www.w3.org/2002/xforms\"" \
	" xmlns:h=\"http://www.w3.org/1999/xhtml\"" \
	" xmlns:jr=\"http://openrosa.org/javarosa\"" \
	" xmlns:bayaz=\"urn:x-bayaz:forms\"><h:head><h:title>Visit</h:title>" \
	"<model>"

static const char form_1[] = HEAD
	"<instance><data id=\"visit\" version=\"1\" bayaz:class=\"standard\">"
	"<name/><age/><area/><farm><size/></farm><photo/>"
	"<child jr:template=\"\"><age/><dose jr:template=\"\"><kind/></dose>"
	"</child><meta><instanceID/></meta></data></instance>"
	"<bind nodeset=\"/data/name\" type=\"string\""
	" bayaz:sensitivity=\"identifying\"/>"
	"<bind nodeset=\"/data/age\" type=\"int\" bayaz:sensitivity=\"public\"/>"
	"<bind nodeset=\"/data/area\" type=\"string\""
	" bayaz:sensitivity=\"restricted\"/>"
	"<bind nodeset=\"/data/farm/size\" type=\"decimal\""
	" bayaz:sensitivity=\"public\"/>"
	"<bind nodeset=\"/data/photo\" type=\"binary\""
	" bayaz:sensitivity=\"public\"/>"
	"<bind nodeset=\"/data/child/age\" type=\"int\""
	" bayaz:sensitivity=\"public\"/>"
	"<bind nodeset=\"/data/child/dose/kind\" type=\"string\""
	" bayaz:sensitivity=\"public\"/>"
	"</model></h:head><h:body><input ref=\"/data/name\"/>"
	"<input ref=\"/data/age\"/><input ref=\"/data/area\"/>"
	"<input ref=\"/data/farm/size\"/>"
	"<upload ref=\"/data/photo\" mediatype=\"image/*\"/>"
	"<group ref=\"/data/child\"><repeat nodeset=\"/data/child\">"
	"<input ref=\"/data/child/age\"/><group ref=\"/data/child/dose\">"
	"<repeat nodeset=\"/data/child/dose\">"
	"<input ref=\"/data/child/dose/kind\"/></repeat></group></repeat></group>"
	"</h:body></h:html>";

/* "age" has become a text, "size" stands elsewhere, "roof" is new */
static const char form_2[] = HEAD
	"<instance><data id=\"visit\" version=\"2\" bayaz:class=\"standard\">"
	"<age/><house><size/><roof/></house><meta><instanceID/></meta></data>"
	"</instance>"
	"<bind nodeset=\"/data/age\" type=\"string\""
	" bayaz:sensitivity=\"public\"/>"
	"<bind nodeset=\"/data/house/size\" type=\"decimal\""
	" bayaz:sensitivity=\"public\"/>"
	"<bind nodeset=\"/data/house/roof\" type=\"string\""
	" bayaz:sensitivity=\"public\"/>"
	"</model></h:head><h:body><input ref=\"/data/age\"/>"
	"<input ref=\"/data/house/size\"/>"
	"<select1 ref=\"/data/house/roof\"><label>Roof</label><item>"
	"<label>Tin sheets</label><value>tin</value></item></select1>"
	"</h:body></h:html>";

static const char form_protected[] = HEAD
	"<instance><data id=\"intake\" version=\"1\" bayaz:class=\"protected\">"
	"<q/><meta><instanceID/></meta></data></instance>"
	"<bind nodeset=\"/data/q\" type=\"string\""
	" bayaz:sensitivity=\"restricted\"/>"
	"</model></h:head><h:body><input ref=\"/data/q\"/></h:body></h:html>";

static char *text_of(struct store *store, const char *sql)
{
	struct db_stmt *get = db_prepare_once(store_db(store), sql, &err);
	char *text;

	assert_non_null(get);
	assert_int_equal(db_step(get, &err), DB_ROW);
	text = xstrdup(db_text(get, 0) != NULL ? db_text(get, 0) : "NULL");
	db_free(get);
	return text;
}

/* The code book and the views with labels, which are not in the dump. */
static char *code_book(struct store *store)
{
	return text_of(store, "SELECT group_concat(line, char(10)) FROM ("
		"SELECT quote(table_name) || quote(column_name) || quote(form)"
		" || quote(repeat) || position || type || sensitivity AS line"
		" FROM bz_codebook UNION ALL SELECT quote(table_name) ||"
		" quote(column_name) || quote(language) || quote(label) ||"
		" quote(hint) FROM bz_codebook_label UNION ALL"
		" SELECT quote(table_name) || quote(column_name) ||"
		" quote(language) || quote(value) || position || quote(label)"
		" FROM bz_codebook_choice UNION ALL SELECT quote(table_name) ||"
		" quote(column_name) || quote(form_version) || quote(path)"
		" FROM bz_codebook_path UNION ALL SELECT sql FROM sqlite_schema"
		" WHERE type = 'view' OR tbl_name LIKE 'bz_%' ORDER BY line)");
}

static int64_t number(struct store *store, const char *sql)
{
	int64_t n = -1;

	assert_true(db_number(store_db(store), sql, &n, &err));
	return n;
}

static void assert_text(struct store *store, const char *sql,
	const char *expected)
{
	char *text = text_of(store, sql);

	assert_string_equal(text, expected);
	free(text);
}

/* --- the graph --- */

/* Four bundles: a record, a copy of it from elsewhere, an edit of it by
 * priors, an edit by deprecatedID of another one. */
static void make_history(char *paths[4])
{
	struct sent *sent = new_bundle(0, 1);
	char *first = record("visit", "1", "uuid:a", NULL, "<age>3</age>");
	char *copy = xstrdup(first), *third;

	add_form(sent, "visit", "1", form_1);
	add_record(sent, "visit", "1", "uuid:a", first, NULL);
	add_record(sent, "visit", "1", "uuid:b", record("visit", "1", "uuid:b",
		NULL, "<age>5</age><child><age>1</age><dose><kind>x</kind>"
		"</dose><dose><kind>y</kind></dose></child><child><age>2</age>"
		"</child>"), NULL);
	paths[0] = send_bundle(sent, 0, "h0.bayaz");
	sent = new_bundle(1, 1);
	add_form(sent, "visit", "1", form_1);
	add_record(sent, "visit", "1", "uuid:a", xstrdup(copy), NULL);
	paths[1] = send_bundle(sent, 1, "h1.bayaz");
	sent = new_bundle(1, 2);
	add_form(sent, "visit", "2", form_2);
	third = record("visit", "2", "uuid:c", "uuid:a", "<age>four</age>"
		"<house><size>2.5</size><roof>tin</roof></house>");
	add_record(sent, "visit", "2", "uuid:c", third, copy);
	paths[2] = send_bundle(sent, 1, "h2.bayaz");
	sent = new_bundle(2, 1);
	add_form(sent, "visit", "1", form_1);
	add_record(sent, "visit", "1", "uuid:d", record("visit", "1", "uuid:d",
		"uuid:b", "<age>6</age>"), NULL);
	paths[3] = send_bundle(sent, 2, "h3.bayaz");
	free(copy);
}

static void free_history(char *paths[4])
{
	for (int i = 0; i < 4; i++)
		free(paths[i]);
}

static void every_order_gives_the_same_dump(void **state)
{
	char *paths[4], *first = NULL, *first_book = NULL;

	(void)state;
	make_history(paths);
	for (int order = 0; order < 24; order++) {
		int left[4] = { 0, 1, 2, 3 }, n = 4, rest = order;
		struct store *store = new_store();
		char *text, *book;

		for (; n > 0; n--) {
			int pick = rest % n;

			rest /= n;
			(void)merge(store, paths[left[pick]]);
			left[pick] = left[n - 1];
		}
		/* in some orders a record came before its form */
		assert_true(store_merge_retry(store, &setup, NULL, NULL, &err));
		(void)merge(store, paths[order % 4]);
		text = dump(store);
		book = code_book(store);
		if (first == NULL) {
			first = xstrdup(text);
			first_book = xstrdup(book);
		}
		assert_string_equal(text, first);
		assert_string_equal(book, first_book);
		assert_int_equal(number(store, "SELECT count(*) FROM"
			" pragma_foreign_key_check"), 0);
		assert_true(store_rebuild(store, &err));
		free(text);
		free(book);
		text = dump(store);
		book = code_book(store);
		assert_string_equal(text, first);
		assert_string_equal(book, first_book);
		free(text);
		free(book);
		store_close(store);
	}
	assert_non_null(strstr(first_book, "Tin sheets"));
	free(first);
	free(first_book);
	free_history(paths);
}

static void edits_and_copies_are_no_records_of_their_own(void **state)
{
	struct store *store = new_store();
	struct store_totals totals;
	char *paths[4];

	(void)state;
	make_history(paths);
	for (int i = 0; i < 4; i++)
		(void)merge(store, paths[i]);
	assert_true(store_count(store, &totals, &err));
	assert_int_equal(totals.versions, 4);
	assert_int_equal(totals.records, 2);
	assert_int_equal(totals.edits, 2);
	assert_int_equal(totals.conflicts, 0);
	assert_text(store, "SELECT instance FROM bz_records"
		" WHERE record = 'uuid:a'", "uuid:c");
	assert_text(store, "SELECT instance FROM bz_records"
		" WHERE record = 'uuid:b'", "uuid:d");
	store_close(store);
	free_history(paths);
}

static void two_edits_of_one_version_are_a_conflict(void **state)
{
	struct store *store = new_store();
	char *first = record("visit", "1", "uuid:a", NULL, "<age>1</age>");
	char *left = record("visit", "1", "uuid:b", "uuid:a", "<age>2</age>");
	char *right = record("visit", "1", "uuid:c", "uuid:a", "<age>3</age>");
	char *later = record("visit", "1", "uuid:d", "uuid:b", "<age>4</age>");
	struct sent *sent = new_bundle(0, 1);
	char *prior = xstrdup(first), *left_copy = xstrdup(left), *path;

	(void)state;
	add_form(sent, "visit", "1", form_1);
	add_record(sent, "visit", "1", "uuid:a", first, NULL);
	add_record(sent, "visit", "1", "uuid:b", left, prior);
	add_record(sent, "visit", "1", "uuid:c", right, prior);
	add_record(sent, "visit", "1", "uuid:d", later, left_copy);
	path = send_bundle(sent, 0, "conflict.bayaz");
	(void)merge(store, path);
	assert_int_equal(number(store, "SELECT count(*) FROM record"), 1);
	assert_int_equal(number(store, "SELECT heads FROM record"), 2);
	/* the deeper one is shown */
	assert_text(store, "SELECT instance FROM bz_records", "uuid:d");
	assert_int_equal(number(store, "SELECT bz_conflict FROM bz_visit"), 1);
	free(path);
	free(prior);
	free(left_copy);
	store_close(store);
}

static void other_bytes_of_one_instance_are_a_conflict(void **state)
{
	struct store *store = new_store();
	struct sent *sent = new_bundle(0, 1);
	char *path;

	(void)state;
	add_form(sent, "visit", "1", form_1);
	add_record(sent, "visit", "1", "uuid:a", record("visit", "1", "uuid:a",
		NULL, "<age>1</age>"), NULL);
	add_record(sent, "visit", "1", "uuid:a", record("visit", "1", "uuid:a",
		NULL, "<age>2</age>"), NULL);
	path = send_bundle(sent, 0, "same-id.bayaz");
	(void)merge(store, path);
	assert_int_equal(number(store, "SELECT count(*) FROM record"), 1);
	assert_int_equal(number(store, "SELECT heads FROM record"), 2);
	free(path);
	store_close(store);
}

static void a_circle_of_priors_comes_to_an_end(void **state)
{
	struct store *store = new_store();
	struct sent *sent = new_bundle(0, 1);
	char *path;

	(void)state;
	add_form(sent, "visit", "1", form_1);
	add_record(sent, "visit", "1", "uuid:a", record("visit", "1", "uuid:a",
		"uuid:c", "<age>1</age>"), NULL);
	add_record(sent, "visit", "1", "uuid:b", record("visit", "1", "uuid:b",
		"uuid:a", "<age>2</age>"), NULL);
	add_record(sent, "visit", "1", "uuid:c", record("visit", "1", "uuid:c",
		"uuid:b", "<age>3</age>"), NULL);
	path = send_bundle(sent, 0, "circle.bayaz");
	(void)merge(store, path);
	assert_int_equal(number(store, "SELECT count(*) FROM record"), 1);
	assert_int_equal(number(store, "SELECT heads FROM record"), 1);
	assert_int_equal(number(store, "SELECT max(depth) FROM version"), 3);
	free(path);
	store_close(store);
}

/* --- revoked laptops --- */

static void key_of(int device, char text[MINISIGN_PUBLIC_TEXT])
{
	struct minisign_public key;

	minisign_key_public(&devices[device].key, &key);
	minisign_public_format(&key, text);
}

static void sign_anew(struct trust_signed *text,
	const struct minisign_key *key)
{
	char *document = xstrdup(text->document.data);

	trust_sign(text, document, key);
	free(document);
}

static void accept_device(struct store *store, int device)
{
	char key[MINISIGN_PUBLIC_TEXT];

	key_of(device, key);
	assert_true(db_begin(store_db(store), &err));
	assert_true(fact_accept_device(store, &secrets.project, key, &err));
	assert_true(db_commit(store_db(store), &err));
}

static void revoke_device(struct store *store, int device, int64_t last,
	const struct minisign_key *by, struct trust_signed *said)
{
	char key[MINISIGN_PUBLIC_TEXT];

	key_of(device, key);
	assert_true(db_begin(store_db(store), &err));
	if (!fact_revoke_device(store, by, key, last, said, &err))
		fail_msg("%s", err.message);
	assert_true(db_commit(store_db(store), &err));
}

/* A statement that was made elsewhere. */
static void take_statement(struct store *store, const char *kind,
	const struct trust_signed *text, const struct minisign_key *by)
{
	struct minisign_public signer;

	minisign_key_public(by, &signer);
	assert_true(db_begin(store_db(store), &err));
	assert_true(fact_add(store, kind, text, &signer, NULL, NULL, &err));
	assert_true(fact_derive_devices(store, &err));
	assert_true(db_commit(store_db(store), &err));
}

/* Bundle `sequence` of device 1, after the one with that manifest; gives its
 * own.  `mark` tells one of a fork from the other. */
static char *make_link(int sequence, const char *mark,
	char manifest[SHA256_HEX_BYTES], bool with_form)
{
	struct sent *sent = new_bundle(1, sequence);
	const char *instance = arena_printf(sent->manifest.arena, "uuid:%d%s",
		sequence, mark);
	char *name = str_format("link-%d%s.bayaz", sequence, mark), *path;

	if (manifest[0] != '\0')
		sent->manifest.previous = arena_strdup(sent->manifest.arena,
			manifest);
	if (with_form)
		add_form(sent, "visit", "1", form_1);
	add_record(sent, "visit", "1", instance, record("visit", "1", instance,
		sequence == 3 ? "uuid:1" : NULL, "<age>3</age>"), NULL);
	path = send_chained(sent, 1, name, manifest);
	free(name);
	return path;
}

static void make_links(char *paths[4])
{
	char first[SHA256_HEX_BYTES] = "", second[SHA256_HEX_BYTES];
	char fork[SHA256_HEX_BYTES];

	paths[0] = make_link(1, "", first, true);
	memcpy(second, first, sizeof second);
	paths[1] = make_link(2, "", second, true);
	memcpy(fork, second, sizeof fork);
	paths[2] = make_link(3, "", second, true);
	paths[3] = make_link(3, "fork", fork, true);
}

static bool has_record(struct store *store, const char *instance)
{
	char *sql = str_format("SELECT count(*) FROM version"
		" WHERE instance = '%s'", instance);
	bool has = number(store, sql) > 0;

	free(sql);
	return has;
}

/* Four bundles and a revocation that trusts the second, in every order. */
static void a_revocation_means_the_same_in_every_order(void **state)
{
	struct trust_signed said = TRUST_SIGNED_INIT;
	struct store *store = new_store();
	char *paths[4], *first = NULL;

	(void)state;
	make_links(paths);
	accept_device(store, 1);
	(void)merge(store, paths[0]);
	(void)merge(store, paths[1]);
	revoke_device(store, 1, INT64_MAX, &secrets.project, &said);
	store_close(store);
	for (int order = 0; order < 120; order++) {
		int left[5] = { 0, 1, 2, 3, 4 }, n = 5, rest = order;
		char *text;

		store = new_store();
		accept_device(store, 1);
		for (; n > 0; n--) {
			int pick = rest % n;

			rest /= n;
			if (left[pick] == 4)
				take_statement(store, FACT_REVOKED, &said,
					&secrets.project);
			else
				(void)merge(store, paths[left[pick]]);
			left[pick] = left[n - 1];
		}
		text = dump(store);
		if (first == NULL)
			first = xstrdup(text);
		assert_string_equal(text, first);
		free(text);
		assert_true(has_record(store, "uuid:1"));
		assert_true(has_record(store, "uuid:2"));
		assert_false(has_record(store, "uuid:3"));
		assert_false(has_record(store, "uuid:3fork"));
		assert_int_equal(number(store, "SELECT total(records)"
			" FROM manifest WHERE NOT trusted"), 2);
		if (order % 24 == 0) {
			assert_true(store_rebuild(store, &err));
			text = dump(store);
			assert_string_equal(text, first);
			free(text);
		}
		store_close(store);
	}
	free(first);
	trust_signed_release(&said);
	free_history(paths);
}

static void what_is_set_aside_comes_back_when_accepted_again(void **state)
{
	struct store *store = new_store();
	struct store_totals totals;
	struct merge_result result;
	char *paths[4];

	(void)state;
	make_links(paths);
	accept_device(store, 1);
	for (int i = 0; i < 3; i++)
		(void)merge(store, paths[i]);
	revoke_device(store, 1, 1, &secrets.project, NULL);
	assert_true(store_count(store, &totals, &err));
	assert_int_equal(totals.set_aside, 2);
	assert_int_equal(totals.devices, 0);
	assert_int_equal(totals.versions, 1);
	assert_int_equal(totals.edits, 0);
	/* --accept-new lets no revoked laptop in */
	result = merge(store, paths[3]);
	assert_true(result.revoked);
	assert_false(result.accepted_now);
	assert_int_equal(result.n_aside, 1);
	assert_int_equal(result.versions_new, 0);
	accept_device(store, 1);
	assert_true(store_count(store, &totals, &err));
	assert_int_equal(totals.set_aside, 0);
	assert_int_equal(totals.devices, 1);
	assert_int_equal(totals.versions, 4);
	assert_int_equal(totals.records, 2);
	assert_int_equal(totals.edits, 2);
	/* and revoked once more */
	revoke_device(store, 1, 0, &secrets.project, NULL);
	assert_true(store_count(store, &totals, &err));
	assert_int_equal(totals.set_aside, 4);
	assert_int_equal(totals.versions, 0);
	assert_int_equal(number(store, "SELECT count(*) FROM record"), 0);
	free_history(paths);
	store_close(store);
}

/* What a missing bundle leads back from is trusted all the same. */
static void a_gap_in_the_chain_loses_nothing(void **state)
{
	struct store *store = new_store();
	char *paths[4];

	(void)state;
	make_links(paths);
	accept_device(store, 1);
	(void)merge(store, paths[0]);
	(void)merge(store, paths[2]);
	revoke_device(store, 1, INT64_MAX, &secrets.project, NULL);
	assert_true(has_record(store, "uuid:1"));
	assert_true(has_record(store, "uuid:3"));
	assert_int_equal(merge(store, paths[1]).versions_new, 1);
	assert_true(has_record(store, "uuid:2"));
	assert_true(merge(store, paths[3]).revoked);
	assert_false(has_record(store, "uuid:3fork"));
	free_history(paths);
	store_close(store);
}

/* A statement that counts only if its signer may make it. */
static void strangers_revoke_nobody(void **state)
{
	struct store *store = new_store();
	struct minisign_key stranger, other;
	struct minisign_public key;
	struct trust_signed cert = TRUST_SIGNED_INIT, said = TRUST_SIGNED_INIT;
	char text[MINISIGN_PUBLIC_TEXT], *paths[4];

	(void)state;
	make_links(paths);
	minisign_key_new(&stranger);
	minisign_key_new(&other);
	minisign_key_public(&stranger, &key);
	minisign_public_format(&key, text);
	accept_device(store, 1);
	(void)merge(store, paths[0]);
	revoke_device(store, 1, 0, &stranger, &said);
	assert_true(has_record(store, "uuid:1"));
	/* its certificate comes later: then it counts */
	assert_true(trust_cert_new(&project, &secrets.project, &key, "Swat",
		ROLE_MERGE, TODAY, &cert, &err));
	assert_true(db_begin(store_db(store), &err));
	assert_true(fact_add_certificate(store, &cert, &err));
	assert_true(db_commit(store_db(store), &err));
	assert_false(has_record(store, "uuid:1"));
	/* signed by another, it is no statement of the one it names */
	sign_anew(&said, &other);
	minisign_key_public(&other, &key);
	assert_false(fact_add(store, FACT_REVOKED, &said, &key, NULL, NULL,
		&err));
	assert_int_equal(err.code, ERR_CRYPTO);
	trust_signed_release(&cert);
	trust_signed_release(&said);
	free_history(paths);
	store_close(store);
}

/* What a store said before its certificate was withdrawn goes on counting;
 * what it says afterwards does not. */
static void a_withdrawn_store_says_nothing_more(void **state)
{
	struct store *store = new_store();
	struct minisign_key swat;
	struct minisign_public key;
	struct trust_signed cert = TRUST_SIGNED_INIT, said = TRUST_SIGNED_INIT;
	char text[MINISIGN_PUBLIC_TEXT], device[MINISIGN_PUBLIC_TEXT];
	struct store *elsewhere = new_store();

	(void)state;
	minisign_key_new(&swat);
	minisign_key_public(&swat, &key);
	minisign_public_format(&key, text);
	assert_true(trust_cert_new(&project, &secrets.project, &key, "Swat",
		ROLE_MERGE, TODAY, &cert, &err));
	assert_true(fact_add_certificate(store, &cert, &err));
	key_of(0, device);
	assert_true(fact_accept_device(store, &swat, device, &err));
	assert_true(fact_withdraw_certificate(store, &secrets.project, text,
		&said, &err));
	key_of(1, device);
	assert_true(fact_accept_device(store, &swat, device, &err));
	assert_int_equal(number(store, "SELECT count(*) FROM device"), 1);
	/* where its words have not come, none count */
	assert_true(fact_add_withdrawal(elsewhere, &said, &err));
	assert_true(fact_add_certificate(elsewhere, &cert, &err));
	assert_true(fact_accept_device(elsewhere, &swat, device, &err));
	assert_int_equal(number(elsewhere, "SELECT count(*) FROM device"), 0);
	/* nobody but the project withdraws */
	sign_anew(&said, &swat);
	assert_false(fact_add_withdrawal(elsewhere, &said, &err));
	trust_signed_release(&cert);
	trust_signed_release(&said);
	store_close(elsewhere);
	store_close(store);
}

/* Its acceptance was said by a store that is not believed any more. */
static void what_nobody_accepts_any_more_does_not_count(void **state)
{
	struct store *store = new_store();
	struct trust_signed said = TRUST_SIGNED_INIT;
	struct trust_signed cert = TRUST_SIGNED_INIT;
	struct minisign_public key;
	struct minisign_key swat;
	char text[MINISIGN_PUBLIC_TEXT], device[MINISIGN_PUBLIC_TEXT];
	char *paths[4];

	(void)state;
	make_links(paths);
	minisign_key_new(&swat);
	minisign_key_public(&swat, &key);
	minisign_public_format(&key, text);
	assert_true(trust_cert_new(&project, &secrets.project, &key, "Swat",
		ROLE_MERGE, TODAY, &cert, &err));
	/* said where nothing of Swat has come */
	assert_true(fact_withdraw_certificate(store, &secrets.project, text,
		&said, &err));
	store_close(store);
	store = new_store();
	assert_true(fact_add_certificate(store, &cert, &err));
	key_of(1, device);
	assert_true(fact_accept_device(store, &swat, device, &err));
	(void)merge(store, paths[0]);
	assert_true(has_record(store, "uuid:1"));
	assert_true(fact_add_withdrawal(store, &said, &err));
	assert_false(has_record(store, "uuid:1"));
	accept_device(store, 1);
	assert_true(has_record(store, "uuid:1"));
	trust_signed_release(&said);
	trust_signed_release(&cert);
	free_history(paths);
	store_close(store);
}

/* --- whatever is said about laptops, in whatever order --- */

static uint64_t random_state;

static unsigned pick(unsigned n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state % n);
}

enum { N_RANDOM = 10 };

/* Bundles of device 1 with forks, and one record or an edit in each. */
static void make_tree(char *paths[N_RANDOM])
{
	char manifests[N_RANDOM][SHA256_HEX_BYTES];
	int sequences[N_RANDOM];

	for (int i = 0; i < N_RANDOM; i++) {
		int before = i == 0 ? -1 : (int)pick((unsigned)i);
		char mark[16];

		snprintf(mark, sizeof mark, "t%d", i);
		sequences[i] = before < 0 ? 1 : sequences[before] + 1;
		if (before < 0)
			manifests[i][0] = '\0';
		else
			memcpy(manifests[i], manifests[before],
				sizeof manifests[i]);
		paths[i] = make_link(sequences[i], mark, manifests[i], true);
	}
}

/* Somebody says something: whether it counts is not known yet. */
static void say_something(struct store *store, const struct minisign_key *swat)
{
	const struct minisign_key *by = pick(2) == 0 ? swat : &secrets.project;
	char key[MINISIGN_PUBLIC_TEXT];

	key_of(1, key);
	assert_true(db_begin(store_db(store), &err));
	if (pick(2) == 0)
		assert_true(fact_accept_device(store, by, key, &err));
	else
		assert_true(fact_revoke_device(store, by, key, pick(6), NULL,
			&err));
	assert_true(db_commit(store_db(store), &err));
}

static void certify_swat(struct store *store, const struct minisign_key *swat,
	bool withdraw)
{
	struct trust_signed cert = TRUST_SIGNED_INIT;
	struct minisign_public key;
	char text[MINISIGN_PUBLIC_TEXT];

	minisign_key_public(swat, &key);
	minisign_public_format(&key, text);
	assert_true(db_begin(store_db(store), &err));
	if (withdraw)
		assert_true(fact_withdraw_certificate(store, &secrets.project,
			text, NULL, &err));
	else
		assert_true(trust_cert_new(&project, &secrets.project, &key,
			"Swat", ROLE_MERGE, TODAY, &cert, &err) &&
			fact_add_certificate(store, &cert, &err));
	assert_true(db_commit(store_db(store), &err));
	trust_signed_release(&cert);
}

/* One statement of a store, as it would travel. */
struct said {
	char kind[32], signer[MINISIGN_PUBLIC_TEXT];
	struct trust_signed text;
};
struct said_list { struct said *items; size_t n, cap; };

static void collect_statements(struct store *store, struct said_list *list)
{
	struct db_stmt *walk = db_prepare_once(store_db(store),
		"SELECT kind, signer, content, signature FROM fact"
		" WHERE kind NOT IN ('manifest', 'project')", &err);

	assert_non_null(walk);
	while (db_step(walk, &err) == DB_ROW) {
		struct said said = { .text = TRUST_SIGNED_INIT };

		snprintf(said.kind, sizeof said.kind, "%s", db_text(walk, 0));
		snprintf(said.signer, sizeof said.signer, "%s",
			db_text(walk, 1));
		assert_true(content_get(store, db_int(walk, 2), 1 << 20,
			&said.text.document, &err));
		str_add(&said.text.signature, db_text(walk, 3));
		vec_push(list, said);
	}
	db_free(walk);
}

static void hear(struct store *store, const struct said *said)
{
	struct minisign_public signer;

	assert_true(db_begin(store_db(store), &err));
	assert_true(minisign_public_parse(said->signer, &signer, &err));
	if (strcmp(said->kind, FACT_CERTIFICATE) == 0)
		assert_true(fact_add_certificate(store, &said->text, &err));
	else if (strcmp(said->kind, FACT_WITHDRAWN) == 0)
		assert_true(fact_add_withdrawal(store, &said->text, &err));
	else
		assert_true(fact_add(store, said->kind, &said->text, &signer,
			NULL, NULL, &err) && fact_derive_devices(store, &err));
	assert_true(db_commit(store_db(store), &err));
}

/* The same bundles and statements, shuffled. */
static char *shuffled_dump(char *const paths[N_RANDOM],
	const struct said_list *said)
{
	size_t n = N_RANDOM + said->n, *order = xcalloc(n, sizeof *order);
	struct store *store = new_store();
	char *text;

	for (size_t i = 0; i < n; i++) {
		size_t j = pick((unsigned)i + 1);

		order[i] = order[j];
		order[j] = i;
	}
	for (size_t i = 0; i < n; i++)
		if (order[i] < N_RANDOM)
			(void)merge(store, paths[order[i]]);
		else
			hear(store, &said->items[order[i] - N_RANDOM]);
	assert_true(store_merge_retry(store, &setup, NULL, NULL, &err));
	text = dump(store);
	store_close(store);
	free(order);
	return text;
}

static char *original_dump(char *const paths[N_RANDOM],
	struct said_list *said)
{
	struct store *store = new_store();
	struct minisign_key swat;
	char *text, *again;

	minisign_key_new(&swat);
	/* so that none waits in quarantine for ever, where no fact is */
	accept_device(store, 1);
	if (pick(4) > 0)
		certify_swat(store, &swat, false);
	for (int i = 0; i < N_RANDOM; i++) {
		if (pick(2) == 0)
			say_something(store, &swat);
		(void)merge(store, paths[i]);
		if (pick(12) == 0)
			certify_swat(store, &swat, true);
	}
	assert_true(store_merge_retry(store, &setup, NULL, NULL, &err));
	collect_statements(store, said);
	text = dump(store);
	assert_true(store_rebuild(store, &err));
	again = dump(store);
	assert_string_equal(again, text);
	free(again);
	store_close(store);
	return text;
}

static void statements_and_bundles_mean_the_same_in_any_order(void **state)
{
	int n_rounds = getenv("BAYAZ_LONG") != NULL ? 150 : 10;

	(void)state;
	setup.accept_new = false;
	for (int round = 1; round <= n_rounds; round++) {
		struct said_list said = { NULL, 0, 0 };
		char *paths[N_RANDOM], *first;

		random_state = 88172645463325252u * (uint64_t)round;
		make_tree(paths);
		first = original_dump(paths, &said);
		for (int trial = 0; trial < 3; trial++) {
			char *text = shuffled_dump(paths, &said);

			if (strcmp(text, first) != 0)
				print_message("round %d\n", round);
			assert_string_equal(text, first);
			free(text);
		}
		free(first);
		for (size_t i = 0; i < said.n; i++)
			trust_signed_release(&said.items[i].text);
		vec_release(&said);
		for (int i = 0; i < N_RANDOM; i++)
			free(paths[i]);
	}
	setup.accept_new = true;
}

/* --- tables --- */

static void repeats_have_keys_and_classes_stand_apart(void **state)
{
	struct store *store = new_store();
	struct sent *sent = new_bundle(0, 1);
	char *path;

	(void)state;
	add_form(sent, "visit", "1", form_1);
	add_record(sent, "visit", "1", "uuid:a", record("visit", "1", "uuid:a",
		NULL, "<name>Canary</name><age>7</age><area>x y</area>"
		"<farm><size>2.50</size></farm>"
		"<child><age>1</age><dose><kind>bcg</kind></dose></child>"
		"<child><age>2</age><dose><kind>opv</kind></dose>"
		"<dose><kind>dpt</kind></dose></child>"), NULL);
	path = send_bundle(sent, 0, "tables.bayaz");
	(void)merge(store, path);
	assert_int_equal(number(store, "SELECT age FROM bz_visit"), 7);
	assert_text(store, "SELECT typeof(size) || size FROM bz_visit",
		"real2.5");
	assert_text(store, "SELECT area FROM bz_visit__restricted", "x y");
	assert_text(store, "SELECT name FROM bz_visit__identifying", "Canary");
	assert_int_equal(number(store, "SELECT sum(age) FROM bz_visit__child"),
		3);
	assert_text(store, "SELECT group_concat(bz_row || '.' || bz_parent ||"
		" '.' || bz_position || kind, ' ') FROM bz_visit__dose",
		"1.1.1bcg 2.2.1opv 3.2.2dpt");
	free(path);
	store_close(store);
}

static void versions_of_a_form_share_their_tables(void **state)
{
	struct store *store = new_store();
	char *paths[4];

	(void)state;
	make_history(paths);
	for (int i = 0; i < 4; i++)
		(void)merge(store, paths[i]);
	/* an integer in one version and a text in the other: text */
	assert_text(store, "SELECT typeof(age) || age FROM bz_visit"
		" WHERE bz_record = 'uuid:b'", "text6");
	/* the same question, moved to another group, keeps its column */
	assert_text(store, "SELECT size || roof FROM bz_visit"
		" WHERE bz_record = 'uuid:a'", "2.5tin");
	assert_text(store, "SELECT size || roof FROM bz_visit_labels"
		" WHERE bz_record = 'uuid:a'", "2.5Tin sheets");
	assert_text(store, "SELECT group_concat(form_version || ':' || path)"
		" FROM bz_codebook_path WHERE table_name = 'bz_visit'"
		" AND column_name = 'size'", "1:farm/size,2:house/size");
	store_close(store);
	free_history(paths);
}

static char *export(struct store *store, size_t table, bool restricted)
{
	struct export_options options = { .restricted = restricted };
	struct layout *layout = layout_load(store, "visit", &err);
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);

	assert_non_null(layout);
	assert_true(export_csv_table(store, layout, table, &options, to, &err));
	fclose(to);
	layout_free(layout);
	return text;
}

static void csv_leaves_out_what_is_not_public(void **state)
{
	struct store *store = new_store();
	struct sent *sent = new_bundle(0, 1);
	char *path, *text;

	(void)state;
	add_form(sent, "visit", "1", form_1);
	add_record(sent, "visit", "1", "=uuid", record("visit", "1", "=uuid",
		NULL, "<name>CANARY1</name><age>-7</age><area>CANARY2</area>"
		"<photo>@x,y</photo>"), NULL);
	path = send_bundle(sent, 0, "csv.bayaz");
	(void)merge(store, path);
	text = export(store, 0, false);
	assert_null(strstr(text, "CANARY"));
	assert_non_null(strstr(text, "'=uuid"));
	assert_non_null(strstr(text, ",-7,"));
	assert_non_null(strstr(text, ",\"'@x,y\""));
	free(text);
	text = export(store, 0, true);
	assert_null(strstr(text, "CANARY1"));
	assert_non_null(strstr(text, "CANARY2"));
	free(text);
	free(path);
	store_close(store);
}

/* --- what is not taken --- */

static void an_unknown_device_is_set_aside_until_accepted(void **state)
{
	struct store *store = new_store();
	struct merge_setup strict = setup;
	struct merge_result result;
	char *paths[4], *before = dump(store), *after;
	char fingerprint[FINGERPRINT_BYTES];
	const char *accept[] = { fingerprint };

	(void)state;
	make_history(paths);
	strict.accept_new = false;
	assert_true(store_merge_file(store, paths[0], &strict, &result, &err));
	assert_int_equal(result.outcome, MERGE_SET_ASIDE);
	assert_non_null(strstr(result.reason, result.fingerprint));
	after = dump(store);
	assert_string_equal(after, before);
	free(after);
	trust_device_fingerprint(&devices[0], fingerprint);
	strict.accept = accept;
	strict.n_accept = 1;
	assert_true(store_merge_retry(store, &strict, NULL, NULL, &err));
	assert_int_equal(number(store, "SELECT count(*) FROM quarantine"), 0);
	assert_int_equal(number(store, "SELECT count(*) FROM version"), 2);
	free(before);
	free_history(paths);
	store_close(store);
}

static void a_record_waits_for_its_form(void **state)
{
	struct store *store = new_store();
	struct sent *sent = new_bundle(0, 1);
	char *path, *with_form;

	(void)state;
	add_record(sent, "visit", "1", "uuid:a", record("visit", "1", "uuid:a",
		NULL, "<age>1</age>"), NULL);
	path = send_bundle(sent, 0, "no-form.bayaz");
	assert_int_equal(merge(store, path).outcome, MERGE_SET_ASIDE);
	sent = new_bundle(0, 2);
	add_form(sent, "visit", "1", form_1);
	with_form = send_bundle(sent, 0, "form.bayaz");
	assert_int_equal(merge(store, with_form).outcome, MERGE_TAKEN);
	assert_true(store_merge_retry(store, &setup, NULL, NULL, &err));
	assert_int_equal(number(store, "SELECT age FROM bz_visit"), 1);
	free(path);
	free(with_form);
	store_close(store);
}

static void a_plain_record_of_a_protected_form_is_refused(void **state)
{
	struct store *store = new_store();
	struct sent *sent = new_bundle(0, 1);
	struct merge_result result;
	char *path, *before = dump(store), *after;

	(void)state;
	add_form(sent, "intake", "1", form_protected);
	add_record(sent, "intake", "1", "uuid:a", record("intake", "1",
		"uuid:a", NULL, "<q>CANARY</q>"), NULL);
	path = send_bundle(sent, 0, "protected.bayaz");
	assert_false(store_merge_file(store, path, &setup, &result, &err));
	assert_int_equal(err.code, ERR_REFUSED);
	assert_null(strstr(err.message, "CANARY"));
	after = dump(store);
	assert_string_equal(after, before);
	free(before);
	free(after);
	free(path);
	store_close(store);
}

static void damage(const char *from, const char *to, size_t at, bool cut)
{
	struct str bytes = STR_INIT;

	assert_true(file_read(from, 1 << 24, &bytes, &err));
	if (cut)
		str_cut(&bytes, at);
	else
		bytes.data[at] = (char)(bytes.data[at] ^ 1);
	assert_true(file_write(to, bytes.data, bytes.len, 0600, &err));
	str_release(&bytes);
}

static size_t size_of(const char *path)
{
	struct str bytes = STR_INIT;
	size_t n;

	assert_true(file_read(path, 1 << 24, &bytes, &err));
	n = bytes.len;
	str_release(&bytes);
	return n;
}

static void a_damaged_bundle_changes_nothing(void **state)
{
	struct store *store = new_store();
	struct merge_result result;
	char *paths[4], *before = dump(store), *after;
	char *broken = path_join(folder, "broken.bayaz");
	size_t n;

	(void)state;
	make_history(paths);
	n = size_of(paths[0]);
	for (size_t at = 0; at < n; at += 1 + n / 60) {
		damage(paths[0], broken, at, false);
		assert_false(store_merge_file(store, broken, &setup, &result,
			&err));
		damage(paths[0], broken, at, true);
		assert_false(store_merge_file(store, broken, &setup, &result,
			&err));
	}
	after = dump(store);
	assert_string_equal(after, before);
	/* nor is a damaged copy of what is there already called good */
	(void)merge(store, paths[0]);
	damage(paths[0], broken, n - 1, false);
	assert_false(store_merge_file(store, broken, &setup, &result, &err));
	free(before);
	free(after);
	free(broken);
	free_history(paths);
	store_close(store);
}

static void another_project_is_refused(void **state)
{
	struct store *store = new_store();
	struct sent *sent = new_bundle(0, 1);
	struct merge_result result;
	char *path;

	(void)state;
	sent->manifest.project = "0123456789abcdef";
	path = send_bundle(sent, 0, "other.bayaz");
	assert_false(store_merge_file(store, path, &setup, &result, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	free(path);
	store_close(store);
}

static void a_failing_write_leaves_the_old_store(void **state)
{
	char *paths[4], *name = str_format("%s/faults.db", folder);

	(void)state;
	make_history(paths);
	for (unsigned nth = 1; nth < 400; nth += nth < 20 ? 1 : 7) {
		struct store *store;
		struct merge_result result;
		char *before, *after;
		bool ok;

		db_fail_nth(0);
		store = new_store();
		before = dump(store);
		db_fail_nth(nth);
		ok = store_merge_file(store, paths[0], &setup, &result, &err);
		db_fail_nth(0);
		after = dump(store);
		assert_int_equal(ok, strcmp(after, before) != 0);
		assert_true(db_verify(store_db(store), &err));
		(void)merge(store, paths[0]);
		free(before);
		free(after);
		store_close(store);
		if (ok)
			break;
	}
	free(name);
	free_history(paths);
}

static void missing_bundles_of_a_device_are_named(void **state)
{
	struct store *store = new_store();
	static const int sequences[] = { 2, 3, 7 };
	char *missing, *forked, device[MINISIGN_PUBLIC_TEXT];
	struct minisign_public key;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct sent *sent = new_bundle(0, sequences[i]);
		char *name = str_format("chain%zu.bayaz", i), *path;

		add_form(sent, "visit", "1", form_1);
		path = send_bundle(sent, 0, name);
		(void)merge(store, path);
		free(path);
		free(name);
	}
	minisign_key_public(&devices[0].key, &key);
	minisign_public_format(&key, device);
	assert_true(store_chain(store, device, &missing, &forked, &err));
	assert_string_equal(missing, "1, 4-6");
	assert_string_equal(forked, "");
	free(missing);
	free(forked);
	store_close(store);
}

/* Records of one laptop's next bundle; their instances begin with `word`. */
static char *send_many(const char *word, int n, int sequence)
{
	struct sent *sent = new_bundle(0, sequence);
	char *name = str_format("%s.bayaz", word), *path;

	add_form(sent, "visit", "1", form_1);
	for (int i = 0; i < n; i++) {
		char *instance = str_format("uuid:%s-%d", word, i);
		char *xml = record("visit", "1", instance, NULL,
			"<age>3</age><child><age>1</age></child>");

		add_record(sent, "visit", "1", instance, xml, NULL);
		vec_push(&sent->owned, instance);
	}
	path = send_bundle(sent, 0, name);
	free(name);
	return path;
}

/* How many pages it looks at to take a bundle of ten and to tell the totals,
 * when so many records are there. */
static int64_t pages_to_merge(int n_there)
{
	struct store *store = new_store();
	char *before = send_many("before", n_there, 1);
	char *after = send_many("after", 10, 2), *missing, *forked;
	char device[MINISIGN_PUBLIC_TEXT];
	struct store_totals totals;
	int64_t pages;

	(void)merge(store, before);
	pages = db_pages_seen(store_db(store));
	(void)merge(store, after);
	assert_true(store_count(store, &totals, &err));
	key_of(0, device);
	assert_true(store_chain(store, device, &missing, &forked, &err));
	pages = db_pages_seen(store_db(store)) - pages;
	assert_int_equal(totals.records, n_there + 10);
	assert_int_equal(totals.versions, n_there + 10);
	store_close(store);
	free(missing);
	free(forked);
	free(before);
	free(after);
	return pages;
}

/* Trees of pages are as high for both; looking at each record, or joining what
 * is counted, would take hundreds of pages more. */
static void a_merge_costs_what_its_own_records_need(void **state)
{
	int64_t few = pages_to_merge(1000), many = pages_to_merge(16000);

	(void)state;
	print_message("pages: %d with 1,000 records there, %d with 16,000\n",
		(int)few, (int)many);
	assert_true(few > 100 && many < few * 5 / 4);
}

/* Without a second thread. */
static void one_processor_gives_the_same(void **state)
{
	cpu_set_t all, one;
	struct store *store = new_store();
	char *paths[4], *with, *without;
	size_t i = 0;

	(void)state;
	make_history(paths);
	for (int k = 0; k < 4; k++)
		(void)merge(store, paths[k]);
	with = dump(store);
	store_close(store);
	assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
	while (!CPU_ISSET(i, &all))
		i++;
	CPU_ZERO(&one);
	CPU_SET(i, &one);
	assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
	store = new_store();
	for (int k = 0; k < 4; k++)
		(void)merge(store, paths[k]);
	without = dump(store);
	assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
	assert_string_equal(without, with);
	store_close(store);
	free(with);
	free(without);
	free_history(paths);
}

/* Merges the paths, each with a word on what comes next, true or not. */
static char *dump_with_early(char *paths[4], const char *const next[4])
{
	struct store *store = new_store();
	struct merge_setup with = setup;
	struct feed *early = NULL;
	char *text;

	with.early = &early;
	for (int i = 0; i < 4; i++) {
		struct merge_result result;

		with.next = next[i];
		assert_true(store_merge_file(store, paths[i], &with, &result,
			&err));
		assert_int_equal(result.outcome, MERGE_TAKEN);
	}
	feed_free(early);
	text = dump(store);
	store_close(store);
	return text;
}

/* Whether what was begun is what comes, is something else, is no bundle, is not
 * there, or is not asked for any more. */
static void a_bundle_begun_early_is_the_same(void **state)
{
	char *paths[4], *expected, *odd = str_format("%s/odd.bayaz", folder);
	static const char *const none[4];

	(void)state;
	make_history(paths);
	assert_true(file_write(odd, "no", 2, 0644, &err));
	expected = dump_with_early(paths, none);
	for (int i = 0; i < 3; i++) {
		const char *const next[3][4] = {
			{ paths[1], paths[2], paths[3], NULL },
			{ paths[2], paths[2], odd, paths[0] },
			{ "no-such.bayaz", odd, paths[3], odd },
		};
		char *text = dump_with_early(paths, next[i]);

		assert_string_equal(text, expected);
		free(text);
	}
	free(expected);
	free(odd);
	free_history(paths);
}

/* What waits to be asked for may fail: then it says why, in its place. */
static void a_damaged_bundle_begun_early_says_so(void **state)
{
	struct store *store = new_store();
	struct merge_setup with = setup;
	struct merge_result result;
	struct feed *early = NULL;
	char *paths[4], *odd = str_format("%s/odd.bayaz", folder);

	(void)state;
	make_history(paths);
	assert_true(file_write(odd, "no", 2, 0644, &err));
	with.early = &early;
	with.next = odd;
	assert_true(store_merge_file(store, paths[0], &with, &result, &err));
	with.next = paths[1];
	assert_false(store_merge_file(store, odd, &with, &result, &err));
	assert_int_equal(err.code, ERR_SYNTAX);
	assert_non_null(strstr(err.source, "odd.bayaz"));
	assert_true(store_merge_file(store, paths[1], &with, &result, &err));
	feed_free(early);
	free(odd);
	free_history(paths);
	store_close(store);
}

static void numbers_are_read_strictly(void **state)
{
	int64_t whole;
	double real;

	(void)state;
	assert_true(value_to_int("-12", &whole));
	assert_int_equal(whole, -12);
	assert_true(value_to_int("007", &whole));
	assert_int_equal(whole, 7);
	assert_true(value_to_int("+999999999", &whole));
	assert_int_equal(whole, 999999999);
	assert_true(value_to_int("999999999", &whole));
	assert_int_equal(whole, 999999999);
	assert_true(value_to_int("9999999999", &whole));
	assert_int_equal(whole, INT64_C(9999999999));
	assert_false(value_to_int(" 1", &whole));
	assert_false(value_to_int("1 ", &whole));
	assert_false(value_to_int("12a", &whole));
	assert_false(value_to_int("", &whole));
	assert_false(value_to_int("99999999999999999999", &whole));
	assert_true(value_to_real("1e3", &real));
	assert_false(value_to_real("nan", &real));
	assert_false(value_to_real("0x10", &real));
	assert_false(value_to_real("1e999", &real));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_order_gives_the_same_dump),
		cmocka_unit_test(edits_and_copies_are_no_records_of_their_own),
		cmocka_unit_test(two_edits_of_one_version_are_a_conflict),
		cmocka_unit_test(other_bytes_of_one_instance_are_a_conflict),
		cmocka_unit_test(a_circle_of_priors_comes_to_an_end),
		cmocka_unit_test(a_revocation_means_the_same_in_every_order),
		cmocka_unit_test(
			what_is_set_aside_comes_back_when_accepted_again),
		cmocka_unit_test(a_gap_in_the_chain_loses_nothing),
		cmocka_unit_test(strangers_revoke_nobody),
		cmocka_unit_test(a_withdrawn_store_says_nothing_more),
		cmocka_unit_test(what_nobody_accepts_any_more_does_not_count),
		cmocka_unit_test(
			statements_and_bundles_mean_the_same_in_any_order),
		cmocka_unit_test(repeats_have_keys_and_classes_stand_apart),
		cmocka_unit_test(versions_of_a_form_share_their_tables),
		cmocka_unit_test(csv_leaves_out_what_is_not_public),
		cmocka_unit_test(an_unknown_device_is_set_aside_until_accepted),
		cmocka_unit_test(a_record_waits_for_its_form),
		cmocka_unit_test(a_plain_record_of_a_protected_form_is_refused),
		cmocka_unit_test(a_damaged_bundle_changes_nothing),
		cmocka_unit_test(another_project_is_refused),
		cmocka_unit_test(a_failing_write_leaves_the_old_store),
		cmocka_unit_test(missing_bundles_of_a_device_are_named),
		cmocka_unit_test(a_merge_costs_what_its_own_records_need),
		cmocka_unit_test(one_processor_gives_the_same),
		cmocka_unit_test(a_bundle_begun_early_is_the_same),
		cmocka_unit_test(a_damaged_bundle_begun_early_says_so),
		cmocka_unit_test(numbers_are_read_strictly),
	};

	return cmocka_run_group_tests(tests, pilot_set_up, pilot_tear_down);
}
