/* bayaz project rehearse: before the first interview, does every key open what
 * it is there to open, and nothing else? */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/log.h"
#include "base/utf8.h"
#include "bundle/read.h"
#include "bundle/sealed.h"
#include "bundle/write.h"
#include "cmd/cmd.h"
#include "cmd/member.h"
#include "cmd/paper.h"
#include "cmd/secret.h"
#include "crypt/crypt.h"
#include "field/workspace.h"
#include "trust/project.h"

enum { SEALED_BYTES_MAX = 64 << 20 };

/* What a laptop packs: a bundle, and protected records that are in it. */
struct sample {
	const char *path;		/* of a real one; NULL: */
	struct str bundle;		/* made up here */
	struct str sealed;		/* one protected record; "" */
};

/* A key, and what it has to open. */
struct actor {
	const char *name;		/* for people */
	const struct age_identity *identity;	/* NULL: was not given */
	bool must[N_TRUST_CLASSES];
	bool does[N_TRUST_CLASSES];
};

enum { ACTORS_MAX = 2 + 4 };

struct rehearsal {
	struct trust_project project;
	struct trust_secrets secrets;
	struct paper paper;
	struct age_identity joined, half_a, half_b;
	struct sample sample;
	struct actor actors[ACTORS_MAX];
	size_t n_actors;
};

/* ---- what is opened ---- */

/* A record that was never anybody's answer. */
static const char made_up[] = "<data id=\"rehearsal\" version=\"1\">"
	"<note>made up to try keys with</note></data>\n";

static bool seal_sample(struct rehearsal *r, struct err *err)
{
	struct sealed_part part = { .name = SEALED_RECORD, .bytes = made_up,
		.n_bytes = sizeof made_up - 1 };
	struct age_recipient recipients[2];
	struct age_to to = { .recipients = recipients, .n_recipients = 2 };
	char sha256[SHA256_HEX_BYTES];

	trust_project_recipients(&r->project, TRUST_PROTECTED, recipients);
	return sealed_make(&part, 1, &to, &r->sample.sealed, sha256, err);
}

/* As a laptop does it, with the project's public keys alone. */
static bool make_sample(struct rehearsal *r, struct err *err)
{
	struct bundle_source sources[2];
	struct age_recipient recipients[2];
	struct age_to age = { .recipients = recipients, .n_recipients = 2 };
	struct minisign_key signer;
	struct bundle_to to = { .age = &age, .signer = &signer };
	char today[TRUST_DATE_BYTES];
	struct manifest manifest;
	bool ok;

	if (!seal_sample(r, err))
		return false;
	memset(sources, 0, sizeof sources);
	sources[0].bytes = made_up;
	sources[0].n_bytes = sizeof made_up - 1;
	sources[1].bytes = r->sample.sealed.data;
	sources[1].n_bytes = r->sample.sealed.len;
	trust_project_recipients(&r->project, TRUST_STANDARD, recipients);
	minisign_key_new(&signer);
	member_today(today);
	manifest_init(&manifest);
	manifest.kind = "up";
	manifest.project = r->project.id;
	manifest.sequence = 1;
	manifest.date = today;
	manifest_add(&manifest, ENTRY_RECORD)->class_ = "standard";
	manifest_add(&manifest, ENTRY_SEALED)->class_ = "protected";
	ok = bundle_write_bytes(&r->sample.bundle, &manifest, sources, &to,
		NULL, err);
	manifest_release(&manifest);
	minisign_key_wipe(&signer);
	return ok;
}

static struct bundle *open_sample(const struct sample *sample,
	const struct age_keys *keys, struct err *err)
{
	return sample->path != NULL ?
		bundle_open(sample->path, keys, NULL, err) :
		bundle_open_bytes(sample->bundle.data, sample->bundle.len,
			keys, NULL, err);
}

/* Read to its end; a sealed record is kept on the way, if none is yet. */
static bool read_sample(struct sample *sample, struct bundle *bundle,
	struct err *err)
{
	const struct manifest_entry *entry;
	bool ok;

	while ((ok = bundle_next(bundle, &entry, err)) && entry != NULL)
		if (entry->kind == ENTRY_SEALED && sample->sealed.len == 0 &&
				!bundle_read_all(bundle, SEALED_BYTES_MAX,
					&sample->sealed, err))
			return false;
	return ok;
}

/* ---- trying ---- */

static bool opens_bundle(struct sample *sample,
	const struct age_identity *identity, struct err *err)
{
	struct age_keys keys = { .identities = identity, .n_identities = 1 };
	struct bundle *bundle = open_sample(sample, &keys, err);
	bool ok = bundle != NULL && read_sample(sample, bundle, err);

	bundle_close(bundle);
	return ok;
}

static bool opens_sealed(const struct sample *sample,
	const struct age_identity *identity)
{
	struct age_keys keys = { .identities = identity, .n_identities = 1 };
	struct sealed sealed;
	bool ok = sealed_open(&sealed, sample->sealed.data,
		sample->sealed.len, &keys, SEALED_BYTES_MAX, NULL) &&
		sealed_find(&sealed, SEALED_RECORD) != NULL;

	sealed_release(&sealed);
	return ok;
}

static void try_actor(struct rehearsal *r, struct actor *actor)
{
	if (actor->identity == NULL)
		return;
	actor->does[TRUST_STANDARD] = opens_bundle(&r->sample,
		actor->identity, NULL);
	actor->does[TRUST_PROTECTED] = r->sample.sealed.len > 0 &&
		opens_sealed(&r->sample, actor->identity);
}

/* ---- who ---- */

static void add_actor(struct rehearsal *r, const char *name, bool given,
	const struct age_identity *identity, bool standard, bool protected_)
{
	struct actor *actor = &r->actors[r->n_actors++];

	memset(actor, 0, sizeof *actor);
	actor->name = name;
	actor->identity = given ? identity : NULL;
	actor->must[TRUST_STANDARD] = standard;
	actor->must[TRUST_PROTECTED] = protected_;
}

static void add_actors(struct rehearsal *r)
{
	const struct paper *paper = &r->paper;
	const struct trust_secrets *secrets = &r->secrets;
	bool both = paper->has_a && paper->has_b;

	age_identity_from_secret(paper->half_a, &r->half_a);
	age_identity_from_secret(paper->half_b, &r->half_b);
	paper_join(paper, &r->joined);
	if (secrets->has_reader[TRUST_STANDARD])
		add_actor(r, _("this workspace, key of standard forms"), true,
			&secrets->readers[TRUST_STANDARD], true, false);
	if (secrets->has_reader[TRUST_PROTECTED])
		add_actor(r, _("this workspace, key of protected forms"), true,
			&secrets->readers[TRUST_PROTECTED], false, true);
	add_actor(r, _("paper, key of standard forms"), paper->has_standard,
		&paper->standard, true, false);
	add_actor(r, _("paper, halves A and B together"), both, &r->joined,
		false, true);
	add_actor(r, _("paper, half A alone"), paper->has_a, &r->half_a, false,
		false);
	add_actor(r, _("paper, half B alone"), paper->has_b, &r->half_b, false,
		false);
}

/* ---- telling ---- */

static void put_cell(const char *text, size_t columns)
{
	size_t width = utf8_width(text);

	fputs(text, stdout);
	for (; width + 1 < columns; width++)
		putchar(' ');
	if (columns > 0)
		putchar(' ');	/* also after what is too long */
}

static bool is_right(const struct rehearsal *r, const struct actor *actor)
{
	if (actor->identity == NULL)
		return false;
	if (actor->does[TRUST_STANDARD] != actor->must[TRUST_STANDARD])
		return false;
	return r->sample.sealed.len == 0 ||
		actor->does[TRUST_PROTECTED] == actor->must[TRUST_PROTECTED];
}

static const char *word_of(bool does)
{
	return does ? P_("rehearse", "opens") : P_("rehearse", "shut");
}

static void tell_actor(const struct rehearsal *r, const struct actor *actor)
{
	put_cell(actor->name, 42);
	if (actor->identity == NULL) {
		puts(_("not tried"));
		return;
	}
	put_cell(word_of(actor->does[TRUST_STANDARD]), 10);
	put_cell(r->sample.sealed.len == 0 ? "-" :
		word_of(actor->does[TRUST_PROTECTED]), 11);
	puts(is_right(r, actor) ? P_("rehearse", "right") :
		P_("rehearse", "wrong"));
}

/* Only if everything was tried, and was right. */
static bool tell(const struct rehearsal *r)
{
	bool all_right = true, all_tried = true;

	put_cell(_("key"), 42);
	put_cell(P_("rehearse", "standard"), 10);
	puts(P_("rehearse", "protected"));
	for (size_t i = 0; i < r->n_actors; i++) {
		const struct actor *actor = &r->actors[i];

		tell_actor(r, actor);
		all_tried = all_tried && actor->identity != NULL;
		all_right = all_right && (actor->identity == NULL ||
			is_right(r, actor));
	}
	fflush(stdout);
	if (r->sample.sealed.len == 0)
		log_note(_("this bundle holds no protected record: keys of "
			   "protected forms were not tried on one"));
	if (!all_right)
		log_note(_("do not begin: with these keys, what laptops pack "
			   "could not be read, or the wrong person could read "
			   "it"));
	else if (!all_tried || r->sample.sealed.len == 0)
		log_note(_("not everything was tried"));
	else
		puts(_("every key opens what it is there for, and nothing "
		       "else"));
	return all_right && all_tried && r->sample.sealed.len > 0;
}

/* ---- doing ---- */

static bool open_secrets(struct rehearsal *r, const struct cmd_args *args,
	struct err *err)
{
	struct workspace *ws = cmd_workspace_open(args, err);
	bool ok = ws != NULL && member_project(ws, &r->project, err);

	if (ok && workspace_has_secret(ws, WORKSPACE_SECRETS))
		ok = member_secrets(ws, &r->secrets, err);
	workspace_close(ws);
	return ok;
}

/* A file that no key here opens could be no bundle at all: said as what it
 * is, not as a key that fails. */
static bool check_file(struct rehearsal *r, struct err *err)
{
	struct err why = ERR_INIT;

	for (size_t i = 0; i < r->n_actors; i++) {
		const struct age_identity *identity = r->actors[i].identity;

		err_clear(&why);
		if (identity == NULL || opens_bundle(&r->sample, identity,
				&why) || why.code == ERR_NOKEY)
			continue;
		*err = why;
		return err_at(err, r->sample.path, 0, 0);
	}
	return true;
}

static bool prepare(struct rehearsal *r, const struct cmd_args *args,
	struct err *err)
{
	if (!open_secrets(r, args, err) ||
			!paper_read_files(&r->paper, args, err))
		return false;
	if (cmd_list(args, "paper-file", 0) == NULL &&
			!paper_ask(&r->paper, true, true, err))
		return false;
	add_actors(r);
	if (args->n == 0)
		return make_sample(r, err);
	r->sample.path = args->items[0];
	return check_file(r, err);
}

static int run_rehearse(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct rehearsal r;
	bool ok, right = false;

	memset(&r, 0, sizeof r);
	str_init(&r.sample.bundle);
	str_init(&r.sample.sealed);
	ok = prepare(&r, args, &err);
	for (size_t i = 0; ok && i < r.n_actors; i++)
		try_actor(&r, &r.actors[i]);
	if (ok)
		right = tell(&r);
	str_release(&r.sample.bundle);
	str_release(&r.sample.sealed);
	trust_secrets_wipe(&r.secrets);
	paper_wipe(&r.paper);
	age_identity_wipe(&r.joined);
	age_identity_wipe(&r.half_a);
	age_identity_wipe(&r.half_b);
	if (!ok)
		return cmd_problem(&err);
	return right ? EXIT_DONE : EXIT_PROBLEM;
}

static const struct cmd_option options[] = {
	CMD_PAPER_OPTION,
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_project_rehearse = {
	.name = "project rehearse",
	.usage = N_("[BUNDLE]"),
	.summary = N_("prove that each key opens what laptops pack"),
	.options = options,
	.max_args = 1,
	.run = run_rehearse,
};
