/* Reading a manifest.  The entries are read one at a time: their values would
 * take many times the room of the text.  Those that this program wrote are read
 * without values at all (manifest_plain.c). */
#include "config.h"

#include <stddef.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/str.h"
#include "base/utf8.h"
#include "bundle/manifest_parts.h"
#include "crypt/age.h"
#include "crypt/minisign.h"

enum {
	MAX_FILE_NAME = 255,
	MAX_OUTER = 1 << 20,		/* bytes of all but the entries */
	MAX_ENTRY = 8 << 20,		/* of one entry */
};

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

bool manifest_can_travel(const struct manifest_entry *entry)
{
	const char *const texts[] = { entry->form_id, entry->form_version,
		entry->instance_id, entry->label };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i] != NULL && !manifest_can_say(texts[i]))
			return false;
	for (size_t i = 0; i < entry->n_files; i++)
		if (!manifest_can_name(entry->files[i].name))
			return false;
	return entry->n_files <= MANIFEST_MAX_FILES && entry->n_priors <= MANIFEST_MAX_PRIORS;
}

/* An optional text of an object, into the arena; with a test of its form. */
static bool get_text(struct arena *arena, const struct json *object,
	const char *key, manifest_text_test *fits, const char **text, struct err *err)
{
	const struct json *value = js_get(object, key);
	const char *found = js_text(value);

	*text = NULL;
	if (value == NULL || js_is_null(value))
		return true;
	if (found == NULL || strlen(found) > MANIFEST_MAX_TEXT || !no_controls(found) ||
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

#define TEXT(key, fits, member) \
	{ key, MEMBER_TEXT, fits, offsetof(struct manifest_entry, member) }

const struct manifest_member manifest_members[N_MANIFEST_MEMBERS] = {
	TEXT("class", is_class, class_),
	{ "clock_doubted", MEMBER_CLOCK, NULL, 0 },
	{ "files", MEMBER_FILES, NULL, 0 },
	TEXT("finished", is_time, finished),
	TEXT("form", NULL, form_id),
	TEXT("instance", NULL, instance_id),
	TEXT("journal", is_hex, journal),
	{ "kind", MEMBER_KIND, NULL, 0 },
	TEXT("label", NULL, label),
	{ "name", MEMBER_NAME, NULL, 0 },
	{ "priors", MEMBER_PRIORS, NULL, 0 },
	{ "sha256", MEMBER_SHA256, NULL, 0 },
	TEXT("signs", sha256_is_hex, signs),
	{ "size", MEMBER_SIZE, NULL, 0 },
	TEXT("version", NULL, form_version),
};

const char **manifest_text(struct manifest_entry *entry,
	const struct manifest_member *member)
{
	return (const char **)(void *)((char *)entry + member->at);
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

bool manifest_is_file_name(const char *text)
{
	return text[0] != '\0' && strlen(text) <= MAX_FILE_NAME &&
		strpbrk(text, "/\\") == NULL && strcmp(text, ".") != 0 &&
		strcmp(text, "..") != 0;
}

bool manifest_can_say(const char *text)
{
	return strlen(text) <= MANIFEST_MAX_TEXT && no_controls(text) &&
		utf8_is_valid(text, strlen(text));
}

bool manifest_can_name(const char *file_name)
{
	return manifest_can_say(file_name) && manifest_is_file_name(file_name);
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
	if (!js_is_array(list) || n > MANIFEST_MAX_PRIORS)
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
	if (!js_is_array(list) || n > MANIFEST_MAX_FILES)
		return bad(err, "files");
	files = ARENA_ARRAY(manifest->arena, struct manifest_file, n + 1);
	for (size_t i = 0; i < n; i++) {
		const struct json *file = js_at(list, i);

		if (!js_is_object(file) || !get_text(manifest->arena, file,
				"name", manifest_is_file_name, &files[i].name, err) ||
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

static bool get_texts(struct manifest *manifest, const struct json *object,
	struct manifest_entry *entry, struct err *err)
{
	for (size_t i = 0; i < N_MANIFEST_MEMBERS; i++) {
		const struct manifest_member *member = &manifest_members[i];

		if (member->what == MEMBER_TEXT && !get_text(manifest->arena,
				object, member->key, member->fits,
				manifest_text(entry, member), err))
			return false;
	}
	return true;
}

static bool get_entry(struct manifest *manifest, const struct json *object,
	struct manifest_entry *entry, struct err *err)
{
	*entry = (struct manifest_entry){ .kind = N_ENTRY_KINDS };
	if (!js_is_object(object))
		return bad(err, "entries");
	entry->clock_doubted = js_get_bool(object, "clock_doubted", false);
	return get_identity(object, entry, err) &&
		get_texts(manifest, object, entry, err) &&
		get_priors(manifest, object, entry, err) &&
		get_files(manifest, object, entry, err);
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

static bool get_head(struct manifest *manifest, const struct json *object,
	struct err *err)
{
	const struct json *head = js_get(object, "head");

	if (head == NULL)
		return true;
	manifest->has_head = true;
	manifest->n_packed = js_get_int(head, "packed", -1);
	manifest->n_left = js_get_int(head, "left", -1);
	return (manifest->n_packed >= 0 && manifest->n_left >= 0) ||
		bad(err, "head");
}

static bool get_outer(struct manifest *manifest, const struct json *object,
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
			!get_device(manifest, object, err) ||
			!get_head(manifest, object, err))
		return false;
	if (manifest->kind == NULL)
		return bad(err, "kind");
	if (manifest->date == NULL)
		return bad(err, "date");
	manifest->sequence = js_get_int(object, "sequence", 0);
	if (manifest->sequence < 1)
		return bad(err, "sequence");
	manifest->training = js_get_bool(object, "training", false);
	return true;
}

/* ---- the text: where the entries are ----
 *
 * These look for the ends of values only; whether they are JSON is told by the
 * parser, which gets all of the text, in pieces. */

struct text { const char *at, *end; };

static void skip_blanks(struct text *t)
{
	while (t->at < t->end && memchr(" \t\r\n", *t->at, 4) != NULL)
		t->at++;
}

static bool take_char(struct text *t, char c)
{
	skip_blanks(t);
	if (t->at == t->end || *t->at != c)
		return false;
	t->at++;
	return true;
}

static bool skip_string(struct text *t)
{
	for (t->at++; t->at < t->end && *t->at != '"'; t->at++)
		if (*t->at == '\\' && ++t->at == t->end)
			return false;
	return t->at < t->end && *t->at++ == '"';
}

/* False: it has no end. */
static bool skip_value(struct text *t)
{
	size_t depth = 0;

	skip_blanks(t);
	while (t->at < t->end) {
		switch (*t->at) {
		case '"':
			if (!skip_string(t))
				return false;
			break;
		case '{': case '[':
			depth++;
			t->at++;
			break;
		case '}': case ']':
			if (depth == 0)
				return true;
			depth--;
			t->at++;
			break;
		case ',':
			if (depth == 0)
				return true;
			t->at++;
			continue;
		default:
			t->at++;
			continue;
		}
		if (depth == 0)
			return true;
	}
	return false;
}

/* The value of the first key "entries": from after its bracket to before the
 * other. */
static bool find_entries(struct text all, struct text *entries)
{
	static const char wanted[] = "\"entries\"";

	if (!take_char(&all, '{'))
		return false;
	do {
		const char *key;
		bool found;

		skip_blanks(&all);
		key = all.at;
		if (all.at == all.end || *all.at != '"' || !skip_string(&all))
			return false;
		found = (size_t)(all.at - key) == sizeof wanted - 1 &&
			memcmp(key, wanted, sizeof wanted - 1) == 0;
		if (!take_char(&all, ':'))
			return false;
		skip_blanks(&all);
		entries->at = all.at + 1;
		if (!skip_value(&all))
			return false;
		entries->end = all.at - 1;
		if (found)
			return entries->at[-1] == '[' && *entries->end == ']';
	} while (take_char(&all, ','));
	return false;
}

static bool add_entry(struct manifest *manifest,
	const struct manifest_entry *entry, struct err *err)
{
	size_t n = manifest->entries.n;

	if (n > 0 && strcmp(manifest->entries.items[n - 1].name,
			entry->name) >= 0)
		return bad(err, "entries");
	vec_push(&manifest->entries, *entry);
	return true;
}

static bool get_piece(struct manifest *manifest, const struct text *piece,
	struct err *err)
{
	struct manifest_entry entry;
	struct json *object;
	bool ok;

	if (piece->end - piece->at > MAX_ENTRY)
		return err_set(err, ERR_LIMIT, _("the manifest is too long"));
	if (manifest_read_plain(manifest->arena, piece->at, piece->end,
			&entry))
		return add_entry(manifest, &entry, err);
	object = js_parse(piece->at, (size_t)(piece->end - piece->at), err);
	ok = object != NULL && get_entry(manifest, object, &entry, err) &&
		add_entry(manifest, &entry, err);
	js_free(object);
	return ok;
}

static bool get_entries(struct manifest *manifest, struct text entries,
	struct err *err)
{
	struct text piece;

	skip_blanks(&entries);
	if (entries.at == entries.end)
		return true;
	do {
		skip_blanks(&entries);
		piece.at = entries.at;
		/* The bracket after the last one ends it too. */
		entries.end++;
		if (!skip_value(&entries))
			return bad(err, "entries");
		entries.end--;
		piece.end = entries.at;
		if (!get_piece(manifest, &piece, err))
			return false;
	} while (take_char(&entries, ','));
	return entries.at == entries.end || bad(err, "entries");
}

/* All but the entries. */
static bool parse_outer(struct manifest *manifest, const struct text *all,
	const struct text *entries, struct err *err)
{
	struct str outer = STR_INIT;
	struct json *object = NULL;
	bool ok;

	str_addn(&outer, all->at, (size_t)(entries->at - all->at));
	str_addn(&outer, entries->end, (size_t)(all->end - entries->end));
	if (outer.len > MAX_OUTER)
		ok = err_set(err, ERR_LIMIT, _("the manifest is too long"));
	else
		ok = (object = js_parse(outer.data, outer.len, err)) != NULL &&
			get_outer(manifest, object, err);
	js_free(object);
	str_release(&outer);
	return ok;
}

/* There are no entries to be found: say why. */
static bool no_entries(const struct text *all, struct err *err)
{
	size_t n = (size_t)(all->end - all->at);
	struct json *object;

	if (n > MAX_OUTER)
		return bad(err, "entries");
	object = js_parse(all->at, n, err);
	if (object == NULL)
		return false;
	js_free(object);
	return bad(err, "entries");
}

bool manifest_parse(struct manifest *manifest, const char *bytes,
	size_t n_bytes, struct err *err)
{
	const struct text all = { bytes, bytes + n_bytes };
	struct text entries;
	bool ok;

	if (n_bytes > BUNDLE_MAX_MANIFEST)
		return err_set(err, ERR_LIMIT, _("the manifest is too long"));
	ok = find_entries(all, &entries) ?
		parse_outer(manifest, &all, &entries, err) &&
			get_entries(manifest, entries, err) :
		no_entries(&all, err);
	return ok || err_at(err, BUNDLE_MANIFEST, 0, 0);
}
