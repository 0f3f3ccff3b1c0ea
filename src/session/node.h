/*
 * The inside of a record: its nodes, and what is known about each.  Only the
 * files of this folder include it.
 *
 * A group has one slot per child of its form node; a repeat's slot holds its
 * instances.  Every property that has to be computed has a bit in `dirty`.
 * Invariant: if a property is dirty, so is everything that was computed from
 * it; so marking stops at what is dirty already.
 */
#ifndef BAYAZ_SESSION_NODE_H
#define BAYAZ_SESSION_NODE_H

#include "base/arena.h"
#include "base/chance.h"
#include "base/vec.h"
#include "session/session.h"

enum { MOST_INSTANCES = 1000000 };	/* of one repeat, in one place */

struct slot {				/* of one child of the form node */
	struct node **items;		/* instances; a plain child: one */
	uint32_t n, cap;
	uint32_t id;			/* of a repeat; 0: not yet given */
	uint32_t grown_in;		/* settling in which its count added some */
};

struct attribute {			/* of an element of the record */
	struct node *owner;
	const struct xf_attribute *form;
	char *value;			/* NULL: the form's default */
};

struct choice_cache {
	unsigned holders;	/* beyond the node */
	struct arena *arena;
	const struct xf_control *control;	/* whose they are */
	struct choices choices;
	unsigned language;
	bool has_labels;
};

struct node {
	const struct xf_node *form;	/* NULL: the document node above the root */
	struct node *parent;
	uint32_t id;
	uint32_t position;		/* among the instances, from 0 */
	uint8_t dirty;			/* bits 1 << enum xf_property */
	uint8_t busy;			/* being computed */
	uint8_t listed;			/* stands in session.marks, once */
	bool relevant, readonly, required, constraint_ok;	/* own, as last computed */
	bool answered;			/* a person wrote here */
	bool is_written_over;		/* stands in s->written_over */
	uint8_t computed;		/* enum xp_type of what was calculated, or
					 * COMPUTED_DATE */
	bool constraint_failed_eval;	/* the expression could not be evaluated */
	bool is_stale, is_asleep;	/* stands in the session's list, once */
	bool is_going;			/* with all in it; see instances_remove() */
	bool is_in;			/* relevant with all above it, as known in ... */
	uint64_t relevance_round;	/* ... this round; see session.relevance_round */
	uint32_t undo_round;		/* its state was kept in this one */
	char *raw;			/* value nodes: as stored; NULL: blank */
	char *shown;			/* select with itemset: raw without what is away; NULL: not computed */
	struct choice_cache *choices;	/* NULL: none */
	struct slot *slots;		/* form->n_children of them; NULL: value */
	struct attribute *attributes;	/* form->n_attributes; NULL: none */
};

struct mark {
	struct node *node;
	enum xf_property property;
	unsigned rank;			/* set when they are sorted */
};

/* What has to be put back if an operation fails; see undo.c. */
enum change_kind {
	CHANGED_STATE, CHANGED_VALUE, CHANGED_ATTRIBUTE, CHANGED_INSERT,
	CHANGED_REMOVE
};
struct change {
	enum change_kind kind;
	struct node *node;
	struct node state;		/* STATE: flags as they were */
	char *text;			/* VALUE, ATTRIBUTE: as it was; owned */
	struct attribute *attribute;
	size_t position;		/* REMOVE */
};

struct capture_asked {
	uint32_t id, node_id;
	const struct xf_action *action;
};

struct session {
	struct xp_tree tree;		/* first: it is one for XPath */
	const struct xform *form;
	struct xp_env env;
	struct node document;
	struct node *root;
	uint32_t last_id;
	size_t n_nodes;
	uint64_t revision;
	struct arena *scratch;		/* of evaluations, reset by each */
	unsigned depth;			/* of nested computations */
	const char *original_mark;	/* before what is not translated; or NULL */
	bool isolates;			/* outputs, where people read them */
	unsigned language;
	VEC(struct mark) marks;		/* marked, each once; some stale */
	bool is_probing;		/* a node is made that nobody will see */
	VEC(struct mark) to_spread;	/* marked, dependents not yet */
	bool is_spreading;
	VEC(struct node *) timely;	/* marked, to be computed by the end of
					 * the change: clock, chance, labels */
	VEC(struct node *) counts;	/* nodes with a repeat whose count is dirty */
	VEC(struct node *) waiting;	/* the same, not relevant at the time */
	bool relevance_marked;		/* since they were looked at */
	VEC(struct node *) stale;	/* may have changed; see settle.c */
	VEC(struct node *) asleep;	/* the same, not relevant at the time */
	bool is_touched;		/* all of it was looked at once */
	uint64_t shape;			/* goes on when instances come or go, or
					 * the relevance of a node is another */
	uint64_t settled_shape;		/* when those asleep were looked at */
	bool asks_empty_repeats;	/* session_steps() did: whether one without
					 * instances is relevant, no node remembers */
	/* Goes on whenever some node's relevance becomes unknown: what nodes
	 * remember of themselves and all above them counts for one round. */
	uint64_t relevance_round;
	VEC(struct node *) unsaved;	/* chance and clock gave them a value */
	unsigned *ranks;		/* [2 * form index + property], or NULL */
	VEC(struct place) by_id;	/* places by id, once asked for; else empty */
	VEC(struct change) changes;	/* since session_begin() */
	bool is_undoable;		/* between begin and commit */
	uint32_t undo_round;
	uint64_t undo_revision;
	size_t undo_captures;
	VEC(struct capture_asked) captures;	/* all that were asked for */
	size_t n_captures_told;
	const struct xf_node *kept_beyond;	/* see session_take_kept() */
	struct err failure;		/* first expression that failed while reading */
	uint32_t settling;		/* number of this run of settle_counts() */
	signed char *own_counts;	/* by form index; see owncount.c; or NULL */
	unsigned action_depth;
	bool is_loading;		/* a record: white space is an answer's */
	bool is_inserting;		/* attributes read as before, see
					 * fire_new_repeat */
	VEC(struct node *) written_over;	/* calculated nodes that hold an answer */
	struct problems *load_problems;	/* while a record is loaded; else NULL */
	/* surroundings */
	const char *(*property)(void *data, const char *name);
	void *property_data;
	int64_t (*clock_ms)(void *data);	/* NULL: the system's */
	void *clock_data;
	bool is_training, clock_is_given;	/* the root says so */
	bool clock_stands;
	struct xp_time stands_at;
	char *time_zone;
	struct chance chance;
	struct xml_doc *last_saved;	/* or NULL */
	struct xp_xml_tree last_saved_tree;
};

static inline uint8_t property_bit(enum xf_property property)
{
	return (uint8_t)(1u << property);
}

/* instance.c */
struct node *node_new(struct session *s, const struct xf_node *form,
	struct node *parent);
void node_free(struct node *n);
/* Fill from an element of the form's instance or of a record.  `problems`
 * hears of what does not fit; NULL: silence.  `emptied`: without the values. */
void node_fill(struct session *s, struct node *n, const struct xml_node *xml,
	bool emptied, struct problems *problems);
/* Put back, at its position; what is marked inside counts again. */
void instance_restore(struct session *s, struct node *n, size_t position);
struct node *instance_insert(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t position);
/* Take out `count` of them, from that position on. */
void instances_remove(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t position, size_t count);
/* The node of that form node, made if it is not there. */
struct node *instance_add_optional(struct session *s, struct node *parent,
	const struct xf_node *form);
bool node_has_answer(const struct node *n);

/* undo.c: called before the change */
void undo_keep_state(struct session *s, struct node *n);
/* Takes over the text of the value that goes; free()s it if nobody needs it. */
void undo_take_value(struct session *s, struct node *n, char *raw);
void undo_take_attribute(struct session *s, struct attribute *a, char *value);
void undo_inserted(struct session *s, struct node *n);
/* Takes over the node that was taken out. */
void undo_take_removed(struct session *s, struct node *n, size_t position);

/* ids.c */
void ids_add(struct session *s, struct node *n);
void ids_forget_below(struct session *s, struct node *n);
void ids_restore_below(struct session *s, struct node *n);

/* serialize.c: a node and all below it, relevant or not. */
void node_xml(struct session *s, struct node *n, struct str *out);

/* owncount.c: does the count of that repeat depend on its own instances? */
bool count_follows_itself(struct session *s, const struct xf_node *repeat);

/* mark.c */
void compact_marks(struct session *s);	/* those that are stale go */
void mark_property(struct session *s, struct node *n, enum xf_property p);
void note_mark(struct session *s, struct node *n, enum xf_property p);
void mark_value_changed(struct session *s, struct node *n);
void mark_structure_changed(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t from_position);
/* What depends on nodes inside `n`, from outside of it. */
void mark_below_changed(struct session *s, struct node *n);
/* Calculations that ask the clock, chance or labels are made when something
 * triggers them, not when somebody reads. */
void note_timely(struct session *s, struct node *n);
void settle_timely(struct session *s);

/* order.c */
/* Answers that stand in for a calculation (note_written_over) make way when
 * instances came or one was removed at `position`. */
void mark_written_over(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t position, bool is_removal);
void note_written_over(struct session *s, struct node *n);
/* Compute all that is marked and comes before `limit`, in order. */
void flush_before(struct session *s, const struct mark *limit);

/* recalc.c */
void compute(struct session *s, struct node *n, enum xf_property p);
/* Asked now, whatever was remembered. */
bool eval_flag(struct session *s, struct node *n, const struct xf_expr *expr,
	bool otherwise);
struct xp_context node_context(struct session *s, struct node *n);
bool take_failure(struct session *s, struct err *err);
void note_failure(struct session *s, const struct node *n,
	const struct xf_expr *expr, struct err *err);
/* A date in a node of text is kept with its time, as JavaRosa keeps it, and
 * reads as the date. */
enum { COMPUTED_DATE = XP_STRING + 1 };
/* What a calculation or action writes: NaN is blank, booleans are 1 and 0, as
 * JavaRosa writes them.  `type`: as node.computed.  `bind`: of the target. */
bool eval_result(const struct xf_expr *expr, const struct xf_bind *bind,
	struct xp_context *ctx, const char **text, uint8_t *type,
	struct err *err);

/* settle.c: to be called when a property of the node becomes unknown. */
void note_stale(struct session *s, struct node *n);

/* count.c */
bool settle_counts(struct session *s, struct err *err);
/* Leave out instances after `want`, each reported. */
void drop_beyond(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t want);
/* Room for so many more instances?  ERR_LIMIT. */
bool has_room_for(struct session *s, const struct xf_node *repeat,
	size_t n_instances, struct err *err);
/* Has the repeat a count, and lies that position after it? */
bool is_beyond_count(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t position);

/* instance.c */
/* Every instance of `target` below `from` (an instance of an ancestor-or-self). */
void each_instance(struct node *from, const struct xf_node *target,
	void (*visit)(void *data, struct node *n), void *data);
/* The same, of `from` anywhere: those that share the most with it. */
void each_nearest(struct node *from, const struct xf_node *target,
	void (*visit)(void *data, struct node *n), void *data);

/* tree.c */
extern const struct xp_tree_ops session_tree_ops;
struct xp_node node_handle(struct session *s, struct node *n);
/* As it counts now; borrowed, or made in `scratch`. */
const char *attribute_value(struct session *s, const struct attribute *a,
	struct arena *scratch);
struct node *node_of_handle(struct session *s, struct xp_node handle);
/* The same, or the element that the attribute belongs to. */
struct node *owner_of_handle(struct session *s, struct xp_node handle);
struct xp_node attribute_handle(struct session *s, struct node *n,
	const struct xf_attribute *form);

/* value.c */
/* Bring `text` into the node's type; "" when it cannot be read as it.  With
 * `why`, says so (ERR_VALUE) and returns NULL instead.  free() it. */
char *value_cast(const struct xf_node *form, const char *text,
	struct err *why);
/* What a calculation or an action gives: JavaRosa lets it stand in a select
 * whose choices are written in the control, be it among them or not. */
char *value_cast_result(const struct xf_node *form, const char *text);
/* A place as a geopoint holds it; "" if it is none.  free() it. */
char *value_cast_place(const char *text);
void node_store(struct session *s, struct node *n, const char *value);

/* choices.c */
const struct xf_control *node_select(const struct xf_node *form);
const char *node_shown_value(struct session *s, struct node *n);
void choices_free(struct choice_cache *cache);
/* Only values that are among the choices written in the control, in their
 * order for `select`; free() it. */
char *static_choices_only(const struct xf_control *control, const char *value);

/* action.c */
bool fire_load(struct session *s, unsigned events, struct err *err);
/* odk-new-repeat comes before recalculation: what its actions read from outside
 * is settled before the instance is there, which they then are fired in.
 * True: they do read something. */
bool before_new_repeat(struct session *s, struct node *parent,
	const struct xf_node *repeat);
bool fire_new_repeat(struct session *s, struct node *instance,
	struct err *err);
bool fire_value_changed(struct session *s, struct node *n, struct err *err);
bool fire_at_end(struct session *s, struct err *err);
void preload(struct session *s, struct node *n, bool at_end);

/* env.c */
void env_init(struct session *s);
struct xp_time session_now(struct session *s);
int session_zone_offset(struct session *s, int64_t utc_seconds);
void session_uuid(struct session *s, char text[37]);

/* Has the current language no text of that form?  text.c */
bool session_is_original(const struct session *s, const struct xf_itext *itext,
	enum xf_form_of_text form);

#endif
