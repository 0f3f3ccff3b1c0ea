/*
 * Fill scripts: answers in, expectations out.  Tab-separated lines:
 *
 *   phase   NAME            a heading
 *   set     PATH  VALUE     answer the question (empty VALUE clears it)
 *   add     PATH            append one instance to the repeat PATH
 *   del     PATH[k]         remove that instance
 *   choices PATH  COUNT     the choice list of PATH has COUNT items now
 *   expect  PATH  VALUE     PATH is in the finished record with this value
 *   absent  PATH            PATH is not in the finished record
 *
 * PATH is absolute, without prefixes; repeat instances are numbered from 1; a
 * last step @name is an attribute.  See bayaz-script(5).
 */
#ifndef BAYAZ_AUTHOR_SCRIPT_H
#define BAYAZ_AUTHOR_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/vec.h"
#include "session/session.h"

enum script_kind {
	SCRIPT_PHASE, SCRIPT_SET, SCRIPT_ADD, SCRIPT_DEL, SCRIPT_CHOICES,
	SCRIPT_EXPECT, SCRIPT_ABSENT
};

struct script_line {
	enum script_kind kind;
	const char *path;		/* of a phase: its name */
	const char *value;		/* "" if it takes none */
	int line;			/* 1-based */
};

struct script {
	char *bytes;			/* owns the text of all lines */
	const char *name;		/* borrowed: the file's */
	VEC(struct script_line) lines;
};

/* Read a script; false: ERR_SYNTAX with file and line.  '#' begins a comment
 * line. */
bool script_parse(struct script *script, const char *bytes, size_t n_bytes,
	const char *name, struct err *err) MUST_CHECK;
void script_release(struct script *script);

/* What came of one line that checks or changes something. */
struct script_outcome {
	const struct script_line *line;
	bool ok;
	bool is_operation;		/* set, add, del: reported only when refused */
	const char *got;		/* expect: what is there; NULL: nothing */
	const char *why;		/* a refused operation: the reason; else NULL */
};

struct script_listener {
	void (*hear)(void *data, const struct script_outcome *outcome);
	void *data;
	bool only_operations;	/* checks are passed over, which saves reading the record */
};

/* Do the operations in order on a new record, read the form to its end,
 * finalise, check.  `xml` (may be NULL) gets the record.  Without `xml`, a script
 * that has no operations is about the blank record: it is not finalised.  False only when the
 * record itself fails (an expression, finalising): lines that do not hold are
 * told to the listener. */
bool script_run(const struct script *script, struct session *s,
	const struct script_listener *listener, struct str *xml,
	struct err *err) MUST_CHECK;

/* Equal as text, as numbers, or as times that differ in Z and +00:00 only. */
bool script_value_matches(const char *expected, const char *got);

#endif
