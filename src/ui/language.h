/*
 * The language of an interview: what is not translated says so, and a protected
 * form does not open in a language whose texts of consent and safety nobody
 * has reviewed (DNH-28).
 */
#ifndef BAYAZ_UI_LANGUAGE_H
#define BAYAZ_UI_LANGUAGE_H

#include "session/session.h"

/* "[en] ": what stands before a text of the form's own language; NULL: it has
 * only one.  free() it. */
char *language_original_mark(const struct xform *form);

/* The language of the form that the person's environment asks for (LANGUAGE,
 * LC_ALL, LC_MESSAGES, LANG), if it has one and opens in it; NULL: its own. */
const char *language_of_person(const struct xform *form);

/* Does the language that the environment asks for run from right to left? */
bool language_of_program_is_rtl(void);

/* Does the form open in that language (NULL: its own)?  ERR_REFUSED says how many
 * texts are missing or not reviewed; what it does not have is for others to
 * say. */
bool language_check(const struct xform *form, const char *language,
	struct err *err) MUST_CHECK;

#endif
