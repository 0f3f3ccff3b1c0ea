/* Tagged fields and sealed rows. */
#include "config.h"

#include <endian.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "crypt/crypt.h"
#include "field/local.h"

void put_le64(uint8_t to[8], uint64_t number)
{
	number = htole64(number);
	memcpy(to, &number, 8);
}

uint64_t get_le64(const uint8_t from[8])
{
	uint64_t number;

	memcpy(&number, from, 8);
	return le64toh(number);
}

/* --- tagged fields --- */

void field_put(struct str *to, int tag, const void *bytes, size_t n_bytes)
{
	uint8_t length[8];

	put_le64(length, n_bytes);
	str_addc(to, (char)tag);
	str_addn(to, length, 4);
	str_addn(to, bytes, n_bytes);
}

void field_put_text(struct str *to, int tag, const char *text)
{
	if (!str_is_empty(text))
		field_put(to, tag, text, strlen(text));
}

void field_put_int(struct str *to, int tag, int64_t number)
{
	uint8_t bytes[8];

	if (number == 0)
		return;
	put_le64(bytes, (uint64_t)number);
	field_put(to, tag, bytes, sizeof bytes);
}

bool field_next(struct field_reader *reader, struct field *field, bool *ok)
{
	uint32_t n;

	*ok = reader->n_bytes == 0;
	if (reader->n_bytes < 5)
		return false;
	memcpy(&n, reader->bytes + 1, 4);
	n = le32toh(n);
	if (n > reader->n_bytes - 5)
		return false;
	field->tag = (unsigned char)reader->bytes[0];
	field->bytes = reader->bytes + 5;
	field->n_bytes = n;
	reader->bytes += 5 + (size_t)n;
	reader->n_bytes -= 5 + (size_t)n;
	*ok = true;
	return true;
}

int64_t field_int(const struct field *field)
{
	uint8_t bytes[8];

	return field_copy(field, bytes, sizeof bytes) ?
		(int64_t)get_le64(bytes) : 0;
}

char *field_text(const struct field *field)
{
	return xstrndup(field->bytes, field->n_bytes);
}

bool field_copy(const struct field *field, void *to, size_t n_bytes)
{
	if (field->n_bytes != n_bytes)
		return false;
	memcpy(to, field->bytes, n_bytes);
	return true;
}

/* --- sealed rows --- */

enum { PLACE_BYTES = 40 };

/* table (8, filled with zeros), row (8), number (8), tag before (16) */
static void place_bytes(const struct row_place *place,
	uint8_t bytes[PLACE_BYTES])
{
	memset(bytes, 0, PLACE_BYTES);
	memcpy(bytes, place->table, strnlen(place->table, 8));
	put_le64(bytes + 8, (uint64_t)place->id);
	put_le64(bytes + 16, (uint64_t)place->number);
	if (place->before != NULL)
		memcpy(bytes + 24, place->before, SEAL_TAG_BYTES);
}

void row_seal(const uint8_t key[SEAL_KEY_BYTES], const struct row_place *place,
	const void *bytes, size_t n_bytes, size_t step, struct str *out)
{
	uint8_t ad[PLACE_BYTES];

	place_bytes(place, ad);
	seal_bytes(key, ad, sizeof ad, bytes, n_bytes, step, out);
}

bool row_open_into(const uint8_t key[SEAL_KEY_BYTES],
	const struct row_place *place, const void *sealed, size_t n_bytes,
	void *room, struct field_reader *plain)
{
	uint8_t ad[PLACE_BYTES];

	place_bytes(place, ad);
	return sealed != NULL && seal_open_into(key, ad, sizeof ad, sealed,
		n_bytes, room, &plain->bytes, &plain->n_bytes);
}

static bool say_row_damaged(const struct workspace *ws, struct err *err)
{
	return err_set(err, ERR_CRYPTO,
		_("'%s' is damaged: a sealed row does not open"),
		db_path(ws->db));
}

bool row_open(const struct workspace *ws, const uint8_t key[SEAL_KEY_BYTES],
	const struct row_place *place, const void *sealed, size_t n_bytes,
	struct str *out, struct err *err)
{
	uint8_t ad[PLACE_BYTES];

	place_bytes(place, ad);
	if (sealed != NULL && n_bytes >= SEAL_OVERHEAD &&
			seal_open(key, ad, sizeof ad, sealed, n_bytes, out, NULL))
		return true;
	return say_row_damaged(ws, err);
}

int64_t row_new_id(void)
{
	uint8_t bytes[8];
	int64_t id;

	do {
		crypt_random(bytes, sizeof bytes);
		id = (int64_t)(get_le64(bytes) & INT64_MAX);
	} while (id == 0);
	return id;
}

/* --- heads --- */

/* The statements are found by the address of their text, so each table has
 * its own. */
static const struct head_sql {
	const char *table, *put, *get, *all, *drop;
} HEADS[] = {
#define HEAD(name) { name, \
	"INSERT INTO " name "(id, head) VALUES(?1, ?2) " \
	"ON CONFLICT(id) DO UPDATE SET head = excluded.head", \
	"SELECT head FROM " name " WHERE id = ?1", \
	"SELECT id, head FROM " name, \
	"DELETE FROM " name " WHERE id = ?1" }
	HEAD("secret"), HEAD("form"), HEAD("record"), HEAD("file"),
#undef HEAD
};

static const struct head_sql *head_sql(const char *table)
{
	size_t i = 0;

	while (strcmp(HEADS[i].table, table) != 0)
		i++;
	return &HEADS[i];
}

static const uint8_t *head_key(const struct workspace *ws, int64_t id)
{
	return ws->keys->buckets[keys_bucket(id)];
}

bool head_write(struct workspace *ws, const char *table, int64_t id,
	const struct str *plain, struct err *err)
{
	const struct row_place place = { table, id, 0, NULL };
	struct db_stmt *stmt = db_prepare(ws->db, head_sql(table)->put, err);
	struct str sealed = STR_INIT;
	bool ok;

	if (stmt == NULL)
		return false;
	if (plain->len > MAX_HEAD)
		return err_set(err, ERR_LIMIT,
			_("this record refers to too many files or versions"));
	row_seal(head_key(ws, id), &place, plain->data, plain->len, HEAD_STEP,
		&sealed);
	db_bind_int(stmt, 1, id);
	db_bind_blob(stmt, 2, sealed.data, sealed.len);
	ok = db_run(stmt, err);
	str_release(&sealed);
	return ok;
}

bool head_delete(struct workspace *ws, const char *table, int64_t id,
	struct err *err)
{
	return keys_mark(ws, id, err) &&
		row_run(ws, head_sql(table)->drop, id, err);
}

/* Room for a sealed head; larger ones are rare. */
enum { HEAD_ROOM = 4096 };

/* Opened into memory that the next head is opened into. */
static bool open_head(struct workspace *ws, const char *table, int64_t id,
	struct db_stmt *stmt, int column, struct room *room,
	struct field_reader *plain)
{
	const struct row_place place = { table, id, 0, NULL };
	size_t n;
	const void *sealed = db_blob(stmt, column, &n);

	if (n > room->size_bytes) {
		secret_free(room->bytes);
		room->size_bytes = n > HEAD_ROOM ? n : HEAD_ROOM;
		room->bytes = secret_new(room->size_bytes);
	}
	return row_open_into(head_key(ws, id), &place, sealed, n, room->bytes,
		plain);
}

static bool read_head(struct workspace *ws, const char *table, int64_t id,
	struct str *plain, struct err *err)
{
	struct db_stmt *stmt = db_prepare(ws->db, head_sql(table)->get, err);
	struct field_reader head;
	enum db_result result;
	bool ok = false;

	if (stmt == NULL)
		return false;
	db_bind_int(stmt, 1, id);
	result = db_step(stmt, err);
	if (result == DB_DONE)
		return err_set(err, ERR_NOTFOUND,
			_("there is no such row in the workspace"));
	if (result == DB_ROW) {
		ok = open_head(ws, table, id, stmt, 0, &ws->room, &head) ||
			say_row_damaged(ws, err);
		if (ok) {
			str_addn(plain, head.bytes, head.n_bytes);
			wipe(ws->room.bytes, ws->room.size_bytes);
		}
	}
	db_reset(stmt);
	return ok;
}

bool head_read(struct workspace *ws, const char *table, int64_t id,
	struct str *plain, struct err *err)
{
	struct err why = ERR_INIT;
	bool changed;

	if (read_head(ws, table, id, plain, &why))
		return true;
	if (why.code == ERR_CRYPTO && ws->depth == 0) {
		if (!keys_refresh(ws, &changed, err))
			return false;
		if (changed)
			return read_head(ws, table, id, plain, err);
	}
	if (err != NULL)
		*err = why;
	return false;
}

static bool pass_over(struct workspace *ws, const char *table,
	struct err *err)
{
	if (strcmp(table, "record") != 0)
		return say_row_damaged(ws, err);
	ws->n_damaged++;
	return true;
}

bool heads_each(struct workspace *ws, const char *table,
	bool (*visit)(void *context, int64_t id, struct field_reader head,
		bool *stop, struct err *err),
	void *context, struct err *err)
{
	struct db_stmt *stmt = db_prepare(ws->db, head_sql(table)->all, err);
	enum db_result result = DB_FAILED;
	struct room room = { NULL, 0 };
	struct field_reader head;
	bool stop = false, changed;
	bool ok = stmt != NULL && (ws->depth > 0 ||
		keys_refresh(ws, &changed, err));

	ws->n_damaged = 0;
	while (ok && !stop && (result = db_step(stmt, err)) == DB_ROW) {
		int64_t id = db_int(stmt, 0);

		if (open_head(ws, table, id, stmt, 1, &room, &head))
			ok = visit(context, id, head, &stop, err);
		else
			ok = pass_over(ws, table, err);
	}
	if (stmt != NULL)
		db_reset(stmt);
	secret_free(room.bytes);
	return ok && result != DB_FAILED;
}

bool row_run(struct workspace *ws, const char *sql, int64_t id,
	struct err *err)
{
	struct db_stmt *stmt = db_prepare(ws->db, sql, err);

	if (stmt == NULL)
		return false;
	db_bind_int(stmt, 1, id);
	return db_run(stmt, err);
}
