#include "config.h"

#include "field/journal.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/wipe.h"
#include "crypt/crypt.h"
#include "field/local.h"
#include "field/undo.h"

/* A plain event: kind (1), flags (1), number (8), time (8), length of the path
 * (4), path, value; numbers little endian. */
enum {
	EVENT_FIXED = 22,
	EVENT_JOINED = 1,
	MAX_PATH_BYTES = 1 << 20,
	EVENT_FOLD = 15,	/* value: events, each after its length (4) */
};

/* --- writing --- */

static void print_event(struct str *to, const struct journal_event *event,
	bool by_day)
{
	const char *path = event->path != NULL ? event->path : "";
	uint8_t number[8];

	str_addc(to, (char)event->kind);
	str_addc(to, event->joined ? EVENT_JOINED : 0);
	put_le64(number, (uint64_t)event->number);
	str_addn(to, number, 8);
	put_le64(number, (uint64_t)(by_day ? field_day(event->time) :
		event->time));
	str_addn(to, number, 8);
	put_le64(number, strlen(path));
	str_addn(to, number, 4);
	str_add(to, path);
	str_add(to, event->value != NULL ? event->value : "");
}

static bool put_row(struct record *record, const struct str *sealed,
	struct err *err)
{
	struct db_stmt *stmt = db_prepare(record->ws->db, "INSERT INTO "
		"event(record, number, sealed) VALUES(?1, ?2, ?3)", err);

	if (stmt == NULL)
		return false;
	db_bind_int(stmt, 1, record->head.id);
	db_bind_int(stmt, 2, (int64_t)record->head.n_events + 1);
	db_bind_blob(stmt, 3, sealed->data, sealed->len);
	return db_run(stmt, err);
}

/* Sealed, and the next of the journal. */
static bool put_plain(struct record *record, const struct str *plain,
	size_t step, struct err *err)
{
	const struct row_place place = { "event", record->head.id,
		(int64_t)record->head.n_events + 1,
		record->head.n_events > 0 ? record->last_tag : NULL };
	struct str sealed = STR_INIT;
	bool ok;

	row_seal(record->key, &place, plain->data, plain->len, step, &sealed);
	ok = put_row(record, &sealed, err);
	if (ok) {
		memcpy(record->last_tag, seal_tag(sealed.data, sealed.len),
			SEAL_TAG_BYTES);
		record->head.n_events++;
	}
	str_release(&sealed);
	return ok;
}

static bool fits(const struct journal_event *event, struct err *err)
{
	return (event->value == NULL || strlen(event->value) <= MAX_BODY) &&
		(event->path == NULL || strlen(event->path) <= MAX_PATH_BYTES) ?
		true : err_set(err, ERR_LIMIT,
			_("this answer is too long to be kept"));
}

static bool is_whole(enum journal_kind kind)
{
	return kind == JOURNAL_STATE || kind == JOURNAL_REBASE;
}

static bool put_event(struct record *record, const struct journal_event *event,
	struct err *err)
{
	struct str plain = STR_INIT;
	bool ok = fits(event, err);

	if (ok) {
		print_event(&plain, event, record->head.is_protected);
		ok = put_plain(record, &plain, is_whole(event->kind) ?
			BODY_STEP : EVENT_STEP, err);
	}
	if (ok && record->undo != NULL)
		undo_see(record->undo, record->head.n_events, event->kind,
			event->joined);
	str_wipe(&plain);
	return ok;
}

static void set_place(struct record *record, const char *place)
{
	if (place == NULL)
		return;
	free(record->head.place);
	record->head.place = xstrdup(place);
}

static bool append(struct record *record, const struct journal_event *events,
	size_t n_events, struct err *err)
{
	for (size_t i = 0; i < n_events; i++) {
		struct journal_event event = events[i];

		event.joined = event.joined || i > 0;
		if (!put_event(record, &event, err))
			return false;
		set_place(record, event.place);
		if (event.kind == JOURNAL_CLOCK)
			record->head.clock_given = true;
	}
	return record_save(record, err);
}

/* What a failure must bring back. */
struct before {
	uint64_t n_events, revision;
	uint8_t tag[SEAL_TAG_BYTES];
	char *place;
};

static struct before remember(const struct record *record)
{
	struct before before = { record->head.n_events, record->revision,
		{ 0 }, xstrdup(record->head.place) };

	memcpy(before.tag, record->last_tag, SEAL_TAG_BYTES);
	return before;
}

void journal_forget_undo(struct record *record)
{
	if (record->undo != NULL)
		undo_release(record->undo);
	free(record->undo);
	record->undo = NULL;
}

static void bring_back(struct record *record, struct before *before)
{
	record->head.n_events = before->n_events;
	record->revision = before->revision;
	memcpy(record->last_tag, before->tag, SEAL_TAG_BYTES);
	set_place(record, before->place);
	journal_forget_undo(record);
}

/* Lines of the log are on disk with the next answer at the latest. */
static bool may_wait(const struct journal_event *events, size_t n_events)
{
	for (size_t i = 0; i < n_events; i++)
		if (events[i].kind != JOURNAL_AUDIT)
			return false;
	return true;
}

bool journal_append_all(struct record *record,
	const struct journal_event *events, size_t n_events, struct err *err)
{
	struct before before;
	bool ok;

	if (record->head.state != RECORD_DRAFT)
		return err_set(err, ERR_REFUSED,
			_("only a draft can be changed"));
	if (!(may_wait(events, n_events) ? workspace_begin_light(record->ws,
			err) : workspace_begin(record->ws, err)))
		return false;
	before = remember(record);
	ok = append(record, events, n_events, err) &&
		workspace_commit(record->ws, err);
	if (!ok) {
		workspace_rollback(record->ws);
		bring_back(record, &before);
	}
	free(before.place);
	return ok;
}

bool journal_append(struct record *record, const struct journal_event *event,
	struct err *err)
{
	return journal_append_all(record, event, 1, err);
}

bool journal_destroy(struct record *record, struct err *err)
{
	record->head.n_events = 0;
	memset(record->last_tag, 0, SEAL_TAG_BYTES);
	journal_forget_undo(record);
	return row_run(record->ws, "DELETE FROM event WHERE record = ?1",
		record->head.id, err);
}

/* One row, so that nobody counts what was kept. */
static bool put_fold(struct record *record, const struct journal_event *events,
	size_t n_events, struct err *err)
{
	const struct journal_event fold = { .kind = (enum journal_kind)EVENT_FOLD };
	struct str plain = STR_INIT, one = STR_INIT;
	uint8_t length[8];
	bool ok = true;

	print_event(&plain, &fold, true);
	for (size_t i = 0; ok && i < n_events; i++) {
		str_clear(&one);
		ok = fits(&events[i], err);
		if (!ok)
			break;
		print_event(&one, &events[i], record->head.is_protected);
		put_le64(length, one.len);
		str_addn(&plain, length, 4);
		str_addn(&plain, one.data, one.len);
	}
	ok = ok && (plain.len <= MAX_BODY || err_set(err, ERR_LIMIT,
			_("the draft is too large"))) &&
		put_plain(record, &plain, BODY_STEP, err);
	str_wipe(&plain);
	str_wipe(&one);
	return ok;
}

bool journal_fold(struct record *record, const struct journal_event *events,
	size_t n_events, const char *const *files, size_t n_files,
	struct err *err)
{
	const struct record_final kept = { .files = files,
		.n_files = n_files };
	bool ok;

	if (record->head.state != RECORD_DRAFT)
		return err_set(err, ERR_REFUSED,
			_("only a draft can be changed"));
	if (n_events == 0 || events[0].kind != JOURNAL_STATE)
		return err_set(err, ERR_INTERNAL,
			_("a fold begins with a state"));
	if (!workspace_begin(record->ws, err))
		return false;
	ok = journal_destroy(record, err) &&
		record_keep_files(record, &kept, err);
	seal_key_new(record->key);
	ok = ok && put_fold(record, events, n_events, err) &&
		record_save(record, err) &&
		workspace_forget(record->ws, record->head.id, err);
	return record_settle(record, ok, err);
}

void journal_head(const struct record *record, uint8_t sha256[32])
{
	uint8_t bytes[8 + SEAL_TAG_BYTES];

	put_le64(bytes, record->head.n_events);
	memcpy(bytes + 8, record->last_tag, SEAL_TAG_BYTES);
	sha256_bytes(bytes, sizeof bytes, sha256);
}

/* --- reading --- */

static bool say_broken(struct record *record, uint64_t number,
	struct err *err)
{
	return err_set(err, ERR_CRYPTO, _("'%s' is damaged: event %llu of a "
		"draft is missing or was changed"), db_path(record->ws->db),
		(unsigned long long)number);
}

static size_t get_le32(const char *from)
{
	uint8_t bytes[8] = { 0 };

	memcpy(bytes, from, 4);
	return (size_t)get_le64(bytes);
}

/* Into `event`, whose texts are in `text`: path, NUL, value, NUL. */
static bool parse_event(const char *from, size_t n_bytes, struct str *text,
	struct journal_event *event)
{
	const uint8_t *bytes = (const uint8_t *)from;
	size_t n;

	if (n_bytes < EVENT_FIXED)
		return false;
	n = get_le32(from + 18);
	if (n > n_bytes - EVENT_FIXED)
		return false;
	str_clear(text);
	str_addn(text, from + EVENT_FIXED, n);
	str_addc(text, '\0');
	str_addn(text, from + EVENT_FIXED + n, n_bytes - EVENT_FIXED - n);
	memset(event, 0, sizeof *event);
	event->kind = (enum journal_kind)bytes[0];
	event->joined = (bytes[1] & EVENT_JOINED) != 0;
	event->number = (int64_t)get_le64(bytes + 2);
	event->time = (int64_t)get_le64(bytes + 10);
	event->path = text->data;
	event->value = text->data + n + 1;
	return true;
}

struct reading {
	struct record *record;
	struct str plain, text;
	uint8_t tag[SEAL_TAG_BYTES];
	uint64_t number;
};

static bool open_row(struct reading *reading, struct db_stmt *stmt,
	struct err *err)
{
	struct record *record = reading->record;
	struct row_place place = { "event", record->head.id,
		db_int(stmt, 0), reading->number > 0 ? reading->tag : NULL };
	size_t n;
	const void *sealed = db_blob(stmt, 1, &n);

	str_clear(&reading->plain);
	if (place.number != (int64_t)++reading->number ||
			!row_open(record->ws, record->key, &place, sealed, n,
				&reading->plain, NULL) ||
			reading->plain.len < EVENT_FIXED)
		return say_broken(record, reading->number, err);
	memcpy(reading->tag, seal_tag(sealed, n), SEAL_TAG_BYTES);
	return true;
}

static bool visit_one(struct reading *reading, const char *bytes,
	size_t n_bytes, journal_visit visit, void *context, struct err *err)
{
	struct journal_event event;

	return parse_event(bytes, n_bytes, &reading->text, &event) ?
		visit(context, reading->number, &event, err) :
		say_broken(reading->record, reading->number, err);
}

static bool visit_folded(struct reading *reading, journal_visit visit,
	void *context, struct err *err)
{
	const struct str *plain = &reading->plain;
	size_t at = EVENT_FIXED;

	while (at < plain->len) {
		size_t n = plain->len - at >= 4 ?
			get_le32(plain->data + at) : SIZE_MAX;

		if (n == SIZE_MAX || n > plain->len - at - 4)
			return say_broken(reading->record, reading->number,
				err);
		if (!visit_one(reading, plain->data + at + 4, n, visit,
				context, err))
			return false;
		at += 4 + n;
	}
	return true;
}

static bool visit_row(struct reading *reading, journal_visit visit,
	void *context, struct err *err)
{
	return reading->plain.data[0] == EVENT_FOLD ?
		visit_folded(reading, visit, context, err) :
		visit_one(reading, reading->plain.data, reading->plain.len,
			visit, context, err);
}

static bool read_rows(struct reading *reading, struct db_stmt *stmt,
	journal_visit visit, void *context, struct err *err)
{
	enum db_result result;

	db_bind_int(stmt, 1, reading->record->head.id);
	while ((result = db_step(stmt, err)) == DB_ROW)
		if (!open_row(reading, stmt, err) ||
				!visit_row(reading, visit, context, err))
			return false;
	return result == DB_DONE;
}

bool journal_history(struct record *record, journal_visit visit,
	void *context, struct err *err)
{
	struct reading reading = { record, STR_INIT, STR_INIT, { 0 }, 0 };
	struct db_stmt *stmt = db_prepare(record->ws->db, "SELECT number, "
		"sealed FROM event WHERE record = ?1 ORDER BY number", err);
	bool ok;

	if (stmt == NULL)
		return false;
	ok = read_rows(&reading, stmt, visit, context, err);
	db_reset(stmt);
	str_wipe(&reading.plain);
	str_wipe(&reading.text);
	if (ok && (reading.number != record->head.n_events ||
			(reading.number > 0 && memcmp(reading.tag,
				record->last_tag, SEAL_TAG_BYTES) != 0)))
		return say_broken(record, reading.number + 1, err);
	return ok;
}

/* --- what counts --- */

static bool see_event(void *context, uint64_t number,
	const struct journal_event *event, struct err *err)
{
	(void)err;
	undo_see(context, number, event->kind, event->joined);
	return true;
}

/* Read once, then kept up to date by what is appended. */
static const struct undo *undo_of(struct record *record, struct err *err)
{
	if (record->undo != NULL)
		return record->undo;
	record->undo = xcalloc(1, sizeof *record->undo);
	if (!journal_history(record, see_event, record->undo, err))
		journal_forget_undo(record);
	return record->undo;
}

bool journal_can(struct record *record, size_t *n_undo, size_t *n_redo,
	struct err *err)
{
	const struct undo *undo = undo_of(record, err);

	*n_undo = undo != NULL ? undo->steps.n : 0;
	*n_redo = undo != NULL ? undo->undone.n : 0;
	return undo != NULL;
}

/* The row before is needed too: its tag is bound into this one. */
static bool read_one(struct reading *reading, struct db_stmt *stmt,
	journal_visit visit, void *context, struct err *err)
{
	uint64_t number = reading->number;
	enum db_result result;

	reading->number = number > 1 ? number - 2 : 0;
	db_bind_int(stmt, 1, reading->record->head.id);
	db_bind_int(stmt, 2, (int64_t)number);
	while ((result = db_step(stmt, err)) == DB_ROW) {
		if (db_int(stmt, 0) < (int64_t)number) {
			size_t n;
			const void *sealed = db_blob(stmt, 1, &n);

			if (n < SEAL_TAG_BYTES)
				return say_broken(reading->record, number, err);
			memcpy(reading->tag, seal_tag(sealed, n),
				SEAL_TAG_BYTES);
			reading->number++;
		} else if (!open_row(reading, stmt, err) ||
				!visit_row(reading, visit, context, err)) {
			return false;
		}
	}
	return result == DB_DONE && (reading->number == number ||
		say_broken(reading->record, number, err));
}

static bool copy_step(void *context, uint64_t number,
	const struct journal_event *event, struct err *err)
{
	struct journal_step *step = context;

	(void)number;
	(void)err;
	step->kind = event->kind;
	step->number = event->number;
	wipe_free(step->path);
	step->path = xstrdup(event->path);
	return true;
}

static bool read_step(struct record *record, uint64_t number,
	struct journal_step *step, struct err *err)
{
	struct reading reading = { record, STR_INIT, STR_INIT, { 0 }, number };
	struct db_stmt *stmt = db_prepare(record->ws->db, "SELECT number, "
		"sealed FROM event WHERE record = ?1 AND number BETWEEN ?2 - 1 "
		"AND ?2 ORDER BY number", err);
	bool ok = stmt != NULL && read_one(&reading, stmt, copy_step, step,
		err);

	if (stmt != NULL)
		db_reset(stmt);
	str_wipe(&reading.plain);
	str_wipe(&reading.text);
	return ok;
}

void journal_step_release(struct journal_step *step)
{
	wipe_free(step->path);
	memset(step, 0, sizeof *step);
}

bool journal_next_step(struct record *record, bool redo,
	struct journal_step *step, struct err *err)
{
	const struct undo *undo = undo_of(record, err);

	memset(step, 0, sizeof *step);
	if (undo == NULL)
		return false;
	if (redo && undo->undone.n > 0)
		return read_step(record, undo->undone.items[
			undo->undone.n - 1].first, step, err);
	return redo || undo->steps.n == 0 || read_step(record,
		undo->steps.items[undo->steps.n - 1].first, step, err);
}

struct replay {
	const struct undo *undo;
	struct undo_cursor cursor;
	uint64_t from;
	journal_visit visit;
	void *context;
};

static bool pass_on(void *context, uint64_t number,
	const struct journal_event *event, struct err *err)
{
	struct replay *replay = context;

	return !undo_counts(replay->undo, &replay->cursor, number) ||
		number < replay->from ||
		replay->visit(replay->context, number, event, err);
}

static bool replay_from(struct record *record, bool from_rebase,
	journal_visit visit, void *context, struct err *err)
{
	struct replay replay = { .visit = visit, .context = context };

	replay.undo = undo_of(record, err);
	if (replay.undo == NULL)
		return false;
	if (from_rebase)
		replay.from = undo_last_rebase(replay.undo);
	return journal_history(record, pass_on, &replay, err);
}

bool journal_replay(struct record *record, journal_visit visit, void *context,
	struct err *err)
{
	return replay_from(record, false, visit, context, err);
}

bool journal_resume(struct record *record, journal_visit visit, void *context,
	struct err *err)
{
	return replay_from(record, true, visit, context, err);
}

/* --- for those who show it --- */

struct telling {
	const struct undo *undo;
	struct undo_cursor cursor;
	journal_tell tell;
	void *context;
};

static bool tell_event(void *context, uint64_t number,
	const struct journal_event *event, struct err *err)
{
	struct telling *t = context;

	return t->tell(t->context, number, event,
		undo_counts(t->undo, &t->cursor, number), err);
}

bool journal_tell_all(struct record *record, journal_tell tell, void *context,
	struct err *err)
{
	struct telling t = { .tell = tell, .context = context };

	t.undo = undo_of(record, err);
	return t.undo != NULL && journal_history(record, tell_event, &t, err);
}
