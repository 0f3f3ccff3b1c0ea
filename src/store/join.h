/*
 * Three-way merge: versions of a record that were made from the same one, each
 * without knowing of the others, become one.  Only answers take part (nodes
 * that a question asks for and nothing calculates); all else is the shown
 * version's.  An answer that one side changed is taken; one that several
 * changed to different things is a conflict, and the shown version's stays.
 *
 * Instances of a repeat are matched by its declared identity (bayaz:key=
 * "repeat") where every side has it, each once; else by position, as long as
 * at most one side changed their number and no other touched them.
 * Source: bayaz-store(5), "Joining".
 */
#ifndef BAYAZ_STORE_JOIN_H
#define BAYAZ_STORE_JOIN_H

#include <stddef.h>

#include "base/str.h"
#include "base/vec.h"
#include "xform/xform.h"
#include "xml/xml.h"

/* Why an answer is in conflict. */
#define JOIN_ANSWER "answer"		/* changed to different things */
#define JOIN_REPEAT "repeat"		/* instances came or went on two sides */

struct join_conflict {
	char *path;			/* "/data/child[2]/age", as in the shown one */
	const char *why;
};
struct join_conflicts { VEC(struct join_conflict) list; };
void join_conflicts_release(struct join_conflicts *conflicts);
/* Adds it unless that path is there.  Copies the path. */
void join_conflicts_add(struct join_conflicts *conflicts, const char *path,
	const char *why);

/* What a person took for a place; it is no conflict then. */
struct join_choice {
	const char *path;
	size_t side;			/* index of a head; n: the base */
	const char *text;		/* an answer of his own; NULL: the side's */
	bool is_used;			/* there was such a place */
};

enum join_place {
	JOIN_AT_ANSWER,			/* nodes are what the answer is in */
	JOIN_AT_REPEAT,			/* nodes are what the instances are in */
	JOIN_AT_INSTANCE,		/* nodes are the instances */
};

struct join_sides {
	const struct xform *form;
	struct xml_doc *base;
	struct xml_doc **heads;		/* n of them, in the order of their hashes */
	size_t n, shown;		/* index of the one that is shown */
	struct join_choice *choices;	/* n_choices of them */
	size_t n_choices;
	/* NULL, or told of every place what is there on each side: n + 1
	 * nodes, the last one the base's; NULL: not there. */
	void (*look)(void *context, const char *path,
		const struct xf_node *form, enum join_place place,
		const struct xml_node *const *nodes);
	void *context;
};

/* What `look` was told, for people: an answer, the number of instances, the
 * answers in one (appended, with commas). */
const char *join_text(const struct xml_node *parent,
	const struct xf_node *form, struct arena *arena);
size_t join_count(const struct xml_node *parent, const struct xf_node *form);
void join_describe(const struct xml_node *x, const struct xf_node *form,
	struct arena *arena, struct str *out);

/* Join them.  The documents are changed on the way; `xml` gets the record
 * before it is computed anew. */
void join_answers(const struct join_sides *sides,
	struct join_conflicts *conflicts, struct str *xml);

/* A question whose answer takes part? */
bool join_is_answer(const struct xf_node *form);

#endif
