#include "config.h"

#include "bundle/manifest.h"

#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "crypt/age.h"
#include "crypt/minisign.h"

enum {
	MAX_TEXT = 512,			/* bytes of an id, a label, a title */
	MAX_FILE_NAME = 255,
	MAX_PRIORS = 64,
	MAX_FILES = 10000,
};

static const struct { const char *word, *folder, *extension; }
	kinds[N_ENTRY_KINDS] = {
	[ENTRY_RECORD] = { "record", "records", ".xml" },
	[ENTRY_FORM] = { "form", "forms", ".xml" },
	[ENTRY_FILE] = { "file", "files", "" },
	[ENTRY_SEALED] = { "sealed", "sealed", ".age" },
	[ENTRY_DELETION] = { "deletion", "deletions", ".age" },
	[ENTRY_FACT] = { "fact", "facts", ".json" },
	[ENTRY_CERT] = { "cert", "certs", ".json" },
	[ENTRY_PROJECT] = { "project", "project", ".json" },
	[ENTRY_POLICY] = { "policy", "policies", ".json" },
	[ENTRY_RECEIPT] = { "receipt", "receipts", ".json" },
	[ENTRY_QUERY] = { "query", "queries", ".json" },
	[ENTRY_LIST] = { "list", "lists", ".csv" },
	[ENTRY_PO] = { "po", "po", ".po" },
	[ENTRY_MANIFEST] = { "manifest", "manifests", ".json" },
	[ENTRY_SIGNATURE] = { "signature", "signatures", ".minisig" },
};

const char *entry_kind_name(enum entry_kind kind)
{
	return kinds[kind].word;
}

enum entry_kind entry_kind_find(const char *name)
{
	int kind = 0;

	while (kind < N_ENTRY_KINDS && strcmp(kinds[kind].word, name) != 0)
		kind++;
	return (enum entry_kind)kind;
}

void entry_name(enum entry_kind kind, const char sha256[SHA256_HEX_BYTES],
	char name[BUNDLE_NAME_BYTES])
{
	snprintf(name, BUNDLE_NAME_BYTES, "%s/%.64s%s", kinds[kind].folder,
		sha256, kinds[kind].extension);
}

void manifest_init(struct manifest *manifest)
{
	memset(manifest, 0, sizeof *manifest);
	manifest->arena = arena_new();
}

void manifest_release(struct manifest *manifest)
{
	vec_release(&manifest->entries);
	arena_free(manifest->arena);
	memset(manifest, 0, sizeof *manifest);
}

struct manifest_entry *manifest_add(struct manifest *manifest,
	enum entry_kind kind)
{
	struct manifest_entry entry = { .kind = kind };

	vec_push(&manifest->entries, entry);
	return &manifest->entries.items[manifest->entries.n - 1];
}

const struct manifest_entry *manifest_find(const struct manifest *manifest,
	const char *name)
{
	size_t low = 0, high = manifest->entries.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct manifest_entry *entry =
			&manifest->entries.items[middle];
		int order = strcmp(name, entry->name);

		if (order == 0)
			return entry;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* ---- writing ---- */

static void put_text(struct json *object, const char *key, const char *text)
{
	if (text != NULL)
		js_put_text(object, key, text);
}

static struct json *priors_json(const struct manifest_entry *entry)
{
	struct json *list = js_new_array();

	for (size_t i = 0; i < entry->n_priors; i++)
		js_add(list, js_new_text(entry->priors[i]));
	return list;
}

static struct json *files_json(const struct manifest_entry *entry)
{
	struct json *list = js_new_array();

	for (size_t i = 0; i < entry->n_files; i++) {
		struct json *file = js_new_object();

		js_put_text(file, "name", entry->files[i].name);
		if (entry->files[i].sha256[0] != '\0')	/* else: missing */
			js_put_text(file, "sha256", entry->files[i].sha256);
		js_add(list, file);
	}
	return list;
}

/* What may be said of an entry depends on its kind: of a protected record
 * class, size and hash, and nothing else, whatever the caller filled in. */
static struct json *entry_json(const struct manifest_entry *entry)
{
	struct json *object = js_new_object();
	bool record = entry->kind == ENTRY_RECORD;

	js_put_text(object, "kind", kinds[entry->kind].word);
	js_put_text(object, "name", entry->name);
	js_put_text(object, "sha256", entry->sha256);
	js_put_int(object, "size", (int64_t)entry->size_bytes);
	put_text(object, "class", entry->class_);
	if (entry->kind == ENTRY_SEALED || entry->kind == ENTRY_DELETION)
		return object;
	put_text(object, "label", entry->label);
	put_text(object, "signs", entry->signs);
	if (record || entry->kind == ENTRY_FORM) {
		put_text(object, "form", entry->form_id);
		put_text(object, "version", entry->form_version);
		js_put(object, "files", files_json(entry));
	}
	if (entry->kind == ENTRY_LIST || entry->kind == ENTRY_PO)
		put_text(object, "form", entry->form_id);
	if (record) {
		put_text(object, "instance", entry->instance_id);
		put_text(object, "finished", entry->finished);
		put_text(object, "journal", entry->journal);
		js_put(object, "priors", priors_json(entry));
		if (entry->clock_doubted)
			js_put_bool(object, "clock_doubted", true);
	}
	return object;
}

struct json *manifest_json(const struct manifest *manifest)
{
	struct json *object = js_new_object(), *device = js_new_object();
	struct json *entries = js_new_array();

	put_text(device, "key", manifest->device_key);
	put_text(device, "name", manifest->device_name);
	put_text(device, "recipient", manifest->device_recipient);
	for (size_t i = 0; i < manifest->entries.n; i++)
		js_add(entries, entry_json(&manifest->entries.items[i]));
	js_put_text(object, "format", "bayaz-bundle");
	js_put_int(object, "version", BUNDLE_VERSION);
	put_text(object, "kind", manifest->kind);
	put_text(object, "project", manifest->project);
	js_put(object, "device", device);
	js_put_int(object, "sequence", manifest->sequence);
	put_text(object, "date", manifest->date);
	put_text(object, "previous", manifest->previous);
	js_put_bool(object, "training", manifest->training);
	js_put(object, "entries", entries);
	return object;
}

char *manifest_print(const struct manifest *manifest)
{
	struct json *object = manifest_json(manifest);
	char *line = js_print(object), *text = str_format("%s\n", line);

	free(line);
	js_free(object);
	return text;
}

/* ---- reading ---- */

static bool bad(struct err *err, const char *what)
{
	return err_set(err, ERR_SPEC,
		_("the manifest is wrong: '%s'"), what);
}

static bool no_controls(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 127)
			return false;
	return true;
}

typedef bool text_test(const char *text);

/* An optional text of an object, into the arena; with a test of its form. */
static bool get_text(struct arena *arena, const struct json *object,
	const char *key, text_test *fits, const char **text, struct err *err)
{
	const struct json *value = js_get(object, key);
	const char *found = js_text(value);

	*text = NULL;
	if (value == NULL || js_is_null(value))
		return true;
	if (found == NULL || strlen(found) > MAX_TEXT || !no_controls(found) ||
			(fits != NULL && !fits(found)))
		return bad(err, key);
	*text = arena_strdup(arena, found);
	return true;
}

static bool is_kind(const char *text)
{
	return strcmp(text, "up") == 0 || strcmp(text, "down") == 0;
}

static bool is_project(const char *text)
{
	return strlen(text) == 16 &&
		strspn(text, "0123456789abcdef") == 16;
}

static bool is_date(const char *text)
{
	static const char shape[] = "dddd-dd-dd";

	for (size_t i = 0; i < sizeof shape; i++)
		if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' :
				text[i] != shape[i])
			return false;
	return true;
}

static bool is_time(const char *text)
{
	return strlen(text) <= 40 &&
		strspn(text, "0123456789T:+-.Z") == strlen(text);
}

static bool is_class(const char *text)
{
	return strcmp(text, "public") == 0 ||
		strcmp(text, "standard") == 0 ||
		strcmp(text, "restricted") == 0 ||
		strcmp(text, "protected") == 0;
}

static bool is_hex(const char *text)
{
	return strspn(text, "0123456789abcdef") == strlen(text);
}

static bool is_signer(const char *text)
{
	struct minisign_public public_key;

	return minisign_public_parse(text, &public_key, NULL);
}

static bool is_recipient(const char *text)
{
	struct age_recipient recipient;

	return age_recipient_parse(text, &recipient, NULL);
}

static bool is_file_name(const char *text)
{
	return text[0] != '\0' && strlen(text) <= MAX_FILE_NAME &&
		strpbrk(text, "/\\") == NULL && strcmp(text, ".") != 0 &&
		strcmp(text, "..") != 0;
}

bool manifest_can_say(const char *text)
{
	return strlen(text) <= MAX_TEXT && no_controls(text) &&
		utf8_is_valid(text, strlen(text));
}

bool manifest_can_name(const char *file_name)
{
	return manifest_can_say(file_name) && is_file_name(file_name);
}

static bool copy_sha256(const char *text, char sha256[SHA256_HEX_BYTES])
{
	if (text == NULL || !sha256_is_hex(text))
		return false;
	memcpy(sha256, text, SHA256_HEX_BYTES);
	return true;
}

static bool get_priors(struct manifest *manifest, const struct json *object,
	struct manifest_entry *entry, struct err *err)
{
	const struct json *list = js_get(object, "priors");
	char (*priors)[SHA256_HEX_BYTES];
	size_t n = list != NULL ? js_size(list) : 0;

	if (list == NULL)
		return true;
	if (!js_is_array(list) || n > MAX_PRIORS)
		return bad(err, "priors");
	priors = arena_alloc(manifest->arena, (n + 1) * sizeof *priors);
	for (size_t i = 0; i < n; i++)
		if (!copy_sha256(js_text(js_at(list, i)), priors[i]))
			return bad(err, "priors");
	entry->priors = (const char (*)[SHA256_HEX_BYTES])priors;
	entry->n_priors = n;
	return true;
}

static bool get_files(struct manifest *manifest, const struct json *object,
	struct manifest_entry *entry, struct err *err)
{
	const struct json *list = js_get(object, "files");
	struct manifest_file *files;
	size_t n = list != NULL ? js_size(list) : 0;

	if (list == NULL)
		return true;
	if (!js_is_array(list) || n > MAX_FILES)
		return bad(err, "files");
	files = ARENA_ARRAY(manifest->arena, struct manifest_file, n + 1);
	for (size_t i = 0; i < n; i++) {
		const struct json *file = js_at(list, i);

		if (!js_is_object(file) || !get_text(manifest->arena, file,
				"name", is_file_name, &files[i].name, err) ||
				files[i].name == NULL ||
				(js_get(file, "sha256") != NULL && !copy_sha256(
					js_get_text(file, "sha256"),
					files[i].sha256)))
			return bad(err, "files");
	}
	entry->files = files;
	entry->n_files = n;
	return true;
}

static bool get_identity(const struct json *object,
	struct manifest_entry *entry, struct err *err)
{
	const struct json *size = js_get(object, "size");
	const char *kind = js_get_text(object, "kind");
	const char *name = js_get_text(object, "name");

	entry->kind = kind != NULL ? entry_kind_find(kind) : N_ENTRY_KINDS;
	if (entry->kind == N_ENTRY_KINDS)
		return bad(err, "kind");
	if (!copy_sha256(js_get_text(object, "sha256"), entry->sha256))
		return bad(err, "sha256");
	entry_name(entry->kind, entry->sha256, entry->name);
	if (name == NULL || strcmp(name, entry->name) != 0)
		return bad(err, "name");
	if (size == NULL || !js_is_int(size) || js_int(size) < 0)
		return bad(err, "size");
	entry->size_bytes = (uint64_t)js_int(size);
	return true;
}

static bool get_entry(struct manifest *manifest, const struct json *object,
	struct err *err)
{
	struct arena *arena = manifest->arena;
	struct manifest_entry entry = { .kind = N_ENTRY_KINDS };

	if (!js_is_object(object))
		return bad(err, "entries");
	if (!get_identity(object, &entry, err) ||
			!get_text(arena, object, "class", is_class,
				&entry.class_, err) ||
			!get_text(arena, object, "form", NULL, &entry.form_id,
				err) ||
			!get_text(arena, object, "version", NULL,
				&entry.form_version, err) ||
			!get_text(arena, object, "instance", NULL,
				&entry.instance_id, err) ||
			!get_text(arena, object, "finished", is_time,
				&entry.finished, err) ||
			!get_text(arena, object, "journal", is_hex,
				&entry.journal, err) ||
			!get_text(arena, object, "signs", sha256_is_hex,
				&entry.signs, err) ||
			!get_text(arena, object, "label", NULL, &entry.label,
				err) ||
			!get_priors(manifest, object, &entry, err) ||
			!get_files(manifest, object, &entry, err))
		return false;
	entry.clock_doubted = js_get_bool(object, "clock_doubted", false);
	if (manifest->entries.n > 0 && strcmp(manifest->entries.items[
			manifest->entries.n - 1].name, entry.name) >= 0)
		return bad(err, "entries");
	vec_push(&manifest->entries, entry);
	return true;
}

static bool get_entries(struct manifest *manifest, const struct json *object,
	struct err *err)
{
	const struct json *list = js_get(object, "entries");

	if (list == NULL || !js_is_array(list))
		return bad(err, "entries");
	for (size_t i = 0; i < js_size(list); i++)
		if (!get_entry(manifest, js_at(list, i), err))
			return false;
	return true;
}

static bool get_device(struct manifest *manifest, const struct json *object,
	struct err *err)
{
	const struct json *device = js_get(object, "device");
	struct arena *arena = manifest->arena;

	if (device == NULL || !js_is_object(device))
		return bad(err, "device");
	if (!get_text(arena, device, "key", is_signer, &manifest->device_key,
			err) ||
			!get_text(arena, device, "name", NULL,
				&manifest->device_name, err) ||
			!get_text(arena, device, "recipient", is_recipient,
				&manifest->device_recipient, err))
		return false;
	return manifest->device_key != NULL || bad(err, "key");
}

static bool check_version(const struct json *object, struct err *err)
{
	const char *format = js_get_text(object, "format");
	int64_t version = js_get_int(object, "version", 0);

	if (format == NULL || strcmp(format, "bayaz-bundle") != 0)
		return bad(err, "format");
	if (version > BUNDLE_VERSION)
		return err_set(err, ERR_SPEC,
			_("this bundle was made by a newer version of the program"));
	return version == BUNDLE_VERSION || bad(err, "version");
}

static bool get_manifest(struct manifest *manifest, const struct json *object,
	struct err *err)
{
	struct arena *arena = manifest->arena;

	if (!js_is_object(object))
		return bad(err, "format");
	if (!check_version(object, err) ||
			!get_text(arena, object, "kind", is_kind,
				&manifest->kind, err) ||
			!get_text(arena, object, "project", is_project,
				&manifest->project, err) ||
			!get_text(arena, object, "date", is_date,
				&manifest->date, err) ||
			!get_text(arena, object, "previous", sha256_is_hex,
				&manifest->previous, err) ||
			!get_device(manifest, object, err))
		return false;
	if (manifest->kind == NULL)
		return bad(err, "kind");
	if (manifest->date == NULL)
		return bad(err, "date");
	manifest->sequence = js_get_int(object, "sequence", 0);
	if (manifest->sequence < 1)
		return bad(err, "sequence");
	manifest->training = js_get_bool(object, "training", false);
	return get_entries(manifest, object, err);
}

bool manifest_parse(struct manifest *manifest, const char *bytes,
	size_t n_bytes, struct err *err)
{
	struct json *object;
	bool ok;

	if (n_bytes > BUNDLE_MAX_MANIFEST)
		return err_set(err, ERR_LIMIT, _("the manifest is too long"));
	object = js_parse(bytes, n_bytes, err);
	if (object == NULL)
		return err_at(err, BUNDLE_MANIFEST, 0, 0);
	ok = get_manifest(manifest, object, err);
	js_free(object);
	return ok || err_at(err, BUNDLE_MANIFEST, 0, 0);
}
