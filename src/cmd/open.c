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
static struct bundle *open_verified(const char *path, const struct keys *keys,
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
	char fingerprint[FINGERPRINT_BYTES], *text;

	minisign_public_fingerprint(bundle_signer_claim(bundle), fingerprint);
	js_put_text(signature, "fingerprint", fingerprint);
	js_put_text(signature, "checked_against",
		keys->has_signer ? "key" : "manifest");
	js_put(answer, "signature", signature);
	js_put_bool(answer, "sealed", bundle_is_sealed(bundle));
	js_put_text(answer, "manifest_sha256", bundle_manifest_sha256(bundle));
	js_put(answer, "manifest", manifest_json(bundle_manifest(bundle)));
	text = js_print(answer);
	puts(text);
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
	if (strcmp(m->kind, "down") == 0)
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

static int run_open(const struct cmd_args *args)
{
	struct keys keys = { .passphrase = STR_INIT };
	const char *path = args->items[0];
	struct err err = ERR_INIT;
	struct bundle *bundle = NULL;

	if (crypt_init(&err) && read_keys(args, path, &keys, &err))
		bundle = open_somehow(args, path, &keys, &err);
	if (bundle != NULL && cmd_flag(args, "json"))
		print_json(bundle, &keys);
	else if (bundle != NULL)
		print_text(bundle, &keys);
	bundle_close(bundle);
	keys_release(&keys);
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
