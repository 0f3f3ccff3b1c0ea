#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "cmd/member.h"
#include "field/receive.h"
#include "field/workspace.h"

bool member_get_signed(struct workspace *ws, const char *name,
	struct trust_signed *signed_, struct err *err)
{
	struct str text = STR_INIT;
	bool ok = workspace_get_secret(ws, name, &text, err) &&
		trust_signed_split(signed_, text.data, text.len, err);

	str_wipe(&text);
	return ok;
}

bool member_put_signed(struct workspace *ws, const char *name,
	const struct trust_signed *signed_, struct err *err)
{
	struct str text = STR_INIT;
	bool ok;

	trust_signed_join(signed_, &text);
	ok = workspace_put_secret(ws, name, text.data, text.len, err);
	str_release(&text);
	return ok;
}

bool member_project(struct workspace *ws, struct trust_project *project,
	struct err *err)
{
	struct str text = STR_INIT;
	bool ok;

	if (!workspace_has_secret(ws, WORKSPACE_PROJECT))
		return err_set(err, ERR_NOTFOUND,
			_("this workspace belongs to no project yet: take a "
			  "kit with 'bayaz join', or make one with 'bayaz "
			  "project new'"));
	ok = workspace_get_secret(ws, WORKSPACE_PROJECT, &text, err) &&
		trust_project_read(text.data, text.len, project, err);
	str_wipe(&text);
	return ok;
}

bool member_secrets(struct workspace *ws, struct trust_secrets *secrets,
	struct err *err)
{
	struct str text = STR_INIT;
	bool ok;

	if (!workspace_has_secret(ws, WORKSPACE_SECRETS))
		return err_set(err, ERR_NOTFOUND,
			_("this workspace holds no coordinator's keys"));
	ok = workspace_get_secret(ws, WORKSPACE_SECRETS, &text, err) &&
		trust_secrets_parse(text.data, text.len, secrets, err);
	str_wipe(&text);
	return ok;
}

bool member_device(struct workspace *ws, struct trust_device *device,
	struct err *err)
{
	struct str text = STR_INIT;
	bool ok;

	if (!workspace_has_secret(ws, WORKSPACE_DEVICE))
		return err_set(err, ERR_NOTFOUND,
			_("this workspace has no keys of its own yet: take a "
			  "kit with 'bayaz join'"));
	ok = workspace_get_secret(ws, WORKSPACE_DEVICE, &text, err) &&
		trust_device_parse(text.data, text.len, device, err);
	str_wipe(&text);
	return ok;
}

bool member_identities(struct workspace *ws,
	struct age_identity identities[MEMBER_IDENTITIES_MAX], size_t *n,
	struct err *err)
{
	struct trust_secrets secrets;
	struct trust_device device;

	*n = 0;
	if (workspace_has_secret(ws, WORKSPACE_SECRETS)) {
		if (!member_secrets(ws, &secrets, err))
			return false;
		*n = trust_secrets_identities(&secrets, identities);
		trust_secrets_wipe(&secrets);
	}
	if (workspace_has_secret(ws, WORKSPACE_DEVICE)) {
		if (!member_device(ws, &device, err))
			return false;
		identities[(*n)++] = device.identity;
		trust_device_wipe(&device);
	}
	return true;
}

bool member_papers(struct workspace *ws, const struct trust_project *project,
	struct trust_papers *papers, struct err *err)
{
	struct trust_signed own = TRUST_SIGNED_INIT;
	bool ok = receive_papers(ws, project, papers, err);

	if (ok && workspace_has_secret(ws, MEMBER_CERT))
		ok = member_get_signed(ws, MEMBER_CERT, &own, err) &&
			trust_papers_add(papers, &own, project, err);
	trust_signed_release(&own);
	return ok;
}

bool member_put_papers(struct workspace *ws,
	const struct trust_papers *papers, struct err *err)
{
	struct str text = STR_INIT;
	bool ok;

	trust_papers_print(papers, &text);
	ok = workspace_put_secret(ws, RECEIVE_PAPERS, text.data, text.len,
		err);
	str_release(&text);
	return ok;
}

bool member_number(struct workspace *ws, const char *name, int64_t *number,
	struct err *err)
{
	struct str text = STR_INIT;
	bool ok = true;

	*number = 0;
	if (!workspace_has_secret(ws, name))
		return true;
	ok = workspace_get_secret(ws, name, &text, err);
	if (ok && sscanf(text.data, "%" SCNd64, number) != 1)
		ok = err_set(err, ERR_SPEC, _("'%s' is damaged"),
			workspace_folder(ws));
	str_release(&text);
	return ok;
}

bool member_set_number(struct workspace *ws, const char *name, int64_t number,
	struct err *err)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%" PRId64, number);

	return workspace_put_secret(ws, name, text, (size_t)n, err);
}

bool member_put_secrets(struct workspace *ws,
	const struct trust_secrets *secrets, struct err *err)
{
	struct str text = STR_INIT;
	bool ok;

	trust_secrets_print(secrets, &text);
	ok = workspace_put_secret(ws, WORKSPACE_SECRETS, text.data, text.len,
		err);
	str_wipe(&text);
	return ok;
}

bool member_put_device(struct workspace *ws,
	const struct trust_device *device, struct err *err)
{
	struct str text = STR_INIT;
	bool ok;

	trust_device_print(device, &text);
	ok = workspace_put_secret(ws, WORKSPACE_DEVICE, text.data, text.len,
		err);
	str_wipe(&text);
	return ok;
}

void member_today(char date[TRUST_DATE_BYTES])
{
	time_t now = time(NULL);
	struct tm parts;

	localtime_r(&now, &parts);
	if (strftime(date, TRUST_DATE_BYTES, "%Y-%m-%d", &parts) == 0)
		memcpy(date, "0000-00-00", TRUST_DATE_BYTES);
}
