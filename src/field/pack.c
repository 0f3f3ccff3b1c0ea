#include "config.h"

#include "field/pack.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/wipe.h"
#include "bundle/write.h"
#include "crypt/crypt.h"
#include "field/journal.h"
#include "field/local.h"
#include "trust/device.h"
#include "trust/project.h"

/* Names of settings, see bayaz-field(7). */
#define CHAIN "chain"
#define PACKING "packing"

struct chain {
	uint64_t sequence;		/* of the bundle packed last; 0: none */
	char manifest[SHA256_HEX_BYTES];	/* its hash; "" */
};

/* What is being packed, noted before the first byte is written. */
struct plan {
	uint64_t sequence;
	char date[11];			/* YYYY-MM-DD */
	char *path;			/* absolute */
	bool resumed;
};

/* Where the bytes of an entry come from, when they are wanted. */
struct part {
	struct packer *packer;
	int64_t owner;			/* record or form, or file */
	bool is_file;
	uint8_t key[SEAL_KEY_BYTES];	/* of the owner */
	uint8_t sha256[32];
	struct stored_file file;	/* opened at the first use */
};

struct packer {
	struct workspace *ws;
	const struct pack_options *options;
	struct pack_result *result;
	struct problems *warnings;
	struct plan plan;
	struct chain chain;
	struct trust_project project;
	struct trust_device device;
	struct manifest manifest;
	VEC(struct part *) parts;
	VEC(int64_t) ids;		/* of the records */
	VEC(int64_t) damaged;		/* of them: they stay behind */
	struct map forms;		/* row in hexadecimal -> known */
	struct map files;		/* likewise */
	const struct part *open_part;	/* whose bytes `cache` holds */
	int64_t open_chunk;
	struct str cache;
	uint64_t done_bytes, all_bytes;
};

/* --- the chain and the plan, as small texts --- */

static bool load_setting(struct workspace *ws, const char *name,
	struct json **value, struct err *err)
{
	struct str text = STR_INIT;
	bool ok;

	*value = NULL;
	if (!workspace_has_secret(ws, name))
		return true;
	ok = workspace_get_secret(ws, name, &text, err);
	if (ok)
		*value = js_parse(text.data, text.len, err);
	str_wipe(&text);
	return ok && *value != NULL;
}

static bool save_setting(struct workspace *ws, const char *name,
	struct json *value, struct err *err)
{
	char *text = js_print(value);
	bool ok = workspace_put_secret(ws, name, text, strlen(text), err);

	free(text);
	js_free(value);
	return ok;
}

static bool load_chain(struct packer *p, struct err *err)
{
	struct json *value;
	const char *hash;

	if (!load_setting(p->ws, CHAIN, &value, err))
		return false;
	p->chain.sequence = (uint64_t)js_get_int(value, "sequence", 0);
	hash = js_get_text(value, "manifest");
	if (hash != NULL && sha256_is_hex(hash))
		memcpy(p->chain.manifest, hash, SHA256_HEX_BYTES);
	js_free(value);
	return true;
}

static bool save_chain(struct packer *p, struct err *err)
{
	struct json *value = js_new_object();

	js_put_int(value, "sequence", (int64_t)p->plan.sequence);
	js_put_text(value, "manifest", p->result->manifest);
	return save_setting(p->ws, CHAIN, value, err);
}

static bool load_plan(struct packer *p, struct err *err)
{
	struct json *value;
	const char *date, *path;

	if (!load_setting(p->ws, PACKING, &value, err))
		return false;
	if (value == NULL)
		return true;
	date = js_get_text(value, "date");
	path = js_get_text(value, "path");
	p->plan.sequence = (uint64_t)js_get_int(value, "sequence", 0);
	snprintf(p->plan.date, sizeof p->plan.date, "%s",
		date != NULL ? date : "");
	p->plan.path = xstrdup(path != NULL ? path : "");
	p->plan.resumed = p->plan.sequence != 0;
	js_free(value);
	return true;
}

static bool save_plan(struct packer *p, struct err *err)
{
	struct json *value = js_new_object();

	js_put_int(value, "sequence", (int64_t)p->plan.sequence);
	js_put_text(value, "date", p->plan.date);
	js_put_text(value, "path", p->plan.path);
	return save_setting(p->ws, PACKING, value, err);
}

static void format_day(int64_t seconds, char text[11])
{
	time_t time = (time_t)seconds;
	struct tm tm;

	gmtime_r(&time, &tm);
	strftime(text, 11, "%Y-%m-%d", &tm);
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

static char *absolute(const char *path)
{
	char *folder, *whole;

	if (path[0] == '/')
		return xstrdup(path);
	folder = getcwd(NULL, 0);
	whole = path_join(folder != NULL ? folder : ".", path);
	free(folder);
	return whole;
}

/* --- which records --- */

static bool wanted(const struct packer *p, const struct record *record)
{
	enum record_state state = record->head.state;

	if (p->plan.resumed)
		return record->packing == p->plan.sequence;
	return state == RECORD_READY ||
		(state == RECORD_PACKED && p->options->again);
}

static bool choose(void *context, const struct record *record, bool *stop,
	struct err *err)
{
	struct packer *p = context;

	(void)stop, (void)err;
	if (wanted(p, record))
		vec_push(&p->ids, record->head.id);
	else if (record->head.state == RECORD_READY)
		p->result->n_left++;
	return true;
}

static bool for_each_id(struct packer *p,
	bool (*change)(struct packer *p, struct record *record,
		struct err *err), struct err *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < p->ids.n; i++) {
		struct record *record = record_open(p->ws, p->ids.items[i],
			err);

		ok = record != NULL && change(p, record, err);
		record_close(record);
	}
	return ok;
}

static bool mark_packing(struct packer *p, struct record *record,
	struct err *err)
{
	record->packing = p->plan.sequence;
	return record_save(record, err);
}

static bool unmark(struct packer *p, struct record *record, struct err *err)
{
	(void)p;
	record->packing = 0;
	return record_save(record, err);
}

static bool is_damaged(const struct packer *p, int64_t id)
{
	for (size_t i = 0; i < p->damaged.n; i++)
		if (p->damaged.items[i] == id)
			return true;
	return false;
}

static bool mark_packed(struct packer *p, struct record *record,
	struct err *err)
{
	record->packing = 0;
	if (is_damaged(p, record->head.id))
		return record_save(record, err);
	record->head.bundle = p->plan.sequence;
	record->head.state = RECORD_PACKED;
	return record_save(record, err);
}

static bool end_change(struct packer *p, bool ok, struct err *err)
{
	if (ok && workspace_commit(p->ws, err))
		return true;
	workspace_rollback(p->ws);
	return false;
}

static bool note_plan(struct packer *p, const char *path, struct err *err)
{
	p->plan.sequence = p->chain.sequence + 1;
	p->plan.path = absolute(path);
	format_day(p->options->now != 0 ? p->options->now : field_now(),
		p->plan.date);
	return for_each_id(p, mark_packing, err) && save_plan(p, err);
}

/* Whether the plan is an old one or made now: what it holds is on disk. */
static bool make_plan(struct packer *p, const char *path, struct err *err)
{
	bool ok;

	if (!workspace_begin(p->ws, err))
		return false;
	ok = load_chain(p, err) && load_plan(p, err) &&
		records_walk(p->ws, choose, p, err);
	p->result->n_damaged = p->ws->n_damaged;
	if (ok && p->ids.n == 0)
		ok = err_set(err, ERR_NOTFOUND,
			_("no record is ready to be packed"));
	if (ok && !p->plan.resumed)
		ok = note_plan(p, path, err);
	return end_change(p, ok, err);
}

/* A plan whose records are gone (purged meanwhile) is void. */
static bool drop_void_plan(struct packer *p, struct err *err)
{
	if (!p->plan.resumed || p->ids.n > 0)
		return false;
	err_clear(err);
	p->plan.resumed = false;
	p->result->n_left = 0;
	free(p->plan.path);
	p->plan.path = NULL;
	return workspace_put_secret(p->ws, PACKING, "", 0, err);
}

static void give_up(struct packer *p)
{
	if (workspace_begin(p->ws, NULL))
		(void)!end_change(p, for_each_id(p, unmark, NULL) &&
			workspace_put_secret(p->ws, PACKING, "", 0, NULL), NULL);
}

static bool confirm(struct packer *p, struct err *err)
{
	if (!workspace_begin(p->ws, err))
		return false;
	return end_change(p, for_each_id(p, mark_packed, err) &&
		save_chain(p, err) &&
		workspace_put_secret(p->ws, PACKING, "", 0, err), err);
}

/* --- the bytes of entries --- */

static bool fill_cache(struct part *part, uint64_t offset, struct err *err)
{
	struct packer *p = part->packer;
	int64_t chunk = part->is_file ? (int64_t)(offset / CHUNK_BYTES) : 0;
	bool ok;

	if (p->open_part == part && p->open_chunk == chunk)
		return true;
	wipe(p->cache.data, p->cache.len);
	str_clear(&p->cache);
	p->open_part = NULL;
	if (part->is_file)
		ok = (part->file.id != 0 || files_open(p->ws, part->owner,
				&part->file, err)) &&
			files_chunk(p->ws, &part->file, chunk, &p->cache, err);
	else
		ok = body_read(p->ws, part->owner, part->key, part->sha256,
			&p->cache, err);
	if (ok) {
		p->open_part = part;
		p->open_chunk = chunk;
	}
	return ok;
}

static void show_progress(struct packer *p, size_t n_bytes)
{
	p->done_bytes += n_bytes;
	if (p->options->progress != NULL)
		p->options->progress(p->options->context, p->done_bytes,
			p->all_bytes);
}

static bool read_part(void *context, uint64_t offset, void *buffer,
	size_t size_bytes, struct err *err)
{
	struct part *part = context;
	struct str *cache = &part->packer->cache;
	uint8_t *to = buffer;

	show_progress(part->packer, size_bytes);
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

/* An entry with its part; the pointer holds until the next one. */
static struct manifest_entry *add_entry(struct packer *p,
	enum entry_kind kind, int64_t owner, uint64_t size_bytes,
	const uint8_t *key, const uint8_t sha256[32])
{
	struct manifest_entry *entry = manifest_add(&p->manifest, kind);
	struct part *part = xcalloc(1, sizeof *part);

	part->packer = p;
	part->owner = owner;
	part->is_file = kind == ENTRY_FILE;
	if (key != NULL)
		memcpy(part->key, key, SEAL_KEY_BYTES);
	memcpy(part->sha256, sha256, 32);
	entry->size_bytes = size_bytes;
	vec_push(&p->parts, part);
	p->all_bytes += 2 * size_bytes;		/* read twice */
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
	if (seen(p->manifest.arena, &p->files, file))
		return;
	add_entry(p, ENTRY_FILE, file, size_bytes, NULL, sha256);
	p->result->n_files++;
}

/* --- forms --- */

static const char *text_or_null(struct arena *arena, const char *text)
{
	return text[0] != '\0' ? arena_strdup(arena, text) : NULL;
}

static const struct manifest_file *form_files(struct packer *p,
	const struct form_info *form)
{
	struct manifest_file *files = ARENA_ARRAY(p->manifest.arena,
		struct manifest_file, form->n_media + 1);

	for (size_t i = 0; i < form->n_media; i++) {
		files[i].name = arena_strdup(p->manifest.arena,
			form->media[i].name);
		hex_encode(form->media[i].sha256, 32, files[i].sha256);
		add_file(p, form->media[i].file, form->media[i].size_bytes,
			form->media[i].sha256);
	}
	return files;
}

static bool add_form(struct packer *p, int64_t row, struct err *err)
{
	struct arena *arena = p->manifest.arena;
	const struct manifest_file *files;
	struct manifest_entry *entry;
	struct form_info form;
	uint8_t key[SEAL_KEY_BYTES];

	if (row == 0 || seen(arena, &p->forms, row))
		return true;
	if (!forms_open(p->ws, row, &form, key, err))
		return false;
	files = form_files(p, &form);
	entry = add_entry(p, ENTRY_FORM, row, form.size_bytes, key,
		form.sha256);
	entry->class_ = text_or_null(arena, form.form_class);
	entry->form_id = arena_strdup(arena, form.form_id);
	entry->form_version = arena_strdup(arena, form.version);
	entry->files = files;
	entry->n_files = form.n_media;
	p->result->n_forms++;
	wipe(key, sizeof key);
	form_info_release(&form);
	return true;
}

/* --- records --- */

static void warn_missing(struct packer *p, const struct record_head *head)
{
	char text[17];

	record_id_text(head->id, text);
	p->result->n_missing++;
	problem_add(p->warnings, SEVERITY_WARNING, ERR_RESOURCE, NULL, 0, 0,
		NULL, NULL, _("record %s: a file that it names is missing"),
		text);
}

static const struct manifest_file *record_files(struct packer *p,
	const struct record_head *head)
{
	struct manifest_file *files = ARENA_ARRAY(p->manifest.arena,
		struct manifest_file, head->n_attachments + 1);

	for (size_t i = 0; i < head->n_attachments; i++) {
		const struct record_attachment *from = &head->attachments[i];

		files[i].name = arena_strdup(p->manifest.arena, from->name);
		if (from->file == 0) {
			warn_missing(p, head);
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

static bool add_standard(struct packer *p, struct record *record,
	struct err *err)
{
	const struct record_head *head = &record->head;
	struct arena *arena = p->manifest.arena;
	const struct manifest_file *files = record_files(p, head);
	struct manifest_entry *entry;

	if (!add_form(p, head->form, err))
		return false;
	entry = add_entry(p, ENTRY_RECORD, head->id, head->size_bytes,
		record->key, head->sha256);
	entry->class_ = text_or_null(arena, head->form_class);
	entry->form_id = arena_strdup(arena, head->form_id);
	entry->form_version = arena_strdup(arena, head->form_version);
	entry->instance_id = text_or_null(arena, head->instance_id);
	entry->finished = format_time(arena, head->finished);
	entry->clock_doubted = head->clock_given;
	entry->files = files;
	entry->n_files = head->n_attachments;
	set_priors(p, entry, head);
	set_journal(p, entry, record);
	p->result->n_records++;
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

/* One damaged record must not hold up the others for ever. */
static bool is_whole(struct packer *p, struct record *record)
{
	struct str bytes = STR_INIT;
	char text[17];
	bool ok = record->body_file != 0 ||	/* in pieces: seen when packed */
		record_final_bytes(record, &bytes, NULL);

	str_wipe(&bytes);
	if (ok)
		return true;
	record_id_text(record->head.id, text);
	vec_push(&p->damaged, record->head.id);
	p->result->n_damaged++;
	problem_add(p->warnings, SEVERITY_ERROR, ERR_CRYPTO, NULL, 0, 0, NULL,
		NULL, _("record %s is damaged and stays behind"), text);
	return false;
}

static bool add_record(struct packer *p, struct record *record,
	struct err *err)
{
	const struct record_head *head = &record->head;
	struct manifest_entry *entry;

	if (!check_plain(p, head, err))
		return false;
	if (!is_whole(p, record))
		return true;
	if (!head->is_protected)
		return add_standard(p, record, err);
	entry = add_entry(p, ENTRY_SEALED, head->id, head->size_bytes,
		record->key, head->sha256);
	entry->class_ = "protected";
	if (record->body_file != 0) {
		p->parts.items[p->parts.n - 1]->owner = record->body_file;
		p->parts.items[p->parts.n - 1]->is_file = true;
	}
	p->result->n_sealed++;
	return true;
}

/* --- the bundle --- */

static void fill_manifest(struct packer *p)
{
	struct manifest *m = &p->manifest;
	struct age_recipient recipient;
	char text[AGE_RECIPIENT_TEXT];

	m->kind = "up";
	m->project = p->project.id;
	m->device_name = p->device.name[0] != '\0' ? p->device.name : NULL;
	age_identity_recipient(&p->device.identity, &recipient);
	age_recipient_format(&recipient, text);
	m->device_recipient = arena_strdup(m->arena, text);
	m->sequence = (int64_t)p->plan.sequence;
	m->date = p->plan.date;
	m->previous = p->chain.manifest[0] != '\0' ? p->chain.manifest : NULL;
	m->training = p->project.training;
}

static bool write_file(struct packer *p, const char *path, struct err *err)
{
	struct age_recipient recipients[2];
	const struct age_to age = {
		.recipients = recipients, .n_recipients = 2,
	};
	const struct bundle_to to = {
		.age = p->options->plain ? NULL : &age,
		.signer = &p->device.key,
	};
	struct bundle_source *sources = xcalloc(p->parts.n,
		sizeof *sources);
	bool ok;

	trust_project_recipients(&p->project, TRUST_STANDARD, recipients);
	for (size_t i = 0; i < p->parts.n; i++) {
		sources[i].n_bytes = p->manifest.entries.items[i].size_bytes;
		sources[i].read = read_part;
		sources[i].context = p->parts.items[i];
	}
	ok = bundle_write(path, &p->manifest, sources, &to,
		p->result->manifest, err);
	free(sources);
	return ok;
}

/* Nothing that was sent before is overwritten, except what an interrupted
 * packing left under the same name. */
static bool may_write(const struct packer *p, const char *path,
	struct err *err)
{
	char *whole = absolute(path);
	bool same = p->plan.resumed && p->plan.path != NULL &&
		strcmp(whole, p->plan.path) == 0;

	free(whole);
	if (same || !file_exists(path))
		return true;
	return err_set(err, ERR_CONFLICT, _("'%s' exists already"), path);
}

static bool load_keys(struct packer *p, struct err *err)
{
	struct str text = STR_INIT;
	bool ok = field_project(p->ws, &p->project, err) &&
		workspace_get_secret(p->ws, WORKSPACE_DEVICE, &text, err) &&
		trust_device_parse(text.data, text.len, &p->device, err);

	str_wipe(&text);
	return ok;
}

static bool write_bundle(struct packer *p, const char *path, struct err *err)
{
	p->result->sequence = p->plan.sequence;
	p->result->resumed = p->plan.resumed;
	fill_manifest(p);
	if (!for_each_id(p, add_record, err))
		return false;
	if (p->result->n_records + p->result->n_sealed == 0)
		return err_set(err, ERR_CRYPTO,
			_("none of the records that are ready can be read"));
	return write_file(p, path, err);
}

static bool pack(struct packer *p, const char *path, struct err *err)
{
	if (!load_keys(p, err))
		return false;
	if (!make_plan(p, path, err) && !(drop_void_plan(p, err) &&
			make_plan(p, path, err)))
		return false;
	if (may_write(p, path, err) && write_bundle(p, path, err))
		return confirm(p, err);
	if (!p->plan.resumed)
		give_up(p);
	return false;
}

static void release_part(struct part *part)
{
	wipe(part, sizeof *part);	/* it held a key */
	free(part);
}

static void release(struct packer *p)
{
	for (size_t i = 0; i < p->parts.n; i++)
		release_part(p->parts.items[i]);
	vec_release(&p->parts);
	vec_release(&p->ids);
	vec_release(&p->damaged);
	map_release(&p->forms);
	map_release(&p->files);
	str_wipe(&p->cache);
	manifest_release(&p->manifest);
	trust_device_wipe(&p->device);
	free(p->plan.path);
}

bool pack_ready(struct workspace *ws, const char *path,
	const struct pack_options *options, struct pack_result *result,
	struct problems *warnings, struct err *err)
{
	struct packer p = {
		.ws = ws, .options = options, .result = result,
		.warnings = warnings,
	};
	bool ok;

	memset(result, 0, sizeof *result);
	map_init(&p.forms);
	map_init(&p.files);
	str_init(&p.cache);
	manifest_init(&p.manifest);
	ok = pack(&p, path, err);
	release(&p);
	return ok;
}
