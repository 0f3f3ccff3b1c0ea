/*
 * Keys for texts that people write in more than one way.  Two texts that get
 * the same key may well mean the same: a person decides.  Two that get
 * different keys may, too: these are no spelling laws, but what is often seen
 * in lists of names in Pakistan, in Urdu and in several Roman spellings.
 */
#ifndef BAYAZ_BASE_LIKENESS_H
#define BAYAZ_BASE_LIKENESS_H

#include <stdbool.h>

#include "base/attr.h"

enum likeness {
	LIKE_EXACT,	/* blanks at both ends do not count */
	LIKE_TEXT,	/* nor do capitals, accents and vowel signs, variants of
			 * letters (ي ی, ك ک, ه ہ), digits of other scripts,
			 * punctuation and the number of blanks */
	LIKE_NAME,	/* the consonants of a name as they are heard, in either
			 * script: Muhammad, Mohammed, Mohd, محمد */
	LIKE_NUMBER,	/* the digits only: telephone and identity numbers */
};

/* "exact", "text", "name", "number"; false: none of them. */
bool likeness_parse(const char *word, enum likeness *likeness);

/* The key of a text; "" if nothing of it counts.  free() it. */
char *likeness_key(enum likeness likeness, const char *text) RETURNS_NONNULL;

#endif
