/*
 * Case codes in records: the answers of questions with
 * bayaz:role="case-code", compared digit by digit and never by likeness
 * (DNH-26).  Of each it is told whether somebody typed it, or the laptop drew
 * it in this record.
 */
#ifndef BAYAZ_STORE_CODES_H
#define BAYAZ_STORE_CODES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/vec.h"
#include "trust/case_code.h"
#include "xform/xform.h"

/* Where a form has them; it outlives the form.  NULL: nowhere. */
struct code_paths;
struct code_paths *code_paths_new(const struct xform *form);
void code_paths_free(struct code_paths *paths);	/* NULL is fine */

struct code {
	char text[CASE_CODE_BYTES];
	bool is_drawn;			/* no question of the record holds it */
};
struct codes { VEC(struct code) list; };

/* Add those of a record (its root element).  What is no case code is passed
 * over.  codes_release() wipes. */
void codes_find(const struct code_paths *paths, const struct xml_node *root,
	struct codes *codes);
void codes_release(struct codes *codes);

#endif
