/* Heads of records: what is known of each without opening it; in memory as
 * fields, on disk sealed. */
#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "crypt/crypt.h"
#include "field/local.h"

enum {
	R_DELETION = 40, R_REFUSED = 41,
	R_KEY = 1, R_STATE = 2, R_FLAGS = 3, R_FORM = 4, R_FORM_ID = 5,
	R_FORM_VERSION = 6, R_CLASS = 7, R_TITLE = 8, R_NAME = 9,
	R_INSTANCE_ID = 10, R_CREATED = 11, R_CHANGED = 12, R_FINISHED = 13,
	R_PLACE = 14, R_SIZE = 15, R_SHA256 = 16, R_PRIOR = 17,
	R_ATTACHMENT = 18, R_EVENTS = 19, R_LAST_TAG = 20, R_BUNDLE = 21,
	R_ORIGIN = 22, /* 23 was used once */ R_REVISION = 25,
	R_CHANGED_MS = 26, R_SPARE = 27, R_BODY_FILE = 30,
	FLAG_PROTECTED = 1, FLAG_TRAINING = 2, FLAG_WAS_READY = 4,
	FLAG_CLOCK = 8,
	ATTACHMENT_FIXED = 48,	/* file (8), size (8), SHA-256 (32), then name */
};

/* --- heads in memory --- */

static char **text_slot(struct record_head *head, int tag)
{
	switch (tag) {
	case R_FORM_ID: return &head->form_id;
	case R_FORM_VERSION: return &head->form_version;
	case R_CLASS: return &head->form_class;
	case R_TITLE: return &head->title;
	case R_NAME: return &head->name;
	case R_INSTANCE_ID: return &head->instance_id;
	case R_PLACE: return &head->place;
	case R_REFUSED: return &head->refused;
	default: return NULL;
	}
}

static const int TEXT_TAGS[] = {
	R_FORM_ID, R_FORM_VERSION, R_CLASS, R_TITLE, R_NAME, R_INSTANCE_ID,
	R_PLACE, R_REFUSED,
};
enum { N_TEXT_TAGS = sizeof TEXT_TAGS / sizeof TEXT_TAGS[0] };

void record_set_text(char **slot, const char *text)
{
	char *fresh = xstrdup(text != NULL ? text : "");

	wipe_free(*slot);
	*slot = fresh;
}

void record_drop_file_names(struct record_head *head)
{
	for (size_t i = 0; i < head->n_attachments; i++)
		wipe_free(head->attachments[i].name);
	free(head->attachments);
	head->attachments = NULL;
	head->n_attachments = 0;
}

void record_head_release(struct record_head *head)
{
	for (int i = 0; i < N_TEXT_TAGS; i++)
		wipe_free(*text_slot(head, TEXT_TAGS[i]));
	record_drop_file_names(head);
	free(head->priors);
	memset(head, 0, sizeof *head);
}

static void drop_spare_names(struct record *record)
{
	for (size_t i = 0; i < record->n_spares; i++)
		wipe_free(record->spares[i].name);
	free(record->spares);
}

void record_release(struct record *record)
{
	record_head_release(&record->head);
	drop_spare_names(record);
	journal_forget_undo(record);
	wipe(record, sizeof *record);
}

static void put_attachment(struct str *to, int tag,
	const struct record_attachment *attachment)
{
	struct str bytes = STR_INIT;
	uint8_t number[8];

	put_le64(number, (uint64_t)attachment->file);
	str_addn(&bytes, number, 8);
	put_le64(number, attachment->size_bytes);
	str_addn(&bytes, number, 8);
	str_addn(&bytes, attachment->sha256, 32);
	str_add(&bytes, attachment->name);
	field_put(to, tag, bytes.data, bytes.len);
	str_wipe(&bytes);
}

static void put_numbers(struct str *to, const struct record *record)
{
	const struct record_head *head = &record->head;

	field_put_int(to, R_STATE, (int64_t)head->state);
	field_put_int(to, R_FLAGS, (head->is_protected ? FLAG_PROTECTED : 0) |
		(head->training ? FLAG_TRAINING : 0) |
		(head->was_ready ? FLAG_WAS_READY : 0) |
		(head->clock_given ? FLAG_CLOCK : 0));
	field_put_int(to, R_DELETION, head->is_deletion);
	field_put_int(to, R_FORM, head->form);
	field_put_int(to, R_CREATED, head->created);
	field_put_int(to, R_CHANGED, head->changed);
	field_put_int(to, R_FINISHED, head->finished);
	field_put_int(to, R_SIZE, (int64_t)head->size_bytes);
	field_put_int(to, R_EVENTS, (int64_t)head->n_events);
	field_put_int(to, R_BUNDLE, (int64_t)head->bundle);
	field_put_int(to, R_REVISION, (int64_t)record->revision);
	field_put_int(to, R_CHANGED_MS, head->changed_ms);
	field_put_int(to, R_BODY_FILE, record->body_file);
}

static void print_record(struct str *to, const struct record *record)
{
	static const uint8_t none[16];
	const struct record_head *head = &record->head;

	field_put(to, R_KEY, record->key, SEAL_KEY_BYTES);
	put_numbers(to, record);
	for (int i = 0; i < N_TEXT_TAGS; i++)
		field_put_text(to, TEXT_TAGS[i],
			*text_slot((struct record_head *)head, TEXT_TAGS[i]));
	if (head->has_final)
		field_put(to, R_SHA256, head->sha256, 32);
	for (size_t i = 0; i < head->n_priors; i++)
		field_put(to, R_PRIOR, head->priors[i], 32);
	for (size_t i = 0; i < head->n_attachments; i++)
		put_attachment(to, R_ATTACHMENT, &head->attachments[i]);
	for (size_t i = 0; i < record->n_spares; i++)
		put_attachment(to, R_SPARE, &record->spares[i]);
	if (head->n_events > 0)
		field_put(to, R_LAST_TAG, record->last_tag, SEAL_TAG_BYTES);
	if (memcmp(record->origin, none, 16) != 0)
		field_put(to, R_ORIGIN, record->origin, 16);
}

static bool take_attachment(struct record_attachment **list, size_t *n,
	const struct field *field)
{
	const uint8_t *bytes = (const uint8_t *)field->bytes;
	struct record_attachment *attachment;

	if (field->n_bytes < ATTACHMENT_FIXED)
		return false;
	*list = xreallocarray(*list, *n + 1, sizeof **list);
	attachment = &(*list)[(*n)++];
	attachment->file = (int64_t)get_le64(bytes);
	attachment->size_bytes = get_le64(bytes + 8);
	memcpy(attachment->sha256, bytes + 16, 32);
	attachment->name = xstrndup(field->bytes + ATTACHMENT_FIXED,
		field->n_bytes - ATTACHMENT_FIXED);
	return true;
}

static bool take_prior(struct record_head *head, const struct field *field)
{
	head->priors = xreallocarray(head->priors, head->n_priors + 1,
		sizeof *head->priors);
	return field_copy(field, head->priors[head->n_priors++], 32);
}

static bool take_state(struct record_head *head, int64_t state)
{
	if (state < RECORD_DRAFT || state > RECORD_DISCARDED)
		return false;
	head->state = (enum record_state)state;
	return true;
}

static bool take_number(struct record *record, const struct field *field)
{
	struct record_head *head = &record->head;
	int64_t number = field_int(field);

	switch (field->tag) {
	case R_STATE: return take_state(head, number);
	case R_FLAGS:
		head->is_protected = (number & FLAG_PROTECTED) != 0;
		head->training = (number & FLAG_TRAINING) != 0;
		head->clock_given = (number & FLAG_CLOCK) != 0;
		head->was_ready = (number & FLAG_WAS_READY) != 0;
		break;
	case R_DELETION: head->is_deletion = number != 0; break;
	case R_FORM: head->form = number; break;
	case R_CREATED: head->created = number; break;
	case R_CHANGED: head->changed = number; break;
	case R_FINISHED: head->finished = number; break;
	case R_SIZE: head->size_bytes = (uint64_t)number; break;
	case R_EVENTS: head->n_events = (uint64_t)number; break;
	case R_BUNDLE: head->bundle = (uint64_t)number; break;
	case R_REVISION: record->revision = (uint64_t)number; break;
	case R_CHANGED_MS: head->changed_ms = (int)number; break;
	case R_BODY_FILE: record->body_file = number; break;
	default: break;
	}
	return true;
}

static void take_text(const struct record *record, char **text,
	const struct field *field)
{
	if (record->borrowed) {
		*text = (char *)field->bytes;
		return;
	}
	free(*text);
	*text = field_text(field);
}

static bool take_field(struct record *record, const struct field *field)
{
	struct record_head *head = &record->head;
	char **text = text_slot(head, field->tag);

	if (text != NULL) {
		take_text(record, text, field);
		return true;
	}
	switch (field->tag) {
	case R_KEY: return field_copy(field, record->key, SEAL_KEY_BYTES);
	case R_SHA256:
		head->has_final = true;
		return field_copy(field, head->sha256, 32);
	case R_PRIOR: return take_prior(head, field);
	case R_ATTACHMENT: return take_attachment(&head->attachments,
		&head->n_attachments, field);
	case R_SPARE: return take_attachment(&record->spares,
		&record->n_spares, field);
	case R_LAST_TAG:
		return field_copy(field, record->last_tag, SEAL_TAG_BYTES);
	case R_ORIGIN: return field_copy(field, record->origin, 16);
	default: return take_number(record, field);
	}
}

static void fill_blanks(struct record *record)
{
	for (int i = 0; i < N_TEXT_TAGS; i++) {
		char **text = text_slot(&record->head, TEXT_TAGS[i]);

		if (*text == NULL)
			*text = record->borrowed ? (char *)"" : xstrdup("");
	}
}

bool record_parse(struct record *record, int64_t id, struct field_reader head)
{
	struct field field;
	bool ok = true, whole;

	record->head.id = id;
	while (ok && field_next(&head, &field, &whole))
		ok = take_field(record, &field);
	fill_blanks(record);
	return ok && whole;
}

/* The texts stay where they are: each ends where the tag of the next field
 * stood, which is overwritten once it was read.  `head` lies in a room of
 * heads_each(), so after the last field there is a byte, too. */
static bool parse_in_place(struct record *record, int64_t id,
	struct field_reader head)
{
	char *end = NULL;
	struct field field;
	bool ok = true, whole;

	record->head.id = id;
	record->borrowed = true;
	while (ok && field_next(&head, &field, &whole)) {
		if (end != NULL)
			*end = '\0';
		end = (char *)field.bytes + field.n_bytes;
		ok = take_field(record, &field);
	}
	if (end != NULL)
		*end = '\0';
	fill_blanks(record);
	return ok && whole;
}

static void release_borrowed(struct record *record)
{
	record_drop_file_names(&record->head);
	drop_spare_names(record);
	free(record->head.priors);
	wipe(record, sizeof *record);
}

/* --- heads on disk --- */

bool record_say_damaged(struct workspace *ws, struct err *err)
{
	return err_set(err, ERR_CRYPTO,
		_("'%s' is damaged: a head of a record cannot be read"),
		db_path(ws->db));
}

static uint64_t revision_of(const struct str *plain)
{
	struct field_reader reader = { plain->data, plain->len };
	struct field field;
	uint64_t revision = 0;
	bool whole;

	while (field_next(&reader, &field, &whole))
		if (field.tag == R_REVISION)
			revision = (uint64_t)field_int(&field);
	return revision;
}

/* Two programs may have opened it: the second to save would overwrite what the
 * first one wrote. */
static bool is_current(struct record *record, struct err *err)
{
	struct err why = ERR_INIT;
	struct str plain = STR_INIT;
	bool ok = head_read(record->ws, "record", record->head.id, &plain,
		&why);

	if (ok ? revision_of(&plain) != record->revision :
			why.code == ERR_NOTFOUND && record->revision > 0)
		ok = err_set(&why, ERR_CONFLICT, _("this record was changed "
			"by another program meanwhile: open it again"));
	else
		ok = ok || why.code == ERR_NOTFOUND;
	if (!ok && err != NULL)
		*err = why;
	str_wipe(&plain);
	return ok;
}

static void set_changed(struct record *record)
{
	struct record_head *head = &record->head;
	int64_t now = field_now_ms(record->ws);

	head->changed = head->is_protected ? field_day(now / 1000) :
		now / 1000;
	head->changed_ms = head->is_protected ? 0 : (int)(now % 1000);
}

bool record_save(struct record *record, struct err *err)
{
	struct str plain = STR_INIT;
	bool ok;

	if (!is_current(record, err))
		return false;
	set_changed(record);
	record->revision++;
	print_record(&plain, record);
	ok = head_write(record->ws, "record", record->head.id, &plain, err);
	if (!ok)
		record->revision--;
	str_wipe(&plain);
	return ok;
}

bool record_load(struct record *record, struct workspace *ws, int64_t id,
	struct err *err)
{
	struct str plain = STR_INIT;
	bool ok = head_read(ws, "record", id, &plain, err);

	record->ws = ws;
	if (ok && !record_parse(record, id, field_reader(&plain)))
		ok = record_say_damaged(ws, err);
	str_wipe(&plain);
	return ok;
}

/* After a change that failed: what the disk has counts. */
static void reload(struct record *record)
{
	struct record fresh = { 0 };

	if (record_load(&fresh, record->ws, record->head.id, NULL)) {
		record_release(record);
		*record = fresh;
		wipe(&fresh, sizeof fresh);
	} else {
		record_release(&fresh);
	}
}

/* Ends a change begun with workspace_begin(). */
bool record_settle(struct record *record, bool ok, struct err *err)
{
	if (ok && workspace_commit(record->ws, err))
		return true;
	workspace_rollback(record->ws);
	reload(record);
	return false;
}

bool record_save_alone(struct record *record, struct err *err)
{
	if (!workspace_begin(record->ws, err)) {
		reload(record);
		return false;
	}
	return record_settle(record, record_save(record, err), err);
}

struct walk {
	struct workspace *ws;
	struct record *record;		/* in locked memory, one after another */
	bool (*visit)(void *context, const struct record *record, bool *stop,
		struct err *err);
	void *context;
};

static bool see_head(void *context, int64_t id, struct field_reader head,
	bool *stop, struct err *err)
{
	struct walk *walk = context;
	struct record *record = walk->record;
	bool ok = true;

	record->ws = walk->ws;
	if (parse_in_place(record, id, head))
		ok = walk->visit(walk->context, record, stop, err);
	else
		walk->ws->n_damaged++;
	release_borrowed(record);
	return ok;
}

bool records_walk(struct workspace *ws,
	bool (*visit)(void *context, const struct record *record, bool *stop,
		struct err *err),
	void *context, struct err *err)
{
	struct walk walk = { ws, secret_new(sizeof *walk.record), visit,
		context };
	bool ok = heads_each(ws, "record", see_head, &walk, err);

	secret_free(walk.record);
	return ok;
}

size_t records_damaged(const struct workspace *ws)
{
	return ws->n_damaged;
}

struct each {
	bool (*visit)(void *context, const struct record_head *head);
	void *context;
};

static bool show_head(void *context, const struct record *record, bool *stop,
	struct err *err)
{
	struct each *each = context;

	(void)err;
	*stop = !each->visit(each->context, &record->head);
	return true;
}

bool records_each(struct workspace *ws,
	bool (*visit)(void *context, const struct record_head *head),
	void *context, struct err *err)
{
	struct each each = { visit, context };

	return records_walk(ws, show_head, &each, err);
}
