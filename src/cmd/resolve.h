/*
 * Settling conflicts: by rule or by what the options say (resolve.c), or by
 * asking (resolve_ask.c).
 */
#ifndef BAYAZ_CMD_RESOLVE_H
#define BAYAZ_CMD_RESOLVE_H

#include "base/err.h"
#include "store/settle.h"
#include "ui/prompt.h"

enum resolve_deletion { DELETION_UNSAID, DELETION_AGAIN, DELETION_BACK };

/* What a person says; false: the input ended, or he gives up. */
bool resolve_ask_deletion(struct prompt *prompt, const struct settle *s,
	enum resolve_deletion *deletion);
bool resolve_ask_side(struct prompt *prompt, const struct settle *s,
	size_t *side);
/* Every item that is not taken yet. */
bool resolve_ask_items(struct prompt *prompt, struct settle *s);

/* What the form does not allow, on standard output. */
void resolve_tell_left(struct settle *s, const struct join_conflicts *left,
	const struct str *xml);

#endif
