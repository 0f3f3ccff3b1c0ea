/* The bytes of a store: packed, in parts, erased and brought again. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <zlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "db/db.h"
#include "store/content.h"
#include "store/derive.h"
#include "store/erase.h"
#include "store/fact.h"
#include "store/packer.h"
#include "store/store.h"
#include "trust/cert.h"
#include "tests/unit/pilot.h"

/* --- packing --- */

static void fill_with_words(char *bytes, size_t n)
{
	static const char words[] = "<village>Chak 45</village>";

	for (size_t i = 0; i < n; i++)
		bytes[i] = i % 97 == 0 ? (char)('a' + i / 97 % 26) :
			words[i % (sizeof words - 1)];
}

/* As bayaz-store(5) says, for others to read: RFC 1950. */
static void assert_zlib_reads(const struct str *packed, const char *bytes,
	size_t n)
{
	char *back = xmalloc(n);
	uLongf n_back = (uLongf)n;

	assert_int_equal(uncompress((Bytef *)back, &n_back,
		(const Bytef *)packed->data, (uLong)packed->len), Z_OK);
	assert_int_equal(n_back, n);
	assert_memory_equal(back, bytes, n);
	free(back);
}

static void assert_packs(struct packer *packer, size_t n)
{
	struct str packed = STR_INIT, back = STR_INIT;
	char *bytes = xmalloc(n);

	fill_with_words(bytes, n);
	assert_true(packer_pack(packer, bytes, n, &packed));
	assert_true(packed.len < n);
	assert_zlib_reads(&packed, bytes, n);
	str_add(&back, "before");
	assert_true(packer_unpack(packer, packed.data, packed.len, n, &back));
	assert_int_equal(back.len, n + 6);
	assert_memory_equal(back.data + 6, bytes, n);
	assert_false(packer_unpack(packer, packed.data, packed.len, n - 1,
		&back));
	assert_false(packer_unpack(packer, packed.data, packed.len, n + 1,
		&back));
	assert_false(packer_unpack(packer, packed.data, packed.len - 1, n,
		&back));
	assert_false(packer_unpack(packer, packed.data, packed.len,
		SIZE_MAX / 4, &back));
	packed.data[packed.len - 1] ^= 1;	/* of the checksum */
	assert_false(packer_unpack(packer, packed.data, packed.len, n, &back));
	assert_int_equal(back.len, n + 6);
	str_release(&back);
	str_release(&packed);
	free(bytes);
}

static void what_is_packed_is_a_zlib_stream(void **state)
{
	static const size_t sizes[] = { 200, 2420, 8191, 8192, 8193, 300000,
		CONTENT_PART_BYTES, 5 * CONTENT_PART_BYTES };
	struct packer *packer = packer_new();

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		assert_packs(packer, sizes[i]);
	packer_free(packer);
}

static void what_gets_no_shorter_is_not_packed(void **state)
{
	struct packer *packer = packer_new();
	struct str packed = STR_INIT;
	static char noise[20000];

	(void)state;
	crypt_random(noise, sizeof noise);
	for (size_t n = 0; n < 40; n++)
		assert_false(packer_pack(packer, noise, n, &packed));
	assert_false(packer_pack(packer, noise, sizeof noise, &packed));
	assert_int_equal(packed.len, 0);
	str_release(&packed);
	packer_free(packer);
}

static void long_files_are_kept_in_parts(void **state)
{
	struct store *store = new_store();
	size_t n = 3 * CONTENT_PART_BYTES + 17;
	char *bytes = xmalloc(n);
	uint8_t sha256[SHA256_BYTES];
	struct str back = STR_INIT;
	int64_t id;

	(void)state;
	crypt_random(bytes, n);
	sha256_bytes(bytes, n, sha256);
	assert_true(content_put(store, sha256, bytes, n, &id, NULL, &err));
	assert_true(content_get(store, id, n, &back, &err));
	assert_int_equal(back.len, n);
	assert_memory_equal(back.data, bytes, n);
	assert_false(content_get(store, id, n - 1, &back, &err));
	assert_int_equal(err.code, ERR_LIMIT);
	str_release(&back);
	free(bytes);
	store_close(store);
}

/* --- erasing --- */

static int64_t number(struct store *store, const char *sql)
{
	int64_t n = -1;

	assert_true(db_number(store_db(store), sql, &n, &err));
	return n;
}

static const char form_xml[] =
	"<h:html xmlns=\"http://www.w3.org/2002/xforms\""
	" xmlns:h=\"http://www.w3.org/1999/xhtml\""
	" xmlns:bayaz=\"urn:x-bayaz:forms\"><h:head><h:title>Visit</h:title>"
	"<model><instance><data id=\"visit\" version=\"1\""
	" bayaz:class=\"standard\"><age/><meta><instanceID/></meta></data>"
	"</instance><bind nodeset=\"/data/age\" type=\"int\""
	" bayaz:sensitivity=\"public\"/></model></h:head><h:body>"
	"<input ref=\"/data/age\"/></h:body></h:html>";

/* A bundle with one record, and the record's hash. */
static char *make_bundle(const char *name, char sha256[SHA256_HEX_BYTES])
{
	struct sent *sent = new_bundle(0, 1);
	char *xml = record("visit", "1", "uuid:a", NULL, "<age>3</age>");

	sha256_hex(xml, strlen(xml), sha256);
	add_form(sent, "visit", "1", form_xml);
	add_record(sent, "visit", "1", "uuid:a", xml, NULL);
	return send_bundle(sent, 0, name);
}

/* A coordinator's key and certificate. */
static void certify(struct minisign_key *key, struct trust_signed *cert)
{
	struct minisign_public public;

	minisign_key_new(key);
	minisign_key_public(key, &public);
	assert_true(trust_cert_new(&project, &secrets.project, &public, "Swat",
		ROLE_MERGE, TODAY, cert, &err));
}

static void add_to(struct store *store, const struct trust_signed *signed_,
	bool (*add)(struct store *store, const struct trust_signed *signed_,
		struct err *err))
{
	assert_true(db_begin(store_db(store), &err));
	assert_true(add(store, signed_, &err));
	assert_true(db_commit(store_db(store), &err));
}

static void say_erased(struct store *store, const struct minisign_key *key,
	const char *sha256)
{
	struct touched touched = { .n_versions_new = 0 };

	assert_true(db_begin(store_db(store), &err));
	assert_true(erase_say(store, key, sha256, ERASED_NO_CONSENT, &touched,
		&err));
	assert_true(derive_finish(store, &touched, &err));
	assert_true(db_commit(store_db(store), &err));
	touched_release(&touched);
}

/* Withdraws the certificate, as a store does that has not heard its words. */
static void withdraw_unheard(const struct minisign_key *key,
	const struct trust_signed *cert, struct trust_signed *said)
{
	struct store *elsewhere = new_store();
	struct minisign_public public;
	char text[MINISIGN_PUBLIC_TEXT];

	minisign_key_public(key, &public);
	minisign_public_format(&public, text);
	assert_true(fact_add_certificate(elsewhere, cert, &err));
	assert_true(fact_withdraw_certificate(elsewhere, &secrets.project,
		text, said, &err));
	store_close(elsewhere);
}

static int64_t n_erased(struct store *store)
{
	return number(store, "SELECT count(*) FROM content WHERE packing = 2");
}

/* Bytes that were erased by somebody who turns out to have had no right to it
 * come back with the next copy of their bundle, and not before. */
static void erased_bytes_come_back_with_a_copy(void **state)
{
	struct store *store = new_store();
	struct minisign_key swat;
	struct trust_signed cert = TRUST_SIGNED_INIT, said = TRUST_SIGNED_INIT;
	char sha256[SHA256_HEX_BYTES], *bundle = make_bundle("c.bayaz", sha256);

	(void)state;
	certify(&swat, &cert);
	add_to(store, &cert, fact_add_certificate);
	(void)merge(store, bundle);
	assert_int_equal(number(store, "SELECT count(*) FROM record"), 1);
	say_erased(store, &swat, sha256);
	assert_int_equal(number(store, "SELECT count(*) FROM record"), 0);
	assert_int_equal(n_erased(store), 1);
	(void)merge(store, bundle);		/* refused, still */
	assert_int_equal(n_erased(store), 1);
	withdraw_unheard(&swat, &cert, &said);
	add_to(store, &said, fact_add_withdrawal);
	assert_int_equal(n_erased(store), 1);	/* there is nothing to show */
	assert_int_equal(number(store, "SELECT count(*) FROM record"), 0);
	(void)merge(store, bundle);
	assert_int_equal(n_erased(store), 0);
	assert_int_equal(number(store, "SELECT count(*) FROM record"), 1);
	trust_signed_release(&said);
	trust_signed_release(&cert);
	free(bundle);
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_packed_is_a_zlib_stream),
		cmocka_unit_test(what_gets_no_shorter_is_not_packed),
		cmocka_unit_test(long_files_are_kept_in_parts),
		cmocka_unit_test(erased_bytes_come_back_with_a_copy),
	};

	return cmocka_run_group_tests(tests, pilot_set_up, pilot_tear_down);
}
