#include "config.h"

#include "field/journal.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/wipe.h"
#include "crypt/crypt.h"
#include "field/local.h"

/* A plain event: kind (1), flags (1), number (8), time (8), length of the path
 * (4), path, value; numbers little endian. */
enum {
	EVENT_FIXED = 22,
	EVENT_JOINED = 1,
	MAX_PATH_BYTES = 1 << 20,
};

/* --- writing --- */

static void print_event(struct str *to, const struct journal_event *event)
{
	const char *path = event->path != NULL ? event->path : "";
	uint8_t number[8];

	str_addc(to, (char)event->kind);
	str_addc(to, event->joined ? EVENT_JOINED : 0);
	put_le64(number, (uint64_t)event->number);
	str_addn(to, number, 8);
	put_le64(number, (uint64_t)event->time);
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

static bool put_event(struct record *record, const struct journal_event *event,
	struct err *err)
{
	const struct row_place place = { "event", record->head.id,
		(int64_t)record->head.n_events + 1,
		record->head.n_events > 0 ? record->last_tag : NULL };
	struct str plain = STR_INIT, sealed = STR_INIT;
	bool ok;

	if ((event->value != NULL && strlen(event->value) > MAX_BODY) ||
			(event->path != NULL &&
			strlen(event->path) > MAX_PATH_BYTES))
		return err_set(err, ERR_LIMIT,
			_("this answer is too long to be kept"));
	print_event(&plain, event);
	row_seal(record->key, &place, plain.data, plain.len,
		event->kind == JOURNAL_STATE ? BODY_STEP : EVENT_STEP, &sealed);
	ok = put_row(record, &sealed, err);
	if (ok) {
		memcpy(record->last_tag, seal_tag(sealed.data, sealed.len),
			SEAL_TAG_BYTES);
		record->head.n_events++;
	}
	str_wipe(&plain);
	str_release(&sealed);
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
	}
	return record_save(record, err);
}

/* What a failure must bring back. */
struct before { uint64_t n_events; uint8_t tag[SEAL_TAG_BYTES]; char *place; };

static struct before remember(const struct record *record)
{
	struct before before = { record->head.n_events, { 0 },
		xstrdup(record->head.place) };

	memcpy(before.tag, record->last_tag, SEAL_TAG_BYTES);
	return before;
}

static void bring_back(struct record *record, struct before *before)
{
	record->head.n_events = before->n_events;
	memcpy(record->last_tag, before->tag, SEAL_TAG_BYTES);
	set_place(record, before->place);
}

bool journal_append_all(struct record *record,
	const struct journal_event *events, size_t n_events, struct err *err)
{
	struct before before;
	bool ok;

	if (record->head.state != RECORD_DRAFT)
		return err_set(err, ERR_REFUSED,
			_("only a draft can be changed"));
	if (!workspace_begin(record->ws, err))
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
	return row_run(record->ws, "DELETE FROM event WHERE record = ?1",
		record->head.id, err);
}

bool journal_fold(struct record *record, const char *xml, size_t n_bytes,
	struct err *err)
{
	char *text = xstrndup(xml, n_bytes);
	const struct journal_event state = {
		.kind = JOURNAL_STATE, .value = text,
	};
	struct before before;
	bool ok;

	if (record->head.state != RECORD_DRAFT ||
			!workspace_begin(record->ws, err)) {
		wipe_free(text);
		return record->head.state == RECORD_DRAFT ? false :
			err_set(err, ERR_REFUSED,
				_("only a draft can be changed"));
	}
	before = remember(record);
	ok = journal_destroy(record, err) && append(record, &state, 1, err) &&
		workspace_commit(record->ws, err);
	if (!ok) {
		workspace_rollback(record->ws);
		bring_back(record, &before);
	}
	free(before.place);
	wipe_free(text);
	return ok;
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

/* Into `event`, whose texts are in `text`: path, NUL, value, NUL. */
static bool parse_event(const struct str *plain, struct str *text,
	struct journal_event *event)
{
	const uint8_t *bytes = (const uint8_t *)plain->data;
	uint8_t length[8] = { 0 };
	uint64_t n;

	if (plain->len < EVENT_FIXED)
		return false;
	memcpy(length, bytes + 18, 4);
	n = get_le64(length);
	if (n > plain->len - EVENT_FIXED)
		return false;
	str_clear(text);
	str_addn(text, plain->data + EVENT_FIXED, n);
	str_addc(text, '\0');
	str_addn(text, plain->data + EVENT_FIXED + n,
		plain->len - EVENT_FIXED - n);
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
	struct journal_event *event, struct err *err)
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
			!parse_event(&reading->plain, &reading->text, event))
		return say_broken(record, reading->number, err);
	memcpy(reading->tag, seal_tag(sealed, n), SEAL_TAG_BYTES);
	return true;
}

static bool read_rows(struct reading *reading, struct db_stmt *stmt,
	journal_visit visit, void *context, struct err *err)
{
	struct journal_event event;
	enum db_result result;

	db_bind_int(stmt, 1, reading->record->head.id);
	while ((result = db_step(stmt, err)) == DB_ROW)
		if (!open_row(reading, stmt, &event, err) ||
				!visit(context, reading->number, &event, err))
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

/* Steps are runs of event numbers; `undone` is a stack of those cut off. */
struct step { uint64_t first, last; enum journal_kind kind; };

struct live {
	VEC(struct step) steps, undone;
	VEC(uint64_t) marks;	/* events that are no steps: they always count */
	uint64_t start;		/* the last state, or 0 */
};

static bool is_mark(enum journal_kind kind)
{
	return kind == JOURNAL_REFUSED || kind == JOURNAL_LANGUAGE ||
		kind == JOURNAL_CLOCK;
}

static void add_step(struct live *live, uint64_t number,
	enum journal_kind kind, bool joined)
{
	struct step step = { number, number, kind };

	if (joined && live->steps.n > 0 && live->undone.n == 0 &&
			live->steps.items[live->steps.n - 1].last == number - 1) {
		live->steps.items[live->steps.n - 1].last = number;
		return;
	}
	vec_push(&live->steps, step);
	live->undone.n = 0;
}

/* What is joined to the step may come after it. */
static void pass_over(struct live *live, uint64_t number)
{
	if (live->steps.n > 0 && live->undone.n == 0 &&
			live->steps.items[live->steps.n - 1].last == number - 1)
		live->steps.items[live->steps.n - 1].last = number;
}

static void move_step(struct live *live, bool undo)
{
	struct step step;

	if (undo && live->steps.n > 0) {
		step = live->steps.items[--live->steps.n];
		vec_push(&live->undone, step);
	} else if (!undo && live->undone.n > 0) {
		step = live->undone.items[--live->undone.n];
		vec_push(&live->steps, step);
	}
}

static bool see_event(void *context, uint64_t number,
	const struct journal_event *event, struct err *err)
{
	struct live *live = context;

	(void)err;
	if (event->kind == JOURNAL_STATE) {
		live->steps.n = live->undone.n = live->marks.n = 0;
		live->start = number;
	} else if (event->kind == JOURNAL_UNDO || event->kind == JOURNAL_REDO) {
		move_step(live, event->kind == JOURNAL_UNDO);
	} else if (event->kind == JOURNAL_AUDIT) {
		pass_over(live, number);
	} else if (is_mark(event->kind)) {
		vec_push(&live->marks, number);
	} else {
		add_step(live, number, event->kind, event->joined);
	}
	return true;
}

static void release_live(struct live *live)
{
	vec_release(&live->steps);
	vec_release(&live->undone);
	vec_release(&live->marks);
}

bool journal_can(struct record *record, size_t *n_undo, size_t *n_redo,
	struct err *err)
{
	struct live live = { 0 };
	bool ok = journal_history(record, see_event, &live, err);

	*n_undo = live.steps.n;
	*n_redo = live.undone.n;
	release_live(&live);
	return ok;
}

bool journal_next_step(struct record *record, bool redo, int *kind,
	struct err *err)
{
	struct live live = { 0 };
	bool ok = journal_history(record, see_event, &live, err);

	*kind = 0;
	if (redo && live.undone.n > 0)
		*kind = live.undone.items[live.undone.n - 1].kind;
	else if (!redo && live.steps.n > 0)
		*kind = live.steps.items[live.steps.n - 1].kind;
	release_live(&live);
	return ok;
}

/* Both lists are in order of number: undo takes from the end only. */
struct replay {
	struct live live;
	size_t step, mark;	/* the next ones to come */
	journal_visit visit;
	void *context;
};

static bool counts(struct replay *replay, uint64_t number)
{
	struct live *live = &replay->live;

	if (number == live->start)
		return true;
	if (replay->mark < live->marks.n &&
			live->marks.items[replay->mark] == number) {
		replay->mark++;
		return true;
	}
	while (replay->step < live->steps.n &&
			live->steps.items[replay->step].last < number)
		replay->step++;
	return replay->step < live->steps.n &&
		live->steps.items[replay->step].first <= number;
}

static bool pass_on(void *context, uint64_t number,
	const struct journal_event *event, struct err *err)
{
	struct replay *replay = context;

	return !counts(replay, number) ||
		replay->visit(replay->context, number, event, err);
}

bool journal_replay(struct record *record, journal_visit visit, void *context,
	struct err *err)
{
	struct replay replay = { .visit = visit, .context = context };
	bool ok = journal_history(record, see_event, &replay.live, err) &&
		journal_history(record, pass_on, &replay, err);

	release_live(&replay.live);
	return ok;
}
