/* A coordinator's workspace and a store, opened together. */
#include "config.h"

#include "cmd/centre.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "cmd/secret.h"
#include "db/db.h"
#include "field/forms.h"
#include "field/workspace.h"
#include "store/fact.h"
#include "store/gate.h"
#include "store/judge.h"

static bool add_papers(struct centre *c, const struct trust_papers *papers,
	struct err *err)
{
	for (size_t i = 0; i < papers->certs.n; i++)
		if (!fact_add_certificate(c->store,
				&papers->certs.items[i].text, err))
			return false;
	for (size_t i = 0; i < papers->withdrawals.n; i++)
		if (!fact_add_withdrawal(c->store,
				&papers->withdrawals.items[i].text, err))
			return false;
	return true;
}

static bool add_project(struct centre *c, struct err *err)
{
	struct trust_papers papers = TRUST_PAPERS_INIT;
	struct trust_signed text = TRUST_SIGNED_INIT;
	bool ok = member_project(c->ws, &c->project, err) &&
		member_get_signed(c->ws, WORKSPACE_PROJECT, &text, err) &&
		fact_add_project(c->store, &text, err) &&
		member_papers(c->ws, &c->project, &papers, err) &&
		add_papers(c, &papers, err);

	trust_papers_release(&papers);
	trust_signed_release(&text);
	return ok;
}

struct form_list { struct centre *centre; struct err *err; bool ok; };

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct fact_file *)a)->name,
		((const struct fact_file *)b)->name);
}

static bool read_files(struct centre *c, const struct form_info *info,
	struct fact_file *files, struct str *bytes, struct err *err)
{
	for (size_t i = 0; i < info->n_media; i++) {
		if (!forms_media(c->ws, info, files[i].name, &bytes[i], err))
			return false;
		files[i].bytes = bytes[i].data;
		files[i].n_bytes = bytes[i].len;
	}
	return true;
}

static bool add_new_form(struct centre *c, const struct form_info *info,
	struct fact_form *form, struct fact_file *files, struct err *err)
{
	struct str xml = STR_INIT;
	struct str *bytes = xcalloc(info->n_media + 1, sizeof *bytes);
	bool ok;

	for (size_t i = 0; i < info->n_media; i++)
		str_init(&bytes[i]);
	ok = forms_xml(c->ws, info, &xml, err) &&
		read_files(c, info, files, bytes, err);
	form->xml = xml.data;
	form->n_bytes = xml.len;
	ok = ok && fact_add_form(c->store, c->setup.store_key, form, err);
	c->forms_new = c->forms_new || ok;
	for (size_t i = 0; i < info->n_media; i++)
		str_release(&bytes[i]);
	free(bytes);
	str_release(&xml);
	return ok;
}

static bool add_form(void *context, const struct form_info *info)
{
	struct form_list *list = context;
	struct fact_file *files = xcalloc(info->n_media + 1, sizeof *files);
	struct fact_form form = { .files = files, .n_files = info->n_media };
	bool has = false;

	memcpy(form.sha256, info->sha256, sizeof form.sha256);
	for (size_t i = 0; i < info->n_media; i++) {
		files[i].name = info->media[i].name;
		memcpy(files[i].sha256, info->media[i].sha256,
			sizeof files[i].sha256);
	}
	if (info->n_media > 0)
		qsort(files, info->n_media, sizeof *files, by_name);
	list->ok = fact_has_form(list->centre->store,
			list->centre->setup.store_key, &form, &has, list->err) &&
		(has || add_new_form(list->centre, info, &form, files, list->err));
	free(files);
	return list->ok;
}

/* The project, its certificate and the forms of the workspace become facts:
 * all of them at once, whatever bundles come, so that order cannot matter. */
static bool prepare_store(struct centre *c, struct err *err)
{
	struct form_list list = { c, err, true };
	struct db *db = store_db(c->store);
	bool ok = db_begin(db, err) && add_project(c, err) &&
		forms_each(c->ws, add_form, &list, err) && list.ok &&
		(!c->forms_new || fact_derive_forms(c->store, err)) &&
		gate_enforce(c->store, c->setup.store_key, NULL, err) &&
		db_commit(db, err);

	if (!ok)
		db_rollback(db);
	return ok;
}

static bool open_keys(struct centre *c, struct err *err)
{
	size_t n;

	if (!member_secrets(c->ws, &c->secrets, err) ||
			!member_identities(c->ws, c->identities, &n, err))
		return false;
	c->keys.identities = c->identities;
	c->keys.n_identities = n;
	c->setup.keys = &c->keys;
	c->setup.protected_ = c->protected_;
	c->setup.n_protected = trust_secrets_class(&c->secrets,
		TRUST_PROTECTED, c->protected_);
	if (c->secrets.has_store)
		c->setup.store_key = &c->secrets.store;
	else if (c->secrets.has_project)
		c->setup.store_key = &c->secrets.project;
	else
		return err_set(err, ERR_NOTFOUND,
			_("this workspace holds no coordinator's keys"));
	return true;
}

bool centre_open(struct centre *c, const struct cmd_args *args,
	unsigned flags, struct err *err)
{
	const char *path = cmd_text(args, "store");

	memset(c, 0, sizeof *c);
	c->ws = cmd_workspace_open(args, err);
	if (c->ws == NULL || !open_keys(c, err))
		return false;
	c->store_is_new = !file_exists(path);
	c->store = store_open(path, flags, err);
	return c->store != NULL && prepare_store(c, err);
}

bool centre_may(const struct centre *c, enum trust_role role, struct err *err)
{
	static const char unsaid[SHA256_HEX_BYTES] = "";
	char text[MINISIGN_PUBLIC_TEXT];
	struct minisign_public key;
	struct judge judge;
	bool ok = judge_load(c->store, &judge, err);

	minisign_key_public(c->setup.store_key, &key);
	minisign_public_format(&key, text);
	if (ok && !judge_counts(&judge, text, unsaid, role))
		ok = err_set(err, ERR_REFUSED,
			_("this workspace's key has no certificate for the "
			  "role '%s'"), trust_role_name(role));
	judge_release(&judge);
	return ok;
}

void centre_close(struct centre *c)
{
	store_close(c->store);
	for (size_t i = 0; i < MEMBER_IDENTITIES_MAX; i++)
		age_identity_wipe(&c->identities[i]);
	for (size_t i = 0; i < c->setup.n_protected; i++)
		age_identity_wipe(&c->protected_[i]);
	trust_secrets_wipe(&c->secrets);
	workspace_close(c->ws);
}
