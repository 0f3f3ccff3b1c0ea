/* Hashes, sealing, signatures, words. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <stdlib.h>
#include <sys/resource.h>

#include "base/file.h"
#include "crypt/crypt.h"
#include "crypt/minisign.h"
#include "crypt/seal.h"
#include "crypt/words.h"
#include "sanitized.h"

static int start(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	return crypt_init(&err) ? 0 : -1;
}

static void core_dumps_are_off(void **state)
{
	struct rlimit limit;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
	assert_int_equal(limit.rlim_cur, 0);
#ifdef __linux__
	assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
#endif
}

/* In KiB; -1: this system does not tell. */
static long locked_kib(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[256];
	long kib = -1;

	while (status != NULL && fgets(line, sizeof line, status) != NULL)
		if (strncmp(line, "VmLck:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (status != NULL)
		fclose(status);
	return kib;
}

static void secrets_are_locked_and_begin_empty(void **state)
{
	struct rlimit limit;
	long before = locked_kib();
	uint8_t *secret = secret_new(6000);

	(void)state;
	for (int i = 0; i < 6000; i++)
		assert_int_equal(secret[i], 0);
	if (!SANITIZED && before >= 0 &&
			getrlimit(RLIMIT_MEMLOCK, &limit) == 0 &&
			limit.rlim_cur >= 1 << 16)
		assert_true(locked_kib() >= before + 6);
	secret_free(secret);
	assert_int_equal(locked_kib(), before);
}

static void sha256_and_hmac_are_the_standards(void **state)
{
	char hex[SHA256_HEX_BYTES];
	struct sha256 hash;
	uint8_t key[32], ikm[22], salt[13], tag[32];

	(void)state;
	sha256_hex("abc", 3, hex);	/* FIPS 180-4 */
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
		"b00361a396177a9cb410ff61f20015ad");
	sha256_init(&hash);
	sha256_add(&hash, "a", 1);
	sha256_add(&hash, NULL, 0);
	sha256_add(&hash, "bc", 2);
	sha256_end_hex(&hash, hex);
	assert_true(str_starts(hex, "ba7816bf"));
	assert_true(sha256_is_hex(hex));
	hex[3] = 'G';
	assert_false(sha256_is_hex(hex));

	/* RFC 4231, test case 2 */
	hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, tag);
	hex_encode(tag, 32, hex);
	assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c7"
		"5a003f089d2739839dec58b964ec3843");

	/* RFC 5869, test case 1 (first 32 bytes); its info is not text, so
	 * test case 3, which has none. */
	memset(ikm, 0x0b, sizeof ikm);
	memset(salt, 0, sizeof salt);
	hkdf_sha256(ikm, sizeof ikm, NULL, 0, "", key);
	hex_encode(key, 32, hex);
	assert_string_equal(hex, "8da4e775a563c18f715f802a063c5a31"
		"b8a11f5c5ee1879ec3454e5f3c738d2d");
}

static void hex_takes_digits_only(void **state)
{
	uint8_t bytes[2];

	(void)state;
	assert_true(hex_decode("0aFf", bytes, 2));
	assert_int_equal(bytes[0], 0x0a);
	assert_int_equal(bytes[1], 0xff);
	assert_false(hex_decode("0aF", bytes, 2));
	assert_false(hex_decode("0aFfa", bytes, 2));
	assert_false(hex_decode("0aFg", bytes, 2));
}

static void a_fingerprint_has_five_groups_of_four(void **state)
{
	char text[FINGERPRINT_BYTES];

	(void)state;
	/* base32 of the start of ba7816bf8f01cfea414140de5d */
	crypt_fingerprint("abc", 3, text);
	assert_string_equal(text, "XJ4B-NP4P-AHH6-UQKB-IDPF");
}

static void what_was_sealed_opens_again(void **state)
{
	uint8_t key[SEAL_KEY_BYTES];
	struct str sealed = STR_INIT, opened = STR_INIT;
	struct err err = ERR_INIT;

	(void)state;
	seal_key_new(key);
	for (size_t n = 0; n < 200; n += 7) {
		char bytes[200];

		memset(bytes, 'a', sizeof bytes);
		str_clear(&sealed);
		str_clear(&opened);
		seal_bytes(key, "row 7", 5, bytes, n, 64, &sealed);
		assert_int_equal((sealed.len - 24 - 16) % 64, 0);
		assert_true(seal_open(key, "row 7", 5, sealed.data, sealed.len,
			&opened, &err));
		assert_int_equal(opened.len, n);
		assert_memory_equal(opened.data, bytes, n);
	}
	str_release(&sealed);
	str_release(&opened);
}

static void sealed_bytes_are_bound_to_key_place_and_every_bit(void **state)
{
	uint8_t key[SEAL_KEY_BYTES], wrong[SEAL_KEY_BYTES];
	struct str sealed = STR_INIT, opened = STR_INIT;
	struct err err = ERR_INIT;

	(void)state;
	seal_key_new(key);
	seal_key_new(wrong);
	seal_bytes(key, "a", 1, "hello", 5, 0, &sealed);
	assert_int_equal(sealed.len, SEAL_OVERHEAD + 5);
	assert_false(seal_open(wrong, "a", 1, sealed.data, sealed.len, &opened,
		&err));
	assert_int_equal(err.code, ERR_CRYPTO);
	assert_false(seal_open(key, "b", 1, sealed.data, sealed.len, &opened,
		&err));
	for (size_t i = 0; i < sealed.len; i++) {
		sealed.data[i] ^= 1;
		assert_false(seal_open(key, "a", 1, sealed.data, sealed.len,
			&opened, &err));
		sealed.data[i] ^= 1;
		assert_false(seal_open(key, "a", 1, sealed.data, i, &opened,
			&err));
	}
	assert_int_equal(opened.len, 0);
	assert_memory_equal(seal_tag(sealed.data, sealed.len),
		sealed.data + sealed.len - 16, 16);
	str_release(&sealed);
}

static void a_passphrase_gives_the_same_key_with_the_same_salt(void **state)
{
	uint8_t salt[SEAL_SALT_BYTES] = { 1 }, a[32], b[32], c[32];
	struct err err = ERR_INIT;

	(void)state;
	assert_true(seal_key_from_passphrase("secret", salt, a, &err));
	assert_true(seal_key_from_passphrase("secret", salt, b, &err));
	assert_memory_equal(a, b, 32);
	salt[0] = 2;
	assert_true(seal_key_from_passphrase("secret", salt, c, &err));
	assert_memory_not_equal(a, c, 32);
}

/* ---- minisign ---- */

static struct minisign_key key;
static struct minisign_public public_key;

static void make_key(void)
{
	minisign_key_new(&key);
	minisign_key_public(&key, &public_key);
}

static void a_signature_says_its_trusted_comment(void **state)
{
	struct str signature = STR_INIT, comment = STR_INIT;
	struct err err = ERR_INIT;

	(void)state;
	make_key();
	minisign_sign(&key, "hello", 5, "sequence 7", &signature);
	assert_true(minisign_verify(&public_key, "hello", 5, signature.data,
		&comment, &err));
	assert_string_equal(comment.data, "sequence 7");
	assert_false(minisign_verify(&public_key, "hellO", 5, signature.data,
		NULL, &err));
	assert_int_equal(err.code, ERR_CRYPTO);
	make_key();
	assert_false(minisign_verify(&public_key, "hello", 5, signature.data,
		NULL, &err));
	assert_int_equal(err.code, ERR_NOKEY);
	str_release(&comment);
	str_release(&signature);
}

/* All but the untrusted comment counts. */
static void every_changed_character_of_a_signature_counts(void **state)
{
	struct str signature = STR_INIT;
	struct err err = ERR_INIT;
	size_t first;

	(void)state;
	make_key();
	minisign_sign(&key, "hello", 5, "c", &signature);
	first = strcspn(signature.data, "\n");
	for (size_t i = first; i + 1 < signature.len; i++) {
		char was = signature.data[i];

		signature.data[i] = was == 'A' ? 'B' : 'A';
		assert_false(minisign_verify(&public_key, "hello", 5,
			signature.data, NULL, &err));
		signature.data[i] = (char)(was ^ 0x80);
		assert_false(minisign_verify(&public_key, "hello", 5,
			signature.data, NULL, &err));
		signature.data[i] = '\0';
		assert_false(minisign_verify(&public_key, "hello", 5,
			signature.data, NULL, &err));
		signature.data[i] = was;
	}
	str_add(&signature, "more\n");
	assert_false(minisign_verify(&public_key, "hello", 5, signature.data,
		NULL, &err));
	str_release(&signature);
}

static void public_keys_are_read_as_line_and_as_file(void **state)
{
	char text[MINISIGN_PUBLIC_TEXT];
	struct minisign_public again;
	struct str file = STR_INIT;
	struct err err = ERR_INIT;

	(void)state;
	make_key();
	minisign_public_format(&public_key, text);
	assert_memory_equal(text, "RW", 2);
	assert_true(minisign_public_parse(text, &again, &err));
	assert_true(minisign_public_same(&public_key, &again));
	minisign_public_file(&public_key, &file);
	memset(&again, 0, sizeof again);
	assert_true(minisign_public_parse(file.data, &again, &err));
	assert_true(minisign_public_same(&public_key, &again));
	assert_false(minisign_public_parse("", &again, &err));
	assert_false(minisign_public_parse("untrusted comment: x", &again,
		&err));
	text[5] = '*';
	assert_false(minisign_public_parse(text, &again, &err));
	str_release(&file);
}

static void a_secret_key_file_comes_back_or_says_it_is_damaged(void **state)
{
	struct minisign_key again;
	struct str file = STR_INIT;
	struct err err = ERR_INIT;
	char *line;

	(void)state;
	make_key();
	minisign_key_file(&key, &file);
	assert_true(minisign_key_parse(file.data, &again, &err));
	assert_memory_equal(&again, &key, sizeof key);
	line = strchr(file.data, '\n') + 1;
	line[100] = line[100] == 'A' ? 'B' : 'A';
	assert_false(minisign_key_parse(file.data, &again, &err));
	assert_int_equal(err.code, ERR_CRYPTO);
	str_wipe(&file);
}

/* ---- words ---- */

static int n_different(const char *a, const char *b)
{
	int n = 0;

	for (int i = 0; i < WORD_BYTES - 1; i++)
		n += a[i] != b[i];
	return n;
}

static void no_two_words_differ_in_one_letter(void **state)
{
	static char list[WORDS_IN_LIST][WORD_BYTES];

	(void)state;
	for (unsigned i = 0; i < WORDS_IN_LIST; i++) {
		words_get(i, list[i]);
		assert_int_equal(strlen(list[i]), 5);
		assert_true(words_has(list[i]));
		for (unsigned k = 0; k < i; k++)
			assert_true(n_different(list[i], list[k]) >= 2);
	}
}

static void words_are_read_however_they_were_typed(void **state)
{
	struct str words = STR_INIT, typed = STR_INIT, out = STR_INIT;
	struct err err = ERR_INIT;

	(void)state;
	words_new(&words);
	assert_int_equal(words.len, 8 * 6 - 1);
	str_add(&typed, " \n");
	for (const char *c = words.data; *c != '\0'; c++)
		if (*c == ' ')
			str_add(&typed, ", - \n");
		else
			str_addc(&typed, (char)(*c - 'a' + 'A'));
	str_add(&typed, "\r\n");
	assert_true(words_normalise(typed.data, &out, &err));
	assert_string_equal(out.data, words.data);
	str_release(&words);
	str_release(&typed);
	str_release(&out);
}

static void an_unknown_word_is_named_by_its_place_not_itself(void **state)
{
	struct str words = STR_INIT, out = STR_INIT;
	struct err err = ERR_INIT;

	(void)state;
	words_new(&words);
	words.data[2 * 6] = words.data[2 * 6] == 'b' ? 'd' : 'b';
	assert_false(words_normalise(words.data, &out, &err));
	assert_int_equal(err.code, ERR_VALUE);
	assert_int_equal(err.column, 3);
	assert_null(strstr(err.message, words.data + 12));
	assert_int_equal(out.len, 0);
	str_clear(&words);
	words_new(&words);
	str_cut(&words, 7 * 6);
	err_clear(&err);
	assert_false(words_normalise(words.data, &out, &err));
	assert_int_equal(err.column, 0);
	str_clear(&words);
	words_new(&words);
	str_add(&words, "x");
	assert_false(words_normalise(words.data, &out, &err));
	str_release(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(core_dumps_are_off),
		cmocka_unit_test(secrets_are_locked_and_begin_empty),
		cmocka_unit_test(sha256_and_hmac_are_the_standards),
		cmocka_unit_test(hex_takes_digits_only),
		cmocka_unit_test(a_fingerprint_has_five_groups_of_four),
		cmocka_unit_test(what_was_sealed_opens_again),
		cmocka_unit_test(
			sealed_bytes_are_bound_to_key_place_and_every_bit),
		cmocka_unit_test(
			a_passphrase_gives_the_same_key_with_the_same_salt),
		cmocka_unit_test(a_signature_says_its_trusted_comment),
		cmocka_unit_test(
			every_changed_character_of_a_signature_counts),
		cmocka_unit_test(public_keys_are_read_as_line_and_as_file),
		cmocka_unit_test(
			a_secret_key_file_comes_back_or_says_it_is_damaged),
		cmocka_unit_test(no_two_words_differ_in_one_letter),
		cmocka_unit_test(words_are_read_however_they_were_typed),
		cmocka_unit_test(
			an_unknown_word_is_named_by_its_place_not_itself),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
