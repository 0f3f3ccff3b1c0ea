/*
 * A record: one filling-in of a form.  Holds the values and, computed when
 * somebody reads them, what follows from them: calculated values, relevance,
 * validity, choices.  A change marks what depends on it, once each, and only
 * in the repeat instances concerned.
 * Source: ODK XForms; engine protocol sections 3-6; JavaRosa where silent.
 */
#ifndef BAYAZ_SESSION_SESSION_H
#define BAYAZ_SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/problem.h"
#include "session/rich.h"
#include "xform/xform.h"

struct session;
struct node;			/* one node of the record; see node.h */

struct session_options {
	const char *language;		/* NULL: the form's default */
	/* jr:preload="property": NULL: none known */
	const char *(*property)(void *data, const char *name);
	void *property_data;
	const char *now;		/* ISO 8601 with offset: the clock stands still; NULL: real */
	const char *time_zone;		/* IANA name; NULL: the process's */
	bool has_seed;
	uint64_t seed;			/* makes random() and uuid() repeatable */
	const char *last_saved;		/* XML of the record saved last, or NULL */
	/* Another clock, in milliseconds since 1970; NULL: the system's. */
	int64_t (*clock_ms)(void *data);
	void *clock_data;
	/* What the root of the record says from its birth on (a loaded one may
	 * say so itself): made up, and the date was given by the worker. */
	bool training, clock_given;
	/* "[en] ": before a text that is not in the session's language, where
	 * people read it (session_shown()); outlives the session.  NULL: no
	 * mark. */
	const char *original_mark;
	/* There, too: what an output puts in stands between directional
	 * isolates (U+2068 ... U+2069), where it could wander. */
	bool isolates;
};

/* A blank record.  NULL on failure (an expression fails, ERR_XPATH ...).  The
 * form must outlive it. */
struct session *session_new(const struct xform *form,
	const struct session_options *options, struct err *err) MUST_CHECK;

/* A record from XML: resumed, or (edit) a new version of a finished one, whose
 * instanceID moves to deprecatedID.  Everything changed or left out is added
 * to `problems` as a warning with the original text. */
struct session *session_load(const struct xform *form, const char *xml,
	size_t n_bytes, bool edit, const struct session_options *options,
	struct problems *problems, struct err *err) MUST_CHECK;
void session_free(struct session *s);			/* NULL is fine */

/* bayaz:training="yes" and bayaz:clock="given" at the record's root. */
bool session_is_training(const struct session *s);
bool session_clock_is_given(const struct session *s);
void session_set_clock_given(struct session *s);

const struct xform *session_form(const struct session *s);
uint64_t session_revision(const struct session *s);

/* Switch; false: ERR_REFUSED, no such language.  NULL language only if the
 * form has none. */
bool session_set_language(struct session *s, const char *language,
	struct err *err) MUST_CHECK;
const char *session_language(const struct session *s);	/* or NULL */

/* --- finding nodes --- */

struct node *session_root(struct session *s);
/* By reference: "/data/person[2]/name"; prefixes are ignored.  A repeat without
 * position: NULL with `*repeat_parent`/form node in node_find_repeat().  NULL:
 * ERR_NODE. */
struct node *session_find(struct session *s, const char *ref, struct err *err);
/* A repeat itself: "/data/person" or "/data/person[1]/pet": the node it hangs
 * in and its form node. */
bool session_find_repeat(struct session *s, const char *ref,
	struct node **parent, const struct xf_node **repeat, struct err *err)
	MUST_CHECK;
struct node *session_by_id(struct session *s, uint32_t id);

/* A node, or a repeat (all its instances) that hangs in `node`.  Both have ids,
 * from one series. */
struct place {
	struct node *node;
	const struct xf_node *repeat;	/* NULL: the node itself */
};
/* False: ERR_NODE. */
bool session_place(struct session *s, const char *ref, struct place *place,
	struct err *err) MUST_CHECK;
bool session_place_by_id(struct session *s, uint32_t id, struct place *place);
uint32_t session_repeat_id(struct session *s, struct node *parent,
	const struct xf_node *repeat);
/* The value of its i-th attribute, borrowed from the record or made in `arena`. */
const char *node_attribute(struct session *s, const struct node *n, unsigned i,
	struct arena *arena);

/* The node of the form's meta block (form->instance_id ...); NULL: the form has
 * none, or the record has no instance of it. */
struct node *session_meta(struct session *s, const struct xf_node *meta);

/* --- reading; everything is computed as far as needed --- */

const struct xf_node *node_form(const struct node *n);
uint32_t node_id(const struct node *n);
struct node *node_parent(const struct node *n);
size_t node_position(const struct node *n);	/* among the instances of its repeat; 1 otherwise */
/* The child of a group (not of a repeat's slot); instances of a repeat. */
struct node *node_child(struct node *n, const struct xf_node *child);
size_t node_count(struct node *n, const struct xf_node *repeat);
struct node *node_instance(struct node *n, const struct xf_node *repeat,
	size_t position);
/* "/data/person[2]/name", with the names as the form writes them. */
void node_ref(const struct node *n, struct str *out);

/* The value as it counts in the record: "" while not relevant; without
 * choices that are away.  Borrowed until the next change of the record. */
const char *node_value(struct session *s, struct node *n);
/* As it was answered, whatever relevance and choices say. */
const char *node_raw_value(const struct node *n);
bool node_is_relevant(struct session *s, struct node *n);
/* Of a repeat as a whole: is an instance relevant or, if there is none, would
 * the next one be? */
bool repeat_is_relevant(struct session *s, struct node *parent,
	const struct xf_node *repeat);
bool node_is_readonly(struct session *s, struct node *n);
bool node_is_required(struct session *s, struct node *n);
bool node_is_fixed(struct session *s, const struct xf_node *repeat);

enum violation { VALID, VIOLATES_REQUIRED, VIOLATES_CONSTRAINT };
/* NULL message: the form gives none.  The message is free()d by the caller. */
enum violation node_violation(struct session *s, struct node *n,
	char **message);

/* --- text in the current language, outputs put in; free() it; NULL: none --- */

char *session_text(struct session *s, struct node *context,
	const struct xf_text *text, enum xf_form_of_text form);
/* The same for people, isolates and all: where the current language has no text, or a blank one,
 * the original with options.original_mark before it (without a mark it is
 * session_text()).  Labels, hints, guidance and messages are. */
char *session_shown(struct session *s, struct node *context,
	const struct xf_text *text, enum xf_form_of_text form);
char *session_label(struct session *s, struct node *context,
	const struct xf_control *control);
char *session_hint(struct session *s, struct node *context,
	const struct xf_control *control);
char *session_guidance(struct session *s, struct node *context,
	const struct xf_control *control);

/* The same in pieces, for rich_read(), in `arena`.  False: there is no text. */
struct text_pieces { const struct text_piece *items; size_t n; };
bool session_text_pieces(struct session *s, struct node *context,
	const struct xf_text *text, enum xf_form_of_text form,
	struct arena *arena, struct text_pieces *pieces);

/* --- choices --- */

struct choice {
	const char *value;
	const char *label;		/* in the current language */
	/* For people: of a list with a column for the language ("name_ur"
	 * beside "name_en") what stands there; else the label. */
	const char *shown;
	bool is_original;		/* there is none: the original */
};
struct choice_cache;
struct choices {
	struct choice *items; size_t n;
	struct choice_cache *of;	/* for choices_hold() */
};
/* Of the select or rank bound at `n`, now.  Borrowed until the next change. */
bool session_choices(struct session *s, struct node *n,
	const struct xf_control *control, struct choices *choices,
	struct err *err) MUST_CHECK;
/* They stay as they are, whatever changes, until they are let go; also beyond
 * the session. */
void choices_hold(const struct choices *choices);
void choices_let_go(struct choices *choices);		/* empties them */

/* One by one, with what they come from: `text` is the label, or NULL when it is
 * `label` as it stands; `item` is the itemset's (tree NULL: written in the
 * control).  All borrowed for the length of the call. */
struct choice_source {
	const char *value, *label;
	const struct xf_text *text;
	struct xp_node item;
};
typedef void choice_visit(void *data, const struct choice_source *choice);
bool session_each_choice(struct session *s, struct node *n,
	const struct xf_control *control, choice_visit *visit, void *data,
	struct err *err) MUST_CHECK;

/* --- changing --- */

/* Answer a question.  `strict`: what cannot be read as the type or names no
 * choice is ERR_VALUE and changes nothing; else it becomes blank.  ERR_REFUSED
 * on a node that is read-only or no question. */
bool session_set(struct session *s, struct node *n, const char *value,
	bool strict, struct err *err) MUST_CHECK;
/* The same, strictly, for an interview: an answer that the form's constraint
 * does not allow is ERR_REFUSED with the form's message (or a general one) and
 * changes nothing. */
bool session_answer(struct session *s, struct node *n, const char *value,
	struct err *err) MUST_CHECK;
/* Blank every answer to a question below this group or instance, whatever its
 * relevance; instances stay, and so does what is read-only or calculated. */
bool session_clear(struct session *s, struct node *n, struct err *err)
	MUST_CHECK;
/* New instances after position `after` (0: first); ERR_REFUSED on a fixed one. */
bool session_insert(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t after, size_t count,
	struct err *err) MUST_CHECK;
bool session_remove(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t position, size_t count,
	struct err *err) MUST_CHECK;

/* --- whole or not at all --- */

/* From begin on, every change is remembered; rollback takes them all back
 * (values, what was computed, instances; ids are not used again).  One at a
 * time. */
void session_begin(struct session *s);
void session_commit(struct session *s);
void session_rollback(struct session *s);

/* --- what only a front end can get: a place, a sound --- */

struct capture {
	uint32_t id;			/* from 1; unique in this record */
	enum xf_action_kind kind;	/* XF_SETGEOPOINT, XF_RECORDAUDIO */
	const char *quality;		/* of a sound; NULL: none was given */
	struct node *node;		/* where it will be written */
};
/* The next one not yet asked for; false: no more. */
bool session_next_capture(struct session *s, struct capture *capture);
/* What was got for it, also for a read-only node; ERR_NODE: there is no such
 * capture, or its node is gone. */
bool session_capture(struct session *s, uint32_t id, const char *value,
	struct err *err) MUST_CHECK;
/* Where it would be written; NULL: ERR_NODE. */
struct node *session_capture_node(struct session *s, uint32_t id,
	struct err *err);

/* --- expressions of others --- */

/* To evaluate in this record at `n`; results live in `arena`. */
struct xp_context session_xpath_context(struct session *s, struct node *n,
	struct arena *arena);
/* The node behind a result; NULL: it is none of the record's elements. */
struct node *session_node_of(struct session *s, struct xp_node at);

/* --- what chance and the clock gave --- */

/* The record's clock: milliseconds since 1970. */
int64_t session_now_ms(struct session *s);

/* A value that its calculation gave before, put back when a draft is resumed
 * (once(random()), now()): not computed again until something triggers it. */
void session_restore(struct session *s, struct node *n, const char *value);
/* The next node whose value came from chance or the clock since the last call,
 * for the journal; NULL: no more. */
struct node *session_next_unsaved(struct session *s);
void session_clear_unsaved(struct session *s);
/* Beginning again: all there are.  Loading a state computes them anew, so a
 * journal has them after it. */
void session_all_unsaved(struct session *s);

/* --- checking and keeping --- */

struct session_violation {
	struct node *node;
	enum violation condition;
	char *message;			/* NULL: none */
};
struct session_violations { struct session_violation *items; size_t n, cap; };
void session_violations_release(struct session_violations *v);

/* Document order.  False: an expression failed. */
bool session_validate(struct session *s, struct session_violations *out,
	struct err *err) MUST_CHECK;

/* The first expression that failed since this was asked last, while something
 * was read; false: none did. */
bool session_take_failure(struct session *s, struct err *err);

/* A repeat whose count fell below its instances since this was asked last:
 * those at the end hold answers and stay.  NULL: there is none. */
const struct xf_node *session_take_kept(struct session *s);

/* "Read the form to its end": everything that may have changed since the last
 * time is computed, counts and choices are settled. */
bool session_settle(struct session *s, struct err *err) MUST_CHECK;

/* What belongs at the end (`end` timestamps, last recalculation). */
bool session_finalize(struct session *s, struct err *err) MUST_CHECK;

/* The record's XML; `all` keeps what is not relevant (drafts). */
bool session_serialize(struct session *s, bool all, struct str *out,
	struct err *err) MUST_CHECK;

/* Append the compact representation: odk:prefix, then the odk:tag and the value
 * of each node that has both and is relevant, with odk:delimiter between. */
bool session_compact(struct session *s, struct str *out, struct err *err)
	MUST_CHECK;

/* --- walking the body in the order a person meets it --- */

enum step_kind { STEP_QUESTION, STEP_GROUP, STEP_REPEAT_INSTANCE, STEP_REPEAT_END };
struct step {
	enum step_kind kind;
	const struct xf_control *control;
	struct node *node;	/* of the question, group or instance; of a
				 * repeat's end: the node it hangs in; NULL:
				 * group without ref at top level */
	struct node *context;	/* where texts are evaluated: never NULL */
	size_t number;		/* of questions up to here, with this one */
};
struct steps { struct step *items; size_t n, cap; };
/* The one instance of `form` that `context` lies in, or that is reached from it
 * without choosing among instances; NULL: there is none. */
struct node *session_seen_from(struct node *context,
	const struct xf_node *form);
/* All relevant steps, now; counts settled first.  STEP_REPEAT_END is where one
 * may add an instance.  Release with steps_release(). */
bool session_steps(struct session *s, struct steps *out, struct err *err)
	MUST_CHECK;
/* Another number than at the last session_steps(), after session_settle():
 * there may be other steps now. */
uint64_t session_shape(const struct session *s);
void steps_release(struct steps *steps);

#endif
