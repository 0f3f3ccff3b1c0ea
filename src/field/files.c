/* Attachments and media: chunks under a key of their own, stored once by
 * content, counted by use. */
#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "crypt/crypt.h"
#include "field/local.h"

enum { FILE_KEY = 1, FILE_SIZE = 2, FILE_SHA256 = 3 };

static bool parse_file(int64_t id, struct field_reader reader,
	struct stored_file *file)
{
	struct field field;
	bool has_key = false, has_hash = false, ok;

	memset(file, 0, sizeof *file);
	file->id = id;
	while (field_next(&reader, &field, &ok)) {
		if (field.tag == FILE_KEY)
			has_key = field_copy(&field, file->key,
				SEAL_KEY_BYTES);
		else if (field.tag == FILE_SIZE)
			file->size_bytes = (uint64_t)field_int(&field);
		else if (field.tag == FILE_SHA256)
			has_hash = field_copy(&field, file->sha256, 32);
	}
	return ok && has_key && has_hash;
}

bool files_open(struct workspace *ws, int64_t id, struct stored_file *file,
	struct err *err)
{
	struct str plain = STR_INIT;
	bool ok = head_read(ws, "file", id, &plain, err);

	if (ok && !parse_file(id, field_reader(&plain), file))
		ok = err_set(err, ERR_CRYPTO, _("'%s' is damaged: a head of a "
			"file cannot be read"), db_path(ws->db));
	str_wipe(&plain);
	return ok;
}

/* --- what is there already --- */

static bool see_file(void *context, int64_t id, struct field_reader head,
	bool *stop, struct err *err)
{
	struct workspace *ws = context;
	struct stored_file file;
	struct found *found;
	char *key;

	(void)stop, (void)err;
	if (!parse_file(id, head, &file))
		return true;	/* said when it is opened */
	wipe(file.key, sizeof file.key);
	found = arena_zalloc(ws->index.arena, sizeof *found);
	found->id = id;
	key = arena_alloc(ws->index.arena, SHA256_HEX_BYTES);
	hex_encode(file.sha256, 32, key);
	map_set(&ws->index.files, key, found);
	return true;
}

static struct found *find_file(struct workspace *ws,
	const uint8_t sha256[32], struct err *err, bool *ok)
{
	char key[SHA256_HEX_BYTES];

	*ok = index_load(ws, err);
	if (*ok && !ws->index.files_loaded) {
		*ok = heads_each(ws, "file", see_file, ws, err);
		ws->index.files_loaded = *ok;
	}
	if (!*ok)
		return NULL;
	hex_encode(sha256, 32, key);
	return map_get(&ws->index.files, key);
}

static void remember_file(struct workspace *ws, const struct stored_file *file)
{
	struct found *found = arena_zalloc(ws->index.arena, sizeof *found);
	char *key = arena_alloc(ws->index.arena, SHA256_HEX_BYTES);

	found->id = file->id;
	hex_encode(file->sha256, 32, key);
	map_set(&ws->index.files, key, found);
}

/* --- writing --- */

static bool put_chunk(struct workspace *ws, const struct stored_file *file,
	int64_t number, const void *bytes, size_t n_bytes, struct err *err)
{
	const struct row_place place = { "chunk", file->id, number, NULL };
	struct db_stmt *stmt = db_prepare(ws->db, "INSERT INTO "
		"chunk(file, number, sealed) VALUES(?1, ?2, ?3)", err);
	struct str sealed = STR_INIT;
	bool ok;

	if (stmt == NULL)
		return false;
	row_seal(file->key, &place, bytes, n_bytes, BODY_STEP, &sealed);
	db_bind_int(stmt, 1, file->id);
	db_bind_int(stmt, 2, number);
	db_bind_blob(stmt, 3, sealed.data, sealed.len);
	ok = db_run(stmt, err);
	str_release(&sealed);
	return ok;
}

static bool write_file_head(struct workspace *ws,
	const struct stored_file *file, struct err *err)
{
	struct str plain = STR_INIT;
	bool ok;

	field_put(&plain, FILE_KEY, file->key, SEAL_KEY_BYTES);
	field_put_int(&plain, FILE_SIZE, (int64_t)file->size_bytes);
	field_put(&plain, FILE_SHA256, file->sha256, 32);
	ok = head_write(ws, "file", file->id, &plain, err);
	str_wipe(&plain);
	return ok;
}

static bool use_file(struct workspace *ws, int64_t id, struct err *err)
{
	return row_run(ws, "UPDATE file SET uses = uses + 1 WHERE id = ?1", id,
		err);
}

static bool settle(struct workspace *ws, struct stored_file *file,
	struct err *err)
{
	bool ok;
	struct found *same = find_file(ws, file->sha256, err, &ok);

	if (!ok)
		return false;
	if (same == NULL) {
		remember_file(ws, file);
		return write_file_head(ws, file, err) &&
			use_file(ws, file->id, err);
	}
	return row_run(ws, "DELETE FROM chunk WHERE file = ?1", file->id, err) &&
		files_open(ws, same->id, file, err) &&
		use_file(ws, same->id, err);
}

struct file_writer {
	struct workspace *ws;
	struct stored_file file;
	struct sha256 hash;
	int64_t number;			/* of the chunk being filled */
	size_t n;			/* bytes in it */
	uint8_t chunk[CHUNK_BYTES];
};

struct file_writer *files_begin(struct workspace *ws)
{
	struct file_writer *w = xcalloc(1, sizeof *w);

	w->ws = ws;
	w->file.id = row_new_id();
	seal_key_new(w->file.key);
	sha256_init(&w->hash);
	return w;
}

static bool put_full(struct file_writer *w, struct err *err)
{
	bool ok = put_chunk(w->ws, &w->file, w->number++, w->chunk, w->n, err);

	w->n = 0;
	return ok;
}

bool files_add(void *writer, const void *bytes, size_t n_bytes,
	struct err *err)
{
	struct file_writer *w = writer;
	const uint8_t *from = bytes;

	sha256_add(&w->hash, bytes, n_bytes);
	w->file.size_bytes += n_bytes;
	while (n_bytes > 0) {
		size_t n = CHUNK_BYTES - w->n < n_bytes ?
			CHUNK_BYTES - w->n : n_bytes;

		memcpy(w->chunk + w->n, from, n);
		w->n += n;
		from += n;
		n_bytes -= n;
		if (w->n == CHUNK_BYTES && !put_full(w, err))
			return false;
	}
	return true;
}

bool files_end(struct file_writer *w, struct stored_file *file,
	struct err *err)
{
	bool ok = w->n == 0 || put_full(w, err);

	sha256_end(&w->hash, w->file.sha256);
	ok = ok && settle(w->ws, &w->file, err);
	*file = w->file;
	return ok;
}

void files_free(struct file_writer *w)
{
	if (w == NULL)
		return;
	wipe(w, sizeof *w);
	free(w);
}

bool files_put(struct workspace *ws, file_source *source, void *context,
	struct stored_file *file, struct err *err)
{
	struct file_writer *w = files_begin(ws);
	uint8_t *buffer = xmalloc(CHUNK_BYTES);
	size_t n = 1;
	bool ok = true;

	while (ok && n > 0)
		ok = source(context, buffer, CHUNK_BYTES, &n, err) &&
			files_add(w, buffer, n, err);
	ok = ok && files_end(w, file, err);
	wipe(buffer, CHUNK_BYTES);
	free(buffer);
	files_free(w);
	return ok;
}

struct memory_source { const char *bytes; size_t n_bytes; };

static bool read_memory(void *context, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	struct memory_source *source = context;
	size_t n = source->n_bytes < size_bytes ? source->n_bytes : size_bytes;

	(void)err;
	memcpy(buffer, source->bytes, n);
	source->bytes += n;
	source->n_bytes -= n;
	*n_got = n;
	return true;
}

bool files_put_bytes(struct workspace *ws, const char *bytes, size_t n_bytes,
	struct stored_file *file, struct err *err)
{
	struct memory_source source = { bytes, n_bytes };

	return files_put(ws, read_memory, &source, file, err);
}

static bool count_uses(struct workspace *ws, int64_t id, int64_t *uses,
	struct err *err)
{
	struct db_stmt *stmt = db_prepare(ws->db,
		"SELECT uses FROM file WHERE id = ?1", err);
	enum db_result result;

	if (stmt == NULL)
		return false;
	db_bind_int(stmt, 1, id);
	result = db_step(stmt, err);
	*uses = result == DB_ROW ? db_int(stmt, 0) : 0;
	db_reset(stmt);
	return result != DB_FAILED;
}

bool files_drop(struct workspace *ws, int64_t id, struct err *err)
{
	int64_t uses;

	if (!row_run(ws, "UPDATE file SET uses = uses - 1 WHERE id = ?1", id,
			err) || !count_uses(ws, id, &uses, err))
		return false;
	if (uses > 0)
		return true;
	index_release(ws);
	if (!head_delete(ws, "file", id, err))
		return false;
	return row_run(ws, "DELETE FROM chunk WHERE file = ?1", id, err);
}

/* --- reading --- */

bool files_chunk(struct workspace *ws, const struct stored_file *file,
	int64_t number, struct str *out, struct err *err)
{
	const struct row_place place = { "chunk", file->id, number, NULL };
	struct db_stmt *stmt = db_prepare(ws->db, "SELECT sealed FROM chunk "
		"WHERE file = ?1 AND number = ?2", err);
	enum db_result result;
	size_t n = 0;
	const void *sealed;
	bool ok = false;

	if (stmt == NULL)
		return false;
	db_bind_int(stmt, 1, file->id);
	db_bind_int(stmt, 2, number);
	result = db_step(stmt, err);
	if (result == DB_ROW) {
		sealed = db_blob(stmt, 0, &n);
		ok = row_open(ws, file->key, &place, sealed, n, out, err);
	}
	db_reset(stmt);
	if (result == DB_DONE)
		return err_set(err, ERR_CRYPTO,
			_("'%s' is damaged: a part of a file is missing"),
			db_path(ws->db));
	return ok;
}

bool files_read(struct workspace *ws, int64_t id, size_t limit,
	struct str *out, struct err *err)
{
	struct stored_file file;
	size_t start = out->len;
	bool ok = files_open(ws, id, &file, err);

	if (ok && file.size_bytes > limit)
		ok = err_set(err, ERR_LIMIT, _("a file in the workspace is "
			"larger than %zu bytes"), limit);
	for (uint64_t at = 0; ok && at < file.size_bytes; at += CHUNK_BYTES)
		ok = files_chunk(ws, &file, (int64_t)(at / CHUNK_BYTES), out,
			err);
	wipe(file.key, sizeof file.key);
	if (ok && out->len - start != file.size_bytes)
		return err_set(err, ERR_CRYPTO,
			_("'%s' is damaged: a file has another size"),
			db_path(ws->db));
	return ok;
}
