/*
 * A draft at work: a session and the journal that makes it durable.  Every
 * change goes through here; resuming replays the journal.
 */
#ifndef BAYAZ_UI_DRAFT_H
#define BAYAZ_UI_DRAFT_H

#include <stdbool.h>

#include "base/err.h"
#include "base/vec.h"
#include "field/journal.h"
#include "session/rebase.h"
#include "session/session.h"

struct draft_comment { uint32_t node; char *text; };

struct draft {
	const struct xform *form;
	struct record *record;
	struct session_options options;
	struct session *session;	/* NULL until begun */
	VEC(struct draft_comment) comments;	/* one per node */
	struct problems *problems;	/* hears what of an imported record that
					 * is reopened does not fit; or NULL */
};

/* A new draft begins with its state on disk (instanceID, dates, chance); one
 * that was begun is replayed.  One of a protected form that was not locked, as
 * after a crash, is locked first.  A record that was imported and is reopened is
 * a new version of what it was.  False: `err`; nothing is lost. */
bool draft_open(struct draft *draft, struct err *err) MUST_CHECK;
void draft_close(struct draft *draft);

/* Of a protected form, leaving the draft: its journal is folded into one state
 * and the old keys are destroyed, so that nothing is left of what was changed,
 * undone or refused.  Comments, what a rebase kept aside, language and clock
 * stay.  There is no undo beyond this.  Of other forms: nothing. */
bool draft_lock(struct draft *draft, struct err *err) MUST_CHECK;

/* Answer strictly.  On ERR_VALUE and on a violated constraint (ERR_REFUSED, the
 * form's message) the old answer stands, and what was typed is in the journal.
 * The record's place is then '+' and the question: the stop after it. */
bool draft_answer(struct draft *draft, struct node *n, const char *value,
	struct err *err) MUST_CHECK;
/* What was typed at a question and could not even be read as an answer. */
bool draft_refuse(struct draft *draft, const struct node *n, const char *typed,
	struct err *err) MUST_CHECK;
/* Take a file in, sealed, and answer with its base name, numbered if the draft
 * has another file of that name. */
bool draft_attach(struct draft *draft, struct node *n, const char *path,
	struct err *err) MUST_CHECK;
bool draft_insert(struct draft *draft, struct node *parent,
	const struct xf_node *repeat, struct err *err) MUST_CHECK;
bool draft_remove(struct draft *draft, struct node *instance,
	struct err *err) MUST_CHECK;
/* Blank every answer in this group or instance: one step. */
bool draft_clear(struct draft *draft, struct node *group, struct err *err)
	MUST_CHECK;
/* "" takes the comment away. */
bool draft_comment(struct draft *draft, struct node *n, const char *text,
	struct err *err) MUST_CHECK;
/* The comment that stands at a question; NULL: none. */
const char *draft_comment_at(const struct draft *draft, const struct node *n);
/* One step back or forth; all nodes of the session are new afterwards.  `step`
 * is the first event of it, to be released.  ERR_NOTFOUND: there is none. */
bool draft_undo(struct draft *draft, bool redo, struct journal_step *step,
	struct err *err) MUST_CHECK;

/* Take it over to this version of its form, loaded as `form`: durable, one step
 * of the journal, with what did not fit kept aside in it.  On failure all is as
 * it was on disk; close the record.  `found` is told what was not taken as it
 * stood. */
bool draft_rebase(struct draft *draft, struct workspace *ws,
	const struct form_info *info, const struct xform *form,
	struct rebase *found, struct err *err) MUST_CHECK;
/* Take that back; nothing may have been answered since (ERR_REFUSED).  The
 * draft need not be open, and is not afterwards. */
bool draft_unrebase(struct draft *draft, struct workspace *ws,
	struct err *err) MUST_CHECK;
/* All that was ever kept aside of it, as it counts now. */
bool draft_asides(struct record *record, struct rebase *found,
	struct err *err) MUST_CHECK;

/* The worker gave today's date: it is in the journal, and the record says so. */
bool draft_give_date(struct draft *draft, const char *date, struct err *err)
	MUST_CHECK;

/* Write down what chance or the clock gave since (once(random())...), before
 * anybody sees it. */
bool draft_keep_chance(struct draft *draft, struct err *err) MUST_CHECK;

/* Finalise and hand over to the workspace: ready.  The record must be valid. */
bool draft_finish(struct draft *draft, struct err *err) MUST_CHECK;

#endif
