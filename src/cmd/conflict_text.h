/*
 * A record in conflict in words, for `bayaz conflicts` and `bayaz resolve`: at
 * most 80 columns, without control characters.
 */
#ifndef BAYAZ_CMD_CONFLICT_TEXT_H
#define BAYAZ_CMD_CONFLICT_TEXT_H

#include "cmd/cmd.h"
#include "store/settle.h"

/* In a table of options, for labels. */
#define CONFLICT_LANGUAGE_OPTION \
	{ "language", 0, OPT_TEXT, N_("LANGUAGE"), \
	  N_("a language of the form, for the questions") }

/* --language, else the person's own: a code ("ur") in `code`; NULL: none. */
const char *conflict_language(const struct cmd_args *args, char code[16]);

/* Its name and form; then each of its items. */
void conflict_print_record(const struct settle *s);
void conflict_print_item(const struct settle *s,
	const struct settle_item *item);

/* One object; js_free() it. */
struct json *conflict_json(const struct settle *s) RETURNS_NONNULL;

#endif
