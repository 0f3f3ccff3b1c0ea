/*
 * Marks for translation.  _() is a whole sentence, N_() marks a constant that
 * is translated where it is shown, P_() one of two uses of the same words,
 * ngettext() anything with a count.
 */
#ifndef BAYAZ_BASE_GETTEXT_H
#define BAYAZ_BASE_GETTEXT_H

#include <libintl.h>
#include <stdbool.h>
#include <stddef.h>

#define _(text) gettext(text)
#define N_(text) (text)
#define P_(context, text) gettext_in_context(context "\004" text, text)

const char *gettext_in_context(const char *key, const char *text)
	__attribute__((format_arg(2)));

/* The languages that the person's environment asks for (LANGUAGE, then LC_ALL,
 * LC_MESSAGES or LANG), best first: "ur_PK.UTF-8" is "ur".  Start with *at 0;
 * false after the last. */
bool gettext_next_language(size_t *at, char code[16]);

/* Where catalogues are: $BAYAZ_LOCALEDIR, with which a translator tries hers, or
 * where they were installed. */
const char *gettext_folder(void);

#endif
