#include "config.h"

#include "bundle/manifest.h"

#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"

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

static struct json *head_json(const struct manifest *manifest)
{
	struct json *head = js_new_object();

	js_put_int(head, "packed", manifest->n_packed);
	js_put_int(head, "left", manifest->n_left);
	return head;
}

static struct json *outer_json(const struct manifest *manifest)
{
	struct json *object = js_new_object(), *device = js_new_object();

	put_text(device, "key", manifest->device_key);
	put_text(device, "name", manifest->device_name);
	put_text(device, "recipient", manifest->device_recipient);
	js_put_text(object, "format", "bayaz-bundle");
	js_put_int(object, "version", BUNDLE_VERSION);
	put_text(object, "kind", manifest->kind);
	put_text(object, "project", manifest->project);
	js_put(object, "device", device);
	js_put_int(object, "sequence", manifest->sequence);
	put_text(object, "date", manifest->date);
	put_text(object, "previous", manifest->previous);
	js_put_bool(object, "training", manifest->training);
	if (manifest->has_head)
		js_put(object, "head", head_json(manifest));
	return object;
}

struct json *manifest_json(const struct manifest *manifest)
{
	struct json *object = outer_json(manifest), *entries = js_new_array();

	for (size_t i = 0; i < manifest->entries.n; i++)
		js_add(entries, entry_json(&manifest->entries.items[i]));
	js_put(object, "entries", entries);
	return object;
}

static void print_entries(struct str *out, const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->entries.n; i++) {
		struct json *entry = entry_json(&manifest->entries.items[i]);
		char *text = js_print(entry);

		if (i > 0)
			str_addc(out, ',');
		str_add(out, text);
		free(text);
		js_free(entry);
	}
}

/* As js_print() of manifest_json() would, one entry at a time: as values, all
 * of them would take several times the room. */
char *manifest_print(const struct manifest *manifest)
{
	/* A quote inside of a text has a backslash, so this is the key. */
	static const char none[] = "\"entries\":[]";
	struct json *object = outer_json(manifest);
	struct str out = STR_INIT;
	const char *at;
	char *text;

	js_put(object, "entries", js_new_array());
	text = js_print(object);
	at = strstr(text, none) + strlen(none) - 1;
	str_addn(&out, text, (size_t)(at - text));
	print_entries(&out, manifest);
	str_add(&out, at);
	str_addc(&out, '\n');
	free(text);
	js_free(object);
	return str_steal(&out);
}
