/* Entries of a manifest as this program writes them: read without making values
 * of them, which took three quarters of the time of reading a manifest.  What is
 * spelled otherwise is left to the reader for any JSON (manifest_read.c): here
 * nothing is an error. */
#include "config.h"

#include <string.h>

#include "base/utf8.h"
#include "bundle/manifest_parts.h"

enum { MAX_DIGITS = 18 };		/* less than 2^63 */

struct text { const char *at, *end; };

static bool take(struct text *t, const char *what)
{
	size_t n = strlen(what);

	if ((size_t)(t->end - t->at) < n || memcmp(t->at, what, n) != 0)
		return false;
	t->at += n;
	return true;
}

/* What stands between two quotes, if it stands for itself. */
static bool take_string(struct text *t, struct text *inside)
{
	const unsigned char *at, *end = (const unsigned char *)t->end;
	bool ascii = true;

	if (!take(t, "\""))
		return false;
	at = (const unsigned char *)t->at;
	for (; at < end && *at != '"'; at++) {
		if (*at < ' ' || *at == '\\' || *at == 127)
			return false;
		ascii = ascii && *at < 128;
	}
	if (at == end)
		return false;
	*inside = (struct text){ t->at, (const char *)at };
	t->at = (const char *)at + 1;
	return ascii || utf8_is_valid(inside->at,
		(size_t)(inside->end - inside->at));
}

static bool take_text(struct text *t, struct arena *arena,
	manifest_text_test *fits, const char **text)
{
	struct text inside;
	size_t n;

	if (!take_string(t, &inside))
		return false;
	n = (size_t)(inside.end - inside.at);
	if (n > MANIFEST_MAX_TEXT)
		return false;
	*text = arena_strndup(arena, inside.at, n);
	return fits == NULL || fits(*text);
}

static bool take_sha256(struct text *t, char sha256[SHA256_HEX_BYTES])
{
	struct text inside;

	if (!take_string(t, &inside) ||
			inside.end - inside.at != SHA256_HEX_BYTES - 1)
		return false;
	memcpy(sha256, inside.at, SHA256_HEX_BYTES - 1);
	sha256[SHA256_HEX_BYTES - 1] = '\0';
	return sha256_is_hex(sha256);
}

static bool take_size(struct text *t, uint64_t *size)
{
	const char *start = t->at;

	*size = 0;
	while (t->at < t->end && *t->at >= '0' && *t->at <= '9' &&
			t->at - start < MAX_DIGITS)
		*size = *size * 10 + (uint64_t)(*t->at++ - '0');
	return t->at > start && (*start != '0' || t->at == start + 1) &&
		t->at < t->end && (*t->at == ',' || *t->at == '}');
}

static bool take_kind(struct text *t, struct manifest_entry *entry)
{
	char kind[32];
	struct text inside;
	size_t n;

	if (!take_string(t, &inside))
		return false;
	n = (size_t)(inside.end - inside.at);
	if (n >= sizeof kind)
		return false;
	memcpy(kind, inside.at, n);
	kind[n] = '\0';
	entry->kind = entry_kind_find(kind);
	return entry->kind != N_ENTRY_KINDS;
}

/* *most: items it can have; 0: it is empty, and ends here. */
static bool begin_list(struct text *t, size_t *most)
{
	*most = 0;
	if (!take(t, "["))
		return false;
	if (take(t, "]"))
		return true;
	*most = 1;
	for (const char *at = t->at; at < t->end && *at != ']'; at++)
		*most += *at == ',';
	return true;
}

static bool take_priors(struct text *t, struct arena *arena,
	struct manifest_entry *entry)
{
	char (*priors)[SHA256_HEX_BYTES];
	size_t n = 0, most;

	if (!begin_list(t, &most) || most > MANIFEST_MAX_PRIORS)
		return false;
	if (most == 0)
		return true;
	priors = arena_alloc(arena, most * sizeof *priors);
	do
		if (n == most || !take_sha256(t, priors[n++]))
			return false;
	while (take(t, ","));
	entry->priors = (const char (*)[SHA256_HEX_BYTES])priors;
	entry->n_priors = n;
	return take(t, "]");
}

static bool take_file(struct text *t, struct arena *arena,
	struct manifest_file *file)
{
	if (!take(t, "{\"name\":") || !take_text(t, arena,
			manifest_is_file_name, &file->name))
		return false;
	return (!take(t, ",\"sha256\":") || take_sha256(t, file->sha256)) &&
		take(t, "}");
}

static bool take_files(struct text *t, struct arena *arena,
	struct manifest_entry *entry)
{
	struct manifest_file *files;
	size_t n = 0, most;

	/* each may have a comma of its own */
	if (!begin_list(t, &most) || most > 2 * MANIFEST_MAX_FILES)
		return false;
	if (most == 0)
		return true;
	files = ARENA_ARRAY(arena, struct manifest_file, most);
	do
		if (n == most || !take_file(t, arena, &files[n++]))
			return false;
	while (take(t, ","));
	entry->files = files;
	entry->n_files = n;
	return n <= MANIFEST_MAX_FILES && take(t, "]");
}

static bool take_value(struct text *t, struct arena *arena,
	const struct manifest_member *member, struct manifest_entry *entry,
	struct text *name)
{
	switch (member->what) {
	case MEMBER_TEXT:
		return take_text(t, arena, member->fits,
			manifest_text(entry, member));
	case MEMBER_FILES:
		return take_files(t, arena, entry);
	case MEMBER_KIND:
		return take_kind(t, entry);
	case MEMBER_NAME:
		return take_string(t, name);
	case MEMBER_PRIORS:
		return take_priors(t, arena, entry);
	case MEMBER_SHA256:
		return take_sha256(t, entry->sha256);
	case MEMBER_SIZE:
		return take_size(t, &entry->size_bytes);
	case MEMBER_CLOCK:
		entry->clock_doubted = true;
		return take(t, "true");
	}
	return false;
}

/* The keys come sorted, so each comes once. */
static const struct manifest_member *take_key(struct text *t, size_t *next)
{
	struct text key;
	size_t n;

	if (!take_string(t, &key))
		return NULL;
	n = (size_t)(key.end - key.at);
	while (*next < N_MANIFEST_MEMBERS) {
		const struct manifest_member *member =
			&manifest_members[(*next)++];

		if (strlen(member->key) == n &&
				memcmp(member->key, key.at, n) == 0)
			return take(t, ":") ? member : NULL;
	}
	return NULL;
}

bool manifest_read_plain(struct arena *arena, const char *at, const char *end,
	struct manifest_entry *entry)
{
	struct text t = { at, end };
	struct text name = { NULL, NULL };
	bool has_size = false;
	size_t next = 0;

	*entry = (struct manifest_entry){ .kind = N_ENTRY_KINDS };
	if (!take(&t, "{"))
		return false;
	do {
		const struct manifest_member *member = take_key(&t, &next);

		if (member == NULL || !take_value(&t, arena, member, entry,
				&name))
			return false;
		has_size = has_size || member->what == MEMBER_SIZE;
	} while (take(&t, ","));
	if (!take(&t, "}") || t.at != t.end || !has_size || name.at == NULL ||
			entry->kind == N_ENTRY_KINDS ||
			entry->sha256[0] == '\0')
		return false;
	entry_name(entry->kind, entry->sha256, entry->name);
	return strlen(entry->name) == (size_t)(name.end - name.at) &&
		memcmp(name.at, entry->name, strlen(entry->name)) == 0;
}
