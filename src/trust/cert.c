#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "trust/cert.h"
#include "trust/want.h"

/* In the order of the alphabet, as they are printed. */
static const struct { unsigned role; const char *name; } roles[] = {
	{ ROLE_DELETE, "delete" },
	{ ROLE_MERGE, "merge" },
	{ ROLE_PUBLISH, "publish" },
	{ ROLE_REVIEW, "review" },
};
enum { N_ROLES = sizeof roles / sizeof roles[0] };

const char *trust_role_name(enum trust_role role)
{
	for (size_t i = 0; i < N_ROLES; i++)
		if (roles[i].role == role)
			return roles[i].name;
	return NULL;
}

unsigned trust_role_find(const char *name)
{
	for (size_t i = 0; name != NULL && i < N_ROLES; i++)
		if (strcmp(roles[i].name, name) == 0)
			return roles[i].role;
	return 0;
}

void trust_roles_print(unsigned has, struct str *out)
{
	bool first = true;

	for (size_t i = 0; i < N_ROLES; i++) {
		if (!(has & roles[i].role))
			continue;
		str_addf(out, "%s%s", first ? "" : ", ", roles[i].name);
		first = false;
	}
}

static struct json *roles_json(unsigned has)
{
	struct json *array = js_new_array();

	for (size_t i = 0; i < N_ROLES; i++)
		if (has & roles[i].role)
			js_add(array, js_new_text(roles[i].name));
	return array;
}

char *trust_cert_print(const struct trust_cert *cert)
{
	struct json *object = js_new_object();
	char key[MINISIGN_PUBLIC_TEXT];
	char *line, *text;

	minisign_public_format(&cert->key, key);
	js_put_int(object, "format", 1);
	js_put_text(object, "key", key);
	js_put_text(object, "made", cert->made);
	js_put_text(object, "name", cert->name);
	js_put_text(object, "project", cert->project);
	js_put(object, "roles", roles_json(cert->roles));
	line = js_print(object);
	text = str_format("%s\n", line);
	free(line);
	js_free(object);
	return text;
}

bool trust_cert_new(const struct trust_project *project,
	const struct minisign_key *project_key,
	const struct minisign_public *key, const char *name, unsigned has,
	const char *made, struct trust_signed *out, struct err *err)
{
	struct trust_cert cert;
	char *text;

	memset(&cert, 0, sizeof cert);
	if (!name_check(name, sizeof cert.name, err))
		return false;
	memcpy(cert.project, project->id, TRUST_ID_BYTES);
	memcpy(cert.name, name, strlen(name) + 1);
	memcpy(cert.made, made, TRUST_DATE_BYTES);
	cert.key = *key;
	cert.roles = has;
	text = trust_cert_print(&cert);
	trust_sign(out, text, project_key);
	free(text);
	return true;
}

/* A role that we do not know is left out: it can only allow more. */
static bool get_roles(const struct json *object, unsigned *has,
	struct err *err)
{
	const struct json *array = js_get(object, "roles");

	*has = 0;
	if (!js_is_array(array))
		return want_failed("roles", err);
	for (size_t i = 0; i < js_size(array); i++)
		*has |= trust_role_find(js_text(js_at(array, i)));
	return true;
}

bool trust_cert_parse(const char *bytes, size_t n_bytes,
	struct trust_cert *cert, struct err *err)
{
	struct json *object = want_object(bytes, n_bytes, err);
	bool ok;

	memset(cert, 0, sizeof *cert);
	if (object == NULL)
		return false;
	ok = want_id(object, "project", cert->project, err) &&
		want_key(object, "key", &cert->key, err) &&
		want_date(object, "made", cert->made, err) &&
		want_text(object, "name", cert->name, sizeof cert->name,
			err) &&
		name_check(cert->name, sizeof cert->name, err) &&
		get_roles(object, &cert->roles, err);
	js_free(object);
	return ok;
}

bool trust_cert_check(const struct trust_signed *signed_,
	const struct trust_project *project, struct trust_cert *cert,
	struct err *err)
{
	if (!trust_cert_parse(signed_->document.data, signed_->document.len,
	    cert, err) ||
	    !trust_signed_check(signed_, &project->key, err))
		return false;
	if (strcmp(cert->project, project->id) != 0)
		return err_set(err, ERR_CONFLICT,
			_("the certificate of '%s' is of another project"),
			cert->name);
	return true;
}

bool trust_may(const struct trust_project *project,
	const struct trust_cert *certs, size_t n_certs,
	const struct minisign_public *key, unsigned needed)
{
	if (minisign_public_same(&project->key, key))
		return true;
	for (size_t i = 0; i < n_certs; i++)
		if (minisign_public_same(&certs[i].key, key) &&
		    strcmp(certs[i].project, project->id) == 0 &&
		    (certs[i].roles & needed) == needed)
			return true;
	return false;
}
