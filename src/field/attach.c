/* The files of a record. */
#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "bundle/manifest.h"
#include "field/local.h"
#include "session/audit.h"

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

/* In what tells of people's safety nothing stands that nobody wrote there.
 * The record's own log is no such thing: the form asked for it. */
bool record_takes_only_pictures(const struct record_head *head)
{
	return head->is_protected ||
		strcmp(head->form_class, "restricted") == 0;
}

bool record_put_file(struct record *record, const char *name,
	const char *path, struct err *err)
{
	bool stripped = record_takes_only_pictures(&record->head) &&
		strcmp(name, AUDIT_FILE) != 0;
	struct stored_file file = { 0 };

	if (!manifest_can_name(name))
		return err_set(err, ERR_VALUE,
			_("an attachment has a name that is no file name"));
	return (path == NULL || files_put_path(record->ws, path, stripped,
			&file, err)) &&
		put_stored(record, name, &file, err);
}

bool record_attach_bytes(struct record *record, const char *name,
	const char *bytes, size_t n_bytes, struct err *err)
{
	struct stored_file file = { 0 };

	if (record->head.state != RECORD_DRAFT)
		return record_say_state(record, err);
	if (!workspace_begin(record->ws, err))
		return false;
	return record_settle(record, files_put_bytes(record->ws, bytes, n_bytes,
			&file, err) &&
		put_stored(record, name, &file, err) &&
		record_save(record, err), err);
}

bool record_attach(struct record *record, const char *name, const char *path,
	struct err *err)
{
	if (record->head.state != RECORD_DRAFT)
		return record_say_state(record, err);
	if (!workspace_begin(record->ws, err))
		return false;
	return record_settle(record, record_put_file(record, name, path, err) &&
		record_save(record, err), err);
}

/* The change of the head is not saved yet. */
static bool take_out(struct record *record,
	struct record_attachment *attachment, struct err *err)
{
	struct record_head *head = &record->head;
	size_t at = (size_t)(attachment - head->attachments);
	bool ok = attachment->file == 0 ||
		files_drop(record->ws, attachment->file, err);

	wipe_free(attachment->name);
	memmove(attachment, attachment + 1,
		(head->n_attachments - at - 1) * sizeof *attachment);
	head->n_attachments--;
	return ok;
}

bool record_detach(struct record *record, const char *name, struct err *err)
{
	struct record_attachment *attachment =
		find_attachment(&record->head, name);

	if (record->head.state != RECORD_DRAFT)
		return record_say_state(record, err);
	if (attachment == NULL)
		return err_set(err, ERR_NOTFOUND,
			_("the record has no such attachment"));
	if (!workspace_begin(record->ws, err))
		return false;
	return record_settle(record, take_out(record, attachment, err) &&
		record_save(record, err), err);
}

static bool is_named(const struct record_final *final, const char *name)
{
	for (size_t i = 0; i < final->n_files; i++)
		if (strcmp(final->files[i], name) == 0)
			return true;
	return false;
}

static void set_aside(struct record *record,
	struct record_attachment *attachment)
{
	struct record_head *head = &record->head;
	size_t at = (size_t)(attachment - head->attachments);

	record->spares = xreallocarray(record->spares, record->n_spares + 1,
		sizeof *record->spares);
	record->spares[record->n_spares++] = *attachment;
	memmove(attachment, attachment + 1,
		(head->n_attachments - at - 1) * sizeof *attachment);
	head->n_attachments--;
}

/* Going down, so that the spares have the order in which they come back. */
bool record_keep_files(struct record *record, const struct record_final *final,
	struct err *err)
{
	struct record_head *head = &record->head;
	bool ok = true;

	for (size_t i = head->n_attachments; ok && final->files != NULL &&
			i > 0; i--) {
		struct record_attachment *a = &head->attachments[i - 1];

		if (is_named(final, a->name))
			continue;
		if (head->is_protected)
			ok = take_out(record, a, err);
		else
			set_aside(record, a);
	}
	return ok;
}

void record_take_back_files(struct record *record)
{
	struct record_head *head = &record->head;

	head->attachments = xreallocarray(head->attachments,
		head->n_attachments + record->n_spares + 1,
		sizeof *head->attachments);
	while (record->n_spares > 0)
		head->attachments[head->n_attachments++] =
			record->spares[--record->n_spares];
	free(record->spares);
	record->spares = NULL;
}

bool record_drop_spares(struct record *record, struct err *err)
{
	bool ok = true;

	for (size_t i = 0; i < record->n_spares; i++) {
		if (ok && record->spares[i].file != 0)
			ok = files_drop(record->ws, record->spares[i].file,
				err);
		wipe_free(record->spares[i].name);
	}
	free(record->spares);
	record->spares = NULL;
	record->n_spares = 0;
	return ok;
}

bool record_drop_files(struct record *record, struct err *err)
{
	struct record_head *head = &record->head;
	bool ok = true;

	for (size_t i = 0; ok && i < head->n_attachments; i++)
		if (head->attachments[i].file != 0)
			ok = files_drop(record->ws, head->attachments[i].file,
				err);
	record_drop_file_names(head);
	return record_drop_spares(record, err) && ok;
}
