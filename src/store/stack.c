/* Bundles of a store for another one.  See stack.h. */
#include "config.h"

#include "store/stack.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "bundle/format.h"
#include "bundle/write.h"
#include "crypt/age.h"
#include "db/db.h"
#include "store/content.h"
#include "store/erase.h"
#include "store/fact.h"
#include "store/statement.h"
#include "store/store.h"

/* So that no manifest passes its limit, and every disk takes the file. */
enum { ENTRIES_MAX = 20000 };
#define BYTES_MAX ((uint64_t)2 << 30)

struct part {
	struct stack *stack;
	int64_t content;		/* 0: `bytes` */
	const char *bytes;
	uint64_t size_bytes;
	uint8_t sha256[SHA256_BYTES];
};

struct stack {
	struct store *store;
	const struct stack_options *options;
	struct stack_result *result;
	struct manifest manifest;
	VEC(struct part *) parts;
	struct map names;		/* of entries that are there */
	uint64_t n_bytes;
	const struct part *open;	/* whose bytes `cache` holds */
	int64_t open_part;
	struct str cache;
};

/* --- bytes --- */

static bool fill_cache(const struct part *part, int64_t at, struct err *err)
{
	struct stack *s = part->stack;
	bool whole = false;

	if (s->open == part && (s->open_part == at || s->open_part < 0))
		return true;
	str_clear(&s->cache);
	s->open = NULL;
	if (!content_part(s->store, part->content, at, &whole, &s->cache, err))
		return false;
	s->open = part;
	s->open_part = whole ? -1 : at;
	return true;
}

static bool read_part(void *context, uint64_t offset, void *buffer,
	size_t size_bytes, struct err *err)
{
	const struct part *part = context;
	struct stack *s = part->stack;
	char *to = buffer;

	while (size_bytes > 0) {
		size_t at, n;

		if (!fill_cache(part, (int64_t)(offset / CONTENT_PART_BYTES),
				err))
			return false;
		at = (size_t)(s->open_part < 0 ? offset :
			offset % CONTENT_PART_BYTES);
		if (at >= s->cache.len)
			return err_set(err, ERR_SPEC, _("'%s' is damaged"),
				store_path(s->store));
		n = s->cache.len - at < size_bytes ? s->cache.len - at :
			size_bytes;
		memcpy(to, s->cache.data + at, n);
		to += n;
		offset += n;
		size_bytes -= n;
	}
	return true;
}

/* --- entries --- */

static struct part *add_part(struct stack *s, enum entry_kind kind,
	const uint8_t sha256[SHA256_BYTES], uint64_t size_bytes)
{
	struct arena *arena = s->manifest.arena;
	char hex[SHA256_HEX_BYTES];
	const char *name;
	struct part *part;

	hex_encode(sha256, SHA256_BYTES, hex);
	name = arena_printf(arena, "%d %s", (int)kind, hex);
	if (map_has(&s->names, name))
		return NULL;
	map_set(&s->names, name, s);
	manifest_add(&s->manifest, kind);
	part = ARENA_ARRAY(arena, struct part, 1);
	part->stack = s;
	part->size_bytes = size_bytes;
	memcpy(part->sha256, sha256, SHA256_BYTES);
	vec_push(&s->parts, part);
	s->n_bytes += size_bytes;
	return part;
}

static void add_signature(struct stack *s, const char *signature,
	const char *signs)
{
	struct arena *arena = s->manifest.arena;
	uint8_t sha256[SHA256_BYTES];
	struct part *part;

	sha256_bytes(signature, strlen(signature), sha256);
	part = add_part(s, ENTRY_SIGNATURE, sha256, strlen(signature));
	if (part == NULL)
		return;
	part->bytes = arena_strdup(arena, signature);
	s->manifest.entries.items[s->manifest.entries.n - 1].signs =
		arena_strdup(arena, signs);
}

/* What was erased does not go on; the statements that say so do, before
 * whoever gets the bundle asks where it is. */
static bool add_erasings(struct stack *s, const char *erased, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(s->store),
		"SELECT c.id, c.size, c.sha256, f.signature FROM statement t"
		" JOIN fact f ON f.id = t.fact JOIN content c"
		" ON c.id = f.content WHERE t.kind = '" FACT_ERASED "'"
		" AND t.subject = ?1", err);
	char hex[SHA256_HEX_BYTES];
	uint8_t sha256[SHA256_BYTES];
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, erased);
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct part *part = NULL;

		row_hash(walk, 2, hex);
		if (hex_decode(hex, sha256, sizeof sha256))
			part = add_part(s, ENTRY_FACT, sha256,
				(uint64_t)db_int(walk, 1));
		if (part == NULL)
			continue;
		part->content = db_int(walk, 0);
		add_signature(s, db_text(walk, 3), hex);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

static bool add_content(struct stack *s, enum entry_kind kind,
	const char *hex, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(s->store),
		"SELECT id, size, packing = 2 FROM content"
		" WHERE sha256 = ?1", err);
	uint8_t sha256[SHA256_BYTES];
	enum db_result result;
	struct part *part;
	bool erased;

	if (find == NULL || !hex_decode(hex, sha256, sizeof sha256))
		return find != NULL;
	db_bind_blob(find, 1, sha256, sizeof sha256);
	result = db_step(find, err);
	erased = result == DB_ROW && db_int(find, 2) != 0;
	if (result == DB_ROW && !erased) {
		part = add_part(s, kind, sha256, (uint64_t)db_int(find, 1));
		if (part != NULL)
			part->content = db_int(find, 0);
		s->result->n_contents += part != NULL;
	}
	db_reset(find);
	return result != DB_FAILED && (!erased || add_erasings(s, hex, err));
}

/* All that the device sent and that is here. */
static bool add_entries(struct stack *s, int64_t content, struct err *err)
{
	struct manifest inner;
	struct str text = STR_INIT;
	bool ok;

	manifest_init(&inner);
	ok = content_get(s->store, content, BUNDLE_MAX_MANIFEST, &text, err) &&
		manifest_parse(&inner, text.data, text.len, err);
	for (size_t i = 0; ok && i < inner.entries.n; i++)
		ok = add_content(s, inner.entries.items[i].kind,
			inner.entries.items[i].sha256, err);
	str_release(&text);
	manifest_release(&inner);
	return ok;
}

/* What a statement names: a form with its files, a version made here. */
static bool add_named(struct stack *s, const char *kind, int64_t content,
	struct err *err)
{
	struct str text = STR_INIT;
	struct json *json = NULL;
	const struct json *files;
	bool is_form = strcmp(kind, FACT_FORM) == 0;
	bool ok = content_get(s->store, content, BUNDLE_MAX_MANIFEST, &text,
		err);
	const char *hex;

	if (ok)
		json = js_parse(text.data, text.len, err);
	str_release(&text);
	if (json == NULL)
		return false;
	hex = js_get_text(json, is_form ? "sha256" : "version");
	if (hex != NULL)
		ok = add_content(s, is_form ? ENTRY_FORM : ENTRY_RECORD, hex,
			err);
	files = js_get(json, "files");
	for (size_t i = 0; ok && is_form && i < js_size(files); i++) {
		hex = js_get_text(js_at(files, i), "sha256");
		ok = hex == NULL || add_content(s, ENTRY_FILE, hex, err);
	}
	js_free(json);
	return ok;
}

struct fact_row {
	int64_t id, content;
	char *kind, *signature;
	char hex[SHA256_HEX_BYTES];
};

static enum entry_kind entry_for(const char *kind)
{
	if (strcmp(kind, FACT_MANIFEST) == 0)
		return ENTRY_MANIFEST;
	if (strcmp(kind, FACT_PROJECT) == 0)
		return ENTRY_PROJECT;
	return strcmp(kind, FACT_CERTIFICATE) == 0 ? ENTRY_CERT : ENTRY_FACT;
}

static bool add_fact(struct stack *s, const struct fact_row *fact,
	struct err *err)
{
	enum entry_kind kind = entry_for(fact->kind);

	if (!add_content(s, kind, fact->hex, err))
		return false;
	add_signature(s, fact->signature, fact->hex);
	s->result->n_contents--;
	s->result->n_facts++;
	s->result->n_manifests += kind == ENTRY_MANIFEST;
	if (kind == ENTRY_MANIFEST)
		return add_entries(s, fact->content, err);
	if (strcmp(fact->kind, FACT_FORM) == 0 ||
			strcmp(fact->kind, FACT_RESOLUTION) == 0)
		return add_named(s, fact->kind, fact->content, err);
	return true;
}

static bool is_full(const struct stack *s)
{
	return s->parts.n >= ENTRIES_MAX || s->n_bytes >= BYTES_MAX;
}

static bool next_fact(struct stack *s, int64_t after, struct fact_row *fact,
	struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(s->store),
		"SELECT f.id, f.content, f.kind, f.signature, c.sha256"
		" FROM fact f JOIN content c ON c.id = f.content"
		" WHERE f.id > ?1 ORDER BY f.id LIMIT 1", err);
	enum db_result result;

	*fact = (struct fact_row){ .id = 0 };
	if (get == NULL)
		return false;
	db_bind_int(get, 1, after);
	result = db_step(get, err);
	if (result == DB_ROW) {
		fact->id = db_int(get, 0);
		fact->content = db_int(get, 1);
		fact->kind = xstrdup(db_text(get, 2));
		fact->signature = xstrdup(db_text(get, 3));
		row_hash(get, 4, fact->hex);
	}
	db_reset(get);
	return result != DB_FAILED;
}

static bool add_facts(struct stack *s, int64_t after, struct err *err)
{
	bool ok = true, end = false;

	s->result->last_fact = after;
	while (ok && !end && !is_full(s)) {
		struct fact_row fact;

		ok = next_fact(s, s->result->last_fact, &fact, err);
		end = ok && fact.id == 0;
		if (ok && !end) {
			ok = add_fact(s, &fact, err);
			s->result->last_fact = fact.id;
		}
		free(fact.kind);
		free(fact.signature);
	}
	s->result->more = ok && !end;
	return ok;
}

/* --- the file --- */

/* Numbers of a store's bundles are for people: facts need none. */
static bool describe(struct stack *s, struct err *err)
{
	struct manifest *m = &s->manifest;
	char date[16];
	time_t now = time(NULL);
	struct tm tm;
	int64_t last;

	if (!db_number(store_db(s->store), "SELECT max(id) FROM sent", &last,
			err))
		return false;
	gmtime_r(&now, &tm);
	strftime(date, sizeof date, "%Y-%m-%d", &tm);
	m->kind = "up";
	m->project = arena_strdup(m->arena, store_project(s->store));
	m->date = arena_strdup(m->arena, date);
	m->sequence = last + 1;
	m->training = store_is_training(s->store);
	return true;
}

static bool write_file(struct stack *s, const char *path, struct err *err)
{
	struct age_recipient recipients[2];
	const struct age_to age = {
		.recipients = recipients, .n_recipients = 2,
	};
	const struct bundle_to to = {
		.age = &age, .signer = s->options->key,
		.progress = s->options->progress,
		.context = s->options->context,
	};
	struct bundle_source *sources = xcalloc(s->parts.n + 1,
		sizeof *sources);
	bool ok;

	trust_project_recipients(s->options->project, TRUST_STANDARD,
		recipients);
	for (size_t i = 0; i < s->parts.n; i++) {
		struct part *part = s->parts.items[i];

		sources[i].bytes = part->bytes;
		sources[i].n_bytes = part->size_bytes;
		sources[i].read = part->bytes == NULL ? read_part : NULL;
		sources[i].context = part;
		sources[i].sha256 = part->sha256;
	}
	ok = bundle_write(path, &s->manifest, sources, &to, NULL, err);
	free(sources);
	return ok;
}

static bool note_sent(struct stack *s, const char *path, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(s->store),
		"INSERT INTO sent (at, path, last_fact) VALUES"
		" (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), ?1, ?2)", err);

	if (add == NULL)
		return false;
	db_bind_text(add, 1, path);
	db_bind_int(add, 2, s->result->last_fact);
	return db_run(add, err);
}

static bool start_after(struct stack *s, int64_t *after, struct err *err)
{
	*after = s->options->after;
	return s->options->again || db_number(store_db(s->store),
		"SELECT max(last_fact) FROM sent", after, err);
}

static bool pack(struct stack *s, const char *path, struct err *err)
{
	int64_t after;

	if (!start_after(s, &after, err) || !add_facts(s, after, err))
		return false;
	if (s->result->n_facts == 0)
		return err_set(err, ERR_NOTFOUND,
			_("there is nothing new to send on"));
	return describe(s, err) && write_file(s, path, err) &&
		note_sent(s, path, err);
}

bool stack_pack(struct store *store, const char *path,
	const struct stack_options *options, struct stack_result *result,
	struct err *err)
{
	struct stack s = { .store = store, .options = options,
		.result = result, .names = MAP_INIT, .cache = STR_INIT };
	bool ok;

	memset(result, 0, sizeof *result);
	manifest_init(&s.manifest);
	ok = pack(&s, path, err);
	map_release(&s.names);
	vec_release(&s.parts);
	str_release(&s.cache);
	manifest_release(&s.manifest);
	return ok;
}
