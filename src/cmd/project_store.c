/* bayaz project store: other coordinators, what they may do and read. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "base/utf8.h"
#include "cmd/centre.h"
#include "cmd/cmd.h"
#include "cmd/member.h"
#include "cmd/secret.h"
#include "db/db.h"
#include "field/workspace.h"
#include "store/fact.h"
#include "trust/grant.h"
#include "trust/papers.h"

enum { REQUEST_BYTES_MAX = 64 << 10 };

static void print_fingerprint(const struct minisign_public *key)
{
	char fingerprint[FINGERPRINT_BYTES];

	minisign_public_fingerprint(key, fingerprint);
	printf(_("fingerprint: %s\n"), fingerprint);
}

/* ---- request ---- */

struct asking {
	struct trust_project project;
	struct trust_device device;
	struct trust_secrets secrets;
};

/* The store key that is there, else a new one: asking twice is asking for the
 * same. */
static bool get_store_key(struct asking *a, struct workspace *ws,
	struct err *err)
{
	if (workspace_has_secret(ws, WORKSPACE_SECRETS) &&
			!member_secrets(ws, &a->secrets, err))
		return false;
	if (a->secrets.has_store)
		return true;
	minisign_key_new(&a->secrets.store);
	a->secrets.has_store = true;
	return member_put_secrets(ws, &a->secrets, err);
}

static bool write_request(const struct asking *a, const char *name,
	const char *path, struct err *err)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct age_recipient recipient;
	struct str whole = STR_INIT;
	bool ok;

	age_identity_recipient(&a->device.identity, &recipient);
	ok = trust_request_new(a->project.id, &a->secrets.store, name,
		&recipient, &text, err);
	if (ok) {
		trust_signed_join(&text, &whole);
		ok = file_write(path, whole.data, whole.len, 0644, err);
	}
	str_release(&whole);
	trust_signed_release(&text);
	return ok;
}

static bool ask(struct asking *a, struct workspace *ws,
	const struct cmd_args *args, struct err *err)
{
	struct minisign_public key;
	const char *path = cmd_text(args, "output");

	if (!member_project(ws, &a->project, err) ||
			!member_device(ws, &a->device, err) ||
			!get_store_key(a, ws, err) ||
			!write_request(a, args->items[0], path, err))
		return false;
	if (!workspace_is_sealed(ws) && !a->project.training)
		log_note(_("this workspace has no passphrase: whoever has "
			   "this computer will have a coordinator's keys"));
	printf(_("%s: send it to whoever holds the project's key\n"), path);
	minisign_key_public(&a->secrets.store, &key);
	print_fingerprint(&key);
	puts(_("tell the fingerprint by voice"));
	return true;
}

static int run_request(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct workspace *ws;
	struct asking a;
	bool ok;

	if (cmd_text(args, "output") == NULL)
		return cmd_usage_error(args, _("say where to with -o FILE"));
	memset(&a, 0, sizeof a);
	ws = cmd_workspace_open(args, &err);
	ok = ws != NULL && ask(&a, ws, args, &err);
	trust_secrets_wipe(&a.secrets);
	trust_device_wipe(&a.device);
	workspace_close(ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

/* ---- add ---- */

struct adding {
	struct trust_secrets secrets;
	struct trust_request request;
	struct trust_signed cert;
	struct trust_grant grant;	/* its project, papers and readers */
	unsigned roles;
	bool reads[N_TRUST_CLASSES];
};

static bool read_roles(struct adding *a, const struct cmd_args *args,
	struct err *err)
{
	const char *text;

	for (size_t i = 0; (text = cmd_list(args, "role", i)) != NULL; i++) {
		unsigned role = trust_role_find(text);

		if (role == 0)
			return err_set(err, ERR_USAGE,
				_("there is no role '%s': there are merge, "
				  "review, delete, publish"), text);
		a->roles |= role;
	}
	for (size_t i = 0; (text = cmd_list(args, "reads", i)) != NULL; i++) {
		if (strcmp(text, "standard") != 0 &&
				strcmp(text, "protected") != 0)
			return err_set(err, ERR_USAGE,
				_("--reads takes 'standard' or 'protected'"));
		a->reads[trust_class_of(text)] = true;
	}
	return a->roles != 0 || err_set(err, ERR_USAGE,
		_("say what the store may do: --role merge, review, delete, "
		  "publish"));
}

static bool read_request(struct adding *a, const struct cmd_args *args,
	struct err *err)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct str bytes = STR_INIT;
	char fingerprint[FINGERPRINT_BYTES];
	bool ok = (file_read(args->items[0], REQUEST_BYTES_MAX, &bytes, err) &&
			trust_signed_split(&text, bytes.data, bytes.len,
				err) &&
			trust_request_check(&text, a->grant.project.id,
				&a->request, err)) ||
		err_at(err, args->items[0], 0, 0);

	str_release(&bytes);
	trust_signed_release(&text);
	if (!ok)
		return false;
	minisign_public_fingerprint(&a->request.key, fingerprint);
	if (crypt_fingerprint_same(cmd_text(args, "fingerprint"), fingerprint))
		return true;
	err_set(err, ERR_REFUSED,
		_("the fingerprint of this request is %s, not the one that "
		  "was given: ask again by voice"), fingerprint);
	return err_at(err, args->items[0], 0, 0);
}

static bool has_project_key(const struct trust_secrets *secrets,
	struct err *err)
{
	return secrets->has_project || err_set(err, ERR_NOTFOUND,
		_("the project's key is not in this workspace: 'bayaz "
		  "project online' brings it back"));
}

/* Readers of the classes she may read, those of before too. */
static bool give_readers(struct adding *a, struct err *err)
{
	struct trust_secrets *to = &a->grant.secrets;

	for (int i = 0; i < N_TRUST_CLASSES; i++) {
		if (!a->reads[i])
			continue;
		if (!a->secrets.has_reader[i])
			return err_set(err, ERR_NOTFOUND,
				_("this workspace does not hold the key that "
				  "reads '%s' forms"),
				trust_class_name((enum trust_class)i));
		to->has_reader[i] = true;
		to->readers[i] = a->secrets.readers[i];
		to->n_old[i] = a->secrets.n_old[i];
		memcpy(to->old[i], a->secrets.old[i], sizeof to->old[i]);
	}
	return true;
}

static bool load_ours(struct adding *a, struct workspace *ws, struct err *err)
{
	return member_project(ws, &a->grant.project, err) &&
		member_get_signed(ws, WORKSPACE_PROJECT,
			&a->grant.project_text, err) &&
		member_papers(ws, &a->grant.project, &a->grant.papers, err) &&
		member_secrets(ws, &a->secrets, err) &&
		has_project_key(&a->secrets, err);
}

/* A key whose certificate was withdrawn is never certified again: statements
 * that do not count would. */
static bool certify(struct adding *a, struct err *err)
{
	char today[TRUST_DATE_BYTES];

	if (trust_papers_is_withdrawn(&a->grant.papers, &a->request.key))
		return err_set(err, ERR_REFUSED,
			_("the certificate of this key was withdrawn: she has "
			  "to ask from a new workspace"));
	member_today(today);
	return trust_cert_new(&a->grant.project, &a->secrets.project,
			&a->request.key, a->request.name, a->roles, today,
			&a->cert, err) &&
		trust_papers_add(&a->grant.papers, &a->cert,
			&a->grant.project, err);
}

static bool write_grant(const struct adding *a, const char *path,
	struct err *err)
{
	struct str sealed = STR_INIT;
	bool ok = trust_grant_seal(&a->grant, &a->request.recipient, &sealed,
			err) &&
		file_write(path, sealed.data, sealed.len, 0644, err);

	str_release(&sealed);
	return ok;
}

static void tell_powers(unsigned roles, const struct trust_secrets *secrets)
{
	struct str text = STR_INIT;

	trust_roles_print(roles, &text);
	printf(_("roles: %s\n"), text.data);
	str_clear(&text);
	for (int i = 0; i < N_TRUST_CLASSES; i++)
		if (secrets->has_reader[i])
			str_addf(&text, "%s%s", text.len > 0 ? ", " : "",
				trust_class_name((enum trust_class)i));
	if (text.len > 0)
		printf(_("reads: %s\n"), text.data);
	else
		puts(_("reads nothing that laptops send"));
	str_release(&text);
}

static bool add_store(struct adding *a, struct workspace *ws,
	const struct cmd_args *args, struct err *err)
{
	const char *path = cmd_text(args, "output");

	if (!load_ours(a, ws, err) || !read_request(a, args, err) ||
			!give_readers(a, err) || !certify(a, err) ||
			!member_put_papers(ws, &a->grant.papers, err) ||
			!write_grant(a, path, err))
		return false;
	printf(_("%1$s: the grant of '%2$s', which only that workspace "
		 "opens\n"), path, a->request.name);
	tell_powers(a->roles, &a->grant.secrets);
	return true;
}

static int run_add(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct workspace *ws = NULL;
	struct adding a;
	bool ok;

	if (cmd_text(args, "output") == NULL)
		return cmd_usage_error(args, _("say where to with -o FILE"));
	if (cmd_text(args, "fingerprint") == NULL)
		return cmd_usage_error(args,
			_("give the fingerprint that she told you, with "
			  "--fingerprint"));
	memset(&a, 0, sizeof a);
	trust_grant_init(&a.grant);
	str_init(&a.cert.document);
	str_init(&a.cert.signature);
	ok = read_roles(&a, args, &err);
	if (ok)
		ws = cmd_workspace_open(args, &err);
	ok = ws != NULL && add_store(&a, ws, args, &err);
	trust_secrets_wipe(&a.secrets);
	trust_signed_release(&a.cert);
	trust_grant_release(&a.grant);
	workspace_close(ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

/* ---- take ---- */

struct granted {
	struct trust_project project;	/* ours, before */
	struct trust_device device;
	struct trust_secrets secrets;
	struct trust_papers papers;
	struct trust_grant grant;
	const struct trust_paper *cert;	/* of ours in the grant */
	unsigned roles;
};

static bool open_grant(struct granted *g, const char *path, struct err *err)
{
	struct age_keys keys = { .identities = &g->device.identity,
		.n_identities = 1 };
	struct str bytes = STR_INIT;
	bool ok = file_read(path, GRANT_MAX_BYTES, &bytes, err);

	if (ok && !trust_grant_open(bytes.data, bytes.len, &keys, &g->grant,
			err)) {
		if (err->code == ERR_NOKEY)
			err_set(err, ERR_NOKEY,
				_("this grant is not for this workspace"));
		ok = err_at(err, path, 0, 0);
	}
	str_release(&bytes);
	return ok && trust_project_follows(&g->grant.project, &g->project,
		err);
}

/* The newest certificate of our key, and all roles that it has. */
static bool find_own(struct granted *g, struct err *err)
{
	struct minisign_public key;

	minisign_key_public(&g->secrets.store, &key);
	for (size_t i = 0; i < g->grant.papers.certs.n; i++) {
		const struct trust_paper *paper =
			&g->grant.papers.certs.items[i];

		if (!g->secrets.has_store ||
				!minisign_public_same(&paper->key, &key))
			continue;
		g->cert = paper;
		g->roles |= paper->cert.roles;
	}
	return g->cert != NULL || err_set(err, ERR_NOTFOUND,
		_("this grant is for another key than this workspace asked "
		  "with"));
}

/* A reader that another takes the place of goes on opening what is sealed to
 * it. */
static bool take_readers(struct granted *g, struct err *err)
{
	const struct trust_secrets *from = &g->grant.secrets;
	struct trust_secrets *to = &g->secrets;

	for (int i = 0; i < N_TRUST_CLASSES; i++) {
		enum trust_class class_ = (enum trust_class)i;

		if (!from->has_reader[i])
			continue;
		if (to->has_reader[i] && memcmp(to->readers[i].point,
				from->readers[i].point, 32) != 0 &&
				!trust_secrets_keep(to, class_,
					&to->readers[i], err))
			return false;
		to->has_reader[i] = true;
		to->readers[i] = from->readers[i];
		for (size_t k = 0; k < from->n_old[i]; k++)
			if (!trust_secrets_keep(to, class_, &from->old[i][k],
					err))
				return false;
	}
	return true;
}

static bool keep_grant(struct granted *g, struct workspace *ws,
	struct err *err)
{
	bool ok = workspace_begin(ws, err);

	if (!ok)
		return false;
	ok = member_put_signed(ws, WORKSPACE_PROJECT, &g->grant.project_text,
			err) &&
		trust_papers_add_all(&g->papers, &g->grant.papers,
			&g->grant.project, err) &&
		member_put_papers(ws, &g->papers, err) &&
		member_put_signed(ws, MEMBER_CERT, &g->cert->text, err) &&
		member_put_secrets(ws, &g->secrets, err) &&
		workspace_commit(ws, err);
	if (!ok)
		workspace_rollback(ws);
	return ok;
}

static bool take(struct granted *g, struct workspace *ws, const char *path,
	struct err *err)
{
	if (!member_project(ws, &g->project, err) ||
			!member_device(ws, &g->device, err) ||
			!member_secrets(ws, &g->secrets, err) ||
			!member_papers(ws, &g->project, &g->papers, err) ||
			!open_grant(g, path, err) || !find_own(g, err) ||
			!take_readers(g, err) || !keep_grant(g, ws, err))
		return false;
	printf(_("this workspace is a store of '%s' now\n"),
		g->grant.project.name);
	tell_powers(g->roles, &g->secrets);
	return true;
}

static int run_take(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct workspace *ws = cmd_workspace_open(args, &err);
	struct granted g;
	bool ok;

	memset(&g, 0, sizeof g);
	trust_grant_init(&g.grant);
	ok = ws != NULL && take(&g, ws, args->items[0], &err);
	trust_device_wipe(&g.device);
	trust_secrets_wipe(&g.secrets);
	trust_papers_release(&g.papers);
	trust_grant_release(&g.grant);
	workspace_close(ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

/* ---- list ---- */

static void put_padded(const char *text, size_t columns)
{
	size_t width = utf8_width(text);

	fputs(text, stdout);
	for (; width < columns; width++)
		putchar(' ');
}

static void list_one(const struct trust_paper *paper, bool withdrawn,
	bool is_own)
{
	char fingerprint[FINGERPRINT_BYTES];
	struct str roles = STR_INIT;

	minisign_public_fingerprint(&paper->key, fingerprint);
	trust_roles_print(paper->cert.roles, &roles);
	put_padded(fingerprint, FINGERPRINT_BYTES + 1);
	put_padded(withdrawn ? P_("store", "withdrawn") :
		is_own ? P_("store", "here") : P_("store", "valid"), 11);
	put_padded(paper->cert.name, 16);
	printf("  %s\n", roles.data);
	str_release(&roles);
}

static struct json *store_json(const struct trust_paper *paper,
	bool withdrawn, bool is_own)
{
	struct json *is = js_new_object(), *roles = js_new_array();
	char fingerprint[FINGERPRINT_BYTES], key[MINISIGN_PUBLIC_TEXT];

	minisign_public_fingerprint(&paper->key, fingerprint);
	minisign_public_format(&paper->key, key);
	for (unsigned role = 1; role <= ROLES_ALL; role <<= 1)
		if (paper->cert.roles & role)
			js_add(roles, js_new_text(trust_role_name(
				(enum trust_role)role)));
	js_put_text(is, "key", key);
	js_put_text(is, "fingerprint", fingerprint);
	js_put_text(is, "name", paper->cert.name);
	js_put_text(is, "made", paper->cert.made);
	js_put(is, "roles", roles);
	js_put_bool(is, "withdrawn", withdrawn);
	js_put_bool(is, "here", is_own);
	return is;
}

static void list_stores(const struct cmd_args *args,
	const struct trust_papers *papers, const struct minisign_public *own)
{
	struct json *all = js_new_object(), *stores = js_new_array();

	for (size_t i = 0; i < papers->certs.n; i++) {
		const struct trust_paper *paper = &papers->certs.items[i];
		bool withdrawn = trust_papers_is_withdrawn(papers,
			&paper->key);
		bool is_own = minisign_public_same(&paper->key, own);

		if (cmd_flag(args, "json"))
			js_add(stores, store_json(paper, withdrawn, is_own));
		else
			list_one(paper, withdrawn, is_own);
	}
	js_put(all, "stores", stores);
	if (cmd_flag(args, "json")) {
		char *line = js_print(all);

		puts(line);
		free(line);
	} else if (papers->certs.n == 0) {
		puts(_("this workspace knows no certificates"));
	}
	js_free(all);
}

static bool get_own_key(struct workspace *ws, struct minisign_public *key,
	struct err *err)
{
	struct trust_secrets secrets;

	memset(key, 0, sizeof *key);
	if (!workspace_has_secret(ws, WORKSPACE_SECRETS))
		return true;
	if (!member_secrets(ws, &secrets, err))
		return false;
	if (secrets.has_store)
		minisign_key_public(&secrets.store, key);
	trust_secrets_wipe(&secrets);
	return true;
}

static int run_list(const struct cmd_args *args)
{
	struct trust_papers papers = TRUST_PAPERS_INIT;
	struct err err = ERR_INIT;
	struct workspace *ws = cmd_workspace_open(args, &err);
	struct trust_project project;
	struct minisign_public own;
	bool ok = ws != NULL && member_project(ws, &project, &err) &&
		member_papers(ws, &project, &papers, &err) &&
		get_own_key(ws, &own, &err);

	if (ok)
		list_stores(args, &papers, &own);
	trust_papers_release(&papers);
	workspace_close(ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

/* ---- revoke ---- */

static const struct trust_paper *find_store(const struct trust_papers *papers,
	const char *typed, struct err *err)
{
	for (size_t i = 0; i < papers->certs.n; i++) {
		char fingerprint[FINGERPRINT_BYTES];

		minisign_public_fingerprint(&papers->certs.items[i].key,
			fingerprint);
		if (crypt_fingerprint_same(typed, fingerprint))
			return &papers->certs.items[i];
	}
	err_set(err, ERR_NOTFOUND,
		_("no store has the fingerprint '%s': 'bayaz project store "
		  "list' shows those that have a certificate"), typed);
	return NULL;
}

/* The store first: after a crash in between, the same command says the same
 * once more. */
static bool withdraw(struct centre *c, struct trust_papers *papers,
	const struct trust_paper *paper, struct err *err)
{
	struct trust_signed said = TRUST_SIGNED_INIT;
	struct db *db = store_db(c->store);
	char key[MINISIGN_PUBLIC_TEXT], fingerprint[FINGERPRINT_BYTES];
	bool ok = db_begin(db, err);

	minisign_public_format(&paper->key, key);
	minisign_public_fingerprint(&paper->key, fingerprint);
	ok = ok && fact_withdraw_certificate(c->store, &c->secrets.project,
			key, &said, err) &&
		store_log(c->store, "withdraw", fingerprint, NULL, err) &&
		db_commit(db, err);
	if (!ok)
		db_rollback(db);
	ok = ok && trust_papers_add(papers, &said, &c->project, err) &&
		member_put_papers(c->ws, papers, err);
	trust_signed_release(&said);
	return ok;
}

static bool revoke_store(struct centre *c, struct trust_papers *papers,
	const char *typed, struct err *err)
{
	const struct trust_paper *paper;
	struct minisign_public own;

	if (!has_project_key(&c->secrets, err) ||
			!member_papers(c->ws, &c->project, papers, err) ||
			!get_own_key(c->ws, &own, err))
		return false;
	paper = find_store(papers, typed, err);
	if (paper == NULL)
		return false;
	if (minisign_public_same(&paper->key, &own))
		return err_set(err, ERR_REFUSED,
			_("this is the key of this workspace itself"));
	if (!withdraw(c, papers, paper, err))
		return false;
	printf(_("withdrew the certificates of '%s'\n"), paper->cert.name);
	puts(_("what that store said counts as far as it is known here; what "
	       "it says from now on does not"));
	puts(_("laptops learn it from the next kit or bundle that is sent to "
	       "them; what its keys read, they still read: 'bayaz project "
	       "rotate' gives the project new ones"));
	return true;
}

static int run_revoke(const struct cmd_args *args)
{
	struct trust_papers papers = TRUST_PAPERS_INIT;
	struct err err = ERR_INIT;
	struct centre c;
	bool ok;

	if (cmd_text(args, "store") == NULL)
		return cmd_usage_error(args,
			_("say which store with --store DB"));
	ok = centre_open(&c, args, 0, &err) &&
		revoke_store(&c, &papers, args->items[0], &err);
	trust_papers_release(&papers);
	centre_close(&c);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

/* ---- tables ---- */

static const struct cmd_option request_options[] = {
	{ "output", 'o', OPT_TEXT, N_("FILE"),
	  N_("write the request to FILE") },
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

static const struct cmd_option add_options[] = {
	{ "output", 'o', OPT_TEXT, N_("FILE"), N_("write the grant to FILE") },
	{ "fingerprint", 0, OPT_TEXT, N_("FINGERPRINT"),
	  N_("the fingerprint that she told you by voice") },
	{ "role", 0, OPT_LIST, N_("ROLE"),
	  N_("merge, review, delete or publish; again for more") },
	{ "reads", 0, OPT_LIST, N_("CLASS"),
	  N_("standard or protected: give her the keys that read these") },
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

static const struct cmd_option take_options[] = {
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

static const struct cmd_option list_options[] = {
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

static const struct cmd_option revoke_options[] = {
	CENTRE_STORE_OPTION,
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_project_store_request = {
	.name = "project store request",
	.usage = N_("NAME -o FILE"),
	.summary = N_("ask to become a coordinator of the project"),
	.options = request_options,
	.min_args = 1,
	.max_args = 1,
	.run = run_request,
};

const struct cmd cmd_project_store_add = {
	.name = "project store add",
	.usage = N_("REQUEST --fingerprint FINGERPRINT --role ROLE... -o FILE"),
	.summary = N_("make somebody a coordinator, for these roles"),
	.options = add_options,
	.min_args = 1,
	.max_args = 1,
	.run = run_add,
};

const struct cmd cmd_project_store_take = {
	.name = "project store take",
	.usage = N_("GRANT"),
	.summary = N_("become a coordinator with the grant that came back"),
	.options = take_options,
	.min_args = 1,
	.max_args = 1,
	.run = run_take,
};

const struct cmd cmd_project_store_list = {
	.name = "project store list",
	.usage = "",
	.summary = N_("list the coordinators' certificates"),
	.options = list_options,
	.run = run_list,
};

const struct cmd cmd_project_store_revoke = {
	.name = "project store revoke",
	.usage = N_("FINGERPRINT --store DB"),
	.summary = N_("withdraw a coordinator's certificates"),
	.options = revoke_options,
	.min_args = 1,
	.max_args = 1,
	.run = run_revoke,
};
