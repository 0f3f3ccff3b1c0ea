/* trust: kits, written, read, damaged, forged, and of the wrong project. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "bundle/write.h"
#include "crypt/words.h"
#include "trust/kit.h"

#define TODAY "2026-11-23"

static struct err err;
static struct trust_project project;
static struct trust_secrets secrets;
static struct trust_recovery recovery;
static struct trust_signed cert = TRUST_SIGNED_INIT;
static struct str words;
static char folder[] = "/tmp/bayaz-test-kit-XXXXXX";
static char path[64];

static struct kit_file media[] = {
	{ "districts.csv", "name,label\nmardan,Mardan\n", 25 },
	{ "empty.csv", "", 0 },
};
static const char form_xml[] = "<h:html>not looked into here</h:html>";

static struct age_to to_words;

static int set_up(void **state)
{
	struct trust_policy policy = { .refuse_untagged = false };
	struct minisign_public key;

	(void)state;
	if (mkdtemp(folder) == NULL || !crypt_init(&err))
		return -1;
	snprintf(path, sizeof path, "%s/kit.bayaz", folder);
	str_init(&words);
	words_new(&words);
	to_words.passphrase = words.data;
	if (!trust_project_new("Pilot", TODAY, false, policy, &project,
	    &secrets, &recovery, &err))
		return -1;
	minisign_key_new(&secrets.store);
	minisign_key_public(&secrets.store, &key);
	return trust_cert_new(&project, &secrets.project, &key, "store",
		ROLES_ALL, TODAY, &cert, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	trust_signed_release(&cert);
	str_wipe(&words);
	return rmdir(folder);
}

/* A kit of one form, ready to be written. */
static void fill_kit(struct kit *kit, int64_t number)
{
	struct kit_form form = {
		.form_id = "visit", .version = "3", .form_class = "standard",
		.xml = form_xml, .n_bytes = sizeof form_xml - 1,
		.files = media, .n_files = 2,
	};
	char *text = trust_project_print(&project);

	kit_init(kit);
	kit->number = number;
	memcpy(kit->date, TODAY, sizeof TODAY);
	trust_sign(&kit->project_text, text, &secrets.project);
	assert_true(trust_papers_add(&kit->papers, &cert, &project, &err));
	vec_push(&kit->forms, form);
	free(text);
}

static bool write_kit(int64_t number, const struct minisign_key *signer)
{
	struct kit kit;
	bool ok;

	fill_kit(&kit, number);
	ok = kit_write(path, &kit, signer, &to_words, &err);
	kit_release(&kit);
	return ok;
}

/* Is the kit that lies there taken? */
static bool taken(const char *with_words, const struct trust_project *ours,
	int64_t newest)
{
	struct age_keys keys = { .passphrase = with_words };
	struct kit kit;
	bool ok;

	kit_init(&kit);
	ok = kit_read(path, &keys, ours, NULL, &kit, &err) &&
		kit_check_number(&kit, newest, &err);
	kit_release(&kit);
	return ok;
}

static void a_kit_comes_back_whole(void **state)
{
	struct age_keys keys = { .passphrase = words.data };
	struct kit kit;
	const struct kit_form *form;

	(void)state;
	assert_true(write_kit(7, &secrets.store));
	kit_init(&kit);
	if (!kit_read(path, &keys, NULL, NULL, &kit, &err))
		fail_msg("%s", err.message);
	assert_int_equal(kit.number, 7);
	assert_string_equal(kit.date, TODAY);
	assert_true(trust_project_same(&kit.project, &project));
	assert_int_equal(kit.papers.certs.n, 1);
	assert_string_equal(kit.papers.certs.items[0].cert.name, "store");
	assert_int_equal(kit.forms.n, 1);
	form = &kit.forms.items[0];
	assert_string_equal(form->form_id, "visit");
	assert_string_equal(form->version, "3");
	assert_string_equal(form->form_class, "standard");
	assert_int_equal(form->n_bytes, sizeof form_xml - 1);
	assert_memory_equal(form->xml, form_xml, form->n_bytes);
	assert_int_equal(form->n_files, 2);
	assert_string_equal(form->files[0].name, "districts.csv");
	assert_string_equal(form->files[0].bytes, media[0].bytes);
	assert_int_equal(form->files[1].n_bytes, 0);
	assert_int_equal(kit.n_unused, 0);
	kit_release(&kit);
}

static void the_projects_own_key_may_sign(void **state)
{
	(void)state;
	assert_true(write_kit(1, &secrets.project));
	assert_true(taken(words.data, NULL, 0));
}

static void other_words_do_not_open_it(void **state)
{
	struct str others = STR_INIT;

	(void)state;
	words_new(&others);
	assert_true(write_kit(1, &secrets.store));
	assert_false(taken(others.data, NULL, 0));
	assert_int_equal(err.code, ERR_NOKEY);
	assert_non_null(strstr(err.message, "do not open"));
	str_wipe(&others);
}

static void a_key_without_certificate_makes_no_kit(void **state)
{
	struct minisign_key stranger;

	(void)state;
	unlink(path);
	minisign_key_new(&stranger);
	assert_false(write_kit(1, &stranger));
	assert_int_equal(err.code, ERR_REFUSED);
	assert_false(file_exists(path));
}

static void two_forms_of_one_version_make_no_kit(void **state)
{
	struct kit kit;

	(void)state;
	unlink(path);
	fill_kit(&kit, 1);
	vec_push(&kit.forms, kit.forms.items[0]);
	assert_false(kit_write(path, &kit, &secrets.store, &to_words, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_false(file_exists(path));
	kit_release(&kit);
}

static void names_that_leave_their_folder_make_no_kit(void **state)
{
	static const char *const bad[] = {
		"", "../x.csv", "a/b", "a\\b", ".hidden", "two\nlines",
		"\xff.csv",
	};

	(void)state;
	unlink(path);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct kit_file file = { bad[i], "x", 1 };
		struct kit kit;

		fill_kit(&kit, 1);
		kit.forms.items[0].files = &file;
		kit.forms.items[0].n_files = 1;
		assert_false(kit_write(path, &kit, &secrets.store, &to_words,
			&err));
		assert_int_equal(err.code, ERR_VALUE);
		assert_false(file_exists(path));
		kit_release(&kit);
	}
}

static void an_older_kit_is_refused_and_the_same_is_not(void **state)
{
	(void)state;
	assert_true(write_kit(4, &secrets.store));
	assert_true(taken(words.data, &project, 3));
	assert_true(taken(words.data, &project, 4));
	assert_false(taken(words.data, &project, 5));
	assert_int_equal(err.code, ERR_CONFLICT);
}

static void a_kit_of_another_project_is_refused(void **state)
{
	struct trust_policy policy = { .refuse_untagged = false };
	struct trust_project other;
	struct trust_secrets keys;
	struct trust_recovery paper;

	(void)state;
	assert_true(trust_project_new("Other", TODAY, false, policy, &other,
		&keys, &paper, &err));
	assert_true(write_kit(1, &secrets.store));
	assert_false(taken(words.data, &other, 0));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_non_null(strstr(err.message, "Other"));
}

/* What somebody makes who has the words, but no certified key. */
static void write_forgery(bool with_project_signature)
{
	struct age_to age = { .passphrase = words.data, .log_n = 4 };
	struct minisign_key stranger;
	struct bundle_to to = { .age = &age, .signer = &stranger };
	struct bundle_source sources[2];
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct manifest manifest;
	char hex[SHA256_HEX_BYTES];
	char *json = trust_project_print(&project);

	minisign_key_new(&stranger);
	trust_sign(&text, json, with_project_signature ? &secrets.project :
		&stranger);
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
	assert_true(bundle_write(path, &manifest, sources, &to, NULL, &err));
	manifest_release(&manifest);
	trust_signed_release(&text);
	free(json);
}

static void a_forged_kit_is_refused(void **state)
{
	(void)state;
	write_forgery(true);
	assert_false(taken(words.data, NULL, 0));
	assert_int_equal(err.code, ERR_CRYPTO);
	assert_non_null(strstr(err.message, "may not publish"));
	write_forgery(false);
	assert_false(taken(words.data, NULL, 0));
	assert_int_equal(err.code, ERR_NOKEY);
}

static void a_bundle_that_is_no_kit_is_refused(void **state)
{
	struct age_recipient to_whom[2];
	struct age_to age = { .recipients = to_whom, .n_recipients = 2 };
	struct bundle_to to = { .age = &age, .signer = &secrets.store };
	struct manifest manifest;

	(void)state;
	trust_project_recipients(&project, TRUST_STANDARD, to_whom);
	manifest_init(&manifest);
	manifest.kind = "up";
	manifest.project = project.id;
	manifest.sequence = 1;
	manifest.date = TODAY;
	assert_true(bundle_write(path, &manifest, NULL, &to, NULL, &err));
	assert_false(taken(words.data, NULL, 0));
	assert_int_equal(err.code, ERR_SPEC);
	manifest_release(&manifest);
	assert_true(file_write(path, "neither", 7, 0600, &err));
	assert_false(taken(words.data, NULL, 0));
	unlink(path);
	assert_false(taken(words.data, NULL, 0));
	assert_int_equal(err.code, ERR_IO);
}

static void one_flipped_bit_refuses_the_whole(void **state)
{
	struct str bytes = STR_INIT;
	size_t step;

	(void)state;
	assert_true(write_kit(1, &secrets.store));
	assert_true(file_read(path, 1 << 20, &bytes, &err));
	step = bytes.len / 12 + 1;
	for (size_t at = 3; at < bytes.len; at += step) {
		bytes.data[at] = (char)(bytes.data[at] ^ 4);
		assert_true(file_write(path, bytes.data, bytes.len, 0600,
			&err));
		assert_false(taken(words.data, NULL, 0));
		bytes.data[at] = (char)(bytes.data[at] ^ 4);
	}
	for (size_t n = 1; n < bytes.len; n += step) {
		assert_true(file_write(path, bytes.data, n, 0600, &err));
		assert_false(taken(words.data, NULL, 0));
	}
	str_release(&bytes);
}

/* A province's laptops fit into one file; the last of them opens it. */
static void a_thousand_laptops_open_one_file(void **state)
{
	struct age_recipient *laptops = xcalloc(AGE_MAX_RECIPIENTS,
		sizeof *laptops);
	struct age_to to = { .recipients = laptops,
		.n_recipients = AGE_MAX_RECIPIENTS };
	struct age_identity last;
	struct age_keys keys = { .identities = &last, .n_identities = 1 };
	struct kit kit;

	(void)state;
	for (int i = 0; i < AGE_MAX_RECIPIENTS; i++) {
		age_identity_new(&last);
		age_identity_recipient(&last, &laptops[i]);
	}
	fill_kit(&kit, 1);
	assert_true(kit_write(path, &kit, &secrets.store, &to, &err));
	kit_release(&kit);
	kit_init(&kit);
	if (!kit_read(path, &keys, &project, NULL, &kit, &err))
		fail_msg("%s", err.message);
	kit_release(&kit);
	/* and nobody else */
	age_identity_new(&last);
	kit_init(&kit);
	assert_false(kit_read(path, &keys, &project, NULL, &kit, &err));
	assert_int_equal(err.code, ERR_NOKEY);
	kit_release(&kit);
	free(laptops);
}

static void a_write_that_fails_leaves_the_old_kit(void **state)
{
	unsigned n_failures = 0;

	(void)state;
	assert_true(write_kit(1, &secrets.store));
	for (unsigned n = 1; n < 12; n++) {
		bool ok;

		file_fail_nth(n);
		ok = write_kit(2, &secrets.store);
		file_fail_nth(0);
		if (ok)
			break;
		n_failures++;
		assert_true(taken(words.data, NULL, 0));
	}
	assert_in_range(n_failures, 1, 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kit_comes_back_whole),
		cmocka_unit_test(the_projects_own_key_may_sign),
		cmocka_unit_test(other_words_do_not_open_it),
		cmocka_unit_test(a_key_without_certificate_makes_no_kit),
		cmocka_unit_test(two_forms_of_one_version_make_no_kit),
		cmocka_unit_test(names_that_leave_their_folder_make_no_kit),
		cmocka_unit_test(an_older_kit_is_refused_and_the_same_is_not),
		cmocka_unit_test(a_kit_of_another_project_is_refused),
		cmocka_unit_test(a_forged_kit_is_refused),
		cmocka_unit_test(a_bundle_that_is_no_kit_is_refused),
		cmocka_unit_test(one_flipped_bit_refuses_the_whole),
		cmocka_unit_test(a_thousand_laptops_open_one_file),
		cmocka_unit_test(a_write_that_fails_leaves_the_old_kit),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
