#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "trust/grant.h"
#include "trust/want.h"

#define HEADING "bayaz-grant 1\n"
#define REQUEST_WORD "store"

/* ---- the request ---- */

bool trust_request_new(const char *project, const struct minisign_key *key,
	const char *name, const struct age_recipient *recipient,
	struct trust_signed *out, struct err *err)
{
	char key_text[MINISIGN_PUBLIC_TEXT], age[AGE_RECIPIENT_TEXT];
	struct minisign_public public_key;
	struct json *object;
	char *line;

	if (!name_check(name, TRUST_NAME_BYTES, err))
		return false;
	minisign_key_public(key, &public_key);
	minisign_public_format(&public_key, key_text);
	age_recipient_format(recipient, age);
	object = js_new_object();
	js_put_int(object, "format", 1);
	js_put_text(object, "key", key_text);
	js_put_text(object, "name", name);
	js_put_text(object, "project", project);
	js_put_text(object, "recipient", age);
	js_put_text(object, "request", REQUEST_WORD);
	line = js_print(object);
	trust_sign(out, line, key);
	free(line);
	js_free(object);
	return true;
}

static bool read_request(const struct json *object, const char *project,
	struct trust_request *request, struct err *err)
{
	const char *what = js_get_text(object, "request");
	char id[TRUST_ID_BYTES], age[AGE_RECIPIENT_TEXT];

	if (what == NULL || strcmp(what, REQUEST_WORD) != 0)
		return want_failed("request", err);
	if (!want_id(object, "project", id, err) ||
	    !want_key(object, "key", &request->key, err) ||
	    !want_text(object, "name", request->name, sizeof request->name,
		err) ||
	    !name_check(request->name, sizeof request->name, err) ||
	    !want_text(object, "recipient", age, sizeof age, err))
		return false;
	if (!age_recipient_parse(age, &request->recipient, NULL))
		return want_failed("recipient", err);
	return strcmp(id, project) == 0 || err_set(err, ERR_CONFLICT,
		_("'%s' asks to join another project"), request->name);
}

bool trust_request_check(const struct trust_signed *text, const char *project,
	struct trust_request *request, struct err *err)
{
	struct json *object = want_object(text->document.data,
		text->document.len, err);
	bool ok;

	memset(request, 0, sizeof *request);
	if (object == NULL)
		return false;
	ok = read_request(object, project, request, err) &&
		trust_signed_check(text, &request->key, err);
	js_free(object);
	return ok;
}

/* ---- the grant ---- */

void trust_grant_init(struct trust_grant *grant)
{
	memset(grant, 0, sizeof *grant);
	str_init(&grant->project_text.document);
	str_init(&grant->project_text.signature);
}

void trust_grant_release(struct trust_grant *grant)
{
	trust_signed_release(&grant->project_text);
	trust_papers_release(&grant->papers);
	trust_secrets_wipe(&grant->secrets);
}

bool trust_grant_seal(const struct trust_grant *grant,
	const struct age_recipient *recipient, struct str *out,
	struct err *err)
{
	struct age_to to = { .recipients = recipient, .n_recipients = 1 };
	struct str plain = STR_INIT;
	bool ok;

	str_room(&plain, GRANT_MAX_BYTES);	/* no copies when it grows */
	str_add(&plain, HEADING);
	trust_secrets_print(&grant->secrets, &plain);
	str_addc(&plain, '\n');
	trust_signed_join(&grant->project_text, &plain);
	trust_papers_print(&grant->papers, &plain);
	ok = age_encrypt_bytes(&to, plain.data, plain.len, out, err);
	str_wipe(&plain);
	return ok;
}

static bool not_a_grant(struct err *err)
{
	return err_set(err, ERR_SYNTAX,
		_("this is not a grant for a coordinator"));
}

/* The end of the n-th line; NULL: there are not so many. */
static const char *after_lines(const char *bytes, size_t n_bytes, int n)
{
	const char *at = bytes, *end = bytes + n_bytes;

	for (; n > 0 && at != NULL; n--) {
		at = memchr(at, '\n', (size_t)(end - at));
		if (at != NULL)
			at++;
	}
	return at;
}

static bool is_reader(const struct age_identity *identity,
	const struct age_recipient *recipient)
{
	struct age_recipient is;

	age_identity_recipient(identity, &is);
	return memcmp(is.point, recipient->point, sizeof is.point) == 0;
}

/* Nothing but readers, and of each class the right one. */
static bool check_secrets(const struct trust_grant *grant, struct err *err)
{
	const struct trust_secrets *secrets = &grant->secrets;
	bool ok = !secrets->has_project && !secrets->has_store;

	for (int i = 0; i < N_TRUST_CLASSES; i++)
		if (secrets->has_reader[i] && !is_reader(&secrets->readers[i],
		    &grant->project.readers[i]))
			ok = false;
	return ok || err_set(err, ERR_SPEC,
		_("the keys in the grant are not those of the project"));
}

static bool parse_signed(const char *bytes, size_t n_bytes,
	struct trust_grant *grant, struct err *err)
{
	const char *papers = after_lines(bytes, n_bytes, 5);
	size_t n = papers != NULL ? (size_t)(papers - bytes) : n_bytes;

	return trust_signed_split(&grant->project_text, bytes, n, err) &&
		trust_project_check(&grant->project_text, &grant->project,
			err) &&
		trust_papers_parse(&grant->papers, bytes + n, n_bytes - n,
			&grant->project, err) &&
		check_secrets(grant, err);
}

bool trust_grant_parse(const char *bytes, size_t n_bytes,
	struct trust_grant *grant, struct err *err)
{
	const size_t n_heading = sizeof HEADING - 1;
	const char *rest, *secrets = bytes + n_heading;
	size_t n_left;

	if (n_bytes < n_heading || memcmp(bytes, HEADING, n_heading) != 0)
		return not_a_grant(err);
	n_left = n_bytes - n_heading;
	for (rest = secrets; rest != NULL; ) {
		size_t at = (size_t)(rest - secrets);

		if (at < n_left && *rest == '\n')
			break;
		rest = after_lines(rest, n_left - at, 1);
	}
	if (rest == NULL)
		return not_a_grant(err);
	return trust_secrets_parse(secrets, (size_t)(rest - secrets),
			&grant->secrets, err) &&
		parse_signed(rest + 1, n_left - (size_t)(rest - secrets) - 1,
			grant, err);
}

bool trust_grant_open(const void *bytes, size_t n_bytes,
	const struct age_keys *keys, struct trust_grant *grant,
	struct err *err)
{
	struct str plain = STR_INIT;
	bool ok = age_decrypt_bytes(keys, bytes, n_bytes, GRANT_MAX_BYTES,
			&plain, err) &&
		trust_grant_parse(plain.data, plain.len, grant, err);

	str_wipe(&plain);
	return ok;
}
