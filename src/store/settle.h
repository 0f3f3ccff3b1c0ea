/*
 * A record in conflict, as a person settles it: what is disputed, what each
 * side has, what is taken.  The form is asked what it makes of that; what
 * comes out is a new version that has all heads for its priors.
 * Source: bayaz-store(5), "Joining".
 */
#ifndef BAYAZ_STORE_SETTLE_H
#define BAYAZ_STORE_SETTLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"
#include "crypt/minisign.h"
#include "store/join.h"
#include "store/versions.h"

struct reconciler;
struct xform;

/* A head; in the order of their hashes. */
struct settle_side {
	const struct store_version *version;	/* of settle.record */
	int64_t content;
	char finished[40];		/* ISO 8601; "": not told */
	bool is_shown;
};

struct settle_item {
	char *path;			/* "": the record as a whole */
	char *why;			/* as in the table conflict */
	char *label;			/* of the question; NULL: it has none */
	bool has_place;			/* the rest says something */
	enum join_place place;
	char **values;			/* of each side, then of the base; NULL:
					 * not there.  For people. */
	size_t order;			/* in the form */
};

struct settle {
	struct reconciler *reconciler;
	struct store_record record;
	VEC(struct settle_side) sides;
	VEC(struct settle_item) items;	/* in the order of the form */
	bool is_deleted;		/* a deletion and what goes on disagree */
	bool is_whole;			/* only a side as a whole can be taken */
	const struct xform *form;	/* NULL: it is not here */
	char *language;			/* of the form; or NULL */
	VEC(struct join_choice) choices;
};

/* `text` names the record as in store_record_find(); `language` of labels, if
 * the form has it, or NULL.  ERR_NOTFOUND; ERR_REFUSED: it is not in conflict.
 * settle_close() it, whatever came out. */
bool settle_open(struct settle *s, struct reconciler *r, const char *text,
	const char *language, struct err *err) MUST_CHECK;
void settle_close(struct settle *s);

/* The names of all records in conflict, of one form or (NULL) of all, by form
 * and name; as settle_open() takes them. */
struct settle_names { VEC(char *) list; };
bool settle_list(struct store *store, const char *form,
	struct settle_names *names, struct err *err) MUST_CHECK;
void settle_names_release(struct settle_names *names);

/* At this place take what that side (sides.n: the base) has. */
void settle_take_side(struct settle *s, const char *path, size_t side);
/* There, answer this.  It is checked as in an interview: ERR_VALUE,
 * ERR_REFUSED (with the form's message), ERR_NODE; nothing is taken then. */
bool settle_take_text(struct settle *s, const char *path, const char *text,
	struct err *err) MUST_CHECK;

/* What comes of it, in `xml`; if something is left that nobody settled or that
 * the form does not allow, what it would be before it is computed anew.  ERR_NOTFOUND: there is no place for something
 * that was taken. */
bool settle_try(struct settle *s, struct join_conflicts *left,
	struct str *xml, struct err *err) MUST_CHECK;
/* In place of the items that were there: what is left. */
bool settle_again(struct settle *s, const struct join_conflicts *left,
	struct err *err) MUST_CHECK;
/* Why the form does not allow what is there in `xml`, as it says itself; free()
 * it; NULL: it does not say. */
char *settle_explain(struct settle *s, const struct str *xml,
	const char *path);

/* A side as it is.  ERR_XML: it is damaged. */
bool settle_whole(struct settle *s, size_t side, struct str *xml,
	struct err *err) MUST_CHECK;

/* Make it the new version, inside a transaction: it gets an instanceID of its
 * own and the shown one's for deprecatedID.  Attachments are those it names,
 * of side `first` before the others.  `version` gets its hash. */
bool settle_write(struct settle *s, const struct minisign_key *key,
	const struct str *xml, size_t first, char version[SHA256_HEX_BYTES],
	struct err *err) MUST_CHECK;

#endif
