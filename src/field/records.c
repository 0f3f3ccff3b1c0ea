#include "config.h"

#include "field/records.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "crypt/crypt.h"
#include "field/local.h"
#include "trust/project.h"

enum {
	R_KEY = 1, R_STATE = 2, R_FLAGS = 3, R_FORM = 4, R_FORM_ID = 5,
	R_FORM_VERSION = 6, R_CLASS = 7, R_TITLE = 8, R_NAME = 9,
	R_INSTANCE_ID = 10, R_CREATED = 11, R_CHANGED = 12, R_FINISHED = 13,
	R_PLACE = 14, R_SIZE = 15, R_SHA256 = 16, R_PRIOR = 17,
	R_ATTACHMENT = 18, R_EVENTS = 19, R_LAST_TAG = 20, R_BUNDLE = 21,
	R_ORIGIN = 22, R_PACKING = 23,
	FLAG_PROTECTED = 1, FLAG_TRAINING = 2,
	ATTACHMENT_FIXED = 48,	/* file (8), size (8), SHA-256 (32), then name */
};

const char *record_state_name(enum record_state state)
{
	static const char *const names[] = {
		"draft", "ready", "packed", "received", "discarded",
	};

	return names[state];
}

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
	default: return NULL;
	}
}

static const int TEXT_TAGS[] = {
	R_FORM_ID, R_FORM_VERSION, R_CLASS, R_TITLE, R_NAME, R_INSTANCE_ID,
	R_PLACE,
};
enum { N_TEXT_TAGS = sizeof TEXT_TAGS / sizeof TEXT_TAGS[0] };

static void set_text(char **slot, const char *text)
{
	char *fresh = xstrdup(text != NULL ? text : "");

	wipe_free(*slot);
	*slot = fresh;
}

static void drop_attachment_names(struct record_head *head)
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
	drop_attachment_names(head);
	free(head->priors);
	memset(head, 0, sizeof *head);
}

void record_release(struct record *record)
{
	record_head_release(&record->head);
	wipe(record, sizeof *record);
}

static void put_attachment(struct str *to,
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
	field_put(to, R_ATTACHMENT, bytes.data, bytes.len);
	str_wipe(&bytes);
}

static void put_numbers(struct str *to, const struct record *record)
{
	const struct record_head *head = &record->head;

	field_put_int(to, R_STATE, (int64_t)head->state);
	field_put_int(to, R_FLAGS, (head->is_protected ? FLAG_PROTECTED : 0) |
		(head->training ? FLAG_TRAINING : 0));
	field_put_int(to, R_FORM, head->form);
	field_put_int(to, R_CREATED, head->created);
	field_put_int(to, R_CHANGED, head->changed);
	field_put_int(to, R_FINISHED, head->finished);
	field_put_int(to, R_SIZE, (int64_t)head->size_bytes);
	field_put_int(to, R_EVENTS, (int64_t)head->n_events);
	field_put_int(to, R_BUNDLE, (int64_t)head->bundle);
	field_put_int(to, R_PACKING, (int64_t)record->packing);
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
		put_attachment(to, &head->attachments[i]);
	if (head->n_events > 0)
		field_put(to, R_LAST_TAG, record->last_tag, SEAL_TAG_BYTES);
	if (memcmp(record->origin, none, 16) != 0)
		field_put(to, R_ORIGIN, record->origin, 16);
}

static bool take_attachment(struct record_head *head,
	const struct field *field)
{
	const uint8_t *bytes = (const uint8_t *)field->bytes;
	struct record_attachment *attachment;

	if (field->n_bytes < ATTACHMENT_FIXED)
		return false;
	head->attachments = xreallocarray(head->attachments,
		head->n_attachments + 1, sizeof *head->attachments);
	attachment = &head->attachments[head->n_attachments++];
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
		break;
	case R_FORM: head->form = number; break;
	case R_CREATED: head->created = number; break;
	case R_CHANGED: head->changed = number; break;
	case R_FINISHED: head->finished = number; break;
	case R_SIZE: head->size_bytes = (uint64_t)number; break;
	case R_EVENTS: head->n_events = (uint64_t)number; break;
	case R_BUNDLE: head->bundle = (uint64_t)number; break;
	case R_PACKING: record->packing = (uint64_t)number; break;
	default: break;
	}
	return true;
}

static bool take_field(struct record *record, const struct field *field)
{
	struct record_head *head = &record->head;
	char **text = text_slot(head, field->tag);

	if (text != NULL) {
		free(*text);
		*text = field_text(field);
		return true;
	}
	switch (field->tag) {
	case R_KEY: return field_copy(field, record->key, SEAL_KEY_BYTES);
	case R_SHA256:
		head->has_final = true;
		return field_copy(field, head->sha256, 32);
	case R_PRIOR: return take_prior(head, field);
	case R_ATTACHMENT: return take_attachment(head, field);
	case R_LAST_TAG:
		return field_copy(field, record->last_tag, SEAL_TAG_BYTES);
	case R_ORIGIN: return field_copy(field, record->origin, 16);
	default: return take_number(record, field);
	}
}

bool record_parse(struct record *record, int64_t id, const struct str *plain)
{
	struct field_reader reader = { plain->data, plain->len };
	struct field field;
	bool ok = true, whole;

	record->head.id = id;
	while (ok && field_next(&reader, &field, &whole))
		ok = take_field(record, &field);
	for (int i = 0; i < N_TEXT_TAGS; i++) {
		char **text = text_slot(&record->head, TEXT_TAGS[i]);

		if (*text == NULL)
			*text = xstrdup("");
	}
	return ok && whole;
}

/* --- heads on disk --- */

static bool say_damaged(struct workspace *ws, struct err *err)
{
	return err_set(err, ERR_CRYPTO,
		_("'%s' is damaged: a head of a record cannot be read"),
		db_path(ws->db));
}

bool record_save(struct record *record, struct err *err)
{
	struct record_head *head = &record->head;
	struct str plain = STR_INIT;
	bool ok;

	head->changed = field_now();
	if (head->is_protected)
		head->changed = field_day(head->changed);
	print_record(&plain, record);
	ok = head_write(record->ws, "record", head->id, &plain, err);
	str_wipe(&plain);
	return ok;
}

static bool load(struct record *record, struct workspace *ws, int64_t id,
	struct err *err)
{
	struct str plain = STR_INIT;
	bool ok = head_read(ws, "record", id, &plain, err);

	record->ws = ws;
	if (ok && !record_parse(record, id, &plain))
		ok = say_damaged(ws, err);
	str_wipe(&plain);
	return ok;
}

/* After a change that failed: what the disk has counts. */
static void reload(struct record *record)
{
	struct record fresh = { 0 };

	if (load(&fresh, record->ws, record->head.id, NULL)) {
		record_release(record);
		*record = fresh;
		wipe(&fresh, sizeof fresh);
	} else {
		record_release(&fresh);
	}
}

/* Ends a change begun with workspace_begin(). */
static bool settle(struct record *record, bool ok, struct err *err)
{
	if (ok && workspace_commit(record->ws, err))
		return true;
	workspace_rollback(record->ws);
	reload(record);
	return false;
}

static bool save_alone(struct record *record, struct err *err)
{
	if (!workspace_begin(record->ws, err)) {
		reload(record);
		return false;
	}
	return settle(record, record_save(record, err), err);
}

struct walk {
	struct workspace *ws;
	bool (*visit)(void *context, struct record *record, bool *stop,
		struct err *err);
	void *context;
};

static bool see_head(void *context, int64_t id, const struct str *plain,
	bool *stop, struct err *err)
{
	struct walk *walk = context;
	struct record record = { .ws = walk->ws };
	bool ok = true;

	if (record_parse(&record, id, plain))
		ok = walk->visit(walk->context, &record, stop, err);
	else
		walk->ws->n_damaged++;
	record_release(&record);
	return ok;
}

bool records_walk(struct workspace *ws,
	bool (*visit)(void *context, struct record *record, bool *stop,
		struct err *err),
	void *context, struct err *err)
{
	struct walk walk = { ws, visit, context };

	return heads_each(ws, "record", see_head, &walk, err);
}

size_t records_damaged(const struct workspace *ws)
{
	return ws->n_damaged;
}

struct each {
	bool (*visit)(void *context, const struct record_head *head);
	void *context;
};

static bool show_head(void *context, struct record *record, bool *stop,
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

/* --- new, open, close --- */

bool field_project(struct workspace *ws, struct trust_project *project,
	struct err *err)
{
	struct str text = STR_INIT;
	bool ok;

	if (!workspace_has_secret(ws, WORKSPACE_PROJECT))
		return err_set(err, ERR_REFUSED, _("this workspace belongs to "
			"no project yet (see 'bayaz help join')"));
	ok = workspace_get_secret(ws, WORKSPACE_PROJECT, &text, err) &&
		trust_project_read(text.data, text.len, project, err);
	str_wipe(&text);
	return ok;
}

static bool may_begin(struct workspace *ws, const struct form_info *form,
	struct err *err)
{
	struct trust_project project;

	if (!form_is_protected(form))
		return true;
	if (!workspace_is_sealed(ws))
		return err_set(err, ERR_REFUSED, _("protected forms need a "
			"workspace with a passphrase"));
	return field_project(ws, &project, err);
}

static void begin_head(struct record *record, const struct form_info *form)
{
	struct record_head *head = &record->head;
	bool is_protected = form_is_protected(form);

	head->id = row_new_id();
	head->form = form->id;
	head->is_protected = is_protected;
	set_text(&head->form_id, form->form_id);
	set_text(&head->form_version, form->version);
	set_text(&head->form_class, form->form_class);
	set_text(&head->title, form_shown_title(form));
	set_text(&head->name, "");
	set_text(&head->instance_id, "");
	set_text(&head->place, "");
	head->created = field_now();
	if (is_protected)
		head->created = field_day(head->created);
}

static bool take_over_prior(struct record *record, int64_t prior,
	struct err *err)
{
	struct record old = { 0 };
	bool ok = load(&old, record->ws, prior, err);

	if (ok && !old.head.has_final)
		ok = err_set(err, ERR_REFUSED,
			_("a record that is not finished has no versions yet"));
	if (ok && old.head.is_protected)
		ok = err_set(err, ERR_REFUSED, _("a finished protected record "
			"cannot be opened on this device"));
	if (ok) {
		struct record_head *head = &record->head;

		head->priors = xmalloc(sizeof *head->priors);
		memcpy(head->priors[0], old.head.sha256, 32);
		head->n_priors = 1;
	}
	record_release(&old);
	return ok;
}

static struct record *make(struct workspace *ws, const struct form_info *form)
{
	struct record *record = secret_new(sizeof *record);

	record->ws = ws;
	seal_key_new(record->key);
	begin_head(record, form);
	return record;
}

struct record *record_new(struct workspace *ws, const struct form_info *form,
	int64_t prior, struct err *err)
{
	struct record *record;

	if (!may_begin(ws, form, err))
		return NULL;
	record = make(ws, form);
	if ((prior == 0 || take_over_prior(record, prior, err)) &&
			save_alone(record, err))
		return record;
	record_close(record);
	return NULL;
}

struct record *record_open(struct workspace *ws, int64_t id, struct err *err)
{
	struct record *record = secret_new(sizeof *record);

	if (load(record, ws, id, err))
		return record;
	record_close(record);
	return NULL;
}

void record_close(struct record *record)
{
	if (record == NULL)
		return;
	record_release(record);
	secret_free(record);
}

const struct record_head *record_head(const struct record *record)
{
	return &record->head;
}

/* --- small changes --- */

bool record_set_training(struct record *record, bool training,
	struct err *err)
{
	record->head.training = training;
	return save_alone(record, err);
}

bool record_set_place(struct record *record, const char *place,
	struct err *err)
{
	set_text(&record->head.place, place);
	return save_alone(record, err);
}

static bool may_set_form(const struct record *record,
	const struct form_info *form, struct err *err)
{
	const struct record_head *head = &record->head;

	if (head->state != RECORD_DRAFT)
		return err_set(err, ERR_REFUSED,
			_("only a draft can be changed"));
	if (strcmp(head->form_id, form->form_id) != 0)
		return err_set(err, ERR_REFUSED,
			_("the draft is of form '%1$s', not '%2$s'"),
			head->form_id, form->form_id);
	/* What is protected stays so, and nothing becomes it half-way. */
	if (strcmp(head->form_class, form->form_class) != 0)
		return err_set(err, ERR_REFUSED, _("the draft is of class "
			"'%1$s', the other version of the form of '%2$s'"),
			head->form_class, form->form_class);
	return true;
}

bool record_set_form(struct record *record, const struct form_info *form,
	struct err *err)
{
	struct record_head *head = &record->head;

	if (!may_set_form(record, form, err))
		return false;
	head->form = form->id;
	set_text(&head->form_version, form->version);
	set_text(&head->title, form_shown_title(form));
	return save_alone(record, err);
}

bool record_set_name(struct record *record, const char *name,
	struct err *err)
{
	if (record->head.is_protected)
		return true;
	set_text(&record->head.name, name);
	return save_alone(record, err);
}

bool record_add_prior(struct record *record, const uint8_t sha256[32],
	struct err *err)
{
	struct record_head *head = &record->head;

	for (size_t i = 0; i < head->n_priors; i++)
		if (memcmp(head->priors[i], sha256, 32) == 0)
			return true;
	head->priors = xreallocarray(head->priors, head->n_priors + 1,
		sizeof *head->priors);
	memcpy(head->priors[head->n_priors++], sha256, 32);
	return save_alone(record, err);
}

static bool say_state(const struct record *record, struct err *err)
{
	if (record->packing != 0)
		return err_set(err, ERR_REFUSED,
			_("this record is in a bundle that is being written"));
	switch (record->head.state) {
	case RECORD_DRAFT:
		return err_set(err, ERR_REFUSED, _("this record is a draft"));
	case RECORD_READY:
		return err_set(err, ERR_REFUSED,
			_("this record is finished already"));
	case RECORD_DISCARDED:
		return err_set(err, ERR_REFUSED,
			_("this record was discarded"));
	default:
		return err_set(err, ERR_REFUSED,
			_("this record has been sent already"));
	}
}

bool record_reopen(struct record *record, struct err *err)
{
	struct record_head *head = &record->head;

	if (head->is_protected)
		return err_set(err, ERR_REFUSED, _("a finished protected record "
			"cannot be opened on this device"));
	if (head->state != RECORD_READY || record->packing != 0)
		return say_state(record, err);
	head->state = RECORD_DRAFT;
	return save_alone(record, err);
}

bool record_discard(struct record *record, bool back, struct err *err)
{
	struct record_head *head = &record->head;
	bool fits = back ? head->state == RECORD_DISCARDED :
		head->state == RECORD_DRAFT || head->state == RECORD_READY;

	if (!fits || record->packing != 0)
		return say_state(record, err);
	if (back && head->is_protected && head->has_final)
		head->state = RECORD_READY;	/* it can be nothing else */
	else
		head->state = back ? RECORD_DRAFT : RECORD_DISCARDED;
	return save_alone(record, err);
}

bool record_received(struct record *record, struct err *err)
{
	if (record->head.state != RECORD_PACKED)
		return say_state(record, err);
	if (!workspace_begin(record->ws, err))
		return false;
	record->head.state = RECORD_RECEIVED;
	return settle(record, journal_destroy(record, err) &&
		record_save(record, err), err);
}

/* --- attachments --- */

static struct record_attachment *find_attachment(struct record_head *head,
	const char *name)
{
	for (size_t i = 0; i < head->n_attachments; i++)
		if (strcmp(head->attachments[i].name, name) == 0)
			return &head->attachments[i];
	return NULL;
}

static struct record_attachment *add_attachment(struct record_head *head,
	const char *name)
{
	struct record_attachment *attachment = find_attachment(head, name);

	if (attachment != NULL)
		return attachment;
	head->attachments = xreallocarray(head->attachments,
		head->n_attachments + 1, sizeof *head->attachments);
	attachment = &head->attachments[head->n_attachments++];
	memset(attachment, 0, sizeof *attachment);
	attachment->name = xstrdup(name);
	return attachment;
}

/* The change of the head is not saved yet. */
static bool put_stored(struct record *record, const char *name,
	struct stored_file *file, struct err *err)
{
	struct record_attachment *attachment;
	int64_t old;

	wipe(file->key, sizeof file->key);
	attachment = add_attachment(&record->head, name);
	old = attachment->file;
	attachment->file = file->id;
	attachment->size_bytes = file->size_bytes;
	memcpy(attachment->sha256, file->sha256, 32);
	return old == 0 || files_drop(record->ws, old, err);
}

static bool put_attachment_file(struct record *record, const char *name,
	const char *path, struct err *err)
{
	struct stored_file file = { 0 };

	return (path == NULL || files_put_path(record->ws, path, &file, err)) &&
		put_stored(record, name, &file, err);
}

bool record_attach_bytes(struct record *record, const char *name,
	const char *bytes, size_t n_bytes, struct err *err)
{
	struct stored_file file = { 0 };

	if (record->head.state != RECORD_DRAFT)
		return say_state(record, err);
	if (!workspace_begin(record->ws, err))
		return false;
	return settle(record, files_put_bytes(record->ws, bytes, n_bytes,
			&file, err) &&
		put_stored(record, name, &file, err) &&
		record_save(record, err), err);
}

bool record_attach(struct record *record, const char *name, const char *path,
	struct err *err)
{
	if (record->head.state != RECORD_DRAFT)
		return say_state(record, err);
	if (!workspace_begin(record->ws, err))
		return false;
	return settle(record, put_attachment_file(record, name, path, err) &&
		record_save(record, err), err);
}

bool record_detach(struct record *record, const char *name, struct err *err)
{
	struct record_head *head = &record->head;
	struct record_attachment *attachment = find_attachment(head, name);
	size_t at;
	bool ok;

	if (head->state != RECORD_DRAFT)
		return say_state(record, err);
	if (attachment == NULL)
		return err_set(err, ERR_NOTFOUND,
			_("the record has no such attachment"));
	if (!workspace_begin(record->ws, err))
		return false;
	ok = attachment->file == 0 ||
		files_drop(record->ws, attachment->file, err);
	at = (size_t)(attachment - head->attachments);
	wipe_free(attachment->name);
	memmove(attachment, attachment + 1,
		(head->n_attachments - at - 1) * sizeof *attachment);
	head->n_attachments--;
	return settle(record, ok && record_save(record, err), err);
}

static bool drop_attachments(struct record *record, struct err *err)
{
	struct record_head *head = &record->head;
	bool ok = true;

	for (size_t i = 0; ok && i < head->n_attachments; i++)
		if (head->attachments[i].file != 0)
			ok = files_drop(record->ws, head->attachments[i].file,
				err);
	drop_attachment_names(head);
	return ok;
}

/* --- finishing --- */

static bool finish_standard(struct record *record,
	const struct record_final *final, struct err *err)
{
	struct record_head *head = &record->head;

	head->size_bytes = final->n_bytes;
	sha256_bytes(final->xml, final->n_bytes, head->sha256);
	set_text(&head->instance_id, final->instance_id);
	set_text(&head->name, final->instance_name);
	return body_write(record->ws, head->id, record->key, final->xml,
		final->n_bytes, err);
}

/* Nothing stays that says which form, which record, what time of day. */
static void forget(struct record_head *head)
{
	head->form = 0;
	set_text(&head->form_id, "");
	set_text(&head->form_version, "");
	set_text(&head->name, "");
	set_text(&head->instance_id, "");
	set_text(&head->place, "");
	head->finished = field_day(head->finished);
}

static bool finish_protected(struct record *record,
	const struct record_final *final, struct err *err)
{
	struct record_head *head = &record->head;
	struct str sealed = STR_INIT;
	bool was_written = head->n_events > 0 || head->n_attachments > 0;
	bool ok = record_seal_final(record, final, &sealed, err) &&
		journal_destroy(record, err) && drop_attachments(record, err);

	if (ok) {
		forget(head);
		seal_key_new(record->key);
		head->size_bytes = sealed.len;
		sha256_bytes(sealed.data, sealed.len, head->sha256);
		ok = body_write(record->ws, head->id, record->key, sealed.data,
			sealed.len, err) && record_save(record, err);
	}
	str_release(&sealed);
	return ok && (!was_written || workspace_rotate(record->ws, err));
}

static bool finish(struct record *record, const struct record_final *final,
	struct err *err)
{
	struct record_head *head = &record->head;

	head->state = RECORD_READY;
	head->has_final = true;
	head->finished = final->finished != 0 ? final->finished : field_now();
	if (head->is_protected)
		return finish_protected(record, final, err);
	return finish_standard(record, final, err) && record_save(record, err);
}

bool record_finish(struct record *record, const struct record_final *final,
	struct err *err)
{
	if (record->head.state != RECORD_DRAFT)
		return say_state(record, err);
	if (!workspace_begin(record->ws, err))
		return false;
	if (!settle(record, finish(record, final, err), err))
		return false;
	index_add(record->ws, record);
	return true;
}

/* --- reading --- */

bool record_final_bytes(struct record *record, struct str *out,
	struct err *err)
{
	if (!record->head.has_final)
		return err_set(err, ERR_NOTFOUND,
			_("this record is not finished"));
	return body_read(record->ws, record->head.id, record->key,
		record->head.sha256, out, err);
}

bool record_xml(struct record *record, struct str *out, struct err *err)
{
	if (record->head.is_protected && record->head.has_final)
		return err_set(err, ERR_REFUSED, _("a finished protected record "
			"cannot be opened on this device"));
	return record_final_bytes(record, out, err);
}

struct last { const char *form_id; int64_t id, time; };

static bool see_last(void *context, const struct record_head *head)
{
	struct last *last = context;

	if (head->has_final && !head->is_protected &&
			strcmp(head->form_class, "restricted") != 0 &&
			head->state != RECORD_DISCARDED &&
			strcmp(head->form_id, last->form_id) == 0 &&
			(last->id == 0 || head->finished > last->time)) {
		last->id = head->id;
		last->time = head->finished;
	}
	return true;
}

bool records_last(struct workspace *ws, const char *form_id, int64_t *id,
	struct err *err)
{
	struct last last = { form_id, 0, 0 };
	bool ok = records_each(ws, see_last, &last, err);

	*id = last.id;
	return ok;
}

/* --- importing --- */

enum { ORIGIN_KEY_BYTES = 32 };

/* What is protected leaves no hash of its plain text; under a key of this
 * workspace one is kept, so that the same file is not taken twice. */
static bool make_origin(struct workspace *ws, const struct record_final *final,
	uint8_t origin[16], struct err *err)
{
	struct str key = STR_INIT;
	uint8_t fresh[ORIGIN_KEY_BYTES], hash[32], tag[32];
	bool ok = true;

	if (!workspace_has_secret(ws, "origin")) {
		crypt_random(fresh, sizeof fresh);
		ok = workspace_put_secret(ws, "origin", fresh, sizeof fresh,
			err);
		wipe(fresh, sizeof fresh);
	}
	ok = ok && workspace_get_secret(ws, "origin", &key, err);
	if (ok) {
		sha256_bytes(final->xml, final->n_bytes, hash);
		hmac_sha256(key.data, key.len, hash, sizeof hash, tag);
		memcpy(origin, tag, 16);
		wipe(hash, sizeof hash);
	}
	str_wipe(&key);
	return ok;
}

/* The record that has these bytes already, or 0. */
static bool find_same(struct workspace *ws, const struct record_final *final,
	const uint8_t origin[16], bool is_protected, int64_t *id,
	struct err *err)
{
	char key[40];
	uint8_t hash[32];
	struct found *found;

	if (!is_protected) {
		sha256_bytes(final->xml, final->n_bytes, hash);
		return records_find_hash(ws, hash, id, err);
	}
	if (!index_load(ws, err))
		return false;
	index_key_of_origin(origin, key);
	found = map_get(&ws->index.hashes, key);
	*id = found != NULL ? found->id : 0;
	return true;
}

static bool find_prior(struct workspace *ws, const struct form_info *form,
	const char *deprecated_id, int64_t *prior, struct err *err)
{
	*prior = 0;
	if (str_is_empty(deprecated_id) || form_is_protected(form))
		return true;
	return records_find_instance(ws, deprecated_id, prior, err);
}

static bool import_new(struct workspace *ws, const struct form_info *form,
	const struct record_final *final, int64_t prior,
	const uint8_t origin[16], const struct record_file *files,
	size_t n_files, int64_t *id, struct err *err)
{
	struct record *record = make(ws, form);
	bool ok = prior == 0 || take_over_prior(record, prior, err);

	memcpy(record->origin, origin, 16);
	for (size_t i = 0; ok && i < n_files; i++)
		ok = put_attachment_file(record, files[i].name, files[i].path,
			err);
	ok = ok && record_save(record, err) &&
		record_finish(record, final, err);
	*id = record->head.id;
	record_close(record);
	return ok;
}

static bool import(struct workspace *ws, const struct form_info *form,
	const struct record_final *final, const char *deprecated_id,
	const struct record_file *files, size_t n_files, bool *added,
	int64_t *id, struct err *err)
{
	bool is_protected = form_is_protected(form);
	uint8_t origin[16] = { 0 };
	int64_t prior;

	if (is_protected && !make_origin(ws, final, origin, err))
		return false;
	if (!find_same(ws, final, origin, is_protected, id, err) ||
			!find_prior(ws, form, deprecated_id, &prior, err))
		return false;
	*added = *id == 0;
	return !*added || import_new(ws, form, final, prior, origin, files,
		n_files, id, err);
}

bool records_import(struct workspace *ws, const struct form_info *form,
	const struct record_final *final, const char *deprecated_id,
	const struct record_file *files, size_t n_files, bool *added,
	int64_t *id, struct err *err)
{
	int64_t here;

	*added = false;
	if (!may_begin(ws, form, err) || !workspace_begin(ws, err))
		return false;
	if (import(ws, form, final, deprecated_id, files, n_files, added,
			id != NULL ? id : &here, err) &&
			workspace_commit(ws, err))
		return true;
	workspace_rollback(ws);
	return false;
}

/* --- purging --- */

static bool purge_one(struct workspace *ws, int64_t id, struct err *err)
{
	struct record record = { 0 };
	bool ok = load(&record, ws, id, err) &&
		journal_destroy(&record, err) &&
		drop_attachments(&record, err) &&
		row_run(ws, "DELETE FROM body WHERE owner = ?1", id, err) &&
		row_run(ws, "DELETE FROM record WHERE id = ?1", id, err);

	record_release(&record);
	return ok;
}

bool records_purge(struct workspace *ws, const int64_t *ids, size_t n_ids,
	struct err *err)
{
	bool ok = true;

	if (n_ids == 0)
		return true;
	if (!workspace_begin(ws, err))
		return false;
	for (size_t i = 0; ok && i < n_ids; i++)
		ok = purge_one(ws, ids[i], err);
	if (ok && workspace_rotate(ws, err) && workspace_commit(ws, err)) {
		index_release(ws);
		return true;
	}
	workspace_rollback(ws);
	return false;
}
