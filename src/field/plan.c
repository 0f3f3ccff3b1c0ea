/* Which records go into a bundle: noted before the first byte is written, and
 * once more before the file gets its name. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "bundle/write.h"
#include "field/packing.h"

/* Names of settings, see bayaz-field(7). */
#define CHAIN "chain"
#define PACKING "packing"

/* What one bundle may hold, well below what readers take. */
enum {
	MAX_ENTRIES = 20000,
	MAX_MANIFEST = 8 << 20,
	ENTRY_TEXT = 500,	/* in the manifest, without texts of others */
	FILE_TEXT = 350,	/* its entry, and its hash in a record's */
	TAR_BLOCK = 512,
};
static const uint64_t MAX_BYTES = UINT64_C(12) << 30;

/* --- the chain and the plan, as small texts --- */

static void take_text(const struct json *value, const char *key, char *to,
	size_t size_bytes)
{
	const char *text = js_get_text(value, key);

	snprintf(to, size_bytes, "%s", text != NULL ? text : "");
}

static bool load_chain(struct packer *p, struct err *err)
{
	struct chain *chain = &p->chain;
	struct json *value;

	if (!setting_get(p->ws, CHAIN, &value, err))
		return false;
	chain->sequence = (uint64_t)js_get_int(value, "sequence", 0);
	chain->n_packed = (uint64_t)js_get_int(value, "packed", 0);
	chain->has_count = chain->sequence == 0 ||
		js_get_int(value, "packed", -1) >= 0;
	take_text(value, "manifest", chain->manifest, sizeof chain->manifest);
	if (!sha256_is_hex(chain->manifest))
		chain->manifest[0] = '\0';
	js_free(value);
	return true;
}

static bool save_chain(struct packer *p, struct err *err)
{
	struct json *value = js_new_object();
	bool ok;

	js_put_int(value, "sequence", (int64_t)p->plan.sequence);
	js_put_text(value, "manifest", p->result->manifest);
	js_put_int(value, "packed", p->manifest.n_packed);
	ok = setting_put(p->ws, CHAIN, value, err);
	js_free(value);
	return ok;
}

void plan_release(struct plan *plan)
{
	free(plan->path);
	vec_release(&plan->ids);
	vec_release(&plan->answers);
	memset(plan, 0, sizeof *plan);
}

static void take_ids(struct plan *plan, const struct json *list)
{
	size_t n = list != NULL ? js_size(list) : 0;

	for (size_t i = 0; i < n; i++) {
		const char *text = js_text(js_at(list, i));

		if (text != NULL)
			vec_push(&plan->ids,
				(int64_t)strtoull(text, NULL, 16));
	}
}

static struct json *ids_json(const struct plan *plan)
{
	struct json *list = js_new_array();
	char text[17];

	for (size_t i = 0; i < plan->ids.n; i++) {
		record_id_text(plan->ids.items[i], text);
		js_add(list, js_new_text(text));
	}
	return list;
}

static void take_answers(struct plan *plan, const struct json *list)
{
	for (size_t i = 0; i < js_size(list); i++) {
		const char *hex = js_text(js_at(list, i));
		struct query_name name;

		if (hex == NULL || !sha256_is_hex(hex))
			continue;
		memcpy(name.hex, hex, sizeof name.hex);
		vec_push(&plan->answers, name);
	}
}

static struct json *answers_json(const struct plan *plan)
{
	struct json *list = js_new_array();

	for (size_t i = 0; i < plan->answers.n; i++)
		js_add(list, js_new_text(plan->answers.items[i].hex));
	return list;
}

/* sequence 0: there is none. */
static bool load_plan(struct workspace *ws, struct plan *plan,
	struct err *err)
{
	const char *path;
	struct json *value;

	memset(plan, 0, sizeof *plan);
	if (!setting_get(ws, PACKING, &value, err))
		return false;
	if (value == NULL)
		return true;
	path = js_get_text(value, "path");
	plan->sequence = (uint64_t)js_get_int(value, "sequence", 0);
	take_text(value, "date", plan->date, sizeof plan->date);
	take_text(value, "token", plan->token, sizeof plan->token);
	plan->path = xstrdup(path != NULL ? path : "");
	plan->written = js_get_bool(value, "written", true);
	plan->n_left = (uint64_t)js_get_int(value, "left", 0);
	plan->n_packed = (uint64_t)js_get_int(value, "packed", 0);
	take_ids(plan, js_get(value, "records"));
	take_answers(plan, js_get(value, "answers"));
	js_free(value);
	return true;
}

static bool save_plan(struct packer *p, struct err *err)
{
	const struct plan *plan = &p->plan;
	struct json *value = js_new_object();
	bool ok;

	js_put_int(value, "sequence", (int64_t)plan->sequence);
	js_put_text(value, "date", plan->date);
	js_put_text(value, "path", plan->path);
	js_put_text(value, "token", plan->token);
	js_put_bool(value, "written", plan->written);
	js_put_int(value, "left", (int64_t)plan->n_left);
	js_put_int(value, "packed", (int64_t)plan->n_packed);
	js_put(value, "records", ids_json(plan));
	if (plan->answers.n > 0)
		js_put(value, "answers", answers_json(plan));
	ok = setting_put(p->ws, PACKING, value, err);
	js_free(value);
	return ok;
}

static bool clear_plan(struct packer *p, struct err *err)
{
	return workspace_put_secret(p->ws, PACKING, "", 0, err);
}

/* Is the plan on disk the one we work by? */
static bool is_ours(const struct packer *p, struct err *err)
{
	struct plan now;
	bool ok = load_plan(p->ws, &now, err);

	if (ok && (now.sequence != p->plan.sequence ||
			strcmp(now.token, p->plan.token) != 0))
		ok = err_set(err, ERR_CONFLICT, _("another program is packing "
			"this workspace: try again when it has finished"));
	plan_release(&now);
	return ok;
}

/* --- its records --- */

static int by_id(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static void sort_ids(struct plan *plan)
{
	if (plan->ids.n > 1)
		qsort(plan->ids.items, plan->ids.n, sizeof *plan->ids.items,
			by_id);
}

bool plan_has(const struct plan *plan, int64_t id)
{
	return plan->ids.n > 0 && bsearch(&id, plan->ids.items, plan->ids.n,
		sizeof id, by_id) != NULL;
}

bool plan_look(struct workspace *ws, struct plan *plan, struct err *err)
{
	bool ok = load_plan(ws, plan, err);

	sort_ids(plan);
	if (ok && !plan->written && !pack_is_running(ws))
		plan->ids.n = plan->answers.n = 0;
	return ok;
}

bool plan_holds(struct workspace *ws, int64_t id, bool *holds,
	struct err *err)
{
	struct plan plan;
	bool ok = plan_look(ws, &plan, err);

	*holds = ok && plan_has(&plan, id);
	plan_release(&plan);
	return ok;
}

typedef bool change_fn(struct packer *p, struct record *record,
	struct err *err);

/* One that was purged meanwhile is passed over. */
static bool for_each_id(struct packer *p, change_fn *change, struct err *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < p->plan.ids.n; i++) {
		struct record record = { 0 };
		struct err why = ERR_INIT;

		if (record_load(&record, p->ws, p->plan.ids.items[i], &why))
			ok = change(p, &record, err);
		else if (why.code != ERR_NOTFOUND) {
			*err = why;
			ok = false;
		}
		record_release(&record);
	}
	return ok;
}

static bool stays(const struct packer *p, int64_t id)
{
	for (size_t i = 0; i < p->refused.n; i++)
		if (p->refused.items[i] == id)
			return true;
	return contents_is_damaged(p, id);
}

static bool add(struct packer *p, struct record *record, struct err *err)
{
	return contents_add(p, record, err);
}

bool plan_contents(struct packer *p, struct err *err)
{
	bool ok = for_each_id(p, add, err);

	for (size_t i = 0; ok && i < p->plan.answers.n; i++)
		ok = contents_add_answer(p, &p->plan.answers.items[i], err);
	return ok;
}

/* One that was opened again while it was packed is a draft, and goes again. */
static bool mark_packed(struct packer *p, struct record *record,
	struct err *err)
{
	struct record_head *head = &record->head;

	if (stays(p, head->id) || (head->state != RECORD_READY &&
			head->state != RECORD_PACKED))
		return true;
	head->bundle = p->plan.sequence;
	head->state = RECORD_PACKED;
	return record_save(record, err);
}

static bool end_change(struct packer *p, bool ok, struct err *err)
{
	if (ok && workspace_commit(p->ws, err))
		return true;
	workspace_rollback(p->ws);
	return false;
}

/* --- choosing --- */

/* A record that could go, and at most how much room it takes. */
struct candidate {
	int64_t id, form, finished;
	uint64_t bundle;		/* it went with; 0: none yet */
	uint64_t bytes;
	uint32_t n_entries, manifest_bytes;
};

struct choosing {
	struct packer *packer;
	VEC(struct candidate) list;
	uint64_t n_sent;		/* records that went before */
};

/* --- answers to questions: small, they always fit --- */

enum { MAX_ANSWERS = 200, ANSWER_BYTES = 2048 };

static bool see_answer(void *context, const struct field_query *query)
{
	struct packer *p = context;
	struct query_name name;

	if (!query_is_due(query, p->options->again, p->options->again_before))
		return true;
	memcpy(name.hex, query->sha256, sizeof name.hex);
	vec_push(&p->plan.answers, name);
	return p->plan.answers.n < MAX_ANSWERS;
}

/* They are about a person's record: never without encryption. */
static bool choose_answers(struct packer *p, struct err *err)
{
	return p->options->plain || queries_each(p->ws, see_answer, p, err);
}

static uint64_t in_tar(uint64_t n_bytes)
{
	return TAR_BLOCK + (n_bytes + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
}

static uint32_t text_room(const char *text)
{
	return (uint32_t)(2 * strlen(text));	/* every letter with a backslash */
}

static void measure(struct candidate *c, const struct record_head *head)
{
	c->bytes = in_tar(head->size_bytes);
	c->n_entries = 1;
	c->manifest_bytes = ENTRY_TEXT;
	if (head->is_protected)
		return;
	c->manifest_bytes += text_room(head->form_id) +
		text_room(head->form_version) + text_room(head->instance_id) +
		(uint32_t)(SHA256_HEX_BYTES + 3) * (uint32_t)head->n_priors;
	for (size_t i = 0; i < head->n_attachments; i++) {
		c->bytes += in_tar(head->attachments[i].size_bytes);
		c->n_entries++;
		c->manifest_bytes += FILE_TEXT +
			text_room(head->attachments[i].name);
	}
}

static bool is_wanted(const struct packer *p, const struct record_head *head)
{
	return head->state == RECORD_READY ||
		(head->state == RECORD_PACKED && p->options->again &&
		 (p->options->again_before == 0 ||
		  head->bundle < p->options->again_before));
}

static bool see(void *context, const struct record *record, bool *stop,
	struct err *err)
{
	struct choosing *choosing = context;
	const struct record_head *head = &record->head;
	struct candidate c = {
		.id = head->id, .form = head->form,
		.finished = head->finished, .bundle = head->bundle,
	};

	(void)stop, (void)err;
	choosing->n_sent += head->bundle != 0 && !head->is_deletion;
	if (!is_wanted(choosing->packer, head))
		return true;
	measure(&c, head);
	vec_push(&choosing->list, c);
	return true;
}

/* What never went first, then what went longest ago; of those the oldest. */
static int by_turn(const void *a, const void *b)
{
	const struct candidate *left = a, *right = b;

	if (left->bundle != right->bundle)
		return left->bundle < right->bundle ? -1 : 1;
	if (left->finished != right->finished)
		return left->finished < right->finished ? -1 : 1;
	return (left->id > right->id) - (left->id < right->id);
}

struct total { uint64_t bytes, n_entries, manifest_bytes; };

/* At most: what deflate adds to what does not shrink, padding, age. */
static uint64_t file_bytes(const struct total *total)
{
	uint64_t tar = total->bytes + in_tar(total->manifest_bytes) + 4096;
	uint64_t padded = bundle_padded_size(tar + tar / 2000 + 4096);

	return padded + (padded / 65536 + 1) * 16 + 4096;
}

static bool fits(const struct packer *p, const struct total *total)
{
	return total->n_entries <= MAX_ENTRIES &&
		total->manifest_bytes <= MAX_MANIFEST &&
		total->bytes <= MAX_BYTES &&
		file_bytes(total) <= p->disk.max_file_bytes;
}

/* Room for its form, if that is not in the bundle yet. */
static void add_form_room(struct packer *p, int64_t row, struct map *forms,
	struct total *total)
{
	struct form_info form;
	char text[17];

	record_id_text(row, text);
	if (row == 0 || map_has(forms, text) ||
			!forms_get(p->ws, row, &form, NULL))
		return;
	map_set(forms, arena_strdup(p->manifest.arena, text), forms);
	total->bytes += in_tar(form.size_bytes);
	total->n_entries += 1 + form.n_media;
	total->manifest_bytes += ENTRY_TEXT + text_room(form.form_id) +
		text_room(form.version);
	for (size_t i = 0; i < form.n_media; i++) {
		total->bytes += in_tar(form.media[i].size_bytes);
		total->manifest_bytes += FILE_TEXT +
			text_room(form.media[i].name);
	}
	form_info_release(&form);
}

static void warn_too_large(struct packer *p, const struct candidate *c)
{
	char text[17], *size = disk_size_text(c->bytes);

	record_id_text(c->id, text);
	p->result->n_too_large++;
	problem_add(p->warnings, SEVERITY_ERROR, ERR_LIMIT, NULL, 0, 0, NULL,
		NULL, _("record %1$s needs %2$s in one file, which this disk "
		"cannot hold: it stays behind"), text, size);
	free(size);
}

static void add_room(struct packer *p, const struct candidate *c,
	struct map *forms, struct total *total)
{
	add_form_room(p, c->form, forms, total);
	total->bytes += c->bytes;
	total->n_entries += c->n_entries;
	total->manifest_bytes += c->manifest_bytes;
}

/* Would it fit into a bundle of its own? */
static bool fits_alone(struct packer *p, const struct candidate *c)
{
	struct total total = { 0 };
	struct map forms;

	map_init(&forms);
	add_room(p, c, &forms, &total);
	map_release(&forms);
	return fits(p, &total);
}

/* As many as fit, in their turn. */
static void fill_plan(struct packer *p, struct choosing *choosing)
{
	struct total total = { .n_entries = p->plan.answers.n }, with;
	struct map forms;
	size_t i;

	total.bytes = in_tar(ANSWER_BYTES) * p->plan.answers.n;
	total.manifest_bytes = ENTRY_TEXT * p->plan.answers.n;
	map_init(&forms);
	for (i = 0; i < choosing->list.n; i++) {
		const struct candidate *c = &choosing->list.items[i];

		add_form_room(p, c->form, &forms, &total);
		with = total;
		add_room(p, c, &forms, &with);
		if (fits(p, &with)) {
			total = with;
			vec_push(&p->plan.ids, c->id);
		} else if (!fits_alone(p, c)) {
			warn_too_large(p, c);
		} else {
			break;
		}
	}
	p->n_waiting = choosing->list.n - i;
	map_release(&forms);
}

static bool choose(struct packer *p, struct err *err)
{
	struct choosing choosing = { .packer = p };
	bool ok = records_walk(p->ws, see, &choosing, err);

	p->result->n_damaged = p->ws->n_damaged;
	if (!p->chain.has_count)
		p->chain.n_packed = choosing.n_sent;
	if (choosing.list.n > 1)
		qsort(choosing.list.items, choosing.list.n,
			sizeof *choosing.list.items, by_turn);
	ok = ok && choose_answers(p, err);
	if (ok)
		fill_plan(p, &choosing);
	vec_release(&choosing.list);
	return ok;
}

/* --- the old plan --- */

static bool see_waiting(void *context, const struct record *record,
	bool *stop, struct err *err)
{
	struct packer *p = context;

	(void)stop, (void)err;
	p->n_waiting += record->head.state == RECORD_READY &&
		!plan_has(&p->plan, record->head.id);
	return true;
}

static void remove_part(const struct plan *plan)
{
	char *part = str_format("%s.part", plan->path);

	if (plan->path[0] == '/')
		unlink(part);		/* if it is there still */
	free(part);
}

/* A plan whose file never got its name is void, as nobody has that: begin
 * anew.  What was written has to be written again as it was. */
static bool take_up_plan(struct packer *p, struct err *err)
{
	if (!load_chain(p, err) || !load_plan(p->ws, &p->plan, err))
		return false;
	if (p->plan.sequence == 0)
		return true;
	if (!p->plan.written) {
		remove_part(&p->plan);
		plan_release(&p->plan);
		return clear_plan(p, err);
	}
	p->result->resumed = true;
	if (!records_walk(p->ws, see_waiting, p, err))
		return false;
	p->result->n_damaged = p->ws->n_damaged;
	return true;
}

/* --- the new one --- */

static void format_day(int64_t seconds, char text[11])
{
	time_t time = (time_t)seconds;
	struct tm tm;

	gmtime_r(&time, &tm);
	strftime(text, 11, "%Y-%m-%d", &tm);
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

static bool check_chosen(const struct packer *p, struct err *err)
{
	if (p->plan.ids.n > 0 || p->plan.answers.n > 0)
		return true;
	if (p->result->n_too_large > 0)
		return err_set(err, ERR_LIMIT, _("what is ready is too large "
			"for this disk: use one that is not formatted as FAT"));
	return err_set(err, ERR_NOTFOUND,
		_("no record is ready to be packed"));
}

static bool new_plan(struct packer *p, const char *path, struct err *err)
{
	struct plan *plan = &p->plan;
	uint8_t random[(TOKEN_TEXT - 1) / 2];

	if (!choose(p, err) || !check_chosen(p, err))
		return false;
	plan->sequence = p->chain.sequence + 1;
	plan->path = absolute(path);
	crypt_random(random, sizeof random);
	hex_encode(random, sizeof random, plan->token);
	format_day(p->options->now != 0 ? p->options->now :
		field_now(p->ws),
		plan->date);
	sort_ids(plan);
	return save_plan(p, err);
}

bool plan_make(struct packer *p, const char *path, struct err *err)
{
	bool ok;

	if (!workspace_begin(p->ws, err))
		return false;
	ok = take_up_plan(p, err) &&
		(p->result->resumed || new_plan(p, path, err)) &&
		plan_contents(p, err);
	return end_change(p, ok, err);
}

bool plan_written(struct packer *p, struct err *err)
{
	bool ok;

	if (p->plan.written)
		return true;
	if (!workspace_begin(p->ws, err))
		return false;
	ok = is_ours(p, err);
	if (ok) {
		p->plan.written = true;
		p->plan.n_left = (uint64_t)p->manifest.n_left;
		p->plan.n_packed = (uint64_t)p->manifest.n_packed;
		ok = save_plan(p, err);
	}
	ok = end_change(p, ok, err);
	p->plan.written = ok;
	return ok;
}

static bool mark_answers(struct packer *p, struct err *err)
{
	return queries_packed(p->ws, p->plan.answers.items,
		p->plan.answers.n, p->plan.sequence, err);
}

bool plan_confirm(struct packer *p, struct err *err)
{
	if (!workspace_begin(p->ws, err))
		return false;
	return end_change(p, for_each_id(p, mark_packed, err) &&
		mark_answers(p, err) && save_chain(p, err) && clear_plan(p, err), err);
}

char *plan_pending(struct workspace *ws, const char *folder)
{
	char *any = path_join(folder, "any"), *below = absolute(any);
	char *whole = path_folder(below), *there, *path = NULL;
	struct plan plan;

	if (load_plan(ws, &plan, NULL) && plan.sequence != 0 && plan.written) {
		there = path_folder(plan.path);
		if (strcmp(there, whole) == 0)
			path = xstrdup(plan.path);
		free(there);
	}
	plan_release(&plan);
	free(whole);
	free(below);
	free(any);
	return path;
}

void plan_drop(struct packer *p)
{
	if (p->plan.sequence == 0 || p->plan.written ||
			!workspace_begin(p->ws, NULL))
		return;
	(void)!end_change(p, is_ours(p, NULL) && clear_plan(p, NULL), NULL);
}
