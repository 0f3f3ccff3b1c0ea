/*
 * The journal of a draft: one sealed event per answer, insertion, removal,
 * comment, refused text, undo, each durable before the next question is shown.
 * Replaying gives the record.  The seal of an event binds the record, its
 * number and the tag of the event before it, so order and gaps show; the
 * record's head holds the number and tag of the last.
 */
#ifndef BAYAZ_FIELD_JOURNAL_H
#define BAYAZ_FIELD_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "field/records.h"

/* The numbers are on disk: add at the end only. */
enum journal_kind {
	JOURNAL_ANSWER = 1,	/* path, value ("" clears it) */
	JOURNAL_INSERT = 2,	/* path of the repeat, number = position from 1 */
	JOURNAL_REMOVE = 3,	/* path of the instance, number = position */
	JOURNAL_COMMENT = 4,	/* path, value */
	JOURNAL_REFUSED = 5,	/* path, value: typed, but no answer */
	JOURNAL_UNDO = 6,	/* the last step that counts is cut off */
	JOURNAL_REDO = 7,	/* the step cut off last is back */
	JOURNAL_STATE = 8,	/* value = the whole draft as XML; replaces all before */
	JOURNAL_LANGUAGE = 9,	/* value */
	JOURNAL_CLOCK = 10,	/* value = the date that the worker gave */
	JOURNAL_CLEAR = 11,	/* path of a group or repeat instance emptied */
	/* The draft as it was taken over to another version of the form: value
	 * = the whole of it as XML, which stands for all events before; number =
	 * row of the version before.  Unlike a state it can be undone. */
	JOURNAL_REBASE = 12,
	JOURNAL_ASIDE = 13,	/* joined to it: path in the version before, value =
				 * what did not fit, number = enum rebase_why */
	JOURNAL_AUDIT = 14,	/* value = lines of the audit log; no step, and
				 * never undone: see journal_history() */
};

struct journal_event {
	enum journal_kind kind;
	bool joined;		/* one step with the event before: undone together */
	const char *path;	/* NULL counts as "" */
	const char *value;
	int64_t number;
	int64_t time;		/* seconds since 1970; 0: not kept */
	/* Where the interview stands after this, kept in the head; NULL: no
	 * change.  Not given back by a replay. */
	const char *place;
};

/* Durable when it returns true; lines of the log (JOURNAL_AUDIT) outlive the
 * program at once and the machine with the next event of another kind.
 * ERR_REFUSED unless the record is a draft; ERR_LIMIT: more than 256 MiB. */
bool journal_append(struct record *record, const struct journal_event *event,
	struct err *err) MUST_CHECK;
/* Several as one step, one sync. */
bool journal_append_all(struct record *record,
	const struct journal_event *events, size_t n_events, struct err *err)
	MUST_CHECK;

/* The events that count, in order: without what was undone, and beginning
 * with the last JOURNAL_STATE if there is one.  Undo and redo themselves are
 * not shown.  The callback's event is borrowed; it returns false after filling
 * `err` to stop.  ERR_CRYPTO: an event is damaged, missing or out of place. */
typedef bool (*journal_visit)(void *context, uint64_t number,
	const struct journal_event *event, struct err *err);

bool journal_replay(struct record *record, journal_visit visit, void *context,
	struct err *err) MUST_CHECK;
/* The same, beginning with the last JOURNAL_REBASE that counts, if any. */
bool journal_resume(struct record *record, journal_visit visit, void *context,
	struct err *err) MUST_CHECK;
/* All events as they were appended, undo included. */
bool journal_history(struct record *record, journal_visit visit,
	void *context, struct err *err) MUST_CHECK;

/* How many steps an undo, a redo could take now. */
bool journal_can(struct record *record, size_t *n_undo, size_t *n_redo,
	struct err *err) MUST_CHECK;

/* The first event of the step that an undo, a redo would take. */
struct journal_step {
	int kind;		/* 0: there is none */
	int64_t number;
	char *path;		/* NULL: there is none */
};

void journal_step_release(struct journal_step *step);
bool journal_next_step(struct record *record, bool redo,
	struct journal_step *step, struct err *err) MUST_CHECK;

/* All events, and whether each of them counts now: `show --history`. */
typedef bool (*journal_tell)(void *context, uint64_t number,
	const struct journal_event *event, bool counts, struct err *err);

bool journal_tell_all(struct record *record, journal_tell tell, void *context,
	struct err *err) MUST_CHECK;

/* Replace the whole journal by these events, the first of them a state, in one
 * row (locking a protected draft).  They count from then on, whatever is
 * undone.  Of the attachments those of these names stay (NULL: all).  The
 * record gets a new key and the workspace new ones, so that nothing of what was
 * there before can be opened any more. */
bool journal_fold(struct record *record, const struct journal_event *events,
	size_t n_events, const char *const *files, size_t n_files,
	struct err *err) MUST_CHECK;

/* SHA-256 over the last event's number and tag: goes into the manifest. */
void journal_head(const struct record *record, uint8_t sha256[32]);

#endif
