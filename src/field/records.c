#include "config.h"

#include "field/records.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "crypt/crypt.h"
#include "field/local.h"
#include "trust/project.h"

const char *record_state_name(enum record_state state)
{
	static const char *const names[] = {
		"draft", "ready", "packed", "received", "discarded",
	};

	return names[state];
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

bool record_may_begin(struct workspace *ws, const struct form_info *form,
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
	record_set_text(&head->form_id, form->form_id);
	record_set_text(&head->form_version, form->version);
	record_set_text(&head->form_class, form->form_class);
	record_set_text(&head->title, form_shown_title(form));
	record_set_text(&head->name, "");
	record_set_text(&head->instance_id, "");
	record_set_text(&head->place, "");
	record_set_text(&head->refused, "");
	head->created = field_now(record->ws);
	if (is_protected)
		head->created = field_day(head->created);
}

bool record_take_prior(struct record *record, int64_t prior,
	struct err *err)
{
	struct record old = { 0 };
	bool ok = record_load(&old, record->ws, prior, err);

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

struct record *record_make(struct workspace *ws, const struct form_info *form)
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

	if (!record_may_begin(ws, form, err))
		return NULL;
	record = record_make(ws, form);
	if ((prior == 0 || record_take_prior(record, prior, err)) &&
			record_save_alone(record, err))
		return record;
	record_close(record);
	return NULL;
}

struct record *record_open(struct workspace *ws, int64_t id, struct err *err)
{
	struct record *record = secret_new(sizeof *record);

	if (record_load(record, ws, id, err))
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

bool record_set_training(struct record *record, struct err *err)
{
	if (record->head.training)
		return true;
	if (record->head.n_events > 0 || record->head.has_final)
		return err_set(err, ERR_REFUSED, _("this record was begun in "
			"earnest: begin a new one for training"));
	record->head.training = true;
	return record_save_alone(record, err);
}

bool record_set_place(struct record *record, const char *place,
	struct err *err)
{
	if (!workspace_begin_light(record->ws, err))
		return false;
	record_set_text(&record->head.place, place);
	return record_settle(record, record_save(record, err), err);
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
	record_set_text(&head->form_version, form->version);
	record_set_text(&head->title, form_shown_title(form));
	return record_save_alone(record, err);
}

bool record_set_name(struct record *record, const char *name,
	struct err *err)
{
	if (record->head.is_protected)
		return true;
	record_set_text(&record->head.name, name);
	return record_save_alone(record, err);
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
	return record_save_alone(record, err);
}

bool record_say_state(const struct record *record, struct err *err)
{
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

static bool is_free(const struct record *record, struct err *err)
{
	bool holds;

	if (!plan_holds(record->ws, record->head.id, &holds, err))
		return false;
	return !holds || err_set(err, ERR_REFUSED,
		_("this record is in a bundle that is being written"));
}

bool record_reopen(struct record *record, struct err *err)
{
	struct record_head *head = &record->head;

	if (head->is_protected)
		return err_set(err, ERR_REFUSED, _("a finished protected record "
			"cannot be opened on this device"));
	if (head->state != RECORD_READY)
		return record_say_state(record, err);
	if (!is_free(record, err))
		return false;
	head->state = RECORD_DRAFT;
	record_take_back_files(record);
	return record_save_alone(record, err);
}

bool record_discard(struct record *record, bool back, struct err *err)
{
	struct record_head *head = &record->head;
	bool fits = back ? head->state == RECORD_DISCARDED :
		head->state == RECORD_DRAFT || head->state == RECORD_READY;

	if (!fits)
		return record_say_state(record, err);
	if (!is_free(record, err))
		return false;
	if (!back)
		head->was_ready = head->state == RECORD_READY;
	head->state = !back ? RECORD_DISCARDED :
		head->was_ready ? RECORD_READY : RECORD_DRAFT;
	if (back)
		head->was_ready = false;
	return record_save_alone(record, err);
}

bool record_received(struct record *record, struct err *err)
{
	if (record->head.state != RECORD_PACKED)
		return record_say_state(record, err);
	if (!workspace_begin(record->ws, err))
		return false;
	record->head.state = RECORD_RECEIVED;
	return record_settle(record, journal_destroy(record, err) &&
		record_drop_spares(record, err) &&
		record_save(record, err), err);
}

/* Nobody can read the sealed bytes here, and at the centre they are gone. */
static bool drop_sealed(struct record *record, struct err *err)
{
	int64_t file = record->body_file;

	record->body_file = 0;
	return (file == 0 || files_drop(record->ws, file, err)) &&
		row_run(record->ws, "DELETE FROM body WHERE owner = ?1",
			record->head.id, err) &&
		workspace_forget(record->ws, record->head.id, err);
}

bool record_refused(struct record *record, const char *code, struct err *err)
{
	struct record_head *head = &record->head;
	bool ok;

	if (head->state != RECORD_PACKED && head->state != RECORD_RECEIVED)
		return record_say_state(record, err);
	if (strcmp(head->refused, code) == 0)
		return true;
	if (!workspace_begin(record->ws, err))
		return false;
	record_set_text(&head->refused, code);
	ok = head->state == RECORD_RECEIVED ||
		(journal_destroy(record, err) &&
		record_drop_spares(record, err));
	head->state = RECORD_RECEIVED;
	return record_settle(record, ok && record_save(record, err) &&
		(!head->is_protected || drop_sealed(record, err)), err);
}

/* --- finishing --- */

static bool finish_standard(struct record *record,
	const struct record_final *final, struct err *err)
{
	struct record_head *head = &record->head;

	head->size_bytes = final->n_bytes;
	sha256_bytes(final->xml, final->n_bytes, head->sha256);
	record_set_text(&head->instance_id, final->instance_id);
	record_set_text(&head->name, final->instance_name);
	return body_write(record->ws, head->id, record->key, final->xml,
		final->n_bytes, err);
}

/* Nothing stays that says which form, which record, what time of day. */
static void forget(struct record_head *head)
{
	head->form = 0;
	record_set_text(&head->form_id, "");
	record_set_text(&head->form_version, "");
	record_set_text(&head->name, "");
	record_set_text(&head->instance_id, "");
	record_set_text(&head->place, "");
	head->finished = field_day(head->finished);
}

static bool finish_protected(struct record *record,
	const struct record_final *final, struct err *err)
{
	struct record_head *head = &record->head;
	bool was_written = head->n_events > 0 || head->n_attachments > 0;

	if (!record_seal_final(record, final, err) ||
			!journal_destroy(record, err) ||
			!record_drop_files(record, err))
		return false;
	forget(head);
	return record_save(record, err) &&
		(!was_written ||
			workspace_forget(record->ws, head->id, err));
}

static bool finish(struct record *record, const struct record_final *final,
	struct err *err)
{
	struct record_head *head = &record->head;

	if (!record_keep_files(record, final, err))
		return false;
	head->state = RECORD_READY;
	head->has_final = true;
	head->training = head->training || final->training;
	head->clock_given = head->clock_given || final->clock_given;
	head->finished = final->finished != 0 ? final->finished :
		field_now(record->ws);
	if (head->is_protected)
		return finish_protected(record, final, err);
	return finish_standard(record, final, err) && record_save(record, err);
}

bool record_finish(struct record *record, const struct record_final *final,
	struct err *err)
{
	if (record->head.state != RECORD_DRAFT)
		return record_say_state(record, err);
	if (!workspace_begin(record->ws, err))
		return false;
	if (!record_settle(record, finish(record, final, err), err))
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
	if (record->body_file != 0)
		return files_read(record->ws, record->body_file, MAX_BODY, out,
			err);
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

struct last { const char *form_id; bool training; int64_t id, time; };

static bool see_last(void *context, const struct record_head *head)
{
	struct last *last = context;

	if (head->has_final && !head->is_protected &&
			strcmp(head->form_class, "restricted") != 0 &&
			head->state != RECORD_DISCARDED &&
			head->training == last->training &&
			strcmp(head->form_id, last->form_id) == 0 &&
			(last->id == 0 || head->finished > last->time)) {
		last->id = head->id;
		last->time = head->finished;
	}
	return true;
}

bool records_last(struct workspace *ws, const char *form_id, bool training,
	int64_t *id, struct err *err)
{
	struct last last = { form_id, training, 0, 0 };
	bool ok = records_each(ws, see_last, &last, err);

	*id = last.id;
	return ok;
}
