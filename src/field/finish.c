/* What leaves the workspace's own keys: protected records, sealed to the
 * project. */
#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "bundle/format.h"
#include "bundle/sealed.h"
#include "field/local.h"
#include "trust/project.h"

enum { SMALL_BYTES = 1 << 20 };		/* of a body; more is a file */

/* --- where the bytes come from --- */

/* An attachment, of which one chunk is open. */
struct from_file {
	struct workspace *ws;
	struct stored_file file;
	struct str chunk;
	int64_t number;			/* of that; -1: none */
};

static bool open_chunk(struct from_file *from, int64_t number,
	struct err *err)
{
	if (from->number == number)
		return true;
	wipe(from->chunk.data, from->chunk.len);
	str_clear(&from->chunk);
	from->number = -1;
	if (!files_chunk(from->ws, &from->file, number, &from->chunk, err))
		return false;
	from->number = number;
	return true;
}

static bool read_file(void *context, uint64_t offset, void *buffer,
	size_t size_bytes, struct err *err)
{
	struct from_file *from = context;
	uint8_t *to = buffer;

	while (size_bytes > 0) {
		size_t at = (size_t)(offset % CHUNK_BYTES), n;

		if (!open_chunk(from, (int64_t)(offset / CHUNK_BYTES), err))
			return false;
		if (at >= from->chunk.len)
			return err_set(err, ERR_CRYPTO, _("'%s' is damaged: a "
				"file has another size"),
				db_path(from->ws->db));
		n = from->chunk.len - at < size_bytes ?
			from->chunk.len - at : size_bytes;
		memcpy(to, from->chunk.data + at, n);
		to += n;
		offset += n;
		size_bytes -= n;
	}
	return true;
}

/* --- where they go --- */

struct sealing {
	struct workspace *ws;
	struct sha256 hash;
	uint64_t n_bytes;
	struct str small;		/* until it is too much for a body */
	struct file_writer *writer;	/* from then on */
};

static bool to_body(void *context, const void *bytes, size_t n_bytes,
	struct err *err)
{
	struct sealing *s = context;

	sha256_add(&s->hash, bytes, n_bytes);
	s->n_bytes += n_bytes;
	if (s->n_bytes > BUNDLE_MAX_ENTRY)
		return err_set(err, ERR_LIMIT, _("the record and its "
			"attachments are more than a bundle can take"));
	if (s->writer == NULL && s->n_bytes > SMALL_BYTES) {
		s->writer = files_begin(s->ws);
		if (!files_add(s->writer, s->small.data, s->small.len, err))
			return false;
	}
	if (s->writer != NULL)
		return files_add(s->writer, bytes, n_bytes, err);
	str_addn(&s->small, bytes, n_bytes);
	return true;
}

static bool keep(struct record *record, struct sealing *s, struct err *err)
{
	struct stored_file file;

	seal_key_new(record->key);
	record->head.size_bytes = s->n_bytes;
	sha256_end(&s->hash, record->head.sha256);
	if (s->writer == NULL)
		return body_write(s->ws, record->head.id, record->key,
			s->small.data, s->small.len, err);
	if (!files_end(s->writer, &file, err))
		return false;
	record->body_file = file.id;
	wipe(&file, sizeof file);
	return true;
}

static bool seal(struct record *record, const struct sealed_input *inputs,
	size_t n_inputs, struct err *err)
{
	struct age_recipient recipients[2];
	struct age_to to = { .recipients = recipients, .n_recipients = 2 };
	struct sealing sealing = { .ws = record->ws, .small = STR_INIT };
	struct trust_project project;
	bool ok;

	if (!field_project(record->ws, &project, err))
		return false;
	trust_project_recipients(&project, TRUST_PROTECTED, recipients);
	sha256_init(&sealing.hash);
	ok = sealed_write(to_body, &sealing, inputs, n_inputs, &to, err) &&
		keep(record, &sealing, err);
	str_release(&sealing.small);
	files_free(sealing.writer);
	return ok;
}

/* --- a record --- */

static bool check_name(const char *name, struct err *err)
{
	return (strlen(name) < SEALED_NAME_BYTES && strchr(name, '/') == NULL) ||
		err_set(err, ERR_LIMIT, _("an attachment has a name that "
			"is too long or holds a '/'"));
}

/* One input for each attachment that is there, after the record itself. */
static bool open_files(struct record *record, struct from_file *files,
	struct sealed_input *inputs, size_t *n_inputs, struct err *err)
{
	const struct record_head *head = &record->head;

	for (size_t i = 0; i < head->n_attachments; i++) {
		const struct record_attachment *a = &head->attachments[i];
		struct sealed_input *input = &inputs[*n_inputs];

		if (a->file == 0)
			continue;
		if (!check_name(a->name, err) || !files_open(record->ws,
				a->file, &files[i].file, err))
			return false;
		input->name = a->name;
		input->from.n_bytes = files[i].file.size_bytes;
		input->from.read = read_file;
		input->from.context = &files[i];
		++*n_inputs;
	}
	return true;
}

bool record_seal_final(struct record *record,
	const struct record_final *final, struct err *err)
{
	size_t n = record->head.n_attachments, n_inputs = 1;
	struct sealed_input *inputs = xcalloc(n + 1, sizeof *inputs);
	struct from_file *files = xcalloc(n + 1, sizeof *files);
	bool ok;

	inputs[0].name = SEALED_RECORD;
	inputs[0].from.bytes = final->xml;
	inputs[0].from.n_bytes = final->n_bytes;
	for (size_t i = 0; i < n; i++) {
		files[i].ws = record->ws;
		files[i].number = -1;
		str_init(&files[i].chunk);
	}
	ok = open_files(record, files, inputs, &n_inputs, err) &&
		seal(record, inputs, n_inputs, err);
	for (size_t i = 0; i < n; i++)
		str_wipe(&files[i].chunk);
	wipe(files, (n + 1) * sizeof *files);
	free(files);
	free(inputs);
	return ok;
}
