/*
 * The audit log of an interview: fed by it, kept sealed in the draft's journal
 * line by line, and attached to the record when it is finished.  Every function
 * does nothing when the form asks for no log or may have none.
 */
#ifndef BAYAZ_UI_TRAIL_H
#define BAYAZ_UI_TRAIL_H

#include <stdbool.h>

#include "base/err.h"
#include "session/audit.h"
#include "ui/draft.h"

struct trail {
	bool is_on;
	struct draft *draft;
	struct audit audit;
};

/* The draft must be open; `is_new`: it was begun just now. */
bool trail_open(struct trail *trail, struct draft *draft, bool is_new,
	const char *user, struct err *err) MUST_CHECK;
void trail_release(struct trail *trail);

/* What is looked at now; NULL: nothing any more.  Writes the line of what was
 * looked at before.  A question's value is what stands at `node`. */
bool trail_look(struct trail *trail, enum audit_kind kind, const char *node,
	struct err *err) MUST_CHECK;
bool trail_leave(struct trail *trail, struct err *err) MUST_CHECK;
bool trail_note(struct trail *trail, enum audit_kind kind, const char *node,
	const char *reason, struct err *err) MUST_CHECK;

/* Put all that was written, also before an earlier stop, into the record as its
 * attachment, and its name into meta/audit. */
bool trail_attach(struct trail *trail, struct err *err) MUST_CHECK;

#endif
