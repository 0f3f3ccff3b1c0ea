/* trust: projects, certificates, devices, secrets and recovery keys. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "trust/cert.h"
#include "trust/device.h"
#include "trust/grant.h"
#include "trust/message.h"
#include "trust/papers.h"
#include "trust/project.h"

#define TODAY "2026-11-23"

static struct err err;
static struct trust_project project;
static struct trust_secrets secrets;
static struct trust_recovery recovery;

static int set_up(void **state)
{
	struct trust_policy policy = { .refuse_untagged = true };

	(void)state;
	err_clear(&err);
	return crypt_init(&err) && trust_project_new("بیاض Pilot", TODAY, true,
		policy, &project, &secrets, &recovery, &err) ? 0 : -1;
}

static void sign_project(struct trust_signed *signed_)
{
	char *text = trust_project_print(&project);

	trust_sign(signed_, text, &secrets.project);
	free(text);
}

static void a_project_comes_back_from_its_json(void **state)
{
	struct trust_project back;
	char *text = trust_project_print(&project), *again;

	(void)state;
	assert_true(trust_project_parse(text, strlen(text), &back, &err));
	assert_string_equal(back.id, project.id);
	assert_string_equal(back.name, "بیاض Pilot");
	assert_string_equal(back.made, TODAY);
	assert_true(back.training);
	assert_true(back.policy.refuse_untagged);
	assert_true(trust_project_same(&back, &project));
	assert_memory_equal(back.readers, project.readers,
		sizeof back.readers);
	assert_memory_equal(back.recovery, project.recovery,
		sizeof back.recovery);
	again = trust_project_print(&back);
	assert_string_equal(again, text);
	free(again);
	free(text);
}

static void names_that_cannot_be_shown_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "   ", "two\nlines", "\x1b[31mred", "\xc2\x9b" "31m",
		"right\xe2\x80\xae" "left", "\xff",
	};
	struct trust_policy policy = { .refuse_untagged = false };
	struct trust_project other;
	struct trust_secrets keys;
	struct trust_recovery paper;
	char longest[TRUST_NAME_BYTES + 1];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(trust_project_new(bad[i], TODAY, false, policy,
			&other, &keys, &paper, &err));
		assert_int_equal(err.code, ERR_VALUE);
	}
	memset(longest, 'a', sizeof longest);
	longest[TRUST_NAME_BYTES] = '\0';
	assert_false(trust_project_new(longest, TODAY, false, policy, &other,
		&keys, &paper, &err));
	longest[TRUST_NAME_BYTES - 1] = '\0';
	assert_true(trust_project_new(longest, TODAY, false, policy, &other,
		&keys, &paper, &err));
}

static void a_signed_project_is_believed_only_whole(void **state)
{
	struct trust_signed signed_ = TRUST_SIGNED_INIT;
	struct trust_project back;
	struct str text = STR_INIT;
	size_t n_refused = 0;

	(void)state;
	sign_project(&signed_);
	trust_signed_join(&signed_, &text);
	assert_true(trust_project_read(text.data, text.len, &back, &err));
	for (size_t i = 0; i < text.len; i++) {
		text.data[i] = (char)(text.data[i] ^ 1);
		if (!trust_project_read(text.data, text.len, &back, NULL))
			n_refused++;
		text.data[i] = (char)(text.data[i] ^ 1);
	}
	/* the untrusted comment of a .minisig is signed by nobody */
	assert_in_range(n_refused, signed_.document.len + 120, text.len);
	for (size_t n = 0; n + 2 < text.len; n += 7)
		assert_false(trust_project_read(text.data, n, &back, &err));
	str_release(&text);
	trust_signed_release(&signed_);
}

static void a_project_signed_by_another_is_refused(void **state)
{
	struct trust_signed signed_ = TRUST_SIGNED_INIT;
	struct trust_project back;
	struct minisign_key other;
	char *text = trust_project_print(&project);

	(void)state;
	minisign_key_new(&other);
	trust_sign(&signed_, text, &other);
	assert_false(trust_project_check(&signed_, &back, &err));
	assert_int_equal(err.code, ERR_NOKEY);
	free(text);
	trust_signed_release(&signed_);
}

/* Replace the first `from` in the project's JSON; is it still taken? */
static bool taken_with(const char *from, const char *to)
{
	char *text = trust_project_print(&project);
	char *at = strstr(text, from);
	struct trust_project back;
	struct str changed = STR_INIT;
	bool ok;

	assert_non_null(at);
	str_addn(&changed, text, (size_t)(at - text));
	str_add(&changed, to);
	str_add(&changed, at + strlen(from));
	ok = trust_project_parse(changed.data, changed.len, &back, &err);
	str_release(&changed);
	free(text);
	return ok;
}

static void members_that_miss_or_are_wrong_are_named(void **state)
{
	(void)state;
	assert_true(taken_with("\"format\":1", "\"format\":1,\"later\":[]"));
	assert_false(taken_with("\"format\":1", "\"format\":2"));
	assert_non_null(strstr(err.message, "newer"));
	assert_false(taken_with("\"made\":\"2026", "\"made\":\"26"));
	assert_non_null(strstr(err.message, "'made'"));
	assert_false(taken_with("\"training\":true", "\"training\":1"));
	assert_non_null(strstr(err.message, "'training'"));
	assert_false(taken_with("\"key\":\"RW", "\"key\":\"RX"));
	assert_non_null(strstr(err.message, "'key'"));
	assert_false(taken_with("\"standard\":[\"age1", "\"standard\":[\"age2"));
	assert_non_null(strstr(err.message, "'standard'"));
	assert_false(taken_with("\"refuse_untagged\":true",
		"\"refuse_untagged\":1"));
	assert_non_null(strstr(err.message, "'policy'"));
	assert_false(taken_with("\"idle_minutes\":3", "\"idle_minutes\":0"));
	assert_false(taken_with("\"idle_minutes\":3", "\"idle_minutes\":16"));
	assert_non_null(strstr(err.message, "'idle_minutes'"));
	assert_false(taken_with("\"retention\":{}",
		"\"retention\":{\"visit\":0}"));
	assert_non_null(strstr(err.message, "'retention'"));
	assert_false(taken_with("\"serial\":1", "\"serial\":0"));
	assert_non_null(strstr(err.message, "'serial'"));
	assert_true(taken_with("\"serial\":1,", ""));
	assert_int_equal(err.code, ERR_SPEC);
}

static void an_id_belongs_to_its_key(void **state)
{
	char stolen[64], own[64];

	(void)state;
	snprintf(own, sizeof own, "\"id\":\"%s\"", project.id);
	snprintf(stolen, sizeof stolen, "\"id\":\"%s\"", "0123456789abcdef");
	assert_true(taken_with(own, own));
	assert_false(taken_with(own, stolen));
	assert_non_null(strstr(err.message, "'id'"));
}

static void a_key_of_one_class_opens_nothing_of_the_other(void **state)
{
	struct age_recipient to[2];
	struct age_to age = { .recipients = to, .n_recipients = 2 };
	struct age_keys standard = { &secrets.readers[TRUST_STANDARD], 1,
		NULL };
	struct age_keys protected_ = { &secrets.readers[TRUST_PROTECTED], 1,
		NULL };
	struct str sealed = STR_INIT, plain = STR_INIT;

	(void)state;
	trust_project_recipients(&project, TRUST_PROTECTED, to);
	assert_true(age_encrypt_bytes(&age, "secret", 6, &sealed, &err));
	assert_false(age_decrypt_bytes(&standard, sealed.data, sealed.len, 99,
		&plain, &err));
	assert_int_equal(err.code, ERR_NOKEY);
	assert_true(age_decrypt_bytes(&protected_, sealed.data, sealed.len, 99,
		&plain, &err));
	assert_string_equal(plain.data, "secret");
	str_release(&sealed);
	str_release(&plain);
}

static void unknown_classes_count_as_standard(void **state)
{
	(void)state;
	assert_int_equal(trust_class_of("protected"), TRUST_PROTECTED);
	assert_int_equal(trust_class_of("standard"), TRUST_STANDARD);
	assert_int_equal(trust_class_of(NULL), TRUST_STANDARD);
}

static void secrets_come_back(void **state)
{
	struct trust_secrets back;
	struct age_identity identities[TRUST_IDENTITIES_MAX];
	struct str text = STR_INIT;

	(void)state;
	trust_secrets_print(&secrets, &text);
	assert_true(trust_secrets_parse(text.data, text.len, &back, &err));
	assert_true(back.has_project && !back.has_store);
	assert_memory_equal(&back.project, &secrets.project,
		sizeof back.project);
	assert_memory_equal(&back.readers, &secrets.readers,
		sizeof back.readers);
	assert_int_equal(trust_secrets_identities(&back, identities), 2);
	/* a damaged line is an error that shows nothing of it */
	text.data[text.len - 2] = 'x';
	assert_false(trust_secrets_parse(text.data, text.len, &back, &err));
	assert_int_equal(err.code, ERR_SYNTAX);
	assert_false(back.has_project);
	for (size_t n = 0; n < text.len; n += 5)
		if (trust_secrets_parse(text.data, n, &back, NULL))
			assert_in_range(n, strlen("bayaz-secrets 1\n"),
				text.len);
	str_wipe(&text);
}

static void recovery_opens_what_the_reader_opens(void **state)
{
	struct age_recipient expected = project.recovery[TRUST_PROTECTED], is;
	struct str a = STR_INIT, b = STR_INIT;
	struct age_identity joined;

	(void)state;
	trust_recovery_half(&recovery, 'A', &a);
	trust_recovery_half(&recovery, 'B', &b);
	assert_true(str_starts(a.data, "BAYAZ-HALF-A-1"));
	assert_true(trust_recovery_join(b.data, a.data, &joined, &err));
	age_identity_recipient(&joined, &is);
	assert_memory_equal(&is, &expected, sizeof is);
	assert_false(trust_recovery_join(a.data, a.data, &joined, &err));
	assert_int_equal(err.code, ERR_VALUE);
	a.data[20] = a.data[20] == 'Q' ? 'P' : 'Q';
	assert_false(trust_recovery_join(a.data, b.data, &joined, &err));
	assert_int_equal(err.code, ERR_SYNTAX);
	str_wipe(&a);
	trust_recovery_standard(&recovery, &a);
	assert_true(age_identity_parse(a.data, &joined, &err));
	age_identity_recipient(&joined, &is);
	assert_memory_equal(&is, &project.recovery[TRUST_STANDARD],
		sizeof is);
	str_wipe(&a);
	str_wipe(&b);
}

static void a_certificate_allows_its_roles_only(void **state)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct minisign_key store, stranger;
	struct minisign_public key, strange;
	struct trust_cert cert;

	(void)state;
	minisign_key_new(&store);
	minisign_key_public(&store, &key);
	minisign_key_new(&stranger);
	minisign_key_public(&stranger, &strange);
	assert_true(trust_cert_new(&project, &secrets.project, &key,
		"Quetta", ROLE_MERGE | ROLE_REVIEW, TODAY, &text, &err));
	assert_true(trust_cert_check(&text, &project, &cert, &err));
	assert_string_equal(cert.name, "Quetta");
	assert_true(trust_may(&project, &cert, 1, &key, ROLE_MERGE));
	assert_true(trust_may(&project, &cert, 1, &key, ROLE_MERGE |
		ROLE_REVIEW));
	assert_false(trust_may(&project, &cert, 1, &key, ROLE_PUBLISH));
	assert_false(trust_may(&project, &cert, 1, &strange, ROLE_MERGE));
	assert_false(trust_may(&project, NULL, 0, &key, ROLE_MERGE));
	assert_true(trust_may(&project, NULL, 0, &project.key, ROLES_ALL));
	trust_signed_release(&text);
}

static void a_certificate_of_another_project_is_refused(void **state)
{
	struct trust_policy policy = { .refuse_untagged = false };
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct trust_project other;
	struct trust_secrets keys;
	struct trust_recovery paper;
	struct trust_cert cert;

	(void)state;
	assert_true(trust_project_new("other", TODAY, false, policy, &other,
		&keys, &paper, &err));
	/* signed by the other project's key */
	assert_true(trust_cert_new(&project, &keys.project, &other.key, "x",
		ROLES_ALL, TODAY, &text, &err));
	assert_false(trust_cert_check(&text, &project, &cert, &err));
	assert_int_equal(err.code, ERR_NOKEY);
	/* signed by ours, but made out for the other */
	assert_true(trust_cert_new(&other, &secrets.project, &other.key, "x",
		ROLES_ALL, TODAY, &text, &err));
	assert_false(trust_cert_check(&text, &project, &cert, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	trust_signed_release(&text);
}

static void an_unknown_role_gives_nothing(void **state)
{
	static const char role[] = "\"roles\":[\"merge\"]";
	struct trust_cert cert = { .roles = ROLE_MERGE, .made = TODAY,
		.name = "x", .key = project.key };
	char *text, *at;

	(void)state;
	memcpy(cert.project, project.id, TRUST_ID_BYTES);
	text = trust_cert_print(&cert);
	at = strstr(text, role);
	assert_non_null(at);
	memcpy(at + strlen("\"roles\":[\""), "reign", 5);
	assert_true(trust_cert_parse(text, strlen(text), &cert, &err));
	assert_int_equal(cert.roles, 0);
	free(text);
}

static void a_device_comes_back(void **state)
{
	struct trust_device device, back;
	struct str text = STR_INIT;
	char before[FINGERPRINT_BYTES], after[FINGERPRINT_BYTES];

	(void)state;
	assert_true(trust_device_new("KP-031", &device, &err));
	trust_device_print(&device, &text);
	assert_true(trust_device_parse(text.data, text.len, &back, &err));
	assert_memory_equal(&device, &back, sizeof back);
	trust_device_fingerprint(&device, before);
	trust_device_fingerprint(&back, after);
	assert_string_equal(before, after);
	assert_int_equal(strlen(before), 24);
	for (size_t n = 0; n + 1 < text.len; n++)
		assert_false(trust_device_parse(text.data, n, &back, NULL));
	str_wipe(&text);
	trust_device_wipe(&device);
	trust_device_wipe(&back);
}

static void a_workers_code_is_short_and_plain(void **state)
{
	struct trust_device device;

	(void)state;
	assert_true(trust_device_new(NULL, &device, &err));
	assert_string_equal(device.name, "");
	assert_false(trust_device_set_name(&device, "Amina Bibi", &err));
	assert_int_equal(err.code, ERR_VALUE);
	assert_false(trust_device_set_name(&device,
		"0123456789-0123456789-0123456789-", &err));
	assert_true(trust_device_set_name(&device, "KP-031.a_b", &err));
	trust_device_wipe(&device);
}

/* What was sealed to a reader of before still opens. */
static void a_rotation_keeps_the_reader_of_before(void **state)
{
	struct age_recipient before = project.readers[TRUST_STANDARD];
	struct age_identity identities[TRUST_IDENTITIES_MAX];
	struct age_to to = { .recipients = &before, .n_recipients = 1 };
	struct age_keys keys = { .identities = identities };
	struct str sealed = STR_INIT, plain = STR_INIT, text = STR_INIT;
	struct trust_secrets back;

	(void)state;
	assert_true(age_encrypt_bytes(&to, "answer", 6, &sealed, &err));
	assert_true(trust_project_rotate(&project, &secrets, TRUST_STANDARD,
		&err));
	assert_true(memcmp(&before, &project.readers[TRUST_STANDARD],
		sizeof before) != 0);
	trust_secrets_print(&secrets, &text);
	assert_true(trust_secrets_parse(text.data, text.len, &back, &err));
	keys.n_identities = trust_secrets_class(&back, TRUST_STANDARD,
		identities);
	assert_int_equal(keys.n_identities, 2);
	assert_true(age_decrypt_bytes(&keys, sealed.data, sealed.len, 100,
		&plain, &err));
	assert_string_equal(plain.data, "answer");
	/* the one class opens nothing of the other */
	keys.n_identities = trust_secrets_class(&back, TRUST_PROTECTED,
		identities);
	assert_false(age_decrypt_bytes(&keys, sealed.data, sealed.len, 100,
		&plain, &err));
	for (int i = 2; i <= TRUST_OLD_MAX; i++)
		assert_true(trust_project_rotate(&project, &secrets,
			TRUST_STANDARD, &err));
	before = project.readers[TRUST_STANDARD];
	assert_false(trust_project_rotate(&project, &secrets, TRUST_STANDARD,
		&err));
	assert_int_equal(err.code, ERR_LIMIT);
	assert_memory_equal(&before, &project.readers[TRUST_STANDARD],
		sizeof before);
	str_wipe(&text);
	str_release(&sealed);
	str_wipe(&plain);
}

static void an_older_description_does_not_follow(void **state)
{
	struct trust_project newer = project;

	(void)state;
	newer.serial = 2;
	assert_true(trust_project_follows(&newer, &project, &err));
	assert_true(trust_project_follows(&project, &project, &err));
	assert_false(trust_project_follows(&project, &newer, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
}

static void policies_are_read_as_people_write_them(void **state)
{
	struct trust_policy policy = { .idle_minutes = 3 };
	static const char *const bad[] = {
		"idle-minutes=0", "idle-minutes=16", "idle-minutes=", "idle",
		"idle-minutes=5x", "retention=visit", "retention=:5",
		"retention=visit:0", "retention=visit:1201", "retention=visit:",
		"refuse-untagged=maybe", "",
	};

	(void)state;
	assert_true(trust_policy_set(&policy, "idle-minutes=15", &err));
	assert_true(trust_policy_set(&policy, "retention=a:b:12", &err));
	assert_true(trust_policy_set(&policy, "retention=visit:6", &err));
	assert_true(trust_policy_set(&policy, "retention=visit:7", &err));
	assert_true(trust_policy_set(&policy, "refuse-untagged=yes", &err));
	assert_int_equal(policy.idle_minutes, 15);
	assert_true(policy.refuse_untagged);
	assert_int_equal(trust_policy_months(&policy, "a:b", 60), 12);
	assert_int_equal(trust_policy_months(&policy, "visit", 60), 7);
	assert_int_equal(trust_policy_months(&policy, "other", 60), 60);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct trust_policy same = policy;

		assert_false(trust_policy_set(&policy, bad[i], &err));
		assert_int_equal(err.code, ERR_USAGE);
		assert_int_equal(policy.n_retention, same.n_retention);
	}
}

/* A store that may merge and publish, and what withdraws it. */
static void make_papers(const struct minisign_key *store,
	struct trust_signed *cert, struct trust_signed *withdrawal)
{
	char key[MINISIGN_PUBLIC_TEXT], *text;
	struct minisign_public public_key;

	minisign_key_public(store, &public_key);
	minisign_public_format(&public_key, key);
	assert_true(trust_cert_new(&project, &secrets.project, &public_key,
		"Quetta", ROLE_MERGE | ROLE_PUBLISH, TODAY, cert, &err));
	text = str_format("{\"fact\":\"certificate-revoked\",\"format\":1,"
		"\"keeps\":[],\"key\":\"%s\",\"project\":\"%s\","
		"\"replaces\":[]}", key, project.id);
	trust_sign(withdrawal, text, &secrets.project);
	free(text);
}

static void papers_say_who_may_act_now(void **state)
{
	struct trust_papers papers = TRUST_PAPERS_INIT;
	struct trust_papers back = TRUST_PAPERS_INIT;
	struct trust_signed cert = TRUST_SIGNED_INIT;
	struct trust_signed withdrawal = TRUST_SIGNED_INIT;
	struct minisign_key store;
	struct minisign_public key;
	struct str text = STR_INIT;

	(void)state;
	minisign_key_new(&store);
	minisign_key_public(&store, &key);
	make_papers(&store, &cert, &withdrawal);
	assert_false(trust_papers_may(&papers, &project, &key, ROLE_MERGE));
	assert_true(trust_papers_add(&papers, &cert, &project, &err));
	assert_true(trust_papers_add(&papers, &cert, &project, &err));
	assert_int_equal(papers.certs.n, 1);
	assert_true(trust_papers_may(&papers, &project, &key, ROLE_MERGE));
	assert_false(trust_papers_may(&papers, &project, &key, ROLE_DELETE));
	assert_true(trust_papers_add(&papers, &withdrawal, &project, &err));
	assert_false(trust_papers_may(&papers, &project, &key, ROLE_MERGE));
	assert_true(trust_papers_may(&papers, &project, &project.key,
		ROLE_MERGE));
	trust_papers_print(&papers, &text);
	assert_true(trust_papers_parse(&back, text.data, text.len, &project,
		&err));
	assert_int_equal(back.certs.n, 1);
	assert_int_equal(back.withdrawals.n, 1);
	for (size_t n = 1; n < text.len; n += 7)
		(void)!trust_papers_parse(&back, text.data, n, &project, &err);
	assert_int_equal(back.certs.n, 1);
	trust_papers_release(&papers);
	trust_papers_release(&back);
	trust_signed_release(&cert);
	trust_signed_release(&withdrawal);
	str_release(&text);
}

static void nobody_else_withdraws_a_certificate(void **state)
{
	struct trust_papers papers = TRUST_PAPERS_INIT;
	struct trust_signed cert = TRUST_SIGNED_INIT;
	struct trust_signed withdrawal = TRUST_SIGNED_INIT;
	struct minisign_key store;
	char *text;

	(void)state;
	minisign_key_new(&store);
	make_papers(&store, &cert, &withdrawal);
	text = xstrdup(withdrawal.document.data);
	trust_sign(&withdrawal, text, &store);
	assert_false(trust_papers_add(&papers, &withdrawal, &project, &err));
	assert_int_equal(papers.withdrawals.n, 0);
	free(text);
	trust_papers_release(&papers);
	trust_signed_release(&cert);
	trust_signed_release(&withdrawal);
}

/* Her request, his grant: she reads standard records and nothing else. */
static void a_grant_opens_for_who_asked_only(void **state)
{
	struct trust_signed asked = TRUST_SIGNED_INIT, none = TRUST_SIGNED_INIT;
	struct trust_request request;
	struct trust_grant grant, taken;
	struct age_identity hers, another;
	struct age_recipient recipient;
	struct age_keys keys = { .identities = &hers, .n_identities = 1 };
	struct minisign_key store;
	struct str sealed = STR_INIT;

	(void)state;
	minisign_key_new(&store);
	age_identity_new(&hers);
	age_identity_new(&another);
	age_identity_recipient(&hers, &recipient);
	assert_true(trust_request_new(project.id, &store, "Swat", &recipient,
		&asked, &err));
	assert_true(trust_request_check(&asked, project.id, &request, &err));
	assert_string_equal(request.name, "Swat");
	assert_false(trust_request_check(&asked, "0123456789abcdef", &request,
		&err));
	assert_int_equal(err.code, ERR_CONFLICT);
	asked.document.data[10] ^= 1;
	assert_false(trust_request_check(&asked, project.id, &request, &err));
	trust_grant_init(&grant);
	sign_project(&grant.project_text);
	make_papers(&store, &asked, &none);
	assert_true(trust_papers_add(&grant.papers, &asked, &project, &err));
	grant.secrets.has_reader[TRUST_STANDARD] = true;
	grant.secrets.readers[TRUST_STANDARD] =
		secrets.readers[TRUST_STANDARD];
	assert_true(trust_grant_seal(&grant, &recipient, &sealed, &err));
	trust_grant_init(&taken);
	if (!trust_grant_open(sealed.data, sealed.len, &keys, &taken, &err))
		fail_msg("%s", err.message);
	assert_true(trust_project_same(&taken.project, &project));
	assert_int_equal(taken.papers.certs.n, 1);
	assert_true(taken.secrets.has_reader[TRUST_STANDARD]);
	assert_false(taken.secrets.has_reader[TRUST_PROTECTED]);
	assert_false(taken.secrets.has_project || taken.secrets.has_store);
	trust_grant_release(&taken);
	keys.identities = &another;
	trust_grant_init(&taken);
	assert_false(trust_grant_open(sealed.data, sealed.len, &keys, &taken,
		&err));
	assert_int_equal(err.code, ERR_NOKEY);
	trust_grant_release(&taken);
	/* keys that are not the project's */
	keys.identities = &hers;
	grant.secrets.readers[TRUST_STANDARD] = another;
	str_clear(&sealed);
	assert_true(trust_grant_seal(&grant, &recipient, &sealed, &err));
	trust_grant_init(&taken);
	assert_false(trust_grant_open(sealed.data, sealed.len, &keys, &taken,
		&err));
	assert_int_equal(err.code, ERR_SPEC);
	trust_grant_release(&taken);
	trust_grant_release(&grant);
	trust_signed_release(&asked);
	trust_signed_release(&none);
	str_release(&sealed);
}

static void messages_come_back_from_whom_they_name(void **state)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct trust_receipt receipt = { .records = { 0 } }, got;
	struct trust_query query = { .record = "uuid:a", .asked = TODAY,
		.text = "Is 12 right?" }, back;
	struct trust_policy policy = { .idle_minutes = 5 }, read;
	struct trust_hash hash = { { 1, 2, 3 } };
	struct trust_refused refused = { { { 4, 5, 6 } }, "no-consent" };
	struct minisign_key store, stranger;
	struct minisign_public key, strange;

	(void)state;
	minisign_key_new(&store);
	minisign_key_public(&store, &key);
	minisign_key_new(&stranger);
	minisign_key_public(&stranger, &strange);
	vec_push(&receipt.records, hash);
	vec_push(&receipt.refused, refused);
	assert_true(trust_receipt_sign(&receipt, project.id, &store, &text,
		&err));
	assert_true(trust_receipt_parse(&text, project.id, &key, &got, &err));
	assert_int_equal(got.records.n, 1);
	assert_memory_equal(&got.records.items[0], &hash, sizeof hash);
	assert_int_equal(got.refused.n, 1);
	assert_memory_equal(&got.refused.items[0].record, &refused.record,
		sizeof refused.record);
	assert_string_equal(got.refused.items[0].code, refused.code);
	trust_receipt_release(&got);
	memcpy(receipt.refused.items[0].code, "no word", 8);
	assert_false(trust_receipt_sign(&receipt, project.id, &store, &text,
		&err));
	assert_int_equal(err.code, ERR_VALUE);
	err_clear(&err);
	assert_false(trust_receipt_parse(&text, project.id, &strange, &got,
		&err));
	assert_int_equal(err.code, ERR_CRYPTO);
	assert_false(trust_receipt_parse(&text, "0123456789abcdef", &key,
		&got, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	trust_receipt_release(&receipt);
	assert_true(trust_query_sign(&query, project.id, &store, &text, &err));
	assert_true(trust_query_parse(&text, project.id, &key, &back, &err));
	assert_string_equal(back.text, query.text);
	assert_string_equal(back.record, query.record);
	assert_false(trust_receipt_parse(&text, project.id, &key, &got, &err));
	memcpy(query.text, "a\nb", 4);
	assert_false(trust_query_sign(&query, project.id, &store, &text,
		&err));
	trust_policy_sign(&policy, TODAY, project.id, &store, &text);
	assert_true(trust_policy_parse(&text, project.id, &key, &read, &err));
	assert_int_equal(read.idle_minutes, 5);
	trust_signed_release(&text);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_project_comes_back_from_its_json),
		TEST(names_that_cannot_be_shown_are_refused),
		TEST(a_signed_project_is_believed_only_whole),
		TEST(a_project_signed_by_another_is_refused),
		TEST(members_that_miss_or_are_wrong_are_named),
		TEST(an_id_belongs_to_its_key),
		TEST(a_key_of_one_class_opens_nothing_of_the_other),
		TEST(unknown_classes_count_as_standard),
		TEST(secrets_come_back),
		TEST(recovery_opens_what_the_reader_opens),
		TEST(a_certificate_allows_its_roles_only),
		TEST(a_certificate_of_another_project_is_refused),
		TEST(an_unknown_role_gives_nothing),
		TEST(a_device_comes_back),
		TEST(a_workers_code_is_short_and_plain),
		TEST(a_rotation_keeps_the_reader_of_before),
		TEST(an_older_description_does_not_follow),
		TEST(policies_are_read_as_people_write_them),
		TEST(papers_say_who_may_act_now),
		TEST(nobody_else_withdraws_a_certificate),
		TEST(a_grant_opens_for_who_asked_only),
		TEST(messages_come_back_from_whom_they_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
