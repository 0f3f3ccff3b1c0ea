#include "config.h"

#include "store/content.h"

#include <string.h>

#include "base/gettext.h"
#include "db/db.h"
#include "store/packer.h"
#include "store/store.h"

enum { PACKING_NONE = 0, PACKING_ZLIB = 1, PACKING_ERASED = 2 };

bool content_slot(struct store *store, const unsigned char sha256[32],
	struct content_slot *slot, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT id, packing FROM content WHERE sha256 = ?1", err);
	enum db_result result;

	*slot = (struct content_slot){ 0, false };
	if (find == NULL)
		return false;
	db_bind_blob(find, 1, sha256, 32);
	result = db_step(find, err);
	if (result == DB_ROW)
		*slot = (struct content_slot){ db_int(find, 0),
			db_int(find, 1) == PACKING_ERASED };
	db_reset(find);
	return result != DB_FAILED;
}

bool content_find(struct store *store, const unsigned char sha256[32],
	int64_t *id, struct err *err)
{
	struct content_slot slot;
	bool ok = content_slot(store, sha256, &slot, err);

	*id = slot.is_erased ? 0 : slot.id;
	return ok;
}

/* Into the row *id, whose bytes were erased, or a new one if that is 0. */
static bool insert(struct store *store, const unsigned char sha256[32],
	uint64_t size_bytes, int packing, const void *bytes, size_t n_bytes,
	int64_t *id, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store), *id == 0 ?
		"INSERT INTO content (sha256, size, packing, bytes)"
		" VALUES (?1, ?2, ?3, ?4)" :
		"UPDATE content SET size = ?2, packing = ?3, bytes = ?4"
		" WHERE sha256 = ?1", err);
	bool is_new = *id == 0;

	if (add == NULL)
		return false;
	db_bind_blob(add, 1, sha256, 32);
	db_bind_int(add, 2, (int64_t)size_bytes);
	db_bind_int(add, 3, packing);
	db_lend_blob(add, 4, n_bytes > 0 ? bytes : "", n_bytes);
	if (!db_run(add, err))
		return false;
	if (is_new)
		*id = db_last_row_id(store_db(store));
	return true;
}

bool content_begin(struct store *store, struct content_writer *w,
	const unsigned char sha256[32], uint64_t size_bytes, struct err *err)
{
	struct content_slot slot;

	w->store = store;
	w->part = 0;
	if (!content_slot(store, sha256, &slot, err))
		return false;
	w->id = slot.id;
	return insert(store, sha256, size_bytes, PACKING_NONE, "", 0, &w->id,
		err);
}

bool content_more(struct content_writer *w, const void *bytes, size_t n_bytes,
	struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(w->store),
		"INSERT INTO content_part (content, part, bytes)"
		" VALUES (?1, ?2, ?3)", err);

	if (add == NULL)
		return false;
	db_bind_int(add, 1, w->id);
	db_bind_int(add, 2, ++w->part);
	db_lend_blob(add, 3, bytes, n_bytes);
	return db_run(add, err);
}

static bool put_in_parts(struct store *store, const unsigned char sha256[32],
	const void *bytes, size_t n_bytes, int64_t *id, struct err *err)
{
	struct content_writer w;

	if (!content_begin(store, &w, sha256, n_bytes, err))
		return false;
	for (size_t at = 0; at < n_bytes; at += CONTENT_PART_BYTES) {
		size_t n = n_bytes - at < CONTENT_PART_BYTES ?
			n_bytes - at : CONTENT_PART_BYTES;

		if (!content_more(&w, (const char *)bytes + at, n, err))
			return false;
	}
	*id = w.id;
	return true;
}

static bool put_new(struct store *store, const unsigned char sha256[32],
	const void *bytes, size_t n_bytes, const struct str *packed,
	int64_t *id, struct err *err)
{
	if (packed != NULL)
		return insert(store, sha256, n_bytes, PACKING_ZLIB,
			packed->data, packed->len, id, err);
	if (n_bytes <= CONTENT_PART_BYTES)
		return insert(store, sha256, n_bytes, PACKING_NONE, bytes,
			n_bytes, id, err);
	return put_in_parts(store, sha256, bytes, n_bytes, id, err);
}

bool content_put(struct store *store, const unsigned char sha256[32],
	const void *bytes, size_t n_bytes, int64_t *id, bool *is_new,
	struct err *err)
{
	struct str packed = STR_INIT;
	struct content_slot slot;
	bool ok, shorter;

	if (!content_slot(store, sha256, &slot, err))
		return false;
	*id = slot.id;
	if (is_new != NULL)
		*is_new = *id == 0 || slot.is_erased;
	if (*id != 0 && !slot.is_erased)
		return true;
	shorter = packer_pack(store_packer(store), bytes, n_bytes, &packed);
	ok = put_new(store, sha256, bytes, n_bytes, shorter ? &packed : NULL,
		id, err);
	str_release(&packed);
	return ok;
}

bool content_put_packed(struct store *store, const unsigned char sha256[32],
	const void *bytes, size_t n_bytes, const struct str *packed,
	int64_t *id, struct err *err)
{
	struct content_slot slot;

	if (!content_slot(store, sha256, &slot, err))
		return false;
	*id = slot.id;
	return (*id != 0 && !slot.is_erased) ||
		put_new(store, sha256, bytes, n_bytes, packed, id, err);
}

bool content_put_blank(struct store *store, const unsigned char sha256[32],
	uint64_t size_bytes, int64_t *id, struct err *err)
{
	struct content_slot slot;

	if (!content_slot(store, sha256, &slot, err))
		return false;
	*id = slot.id;
	return *id != 0 || insert(store, sha256, size_bytes, PACKING_ERASED,
		"", 0, id, err);
}

/* What people said, forms and their files are no answers: they stay. */
bool content_erase(struct store *store, const unsigned char sha256[32],
	bool *erased, struct err *err)
{
	struct db_stmt *clear = db_prepare(store_db(store),
		"UPDATE content SET packing = 2, bytes = x''"
		" WHERE sha256 = ?1 AND packing <> 2"
		" AND NOT EXISTS (SELECT 1 FROM fact f WHERE f.content ="
		" content.id) AND NOT EXISTS (SELECT 1 FROM form o"
		" WHERE o.content = content.id) AND NOT EXISTS"
		" (SELECT 1 FROM media m WHERE m.sha256 = ?1)", err);
	struct db_stmt *drop = db_prepare(store_db(store),
		"DELETE FROM content_part WHERE content ="
		" (SELECT id FROM content WHERE sha256 = ?1)", err);

	if (clear == NULL || drop == NULL)
		return false;
	db_bind_blob(clear, 1, sha256, 32);
	if (!db_run(clear, err))
		return false;
	*erased = db_changes(store_db(store)) > 0;
	if (!*erased)
		return true;
	db_bind_blob(drop, 1, sha256, 32);
	return db_run(drop, err);
}

bool content_any_erased(struct store *store, bool *any, struct err *err)
{
	int64_t n;
	bool ok = db_number(store_db(store),
		"SELECT EXISTS (SELECT 1 FROM content WHERE packing = 2)", &n,
		err);

	*any = ok && n != 0;
	return ok;
}

static bool damaged(struct store *store, struct err *err)
{
	return err_set(err, ERR_SPEC, _("'%s' is damaged"), store_path(store));
}

static bool add_parts(struct store *store, int64_t id, size_t size_bytes,
	struct str *out, struct err *err)
{
	size_t start = out->len;
	struct db_stmt *parts = db_prepare(store_db(store),
		"SELECT bytes FROM content_part WHERE content = ?1"
		" ORDER BY part", err);
	enum db_result result;

	if (parts == NULL)
		return false;
	db_bind_int(parts, 1, id);
	while ((result = db_step(parts, err)) == DB_ROW) {
		size_t n;
		const void *bytes = db_blob(parts, 0, &n);

		if (out->len - start + n > size_bytes) {
			db_reset(parts);
			return damaged(store, err);
		}
		str_addn(out, bytes, n);
	}
	db_reset(parts);
	if (result == DB_FAILED)
		return false;
	return out->len - start == size_bytes || damaged(store, err);
}

bool content_get(struct store *store, int64_t id, size_t limit,
	struct str *out, struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT size, packing, bytes FROM content WHERE id = ?1", err);
	bool ok = false;
	size_t size, n = 0;
	const void *bytes;
	enum db_result result;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, id);
	result = db_step(get, err);
	if (result != DB_ROW) {
		db_reset(get);
		return result == DB_DONE ? damaged(store, err) : false;
	}
	size = (size_t)db_int(get, 0);
	bytes = db_blob(get, 2, &n);
	if (db_int(get, 0) < 0 || size > limit)
		err_set(err, ERR_LIMIT, _("%zu bytes are more than can be read here"),
			size);
	else if (db_int(get, 1) == PACKING_ERASED)
		err_set(err, ERR_NOTFOUND, _("these bytes were erased"));
	else if (db_int(get, 1) == PACKING_ZLIB)
		ok = packer_unpack(store_packer(store), bytes, n, size, out) ||
			damaged(store, err);
	else if (n > 0 || size == 0)
		ok = n == size ? (str_addn(out, bytes, n), true) :
			damaged(store, err);
	else
		ok = add_parts(store, id, size, out, err);
	db_reset(get);
	return ok;
}

static bool is_in_parts(struct store *store, int64_t id, bool *is,
	struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT size > 0 AND length(bytes) = 0 FROM content"
		" WHERE id = ?1", err);
	enum db_result result;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, id);
	result = db_step(get, err);
	*is = result == DB_ROW && db_int(get, 0) != 0;
	db_reset(get);
	return result == DB_ROW || (result == DB_DONE && damaged(store, err));
}

bool content_part(struct store *store, int64_t id, int64_t part, bool *whole,
	struct str *out, struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT bytes FROM content_part WHERE content = ?1"
		" AND part = ?2", err);
	enum db_result result;
	bool in_parts;

	if (get == NULL || !is_in_parts(store, id, &in_parts, err))
		return false;
	*whole = !in_parts;
	if (!in_parts)
		return content_get(store, id, SIZE_MAX, out, err);
	db_bind_int(get, 1, id);
	db_bind_int(get, 2, part + 1);	/* they count from 1 */
	result = db_step(get, err);
	if (result == DB_ROW) {
		size_t n;
		const void *bytes = db_blob(get, 0, &n);

		str_addn(out, bytes, n);
	}
	db_reset(get);
	return result == DB_ROW || (result == DB_DONE && damaged(store, err));
}

bool content_sha256(struct store *store, int64_t id, unsigned char sha256[32],
	struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT sha256 FROM content WHERE id = ?1", err);
	const void *bytes = NULL;
	size_t n = 0;
	enum db_result result;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, id);
	result = db_step(get, err);
	if (result == DB_ROW)
		bytes = db_blob(get, 0, &n);
	if (n == 32)
		memcpy(sha256, bytes, 32);
	db_reset(get);
	if (result == DB_FAILED)
		return false;
	return n == 32 || damaged(store, err);
}

void row_hash(struct db_stmt *row, int column, char hex[SHA256_HEX_BYTES])
{
	size_t n;
	const void *bytes = db_blob(row, column, &n);

	hex[0] = '\0';
	if (bytes != NULL && n == SHA256_BYTES)
		hex_encode(bytes, n, hex);
}
