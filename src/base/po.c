/* A PO file in memory: entries, header, placeholders.  po_read.c, po_write.c. */
#include "config.h"

#include <string.h>

#include "base/arena.h"
#include "base/gettext.h"
#include "base/po_parts.h"

struct po *po_new(void)
{
	struct po *po = xcalloc(1, sizeof *po);

	po->arena = arena_new();
	map_init(&po->live);
	return po;
}

static void release_entry(struct po_entry *entry)
{
	vec_release(&entry->strings);
	vec_release(&entry->comments);
	vec_release(&entry->extracted);
	vec_release(&entry->references);
	vec_release(&entry->flags);
}

void po_free(struct po *po)
{
	if (po == NULL)
		return;
	for (size_t i = 0; i < po->entries.n; i++)
		release_entry(po->entries.items[i]);
	if (po->tail != NULL)
		release_entry(po->tail);
	vec_release(&po->entries);
	vec_release(&po->domains);
	map_release(&po->live);
	arena_free(po->arena);
	free(po);
}

/* As in a .mo file: U+0004 between context and msgid. */
const char *po_key(struct arena *arena, const char *context, const char *id)
{
	return context == NULL ? id :
		arena_printf(arena, "%s\004%s", context, id);
}

struct po_entry *po_entry_new(struct po *po)
{
	return ARENA_NEW(po->arena, struct po_entry);
}

bool po_put(struct po *po, struct po_entry *entry)
{
	const char *key = po_key(po->arena, entry->names.context,
		entry->names.id);

	if (!entry->is_obsolete) {
		if (entry->domain != NULL)
			key = arena_printf(po->arena, "%s\004\004%s",
				entry->domain, key);
		if (map_has(&po->live, key))
			return false;
		map_set(&po->live, key, entry);
		if (entry->names.id[0] == '\0' &&
				entry->names.context == NULL &&
				po->header == NULL)
			po->header = entry;
	}
	vec_push(&po->entries, entry);
	return true;
}

static const char *keep(struct po *po, const char *text)
{
	return text == NULL ? NULL : arena_strdup(po->arena, text);
}

struct po_entry *po_add(struct po *po, const struct po_names *names)
{
	struct po_entry *entry = po_entry_new(po);

	entry->names = (struct po_names){ keep(po, names->context),
		keep(po, names->id), keep(po, names->plural) };
	vec_push(&entry->strings, "");
	if (names->plural != NULL)
		vec_push(&entry->strings, "");
	po_put(po, entry);
	return entry;
}

struct po_entry *po_find(const struct po *po, const char *context,
	const char *id)
{
	struct arena_mark mark = arena_mark(po->arena);
	struct po_entry *entry = map_get(&po->live,
		po_key(po->arena, context, id));

	arena_reset(po->arena, mark);
	return entry;
}

void po_set(struct po *po, struct po_entry *entry, size_t i, const char *text)
{
	while (entry->strings.n <= i)
		vec_push(&entry->strings, "");
	entry->strings.items[i] = keep(po, text);
}

void po_comment(struct po *po, struct po_entry *entry, const char *text)
{
	vec_push(&entry->comments, keep(po, text));
}

void po_extracted(struct po *po, struct po_entry *entry, const char *text)
{
	vec_push(&entry->extracted, keep(po, text));
}

void po_refer(struct po *po, struct po_entry *entry, const char *file,
	int line)
{
	for (size_t i = 0; i < entry->references.n; i++) {
		const struct po_reference *r = &entry->references.items[i];

		if (r->line == line && strcmp(r->file, file) == 0)
			return;
	}
	vec_push(&entry->references,
		((struct po_reference){ keep(po, file), line }));
}

bool po_has_flag(const struct po_entry *entry, const char *flag)
{
	for (size_t i = 0; i < entry->flags.n; i++)
		if (strcmp(entry->flags.items[i], flag) == 0)
			return true;
	return false;
}

void po_flag(struct po *po, struct po_entry *entry, const char *flag)
{
	if (!po_has_flag(entry, flag))
		vec_push(&entry->flags, keep(po, flag));
}

bool po_is_translated(const struct po_entry *entry)
{
	for (size_t i = 0; i < entry->strings.n; i++)
		if (entry->strings.items[i][0] == '\0')
			return false;
	return !entry->is_fuzzy && !entry->is_obsolete;
}

/* --- the header: lines "FIELD: TEXT" --- */

/* The line of a field in the header's text; NULL: none. */
static const char *field_line(const char *text, const char *field)
{
	size_t n = strlen(field);

	while (*text != '\0') {
		const char *end = strchr(text, '\n');

		if (strncmp(text, field, n) == 0 && text[n] == ':')
			return text;
		if (end == NULL)
			break;
		text = end + 1;
	}
	return NULL;
}

char *po_header_field(const struct po *po, const char *field)
{
	const char *line = po->header == NULL ? NULL :
		field_line(po->header->strings.items[0], field);

	if (line == NULL)
		return NULL;
	line += strlen(field) + 1;
	line += strspn(line, " ");
	return xstrndup(line, strcspn(line, "\n"));
}

void po_set_header_field(struct po *po, const char *field, const char *text)
{
	struct str out = STR_INIT;
	const char *old, *line;

	if (po->header == NULL) {
		po_add(po, &(struct po_names){ NULL, "", NULL });
		if (po->entries.n > 1) {	/* it comes first */
			vec_remove(&po->entries, po->entries.n - 1, 1);
			vec_insert(&po->entries, 0, po->header);
		}
	}
	old = po->header->strings.items[0];
	line = field_line(old, field);
	str_addn(&out, old, line == NULL ? strlen(old) : (size_t)(line - old));
	if (line == NULL && out.len > 0 && out.data[out.len - 1] != '\n')
		str_addc(&out, '\n');
	str_addf(&out, "%s: %s\n", field, text);
	if (line != NULL) {
		const char *rest = strchr(line, '\n');

		str_add(&out, rest == NULL ? "" : rest + 1);
	}
	po_set(po, po->header, 0, out.data);
	str_release(&out);
}

/* --- placeholders --- */

static size_t name_bytes(const char *text)
{
	return text[0] >= '0' && text[0] <= '9' ? 0 : strspn(text, "_"
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789");
}

bool po_next_brace(const char **at, const char **name, size_t *n_bytes)
{
	const char *c = *at;

	while ((c = strchr(c, '{')) != NULL) {
		if (c[1] == '{') {
			c += 2;
			continue;
		}
		*name = c + 1;
		*n_bytes = name_bytes(c + 1);
		if (*n_bytes > 0 && c[1 + *n_bytes] == '}') {
			*at = c + *n_bytes + 2;
			return true;
		}
		c++;
	}
	return false;
}

static bool has_brace(const char *text, const char *name, size_t n_bytes)
{
	const char *found;
	size_t n;

	while (po_next_brace(&text, &found, &n))
		if (n == n_bytes && memcmp(found, name, n) == 0)
			return true;
	return false;
}

bool po_braces_agree(const char *id, const char *text, struct err *err)
{
	const char *name, *at = id;
	size_t n;

	while (po_next_brace(&at, &name, &n))
		if (!has_brace(text, name, n))
			return err_set(err, ERR_VALUE,
				_("the translation lost the placeholder {%.*s}"),
				(int)n, name);
	at = text;
	while (po_next_brace(&at, &name, &n))
		if (!has_brace(id, name, n))
			return err_set(err, ERR_VALUE, _("the translation has "
				"the placeholder {%.*s}, which the original "
				"has not"), (int)n, name);
	return true;
}
