/* What goes into a bundle: records, their forms and files as entries, and the
 * bytes of those. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "field/journal.h"
#include "field/packing.h"

/* --- the bytes of entries --- */

static bool open_chunk(struct packer *p, const struct part *part,
	int64_t chunk, struct err *err)
{
	if (part->text != NULL) {
		str_addn(&p->cache, part->text, (size_t)part->size_bytes);
		return true;
	}
	if (!part->is_file)
		return body_read(p->ws, part->owner, part->key, NULL,
			&p->cache, err);	/* who reads it hashes it */
	if (p->open_file.id != part->owner && !files_open(p->ws, part->owner,
			&p->open_file, err))
		return false;
	return files_chunk(p->ws, &p->open_file, chunk, &p->cache, err);
}

static bool fill_cache(const struct part *part, uint64_t offset,
	struct err *err)
{
	struct packer *p = part->packer;
	int64_t chunk = part->is_file ? (int64_t)(offset / CHUNK_BYTES) : 0;

	if (p->open_part == part && p->open_chunk == chunk)
		return true;
	wipe(p->cache.data, p->cache.len);
	str_clear(&p->cache);
	p->open_part = NULL;
	if (!open_chunk(p, part, chunk, err))
		return false;
	p->open_part = part;
	p->open_chunk = chunk;
	return true;
}

static bool read_part(void *context, uint64_t offset, void *buffer,
	size_t size_bytes, struct err *err)
{
	const struct part *part = context;
	struct str *cache = &part->packer->cache;
	uint8_t *to = buffer;

	while (size_bytes > 0) {
		size_t at, n;

		if (!fill_cache(part, offset, err))
			return false;
		at = (size_t)(part->is_file ? offset % CHUNK_BYTES : offset);
		if (at >= cache->len)
			return err_set(err, ERR_CRYPTO, _("'%s' is damaged: a "
				"part is shorter than it was"),
				db_path(part->packer->ws->db));
		n = cache->len - at < size_bytes ? cache->len - at : size_bytes;
		memcpy(to, cache->data + at, n);
		to += n;
		offset += n;
		size_bytes -= n;
	}
	return true;
}

static void note_failed(void *context)
{
	struct part *part = context;

	part->packer->part_failed = true;
}

void contents_source(struct packer *p, size_t i, struct bundle_source *source)
{
	struct part *part = p->parts.items[i];

	memset(source, 0, sizeof *source);
	source->n_bytes = part->size_bytes;
	source->read = read_part;
	source->context = part;
	source->sha256 = part->sha256;
	source->failed = note_failed;
}

bool contents_is_damaged(const struct packer *p, int64_t row)
{
	for (size_t i = 0; i < p->damaged.n; i++)
		if (p->damaged.items[i] == row)
			return true;
	return false;
}

static bool add_to_hash(void *context, const void *bytes, size_t n_bytes,
	struct err *err UNUSED)
{
	sha256_add(context, bytes, n_bytes);
	return true;
}

static bool is_whole(const struct bundle_source *source)
{
	struct sha256 hash;
	uint8_t digest[32];

	sha256_init(&hash);
	if (!source_each(source, add_to_hash, &hash, NULL))
		return false;
	sha256_end(&hash, digest);
	return memcmp(digest, source->sha256, sizeof digest) == 0;
}

void contents_check(struct packer *p)
{
	for (size_t i = 0; i < p->parts.n; i++) {
		struct bundle_source source;

		contents_source(p, i, &source);
		if (!is_whole(&source))
			vec_push(&p->damaged, p->parts.items[i]->row);
	}
}

/* --- entries --- */

/* An entry with its part; the pointer holds until the next one. */
static struct manifest_entry *add_entry(struct packer *p,
	enum entry_kind kind, const struct part *from, uint64_t size_bytes)
{
	struct manifest_entry *entry = manifest_add(&p->manifest, kind);
	struct part *part = xmemdup(from, sizeof *from);

	part->packer = p;
	part->size_bytes = size_bytes;
	entry->size_bytes = size_bytes;
	vec_push(&p->parts, part);
	p->all_bytes += size_bytes;
	return entry;
}

static bool seen(struct arena *arena, struct map *map, int64_t row)
{
	char text[17];

	record_id_text(row, text);
	if (map_has(map, text))
		return true;
	map_set(map, arena_strdup(arena, text), map);
	return false;
}

static void add_file(struct packer *p, int64_t file, uint64_t size_bytes,
	const uint8_t sha256[32])
{
	struct part part = { .owner = file, .row = file, .is_file = true };

	if (seen(p->manifest.arena, &p->files, file))
		return;
	memcpy(part.sha256, sha256, 32);
	add_entry(p, ENTRY_FILE, &part, size_bytes);
	p->result->n_files++;
}

static struct part part_of(int64_t row, const uint8_t key[SEAL_KEY_BYTES],
	const uint8_t sha256[32])
{
	struct part part = { .owner = row, .row = row };

	memcpy(part.key, key, SEAL_KEY_BYTES);
	memcpy(part.sha256, sha256, 32);
	return part;
}

static const char *text_or_null(struct arena *arena, const char *text)
{
	return text[0] != '\0' ? arena_strdup(arena, text) : NULL;
}

/* --- forms --- */

static const struct manifest_file *form_files(struct packer *p,
	const struct form_info *form)
{
	struct manifest_file *files = ARENA_ARRAY(p->manifest.arena,
		struct manifest_file, form->n_media + 1);

	for (size_t i = 0; i < form->n_media; i++) {
		const struct form_media *media = &form->media[i];

		files[i].name = arena_strdup(p->manifest.arena, media->name);
		if (contents_is_damaged(p, media->file))
			continue;
		hex_encode(media->sha256, 32, files[i].sha256);
		add_file(p, media->file, media->size_bytes, media->sha256);
	}
	return files;
}

static void put_form(struct packer *p, const struct form_info *form,
	const uint8_t key[SEAL_KEY_BYTES])
{
	struct arena *arena = p->manifest.arena;
	const struct manifest_file *files = form_files(p, form);
	struct part part = part_of(form->id, key, form->sha256);
	struct manifest_entry *entry = add_entry(p, ENTRY_FORM, &part,
		form->size_bytes);

	entry->class_ = text_or_null(arena, form->form_class);
	entry->form_id = arena_strdup(arena, form->form_id);
	entry->form_version = arena_strdup(arena, form->version);
	entry->files = files;
	entry->n_files = form->n_media;
	p->result->n_forms++;
	wipe(&part, sizeof part);
}

/* A form that cannot be read holds up no record: the centre gave it. */
static bool add_form(struct packer *p, int64_t row, struct err *err)
{
	struct form_info form;
	uint8_t key[SEAL_KEY_BYTES];

	if (row == 0 || seen(p->manifest.arena, &p->forms, row) ||
			contents_is_damaged(p, row))
		return true;
	if (!forms_open(p->ws, row, &form, key, err)) {
		if (err == NULL || (err->code != ERR_CRYPTO &&
				err->code != ERR_NOTFOUND))
			return false;
		err_clear(err);
		return true;
	}
	put_form(p, &form, key);
	wipe(key, sizeof key);
	form_info_release(&form);
	return true;
}

/* --- records --- */

static const struct manifest_file *record_files(struct packer *p,
	const struct record_head *head)
{
	struct manifest_file *files = ARENA_ARRAY(p->manifest.arena,
		struct manifest_file, head->n_attachments + 1);

	for (size_t i = 0; i < head->n_attachments; i++) {
		const struct record_attachment *from = &head->attachments[i];

		files[i].name = arena_strdup(p->manifest.arena, from->name);
		if (from->file == 0 || contents_is_damaged(p, from->file)) {
			vec_push(&p->missing, head->id);
			p->result->n_missing++;
			continue;
		}
		hex_encode(from->sha256, 32, files[i].sha256);
		add_file(p, from->file, from->size_bytes, from->sha256);
	}
	return files;
}

static void set_priors(struct packer *p, struct manifest_entry *entry,
	const struct record_head *head)
{
	char (*priors)[SHA256_HEX_BYTES];

	if (head->n_priors == 0)
		return;
	priors = arena_zalloc(p->manifest.arena,
		head->n_priors * sizeof *priors);
	for (size_t i = 0; i < head->n_priors; i++)
		hex_encode(head->priors[i], 32, priors[i]);
	entry->priors = (const char (*)[SHA256_HEX_BYTES])priors;
	entry->n_priors = head->n_priors;
}

static void set_journal(struct packer *p, struct manifest_entry *entry,
	const struct record *record)
{
	uint8_t hash[32];
	char hex[SHA256_HEX_BYTES];

	if (record->head.n_events == 0)
		return;
	journal_head(record, hash);
	hex_encode(hash, 32, hex);
	entry->journal = arena_strdup(p->manifest.arena, hex);
}

static const char *format_time(struct arena *arena, int64_t seconds)
{
	time_t time = (time_t)seconds;
	char text[32];
	struct tm tm;

	gmtime_r(&time, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return arena_strdup(arena, text);
}

/* A reader would refuse the whole bundle for it. */
static void take_back(struct packer *p, int64_t record, bool is_new)
{
	struct part *part = p->parts.items[--p->parts.n];

	p->manifest.entries.n--;
	p->n_new -= is_new;
	vec_push(&p->refused, record);
	wipe(part, sizeof *part);
	free(part);
}

static bool add_standard(struct packer *p, const struct record *record,
	struct err *err)
{
	const struct record_head *head = &record->head;
	struct arena *arena = p->manifest.arena;
	const struct manifest_file *files = record_files(p, head);
	struct part part = part_of(head->id, record->key, head->sha256);
	struct manifest_entry *entry;

	if (!add_form(p, head->form, err))
		return false;
	entry = add_entry(p, ENTRY_RECORD, &part, head->size_bytes);
	entry->class_ = text_or_null(arena, head->form_class);
	entry->form_id = arena_strdup(arena, head->form_id);
	entry->form_version = arena_strdup(arena, head->form_version);
	/* It is in the record too, and may be anything there. */
	if (manifest_can_say(head->instance_id))
		entry->instance_id = text_or_null(arena, head->instance_id);
	entry->finished = format_time(arena, head->finished);
	entry->clock_doubted = head->clock_given;
	entry->files = files;
	entry->n_files = head->n_attachments;
	set_priors(p, entry, head);
	set_journal(p, entry, record);
	wipe(&part, sizeof part);
	if (manifest_can_travel(entry))
		p->result->n_records++;
	else
		take_back(p, head->id, head->bundle == 0);
	return true;
}

static void add_sealed(struct packer *p, const struct record *record)
{
	const struct record_head *head = &record->head;
	struct part part = part_of(head->id, record->key, head->sha256);

	if (record->body_file != 0) {
		part.owner = record->body_file;
		part.is_file = true;
	}
	add_entry(p, head->is_deletion ? ENTRY_DELETION : ENTRY_SEALED, &part,
		head->size_bytes)->class_ = "protected";
	if (head->is_deletion)
		p->result->n_deletions++;
	else
		p->result->n_sealed++;
	wipe(&part, sizeof part);
}

/* --- answers --- */

struct wanted { const char *hex; struct trust_answer answer; bool found; };

static bool see_query(void *context, const struct field_query *query)
{
	struct wanted *wanted = context;

	wanted->found = query->is_answered &&
		strcmp(query->sha256, wanted->hex) == 0;
	if (wanted->found)
		wanted->answer = query->answer;
	return !wanted->found;
}

bool contents_add_answer(struct packer *p, const struct query_name *name,
	struct err *err)
{
	struct wanted wanted = { .hex = name->hex };
	struct part part = { .owner = 0 };

	if (!queries_each(p->ws, see_query, &wanted, err))
		return false;
	if (!wanted.found)
		return true;
	part.text = trust_answer_print(&wanted.answer, err);
	if (part.text == NULL)
		return false;
	sha256_bytes(part.text, strlen(part.text), part.sha256);
	add_entry(p, ENTRY_QUERY, &part, strlen(part.text));
	p->result->n_answers++;
	return true;
}

static bool check_plain(const struct packer *p,
	const struct record_head *head, struct err *err)
{
	if (!p->options->plain || strcmp(head->form_class, "public") == 0)
		return true;
	return err_set(err, ERR_REFUSED, _("'%s' is no public form: it cannot "
		"go into a bundle that is not encrypted"), head->title);
}

bool contents_add(struct packer *p, const struct record *record,
	struct err *err)
{
	const struct record_head *head = &record->head;

	if (!check_plain(p, head, err))
		return false;
	if (contents_is_damaged(p, head->id))
		return true;
	p->n_new += head->bundle == 0 && !head->is_deletion;
	if (!head->is_protected)
		return add_standard(p, record, err);
	add_sealed(p, record);
	return true;
}

static void forget_contents(struct packer *p)
{
	struct pack_result *r = p->result;

	contents_release(p);
	manifest_init(&p->manifest);
	map_init(&p->forms);
	map_init(&p->files);
	r->n_records = r->n_sealed = r->n_forms = r->n_files = 0;
	r->n_deletions = r->n_answers = r->n_missing = p->n_new = 0;
	p->all_bytes = p->n_in = p->n_out = 0;
	p->part_failed = false;
}

bool contents_again(struct packer *p, struct err *err)
{
	forget_contents(p);
	return plan_contents(p, err);
}

void contents_release(struct packer *p)
{
	for (size_t i = 0; i < p->parts.n; i++) {
		wipe_free(p->parts.items[i]->text);
		wipe(p->parts.items[i], sizeof *p->parts.items[i]);
		free(p->parts.items[i]);
	}
	vec_release(&p->parts);
	vec_release(&p->missing);
	map_release(&p->forms);
	map_release(&p->files);
	manifest_release(&p->manifest);
	wipe(&p->open_file, sizeof p->open_file);
	p->open_part = NULL;
}
