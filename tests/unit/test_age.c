/* age files: the public test vectors, and our own writer and reader. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base/file.h"
#include "crypt/age.h"

enum { MAX_FILE = 64 << 20, MAX_KEYS = 8 };

static int start(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	return crypt_init(&err) ? 0 : -1;
}

struct memory { const char *at; size_t n, step; };

static bool from_memory(void *context, void *buffer, size_t size, size_t *n,
	struct err *err)
{
	struct memory *memory = context;

	(void)err;
	*n = memory->n < size ? memory->n : size;
	if (memory->step > 0 && *n > memory->step)
		*n = memory->step;
	memcpy(buffer, memory->at, *n);
	memory->at += *n;
	memory->n -= *n;
	return true;
}

/* ---- the public vectors ---- */

struct vector {
	char expect[32], payload[SHA256_HEX_BYTES], passphrase[64];
	bool compressed;
	struct age_identity identities[MAX_KEYS];
	size_t n_identities;
	struct str file;
};

static bool value_of(const char *line, const char *key, char *value,
	size_t size)
{
	size_t n = strlen(key);

	if (strncmp(line, key, n) != 0 || strncmp(line + n, ": ", 2) != 0)
		return false;
	snprintf(value, size, "%s", line + n + 2);
	return true;
}

static void vector_line(struct vector *v, const char *line)
{
	struct err err = ERR_INIT;
	char text[256];

	if (value_of(line, "expect", v->expect, sizeof v->expect) ||
			value_of(line, "payload", v->payload,
				sizeof v->payload) ||
			value_of(line, "passphrase", v->passphrase,
				sizeof v->passphrase))
		return;
	if (value_of(line, "compressed", text, sizeof text)) {
		assert_string_equal(text, "zlib");
		v->compressed = true;
	}
	/* The hybrid keys are not ours to read: such files are "no match". */
	if (value_of(line, "identity", text, sizeof text) &&
			v->n_identities < MAX_KEYS &&
			age_identity_parse(text,
				&v->identities[v->n_identities], &err))
		v->n_identities++;
}

static void inflate_into(const char *bytes, size_t n, struct str *out)
{
	uLongf size = 40 << 20;
	char *room = malloc(size);

	assert_int_equal(uncompress((Bytef *)room, &size, (const Bytef *)bytes,
		n), Z_OK);
	str_addn(out, room, size);
	free(room);
}

static void vector_read(struct vector *v, const char *path)
{
	struct err err = ERR_INIT;
	struct str all = STR_INIT;
	char *at;

	memset(v, 0, sizeof *v);
	str_init(&v->file);
	assert_true(file_read(path, MAX_FILE, &all, &err));
	for (at = all.data; *at != '\n'; ) {
		char *end = strchr(at, '\n');

		*end = '\0';
		vector_line(v, at);
		at = end + 1;
	}
	at++;
	if (v->compressed)
		inflate_into(at, all.len - (size_t)(at - all.data), &v->file);
	else
		str_addn(&v->file, at, all.len - (size_t)(at - all.data));
	str_release(&all);
}

static const char *class_of(enum age_fault fault)
{
	static const char *const names[] = {
		[AGE_OK] = "success", [AGE_ARMOR] = "armor failure",
		[AGE_HEADER] = "header failure", [AGE_NO_MATCH] = "no match",
		[AGE_HMAC] = "HMAC failure", [AGE_PAYLOAD] = "payload failure",
		[AGE_SOURCE] = "source",
	};
	return names[fault];
}

/* What became of it, and the hash of what was given out. */
static enum age_fault vector_open(const struct vector *v, size_t step,
	char payload[SHA256_HEX_BYTES])
{
	struct memory memory = { v->file.data, v->file.len, step };
	struct age_keys keys = { v->identities, v->n_identities,
		v->passphrase[0] != '\0' ? v->passphrase : NULL };
	struct age_reader *reader = age_reader_new(from_memory, &memory);
	struct err err = ERR_INIT;
	enum age_fault fault;
	struct sha256 hash;
	char buffer[1000];
	size_t n = 0;

	sha256_init(&hash);
	if (age_reader_header(reader, &err) &&
			age_reader_unlock(reader, &keys, &err))
		while (age_read(reader, buffer, sizeof buffer, &n, &err) &&
				n > 0)
			sha256_add(&hash, buffer, n);
	sha256_end_hex(&hash, payload);
	fault = age_reader_fault(reader);
	assert_int_equal(fault == AGE_OK, err.code == ERR_NONE);
	age_reader_free(reader);
	return fault;
}

/*
 * Of the 19 about the hybrid stanza, which we do not know: as for any other
 * kind, such a file is "no match" where the header is well-formed, whatever is
 * wrong inside of the stanza.  Not well-formed are a body that is not canonical
 * base64, and an X25519 stanza with arguments of the other kind.
 */
static const char *expected_of(const char *name, const char *expect)
{
	static const char *const malformed[] = { "hybrid_not_canonical_body",
		"hybrid_x25519_arg" };

	if (strstr(name, "hybrid") == NULL)
		return expect;
	for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
		if (strcmp(name, malformed[i]) == 0)
			return "header failure";
	return "no match";
}

static bool vector_fits(const char *path, const char *name, size_t step)
{
	char payload[SHA256_HEX_BYTES];
	const char *got, *expected;
	struct vector v;
	bool fits;

	vector_read(&v, path);
	got = class_of(vector_open(&v, step, payload));
	expected = expected_of(name, v.expect);
	fits = strcmp(got, expected) == 0 && (v.payload[0] == '\0' ||
		strcmp(expected, v.expect) != 0 ||
		strcmp(payload, v.payload) == 0);
	if (!fits)
		print_message("%s: expected %s, got %s\n", name, expected,
			got);
	str_release(&v.file);
	return fits;
}

static void every_public_vector_ends_as_it_says(void **state)
{
	const char *top = getenv("top_srcdir");
	char *folder = path_join(top != NULL ? top : ".", "tests/age-vectors");
	DIR *dir = opendir(folder);
	int n = 0, n_wrong = 0;
	struct dirent *entry;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		char *path = path_join(folder, entry->d_name);

		if (entry->d_name[0] != '.' &&
				strcmp(entry->d_name, "README") != 0 &&
				strcmp(entry->d_name, "module.am") != 0) {
			n++;
			n_wrong += !vector_fits(path, entry->d_name, 0);
			n_wrong += !vector_fits(path, entry->d_name, 777);
		}
		free(path);
	}
	closedir(dir);
	free(folder);
	assert_int_equal(n_wrong, 0);
	assert_int_equal(n, 143);
}

/* ---- our own files ---- */

static struct age_identity one, other;

static void make_keys(void)
{
	age_identity_new(&one);
	age_identity_new(&other);
}

static void encrypt(const struct age_identity *to, const void *bytes, size_t n,
	struct str *out)
{
	struct age_recipient recipients[2];
	struct age_to age_to = { recipients, 2, NULL, 0 };
	struct err err = ERR_INIT;

	age_identity_recipient(&other, &recipients[0]);
	age_identity_recipient(to, &recipients[1]);
	assert_true(age_encrypt_bytes(&age_to, bytes, n, out, &err));
}

static void sizes_around_a_chunk_come_back(void **state)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 131071,
		131072, 131073, 200000 };
	char *bytes = malloc(200000);

	(void)state;
	make_keys();
	crypt_random(bytes, 200000);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct str sealed = STR_INIT, opened = STR_INIT;
		struct age_keys keys = { &one, 1, NULL };
		struct err err = ERR_INIT;

		encrypt(&one, bytes, sizes[i], &sealed);
		assert_true(age_decrypt_bytes(&keys, sealed.data, sealed.len,
			sizes[i], &opened, &err));
		assert_int_equal(opened.len, sizes[i]);
		assert_memory_equal(opened.data, bytes, sizes[i]);
		str_release(&sealed);
		str_release(&opened);
	}
	free(bytes);
}

static void a_stranger_is_told_that_no_key_fits(void **state)
{
	struct str sealed = STR_INIT, opened = STR_INIT;
	struct age_identity stranger;
	struct age_keys keys = { &stranger, 1, NULL };
	struct err err = ERR_INIT;

	(void)state;
	make_keys();
	age_identity_new(&stranger);
	encrypt(&one, "abc", 3, &sealed);
	assert_false(age_decrypt_bytes(&keys, sealed.data, sealed.len, 100,
		&opened, &err));
	assert_int_equal(err.code, ERR_NOKEY);
	assert_int_equal(opened.len, 0);
	str_release(&sealed);
}

static bool opens(const char *bytes, size_t n)
{
	struct age_keys keys = { &one, 1, NULL };
	struct str opened = STR_INIT;
	struct err err = ERR_INIT;
	bool ok = age_decrypt_bytes(&keys, bytes, n, 1 << 20, &opened, &err);

	assert_int_equal(opened.len == 0, !ok);
	assert_int_equal(err.code == ERR_NONE, ok);
	str_release(&opened);
	return ok;
}

static void every_flipped_bit_and_every_cut_is_refused(void **state)
{
	struct str sealed = STR_INIT;

	(void)state;
	make_keys();
	encrypt(&one, "the quick brown fox", 19, &sealed);
	assert_true(opens(sealed.data, sealed.len));
	for (size_t i = 0; i < sealed.len; i++) {
		for (int bit = 0; bit < 8; bit++) {
			sealed.data[i] = (char)(sealed.data[i] ^ 1 << bit);
			assert_false(opens(sealed.data, sealed.len));
			sealed.data[i] = (char)(sealed.data[i] ^ 1 << bit);
		}
		assert_false(opens(sealed.data, i));
	}
	str_addc(&sealed, 'x');
	assert_false(opens(sealed.data, sealed.len));
	str_release(&sealed);
}

static void a_passphrase_opens_and_another_does_not(void **state)
{
	struct age_to to = { NULL, 0, "correct horse", 4 };
	struct age_keys keys = { NULL, 0, "wrong horse" };
	struct str sealed = STR_INIT, opened = STR_INIT;
	struct memory memory;
	struct age_reader *reader;
	struct err err = ERR_INIT;
	char buffer[16];
	size_t n;

	(void)state;
	assert_true(age_encrypt_bytes(&to, "kit", 3, &sealed, &err));
	memory = (struct memory){ sealed.data, sealed.len, 0 };
	reader = age_reader_new(from_memory, &memory);
	assert_true(age_reader_header(reader, &err));
	assert_true(age_reader_wants_passphrase(reader));
	assert_false(age_reader_unlock(reader, NULL, &err));
	assert_false(age_reader_unlock(reader, &keys, &err));
	assert_int_equal(err.code, ERR_NOKEY);
	keys.passphrase = "correct horse";	/* and again, as a person does */
	assert_true(age_reader_unlock(reader, &keys, &err));
	assert_true(age_read(reader, buffer, sizeof buffer, &n, &err));
	assert_int_equal(n, 3);
	assert_memory_equal(buffer, "kit", 3);
	age_reader_free(reader);
	str_release(&sealed);
	str_release(&opened);
}

static void too_much_plain_text_is_a_limit(void **state)
{
	struct str sealed = STR_INIT, opened = STR_INIT;
	struct age_keys keys = { &one, 1, NULL };
	struct err err = ERR_INIT;

	(void)state;
	make_keys();
	encrypt(&one, "12345", 5, &sealed);
	assert_false(age_decrypt_bytes(&keys, sealed.data, sealed.len, 4,
		&opened, &err));
	assert_int_equal(err.code, ERR_LIMIT);
	assert_int_equal(opened.len, 0);
	str_release(&opened);
	str_release(&sealed);
}

static bool broken_sink(void *context, const void *bytes, size_t n,
	struct err *err)
{
	int *left = context;

	(void)bytes;
	(void)n;
	return --*left > 0 || err_set(err, ERR_IO, "disk full");
}

static void a_sink_that_fails_fails_the_writer(void **state)
{
	struct age_recipient recipient;
	struct age_to to = { &recipient, 1, NULL, 0 };
	static char bytes[100000];

	(void)state;
	make_keys();
	age_identity_recipient(&one, &recipient);
	for (int at = 1; at <= 4; at++) {	/* header, nonce, two chunks */
		struct err err = ERR_INIT;
		int left = at;
		struct age_writer *writer = age_writer_new(broken_sink, &left,
			&to, &err);
		bool ok = writer != NULL &&
			age_write(writer, bytes, sizeof bytes, &err) &&
			age_finish(writer, &err);

		assert_false(ok);
		assert_int_equal(err.code, ERR_IO);
		age_writer_free(writer);
	}
}

static void a_file_for_nobody_is_not_written(void **state)
{
	struct age_to to = { NULL, 0, NULL, 0 };
	struct str out = STR_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_false(age_encrypt_bytes(&to, "x", 1, &out, &err));
	assert_int_equal(out.len, 0);
}

/* ---- keys as text ---- */

static void a_known_identity_has_its_known_recipient(void **state)
{
	/* The identity of the public vectors. */
	static const char text[] = "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXY"
		"VK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";
	struct age_identity identity, again;
	struct age_recipient recipient, parsed;
	char printed[AGE_IDENTITY_TEXT], public_text[AGE_RECIPIENT_TEXT];
	struct err err = ERR_INIT;

	(void)state;
	assert_true(age_identity_parse(text, &identity, &err));
	age_identity_format(&identity, printed);
	assert_string_equal(printed, text);
	age_identity_recipient(&identity, &recipient);
	age_recipient_format(&recipient, public_text);
	assert_memory_equal(public_text, "age1", 4);
	assert_int_equal(strlen(public_text), 62);
	assert_true(age_recipient_parse(public_text, &parsed, &err));
	assert_memory_equal(parsed.point, recipient.point, 32);
	assert_true(age_identity_parse(" age-secret-key-1egtzvffv20835nwyv6270"
		"lxyvk2vknx2mmdkwyklmgr48uawx40q2p2lm0\r\n", &again, &err));
	assert_memory_equal(again.secret, identity.secret, 32);
}

static void a_mistyped_key_is_noticed(void **state)
{
	struct age_identity identity;
	char text[AGE_IDENTITY_TEXT + 1];
	struct err err = ERR_INIT;

	(void)state;
	make_keys();
	age_identity_format(&one, text);
	for (size_t i = 0; i < AGE_IDENTITY_TEXT - 1; i++) {
		char was = text[i];

		text[i] = was == 'Q' ? 'P' : 'Q';
		assert_false(age_identity_parse(text, &identity, &err));
		assert_int_equal(err.code, ERR_SYNTAX);
		text[i] = was;
	}
	text[20] = (char)(text[20] | 0x20);	/* mixed case */
	assert_true(text[20] < 'a' ||
		!age_identity_parse(text, &identity, &err));
}

static void halves_have_a_prefix_of_their_own(void **state)
{
	uint8_t half[32], back[32];
	struct str text = STR_INIT;
	struct err err = ERR_INIT;

	(void)state;
	crypt_random(half, sizeof half);
	bech32_format("BAYAZ-HALF-", half, &text);
	assert_true(bech32_parse("BAYAZ-HALF-", text.data, back, &err));
	assert_memory_equal(half, back, 32);
	assert_false(bech32_parse("AGE-SECRET-KEY-", text.data, back, &err));
	str_release(&text);
}

static void a_key_file_may_have_comments(void **state)
{
	struct age_identity *identities = NULL;
	struct str file = STR_INIT;
	char text[AGE_IDENTITY_TEXT];
	struct err err = ERR_INIT;
	size_t n = 0;

	(void)state;
	make_keys();
	str_add(&file, "# created today\n\n");
	age_identity_format(&one, text);
	str_addf(&file, "%s\r\n", text);
	age_identity_format(&other, text);
	str_add(&file, text);
	assert_true(file_write("test_age.key", file.data, file.len, 0600,
		&err));
	assert_true(age_identities_read("test_age.key", &identities, &n, &err));
	assert_int_equal(n, 2);
	assert_memory_equal(identities[1].secret, other.secret, 32);
	age_identities_free(identities, n);

	str_add(&file, "\nnonsense\n");
	assert_true(file_write("test_age.key", file.data, file.len, 0600,
		&err));
	assert_false(age_identities_read("test_age.key", &identities, &n,
		&err));
	assert_int_equal(err.line, 5);
	assert_string_equal(err.source, "test_age.key");
	remove("test_age.key");
	err_clear(&err);
	assert_false(age_identities_read("test_age.key", &identities, &n,
		&err));
	assert_int_equal(err.code, ERR_IO);
	str_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_public_vector_ends_as_it_says),
		cmocka_unit_test(sizes_around_a_chunk_come_back),
		cmocka_unit_test(a_stranger_is_told_that_no_key_fits),
		cmocka_unit_test(every_flipped_bit_and_every_cut_is_refused),
		cmocka_unit_test(a_passphrase_opens_and_another_does_not),
		cmocka_unit_test(too_much_plain_text_is_a_limit),
		cmocka_unit_test(a_sink_that_fails_fails_the_writer),
		cmocka_unit_test(a_file_for_nobody_is_not_written),
		cmocka_unit_test(a_known_identity_has_its_known_recipient),
		cmocka_unit_test(a_mistyped_key_is_noticed),
		cmocka_unit_test(halves_have_a_prefix_of_their_own),
		cmocka_unit_test(a_key_file_may_have_comments),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
