/*
 * The course of an interview: where it stands and what can be done there,
 * whatever shows it.  Lines (lines.h) and the full screen (screen.h) are two
 * faces of this; neither touches the draft but through here.
 *
 * The order of a turn: course_prepare(), show, read, act.  What an action
 * changed is durable when it returns.
 */
#ifndef BAYAZ_UI_COURSE_H
#define BAYAZ_UI_COURSE_H

#include "ui/asker.h"
#include "ui/calendar.h"
#include "ui/draft.h"
#include "ui/interview.h"
#include "ui/trail.h"
#include "ui/viewer.h"

struct course {
	const struct interview_setup *setup;
	const struct asker *asker;
	struct draft draft;
	struct trail trail;
	struct steps steps;
	size_t at;		/* index into steps; steps.n: the end */
	bool is_unreviewed;	/* this language, in training: say so */
	bool asks_nothing;	/* hidden, or nobody there: no questions in
				 * passing any more */
	/* private */
	struct viewer viewer;
	char *original_mark;
	uint64_t shape;		/* of the record, when the steps were made */
	bool was_begun;		/* resumed; new ones need no reason for a change */
	bool is_changed;	/* since it was opened */
	bool has_moved;		/* the place on disk is another */
	bool goes_on;		/* answered: to the next question, once it is known */
	bool clock_is_noted;	/* the date that was given, in this record */
};

/* Begin or go on where it was left.  False: `err`, or the input ended
 * (ERR_NONE).  course_close() in any case. */
bool course_open(struct course *c, const struct interview_setup *setup,
	const struct asker *asker, struct err *err) MUST_CHECK;
void course_close(struct course *c);

/* An error after which the interview cannot go on? */
bool course_is_fatal(const struct err *err);

/* Before anything is shown: the clock is believed, everything is computed, what
 * chance gave and where we stand is on disk.  False: `err`, or the input
 * ended (ERR_NONE). */
bool course_prepare(struct course *c, struct err *err) MUST_CHECK;

/* --- looking --- */

const struct step *course_step(const struct course *c);	/* NULL: the end */
/* A question or the place after the last instance; not a group, heading or the
 * header of a table. */
bool course_is_stop(const struct step *step);
bool course_is_note(struct course *c, const struct step *step);
bool course_is_select(const struct xf_control *control);
/* Of a table of questions, the one that only shows the choices of the others
 * (appearance label): nothing is answered there. */
bool course_is_header(const struct xf_control *control);
/* The closest group that asks to be shown as a whole; NULL: none. */
const struct xf_control *course_list_of(const struct step *step);
/* Answered, or nothing that could be. */
bool course_is_answered(struct course *c, const struct step *step);
/* Its label, or its name where there is none; free() it. */
char *course_label(struct course *c, const struct step *step);
/* Of the question there; of the last one before, if there is none. */
size_t course_number(const struct course *c, size_t at);
/* Is this choice in the value?  (`several`: a list.) */
bool course_is_chosen(const char *value, const char *choice, bool several);
/* How to answer this kind of question, in a few words; NULL: as one likes. */
const char *course_how_to(const struct xf_control *control);
/* Is this word in its appearance? */
bool course_has_appearance(const struct xf_control *control, const char *word);
/* What of a date it asks for. */
enum day_part course_date_part(const struct xf_control *control);
/* The form means another calendar than ours: what to tell about that; NULL. */
const char *course_calendar_note(const struct xf_control *control);
/* Its value as one types it: of a date what is asked for.  wipe_free() it. */
char *course_typed_value(struct course *c, const struct step *step);

/* What the form shows with the question, as a line: "[picture: well.png]"; free()
 * it; NULL: nothing. */
char *course_media_captions(struct course *c, const struct step *step);
/* Open it in the system's viewer, which gets a copy outside of the workspace
 * (viewer.h) until the interview ends or is hidden.  ERR_REFUSED: there is
 * none, it was not stored with the form, or it cannot be opened. */
bool course_show_media(struct course *c, struct err *err) MUST_CHECK;

/* --- moving --- */

void course_next(struct course *c);
bool course_back(struct course *c);		/* false: this is the first */
void course_first(struct course *c);
/* The question of that number, in that step, at that node; false: none. */
bool course_go_number(struct course *c, size_t number, struct err *err)
	MUST_CHECK;
/* Is the node it, or below it?  The first stop that is; steps.n: none. */
bool course_is_inside(const struct node *n, const struct node *around);
size_t course_first_inside(const struct course *c, const struct node *around);
/* By its number, or by the reference that authors and coordinators write: of a
 * question, of an instance (its first question), of a repeat (where one more
 * may be added).  ERR_NOTFOUND: that is not asked now. */
bool course_go_typed(struct course *c, const char *typed, struct err *err)
	MUST_CHECK;
void course_go(struct course *c, size_t step);
bool course_go_node(struct course *c, const struct node *n);
/* Is this word, folded (utf8_fold()), in its label or answer? */
bool course_has_word(struct course *c, const struct step *step,
	const char *word);
/* What it is answered with, as people read it: labels of choices; "": nothing.
 * free() it. */
char *course_shown_answer(struct course *c, const struct step *step);
/* The log hears of a look at the whole, or of a jump. */
bool course_note_jump(struct course *c, struct err *err) MUST_CHECK;
/* The next question after this one that wants an answer and has none
 * (`required`: that must have one), once around; false: none. */
bool course_go_unanswered(struct course *c, bool required);

/* --- changing --- */

/* Answer the question here with what was typed: for a select numbers of
 * choices or their values.  ERR_VALUE, ERR_REFUSED: the old answer stands, and
 * what was typed is in the journal.  The next turn is at the next question. */
bool course_answer(struct course *c, const char *typed, struct err *err)
	MUST_CHECK;
/* The same with the value itself, which is no number of a choice. */
bool course_answer_value(struct course *c, const char *value,
	struct err *err) MUST_CHECK;
/* One of the answers that many forms offer, by the codes they use for it.
 * ERR_REFUSED: not here. */
enum offered { OFFERED_DONT_KNOW, OFFERED_REFUSED, OFFERED_NOT_APPLICABLE };
bool course_answer_offered(struct course *c, enum offered offered,
	struct err *err) MUST_CHECK;
/* Go on without an answer: ERR_REFUSED where one is needed. */
bool course_pass(struct course *c, struct err *err) MUST_CHECK;
/* After an answer, stay at its question. */
void course_stay(struct course *c);
/* Kept, though it is no answer; never fails loudly. */
void course_keep_typed(struct course *c, const char *typed);
bool course_clear(struct course *c, struct err *err) MUST_CHECK;
bool course_clear_group(struct course *c, struct err *err) MUST_CHECK;
bool course_comment(struct course *c, const char *text, struct err *err)
	MUST_CHECK;
/* At the place after the last instance: one more, and to its first stop. */
bool course_add_instance(struct course *c, struct err *err) MUST_CHECK;
/* The instance that we stand in, or that one. */
bool course_remove_here(struct course *c, struct err *err) MUST_CHECK;
bool course_remove(struct course *c, struct node *instance, struct err *err)
	MUST_CHECK;
/* One step back or forth, and to where it shows; *is_asked: that is asked
 * now.  ERR_NOTFOUND: there is none. */
bool course_undo(struct course *c, bool redo, bool *is_asked,
	struct err *err) MUST_CHECK;
/* ERR_REFUSED: the form has none of that name, or does not open in it. */
bool course_set_language(struct course *c, const char *name,
	struct err *err) MUST_CHECK;

/* --- ending --- */

/* What is missing or wrong of what is asked, in order; the place moves to the
 * first.
 * session_violations_release(). */
bool course_check(struct course *c, struct session_violations *found,
	struct err *err) MUST_CHECK;
/* Consent was refused, or is missing where answers need it. */
bool course_lacks_consent(struct course *c);
/* There is no consent: the record goes, with its journal and its files, so
 * that nothing the disk may still hold of it can be opened (DNH-07, DNH-12). */
bool course_erase(struct course *c, struct err *err) MUST_CHECK;
/* False with ERR_NONE: it was hidden meanwhile, and is a draft still. */
bool course_finish(struct course *c, struct err *err) MUST_CHECK;
/* Left, finished or not: `end` says how.  A draft of a protected form is
 * locked. */
bool course_leave(struct course *c, enum interview_end end, struct err *err)
	MUST_CHECK;

#endif
