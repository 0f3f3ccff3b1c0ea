/*
 * The forms of a store, read from the bytes it holds, with their media.
 */
#ifndef BAYAZ_STORE_FORMS_H
#define BAYAZ_STORE_FORMS_H

#include "base/err.h"
#include "base/vec.h"
#include "xform/xform.h"

struct store;

/* One of them, by its content.  *form NULL: what is there cannot be read as a
 * form, or (`complete`) a file that it reads is not in the store.  `complete`
 * is for records to be loaded into it: edited ones have a deprecatedID, which
 * few forms ask for.  xform_free() it. */
bool store_form_load(struct store *store, int64_t content, bool complete,
	struct xform **form, struct err *err) MUST_CHECK;

struct store_forms { VEC(struct xform *) list; };
#define STORE_FORMS_INIT { { NULL, 0, 0 } }

/* Add all versions of form `id`, newest first: by version, then by hash.  What
 * cannot be read as a form is left out.  store_forms_release() it, whatever
 * came out. */
bool store_forms_load(struct store *store, const char *id,
	struct store_forms *forms, struct err *err) MUST_CHECK;
void store_forms_release(struct store_forms *forms);

#endif
