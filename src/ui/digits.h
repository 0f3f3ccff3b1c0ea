/*
 * Numbers and dates as people write them: with BAYAZ_DIGITS=native in the
 * environment, in the digits of the language (domain.md e.2).  For display only:
 * what is kept is 0-9, and codes and names always show so.
 */
#ifndef BAYAZ_UI_DIGITS_H
#define BAYAZ_UI_DIGITS_H

#include "base/str.h"

/* The digit zero of a language by its name in a form ("ur", "Urdu (ur)"), if
 * that is asked for; else '0'. */
unsigned digits_zero(const char *language);

/* Append with the digits that begin with `zero`. */
void digits_add(struct str *to, const char *text, unsigned zero);

#endif
