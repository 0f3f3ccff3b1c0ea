/* bayaz open: verify a bundle, and list what is in it. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wipe.h"
#include "bundle/outer.h"
#include "bundle/read.h"
#include "cmd/cmd.h"
#include "cmd/member.h"
#include "cmd/progress.h"
#include "cmd/secret.h"
#include "field/workspace.h"

/* What was given to open it with. */
struct keys {
	struct age_identity *identities;
	size_t n_identities;
	struct str passphrase;		/* "": none */
	struct minisign_public signer;
	bool has_signer;
	bool opened;			/* one of them did */
};

static void keys_release(struct keys *keys)
{
	age_identities_free(keys->identities, keys->n_identities);
	str_wipe(&keys->passphrase);
}

/* --key is a file, or the one line itself. */
static bool read_signer(const struct cmd_args *args, struct keys *keys,
	struct err *err)
{
	const char *given = cmd_text(args, "key");

	if (given == NULL)
		return true;
	keys->has_signer = true;
	return minisign_public_parse(given, &keys->signer, NULL) ||
		minisign_public_read(given, &keys->signer, err);
}

/* A passphrase is asked for only where the file wants one. */
static bool read_passphrase(const struct cmd_args *args, const char *path,
	struct keys *keys, struct err *err)
{
	bool wants;

	if (!bundle_wants_passphrase(path, &wants, err))
		return false;
	if (!wants)
		return true;
	if (cmd_text(args, "words-file") != NULL)
		return cmd_words(args, &keys->passphrase, err);
	return cmd_passphrase(args, false, &keys->passphrase, err);
}

static bool read_keys(const struct cmd_args *args, const char *path,
	struct keys *keys, struct err *err)
{
	const char *identity = cmd_text(args, "identity");

	return read_signer(args, keys, err) && (identity == NULL ||
		age_identities_read(identity, &keys->identities,
			&keys->n_identities, err)) &&
		read_passphrase(args, path, keys, err);
}

/* Open it, and read all of it once.  NULL: something is wrong somewhere. */
static struct bundle *open_verified(const char *path, struct keys *keys,
	struct err *err)
{
	struct age_keys age = { keys->identities, keys->n_identities,
		keys->passphrase.len > 0 ? keys->passphrase.data : NULL };
	struct bundle *bundle = bundle_open(path, &age, NULL, err);
	const struct manifest_entry *entry = NULL;
	struct progress progress;
	bool ok;

	if (bundle == NULL)
		return NULL;
	keys->opened = true;
	progress_begin(&progress);
	bundle_watch(bundle, progress_bytes, &progress);
	ok = bundle_check_signature(bundle, keys->has_signer ? &keys->signer :
		bundle_signer_claim(bundle), err);
	do
		ok = ok && bundle_next(bundle, &entry, err);
	while (ok && entry != NULL);
	progress_end(&progress);
	bundle_watch(bundle, NULL, NULL);
	if (ok)
		return bundle;
	err_at(err, path, 0, 0);
	bundle_close(bundle);
	return NULL;
}

/* May the keys of a workspace be asked instead?  Not if some were given. */
static bool can_ask_workspace(const struct cmd_args *args,
	const struct keys *keys)
{
	char *folder = workspace_path(args->workspace);
	bool can = keys->n_identities == 0 && keys->passphrase.len == 0 &&
		workspace_exists(folder);

	free(folder);
	return can;
}

static bool ask_workspace(const struct cmd_args *args, struct keys *keys,
	struct err *err)
{
	struct age_identity all[MEMBER_IDENTITIES_MAX];
	struct workspace *ws = cmd_workspace_open(args, err);
	size_t n = 0;
	bool ok = ws != NULL && member_identities(ws, all, &n, err);

	workspace_close(ws);
	if (ok && n > 0) {
		keys->identities = xmemdup(all, n * sizeof all[0]);
		keys->n_identities = n;
	}
	wipe(all, sizeof all);
	return ok;
}

/* With the keys given, else with those of the workspace. */
static struct bundle *open_somehow(const struct cmd_args *args,
	const char *path, struct keys *keys, struct err *err)
{
	struct bundle *bundle = open_verified(path, keys, err);

	if (bundle != NULL || err->code != ERR_NOKEY ||
	    !can_ask_workspace(args, keys))
		return bundle;
	err_clear(err);
	return ask_workspace(args, keys, err) ?
		open_verified(path, keys, err) : NULL;
}

static void print_json(const struct bundle *bundle, const struct keys *keys)
{
	struct json *answer = js_new_object(), *signature = js_new_object();
	char fingerprint[FINGERPRINT_BYTES], *text, *manifest;

	minisign_public_fingerprint(bundle_signer_claim(bundle), fingerprint);
	js_put_text(signature, "fingerprint", fingerprint);
	js_put_text(signature, "checked_against",
		keys->has_signer ? "key" : "manifest");
	js_put(answer, "signature", signature);
	js_put_bool(answer, "sealed", bundle_is_sealed(bundle));
	js_put_text(answer, "manifest_sha256", bundle_manifest_sha256(bundle));
	text = js_print(answer);
	/* Its key comes first; as a value it would take ten times the room. */
	manifest = manifest_print(bundle_manifest(bundle));
	manifest[strcspn(manifest, "\n")] = '\0';
	printf("{\"manifest\":%s,%s\n", manifest, text + 1);
	free(manifest);
	free(text);
	js_free(answer);
}

/* Names are somebody else's text: nothing in them drives the terminal. */
static char *masked(const char *text)
{
	struct str out = STR_INIT;

	utf8_mask(&out, text, false);
	return str_steal(&out);
}

static void print_head(const struct bundle *bundle, const struct keys *keys)
{
	const struct manifest *m = bundle_manifest(bundle);
	char *name = masked(m->device_name != NULL ? m->device_name : "-");
	char fingerprint[FINGERPRINT_BYTES];

	minisign_public_fingerprint(bundle_signer_claim(bundle), fingerprint);
	if (strcmp(m->kind, "down") == 0 && bundle_is_sealed(bundle) &&
			keys->passphrase.len == 0)
		printf(_("for laptops, number %" PRId64 " of %s\n"),
			m->sequence, m->date);
	else if (strcmp(m->kind, "down") == 0)
		printf(_("kit %" PRId64 " of %s\n"), m->sequence, m->date);
	else
		printf(_("bundle %" PRId64 " of %s\n"), m->sequence, m->date);
	if (m->training)
		printf(_("training: nothing in it counts\n"));
	if (m->project != NULL)
		printf(_("project: %s\n"), m->project);
	printf(_("made by: %s, fingerprint %s\n"), name, fingerprint);
	if (m->previous != NULL)
		printf(_("follows: %s\n"), m->previous);
	printf("%s\n", keys->has_signer ?
		_("signature: good, by the key given") :
		_("signature: good, by the key that the bundle itself names"));
	if (!bundle_is_sealed(bundle))
		printf(_("not encrypted: anybody can read it\n"));
	free(name);
}

static void print_entry(const struct manifest_entry *entry)
{
	char *form;

	printf("%-9s %10" PRIu64 "  %s", entry_kind_name(entry->kind),
		entry->size_bytes, entry->name);
	if (entry->form_id != NULL) {
		form = masked(entry->form_id);
		printf("  %s", form);
		free(form);
	}
	putchar('\n');
}

static void print_text(const struct bundle *bundle, const struct keys *keys)
{
	const struct manifest *m = bundle_manifest(bundle);
	size_t n = m->entries.n;

	print_head(bundle, keys);
	printf(ngettext("%zu entry\n", "%zu entries\n", n), n);
	for (size_t i = 0; i < n; i++)
		print_entry(&m->entries.items[i]);
}

/* --- by those who carry it --- */

static void print_outer_json(const struct outer *outer, bool whole)
{
	struct json *answer = js_new_object();
	char *text;

	js_put_bool(answer, "opened", false);
	js_put_int(answer, "size", (int64_t)outer->n_bytes);
	js_put_text(answer, "sha256", outer->sha256);
	js_put_int(answer, "keys", (int64_t)outer->n_keys);
	js_put_bool(answer, "whole", whole);
	text = js_print(answer);
	puts(text);
	free(text);
	js_free(answer);
}

static void print_outer(const struct outer *outer, bool whole)
{
	printf(ngettext("sealed for others: %zu key opens it, and none here\n",
		"sealed for others: %zu keys open it, and none here\n",
		outer->n_keys), outer->n_keys);
	printf(_("size: %llu bytes\n"), (unsigned long long)outer->n_bytes);
	printf(_("SHA-256: %s\n"), outer->sha256);
	if (whole)
		puts(_("as far as can be told without a key, it is whole"));
}

/* Whoever holds no key still learns what to compare, and whether it was cut. */
static int tell_outer(const struct cmd_args *args, const char *path)
{
	struct err err = ERR_INIT;
	struct progress progress;
	struct outer outer;
	bool whole;

	progress_begin(&progress);
	whole = outer_look(path, &outer, progress_bytes, &progress, &err);
	progress_end(&progress);
	if (whole && !outer.usual_size)
		whole = err_set(&err, ERR_CRYPTO, _("no bundle of bayaz has "
			"this size: it was cut short on its way"));
	if (cmd_flag(args, "json"))
		print_outer_json(&outer, whole);
	else
		print_outer(&outer, whole);
	err_at(&err, path, 0, 0);
	return whole ? EXIT_DONE : cmd_problem(&err);
}

/* Keys were given and do not fit: that is an error, not an errand. */
static bool is_carrier(const struct cmd_args *args, const struct keys *keys,
	const struct err *err)
{
	return err->code == ERR_NOKEY && !keys->opened &&
		keys->passphrase.len == 0 &&
		cmd_text(args, "identity") == NULL;
}

static int run_open(const struct cmd_args *args)
{
	struct keys keys = { .passphrase = STR_INIT };
	const char *path = args->items[0];
	struct err err = ERR_INIT;
	struct bundle *bundle = NULL;
	bool carrier;

	if (crypt_init(&err) && read_keys(args, path, &keys, &err))
		bundle = open_somehow(args, path, &keys, &err);
	if (bundle != NULL && cmd_flag(args, "json"))
		print_json(bundle, &keys);
	else if (bundle != NULL)
		print_text(bundle, &keys);
	bundle_close(bundle);
	carrier = is_carrier(args, &keys, &err);
	keys_release(&keys);
	if (carrier)
		return tell_outer(args, path);
	return err.code == ERR_NONE ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	{ "identity", 'i', OPT_TEXT, N_("FILE"),
	  N_("open it with the age secret keys in FILE") },
	CMD_PASSPHRASE_OPTION,
	CMD_WORDS_OPTION,
	{ "key", 0, OPT_TEXT, N_("PUB"),
	  N_("check the signature with this minisign public key or file") },
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_open = {
	.name = "open",
	.usage = N_("FILE"),
	.summary = N_("verify a bundle and list what is in it"),
	.options = options,
	.min_args = 1, .max_args = 1,
	.run = run_open,
};
