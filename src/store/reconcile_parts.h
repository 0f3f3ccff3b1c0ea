/*
 * The inside of reconcile.h: one record, its heads and what they go back to.
 * Only reconcile.c, which makes it, and settle.c, with which a person goes the
 * same way, include this.
 */
#ifndef BAYAZ_STORE_RECONCILE_PARTS_H
#define BAYAZ_STORE_RECONCILE_PARTS_H

#include "base/vec.h"
#include "store/reconcile.h"

struct reconcile_head {
	int64_t id;			/* of its content */
	char *form_version;
	struct xml_doc *doc;		/* NULL: not read yet, or damaged */
};

struct reconcile_work {
	struct reconciler *r;
	int64_t record, base, current;	/* base 0: there is none */
	char *form;
	char now[40];			/* when the shown one was finished */
	bool is_deleted;		/* some of it */
	VEC(struct reconcile_head) heads;	/* in the order of their hashes */
	struct xml_doc *base_doc;
	struct join_conflicts conflicts;
};

/* `r` and `record` are set.  Release it, whatever came out. */
bool reconcile_work_read(struct reconcile_work *w, struct err *err) MUST_CHECK;
void reconcile_work_release(struct reconcile_work *w);
/* Then the documents; *all: none of them is damaged. */
bool reconcile_read_docs(struct reconcile_work *w, bool *all,
	struct err *err) MUST_CHECK;
/* Then join them, once: that changes them.  `how` has choices and who looks
 * on. */
void reconcile_join(struct reconcile_work *w, const struct xform *form,
	const struct join_sides *how, struct str *xml);

#endif
