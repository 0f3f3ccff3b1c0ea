/* bayaz project recover: the protected recovery identity from its halves. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/wipe.h"
#include "cmd/cmd.h"
#include "cmd/member.h"
#include "cmd/paper.h"
#include "cmd/secret.h"
#include "crypt/crypt.h"
#include "field/workspace.h"
#include "trust/project.h"

/* Is it the one whose public half the project names? */
static bool check_recovery(const struct trust_project *project,
	enum trust_class class_, const struct age_identity *identity,
	struct err *err)
{
	struct age_recipient is;

	age_identity_recipient(identity, &is);
	return memcmp(is.point, project->recovery[class_].point,
		sizeof is.point) == 0 || err_set(err, ERR_CONFLICT,
		class_ == TRUST_PROTECTED ?
		_("these halves are not of the project '%s'") :
		_("this recovery key is not of the project '%s'"),
		project->name);
}

static void print_identity(const struct age_identity *identity)
{
	char text[AGE_IDENTITY_TEXT];

	age_identity_format(identity, text);
	puts(text);
	wipe(text, sizeof text);
}

/* Kept like a reader of before: it opens what was sealed to it. */
static bool keep_one(struct workspace *ws, struct trust_secrets *secrets,
	enum trust_class class_, const struct age_identity *identity,
	struct err *err)
{
	struct trust_project project;

	return member_project(ws, &project, err) &&
		check_recovery(&project, class_, identity, err) &&
		trust_secrets_keep(secrets, class_, identity, err);
}

static bool keep_in(struct workspace *ws, const struct paper *paper,
	const struct age_identity *joined, struct err *err)
{
	struct trust_secrets secrets;
	bool ok = true;

	memset(&secrets, 0, sizeof secrets);
	if (workspace_has_secret(ws, WORKSPACE_SECRETS))
		ok = member_secrets(ws, &secrets, err);
	if (ok && paper->has_standard)
		ok = keep_one(ws, &secrets, TRUST_STANDARD, &paper->standard,
			err);
	if (ok && paper->has_a && paper->has_b)
		ok = keep_one(ws, &secrets, TRUST_PROTECTED, joined, err);
	ok = ok && member_put_secrets(ws, &secrets, err);
	trust_secrets_wipe(&secrets);
	return ok;
}

static bool keep(const struct cmd_args *args, const struct paper *paper,
	const struct age_identity *joined, struct err *err)
{
	struct workspace *ws = cmd_workspace_open(args, err);
	bool ok = ws != NULL && keep_in(ws, paper, joined, err);

	workspace_close(ws);
	if (ok && paper->has_standard)
		puts(_("this workspace opens standard records with the "
		       "recovery key now"));
	if (ok && paper->has_a)
		puts(_("this workspace opens protected records with the "
		       "recovery key now"));
	return ok;
}

static bool recover(const struct cmd_args *args, struct paper *paper,
	struct err *err)
{
	bool keeps = cmd_flag(args, "keep");
	bool asks = cmd_list(args, "paper-file", 0) == NULL;
	struct age_identity joined;
	bool ok;

	if (!paper_read_files(paper, args, err) ||
			(asks && !paper_ask(paper, keeps, true, err)))
		return false;
	if (paper->has_a != paper->has_b)
		return err_set(err, ERR_VALUE, paper->has_a ?
			_("half B is missing: neither half opens anything "
			  "alone") :
			_("half A is missing: neither half opens anything "
			  "alone"));
	if (!paper->has_a && !(keeps && paper->has_standard))
		return err_set(err, ERR_VALUE, _("no key was given"));
	paper_join(paper, &joined);
	ok = !keeps || keep(args, paper, &joined, err);
	if (ok && !keeps)
		print_identity(&joined);
	age_identity_wipe(&joined);
	return ok;
}

static int run_recover(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct paper paper;
	bool ok;

	memset(&paper, 0, sizeof paper);
	ok = crypt_init(&err) && recover(args, &paper, &err);
	paper_wipe(&paper);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CMD_PAPER_OPTION,
	{ "keep", 0, OPT_FLAG, NULL,
	  N_("keep it in the workspace, to merge with, instead of printing") },
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_project_recover = {
	.name = "project recover",
	.usage = "",
	.summary = N_("join the halves of the recovery key of protected forms"),
	.options = options,
	.run = run_recover,
};
