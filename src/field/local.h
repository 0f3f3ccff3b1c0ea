/*
 * Inside field/: the open workspace, sealed rows, tagged fields, files in
 * chunks.  Formats: bayaz-field(7).
 */
#ifndef BAYAZ_FIELD_LOCAL_H
#define BAYAZ_FIELD_LOCAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "crypt/seal.h"
#include "db/db.h"
#include "field/clock.h"
#include "field/keys.h"
#include "field/records.h"
#include "field/workspace.h"

enum {
	FIELD_APPLICATION = 0x425A4644,	/* "BZFD" */
	HEAD_STEP = 512,		/* heads are padded to this */
	EVENT_STEP = 64,
	BODY_STEP = 4096,		/* forms, records, chunks */
	CHUNK_BYTES = 1 << 16,		/* plain text of a chunk */
	MAX_HEAD = 1 << 20,
	MAX_BODY = 256 << 20,		/* a form's or a record's XML */
};

/* What is known by heart of all records, read at the first question. */
struct field_index {
	bool loaded;
	int64_t data_version;	/* PRAGMA data_version when it was read */
	struct arena *arena;
	struct map hashes;	/* hex of a final's SHA-256 -> struct found */
	struct map instances;	/* instanceID -> struct found */
	bool files_loaded;
	struct map files;	/* hex of a file's SHA-256 -> struct found */
};

struct found { int64_t id, time; };

struct json;
struct trust_project;

/* Locked memory that grows: what is opened one after the other. */
struct room { void *bytes; size_t size_bytes; };

struct workspace {
	struct db *db;
	char *folder;
	struct keys *keys;
	struct keys *before;	/* while they change: what to go back to */
	bool rotate;		/* the keys are renewed at the commit */
	bool is_copy;		/* of another workspace: copy.h */
	struct room room;	/* one head is opened into this */
	const struct field_clock *clock;	/* or NULL: the system's */
	unsigned holders;	/* beyond the first: workspace_hold() */
	int depth;		/* of workspace_begin() */
	bool is_light;		/* the change is, see workspace_begin_light() */
	struct err unread;	/* why a secret could not be looked for */
	size_t n_damaged;	/* records the last walk could not read */
	struct workspace_tries tries;	/* before it was opened */
	struct field_index index;
};

/* --- tagged fields: tag (1 byte), length (4, little endian), bytes --- */

void field_put(struct str *to, int tag, const void *bytes, size_t n_bytes);
void field_put_text(struct str *to, int tag, const char *text);	/* "": none */
void field_put_int(struct str *to, int tag, int64_t number);	/* 0: nothing */

struct field_reader { const char *bytes; size_t n_bytes; };
static inline struct field_reader field_reader(const struct str *plain)
{
	return (struct field_reader){ plain->data, plain->len };
}

struct field { int tag; const char *bytes; size_t n_bytes; };
/* The next field; false at the end and on damage (*ok says which). */
bool field_next(struct field_reader *reader, struct field *field, bool *ok);
int64_t field_int(const struct field *field);
/* New text; free() it. */
char *field_text(const struct field *field);
bool field_copy(const struct field *field, void *to, size_t n_bytes);

void put_le64(uint8_t to[8], uint64_t number);
uint64_t get_le64(const uint8_t from[8]);

/* --- sealed rows --- */

/* Where a sealed text stands: bound into its seal. */
struct row_place {
	const char *table;	/* at most 8 characters */
	int64_t id;
	int64_t number;		/* of an event or chunk; else 0 */
	const uint8_t *before;	/* 16 bytes: tag of the event before; or NULL */
};

void row_seal(const uint8_t key[SEAL_KEY_BYTES], const struct row_place *place,
	const void *bytes, size_t n_bytes, size_t step, struct str *out);
bool row_open(const struct workspace *ws, const uint8_t key[SEAL_KEY_BYTES],
	const struct row_place *place, const void *sealed, size_t n_bytes,
	struct str *out, struct err *err) MUST_CHECK;

/* Into `room`, of at least n_bytes; what is inside is borrowed from there. */
bool row_open_into(const uint8_t key[SEAL_KEY_BYTES],
	const struct row_place *place, const void *sealed, size_t n_bytes,
	void *room, struct field_reader *plain) MUST_CHECK;

/* The XML of a form or record under its own key; checked against its hash,
 * unless that is NULL: then the caller does. */
bool body_write(struct workspace *ws, int64_t owner,
	const uint8_t key[SEAL_KEY_BYTES], const char *bytes, size_t n_bytes,
	struct err *err) MUST_CHECK;
bool body_read(struct workspace *ws, int64_t owner,
	const uint8_t key[SEAL_KEY_BYTES], const uint8_t sha256[32],
	struct str *out, struct err *err) MUST_CHECK;

/* A random row number above 0. */
int64_t row_new_id(void);

/* Insert or replace the sealed head of table "secret", "form", "record",
 * "file". */
bool head_write(struct workspace *ws, const char *table, int64_t id,
	const struct str *plain, struct err *err) MUST_CHECK;
/* Inside a change: remove it; its bucket gets another key when the keys are
 * renewed next. */
bool head_delete(struct workspace *ws, const char *table, int64_t id,
	struct err *err) MUST_CHECK;
/* Append it, opened.  ERR_NOTFOUND. */
bool head_read(struct workspace *ws, const char *table, int64_t id,
	struct str *plain, struct err *err) MUST_CHECK;
/* Every head of a table, opened; `head` is borrowed from locked memory.  A
 * damaged record is counted and passed over, so that it holds up no other;
 * elsewhere damage is an error. */
bool heads_each(struct workspace *ws, const char *table,
	bool (*visit)(void *context, int64_t id, struct field_reader head,
		bool *stop, struct err *err),
	void *context, struct err *err) MUST_CHECK;
/* `sql` takes one row number. */
bool row_run(struct workspace *ws, const char *sql, int64_t id,
	struct err *err) MUST_CHECK;

/* --- keys that change, rotate.c --- */

/* Inside a change: what was in this row until now is to be forgotten, because
 * the row was deleted or its object got another key.  At the outermost commit
 * its bucket, those of all that was deleted before, the store and the wrapping
 * get new keys, and the old ones are destroyed. */
bool workspace_forget(struct workspace *ws, int64_t id, struct err *err)
	MUST_CHECK;
/* Its bucket goes with the next renewal, whenever that is. */
bool keys_mark(struct workspace *ws, int64_t id, struct err *err) MUST_CHECK;

/* For workspace.c: before the commit, after it, instead of it. */
bool keys_rotate(struct workspace *ws, struct err *err) MUST_CHECK;
void keys_forget_old(struct workspace *ws);
void keys_restore(struct workspace *ws);
/* The store and bucket keys, when the wrapping key is known. */
bool keys_load(struct workspace *ws, struct err *err) MUST_CHECK;
/* Destroy what an interrupted change left in the other slot. */
void keys_tidy(struct workspace *ws);
bool keys_convert(struct workspace *ws, struct err *err) MUST_CHECK;
/* Has another program renewed the keys?  Then take the new ones. */
bool keys_refresh(struct workspace *ws, bool *changed, struct err *err)
	MUST_CHECK;

/* Count a wrong passphrase; forget those counted.  Where that cannot be
 * written, nothing happens.  tries.c */
void tries_count(struct db *db);
void tries_forget(struct workspace *ws);

/* Is it a copy?  Once, when it was opened.  False: that cannot be told, as a
 * disk fails. */
bool copy_look(struct workspace *ws, struct err *err) MUST_CHECK;

char *workspace_keys_path(const char *folder) RETURNS_NONNULL;

/* The table `meta`; meta_find() adds nothing if there is none. */
bool meta_put(struct db *db, const char *name, const void *bytes,
	size_t n_bytes, struct err *err) MUST_CHECK;
bool meta_find(struct db *db, const char *name, struct str *out,
	struct err *err) MUST_CHECK;
bool meta_delete(struct db *db, const char *name, struct err *err) MUST_CHECK;
bool meta_put_keys(struct db *db, const struct keys *keys, struct err *err)
	MUST_CHECK;
bool meta_wrapping_id(struct db *db, uint8_t id[KEYS_ID_BYTES],
	struct err *err) MUST_CHECK;
/* A change that need not outlive a power cut, only the program: the next one
 * that does takes it along.  Within another it is like any. */
bool workspace_begin_light(struct workspace *ws, struct err *err) MUST_CHECK;

/* --- files: attachments and media, stored once however often used --- */

struct stored_file {
	int64_t id;
	uint64_t size_bytes;
	uint8_t sha256[32];
	uint8_t key[SEAL_KEY_BYTES];
};

/* Fills up to size_bytes; 0 got: the end. */
typedef bool file_source(void *context, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err);

/* Inside a transaction, piece by piece; files_add() is a byte_sink.  Ended, it
 * counts one use of it. */
struct file_writer;
struct file_writer *files_begin(struct workspace *ws) RETURNS_NONNULL;
bool files_add(void *writer, const void *bytes, size_t n_bytes,
	struct err *err) MUST_CHECK;
bool files_end(struct file_writer *writer, struct stored_file *file,
	struct err *err) MUST_CHECK;
void files_free(struct file_writer *writer);	/* wipes; NULL is fine */
/* The same from a source, whole. */
bool files_put(struct workspace *ws, file_source *source, void *context,
	struct stored_file *file, struct err *err) MUST_CHECK;
/* ERR_IO too if the file changes meanwhile, or is none; ERR_LIMIT if it is
 * larger than a bundle can take.  `stripped`: as strip.h says. */
bool files_put_path(struct workspace *ws, const char *path, bool stripped,
	struct stored_file *file, struct err *err) MUST_CHECK;
bool files_put_bytes(struct workspace *ws, const char *bytes, size_t n_bytes,
	struct stored_file *file, struct err *err) MUST_CHECK;
/* One use less; the last one removes it. */
bool files_drop(struct workspace *ws, int64_t id, struct err *err) MUST_CHECK;
bool files_open(struct workspace *ws, int64_t id, struct stored_file *file,
	struct err *err) MUST_CHECK;
/* Append chunk `number` (from 0). */
bool files_chunk(struct workspace *ws, const struct stored_file *file,
	int64_t number, struct str *out, struct err *err) MUST_CHECK;
bool files_read(struct workspace *ws, int64_t id, size_t limit,
	struct str *out, struct err *err) MUST_CHECK;

/* --- forms and records --- */

/* As forms_get(), with the form's own key. */
bool forms_open(struct workspace *ws, int64_t id, struct form_info *form,
	uint8_t key[SEAL_KEY_BYTES], struct err *err) MUST_CHECK;

struct record {
	struct workspace *ws;
	struct record_head head;
	uint8_t key[SEAL_KEY_BYTES];
	uint8_t last_tag[SEAL_TAG_BYTES];	/* of the last event */
	uint8_t origin[16];	/* keyed hash of what was imported, or zeros */
	int64_t body_file;	/* file that holds the sealed bytes; 0: its body */
	bool borrowed;		/* the texts of the head lie elsewhere */
	/* Files of a finished standard record that it does not name: not sent,
	 * and there again when it is opened again. */
	struct record_attachment *spares;
	size_t n_spares;
	uint64_t revision;	/* of the head: how often it was saved */
	struct undo *undo;	/* what of the journal counts; NULL: not asked */
};

/* A new one of this form, in locked memory and not yet saved; is it allowed? */
struct record *record_make(struct workspace *ws, const struct form_info *form)
	RETURNS_NONNULL;
bool record_may_begin(struct workspace *ws, const struct form_info *form,
	struct err *err) MUST_CHECK;
/* It is an edit of the finished record in row `prior`. */
bool record_take_prior(struct record *record, int64_t prior, struct err *err)
	MUST_CHECK;
bool record_load(struct record *record, struct workspace *ws, int64_t id,
	struct err *err) MUST_CHECK;
/* Inside a change, or (alone) as a change of its own.  ERR_CONFLICT: another
 * program saved it meanwhile. */
bool record_save(struct record *record, struct err *err) MUST_CHECK;
bool record_save_alone(struct record *record, struct err *err) MUST_CHECK;
/* Ends a change begun with workspace_begin(): committed if `ok`, else rolled
 * back and the head read again. */
bool record_settle(struct record *record, bool ok, struct err *err) MUST_CHECK;
/* ERR_REFUSED, saying which state it is in; always false. */
bool record_say_state(const struct record *record, struct err *err);
bool record_say_damaged(struct workspace *ws, struct err *err);
/* A text of a head; NULL counts as "". */
void record_set_text(char **slot, const char *text);
/* Inside a change: a file under this name (`path` NULL: missing), the head not
 * yet saved; all files dropped; only their names. */
bool record_put_file(struct record *record, const char *name,
	const char *path, struct err *err) MUST_CHECK;
bool record_drop_files(struct record *record, struct err *err) MUST_CHECK;
void record_drop_file_names(struct record_head *head);
/* From an opened head; false: damaged. */
bool record_parse(struct record *record, int64_t id, struct field_reader head);
void record_release(struct record *record);
/* Every record opened, keys and all: borrowed, to look at only. */
bool records_walk(struct workspace *ws,
	bool (*visit)(void *context, const struct record *record, bool *stop,
		struct err *err),
	void *context, struct err *err) MUST_CHECK;
/* Of the attachments only those that the final record names; of a standard one
 * the others become spares.  And back; and dropped for good. */
void record_take_back_files(struct record *record);
bool record_drop_spares(struct record *record, struct err *err) MUST_CHECK;
bool record_keep_files(struct record *record, const struct record_final *final,
	struct err *err) MUST_CHECK;
bool journal_destroy(struct record *record, struct err *err) MUST_CHECK;
void journal_forget_undo(struct record *record);
/* Seal what finalising gives, with the attachments, to the project, and keep
 * that: size, hash and place go into the head, under a new key. */
bool record_seal_final(struct record *record,
	const struct record_final *final, struct err *err) MUST_CHECK;
/* Is it in a bundle that is being written, or was and may be out there? */
bool plan_holds(struct workspace *ws, int64_t id, bool *holds,
	struct err *err) MUST_CHECK;
/* ERR_REFUSED: no project joined. */
bool field_project(struct workspace *ws, struct trust_project *project,
	struct err *err) MUST_CHECK;

/* A setting in JSON among the secrets; NULL: there is none.  js_free() it. */
bool setting_get(struct workspace *ws, const char *name, struct json **value,
	struct err *err) MUST_CHECK;
bool setting_put(struct workspace *ws, const char *name,
	const struct json *value, struct err *err) MUST_CHECK;

void index_release(struct workspace *ws);
bool index_load(struct workspace *ws, struct err *err) MUST_CHECK;
void index_add(struct workspace *ws, const struct record *record);
void index_key_of_origin(const uint8_t origin[16], char key[40]);

/* Since 1970, by the clock of the workspace (NULL: the system's); see
 * field/clock.h. */
int64_t field_now_ms(const struct workspace *ws);
static inline int64_t field_now(const struct workspace *ws)
{
	return field_now_ms(ws) / 1000;
}
static inline int64_t field_day(int64_t time) { return time - time % 86400; }

#endif
