#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "trust/want.h"
#include "trust/project.h"

#define SECRETS_HEADING "bayaz-secrets 1\n"
#define HALF_A "BAYAZ-HALF-A-"
#define HALF_B "BAYAZ-HALF-B-"

static const char *const class_names[N_TRUST_CLASSES] = {
	"standard", "protected",
};

/* ---- making ---- */

static void id_of_key(const struct minisign_public *key,
	char id[TRUST_ID_BYTES])
{
	char hex[SHA256_HEX_BYTES];

	sha256_hex(key->point, sizeof key->point, hex);
	memcpy(id, hex, TRUST_ID_BYTES - 1);
	id[TRUST_ID_BYTES - 1] = '\0';
}

static void draw_readers(struct trust_project *project,
	struct trust_secrets *secrets)
{
	for (int i = 0; i < N_TRUST_CLASSES; i++) {
		age_identity_new(&secrets->readers[i]);
		secrets->has_reader[i] = true;
		age_identity_recipient(&secrets->readers[i],
			&project->readers[i]);
	}
}

static void join_halves(const uint8_t a[32], const uint8_t b[32],
	struct age_identity *identity)
{
	uint8_t secret[32];

	for (int i = 0; i < 32; i++)
		secret[i] = (uint8_t)(a[i] ^ b[i]);
	age_identity_from_secret(secret, identity);
	wipe(secret, sizeof secret);
}

static void draw_recovery(struct trust_project *project,
	struct trust_recovery *recovery)
{
	struct age_identity joined;

	age_identity_new(&recovery->standard);
	age_identity_recipient(&recovery->standard,
		&project->recovery[TRUST_STANDARD]);
	crypt_random(recovery->half_a, sizeof recovery->half_a);
	crypt_random(recovery->half_b, sizeof recovery->half_b);
	join_halves(recovery->half_a, recovery->half_b, &joined);
	age_identity_recipient(&joined, &project->recovery[TRUST_PROTECTED]);
	age_identity_wipe(&joined);
}

bool trust_project_new(const char *name, const char *made, bool training,
	struct trust_policy policy, struct trust_project *project,
	struct trust_secrets *secrets, struct trust_recovery *recovery,
	struct err *err)
{
	memset(project, 0, sizeof *project);
	memset(secrets, 0, sizeof *secrets);
	if (!name_check(name, sizeof project->name, err))
		return false;
	memcpy(project->name, name, strlen(name) + 1);
	memcpy(project->made, made, TRUST_DATE_BYTES);
	project->serial = 1;
	project->training = training;
	project->policy = policy;
	if (project->policy.idle_minutes == 0)
		project->policy.idle_minutes = IDLE_MINUTES;
	minisign_key_new(&secrets->project);
	secrets->has_project = true;
	minisign_key_public(&secrets->project, &project->key);
	id_of_key(&project->key, project->id);
	draw_readers(project, secrets);
	draw_recovery(project, recovery);
	return true;
}

/* ---- project.json ---- */

static struct json *recipients_json(const struct trust_project *project,
	enum trust_class class_)
{
	struct json *array = js_new_array();
	struct age_recipient both[2];

	trust_project_recipients(project, class_, both);
	for (int i = 0; i < 2; i++) {
		char text[AGE_RECIPIENT_TEXT];

		age_recipient_format(&both[i], text);
		js_add(array, js_new_text(text));
	}
	return array;
}

char *trust_project_print(const struct trust_project *project)
{
	struct json *object = js_new_object();
	char key[MINISIGN_PUBLIC_TEXT];
	char *line, *text;

	minisign_public_format(&project->key, key);
	js_put_int(object, "format", 1);
	js_put_text(object, "id", project->id);
	js_put_text(object, "key", key);
	js_put_text(object, "made", project->made);
	js_put_text(object, "name", project->name);
	js_put_int(object, "serial", project->serial);
	js_put_bool(object, "training", project->training);
	js_put(object, "policy", trust_policy_json(&project->policy));
	for (int i = 0; i < N_TRUST_CLASSES; i++)
		js_put(object, class_names[i],
			recipients_json(project, (enum trust_class)i));
	line = js_print(object);
	text = str_format("%s\n", line);
	free(line);
	js_free(object);
	return text;
}

static bool get_recipients(const struct json *object, const char *name,
	struct age_recipient *reader, struct age_recipient *recovery,
	struct err *err)
{
	const struct json *array = js_get(object, name);
	struct age_recipient *const to[2] = { reader, recovery };

	if (!js_is_array(array) || js_size(array) != 2)
		return want_failed(name, err);
	for (size_t i = 0; i < 2; i++) {
		const char *text = js_text(js_at(array, i));

		if (text == NULL || !age_recipient_parse(text, to[i], NULL))
			return want_failed(name, err);
	}
	return true;
}

/* The id is told by the key: no other is right. */
static bool check_id(const struct trust_project *project, struct err *err)
{
	char id[TRUST_ID_BYTES];

	id_of_key(&project->key, id);
	return strcmp(id, project->id) == 0 || want_failed("id", err);
}

static bool get_project(const struct json *object,
	struct trust_project *project, struct err *err)
{
	if (!want_id(object, "id", project->id, err) ||
	    !want_key(object, "key", &project->key, err) ||
	    !check_id(project, err) ||
	    !want_date(object, "made", project->made, err) ||
	    !want_text(object, "name", project->name, sizeof project->name,
		err) ||
	    !name_check(project->name, sizeof project->name, err) ||
	    !trust_policy_read(js_get(object, "policy"), &project->policy,
		err))
		return false;
	if (!js_is_bool(js_get(object, "training")))
		return want_failed("training", err);
	project->training = js_get_bool(object, "training", false);
	project->serial = js_get_int(object, "serial", 1);
	if (project->serial < 1)
		return want_failed("serial", err);
	for (int i = 0; i < N_TRUST_CLASSES; i++)
		if (!get_recipients(object, class_names[i],
		    &project->readers[i], &project->recovery[i], err))
			return false;
	return true;
}

bool trust_project_parse(const char *bytes, size_t n_bytes,
	struct trust_project *project, struct err *err)
{
	struct json *object = want_object(bytes, n_bytes, err);
	bool ok;

	memset(project, 0, sizeof *project);
	if (object == NULL)
		return false;
	ok = get_project(object, project, err);
	js_free(object);
	return ok;
}

bool trust_project_check(const struct trust_signed *signed_,
	struct trust_project *project, struct err *err)
{
	return trust_project_parse(signed_->document.data,
			signed_->document.len, project, err) &&
		trust_signed_check(signed_, &project->key, err);
}

bool trust_project_read(const char *bytes, size_t n_bytes,
	struct trust_project *project, struct err *err)
{
	struct trust_signed signed_ = TRUST_SIGNED_INIT;
	bool ok = trust_signed_split(&signed_, bytes, n_bytes, err) &&
		trust_project_check(&signed_, project, err);

	trust_signed_release(&signed_);
	return ok;
}

bool trust_project_same(const struct trust_project *a,
	const struct trust_project *b)
{
	return minisign_public_same(&a->key, &b->key) &&
		strcmp(a->id, b->id) == 0;
}

bool trust_project_follows(const struct trust_project *newer,
	const struct trust_project *ours, struct err *err)
{
	if (!trust_project_same(ours, newer))
		return err_set(err, ERR_CONFLICT,
			_("this is of another project ('%s'); this workspace "
			  "belongs to '%s'"), newer->name, ours->name);
	if (newer->serial < ours->serial)
		return err_set(err, ERR_CONFLICT,
			_("this has an older description of the project "
			  "(number %lld; here is number %lld)"),
			(long long)newer->serial, (long long)ours->serial);
	return true;
}

void trust_project_fingerprint(const struct trust_project *project,
	char text[FINGERPRINT_BYTES])
{
	minisign_public_fingerprint(&project->key, text);
}

void trust_project_recipients(const struct trust_project *project,
	enum trust_class class_, struct age_recipient recipients[2])
{
	recipients[0] = project->readers[class_];
	recipients[1] = project->recovery[class_];
}

const char *trust_class_name(enum trust_class class_)
{
	return class_names[class_];
}

enum trust_class trust_class_of(const char *form_class)
{
	return form_class != NULL && strcmp(form_class, "protected") == 0 ?
		TRUST_PROTECTED : TRUST_STANDARD;
}

/* ---- secrets ---- */

static void add_signing_key(struct str *out, const char *word,
	const struct minisign_key *key)
{
	uint8_t both[8 + 64];

	memcpy(both, key->id, 8);
	memcpy(both + 8, key->secret, 64);
	secret_line_add(out, word, both, sizeof both);
	wipe(both, sizeof both);
}

static bool get_signing_key(const char *text, const char *word,
	struct minisign_key *key, bool *there, struct err *err)
{
	uint8_t both[8 + 64];
	bool ok = secret_line_get(text, word, both, sizeof both, there, err);

	if (ok && *there) {
		memcpy(key->id, both, 8);
		memcpy(key->secret, both + 8, 64);
	}
	wipe(both, sizeof both);
	return ok;
}

/* "standard-3": the third of the readers of before. */
static const char *old_word(int class_, size_t i, char word[32])
{
	snprintf(word, 32, "%s-%zu", class_names[class_], i + 1);
	return word;
}

static void print_old(const struct trust_secrets *secrets, int class_,
	struct str *out)
{
	char word[32];

	for (size_t i = 0; i < secrets->n_old[class_]; i++)
		secret_line_add(out, old_word(class_, i, word),
			secrets->old[class_][i].secret, 32);
}

void trust_secrets_print(const struct trust_secrets *secrets, struct str *out)
{
	str_add(out, SECRETS_HEADING);
	if (secrets->has_project)
		add_signing_key(out, "project", &secrets->project);
	if (secrets->has_store)
		add_signing_key(out, "store", &secrets->store);
	for (int i = 0; i < N_TRUST_CLASSES; i++)
		if (secrets->has_reader[i])
			secret_line_add(out, class_names[i],
				secrets->readers[i].secret, 32);
	for (int i = 0; i < N_TRUST_CLASSES; i++)
		print_old(secrets, i, out);
}

static bool get_identity(const char *text, const char *word,
	struct age_identity *identity, bool *there, struct err *err)
{
	uint8_t secret[32];
	bool ok = secret_line_get(text, word, secret, 32, there, err);

	if (ok && *there)
		age_identity_from_secret(secret, identity);
	wipe(secret, sizeof secret);
	return ok;
}

static bool get_old(const char *text, struct trust_secrets *secrets,
	int class_, struct err *err)
{
	bool there = true;
	char word[32];

	for (size_t i = 0; there && i < TRUST_OLD_MAX; i++) {
		if (!get_identity(text, old_word(class_, i, word),
		    &secrets->old[class_][i], &there, err))
			return false;
		secrets->n_old[class_] += there;
	}
	return true;
}

static bool get_secrets(const char *text, struct trust_secrets *secrets,
	struct err *err)
{
	if (!str_starts(text, SECRETS_HEADING))
		return err_set(err, ERR_SYNTAX,
			_("the stored keys are damaged or of a newer bayaz"));
	if (!get_signing_key(text, "project", &secrets->project,
		&secrets->has_project, err) ||
	    !get_signing_key(text, "store", &secrets->store,
		&secrets->has_store, err))
		return false;
	for (int i = 0; i < N_TRUST_CLASSES; i++)
		if (!get_identity(text, class_names[i], &secrets->readers[i],
		    &secrets->has_reader[i], err) ||
		    !get_old(text, secrets, i, err))
			return false;
	return true;
}

bool trust_secrets_parse(const char *bytes, size_t n_bytes,
	struct trust_secrets *secrets, struct err *err)
{
	char *text = xstrndup(bytes, n_bytes);
	bool ok;

	memset(secrets, 0, sizeof *secrets);
	ok = get_secrets(text, secrets, err);
	wipe(text, n_bytes);
	free(text);
	if (!ok)
		trust_secrets_wipe(secrets);
	return ok;
}

void trust_secrets_wipe(struct trust_secrets *secrets)
{
	wipe(secrets, sizeof *secrets);
	memset(secrets, 0, sizeof *secrets);
}

size_t trust_secrets_class(const struct trust_secrets *secrets,
	enum trust_class class_,
	struct age_identity identities[1 + TRUST_OLD_MAX])
{
	size_t n = 0;

	if (secrets->has_reader[class_])
		identities[n++] = secrets->readers[class_];
	for (size_t i = secrets->n_old[class_]; i > 0; i--)
		identities[n++] = secrets->old[class_][i - 1];
	return n;
}

size_t trust_secrets_identities(const struct trust_secrets *secrets,
	struct age_identity identities[TRUST_IDENTITIES_MAX])
{
	size_t n = 0;

	for (int i = 0; i < N_TRUST_CLASSES; i++)
		n += trust_secrets_class(secrets, (enum trust_class)i,
			identities + n);
	return n;
}

bool trust_secrets_keep(struct trust_secrets *secrets,
	enum trust_class class_, const struct age_identity *identity,
	struct err *err)
{
	struct age_identity all[1 + TRUST_OLD_MAX];
	size_t n = trust_secrets_class(secrets, class_, all);
	bool there = false;

	for (size_t i = 0; i < n; i++)
		there = there || memcmp(all[i].point, identity->point,
			sizeof identity->point) == 0;
	wipe(all, sizeof all);
	if (there)
		return true;
	if (secrets->n_old[class_] == TRUST_OLD_MAX)
		return err_set(err, ERR_LIMIT,
			_("this workspace keeps %d keys of before already"),
			TRUST_OLD_MAX);
	secrets->old[class_][secrets->n_old[class_]++] = *identity;
	return true;
}

bool trust_project_rotate(struct trust_project *project,
	struct trust_secrets *secrets, enum trust_class class_,
	struct err *err)
{
	struct age_identity fresh;
	bool ok;

	if (!secrets->has_reader[class_])
		return err_set(err, ERR_NOTFOUND,
			_("this workspace does not hold the key that reads "
			  "'%s' forms"), class_names[class_]);
	age_identity_new(&fresh);
	/* kept among the old ones first: never out of both */
	ok = secrets->n_old[class_] < TRUST_OLD_MAX ||
		err_set(err, ERR_LIMIT,
			_("this workspace keeps %d keys of before already"),
			TRUST_OLD_MAX);
	if (ok) {
		secrets->old[class_][secrets->n_old[class_]++] =
			secrets->readers[class_];
		secrets->readers[class_] = fresh;
		age_identity_recipient(&fresh, &project->readers[class_]);
	}
	age_identity_wipe(&fresh);
	return ok;
}

/* ---- recovery ---- */

void trust_recovery_standard(const struct trust_recovery *recovery,
	struct str *out)
{
	char text[AGE_IDENTITY_TEXT];

	age_identity_format(&recovery->standard, text);
	str_add(out, text);
	wipe(text, sizeof text);
}

void trust_recovery_half(const struct trust_recovery *recovery, char half,
	struct str *out)
{
	if (half == 'A')
		bech32_format(HALF_A, recovery->half_a, out);
	else
		bech32_format(HALF_B, recovery->half_b, out);
}

void trust_recovery_wipe(struct trust_recovery *recovery)
{
	wipe(recovery, sizeof *recovery);
}

bool trust_recovery_half_read(const char *text, char *which,
	uint8_t bytes[32], struct err *err)
{
	if (bech32_parse(HALF_A, text, bytes, NULL))
		*which = 'A';
	else if (bech32_parse(HALF_B, text, bytes, NULL))
		*which = 'B';
	else
		return err_set(err, ERR_SYNTAX,
			_("this is not a half of a recovery key, or it is "
			  "misspelt"));
	return true;
}

bool trust_recovery_join(const char *one, const char *other,
	struct age_identity *identity, struct err *err)
{
	uint8_t a[32], b[32];
	char which_a = 0, which_b = 0;
	bool ok = trust_recovery_half_read(one, &which_a, a, err) &&
		trust_recovery_half_read(other, &which_b, b, err);

	if (ok && which_a == which_b)
		ok = err_set(err, ERR_VALUE,
			_("this is twice the half %c: the other is needed"),
			which_a);
	if (ok)
		join_halves(a, b, identity);
	wipe(a, sizeof a);
	wipe(b, sizeof b);
	return ok;
}
