/* Bundles: written, read, damaged, cut, too large; sealed records. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <zlib.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "bundle/read.h"
#include "bundle/sealed.h"
#include "bundle/write.h"

#include "sanitized.h"

static struct age_identity reader;
static struct age_recipient recipient;
static struct age_to to_reader = { &recipient, 1, NULL, 0 };
static struct age_keys reader_keys = { &reader, 1, NULL };
static struct minisign_key signer;

static int start(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	if (!crypt_init(&err))
		return -1;
	age_identity_new(&reader);
	age_identity_recipient(&reader, &recipient);
	minisign_key_new(&signer);
	return 0;
}

static void fill_manifest(struct manifest *m)
{
	static const char priors[][SHA256_HEX_BYTES] = {
		"00112233445566778899aabbccddeeff"
		"00112233445566778899aabbccddeeff" };
	static struct manifest_file photo = { "photo.jpg", "" };
	struct manifest_entry *entry;

	sha256_hex("JPEG", 4, photo.sha256);
	manifest_init(m);
	m->kind = "up";
	m->project = "0123456789abcdef";
	m->device_name = "KP-031";
	m->sequence = 7;
	m->date = "2026-11-23";
	m->has_head = true;
	m->n_packed = 300;
	m->n_left = 4;
	entry = manifest_add(m, ENTRY_RECORD);
	entry->class_ = "standard";
	entry->form_id = "household";
	entry->form_version = "3";
	entry->instance_id = "uuid:1";
	entry->finished = "2026-11-22T10:00:00+05:00";
	entry->priors = priors;
	entry->n_priors = 1;
	entry->files = &photo;
	entry->n_files = 1;
	manifest_add(m, ENTRY_FILE);
	manifest_add(m, ENTRY_FORM)->form_id = "household";
	entry = manifest_add(m, ENTRY_SEALED);
	entry->class_ = "protected";
	entry->form_id = "must not appear";	/* whatever a caller fills in */
	entry->instance_id = "must not appear";
	entry->finished = "2026-11-22T10:00:00+05:00";
}

static const struct bundle_source sources[] = {
	{ .bytes = "<data/>", .n_bytes = 7 },
	{ .bytes = "JPEG", .n_bytes = 4 },
	{ .bytes = "<h:html/>", .n_bytes = 9 },
	{ .bytes = "sealed bytes", .n_bytes = 12 },
};

static void write_small(const struct age_to *age, struct str *out)
{
	struct bundle_to to = { .age = age, .signer = &signer };
	struct manifest m;
	struct err err = ERR_INIT;

	fill_manifest(&m);
	assert_true(bundle_write_bytes(out, &m, sources, &to, NULL, &err));
	manifest_release(&m);
}

/* Read all; the error of the first thing wrong. */
static bool read_all(const void *bytes, size_t n, const struct age_keys *keys,
	const struct bundle_limits *limits, struct str *content,
	struct err *err)
{
	const struct manifest_entry *entry = NULL;
	struct bundle *b = bundle_open_bytes(bytes, n, keys, limits, err);
	bool ok = b != NULL &&
		bundle_check_signature(b, bundle_signer_claim(b), err);

	while (ok && (ok = bundle_next(b, &entry, err)) && entry != NULL) {
		if (content == NULL)
			continue;
		str_addf(content, "%s %s\n", entry_kind_name(entry->kind),
			entry->name);
		ok = bundle_read_all(b, 1 << 20, content, err);
		str_addc(content, '\n');
	}
	bundle_close(b);
	return ok;
}

static void what_was_packed_comes_out_in_order_of_names(void **state)
{
	struct str bytes = STR_INIT, content = STR_INIT;
	struct err err = ERR_INIT;
	const char *form, *file, *record, *sealed;

	(void)state;
	write_small(&to_reader, &bytes);
	assert_true(read_all(bytes.data, bytes.len, &reader_keys, NULL,
		&content, &err));
	file = strstr(content.data, "file files/");
	form = strstr(content.data, "form forms/");
	record = strstr(content.data, "record records/");
	sealed = strstr(content.data, "sealed sealed/");
	assert_true(file != NULL && file < form && form < record &&
		record < sealed);
	assert_non_null(strstr(record, ".xml\n<data/>\n"));
	str_release(&bytes);
	str_release(&content);
}

static void the_manifest_comes_back_whole(void **state)
{
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;
	struct bundle *b;
	const struct manifest *m;
	const struct manifest_entry *entry;
	struct minisign_public public_key;
	char name[BUNDLE_NAME_BYTES], sha256[SHA256_HEX_BYTES];
	size_t n;

	(void)state;
	write_small(&to_reader, &bytes);
	b = bundle_open_bytes(bytes.data, bytes.len, &reader_keys, NULL, &err);
	assert_non_null(b);
	assert_true(bundle_is_sealed(b));
	m = bundle_manifest(b);
	assert_string_equal(m->kind, "up");
	assert_string_equal(m->project, "0123456789abcdef");
	assert_string_equal(m->device_name, "KP-031");
	assert_int_equal(m->sequence, 7);
	assert_string_equal(m->date, "2026-11-23");
	assert_null(m->previous);
	assert_false(m->training);
	minisign_key_public(&signer, &public_key);
	assert_true(minisign_public_same(bundle_signer_claim(b), &public_key));
	sha256_hex("<data/>", 7, sha256);
	entry_name(ENTRY_RECORD, sha256, name);
	entry = manifest_find(m, name);
	assert_non_null(entry);
	assert_string_equal(entry->form_id, "household");
	assert_string_equal(entry->form_version, "3");
	assert_string_equal(entry->instance_id, "uuid:1");
	assert_int_equal(entry->n_priors, 1);
	assert_true(str_starts(entry->priors[0], "0011"));
	assert_int_equal(entry->n_files, 1);
	assert_string_equal(entry->files[0].name, "photo.jpg");
	assert_null(manifest_find(m, "records/x"));
	assert_null(strstr(bundle_manifest_bytes(b, &n), "must not appear"));
	sha256_hex(bundle_manifest_bytes(b, &n), n, sha256);
	assert_string_equal(sha256, bundle_manifest_sha256(b));
	bundle_close(b);
	str_release(&bytes);
}

static void another_signer_is_noticed(void **state)
{
	struct str bytes = STR_INIT;
	struct minisign_key other;
	struct minisign_public public_key;
	struct err err = ERR_INIT;
	struct bundle *b;

	(void)state;
	minisign_key_new(&other);
	minisign_key_public(&other, &public_key);
	write_small(&to_reader, &bytes);
	b = bundle_open_bytes(bytes.data, bytes.len, &reader_keys, NULL, &err);
	assert_false(bundle_check_signature(b, &public_key, &err));
	assert_int_equal(err.code, ERR_NOKEY);
	bundle_close(b);
	str_release(&bytes);
}

static void keys_decide_who_reads(void **state)
{
	struct age_to words = { NULL, 0, "eight words", 4 };
	struct age_keys right = { NULL, 0, "eight words" };
	struct age_keys wrong = { NULL, 0, "other words" };
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;

	(void)state;
	write_small(&to_reader, &bytes);
	assert_false(read_all(bytes.data, bytes.len, NULL, NULL, NULL, &err));
	assert_int_equal(err.code, ERR_NOKEY);
	str_clear(&bytes);
	write_small(&words, &bytes);
	assert_false(read_all(bytes.data, bytes.len, &wrong, NULL, NULL,
		&err));
	assert_int_equal(err.code, ERR_NOKEY);
	err_clear(&err);
	assert_true(read_all(bytes.data, bytes.len, &right, NULL, NULL, &err));
	str_release(&bytes);
}

static void same_in_same_tar_out(void **state)
{
	struct str one = STR_INIT, two = STR_INIT;

	(void)state;
	write_small(NULL, &one);	/* plain: nothing random in it */
	write_small(NULL, &two);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.data, two.data, one.len);
	str_release(&one);
	str_release(&two);
}

static void entries_twice_are_packed_once(void **state)
{
	struct bundle_source twice[] = { sources[1], sources[1], sources[1] };
	struct bundle_to to = { .age = &to_reader, .signer = &signer };
	struct str bytes = STR_INIT, content = STR_INIT;
	struct manifest m;
	struct err err = ERR_INIT;

	(void)state;
	manifest_init(&m);
	m.kind = "up";
	m.sequence = 1;
	m.date = "2026-11-23";
	manifest_add(&m, ENTRY_FILE)->label = "first";
	manifest_add(&m, ENTRY_FILE)->label = "second";
	manifest_add(&m, ENTRY_LIST);
	assert_true(bundle_write_bytes(&bytes, &m, twice, &to, NULL, &err));
	assert_int_equal(m.entries.n, 2);
	assert_string_equal(m.entries.items[0].label, "first");
	assert_true(read_all(bytes.data, bytes.len, &reader_keys, NULL,
		&content, &err));
	manifest_release(&m);
	str_release(&bytes);
	str_release(&content);
}

static void an_empty_bundle_is_a_bundle(void **state)
{
	struct bundle_to to = { .age = &to_reader, .signer = &signer };
	struct str bytes = STR_INIT;
	struct manifest m;
	struct err err = ERR_INIT;

	(void)state;
	manifest_init(&m);
	m.kind = "down";
	m.sequence = 1;
	m.date = "2026-11-23";
	assert_true(bundle_write_bytes(&bytes, &m, NULL, &to, NULL, &err));
	assert_true(read_all(bytes.data, bytes.len, &reader_keys, NULL, NULL,
		&err));
	manifest_release(&m);
	str_release(&bytes);
}

/* All bits of a sealed bundle with BAYAZ_LONG, else a sample. */
static void a_flipped_bit_refuses_a_sealed_bundle(void **state)
{
	struct str bytes = STR_INIT;
	size_t step = getenv("BAYAZ_LONG") != NULL ? 1 : 37, n_tried = 0;

	(void)state;
	write_small(&to_reader, &bytes);
	for (size_t bit = 0; bit < bytes.len * 8; bit += step, n_tried++) {
		struct err err = ERR_INIT;

		bytes.data[bit / 8] = (char)(bytes.data[bit / 8] ^
			1 << bit % 8);
		assert_false(read_all(bytes.data, bytes.len, &reader_keys,
			NULL, NULL, &err));
		assert_int_not_equal(err.code, ERR_NONE);
		bytes.data[bit / 8] = (char)(bytes.data[bit / 8] ^
			1 << bit % 8);
	}
	assert_true(n_tried > 100);
	str_release(&bytes);
}

static void every_cut_refuses_a_bundle(void **state)
{
	struct str bytes = STR_INIT;

	(void)state;
	for (int plain = 0; plain < 2; plain++) {
		str_clear(&bytes);
		write_small(plain ? NULL : &to_reader, &bytes);
		for (size_t n = 0; n < bytes.len; n += plain ? 1 : 3) {
			struct err err = ERR_INIT;

			assert_false(read_all(bytes.data, n, &reader_keys,
				NULL, NULL, &err));
			assert_int_not_equal(err.code, ERR_NONE);
		}
		str_addc(&bytes, '\0');
		assert_false(read_all(bytes.data, bytes.len, &reader_keys,
			NULL, NULL, &(struct err)ERR_INIT));
	}
	str_release(&bytes);
}

/* Nothing vouches for how a plain bundle is packed, only for what is in it:
 * a flipped bit changes nothing or refuses it. */
static void a_flipped_bit_never_changes_what_a_plain_bundle_says(void **state)
{
	struct str bytes = STR_INIT, before = STR_INIT, after = STR_INIT;
	struct err err = ERR_INIT;

	(void)state;
	write_small(NULL, &bytes);
	assert_true(read_all(bytes.data, bytes.len, NULL, NULL, &before,
		&err));
	for (size_t bit = 0; bit < bytes.len * 8; bit++) {
		err_clear(&err);
		str_clear(&after);
		bytes.data[bit / 8] = (char)(bytes.data[bit / 8] ^
			1 << bit % 8);
		if (read_all(bytes.data, bytes.len, NULL, NULL, &after, &err))
			assert_string_equal(before.data, after.data);
		bytes.data[bit / 8] = (char)(bytes.data[bit / 8] ^
			1 << bit % 8);
	}
	str_release(&bytes);
	str_release(&before);
	str_release(&after);
}

static void limits_are_met_before_the_bytes(void **state)
{
	struct bundle_limits few = bundle_default_limits;
	struct bundle_limits small = bundle_default_limits;
	struct bundle_limits little = bundle_default_limits;
	struct bundle_limits file = bundle_default_limits;
	const struct bundle_limits *all[] = { &few, &small, &little, &file };
	struct str bytes = STR_INIT;

	(void)state;
	few.n_entries = 3;
	small.entry_bytes = 11;
	little.total_bytes = 31;
	write_small(&to_reader, &bytes);
	file.file_bytes = bytes.len - 1;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct err err = ERR_INIT;

		assert_false(read_all(bytes.data, bytes.len, &reader_keys,
			all[i], NULL, &err));
		assert_int_equal(err.code, ERR_LIMIT);
	}
	few.n_entries = 4;
	small.entry_bytes = 12;
	little.total_bytes = 32;
	file.file_bytes = bytes.len;
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		assert_true(read_all(bytes.data, bytes.len, &reader_keys,
			all[i], NULL, &(struct err)ERR_INIT));
	str_release(&bytes);
}

/* 64 MiB of them: deflate makes 64 KiB. */
static bool zeros(void *context, uint64_t offset, void *buffer, size_t n,
	struct err *err)
{
	(void)context;
	(void)offset;
	(void)err;
	memset(buffer, 0, n);
	return true;
}

static void write_zeros(struct str *bytes)
{
	struct bundle_source silence = { .n_bytes = 64 << 20, .read = zeros };
	struct bundle_to to = { .age = NULL, .signer = &signer };
	struct manifest m;
	struct err err = ERR_INIT;

	manifest_init(&m);
	m.kind = "up";
	m.sequence = 1;
	m.date = "2026-11-23";
	manifest_add(&m, ENTRY_FILE);
	assert_true(bundle_write_bytes(bytes, &m, &silence, &to, NULL, &err));
	manifest_release(&m);
}

/* Nothing honest that we write is taken for a bomb. */
static void a_recording_of_silence_arrives(void **state)
{
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;

	(void)state;
	write_zeros(&bytes);
	assert_true(bytes.len > (64 << 20) / 200 && bytes.len < 2 << 20);
	assert_true(read_all(bytes.data, bytes.len, NULL, NULL, NULL, &err));
	str_release(&bytes);
}

/* The same, compressed as far as it goes: 1000 to 1. */
static void squeeze(struct str *bytes)
{
	uLong room = 96 << 20;
	Bytef *plain = xmalloc(room), *again = xmalloc(room);
	z_stream in = { .next_in = (Bytef *)bytes->data,
		.avail_in = (uInt)bytes->len };
	z_stream out = { .next_in = plain };

	in.next_out = plain;
	in.avail_out = (uInt)room;
	assert_int_equal(inflateInit2(&in, 31), Z_OK);
	assert_int_equal(inflate(&in, Z_FINISH), Z_STREAM_END);
	out.avail_in = (uInt)in.total_out;
	out.next_out = again;
	out.avail_out = (uInt)room;
	assert_int_equal(deflateInit2(&out, 9, Z_DEFLATED, 31, 9,
		Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&out, Z_FINISH), Z_STREAM_END);
	str_clear(bytes);
	str_addn(bytes, again, out.total_out);
	inflateEnd(&in);
	deflateEnd(&out);
	free(plain);
	free(again);
}

static void a_bomb_is_a_limit(void **state)
{
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;

	(void)state;
	write_zeros(&bytes);
	squeeze(&bytes);
	assert_true(bytes.len < 100 << 10);
	assert_false(read_all(bytes.data, bytes.len, NULL, NULL, NULL, &err));
	assert_int_equal(err.code, ERR_LIMIT);
	str_release(&bytes);
}

/* Bytes that do not compress, the same each time: a counter, hashed. */
static bool noise(void *context, uint64_t offset, void *buffer, size_t n,
	struct err *err)
{
	uint8_t *to = buffer, digest[SHA256_BYTES];

	(void)context;
	(void)err;
	for (size_t i = 0; i < n; i++) {
		uint64_t block = (offset + i) / SHA256_BYTES;

		if (i == 0 || (offset + i) % SHA256_BYTES == 0)
			sha256_bytes(&block, sizeof block, digest);
		to[i] = digest[(offset + i) % SHA256_BYTES];
	}
	return true;
}

static long peak_kib(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

static void memory_does_not_grow_with_a_bundle(void **state)
{
	struct bundle_source large = { .n_bytes = 64 << 20, .read = noise };
	struct bundle_to to = { .age = &to_reader, .signer = &signer,
		.file_mode = 0600 };
	struct manifest m;
	struct err err = ERR_INIT;
	long before;

	(void)state;
	manifest_init(&m);
	m.kind = "up";
	m.sequence = 1;
	m.date = "2026-11-23";
	manifest_add(&m, ENTRY_FILE);
	before = peak_kib();
	assert_true(bundle_write("test_large.bayaz", &m, &large, &to, NULL,
		&err));
	assert_true(bundle_verify("test_large.bayaz", &reader_keys, NULL, NULL,
		&err));
	assert_true(peak_kib() - before < 4 << 10);
	remove("test_large.bayaz");
	manifest_release(&m);
}

/* The Nth write fails: no bundle, no rest of one, and the old one stays. */
static void a_full_disk_leaves_the_old_bundle(void **state)
{
	struct bundle_to to = { .age = &to_reader, .signer = &signer };
	struct str now = STR_INIT;
	bool done = false;

	(void)state;
	assert_true(file_write("test_full.bayaz", "old", 3, 0644,
		&(struct err)ERR_INIT));
	for (unsigned nth = 1; !done; nth++) {
		struct err err = ERR_INIT;
		struct manifest m;

		fill_manifest(&m);
		file_fail_nth(nth);
		done = bundle_write("test_full.bayaz", &m, sources, &to, NULL,
			&err);
		file_fail_nth(0);
		assert_false(file_exists("test_full.bayaz.part"));
		str_clear(&now);
		assert_true(file_read("test_full.bayaz", 1 << 20, &now, &err));
		if (!done && now.len == 3)
			assert_string_equal(now.data, "old");
		else	/* the rename had been done when a sync failed */
			assert_true(read_all(now.data, now.len, &reader_keys,
				NULL, NULL, &(struct err)ERR_INIT));
		manifest_release(&m);
		assert_true(nth < 100);
	}
	remove("test_full.bayaz");
	str_release(&now);
}

static bool changing(void *context, uint64_t offset, void *buffer, size_t n,
	struct err *err)
{
	uint8_t *calls = context;

	(void)offset;
	(void)err;
	memset(buffer, ++*calls, n);
	return true;
}

static void a_file_that_changes_meanwhile_is_not_packed(void **state)
{
	uint8_t calls = 0;
	struct bundle_source source = { .n_bytes = 10, .read = changing,
		.context = &calls };
	struct bundle_to to = { .age = &to_reader, .signer = &signer };
	struct str bytes = STR_INIT;
	struct manifest m;
	struct err err = ERR_INIT;

	(void)state;
	manifest_init(&m);
	m.kind = "up";
	m.sequence = 1;
	m.date = "2026-11-23";
	manifest_add(&m, ENTRY_FILE);
	assert_false(bundle_write_bytes(&bytes, &m, &source, &to, NULL, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(bytes.len, 0);
	manifest_release(&m);
	str_release(&bytes);
}

static void sizes_tell_little(void **state)
{
	uint64_t last = 0;
	int n_sizes = 0;

	(void)state;
	assert_int_equal(bundle_padded_size(0), 0);
	assert_int_equal(bundle_padded_size(1), 1);
	assert_int_equal(bundle_padded_size(9), 10);
	assert_int_equal(bundle_padded_size(1000000), 1015808);
	for (uint64_t n = 1; n < 100000; n++) {
		uint64_t padded = bundle_padded_size(n);

		assert_true(padded >= n && padded >= last);
		assert_true(padded - n <= n * 12 / 100);
		n_sizes += padded != last;
		last = padded;
	}
	assert_true(n_sizes < 200);
}

/* ---- manifests ---- */

static bool parses(const char *text, struct err *err)
{
	struct manifest m;
	bool ok;

	manifest_init(&m);
	ok = manifest_parse(&m, text, strlen(text), err);
	manifest_release(&m);
	return ok;
}

/* A good manifest with one text replaced by another. */
static char *with(const char *from, const char *to)
{
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;
	struct bundle *b;
	const char *text, *at;
	char *made;
	size_t n;

	write_small(&to_reader, &bytes);
	b = bundle_open_bytes(bytes.data, bytes.len, &reader_keys, NULL, &err);
	text = bundle_manifest_bytes(b, &n);
	at = strstr(text, from);
	assert_non_null(at);
	made = str_format("%.*s%s%s", (int)(at - text), text, to,
		at + strlen(from));
	bundle_close(b);
	str_release(&bytes);
	return made;
}

static void wrong_manifests_are_refused(void **state)
{
	static const struct { const char *from, *to; } cases[] = {
		{ "\"version\":1", "\"version\":2" },
		{ "\"version\":1", "\"version\":0" },
		{ "bayaz-bundle", "other" },
		{ "\"kind\":\"up\"", "\"kind\":\"sideways\"" },
		{ "2026-11-23", "2026-11-2x" },
		{ "2026-11-23", "2026-11-233" },
		{ "\"sequence\":7", "\"sequence\":0" },
		{ "\"sequence\":7", "\"sequence\":\"7\"" },
		{ "0123456789abcdef", "0123456789ABCDEF" },
		{ "files/", "../files/" },
		{ "files/", "file/" },
		{ "\"kind\":\"form\"", "\"kind\":\"norm\"" },
		{ "\"size\":4", "\"size\":-4" },
		{ "\"size\":4", "\"size\":4.5" },
		{ "photo.jpg", "../photo.jpg" },
		{ "photo.jpg", "" },
		{ "\"class\":\"protected\"", "\"class\":\"secret\"" },
		{ "\"priors\":[", "\"priors\":[\"x\"," },
		{ "household", "house\\u0007hold" },
		{ "\"key\":\"RW", "\"key\":\"RX" },
		{ "\"entries\":[", "\"entries\":[1," },
		{ "\"entries\":[", "\"entries\":{}, \"x\":[" },
		{ "\"entries\":[", "\"entries\":[]], \"x\":[" },
		{ "\"entries\":[", "\"entries\":[], \"entries\":[" },
		{ "\"entries\":[", "\"entri\\u0065s\":[], \"entries\":[" },
		{ "\"entries\":[", "\"entri\\u0065s\":[" },
		{ "\"entries\":[", "\"entries\":[," },
		{ "\"entries\":[", "\"entries\":[\"" },
		{ "\"entries\":[", "\"entries\":[{\"a\":\"" },
		{ "\"entries\":[{", "\"entries\":[{}{" },
		{ "],\"format\"", ",],\"format\"" },
		{ "],\"format\"", "},\"format\"" },
		{ "\"left\":4", "\"left\":-4" },
		{ "\"left\":4", "\"left\":\"4\"" },
		{ "\"left\":4", "\"right\":4" },
		{ "}", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text = with(cases[i].from, cases[i].to);
		struct err err = ERR_INIT;

		if (parses(text, &err))
			fail_msg("taken: %s", cases[i].to);
		assert_true(err.code == ERR_SPEC || err.code == ERR_SYNTAX);
		free(text);
	}
}

/* Every class a form can have (domain: public, standard, restricted share the
 * standard keys). */
static void every_class_of_form_can_travel(void **state)
{
	static const char *const classes[] = { "public", "standard",
		"restricted", "protected" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		char *to = str_format("\"class\":\"%s\"", classes[i]);
		char *text = with("\"class\":\"standard\"", to);

		assert_true(parses(text, &(struct err)ERR_INIT));
		free(text);
		free(to);
	}
}

static void blanks_and_order_do_not_matter(void **state)
{
	char *text = with("\"entries\":[", " \n\"x\" : \"\\\"entries\\\":[]\", "
		"\t\"entries\"\r:  [ \n");
	struct manifest m;

	(void)state;
	manifest_init(&m);
	assert_true(manifest_parse(&m, text, strlen(text),
		&(struct err)ERR_INIT));
	assert_int_equal(m.entries.n, 4);
	manifest_release(&m);
	free(text);
}

static char *parsed_and_printed(const char *text)
{
	struct manifest m;
	char *printed;

	manifest_init(&m);
	assert_true(manifest_parse(&m, text, strlen(text),
		&(struct err)ERR_INIT));
	printed = manifest_print(&m);
	manifest_release(&m);
	return printed;
}

/* As this program writes them, entries are read in a way of their own. */
static void spelled_otherwise_it_says_the_same(void **state)
{
	static const struct { const char *from, *to; } others[] = {
		{ "{\"class\"", "{ \"class\"" },
		{ "\"household\"", "\"househ\\u006fld\"" },
		{ "\"priors\":[", "\"priors\": [" },
		{ "\"files\":[{\"", "\"files\":[{ \"" },
		{ "\"class\":\"standard\",\"files\"",
		  "\"aa\":{},\"class\":\"standard\",\"files\"" },
		{ "\"kind\":\"record\"", "\"kind\":\"record\",\"knd\":null" },
	};
	char *plain = with("household", "household"),
		*expected = parsed_and_printed(plain);

	(void)state;
	assert_string_equal(plain, expected);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		char *text = with(others[i].from, others[i].to);
		char *printed = parsed_and_printed(text);

		assert_string_equal(printed, expected);
		free(printed);
		free(text);
	}
	free(expected);
	free(plain);
}

/* Printed one entry at a time, it is what the whole would print. */
static void a_manifest_is_canonical(void **state)
{
	struct manifest m;
	struct json *value, *again;
	char *text, *whole;

	(void)state;
	fill_manifest(&m);
	m.device_name = "\"entries\":[] \\";
	m.device_key = "RW";
	text = manifest_print(&m);
	value = manifest_json(&m);
	whole = js_print(value);
	assert_int_equal(strlen(text), strlen(whole) + 1);
	assert_memory_equal(text, whole, strlen(whole));
	again = js_parse(text, strlen(text), NULL);
	assert_non_null(again);
	js_free(again);
	js_free(value);
	free(whole);
	free(text);
	manifest_release(&m);
}

/* As many entries as a manifest can hold, which as values would take a
 * gigabyte; and as much that is no entry. */
static void a_long_manifest_takes_little_room(void **state)
{
	struct str text = STR_INIT;
	struct manifest m;
	struct err err = ERR_INIT;
	long before;
	char *start = with("\"entries\":[", "\"entries\":[\001");
	char *end = strchr(start, '\001');

	(void)state;
	str_addn(&text, start, (size_t)(end - start));
	for (unsigned i = 0; text.len < (size_t)BUNDLE_MAX_MANIFEST - 2000; i++) {
		char sha256[SHA256_HEX_BYTES];

		snprintf(sha256, sizeof sha256, "%064x", i);
		str_addf(&text, "%s{\"kind\":\"file\",\"name\":\"files/%s\","
			"\"sha256\":\"%s\",\"size\":1}", i > 0 ? "," : "",
			sha256, sha256);
	}
	str_add(&text, "]}");
	before = peak_kib();
	manifest_init(&m);
	assert_false(manifest_parse(&m, text.data, text.len, &err));
	str_cut(&text, text.len - 1);
	str_add(&text, strstr(start, ",\"format\""));
	manifest_release(&m);
	manifest_init(&m);
	assert_true(manifest_parse(&m, text.data, text.len, &err));
	assert_true(m.entries.n > 60000);
	/* no more than twice the text */
	assert_true(SANITIZED || peak_kib() - before < 36 << 10);
	manifest_release(&m);
	while (text.len <= BUNDLE_MAX_MANIFEST)
		str_addc(&text, ' ');
	manifest_init(&m);
	assert_false(manifest_parse(&m, text.data, text.len, &err));
	assert_int_equal(err.code, ERR_LIMIT);
	manifest_release(&m);
	str_clear(&text);
	str_add(&text, "{\"x\":[");
	while (text.len < (size_t)BUNDLE_MAX_MANIFEST - 200)
		str_add(&text, "[],[],[],[],");
	str_add(&text, "1],\"entries\":[]}");
	manifest_init(&m);
	err_clear(&err);
	assert_false(manifest_parse(&m, text.data, text.len, &err));
	assert_int_equal(err.code, ERR_LIMIT);
	manifest_release(&m);
	str_release(&text);
	free(start);
}

static void keys_of_later_versions_are_passed_over(void **state)
{
	char *text = with("\"sequence\":7", "\"sequence\":7,\"weather\":[1]");

	(void)state;
	assert_true(parses(text, &(struct err)ERR_INIT));
	free(text);
}

/* ---- sealed records ---- */

static const struct sealed_part parts[] = {
	{ SEALED_RECORD, "<data/>", 7 },
	{ "voice note.ogg", "OggS", 4 },
};

static void a_sealed_record_opens_with_its_attachments(void **state)
{
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;
	char sha256[SHA256_HEX_BYTES], again[SHA256_HEX_BYTES];
	const struct sealed_part *part;
	struct sealed sealed;

	(void)state;
	assert_true(sealed_make(parts, 2, &to_reader, &bytes, sha256, &err));
	sha256_hex(bytes.data, bytes.len, again);
	assert_string_equal(sha256, again);
	assert_true(sealed_open(&sealed, bytes.data, bytes.len, &reader_keys,
		1 << 20, &err));
	assert_int_equal(sealed.n_parts, 2);
	part = sealed_find(&sealed, SEALED_RECORD);
	assert_int_equal(part->n_bytes, 7);
	assert_memory_equal(part->bytes, "<data/>", 7);
	assert_memory_equal(sealed_find(&sealed, "voice note.ogg")->bytes,
		"OggS", 4);
	assert_null(sealed_find(&sealed, "other"));
	sealed_release(&sealed);

	assert_false(sealed_open(&sealed, bytes.data, bytes.len, NULL, 1 << 20,
		&err));
	assert_int_equal(err.code, ERR_NOKEY);
	assert_false(sealed_open(&sealed, bytes.data, bytes.len, &reader_keys,
		1000, &err));
	assert_int_equal(err.code, ERR_LIMIT);
	for (size_t i = 0; i < bytes.len; i += 5) {
		bytes.data[i] ^= 1;
		assert_false(sealed_open(&sealed, bytes.data, bytes.len,
			&reader_keys, 1 << 20, &err));
		bytes.data[i] ^= 1;
	}
	str_release(&bytes);
}

static void every_byte_of_a_sealed_record_counts(void **state)
{
	static const struct sealed_part part = { SEALED_RECORD, "<data/>", 7 };
	char sha256[SHA256_HEX_BYTES];
	struct str bytes = STR_INIT;
	struct sealed sealed;

	(void)state;
	assert_true(sealed_make(&part, 1, &to_reader, &bytes, sha256,
		&(struct err)ERR_INIT));
	for (size_t i = 0; i < bytes.len; i++) {
		bytes.data[i] = (char)(bytes.data[i] ^ 1 << i % 8);
		assert_false(sealed_open(&sealed, bytes.data, bytes.len,
			&reader_keys, 1 << 20, &(struct err)ERR_INIT));
		bytes.data[i] = (char)(bytes.data[i] ^ 1 << i % 8);
		assert_false(sealed_open(&sealed, bytes.data, i, &reader_keys,
			1 << 20, &(struct err)ERR_INIT));
	}
	assert_true(sealed_open(&sealed, bytes.data, bytes.len, &reader_keys,
		1 << 20, &(struct err)ERR_INIT));
	sealed_release(&sealed);
	str_release(&bytes);
}

static void short_and_shorter_records_seal_to_one_size(void **state)
{
	struct sealed_part part = { SEALED_RECORD, "<a/>", 4 };
	struct str one = STR_INIT, two = STR_INIT;
	char sha256[SHA256_HEX_BYTES];
	struct err err = ERR_INIT;

	(void)state;
	assert_true(sealed_make(&part, 1, &to_reader, &one, sha256, &err));
	assert_true(sealed_make(parts, 2, &to_reader, &two, sha256, &err));
	assert_int_equal(one.len, two.len);
	str_release(&one);
	str_release(&two);
}

static bool count_bytes(void *context, const void *bytes, size_t n_bytes,
	struct err *err)
{
	(void)bytes;
	(void)err;
	*(uint64_t *)context += n_bytes;
	return true;
}

static bool give_a(void *context, uint64_t offset, void *buffer,
	size_t size_bytes, struct err *err)
{
	(void)context;
	(void)offset;
	(void)err;
	memset(buffer, 'a', size_bytes);
	return true;
}

static void memory_does_not_grow_with_a_sealed_record(void **state)
{
	struct sealed_input inputs[2] = {
		{ .name = SEALED_RECORD,
		  .from = { .bytes = "<data/>", .n_bytes = 7 } },
		{ .name = "photo.jpg",
		  .from = { .n_bytes = 100 << 20, .read = give_a } },
	};
	struct rusage before, after;
	struct err err = ERR_INIT;
	uint64_t n = 0;

	(void)state;
	getrusage(RUSAGE_SELF, &before);
	assert_true(sealed_write(count_bytes, &n, inputs, 2, &to_reader,
		&err));
	getrusage(RUSAGE_SELF, &after);
	assert_true(n > 4096);
	assert_true(after.ru_maxrss - before.ru_maxrss < 4096);	/* KiB */
}

static void long_names_are_sealed_whole(void **state)
{
	static const size_t lengths[] = { 1, 99, 100, 101, 200, 255 };
	struct sealed_part made[ARRAY_SIZE(lengths)];
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;
	char sha256[SHA256_HEX_BYTES];
	struct sealed sealed;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		memset(made[i].name, 'n', lengths[i]);
		made[i].name[lengths[i]] = '\0';
		made[i].bytes = "x";
		made[i].n_bytes = 1;
	}
	assert_true(sealed_make(made, ARRAY_SIZE(made), &to_reader, &bytes,
		sha256, &err));
	assert_true(sealed_open(&sealed, bytes.data, bytes.len, &reader_keys,
		1 << 20, &err));
	assert_int_equal(sealed.n_parts, ARRAY_SIZE(made));
	for (size_t i = 0; i < ARRAY_SIZE(made); i++) {
		assert_string_equal(sealed.parts[i].name, made[i].name);
		assert_int_equal(sealed.parts[i].n_bytes, 1);
	}
	sealed_release(&sealed);
	str_release(&bytes);
}

static void odd_names_are_not_sealed(void **state)
{
	static const char *const names[] = { "", ".", "..", "a/b" };
	struct str out = STR_INIT;
	char sha256[SHA256_HEX_BYTES];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct sealed_part part = { "", "x", 1 };

		snprintf(part.name, sizeof part.name, "%s", names[i]);
		assert_false(sealed_make(&part, 1, &to_reader, &out, sha256,
			&(struct err)ERR_INIT));
	}
	assert_int_equal(out.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* first, while the peak is still low */
		cmocka_unit_test(memory_does_not_grow_with_a_bundle),
		cmocka_unit_test(what_was_packed_comes_out_in_order_of_names),
		cmocka_unit_test(the_manifest_comes_back_whole),
		cmocka_unit_test(another_signer_is_noticed),
		cmocka_unit_test(keys_decide_who_reads),
		cmocka_unit_test(same_in_same_tar_out),
		cmocka_unit_test(entries_twice_are_packed_once),
		cmocka_unit_test(an_empty_bundle_is_a_bundle),
		cmocka_unit_test(a_flipped_bit_refuses_a_sealed_bundle),
		cmocka_unit_test(every_cut_refuses_a_bundle),
		cmocka_unit_test(
			a_flipped_bit_never_changes_what_a_plain_bundle_says),
		cmocka_unit_test(limits_are_met_before_the_bytes),
		cmocka_unit_test(a_recording_of_silence_arrives),
		cmocka_unit_test(a_bomb_is_a_limit),
		cmocka_unit_test(a_full_disk_leaves_the_old_bundle),
		cmocka_unit_test(a_file_that_changes_meanwhile_is_not_packed),
		cmocka_unit_test(sizes_tell_little),
		cmocka_unit_test(wrong_manifests_are_refused),
		cmocka_unit_test(every_class_of_form_can_travel),
		cmocka_unit_test(blanks_and_order_do_not_matter),
		cmocka_unit_test(spelled_otherwise_it_says_the_same),
		cmocka_unit_test(a_manifest_is_canonical),
		cmocka_unit_test(a_long_manifest_takes_little_room),
		cmocka_unit_test(keys_of_later_versions_are_passed_over),
		cmocka_unit_test(a_sealed_record_opens_with_its_attachments),
		cmocka_unit_test(every_byte_of_a_sealed_record_counts),
		cmocka_unit_test(short_and_shorter_records_seal_to_one_size),
		cmocka_unit_test(memory_does_not_grow_with_a_sealed_record),
		cmocka_unit_test(long_names_are_sealed_whole),
		cmocka_unit_test(odd_names_are_not_sealed),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
