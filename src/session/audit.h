/*
 * The client audit log, audit.csv, of forms that ask for it: what the
 * interviewer looked at, for how long, and what was changed.  Pure: the caller
 * says what happens and when, and keeps the lines.  Protected and restricted
 * forms have none, whatever they ask for (DNH-23).
 * Source: ODK XForms, "Client audit logs", "Audit attributes"; the names of
 * events are those of ODK Collect, as the specification says.
 */
#ifndef BAYAZ_SESSION_AUDIT_H
#define BAYAZ_SESSION_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "session/session.h"

#define AUDIT_FILE "audit.csv"

struct audit_settings {
	const struct xf_node *node;	/* meta/audit */
	bool location;		/* columns only: there is nothing to locate with */
	bool changes;		/* odk:track-changes */
	bool user;		/* odk:identify-user: ask who is there */
	bool reasons;		/* odk:track-changes-reasons: ask why a saved
				 * record was changed */
};

/* Does the form ask for a log, and may it have one? */
bool audit_wanted(const struct xform *form, struct audit_settings *settings);

enum audit_kind {
	AUDIT_FORM_START, AUDIT_FORM_RESUME, AUDIT_FORM_SAVE, AUDIT_FORM_EXIT,
	AUDIT_FORM_FINALIZE, AUDIT_FINALIZE_ERROR, AUDIT_CONSTRAINT_ERROR,
	AUDIT_DELETE_REPEAT, AUDIT_CHANGE_REASON,
	/* these last: audit_enter() to audit_leave() */
	AUDIT_QUESTION, AUDIT_GROUP, AUDIT_ADD_REPEAT, AUDIT_JUMP,
	AUDIT_END_SCREEN
};

struct audit {
	struct audit_settings settings;
	char *user;			/* or NULL */
	bool is_open;			/* something is being looked at: */
	enum audit_kind kind;
	char *node, *old_value;
	int64_t start_ms;		/* since 1970 */
};

void audit_init(struct audit *audit, const struct audit_settings *settings);
void audit_release(struct audit *audit);	/* texts are wiped */

/* The first line of the file. */
void audit_header(const struct audit_settings *settings, struct str *out);

/* A moment; adds its line.  `node` is a reference, "" or NULL; `reason` is for
 * AUDIT_CHANGE_REASON, else NULL. */
void audit_note(const struct audit *audit, enum audit_kind kind,
	const char *node, const char *reason, int64_t now_ms, struct str *out);

/* From here on this is looked at; `value` is what stands there.  What was
 * looked at before must have been left. */
void audit_enter(struct audit *audit, enum audit_kind kind, const char *node,
	const char *value, int64_t now_ms);
bool audit_is_at(const struct audit *audit, enum audit_kind kind,
	const char *node);
/* Adds the line of what was looked at, if anything was; `value` is what stands
 * there now. */
void audit_leave(struct audit *audit, const char *value, int64_t now_ms,
	struct str *out);

#endif
